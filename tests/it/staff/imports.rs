//! Bringing files: looked at first, imported as they were looked at, and only so.

use std::fs;

use futures_util::stream;
use graduation_bot::office::{imports::Kind, templates};
use reqwest::{Method, header, multipart};

use super::{
    bot,
    browser::{Browser, Page, account},
    screen::Screen,
};
use crate::{
    store::{bind, candidate},
    support::app::TestApp,
};

const PLACES: &str = include_str!("../../../examples/data/schedule-guangzhou.csv");
const CANDIDATES: &str = include_str!("../../../examples/data/candidates.csv");
const PATH: &str = "/staff/data/import/schedule";

/// Five rows that cannot be right.
fn five_bad_rows() -> String {
    let mut text = PLACES.to_owned();
    for (good, bad) in [
        ("荔湾区,6月16-17日,荔湾区多宝路58号509室,020-81957623", "荔湾区,6月16-17日,,020-81957623"),
        ("020-83350843", "打电话问"),
        ("厚德楼1楼对外窗口,020-84472554,06-16..06-17", "厚德楼1楼对外窗口,020-84472554,06-31"),
        ("020-88909771,06-15;06-18,06-15;06-18", "020-88909771,06-15;06-18,06-15;06-19"),
        ("广州市,白云区", "广州市,广州市区"),
    ] {
        assert!(text.contains(good), "{good}");
        text = text.replace(good, bad);
    }
    text
}

/// The sample's places with another address of 天河区, and one place more.
fn changed() -> String {
    let more = "广州市,样例区,,样例区样例路1号,020-00000001,06-15,06-15,,09:15,11:30,,\n";
    format!("{}{more}", PLACES.replace("五山路141号侨大教育二楼", "五山路1号"))
}

async fn province(app: &TestApp) -> Browser {
    account(app, "省考办李", "province").await;
    let mut browser = Browser::signed_in(app, "省考办李").await;
    browser.get(PATH).await;
    browser
}

async fn bring(browser: &mut Browser, name: &str, text: impl Into<reqwest::Body>) -> Page {
    browser.bring(PATH, &[("batch", "2026-06")], name, text).await
}

/// What the page's form says was looked at.
fn seen(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"seen\" value=\"").unwrap_or_else(|| panic!("{}", page.html));
    rest.split('"').next().unwrap().to_owned()
}

async fn address_of_tianhe(app: &TestApp) -> String {
    app.pass(0).await;
    app.app.runner.world.load().schedule.place("广州市", "天河区").unwrap().address.clone()
}

