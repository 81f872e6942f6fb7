//! Who does something in the offices' name.

use super::{Act, Role};
use crate::store::StaffRow;

/// An account, or whoever runs the program: that one holds the `data_key` and could change everything anyway.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// The command line without an account.
    Operator,
    /// An active account; the caller has made sure that it speaks for it.
    Staff(&'a StaffRow),
}

impl Who<'_> {
    /// As the audit names them.
    pub fn actor(&self) -> String {
        match self {
            Self::Operator => "operator".to_owned(),
            Self::Staff(staff) => format!("staff:{}", staff.name),
        }
    }

    /// What the account is; `None` for the operator.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Operator => None,
            Self::Staff(staff) => Role::of(staff),
        }
    }

    /// Whether they may do this at all. An account that is switched off, or whose role this program does not know, may
    /// nothing.
    pub fn may(&self, act: Act) -> bool {
        match self {
            Self::Operator => true,
            Self::Staff(staff) => staff.active && Role::of(staff).is_some_and(|role| role.may(act)),
        }
    }
}
