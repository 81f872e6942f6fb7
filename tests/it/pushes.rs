//! Pushes through the whole stack that no chat shows: what is too long for one message of the platform's, and what is
//! withdrawn with the decision that it tells of.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use graduation_bot::{
    clock::Now,
    inbound::{Decision, Part, PhotoSlot, PhotoSource, Precheck, Reason, StoredPhoto},
    office::{self, ReviewError},
    store::{Area, CaseFilter, Commit, Committed, OutboxFilter, Sent},
    turn::CaseChange,
    workflow::case::{Case, Round, Stage},
};
use mock_platform::{Channel, Item, Mode, Say};
use sqlx::{Connection as _, Row as _};

use crate::{
    store::{BATCH, bind, candidate, turn},
    support::{app::TestApp, db},
};

/// A person whose portrait waits for the city office.
async fn submit_portrait(app: &TestApp, open_id: &str) -> Arc<Case> {
    let store = &app.app.store;
    assert_eq!(bind(store, open_id, &candidate(0), "c1").await, Committed::Stored);
    let before = store.load(open_id, BATCH).await.unwrap();
    let now = app.app.clock.business();
    let ready = before.case.as_ref().unwrap();
    let photo = StoredPhoto {
        name: "p1".to_owned(),
        width: 480,
        height: 640,
        source: PhotoSource::MenuCamera,
        shows: None,
        precheck: Precheck::default(),
    };
    let photos = [(PhotoSlot::Portrait, photo)].into();
    let (part, decisions) = (Part::Portrait, vec![]);
    let round = Round { number: 1, part, photos, submitted_at: now, decisions, withdrawn: false };
    let case = Case { stage: Stage::PortraitAtCity, round: 1, rounds: vec![round], ..Case::clone(ready) };
    let mut submit = turn(&before);
    submit.case = Some(CaseChange { expected: ready.version, case: Arc::new(case), entered_at: None });
    let commit = Commit::new(submit, before, BATCH, now);
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
    store.load(open_id, BATCH).await.unwrap().case.unwrap()
}

/// What the decisions' table says, and whether each was taken back.
async fn decisions(url: &str) -> Vec<(String, String, String, bool)> {
    let mut eye = db::connect(url).await;
    let text = "select verdict, reasons, staff, coalesce(taken_back_at, 0) from decisions order by at, id";
    let rows = sqlx::query(text).fetch_all(&mut eye).await.unwrap();
    let told = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get::<i64, _>(3) > 0));
    let told = told.collect();
    eye.close().await.unwrap();
    told
}

