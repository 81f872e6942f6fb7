//! What we ask of the platform: one [`Client`], its calls in the files beside this one.
//!
//! Every call goes through `Client::ask`: a permit (downloads have their own: a picture that does not come must not keep a
//! message from going), a token, one bounded answer whose body decides (HTTP says 200 to
//! everything), and once more with another token when the platform says that this one is dead (protocol §5). Reads of JSON
//! are repeated twice where that may help, mass sends under their key (`patience`). Nothing else is: the caller decides from
//! [`ClientError::advice`], and from [`ClientError::is_in_doubt`] whether a message may have arrived after all. What an
//! argument or an answer must be stands with each call: beyond the platform's limits nothing is sent
//! ([`ClientError::Invalid`]), and what is not as documented is [`ClientError::Unreadable`]. JSON goes out as UTF-8 without escapes, which the platform has shown to people
//! literally (protocol §14). Errors never hold an address: the token is in it.

mod answer;
mod draft;
mod jssdk;
mod mass;
mod material;
mod media;
mod menu;
mod messages;
mod network;
mod oauth;
mod patience;
mod qr;
mod quota;
mod subscribe;
mod tags;
mod template;
mod token;
mod users;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};

use self::answer::text;
pub use self::draft::Article;
pub use self::jssdk::PageConfig;
pub use self::mass::{Audience, MassContent, MassMessage, MassSent, MassSpeed, MassStatus, Viewer};
pub use self::material::{FilmText, Material, MaterialCount, MaterialItem, MaterialPage, Stored};
pub use self::media::{Media, MediaKind, Upload};
pub use self::menu::{MatchRule, Phone, PresentMenu};
pub use self::messages::{CustomMessage, MenuMessage, MiniProgram, NewsCard, Typing};
pub use self::network::{CallbackCheck, Carrier, Pinged, Probe, Resolved};
pub use self::oauth::{Authorization, AuthorizationError, Profile, Scope};
use self::patience::Patience;
pub use self::qr::{QrCode, Scene};
pub use self::quota::{PlainToken, Quota, RequestRecord};
pub use self::subscribe::{SubscriptionMessage, SubscriptionTemplate};
pub use self::tags::Tag;
pub use self::template::{Template, TemplateMessage};
use self::token::Tokens;
pub use self::token::{StoredToken, TokenStore, TokenStoreError};
pub use self::users::{People, UserInfo};
use super::error::{self, Advice, ApiError};
use crate::http::{self, Base, BaseError, ReadError};

/// Wire time in milliseconds: real time, never moved by a demo or a test of the business.
pub type WireClock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Longest JSON answer that is read; the largest documented one, a page of 10 000 openids, is a third of it.
const MAX_JSON: usize = 1024 * 1024;

/// Where the platform is and who we are, and how long and how much at once we ask it.
///
/// The platform documents no time-out of its own calls; the numbers are ours and the operator's. A callback has to be
/// answered within 5 s (protocol §4), which is the most that a call made for one may take; files of 10 MB (§8) need half a
/// minute on a slow line. Mass sends are taken 60 times a minute (§9) and other calls have quotas by the day, so that
/// concurrency is bounded by what one connection pool of ours is for ([`http::http_client`]), not by the platform.
#[derive(Clone)]
pub struct ClientConfig {
    /// Address of the API, without `/cgi-bin`.
    pub api_base: String,
    /// Address that serves the pictures of QR codes.
    pub mp_base: String,
    /// The account.
    pub app_id: String,
    /// Its secret.
    pub app_secret: String,
    /// Time for one call, answer included. A read that fails sooner may be asked again.
    pub call_timeout: Duration,
    /// Time for one upload or download.
    pub media_timeout: Duration,
    /// Calls under way at the same time, and as many downloads besides; more wait.
    pub concurrency: usize,
}

/// Settings that cannot work; the text follows the key's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The API's address.
    #[error("wechat.api_base {0}")]
    ApiBase(BaseError),
    /// The QR pictures' address.
    #[error("wechat.mp_base {0}")]
    MpBase(BaseError),
}

