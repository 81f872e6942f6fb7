//! A platform on which every fifth call fails, each in another way, and two thousand people who are to be told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};

use futures_util::future::join_all;
use graduation_bot::{
    store::{Channel as Way, Commit, Committed, OutboxFilter, OutboxState, OutboxSummary},
    turn::{Notice, NoticeBody, Turn},
    wechat::{
        client::{Audience, MassContent, MassMessage},
        error::Advice,
    },
};
use mock_platform::{Channel, Fault, Item, Kind, Mode, Say, SubscribeTemplate, Subscription};
use serde_json::Value;

use crate::support::{
    app::TestApp,
    db::{self, TestDb},
    samples,
};

const PEOPLE: usize = 2_000;
/// Of these so many have just written, so many are reached by a template, and the others have agreed to a 订阅通知.
const TALKERS: usize = 1_000;
const BY_TEMPLATE: usize = 700;
/// What goes to each list as one mass send.
const LIST: usize = 100;
const SUBSCRIBED: &str = "documents_approved";
const NOTICE: &str = "NOTICE_DOCUMENTS";
/// Messages that are made at once.
const AT_ONCE: usize = 32;

/// Everything that can go wrong with a call, in turn. Calls for a token are spared: after a failed one nobody asks again
/// for a second of real time, in which the moved clock of this test would pass hours.
fn faults() -> Vec<Fault> {
    let fault = |kind, value: Value| Fault { skip: 4, ..Fault::once("/cgi-bin/message", kind, value) };
    vec![
        fault(Kind::Errcode, (-1).into()),
        fault(Kind::Drop, Value::Null),
        fault(Kind::Status, 502.into()),
        fault(Kind::TokenExpired, Value::Null),
        fault(Kind::Garbage, Value::Null),
        fault(Kind::Errcode, 45011.into()),
        fault(Kind::Drop, "request".into()),
        fault(Kind::Delay, 20.into()),
        fault(Kind::TokenExpired, 40001.into()),
        fault(Kind::Errcode, 45009.into()),
        fault(Kind::Status, 404.into()),
    ]
}

/// A fault as the platform's log names it.
fn named(fault: &Fault) -> String {
    let kind = serde_json::to_value(fault.kind).unwrap();
    let kind = kind.as_str().unwrap();
    if fault.value.is_null() { kind.to_owned() } else { format!("{kind} {}", fault.value) }
}

/// The words of the `n`th person's notice: nobody else's.
fn words(n: usize) -> String {
    format!("第 {n} 位考生的通知")
}

async fn start(db: TestDb) -> TestApp {
    let app = TestApp::start_with(db, Mode::Secure, "2026-06-12T09:30", |config| {
        config.templates.remove(SUBSCRIBED);
        config.subscriptions.insert(SUBSCRIBED.to_owned(), NOTICE.to_owned());
    })
    .await;
    app.mock.add_subscribe_template(SubscribeTemplate {
        template_id: NOTICE.to_owned(),
        title: "证件审核结果".to_owned(),
        content: samples::template().content,
        long_term: false,
    });
    // Calls that were under way when the token was ended find it dead.
    for path in ["custom/send", "template/send", "subscribe/bizsend", "mass/send"] {
        for code in [40001, 42001] {
            app.mock.expect_errcode(format!("/cgi-bin/message/{path}"), code);
        }
    }
    app.mock.expect_errcode("/cgi-bin/message/mass/send", 45065);
    // What was agreed to has been used by a call whose answer was lost.
    app.mock.expect_errcode("/cgi-bin/message/subscribe/bizsend", 43101);
    app
}

/// People who follow; the first have written, the last have agreed to be told once.
async fn people(app: &TestApp) -> Vec<String> {
    let people = app.mock.followers(PEOPLE);
    for some in people[..TALKERS].chunks(AT_ONCE) {
        join_all(some.iter().map(async |open_id| app.mock.say(open_id, Say::text("你好")).await.unwrap()))
            .await;
    }
    for some in people[TALKERS + BY_TEMPLATE..].chunks(AT_ONCE) {
        let agree =
            async |open_id: &String| app.mock.subscribe(open_id, Subscription::accept(NOTICE)).await.unwrap();
        join_all(some.iter().map(agree)).await;
    }
    people
}

