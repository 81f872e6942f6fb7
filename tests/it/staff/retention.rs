//! What is deleted when, as the offices see it.

use graduation_bot::{office::Who, office::retention as office, workflow::case::Stage};

use super::{
    bot,
    browser::{Browser, account},
};
use crate::retention::apply;

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn deletions_are_shown_before_they_happen_and_after() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    assert!(browser.get("/staff/retention").await.html.contains("没有保留任何照片"));
    apply(&app.app.store, 0, Stage::NotGraduated).await;
    apply(&app.app.store, 1, Stage::Graduated).await;
    let html = browser.get("/staff/retention").await.html;
    for words in ["将于 2026-06-19 结束", "没通过的照片", "2026-07-19", "60 天内", "待移交"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    app.pass(5 * DAY).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    assert!(browser.get("/staff/retention").await.html.contains("已到期，正在删除"));
    app.settle().await;
    let html = browser.get("/staff/retention").await.html;
    assert!(html.contains("已于 2026-06-19 结束") && !html.contains("已到期"), "{html}");
    let (_, lately) = html.split_once("最近删除的").unwrap();
    assert!(lately.contains("没通过的照片") && lately.contains("没有毕业的人的毕业证照片"), "{lately}");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_batch_is_held_from_the_page_and_let_go_again() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    apply(&app.app.store, 0, Stage::NotGraduated).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let lay = |case: &'static str, until: &'static str, reason: &'static str| {
        [("batch", "2026-06"), ("case", case), ("until", until), ("reason", reason)]
    };
    let rows = [
        (lay("", "2026-06-14", "有争议，等复核"), "最后一天要在今天到 2027年6月15日 之间"),
        (lay("", "", "有争议，等复核"), "最后一天要在"),
        (lay("", "2026-09-01", "争"), "请写清原因"),
        (lay("12345678", "2026-09-01", "有争议，等复核"), "没有这个编号的申请"),
    ];
    for (fields, said) in rows {
        let page = browser.post("/staff/retention/holds", &fields).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    let page = browser.post("/staff/retention/holds", &lay("", "2026-09-01", "有争议，等复核")).await;
    for words in ["整批暂缓", "到 2026-09-01", "有争议，等复核"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let end = page.html.split("action=\"/staff/retention/holds/").nth(1).unwrap().split('"').next().unwrap();
    let end = format!("/staff/retention/holds/{end}");
    let page = browser.post(&end, &[]).await;
    assert!(page.html.contains("暂缓已结束") && !page.html.contains("整批暂缓"), "{}", page.html);
    let page = browser.post(&end, &[]).await;
    assert_eq!((page.status, page.html.contains("已经处理过了")), (422, true));
}

#[tokio::test]
async fn the_province_confirms_what_it_gave_away() {
    let app = bot().await;
    let province = account(&app, "李老师", "province").await;
    account(&app, "主管", "admin").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let case = apply(store, 0, Stage::Graduated).await;
    let name = case.portrait.as_ref().unwrap().name.clone();
    files.put(&name, b"a portrait").await.unwrap();
    let now = app.app.clock.business();
    let who = Who::Staff(&province);
    assert_eq!(office::hand_over(store, files, who, "2026-06", "h1", now, |_| Ok(())).await.unwrap(), 1);
    let mut admin = Browser::signed_in(&app, "主管").await;
    let html = admin.get("/staff/retention").await.html;
    assert!(html.contains("1 张等待确认") && !html.contains("制证部门已收到，删除"), "{html}");
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let page = browser.post("/staff/retention/handovers/h1/confirm", &[]).await;
    assert!(page.html.contains("已确认移交") && page.html.contains("1 张正在删除"), "{}", page.html);
    app.settle().await;
    assert_eq!(files.get(&name).await.unwrap(), None);
    let html = browser.get("/staff/retention").await.html;
    assert!(html.contains("已移交的毕业证照片") && !html.contains("正在删除"), "{html}");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_asks_for_it_need_not_wait_once_nothing_is_under_way() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let failed = apply(store, 0, Stage::NotGraduated).await;
    let graduated = apply(store, 1, Stage::Graduated).await;
    let waiting = apply(store, 2, Stage::OnsitePassed).await;
    let portrait = failed.portrait.as_ref().unwrap().name.clone();
    files.put(&portrait, b"a portrait").await.unwrap();
    let wish = |number: &str, reason: &str| {
        [("case".to_owned(), number.to_owned()), ("reason".to_owned(), reason.to_owned())]
    };
    let ask = async |browser: &mut Browser, number: &str, reason: &str| {
        let fields = wish(number, reason);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/staff/retention/delete", &fields).await
    };
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let page = ask(&mut browser, &failed.number, "考生来电要求删除").await;
    assert_eq!((page.status, page.html.contains("办理期间依法要保留")), (422, true), "{}", page.html);
    app.pass(5 * DAY).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    for (number, reason, said) in [
        (&waiting.number, "考生来电要求删除", "办理期间依法要保留"),
        (&failed.number, "删", "请写清原因"),
        (&"99999999".to_owned(), "考生来电要求删除", "没有这个编号的申请"),
    ] {
        let page = ask(&mut browser, number, reason).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    for number in [&failed.number, &graduated.number] {
        let page = ask(&mut browser, number, "考生来电要求删除").await;
        assert!(page.html.contains("文件马上删除"), "{}", page.html);
        let page = ask(&mut browser, number, "考生来电要求删除").await;
        assert!(page.html.contains("没有可以删除的照片"), "{}", page.html);
    }
    app.settle().await;
    assert_eq!(files.get(&portrait).await.unwrap(), None);
    let left = async |id: &str| store.case_by_id(id).await.unwrap().unwrap().photos().count();
    assert_eq!(left(&failed.id).await, 0);
    let kept = store.case_by_id(&graduated.id).await.unwrap().unwrap();
    assert!(kept.portrait.is_some() && kept.documents.is_empty(), "it is still to be handed over");
    let lines = store.list_audit(Some(&failed.id), 9).await.unwrap();
    assert_eq!(lines[0].audit.act, "delete_on_request");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