/// Why a call brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, a broken one, or no time left.
    #[error("the platform could not be reached: {0}")]
    Http(#[source] reqwest::Error),
    /// An HTTP status other than success, which the platform itself does not use.
    #[error("the platform answered with HTTP status {0}")]
    Status(u16),
    /// The platform says no.
    #[error(transparent)]
    Api(ApiError),
    /// The platform gives us no token, so that the call was not made.
    #[error("no access token: {0}")]
    Token(#[source] Arc<ClientError>),
    /// The answer is beyond the bound.
    #[error("the platform's answer is too large")]
    TooLarge,
    /// The answer is not what is documented for the call.
    #[error("the platform's answer is unreadable")]
    Unreadable,
    /// The shared token could not be read or written.
    #[error(transparent)]
    TokenStore(#[from] TokenStoreError),
    /// The call was not made: an argument is beyond the platform's limits.
    #[error("not sent: {0}")]
    Invalid(&'static str),
}

impl ClientError {
    /// What to do. Never [`Advice::RefreshTokenAndRetryOnce`]: that has been done.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Http(_) | Self::Status(_) | Self::Unreadable | Self::TokenStore(_) => Advice::BackOff,
            Self::TooLarge | Self::Invalid(_) => Advice::GiveUp,
            Self::Api(refused) => match refused.advice() {
                Advice::RefreshTokenAndRetryOnce => Advice::BackOff,
                advice => advice,
            },
            Self::Token(cause) => match &**cause {
                // Here 40001 means a wrong secret (protocol §5).
                Self::Api(refused) if refused.advice() == Advice::RefreshTokenAndRetryOnce => Advice::Alert,
                cause => cause.advice(),
            },
        }
    }

    /// Whether the same call may soon succeed by itself.
    pub fn is_transient(&self) -> bool {
        self.advice() == Advice::BackOff
    }

    /// Whether the call may have had its effect although no answer says so: sending again may double it.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            Self::Http(error) => !error.is_connect() && !error.is_builder(),
            Self::Status(status) => *status >= 500,
            Self::Unreadable | Self::TooLarge => true,
            Self::Api(_) | Self::Token(_) | Self::TokenStore(_) | Self::Invalid(_) => false,
        }
    }
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl From<ReadError> for ClientError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge(_) => Self::TooLarge,
            ReadError::Broken(error) => error.into(),
        }
    }
}

/// The platform, as one account sees it. Shared by everybody in the process, so that one token serves all.
pub struct Client {
    api: Base,
    mp: Base,
    http: reqwest::Client,
    tokens: Tokens,
    calls: Semaphore,
    downloads: Semaphore,
    call_timeout: Duration,
    media_timeout: Duration,
    app_id: String,
    app_secret: String,
    clock: WireClock,
    ticket: jssdk::Ticket,
    patience: Patience,
}

/// What an answer is: itself, or the error that it reports.
type Judge = fn(Value) -> Result<Value, ApiError>;

/// A successful answer.
enum Answer {
    Json(Value),
    Bytes(Vec<u8>),
}

