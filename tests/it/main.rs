//! The one integration binary: conversations through the whole stack, and what cannot be said beside the code.

mod api;
mod batches;
mod binding;
mod browser;
mod broadcasts;
mod camera;
#[path = "camera/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the same tests once more, on PostgreSQL: see `TestDb::of`")]
mod camera_on_postgres;
mod chats;
mod cli;
#[path = "cli/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the same tests once more, on PostgreSQL: see `TestDb::of`")]
mod cli_on_postgres;
mod client;
mod crash;
mod dialogs;
mod followers;
mod imports;
mod mistakes;
mod photos;
mod pushes;
mod retention;
mod shape;
mod staff;
mod store;
mod support;
mod token;
mod trouble;
mod webhook;
