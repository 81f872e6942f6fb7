//! Announcements (公告): written by one account, approved by another, watched while they are sent.
//!
//! `list` is the first page of an announcer; `edit` the form, with `receive` and `typed` for what somebody wrote and
//! `choices` for what can be ticked; `page` one announcement as candidates will see it (`shown`), with the steps that may
//! be taken now (`steps`) and how far it is (`progress`). What may be done, and what a draft must be, is
//! `office::broadcasts`'. `parts` brings in what other modules know of audiences, routes and texts.

mod choices;
mod edit;
mod fields;
mod list;
mod page;
mod parts;
mod progress;
mod receive;
mod shown;
mod steps;
mod typed;
mod words;

#[cfg(test)]
pub(super) mod samples;

use std::time::Duration;

use axum::response::Response;

use super::{desk::Desk, frame, gate::SignedIn};
use crate::{
    office::{Act, broadcasts::BroadcastError},
    web::WebError,
};

/// Where the list is.
pub(super) const LIST: &str = "/staff/broadcasts";
/// A form with a picture. What is too large is read to its end, though not kept, up to this: a phone's largest photo; a
/// browser whose upload is cut off shows no page of ours.
const FORM_BYTES: usize = 20 << 20;
/// A picture over an office's line.
const FORM_TIME: Duration = Duration::from_mins(2);
/// A report of a million people.
const REPORT: (usize, Duration) = (16 * 1024, Duration::from_mins(5));

pub(super) fn routes(desk: Desk) -> Desk {
    let form = (FORM_BYTES, FORM_TIME);
    desk.get(LIST, Act::Announce, list::page)
        .get("/staff/broadcasts/new", Act::Announce, edit::empty)
        .post_within("/staff/broadcasts/new", Act::Announce, form, edit::write)
        .get("/staff/broadcasts/{number}", Act::Announce, page::page)
        .get("/staff/broadcasts/{number}/edit", Act::Announce, edit::page)
        .post_within("/staff/broadcasts/{number}/edit", Act::Announce, form, edit::change)
        .get("/staff/broadcasts/{number}/picture", Act::Announce, page::picture)
        .get("/staff/broadcasts/{number}/progress", Act::Announce, progress::fragment)
        .post_within("/staff/broadcasts/{number}/report.xlsx", Act::Announce, REPORT, progress::report)
        .post("/staff/broadcasts/{number}/preview", Act::Announce, steps::preview)
        .post("/staff/broadcasts/{number}/take-back", Act::Announce, steps::take_back)
        .post("/staff/broadcasts/{number}/{step}", Act::Announce, steps::take)
}

fn path(number: i64) -> String {
    format!("{LIST}/{number}")
}

/// Nothing is shown or done.
fn declined(signed_in: &SignedIn, error: BroadcastError) -> Result<Response, WebError> {
    match error {
        BroadcastError::Role => Ok(frame::denied(signed_in)),
        BroadcastError::Store(error) => Err(error.into()),
        _ => Ok(frame::missing(signed_in)),
    }
}
