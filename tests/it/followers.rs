//! Who follows, whose tags and which lists: brought from the platform and from files, and found by an audience.
//! Every test runs on each database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use graduation_bot::{
    followers::{self, FollowersError},
    office::{
        broadcasts::lists::{self, ListError},
        imports::Format,
    },
    store::{Asked, Import, Refusal},
    workflow::{
        broadcast::{
            audience::{Audience, Condition},
            plan::Group,
        },
        delivery::WINDOWS,
    },
};
use mock_platform::{Fault, Kind, Mode, Say};

use crate::{
    broadcasts::announcer,
    store::{BATCH, candidate},
    support::{app::TestApp, db},
};

const MORNING: &str = "2026-06-15T09:30";
const NOBODY: &str = "http://127.0.0.1:9/wechat";

/// How many people are in an audience, and how many of them follow and are not blocked.
async fn counted(app: &TestApp, who: Condition) -> (u64, u64) {
    let asked = Asked { now: app.app.clock.business(), windows: &WINDOWS, month: "2026-06" };
    let audience = Audience { batch: BATCH.to_owned(), who };
    let groups = app.app.store.count_audience(&audience, asked).await.unwrap();
    let sum = |groups: &mut dyn Iterator<Item = &Group>| groups.map(|group| group.people).sum();
    let reached = |group: &&Group| group.facts.follows && !group.facts.blocked;
    (sum(&mut groups.iter()), sum(&mut groups.iter().filter(reached)))
}

#[tokio::test]
async fn followers_become_what_the_platform_lists() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, MORNING).await;
        let (store, client) = (&app.app.store, &app.app.client);
        let bot = app.mock.options().bot.clone().unwrap();
        let known = app.mock.user("来过").await;
        let gone = app.mock.user("走了").await;
        let banned = app.mock.user("拉黑").await;
        // While the bot is away some come and one goes.
        app.mock.set_bot(NOBODY);
        let missed = app.mock.user("没听说").await;
        let unknown = app.mock.user("也没听说").await;
        app.mock.say(&gone, Say::event("unsubscribe", "")).await.unwrap();
        app.mock.set_bot(bot);
        client.block(&[&banned]).await.unwrap();
        let unheard = app.say(&missed, Say::text("你好")).await;
        assert_eq!(counted(&app, Condition::Everyone).await, (4, 4));

        let found = followers::sync(store, client, app.app.clock.business()).await.unwrap();
        assert_eq!((found.new, found.returned, found.left, found.blocked), (1, 0, 1, 1));
        assert_eq!(found.listed, 4);
        assert_eq!(counted(&app, Condition::Everyone).await, (5, 3));
        let reach = store.reach_of(&[&known, &gone, &banned, &unknown]).await.unwrap();
        assert!(reach[&known].follows && !reach[&gone].follows && reach[&unknown].follows);
        assert_eq!(reach[&banned].refusal, Some(Refusal::Blocked));
        // Whoever was brought in is greeted like anybody else who writes for the first time.
        let heard = app.say(&unknown, Say::text("你好")).await;
        let body = |said: mock_platform::Said| said.reply.map(|item| item.body);
        assert_eq!(body(heard), body(unheard));

        // Whoever comes back unheard follows again; a second time nothing is left to do.
        app.mock.set_bot(NOBODY);
        app.mock.say(&gone, Say::event("subscribe", "")).await.unwrap();
        app.mock.set_bot(app.mock.options().bot.clone().unwrap());
        let again = followers::sync(store, client, app.app.clock.business()).await.unwrap();
        assert_eq!((again.new, again.returned, again.left), (0, 1, 0));
        assert_eq!(store.audience_lists().await.unwrap(), []);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_list_that_ends_early_makes_nobody_leave() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, MORNING).await;
        app.mock.user("在").await;
        let (store, client) = (&app.app.store, &app.app.client);
        app.mock.fault(Fault::once("/cgi-bin/user/get", Kind::Errcode, 48001));
        let failed = followers::sync(store, client, app.app.clock.business()).await;
        assert!(matches!(failed, Err(FollowersError::Client(_))));
        assert_eq!(counted(&app, Condition::Everyone).await, (1, 1));
    }
}

