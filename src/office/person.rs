//! What the offices may do about who holds a candidate, whichever way they ask: freeing a binding, and freeing an
//! exam number that was locked because too many attempts to bind it failed.

use super::Role;
use crate::{
    inbound::{Inbound, UnbindAct, What},
    runner::{Errand, Ran, RunError, Runner},
    store::{StaffRow, StoreError},
    turn::Audit,
};

/// How often a binding that changes meanwhile is looked at again.
const TRIES: usize = 3;
/// Shortest reason, in characters: the audit must say something.
pub const REASON_MIN: usize = 4;

/// Why it was not done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// The account's role may not.
    #[error("the role may not do this")]
    Role,
    /// The reason says too little.
    #[error("a reason has at least {REASON_MIN} characters")]
    Reason,
    /// Nobody holds the candidate.
    #[error("nobody holds the candidate")]
    Unbound,
    /// The number is not locked.
    #[error("the number is not locked")]
    Unlocked,
    /// The person is doing something at the same time.
    #[error("the person is busy")]
    Busy,
    /// It could not be stored.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It could not be read or stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Frees a binding: application and photos stay with the candidate, who may bind from another account.
pub async fn unbind(
    runner: &Runner,
    staff: &StaffRow,
    exam_no: &str,
    reason: &str,
) -> Result<(), PersonError> {
    let reason = permitted(staff, reason)?;
    for _ in 0..TRIES {
        let Some(open_id) = runner.store.bound_to(exam_no).await? else { return Err(PersonError::Unbound) };
        let act =
            UnbindAct { staff: staff.name.clone(), exam_no: exam_no.to_owned(), reason: reason.to_owned() };
        let inbound = Inbound {
            open_id,
            account: String::new(),
            key: String::new(),
            sent_at: runner.clock.wire().as_seconds(),
            case_id: None,
            what: What::Unbind(act),
        };
        match runner.run(&inbound, Errand::default()).await? {
            Ran::Stored { turn, .. } if turn.refused.is_none() => return Ok(()),
            // Somebody else holds it since: look again.
            _ => {}
        }
    }
    Err(PersonError::Busy)
}

/// Frees a locked exam number: attempts to bind it count from none again.
pub async fn unlock(
    runner: &Runner,
    staff: &StaffRow,
    exam_no: &str,
    reason: &str,
) -> Result<(), PersonError> {
    let reason = permitted(staff, reason)?;
    // The line names the number's blind index: nobody is bound whose openid could stand there.
    let audit = Audit {
        actor: format!("staff:{}", staff.name),
        act: "unlock".to_owned(),
        subject: runner.store.exam_key(exam_no),
        detail: reason.to_owned(),
    };
    let now = runner.clock.business();
    if runner.store.unlock(exam_no, &audit, now).await? { Ok(()) } else { Err(PersonError::Unlocked) }
}

fn permitted<'r>(staff: &StaffRow, reason: &'r str) -> Result<&'r str, PersonError> {
    if !Role::of(staff).is_some_and(|role| role.may_unbind()) {
        return Err(PersonError::Role);
    }
    let reason = reason.trim();
    if reason.chars().count() < REASON_MIN { Err(PersonError::Reason) } else { Ok(reason) }
}
