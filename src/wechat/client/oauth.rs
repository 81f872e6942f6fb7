//! Who has opened our web page (protocol §12).
//!
//! The person is sent to [`Client::authorize_url`] and comes back with a code that works once, for five minutes; it is
//! exchanged for a token of this one person, which is not the API's token. When that has ended, the person authorises
//! again: [`AuthorizationError::Over`].

use std::time::Duration;

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use super::{Advice, Client, ClientError, answer};
use crate::http::Base;
use crate::wechat::error::ApiError;

/// Longest `state`, in bytes.
const MAX_STATE: usize = 128;

/// Why nothing is known of the person.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationError {
    /// The code or token is wrong, used or too old: the person authorises again.
    #[error("the person has to authorise again: {0}")]
    Over(#[source] ApiError),
    /// The call itself failed.
    #[error(transparent)]
    Failed(#[from] ClientError),
}

/// What the person is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Nothing: their openid only, without a question.
    Base,
    /// Name and picture; the person has to agree.
    Profile,
}

/// What a code was exchanged for.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The token of this person.
    pub access_token: String,
    /// How long it lives.
    pub expires_in: Duration,
    /// Makes another for 30 days.
    pub refresh_token: String,
    /// Who it is.
    pub open_id: String,
    /// What they have agreed to.
    pub scope: String,
    /// The page was only looked at as a snapshot: the person is made up.
    pub is_snapshot: bool,
    /// The same person in all accounts of one owner.
    pub union_id: Option<String>,
}

/// What a person has agreed to show.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// Who it is.
    #[serde(rename = "openid")]
    pub open_id: String,
    /// What they call themselves.
    #[serde(default)]
    pub nickname: String,
    /// Address of their picture.
    #[serde(default, rename = "headimgurl")]
    pub picture_url: String,
    /// The same person in all accounts of one owner.
    #[serde(default, rename = "unionid")]
    pub union_id: Option<String>,
}

impl Client {
    /// Where the person is sent; they come back to `redirect` with `code` and `state`. The platform wants the parameters
    /// in this order. `open` is where people authorise (`wechat.open_base`).
    pub fn authorize_url(
        &self,
        open: &Base,
        redirect: &str,
        scope: Scope,
        state: &str,
    ) -> Result<String, ClientError> {
        if state.len() > MAX_STATE || !state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ClientError::Invalid("a state has at most 128 letters and digits"));
        }
        let scope = match scope {
            Scope::Base => "snsapi_base",
            Scope::Profile => "snsapi_userinfo",
        };
        let parameters = [
            ("appid", self.app_id.as_str()),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", scope),
            ("state", state),
        ];
        let page = open.at("/connect/oauth2/authorize");
        let mut url = Url::parse_with_params(&page, parameters).expect("a checked address with a path");
        url.set_fragment(Some("wechat_redirect"));
        Ok(url.into())
    }

    /// Exchanges a code, which works once.
    pub async fn authorize(&self, code: &str) -> Result<Authorization, AuthorizationError> {
        let query = [
            ("appid", self.app_id.as_str()),
            ("secret", self.app_secret.as_str()),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        Ok(Authorization::read(&self.sns("/sns/oauth2/access_token", &query).await?)?)
    }

    /// Another token for the same person.
    pub async fn renew_authorization(
        &self,
        refresh_token: &str,
    ) -> Result<Authorization, AuthorizationError> {
        let query = [
            ("appid", self.app_id.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        Ok(Authorization::read(&self.sns("/sns/oauth2/refresh_token", &query).await?)?)
    }

    /// What the person has agreed to show; needs [`Scope::Profile`].
    pub async fn profile(&self, access_token: &str, open_id: &str) -> Result<Profile, AuthorizationError> {
        let query = [("access_token", access_token), ("openid", open_id), ("lang", "zh_CN")];
        let call = || self.open(Method::GET, "/sns/userinfo", &query);
        let answer = self.patience.read(self.call_timeout, call).await.map_err(over)?;
        Ok(answer::whole(&answer)?)
    }

    /// Whether a person's token still works.
    pub async fn is_authorized(&self, access_token: &str, open_id: &str) -> Result<bool, ClientError> {
        let query = [("access_token", access_token), ("openid", open_id)];
        let call = || self.open(Method::GET, "/sns/auth", &query);
        match self.patience.read(self.call_timeout, call).await.map_err(over) {
            Ok(_) => Ok(true),
            Err(AuthorizationError::Over(_)) => Ok(false),
            Err(AuthorizationError::Failed(error)) => Err(error),
        }
    }

    async fn sns(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, AuthorizationError> {
        self.open(Method::GET, path, query).await.map_err(over)
    }
}

/// A dead token means another one here than everywhere else: the person's.
fn over(error: ClientError) -> AuthorizationError {
    match error {
        ClientError::Api(refused)
            if refused.advice() == Advice::RefreshTokenAndRetryOnce || OVER.contains(&refused.code) =>
        {
            AuthorizationError::Over(refused)
        }
        other => AuthorizationError::Failed(other),
    }
}

/// The code or the refresh token is wrong, used or too old, or the openid is not the token's: the person has to authorise
/// again.
const OVER: [i64; 6] = [40003, 40029, 40030, 40163, 42002, 42003];

impl Authorization {
    fn read(answer: &Value) -> Result<Self, ClientError> {
        let seconds =
            u64::try_from(answer::number(answer, "expires_in")?).map_err(|_| ClientError::Unreadable)?;
        Ok(Self {
            access_token: answer::text(answer, "access_token")?,
            expires_in: Duration::from_secs(seconds),
            refresh_token: answer::text(answer, "refresh_token")?,
            open_id: answer::text(answer, "openid")?,
            scope: answer::text(answer, "scope").unwrap_or_default(),
            is_snapshot: answer::number(answer, "is_snapshotuser").is_ok_and(|flag| flag == 1),
            union_id: answer::text(answer, "unionid").ok(),
        })
    }
}
