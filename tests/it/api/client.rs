//! An office's system: it has a key, counts its writes, and reads problems.

use graduation_bot::{
    http::http_client,
    ids::Ids,
    office::{
        Role, Who,
        keys::{self, NewKey, SCOPES, Scope},
    },
};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::support::app::TestApp;

/// What an office's system hears.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Value,
}

impl Told {
    /// The end of a problem's type.
    pub(super) fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        self.body["type"].as_str().unwrap().strip_prefix("/api/v1/problems/").unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// One system.
pub(super) struct Client {
    base: String,
    http: reqwest::Client,
    pub(super) key: String,
}

impl Client {
    /// One with a key for everything that a role may.
    pub(super) async fn of(app: &TestApp, name: &str, role: &str) -> Self {
        let role = Role::parse(role).unwrap();
        let scopes = SCOPES.iter().map(|(scope, ..)| *scope).filter(|scope| role.may(scope.act()));
        Self::with(app, name, &role, &scopes.collect::<Vec<_>>()).await
    }

    /// One with a key for these scopes.
    pub(super) async fn with(app: &TestApp, name: &str, role: &Role, scopes: &[Scope]) -> Self {
        let new = NewKey { name, role, scopes, days: 30 };
        let now = app.app.clock.business();
        let (key, _) = keys::add(&app.app.store, &Ids::random(), Who::Operator, &new, now).await.unwrap();
        Self::new(app, &key)
    }

    /// One with this key.
    pub(super) fn new(app: &TestApp, key: &str) -> Self {
        let http = http_client(std::time::Duration::from_secs(20)).unwrap();
        Self { base: app.app.config.public_url.clone(), http, key: key.to_owned() }
    }

    /// Where the bot listens.
    pub(super) fn host(&self) -> &str {
        self.base.strip_prefix("http://").unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Told {
        told(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// A write under a name.
    pub(super) async fn post(&self, path: &str, name: &str, body: &Value) -> Told {
        let request = self.request(Method::POST, path).header("idempotency-key", name);
        told(request.json(body).send().await.unwrap()).await
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key)
    }
}

pub(super) async fn told(answer: Response) -> Told {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    Told { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
