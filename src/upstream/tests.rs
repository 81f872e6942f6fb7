//! Both sources against a small server on port 0.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::*;
use crate::http::{BaseError, http_client};

const EXAM_NO: &str = "010123456789";

/// Answers what it is told to, and keeps what it was asked: method, path, authorization, body.
#[derive(Default)]
struct Server {
    answers: Mutex<VecDeque<Response>>,
    asked: Mutex<Vec<[String; 4]>>,
}

struct World {
    server: Arc<Server>,
    now: Arc<AtomicI64>,
    registry: HttpRegistry,
    population: HttpPopulation,
}

async fn receive(
    State(server): State<Arc<Server>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    let body = String::from_utf8_lossy(&body).into_owned();
    server.asked.lock().unwrap().push([method.to_string(), uri.to_string(), authorization.to_owned(), body]);
    let answer = server.answers.lock().unwrap().pop_front();
    answer.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

impl World {
    async fn start() -> Self {
        let server = Arc::new(Server::default());
        let router = Router::new().fallback(receive).with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/base/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let now = Arc::new(AtomicI64::new(0));
        let clock = || -> MonotonicClock {
            let now = now.clone();
            Box::new(move || now.load(Ordering::SeqCst))
        };
        let http = http_client(Duration::from_secs(10)).unwrap();
        let registry = HttpRegistry::new(&url, Some("t0ken"), http.clone(), clock()).unwrap();
        let population = HttpPopulation::new(&url, None, http, clock()).unwrap();
        Self { server, now, registry, population }
    }

    fn answer(&self, answer: impl IntoResponse) {
        self.server.answers.lock().unwrap().push_back(answer.into_response());
    }

    fn asked(&self) -> Vec<[String; 4]> {
        self.server.asked.lock().unwrap().clone()
    }

    async fn candidate(&self) -> Result<Option<Value>, Unavailable> {
        // Through the trait object, as the application holds it.
        let registry: &dyn Registry = &self.registry;
        registry.candidate(EXAM_NO).await
    }

    async fn verify(&self) -> Result<PopulationAnswer, Unavailable> {
        let population: &dyn Population = &self.population;
        population.verify("张三", "440103199003070037").await
    }
}

fn candidate() -> Value {
    json!({ "exam_no": EXAM_NO, "name": "张三", "results": [] })
}

#[tokio::test]
async fn a_candidate_is_found_or_unknown() {
    let world = World::start().await;
    world.answer(candidate().to_string());
    assert_eq!(world.candidate().await.unwrap(), Some(candidate()));
    let expected = ["GET", "/base/candidates/010123456789", "Bearer t0ken", ""].map(str::to_owned);
    assert_eq!(world.asked(), [expected]);
    world.answer((StatusCode::NOT_FOUND, "no such candidate"));
    assert_eq!(world.candidate().await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_exam_number_never_enters_a_path() {
    let world = World::start().await;
    for text in [
        "",
        "1",
        "0101234567890",
        "../../../abc",
        "０１０１",
        "01012345678x",
        "010123456789/..",
        "01012345 789",
    ] {
        assert_eq!(world.registry.candidate(text).await.unwrap(), None, "{text}");
    }
    assert!(world.asked().is_empty());
}

#[tokio::test]
async fn the_registry_is_unavailable_rather_than_wrong() {
    let other = json!({ "exam_no": "010123456780" });
    let large = json!({ "exam_no": EXAM_NO, "name": "x".repeat(256 * 1024) });
    let rows: Vec<(Response, &str, bool)> = vec![
        (StatusCode::BAD_GATEWAY.into_response(), "Status(502)", true),
        (StatusCode::UNAUTHORIZED.into_response(), "Status(401)", false),
        (StatusCode::TOO_MANY_REQUESTS.into_response(), "Status(429)", true),
        ((StatusCode::FOUND, [("location", "/base/elsewhere")]).into_response(), "Status(302)", true),
        (StatusCode::NO_CONTENT.into_response(), "Status(204)", true),
        (other.to_string().into_response(), "Unreadable", true),
        ("<html>".into_response(), "Unreadable", true),
        ("".into_response(), "Unreadable", true),
        (large.to_string().into_response(), "TooLarge", true),
    ];
    for (answer, expected, transient) in rows {
        let world = World::start().await;
        world.answer(answer);
        let error = world.candidate().await.unwrap_err();
        assert_eq!((format!("{error:?}").as_str(), error.is_transient()), (expected, transient), "{error}");
        assert_eq!(world.asked().len(), 1, "no redirect is followed: {expected}");
    }
}

#[tokio::test]
async fn the_population_file_says_match_or_mismatch() {
    let world = World::start().await;
    let mismatch = |reason: &str| PopulationAnswer::Mismatch { reason: reason.to_owned() };
    let rows = [
        (json!({ "result": "match" }), PopulationAnswer::Match),
        (json!({ "result": "mismatch", "reason": " 姓名不一致" }), mismatch("姓名不一致")),
        (json!({ "result": "mismatch" }), mismatch("")),
        (json!({ "result": "mismatch", "reason": "长".repeat(101) }), mismatch(&"长".repeat(100))),
    ];
    for (answer, expected) in rows {
        world.answer(answer.to_string());
        assert_eq!(world.verify().await.unwrap(), expected, "{answer}");
    }
    let body = "{\"name\":\"张三\",\"document_no\":\"440103199003070037\"}";
    assert_eq!(world.asked()[0], ["POST", "/base/verify", "", body].map(str::to_owned));
}

#[tokio::test]
async fn unavailable_is_never_a_mismatch() {
    let rows: Vec<Response> = vec![
        StatusCode::SERVICE_UNAVAILABLE.into_response(),
        StatusCode::NOT_FOUND.into_response(),
        (StatusCode::INTERNAL_SERVER_ERROR, "{\"result\":\"mismatch\"}").into_response(),
        "{\"result\":\"unknown\"}".into_response(),
        "{\"result\":false}".into_response(),
        "[]".into_response(),
        "mismatch".into_response(),
    ];
    for answer in rows {
        let world = World::start().await;
        world.answer(answer);
        assert!(world.verify().await.is_err());
    }
}

#[tokio::test]
async fn a_dead_source_is_left_alone_for_ten_seconds() {
    let world = World::start().await;
    for _ in 0..5 {
        assert!(matches!(world.candidate().await, Err(Unavailable::Status(500))));
    }
    assert!(matches!(world.candidate().await, Err(Unavailable::CircuitOpen)));
    assert_eq!(world.asked().len(), 5);
    world.answer("{\"result\":\"match\"}");
    assert!(world.verify().await.is_ok(), "each source has its own circuit");
    world.now.store(10_000, Ordering::SeqCst);
    world.answer(StatusCode::NOT_FOUND);
    assert_eq!(world.candidate().await.unwrap(), None, "unknown is an answer");
    world.answer(candidate().to_string());
    assert!(world.candidate().await.unwrap().is_some());
}

#[tokio::test]
async fn a_source_that_hangs_is_given_up_after_three_seconds() {
    let world = World::start().await;
    world.answer(axum::body::Body::from_stream(futures_util::stream::pending::<std::io::Result<Vec<u8>>>()));
    let started = std::time::Instant::now();
    assert!(matches!(world.verify().await, Err(Unavailable::Http(_))));
    assert!((Duration::from_secs(3)..Duration::from_secs(8)).contains(&started.elapsed()));
}

#[tokio::test]
async fn nobody_there_says_nothing_of_whom_was_asked_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let http = http_client(Duration::from_secs(1)).unwrap();
    let registry = HttpRegistry::new(&url, Some("t0ken"), http, Box::new(|| 0)).unwrap();
    let error = registry.candidate(EXAM_NO).await.unwrap_err();
    assert!(matches!(error, Unavailable::Http(_)) && error.is_transient());
    assert!(!format!("{error} {error:?}").contains(EXAM_NO), "{error:?}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let rows = [
        ("http://registry.example.test", None, ConfigError::Url(BaseError::NotSecure)),
        ("registry", None, ConfigError::Url(BaseError::Malformed)),
        ("https://registry.example.test", Some("to ken"), ConfigError::Token),
    ];
    for (url, token, expected) in rows {
        let http = http_client(Duration::from_secs(1)).unwrap();
        let refused = HttpRegistry::new(url, token, http, Box::new(|| 0)).err();
        assert_eq!(refused, Some(expected), "{url}");
    }
}
