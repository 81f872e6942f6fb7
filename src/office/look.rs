//! Why somebody is not shown what they asked for.

use super::{Act, Role};
use crate::store::{Area, StaffRow, StoreError};

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The account's role may not see this.
    #[error("the role may not see this")]
    Role,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LookError {
    /// Whether the same question may be answered in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Role => false,
            Self::Store(error) => error.is_transient(),
        }
    }
}

/// Of whose cases a role may see this.
pub(super) fn area(role: &Role, act: Act) -> Result<Area, LookError> {
    role.area().filter(|_| role.may(act)).ok_or(LookError::Role)
}

/// The role of an account that may sign in.
pub(super) fn role(staff: &StaffRow) -> Result<Role, LookError> {
    Role::of(staff).filter(|_| staff.active).ok_or(LookError::Role)
}
