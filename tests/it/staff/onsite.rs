//! The check on site and the province's last word, from the page to the chat.

use graduation_bot::workflow::case::Stage;

use super::{
    bot,
    browser::{Browser, Page, account},
    candidates::{Known, known},
};
use crate::support::app::TestApp;

const HOUR: i64 = 3600;
/// 广州市天河区, as addresses have it.
const TIANHE: &str = "/staff/onsite/%E5%B9%BF%E5%B7%9E%E5%B8%82%E5%A4%A9%E6%B2%B3%E5%8C%BA";

async fn offices() -> TestApp {
    let app = bot().await;
    for (name, role) in [
        ("赵老师", "district:天河区"),
        ("钱老师", "district:越秀区"),
        ("王老师", "city:广州市"),
        ("孙老师", "city:深圳市"),
        ("李老师", "province"),
    ] {
        account(&app, name, role).await;
    }
    app
}

/// The version that a person's line has, as a page shows it.
fn version(page: &Page, person: &Known) -> String {
    let line = page.html.split_once(&format!("id=\"c-{}\"", person.number)).unwrap().1;
    line.split_once("name=\"version\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// The fields of a line's form.
fn fields<'a>(
    person: &'a Known,
    version: &'a str,
    outcome: &'a str,
    text: &'a str,
) -> [(&'a str, &'a str); 5] {
    [
        ("case", &person.number),
        ("version", version),
        ("outcome", outcome),
        ("missing", text),
        ("opinion", text),
    ]
}

async fn stage(app: &TestApp, person: &Known) -> Stage {
    app.app.store.case_by_number(&person.number).await.unwrap().unwrap().stage
}

#[tokio::test]
async fn an_office_sees_its_own_days_and_nobody_elses() {
    let app = offices().await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    known(&app, 2, Stage::Submitted, "越秀区").await;
    let mut tianhe = Browser::signed_in(&app, "赵老师").await;
    let page = tianhe.get("/staff/onsite").await;
    assert!(page.html.contains(&format!("{TIANHE}/2026-06-15")), "{}", page.html);
    assert!(
        page.html.contains("今天") && !page.html.contains("越秀区") && !page.html.contains("毕业审核</a>")
    );
    let today = format!("{TIANHE}/2026-06-15");
    let page = tianhe.get(&today).await;
    for words in ["陈样例", "010112345678", "440103********0037", "毕业生登记表 2 份", "名单 <b>1</b> 人"]
    {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(!page.html.contains(&person.candidate.document_no) && !page.html.contains("黄样例"));
    for (q, found) in [("陈", true), ("5678", true), ("1234-5671", true), ("0037", true), ("黄", false)] {
        let page = tianhe.post(&format!("{today}/find"), &[("q", q)]).await;
        assert_eq!((page.status, page.html.contains("010112345678")), (200, found), "{q}");
    }
    let paper = tianhe.get(&format!("{today}/print")).await;
    assert!(paper.html.contains("考生签名") && paper.html.contains("由 赵老师 制表"), "{}", paper.html);
    for (name, path) in [
        ("钱老师", today.as_str()),
        ("孙老师", today.as_str()),
        ("赵老师", "/staff/onsite/%E5%B9%BF%E5%B7%9E%E5%B8%82%E8%B6%8A%E7%A7%80%E5%8C%BA/2026-06-15"),
        ("赵老师", &format!("{TIANHE}/2026-06-16")),
        ("赵老师", &format!("{TIANHE}/today")),
        ("李老师", "/staff/onsite/nowhere/2026-06-15"),
    ] {
        let mut browser = Browser::signed_in(&app, name).await;
        assert_eq!(browser.get(path).await.status, 404, "{name} {path}");
        assert_eq!(browser.get(&format!("{path}/print")).await.status, 404, "{name} {path}");
        let page = browser.post(path, &fields(&person, "1", "passed", "")).await;
        assert_ne!(page.status, 200, "{name} {path}");
    }
    assert_eq!(stage(&app, &person).await, Stage::Submitted, "nothing was written");
    let looks = app.app.store.list_audit(Some("广州市/天河区"), 50).await.unwrap();
    assert!(
        looks.iter().all(|row| row.audit.act == "view_appointments" && row.audit.actor == "staff:赵老师")
    );
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn another_office_s_case_is_as_unknown_as_none_on_site() {
    let app = offices().await;
    let person = known(&app, 1, Stage::Submitted, "越秀区").await;
    let mut browser = Browser::signed_in(&app, "赵老师").await;
    let today = format!("{TIANHE}/2026-06-15");
    for number in [person.number.as_str(), "87654321"] {
        let fields = [("case", number), ("version", "1"), ("outcome", "passed")];
        let page = browser.post(&today, &fields).await;
        assert_eq!((page.status, page.html.contains("没有这份申请")), (422, true), "{number}: {}", page.html);
    }
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_written_on_site_moves_the_case_and_the_chat_hears_it() {
    let app = offices().await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    let other = known(&app, 2, Stage::Submitted, "天河区").await;
    let today = format!("{TIANHE}/2026-06-15");
    let mut browser = Browser::signed_in(&app, "赵老师").await;
    let page = browser.get(&today).await;
    assert!(page.html.contains("今天还没有下班") && !page.html.contains("value=\"absent\""));
    let seen = version(&page, &person);
    let page = browser.post(&today, &fields(&person, &seen, "papers", "登记表")).await;
    assert_eq!((page.status, page.html.contains("至少 4 个字")), (422, true), "{}", page.html);
    assert!(page.html.contains("登记表</textarea>"), "what was typed is kept");
    let page = browser.post(&today, &fields(&person, &seen, "papers", "登记表没有盖章")).await;
    assert!(page.path.ends_with(&format!("#c-{}", person.number)), "back to the same line: {}", page.path);
    assert!(page.html.contains("需补材料") && page.html.contains("登记表没有盖章"), "{}", page.html);
    assert!(person.told(&app).await.contains("登记表没有盖章"));
    let page = browser.post(&today, &fields(&person, &seen, "passed", "")).await;
    assert_eq!((page.status, page.html.contains("刚刚有了变化")), (422, true), "an old page: {}", page.html);
    let page = browser.get(&today).await;
    let (fresh, untouched) = (version(&page, &person), version(&page, &other));
    let page = browser.post(&today, &fields(&person, &fresh, "passed", "")).await;
    assert!(page.html.contains("已记录：1234-5671 陈样例，初审通过"), "{}", page.html);
    assert!(person.told(&app).await.contains("初审通过"));
    assert_eq!(stage(&app, &person).await, Stage::OnsitePassed);
    let page = browser.post(&today, &fields(&person, &fresh, "passed", "")).await;
    assert_eq!(page.status, 422, "a second press of the same button");
    let case = Browser::signed_in(&app, "李老师").await.get(&format!("/staff/cases/{}", person.number)).await;
    for words in ["需补材料</span> 6月15日（周一）", "登记表没有盖章", "初审通过</span> 6月15日", "赵老师"]
    {
        assert!(case.html.contains(words), "{words}: {}", case.html);
    }

    let page = browser.post(&today, &fields(&other, &untouched, "absent", "")).await;
    assert_eq!((page.status, page.html.contains("今天还没有下班")), (422, true), "{}", page.html);
    let later = format!("{TIANHE}/2026-06-18");
    assert!(browser.get(&later).await.html.contains("这一天还没有到，只能看"));
    let page = browser.post(&later, &fields(&other, &untouched, "passed", "")).await;
    assert!(page.status == 422 && page.html.contains("现在记的是 6月15日（周一） 的结果"), "{}", page.html);
    app.pass(9 * HOUR).await;
    let mut browser = Browser::signed_in(&app, "赵老师").await;
    let page = browser.get(&format!("{today}?left=true")).await;
    assert!(page.html.contains("value=\"absent\"") && !page.html.contains("陈样例"), "{}", page.html);
    let absent = fields(&other, &untouched, "absent", "");
    let page = browser.post(&today, &[&absent[..], &[("left", "true")]].concat()).await;
    assert!(
        page.html.contains("黄样例，未到") && page.html.contains("名单里没有这样的考生"),
        "{}",
        page.html
    );
    assert!(other.told(&app).await.contains("没有到"));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_province_concludes_and_corrects() {
    let app = offices().await;
    let person = known(&app, 1, Stage::OnsitePassed, "天河区").await;
    let list = "/staff/onsite/conclude";
    let act = format!("{list}/{}", person.number);
    assert_eq!(Browser::signed_in(&app, "王老师").await.get(list).await.status, 403);
    let mut browser = Browser::signed_in(&app, "李老师").await;
    let page = browser.get(list).await;
    assert!(page.html.contains("1234-5671") && page.html.contains("陈**"), "{}", page.html);
    assert!(!page.html.contains("陈样例"));
    assert!(
        browser
            .get(&format!("{list}?city=%E6%B7%B1%E5%9C%B3%E5%B8%82"))
            .await
            .html
            .contains("没有等着毕业审核的")
    );
    let forged = browser.get(&format!("{list}?done=%3Cb%3Ecall+me")).await;
    assert!(!forged.html.contains("call me"), "a link cannot put words there");
    let seen = version(&browser.get(list).await, &person);
    let page = browser.post(&act, &fields(&person, &seen, "failed", "不行")).await;
    assert_eq!((page.status, page.html.contains("至少 4 个字")), (422, true), "{}", page.html);
    assert!(page.html.contains("不行</textarea>"));
    let page = browser.post(&act, &fields(&person, &seen, "failed", "缺少一门实践考核")).await;
    assert!(page.html.contains("已记录：1234-5671 毕业审核不通过"), "{}", page.html);
    assert!(page.html.contains("没有等着毕业审核的"));
    assert!(person.told(&app).await.contains("缺少一门实践考核"));
    let page = browser.post(&act, &fields(&person, &seen, "passed", "")).await;
    assert_eq!((page.status, page.html.contains("刚刚有了变化")), (422, true), "{}", page.html);
    let ended = format!("{list}?ended=true");
    let seen = version(&browser.get(&ended).await, &person);
    browser.post(&act, &fields(&person, &seen, "passed", "")).await;
    assert!(person.told(&app).await.contains("毕业审核通过"));
    assert_eq!(stage(&app, &person).await, Stage::Graduated);
    let case = browser.get(&format!("/staff/cases/{}", person.number)).await;
    for words in ["毕业审核不通过</span>", "缺少一门实践考核", "毕业审核通过</span>", "<dt>主考学校</dt>"]
    {
        assert!(case.html.contains(words), "{words}: {}", case.html);
    }
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
