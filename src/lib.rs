//! Graduation by chat: the bot's library. See `DESIGN.md` beside this file.

pub mod mask;
pub mod time;
pub mod validation;
pub mod workflow;
