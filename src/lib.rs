//! Graduation by chat: the bot's library. See `DESIGN.md` beside this file.

pub mod files;
pub mod inbound;
pub mod mask;
pub mod secrets;
pub mod store;
pub mod time;
pub mod turn;
pub mod validation;
pub mod workflow;
