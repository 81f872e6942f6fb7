//! Writes that may be sent again: `Idempotency-Key`, as draft-ietf-httpapi-idempotency-key-header has it.
//!
//! A write is worked on in a task of its own: whoever hangs up loses nothing, the next try finds the answer. The answer is
//! on the disk before it is sent. What failed, and may go through in a moment, is forgotten at once, and the same key
//! begins anew.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use sha2::{Digest as _, Sha256};

use super::{
    caller::Caller,
    problem::{Kind, Problem},
};
use crate::{
    secrets::hex,
    store::{ApiAnswer, ApiCall, Begun},
    web::Site,
};

/// The header's name.
pub(super) const HEADER: &str = "Idempotency-Key";
/// Longest key, in characters.
pub(super) const KEY_MAX: usize = 64;
/// Says that an answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// When to come again while the same is under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs a write, unless it was run before.
pub(super) async fn run(
    site: &Site,
    caller: &Caller,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let name = name(request.headers()).ok_or_else(|| Problem::of(Kind::NoIdempotencyKey))?;
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::from_parts(parts.clone(), body), site).await;
    let body = body.map_err(|refused| Problem::of_status(refused.into_response().status()))?;
    let call = ApiCall {
        key_id: caller.0.key.id.clone(),
        name,
        asked: fingerprint(parts.method.as_str(), &parts.uri.to_string(), &body),
        lease: site.runner.ids.secret(),
    };
    match site.runner.store.begin_api_call(&call, site.runner.clock.wire()).await? {
        Begun::Now => {}
        Begun::Elsewhere => return Err(Problem::of(Kind::UnderWay).after(PATIENCE)),
        Begun::Otherwise => return Err(Problem::of(Kind::KeyReused)),
        Begun::Before(answer) => {
            let mut response = told(answer);
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            return Ok(response);
        }
    }
    let (site, request) = (site.clone(), Request::from_parts(parts, Body::from(body)));
    let work = tokio::spawn(async move { settle(&site, &call, next.run(request).await).await });
    work.await.map_err(|_| Problem::of(Kind::Broken))?
}

/// Writes an answer down before it is sent.
async fn settle(site: &Site, call: &ApiCall, response: Response) -> Result<Response, Problem> {
    let status = response.status();
    // What says when to come again is no last word.
    if status.is_server_error() || response.headers().contains_key(header::RETRY_AFTER) {
        site.runner.store.drop_api_call(call).await?;
        return Ok(response);
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let body = to_bytes(response.into_body(), usize::MAX).await.map_err(|_| Problem::of(Kind::Broken))?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let answer = ApiAnswer { status: status.as_u16(), kind, body };
    site.runner.store.end_api_call(call, &answer).await?;
    Ok(told(answer))
}

fn told(answer: ApiAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    // An answer without a body has no kind.
    match HeaderValue::from_str(&answer.kind) {
        Ok(kind) if !kind.is_empty() => response.headers_mut().insert(header::CONTENT_TYPE, kind),
        _ => response.headers_mut().remove(header::CONTENT_TYPE),
    };
    response
}

fn name(headers: &HeaderMap) -> Option<String> {
    let name = headers.get(HEADER)?.to_str().ok()?;
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    ((1..=KEY_MAX).contains(&name.len()) && is_plain).then(|| name.to_owned())
}

/// The same for the same, and for nothing else.
fn fingerprint(method: &str, address: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), address.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(body);
    hex(&hash.finalize())
}
