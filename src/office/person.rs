//! What the offices may do about who holds a candidate, whichever way they ask: freeing a binding, and freeing an
//! exam number that was locked because too many attempts to bind it failed.
//!
//! The console names a candidate by the blind index of the number ([`Whom`]), so that no page and no address has it.

use super::{
    Act, LookError, Role, Who, look,
    reason::{self, ReasonError},
};
use crate::{
    inbound::{Inbound, UnbindAct, What},
    runner::{Errand, Ran, RunError, Runner},
    store::{Area, FoundPerson, PersonQuery, StaffRow, Store, StoreError},
    turn::Audit,
    workflow::candidate::Candidate,
};

/// How often a binding that changes meanwhile is looked at again.
const TRIES: usize = 3;
/// Longest reason, in characters: it is no letter.
pub const REASON_MAX: usize = 200;

/// Why it was not done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// The account's role may not.
    #[error("the role may not do this")]
    Role,
    /// The audit cannot have the reason.
    #[error(transparent)]
    Reason(#[from] ReasonError),
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

/// Whom something concerns, as far as an account may see it.
pub struct Whom {
    /// One line an application, as `people::find` has them; none of a number that is only locked.
    pub found: Vec<FoundPerson>,
    /// Too many attempts to bind the number have failed.
    pub is_locked: bool,
}

impl Whom {
    /// The number in the clear, while a record has it.
    pub fn exam_no(&self) -> Option<&str> {
        self.candidate().map(|one| one.exam_no.as_str())
    }

    /// The reason without blanks around it, if the audit may have it.
    pub fn check_reason<'r>(&self, reason: &'r str) -> Result<&'r str, PersonError> {
        Ok(reason::check(reason, REASON_MAX, self.candidate())?)
    }

    fn candidate(&self) -> Option<&Candidate> {
        self.found.iter().find_map(|found| found.candidate.as_ref())
    }
}

/// The candidate of a blind index; `None` when there is none, or not for this account. Whoever may free a locked number
/// sees also one that nobody is known to have.
pub async fn whom(store: &Store, staff: &StaffRow, key: &str) -> Result<Option<Whom>, LookError> {
    let role = look::role(staff)?;
    let area = look::area(&role, Act::FindPeople)?;
    let found = store.find_people(&area, PersonQuery::Key(key), MOST_CASES).await?;
    let is_locked = store.is_key_locked(key).await?;
    let is_seen = !found.is_empty() || (is_locked && role.may(Act::Unbind));
    Ok(is_seen.then_some(Whom { found, is_locked }))
}

/// Applications of one candidate that are shown: one a half-year.
const MOST_CASES: u32 = 20;

/// Frees a binding: application and photos stay with the candidate, who may bind from another account.
pub async fn unbind(
    runner: &Runner,
    staff: &StaffRow,
    exam_no: &str,
    reason: &str,
) -> Result<(), PersonError> {
    let whom = PersonQuery::ExamNo(exam_no);
    let reason = permitted(&runner.store, staff, whom, reason).await?;
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

/// Frees a locked exam number, named by its blind index: attempts to bind it count from none again.
pub async fn unlock(
    runner: &Runner,
    staff: &StaffRow,
    exam_key: &str,
    reason: &str,
) -> Result<(), PersonError> {
    let reason = permitted(&runner.store, staff, PersonQuery::Key(exam_key), reason).await?;
    // The line names the number's blind index: nobody is bound whose openid could stand there.
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "unlock".to_owned(),
        subject: exam_key.to_owned(),
        detail: reason.to_owned(),
    };
    let now = runner.clock.business();
    if runner.store.unlock(exam_key, &audit, now).await? { Ok(()) } else { Err(PersonError::Unlocked) }
}

/// The reason as the audit may have it, from an account that may do this.
async fn permitted<'r>(
    store: &Store,
    staff: &StaffRow,
    whom: PersonQuery<'_>,
    reason: &'r str,
) -> Result<&'r str, PersonError> {
    if !Role::of(staff).is_some_and(|role| role.may_unbind()) {
        return Err(PersonError::Role);
    }
    let found = store.find_people(&Area::everywhere(), whom, 1).await?;
    let candidate = found.first().and_then(|found| found.candidate.as_ref());
    Ok(reason::check(reason, REASON_MAX, candidate)?)
}
