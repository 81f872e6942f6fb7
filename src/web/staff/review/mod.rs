//! The reviewer's pages: the queue, and one case with everything on one screen. A reviewer's minute is what the whole
//! procedure waits for, so that a case is opened, decided and left by single keys, and the next one follows at once.
//!
//! `asked` is what somebody wants to see, as the address carries it from page to page; `list` the queue; `case` the screen,
//! whose parts are `sheet` (the data of record), `photos`, `rounds` and `typed` (what is being decided); `act` what a form
//! does; `done` the ten seconds in which it can be taken back. Opening a case takes its lease (`office::queue`), so that two
//! reviewers are not at one case.
//! Deliberately elsewhere: who may see what, and the pictures with their watermark (`office`).

mod act;
mod asked;
mod case;
mod done;
mod list;
mod measures;
mod photos;
mod rounds;
mod ends;
mod sheet;
#[cfg(test)]
mod tests;
mod typed;

use super::desk::Desk;
use crate::{
    office::{Act, LookError},
    web::WebError,
};

#[cfg(test)]
pub(super) use tests::samples;

/// The pages and what can be done on them.
pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff/queue", Act::SeeCases, list::page)
        .post("/staff/queue/next", Act::Review, act::next)
        .get("/staff/cases/{number}", Act::SeeCases, case::page)
        .get("/staff/cases/{number}/photos/{round}/{slot}", Act::SeeCases, photos::photo)
        .post("/staff/cases/{number}/decide", Act::Review, act::decide)
        .post("/staff/cases/{number}/take-back", Act::Review, act::take_back)
        .post("/staff/cases/{number}/phone", Act::SeeCases, case::phone)
        .post("/staff/cases/{number}/keep", Act::Review, act::keep)
        .post("/staff/cases/{number}/leave", Act::Review, act::leave)
}

/// What an office's question brought; nothing where the account may not ask: to it there is no such page.
fn seen<T>(asked: Result<T, LookError>) -> Result<Option<T>, WebError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(LookError::Role) => Ok(None),
        Err(LookError::Store(error)) => Err(error.into()),
    }
}

/// A case's number as people write it, with or without the hyphen: 「1234-5678」.
fn number_of(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '-').collect()
}
