//! `onsite`: who may see and write what; the list shows nobody whole.

use super::review::desk_of_submitted;

#[tokio::test]
async fn the_office_writes_and_the_province_concludes() {
    let desk = desk_of_submitted().await;
    let list = |staff: &str, more: &[&str]| desk.run(&[&["onsite", "list", "--as", staff], more].concat());
    let shown = list("天河", &["--day", "2026-06-18"]).good().out;
    for words in
        ["广州市/天河区", "6月18日（周四）", "共 1 人", "1234-5678", "陈**", "登记表 2 份", "待现场初审"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    for whole in ["陈样例", "13800138000", "010112345678"] {
        assert!(!shown.contains(whole), "{whole}: {shown}");
    }
    list("天河", &["--day", "2026-06-16"]).failed(2, &["2026-06-15、2026-06-18"]);
    list("天河", &["--day", "明天"]).failed(2, &["2026-06-15 这样"]);
    list("天河", &["--district", "越秀区"]).failed(2, &["不能看这里的名单"]);
    list("管理员", &["--district", "天河区"]).failed(2, &["不能看这里的名单"]);
    list("省考办", &[]).failed(2, &["--district"]);
    list("省考办", &["--district", "天何区"]).failed(2, &["没有“天何区”"]);
    assert!(list("省考办", &["--district", "越秀区"]).good().out.contains("共 0 人"));

    let record = |staff: &str, how: &[&str]| {
        desk.run(&[&["onsite", "record", "1234-5678", "--as", staff], how].concat())
    };
    record("管理员", &["--passed"]).failed(2, &["初审由办理地点的区、市账号记"]);
    record("天河", &["--passed", "--absent"]).failed(2, &["--absent"]);
    record("天河", &["--absent"]).failed(2, &["下班以后再记未到"]);
    record("天河", &["--missing", "登记表"]).failed(2, &["至少 4 个字"]);
    let conclude = |staff: &str, more: &[&str]| {
        desk.run(&[&["onsite", "conclude", "1234-5678", "--as", staff], more].concat())
    };
    conclude("省考办", &[]).failed(2, &["现场初审还没有通过"]);
    let said = record("市考办", &["--missing", "登记表没有盖章"]).good().out;
    assert!(said.contains("6月15日（周一）") && said.contains("需补材料：登记表没有盖章"), "{said}");
    record("天河", &["--missing", "登记表没有盖章"]).failed(2, &["已经是这样记的"]);
    assert!(record("天河", &["--passed"]).good().out.contains("初审通过，待省审"));
    assert!(list("天河", &[]).good().out.contains("初审通过，待省审"), "it was written down today");
    assert!(list("天河", &["--day", "2026-06-18"]).good().out.contains("共 0 人"));
    conclude("天河", &[]).failed(2, &["毕业审核由省考办账号记"]);
    let failed = conclude("省考办", &["--failed", "缺少一门实践考核"]).good().out;
    assert!(failed.contains("毕业审核不通过"), "{failed}");
    record("天河", &["--absent"]).failed(2, &["下班以后再记未到"]);
    record("天河", &["--missing", "登记表没有签名"]).failed(2, &["省考办已经审核"]);
    assert!(conclude("省考办", &[]).good().out.contains("毕业审核通过"), "corrected");

    let store = desk.store().await;
    let audit = store.list_audit(Some("广州市/天河区"), 50).await.unwrap();
    let looks: Vec<_> =
        audit.iter().map(|row| (row.audit.actor.as_str(), row.audit.detail.as_str())).collect();
    let days = ["2026-06-18", "2026-06-15", "2026-06-18"];
    assert_eq!(looks, days.map(|day| ("staff:天河", day)));
    store.close().await;
}
