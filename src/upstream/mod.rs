//! EDGE. Other people's systems: the registry of candidates and the population file, through one trait each.
//!
//! Each trait has two implementations: over HTTP, here, and over imported tables, in `store`. Whatever keeps an answer
//! away is [`Unavailable`], which is never a mismatch and never 「unknown」: the case waits and the worker asks again.
//! Deliberately elsewhere: retries and back-off (`worker`), the type of a candidate and what it is good for (`workflow`).

pub mod http;
pub mod population;
pub mod registry;

pub use self::http::{ConfigError, MonotonicClock, Unavailable};
pub use self::population::{HttpPopulation, Population, PopulationAnswer};
pub use self::registry::{HttpRegistry, Registry};

#[cfg(test)]
mod tests;
