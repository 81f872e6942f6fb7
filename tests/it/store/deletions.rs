//! Requests to delete: one open for a case, ended once, and what holds them back.

use graduation_bot::{
    store::{Committed, Hold},
    turn::{Audit, DeletionChange},
};

use super::{BATCH, NOW, bind, candidate, commit, later, turn};
use crate::support::db;

#[tokio::test]
async fn a_case_has_one_open_request_that_ends_once() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(1), "c1").await;
        let number = store.case_by_id("c1").await.unwrap().unwrap().number.clone();
        let change = async |change: DeletionChange| {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut asked = commit(turn(&before), &before);
            asked.turn.deletion = Some(change);
            store.commit(asked).await.unwrap()
        };
        let ask = |id: &str| DeletionChange::Asked { id: id.into(), number: number.clone() };
        let end = |id: &str| DeletionChange::Ended { id: id.into(), by: "person".into() };
        let nobodys = DeletionChange::Asked { id: "01Z".into(), number: "no such".into() };
        assert_eq!(change(nobodys).await, Committed::Lost);
        assert_eq!(store.deletion_of(&number, NOW).await.unwrap().asked, None);
        assert_eq!(change(ask("01A")).await, Committed::Stored);
        assert_eq!(change(ask("01B")).await, Committed::Lost, "one is open");
        assert_eq!(store.deletion_of(&number, NOW).await.unwrap().asked, Some(("01A".into(), NOW)));
        let open = store.open_deletions().await.unwrap();
        let asked =
            (open[0].id.as_str(), open[0].open_id.as_str(), open[0].case_id.as_str(), open[0].asked_at);
        assert_eq!((open.len(), asked), (1, ("01A", "o1", "c1", NOW)));
        assert_eq!(change(end("01A")).await, Committed::Stored);
        assert_eq!(change(end("01A")).await, Committed::Lost, "ended already");
        assert_eq!(store.open_deletions().await.unwrap(), []);
        assert_eq!(change(ask("01B")).await, Committed::Stored, "second thoughts of second thoughts");
    }
}

#[tokio::test]
async fn a_hold_of_the_case_or_its_batch_is_known_while_it_is_in_force() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(1), "c1").await;
        bind(&store, "o2", &candidate(2), "c2").await;
        let number = async |id: &str| store.case_by_id(id).await.unwrap().unwrap().number.clone();
        let (first, second) = (number("c1").await, number("c2").await);
        let is_held = async |number: &str, now| store.deletion_of(number, now).await.unwrap().is_held;
        let lay = async |id: &str, case: Option<(String, String)>, until| {
            let hold = Hold {
                id: id.into(),
                batch: BATCH.into(),
                case,
                reason: "等复核".into(),
                until,
                staff: "operator".into(),
                created_at: NOW,
                ended_at: None,
            };
            let [actor, act, subject] = ["operator", "hold_deletion", "retention"].map(str::to_owned);
            let line = Audit { actor, act, subject, detail: String::new() };
            store.hold_pictures(&hold, &line, NOW).await.unwrap();
        };
        lay("01A", Some(("c1".into(), first.clone())), later(60)).await;
        assert_eq!((is_held(&first, NOW).await, is_held(&second, NOW).await), (true, false));
        assert!(!is_held(&first, later(60)).await, "it has ended");
        lay("01B", None, later(90)).await;
        assert_eq!((is_held(&first, later(60)).await, is_held(&second, later(60)).await), (true, true));
    }
}
