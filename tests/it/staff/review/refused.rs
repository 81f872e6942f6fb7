//! What a reviewer may not do, or not any more: each time words, and nothing typed is lost.

use graduation_bot::{inbound::Part, workflow::case::Stage};
use reqwest::Method;

use super::{
    super::{
        bot,
        browser::{Browser, account},
    },
    cases::laid_out,
    decide, reviewer,
};

#[tokio::test]
async fn two_reviewers_are_not_at_one_case() {
    let app = bot().await;
    let person = laid_out(&app, 1, Part::Portrait).await;
    let mut first = reviewer(&app).await;
    account(&app, "李老师", "city:广州市").await;
    let mut second = Browser::signed_in(&app, "李老师").await;
    let path = format!("/staff/cases/{}", person.number);
    assert!(first.get(&path).await.html.contains("value=\"approve\""));
    let page = second.get(&path).await;
    assert!(page.html.contains("<b>王老师</b> 正在看这份申请"), "{}", page.html);
    assert!(!page.html.contains("value=\"approve\""), "there is nothing to press");
    assert!(second.get("/staff/queue").await.html.contains("王老师"), "the list tells, too");
    let empty = second.post("/staff/queue/next", &[]).await;
    assert!(empty.path.contains("said=empty"), "{}", empty.path);
    let fields = [("verdict", "reject"), ("round", "1"), ("opinion", "衣服太浅，请换深色的")];
    let page = second.post(&format!("{path}/decide"), &fields).await;
    assert_eq!(page.status, 422);
    assert!(
        page.html.contains("王老师 正在看") && page.html.contains("衣服太浅，请换深色的"),
        "{}",
        page.html
    );
    // The first one goes, and the second one's turn has come.
    first.get(&path).await;
    let page = first.post(&format!("{path}/leave"), &[]).await;
    assert_eq!(page.path, "/staff/queue");
    assert!(second.get(&path).await.html.contains("value=\"approve\""));
    let page = second.post(&format!("{path}/decide"), &[("verdict", "approve"), ("round", "1")]).await;
    assert_eq!(page.status, 200, "{}", page.html);
    // A page of before it: the round is decided.
    let page = decide(&mut first, &person.number, &[("verdict", "reject"), ("reason", "P03")]).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("这一轮已经有了决定"), "{}", page.html);
    assert_eq!(person.case(&app).await.rounds[0].decisions.len(), 1);
}

#[tokio::test]
async fn what_is_typed_wrongly_is_said_and_kept() {
    let app = bot().await;
    let person = laid_out(&app, 1, Part::Both).await;
    let mut browser = reviewer(&app).await;
    let rows: [(&[(&str, &str)], &str); 9] = [
        (&[("verdict", "approve"), ("reason", "P05")], "却按了“通过”"),
        (&[("verdict", "reject")], "不通过要有原因"),
        (&[("verdict", "reject"), ("opinion", "差")], "请选择哪部分不通过"),
        (&[("verdict", "reject"), ("opinion", "差"), ("part", "both")], "审核意见太短"),
        (&[("verdict", "reject"), ("reason", "P05"), ("part", "documents")], "原因和不通过的部分对不上"),
        (&[("verdict", "maybe"), ("reason", "P05")], "没有选通过还是不通过"),
        (&[("verdict", "reject"), ("reason", "P05"), ("round", "7")], "轮次不对"),
        (&[("verdict", "approve"), ("round", "0")], "轮次不对"),
        (&[("verdict", "reject"), ("opinion", "照片不清楚，请重拍")], "请选择哪部分不通过"),
    ];
    let path = format!("/staff/cases/{}", person.number);
    for (fields, said) in rows {
        browser.get(&path).await;
        let has_round = fields.iter().any(|(name, _)| *name == "round");
        let round = Some(("round", "1")).filter(|_| !has_round);
        let fields: Vec<_> = fields.iter().copied().chain(round).collect();
        let page = browser.post(&format!("{path}/decide"), &fields).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
        for (name, value) in fields {
            let kept = match name {
                "reason" => format!("data-does=\"{value} 头发遮挡眉毛、眼睛或耳朵\" checked"),
                "opinion" => format!(">{value}</textarea>"),
                _ => continue,
            };
            assert!(page.html.contains(&kept), "{name} {value}: {}", page.html);
        }
    }
    let case = person.case(&app).await;
    assert_eq!((case.stage, case.rounds[0].decisions.len()), (Stage::BundleAtCity, 0));
    let long = "长".repeat(501);
    let page =
        decide(&mut browser, &person.number, &[("verdict", "reject"), ("part", "both"), ("opinion", &long)])
            .await;
    assert!(page.html.contains("审核意见太长"), "{}", page.html);
    let page = browser.post_as(&format!("{path}/decide"), &[("verdict", "approve"), ("round", "1")]).await;
    assert_eq!((page.status, page.html.contains("没有提交")), (403, true), "without its token");
    assert!(person.case(&app).await.rounds[0].decisions.is_empty());
}

