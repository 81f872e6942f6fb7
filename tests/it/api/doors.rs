//! Who gets in.

use std::collections::BTreeSet;

use graduation_bot::{
    ids::Ids,
    office::{
        Role, Who,
        keys::{self, KeyError, NewKey, SCOPES, Scope},
    },
    web::api,
};
use reqwest::Method;

use super::{
    bot, bot_with,
    client::{Client, told},
};
use crate::support::{app::TestApp, blessed, db::TestDb};

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn a_key_says_what_it_is_and_stands_in_the_audit() {
    let app = bot().await;
    let client = Client::of(&app, "广州系统", "city:广州市").await;
    let me = client.get("/api/v1/me").await;
    assert_eq!(me.status, 200, "{me:?}");
    assert_eq!(me.body["actor"], "staff:key:广州系统");
    assert_eq!(me.body["role"], "city:广州市");
    assert!(me.body["expires_at"].as_str().unwrap().starts_with("2026-07-15T09:3"), "{me:?}");
    let names: Vec<&str> =
        me.body["scopes"].as_array().unwrap().iter().map(|scope| scope["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "overview",
            "cases:read",
            "cases:whole",
            "photos",
            "cases:decide",
            "cases:export",
            "onsite",
            "people",
            "inquiries"
        ]
    );
    assert_eq!(me.header("cache-control"), "no-store");
    let audit = app.app.store.list_audit(Some("key:广州系统"), 9).await.unwrap();
    assert_eq!((audit[0].audit.act.as_str(), audit[0].audit.actor.as_str()), ("add_key", "operator"));
    let row = app.app.store.list_api_keys().await.unwrap().remove(0);
    assert!(row.used_at.is_some());
    let (id, secret) = client.key.strip_prefix("gradbot_").unwrap().split_once('_').unwrap();
    assert_eq!((id, secret.len()), (row.id.as_str(), 64), "256 bits");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn whatever_is_wrong_with_a_key_is_answered_alike() {
    let app = bot().await;
    let good = Client::of(&app, "好的", "province").await;
    let revoked = Client::of(&app, "吊销的", "province").await;
    let now = app.app.clock.business();
    keys::revoke(&app.app.store, Who::Operator, "吊销的", now).await.unwrap();
    let again = keys::revoke(&app.app.store, Who::Operator, "吊销的", now).await;
    assert!(matches!(again, Err(KeyError::Unknown)));
    let other = format!("{}{}", &good.key[..good.key.len() - 64], "0".repeat(64));
    let unknown = good.key.replacen("gradbot_", "gradbot_f", 1);
    let mut answers = Vec::new();
    for key in [revoked.key.as_str(), &other, &unknown, "", "gradbot__", "x"] {
        let answer = Client::new(&app, key).get("/api/v1/me").await;
        assert_eq!((answer.status, answer.problem()), (401, "unauthorized"), "{key}");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"");
        answers.push(answer.body);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(good.get("/api/v1/me").await.status, 200);
    app.pass(30 * DAY).await;
    assert_eq!(good.get("/api/v1/me").await.body, answers[0], "its time is over");
}

#[tokio::test]
async fn only_admins_manage_keys_and_a_name_is_taken_once() {
    let app = bot().await;
    let admin = crate::staff::account(&app, "主管", "admin").await;
    let city = crate::staff::account(&app, "王老师", "city:广州市").await;
    let (store, now) = (&app.app.store, app.app.clock.business());
    let role = Role::City("广州市".into());
    let new = NewKey { name: "广州系统", role: &role, scopes: &[Scope::CasesRead], days: 1 };
    let ids = Ids::random();
    assert!(matches!(keys::add(store, &ids, Who::Staff(&city), &new, now).await, Err(KeyError::Role)));
    assert!(keys::add(store, &ids, Who::Staff(&admin), &new, now).await.is_ok());
    keys::revoke(store, Who::Staff(&admin), "广州系统", now).await.unwrap();
    let again = keys::add(store, &ids, Who::Staff(&admin), &new, now).await;
    assert!(matches!(again, Err(KeyError::Taken)), "what it did stays its own");
    assert!(matches!(keys::list(store, Who::Staff(&city)).await, Err(KeyError::Role)));
}

/// The whole table: every route of the API, asked for by every role with each scope that it may have, and with none. Which
/// scope opens it, and to whom, is written in `routes.txt`, so that a route with the wrong scope is seen by whoever reads it.
#[tokio::test]
async fn every_route_is_for_its_scope_and_roles_only() {
    let app = bot_with(|config| (config.api.burst, config.api.per_minute) = (10_000, 10_000)).await;
    let entries = api::entries(&app.app.site());
    // By which scopes, and for whom.
    let mut opened = vec![(BTreeSet::new(), Vec::new()); entries.len()];
    for (at, role) in ["city:广州市", "district:天河区", "province", "admin"].into_iter().enumerate() {
        let role = Role::parse(role).unwrap();
        let mut may = vec![false; entries.len()];
        for (scope, name, act, _) in SCOPES {
            if !role.may(act) {
                continue;
            }
            let client =
                Client::with(&app, &format!("{at}-{}", name.replace(':', "-")), &role, &[scope]).await;
            for (at, entry) in entries.iter().enumerate() {
                let request = client.request(entry.method.clone(), &filled(&entry.path));
                let answer = told(request.send().await.unwrap()).await;
                let is_answer = answer.status != 401 && answer.status < 500;
                assert!(is_answer, "{role:?} {name}: {} {}: {answer:?}", entry.method, entry.path);
                if answer.status != 403 {
                    may[at] = true;
                    opened[at].0.insert(name);
                }
            }
        }
        for ((_, marks), may) in opened.iter_mut().zip(may) {
            marks.push(if may { "✓" } else { "–" }.to_owned());
        }
    }
    let rows = entries.iter().zip(opened).map(|(entry, (scopes, marks))| {
        let by =
            if scopes.len() == SCOPES.len() { "any".to_owned() } else { Vec::from_iter(scopes).join(",") };
        [vec![entry.path.clone(), entry.method.to_string(), by], marks].concat()
    });
    let heading = "path method scope city district province admin";
    blessed::compare("tests/it/api/routes.txt", &blessed::table(heading, rows.collect()));
    let nobody = Client::new(&app, "nothing");
    for entry in &entries {
        let answer = nobody.request(entry.method.clone(), &filled(&entry.path)).send().await.unwrap();
        assert!([401, 429].contains(&answer.status().as_u16()), "{} {}", entry.method, entry.path);
    }
}

/// A role that was taken away from is less than its key's scopes.
#[tokio::test]
async fn a_scope_is_worth_no_more_than_the_role() {
    let app = bot().await;
    for (scope, _, act, _) in SCOPES {
        let roles = ["city:广州市", "district:天河区", "province", "announcer", "admin"];
        for role in roles.map(|role| Role::parse(role).unwrap()) {
            let new = NewKey { name: "超出", role: &role, scopes: &[scope], days: 1 };
            let now = app.app.clock.business();
            if !role.may(act) {
                let added = keys::add(&app.app.store, &Ids::random(), Who::Operator, &new, now).await;
                assert!(
                    matches!(added, Err(KeyError::Scope(beyond)) if beyond == scope),
                    "{role:?} {scope:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn each_key_has_its_own_limit_and_hears_when_to_come_again() {
    let app = bot_with(|config| (config.api.burst, config.api.per_minute) = (3, 60)).await;
    let (one, other) = (Client::of(&app, "甲", "province").await, Client::of(&app, "乙", "province").await);
    let first = one.get("/api/v1/me").await;
    assert_eq!(first.header("ratelimit-policy"), "\"key\";q=3;w=3");
    assert_eq!(first.header("ratelimit"), "\"key\";r=2;t=1");
    let mut refused = one.get("/api/v1/me").await;
    for _ in 0..9 {
        if refused.status == 429 {
            break;
        }
        refused = one.get("/api/v1/me").await;
    }
    assert_eq!(refused.problem(), "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(other.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn keys_that_open_nothing_are_counted_together_and_hurt_no_other() {
    let app = bot_with(|config| config.api.wrong_keys = 2).await;
    let good = Client::of(&app, "好的", "province").await;
    let wrong = Client::new(&app, "gradbot_x");
    let mut last = 0;
    for _ in 0..9 {
        last = wrong.get("/api/v1/me").await.status;
    }
    assert_eq!(last, 429);
    assert_eq!(good.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn whatever_is_refused_is_a_problem() {
    let app = bot().await;
    let client = Client::of(&app, "省系统", "province").await;
    let json = |text: &'static str| {
        let request = client.request(Method::POST, "/api/v1/cases/12345678/approve");
        request.header("idempotency-key", "a").header("content-type", "application/json").body(text)
    };
    let rows = [
        (client.request(Method::GET, "/api/v1/nothing"), 404, "not-found"),
        (client.request(Method::GET, "/api/v1/cases/12345678"), 404, "not-found"),
        (client.request(Method::GET, "/api/v1/cases/%00"), 404, "not-found"),
        (client.request(Method::DELETE, "/api/v1/me"), 405, "method-not-allowed"),
        (
            client.request(Method::POST, "/api/v1/cases/12345678/approve").body("{}"),
            400,
            "idempotency-key-missing",
        ),
        (json("{").header("x", "1"), 400, "malformed"),
        (json("{\"round\":\"x\"}"), 422, "idempotency-key-reused"),
        (client.request(Method::GET, "/api/v1/cases?limit=0"), 422, "invalid"),
        (client.request(Method::GET, "/api/v1/cases?stage=nowhere"), 422, "invalid"),
        (client.request(Method::GET, "/api/v1/cases?cursor=x"), 404, "not-found"),
        (client.request(Method::GET, "/api/v1/problems/nothing"), 404, "not-found"),
    ];
    for (at, (request, status, problem)) in rows.into_iter().enumerate() {
        let answer = told(request.send().await.unwrap()).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "row {at}: {answer:?}");
        assert!(answer.body["detail"].as_str().is_some_and(|words| !words.is_empty()), "{answer:?}");
        assert!(answer.body["title"].as_str().is_some_and(|words| !words.is_empty()), "{answer:?}");
    }
    let answer = told(client.request(Method::DELETE, "/api/v1/me").send().await.unwrap()).await;
    assert!(answer.header("allow").contains("GET"), "{answer:?}");
    let large = client.request(Method::POST, "/api/v1/cases/12345678/approve").header("idempotency-key", "b");
    let large = told(large.body("x".repeat(70_000)).send().await.unwrap()).await;
    assert_eq!((large.status, large.problem()), (413, "too-large"));
    let media = client.request(Method::POST, "/api/v1/cases/12345678/approve").header("idempotency-key", "c");
    let media = told(media.body("{}").send().await.unwrap()).await;
    assert_eq!((media.status, media.problem()), (415, "unsupported-media-type"));
    let wrong = client
        .post("/api/v1/cases/12345678/reject", "d", &serde_json::json!({ "round": 1, "part": "x" }))
        .await;
    assert_eq!((wrong.problem(), &wrong.body["errors"][0]["pointer"]), ("invalid", &"/part".into()));
}

/// A path with something in place of its parameters.
fn filled(path: &str) -> String {
    let filled = |part: &str| match part {
        "{table}" => "plans".to_owned(),
        "{batch}" => "2026-06".to_owned(),
        part if part.starts_with('{') => "12345678".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(filled).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_nul_in_an_address_is_nobodys() {
    let app = bot().await;
    let province = Client::of(&app, "省系统", "province").await;
    for (path, expected) in [
        ("/api/v1/cases/1234%005678", (404, "not-found")),
        ("/api/v1/audit?act=%00", (400, "malformed")),
        ("/api/v1/deliveries?after=a%00", (400, "malformed")),
    ] {
        let told = province.get(path).await;
        assert_eq!((told.status, told.problem()), expected, "{path}");
    }
}

/// Refused before any database hears of it, wherever it stands.
#[tokio::test]
async fn a_nul_in_a_body_is_pointed_at() {
    for db in [Some(TestDb::sqlite()), TestDb::postgres().await].into_iter().flatten() {
        let app = TestApp::start_with(db, mock_platform::Mode::Secure, "2026-06-15T09:30", |_| {}).await;
        let province = Client::of(&app, "省系统", "province").await;
        let rows = [
            ("/api/v1/people/search", r#"{"by":"name","value":"\u0000"}"#, "application/json", "/value"),
            (
                "/api/v1/cases/12345678/reject",
                r#"{"round":1,"part":"both","reasons":["P01","\u0000"]}"#,
                "application/json",
                "/reasons/1",
            ),
            ("/api/v1/imports/plans/preview", r#"[{"major_code":"\u0000"}]"#, "application/json", ""),
            ("/api/v1/imports/plans/preview", "a,b\n\0,1\n", "text/csv", ""),
        ];
        for (at, (path, body, kind, pointer)) in rows.into_iter().enumerate() {
            let request = province.request(Method::POST, path).header("idempotency-key", format!("n-{at}"));
            let told = told(request.header("content-type", kind).body(body).send().await.unwrap()).await;
            let found = (told.status, told.problem(), &told.body["errors"][0]["pointer"]);
            assert_eq!(found, (422, "invalid", &pointer.into()), "{path}: {told:?}");
        }
    }
}
