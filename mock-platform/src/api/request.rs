//! A call as it came in: query, body, parts of a form, and what of it the log may show.

use std::collections::HashMap;
use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Query, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::error::ApiError;

/// A part of a multipart form.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// A part without one is a field and no file.
    pub(crate) file_name: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Entries of a list that the log keeps; a list of ten thousand people is told by its beginning and its length.
const LISTED: usize = 20;

/// A received call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// Where it came from.
    pub(crate) ip: String,
    query: HashMap<String, String>,
    body: Bytes,
    pub(crate) parts: Vec<Part>,
}

impl Call {
    /// Reads a request whole; the error is an HTTP answer for what is no HTTP call of ours.
    pub(crate) async fn read(request: Request, limit: usize) -> Result<Self, Response> {
        let query = Query::<HashMap<String, String>>::try_from_uri(request.uri())
            .map_err(IntoResponse::into_response)?
            .0;
        let (parts, body) = request.into_parts();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let body = axum::body::to_bytes(body, limit)
            .await
            .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let is_form = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let mut call = Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            headers: parts.headers.clone(),
            ip: peer.map(|peer| peer.0.ip().to_canonical().to_string()).unwrap_or_default(),
            query,
            body: Bytes::new(),
            parts: Vec::new(),
        };
        if is_form {
            call.parts = form(Request::from_parts(parts, body.into())).await?;
        } else {
            call.body = body;
        }
        Ok(call)
    }

    /// A query value, empty when absent.
    pub(crate) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// The access token of the query.
    pub(crate) fn token(&self) -> &str {
        self.query("access_token")
    }

    /// The body as a JSON object: 44002 when empty, 47001 when not one.
    pub(crate) fn json(&self) -> Result<Value, ApiError> {
        if self.body.is_empty() {
            return Err(ApiError::of(44002));
        }
        let value: Value = serde_json::from_slice(&self.body).map_err(|_| ApiError::of(47001))?;
        if value.is_object() { Ok(value) } else { Err(ApiError::of(47001)) }
    }

    /// Does the JSON escape a character that UTF-8 could carry (protocol §14.2)?
    pub(crate) fn has_escapes(&self) -> bool {
        let text = String::from_utf8_lossy(&self.body).replace("\\\\", "");
        text.split("\\u").skip(1).any(|rest| {
            rest.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).is_some_and(|code| code >= 0x80)
        })
    }

    /// The query as text, secrets crossed out.
    pub(crate) fn shown_query(&self) -> String {
        let mut pairs: Vec<_> = self.query.iter().collect();
        pairs.sort();
        let shown = |(name, value): &(&String, &String)| {
            format!("{name}={}", if is_secret(name) { "***" } else { value })
        };
        pairs.iter().map(shown).collect::<Vec<_>>().join("&")
    }

    /// The body as text: JSON with its secret crossed out, a form by its parts.
    pub(crate) fn shown_body(&self) -> String {
        match &self.shown()["body"] {
            Value::Null => String::from_utf8_lossy(&self.body).into_owned(),
            body => body.to_string(),
        }
    }

    /// What the log shows: no token, no secret, files by size, long lists by their beginning.
    pub(crate) fn shown(&self) -> Value {
        let query: Map<String, Value> = self
            .query
            .iter()
            .filter(|(name, _)| !is_secret(name))
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        let body = if self.parts.is_empty() {
            let mut body = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
            if let Some(secret) = body.get_mut("secret") {
                *secret = json!("…");
            }
            shorten(&mut body);
            body
        } else {
            self.parts.iter().map(|part| (part.name.clone(), json!({ "bytes": part.bytes.len() }))).collect()
        };
        json!({ "query": query, "body": body })
    }
}

/// Cuts every long list after its first entries; a last one says how many more there were.
pub(crate) fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => {
            let more = list.len().saturating_sub(LISTED);
            list.truncate(LISTED);
            list.iter_mut().for_each(shorten);
            if more > 0 {
                list.push(json!(format!("… and {more} more")));
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Values that no log shows.
fn is_secret(name: &str) -> bool {
    matches!(name, "access_token" | "secret" | "appsecret" | "refresh_token")
}

async fn form(mut request: Request) -> Result<Vec<Part>, Response> {
    // The body has been read within its limit; the extractor's own is less than a photograph.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(IntoResponse::into_response)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
        parts.push(Part { name, file_name, bytes });
    }
    Ok(parts)
}

/// A number, also when a client sends it as a text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A text of an object; `None` when absent, of another type, or empty.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_told_by_its_beginning() {
        let list = |count: usize| (0..count).map(Value::from).collect::<Vec<_>>();
        let mut body =
            json!({ "touser": list(10_000), "text": { "media_ids": list(LISTED) }, "msgtype": "text" });
        shorten(&mut body);
        let mut expected = list(LISTED);
        expected.push(json!("… and 9980 more"));
        assert_eq!(
            body,
            json!({ "touser": expected, "text": { "media_ids": list(LISTED) }, "msgtype": "text" })
        );
    }
}
