//! Finding candidates, and freeing them from a binding.

use graduation_bot::turn::{Audit, PER_NUMBER};
use mock_platform::{Item, Say};

use super::{
    bot,
    browser::{Browser, Page, account},
    screen::Screen,
};
use crate::support::{
    app::TestApp,
    samples::{self, Person},
};

/// Binds a candidate in a chat, up to the application with a place in 天河区.
async fn applicant(app: &TestApp) -> (String, Person) {
    let (open_id, _) = app.mock.user_with_greeting("我").await;
    let person = samples::people().unwrap().remove(0);
    let phone = person.phone.as_deref().map(|phone| &phone[phone.len() - 4..]);
    let binding = ["绑定", &person.exam_no, "同意", &person.document_no].into_iter().chain(phone);
    for words in binding.chain(["毕业申请", "开始毕业预测", "天河区", "13800138000"]) {
        app.say(&open_id, Say::text(words)).await;
        app.settle().await;
    }
    (open_id, person)
}

async fn signed_in(app: &TestApp, name: &str, role: &str) -> Browser {
    account(app, name, role).await;
    let mut browser = Browser::signed_in(app, name).await;
    browser.get("/staff/people").await;
    browser
}

/// Where the first found candidate's page is.
fn link(page: &Page) -> String {
    let (_, rest) = page.html.split_once("href=\"/staff/people/").unwrap_or_else(|| panic!("{}", page.html));
    format!("/staff/people/{}", rest.split('"').next().unwrap())
}

fn told(app: &TestApp, open_id: &str) -> String {
    app.mock.chat(open_id, 0).iter().map(Item::text).collect()
}

