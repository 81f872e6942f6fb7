//! Several rows of one person in one message.

use super::{deliveries::asking, *};

#[tokio::test]
async fn a_persons_messages_arrive_in_order_and_the_surplus_comes_with_the_last() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.turn(|turn| turn.outbox = (1..=7).map(|n| text(&format!("row-{n}"), &format!("第{n}条"))).collect())
        .await;
    let done = rig.work().await;
    assert_eq!(done, Idle { jobs: 0, outbox: 7 });
    let last =
        "您有 3 条通知：\n\n【6月15日 9:30】\n第5条\n\n【6月15日 9:30】\n第6条\n\n【6月15日 9:30】\n第7条";
    assert_eq!(rig.sent_texts(), ["第1条", "第2条", "第3条", "第4条", last]);
    assert_eq!(rig.states().await, [OutboxState::Delivered; 7]);
}

#[tokio::test]
async fn what_was_held_comes_in_one_message_when_the_person_writes() {
    let rig = Rig::new().await;
    rig.talk().await;
    for n in 1..=8 {
        rig.turn(|turn| turn.outbox = vec![text(&format!("row-{n}"), &format!("第{n}条"))]).await;
        rig.work().await;
    }
    assert_eq!(rig.sent_texts(), ["第1条", "第2条", "第3条", "第4条", "第5条"]);
    assert_eq!(rig.states().await[5..], [OutboxState::Held; 3]);
    assert_eq!(rig.outbox().await[5].reason.as_deref(), Some("window_used_up"));

    assert_eq!(rig.work().await, Idle::default(), "held rows are left alone");
    rig.clock.advance(60);
    rig.talk().await;
    rig.work().await;
    assert_eq!(rig.sent_texts().len(), 6);
    assert!(rig.sent_texts()[5].starts_with("您有 3 条通知："));
    assert_eq!(rig.states().await, [OutboxState::Delivered; 8]);
    rig.turn(|turn| turn.outbox = (1..=4).map(|n| text(&format!("new-{n}"), "新")).collect()).await;
    rig.work().await;
    assert_eq!(rig.sent_texts()[6..], ["新"; 4], "the one message counted once");
}

#[tokio::test]
async fn a_choice_stays_below_what_is_put_together() {
    let rig = Rig::new().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "一"), asking("row-2", "请回复「申请」：", &["申请"])])
        .await;
    rig.platform.refuse(TEMPLATE, 47003);
    rig.platform.refuse(SUBSCRIBE, 43101);
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Held; 2]);
    rig.clock.advance(60);
    rig.talk().await;
    rig.work().await;
    let menu = &rig.platform.calls(CUSTOM)[0].json()["msgmenu"];
    assert_eq!(
        menu["head_content"],
        "您有 2 条通知：\n\n【6月15日 9:30】\n一\n\n【6月15日 9:30】\n请回复「申请」："
    );
    assert_eq!(menu["list"], json!([{ "id": "1", "content": "申请" }]));
}

#[tokio::test]
async fn what_is_put_together_stays_within_the_longest_text() {
    let rig = Rig::new().await;
    let long = "长".repeat(250);
    rig.turn(|turn| turn.outbox = (1..=5).map(|n| text(&format!("row-{n}"), &long)).collect()).await;
    rig.work().await;
    rig.clock.advance(60);
    rig.talk().await;
    rig.work().await;
    let sent = rig.sent_texts();
    assert!(sent.iter().all(|text| text.len() <= 2047));
    assert_eq!(sent.iter().map(|text| text.matches(&long).count()).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(rig.states().await, [OutboxState::Delivered; 5]);
}

#[tokio::test]
async fn of_what_is_put_together_only_the_one_to_blame_is_given_up() {
    let rig = Rig::new().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "一"), text("row-2", "二"), text("row-3", "三")]).await;
    rig.work().await;
    rig.clock.advance(60);
    rig.talk().await;
    for code in [40035, 0, 40035] {
        rig.platform.refuse(CUSTOM, code);
    }
    rig.work().await;
    let (sent, blamed) = (OutboxState::Delivered, OutboxState::GivenUp);
    assert_eq!(rig.states().await, [sent, blamed, sent]);
    assert_eq!(rig.sent_texts()[1..], ["一", "二", "三"], "after all three in one");
}

#[tokio::test]
async fn a_lost_answer_to_one_message_counts_once() {
    let rig = Rig::new().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "一"), text("row-2", "二"), text("row-3", "三")]).await;
    rig.work().await;
    rig.clock.advance(60);
    rig.talk().await;
    rig.platform.script(CUSTOM, axum::http::StatusCode::BAD_GATEWAY);
    rig.work().await;
    let known = rig.store.reach_of(&[OPEN_ID]).await.unwrap();
    assert_eq!(known[OPEN_ID].talked.unwrap().1, 1);
    assert!(rig.outbox().await.iter().all(|row| row.doubts == 1), "each is marked");
}
