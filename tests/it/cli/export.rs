//! `export`: a file appears whole, for its owner only, and never over another; and `import --preview`.

use std::os::unix::fs::PermissionsExt as _;

use super::{Desk, review, sample};

#[tokio::test]
async fn cases_are_exported_to_a_file_of_their_own() {
    let desk = review::desk().await;
    let export = |more: &[&str]| desk.run(&[&["export", "cases", "--out", "list.xlsx"], more].concat());
    let ran = export(&[]).good();
    assert_eq!(ran.out, "已导出批次 2026-06 的 1 份申请：list.xlsx\n");
    let path = desk.home.path().join("list.xlsx");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    export(&[]).failed(2, &["list.xlsx 已经存在", "--force"]);
    export(&["--force", "--as", "市考办"]).good();
    export(&["--force", "--as", "天河"]).failed(2, &["不能导出"]);
    export(&["--force", "--as", "市考办", "--city", "深圳市"]).failed(2, &["只能导出自己市的"]);
    export(&["--force", "--batch", "2027-06"]).failed(2, &["没有批次 2027-06", "2026-06"]);
    desk.run(&["export", "cases", "--out", "list.csv"]).failed(2, &[".xlsx 结尾"]);
    desk.run(&["export", "cases", "--out", "nowhere/list.xlsx"]).failed(2, &["nowhere"]);
    let left: Vec<_> =
        std::fs::read_dir(desk.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".tmp")), "{left:?}");
    let store = desk.store().await;
    let lines = store.list_audit(Some("cases"), 9).await.unwrap();
    let actors: Vec<&str> = lines.iter().map(|line| line.audit.actor.as_str()).collect();
    assert_eq!(actors, ["staff:市考办", "operator"]);
}

#[test]
fn a_template_can_be_imported_as_it_is() {
    let desk = Desk::with_samples();
    for kind in ["batches", "schedule", "plans", "candidates", "population"] {
        let file = format!("{kind}.xlsx");
        desk.run(&["export", "template", kind, "--out", &file]).good();
        let ran = desk.run(&["import", kind, &file, "--preview"]).good();
        assert!(ran.out.contains("新增") && ran.out.ends_with("这是预览，什么都没有导入。\n"), "{}", ran.out);
    }
}

#[tokio::test]
async fn a_preview_shows_what_would_change_and_stores_nothing() {
    let desk = Desk::with_samples();
    let text = std::fs::read_to_string(sample("candidates.csv")).unwrap();
    let ran = desk.run(&["import", "candidates", &sample("candidates.csv"), "--preview"]).good();
    assert!(
        ran.out.starts_with("共 14 名考生：新增 14，改动 0，没有变化 0。\n新增：\n    01********01 林**\n"),
        "{}",
        ran.out
    );
    assert_eq!(desk.count_candidates().await, 0);
    desk.run(&["import", "candidates", &sample("candidates.csv")]).good();
    desk.write("c.csv", text.replacen("13800138001", "13800138002", 1));
    let ran = desk.run(&["import", "candidates", "c.csv", "--preview"]).good();
    assert!(ran.out.contains("改动 1，没有变化 13"), "{}", ran.out);
    assert!(ran.out.contains("      phone：138****8001 → 138****8002\n"), "{}", ran.out);
    let ran = desk.run(&["import", "candidates", "c.csv"]).good();
    assert_eq!(ran.out, "已导入 14 名考生。\n");
    assert!(ran.err.contains("新增 0，改动 1，没有变化 13。"), "{}", ran.err);
    desk.run(&["import", "plans", &sample("plans.csv"), "--remove-missing"]).failed(2, &["只用于 schedule"]);
}
