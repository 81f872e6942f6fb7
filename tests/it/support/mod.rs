//! What several test modules share.

pub(crate) mod app;
pub(crate) mod db;
pub(crate) mod logs;
#[path = "../../../examples/demo/samples.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
pub(crate) mod samples;
