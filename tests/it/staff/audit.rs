//! Finding lines of the audit, and holding all of it against its chains.

use graduation_bot::turn::Audit;
use sqlx::Executor as _;

use super::{
    bot,
    browser::{Browser, account},
};
use crate::{
    retention::apply,
    support::{app::TestApp, db::TestDb},
};

async fn write(app: &TestApp, actor: &str, act: &str, subject: &str, detail: &str) {
    let line = Audit { actor: actor.into(), act: act.into(), subject: subject.into(), detail: detail.into() };
    app.app.store.append_audit(&line, app.app.clock.business()).await.unwrap();
}

/// How many lines a page of the audit shows that say this.
fn count(html: &str, words: &str) -> usize {
    html.matches(&format!("<td>{words}</td>")).count()
}

#[tokio::test]
async fn lines_are_found_by_who_what_which_and_when() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    let case = apply(&app.app.store, 0, graduation_bot::workflow::case::Stage::Submitted).await;
    write(&app, "staff:王老师", "view_photo", &case.id, "round 1").await;
    write(&app, "staff:王老师", "export", "cases", "12 rows").await;
    write(&app, "staff:李老师", "export", "cases", "13 rows").await;
    app.pass(2 * 24 * 3600).await;
    write(&app, "staff:王老师", "export", "cases", "14 rows").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    let number = format!("{}-{}", &case.number[..4], &case.number[4..]);
    let rows = [
        ("who=王老师".to_owned(), (2, 1)),
        ("act=export".to_owned(), (3, 0)),
        ("act=export&to=2026-06-15".to_owned(), (2, 0)),
        ("who=王老师&from=2026-06-16".to_owned(), (1, 0)),
        (format!("of={number}"), (0, 1)),
        ("of=cases&who=李老师".to_owned(), (1, 0)),
        ("who=nobody".to_owned(), (0, 0)),
        ("from=昨天&act=export".to_owned(), (3, 0)),
    ];
    for (asked, expected) in rows {
        let page = admin.get(&format!("/staff/audit?{asked}")).await;
        let found = (count(&page.html, "导出申请"), count(&page.html, "看照片"));
        assert_eq!((page.status, found), (200, expected), "{asked}: {}", page.html);
    }
    let page = admin.get("/staff/audit").await;
    assert!(page.html.contains(&number) && !page.html.contains(&case.exam_no), "{}", page.html);
    assert!(page.html.contains("登录后台"));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_long_log_is_read_page_by_page() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    for nth in 0..120 {
        write(&app, "staff:王老师", "export", "cases", &format!("{nth} rows")).await;
    }
    let mut admin = Browser::signed_in(&app, "主管").await;
    let (mut path, mut seen) = ("/staff/audit?who=王老师".to_owned(), Vec::new());
    loop {
        let page = admin.get(&path).await;
        seen.extend(
            page.html.split("<td>").filter_map(|cell| cell.split(" rows</td>").next()?.parse::<u32>().ok()),
        );
        let Some((before, _)) = page.html.split_once("\" data-key=\"]\"") else { break };
        path = before.rsplit("href=\"").next().unwrap().replace("&amp;", "&").replace("&#x2f;", "/");
    }
    assert_eq!(seen, (0..120).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_log_is_followed_and_what_was_changed_is_told() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    assert!(admin.get("/staff/audit").await.html.contains("还没有核对过"));
    let verified = async |admin: &mut Browser| {
        let mut page = admin.post("/staff/audit/verify", &[]).await;
        while page.html.contains("正在核对") {
            page = admin.get("/staff/audit").await;
        }
        page.html
    };
    let html = verified(&mut admin).await;
    assert!(html.contains("完整</span>") && html.contains("主管 核对了"), "{html}");
    let html = admin.get("/staff/audit?act=verify_audit").await.html;
    assert_eq!(count(&html, "核对审计"), 1, "{html}");
}

#[tokio::test]
async fn a_changed_line_is_found() {
    let db = TestDb::sqlite();
    let url = db.url.clone();
    let app = TestApp::start(db, mock_platform::Mode::Secure, "2026-06-15T09:30").await;
    account(&app, "主管", "admin").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    let mut outsider = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    outsider.execute("update audit set detail = 'province' where act = 'add_staff'").await.unwrap();
    let mut page = admin.get("/staff/audit").await;
    page = if page.status == 200 { admin.post("/staff/audit/verify", &[]).await } else { page };
    while page.html.contains("正在核对") {
        page = admin.get("/staff/audit").await;
    }
    assert!(page.html.contains("与写下时不同</span>") && page.html.contains("条链第"), "{}", page.html);
}
