//! The console's router, which knows of each route what it lets one do.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware,
    routing::{MethodRouter, get, post},
};

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
    pub(super) entries: Vec<Entry>,
}

impl Desk {
    pub(super) fn new(site: &Site) -> Self {
        Self { site: site.clone(), router: Router::new(), entries: Vec::new() }
    }

    /// A page to look at.
    pub(super) fn get<H: Handler<T, Site>, T: 'static>(self, path: &'static str, act: Act, page: H) -> Self {
        self.add(Method::GET, path, act, get(page))
    }

    /// A form to send.
    pub(super) fn post<H: Handler<T, Site>, T: 'static>(self, path: &'static str, act: Act, form: H) -> Self {
        self.add(Method::POST, path, act, post(form))
    }

    fn add(mut self, method: Method, path: &'static str, act: Act, route: MethodRouter<Site>) -> Self {
        let gate = middleware::from_fn_with_state((self.site.clone(), act), gate::pass);
        self.router = self.router.route(path, route.route_layer(gate));
        self.entries.push(Entry { method, path, act });
        self
    }
}
