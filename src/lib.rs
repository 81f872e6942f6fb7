//! Graduation by chat: the bot's library. See `DESIGN.md` beside this file.

pub mod http;
pub mod inbound;

pub mod upstream;
pub mod wechat;
