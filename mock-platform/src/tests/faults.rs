//! Every kind of fault on calls that answer with JSON, with a file, and without a token.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::calls::Client;
use crate::{Fault, Kind, Mock, Options};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

/// What a caller sees of an answer.
#[derive(Debug, PartialEq)]
enum Seen {
    Good,
    Errcode(i64),
    Status(u16),
    Html,
    Broken,
}

async fn see(client: &Client<'_>, path: &str) -> Seen {
    let answer = client.answer(path).await;
    let status = answer.status().as_u16();
    if status != 200 {
        return Seen::Status(status);
    }
    let kind = answer.headers()["content-type"].to_str().unwrap_or_default().to_owned();
    let Ok(bytes) = answer.bytes().await else { return Seen::Broken };
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(answer) if answer["errcode"].as_i64().unwrap_or(0) != 0 => {
            Seen::Errcode(answer["errcode"].as_i64().unwrap())
        }
        _ if kind.starts_with("text/html") => Seen::Html,
        _ => Seen::Good,
    }
}

/// A broken answer may have no head at all.
async fn see_broken(client: &Client<'_>, path: &str) -> bool {
    match client.try_answer(path).await {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    }
}

#[tokio::test]
async fn every_kind_strikes_json_files_and_calls_without_a_token() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let mut client = Client::of(&mock).await;
    let image = client.upload("/cgi-bin/media/upload?type=image", JPEG).await;
    let file = format!("/cgi-bin/media/get?media_id={}", image["media_id"].as_str().unwrap());
    let options = mock.options();
    let (app, secret) = (&options.app_id, &options.app_secret);
    let grant = format!("/cgi-bin/token?grant_type=client_credential&appid={app}&secret={secret}");
    for path in ["/cgi-bin/getcallbackip", &file, &grant] {
        let target = path.split('?').next().unwrap();
        for (kind, value, expected) in [
            (Kind::Delay, Value::from(20), Seen::Good),
            (Kind::Duplicate, Value::Null, Seen::Good),
            (Kind::Reorder, Value::from(20), Seen::Good),
            (Kind::Status, Value::from(503), Seen::Status(503)),
            (Kind::Errcode, Value::from(-1), Seen::Errcode(-1)),
            (Kind::Garbage, Value::Null, Seen::Html),
        ] {
            mock.fault(Fault::once(target, kind, value));
            assert_eq!(see(&client, path).await, expected, "{kind:?} {path}");
            assert!(mock.calls(0).last().unwrap().fault.is_some(), "{kind:?} {path}");
            assert_eq!(mock.faults_left(), 0);
        }
        for value in [Value::Null, Value::from("request")] {
            mock.fault(Fault::once(target, Kind::Drop, value));
            assert!(see_broken(&client, path).await, "{path}");
        }
        assert_eq!(see(&client, path).await, Seen::Good, "only once: {path}");
    }
    mock.fault(Fault::once("/cgi-bin", Kind::TokenExpired, Value::Null));
    assert_eq!(see(&client, &grant).await, Seen::Good, "there is no token to end");
    assert_eq!(see(&client, &file).await, Seen::Errcode(42001));
    client.renew().await;
    assert_eq!(see(&client, &file).await, Seen::Good);
    assert_eq!(mock.undeclared_errors(), [], "what a fault does is announced, and a dead token is used once");
}

#[tokio::test]
async fn a_call_lets_the_next_one_pass() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    mock.fault(Fault::once("/cgi-bin/getcallbackip", Kind::Reorder, 10_000));
    let began = Instant::now();
    let second = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.get("/cgi-bin/get_api_domain_ip").await
    };
    let (first, _) = tokio::join!(client.get("/cgi-bin/getcallbackip"), second);
    assert!(first["ip_list"].is_array() && began.elapsed() < Duration::from_secs(5));
    let paths: Vec<String> = mock.calls(0).into_iter().map(|call| call.path).collect();
    assert_eq!(paths[paths.len() - 2..], ["/cgi-bin/get_api_domain_ip", "/cgi-bin/getcallbackip"]);
}

#[tokio::test]
async fn a_duplicate_is_carried_out_twice() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let used = || mock.quotas().into_iter().find(|quota| quota.path == "/cgi-bin/user/get").unwrap().used;
    mock.fault(Fault::once("/cgi-bin/user/get", Kind::Duplicate, Value::Null));
    client.get("/cgi-bin/user/get").await;
    assert_eq!(used(), 2);
    for value in [Value::Null, Value::from("request")] {
        mock.fault(Fault::once("/cgi-bin/user/get", Kind::Drop, value));
        assert!(see_broken(&client, "/cgi-bin/user/get").await);
    }
    assert_eq!(used(), 3, "a lost answer was carried out, a lost request was not");
}
