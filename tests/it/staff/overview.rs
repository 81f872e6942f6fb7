//! The first page: whose figures, and where they lead.

use graduation_bot::workflow::case::Stage;

use super::{
    bot,
    browser::{Browser, account},
    candidates::known,
};

const DAY: i64 = 86_400;

#[tokio::test]
async fn everybody_sees_the_figures_of_their_own_places() {
    let app = bot().await;
    let rows = [
        ("王老师", "city:广州市"),
        ("孙老师", "city:深圳市"),
        ("赵老师", "district:天河区"),
        ("周老师", "announcer"),
        ("吴老师", "admin"),
    ];
    for (name, role) in rows {
        account(&app, name, role).await;
    }
    let waiting = known(&app, 1, Stage::DocumentsAtCity, "天河区").await;
    known(&app, 2, Stage::Submitted, "天河区").await;
    known(&app, 3, Stage::Submitted, "越秀区").await;
    waiting.lose_a_push(&app, "01A", "refused 43004").await;

    let mut city = Browser::signed_in(&app, "王老师").await;
    let page = city.get("/staff").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/staff"));
    for words in [
        "2026年上半年",
        "正在申请",
        "还有 2 天 6 小时",
        "补填前置学历截止</span> <b>2026-07-03</b> <span>还有 18 天 14 小时",
        "等着审核 <b>1</b> 份",
        "超过承诺 <b>0</b> 份",
        "市考办审核证件",
        "今天提交 <b>3</b> 份",
        "已申请 <b>2</b> 人",
        "广州市天河区",
        "考生没有关注公众号（43004）",
        "href=\"/staff/queue?stage=documents_at_city\"",
        "href=\"/staff/queue\" data-key=\"s\">开始审核",
    ] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(!page.html.contains("/staff/deliveries"), "a city has nothing sent again");
    let onsite = "/staff/onsite/%E5%B9%BF%E5%B7%9E%E5%B8%82%E5%A4%A9%E6%B2%B3%E5%8C%BA/2026-06-15";
    assert!(page.html.contains(onsite), "a figure leads to its list");
    assert_eq!(city.get(onsite).await.status, 200);

    let tianhe = Browser::signed_in(&app, "赵老师").await.get("/staff").await;
    assert!(tianhe.html.contains("已申请 <b>1</b> 人"), "{}", tianhe.html);
    assert!(!tianhe.html.contains("越秀区") && !tianhe.html.contains("/staff/queue"));
    let shenzhen = Browser::signed_in(&app, "孙老师").await.get("/staff").await;
    assert!(shenzhen.html.contains("等着审核 <b>0</b> 份") && !shenzhen.html.contains("天河区"));
    let admin = Browser::signed_in(&app, "吴老师").await.get("/staff").await;
    assert!(admin.html.contains("/staff/deliveries?why=given_up+refused+43004"), "{}", admin.html);
    assert!(!admin.html.contains("开始审核") && !admin.html.contains("/staff/onsite"), "{}", admin.html);
    assert_eq!(Browser::signed_in(&app, "周老师").await.get("/staff").await.path, "/staff/broadcasts");
    assert_eq!(app.end(1).await, Vec::<String>::new());
}

/// Another test, because figures are shown again for a few seconds.
#[tokio::test]
async fn what_waits_longer_than_was_promised_is_counted() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    known(&app, 1, Stage::DocumentsAtCity, "天河区").await;
    // Three days on, from Monday to Thursday: two were promised.
    app.pass(3 * DAY).await;
    let page = Browser::signed_in(&app, "李老师").await.get("/staff").await;
    for words in ["超过承诺 <b class=\"late\">1</b> 份", "3 天", "照片还在审核", "今天还没有人提交"]
    {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
