//! What an office's system is told when something is not done: RFC 9457, one type for each thing that it can do about it.
//!
//! `type` is an address of this bot that leads to the words of the description. Causes stand in the log, never here.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{PROBLEMS, ProblemWords};
/// The media type of problems.
pub(super) const MEDIA: &str = "application/problem+json";
/// Where their types are.
pub(super) const TYPES: &str = "/api/v1/problems/";

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Malformed,
    NoIdempotencyKey,
    Unauthorized,
    Forbidden,
    NotFound,
    WrongMethod,
    Conflict,
    Refused,
    UnderWay,
    TooLarge,
    WrongMedia,
    Invalid,
    KeyReused,
    TooMany,
    Unavailable,
    Broken,
}

impl Kind {
    /// What is said of it, and its status.
    pub(super) fn words(self) -> &'static ProblemWords {
        PROBLEMS.iter().find(|words| words.kind == self).expect("a test looks for every kind")
    }
}

/// Something that was not done. Nothing has changed then, unless the words say otherwise.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    wait: Option<Duration>,
}

/// 没有办成的说明（RFC 9457）
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// 哪一种问题，是本服务的地址，打开就是说明
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems/not-found")]
    kind: String,
    /// 这一种问题的名称
    title: &'static str,
    /// HTTP 状态码
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// 这一次为什么没有办成，怎么办
    detail: String,
    /// 请求里哪些地方不对；不是字段的问题就没有这一项
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// 请求里一个不对的地方
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// 正文里的位置（JSON Pointer，RFC 6901）；地址里的参数写成 `?名字`
    #[schema(example = "/opinion")]
    pub(super) pointer: String,
    /// 哪里不对，怎么写
    pub(super) detail: String,
}

impl Problem {
    /// One with the words for this time.
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), wait: None }
    }

    /// One with the words that always hold.
    pub(super) fn of(kind: Kind) -> Self {
        Self::new(kind, kind.words().about)
    }

    /// A part of the request is wrong.
    pub(super) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// Parts of the request are wrong.
    pub(super) fn fields(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::of(Kind::Invalid) }
    }

    /// The request can be read, and rules of the offices forbid what it says.
    pub(super) fn refused(detail: impl Into<String>, errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Kind::Refused, detail) }
    }

    /// The same of one part of it.
    pub(super) fn rule(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let kind = Kind::Refused;
        Self::refused(kind.words().about, vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// With how long to wait.
    pub(super) fn after(self, wait: Duration) -> Self {
        Self { wait: Some(wait), ..self }
    }

    /// What an answer of elsewhere (axum's, a layer's) means, by its status.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::of(Kind::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Self::of(Kind::WrongMethod),
            StatusCode::PAYLOAD_TOO_LARGE => Self::of(Kind::TooLarge),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::of(Kind::WrongMedia),
            StatusCode::REQUEST_TIMEOUT => Self::of(Kind::Unavailable).after(BUSY),
            status if status.is_server_error() => Self::of(Kind::Broken),
            _ => Self::of(Kind::Malformed),
        }
    }

    /// It was not refused, it failed; the cause is for the log.
    pub(super) fn failed(error: &dyn std::error::Error, is_transient: bool) -> Self {
        if is_transient {
            tracing::warn!(%error, "the API had to ask for patience");
            Self::of(Kind::Unavailable).after(BUSY)
        } else {
            tracing::error!(%error, "the API could not answer");
            Self::of(Kind::Broken)
        }
    }
}

/// How long to wait when the bot is busy.
const BUSY: Duration = Duration::from_secs(10);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let words = self.kind.words();
        let body = ProblemBody {
            kind: format!("{TYPES}{}", words.name),
            title: words.title,
            status: words.status,
            detail: self.detail,
            errors: self.errors,
        };
        let status = StatusCode::from_u16(words.status).expect("a test looks at every status");
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, seconds(wait).into());
        }
        if self.kind == Kind::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"api\""));
        }
        response
    }
}

/// Whole seconds, rounded up.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_and_a_status_of_its_own_sort() {
        for words in PROBLEMS {
            assert_eq!(words.kind.words().name, words.name);
            assert!(
                StatusCode::from_u16(words.status).is_ok_and(|status| status.as_u16() >= 400),
                "{words:?}"
            );
            assert_eq!(PROBLEMS.iter().filter(|other| other.name == words.name).count(), 1, "{words:?}");
            let response = Problem::of(words.kind).into_response();
            assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA);
            assert_eq!(response.status().as_u16(), words.status);
        }
    }

    #[test]
    fn seconds_are_never_too_few() {
        for (millis, expected) in [(0, 0), (1, 1), (1000, 1), (1001, 2)] {
            assert_eq!(seconds(Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
