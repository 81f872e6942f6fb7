//! `inquiry`: what people left is listed to whom it concerns, read with a line of the audit, answered once.

use std::sync::Arc;

use graduation_bot::{
    store::{Commit, Committed, OutboxState},
    time::Millis,
    turn::Inquiry,
    workflow::case::Place,
};

use super::{
    Desk,
    review::{OPEN_ID, desk},
};
use crate::store::turn;

const AT: Millis = Millis(1_781_486_000_000);

impl Desk {
    /// A message of the candidate's.
    async fn leave(&self, id: &str, text: &str) {
        self.leave_at("天河区", &[id], text).await;
    }

    /// Messages of somebody who is to come to a district.
    async fn leave_at(&self, district: &str, ids: &[&str], text: &str) {
        let store = self.store().await;
        for id in ids {
            let mut before = store.load_fresh(OPEN_ID, "2026-06").await.unwrap();
            let mut turn = turn(&before);
            turn.inquiry = Some(Inquiry { id: (*id).to_owned(), text: text.to_owned() });
            let place = Place { city: "广州市".to_owned(), district: district.to_owned() };
            Arc::make_mut(before.case.as_mut().unwrap()).place = Some(place);
            let left = store.commit(Commit::new(turn, before, "2026-06", AT)).await.unwrap();
            assert_eq!(left, Committed::Stored);
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_message_is_listed_read_and_answered() {
    let desk = desk().await;
    desk.run(&["inquiry", "list", "--as", "天河"]).good();
    desk.leave("01A", "我改过姓名，初审要带什么").await;
    desk.leave("01B", "谢谢").await;
    let list = desk.run(&["inquiry", "list", "--as", "天河"]).good().out;
    for words in ["01A", "01B", "1234-5678", "等着回复", "广州市天河区"] {
        assert!(list.contains(words), "{words}:\n{list}");
    }
    for sealed in ["改过姓名", OPEN_ID, "陈样例"] {
        assert!(!list.contains(sealed), "{sealed}:\n{list}");
    }
    let page = desk.run(&["inquiry", "show", "01A", "--as", "天河"]).good().out;
    assert!(page.contains("我改过姓名，初审要带什么") && page.contains("考生：陈**"), "{page}");
    assert!(!page.contains("陈样例"), "{page}");

    let answer = |text: &str| desk.run(&["inquiry", "answer", "01A", "--as", "天河", "--text", text]);
    answer(" ").failed(2, &["回复是空的"]);
    answer(&"长".repeat(501)).failed(2, &["501 个字", "最多 500"]);
    answer("请带户口簿和公安证明").good();
    answer("再说一遍").failed(2, &["已经回复过或结束了"]);
    desk.run(&["inquiry", "close", "01B", "--as", "天河"]).good();
    desk.run(&["inquiry", "close", "01B", "--as", "天河"]).failed(2, &["已经回复过或结束了"]);
    assert!(desk.run(&["inquiry", "list", "--as", "天河"]).good().out.contains("没有等着回复的留言"));
    let ended = desk.run(&["inquiry", "list", "--as", "天河", "--all"]).good().out;
    assert!(ended.contains("已回复") && ended.contains("已结束"), "{ended}");

    let store = desk.store().await;
    let rows = store.list_outbox(&graduation_bot::store::OutboxFilter::default()).await.unwrap();
    let lines = store.list_audit(Some("01A"), 10).await.unwrap();
    store.close().await;
    let pushed: Vec<_> = rows.iter().filter(|push| push.event == "inquiry_answered").collect();
    assert_eq!(pushed.len(), 1);
    assert_eq!(pushed[0].state, OutboxState::Due);
    let done: Vec<&str> = lines.iter().map(|line| line.audit.act.as_str()).collect();
    assert_eq!(done, ["answer_message", "read_message"]);
}

#[tokio::test]
async fn a_message_is_for_its_own_place() {
    let desk = desk().await;
    desk.add_staff("越秀", "district:越秀区");
    desk.add_staff("播报", "announcer");
    desk.leave("01A", "初审要带什么").await;
    desk.run(&["inquiry", "show", "01A", "--as", "越秀"]).failed(2, &["没有编号“01A”"]);
    assert!(desk.run(&["inquiry", "list", "--as", "越秀"]).good().out.contains("没有等着回复的留言"));
    desk.run(&["inquiry", "list", "--as", "播报"]).failed(2, &["不能看留言"]);
    desk.run(&["inquiry", "list", "--as", "没有人"]).failed(2, &["没有人"]);
    desk.run(&["inquiry", "show", "01C", "--as", "管理员"]).failed(2, &["没有编号“01C”"]);
}

#[tokio::test]
async fn a_list_is_not_cut_by_what_others_have_to_answer() {
    let desk = desk().await;
    desk.leave_at("越秀区", &["01A", "01B", "01C"], "几点上班").await;
    desk.leave_at("天河区", &["01D", "01E", "01F"], "初审要带什么").await;
    let list =
        |staff: &str, limit: &str| desk.run(&["inquiry", "list", "--as", staff, "--limit", limit]).good().out;
    let shown = |out: &str| ["01A", "01B", "01C", "01D", "01E", "01F"].map(|id| out.contains(id));
    let district = list("天河", "2");
    assert_eq!(shown(&district), [false, false, false, true, true, false], "{district}");
    assert!(district.contains("一共 3 条") && district.contains("--limit 3"), "{district}");
    let city = list("市考办", "5");
    assert_eq!(shown(&city), [true, true, true, true, true, false], "{city}");
    assert!(city.contains("一共 6 条"), "{city}");
    let whole = list("天河", "3");
    assert_eq!(shown(&whole), [false, false, false, true, true, true], "{whole}");
    assert!(!whole.contains("一共"), "{whole}");
}

#[tokio::test]
async fn what_a_stranger_wrote_does_not_steer_the_terminal() {
    let desk = desk().await;
    desk.leave("01A", "第一行\n\u{1b}[2J\u{1b}]0;x\u{7}好\r的\u{9b}31m\u{202e}反\u{2066}了\u{200b}").await;
    let page = desk.run(&["inquiry", "show", "01A", "--as", "天河"]).good().out;
    assert!(page.ends_with("\n第一行\n[2J]0;x好的31m反了\n"), "{page:?}");
}
