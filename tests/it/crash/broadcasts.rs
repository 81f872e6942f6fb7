//! An announcement whose worker is killed in the middle: the next one goes on where it was. Nobody is left out; nobody
//! hears it twice but those whose customer message was on its way at the kill, and they are named.

use std::collections::BTreeSet;

use graduation_bot::{
    office::broadcasts,
    store::{Broadcast, Draft, StaffRow},
    workflow::broadcast::{
        Content, State, Step,
        audience::{Audience, Condition},
        message::{Field, Message, TemplateCard},
        plan::Route,
    },
};
use mock_platform::{Fault, Kind};

use super::{
    BATCH, SEND, VERY_SLOW,
    town::{Town, until},
};
use crate::support::{db, samples};

const WORDS: &str = "各位考生：6月16日的现场初审改到6月18日。";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const MASS: &str = "/cgi-bin/message/mass/send";
const PEOPLE: usize = 12;

fn content(message: Message, route: Route) -> Content {
    let audience = Audience { batch: BATCH.to_owned(), who: Condition::Everyone };
    Content { audience, message, card: None, route, urgent: None }
}

fn text() -> Message {
    Message::Text { text: WORDS.to_owned() }
}

fn card() -> Message {
    let field = |key: &str| Field { key: key.to_owned(), value: "改期".to_owned() };
    Message::Template(TemplateCard {
        template_id: samples::template().template_id,
        title: "业务办理情况通知".to_owned(),
        fields: ["thing1", "phrase2", "thing3"].map(field).into(),
        url: None,
    })
}

/// Followers who have just written.
async fn followers(town: &Town) -> Vec<String> {
    let mut people = Vec::new();
    for nth in 0..PEOPLE {
        let open_id = town.mock.user(&format!("考生{nth}")).await;
        town.say(&open_id, "你好").await;
        people.push(open_id);
    }
    people
}

/// An announcement that two accounts have brought to run.
async fn started(town: &Town, content: Content) -> (Broadcast, StaffRow) {
    let (store, now) = (&town.store, town.now());
    let admin = store.staff("管理员").await.unwrap().unwrap();
    let other = StaffRow { name: "播报乙".to_owned(), ..admin.clone() };
    assert!(store.add_staff(&other, "operator", now).await.unwrap());
    let draft = Draft {
        title: "改期".to_owned(),
        content,
        starts_at: None,
        lapses_at: now.plus_seconds(24 * 3600),
        rate: 500,
        picture: None,
    };
    let mut seen = broadcasts::write(store, &admin, &draft, now).await.unwrap();
    for (by, step) in [(&admin, Step::Propose), (&other, Step::Approve), (&admin, Step::Start)] {
        seen = broadcasts::take(store, by, &seen, step, "", now).await.unwrap();
    }
    (seen, admin)
}

async fn ended(town: &Town, seen: &Broadcast, by: &StaffRow) -> Broadcast {
    until("its end", async || {
        let now = broadcasts::find(&town.store, by, seen.number).await.unwrap();
        (now.state == State::Ended).then_some(now)
    })
    .await
}

/// How many messages of it each person has.
fn copies(town: &Town, people: &[String], words: &str) -> Vec<usize> {
    let of = |open_id: &String| {
        town.mock.chat(open_id, 0).iter().filter(|item| item.text().contains(words)).count()
    };
    people.iter().map(of).collect()
}

#[tokio::test]
async fn a_killed_worker_is_followed_and_who_may_have_it_twice_is_named() {
    for db in db::each().await {
        let town = Town::start(db, Vec::new()).await;
        let people = followers(&town).await;
        // The third and the sixth message arrive, but nobody hears of it before the process is dead.
        town.mock.fault(Fault { times: 2, skip: 2, ..Fault::once(SEND, Kind::Delay, VERY_SLOW) });
        let (seen, by) = started(&town, content(text(), Route::Single)).await;
        until("both calls", async || (town.mock.faults_left() == 0).then_some(())).await;
        town.kill_and_take_over().await;
        let ended = ended(&town, &seen, &by).await;
        let progress = broadcasts::progress(&town.store, &ended).await.unwrap();
        let doubtful: BTreeSet<&str> = progress.doubts.iter().map(|doubt| doubt.open_id.as_str()).collect();
        for (open_id, copies) in people.iter().zip(copies(&town, &people, WORDS)) {
            let most = if doubtful.contains(open_id.as_str()) { 2 } else { 1 };
            assert!((1..=most).contains(&copies), "{copies} of at most {most}");
        }
        assert!(doubtful.len() >= 2, "two were on their way: {doubtful:?}");
        assert_eq!((progress.total(), progress.done()), (PEOPLE as i64, PEOPLE as i64));
        town.end().await;
    }
}

#[tokio::test]
async fn templates_and_mass_sends_are_never_doubled() {
    let ways = [
        ("template", TEMPLATE, content(card(), Route::Single), "改期"),
        ("mass", MASS, content(text(), Route::Mass), WORDS),
    ];
    for (what, path, content, words) in ways {
        for db in db::each().await {
            let town = Town::start(db, Vec::new()).await;
            let people = followers(&town).await;
            town.mock.expect_errcode(MASS, 45065);
            town.mock.fault(Fault::once(path, Kind::Delay, VERY_SLOW));
            let (seen, by) = started(&town, content.clone()).await;
            let call = format!("the call of a {what}");
            until(&call, async || (town.mock.faults_left() == 0).then_some(())).await;
            town.kill_and_take_over().await;
            ended(&town, &seen, &by).await;
            assert_eq!(copies(&town, &people, words), vec![1; PEOPLE], "{what}");
            town.end().await;
        }
    }
}

#[tokio::test]
async fn two_workers_share_an_announcement() {
    for db in db::each().await {
        let town = Town::start(db, Vec::new()).await;
        let second = town.another().await;
        let people = followers(&town).await;
        let (seen, by) = started(&town, content(text(), Route::Single)).await;
        ended(&town, &seen, &by).await;
        assert_eq!(copies(&town, &people, WORDS), vec![1; PEOPLE]);
        second.stop();
        town.end().await;
    }
}
