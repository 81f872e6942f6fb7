//! PURE. The business: candidates and plans, prediction, batch and schedule, the case and who is told what.
//!
//! In reading order. Nothing here does IO or knows the time: the caller gives both.

pub mod batch;
pub mod broadcast;
pub mod candidate;
pub mod case;
pub mod command;
pub mod delivery;
pub mod desk;
pub mod mistake;
pub mod notice;
pub mod plan;
pub mod population;
pub mod prediction;
pub mod promise;
pub mod quiet;
pub mod reason;
pub mod record;
pub mod reminder;
pub mod retention;
pub mod rows;
pub mod schedule;
pub mod signpost;
pub mod transition;
