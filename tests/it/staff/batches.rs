//! Batches and their places by form, and the list of cases as a file.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use reqwest::header;

use super::{
    bot,
    browser::{Browser, Page, account},
    screen::Screen,
};
use crate::{
    store::{bind, candidate},
    support::app::TestApp,
};

const WINTER: [(&str, &str); 7] = [
    ("id", "2026-12"),
    ("name", "2026年下半年"),
    ("opens", "2026-12-11T09:30"),
    ("closes", "2026-12-16T16:00"),
    ("portrait_review_ends", "2026-12-17T17:30"),
    ("year", "2026"),
    ("schedule", "schedule-2026-12.csv"),
];

async fn province(app: &TestApp) -> Browser {
    account(app, "省考办李", "province").await;
    Browser::signed_in(app, "省考办李").await
}

/// The form with other values in some fields.
fn but<'f>(fields: &[(&'f str, &'f str)], others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let kept = fields.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

/// The version that the page's form was filled from.
fn seen(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"seen\" value=\"").unwrap_or_else(|| panic!("{}", page.html));
    rest.split('"').next().unwrap().to_owned()
}

/// What stands beside a field.
fn beside(page: &Page, field: &str) -> String {
    let start = format!("id=\"w-{field}\">");
    page.html.split_once(&start).map_or("", |(_, rest)| rest.split('<').next().unwrap()).to_owned()
}

