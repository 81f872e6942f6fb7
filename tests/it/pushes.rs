//! Pushes through the whole stack that no chat shows: what is too long for one message of the platform's.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use graduation_bot::{
    inbound::{Decision, Part, PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    office,
    store::{Commit, Committed},
    turn::CaseChange,
    workflow::case::{Case, Round, Stage},
};
use mock_platform::{Channel, Item, Mode, Say};

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
    submit.case = Some(CaseChange { expected: ready.version, case: Arc::new(case) });
    let commit = Commit::new(submit, before, BATCH, now);
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
    store.load(open_id, BATCH).await.unwrap().case.unwrap()
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
        let reject = Decision::Reject { part: Part::Portrait, opinion: opinion.clone() };
        let seen = app.mock.last_seq();
        office::decide(&app.app.runner, &staff, &case, case.round, reject).await.unwrap();
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