#[tokio::test]
async fn five_bad_rows_are_all_told_and_a_good_file_is_imported_as_it_was_looked_at() {
    let app = bot().await;
    let mut browser = province(&app).await;
    let page = bring(&mut browser, "地点.csv", five_bad_rows()).await;
    assert!(page.html.contains("有 5 处要改，什么都没有导入"), "{}", page.html);
    for (row, column) in [(2, "address"), (3, "phones"), (4, "date_ranges"), (5, "days"), (6, "district")] {
        let cells = format!("第 {row} 行</td><td data-label=\"哪一列\"><code>{column}</code>");
        assert!(page.html.contains(&cells), "{cells}: {}", page.html);
    }
    assert!(!page.html.contains("name=\"seen\""), "there is nothing to import");
    let before = address_of_tianhe(&app).await;

    browser.get(PATH).await;
    let looked = bring(&mut browser, "C:\\表\\地点.csv", changed()).await;
    assert!(looked.html.contains("还没有导入") && looked.html.contains("文件：地点.csv"), "{}", looked.html);
    for told in ["<b>12</b> 文件里", "<b>1</b> 新增", "<b>1</b> 改动", "<b>10</b> 没有变化", "样例区</li>"]
    {
        assert!(looked.html.contains(told), "{told}: {}", looked.html);
    }
    assert_eq!(address_of_tianhe(&app).await, before, "looking changes nothing");
    let seen = seen(&looked);
    let stored = browser.post(&looked.path, &[("seen", &seen)]).await;
    assert!(stored.html.contains("已导入 12 个办理地点"), "{}", stored.html);
    assert_eq!(address_of_tianhe(&app).await, "天河区五山路1号");
    let line = app.app.store.list_audit(Some("schedule"), 1).await.unwrap().remove(0);
    assert_eq!(line.audit.actor, "staff:省考办李");

    let again = browser.post(&looked.path, &[("seen", &seen)]).await;
    assert_eq!((again.status, again.html.contains("已经导入过")), (422, true), "{}", again.html);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_looked_at_again() {
    let app = bot().await;
    let mut browser = province(&app).await;
    let looked = bring(&mut browser, "地点.csv", changed()).await;
    account(&app, "省考办王", "province").await;
    let mut other = Browser::signed_in(&app, "省考办王").await;
    other.get(PATH).await;
    let theirs = bring(&mut other, "地点.csv", PLACES.replace("五山路141号侨大教育二楼", "五山路2号")).await;
    let stored = other.post(&theirs.path, &[("seen", &seen(&theirs))]).await;
    assert!(stored.html.contains("已导入"), "{}", stored.html);

    let refused = browser.post(&looked.path, &[("seen", &seen(&looked))]).await;
    assert!(refused.html.contains("有人改了同样的内容，什么都没有存"), "{}", refused.html);
    assert_eq!(address_of_tianhe(&app).await, "天河区五山路2号");
    let again = browser.post(&looked.path, &[]).await;
    assert!(
        again.html.contains("天河区五山路2号") && again.html.contains("天河区五山路1号"),
        "{}",
        again.html
    );
    browser.post(&again.path, &[("seen", &seen(&again))]).await;
    assert_eq!(address_of_tianhe(&app).await, "天河区五山路1号");

    // A file is its owner's, and not for long.
    assert!(other.get(&again.path).await.html.contains("已经不在了"), "another account's");
    app.pass(29 * 60).await;
    assert!(browser.get(&again.path).await.html.contains("已导入"));
    app.pass(60).await;
    assert!(browser.get(&again.path).await.html.contains("已经不在了"));
}

#[tokio::test]
async fn places_go_when_asked_for_and_not_if_somebody_has_chosen_them() {
    let app = bot().await;
    bind(&app.app.store, "o1", &candidate(0), "c1").await;
    let mut browser = province(&app).await;
    let without = |place: &str| {
        let kept = PLACES.lines().filter(|line| !line.contains(place));
        kept.collect::<Vec<_>>().join("\n")
    };
    let fields = [("batch", "2026-06"), ("remove_missing", "yes")];
    let page = browser.bring(PATH, &fields, "地点.csv", without("天河区")).await;
    assert!(page.html.contains("这些地点不能去掉，已有考生选了：广州市/天河区（1 位考生）"), "{}", page.html);
    browser.get(PATH).await;
    let page = browser.bring(PATH, &fields, "地点.csv", without("从化区")).await;
    assert!(page.html.contains("<b>1</b> 文件里没有，去掉"), "{}", page.html);
    browser.post(&page.path, &[("seen", &seen(&page))]).await;
    app.pass(0).await;
    let places = app.app.runner.world.load().schedule.clone();
    assert!(places.place("广州市", "天河区").is_some() && places.place("广州市", "从化区").is_none());
}

#[tokio::test]
async fn candidates_are_looked_at_masked() {
    let app = bot().await;
    let mut browser = province(&app).await;
    let path = "/staff/data/import/candidates";
    let page = browser.bring(path, &[], "考生.csv", CANDIDATES).await;
    assert!(page.html.contains("01********01 林**"), "{}", page.html);
    for whole in ["010126000001", "林样例", "44010619920229039X"] {
        assert!(CANDIDATES.contains(whole) && !page.html.contains(whole), "{whole}");
    }
    let page = browser.post(&page.path, &[("seen", &seen(&page))]).await;
    assert!(page.html.contains("名考生。"), "{}", page.html);
    assert!(app.app.store.candidate("010126000001").await.unwrap().is_some());
    browser.get(path).await;
    let page = browser.bring(path, &[], "考生.csv", CANDIDATES).await;
    assert!(page.html.contains("和现在存的一样，不用导入"), "{}", page.html);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_none_is_told_so() {
    let app = bot().await;
    let mut browser = province(&app).await;
    for (name, text, said) in [
        ("地点.pdf", PLACES, "您选的是“地点.pdf”"),
        ("", "", "没有选文件"),
        ("地点.csv", "", "文件是空的"),
        ("地点.xlsx", "city,district\n", "不是 XLSX 工作簿"),
        ("地点.json", "[", "不是完整的 JSON"),
        ("地点.csv", "甲,乙\n1,2\n", "没有这一列"),
    ] {
        let page = bring(&mut browser, name, text).await;
        assert!(page.html.contains(said), "{name} {text}: {}", page.html);
        assert!(page.html.contains("什么都没有导入") && !page.html.contains("name=\"seen\""), "{name}");
        browser.get(PATH).await;
    }
    let page = browser.bring(PATH, &[("batch", "2099-06")], "地点.csv", PLACES).await;
    assert!(page.html.contains("没有这个批次"), "{}", page.html);
    browser.get(PATH).await;

    // One piece more than 192 MB.
    let piece = || Ok::<_, std::io::Error>(vec![b'0'; 1 << 20]);
    let large = stream::iter((0..193).map(move |_| piece()));
    let page = browser.bring_large(PATH, reqwest::Body::wrap_stream(large), 193 << 20).await;
    assert_eq!((page.status, page.html.contains("文件超过 192 MB")), (422, true), "{}", page.html);
    let line = app.app.store.list_audit(Some("schedule"), 1).await.unwrap().remove(0);
    assert_eq!(line.audit.actor, "operator", "only the sample's own import is in the audit");
}

#[tokio::test]
async fn who_may_not_import_cannot_and_the_token_comes_first() {
    let app = bot().await;
    account(&app, "市考办王", "city:广州市").await;
    let mut city = Browser::signed_in(&app, "市考办王").await;
    assert_eq!(city.get("/staff/data").await.status, 403);
    city.get("/staff/people").await;
    assert_eq!(bring(&mut city, "地点.csv", changed()).await.status, 403);
    let mut browser = province(&app).await;
    let file = || multipart::Part::text(changed()).file_name("地点.csv");
    for form in [
        multipart::Form::new().text("batch", "2026-06").part("file", file()),
        multipart::Form::new().text("token", "AAECAwQFBgcICQoLDA0ODw").part("file", file()),
        multipart::Form::new().text("batch", "2026-06").text("token", "x").part("file", file()),
    ] {
        let page = browser.bring_as(PATH, form).await;
        assert_eq!((page.status, page.html.contains("不是从当前页面提交的")), (403, true), "{}", page.html);
    }
}

#[tokio::test]
async fn every_template_comes_back_without_a_mistake() {
    let app = bot().await;
    let mut browser = province(&app).await;
    for kind in Kind::ALL {
        for (end, whole) in [("xlsx", templates::xlsx(kind).unwrap()), ("csv", templates::csv(kind))] {
            let path = format!("/staff/data/templates/{}.{end}", kind.name());
            let answer = browser.raw(browser.request(Method::GET, &path)).await;
            let disposition = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
            assert!(disposition.contains(&format!("template-{}.{end}", kind.name())), "{disposition}");
            let bytes = answer.bytes().await.unwrap();
            assert!(bytes.len() > 30 && (end == "xlsx" || bytes == whole), "{path}");
            let path = format!("/staff/data/import/{}", kind.name());
            browser.get(&path).await;
            let page = browser.bring(&path, &[("batch", "2026-06")], &format!("x.{end}"), bytes).await;
            assert!(page.html.contains("文件没有要改的"), "{} {end}: {}", kind.name(), page.html);
        }
    }
    assert_eq!(browser.get("/staff/data/templates/people.xlsx").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_bad_rows_in_a_real_browser() {
    let app = bot().await;
    account(&app, "省考办李", "province").await;
    let Some(mut screen) = Screen::signed_in(&app, "省考办李") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (bad, good) = (folder.path().join("有错.csv"), folder.path().join("改好.csv"));
    fs::write(&bad, five_bad_rows()).unwrap();
    fs::write(&good, changed()).unwrap();
    screen.go("/staff/data");
    screen.keep("batches");
    screen.browser.press("办理地点");
    screen.wait_for("文件里有哪些列");
    screen.browser.wait("document.querySelector('select').value = '2026-06'");
    screen.choose_file(&bad);
    screen.keep("import");
    screen.browser.press("上传，先看一看");
    screen.wait_for("有 5 处要改，什么都没有导入");
    assert_eq!(screen.browser.wait("document.querySelectorAll('tbody tr').length"), 5);
    screen.keep("import-mistakes");
    screen.browser.press("上传改好的文件");
    screen.wait_for("文件里有哪些列");
    assert_eq!(
        screen.browser.wait("document.querySelector('select').value"),
        "2026-06",
        "nothing is asked twice"
    );
    screen.choose_file(&good);
    screen.browser.press("上传，先看一看");
    screen.wait_for("还没有导入");
    screen.keep("import-preview");
    screen.browser.press("确认导入");
    screen.wait_for("已导入 12 个办理地点");
    screen.keep("import-done");
    assert_eq!(screen.browser.complaints, Vec::<String>::new());
    assert_eq!(address_of_tianhe(&app).await, "天河区五山路1号");
}