/// One notice for each person.
async fn lay_out(app: &TestApp, n: usize, open_id: &str) {
    let store = &app.app.store;
    let batch = app.app.runner.world.load().batch.id.clone();
    let before = store.load_fresh(open_id, &batch).await.unwrap();
    let (event, important) = match n {
        0..TALKERS => ("inquiry_answered", false),
        n if n < TALKERS + BY_TEMPLATE => ("portrait_approved", true),
        _ => (SUBSCRIBED, true),
    };
    let fields = [("thing1", "毕业证照片审核"), ("phrase2", "已通过"), ("thing3", &words(n))];
    let template: BTreeMap<String, String> =
        fields.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let mut turn = Turn::of_session(before.session.clone());
    let body = NoticeBody::Text { text: words(n), menu: Vec::new(), template };
    turn.outbox.push(Notice {
        id: format!("row-{n}"),
        event: event.to_owned(),
        body,
        important,
        revocable: None,
    });
    let commit = Commit::new(turn, before, &batch, app.app.clock.business());
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
}

/// Works until nothing is due any more, and moves the clock to whatever is put off.
async fn deliver_all(app: &TestApp) {
    for _ in 0..500 {
        app.settle().await;
        let Some(pause) = app.app.store.next_due(app.app.clock.now()).await.unwrap() else { return };
        app.pass(pause.as_secs().max(59) as i64 + 1).await;
    }
    panic!("something is put off again and again");
}

/// Whoever is written to too late for their window writes again, and has it.
async fn write_again(app: &TestApp) {
    let filter =
        OutboxFilter { state: Some(OutboxState::Held), limit: 2 * PEOPLE as u32, ..OutboxFilter::default() };
    for _ in 0..20 {
        let held = app.app.store.list_outbox(&filter).await.unwrap();
        if held.is_empty() {
            return;
        }
        for row in held {
            app.mock.say(&row.open_id, Say::text("在吗")).await.unwrap();
        }
        deliver_all(app).await;
    }
    panic!("something is held again and again");
}

/// What was twice in doubt is not sent again by itself: offices see it, ask, and have it sent to who has not had it.
async fn ask_the_doubtful(app: &TestApp, people: &[String]) -> usize {
    let mut sent_again = 0;
    for row in rows(app).await.iter().filter(|row| row.state == OutboxState::InDoubt) {
        let n: usize = row.id.trim_start_matches("row-").parse().unwrap();
        if seen(app, n, &people[n]).notices.is_empty() {
            let now = app.app.clock.business();
            assert!(app.app.store.send_again(&row.id, "staff:管理员", now).await.unwrap());
            sent_again += 1;
        }
    }
    sent_again
}

async fn rows(app: &TestApp) -> Vec<OutboxSummary> {
    let filter = OutboxFilter { limit: 2 * PEOPLE as u32, ..OutboxFilter::default() };
    let rows = app.app.store.list_outbox(&filter).await.unwrap();
    rows.into_iter().filter(|row| row.id.starts_with("row-")).collect()
}

/// The same announcement to every list, under a key of its own; whoever hears an error asks again under that key.
async fn announce(app: &TestApp, people: &[String]) {
    for (n, list) in people.chunks(LIST).enumerate() {
        let message = MassMessage {
            audience: Audience::List(list.to_vec()),
            content: MassContent::Text("现场初审改在二楼。".to_owned()),
            ignore_reprint: false,
            client_msg_id: format!("announcement-{n}"),
        };
        while let Err(error) = app.app.client.send_mass(&message).await {
            assert!(matches!(error.advice(), Advice::BackOff | Advice::WaitForTheDay), "{error}");
            tokio::task::yield_now().await;
        }
    }
}

/// What a person's screen has of their own notice, and of the announcement.
struct Seen {
    notices: Vec<Channel>,
    announcements: usize,
}

fn seen(app: &TestApp, n: usize, open_id: &str) -> Seen {
    let screen = app.mock.chat(open_id, 0);
    let own = |item: &&Item| item.text().contains(&words(n));
    Seen {
        notices: screen.iter().filter(own).filter_map(|item| item.channel).collect(),
        announcements: screen.iter().filter(|item| item.channel == Some(Channel::Mass)).count(),
    }
}

