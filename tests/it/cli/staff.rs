//! `staff`: accounts are added by the rules of the console, and helped where no admin can.

use super::{Desk, PASSWORD};

#[tokio::test]
async fn staff_are_added_with_a_place_that_exists_and_a_long_password() {
    let desk = Desk::with_samples();
    let add = |role: &str, password: &str| {
        desk.run_with(&["staff", "add", "市考办", "--role", role, "--password-stdin"], password)
    };
    add("city:广州", PASSWORD).failed(2, &["是不是“广州市”"]);
    add("district:天何区", PASSWORD).failed(2, &["是不是“天河区”"]);
    add("provence", PASSWORD).failed(2, &["是不是“province”"]);
    add("city:广州市", "short\n").failed(2, &["12 到 256 个字符"]);
    add("city:广州市", "aaaaaaaaaaaa\n").failed(2, &["太好猜"]);
    add("city:广州市", "市考办 correct horse\n").failed(2, &["太好猜"]);
    desk.run(&["staff", "add", "市考办", "--role", "province"]).failed(2, &["--password-stdin"]);
    desk.run(&["staff", "add", "市 考办", "--role", "province"]).failed(2, &["空格"]);
    add("city:广州市", &format!("{PASSWORD}\n")).good();
    add("province", PASSWORD).failed(2, &["已经有人用了"]);
    desk.add_staff("天河", "district:天河区");
    let list = desk.run(&["staff", "list"]).good().out;
    assert!(list.contains("district:广州市/天河区"), "{list}");
    let store = desk.store().await;
    let staff = store.sign_in("市考办", PASSWORD).await.unwrap().expect("the password opens the account");
    assert_eq!((staff.role.as_str(), staff.scope.as_str()), ("city", "广州市"));
    assert!(staff.password_hash.starts_with("$argon2id$"));
    store.close().await;
    let empty = Desk::new();
    empty
        .run_with(&["staff", "add", "a", "--role", "city:广州市", "--password-stdin"], PASSWORD)
        .failed(2, &["import schedule"]);
}

/// Whoever runs the program helps where no other admin is left.
#[tokio::test]
async fn an_only_admin_is_helped_by_whoever_runs_the_program() {
    let desk = Desk::with_samples();
    desk.add_staff("主管", "admin");
    let reset = |password: &str| desk.run_with(&["staff", "reset", "主管", "--password-stdin"], password);
    reset("aaaaaaaaaaaa").failed(2, &["太好猜"]);
    assert!(reset("another horse battery\n").good().out.contains("密码已重设"));
    let store = desk.store().await;
    assert!(store.sign_in("主管", PASSWORD).await.unwrap().is_none());
    let staff = store.sign_in("主管", "another horse battery").await.unwrap().unwrap();
    assert!(staff.must_change && staff.totp.is_none());
    desk.run(&["staff", "reset", "主观", "--password-stdin"]).failed(2, &["是不是“主管”"]);
    desk.run(&["staff", "stop", "主管"]).good();
    assert!(desk.run(&["staff", "list"]).good().out.contains("停用"));
    desk.run(&["staff", "resume", "主管"]).good();
    desk.run(&["staff", "codes", "主管"]).good();
    desk.run(&["staff", "role", "主管", "--role", "city:广州"]).failed(2, &["是不是“广州市”"]);
    desk.run(&["staff", "role", "主管", "--role", "city:广州市"]).good();
    let audit = store.list_audit(Some("主管"), 9).await.unwrap();
    let told: Vec<_> =
        audit.iter().map(|row| (row.audit.actor.as_str(), row.audit.act.as_str())).rev().collect();
    let acts = ["add_staff", "reset_staff", "stop_staff", "resume_staff", "reset_codes", "change_role"];
    assert_eq!(told, acts.map(|act| ("operator", act)));
    store.close().await;
}
