//! The offices' console: pages rendered on the server, quick by keyboard where scripts run and whole without them.
//!
//! `routes` is the list of what there is, each line with the [`Act`](crate::office::Act) that it needs; `gate` lets in who is signed in and
//! may; `frame` is what stands around every page. A page reads its form, calls the function of `office` that the command
//! line and the JSON API call, too, and shows what came of it; who may see which case is decided there.
//! Deliberately elsewhere: words of a decision for candidates (`dialogs/`), templates and styles (`pages/staff`).

mod account;
mod accounts;
mod audit;
mod address;
mod broadcasts;
mod charts;
mod data;
mod deletions;
mod deliveries;
mod desk;
mod form;
mod frame;
mod gate;
mod keys;
mod inquiries;
mod onsite;
mod overview;
mod people;
mod refused;
mod review;
mod retention;
mod routes;
mod sessions;
mod sign_in;
mod words;

#[cfg(test)]
mod tests;

pub use audit::Verification;
pub use data::Imports;
pub use desk::Entry;
pub(in crate::web) use frame::reader;
pub use routes::{entries, routes};
pub(in crate::web) use routes::{home, nowhere};
