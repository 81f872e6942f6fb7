//! Pages in WeChat's browser: who looks, what they allow, and the JS-SDK.

use serde_json::{Value, json};

use super::calls::Client;
use crate::{JsPage, Mock, Options, Settings};

struct Site<'a> {
    client: Client<'a>,
    mock: &'a Mock,
}

impl Site<'_> {
    fn authorize(&self, scope: &str, state: &str, more: &str) -> String {
        let app = &self.mock.options().app_id;
        format!(
            "/connect/oauth2/authorize?appid={app}&redirect_uri=http%3A%2F%2Fb.test%2Fc&response_type=code&scope={scope}&state={state}{more}"
        )
    }

    /// Follows the redirect to its code.
    async fn code(&self, scope: &str, openid: &str) -> String {
        let more = format!("&mock_openid={openid}&mock_consent=allow");
        let answer = self.client.answer(&self.authorize(scope, "s", &more)).await;
        let target = answer.headers()["location"].to_str().unwrap().to_owned();
        target.strip_prefix("http://b.test/c?code=").unwrap().strip_suffix("&state=s").unwrap().to_owned()
    }

    async fn exchange(&self, code: &str) -> Value {
        let options = self.mock.options();
        let (app, secret) = (&options.app_id, &options.app_secret);
        let path = format!("/sns/oauth2/access_token?appid={app}&secret={secret}&code={code}");
        self.client.get(&format!("{path}&grant_type=authorization_code")).await
    }

    async fn ask(&self, path: &str, token: &Value, openid: &Value) -> Value {
        let (token, openid) = (token.as_str().unwrap(), openid.as_str().unwrap());
        self.client.get(&format!("{path}?access_token={token}&openid={openid}&lang=zh_CN")).await
    }
}

#[tokio::test]
async fn a_page_learns_the_nickname_only_with_consent() {
    let domains = Some(vec!["b.test".to_owned()]);
    let mock = Mock::start(Options { redirect_domains: domains, ..Options::default() }).await.unwrap();
    let site = Site { client: Client::without_token(&mock), mock: &mock };
    let openid = mock.user("小陈").await;
    let page = site.authorize("snsapi_userinfo", "s", &format!("&mock_openid={openid}"));
    let asked = site.client.answer(&page).await.text().await.unwrap();
    assert!(asked.contains("申请获取您的昵称、头像") && asked.contains("mock_consent=allow"), "{asked}");
    let refused = site.client.answer(&format!("{page}&mock_consent=deny")).await;
    assert_eq!(refused.headers()["location"], "http://b.test/c?state=s");

    let grant = site.exchange(&site.code("snsapi_userinfo", &openid).await).await;
    assert_eq!((&grant["openid"], &grant["scope"]), (&json!(openid), &json!("snsapi_userinfo")));
    let token = &grant["access_token"];
    let who = site.ask("/sns/userinfo", token, &grant["openid"]).await;
    assert_eq!((&who["nickname"], &who["privilege"]), (&json!("小陈"), &json!([])));
    assert_eq!(site.ask("/sns/auth", token, &grant["openid"]).await["errcode"], 0);
    assert_eq!(site.ask("/sns/auth", token, &json!("other")).await["errcode"], 40003);
    let base = site.exchange(&site.code("snsapi_base", &openid).await).await;
    assert_eq!(site.ask("/sns/userinfo", &base["access_token"], &base["openid"]).await["errcode"], 48001);

    mock.advance(7200);
    assert_eq!(site.ask("/sns/userinfo", token, &grant["openid"]).await["errcode"], 42001);
    let refresh = async |token: &str| {
        let app = &mock.options().app_id;
        let path = format!("/sns/oauth2/refresh_token?appid={app}&grant_type=refresh_token");
        site.client.get(&format!("{path}&refresh_token={token}")).await
    };
    let refresh_token = grant["refresh_token"].as_str().unwrap();
    let fresh = refresh(refresh_token).await;
    assert_eq!(site.ask("/sns/userinfo", &fresh["access_token"], &grant["openid"]).await["nickname"], "小陈");
    assert_eq!(refresh("x").await["errcode"], 40030);
    mock.advance(30 * 86_400);
    assert_eq!(refresh(refresh_token).await["errcode"], 42002);
}

#[tokio::test]
async fn what_an_authorisation_has_to_be() {
    let domains = Some(vec!["b.test".to_owned()]);
    let mock = Mock::start(Options { redirect_domains: domains, ..Options::default() }).await.unwrap();
    let site = Site { client: Client::without_token(&mock), mock: &mock };
    let good = site.authorize("snsapi_base", "s", "");
    for (path, code) in [
        (good.replace("b.test", "c.test"), 10003),
        (good.replace("snsapi_base", "snsapi_dance"), 40035),
        (good.replace("appid=wx", "appid=x"), 40013),
        (site.authorize("snsapi_base", &"s".repeat(129), ""), 40035),
    ] {
        assert_eq!(site.client.get(&path).await["errcode"], code, "{path}");
    }
    assert_eq!(site.exchange("x").await["errcode"], 40029);
    let openid = mock.user("小陈").await;
    let code = site.code("snsapi_base", &openid).await;
    mock.advance(300);
    assert_eq!(site.exchange(&code).await["errcode"], 42003);
}

#[tokio::test]
async fn a_passing_account_has_an_openid_of_its_own() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let site = Site { client: Client::without_token(&mock), mock: &mock };
    let openid = mock.user("小陈").await;
    assert_eq!(site.exchange(&site.code("snsapi_base", &openid).await).await.get("is_snapshotuser"), None);
    mock.settings(&openid, Settings { snapshot_user: true, ..Settings::default() });
    let grant = site.exchange(&site.code("snsapi_userinfo", &openid).await).await;
    assert_eq!(grant["is_snapshotuser"], 1);
    assert_ne!(grant["openid"], json!(openid));
    let who = site.ask("/sns/userinfo", &grant["access_token"], &grant["openid"]).await;
    assert_eq!(who["nickname"], "微信用户");
}

#[tokio::test]
async fn a_pages_signature_is_checked() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let get = async || client.get("/cgi-bin/ticket/getticket?type=jsapi").await["ticket"].clone();
    let ticket = get().await;
    assert_eq!(get().await, ticket, "the same one for two hours");
    assert_eq!(client.get("/cgi-bin/ticket/getticket?type=x").await["errcode"], 40035);
    let ticket = ticket.as_str().unwrap();
    let signed =
        format!("jsapi_ticket={ticket}&noncestr=n&timestamp=1700000000&url=http://b.test/camera?t=1");
    let signature = crate::crypto::signature(&[&signed]);
    let page = |url: &str| json!({ "url": url, "noncestr": "n", "timestamp": 1_700_000_000, "signature": signature });
    for (url, ok) in [("http://b.test/camera?t=1#top", true), ("http://b.test/camera", false)] {
        assert_eq!(client.post("/test/jsapi/verify", &page(url)).await["ok"], ok, "{url}");
    }
    let page: JsPage = serde_json::from_value(page("http://b.test/camera?t=1")).unwrap();
    assert!(mock.verify_jsapi(&page));
    mock.advance(7200);
    assert!(!mock.verify_jsapi(&page), "the ticket has lapsed");
}
