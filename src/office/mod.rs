//! EDGE. The offices' side: who may see and do what, and how it is done.
//!
//! Command line, console and JSON API call the same functions, one an act, with the account that answers for it. They
//! return data or a typed reason why not; words are the caller's, and so is the proof that it speaks for the account.
//! What changes a candidate's affairs goes through [`Runner::run`](crate::runner::Runner::run) like a message of theirs.

pub mod accounts;
pub mod acts;
pub mod audit;
pub mod batches;
pub mod broadcasts;
mod decide;
pub mod defects;
pub mod deletions;
pub mod deliveries;
pub mod export;
pub mod imports;
pub mod keys;
pub mod inquiries;
pub mod lease;
pub mod link;
pub mod look;
pub mod onsite;
pub mod overview;
pub mod people;
pub mod person;
pub mod picture;
pub mod queue;
pub mod reason;
pub mod refused;
pub mod retention;
mod role;
pub mod schedule;
pub mod templates;
mod who;
pub mod words;

pub use decide::{ReviewError, decide, take_back};
pub use look::LookError;
pub use role::{Act, DOERS, Role};
pub use who::Who;

use crate::store::StoreError;

/// A row that was checked when it was imported, perhaps by an older program.
fn read_row<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: &str,
    body: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|_| unreadable(table, id))
}

fn unreadable(place: &'static str, id: &str) -> StoreError {
    StoreError::Unreadable { place, reason: format!("row {id}") }
}
