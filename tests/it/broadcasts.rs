//! Announcements through the whole stack: written, approved by somebody else, sent once to everybody; paused and resumed.
//! Every test runs on each database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod pictures;

use graduation_bot::{
    office::broadcasts::{self, BroadcastError},
    store::{Broadcast, Committed, Draft, StaffRow},
    time::Millis,
    workflow::broadcast::{
        Content, Pause, State, Step,
        audience::{Audience, Condition},
        message::Message,
        plan::Route,
    },
};
use mock_platform::{Fault, Kind, Mode, Say};

use crate::{
    store::{BATCH, bind, candidate},
    support::{app::TestApp, db},
};

const SEND: &str = "/cgi-bin/message/custom/send";
const TODAY: &str = "2026-06-15T09:30";
const WORDS: &str = "各位考生：因台风影响，6月16日的现场初审暂停，改期另行通知。";

pub(crate) fn draft(words: &str, now: Millis) -> Draft {
    Draft {
        title: "台风停办".to_owned(),
        content: Content {
            audience: Audience { batch: BATCH.to_owned(), who: Condition::Everyone },
            message: Message::Text { text: words.to_owned() },
            card: None,
            route: Route::Single,
            urgent: None,
        },
        starts_at: None,
        lapses_at: now.plus_seconds(3 * 24 * 3600),
        rate: 500,
        picture: None,
    }
}

/// An account that may announce.
pub(crate) async fn announcer(app: &TestApp, name: &str) -> StaffRow {
    let store = &app.app.store;
    let staff = StaffRow {
        name: name.to_owned(),
        role: "announcer".to_owned(),
        ..store.staff("市考办").await.unwrap().unwrap()
    };
    let staff = StaffRow { scope: String::new(), ..staff };
    assert!(store.add_staff(&staff, "operator", app.app.clock.business()).await.unwrap());
    staff
}

/// So many people who have just written.
pub(crate) async fn talkers(app: &TestApp, count: usize) -> Vec<String> {
    let mut people = Vec::new();
    for nth in 0..count {
        let open_id = app.mock.user(&format!("考生{nth}")).await;
        app.say(&open_id, Say::text("你好")).await;
        people.push(open_id);
    }
    app.settle().await;
    people
}

/// Approved by the second of two, and started.
pub(crate) async fn started(app: &TestApp, by: &StaffRow, other: &StaffRow, draft: &Draft) -> Broadcast {
    let (store, now) = (&app.app.store, app.app.clock.business());
    let seen = broadcasts::write(store, by, draft, now).await.unwrap();
    let seen = broadcasts::take(store, by, &seen, Step::Propose, "", now).await.unwrap();
    let seen = broadcasts::take(store, other, &seen, Step::Approve, "", now).await.unwrap();
    broadcasts::take(store, by, &seen, Step::Start, "", now).await.unwrap()
}

/// How often a person has been told these words.
fn heard(app: &TestApp, open_id: &str, words: &str) -> usize {
    app.mock.chat(open_id, 0).iter().filter(|item| item.text().contains(words)).count()
}

