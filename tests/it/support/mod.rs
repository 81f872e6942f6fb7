//! What several test modules share.

pub(crate) mod app;
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(crate) mod db;
pub(crate) mod logs;
#[path = "../../../examples/demo/samples.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
pub(crate) mod samples;
