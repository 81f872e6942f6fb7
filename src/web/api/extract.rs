//! What a request says, read strictly: an unknown field is a mistake, and every mistake says where it is.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
    response::IntoResponse as _,
};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::problem::{Kind, Problem};
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

/// RFC 6901.
fn pointer(path: &Path) -> String {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
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
