//! Reviewers who decide on whatever waits, two at each level, so that they race for the same rounds.

use std::{sync::atomic::Ordering, time::Duration};

use graduation_bot::{
    app::App,
    inbound::{Decision, Level, Part},
    office::{self, ReviewError},
    store::{Area, CaseFilter},
    workflow::case::{Case, Stage},
};

use super::{BATCH, Dice, Weather};

/// Between two looks at a list that is empty.
const PAUSE: Duration = Duration::from_millis(20);
/// A round after so many is not turned down any more: everybody comes to the end.
const PATIENT_ROUNDS: u32 = 3;

/// A decision that was stored, as its reviewer was told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Made {
    pub(super) case_id: String,
    pub(super) round: u32,
    pub(super) level: &'static str,
    pub(super) approved: bool,
}

/// What all reviewers have decided by the time everybody has come to the end.
pub(super) async fn decide(office: &App, seed: u64, weather: &Weather) -> Vec<Made> {
    let desks = [
        ("市考办", Level::City),
        ("省考办", Level::Province),
        ("市考办", Level::City),
        ("省考办", Level::Province),
    ];
    let work = desks.into_iter().zip(1..).map(|((staff, level), desk)| {
        let dice = Dice(seed.wrapping_add(desk << 32));
        sit(office, staff, level, dice, weather)
    });
    futures_util::future::join_all(work).await.concat()
}

async fn sit(office: &App, staff: &str, level: Level, mut dice: Dice, weather: &Weather) -> Vec<Made> {
    let staff = office.store.staff(staff).await.unwrap().unwrap();
    let stages: Vec<_> = Stage::ALL.into_iter().filter(|stage| stage.reviewed_at() == Some(level)).collect();
    let filter = CaseFilter { batch: BATCH.to_owned(), stages, ..CaseFilter::default() };
    let mut made = Vec::new();
    while !weather.is_over.load(Ordering::Relaxed) {
        let waiting =
            office.store.list_cases(&Area::everywhere(), &filter, office.clock.wire()).await.unwrap();
        if waiting.is_empty() {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let one = &waiting[dice.below(waiting.len() as u64) as usize];
        let case = office.store.case_by_id(&one.id).await.unwrap().unwrap();
        let decision = draw(&case, &mut dice);
        let approved = decision == Decision::Approve;
        match office::decide(&office.runner, &staff, &case, case.round, decision).await {
            Ok(_) => {
                weather.decided.fetch_add(1, Ordering::Relaxed);
                made.push(Made { case_id: case.id.clone(), round: case.round, level: name(level), approved });
            }
            // The other desk of this level was quicker.
            Err(ReviewError::Refused("stale_round" | "wrong_level")) => {}
            Err(error) if error.is_transient() => {}
            Err(error) => panic!("{error}"),
        }
    }
    made
}

/// Three of four are approved.
fn draw(case: &Case, dice: &mut Dice) -> Decision {
    if case.round > PATIENT_ROUNDS || dice.below(4) > 0 {
        return Decision::Approve;
    }
    let submitted = case.rounds.last().map_or(Part::Both, |round| round.part);
    let part = match submitted {
        Part::Both => [Part::Portrait, Part::Documents, Part::Both][dice.below(3) as usize],
        part => part,
    };
    Decision::Reject {
        part, reasons: vec![], opinion: format!("第 {} 轮看不清，请重新拍", case.round)
    }
}

/// As [`Made`] names it.
pub(super) fn name(level: Level) -> &'static str {
    match level {
        Level::City => "city",
        Level::Province => "province",
    }
}
