//! Template messages: never doubled, and never lost when they are refused.

use super::*;
use crate::{store::Channel, turn::Job, workflow::delivery::Undelivered};

#[tokio::test]
async fn a_template_that_did_not_arrive_goes_as_a_message_when_the_person_writes() {
    let rig = Rig::new().await;
    let report = || Job::NoteUndelivered { platform_id: "200163836".to_owned(), why: Undelivered::TooOften };
    rig.turn(|turn| turn.jobs = vec![report()]).await;
    rig.work().await;
    assert_eq!(rig.store.count_jobs().await.unwrap(), (1, 0), "the send is not written down yet");
    rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved")]).await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Delivered]);
    rig.clock.advance(2);
    rig.talk().await;
    rig.work().await;
    let row = &rig.outbox().await[0];
    assert_eq!((row.state, row.channel), (OutboxState::Delivered, Some(Channel::Custom)));
    assert_eq!((rig.platform.calls(TEMPLATE).len(), rig.sent_texts().len()), (1, 1));
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));

    rig.turn(|turn| turn.jobs = vec![report()]).await;
    for _ in 0..10 {
        rig.work().await;
        rig.clock.advance(31);
    }
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0), "a report on nothing ends");
    assert_eq!(rig.sent_texts().len(), 1);
}

#[tokio::test]
async fn a_refused_template_waits_for_the_person() {
    let rig = Rig::new().await;
    rig.platform.refuse(TEMPLATE, 47003);
    rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved")]).await;
    rig.work().await;
    let row = &rig.outbox().await[0];
    assert_eq!(row.state, OutboxState::Held);
    assert_eq!(row.reason.as_deref(), Some("card_refused 47003"));
    rig.clock.advance(1);
    rig.talk().await;
    rig.work().await;
    assert_eq!((rig.sent_texts().len(), rig.states().await), (1, vec![OutboxState::Delivered]));
}

#[tokio::test]
async fn a_template_that_may_have_arrived_is_never_sent_by_another_way() {
    let rig = Rig::new().await;
    rig.platform.script(TEMPLATE, axum::http::StatusCode::BAD_GATEWAY);
    rig.platform.refuse(TEMPLATE, -1);
    rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved")]).await;
    rig.work().await;
    rig.talk().await;
    for _ in 0..2 {
        rig.clock.advance(61);
        rig.work().await;
    }
    assert!(rig.sent_texts().is_empty(), "though a window is open now");
    let keys = rig.platform.calls(TEMPLATE).iter().map(|call| call.json()["client_msg_id"].clone()).collect();
    assert_eq!(Value::Array(keys), json!(["row-1", "row-1", "row-1"]));
    assert_eq!(rig.states().await, [OutboxState::Delivered]);
}

#[tokio::test]
async fn a_template_that_surely_did_not_arrive_may_go_by_any_way() {
    let rig = Rig::new().await;
    rig.platform.refuse(TEMPLATE, -1);
    rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved")]).await;
    rig.work().await;
    rig.talk().await;
    rig.clock.advance(11);
    rig.work().await;
    assert_eq!((rig.platform.calls(TEMPLATE).len(), rig.sent_texts().len()), (1, 1));
}

#[tokio::test]
async fn a_crash_after_a_template_call_doubles_nothing() {
    // Seconds since the call, templates sent after it, where the row ends.
    let rows = [
        (60, 1, OutboxState::Delivered),
        (8 * 60, 1, OutboxState::Delivered),
        (600, 0, OutboxState::Delivered),
    ];
    for (ago, again, end) in rows {
        let rig = Rig::new().await;
        rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved")]).await;
        let leased = rig.store.lease_outbox(1, rig.clock.now(), 0).await.unwrap().rows.remove(0);
        let called_at = rig.clock.business().minus_seconds(ago);
        assert!(rig.store.try_as_template(&leased.lease, called_at).await.unwrap());
        rig.talk().await;
        rig.work().await;
        // Too late to ask under its key: it is told once more, now that the person writes, and marked.
        assert_eq!(rig.sent_texts().len(), 1 - again, "{ago} s ago");
        assert_eq!(rig.platform.calls(TEMPLATE).len(), again, "{ago} s ago");
        assert_eq!(rig.outbox().await[0].doubts, 1 - again as i64, "{ago} s ago");
        assert_eq!(rig.states().await, [end], "{ago} s ago");
    }
}

#[tokio::test]
async fn a_wrong_template_id_keeps_nothing_waiting() {
    for code in [40037, 48001] {
        let rig = Rig::new().await;
        rig.platform.refuse(TEMPLATE, code);
        rig.platform.refuse(SUBSCRIBE, 43101);
        let rows = vec![important("row-1", "portrait_approved"), text("row-2", "还有")];
        rig.turn(|turn| turn.outbox = rows).await;
        rig.work().await;
        assert_eq!(rig.states().await, [OutboxState::Held; 2], "{code}");
        assert_eq!(rig.outbox().await[0].reason, Some(format!("card_refused {code}")));
        rig.clock.advance(60);
        rig.talk().await;
        rig.work().await;
        assert_eq!((rig.sent_texts().len(), rig.states().await), (1, vec![OutboxState::Delivered; 2]));
    }
}