#[tokio::test]
async fn a_batch_is_created_and_changed_by_form_with_every_mistake_beside_its_field() {
    let app = bot().await;
    let mut browser = province(&app).await;
    browser.get("/staff/data/batches/new").await;
    let path = "/staff/data/batches/new";
    let page = browser
        .post(path, &but(&WINTER, &[("id", "2026-06"), ("name", "<名字>"), ("year", "今年"), ("opens", "")]))
        .await;
    assert_eq!(page.status, 422, "{}", page.html);
    assert!(
        beside(&page, "year").contains("不是整数") && beside(&page, "opens").contains("没有填"),
        "{}",
        page.html
    );
    assert!(
        page.html.contains("value=\"&lt;名字&gt;\"") && page.html.contains("value=\"今年\""),
        "{}",
        page.html
    );
    let page = browser.post(path, &but(&WINTER, &[("id", "2026-06")])).await;
    assert!(beside(&page, "id").contains("已经有批次 2026-06"), "{}", page.html);
    let page = browser.post(path, &but(&WINTER, &[("opens", "2026-06-17T00:00")])).await;
    assert!(beside(&page, "opens").contains("和批次 2026-06 重叠"), "{}", page.html);

    let page = browser.post(path, &WINTER).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/staff/data/batches/2026-12?done=created"));
    assert!(page.html.contains("还没有办理地点"));
    let list = browser.get("/staff/data").await;
    assert!(list.html.contains("2026年下半年") && list.html.contains("还没有开始"), "{}", list.html);

    // The present batch has begun: it only lasts longer.
    let page = browser.get("/staff/data/batches/2026-06").await;
    let (version, path) = (seen(&page), "/staff/data/batches/2026-06");
    let june: [(&str, &str); 9] = [
        ("seen", &version),
        ("name", "2026年上半年"),
        ("opens", "2026-06-12T09:30"),
        ("closes", "2026-06-17T16:00"),
        ("portrait_review_ends", "2026-06-19T17:30"),
        ("prior_credential_due", "2026-07-03"),
        ("year", "2026"),
        ("review_promise_working_days", "2"),
        ("schedule", "schedule-guangzhou.csv"),
    ];
    let page = browser.post(path, &but(&june, &[("closes", "2026-06-16T16:00")])).await;
    assert!(beside(&page, "closes").contains("比原来的 6月17日 16:00 早"), "{}", page.html);
    let page = browser.post(path, &june).await;
    assert!(page.path.ends_with("?done=changed"), "{}", page.html);
    app.pass(0).await;
    let ends = app.app.runner.world.load().batch.portrait_review_ends;
    assert_eq!(ends.to_string(), "2026-06-19T17:30:00");

    // The same form again: its page is old by now, what was typed stays, and what is stored stands beside it.
    let page = browser.post(path, &but(&june, &[("name", "另一个名字")])).await;
    assert_eq!(page.status, 422);
    assert!(
        page.html.contains("有人改了同样的内容") && page.html.contains("value=\"另一个名字\""),
        "{}",
        page.html
    );
    assert!(page.html.contains("现在存的是：2026年上半年"), "{}", page.html);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

const TIANHE: &str =
    "/staff/data/batches/2026-06/place?city=%E5%B9%BF%E5%B7%9E%E5%B8%82&district=%E5%A4%A9%E6%B2%B3%E5%8C%BA";

#[tokio::test]
async fn a_place_is_edited_once_its_change_was_looked_at() {
    let app = bot().await;
    bind(&app.app.store, "o1", &candidate(0), "c1").await;
    let mut browser = province(&app).await;
    let page = browser.get("/staff/data/batches/2026-06").await;
    assert!(
        page.html.contains("天河区五山路141号侨大教育二楼") && page.html.contains("1 人"),
        "{}",
        page.html
    );
    let page = browser.get(TIANHE).await;
    assert!(page.html.contains("1 位考生") && page.html.contains("value=\"06-15;06-18\""), "{}", page.html);
    let version = seen(&page);
    let form: [(&str, &str); 9] = [
        ("seen", &version),
        ("address", "天河区五山路141号侨大教育二楼"),
        ("phones", "020-88909771"),
        ("date_ranges", "06-15;06-18"),
        ("am_start", "09:15"),
        ("am_end", "11:30"),
        ("pm_start", "14:30"),
        ("pm_end", "17:30"),
        ("latitude", ""),
    ];
    let page = browser.post(TIANHE, &but(&form, &[("date_ranges", "06-31"), ("am_end", "9点")])).await;
    assert_eq!(page.status, 422);
    assert!(!beside(&page, "date_ranges").is_empty() && !beside(&page, "am_end").is_empty(), "{}", page.html);
    let page = browser.post(TIANHE, &form).await;
    assert!(page.html.contains("和现在存的一样"), "{}", page.html);

    let moved = but(&form, &[("date_ranges", "06-16;06-18")]);
    let page = browser.post(TIANHE, &moved).await;
    assert!(page.html.contains("已选这里的 1 位考生不会自动收到通知"), "{}", page.html);
    assert!(page.html.contains("<del>06-15;06-18</del>") && page.html.contains("<ins>06-16;06-18</ins>"));
    let days = async || {
        app.pass(0).await;
        app.app.runner.world.load().schedule.place("广州市", "天河区").unwrap().cells()[4].clone()
    };
    assert_eq!(days().await, "06-15;06-18", "looking changes nothing");
    let stored = but(&moved, &[("step", "store")]);
    let page = browser.post(TIANHE, &stored).await;
    assert!(page.path.ends_with("?done=place") && page.html.contains("6月16日"), "{}", page.html);
    assert_eq!(days().await, "06-16;06-18");
    let page = browser.post(TIANHE, &but(&stored, &[("address", "别处")])).await;
    assert_eq!((page.status, page.html.contains("有人改了同样的内容")), (422, true), "{}", page.html);
    for path in ["/staff/data/batches/2026-06/place?city=x&district=y", "/staff/data/batches/2099-01"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

/// The rows of the exported cases below the header: city and district.
async fn exported(browser: &mut Browser, fields: &[(&str, &str)]) -> Vec<String> {
    let answer = browser.download("/staff/export", fields).await;
    assert_eq!(answer.status(), 200);
    let name = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"cases-2026-06-2026-06-15.xlsx\"");
    let bytes = answer.bytes().await.unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("申请").unwrap();
    let rows: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    let at = |title: &str| rows[0].iter().position(|cell| cell == title).unwrap();
    let (city, district) = (at("城市"), at("办理地点"));
    rows[1..].iter().map(|row| format!("{}{}", row[city], row[district])).collect()
}

#[tokio::test]
async fn an_export_opens_and_has_what_its_account_may_see() {
    let app = bot().await;
    bind(&app.app.store, "o1", &candidate(0), "c1").await;
    for (name, role, places) in [
        ("市考办王", "city:广州市", vec!["广州市天河区"]),
        ("市考办张", "city:深圳市", vec![]),
        ("省考办李", "province", vec!["广州市天河区"]),
    ] {
        account(&app, name, role).await;
        let mut browser = Browser::signed_in(&app, name).await;
        let page = browser.get("/staff/export").await;
        assert!(page.html.contains("完整的姓名、证件号码和电话"), "{}", page.html);
        assert_eq!(page.html.contains("广州市 天河区"), role != "city:深圳市", "{name}");
        let june = ("batch", "2026-06");
        assert_eq!(exported(&mut browser, &[june]).await, places, "{name}");
        assert_eq!(exported(&mut browser, &[june, ("stage", "可以申请")]).await, places, "{name}");
        assert!(exported(&mut browser, &[june, ("stage", "毕业审核通过")]).await.is_empty());
        if role == "city:深圳市" {
            let page = browser.post("/staff/export", &[june, ("place", "广州市/天河区")]).await;
            assert_eq!(
                (page.status, page.html.contains("只能导出自己市的名册")),
                (422, true),
                "{}",
                page.html
            );
        } else {
            assert_eq!(exported(&mut browser, &[june, ("place", "广州市/天河区")]).await, places, "{name}");
            assert!(exported(&mut browser, &[june, ("place", "广州市/越秀区")]).await.is_empty());
        }
        for wrong in [&[("batch", "2099-01")][..], &[june, ("stage", "别的")]] {
            let page = browser.post("/staff/export", wrong).await;
            assert_eq!((page.status, page.html.contains("没有这个批次或状态")), (422, true), "{}", page.html);
        }
        let lines = app.app.store.list_audit_by(&format!("staff:{name}"), 9).await.unwrap();
        assert_eq!(
            lines.iter().filter(|line| line.audit.act == "export").count(),
            if places.is_empty() { 3 } else { 5 },
            "{name}"
        );
    }
    account(&app, "管理", "admin").await;
    assert_eq!(Browser::signed_in(&app, "管理").await.get("/staff/export").await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_batches_fit_every_screen() {
    let app = bot().await;
    bind(&app.app.store, "o1", &candidate(0), "c1").await;
    account(&app, "省考办李", "province").await;
    let Some(mut screen) = Screen::signed_in(&app, "省考办李") else { return };
    screen.go("/staff/data/batches/new");
    screen.type_into("#f-id", "2026-06");
    screen.browser.press("新建批次");
    screen.wait_for("没有填");
    screen.keep("batch-new");
    screen.go("/staff/data/batches/2026-06");
    screen.keep("batch");
    screen.go(TIANHE);
    screen.type_into("#f-date_ranges", "06-16;06-18");
    screen.browser.press("先看会改什么");
    screen.wait_for("会这样改");
    screen.keep("place");
    screen.browser.press("确认保存");
    screen.wait_for("办理地点已保存");
    screen.go("/staff/export");
    screen.keep("export");
    screen.go("/staff/data/import/candidates");
    screen.keep("import-candidates");
    let refused = |complaint: &String| !complaint.contains("status of 422");
    assert!(!screen.browser.complaints.iter().any(refused), "{:?}", screen.browser.complaints);
}
