//! Why the writer could not store what it was given: a lost race is no error, but it takes its group with it.

use super::{Committed, StoreError};

/// Why a group was not written.
pub(super) enum Refused {
    /// A turn ended so. Of a group of several it is not known which.
    Turn(Committed),
    /// The database refused.
    Failed(StoreError),
}

impl Refused {
    /// The error, if the same group may be written later.
    pub(super) fn transient(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(error) if error.is_transient() => Some(error),
            _ => None,
        }
    }

    /// Whether the audit's chain was changed from outside.
    pub(super) fn is_unlinked(&self) -> bool {
        matches!(self, Self::Failed(StoreError::Unlinked))
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}
