//! Looking without taking: one case as it is, for whoever may see it, and why somebody is shown nothing.

use std::sync::Arc;

use super::{Act, Role, Who};
use crate::{
    runner::Runner,
    store::{Area, StaffRow, StoreError},
    turn::Audit,
    workflow::{candidate::Candidate, case::Case},
};

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

/// The same of an account; whoever runs the program sees everything.
fn area_of(who: Who<'_>, act: Act) -> Result<Area, LookError> {
    match who {
        Who::Operator => Ok(Area::everywhere()),
        Who::Staff(staff) => area(&role(staff)?, act),
    }
}

/// How much of a candidate is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Masked.
    Masked,
    /// Everything.
    Whole,
}

/// The case with this number or id, if they may see it, and its candidate as last read. Nobody else is kept from
/// it meanwhile, unlike with [`open`](super::queue::open). Who looked, and how deep, is in the audit.
pub async fn case(
    runner: &Runner,
    who: Who<'_>,
    name: &str,
    depth: Depth,
) -> Result<Option<(Arc<Case>, Option<Candidate>)>, LookError> {
    let found = find(runner, who, name, Act::SeeCases).await?;
    if let Some((case, _)) = &found {
        let act = match depth {
            Depth::Masked => Audit { act: "view_case".to_owned(), ..viewed(who, case) },
            Depth::Whole => Audit { act: "view_whole".to_owned(), ..viewed(who, case) },
        };
        runner.store.append_audit(&act, runner.clock.business()).await?;
    }
    Ok(found)
}

/// The same for whoever is about to do something to it, which the audit will tell by itself.
pub async fn find(
    runner: &Runner,
    who: Who<'_>,
    name: &str,
    act: Act,
) -> Result<Option<(Arc<Case>, Option<Candidate>)>, LookError> {
    let area = area_of(who, act)?;
    let name = name.replace('-', "");
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    Ok(runner.store.case_within(&area, &name).await?)
}

fn viewed(who: Who<'_>, case: &Case) -> Audit {
    Audit {
        actor: who.actor(),
        act: String::new(),
        subject: case.id.clone(),
        detail: format!("round {}", case.round),
    }
}
