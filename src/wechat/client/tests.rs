//! The client against a small platform on port 0 that keeps one valid token and records what it is asked.

mod calls;
mod catalogue;
mod limits;
mod pages;
mod repeats;
mod tokens;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{Method as HttpMethod, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use serde_json::json;

use super::*;

/// What was asked.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    path: String,
    query: HashMap<String, String>,
    body: String,
}

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The platform: tokens are `token-N`, and only the newest is good.
#[derive(Default)]
struct Platform {
    newest: AtomicI64,
    expires_in: AtomicI64,
    asked: Mutex<Vec<Asked>>,
    /// Answers to give before the usual ones, to calls other than for a token, and to those.
    scripted: Mutex<VecDeque<Response>>,
    scripted_tokens: Mutex<VecDeque<Response>>,
    /// The answer to everything else than for a token.
    always: Mutex<Option<String>>,
    /// Pictures are asked for and never come.
    keeps_pictures: AtomicBool,
}

impl Platform {
    fn script(&self, answer: impl IntoResponse) {
        self.scripted.lock().unwrap().push_back(answer.into_response());
    }

    fn script_token(&self, answer: impl IntoResponse) {
        self.scripted_tokens.lock().unwrap().push_back(answer.into_response());
    }

    /// Somebody elsewhere forces a refresh.
    fn kill_token(&self) {
        self.newest.fetch_add(1, Ordering::SeqCst);
    }

    fn asked(&self, path: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path == path).cloned().collect()
    }

    fn last(&self) -> Asked {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    fn answer(&self, asked: &Asked) -> Response {
        let is_token = asked.path == "/cgi-bin/stable_token";
        let scripted = if is_token { &self.scripted_tokens } else { &self.scripted };
        if let Some(answer) = scripted.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return answer;
        }
        if let Some(answer) =
            self.always.lock().unwrap_or_else(PoisonError::into_inner).clone().filter(|_| !is_token)
        {
            return answer.into_response();
        }
        if is_token {
            if asked.json()["force_refresh"] == true {
                self.kill_token();
            }
            let token = format!("token-{}", self.newest.load(Ordering::SeqCst));
            let seconds = self.expires_in.load(Ordering::SeqCst);
            return json!({ "access_token": token, "expires_in": seconds }).to_string().into_response();
        }
        let newest = format!("token-{}", self.newest.load(Ordering::SeqCst));
        match asked.query.get("access_token") {
            Some(token) if *token == newest => "{\"errcode\":0,\"errmsg\":\"ok\"}".into_response(),
            _ => "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}".into_response(),
        }
    }
}

async fn receive(
    State(platform): State<Arc<Platform>>,
    method: HttpMethod,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let asked = Asked { method: method.to_string(), path: uri.path().to_owned(), query, body };
    platform.asked.lock().unwrap().push(asked.clone());
    if asked.path == "/cgi-bin/media/get" && platform.keeps_pictures.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    platform.answer(&asked)
}

/// The shared row, in memory; `stolen` is what another process stores just before our next swap.
#[derive(Default)]
struct Row {
    token: Mutex<Option<StoredToken>>,
    stolen: Mutex<Option<StoredToken>>,
    /// Until when somebody fetches the next one.
    claimed_until: AtomicI64,
    /// How often it was read.
    loads: AtomicI64,
}

impl TokenStore for Row {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, TokenStoreError>> {
        async {
            self.loads.fetch_add(1, Ordering::SeqCst);
            Ok(self.token.lock().unwrap().clone())
        }
        .boxed()
    }

    fn claim(
        &self,
        expected_version: Option<i64>,
        now: i64,
        until: i64,
    ) -> BoxFuture<'_, Result<bool, TokenStoreError>> {
        async move {
            let version = self.token.lock().unwrap().as_ref().map(|token| token.version);
            let is_free = self.claimed_until.load(Ordering::SeqCst) <= now && version == expected_version;
            if is_free {
                self.claimed_until.store(until, Ordering::SeqCst);
            }
            Ok(is_free)
        }
        .boxed()
    }

    fn release(&self, _: i64) -> BoxFuture<'_, Result<(), TokenStoreError>> {
        async {
            self.claimed_until.store(0, Ordering::SeqCst);
            Ok(())
        }
        .boxed()
    }

    fn compare_and_swap<'a>(
        &'a self,
        expected_version: Option<i64>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, TokenStoreError>> {
        async move {
            let mut token = self.token.lock().unwrap();
            if let Some(stolen) = self.stolen.lock().unwrap().take() {
                *token = Some(stolen);
            }
            let won = token.as_ref().map(|token| token.version) == expected_version;
            if won {
                *token = Some(new.clone());
                self.claimed_until.store(0, Ordering::SeqCst);
            }
            Ok(won)
        }
        .boxed()
    }
}

/// Calls of a client at the same time.
const CONCURRENCY: usize = 4;