/// How rows ended: way, state, marked in doubt, times seen.
type Ends = BTreeMap<(String, &'static str, bool, usize), usize>;

/// Counts a row, after checking that its end is the truth.
fn reckon(row: &OutboxSummary, seen: &Seen, ends: &mut Ends) {
    let times = seen.notices.len();
    let told = format!("{} {:?} {:?}: {:?}", row.id, row.state, row.reason, seen.notices);
    assert!(matches!(row.state, OutboxState::Delivered | OutboxState::InDoubt), "lost: {told}");
    let in_doubt = row.doubts > 0;
    assert!(times == 1 || in_doubt && times <= 2, "neither once nor in doubt: {told}");
    assert!(times > 0 || row.state == OutboxState::InDoubt, "said to be delivered: {told}");
    let templates = seen.notices.iter().filter(|channel| **channel == Channel::Template).count();
    assert!(templates <= 1, "a template twice: {told}");
    assert!(row.state == OutboxState::Delivered || row.reason.is_some(), "silent: {told}");
    let way = match row.channel {
        Some(Way::Custom) => "customer message",
        Some(Way::Template) => "template",
        Some(Way::Subscription) => "subscription",
        None => "unknown",
    };
    *ends.entry((way.to_owned(), row.state.name(), in_doubt, times)).or_default() += 1;
}

/// How all rows ended, each checked; and that everybody has the announcement once.
async fn reckoned(app: &TestApp, people: &[String]) -> Ends {
    let rows = rows(app).await;
    let rows: BTreeMap<&str, &OutboxSummary> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut ends = Ends::new();
    for (n, open_id) in people.iter().enumerate() {
        let seen = seen(app, n, open_id);
        assert_eq!(seen.announcements, 1, "the announcement to {n}");
        reckon(rows[format!("row-{n}").as_str()], &seen, &mut ends);
    }
    ends
}

/// The calls since, and how many failed in which way.
fn failed(app: &TestApp, since: u64) -> (usize, BTreeMap<String, usize>) {
    let calls = app.mock.calls(since);
    let mut failed: BTreeMap<String, usize> = BTreeMap::new();
    for fault in calls.iter().filter_map(|call| call.fault.clone()) {
        *failed.entry(fault).or_default() += 1;
    }
    (calls.len(), failed)
}

/// Who was sent something whose answer was lost.
fn unanswered(app: &TestApp, since: u64) -> HashSet<String> {
    let lost = app.mock.calls(since).into_iter().filter(|call| call.fault.as_deref() == Some("drop"));
    lost.filter_map(|call| call.request["body"]["touser"].as_str().map(str::to_owned)).collect()
}

fn table(ends: &Ends, (calls, faults): &(usize, BTreeMap<String, usize>)) -> String {
    let mut table = String::from("way | end | marked in doubt | seen | notices\n");
    for ((way, state, in_doubt, times), count) in ends {
        writeln!(table, "{way} | {state} | {in_doubt} | {times} | {count}").unwrap();
    }
    let faults: Vec<String> = faults.iter().map(|(fault, count)| format!("{fault} × {count}")).collect();
    writeln!(table, "of {calls} calls failed: {}", faults.join(", ")).unwrap();
    table
}

fn count(ends: &Ends, of: impl Fn(&(String, &str, bool, usize)) -> bool) -> usize {
    ends.iter().filter(|(end, _)| of(end)).map(|(_, count)| count).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_notices_while_every_fifth_call_fails() {
    for db in db::each().await {
        let app = start(db).await;
        let people = people(&app).await;
        app.settle().await;
        for (some, nth) in people.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
            join_all(some.iter().zip(nth..).map(|(open_id, n)| lay_out(&app, n, open_id))).await;
        }
        let began = app.mock.last_seq();
        for fault in std::iter::repeat_with(faults).take(100).flatten() {
            app.mock.fault(fault);
        }
        tokio::join!(deliver_all(&app), announce(&app, &people));
        write_again(&app).await;

        let (ends, calls) = (reckoned(&app, &people).await, failed(&app, began));
        println!("{}", table(&ends, &calls));
        assert!(calls.1.values().sum::<usize>() * 6 > calls.0, "every fifth call failed");
        assert!(faults().iter().all(|fault| calls.1.contains_key(&named(fault))), "each in another way");
        let unanswered = unanswered(&app, began);
        for (n, open_id) in people.iter().enumerate() {
            let doubled = seen(&app, n, open_id).notices.len() > 1;
            assert!(!doubled || unanswered.contains(open_id), "{n} has it twice, and no answer was lost");
        }

        while ask_the_doubtful(&app, &people).await > 0 {
            deliver_all(&app).await;
            write_again(&app).await;
        }
        let ends = reckoned(&app, &people).await;
        assert_eq!((count(&ends, |end| end.3 == 0), count(&ends, |_| true)), (0, PEOPLE), "all are told");
        let unknown = count(&ends, |end| end.1 == "in_doubt");
        assert_eq!(app.end(unknown).await, Vec::<String>::new());
    }
}
