//! `audit`: what was done is listed in words, and a log that was changed is told from one that was not.

use sqlx::{Connection as _, Executor as _};

use super::{
    Desk,
    review::{OPEN_ID, desk},
};

impl Desk {
    async fn tamper(&self, sql: &'static str) {
        let mut connection = self.db.connect().await;
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn acts_are_listed_in_words_and_nobody_is_named() {
    let desk = desk().await;
    desk.run(&["review", "approve", "1234-5678", "--as", "市考办", "--round", "1"]).good();
    let unbind = ["person", "unbind", "010112345678", "--as", "管理员", "--reason", "考生换了手机"];
    desk.run(&unbind).good();
    let list = desk.run(&["audit", "list"]).good().out;
    for words in [
        "添加账号",
        "导入",
        "审核",
        "市考办审核证件 → 省考办审核证件",
        "1234-5678",
        "解除绑定",
        "考生换了手机",
        "运维",
    ] {
        assert!(list.contains(words), "{words}:\n{list}");
    }
    for sealed in [OPEN_ID, "陈样例", "010112345678"] {
        assert!(!list.contains(sealed), "{sealed}:\n{list}");
    }
    let of_case = desk.run(&["audit", "list", "--subject", "1234-5678"]).good().out;
    assert!(of_case.contains("审核") && !of_case.contains("导入"), "{of_case}");
    let of_staff = desk.run(&["audit", "list", "--subject", "市考办"]).good().out;
    assert!(of_staff.contains("审核") && of_staff.contains("添加账号"), "{of_staff}");
    assert_eq!(of_staff.lines().count(), 3, "{of_staff}");
    let newest = desk.run(&["audit", "list", "--limit", "1"]).good().out;
    assert!(newest.lines().count() == 2 && newest.contains("解除绑定"), "{newest}");
    desk.run(&["audit", "list", "--subject", "8765-4321"]).failed(2, &["没有编号为“8765-4321”"]);
    desk.run(&["audit", "list", "--limit", "0"]).failed(2, &["至少写 1"]);
    assert!(desk.run(&["audit", "list", "--subject", "nobody"]).good().out.contains("没有这样的审计"));
}

#[tokio::test]
async fn a_changed_log_is_told_with_its_line() {
    let desk = desk().await;
    let verify = desk.run(&["audit", "verify"]).good().out;
    // Three imports and four accounts, each by a process of its own.
    assert!(verify.contains("审计完整：7 条链，7 行。"), "{verify}");
    let head = verify.lines().last().unwrap().trim();
    assert!(head.starts_with("7-1-"), "{verify}");
    desk.run(&["audit", "verify", "--seen", head]).good();
    let other = head.replace("7-1-", "6-1-");
    desk.run(&["audit", "verify", "--seen", &other]).failed(1, &["第 6 条链第 1 行", "与别处记下的不同"]);
    desk.run(&["audit", "verify", "--seen", "7-1"]).failed(2, &["不是 audit verify 显示的末端"]);
    desk.tamper("update audit set detail = 'admin' where subject = '省考办'").await;
    desk.run(&["audit", "verify"]).failed(1, &["审计与写下时不同：第 5 条链第 1 行（编号 01", "被改过"]);
    desk.tamper("delete from audit where subject = '省考办'").await;
    desk.run(&["audit", "verify"]).failed(1, &["第 5 条链第 1 行不见了"]);
}
