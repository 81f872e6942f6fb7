//! Reviewing over real HTTP: what a reviewer sees and does, what the candidate's chat brings, and what is refused.

mod cases;
mod closely;
mod keyboard;
mod refused;

pub(super) use cases::{Candidacy, laid_out};
use cases::{picture, walked};
use graduation_bot::{
    inbound::{Part, Reason},
    workflow::case::Stage,
};
use reqwest::{Method, header};

use super::{
    bot,
    browser::{Browser, Page, account},
};
use crate::support::app::TestApp;

const CITY: &str = "city:广州市";

/// A reviewer of the city, signed in.
async fn reviewer(app: &TestApp) -> Browser {
    account(app, "王老师", CITY).await;
    Browser::signed_in(app, "王老师").await
}

/// Whether the list has a line of the case.
fn lists(page: &Page, number: &str) -> bool {
    page.html.contains(&format!("/staff/cases/{number}?"))
}

/// What the form of an open case sends.
async fn decide(browser: &mut Browser, number: &str, fields: &[(&str, &str)]) -> Page {
    browser.get(&format!("/staff/cases/{number}")).await;
    let fields: Vec<_> = fields.iter().copied().chain([("round", "1")]).collect();
    browser.post(&format!("/staff/cases/{number}/decide"), &fields).await
}

#[tokio::test]
async fn a_reviewer_goes_from_case_to_case_and_the_candidate_is_told_after_ten_seconds() {
    let app = bot().await;
    let first = walked(&app).await;
    let second = laid_out(&app, 2, Part::Documents).await;
    let mut browser = reviewer(&app).await;
    let queue = browser.get("/staff/queue").await;
    assert_eq!(queue.status, 200);
    for case in [&first, &second] {
        assert!(lists(&queue, &case.number), "{}", queue.html);
    }
    let page = browser.post("/staff/queue/next", &[]).await;
    assert!(page.path.starts_with(&format!("/staff/cases/{}?at=", first.number)), "{}", page.path);
    assert!(page.html.contains("等市考办审核") && page.html.contains("photos/1/portrait"), "{}", page.html);
    let at = page.path.split_once("at=").unwrap().1.to_owned();
    let asked = format!("at={at}");
    let fields = [("verdict", "approve"), ("round", "1"), ("asked", asked.as_str())];
    let page = browser.post(&format!("/staff/cases/{}/decide", first.number), &fields).await;
    assert!(page.path.starts_with(&format!("/staff/cases/{}?at=", second.number)), "{}", page.path);
    let said = page.html.contains("已通过：申请") && page.html.contains("秒后通知考生");
    assert!(said && page.html.contains("take-back"), "{}", page.html);
    assert_eq!(first.case(&app).await.stage, Stage::Approved, "it applies at once");
    app.settle().await;
    assert!(!first.chat(&app).contains("审核通过"), "the candidate is not told yet");
    app.pass(10).await;
    app.settle().await;
    assert!(first.chat(&app).contains("审核通过"), "{}", first.chat(&app));
    // The last one: then the queue says that there is no other.
    let page = decide(&mut browser, &second.number, &[("verdict", "approve")]).await;
    assert!(page.path.starts_with("/staff/queue?did="), "{}", page.path);
    assert!(page.html.contains("没有别的申请等您审核了"), "{}", page.html);
    app.pass(10).await;
    app.settle().await;
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_reason_and_an_opinion_reach_the_candidate_word_for_word() {
    let app = bot().await;
    let person = walked(&app).await;
    let mut browser = reviewer(&app).await;
    let fields =
        [("verdict", "reject"), ("reason", "P03"), ("reason", "P07"), ("opinion", "请到白墙前再拍一次")];
    let page = decide(&mut browser, &person.number, &fields).await;
    assert!(page.html.contains("已定为不通过"), "{}", page.html);
    let case = person.case(&app).await;
    let rejected = case.rounds[0].decisions[0].rejected.clone().unwrap();
    assert_eq!((rejected.part, rejected.reasons), (Part::Portrait, vec![Reason::P03, Reason::P07]));
    app.pass(10).await;
    app.settle().await;
    let opinion = "背景不是均匀的白色或浅灰色 / 有阴影或其他物体；佩戴饰品或头部覆盖物；请到白墙前再拍一次";
    assert!(person.chat(&app).contains(opinion), "{}", person.chat(&app));
    // Whoever looks later reads it, too.
    let page = browser.get(&format!("/staff/cases/{}", person.number)).await;
    assert!(page.html.contains("P03 P07") && page.html.contains("请到白墙前再拍一次"), "{}", page.html);
}

#[tokio::test]
async fn a_decision_is_taken_back_within_ten_seconds_and_not_later() {
    let app = bot().await;
    let person = walked(&app).await;
    let mut browser = reviewer(&app).await;
    let path = format!("/staff/cases/{}/take-back", person.number);
    let before = person.chat(&app);
    decide(&mut browser, &person.number, &[("verdict", "approve")]).await;
    let version = person.case(&app).await.version.to_string();
    let page = browser.post(&path, &[("version", &version)]).await;
    assert!(
        page.html.contains("已收回，考生不会收到通知") && page.html.contains("value=\"approve\""),
        "{}",
        page.html
    );
    app.pass(60).await;
    app.settle().await;
    assert_eq!(person.chat(&app), before, "nobody was told");
    decide(&mut browser, &person.number, &[("verdict", "approve")]).await;
    let version = person.case(&app).await.version.to_string();
    app.pass(11).await;
    let page = browser.post(&path, &[("version", &version)]).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("没有收回") && page.html.contains("已经过了 10 秒"), "{}", page.html);
    assert_eq!(person.case(&app).await.stage, Stage::Approved);
    let acts = app.app.store.list_audit(Some(&person.case(&app).await.id), 99).await.unwrap();
    let of_staff: Vec<_> = acts.iter().filter(|row| row.audit.actor == "staff:王老师").collect();
    for (act, count) in [("review", 2), ("take_back", 1)] {
        assert_eq!(of_staff.iter().filter(|row| row.audit.act == act).count(), count, "{act}");
    }
}

