//! The registry: what the exam system knows of a candidate, by exam number.
//!
//! `GET {registry.url}/candidates/{exam_no}` gives the object of the upstream contract, or 404 for a number that nobody
//! has. It is passed on as JSON: which fields must be there is for the type that it is read into. One thing is checked
//! here, because a mistake would bind a stranger's record: the object is that of the number asked for.

use futures_util::future::{BoxFuture, FutureExt};
use reqwest::StatusCode;
use serde_json::Value;

use super::http::{ConfigError, MonotonicClock, Source, Unavailable};

/// A source of candidates.
pub trait Registry: Send + Sync {
    /// The candidate's object, or `None` when the number is nobody's. A number that is not 12 digits is nobody's.
    fn candidate<'a>(&'a self, exam_no: &'a str) -> BoxFuture<'a, Result<Option<Value>, Unavailable>>;
}

/// The registry over HTTP.
pub struct HttpRegistry {
    source: Source,
}

impl HttpRegistry {
    /// `url` is `https`, or `http` to this machine; `token` is sent as bearer. Calls nobody.
    pub fn new(
        url: &str,
        token: Option<&str>,
        http: reqwest::Client,
        clock: MonotonicClock,
    ) -> Result<Self, ConfigError> {
        Ok(Self { source: Source::new(url, token, http, clock)? })
    }

    async fn ask(&self, exam_no: &str) -> Result<Option<Value>, Unavailable> {
        if !is_exam_no(exam_no) {
            return Ok(None);
        }
        self.source
            .call(async |source| {
                let request = source.get(&format!("/candidates/{exam_no}"));
                let (status, answer) = source.send(request).await?;
                match (status, answer) {
                    (StatusCode::NOT_FOUND, _) => Ok(None),
                    (StatusCode::OK, Some(candidate)) if candidate["exam_no"] == exam_no => {
                        Ok(Some(candidate))
                    }
                    (StatusCode::OK, _) => Err(Unavailable::Unreadable),
                    (status, _) => Err(Unavailable::Status(status.as_u16())),
                }
            })
            .await
    }
}

impl Registry for HttpRegistry {
    fn candidate<'a>(&'a self, exam_no: &'a str) -> BoxFuture<'a, Result<Option<Value>, Unavailable>> {
        self.ask(exam_no).boxed()
    }
}

/// Checked again where the number enters a path.
fn is_exam_no(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
