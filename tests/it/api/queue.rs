//! The queue: what is listed, the next case, and whose it is.

use graduation_bot::office::{Role, keys::Scope};
use reqwest::Method;
use serde_json::json;

use super::{
    bot,
    client::{Client, Told, told},
    hand_in,
};
use crate::support::app::TestApp;

const DAY: i64 = 24 * 3600;

fn id(number: &str) -> String {
    format!("01J{number:0>23}")
}

/// A write without a body.
async fn act(client: &Client, path: &str, name: &str) -> Told {
    let request = client.request(Method::POST, path).header("idempotency-key", name);
    told(request.send().await.unwrap()).await
}

async fn holder(app: &TestApp, number: &str) -> Option<String> {
    let held = app.app.store.case_holder(&id(number), app.app.clock.wire()).await.unwrap();
    held.map(|(staff, _)| staff)
}

/// The numbers of a list.
async fn listed(client: &Client, query: &str) -> Vec<String> {
    let told = client.get(&format!("/api/v1/cases?{query}")).await;
    assert_eq!(told.status, 200, "{query}: {told:?}");
    let cases = told.body["cases"].as_array().unwrap();
    cases.iter().map(|case| case["number"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_takes_the_conditions_of_the_console_s_queue() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    app.pass(2 * DAY).await;
    hand_in(&app, 1, "10000002", "广州市", "越秀区").await;
    hand_in(&app, 2, "10000003", "深圳市", "福田区").await;
    let province = Client::of(&app, "省系统", "province").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let admin = Client::of(&app, "管理系统", "admin").await;
    let first = city.post("/api/v1/cases/10000001/approve", "a", &json!({ "round": 1 })).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(act(&city, "/api/v1/cases/10000002/hold", "b").await.status, 200);
    let all = ["10000002", "10000003", "10000001"];
    let rows: [(&Client, &str, &[&str]); 15] = [
        (&province, "", &all),
        (&province, "order=newest", &["10000001", "10000003", "10000002"]),
        (&province, "waiting=true", &["10000001"]),
        (&city, "waiting=true", &["10000002"]),
        (&admin, "waiting=true", &all),
        (&province, "part=documents", &all),
        (&province, "part=portrait", &[]),
        (&province, "part=documents&stage=ready", &[]),
        (&province, "stage=documents_at_city&city=深圳市", &["10000003"]),
        (&province, "district=越秀区", &["10000002"]),
        (&province, "rounds=first", &all),
        (&province, "rounds=repeated", &[]),
        (&province, "holder=free", &["10000003", "10000001"]),
        (&city, "holder=mine", &["10000002"]),
        (&province, "days=1", &[]),
    ];
    for (client, query, expected) in rows {
        assert_eq!(listed(client, query).await, expected, "{query}");
    }
    app.pass(DAY).await;
    assert_eq!(listed(&province, "days=1").await, all);
    for wrong in ["days=0", "days=366", "days=x", "rounds=2", "holder=x", "part=x", "waiting=2"] {
        let told = province.get(&format!("/api/v1/cases?{wrong}")).await;
        let pointer = format!("?{}", wrong.split('=').next().unwrap());
        assert_eq!((told.problem(), &told.body["errors"][0]["pointer"]), ("invalid", &pointer.into()));
    }
}

#[tokio::test]
async fn what_waits_for_longer_than_promised_is_late() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let late = async || {
        let figures = city.get("/api/v1/overview").await.body;
        let line = city.get("/api/v1/cases").await.body["cases"][0].clone();
        assert_eq!(figures["promise_working_days"], 2);
        assert_eq!(figures["waiting"][0]["stage_words"], "市考办审核证件");
        assert_eq!(figures["phases"][0]["words"], "毕业预测");
        (figures["waiting"][0]["late"].clone(), line["late"].clone())
    };
    assert_eq!(late().await, (json!(0), json!(false)));
    app.pass(2 * DAY + 60).await;
    assert_eq!(late().await, (json!(1), json!(true)));
    let body = json!({ "round": 1, "part": "documents", "reasons": ["D01"] });
    assert_eq!(city.post("/api/v1/cases/10000001/reject", "a", &body).await.status, 200);
    app.pass(10).await;
    let figures = city.get("/api/v1/overview").await.body;
    let words = graduation_bot::inbound::Reason::D01.wording();
    assert_eq!(figures["rejections"], json!([{ "reason": "D01", "words": words, "count": 1 }]));
}

/// Two systems and a person at the console work on one queue.
#[tokio::test]
async fn whoever_takes_the_next_case_has_it_alone() {
    let app = bot().await;
    for (at, (number, city)) in
        [("10000001", "广州市"), ("10000002", "广州市"), ("10000003", "广州市"), ("10000004", "深圳市")]
            .into_iter()
            .enumerate()
    {
        hand_in(&app, at, number, city, if city == "广州市" { "天河区" } else { "福田区" }).await;
    }
    let (store, wire) = (&app.app.store, app.app.clock.wire());
    store.take_case(&id("10000001"), "王老师", wire, wire.plus_seconds(600)).await.unwrap();
    let one = Client::of(&app, "甲", "city:广州市").await;
    let other = Client::of(&app, "乙", "city:广州市").await;
    let third = Client::of(&app, "丙", "city:广州市").await;

    let first = act(&one, "/api/v1/cases/next", "a").await;
    assert_eq!((first.status, &first.body["case"]["number"]), (200, &"10000002".into()), "{first:?}");
    assert!(first.body["until"].as_str().unwrap().starts_with("2026-06-15T09:4"), "{first:?}");
    assert_eq!(holder(&app, "10000002").await.as_deref(), Some("key:甲"));
    let again = act(&one, "/api/v1/cases/next", "a").await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
    let own = act(&one, "/api/v1/cases/next", "b").await;
    assert_eq!(own.body["case"]["number"], "10000002", "it still has it");
    let beyond = format!("/api/v1/cases/next?cursor={}", first.body["cursor"].as_str().unwrap());
    assert_eq!(act(&other, &beyond, "a").await.body["case"]["number"], "10000003");
    let nothing = act(&third, "/api/v1/cases/next", "a").await;
    assert_eq!((nothing.status, nothing.header("content-type")), (204, ""), "{nothing:?}");
    let again = act(&third, "/api/v1/cases/next", "a").await;
    let told = (again.status, again.header("content-type"), again.header("idempotency-replayed"));
    assert_eq!(told, (204, "", "true"));

    let body = json!({ "round": 1 });
    for taken in [
        act(&other, "/api/v1/cases/10000002/hold", "b").await,
        other.post("/api/v1/cases/10000002/approve", "c", &body).await,
    ] {
        assert_eq!((taken.status, taken.problem()), (409, "conflict"));
        assert!(taken.body["detail"].as_str().unwrap().starts_with("key:甲 正在看这份申请"), "{taken:?}");
        assert!((1..=600).contains(&taken.header("retry-after").parse::<u64>().unwrap()));
    }
    assert_eq!(act(&other, "/api/v1/cases/10000002/release", "d").await.status, 204);
    assert_eq!(holder(&app, "10000002").await.as_deref(), Some("key:甲"), "nobody gives back another's");
    assert_eq!(act(&one, "/api/v1/cases/10000002/release", "c").await.status, 204);
    assert_eq!(holder(&app, "10000002").await, None);
    assert_eq!(act(&third, "/api/v1/cases/next", "b").await.body["case"]["number"], "10000002");
    assert_eq!(third.post("/api/v1/cases/10000002/approve", "c", &body).await.status, 200);
    assert_eq!(holder(&app, "10000002").await, None, "with the decision");
    let done = act(&third, "/api/v1/cases/10000002/hold", "d").await;
    assert_eq!(done.problem(), "conflict");
    assert!(done.body["detail"].as_str().unwrap().contains("轮到省考办审核"), "{done:?}");
    let audit = store.list_audit_by("staff:key:甲", 9).await.unwrap();
    let acts: Vec<_> = audit.iter().map(|row| (row.audit.act.as_str(), row.audit.subject.clone())).collect();
    assert_eq!(acts, vec![("view_case", id("10000002")); 2], "each look, not the one told again");
    for denied in ["hold", "release"] {
        let path = format!("/api/v1/cases/10000004/{denied}");
        assert_eq!(act(&one, &path, denied).await.problem(), "not-found", "another city's");
    }
}

#[tokio::test]
async fn the_next_case_is_of_what_is_asked_for() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    hand_in(&app, 1, "10000002", "广州市", "越秀区").await;
    let role = Role::City("广州市".into());
    let city = Client::with(&app, "广州系统", &role, &[Scope::CasesDecide]).await;
    let rows = [
        ("part=portrait", 204, None),
        ("city=深圳市", 204, None),
        ("rounds=repeated", 204, None),
        ("days=2", 204, None),
        ("district=越秀区", 200, Some("10000002")),
        ("part=documents", 200, Some("10000001")),
        ("order=newest", 200, Some("10000002")),
        ("days=0", 422, None),
        ("cursor=x", 404, None),
        ("stage=ready", 422, None),
    ];
    for (at, (query, status, number)) in rows.into_iter().enumerate() {
        let told = act(&city, &format!("/api/v1/cases/next?{query}"), &format!("n-{at}")).await;
        assert_eq!(
            (told.status, told.body["case"]["number"].as_str()),
            (status, number),
            "{query}: {told:?}"
        );
        if status == 200 {
            let case = &told.body["case"];
            assert_eq!((&case["candidate"], &case["rounds"]), (&json!(null), &json!([])), "it may not read");
        }
    }
    let audit = app.app.store.list_audit_by("staff:key:广州系统", 9).await.unwrap();
    assert!(audit.is_empty(), "nothing was shown: {audit:?}");
}
