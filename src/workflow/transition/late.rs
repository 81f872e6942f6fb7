//! After the window: what still moves a case, and how everything else is refused at once.
//!
//! Offices, the population source and the registry may answer late what they were asked in time. Whatever the
//! candidate does could only lead to a submission that is refused, so it is refused before its first step; what is
//! stored stays. A phone that is there may be corrected, because the offices still call it.

use super::{
    super::{
        case::{Case, Stage},
        command::{Command, Refusal},
    },
    editable,
};

/// Lets pass what may still happen to a case whose window has closed.
pub(super) fn pass(case: &Case, command: &Command) -> Result<(), Refusal> {
    let may = match command {
        // Nobody's data is kept because the time is over.
        Command::Review(..)
        | Command::TakeBack(..)
        | Command::RecordOnsite(..)
        | Command::Conclude(_)
        | Command::Withdraw => true,
        Command::AnswerPopulation(_) => case.stage == Stage::Verifying,
        Command::Predict(_) => case.stage == Stage::Predicting,
        Command::SetPhone(_) => case.phone.is_some() && editable(case).is_ok(),
        _ => false,
    };
    if may { Ok(()) } else { Err(refusal(case.stage, command)) }
}

/// Why not: the window, unless the case is past minding it.
fn refusal(stage: Stage, command: &Command) -> Refusal {
    match stage {
        stage if stage.reviewed_at().is_some() => Refusal::InReview,
        Stage::Approved => Refusal::ApprovedLate,
        stage if stage.is_submitted() => Refusal::AlreadySubmitted,
        Stage::Withdrawn if !matches!(command, Command::Reopen) => Refusal::NoCase,
        _ => Refusal::WindowClosed,
    }
}