#[tokio::test]
async fn a_night_has_one_synchronisation_over_all_processes() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, MORNING).await;
        app.mock.user("在").await;
        let worker = &app.app.worker;
        assert_eq!(worker.sync_followers().await.unwrap(), None, "it is day");
        app.pass(18 * 3600).await;
        let (one, other) = tokio::join!(worker.sync_followers(), worker.sync_followers());
        let done = [one.unwrap(), other.unwrap()];
        assert_eq!(done.iter().flatten().count(), 1, "{done:?}");
        app.pass(24 * 3600).await;
        assert!(worker.sync_followers().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_tags_people_are_fetched_when_they_are_asked_for() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, MORNING).await;
        let (store, client) = (&app.app.store, &app.app.client);
        let (one, other) = (app.mock.user("甲").await, app.mock.user("乙").await);
        let tag = client.create_tag("老考生").await.unwrap().id;
        client.tag_people(tag, &[&one]).await.unwrap();
        let who = Condition::Tag(tag);
        let now = || app.app.clock.business();
        assert_eq!(counted(&app, who.clone()).await, (0, 0), "nobody has asked yet");
        followers::refresh_tags(store, client, &who, "播报甲", now()).await.unwrap();
        assert_eq!(counted(&app, who.clone()).await, (1, 1));
        assert_eq!(counted(&app, Condition::Not(Box::new(who.clone()))).await, (1, 1));
        client.tag_people(tag, &[&other]).await.unwrap();
        followers::refresh_tags(store, client, &who, "播报甲", now()).await.unwrap();
        assert_eq!(counted(&app, who.clone()).await, (1, 1), "that was just now");
        app.pass(601).await;
        followers::refresh_tags(store, client, &who, "播报甲", now()).await.unwrap();
        assert_eq!(counted(&app, who).await, (2, 2));
        let lists = store.audience_lists().await.unwrap();
        assert_eq!((lists.len(), lists[0].name.as_str(), lists[0].count), (1, "老考生", 2));
        let none = followers::refresh_tags(store, client, &Condition::Tag(999), "播报甲", now()).await;
        assert!(matches!(none, Err(FollowersError::NoTag(999))));
    }
}

#[tokio::test]
async fn lists_of_exam_numbers_are_stored_whole_or_not_at_all() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, MORNING).await;
        let (store, now) = (&app.app.store, app.app.clock.business());
        let staff = announcer(&app, "播报甲").await;
        let person = candidate(0);
        let rows = store.seal_candidates(std::slice::from_ref(&*person));
        db::import(store, Import::Candidates(&rows)).await;
        let known = &person.exam_no;
        let import = async |text: &str| {
            let file = (Format::Csv, text.as_bytes().to_vec());
            lists::import(store, &staff, "台风", file, now).await
        };
        let wrong = import(&format!("exam_no\n{known}\n123\n")).await;
        assert!(matches!(wrong, Err(ListError::Mistakes { count: 1, .. })));
        assert_eq!(lists::all(store, &staff).await.unwrap(), []);
        let done = import(&format!("{known}\n990126999999\n{known}\n")).await.unwrap();
        assert_eq!((done.list.count, done.repeated, done.unknown, done.unknown_rows), (2, 1, 1, vec![2]));
        assert_eq!(lists::all(store, &staff).await.unwrap(), std::slice::from_ref(&done.list));
        let city = store.staff("市考办").await.unwrap().unwrap();
        assert!(matches!(lists::all(store, &city).await, Err(ListError::Role)));
        let lines = store.list_audit(Some(&done.list.id), 9).await.unwrap();
        assert_eq!(
            (lines[0].audit.act.as_str(), lines[0].audit.detail.as_str()),
            ("import_list", "2 numbers, 1 of nobody")
        );
        lists::remove(store, &staff, &done.list.id, now).await.unwrap();
        assert!(matches!(lists::remove(store, &staff, &done.list.id, now).await, Err(ListError::Unknown)));
        assert_eq!(lists::all(store, &staff).await.unwrap(), []);
    }
}
