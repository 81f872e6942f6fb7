//! Every address of the console. What stands in `desk` needs a sign-in and the act beside it; the rest is for anybody.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use tower_http::timeout::TimeoutLayer;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use super::{
    account, accounts, audit, broadcasts, data, deliveries,
    desk::{Desk, Entry},
    frame,
    gate::SignedIn,
    inquiries, keys, onsite, overview, people, retention, review,
    sessions::{LONGEST, SignIns},
    sign_in,
};
use crate::{
    office::Act,
    web::{Site, WebError, guard, pages},
};

/// Time for a page: far more than it takes, less than a person waits.
const PAGE_TIME: Duration = Duration::from_secs(10);
/// A form: an opinion of 500 characters in UTF-8, percent-encoded, and room for the rest.
const FORM_BYTES: usize = 16 * 1024;
/// Nothing from elsewhere, nothing inline, no frames; `data:` is a QR code.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
/// The cookie's name.
const COOKIE: &str = "staff";

/// Every route that needs a sign-in, with what it needs.
pub fn entries(site: &Site) -> Vec<Entry> {
    desk(site).entries
}

fn desk(site: &Site) -> Desk {
    let groups = [
        account::routes,
        overview::routes,
        review::routes,
        deliveries::routes,
        broadcasts::routes,
        inquiries::routes,
        onsite::routes,
        people::routes,
        data::routes,
        keys::routes,
        retention::routes,
        accounts::routes,
        audit::routes,
    ];
    let desk = groups.into_iter().fold(Desk::new(site), |desk, routes: fn(Desk) -> Desk| routes(desk));
    desk.post("/staff/sign-out", Act::OwnAccount, sign_in::sign_out).get(
        "/staff/{*elsewhere}",
        Act::OwnAccount,
        elsewhere,
    )
}

/// `/staff/…`.
pub fn routes(site: &Site) -> Router<Site> {
    let store = SignIns { store: site.runner.store.clone(), clock: site.runner.clock.clone() };
    let longest = time::Duration::try_from(LONGEST).expect("half a day fits");
    let sessions = SessionManagerLayer::new(store)
        .with_name(COOKIE)
        .with_path("/staff")
        .with_same_site(SameSite::Lax)
        .with_secure(site.staff_url.starts_with("https://"))
        .with_expiry(Expiry::OnInactivity(longest));
    let desk = desk(site);
    Router::new()
        .route(sign_in::PATH, get(sign_in::page).post(sign_in::sign_in))
        .merge(desk.router)
        .layer(sessions.clone())
        .route("/staff/assets/{file}", get(asset))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIME))
        .merge(desk.apart.layer(sessions))
        .route("/staff/", get(home))
        .layer(middleware::from_fn_with_state(site.clone(), watch))
}

async fn elsewhere(signed_in: SignedIn) -> Response {
    frame::missing(&signed_in)
}

/// To the first page.
pub(in crate::web) async fn home() -> Redirect {
    Redirect::to("/staff")
}

/// What the offices' own address answers where nothing is.
pub(in crate::web) async fn nowhere(State(site): State<Site>) -> Response {
    guard::finish(&site, frame::nowhere(), POLICY, PERMISSIONS)
}

async fn asset(Path(file): Path<String>) -> Response {
    pages::staff_asset(&file).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// Refuses posts of other sites, says in the console's own pages what went wrong, and puts the headers on every answer.
async fn watch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_ours = request.method() != Method::POST || guard::is_own_form(request.headers(), &site.staff_url);
    let response = if is_ours {
        next.run(request).await
    } else {
        tracing::warn!("refused a form of another site");
        StatusCode::FORBIDDEN.into_response()
    };
    let response = match response.status() {
        StatusCode::REQUEST_TIMEOUT => WebError::Late.into_response(),
        _ => response,
    };
    guard::finish(&site, frame::dressed(response), POLICY, PERMISSIONS)
}
