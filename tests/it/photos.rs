//! Photos through the whole stack where a chat cannot say it: several at once.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use futures_util::future::join_all;
use graduation_bot::inbound::PhotoSlot;
use mock_platform::{Item, Mode, Said, Say, Via};
use tokio::time::{Duration, timeout};

use crate::{
    chats::picture,
    support::{app::TestApp, db::TestDb, models, samples},
};

/// Far longer than an answer takes and far shorter than a verdict is waited for in this test.
const SOON: Duration = Duration::from_secs(30);

/// Somebody whose document photos are wanted.
async fn walked(app: &TestApp) -> String {
    let people = samples::people().unwrap();
    let sample = people.iter().find(|person| person.story == "id_mismatch").unwrap();
    let open_id = app.mock.user("甲").await;
    let tail = &sample.phone.as_deref().unwrap()[7..];
    let words = ["绑定", &sample.exam_no, "同意", &sample.document_no, tail];
    let opening = ["毕业申请", "开始毕业预测", "天河区", "13800138000", "申请"];
    for said in words.into_iter().chain(opening) {
        app.say(&open_id, Say::text(said)).await;
        app.settle().await;
    }
    open_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_pictures_do_not_hold_up_the_next_message() {
    if models::weights().is_none() {
        return;
    }
    let app = TestApp::start_judging(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30", |_| {}).await;
    let open_id = walked(&app).await;
    let app = Arc::new(app);
    // Nobody works yet, so all three wait for their verdicts.
    let mut waiting = Vec::new();
    for (nth, name) in (0..).zip(["证国徽面", "证人像面", "证手持"]) {
        let (app, open_id) = (Arc::clone(&app), open_id.clone());
        let store = app.app.store.clone();
        waiting.push(tokio::spawn(async move {
            app.mock.say(&open_id, Say::image(picture(name), Via::Album)).await.unwrap()
        }));
        // The platform brings them in the order in which they were sent.
        while store.count_jobs().await.unwrap().0 <= nth {
            tokio::task::yield_now().await;
        }
    }
    let answered = timeout(SOON, app.mock.say(&open_id, Say::text("进度"))).await;
    let answered = answered.expect("the answer does not wait for the pictures").unwrap();
    assert!(shown(&answered).contains("待上传身份证附件"), "{}", shown(&answered));
    assert!(waiting.iter().all(|picture| !picture.is_finished()), "no verdict has come");
    app.settle().await;
    let said = join_all(waiting).await.into_iter().map(|said| shown(&said.unwrap())).collect::<Vec<_>>();
    let batch = app.app.runner.world.load().batch.id.clone();
    let case = app.app.store.load_fresh(&open_id, &batch).await.unwrap().case.unwrap();
    let slots: Vec<PhotoSlot> = case.documents.keys().copied().collect();
    assert_eq!(slots, [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld], "{said:?}");
    let app = Arc::into_inner(app).unwrap();
    app.settle().await;
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

fn shown(said: &Said) -> String {
    said.reply.as_ref().map(Item::text).unwrap_or_default()
}