#[tokio::test]
async fn another_city_s_case_is_not_there() {
    let app = bot().await;
    let person = laid_out(&app, 1, Part::Portrait).await;
    account(&app, "深圳老师", "city:深圳市").await;
    let mut browser = Browser::signed_in(&app, "深圳老师").await;
    let page = browser.get("/staff/queue?stage=all&city=广州市").await;
    assert!(!page.html.contains(&person.number) && page.html.contains("没有符合条件的申请"));
    let nothing = browser.get("/staff/cases/99999999").await;
    assert_eq!(nothing.status, 404);
    let own = format!("/staff/cases/{}", person.number);
    for path in ["", "/photos/1/portrait"] {
        let page = browser.get(&format!("{own}{path}")).await;
        assert_eq!((page.status, &page.html), (404, &nothing.html), "{path}");
    }
    let page = browser.get(&format!("/staff/queue?number={}", person.number)).await;
    assert!(page.html.contains("没有编号是"), "{}", page.html);
    for (act, fields) in [
        ("decide", vec![("verdict", "approve"), ("round", "1")]),
        ("take-back", vec![("version", "1")]),
        ("keep", vec![]),
        ("leave", vec![]),
    ] {
        let page = browser.post(&format!("{own}/{act}"), &fields).await;
        assert_eq!((page.status, &page.html), (404, &nothing.html), "{act}");
    }
    let case = person.case(&app).await;
    assert!(case.rounds[0].decisions.is_empty());
    let audit = app.app.store.list_audit(Some(&case.id), 99).await.unwrap();
    assert!(audit.iter().all(|row| row.audit.actor != "staff:深圳老师"), "{audit:?}");
    assert!(app.app.store.case_holder(&case.id, app.app.clock.wire()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_keeps_its_case_and_lets_go_of_what_it_knew() {
    let app = bot().await;
    let person = laid_out(&app, 1, Part::Portrait).await;
    let mut browser = reviewer(&app).await;
    let (path, id) = (format!("/staff/cases/{}", person.number), person.case(&app).await.id.clone());
    let page = browser.get(&path).await;
    let token =
        page.html.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let known = page.html.split_once("data-until=\"").unwrap().1.split('"').next().unwrap().to_owned();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let kept =
        browser.raw(browser.request(Method::POST, &format!("{path}/keep")).form(&[("token", &token)])).await;
    let kept: serde_json::Value = kept.json().await.unwrap();
    assert!(kept["until"].as_i64().unwrap() > known.parse().unwrap(), "{kept}");
    let holder = async || app.app.store.case_holder(&id, app.app.clock.wire()).await.unwrap();
    let leave = async |until: &str| {
        let form = [("token", token.as_str()), ("until", until)];
        let answer = browser.raw(browser.request(Method::POST, &format!("{path}/leave")).form(&form)).await;
        assert_eq!(answer.status(), 204);
    };
    leave(&known).await;
    assert!(holder().await.is_some(), "the page that was closed is an older one");
    leave(&kept["until"].to_string()).await;
    assert!(holder().await.is_none());
    // Once it is decided there is nothing to keep.
    decide(&mut browser, &person.number, &[("verdict", "approve")]).await;
    let kept =
        browser.raw(browser.request(Method::POST, &format!("{path}/keep")).form(&[("token", &token)])).await;
    assert!(kept.json::<serde_json::Value>().await.unwrap()["until"].is_null());
}
