//! `outbox` and `jobs`: what did not arrive and what was given up is seen, and tried again by those who may.

use graduation_bot::{
    clock::Now,
    store::{Commit, Committed, OutboxState, Sent},
    time::Millis,
    turn::{Binding, Job},
};

use super::{
    Desk,
    review::{OPEN_ID, desk},
};
use crate::store::{notice, turn};

const AT: Millis = Millis(1_781_486_000_000);
const NOW: Now = Now { business: AT, wire: AT };

impl Desk {
    /// A push that was given up; its row.
    async fn give_up_a_push(&self, reason: &str) -> String {
        let store = self.store().await;
        let before = store.load(OPEN_ID, "2026-06").await.unwrap();
        let mut turn = turn(&before);
        turn.outbox.push(notice("opinion", "审核意见：头发遮挡眉毛"));
        assert_eq!(store.commit(Commit::new(turn, before, "2026-06", AT)).await.unwrap(), Committed::Stored);
        let row = store.lease_outbox(1, NOW, 60).await.unwrap().rows.remove(0);
        let given_up = Sent::GivenUp { reason: reason.to_owned() };
        assert!(store.settle_outbox(&row.lease, given_up, AT).await.unwrap());
        store.close().await;
        row.lease.id
    }

    /// A job of the case that was given up; its row.
    async fn give_up_a_job(&self) -> String {
        let store = self.store().await;
        let before = store.load(OPEN_ID, "2026-06").await.unwrap();
        let mut turn = turn(&before);
        let case_id = before.case.as_ref().unwrap().id.clone();
        turn.jobs.push(Job::VerifyPopulation { case_id });
        assert_eq!(store.commit(Commit::new(turn, before, "2026-06", AT)).await.unwrap(), Committed::Stored);
        let job = store.lease_jobs(1, NOW, 60).await.unwrap().rows.remove(0);
        assert!(store.give_up_job(&job.lease, "the content cannot be read").await.unwrap());
        store.close().await;
        job.lease.id
    }

    /// Who was written down as having done something, newest first.
    async fn audited(&self, act: &str) -> Vec<String> {
        let store = self.store().await;
        let lines = store.list_audit(None, 50).await.unwrap();
        store.close().await;
        let done = lines.into_iter().filter(|line| line.audit.act == act);
        done.map(|line| format!("{} {}", line.audit.actor, line.audit.subject)).collect()
    }
}

#[tokio::test]
async fn a_push_that_was_given_up_is_seen_and_sent_again() {
    let desk = desk().await;
    let id = desk.give_up_a_push("43004").await;
    let list = desk.run(&["outbox", "list", "--state", "given_up"]).good().out;
    for words in [id.as_str(), "已放弃", "43004", "1234-5678"] {
        assert!(list.contains(words), "{words}:\n{list}");
    }
    for sealed in ["头发遮挡眉毛", OPEN_ID, "陈样例"] {
        assert!(!list.contains(sealed), "{sealed}:\n{list}");
    }
    assert!(
        desk.run(&["outbox", "list", "--state", "held"]).good().out.contains("没有等考生下次发消息的通知")
    );
    desk.run(&["outbox", "list", "--state", "giben_up"]).failed(2, &["是不是“given_up”"]);
    desk.run(&["outbox", "list", "--limit", "0"]).failed(2, &["至少写 1"]);

    let show = |id: &str, staff: &str| desk.run(&["outbox", "show", id, "--as", staff]);
    show(&id, "天河").failed(2, &["province 或 admin"]);
    show("no-such-row", "管理员").failed(2, &["没有编号为“no-such-row”"]);
    assert_eq!(show(&id, "管理员").good().out, "审核意见：头发遮挡眉毛\n");
    assert_eq!(desk.audited("look_at_push").await, [format!("staff:管理员 {id}")]);

    let again = |id: &str, staff: &str| desk.run(&["outbox", "again", id, "--as", staff]);
    again(&id, "天河").failed(2, &["province 或 admin"]);
    again(&id, "nobody").failed(2, &["没有账号"]);
    again("no-such-row", "管理员").failed(2, &["没有编号为“no-such-row”"]);
    assert_eq!(desk.audited("send_again").await, Vec::<String>::new(), "a refusal changes nothing");
    again(&id, "管理员").good();
    again(&id, "管理员").failed(2, &["等待发送", "什么都没有改"]);
    assert_eq!(desk.audited("send_again").await, [format!("staff:管理员 {id}")]);
    let store = desk.store().await;
    assert_eq!(store.outbox_row(&id).await.unwrap().unwrap().state, OutboxState::Due);
    store.close().await;
}

#[tokio::test]
async fn a_push_never_reaches_whoever_uses_the_account_after_an_unbinding() {
    let desk = desk().await;
    let id = desk.give_up_a_push("43004").await;
    let store = desk.store().await;
    let before = store.load(OPEN_ID, "2026-06").await.unwrap();
    let mut unbind = turn(&before);
    unbind.session.exam_no = None;
    unbind.binding = Some(Binding::Unbind { exam_no: "010112345678".to_owned() });
    unbind.outbox.push(notice("told", "绑定已解除"));
    assert_eq!(store.commit(Commit::new(unbind, before, "2026-06", AT)).await.unwrap(), Committed::Stored);
    store.close().await;
    desk.run(&["outbox", "again", &id, "--as", "管理员"]).failed(2, &["绑定已经解除", "什么都没有改"]);
    assert_eq!(desk.audited("send_again").await, Vec::<String>::new());
    let list = desk.run(&["outbox", "list"]).good().out;
    assert!(list.contains("共 2 条：等待发送 1，已放弃 1"), "{list}");
    let store = desk.store().await;
    let told = store.outbox_row("told").await.unwrap().unwrap();
    assert_eq!(told.case_id, None, "that it ended is no news of the application, and may be sent again");
    store.close().await;
}

#[tokio::test]
async fn a_job_that_was_given_up_is_seen_and_done_again_once() {
    let desk = desk().await;
    assert!(desk.run(&["jobs", "list"]).good().out.contains("没有放弃了的"));
    let (first, second) = (desk.give_up_a_job().await, desk.give_up_a_job().await);
    let list = desk.run(&["jobs", "list"]).good().out;
    for words in [first.as_str(), second.as_str(), "人口库核验", "1234-5678", "the content cannot be read"]
    {
        assert!(list.contains(words), "{words}:\n{list}");
    }
    desk.run(&["jobs", "list", "--limit", "0"]).failed(2, &["至少写 1"]);
    let again = |id: &str, staff: &str| desk.run(&["jobs", "again", id, "--as", staff]);
    again(&first, "市考办").failed(2, &["province 或 admin"]);
    again(&first, "省考办").good();
    again(&first, "省考办").failed(2, &["什么都没有改"]);
    again(&second, "省考办").failed(2, &["已经另有一项在做"]);
    assert_eq!(desk.audited("do_again").await, [format!("staff:省考办 {first}")]);
    assert!(desk.run(&["jobs", "list", "--all"]).good().out.contains("等着做"));
    let store = desk.store().await;
    // The commands' time is a little later than that of the test's own rows.
    let soon = Now { business: AT.plus_seconds(86_400), ..NOW };
    let leased = store.lease_jobs(5, soon, 60).await.unwrap().rows;
    assert_eq!(leased.iter().map(|job| job.lease.id.as_str()).collect::<Vec<_>>(), [first]);
    store.close().await;
}
