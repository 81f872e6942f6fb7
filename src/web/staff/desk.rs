//! The console's router, which knows of each route what it lets one do.

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::{Method, StatusCode},
    middleware,
    routing::{MethodRouter, get, post},
};
use tower_http::timeout::TimeoutLayer;

use super::gate;
use crate::{office::Act, web::Site};

/// One route of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// GET or POST.
    pub method: Method,
    /// As the router has it: `/staff/cases/{number}`.
    pub path: &'static str,
    /// What a role must be allowed to do to get there.
    pub act: Act,
}

/// Collects routes: none gets in without an act.
pub(super) struct Desk {
    site: Site,
    pub(super) router: Router<Site>,
    /// What brings its own bounds along.
    pub(super) apart: Router<Site>,
    pub(super) entries: Vec<Entry>,
}

impl Desk {
    pub(super) fn new(site: &Site) -> Self {
        Self { site: site.clone(), router: Router::new(), apart: Router::new(), entries: Vec::new() }
    }

    /// A page to look at.
    pub(super) fn get<H: Handler<T, Site>, T: 'static>(self, path: &'static str, act: Act, page: H) -> Self {
        self.add(Method::GET, path, act, get(page))
    }

    /// A form to send.
    pub(super) fn post<H: Handler<T, Site>, T: 'static>(self, path: &'static str, act: Act, form: H) -> Self {
        self.add(Method::POST, path, act, post(form))
    }

    /// A form that may be larger than a page's and may take longer: so many bytes, so long.
    pub(super) fn post_within<H: Handler<T, Site>, T: 'static>(
        mut self,
        path: &'static str,
        act: Act,
        (bytes, time): (usize, Duration),
        form: H,
    ) -> Self {
        let late = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
        let route = self.behind_gate(Method::POST, path, act, post(form));
        let route: MethodRouter<Site> = route.layer(DefaultBodyLimit::max(bytes));
        self.apart = self.apart.route(path, route.layer(late));
        self
    }

    fn add(mut self, method: Method, path: &'static str, act: Act, route: MethodRouter<Site>) -> Self {
        let route = self.behind_gate(method, path, act, route);
        self.router = self.router.route(path, route);
        self
    }

    fn behind_gate(
        &mut self,
        method: Method,
        path: &'static str,
        act: Act,
        route: MethodRouter<Site>,
    ) -> MethodRouter<Site> {
        self.entries.push(Entry { method, path, act });
        route.route_layer(middleware::from_fn_with_state((self.site.clone(), act), gate::pass))
    }
}
