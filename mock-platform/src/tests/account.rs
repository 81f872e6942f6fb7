//! Switches of the account and its quotas, over real HTTP.

use serde_json::{Value, json};

use super::calls::Client;
use crate::{Account, Fault, Kind, Mock, Options, StrictChange};

async fn silent() -> Mock {
    Mock::start(Options { now: Some(1_781_488_800), ..Options::default() }).await.unwrap() // 2026-06-15 10:00
}

#[tokio::test]
async fn token_calls_meet_the_switches() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let options = mock.options();
    let (app, secret) = (&options.app_id, &options.app_secret);
    let plain = format!("/cgi-bin/token?grant_type=client_credential&appid={app}&secret={secret}");
    let stable = json!({ "grant_type": "client_credential", "appid": app, "secret": secret });
    for (switch, code) in [
        (json!({ "whitelist": ["10.0.0.1"] }), 40164),
        (json!({ "whitelist": ["10.0.0.1", "127.0.0.1"] }), 0),
        (json!({ "whitelist": null, "confirmation": 89503 }), 89503),
        (json!({ "confirmation": 89501 }), 89501),
        (json!({ "confirmation": null }), 0),
        (json!({ "secret_frozen": true }), 40243),
        (json!({ "secret_frozen": false }), 0),
    ] {
        client.post("/test/strict", &switch).await;
        for answer in [client.get(&plain).await, client.post("/cgi-bin/stable_token", &stable).await] {
            assert_eq!(answer["errcode"].as_i64().unwrap_or(0), code, "{switch}");
            if code == 40164 {
                let words = answer["errmsg"].as_str().unwrap();
                assert!(words.starts_with("invalid ip 127.0.0.1, not in whitelist rid: "), "{words}");
            }
        }
    }
    let ended = client.get("/cgi-bin/getcallbackip").await;
    assert_eq!(ended["errcode"], 40001, "frozen meanwhile: the token from before is dead");
    assert_eq!(client.get("/test/strict").await["account"], "verified");
    assert_eq!(client.plain("/test/strict", "{\"escape\":true}".to_owned()).await.0, 400);
}

#[tokio::test]
async fn escapes_are_refused_while_the_switch_is_on() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let body =
        format!("{{\"touser\":\"{openid}\",\"msgtype\":\"text\",\"text\":{{\"content\":\"\\u4f60\"}}}}");
    for (escapes, code) in [(false, 0), (true, 40033), (false, 0)] {
        mock.set_strict(StrictChange { escapes: Some(escapes), ..StrictChange::default() });
        assert_eq!(client.raw("/cgi-bin/message/custom/send", body.clone()).await["errcode"], code);
    }
}

#[tokio::test]
async fn other_accounts_have_less_and_the_meters_say_so() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let meter = async |path: &str| {
        let meters = client.get("/test/quotas").await;
        let meter = meters.as_array().unwrap().iter().find(|meter| meter["path"] == path).cloned().unwrap();
        (meter["used"].as_u64().unwrap(), meter["limit"].as_u64().unwrap())
    };
    client.get("/cgi-bin/user/get").await;
    assert_eq!(meter("/cgi-bin/user/get").await, (1, 500));
    mock.set_strict(StrictChange { account: Some(Account::Test), ..StrictChange::default() });
    for _ in 0..99 {
        assert_eq!(client.get("/cgi-bin/user/get").await["total"], 0);
    }
    assert_eq!(meter("/cgi-bin/user/get").await, (100, 100));
    assert_eq!(client.get("/cgi-bin/user/get").await["errcode"], 45009);
    let path = json!({ "cgi_path": "/cgi-bin/user/get" });
    let quota = client.post("/cgi-bin/openapi/quota/get", &path).await;
    assert_eq!(quota["quota"], json!({ "daily_limit": 100, "used": 100, "remain": 0 }));
    mock.set_strict(StrictChange { unlimited: Some(true), ..StrictChange::default() });
    assert_eq!(client.get("/cgi-bin/user/get").await["total"], 0);
}

#[tokio::test]
async fn a_token_ends_in_two_ways() {
    let mock = silent().await;
    let mut client = Client::of(&mock).await;
    let ask = async |client: &Client<'_>| client.get("/cgi-bin/getcallbackip").await["errcode"].as_i64();
    for (value, code) in [(Value::Null, 42001), (json!(40001), 40001)] {
        mock.fault(Fault::once("/cgi-bin", Kind::TokenExpired, value));
        let old = client.token.clone();
        client.renew().await;
        assert_eq!(client.token, old, "the fault waits for a call that has a token");
        assert_eq!(ask(&client).await, Some(code));
        assert_eq!(ask(&client).await, Some(code), "it stays dead");
        client.renew().await;
        assert_eq!(ask(&client).await, None);
    }
    client.token = format!("99_{}", "a".repeat(133));
    assert_eq!(ask(&client).await, Some(40001), "the form of a token, but none");
}

#[tokio::test]
async fn stable_tokens_are_ten_thousand_a_minute() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let now = mock.now();
    while mock.platform.state().quotas.count_minute("/cgi-bin/stable_token", now) {}
    let body = json!({ "grant_type": "client_credential", "appid": mock.options().app_id, "secret": mock.options().app_secret });
    assert_eq!(client.code("/cgi-bin/stable_token", &body).await, 45011);
    mock.advance(60);
    assert_eq!(client.code("/cgi-bin/stable_token", &body).await, 0);
}
