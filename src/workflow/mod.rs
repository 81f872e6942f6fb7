//! PURE. The business: candidates and plans, prediction, batch and schedule, the case and who is told what.

pub mod candidate;
pub mod plan;
pub mod prediction;
pub mod batch;
pub mod schedule;
pub mod case;
