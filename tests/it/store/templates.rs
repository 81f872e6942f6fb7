//! Template messages: sent again under their key or not at all, and held when the platform reports that they failed.

use graduation_bot::{
    store::{Channel, OutboxFilter, OutboxState, OutboxSummary, Sent, Store},
    time::Millis,
};

use super::{
    at, later,
    outbox::{delivered, ids, push},
};
use crate::support::db;

async fn line(store: &Store, id: &str) -> OutboxSummary {
    store.outbox_row(id).await.unwrap().unwrap()
}

/// Leases the one row there is.
async fn lease(store: &Store, seconds: i64) -> graduation_bot::store::OutboxRow {
    store.lease_outbox(1, at(seconds), 60).await.unwrap().rows.remove(0)
}

#[tokio::test]
async fn a_try_is_remembered_until_its_end_is_known() {
    let wire = at(0).wire;
    let rows: [(&str, Sent, Option<Millis>); 3] = [
        ("unknown", Sent::Guarded { again_at: later(60), reason: "time-out".to_owned() }, Some(wire)),
        ("refused", Sent::RetryAt { at: later(60), reason: "busy".to_owned() }, None),
        ("held", Sent::Held { reason: "not a follower".to_owned() }, None),
    ];
    for db in db::each().await {
        for (what, sent, tried_at) in rows.clone() {
            let store = db.store().await;
            push(&store, what, &[what], later(0)).await;
            let row = lease(&store, 0).await;
            assert_eq!(row.tried_at, None);
            assert!(store.try_as_template(&row.lease, wire).await.unwrap());
            assert!(store.settle_outbox(&row.lease, sent, later(1)).await.unwrap());
            push(&store, what, &[], later(30)).await;
            store.release_held(later(40)).await.unwrap();
            let row = lease(&store, 61).await;
            assert_eq!((row.lease.id.as_str(), row.tried_at, row.doubts), (what, tried_at, 0), "{what}");
            store.settle_outbox(&row.lease, delivered(Channel::Template, what), later(62)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_crash_leaves_the_try_and_no_doubt_and_the_first_one_counts() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], later(0)).await;
        let first = lease(&store, 0).await;
        assert!(store.try_as_template(&first.lease, at(0).wire).await.unwrap());
        for crash in 1..=3 {
            let row = lease(&store, crash * 100).await;
            assert_eq!((row.tried_at, row.doubts), (Some(at(0).wire), 0), "crash {crash}");
            assert!(store.try_as_template(&row.lease, at(crash * 100).wire).await.unwrap());
        }
        assert!(!store.try_as_template(&first.lease, at(400).wire).await.unwrap(), "another has it");
        let row = lease(&store, 400).await;
        let unknown = Sent::Unknown { reason: "too late to ask".to_owned() };
        assert!(store.settle_outbox(&row.lease, unknown, later(400)).await.unwrap());
        assert_eq!(line(&store, "n1").await.state, OutboxState::Held, "its text waits for the person");
        let doubtful = OutboxFilter { doubtful: true, ..OutboxFilter::default() };
        assert_eq!(store.list_outbox(&doubtful).await.unwrap().len(), 1);
        let known = store.reach_of(&["o1"]).await.unwrap();
        assert_eq!(known["o1"].talked, Some((later(0), 0)), "it is no customer message");
        assert!(store.send_again("n1", "staff:王老师", later(401)).await.unwrap());
        assert_eq!(lease(&store, 401).await.tried_at, None, "people have decided");
    }
}

#[tokio::test]
async fn a_reported_failure_holds_the_row_until_the_person_writes_and_it_is_no_template_then() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], later(0)).await;
        let row = lease(&store, 0).await;
        store.settle_outbox(&row.lease, delivered(Channel::Template, "77"), later(10)).await.unwrap();
        assert!(!store.report_undelivered("78", "failed", false).await.unwrap());
        assert!(store.report_undelivered("77", "freq limit", false).await.unwrap());
        assert!(!store.report_undelivered("77", "freq limit", false).await.unwrap(), "it was noted");
        let held = line(&store, "n1").await;
        assert_eq!((held.state, held.ended_at), (OutboxState::Held, None));
        assert_eq!((held.channel, held.reason.as_deref()), (Some(Channel::Template), Some("freq limit")));
        assert_eq!(store.release_held(later(20)).await.unwrap(), 0);
        push(&store, "o1", &[], later(11)).await;
        assert_eq!(line(&store, "n1").await.state, OutboxState::Due, "wrote after it was sent");
        let rows = store.lease_outbox(5, at(20), 60).await.unwrap().rows;
        assert_eq!(ids(&rows), ["n1"]);
        assert!(!rows[0].notice.important);
    }
}
