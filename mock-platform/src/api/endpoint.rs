//! What the platform can be asked: every family keeps the table of its own endpoints, [`FAMILIES`] joins them.
//!
//! A row says all that is judged before the call runs: method, token, and how often a day (protocol §13, verified
//! account). Where the protocol names no number, there is no quota.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::http::Method;

use super::error::ApiError;
use super::request::Call;
use super::{
    Answer, custom, desk, draft, library, mass, material, media, menu, network, oauth, qrcode, subscribe,
    tags, template, token, user,
};
use crate::platform::Platform;

pub(crate) type Run = fn(&Arc<Platform>, &Call) -> Result<Answer, ApiError>;

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    /// `None` takes both GET and POST.
    pub(crate) method: Option<Method>,
    pub(crate) token: bool,
    pub(crate) daily: Option<u32>,
    pub(crate) run: Run,
}

pub(crate) const fn get(path: &'static str, daily: Option<u32>, run: Run) -> Endpoint {
    Endpoint { path, method: Some(Method::GET), token: true, daily, run }
}

pub(crate) const fn post(path: &'static str, daily: Option<u32>, run: Run) -> Endpoint {
    Endpoint { path, method: Some(Method::POST), token: true, daily, run }
}

/// A call by GET or POST.
pub(crate) const fn either(path: &'static str, run: Run) -> Endpoint {
    Endpoint { path, method: None, token: true, daily: None, run }
}

/// A call that needs no token of the API.
pub(crate) const fn open(path: &'static str, method: Method, run: Run) -> Endpoint {
    Endpoint { path, method: Some(method), token: false, daily: None, run }
}

/// A call that gives a token.
pub(crate) const fn grant(path: &'static str, method: Method, daily: u32, run: Run) -> Endpoint {
    Endpoint { path, method: Some(method), token: false, daily: Some(daily), run }
}

/// Every path that the mock knows.
static FAMILIES: &[&[Endpoint]] = &[
    token::ENDPOINTS,
    network::ENDPOINTS,
    custom::ENDPOINTS,
    desk::ENDPOINTS,
    template::ENDPOINTS,
    library::ENDPOINTS,
    subscribe::ENDPOINTS,
    media::ENDPOINTS,
    material::ENDPOINTS,
    menu::ENDPOINTS,
    qrcode::ENDPOINTS,
    user::ENDPOINTS,
    tags::ENDPOINTS,
    draft::ENDPOINTS,
    mass::ENDPOINTS,
    oauth::ENDPOINTS,
];

static BY_PATH: LazyLock<HashMap<&'static str, &'static Endpoint>> =
    LazyLock::new(|| endpoints().map(|endpoint| (endpoint.path, endpoint)).collect());

/// All of them, family by family.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    FAMILIES.iter().copied().flatten()
}

/// The endpoint at a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    BY_PATH.get(path).copied()
}
