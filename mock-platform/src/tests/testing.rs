//! The test API and what belongs to it: faults, the log, long polls, both clocks, upstream, the end of a mock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Channel, Fault, Kind, Mock, Options, Population, Registry, Say, UpstreamChange, Verdict};

const SEND: &str = "/cgi-bin/message/custom/send";

async fn silent() -> Mock {
    Mock::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn faults_of_the_api_are_taken_one_by_one() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("在")).await.unwrap();
    let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": "x" } });
    let shown = || mock.chat(&openid, 0).iter().filter(|item| item.channel == Some(Channel::Custom)).count();
    mock.fault(Fault { times: 2, ..Fault::once(SEND, Kind::Errcode, -1) });
    assert_eq!(client.text(&openid, "x").await, -1);
    assert_eq!(client.text(&openid, "x").await, -1);
    mock.fault(Fault::once(SEND, Kind::Drop, Value::Null));
    assert!(client.try_post(SEND, &body).await.is_err());
    assert_eq!(shown(), 1, "carried out, the answer lost");
    mock.fault(Fault::once(SEND, Kind::Drop, "request"));
    assert!(client.try_post(SEND, &body).await.is_err());
    mock.fault(Fault::once(SEND, Kind::Garbage, Value::Null));
    assert!(client.try_post(SEND, &body).await.is_err());
    mock.fault(Fault::once(SEND, Kind::Status, 502));
    assert!(client.try_post(SEND, &body).await.is_err());
    assert_eq!(shown(), 1);
    mock.fault(Fault::once(SEND, Kind::Duplicate, Value::Null));
    assert_eq!(client.text(&openid, "x").await, 0);
    assert_eq!(shown(), 3);
    mock.fault(Fault::once("/cgi-bin", Kind::Delay, 30));
    assert_eq!(client.text(&openid, "x").await, 0);
    assert_eq!(mock.calls(0).last().unwrap().fault.as_deref(), Some("delay 30"));
    assert!(mock.calls(0).last().unwrap().duration_ms >= 30);
    assert_eq!(mock.undeclared_errors(), [], "faults are announced");
}

#[tokio::test]
async fn an_errcode_nobody_announced_is_remembered() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    client.text("oNobody", "x").await;
    assert_eq!(mock.undeclared_errors().len(), 1);
    mock.expect_errcode(SEND, 40003);
    assert_eq!(mock.undeclared_errors(), []);
    client.text("oNobody", "x").await;
    assert_eq!(mock.undeclared_errors(), []);
    let call = mock.calls(0).pop().unwrap();
    assert_eq!(call.request["body"]["touser"], "oNobody");
    assert!(!call.request.to_string().contains(&client.token));
}

#[tokio::test]
async fn a_long_poll_ends_with_the_first_news() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let after = mock.last_seq();
    let path = format!("/test/users/{openid}/chat?after={after}&wait=20");
    let began = std::time::Instant::now();
    let (items, code) = tokio::join!(client.get(&path), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.text(&openid, "来了").await
    });
    assert_eq!(code, 0);
    assert_eq!((&items[0]["content"], &items[0]["channel"]), (&json!("来了"), &json!("custom")));
    assert!(began.elapsed() < Duration::from_secs(5));
    let path = format!("/test/users/{openid}/chat?after={}&wait=0.05", mock.last_seq());
    assert_eq!(client.get(&path).await, json!([]));
}

#[tokio::test]
async fn the_test_api_speaks_json() {
    let moved = Arc::new(AtomicI64::new(0));
    let follow = Arc::clone(&moved);
    let on_clock: crate::OnClock = Arc::new(move |seconds| {
        follow.fetch_add(seconds, Ordering::Relaxed);
    });
    let options = Options { on_clock: Some(on_clock), ..Options::default() };
    let (mock, _bot) =
        Bot::with(options, |message, _| Reply::Text(message.text_of("MsgType").unwrap().to_owned())).await;
    let client = Client::of(&mock).await;
    let openid = client.post("/test/users", &json!({ "nickname": "小陈" })).await["openid"]
        .as_str()
        .unwrap()
        .to_owned();
    let say = format!("/test/users/{openid}/say");
    let said = client.post(&say, &json!({ "type": "image", "file": "/9j/4A==", "via": "camera" })).await;
    assert_eq!((&said["attempts"], &said["reply"]["content"]), (&json!(1), &json!("image")));
    let said = client.post(&say, &json!({ "type": "scan", "scene": 7 })).await;
    assert_eq!(said["reply"]["type"], "text");
    let error = client.post("/test/users/oNobody/say", &json!({ "type": "sticker" })).await;
    assert!(error["error"].as_str().unwrap().contains("oNobody"));
    let before = mock.now();
    client.post("/test/clock", &json!({ "advance_seconds": 3600 })).await;
    assert!(mock.now() >= before + 3600);
    assert_eq!(moved.load(Ordering::Relaxed), 3600);
    client.post("/test/faults", &json!({ "target": "callback", "kind": "drop", "times": 3 })).await;
    let said = client.post(&say, &json!({ "type": "text", "content": "喂" })).await;
    assert_eq!((&said["attempts"], &said["reply"]["from"]), (&json!(3), &json!("system")));
    client.post("/test/reset", &json!({})).await;
    assert_eq!(client.get("/test/users").await, json!([]));
    let updates = client.get("/page/updates").await;
    assert_eq!(updates["head"]["people"], json!([]));
}

#[tokio::test]
async fn upstream_answers_as_it_is_told() {
    let candidate = json!({ "exam_no": "010112345678", "name": "陈样例" });
    let options = Options { candidates: vec![candidate.clone()], ..Options::default() };
    let mock = Mock::start(options).await.unwrap();
    let client = Client::of(&mock).await;
    let path = "/upstream/registry/candidates/010112345678";
    assert_eq!(client.get(path).await, candidate);
    assert_eq!(client.answer("/upstream/registry/candidates/000000000000").await.status(), 404);
    let verify = json!({ "name": "陈样例", "document_no": "440103199003070037" });
    let ask = || client.post("/upstream/population/verify", &verify);
    assert_eq!(ask().await, json!({ "result": "match" }));
    let change =
        json!({ "registry": "down", "population": { "numbers": { "440103199003070037": "mismatch" } } });
    client.post("/test/upstream", &change).await;
    assert_eq!(client.answer(path).await.status(), 503);
    assert_eq!(ask().await, json!({ "result": "mismatch", "reason": "姓名不一致" }));
    let numbers = [("440103199003070037".to_owned(), Verdict::Unavailable)].into();
    let population = Some(Population { numbers, ..Population::default() });
    mock.upstream(UpstreamChange { registry: Some(Registry::Up), population, ..UpstreamChange::default() });
    assert_eq!(client.answer(path).await.status(), 200);
    assert!(ask().await["error"].is_string());
}

#[tokio::test]
async fn dropping_the_mock_frees_its_port() {
    let mock = silent().await;
    let address = mock.address();
    drop(mock);
    for _ in 0..100 {
        if tokio::net::TcpListener::bind(address).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{address} is still taken");
}
