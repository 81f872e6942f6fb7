//! Graduation by chat: a WeChat official account through which candidates apply and offices answer.
//!
//! The modules in reading order. Those marked PURE do no IO and know no clock; `tests/it/shape.rs` greps for it.
//! PURE ← `store`, `files`, `wechat`, `upstream` ← `worker`, `web` ← `app` ← `cli` ← `main`. Decisions, each with the
//! alternative that lost, are in `DESIGN.md`.

pub mod dialog; // PURE
pub mod inbound; // PURE
pub mod mask;
pub mod time; // PURE
pub mod turn; // PURE: the heart
pub mod validation; // PURE
pub mod workflow; // PURE // PURE

pub mod clock;
pub mod config;
pub mod ids;
pub mod runner;
pub mod secrets;

pub mod files;
pub mod http;
pub mod store;
pub mod tables;
pub mod upstream;
pub mod wechat;

pub mod review;
pub mod web;
pub mod worker;

pub mod app;
pub mod cli;
