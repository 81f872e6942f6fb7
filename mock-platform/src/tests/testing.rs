//! The test API and what belongs to it: faults, the log, long polls, both clocks, upstream, the end of a mock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use super::drafts::JPEG;
use crate::{Channel, Fault, Kind, Mock, Options, Population, Registry, Say, UpstreamChange, Verdict};

const SEND: &str = "/cgi-bin/message/custom/send";
const VERIFY: &str = "/upstream/population/verify";

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
    let callback_interval = Duration::from_millis(10);
    let options = Options { on_clock: Some(on_clock), callback_interval, ..Options::default() };
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
async fn a_callers_mistake_is_told_in_json() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let say = format!("/test/users/{openid}/say");
    let rows = [
        (say.as_str(), json!({ "type": "text" }), 400, "content"),
        (&say, json!({ "type": "shout", "content": "喂" }), 400, "shout"),
        (&say, json!({ "type": "tap", "id": "9" }), 404, "menu item 9"),
        ("/test/faults", json!({ "target": "callback", "kind": "errcode" }), 400, "errcode"),
        ("/test/faults", json!({ "target": "callback", "kind": "hunger" }), 400, "hunger"),
        ("/test/clock", json!({ "advance_seconds": -1 }), 400, "forward"),
        ("/test/upstream", json!({ "population": { "default": "maybe" } }), 400, "maybe"),
        ("/test/nothing", json!({}), 404, "/test/nothing"),
    ];
    for (path, body, status, words) in rows {
        let (found, answer) = client.plain(path, body.to_string()).await;
        let error = answer["error"].as_str().unwrap_or_default().to_owned();
        assert!(found == status && error.contains(words), "{path} {body}: {found} {answer}");
    }
    let (status, answer) = client.plain("/test/clock", "{".to_owned()).await;
    assert!(status == 400 && answer["error"].is_string(), "{answer}");
    let answer = client.answer(&format!("/test/users/{openid}/chat?after=soon")).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.json::<Value>().await.unwrap()["error"].is_string());
}

#[tokio::test]
async fn nobody_needs_a_content_type_or_a_nickname() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let (status, answer) = client.plain("/test/users", r#"{"follow":false}"#.to_owned()).await;
    assert_eq!((status, answer["reply"].is_null()), (200, true));
    let people = client.get("/test/users").await;
    assert_eq!((&people[0]["nickname"], &people[0]["follows"]), (&json!("考生 1"), &json!(false)));
    let (status, _) = client.plain("/test/reset", String::new()).await;
    assert_eq!((status, client.get("/test/users").await), (200, json!([])));
}

#[tokio::test]
async fn people_can_be_forgotten_without_what_the_account_has_set_up() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    mock.user("小陈").await;
    let menu = json!({ "button": [{ "type": "click", "name": "帮助", "key": "HELP" }] });
    assert_eq!(client.post("/cgi-bin/menu/create", &menu).await["errcode"], 0);
    let material = client.upload("/cgi-bin/material/add_material?type=image", JPEG).await;
    client.post("/test/upstream", &json!({ "population": { "default": "mismatch" } })).await;
    client.post("/test/reset", &json!({ "people_only": true })).await;
    assert_eq!(client.get("/test/users").await, json!([]));
    assert_eq!(mock.menu(), Some(menu));
    let counted = client.get("/cgi-bin/material/get_materialcount").await;
    assert_eq!((&counted["image_count"], material["media_id"].is_string()), (&json!(1), true));
    let head = client.get("/page/updates").await["head"].clone();
    assert_eq!(head["population"]["default"], "mismatch");
    client.post("/test/reset", &json!({})).await;
    assert_eq!(mock.menu(), None);
}

#[tokio::test]
async fn a_page_that_waits_hears_of_a_changed_setting() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let old = client.get("/page/updates").await;
    let seen = old["seen"].as_str().unwrap();
    let wait = format!("/page/updates?after={}&seen={seen}", old["after"]);
    let change = async {
        // The page is waiting by then; were it not, the answer would be the same.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let settings = json!({ "refuses_messages": true });
        client.post(&format!("/test/users/{openid}/settings"), &settings).await
    };
    let news =
        tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(client.get(&wait), change).0 });
    let news = news.await.expect("the page is told at once");
    assert_eq!(news["head"]["people"][0]["settings"]["refuses_messages"], true);
}

