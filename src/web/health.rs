//! Probes for whoever runs the process: alive at all, and ready to answer people.
//!
//! `live` touches nothing, so that a slow database never gets the process killed; `ready` asks the database, so that
//! no traffic comes while it is away.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use super::Site;

/// Longer than a healthy database takes by far, shorter than common probes wait (Kubernetes: 1 s by default, so it
/// must be raised there to at least this).
const PATIENCE: Duration = Duration::from_secs(2);

/// `/health/live` and `/health/ready`.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/health/live", get(async || told(StatusCode::OK, "live\n")))
        .route("/health/ready", get(ready))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(RequestBodyLimitLayer::new(0))
}

async fn ready(State(site): State<Site>) -> Response {
    match site.runner.store.ping().await {
        Ok(()) => told(StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(error = %error, "not ready: the database does not answer");
            told(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

fn told(status: StatusCode, words: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], words).into_response()
}
