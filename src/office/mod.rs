//! EDGE. The offices' side: who may see and do what, and how it is done.
//!
//! Command line, console and JSON API call the same functions, one an act, with the account that answers for it. They
//! return data or a typed reason why not; words are the caller's, and so is the proof that it speaks for the account.
//! What changes a candidate's affairs goes through [`Runner::run`](crate::runner::Runner::run) like a message of theirs.

pub mod accounts;
mod decide;
pub mod lease;
mod look;
pub mod onsite;
pub mod overview;
pub mod people;
pub mod person;
pub mod queue;
mod role;

pub use decide::{ReviewError, decide, take_back};
pub use look::LookError;
pub use role::{Act, DOERS, Role};
