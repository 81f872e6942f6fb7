//! The population file: do a name and a document number belong together?
//!
//! `POST {population.url}/verify {"name","document_no"}` says 「match」 or 「mismatch」 with a reason for people to read.
//! Anything else, however it fails, is [`Unavailable`]: nobody is turned away because a machine did not answer.

use futures_util::future::{BoxFuture, FutureExt};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::http::{ConfigError, MonotonicClock, Source, Unavailable};

/// Longest reason that is passed on, in characters; it is shown to the candidate.
const MAX_REASON: usize = 100;

/// What the population file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopulationAnswer {
    /// Name and number agree.
    Match,
    /// They do not.
    Mismatch {
        /// As the source words it, at most 100 characters; may be empty.
        reason: String,
    },
}

/// A source that compares names and numbers.
pub trait Population: Send + Sync {
    /// Whether `name` is the name of the person with `document_no`.
    fn verify<'a>(
        &'a self,
        name: &'a str,
        document_no: &'a str,
    ) -> BoxFuture<'a, Result<PopulationAnswer, Unavailable>>;
}

/// The population file over HTTP.
pub struct HttpPopulation {
    source: Source,
}

impl HttpPopulation {
    /// `url` is `https`, or `http` to this machine; `token` is sent as bearer. Calls nobody.
    pub fn new(
        url: &str,
        token: Option<&str>,
        http: reqwest::Client,
        clock: MonotonicClock,
    ) -> Result<Self, ConfigError> {
        Ok(Self { source: Source::new(url, token, http, clock)? })
    }

    async fn ask(&self, name: &str, document_no: &str) -> Result<PopulationAnswer, Unavailable> {
        let person = json!({ "name": name, "document_no": document_no });
        self.source
            .call(async |source| {
                let (status, answer) = source.send(source.post("/verify").json(&person)).await?;
                match (status, answer) {
                    (StatusCode::OK, Some(answer)) => read(&answer).ok_or(Unavailable::Unreadable),
                    (StatusCode::OK, None) => Err(Unavailable::Unreadable),
                    (status, _) => Err(Unavailable::Status(status.as_u16())),
                }
            })
            .await
    }
}

impl Population for HttpPopulation {
    fn verify<'a>(
        &'a self,
        name: &'a str,
        document_no: &'a str,
    ) -> BoxFuture<'a, Result<PopulationAnswer, Unavailable>> {
        self.ask(name, document_no).boxed()
    }
}

fn read(answer: &Value) -> Option<PopulationAnswer> {
    match answer["result"].as_str()? {
        "match" => Some(PopulationAnswer::Match),
        "mismatch" => {
            let reason = answer["reason"].as_str().unwrap_or_default();
            Some(PopulationAnswer::Mismatch { reason: reason.trim().chars().take(MAX_REASON).collect() })
        }
        _ => None,
    }
}
