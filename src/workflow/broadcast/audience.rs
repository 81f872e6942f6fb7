//! PURE. Who an announcement is for.
use serde::{Deserialize, Serialize};

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Whose cases the conditions speak of.
    pub batch: String,
    /// Who.
    pub who: Condition,
}
/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Everybody.
    Everyone,
}
