//! The description, for programs and for people.

use graduation_bot::web::api;

use super::{bot, client::Client};

#[tokio::test]
async fn every_route_is_described_with_its_scope_and_problems() {
    let app = bot().await;
    let document = Client::new(&app, "").get("/api/v1/openapi.json").await;
    assert_eq!((document.status, &document.body["openapi"]), (200, &"3.1.0".into()));
    for entry in api::entries(&app.app.site()) {
        let method = entry.method.as_str().to_lowercase();
        let operation = &document.body["paths"][&entry.path][&method];
        let scope = operation["security"][0]["key"][0].as_str();
        assert_eq!(
            scope,
            entry.scope.map(graduation_bot::office::keys::Scope::name),
            "{method} {}",
            entry.path
        );
        assert!(
            operation["summary"].as_str().is_some_and(|words| !words.is_empty()),
            "{method} {}",
            entry.path
        );
        for status in ["401", "403", "429", "503"] {
            let media = &operation["responses"][status]["content"]["application/problem+json"];
            assert!(media.is_object(), "{method} {} {status}", entry.path);
        }
        let parameters = operation["parameters"].as_array();
        let has_key = parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        assert_eq!(has_key, entry.is_write(), "{method} {}", entry.path);
    }
    // What the generator makes of an inlined type beside a doc comment: nothing satisfies it.
    assert!(!document.body.to_string().contains("allOf"), "{}", document.body);
}

#[tokio::test]
async fn the_reader_shows_every_operation_and_problem_and_loads_nothing_else() {
    let app = bot().await;
    let anybody = Client::new(&app, "");
    let page = anybody.get("/api/v1/docs").await;
    let html = page.body.as_str().unwrap();
    assert_eq!(page.status, 200, "{html}");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; "));
    for entry in api::entries(&app.app.site()) {
        assert!(
            html.contains(&format!("<code>{}</code>", entry.path.replace('/', "&#x2f;"))),
            "{}",
            entry.path
        );
    }
    for inline in ["style=", "<style", "onclick=", "<script>", "http://", "https://"] {
        assert!(!html.contains(inline), "{inline}");
    }
    let problem = anybody.request(reqwest::Method::GET, "/api/v1/problems/not-found").send().await.unwrap();
    assert_eq!(problem.status(), 303);
    assert_eq!(problem.headers()["location"], "/api/v1/docs#problem-not-found");
    assert!(html.contains("id=\"problem-not-found\""));
    for (short, path) in [("/api/docs", "/api/v1/docs"), ("/api/openapi.json", "/api/v1/openapi.json")] {
        let led = anybody.request(reqwest::Method::GET, short).send().await.unwrap();
        assert_eq!((led.status().as_u16(), &led.headers()["location"]), (308, &path.parse().unwrap()));
    }
}
