//! EDGE. How this process calls others: one kind of client, two kinds of address, bounded answers.
//!
//! Everything that leaves carries a secret (a token) or a person's data, so that [`Base`] accepts `https` only (plain
//! `http` stays on this machine), redirects are not followed, and the environment's proxy variables are not read:
//! settings come from the configuration. Answers come from outside, so that [`read`] stops at a bound.
//! Deliberately elsewhere: what is said over it (`wechat::client`, `upstream`), retries (`worker`).

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, Response, Url, redirect};

/// Time to reach the other side; beyond it nobody is there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Connections kept open for each host: about as many as the callers' own bound on concurrency.
const IDLE_CONNECTIONS: usize = 32;
/// Below the minute after which common load balancers cut silently.
const IDLE_TIME: Duration = Duration::from_secs(50);

/// A client for outgoing calls. `timeout` bounds a whole call, reading included; a request may set its own.
/// Installs the ring provider for TLS unless the process has one already.
pub fn http_client(timeout: Duration) -> reqwest::Result<Client> {
    // An error says that a provider is installed, which is all that is needed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(IDLE_TIME)
        .build()
}

/// The address that paths are appended to: `https`, or `http` to this machine; no user, query or fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Base(String);

/// An address that must not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// Not an address at all, or one with user, query or fragment.
    #[error("is not a plain address like https://host/path")]
    Malformed,
    /// Neither `https` nor this machine.
    #[error("must begin with https:// (http:// is for this machine only)")]
    NotSecure,
}

impl Base {
    /// Reads an address from the configuration.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let url = Url::parse(text.trim()).map_err(|_| BaseError::Malformed)?;
        let is_plain = url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        match url.scheme() {
            "https" | "http" if !is_plain => Err(BaseError::Malformed),
            "https" => Ok(Self(url.as_str().trim_end_matches('/').to_owned())),
            "http" if is_loopback(&url) => Ok(Self(url.as_str().trim_end_matches('/').to_owned())),
            _ => Err(BaseError::NotSecure),
        }
    }

    /// Whether it is this machine, where tests and the demo play everybody else.
    pub fn is_this_machine(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| is_loopback(&url))
    }

    /// The address of `path`, which begins with `/` and holds no text from outside that was not checked.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It goes on beyond the bound.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection broke or time ran out.
    #[error("the answer broke off: {0}")]
    Broken(reqwest::Error),
}

/// Reads a body of at most `limit` bytes and stops at the first byte beyond.
pub async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, ReadError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(ReadError::TooLarge(limit));
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(chunk) = response.chunk().await.map_err(|error| ReadError::Broken(error.without_url()))? {
        if body.len() + chunk.len() > limit {
            return Err(ReadError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_are_accepted() {
        let rows = [
            ("https://api.weixin.qq.com", Ok("https://api.weixin.qq.com/x")),
            ("https://api.example.test:8443/a/", Ok("https://api.example.test:8443/a/x")),
            ("http://127.0.0.1:9000", Ok("http://127.0.0.1:9000/x")),
            ("http://127.9.9.9", Ok("http://127.9.9.9/x")),
            ("http://[::1]:9000/", Ok("http://[::1]:9000/x")),
            ("http://localhost:9000", Ok("http://localhost:9000/x")),
            ("http://localhost.example.test", Err(BaseError::NotSecure)),
            ("http://10.0.0.1", Err(BaseError::NotSecure)),
            ("http://127.0.0.1.example.test", Err(BaseError::NotSecure)),
            ("ftp://127.0.0.1", Err(BaseError::NotSecure)),
            ("https://user@host", Err(BaseError::Malformed)),
            ("https://host/?a=b", Err(BaseError::Malformed)),
            ("https://host/#a", Err(BaseError::Malformed)),
            ("host", Err(BaseError::Malformed)),
            ("", Err(BaseError::Malformed)),
        ];
        for (text, expected) in rows {
            let found = Base::parse(text).map(|base| base.at("/x"));
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        }
    }
}
