//! Whose WeChat account is whose: codes, once each, and one account on either side.

use graduation_bot::{
    store::{Committed, StaffRow, Store},
    time::Millis,
    turn::{Audit, StaffLink, StaffLinkFound},
};

use super::{BATCH, NOW, at, commit, turn};
use crate::support::db;

async fn account(store: &Store, name: &str) -> StaffRow {
    let row = StaffRow::new(name, format!("hash of {name}"), "province", "");
    assert!(store.add_staff(&row, "operator", NOW).await.unwrap());
    row
}

/// A turn in which somebody says this account's code.
async fn say(store: &Store, open_id: &str, staff: &str, code: &str) -> Committed {
    let before = store.load_fresh(open_id, BATCH).await.unwrap();
    let mut linking = commit(turn(&before), &before);
    linking.turn.staff_link = Some(StaffLink { staff: staff.into(), code: code.into() });
    store.commit(linking).await.unwrap()
}

fn until() -> Millis {
    at(600).wire
}

fn unlinking(staff: &str) -> Audit {
    Audit {
        actor: format!("staff:{staff}"),
        act: "unlink_wechat".into(),
        subject: staff.into(),
        detail: String::new(),
    }
}

async fn set_active(store: &Store, name: &str, active: bool) {
    let row = StaffRow { active, ..store.staff(name).await.unwrap().unwrap() };
    let act = if active { "resume_staff" } else { "stop_staff" };
    let audit = Audit { act: act.into(), ..unlinking(name) };
    assert!(store.change_staff(&row, &audit, NOW).await.unwrap());
}

#[tokio::test]
async fn a_code_links_one_account_once_within_its_time() {
    for db in db::each().await {
        let store = db.store().await;
        account(&store, "王老师").await;
        assert!(!store.draw_staff_link("李老师", "00000001", until()).await.unwrap(), "no such account");
        assert!(store.draw_staff_link("王老师", "00000001", until()).await.unwrap());
        assert!(store.draw_staff_link("王老师", "00000002", until()).await.unwrap());
        let now = at(599).wire;
        let found = async |code: &str, now| store.staff_link(code, "o1", now).await.unwrap();
        assert_eq!(found("00000001", now).await, StaffLinkFound::Unknown, "replaced by the next");
        assert_eq!(found("00000002", until()).await, StaffLinkFound::Unknown, "its time is over");
        assert_eq!(found("00000002", now).await, StaffLinkFound::Account("王老师".into()));

        assert_eq!(say(&store, "o1", "王老师", "00000001").await, Committed::Lost);
        assert_eq!(store.staff_open_id("王老师").await.unwrap(), None);
        assert_eq!(say(&store, "o1", "王老师", "00000002").await, Committed::Stored);
        assert_eq!(say(&store, "o2", "王老师", "00000002").await, Committed::Lost, "used up");
        assert_eq!(found("00000002", now).await, StaffLinkFound::Unknown);
        assert_eq!(store.staff_open_id("王老师").await.unwrap().as_deref(), Some("o1"));
        let row = store.staff("王老师").await.unwrap().unwrap();
        assert_eq!((row.open_id.as_deref(), row.linked_at, row.stamp), (Some("o1"), Some(NOW), 0));
        assert_eq!(store.list_staff().await.unwrap(), [row]);
        assert!(!store.draw_staff_link("王老师", "00000003", until()).await.unwrap(), "it is linked");
    }
}

#[tokio::test]
async fn one_wechat_account_serves_one_staff_account() {
    for db in db::each().await {
        let (store, other) = (db.store().await, db.store().await);
        for (name, code) in [("王老师", "00000001"), ("李老师", "00000002")] {
            account(&store, name).await;
            assert!(store.draw_staff_link(name, code, until()).await.unwrap());
        }
        let both =
            tokio::join!(say(&store, "o1", "王老师", "00000001"), say(&other, "o1", "李老师", "00000002"));
        assert!(matches!(both, (Committed::Stored, Committed::Lost) | (Committed::Lost, Committed::Stored)));
        let (first, second, code) = if both.0 == Committed::Stored {
            ("王老师", "李老师", "00000002")
        } else {
            ("李老师", "王老师", "00000001")
        };
        let now = at(0).wire;
        assert_eq!(store.staff_link(code, "o1", now).await.unwrap(), StaffLinkFound::Taken);
        assert_eq!(say(&store, "o1", second, code).await, Committed::Lost);
        assert_eq!(store.staff_open_id(second).await.unwrap(), None);

        // A stopped account is written to no more, and gives its WeChat account away; its line stays until then.
        set_active(&store, first, false).await;
        assert_eq!(store.staff_open_id(first).await.unwrap(), None);
        set_active(&store, first, true).await;
        assert_eq!(store.staff_open_id(first).await.unwrap().as_deref(), Some("o1"));
        set_active(&store, first, false).await;
        assert!(!store.draw_staff_link(first, "00000009", until()).await.unwrap());
        assert_eq!(store.staff_link(code, "o1", now).await.unwrap(), StaffLinkFound::Account(second.into()));
        assert_eq!(say(&other, "o1", second, code).await, Committed::Stored);
        set_active(&store, first, true).await;
        assert_eq!(store.staff_open_id(first).await.unwrap(), None);
        assert_eq!(store.staff_open_id(second).await.unwrap().as_deref(), Some("o1"));
    }
}

#[tokio::test]
async fn an_account_is_unlinked_once_with_a_line_in_the_audit() {
    for db in db::each().await {
        let store = db.store().await;
        account(&store, "王老师").await;
        assert!(!store.unlink_staff("王老师", &unlinking("王老师"), NOW).await.unwrap());
        assert!(store.draw_staff_link("王老师", "00000001", until()).await.unwrap());
        assert_eq!(say(&store, "o1", "王老师", "00000001").await, Committed::Stored);
        assert!(store.unlink_staff("王老师", &unlinking("王老师"), NOW).await.unwrap());
        assert!(!store.unlink_staff("王老师", &unlinking("王老师"), NOW).await.unwrap());
        assert_eq!(store.staff_open_id("王老师").await.unwrap(), None);
        let acts = store.list_audit_by("staff:王老师", 9).await.unwrap();
        assert_eq!(acts.iter().map(|row| row.audit.act.as_str()).collect::<Vec<_>>(), ["unlink_wechat"]);
        assert!(store.draw_staff_link("王老师", "00000002", until()).await.unwrap());
        assert_eq!(say(&store, "o2", "王老师", "00000002").await, Committed::Stored);
    }
}
