//! A file that was brought: what is wrong with it, or what it would change; and importing exactly that.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{preview::LookPage, shelf::Kept};
use crate::web::{
    Site,
    staff::{
        form::Form,
        frame::{self, Notice},
        gate::SignedIn,
    },
};

/// So long a request waits for what it began: small files need no page in between, and there is time left to answer.
const SOON: Duration = Duration::from_secs(6);

#[derive(Deserialize)]
pub(super) struct GoOn {
    /// What was looked at; empty to look again.
    #[serde(default)]
    seen: String,
}

/// How far a file is.
pub(super) async fn page(State(site): State<Site>, signed_in: SignedIn, Path(id): Path<String>) -> Response {
    match find(&site, &signed_in, &id) {
        Some(kept) => frame::show(&signed_in, &LookPage::of(&kept), None),
        None => gone(),
    }
}

/// Imports it, or looks again.
pub(super) async fn go_on(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(GoOn { seen }): Form<GoOn>,
) -> Response {
    let Some(kept) = find(&site, &signed_in, &id) else { return gone() };
    if seen.is_empty() {
        kept.look(&site, &signed_in.staff);
    } else if !kept.store(&site, &signed_in.staff, &seen) {
        let words = "这个文件已经导入过，或不是您看过的样子了。这一次什么都没有导入。";
        return frame::show(&signed_in, &LookPage::of(&kept), Some(Notice::refused(words)));
    }
    wait(&kept).await;
    Redirect::to(&format!("/staff/data/imports/{id}")).into_response()
}

/// Waits for what is under way, though not long.
pub(super) async fn wait(kept: &Kept) {
    let mut stage = kept.stage.subscribe();
    // Whoever is too early sees how far it is.
    let _ = tokio::time::timeout(SOON, stage.wait_for(|stage| !stage.is_under_way())).await;
}

fn find(site: &Site, signed_in: &SignedIn, id: &str) -> Option<Arc<Kept>> {
    site.imports.find(id, &signed_in.staff.name, site.runner.clock.business())
}

fn gone() -> Response {
    Redirect::to("/staff/data?said=gone").into_response()
}
