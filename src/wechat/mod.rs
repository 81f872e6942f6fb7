//! EDGE. The platform: what it posts to us, what we answer, and what we ask of it.
//!
//! In reading order: [`callback`] opens one raw callback and calls everything else on the way in ([`signature`],
//! [`crypto`], [`message`]); [`reply`] is the way out; [`client`] calls the platform's API, and [`error`] says what
//! each of its codes means for whoever called. The bounded XML reader under `callback` and `message` is private.
//! Numbers and rules come from the protocol reference; a section is named as "protocol §n".
//! Deliberately elsewhere: HTTP routing (`web::webhook`), what is said (`turn`), remembering deliveries (`store`).

pub mod callback;
pub mod client;
pub mod crypto;
pub mod error;
pub mod message;
pub mod reply;
pub mod signature;

mod xml;

#[cfg(test)]
mod vectors;
