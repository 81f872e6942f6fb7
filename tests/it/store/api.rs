//! What the JSON API keeps: its keys, and what was answered to writes.

use graduation_bot::{
    store::{ApiAnswer, ApiCall, ApiKeyRow, Begun},
    turn::Audit,
};

use super::{NOW, later};
use crate::support::db;

fn call(name: &str, asked: &str, lease: &str) -> ApiCall {
    let text = str::to_owned;
    ApiCall { key_id: text("k1"), name: text(name), asked: text(asked), lease: text(lease) }
}

#[tokio::test]
async fn a_write_is_begun_once_and_told_again_for_a_day() {
    for db in db::each().await {
        let store = db.store().await;
        let (first, again) = (call("a", "x", "1"), call("a", "x", "2"));
        assert_eq!(store.begin_api_call(&first, NOW).await.unwrap(), Begun::Now);
        assert_eq!(store.begin_api_call(&again, NOW).await.unwrap(), Begun::Elsewhere);
        assert_eq!(store.begin_api_call(&call("a", "y", "3"), NOW).await.unwrap(), Begun::Otherwise);
        assert_eq!(store.begin_api_call(&call("b", "y", "3"), NOW).await.unwrap(), Begun::Now);
        let answer = ApiAnswer { status: 200, kind: "application/json".to_owned(), body: "{}".to_owned() };
        store.end_api_call(&again, &answer).await.unwrap();
        assert_eq!(store.begin_api_call(&again, NOW).await.unwrap(), Begun::Elsewhere, "not its own");
        store.end_api_call(&first, &answer).await.unwrap();
        assert_eq!(store.begin_api_call(&again, later(86_399)).await.unwrap(), Begun::Before(answer));
        assert_eq!(store.begin_api_call(&again, later(86_401)).await.unwrap(), Begun::Now, "a day is over");
        store.drop_api_call(&again).await.unwrap();
        assert_eq!(store.begin_api_call(&first, NOW).await.unwrap(), Begun::Now, "it came to nothing");
        assert_eq!(store.forget_api_answers(later(3 * 86_400), 1).await.unwrap(), 1);
        assert_eq!(store.forget_api_answers(later(3 * 86_400), 9).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_key_is_added_once_and_revoked_once_with_their_lines() {
    for db in db::each().await {
        let store = db.store().await;
        let key = |id: &str| ApiKeyRow {
            id: id.to_owned(),
            name: "广州系统".to_owned(),
            role: "city".to_owned(),
            scope: "广州市".to_owned(),
            uses: "cases:read".to_owned(),
            hash: vec![7; 32],
            created_at: NOW,
            expires_at: later(60),
            used_at: None,
            revoked_at: None,
        };
        let audit = |act: &str| Audit {
            actor: "operator".to_owned(),
            act: act.to_owned(),
            subject: "key:广州系统".to_owned(),
            detail: String::new(),
        };
        assert!(store.add_api_key(&key("k1"), &audit("add_key"), NOW).await.unwrap());
        assert!(!store.add_api_key(&key("k2"), &audit("add_key"), NOW).await.unwrap(), "the name is taken");
        assert_eq!(store.api_key("k1").await.unwrap(), Some(key("k1")));
        store.note_api_key("k1", later(5)).await.unwrap();
        assert!(store.revoke_api_key("广州系统", &audit("revoke_key"), later(9)).await.unwrap());
        assert!(!store.revoke_api_key("广州系统", &audit("revoke_key"), later(9)).await.unwrap());
        let row = store.list_api_keys().await.unwrap().remove(0);
        assert_eq!((row.used_at, row.revoked_at), (Some(later(5)), Some(later(9))));
        let lines = store.list_audit(Some("key:广州系统"), 9).await.unwrap();
        let acts: Vec<&str> = lines.iter().map(|line| line.audit.act.as_str()).collect();
        assert_eq!(acts, ["revoke_key", "add_key"]);
    }
}
