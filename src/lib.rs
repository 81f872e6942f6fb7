//! Graduation by chat: a WeChat official account through which candidates apply and offices answer.
//!
//! The modules in reading order. Those marked PURE do no IO and know no clock; `tests/it/shape.rs` greps for it.
//! PURE ← `store`, `files`, `wechat`, `upstream` ← `worker`, `web` ← `app` ← `cli` ← `main`. Decisions, each with the
//! alternative that lost, are in DESIGN.md.
//!
#![doc = include_str!("DESIGN.md")]

// What both kinds of tests share calls the crate by its name.
#[cfg(test)]
extern crate self as graduation_bot;

// PURE
pub mod time;
pub mod inbound;
pub mod turn;
pub mod dialog;
pub mod validation;
pub mod workflow;
pub mod mask;

// Clock, settings, randomness, keys; the way from a message to a stored turn.
pub mod clock;
pub mod config;
pub mod ids;
pub mod secrets;
pub mod runner;

// EDGE: one system each.
pub mod store;
pub mod files;
pub mod http;
pub mod wechat;
pub mod upstream;
pub mod tables;
pub mod models;
pub mod photos;
pub mod followers;
pub mod retention;

// What drives them.
pub mod office;
pub mod worker;
pub mod web;
pub mod app;
pub mod cli;
