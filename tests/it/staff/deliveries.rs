//! What did not arrive: seen with its reason, sent again by those who may.

use graduation_bot::{store::OutboxState, workflow::case::Stage};

use super::{
    bot,
    browser::{Browser, account},
    candidates::known,
};

#[tokio::test]
async fn a_push_that_failed_is_seen_and_sent_again() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    account(&app, "王老师", "city:广州市").await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    let other = known(&app, 2, Stage::Submitted, "天河区").await;
    person.lose_a_push(&app, "01A", "refused 43004 rid-1").await;
    person.lose_a_push(&app, "01B", "refused 45002").await;
    other.lose_a_push(&app, "01C", "refused 45002").await;

    let mut browser = Browser::signed_in(&app, "李老师").await;
    let page = browser.get("/staff/deliveries").await;
    for words in ["1234-5671", "考生没有关注公众号（43004，rid rid-1）", "内容太长，平台不收（45002）（2）"]
    {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    for sealed in ["请看审核意见", person.open_id.as_str(), person.candidate.name.as_str()] {
        assert!(!page.html.contains(sealed), "{sealed}");
    }
    let shown = browser.get("/staff/deliveries/01A").await;
    assert!(shown.html.contains("请看审核意见"), "{}", shown.html);
    let filtered = browser.get("/staff/deliveries?why=given_up+refused+45002").await;
    assert!(filtered.html.contains("deliveries/01B") && !filtered.html.contains("deliveries/01A"));

    let page = browser.post("/staff/deliveries/01A/again", &[]).await;
    assert!(page.html.contains("已排队再发一次"), "{}", page.html);
    assert!(person.told(&app).await.contains("请看审核意见"));
    let page = browser.post("/staff/deliveries/01A/again", &[]).await;
    assert_eq!((page.status, page.html.contains("这一条是“已送达”，不用再发")), (422, true));
    assert_eq!(browser.post("/staff/deliveries/01Z/again", &[]).await.status, 404);

    // All for one reason; a push that may be another person's by now stays.
    other.unbind(&app).await;
    let page = browser.post("/staff/deliveries/01C/again", &[]).await;
    assert!(page.html.contains("绑定已经解除"), "{}", page.html);
    let page = browser.post("/staff/deliveries/again", &[("why", "given_up refused 45002")]).await;
    assert!(page.html.contains("已排队再发 1 条") && page.html.contains("另有 1 条不能再发"));
    app.settle().await;
    let states = async |id: &str| app.app.store.outbox_row(id).await.unwrap().unwrap().state;
    assert_eq!((states("01B").await, states("01C").await), (OutboxState::Delivered, OutboxState::GivenUp));

    let audit = app.app.store.list_audit_by("staff:李老师", 9).await.unwrap();
    let acts: Vec<(&str, &str)> =
        audit.iter().map(|row| (row.audit.act.as_str(), row.audit.subject.as_str())).collect();
    let done = [("send_again", "01B"), ("send_again", "01A"), ("look_at_push", "01A")];
    assert_eq!(acts.iter().filter(|(act, _)| *act != "sign_in").copied().collect::<Vec<_>>(), done);
    assert_eq!(Browser::signed_in(&app, "王老师").await.get("/staff/deliveries").await.status, 403);
    assert_eq!(app.end(1).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_may_arrive_twice_is_sent_again_knowingly() {
    let app = bot().await;
    account(&app, "吴老师", "admin").await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    person.doubt_a_push(&app, "01A").await;
    let mut browser = Browser::signed_in(&app, "吴老师").await;
    let why = "in_doubt unanswered";
    let page = browser.get("/staff/deliveries?why=in_doubt+unanswered").await;
    for words in ["考生<b>可能已经收到</b>", "再发一次（可能重复）", "不知道送到没有"]
    {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let page = browser.post("/staff/deliveries/again", &[("why", why)]).await;
    assert_eq!((page.status, page.html.contains("请先勾选“我知道”")), (422, true), "{}", page.html);
    let state = app.app.store.outbox_row("01A").await.unwrap().unwrap().state;
    assert_eq!(state, OutboxState::InDoubt, "nothing was sent");
    let page = browser.post("/staff/deliveries/again", &[("why", why), ("known", "true")]).await;
    assert!(page.html.contains("已排队再发 1 条"), "{}", page.html);
    assert!(person.told(&app).await.contains("请看审核意见"));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_was_given_up_is_done_again() {
    let app = bot().await;
    account(&app, "吴老师", "admin").await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    let id = person.lose_a_job(&app).await;
    let mut browser = Browser::signed_in(&app, "吴老师").await;
    let page = browser.get("/staff/deliveries/jobs").await;
    for words in ["人口库核验", "1234-5671", "内容解不开"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let again = format!("/staff/deliveries/jobs/{id}/again");
    let page = browser.post(&again, &[]).await;
    assert!(page.html.contains("已排队再做一次") && page.html.contains("没有放弃了的后台工作"));
    let page = browser.post(&again, &[]).await;
    assert_eq!((page.status, page.html.contains("什么都没有改")), (422, true));
}