#[tokio::test]
async fn somebody_is_found_by_what_names_them_whole_and_by_their_own_office() {
    let app = bot().await;
    let (_, person) = applicant(&app).await;
    let mut province = signed_in(&app, "省考办李", "province").await;
    let spaced = format!("{} {}", &person.exam_no[..6], &person.exam_no[6..]);
    for typed in [&person.exam_no, &spaced, &person.document_no, &person.name] {
        let page = province.post("/staff/people", &[("who", typed)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/staff/people"), "nothing stands in an address");
        for shown in
            ["林**", "01********01", "440***********", "2026-06-15 09:", "广州市天河区", "/staff/cases/"]
        {
            assert!(page.html.contains(shown), "{typed} {shown}: {}", page.html);
        }
        let found = page.html.split_once("<tbody>").unwrap().1;
        for whole in [&person.exam_no, &person.document_no, &person.name] {
            assert!(!found.contains(whole.as_str()), "{whole} is masked");
        }
    }
    for typed in [&person.exam_no[..11], &person.name[..3], "没有这人"] {
        let page = province.post("/staff/people", &[("who", typed)]).await;
        assert!(page.html.contains("没有找到"), "{typed}: {}", page.html);
    }
    let mut own = signed_in(&app, "市考办王", "city:广州市").await;
    let page = own.post("/staff/people", &[("who", &person.name)]).await;
    let path = link(&page);
    assert!(!own.get(&path).await.html.contains("解除绑定"), "a city does not unbind");
    let mut other = signed_in(&app, "市考办张", "city:深圳市").await;
    let page = other.post("/staff/people", &[("who", &person.name)]).await;
    assert!(page.html.contains("没有找到"), "{}", page.html);
    assert_eq!(other.get(&path).await.status, 404);

    let lines = app.app.store.list_audit_by("staff:省考办李", 20).await.unwrap();
    let lines: Vec<&Audit> =
        lines.iter().map(|line| &line.audit).filter(|line| line.act == "find_people").collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(lines[6].subject, app.app.store.exam_key(&person.exam_no));
    assert_eq!(
        (lines[0].detail.as_str(), lines[6].detail.as_str()),
        ("by name: 0 found", "by exam_no: 1 found")
    );
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn unbinding_takes_a_reason_is_asked_once_more_and_frees_the_candidate() {
    let app = bot().await;
    let (open_id, person) = applicant(&app).await;
    let mut admin = signed_in(&app, "管理", "admin").await;
    let path = link(&admin.post("/staff/people", &[("who", &person.exam_no)]).await);
    let unbind = format!("{path}/unbind");
    let called = format!("本人 {} 来过", person.exam_no);
    let named = format!("{}换了微信", person.name);
    for (reason, said) in [
        ("换", "原因太短或太长：请写 4 到 200 个字"),
        (called.as_str(), "原因里有号码"),
        (named.as_str(), "原因里有号码或姓名"),
        (&"长".repeat(201), "4 到 200 个字"),
    ] {
        for sure in ["", "yes"] {
            let page = admin.post(&unbind, &[("reason", reason), ("sure", sure)]).await;
            assert_eq!((page.status, page.html.contains(said)), (422, true), "{reason}: {}", page.html);
        }
    }
    let asked = admin.post(&unbind, &[("reason", "考生换了微信")]).await;
    assert!(asked.html.contains("确定解除 林** 01********01 的绑定？"), "{}", asked.html);
    let key = app.app.store.exam_key(&person.exam_no);
    assert!(app.app.store.bound_to(&person.exam_no).await.unwrap().is_some(), "nothing is done yet");
    let page = admin.post(&unbind, &[("reason", "考生换了微信"), ("sure", "yes")]).await;
    assert!(
        page.path.ends_with(&format!("{key}?done=unbind")) && page.html.contains("已解除绑定"),
        "{}",
        page.html
    );
    assert!(page.html.contains("/staff/cases/"), "the application stays");
    app.settle().await;
    assert!(told(&app, &open_id).contains("解除"), "{}", told(&app, &open_id));
    let again = admin.post(&unbind, &[("reason", "考生换了微信"), ("sure", "yes")]).await;
    assert_eq!((again.status, again.html.contains("没有绑定微信")), (422, true), "{}", again.html);
    let line = app.app.store.list_audit_by("staff:管理", 1).await.unwrap().remove(0).audit;
    assert_eq!((line.act.as_str(), line.detail.as_str()), ("unbind", "考生换了微信"));

    // Another account binds the same candidate.
    let (other, _) = app.mock.user_with_greeting("另一个").await;
    let phone = person.phone.as_deref().map(|phone| &phone[phone.len() - 4..]);
    for words in ["绑定", &person.exam_no, "同意", &person.document_no].into_iter().chain(phone) {
        app.say(&other, Say::text(words)).await;
        app.settle().await;
    }
    assert_eq!(app.app.store.bound_to(&person.exam_no).await.unwrap(), Some(other));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_locked_number_is_freed_whoever_has_it() {
    let app = bot().await;
    // Nobody's, as far as anybody knows.
    let number = "010199999999";
    for _ in 0..PER_NUMBER {
        let (open_id, _) = app.mock.user_with_greeting("猜").await;
        for words in ["绑定", number, "同意", "440106200001010019", "1234"] {
            app.say(&open_id, Say::text(words)).await;
            app.settle().await;
        }
    }
    assert!(app.app.store.is_locked(number).await.unwrap());
    let mut city = signed_in(&app, "市考办王", "city:广州市").await;
    let page = city.post("/staff/people", &[("who", number)]).await;
    assert!(page.html.contains("没有找到") && !page.html.contains("已暂停绑定"), "{}", page.html);
    let mut province = signed_in(&app, "省考办李", "province").await;
    let page = province.post("/staff/people", &[("who", number)]).await;
    assert!(page.html.contains("已暂停绑定"), "{}", page.html);
    let path = link(&page);
    assert_eq!(city.get(&path).await.status, 404);
    assert!(province.get(&path).await.html.contains("没有记录的准考证号"));
    let asked = province.post(&format!("{path}/unlock"), &[("reason", "已核对身份")]).await;
    assert!(asked.html.contains("确定恢复这个准考证号的绑定？"), "{}", asked.html);
    province.post(&format!("{path}/unlock"), &[("reason", "已核对身份"), ("sure", "yes")]).await;
    assert!(!app.app.store.is_locked(number).await.unwrap());
    assert_eq!(province.get(&path).await.status, 404, "nothing is known of it any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_people_fit_every_screen() {
    let app = bot().await;
    let (_, person) = applicant(&app).await;
    account(&app, "省考办李", "province").await;
    let Some(mut screen) = Screen::signed_in(&app, "省考办李") else { return };
    screen.go("/staff/people");
    screen.keep("people");
    screen.type_into("[name=who]", "没有这人");
    screen.browser.press("查找");
    screen.wait_for("没有找到");
    screen.keep("people-nobody");
    screen.type_into("[name=who]", &person.name);
    screen.browser.press("查找");
    screen.wait_for("01********01");
    screen.keep("people-found");
    screen.browser.press("林**");
    screen.wait_for("考生换了微信");
    screen.keep("person");
    screen.type_into("[name=reason]", "考生换了微信");
    screen.browser.press("解除绑定……");
    screen.wait_for("确定解除");
    screen.keep("person-asked");
    screen.browser.press("解除绑定");
    screen.wait_for("已解除绑定");
    assert_eq!(screen.browser.complaints, Vec::<String>::new());
}
