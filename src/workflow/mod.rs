//! What may happen to an application, and the facts that decide it. No IO, no clock, no words for people.

pub mod batch;
pub mod candidate;
pub mod case;
pub mod mistake;
pub mod plan;
pub mod prediction;
pub mod schedule;
