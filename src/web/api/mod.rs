//! `/api/v1`: the console's functions for the offices' own systems.
//!
//! `routes` is the list of what there is, each line with the [`Scope`](crate::office::keys::Scope) that a key needs;
//! `caller` lets in keys that open and may; `once` makes writes safe to send again; `problem` is how anything is refused.
//! A handler reads what is asked, calls the function of `office` that the console calls, and says what came of it; who
//! may see which case is decided there. `document` is the OpenAPI description, made of the handlers, and `reader` its
//! page for people. Doc comments on answers and questions are that description, hence their language.

mod audit;
mod batches;
mod caller;
mod case;
mod cases;
mod decide;
mod deliveries;
mod desk;
mod document;
mod exports;
mod extract;
mod hold;
mod imports;
mod inquiries;
mod limits;
mod me;
mod once;
mod onsite;
mod overview;
mod paging;
mod people;
mod photos;
mod problem;
mod reader;
mod refusals;
mod routes;
mod said;
mod wanted;
mod words;

pub use desk::Entry;
pub(in crate::web) use reader::ReaderPage;
pub use routes::{entries, routes};

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use crate::config;
use imports::Files;
use limits::Limits;
use problem::Problem;

/// What is refused before any route is looked for.
pub(in crate::web) fn refused(status: StatusCode) -> Response {
    Problem::of_status(status).into_response()
}

/// What the API keeps between requests; clones share it.
#[derive(Clone)]
pub struct Api {
    limits: Limits,
    files: Files,
}

impl Api {
    /// With these limits.
    pub fn new(config: &config::Api) -> Self {
        Self { limits: Limits::new(config), files: Files::default() }
    }
}

impl Default for Api {
    fn default() -> Self {
        Self::new(&config::Api::default())
    }
}
