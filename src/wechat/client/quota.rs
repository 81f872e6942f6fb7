//! Tokens of the plain kind, quotas, and what the platform remembers of one request (protocol §5).
//!
//! The bot lives on `stable_token` (see `token`). The plain one is apart: neither disturbs the other, and each call
//! makes a new one, 2000 a day.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{Client, ClientError, answer};

/// A token of the plain kind.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainToken {
    /// The secret itself.
    pub value: String,
    /// How long it lives unless another one is asked for.
    pub expires_in: Duration,
}

/// What is left of a call's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// Calls a day.
    #[serde(rename = "daily_limit")]
    pub limit: i64,
    /// Calls made today.
    pub used: i64,
    /// Calls left today.
    #[serde(rename = "remain")]
    pub left: i64,
}

/// One request of ours, as the platform has kept it. It holds what was sent, a person's words and the token included.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct RequestRecord {
    /// Wire seconds.
    pub invoke_time: i64,
    /// Milliseconds.
    pub cost_in_ms: i64,
    /// The query, with the path before it or without.
    #[serde(default)]
    pub request_url: String,
    /// What was sent.
    #[serde(default)]
    pub request_body: String,
    /// What was answered.
    #[serde(default)]
    pub response_body: String,
    /// Where the request came from.
    #[serde(default)]
    pub client_ip: String,
}

impl Client {
    /// A new token by the plain call. The one before it dies within five minutes.
    pub async fn plain_token(&self) -> Result<PlainToken, ClientError> {
        let query = [
            ("grant_type", "client_credential"),
            ("appid", self.app_id.as_str()),
            ("secret", self.app_secret.as_str()),
        ];
        let answer = self.open(Method::GET, "/cgi-bin/token", &query).await.map_err(of_secret)?;
        let value = answer::text(&answer, "access_token")?;
        let seconds = u64::try_from(answer::number(&answer, "expires_in")?).ok();
        let expires_in = seconds.map(Duration::from_secs).ok_or(ClientError::Unreadable)?;
        if value.is_empty() { Err(ClientError::Unreadable) } else { Ok(PlainToken { value, expires_in }) }
    }

    /// What is left of the day of a call, named by its path, such as `/cgi-bin/message/custom/send`.
    pub async fn quota(&self, path: &str) -> Result<Quota, ClientError> {
        let answer = self.query("/cgi-bin/openapi/quota/get", &json!({ "cgi_path": path })).await?;
        answer::typed(&answer, "quota")
    }

    /// Gives all calls their whole day again. Ten times a month, the console's own included.
    pub async fn clear_quota(&self) -> Result<(), ClientError> {
        self.post("/cgi-bin/clear_quota", &json!({ "appid": self.app_id })).await.map(|_| ())
    }

    /// The same by the secret instead of a token, for when the tokens' own quota is used up.
    pub async fn clear_quota_by_secret(&self) -> Result<(), ClientError> {
        let query = [("appid", self.app_id.as_str()), ("appsecret", self.app_secret.as_str())];
        self.open(Method::POST, "/cgi-bin/clear_quota/v2", &query).await.map(|_| ()).map_err(of_secret)
    }

    /// The request that a `rid` names; errors carry it ([`super::super::error::ApiError::rid`]).
    pub async fn request_record(&self, rid: &str) -> Result<RequestRecord, ClientError> {
        let answer = self.query("/cgi-bin/openapi/rid/get", &json!({ "rid": rid })).await?;
        answer::typed(&answer, "request")
    }
}

/// Where the secret is sent, the codes of a dead token speak of the secret.
fn of_secret(error: ClientError) -> ClientError {
    match error {
        ClientError::Api(_) => ClientError::Token(Arc::new(error)),
        other => other,
    }
}
