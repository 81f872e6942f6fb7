//! What holds for every request and answer of the camera page: who may post, and what a browser may do with it.
//!
//! A post without the secret in the path reaches nothing, so another site cannot forge one; the checks here are the
//! second lock. `Origin` is `null` under our own `no-referrer` policy and proves nothing then; browsers that know
//! `Sec-Fetch-Site` tell the truth by it, the others have the cookie's `SameSite`.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::web::{Site, WebError, pages::Page};

/// Nothing from elsewhere, nothing inline, no frames; `blob:` is the preview of a picture just taken, `data:` the
/// QR code. Where people authorise comes behind it: 「开始」 is a form that leads there.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";
/// The camera is the page's own; nothing else of the device is.
const PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Two years, as browsers' preload lists ask.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Refuses posts of other sites and puts the headers on every answer; one that is there already stays.
pub(super) async fn watch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let public_url = site.runner.world.load().public_url.clone();
    let is_ours = request.method() != Method::POST || is_own_form(request.headers(), &public_url);
    let mut response = if is_ours {
        next.run(request).await
    } else {
        tracing::warn!("refused a form of another site");
        Page::Foreign {}.answer(StatusCode::FORBIDDEN)
    };
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        response = WebError::Late.into_response();
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    let policy = HeaderValue::from_str(&format!("{POLICY} {}", site.login.origin()));
    let policy = policy.expect("an address that was parsed fits in a header");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    if site.is_https() {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    response
}

fn is_own_form(headers: &HeaderMap, public_url: &str) -> bool {
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
