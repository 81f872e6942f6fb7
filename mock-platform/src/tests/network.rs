//! What the account can ask about its own calls, and the check of the bot's address.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Fault, Kind, Mock, Options};

fn rid_of(answer: &Value) -> String {
    answer["errmsg"].as_str().unwrap().rsplit_once(" rid: ").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_rid_tells_its_call() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let body = json!({ "touser": "oNobody", "msgtype": "text", "text": { "content": "您好" } });
    let refused = client.post("/cgi-bin/message/custom/send", &body).await;
    let ask = async |rid: &str| client.post("/cgi-bin/openapi/rid/get", &json!({ "rid": rid })).await;
    let answer = ask(&rid_of(&refused)).await;
    let request = &answer["request"];
    assert_eq!(request["request_url"], "access_token=***");
    assert_eq!(serde_json::from_str::<Value>(request["request_body"].as_str().unwrap()).unwrap(), body);
    assert_eq!(serde_json::from_str::<Value>(request["response_body"].as_str().unwrap()).unwrap(), refused);
    assert_eq!(request["client_ip"], "127.0.0.1");
    assert!(mock.now() - request["invoke_time"].as_i64().unwrap() < 60);
    mock.fault(Fault::once("/cgi-bin/getcallbackip", Kind::Errcode, 45009));
    let struck = client.get("/cgi-bin/getcallbackip").await;
    assert!(ask(&rid_of(&struck)).await["request"].is_object(), "a fault's rid is a rid too");
    assert_eq!(ask("00000000-00000000-00000000").await["errcode"], 76001);
    assert_eq!(ask("x").await["errcode"], 76002);
}

#[tokio::test]
async fn quotas_are_cleared_with_and_without_a_token() {
    let mock = Mock::start(Options { now: Some(1_781_488_800), ..Options::default() }).await.unwrap();
    let client = Client::of(&mock).await;
    let options = mock.options();
    let used = async || {
        let body = json!({ "cgi_path": "/cgi-bin/user/get" });
        client.post("/cgi-bin/openapi/quota/get", &body).await["quota"]["used"].as_u64().unwrap()
    };
    client.get("/cgi-bin/user/get").await;
    assert_eq!(used().await, 1);
    let clear = "/cgi-bin/clear_quota";
    for (body, code) in [(json!({}), 41002), (json!({ "appid": "x" }), 40013)] {
        assert_eq!(client.code(clear, &body).await, code, "{body}");
    }
    let bare = Client::without_token(&mock);
    let by_secret =
        |secret: &str| format!("/cgi-bin/clear_quota/v2?appid={}&appsecret={secret}", options.app_id);
    assert_eq!(bare.code(&by_secret("x"), &json!({})).await, 40125);
    assert_eq!(bare.code(&by_secret(&options.app_secret), &json!({})).await, 0);
    assert_eq!(used().await, 0);
    for _ in 0..9 {
        assert_eq!(client.code(clear, &json!({ "appid": options.app_id })).await, 0);
    }
    assert_eq!(client.code(clear, &json!({ "appid": options.app_id })).await, 48006, "ten a month in all");
    assert_eq!(bare.code(&by_secret(&options.app_secret), &json!({})).await, 48006);
    assert_eq!(client.code("/cgi-bin/openapi/quota/get", &json!({ "cgi_path": "/x" })).await, 76021);
}

#[tokio::test]
async fn a_callback_check_really_asks_the_bot() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let check = async |action: &str, operator: &str| {
        let body = json!({ "action": action, "check_operator": operator });
        client.post("/cgi-bin/callback/check", &body).await
    };
    let all = check("all", "UNICOM").await;
    assert_eq!(all["dns"], json!([{ "ip": "127.0.0.1", "real_operator": "UNICOM" }]));
    assert_eq!(all["ping"][0]["package_loss"], "0%");
    assert!(all["ping"][0]["time"].as_str().unwrap().ends_with("ms"));
    assert_eq!(check("dns", "DEFAULT").await.get("ping"), None);
    assert_eq!(check("dance", "DEFAULT").await["errcode"], 40035);
    assert_eq!(check("all", "NOBODY").await["errcode"], 40035);
    mock.set_bot(bot.url.replace("/wechat", "/elsewhere"));
    assert_eq!(check("ping", "CAP").await["ping"][0]["package_loss"], "100%");
    for path in ["/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"] {
        assert_eq!(client.get(path).await["ip_list"], json!(["127.0.0.1"]));
    }
}