#[tokio::test]
async fn a_decision_that_is_taken_back_tells_nobody_and_leaves_its_record() {
    for db in db::each().await {
        let url = db.url.clone();
        let app = TestApp::start(db, Mode::Secure, "2026-06-15T09:30").await;
        let (open_id, _) = app.mock.user_with_greeting("我").await;
        app.say(&open_id, Say::text("你好")).await;
        app.settle().await;
        let before = submit_portrait(&app, &open_id).await;
        let store = &app.app.store;
        let waits = async || {
            let of_batch = CaseFilter { batch: BATCH.to_owned(), ..CaseFilter::default() };
            let cases = store.list_cases(&Area::everywhere(), &of_batch, app.app.clock.wire()).await;
            cases.unwrap().remove(0).entered_at
        };
        let (seen, entered_at) = (app.mock.last_seq(), waits().await);
        let staff = store.staff("市考办").await.unwrap().unwrap();
        let reject = |opinion: String| {
            let (part, reasons) = (Part::Portrait, vec![Reason::P03]);
            Decision::Reject { part, reasons, opinion }
        };
        app.pass(60).await;
        // One that takes two rows goes with both.
        let wording = Reason::P03.wording().chars().count() + "；".chars().count();
        let decision = reject("𠮷".repeat(500 - wording));
        let decided = office::decide(&app.app.runner, &staff, &before, 1, decision).await.unwrap();
        assert_eq!(store.list_outbox(&OutboxFilter::default()).await.unwrap().len(), 2);
        assert!(waits().await > entered_at);
        let back = office::take_back(&app.app.runner, &staff, &before.id, decided.version).await.unwrap();
        assert_eq!((back.version, waits().await), (before.version + 2, entered_at));
        assert_eq!(Case { version: before.version, ..Case::clone(&back) }, *before);
        assert_eq!(store.list_outbox(&OutboxFilter::default()).await.unwrap(), []);
        let again = office::take_back(&app.app.runner, &staff, &before.id, back.version).await;
        assert!(matches!(again, Err(ReviewError::Refused("nothing_decided"))), "{again:?}");

        office::decide(&app.app.runner, &staff, &back, 1, reject(String::new())).await.unwrap();
        app.pass(10).await;
        app.settle().await;
        let texts: Vec<String> = app.mock.chat(&open_id, seen).iter().map(Item::text).collect();
        assert!(texts.len() == 1 && texts[0].contains("背景不是均匀的白色或浅灰色"), "{texts:?}");
        let row = |taken_back| ("rejected".to_owned(), "P03".to_owned(), "市考办".to_owned(), taken_back);
        assert_eq!(decisions(&url).await, [row(true), row(false)]);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_push_that_is_on_its_way_cannot_be_taken_back() {
    for db in db::each().await {
        let url = db.url.clone();
        let app = TestApp::start(db, Mode::Secure, "2026-06-15T09:30").await;
        let (open_id, _) = app.mock.user_with_greeting("我").await;
        app.settle().await;
        let before = submit_portrait(&app, &open_id).await;
        let (store, runner) = (&app.app.store, &app.app.runner);
        let staff = store.staff("市考办").await.unwrap().unwrap();
        let decided = office::decide(runner, &staff, &before, 1, Decision::Approve).await.unwrap();
        // A worker whose clock is ahead.
        let now = app.app.clock.now();
        let ahead = Now { business: now.business.plus_seconds(10), ..now };
        let row = store.lease_outbox(1, ahead, 60).await.unwrap().rows.remove(0);
        let late = office::take_back(runner, &staff, &before.id, decided.version).await;
        assert!(matches!(late, Err(ReviewError::Refused("too_late"))), "{late:?}");
        let case = store.case_by_id(&before.id).await.unwrap().unwrap();
        assert_eq!(
            (case.stage, case.version),
            (Stage::Approved, decided.version),
            "nothing of it was stored"
        );
        assert!(!decisions(&url).await[0].3);
        let put_off = Sent::RetryAt { at: ahead.business, reason: "released".to_owned() };
        assert!(store.settle_outbox(&row.lease, put_off, now.business).await.unwrap());
        let late = office::take_back(runner, &staff, &before.id, decided.version).await;
        assert!(matches!(late, Err(ReviewError::Refused("too_late"))), "{late:?}");
        app.pass(10).await;
        app.settle().await;
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_longest_opinion_arrives_whole() {
    // Four bytes a character: 2,000, and the words around them.
    let opinion = "𠮷".repeat(500);
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, "2026-06-15T09:30").await;
        let (open_id, _) = app.mock.user_with_greeting("我").await;
        app.say(&open_id, Say::text("你好")).await;
        app.settle().await;
        let case = submit_portrait(&app, &open_id).await;
        let staff = app.app.store.staff("市考办").await.unwrap().unwrap();
        let reject = Decision::Reject { part: Part::Portrait, reasons: vec![], opinion: opinion.clone() };
        let seen = app.mock.last_seq();
        office::decide(&app.app.runner, &staff, &case, case.round, reject).await.unwrap();
        app.settle().await;
        assert!(app.mock.chat(&open_id, seen).is_empty(), "it may still be taken back");
        app.pass(10).await;
        app.settle().await;
        let pushed = app.mock.chat(&open_id, seen);
        assert!(pushed.iter().all(|item| item.channel == Some(Channel::Custom)));
        let texts: Vec<String> = pushed.iter().map(Item::text).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts.concat().contains(&opinion), "no character is lost between the two");
        assert!(texts.concat().trim_end().ends_with("请回复「重新拍照」："));
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}
