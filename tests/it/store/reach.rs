//! What is known of reaching people, and what they agree to.

use std::collections::HashMap;

use graduation_bot::{inbound::Agreement, store::Refusal};

use super::{BATCH, commit, later, outbox::push, turn};
use crate::support::db;

#[tokio::test]
async fn what_is_known_of_reaching_people() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &[], later(10)).await;
        push(&store, "o2", &[], later(10)).await;
        store.note_refusal("o1", Refusal::Blocked, later(20)).await.unwrap();
        let agree = |template_id: &str, agreed| Agreement { template_id: template_id.to_owned(), agreed };
        for agreements in
            [vec![agree("S1", true), agree("S2", true)], vec![agree("S1", true), agree("S2", false)]]
        {
            let before = store.load_fresh("o2", BATCH).await.unwrap();
            let mut commit = commit(turn(&before), &before);
            commit.turn.agreements = agreements;
            store.commit(commit).await.unwrap();
        }
        let known = store.reach_of(&["o1", "o2", "nobody"]).await.unwrap();
        assert_eq!(known.get("nobody"), None);
        assert_eq!((known["o1"].refusal, known["o1"].talked), (Some(Refusal::Blocked), Some((later(10), 0))));
        assert_eq!(
            (known["o2"].refusal, &known["o2"].granted),
            (None, &HashMap::from([("S1".to_owned(), 2)]))
        );
        store.use_grant("o2", "S1", false).await.unwrap();
        assert_eq!(store.reach_of(&["o2"]).await.unwrap()["o2"].granted["S1"], 1);
        store.use_grant("o2", "S1", true).await.unwrap();
        assert!(store.reach_of(&["o2"]).await.unwrap()["o2"].granted.is_empty());
        push(&store, "o1", &[], later(20)).await;
        assert!(store.reach_of(&["o1"]).await.unwrap()["o1"].refusal.is_some(), "the word may be older");
        push(&store, "o1", &[], later(21)).await;
        assert_eq!(store.reach_of(&["o1"]).await.unwrap()["o1"].refusal, None);
    }
}
