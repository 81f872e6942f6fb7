//! What several test modules share.

pub(crate) mod app;
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(crate) mod blessed;
#[path = "../../../mock-platform/src/tests/browser.rs"]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(crate) mod browser;
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub(crate) mod db;
pub(crate) mod logs;
pub(crate) mod models;
#[path = "../../../examples/demo/samples.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
pub(crate) mod samples;
