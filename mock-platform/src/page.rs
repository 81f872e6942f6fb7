//! The chat page: its files, the media it shows, and one long poll for everything that is new.
//!
//! Plain HTML, CSS and JavaScript, compiled in, served from here and from nowhere else. The page acts through the
//! test API; what it needs besides is here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agents;
use crate::model::{Person, State as Model};
use crate::options::SubscribeTemplate;
use crate::platform::Platform;

/// Seconds that the page's long poll waits.
const POLL: Duration = Duration::from_secs(25);
/// Log lines of one answer; a page that comes late starts with the newest.
const LOG_LINES: usize = 500;
/// Candidates of the registry that the page offers to play with.
const SAMPLES: usize = 30;
/// Scenes of QR codes that the page offers for scanning.
const SCENES: usize = 50;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const FILES: &[(&str, &str, &str)] = &[
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/page/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("/page/style.css", CSS, include_str!("page/style.css")),
    ("/page/phone.css", CSS, include_str!("page/phone.css")),
    ("/page/bubbles.css", CSS, include_str!("page/bubbles.css")),
    ("/page/panel.css", CSS, include_str!("page/panel.css")),
    ("/page/dialogs.css", CSS, include_str!("page/dialogs.css")),
    ("/page/main.js", JS, include_str!("page/main.js")),
    ("/page/people.js", JS, include_str!("page/people.js")),
    ("/page/phone.js", JS, include_str!("page/phone.js")),
    ("/page/menu.js", JS, include_str!("page/menu.js")),
    ("/page/deeds.js", JS, include_str!("page/deeds.js")),
    ("/page/camera.js", JS, include_str!("page/camera.js")),
    ("/page/profile.js", JS, include_str!("page/profile.js")),
    ("/page/bubbles.js", JS, include_str!("page/bubbles.js")),
    ("/page/cards.js", JS, include_str!("page/cards.js")),
    ("/page/panel.js", JS, include_str!("page/panel.js")),
    ("/page/log.js", JS, include_str!("page/log.js")),
    ("/page/faults.js", JS, include_str!("page/faults.js")),
    ("/page/limits.js", JS, include_str!("page/limits.js")),
    ("/page/switches.js", JS, include_str!("page/switches.js")),
    ("/page/samples.js", JS, include_str!("page/samples.js")),
    ("/page/agents.js", JS, include_str!("page/agents.js")),
    ("/page/dialogs.js", JS, include_str!("page/dialogs.js")),
    ("/page/tools.js", JS, include_str!("page/tools.js")),
];

/// Own files only; an article's picture may also come from another server on this machine, such as the bot.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    img-src 'self' data: blob: http://127.0.0.1:* http://localhost:*";

pub(crate) fn routes() -> Router<Arc<Platform>> {
    let mut router =
        Router::new().route("/mmbiz/{media_id}", get(media)).route("/page/updates", get(updates));
    for (path, content_type, text) in FILES {
        let headers = [
            (header::CONTENT_TYPE, *content_type),
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ];
        router = router.route(path, get(move || std::future::ready((headers, *text))));
    }
    router
}

async fn media(State(platform): State<Arc<Platform>>, Path(media_id): Path<String>) -> Response {
    let state = platform.state();
    let Some(media) = state.media.shown(&media_id, platform.now()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    ([(header::CONTENT_TYPE, media.content_type)], media.bytes.clone()).into_response()
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    after: u64,
    /// What the page has of everything that has no number: people, menu, switches.
    #[serde(default)]
    seen: String,
}

/// Everything newer than `after`, at once if there is anything, else when there is.
async fn updates(State(platform): State<Arc<Platform>>, Query(since): Query<Since>) -> Json<Value> {
    let now = platform.now();
    let found = platform.wait_for(POLL, |state| {
        let head = head(&platform, state);
        let seen = fingerprint(&head);
        (state.last() != since.after || seen != since.seen)
            .then(|| news(state, since.after, &head, &seen, now))
    });
    Json(found.await.unwrap_or_else(|| json!({ "after": since.after, "seen": since.seen, "now": now })))
}

fn head(platform: &Platform, state: &Model) -> Value {
    let now = platform.now();
    let people = state
        .order
        .iter()
        .filter_map(|openid| state.people.get(openid).map(|p| person(state, openid, p, now)));
    json!({
        "account": platform.options.account_name,
        "mode": platform.options.mode,
        "bot": state.bot,
        "people": people.collect::<Vec<_>>(),
        "menu": state.menus.default,
        "faults": state.faults.pending(),
        "registry": state.upstream.registry,
        "population": { "default": state.upstream.default, "named": state.upstream.named() },
        "samples": state.upstream.samples().take(SAMPLES).map(sample).collect::<Vec<_>>(),
        "scenes": scenes(state),
        "notices": state.notices.iter().map(notice).collect::<Vec<_>>(),
    })
}

/// What a person would know of themselves; the rest of a candidate's record is the registry's own.
fn sample(candidate: &Value) -> Value {
    let fields = ["name", "exam_no", "document_no", "phone"];
    fields.into_iter().map(|field| (field.to_owned(), candidate[field].clone())).collect()
}

/// A template for subscription notices, to agree to.
fn notice(template: &SubscribeTemplate) -> Value {
    json!({ "template_id": template.template_id, "title": template.title })
}

fn scenes(state: &Model) -> Vec<&str> {
    let scenes: BTreeSet<_> = state.tickets.values().map(|ticket| ticket.scene.as_str()).collect();
    scenes.into_iter().take(SCENES).collect()
}

fn person(state: &Model, openid: &str, person: &Person, now: i64) -> Value {
    json!({
        "openid": openid,
        "nickname": person.nickname,
        "follows": person.follows,
        "typing": now < person.typing,
        "window": person.window,
        "mass": person.standing.received(now),
        "settings": person.settings,
        // Only where it is not the one that all have: a crowd would make every answer long.
        "menu": state.menus.fitting(&person.standing.tags, person.settings.platform()),
        "agent": person.agent.as_ref().map(agents::Session::stands),
    })
}

/// A short word that changes when the head does.
fn fingerprint(head: &Value) -> String {
    crate::crypto::signature(&[&head.to_string()])
}

fn news(state: &Model, after: u64, head: &Value, seen: &str, now: i64) -> Value {
    // A page that has seen a higher number than ours talks to a mock that was started anew.
    let after = if after > state.last() { 0 } else { after };
    let items: Vec<Value> = state
        .order
        .iter()
        .filter_map(|openid| state.people.get(openid).map(|person| (openid, person)))
        .flat_map(|(openid, person)| {
            let start = person.screen.partition_point(|item| item.seq <= after);
            person.screen[start..].iter().map(move |item| json!({ "openid": openid, "item": item }))
        })
        .collect();
    let newer = state.log.len() - state.log.partition_point(|entry| entry.seq() <= after);
    let left_out = newer.saturating_sub(LOG_LINES);
    let log: Vec<_> = state.log.range(state.log.len() - (newer - left_out)..).collect();
    json!({
        "after": state.last(),
        "seen": seen,
        "now": now,
        "head": head,
        "items": items,
        "log": log,
        "left_out": left_out,
    })
}