/// A platform, the shared row, wire time, and clients that are as many processes.
struct World {
    platform: Arc<Platform>,
    row: Arc<Row>,
    now: Arc<AtomicI64>,
    base: String,
}

const START: i64 = 1_763_800_000_000;

impl World {
    async fn start() -> Self {
        let platform = Arc::new(Platform { expires_in: 7200.into(), ..Platform::default() });
        let router = Router::new().fallback(receive).with_state(platform.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { platform, row: Arc::default(), now: Arc::new(START.into()), base }
    }

    fn client(&self) -> Client {
        self.client_with(Duration::from_secs(5))
    }

    /// One that does not wait before it asks again.
    fn impatient_client(&self) -> Client {
        let none = Duration::ZERO;
        Client { patience: Patience { read: none, mass: none, being_sent: none }, ..self.client() }
    }

    fn client_with(&self, timeout: Duration) -> Client {
        let config = ClientConfig {
            api_base: self.base.clone(),
            mp_base: "https://mp.example.test".into(),
            app_id: "wx1".into(),
            app_secret: "s3cret".into(),
            call_timeout: timeout,
            media_timeout: timeout,
            concurrency: CONCURRENCY,
        };
        let now = self.now.clone();
        let clock: WireClock = Arc::new(move || now.load(Ordering::SeqCst));
        let http = http::http_client(Duration::from_secs(10)).unwrap();
        Client::new(config, self.row.clone(), http, clock).unwrap()
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    fn store(&self, value: &str, seconds: i64, version: i64) {
        let expires_at_wire_ms = self.now.load(Ordering::SeqCst) + seconds * 1000;
        let token = StoredToken { value: value.into(), expires_at_wire_ms, version };
        *self.row.token.lock().unwrap() = Some(token);
    }

    fn stored(&self) -> Option<(String, i64)> {
        self.row.token.lock().unwrap().as_ref().map(|token| (token.value.clone(), token.version))
    }

    fn token_calls(&self) -> usize {
        self.platform.asked("/cgi-bin/stable_token").len()
    }
}

fn refused(outcome: Result<(), ClientError>) -> ClientError {
    outcome.expect_err("the call was to fail")
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let world = World::start().await;
    let config = |api: &str, mp: &str| ClientConfig {
        api_base: api.into(),
        mp_base: mp.into(),
        app_id: "a".into(),
        app_secret: "s".into(),
        call_timeout: Duration::from_secs(1),
        media_timeout: Duration::from_secs(1),
        concurrency: 0,
    };
    let rows = [
        (config("http://api.example.test", "https://mp"), "wechat.api_base must begin with https://"),
        (config("https://api", "mp"), "wechat.mp_base is not a plain address"),
    ];
    for (config, expected) in rows {
        let http = http::http_client(Duration::from_secs(1)).unwrap();
        let error = Client::new(config, world.row.clone(), http, Arc::new(|| 0)).err().unwrap();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[tokio::test]
async fn failures_say_whether_the_message_may_have_arrived() {
    let world = World::start().await;
    let client = world.client_with(Duration::from_millis(300));
    client.send_text("o", "热身").await.unwrap();

    world.platform.script(StatusCode::BAD_GATEWAY);
    let error = refused(client.send_text("o", "x").await);
    assert!(matches!(error, ClientError::Status(502)) && error.is_transient() && error.is_in_doubt());

    world.platform.script((StatusCode::FOUND, [("location", "/elsewhere")]));
    let error = refused(client.send_text("o", "x").await);
    assert!(matches!(error, ClientError::Status(302)) && !error.is_in_doubt(), "redirects are not followed");

    world.platform.script("<html>");
    let error = refused(client.send_text("o", "x").await);
    assert!(matches!(error, ClientError::Unreadable) && error.is_in_doubt());

    world
        .platform
        .script(axum::body::Body::from_stream(futures_util::stream::pending::<std::io::Result<Vec<u8>>>()));
    let error = refused(client.send_text("o", "x").await);
    assert!(
        matches!(&error, ClientError::Http(cause) if cause.is_timeout() || cause.is_decode()),
        "{error:?}"
    );
    assert!(error.is_transient() && error.is_in_doubt());

    world.platform.script("{\"errcode\":\"45015\",\"errmsg\":\"response out of time limit\"}");
    let error = refused(client.send_text("o", "x").await);
    assert!(error.advice() == Advice::WaitForTheUser && !error.is_transient() && !error.is_in_doubt());

    world.platform.script(format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_JSON)));
    assert!(matches!(refused(client.send_text("o", "x").await), ClientError::TooLarge));
}

#[tokio::test]
async fn an_unreachable_platform_is_transient_and_keeps_the_token_secret() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = World::start().await;
    world.store("token-0", 7200, 1);
    world.base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let error = refused(world.client().send_text("o", "x").await);
    assert!(error.is_transient() && !error.is_in_doubt(), "{error}");
    assert!(!format!("{error} {error:?}").contains("token-0"), "{error:?}");
}
