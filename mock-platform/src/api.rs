//! The platform's API: one table of endpoints, one way through which every call passes.
//!
//! A call is looked up in the table of `endpoint`; after the faults, `gate` judges method, token, grant and quota, then
//! the family's function runs, and the answer is written to the wire log. Errors are HTTP 200 with an `errcode` and an
//! `errmsg` that ends in a `rid` (protocol, head). One file per API family; each is pure on the state but for the
//! events that it asks to be posted later.

mod custom;
mod desk;
mod draft;
mod endpoint;
mod error;
mod fields;
mod gate;
mod library;
mod mass;
mod massbody;
mod material;
mod media;
mod menu;
mod network;
mod oauth;
mod qrcode;
mod request;
mod subscribe;
mod tags;
mod template;
mod token;
mod user;
mod words;

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::draw;
use crate::faults::{Fault, Kind};
use crate::model::{ApiCall, Entry, rids};
use crate::platform::Platform;
use error::ApiError;
use request::{Call, shorten};

/// What a call is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// JSON, as nearly always.
    Json(Value),
    /// A file.
    File { content_type: &'static str, name: Option<String>, bytes: Bytes },
    /// Another address.
    Redirect(String),
    /// An HTML page.
    Page(String),
    /// 404 with no body.
    NotFound,
    /// What still has to be looked at; it becomes JSON before anybody sees it.
    Check(network::Check),
}

/// Uploads are 10 MB at most (protocol §8); room for what is too large and has its errcode.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Everything under `/cgi-bin`, `/wxaapi`, `/connect` and `/sns`.
pub(crate) async fn serve(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    let began = Instant::now();
    let call = match Call::read(request, MAX_BODY).await {
        Ok(call) => call,
        Err(response) => return response,
    };
    let fault = platform.state().faults.take(&call.path);
    let outcome = answer(&platform, &call, fault.as_ref()).await;
    platform.answered.notify_waiters();
    let answer = match outcome {
        Ok(Ok(Answer::Check(check))) => network::look(&platform, check).await,
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => Answer::Json(error.body()),
        Err(broken) => {
            let shown = json!(broken.label);
            record(&platform, &call, 0, shown, began, fault.as_ref());
            return broken.response;
        }
    };
    let lost = fault.as_ref().is_some_and(|fault| fault.kind == Kind::Drop);
    let (errcode, shown) = summary(&answer);
    record(&platform, &call, errcode, shown, began, fault.as_ref());
    if lost { break_off() } else { respond(answer) }
}

/// An answer that is not the platform's: a status, rubbish, a broken connection.
struct Broken {
    label: String,
    response: Response,
}

async fn answer(
    platform: &Arc<Platform>,
    call: &Call,
    fault: Option<&Fault>,
) -> Result<Result<Answer, ApiError>, Broken> {
    let Some(fault) = fault else { return Ok(judge(platform, call)) };
    match fault.kind {
        Kind::Delay => {
            let answer = judge(platform, call);
            tokio::time::sleep(fault.wait(1000)).await;
            return Ok(answer);
        }
        Kind::Reorder => {
            let next = platform.answered.notified();
            drop(tokio::time::timeout(fault.wait(2000), next).await);
        }
        Kind::Duplicate => drop(judge(platform, call)),
        Kind::Drop if fault.value == "request" => {
            return Err(Broken { label: "the request was lost".to_owned(), response: break_off() });
        }
        Kind::Drop => {}
        Kind::Status => {
            let status = u16::try_from(fault.number(500)).ok().and_then(|n| StatusCode::from_u16(n).ok());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Err(Broken { label: format!("HTTP {status}"), response: html(status) });
        }
        Kind::Errcode => return Ok(Err(ApiError::of(fault.number(-1)))),
        Kind::Garbage => return Err(Broken { label: "rubbish".to_owned(), response: html(StatusCode::OK) }),
        Kind::TokenExpired => {
            let code = fault.number(42001);
            let (mut state, now) = (platform.state(), platform.now());
            match code {
                40001 => state.tokens.take_place(call.token(), now),
                _ => state.tokens.expire(call.token(), now),
            }
            return Ok(Err(ApiError::of(code)));
        }
    }
    Ok(judge(platform, call))
}