#[tokio::test]
async fn a_tap_names_its_menu_when_two_have_the_item() {
    let (mock, _bot) = Bot::with(Options::default(), |message, _| {
        Reply::Text(message.text_of("Content").unwrap_or("好").to_owned())
    })
    .await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("在")).await.unwrap();
    for content in ["下一步", "申请"] {
        let menu = json!({ "head_content": "请选：", "list": [{ "id": "1", "content": content }], "tail_content": "" });
        let body = json!({ "touser": openid, "msgtype": "msgmenu", "msgmenu": menu });
        assert_eq!(client.post(SEND, &body).await["errcode"], 0);
    }
    let is_menu = |item: &&crate::Item| matches!(item.body, crate::Body::Msgmenu { .. });
    let first = mock.chat(&openid, 0).iter().find(is_menu).unwrap().seq;
    let say = format!("/test/users/{openid}/say");
    let newest = client.post(&say, &json!({ "type": "tap", "id": "1" })).await;
    let named = client.post(&say, &json!({ "type": "tap", "id": 1, "seq": first })).await;
    assert_eq!((&newest["reply"]["content"], &named["reply"]["content"]), (&json!("申请"), &json!("下一步")));
    let (status, _) =
        client.plain(&say, json!({ "type": "tap", "id": "1", "seq": first + 1000 }).to_string()).await;
    assert_eq!(status, 404);
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
async fn calls_of_the_upstream_systems_are_in_the_log_with_what_was_asked() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let before = mock.last_seq();
    client.post(VERIFY, &json!({ "name": "陈样例", "document_no": "440103199003070037" })).await;
    client.answer("/upstream/registry/candidates/010112345678").await;
    let calls = mock.calls(before);
    let asked = json!({ "name": "陈样例", "document_no": "440103199003070037" });
    assert_eq!(calls[0].request, json!({ "query": {}, "body": asked }));
    assert_eq!(calls[1].request, json!({ "query": {}, "body": null }));
}

#[tokio::test]
async fn faults_of_the_upstream_systems_have_an_effect_or_are_refused() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let asked = json!({ "name": "陈样例", "document_no": "440103199003070037" });
    for value in [Value::Null, "request".into()] {
        mock.fault(Fault::once("/upstream/population", Kind::Drop, value));
        assert!(client.try_post(VERIFY, &asked).await.is_err(), "the answer is lost");
    }
    mock.fault(Fault::once("/upstream", Kind::Reorder, 5_000));
    let began = std::time::Instant::now();
    let before = mock.last_seq();
    let (held, passed) = tokio::join!(client.post(VERIFY, &asked), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        client.answer("/upstream/registry/candidates/010112345678").await
    });
    assert_eq!((held, passed.status().as_u16()), (json!({ "result": "match" }), 404));
    let paths: Vec<_> = mock.calls(before).into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/upstream/registry/candidates/010112345678", VERIFY], "the other one passed it");
    assert!(began.elapsed() < Duration::from_secs(5));
    for kind in ["errcode", "duplicate", "token_expired"] {
        let refused =
            client.post("/test/faults", &json!({ "target": "/upstream/registry", "kind": kind })).await;
        assert!(refused["error"].as_str().unwrap().contains("cannot be there"), "{kind}: {refused}");
    }
}

#[tokio::test]
async fn a_person_with_a_verdict_of_their_own_recovers_by_it() {
    let candidate =
        json!({ "exam_no": "010112345678", "name": "陈样例", "document_no": "440103199003070037" });
    let mock = started_with(candidate).await;
    let client = Client::of(&mock).await;
    let named = async || client.get("/page/updates").await["head"]["population"]["named"].clone();
    let row =
        |verdict: &str| json!([{ "number": "440103199003070037", "name": "陈样例", "verdict": verdict }]);
    let asked = json!({ "name": "陈样例", "document_no": "440103199003070037" });
    let ask = || client.post(VERIFY, &asked);
    assert_eq!(named().await, row("unavailable"), "the page shows a switch for each of them");
    client.post("/test/upstream", &json!({ "population": { "default": "match" } })).await;
    assert!(ask().await["error"].is_string(), "the general switch is for everybody else");
    let switch = json!({ "population": { "numbers": { "440103199003070037": "match" } } });
    client.post("/test/upstream", &switch).await;
    assert_eq!(named().await, row("match"));
    assert_eq!(ask().await, json!({ "result": "match" }));
}

#[tokio::test]
async fn reset_returns_to_the_start() {
    let candidate =
        json!({ "exam_no": "010112345678", "name": "陈样例", "document_no": "440103199003070037" });
    let mock = started_with(candidate).await;
    let client = Client::of(&mock).await;
    let numbers = [("440103199003070037".to_owned(), Verdict::Match)].into();
    let population =
        Some(Population { default: Some(Verdict::Unavailable), numbers, ..Population::default() });
    mock.upstream(UpstreamChange { registry: Some(Registry::Down), population, ..UpstreamChange::default() });
    client.answer("/cgi-bin/menu/delete").await;
    let openid = mock.stranger("小陈");
    let head = async || client.get("/page/updates").await["head"].clone();
    let spoilt = head().await;
    client.post("/test/reset", &json!({})).await;
    let fresh = head().await;
    assert_ne!(spoilt, fresh);
    assert_eq!(mock.menu(), Some(menu()));
    assert_eq!((&fresh["registry"], &fresh["people"]), (&json!("up"), &json!([])));
    assert_eq!(fresh["population"]["default"], "match");
    assert_eq!(fresh["population"]["named"][0]["verdict"], "unavailable");
    assert_eq!(mock.chat(&openid, 0), []);
}

fn menu() -> Value {
    json!({ "button": [{ "type": "click", "name": "帮助", "key": "HELP" }] })
}

/// A mock with a menu, and one candidate whom the population file does not answer about.
async fn started_with(candidate: Value) -> Mock {
    let numbers = [("440103199003070037".to_owned(), Verdict::Unavailable)].into();
    let population = Population { numbers, ..Population::default() };
    let candidates = vec![candidate];
    Mock::start(Options { candidates, population, menu: Some(menu()), ..Options::default() }).await.unwrap()
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
