//! What the offices decided, beside the cases: rows in the clear that can be counted, written with the decision.

use super::{
    commit::{Change, Committed},
    outbox::withdraw_statement,
    statement::Statement,
};
use crate::{
    inbound::Level,
    time::Millis,
    turn::{DecisionChange, Turn},
    workflow::{case::Case, reason},
};

/// The row of a decision; or that it is none any more, with its pushes.
pub(super) fn changes(turn: &Turn, now: Millis) -> Vec<Change> {
    match (&turn.decision, &turn.case) {
        (Some(DecisionChange::Made), Some(change)) => {
            made_statement(&change.case).into_iter().map(Change::free).collect()
        }
        (Some(DecisionChange::TakenBack { id }), _) => vec![
            Change::free(withdraw_statement(id)),
            Change::guarded(taken_back_statement(id, now), Committed::Lost),
        ],
        _ => Vec::new(),
    }
}

/// The last decision of a case's last round; `None` when there is none.
fn made_statement(case: &Case) -> Option<Statement> {
    let round = case.rounds.last()?;
    let decided = round.decisions.last()?;
    let (city, district) =
        case.place.as_ref().map_or(("", ""), |place| (place.city.as_str(), place.district.as_str()));
    let level = match decided.level {
        Level::City => "city",
        Level::Province => "province",
    };
    let (part, verdict, reasons) = match &decided.rejected {
        None => (round.part, "approved", String::new()),
        Some(rejected) => (rejected.part, "rejected", reason::codes(&rejected.reasons)),
    };
    let statement = Statement::new(
        "insert into decisions (id, case_id, batch, city, district, round, level, part, verdict, reasons, staff, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .text(decided.revocable.id.as_str())
    .text(case.id.as_str())
    .text(case.batch.as_str())
    .text(city)
    .text(district)
    .number(i64::from(round.number))
    .text(level)
    .text(part.name())
    .text(verdict)
    .text(reasons)
    .text(decided.staff.as_str())
    .number(decided.at.0);
    Some(statement)
}

/// It is none any more. No row is written when one of its pushes is still there: on its way, or gone.
fn taken_back_statement(id: &str, now: Millis) -> Statement {
    Statement::new(
        "update decisions set taken_back_at = $1 where id = $2 and taken_back_at is null \
         and not exists (select 1 from outbox where decision = $2)",
    )
    .number(now.0)
    .text(id)
}
