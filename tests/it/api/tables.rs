//! Figures, batches, places and imports.

use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    bot,
    client::{Client, told},
    hand_in,
};

#[tokio::test]
async fn figures_are_of_the_places_that_a_key_sees() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    hand_in(&app, 1, "10000002", "深圳市", "福田区").await;
    for (name, role, expected) in [("省", "province", 2), ("广州", "city:广州市", 1)] {
        let figures = Client::of(&app, name, role).await.get("/api/v1/overview").await;
        let waiting = figures.body["waiting"][0]["counts"].as_array().unwrap();
        let sum: i64 = waiting.iter().map(|count| count.as_i64().unwrap()).sum();
        assert_eq!((figures.status, sum), (200, expected), "{role}: {figures:?}");
    }
}

#[tokio::test]
async fn a_batch_is_made_once_and_by_the_rules() {
    let app = bot().await;
    let province = Client::of(&app, "省系统", "province").await;
    let batch = |id: &str, opens: &str| {
        json!({ "id": id, "name": "下半年", "opens": opens, "closes": "2026-12-16T16:00",
            "portrait_review_ends": "2026-12-17T17:30", "year": 2026, "schedule": "地点.csv" })
    };
    let made = province.post("/api/v1/batches", "one", &batch("2026-12", "2026-12-11T09:30")).await;
    assert_eq!((made.status, &made.body["opens"]), (201, &"2026-12-11T09:30".into()), "{made:?}");
    let again = province.post("/api/v1/batches", "two", &batch("2026-12", "2026-12-11T09:30")).await;
    assert_eq!((again.status, again.problem()), (409, "refused"), "{again:?}");
    assert_eq!(again.body["errors"][0]["pointer"], "/id");
    let late = province.post("/api/v1/batches", "three", &batch("2027-06", "2026-12-31T09:30")).await;
    assert_eq!(late.problem(), "refused", "it closes before it opens: {late:?}");
    let wrong = province.post("/api/v1/batches", "four", &batch("2027-06", "soon")).await;
    assert_eq!((wrong.problem(), &wrong.body["errors"][0]["pointer"]), ("invalid", &"/opens".into()));
    let listed = province.get("/api/v1/batches").await;
    assert_eq!(listed.body["batches"].as_array().unwrap().len(), 2, "{listed:?}");
}

#[tokio::test]
async fn a_place_is_edited_as_it_was_read() {
    let app = bot().await;
    let province = Client::of(&app, "省系统", "province").await;
    let read = province.get("/api/v1/batches/2026-06/places").await;
    let seen = read.body["seen"].as_i64().unwrap();
    let (city, district) = (&read.body["places"][0]["city"], &read.body["places"][0]["district"]);
    let edit = |name: &'static str, seen: i64, trial: bool| {
        let body =
            json!({ "seen": seen, "city": city, "district": district, "address": "新路1号", "trial": trial });
        let request = province.request(Method::PATCH, "/api/v1/batches/2026-06/places");
        let request = request.header("idempotency-key", name).json(&body);
        async move { told(request.send().await.unwrap()).await }
    };
    let trial = edit("a", seen, true).await;
    assert_eq!((trial.status, &trial.body["changes"][0]["new"]), (200, &"新路1号".into()), "{trial:?}");
    let done = edit("b", seen, false).await;
    assert_eq!((done.status, &done.body["moved"]), (200, &false.into()), "{done:?}");
    let late = edit("c", seen, false).await;
    assert_eq!(late.problem(), "conflict", "{late:?}");
    let read = province.get("/api/v1/batches/2026-06/places").await;
    assert_eq!(read.body["places"][0]["address"], "新路1号");
    assert_eq!(province.get("/api/v1/batches/2099-06/places").await.problem(), "not-found");
}

#[tokio::test]
async fn a_table_is_looked_at_and_then_stored_as_it_was_seen() {
    let app = bot().await;
    let province = Client::of(&app, "省系统", "province").await;
    let plans = include_str!("../../../examples/data/plans.json");
    let send = |path: String, name: &'static str, body: String, kind: &'static str| {
        let request = province.request(Method::POST, &path).header("idempotency-key", name);
        let request = request.header("content-type", kind).body(body);
        async move { told(request.send().await.unwrap()).await }
    };
    let preview =
        send("/api/v1/imports/plans/preview".into(), "-", plans.to_owned(), "application/json").await;
    assert_eq!((preview.status, &preview.body["added"]), (200, &0.into()), "{preview:?}");
    let seen = preview.body["seen"].as_str().unwrap();
    let done =
        send(format!("/api/v1/imports/plans?seen={seen}"), "a", plans.to_owned(), "application/json").await;
    assert_eq!((done.status, &done.body["rows"]), (200, &preview.body["rows"]), "{done:?}");
    let other =
        send(format!("/api/v1/imports/plans?seen={seen}"), "b", "[]".into(), "application/json").await;
    assert_eq!(other.status, 409, "another file: {other:?}");
    let wrong = send("/api/v1/imports/plans/preview".into(), "-", "a,b\n1,2\n".into(), "text/csv").await;
    assert_eq!((wrong.status, wrong.problem()), (409, "refused"), "{wrong:?}");
    let image = send("/api/v1/imports/plans/preview".into(), "-", String::new(), "image/png").await;
    assert_eq!(image.problem(), "unsupported-media-type");
    let large = send("/api/v1/imports/plans/preview".into(), "-", " ".repeat(1 << 20), "text/csv").await;
    assert_ne!(large.status, 413, "files may be large");
    let template = province.get("/api/v1/templates/plans").await;
    assert!(template.status == 200 && template.header("content-type").ends_with("spreadsheetml.sheet"));
}

/// A file on its way, whose place the bot has given: it asks for the body.
async fn begin_file(client: &Client, text: &str) -> TcpStream {
    let mut connection = TcpStream::connect(client.host()).await.unwrap();
    let head = format!(
        "POST /api/v1/imports/plans/preview HTTP/1.1\r\nhost: bot\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        client.key,
        text.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    connection.read_exact(&mut told).await.unwrap();
    assert_eq!(std::str::from_utf8(&told).unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
    connection
}

#[tokio::test]
async fn few_files_are_in_memory_at_once() {
    let app = bot().await;
    let province = Client::of(&app, "省系统", "province").await;
    let mut under_way = [begin_file(&province, "[]").await, begin_file(&province, "[]").await];
    let look = async || {
        let request = province.request(Method::POST, "/api/v1/imports/plans/preview");
        told(request.header("content-type", "application/json").body("[]").send().await.unwrap()).await
    };
    let third = look().await;
    assert_eq!((third.status, third.problem(), third.header("retry-after")), (503, "unavailable", "15"));
    assert_eq!(province.get("/api/v1/batches").await.status, 200, "only files wait");
    for connection in &mut under_way {
        connection.write_all(b"[]").await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(!answer.contains("503"), "{answer}");
    }
    assert_ne!(look().await.status, 503, "there is a place again");
}
