//! The steps of an announcement's life, pressed on its page: each for the version that was looked at.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{declined, page};
use crate::{
    office::broadcasts::{self, BroadcastError},
    store::Broadcast,
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice},
            gate::SignedIn,
        },
    },
    workflow::broadcast::Step as Life,
};

/// A step by its name in an address.
pub(super) struct Step(pub(super) Life);

impl Step {
    pub(super) fn read(name: &str) -> Option<Self> {
        Some(Self(match name {
            "propose" => Life::Propose,
            "return" => Life::Return,
            "approve" => Life::Approve,
            "start" => Life::Start,
            "pause" => Life::Pause,
            "resume" => Life::Resume,
            "cancel" => Life::Cancel,
            _ => return None,
        }))
    }
}

/// What was typed with a step and not taken.
#[derive(Debug, Default, Serialize)]
pub(super) struct Typed {
    /// Which step's.
    step: String,
    pub(super) reason: String,
}

impl Typed {
    #[cfg(test)]
    pub(super) fn sample(step: &str) -> Self {
        Self { step: step.to_owned(), reason: "<样例>".to_owned() }
    }
}

#[derive(Deserialize)]
pub(super) struct Given {
    version: i64,
    #[serde(default)]
    reason: String,
    /// Ticked when nothing can be taken back.
    #[serde(default)]
    sure: bool,
}

pub(super) async fn take(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((number, name)): Path<(i64, String)>,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Some(Step(step)) = Step::read(&name) else { return Ok(frame::missing(&signed_in)) };
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let present = match broadcasts::find(store, staff, number).await {
        Ok(present) => present,
        Err(error) => return declined(&signed_in, error),
    };
    let typed = Typed { step: name.clone(), reason: given.reason.clone() };
    if step == Life::Cancel && !given.sure {
        let notice = Notice::refused("还没有取消：请勾选“我确认取消”，再按一次。");
        return page::shown(&site, &signed_in, &present, typed, Some(notice)).await;
    }
    // Pausing and going on are of the announcement, not of a version; what is pressed on an older page is refused too.
    if present.version != given.version {
        return page::refused(&site, &signed_in, number, typed, BroadcastError::Changed).await;
    }
    let seen = Broadcast { version: given.version, ..present };
    match broadcasts::take(store, staff, &seen, step, &given.reason, site.runner.clock.business()).await {
        Ok(_) => Ok(page::after(number, &name)),
        Err(error) => page::refused(&site, &signed_in, number, typed, error).await,
    }
}

/// Sends it to the account's own WeChat account.
pub(super) async fn preview(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    _: Form<Given>,
) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let present = match broadcasts::find(store, staff, number).await {
        Ok(present) => present,
        Err(error) => return declined(&signed_in, error),
    };
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.business());
    match broadcasts::preview(store, staff, &present, &world, now).await {
        Ok(()) => Ok(page::after(number, "preview")),
        Err(error) => page::refused(&site, &signed_in, number, Typed::default(), error).await,
    }
}

/// Has the articles of its mass sends deleted.
pub(super) async fn take_back(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let present = match broadcasts::find(store, staff, number).await {
        Ok(present) => present,
        Err(error) => return declined(&signed_in, error),
    };
    if !given.sure {
        let notice = Notice::refused("还没有删除：请勾选“我确认删除”，再按一次。");
        let typed = Typed { step: "take-back".to_owned(), ..Typed::default() };
        return page::shown(&site, &signed_in, &present, typed, Some(notice)).await;
    }
    match broadcasts::want_back(store, staff, &present, site.runner.clock.business()).await {
        Ok(()) => Ok(page::after(number, "take-back")),
        Err(error) => page::refused(&site, &signed_in, number, Typed::default(), error).await,
    }
}