fn html(status: StatusCode) -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// A body that ends in the middle.
pub(crate) fn break_off() -> Response {
    let end = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let stream = futures_util::stream::iter([Ok(Bytes::from_static(b"{\"errc")), Err(end)]);
    Response::new(Body::from_stream(stream))
}

/// What every call is asked first, then the call itself.
fn judge(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let endpoint = gate::pass(platform, call)?;
    (endpoint.run)(platform, call)
}

fn summary(answer: &Answer) -> (i64, Value) {
    match answer {
        Answer::Json(value) => (value["errcode"].as_i64().unwrap_or(0), shown(value)),
        Answer::File { content_type, bytes, .. } => {
            (0, json!({ "file": content_type, "bytes": bytes.len() }))
        }
        Answer::Redirect(_) => (0, json!("302")),
        Answer::Page(_) => (0, json!("an HTML page")),
        Answer::NotFound | Answer::Check(_) => (0, json!("404")),
    }
}

/// What the log keeps of an answer: no tokens, long lists by their beginning.
fn shown(value: &Value) -> Value {
    let mut value = value.clone();
    shorten(&mut value);
    for name in ["access_token", "refresh_token"] {
        if let Some(token) = value.get_mut(name) {
            *token = json!("…");
        }
    }
    value
}

fn record(
    platform: &Platform,
    call: &Call,
    errcode: i64,
    shown: Value,
    began: Instant,
    fault: Option<&Fault>,
) {
    // A token that a moved clock has ended is a surprise of the test's making, not a mistake of the bot's.
    let surprise = errcode == 42001 && platform.clock.has_moved();
    let surprise = surprise.then(|| "the clock was moved".to_owned());
    let duration_ms = began.elapsed().as_millis() as u64;
    let at = platform.now();
    let mut state = platform.state();
    if let Some((_, rid)) = shown["errmsg"].as_str().and_then(|message| message.rsplit_once(" rid: ")) {
        let request = rids::Traced {
            invoke_time: at,
            cost_in_ms: duration_ms,
            request_url: call.shown_query(),
            request_body: call.shown_body(),
            response_body: shown.to_string(),
            client_ip: call.ip.clone(),
        };
        state.rids.remember(rid, request);
    }
    let entry = ApiCall {
        seq: state.next(),
        at,
        method: call.method.to_string(),
        path: call.path.clone(),
        request: call.shown(),
        errcode,
        answer: shown,
        duration_ms,
        fault: fault.map(Fault::label).or(surprise),
    };
    state.record(Entry::Call(entry));
    drop(state);
    platform.announce();
}

fn respond(answer: Answer) -> Response {
    match answer {
        // The platform's media type; clients have to look at the body all the same.
        Answer::Json(value) => {
            ([(header::CONTENT_TYPE, "application/json; encoding=utf-8")], value.to_string()).into_response()
        }
        Answer::File { content_type, name, bytes } => file(content_type, name, bytes),
        Answer::Redirect(address) => {
            let Ok(address) = HeaderValue::from_str(&address) else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
        }
        Answer::Page(page) => axum::response::Html(page).into_response(),
        Answer::NotFound | Answer::Check(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(content_type: &'static str, name: Option<String>, bytes: Bytes) -> Response {
    let mut response = ([(header::CONTENT_TYPE, content_type)], bytes).into_response();
    if let Some(name) = name
        && let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
    {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Paths with a quota by the day, and a verified account's number.
pub(crate) fn daily_limits() -> impl Iterator<Item = (&'static str, u32)> {
    endpoint::endpoints().filter_map(|endpoint| endpoint.daily.map(|limit| (endpoint.path, limit)))
}

/// `{"errcode":0,"errmsg":"ok"}`, the answer of calls that only do something.
pub(crate) fn ok() -> Answer {
    Answer::Json(json!({ "errcode": 0, "errmsg": "ok" }))
}

/// `errmsg` with a request id, as every error ends.
pub(crate) fn with_rid(message: &str) -> String {
    format!("{message} rid: {}", draw::rid())
}
