//! Keys of the JSON API at the console.

use super::{
    bot,
    browser::{Browser, account},
};

#[tokio::test]
async fn a_key_is_shown_once_and_revoked_for_good() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    let mut browser = Browser::signed_in(&app, "主管").await;
    let page = browser.get("/staff/keys").await;
    assert!(page.html.contains("还没有密钥"), "{}", page.html);
    let city = [("name", "广州系统"), ("kind", "city"), ("place", "广州市"), ("days", "90")];
    let rows: [(&[(&str, &str)], &str); 4] = [
        (&[("scope", "conclude")], "这个角色不能“毕业审核”"),
        (&[], "至少选一个范围"),
        (&[("days", "999"), ("scope", "cases:read")], "没有添加"),
        (&[("place", "北京市"), ("scope", "cases:read")], "没有添加"),
    ];
    for (more, said) in rows {
        let given = city.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let fields: Vec<(&str, &str)> = given.chain(more).copied().collect();
        let page = browser.post("/staff/keys", &fields).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
        assert!(page.html.contains("value=\"广州系统\""), "what was typed is kept");
    }
    let fields: Vec<_> =
        city.into_iter().chain([("scope", "cases:read"), ("scope", "cases:decide")]).collect();
    let page = browser.post("/staff/keys", &fields).await;
    let secret = page.html.split_once("class=\"key\">").unwrap().1.split('<').next().unwrap().to_owned();
    assert!(secret.starts_with("gradbot_"), "{}", page.html);
    let request = browser.request(reqwest::Method::GET, "/api/v1/me").bearer_auth(&secret);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let page = browser.get("/staff/keys").await;
    assert!(page.html.contains("广州系统") && !page.html.contains(&secret), "only once");
    let page = browser.post("/staff/keys/revoke", &[("name", "广州系统")]).await;
    assert!(page.html.contains("密钥已吊销") && page.html.contains("已吊销</span>"), "{}", page.html);
    let request = browser.request(reqwest::Method::GET, "/api/v1/me").bearer_auth(&secret);
    assert_eq!(request.send().await.unwrap().status(), 401);
    let audit = app.app.store.list_audit(Some("key:广州系统"), 9).await.unwrap();
    let acts: Vec<&str> = audit.iter().map(|row| row.audit.act.as_str()).collect();
    assert_eq!(acts, ["revoke_key", "add_key"]);
    assert!(audit.iter().all(|row| row.audit.actor == "staff:主管"));
}
