//! What holds for every request and answer of the camera page: who may post, and what a browser may do with it.
//!
//! A post without the secret in the path reaches nothing, so another site cannot forge one; the check here is the
//! second lock.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};

use crate::web::{Site, guard, pages::Page};

/// Nothing from elsewhere, nothing inline, no frames; `blob:` is the preview of a picture just taken, `data:` the
/// QR code. Where people authorise comes behind it: 「开始」 is a form that leads there.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";
/// The camera is the page's own; nothing else of the device is.
const PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";

/// Refuses posts of other sites and puts the headers on every answer; one that is there already stays.
pub(super) async fn watch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let public_url = site.runner.world.load().public_url.clone();
    let is_ours = request.method() != Method::POST || guard::is_own_form(request.headers(), &public_url);
    let response = if is_ours {
        next.run(request).await
    } else {
        tracing::warn!("refused a form of another site");
        Page::Foreign {}.answer(StatusCode::FORBIDDEN)
    };
    let policy = HeaderValue::from_str(&format!("{POLICY} {}", site.login.origin()));
    let policy = policy.expect("an address that was parsed fits in a header");
    guard::finish(&site, response, policy, PERMISSIONS)
}
