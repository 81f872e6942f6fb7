//! EDGE. What the bot serves over HTTP: the camera page, the offices' console and the probes; the platform's callback joins in `router`.
//!
//! Pages are rendered on the server and work without scripts. Every change of a person's affairs goes through
//! [`Runner::run`](crate::runner::Runner::run), as in the chat; a page only asks what is and shows it.
//! Every route has a bound on its body and on the time it is read and answered in; headers are the proxy's to bound
//! (README). Nothing here logs a path: a camera link's path is its secret.
//! Deliberately elsewhere: what an act changes (`turn`), what a picture must be (`validation::photo`), how one is kept
//! (`photos`).

pub mod api;
pub mod camera;
mod download;
pub mod error;
mod guard;
pub mod health;
pub mod pages;
pub mod staff;
pub mod webhook;
mod workbook;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::get,
};

pub use api::Api;
pub use camera::{Handover, Login, Uploads};
pub use error::WebError;

use crate::{
    office::{broadcasts::watch::Watch, overview::Overviews},
    photos::Photos,
    runner::Runner,
};
use pages::Page;
use webhook::Webhook;

/// What every handler may use; cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// Runs whatever changes something; brings store, world, clock and ids.
    pub runner: Runner,
    /// Where pictures are looked at and kept, shared with the worker of this process.
    pub photos: Photos,
    /// Room for pictures on their way in.
    pub uploads: Uploads,
    /// How the camera page learns inside WeChat who opens a link.
    pub login: Login,
    /// The code that hands the camera over to a phone.
    pub handover: Handover,
    /// What the JSON API keeps between requests.
    pub api: Api,
    /// How the offices reach the console, `https://desk.example.com`.
    pub staff_url: Arc<str>,
    /// The figures of the console's first page.
    pub overviews: Arc<Overviews>,
    /// How far announcements are, counted for all who watch.
    pub broadcasts: Arc<Watch>,
    /// Files that offices have brought and are looking at.
    pub imports: staff::Imports,
    /// Whether the audit log is being followed.
    pub verification: staff::Verification,
}

impl Site {
    /// A site with the usual room for uploads, whose console is reached as the camera page is.
    pub fn new(runner: Runner, photos: Photos, login: Login) -> Self {
        let staff_url = runner.world.load().public_url.as_str().into();
        let (uploads, handover, api) = (Uploads::default(), Handover::default(), Api::default());
        let (overviews, broadcasts, imports) = (Arc::default(), Arc::default(), staff::Imports::default());
        let verification = staff::Verification::default();
        Self {
            runner,
            photos,
            uploads,
            login,
            handover,
            api,
            staff_url,
            overviews,
            broadcasts,
            imports,
            verification,
        }
    }

    /// Whether people reach this bot over https, as `public_url` says: there may be a proxy between.
    pub fn is_https(&self) -> bool {
        self.runner.world.load().public_url.starts_with("https://")
    }
}

/// Everything at one address.
pub fn router(site: Site, webhook: Webhook) -> Router {
    pages(site).merge(webhook.routes())
}

/// The same without the platform's callback.
pub fn pages(site: Site) -> Router {
    outside(people(&site).merge(offices(&site)), site)
}

/// The two halves for two addresses: what people and the platform reach, and what only the offices do.
pub fn routers_apart(site: Site, webhook: Webhook) -> (Router, Router) {
    let outside = outside(people(&site), site.clone()).merge(webhook.routes());
    let inside = offices(&site).merge(health::routes()).route("/", get(staff::home)).fallback(staff::nowhere);
    (outside, inside.with_state(site).layer(middleware::from_fn(sane)))
}

fn people(site: &Site) -> Router<Site> {
    camera::routes(site)
}

fn offices(site: &Site) -> Router<Site> {
    staff::routes(site).merge(api::routes(site))
}

fn outside(routes: Router<Site>, site: Site) -> Router {
    let missing = async || Page::Missing {}.answer(StatusCode::NOT_FOUND);
    let routes = routes.merge(health::routes()).fallback(missing).with_state(site);
    routes.layer(middleware::from_fn(sane))
}

/// PostgreSQL keeps no text with a NUL, and nothing here is called so: such an address is nobody's, wherever it leads.
async fn sane(request: Request, next: Next) -> Response {
    let has_nul = |text: &str| text.contains("%00");
    let (path, query) = (request.uri().path(), request.uri().query());
    let status = match (has_nul(path), query.is_some_and(has_nul)) {
        (true, _) => StatusCode::NOT_FOUND,
        (false, true) => StatusCode::BAD_REQUEST,
        (false, false) => return next.run(request).await,
    };
    if path.starts_with("/api/") { api::refused(status) } else { Page::Missing {}.answer(status) }
}