impl Client {
    /// Checks the addresses; calls nobody. `http` is best made by [`http::http_client`].
    pub fn new(
        config: ClientConfig,
        store: Arc<dyn TokenStore>,
        http: reqwest::Client,
        clock: WireClock,
    ) -> Result<Self, ConfigError> {
        let api = Base::parse(&config.api_base).map_err(ConfigError::ApiBase)?;
        let mp = Base::parse(&config.mp_base).map_err(ConfigError::MpBase)?;
        let permits = || Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS));
        let (calls, downloads) = (permits(), permits());
        let (call_timeout, media_timeout) = (config.call_timeout, config.media_timeout);
        let (app_id, app_secret) = (config.app_id.clone(), config.app_secret.clone());
        let tokens = Tokens::new(&api, config, store, http.clone(), clock.clone());
        let (ticket, patience) = (jssdk::Ticket::default(), Patience::default());
        Ok(Self {
            api,
            mp,
            http,
            tokens,
            calls,
            downloads,
            call_timeout,
            media_timeout,
            app_id,
            app_secret,
            clock,
            ticket,
            patience,
        })
    }

    /// POSTs JSON and returns the answer's JSON. For what acts: it is not repeated.
    async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.post_judged(path, body, self.call_timeout, error::check).await
    }

    /// The same for what sends something and is answered by nothing but its `errcode`: an answer without one is not the
    /// platform's, and nobody knows what became of the message.
    async fn send(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let answer = self.post(path, body).await?;
        if answer.get("errcode").is_some() { Ok(answer) } else { Err(ClientError::Unreadable) }
    }

    /// The same for a question, which may be asked again.
    async fn query(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.patience.read(self.call_timeout, || self.post(path, body)).await
    }

    async fn post_judged(
        &self,
        path: &str,
        body: &Value,
        time: Duration,
        judge: Judge,
    ) -> Result<Value, ClientError> {
        let body = body.to_string();
        let answer = self.ask_judged(&self.calls, Method::POST, path, MAX_JSON, judge, |request| {
            as_json(request, &body).timeout(time)
        });
        answer.await?.json()
    }

    /// GETs JSON, more than once if need be.
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ClientError> {
        let call = async || {
            let answer = self.ask(&self.calls, Method::GET, path, MAX_JSON, |request| {
                request.timeout(self.call_timeout).query(query)
            });
            answer.await?.json()
        };
        self.patience.read(self.call_timeout, call).await
    }

    /// A call that needs no token, once.
    async fn open(&self, method: Method, path: &str, query: &[(&str, &str)]) -> Result<Value, ClientError> {
        let _permit = permit(&self.calls).await;
        let request = self.http.request(method, self.api.at(path)).timeout(self.call_timeout).query(query);
        fetch(request, MAX_JSON).await?.json()
    }

    /// One call, and a second one if the token was dead. `complete` adds what the call needs beside the token.
    async fn ask(
        &self,
        permits: &Semaphore,
        method: Method,
        path: &str,
        limit: usize,
        complete: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, ClientError> {
        self.ask_judged(permits, method, path, limit, error::check, complete).await
    }

    async fn ask_judged(
        &self,
        permits: &Semaphore,
        method: Method,
        path: &str,
        limit: usize,
        judge: Judge,
        complete: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, ClientError> {
        let _permit = permit(permits).await;
        let request = |token: &str| {
            complete(self.http.request(method.clone(), self.api.at(path)).query(&[("access_token", token)]))
        };
        let token = self.tokens.current().await?;
        match fetch_judged(request(&token), limit, judge).await {
            Err(ClientError::Api(refused)) if refused.advice() == Advice::RefreshTokenAndRetryOnce => {
                let token = self.tokens.replace(&token).await?;
                fetch_judged(request(&token), limit, judge).await
            }
            outcome => outcome,
        }
    }
}

async fn permit(permits: &Semaphore) -> SemaphorePermit<'_> {
    permits.acquire().await.expect("the semaphore is never closed")
}

fn as_json(request: RequestBuilder, body: &str) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_owned())
}

impl Answer {
    fn json(self) -> Result<Value, ClientError> {
        match self {
            Self::Json(value) => Ok(value),
            Self::Bytes(_) => Err(ClientError::Unreadable),
        }
    }
}

/// Sends one request and lets the body decide: a JSON object or array may report an error, anything else is content.
async fn fetch(request: RequestBuilder, limit: usize) -> Result<Answer, ClientError> {
    fetch_judged(request, limit, error::check).await
}

async fn fetch_judged(request: RequestBuilder, limit: usize, judge: Judge) -> Result<Answer, ClientError> {
    let response = request.send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(ClientError::Status(status.as_u16()));
    }
    let body = http::read(response, limit).await?;
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => match serde_json::from_slice(&body) {
            Ok(value) if !error::is_readable(&value) => Err(ClientError::Unreadable),
            Ok(value) => judge(value).map(Answer::Json).map_err(ClientError::Api),
            Err(_) => Ok(Answer::Bytes(body)),
        },
        _ => Ok(Answer::Bytes(body)),
    }
}
