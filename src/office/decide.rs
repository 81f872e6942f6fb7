//! A reviewer's decision on what was submitted, and taking it back.
//!
//! It is an inbound message of the case's owner, run like any other ([`Runner::run`]): the state machine refuses a stale
//! round or the wrong level, one commit stores case, audit and the candidate's notice. What is decided here is only what
//! the state machine cannot know: whether this account holds the level and the city, and whether somebody else is at it.

use std::sync::Arc;

use super::{Role, lease};
use crate::{
    inbound::{Decision, Inbound, Level, ReviewAct, TakeBackAct, What},
    runner::{Errand, Ran, RunError, Runner},
    store::{StaffRow, StoreError},
    time::Millis,
    workflow::{case::Case, command::Refusal},
};

/// Why a decision was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The account decides at no level, or this is none of its acts.
    #[error("this role decides nothing")]
    NoReviewer,
    /// There is no such case.
    #[error("no such case")]
    NoCase,
    /// The case belongs to another city.
    #[error("the case belongs to another city")]
    OtherCity,
    /// The case belongs to a batch that is over.
    #[error("the case belongs to another batch")]
    OtherBatch,
    /// Another account has it open.
    #[error("another account has the case open")]
    Held {
        /// Its name.
        staff: String,
        /// Until then, wire time, unless it is renewed or let go of.
        until: Millis,
    },
    /// Nobody holds the candidate, so that nobody could be told.
    #[error("nobody is bound to the case's candidate")]
    Unbound,
    /// The state machine refused, with the refusal's name.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// It could not be run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReviewError {
    /// Whether the same decision may go through in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Run(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }
}

/// Runs one decision of an active account on one round, durably; returns the case as it is now. The account lets go of the
/// case. Until its notices are due the same account may take it back. The caller has made sure that it speaks for `staff`.
pub async fn decide(
    runner: &Runner,
    staff: &StaffRow,
    case: &Case,
    round: u32,
    decision: Decision,
) -> Result<Arc<Case>, ReviewError> {
    let level = level_of(runner, staff, case)?;
    // Two decisions are kept apart by the round; this keeps whoever has the case open from losing their work.
    let holder = runner.store.case_holder(&case.id, runner.clock.wire()).await?;
    if let Some((holder, until)) = holder.filter(|(holder, _)| *holder != staff.name) {
        return Err(ReviewError::Held { staff: holder, until });
    }
    let act = ReviewAct { staff: staff.name.clone(), level, round, decision };
    let now = run(runner, case, What::Review(act)).await?;
    if let Err(error) = lease::release(&runner.store, staff, &case.id).await {
        // It ends by itself in some minutes, and the decision stands.
        tracing::warn!(case.id, %error, "a lease could not be let go of");
    }
    Ok(now)
}

/// Takes back the decision that left this version of the case, durably; returns the case, which is what it was before.
/// Only whoever made it may, until its notices are due, while nothing else has happened to the case and the candidate has
/// not been answered since.
pub async fn take_back(
    runner: &Runner,
    staff: &StaffRow,
    case_id: &str,
    version: i64,
) -> Result<Arc<Case>, ReviewError> {
    let case = runner.store.case_by_id(case_id).await?.ok_or(ReviewError::NoCase)?;
    level_of(runner, staff, &case)?;
    let act = TakeBackAct { staff: staff.name.clone(), version };
    let taken = run(runner, &case, What::TakeBack(act)).await;
    if let Err(ReviewError::Run(RunError::Contended)) = &taken {
        // The store refuses when a notice is on its way already: a worker's clock may be ahead.
        let decided = case.rounds.last().and_then(|round| round.decisions.last());
        if let Some(decided) = decided
            && runner.store.is_decision_told(&decided.revocable.id).await?
        {
            return Err(ReviewError::Refused(Refusal::TooLate.name()));
        }
    }
    taken
}

/// The level that an account decides at, for this case.
fn level_of(runner: &Runner, staff: &StaffRow, case: &Case) -> Result<Level, ReviewError> {
    let role = Role::of(staff).filter(|_| staff.active).ok_or(ReviewError::NoReviewer)?;
    let level = role.level().ok_or(ReviewError::NoReviewer)?;
    if !role.sees(case.place.as_ref()) {
        return Err(ReviewError::OtherCity);
    }
    if case.batch != runner.world.load().batch.id {
        return Err(ReviewError::OtherBatch);
    }
    Ok(level)
}

/// Runs an act on a case as news for whoever holds its candidate; the case as it is stored then.
pub(super) async fn run(runner: &Runner, case: &Case, what: What) -> Result<Arc<Case>, ReviewError> {
    let open_id = runner.store.bound_to(&case.exam_no).await?.ok_or(ReviewError::Unbound)?;
    let inbound = Inbound {
        open_id,
        account: String::new(),
        key: String::new(),
        sent_at: runner.clock.wire().as_seconds(),
        case_id: Some(case.id.clone()),
        what,
    };
    let turn = match runner.run(&inbound, Errand::default()).await? {
        Ran::Stored { turn, .. } | Ran::Nothing { turn } => turn,
        // Both belong to messages of the platform's, which this is none of.
        Ran::Seen | Ran::Replayed => return Err(ReviewError::Run(RunError::Contended)),
    };
    match (turn.refused, turn.case) {
        (Some(code), _) => Err(ReviewError::Refused(code)),
        (None, Some(change)) => {
            Ok(Arc::new(Case { version: change.expected + 1, ..Case::clone(&change.case) }))
        }
        (None, None) => Err(ReviewError::Unbound),
    }
}
