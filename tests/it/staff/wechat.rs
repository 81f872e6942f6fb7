//! One's own WeChat account: a code on the page, said in the chat.

use mock_platform::Say;

use super::{
    bot,
    browser::{Browser, Page, account},
};

fn code(page: &Page) -> String {
    let (_, rest) = page.html.split_once("绑定账号 ").unwrap_or_else(|| panic!("{}", page.html));
    rest.chars().take(8).collect()
}

#[tokio::test]
async fn a_wechat_account_is_linked_by_a_code_that_is_shown_once_and_unlinked_again() {
    let app = bot().await;
    account(&app, "周老师", "announcer").await;
    let mut browser = Browser::signed_in(&app, "周老师").await;
    let page = browser.get("/staff/account").await;
    assert!(page.html.contains(">绑定微信</button>") && !page.html.contains("绑定账号 "), "{}", page.html);
    let drawn = browser.post("/staff/account/wechat/draw", &[]).await;
    let code = code(&drawn);
    assert!(code.bytes().all(|b| b.is_ascii_digit()) && drawn.html.contains("9:40 前有效"), "{}", drawn.html);
    assert!(!browser.get("/staff/account").await.html.contains(&code), "shown once");

    let open_id = app.mock.user("周老师").await;
    let said = app.say(&open_id, Say::text(format!("绑定账号 {code}"))).await;
    assert!(said.reply_xml.is_some());
    app.settle().await;
    assert_eq!(app.app.store.staff_open_id("周老师").await.unwrap().as_deref(), Some(open_id.as_str()));
    let page = browser.get("/staff/account").await;
    assert!(page.html.contains("已绑定，2026-06-15 09:30 起"), "{}", page.html);
    assert!(!page.html.contains(&open_id) && !page.html.contains(">绑定微信</button>"));
    let page = browser.post("/staff/account/wechat/draw", &[]).await;
    assert_eq!((page.status, page.html.contains("没有领到绑定码")), (422, true), "{}", page.html);

    let page = browser.post("/staff/account/wechat/end", &[]).await;
    assert!(
        page.html.contains("微信已解除绑定") && page.html.contains(">绑定微信</button>"),
        "{}",
        page.html
    );
    assert_eq!(app.app.store.staff_open_id("周老师").await.unwrap(), None);
    let acts = app.app.store.list_audit(Some("周老师"), 9).await.unwrap();
    let acts: Vec<_> = acts.iter().map(|row| (row.audit.actor.as_str(), row.audit.act.as_str())).collect();
    let own = "staff:周老师";
    assert_eq!(acts[..2], [(own, "unlink_wechat"), (own, "link_wechat")]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
