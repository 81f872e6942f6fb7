//! What holds for every page: posts come from our own forms, and what browsers must not do with an answer.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{Site, WebError};

/// On every answer; one that is there already stays.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Two years, as browsers' preload lists ask.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Puts the headers on an answer, with what its pages may load and which of the device's parts they may use.
pub(super) fn finish(
    site: &Site,
    mut response: Response,
    policy: HeaderValue,
    permissions: &'static str,
) -> Response {
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        response = WebError::Late.into_response();
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(permissions));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if site.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    response
}

/// Whether a post comes from a page of ours. `Origin` is `null` under our own `no-referrer` policy and proves nothing
/// then; browsers that know `Sec-Fetch-Site` tell the truth by it, the others have the cookie's `SameSite`.
pub(super) fn is_own_form(headers: &HeaderMap, public_url: &str) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = said("sec-fetch-site") {
        // `none` is the person's own doing: a reloaded form.
        return matches!(site, "same-origin" | "none");
    }
    match said("origin") {
        None | Some("null") => true,
        Some(origin) => origin.eq_ignore_ascii_case(origin_of(public_url)),
    }
}

/// Scheme, host and port of an address.
pub(super) fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_forms_are_taken() {
        let rows: [(&[(&str, &str)], bool); 9] = [
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://bot.example")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://bot.example")], true),
            (&[("origin", "https://bot.example.evil.test")], false),
            (&[("origin", "http://bot.example")], false),
            (&[("origin", "null")], true),
            (&[], true),
        ];
        for (given, expected) in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_own_form(&headers, "https://bot.example/base"), expected, "{given:?}");
        }
    }

    #[test]
    fn an_origin_ends_before_the_path() {
        let rows = [
            ("https://bot.example", "https://bot.example"),
            ("https://bot.example/a/b", "https://bot.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ];
        for (url, expected) in rows {
            assert_eq!(origin_of(url), expected);
        }
    }
}