#[tokio::test]
async fn a_picture_carries_who_looks_and_is_never_the_one_that_was_submitted() {
    let app = bot().await;
    let person = laid_out(&app, 1, Part::Both).await;
    let mut browser = reviewer(&app).await;
    browser.get(&format!("/staff/cases/{}", person.number)).await;
    let mut seen = Vec::new();
    for (path, width) in [("portrait", 480), ("portrait?size=200", 150), ("back", 1280)] {
        let path = format!("/staff/cases/{}/photos/1/{path}", person.number);
        let answer = browser.raw(browser.request(Method::GET, &path)).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/jpeg");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let bytes = answer.bytes().await.unwrap();
        let image = image::load_from_memory(&bytes).unwrap().into_rgb8();
        assert_eq!(image.width(), width, "{path}");
        seen.push((bytes, image));
    }
    let original = image::load_from_memory(&picture("p_calm_ok_white.jpg")).unwrap().into_rgb8();
    let marked = &seen[0].1;
    let changed =
        original.pixels().zip(marked.pixels()).filter(|(one, two)| one.0[0].abs_diff(two.0[0]) > 20);
    let share = changed.count() as f64 / f64::from(original.width() * original.height());
    assert!((0.02..0.2).contains(&share), "{share}");
    account(&app, "李老师", "province").await;
    let other = Browser::signed_in(&app, "李老师").await;
    let path = format!("/staff/cases/{}/photos/1/portrait", person.number);
    let theirs = other.raw(other.request(Method::GET, &path)).await.bytes().await.unwrap();
    assert_ne!(theirs, seen[0].0, "each has their own name on it");
    let audit = app.app.store.list_audit(Some(&person.case(&app).await.id), 99).await.unwrap();
    let views = |act: &str| audit.iter().filter(|row| row.audit.act == act).count();
    assert_eq!((views("view_photo"), views("view_case")), (4, 1));
    for missing in ["2/portrait", "1/nothing", "x/portrait"] {
        let path = format!("/staff/cases/{}/photos/{missing}", person.number);
        assert_eq!(browser.get(&path).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn the_queue_is_filtered_and_a_case_is_found_by_its_number() {
    let app = bot().await;
    let portrait = laid_out(&app, 1, Part::Portrait).await;
    let bundle = laid_out(&app, 2, Part::Both).await;
    let mut browser = reviewer(&app).await;
    let rows = [
        ("kind=portrait", true, false),
        ("kind=both", false, true),
        ("district=天河区", true, true),
        ("district=越秀区", false, false),
        ("city=深圳市", false, false),
        ("days=1", false, false),
        ("rounds=first", true, true),
        ("rounds=repeated", false, false),
        ("holder=mine", false, false),
        ("stage=bundle_at_city", false, true),
        ("stage=approved", false, false),
        ("stage=all&order=newest", true, true),
    ];
    for (query, one, two) in rows {
        let page = browser.get(&format!("/staff/queue?{query}")).await;
        assert_eq!((lists(&page, &portrait.number), lists(&page, &bundle.number)), (one, two), "{query}");
    }
    let page = browser.get("/staff/queue?number=5000-0002").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/staff/cases/50000002"));
    let page = browser.get("/staff/queue?holder=mine").await;
    assert!(lists(&page, &bundle.number), "it is open here");
    let page = browser.get("/staff/queue?number=99999999").await;
    assert!(page.status == 422 && page.html.contains("没有编号是“99999999”的申请"), "{}", page.html);
    // Tabs count only what their list would show.
    for (query, is_counted) in [("district=天河区", true), ("rounds=first", false), ("holder=mine", false)]
    {
        let page = browser.get(&format!("/staff/queue?{query}")).await;
        let (_, tab) = page.html.split_once("全部待审").unwrap();
        let tab = tab.split("</a>").next().unwrap();
        assert_eq!(tab.contains(char::is_numeric), is_counted, "{query}: {tab}");
    }
    // What has waited for longer than was promised is marked.
    app.pass(10 * 86_400).await;
    let mut browser = Browser::signed_in(&app, "王老师").await;
    let promise = app.app.runner.world.load().batch.review_promise_working_days;
    let page = browser.get("/staff/queue?days=5").await;
    assert_eq!(page.html.contains("超过承诺的"), promise.is_some(), "{}", page.html);
    assert!(lists(&page, &portrait.number), "{}", page.html);
}
