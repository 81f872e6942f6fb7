//! What a request says, read strictly: an unknown field is a mistake, and every mistake says where it is.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path as PathOf, Request},
    http::{HeaderMap, header, request::Parts},
    response::IntoResponse as _,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{
    problem::{Kind, Problem},
    said::plain,
};
use crate::web::Site;

/// A JSON body.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Site> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Problem> {
        if media(request.headers()) != Some("application/json") {
            return Err(Problem::of(Kind::WrongMedia));
        }
        let bytes = Bytes::from_request(request, site).await;
        let bytes = bytes.map_err(|refused| Problem::of_status(refused.into_response().status()))?;
        if let Some(pointer) = nul(&bytes) {
            return Err(with_nul(pointer));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer = pointer(error.path());
            let cause = error.into_inner();
            if cause.is_data() { wrong(pointer, &cause) } else { Problem::of(Kind::Malformed) }
        })?;
        reader.end().map_err(|_| Problem::of(Kind::Malformed))?;
        Ok(Self(read))
    }
}

/// What stands behind `?`.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        let read = serde_path_to_error::deserialize(reader).map_err(|error| {
            let pointer =
                format!("?{}", error.path().iter().next().map(ToString::to_string).unwrap_or_default());
            wrong(pointer, error.inner())
        });
        read.map(Self)
    }
}

/// The name of a row as the only part of a path: one that no row can have is nobody's.
pub(super) struct RowId(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for RowId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = PathOf::<String>::from_request_parts(parts, state).await;
        let id = read.ok().filter(|PathOf(id)| plain(id).is_some());
        id.map(|PathOf(id)| Self(id)).ok_or_else(|| Problem::of(Kind::NotFound))
    }
}

/// The media type of a body, without its parameters.
pub(super) fn media(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.split(';').next().unwrap_or_default().trim())
}

/// The parser's words are the program's language; where it is, and the description, say the rest.
fn wrong(pointer: String, cause: &dyn std::fmt::Display) -> Problem {
    let cause = cause.to_string();
    let cause = cause.split(" at line ").next().unwrap_or_default();
    Problem::field(pointer, format!("写法不对，请对照接口说明（{cause}）"))
}

/// Whether a text has a NUL, as JSON can have it by its escape only: PostgreSQL keeps no text with one, and no office's
/// text has one.
pub(super) fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at..].starts_with(br"\u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

/// The first of them.
fn nul(json: &[u8]) -> Option<String> {
    let whole = has_nul(json).then(|| serde_json::from_slice(json).ok()).flatten()?;
    nul_in(&whole, String::new())
}

/// What is said of it.
pub(super) fn with_nul(pointer: String) -> Problem {
    Problem::field(pointer, "有空字符（NUL），请去掉再发")
}

fn nul_in(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(rows) => {
            rows.iter().enumerate().find_map(|(index, row)| nul_in(row, format!("{at}/{index}")))
        }
        Value::Object(fields) => fields.iter().find_map(|(key, field)| {
            let inside = format!("{at}/{}", escaped(key));
            if key.contains('\0') { Some(at.clone()) } else { nul_in(field, inside) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only where the mistakes are matters")]
    struct Asked {
        rows: Vec<Row>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only where the mistakes are matters")]
    struct Row {
        #[serde(rename = "a/b~c")]
        number: u8,
    }

    #[test]
    fn a_nul_is_found_wherever_it_stands() {
        let rows = [
            (r#"{"a":"x"}"#, None),
            (r#"{"a":"\\u0000"}"#, None),
            (r#"{"a":"\u0000"}"#, Some("/a")),
            (r#"{"a":[{"b/c":"x\u0000"}]}"#, Some("/a/0/b~1c")),
            (r#"{"a":{"\u0000":1}}"#, Some("/a")),
            (r#""\u0000""#, Some("")),
            (r#"{"a":"\u0000"#, None),
        ];
        for (text, expected) in rows {
            assert_eq!(nul(text.as_bytes()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_where_it_is() {
        let rows = [
            (r#"{"rows":[{"a/b~c":1},{"a/b~c":"x"}]}"#, "/rows/1/a~1b~0c"),
            (r#"{"rows":1}"#, "/rows"),
            (r#"{"rows":[],"more":1}"#, "/more"),
            ("[]", ""),
        ];
        for (text, expected) in rows {
            let mut reader = serde_json::Deserializer::from_str(text);
            let error = serde_path_to_error::deserialize::<_, Asked>(&mut reader).unwrap_err();
            assert_eq!(pointer(error.path()), expected, "{text}: {error}");
        }
    }
}