#[tokio::test]
async fn an_announcement_is_approved_by_another_and_comes_once_to_everybody() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 5).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let (store, now) = (&app.app.store, app.app.clock.business());
        let take = async |by: &StaffRow, seen: &Broadcast, step| {
            broadcasts::take(store, by, seen, step, "", now).await
        };
        let first = broadcasts::write(store, &author, &draft(WORDS, now), now).await.unwrap();
        assert_eq!((first.number, first.state, first.version), (1, State::Draft, 1));
        assert!(matches!(take(&author, &first, Step::Start).await, Err(BroadcastError::State(State::Draft))));
        let proposed = take(&author, &first, Step::Propose).await.unwrap();
        assert!(matches!(take(&author, &proposed, Step::Approve).await, Err(BroadcastError::Own)));
        let city = store.staff("市考办").await.unwrap().unwrap();
        assert!(matches!(take(&city, &proposed, Step::Approve).await, Err(BroadcastError::Role)));
        let approved = take(&other, &proposed, Step::Approve).await.unwrap();
        assert_eq!(approved.approved_by.as_deref(), Some("播报乙"));

        // Any change voids it; who changed it last does not approve it.
        let edited = broadcasts::edit(store, &other, &approved, &draft(WORDS, now), now).await.unwrap();
        assert_eq!((edited.state, edited.version, edited.approved_by.clone()), (State::Draft, 2, None));
        assert!(matches!(take(&author, &approved, Step::Start).await, Err(BroadcastError::Changed)));
        let proposed = take(&author, &edited, Step::Propose).await.unwrap();
        assert!(matches!(take(&other, &proposed, Step::Approve).await, Err(BroadcastError::Own)));
        let approved = take(&author, &proposed, Step::Approve).await.unwrap();
        take(&other, &approved, Step::Start).await.unwrap();

        app.settle().await;
        for open_id in &people {
            assert_eq!(heard(&app, open_id, WORDS), 1);
        }
        let ended = broadcasts::find(store, &author, 1).await.unwrap();
        assert_eq!(ended.state, State::Ended);
        let progress = broadcasts::progress(store, &ended).await.unwrap();
        assert_eq!((progress.total(), progress.done()), (5, 5));
        assert_eq!(progress.delivered, [("custom", 5)]);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_pause_stops_at_once_what_waits_and_resuming_sends_the_rest_once() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 6).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        let running = started(&app, &author, &other, &draft(WORDS, app.app.clock.business())).await;
        // Everything is in the queue, nothing has been sent.
        while store.outstanding(&running.id).await.unwrap().0 < 6 {
            app.app.worker.announce().await.unwrap();
        }
        let now = app.app.clock.business();
        let paused = broadcasts::take(store, &author, &running, Step::Pause, "", now).await.unwrap();
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 0));
        let progress = broadcasts::progress(store, &paused).await.unwrap();
        assert_eq!((progress.paused, progress.done()), (6, 0));
        broadcasts::take(store, &other, &paused, Step::Resume, "", now).await.unwrap();
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 1));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_quota_that_is_used_up_half_way_pauses_and_the_next_day_goes_on_by_itself() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 8).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        let fault = Fault { skip: 3, times: 1, ..Fault::once(SEND, Kind::Errcode, 45009) };
        app.mock.fault(fault);
        let running = started(&app, &author, &other, &draft(WORDS, app.app.clock.business())).await;
        app.settle().await;
        let paused = broadcasts::find(store, &author, running.number).await.unwrap();
        assert_eq!((paused.state, paused.pause), (State::Paused, Some(Pause::Quota)));
        let zone = graduation_bot::time::shanghai();
        let resumes = paused.resumes_at.unwrap().civil(&zone);
        assert_eq!(
            resumes.to_string(),
            "2026-06-16T08:00:00",
            "the quota is back at midnight, when nobody is written to"
        );
        app.pass(12 * 3600).await;
        app.settle().await;
        let still = broadcasts::find(store, &author, running.number).await.unwrap();
        assert_eq!(still.state, State::Paused, "it is the same day");
        app.pass(11 * 3600).await;
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 1));
        let ended = broadcasts::find(store, &author, running.number).await.unwrap();
        assert_eq!((ended.state, ended.pause), (State::Ended, None));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn whom_no_single_message_reaches_gets_the_mass_send_and_nobody_gets_both() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 6).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        // Of two the platform says that their window's messages are used up.
        app.mock.fault(Fault { times: 2, skip: 1, ..Fault::once(SEND, Kind::Errcode, 45047) });
        let mut both = draft(WORDS, app.app.clock.business());
        both.content.route = Route::Both;
        let running = started(&app, &author, &other, &both).await;
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 1));
        let ended = broadcasts::find(store, &author, running.number).await.unwrap();
        let progress = broadcasts::progress(store, &ended).await.unwrap();
        assert_eq!((ended.state, progress.total(), progress.done()), (State::Ended, 6, 6));
        assert_eq!((progress.delivered.clone(), progress.mass_taken), (vec![("custom", 4)], 2));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_mass_send_without_quota_waits_for_the_next_day() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 3).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        app.mock.fault(Fault::once("/cgi-bin/message/mass/send", Kind::Errcode, 45028));
        let mut mass = draft(WORDS, app.app.clock.business());
        mass.content.route = Route::Mass;
        let running = started(&app, &author, &other, &mass).await;
        app.settle().await;
        let paused = broadcasts::find(store, &author, running.number).await.unwrap();
        assert_eq!((paused.state, paused.pause), (State::Paused, Some(Pause::Quota)));
        app.pass(23 * 3600).await;
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 1));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_called_off_or_has_lapsed_is_not_sent() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 3).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        let running = started(&app, &author, &other, &draft(WORDS, app.app.clock.business())).await;
        while store.outstanding(&running.id).await.unwrap().0 < 3 {
            app.app.worker.announce().await.unwrap();
        }
        let now = app.app.clock.business();
        let ended =
            broadcasts::take(store, &author, &running, Step::Cancel, "写错了日期", now).await.unwrap();
        assert_eq!(ended.state, State::Cancelled);
        app.settle().await;
        let progress = broadcasts::progress(store, &ended).await.unwrap();
        assert_eq!(progress.failed, [("cancelled".to_owned(), 3)]);

        // Nobody has written for two days: it waits for them until it lapses.
        app.pass(49 * 3600).await;
        let late = started(&app, &author, &other, &draft("第二条公告", app.app.clock.business())).await;
        app.settle().await;
        assert_eq!(broadcasts::progress(store, &late).await.unwrap().held, 3);
        app.say(&people[0], Say::text("在吗")).await;
        app.settle().await;
        assert_eq!(heard(&app, &people[0], "第二条公告"), 1);
        app.pass(4 * 24 * 3600).await;
        app.say(&people[1], Say::text("在吗")).await;
        app.settle().await;
        assert_eq!(heard(&app, &people[1], "第二条公告"), 0);
        let late = broadcasts::find(store, &author, late.number).await.unwrap();
        assert_eq!(late.state, State::Ended);
        let states = broadcasts::progress(store, &late).await.unwrap();
        assert_eq!((states.delivered, states.failed), (vec![("custom", 1)], vec![("lapsed".to_owned(), 2)]));
        assert_eq!(app.end(5).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn each_reads_their_own_name_and_place_and_a_draft_with_mistakes_is_not_handed_on() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 2).await;
        let store = &app.app.store;
        assert_eq!(bind(store, &people[0], &candidate(0), "c1").await, Committed::Stored);
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let now = app.app.clock.business();
        let wrong = draft("{性名}同学：{地点}停办。", now);
        let seen = broadcasts::write(store, &author, &wrong, now).await.unwrap();
        let found = broadcasts::take(store, &author, &seen, Step::Propose, "", now).await;
        let Err(BroadcastError::Incomplete(flaws)) = found else { panic!("{found:?}") };
        let words: Vec<String> = flaws.iter().map(broadcasts::steps::flaw).collect();
        assert!(words.len() == 1 && words[0].contains("{性名}"), "{words:?}");

        let mut mass = draft("{姓名}同学", now);
        mass.content.route = Route::Mass;
        let seen = broadcasts::edit(store, &author, &seen, &mass, now).await.unwrap();
        let found = broadcasts::take(store, &author, &seen, Step::Propose, "", now).await;
        assert!(matches!(found, Err(BroadcastError::Incomplete(_))), "{found:?}");

        started(&app, &author, &other, &draft("{姓名}同学：{地点}停办。", now)).await;
        app.settle().await;
        let name = candidate(0).name.clone();
        assert_eq!(heard(&app, &people[0], &format!("{name}同学：广州市天河区停办。")), 1);
        assert_eq!(heard(&app, &people[1], "（还没有）同学：（还没有）停办。"), 1);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn nobody_is_written_to_at_night_but_in_an_emergency() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, "2026-06-15T21:58").await;
        let people = talkers(&app, 2).await;
        let (author, other) = (announcer(&app, "播报甲").await, announcer(&app, "播报乙").await);
        let store = &app.app.store;
        app.pass(180).await;
        let running = started(&app, &author, &other, &draft(WORDS, app.app.clock.business())).await;
        let mut alarm = draft("停水，今晚考点关闭。", app.app.clock.business());
        alarm.content.urgent = Some("考点停水".to_owned());
        started(&app, &author, &other, &alarm).await;
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 0));
        assert!(people.iter().all(|open_id| heard(&app, open_id, "停水，今晚") == 1));
        let paused = broadcasts::find(store, &author, running.number).await.unwrap();
        let resumes = paused.resumes_at.unwrap().civil(&graduation_bot::time::shanghai());
        assert_eq!((paused.pause, resumes.to_string().as_str()), (Some(Pause::Quiet), "2026-06-16T08:00:00"));
        app.pass(10 * 3600).await;
        app.settle().await;
        assert!(people.iter().all(|open_id| heard(&app, open_id, WORDS) == 1));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_preview_goes_to_the_announcers_own_account_and_to_nobody_else() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let people = talkers(&app, 2).await;
        let author = announcer(&app, "播报甲").await;
        let (store, now) = (&app.app.store, app.app.clock.business());
        let world = app.app.runner.world.load_full();
        let seen = broadcasts::write(store, &author, &draft(WORDS, now), now).await.unwrap();
        let preview = async |by: &StaffRow| broadcasts::preview(store, by, &seen, &world, now).await;
        assert!(matches!(preview(&author).await, Err(BroadcastError::Unlinked)));
        let linked = StaffRow { open_id: Some(people[1].clone()), ..author.clone() };
        preview(&linked).await.unwrap();
        app.settle().await;
        assert_eq!([heard(&app, &people[0], WORDS), heard(&app, &people[1], WORDS)], [0, 1]);
        let still = broadcasts::find(store, &author, seen.number).await.unwrap();
        assert_eq!(
            (still.state, broadcasts::progress(store, &still).await.unwrap().delivered),
            (State::Draft, vec![])
        );
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}
