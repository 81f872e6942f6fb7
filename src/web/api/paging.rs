//! Lists in pages: a page says where the next begins, in its body and as `Link`.
//!
//! A cursor is a place in the list that the store can find again, wrapped so that nobody builds one: what is in it may
//! change.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{
    problem::{Kind, Problem},
    said::plain,
};

/// Rows of a page when nothing else is said, and at most.
pub(super) const LIMIT: u32 = 50;
pub(super) const LIMIT_MAX: u32 = 200;

/// How many rows, as asked for.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(LIMIT) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::field("?limit", format!("请写 1 到 {LIMIT_MAX}"))),
    }
}

/// A place in a list, as clients see it.
pub(super) fn cursor(place: &str) -> String {
    URL_SAFE_NO_PAD.encode(place)
}

/// The place of a cursor of a list whose places are names of rows.
pub(super) fn row(cursor: Option<&str>) -> Result<Option<String>, Problem> {
    place(cursor, |id| plain(id).map(str::to_owned))
}

/// The place of a cursor; one that this bot did not give names a page that is not there.
pub(super) fn place<T>(
    cursor: Option<&str>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let found = text.as_deref().and_then(read);
    let missing = || Problem::new(Kind::NotFound, "没有这一页：cursor 要原样用上一页的 next。");
    found.map(Some).ok_or_else(missing)
}

/// A page, with `Link` if there is another, which begins at the place `next`. `body` is given its cursor.
pub(super) fn page<P: Serialize>(
    uri: &Uri,
    next: Option<&str>,
    body: impl FnOnce(Option<String>) -> P,
) -> Response {
    let next = next.map(cursor);
    let link = next.as_deref().and_then(|next| HeaderValue::from_str(&link(uri, next)).ok());
    let mut response = axum::Json(body(next)).into_response();
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    response
}

/// The same question with another cursor (RFC 8288).
fn link(uri: &Uri, next: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={next}");
    let query: Vec<&str> = kept.chain([cursor.as_str()]).collect();
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_what_was_asked() {
        let rows = [
            ("/api/v1/cases", "</api/v1/cases?cursor=abc>; rel=\"next\""),
            (
                "/api/v1/cases?limit=2&cursor=x&stage=ready",
                "</api/v1/cases?limit=2&stage=ready&cursor=abc>; rel=\"next\"",
            ),
        ];
        for (asked, expected) in rows {
            assert_eq!(link(&asked.parse().unwrap(), "abc"), expected);
        }
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let read = |text: &str| (text == "17-01J").then(|| text.to_owned());
        assert_eq!(place(Some(&cursor("17-01J")), read).unwrap().as_deref(), Some("17-01J"));
        assert!(place(None, read).unwrap().is_none());
        for wrong in ["", "!", "AAAA", "MTctMDFK0"] {
            assert_eq!(place(Some(wrong), read).unwrap_err().kind, Kind::NotFound, "{wrong}");
        }
    }
}
