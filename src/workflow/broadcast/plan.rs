//! PURE. By which way an announcement travels.
use serde::{Deserialize, Serialize};

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Mass sends.
    Mass,
    /// Single messages.
    Single,
    /// Single messages where a window is open, mass sends for the others.
    Both,
}
