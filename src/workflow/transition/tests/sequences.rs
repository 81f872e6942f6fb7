//! What holds whatever is asked of a case, in whatever order.

use proptest::prelude::*;

use super::{
    super::*,
    cells::{CELLS, SESSION, photo, place, revocable},
    samples,
};
use crate::{
    inbound::{Conclusion, Decision, Level, Onsite, Part, ReviewAct, TakeBackAct},
    time::Millis,
    workflow::{case::Round, reason::Reason},
};

/// One step of a random way.
#[derive(Debug, Clone)]
enum Step {
    /// Any command at all.
    Any(Command),
    /// A reviewer's act on a round near the present one.
    Review { level: Level, offset: u32, decision: Decision },
    /// One of the cells that the case accepts as it stands: without these few ways would get far.
    Accepted(usize),
}

fn steps() -> impl Strategy<Value = Vec<(Step, Window)>> {
    let step = prop_oneof![
        2 => command().prop_map(Step::Any),
        1 => review(),
        4 => any::<usize>().prop_map(Step::Accepted),
    ];
    let open = prop_oneof![
        6 => Just(Window::Open), 1 => Just(Window::Before), 1 => Just(Window::ReviewOnly), 1 => Just(Window::Closed),
    ];
    prop::collection::vec((step, open), 1..40)
}

fn command() -> impl Strategy<Value = Command> {
    let outcome = || {
        prop::sample::select(vec![
            Predicted::Passed,
            Predicted::Failed,
            Predicted::Unavailable,
            Predicted::Impossible,
        ])
    };
    let slots = [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld, PhotoSlot::Portrait];
    let answers = vec![
        PopulationAnswered::Match,
        PopulationAnswered::Mismatch { reason: "姓名不一致".into() },
        PopulationAnswered::Unavailable,
    ];
    let plain = vec![
        Command::SubmitDocuments,
        Command::Next,
        Command::ConfirmData,
        Command::DisputeData,
        Command::Reconsider,
        Command::ReadStandard,
        Command::RenewCode,
        Command::Claim,
        Command::Retake,
        Command::Finish,
        Command::Withdraw,
        Command::Reopen,
    ];
    let places = vec![place("广州市", "天河区"), place("深圳市", "福田区")];
    prop_oneof![
        5 => prop::sample::select(plain),
        1 => outcome().prop_map(Command::Predict),
        1 => outcome().prop_map(Command::Apply),
        1 => Just(Command::Substitute(SubstitutionChoice::default())),
        1 => prop::sample::select(places).prop_map(Command::ChoosePlace),
        1 => "\\PC{0,15}".prop_map(Command::SetPhone),
        1 => prop::sample::select(answers).prop_map(Command::AnswerPopulation),
        2 => (prop::sample::select(slots.to_vec()), picture()).prop_map(|(slot, photo)| Command::StoreDocument(slot, photo)),
        1 => picture().prop_map(Command::StorePortrait),
    ]
}

fn picture() -> impl Strategy<Value = StoredPhoto> {
    let sources = vec![PhotoSource::MenuCamera, PhotoSource::CameraPage, PhotoSource::Chat];
    ("[a-f]", prop::sample::select(sources)).prop_map(|(name, source)| photo(&name, source))
}

fn review() -> impl Strategy<Value = Step> {
    let part = prop::sample::select(vec![Part::Portrait, Part::Documents, Part::Both]);
    let reasons = prop::collection::vec(prop::sample::select(Reason::ALL.to_vec()), 0..3);
    let reject = (part, reasons, "[ 不清楚a]{0,8}").prop_map(|(part, reasons, opinion)| Decision::Reject {
        part,
        reasons,
        opinion,
    });
    let decision = prop_oneof![Just(Decision::Approve), reject];
    let level = prop::sample::select(vec![Level::City, Level::Province]);
    // 2 is the present round.
    let offset = prop_oneof![4 => Just(2_u32), 1 => 0..5_u32];
    (level, offset, decision).prop_map(|(level, offset, decision)| Step::Review { level, offset, decision })
}

/// The command of a step, for the case as it stands.
fn command_of(step: Step, case: &Case, moment: Moment) -> Option<Command> {
    match step {
        Step::Any(command) => Some(command),
        Step::Review { level, offset, decision } => {
            let round = (case.round + offset).saturating_sub(2);
            let act = ReviewAct { staff: "reviewer".into(), level, round, decision };
            Some(Command::Review(act, revocable(case.version, moment.at)))
        }
        Step::Accepted(index) => {
            let commands = CELLS.iter().map(|cell| cell.command(case));
            let taken: Vec<Command> =
                commands.filter(|command| apply(case, command.clone(), moment).is_ok()).collect();
            (!taken.is_empty()).then(|| taken[index % taken.len()].clone())
        }
    }
}

fn check_move(before: &Case, after: &Case) -> Result<(), TestCaseError> {
    let identity = |case: &Case| {
        let (id, number, batch) = (case.id.clone(), case.number.clone(), case.batch.clone());
        (id, number, batch, case.exam_no.clone(), case.open_id.clone(), case.track, case.version)
    };
    prop_assert_eq!(identity(before), identity(after));
    prop_assert!(after.documents_ok >= before.documents_ok, "approved documents stay approved");
    prop_assert!(after.portrait_ok >= before.portrait_ok, "an approved portrait stays approved");
    prop_assert!(!before.portrait_ok || after.portrait == before.portrait, "and is that portrait");
    prop_assert!(before.place.is_none() || after.place.is_some());
    prop_assert!(before.phone.is_none() || after.phone.is_some());
    prop_assert!(after.rounds.len() >= before.rounds.len(), "rounds never shrink");
    prop_assert!(after.onsite.starts_with(&before.onsite), "what was written down stays");
    prop_assert!(after.concluded.starts_with(&before.concluded), "and so does what was concluded");
    for (old, new) in before.rounds.iter().zip(&after.rounds) {
        prop_assert_eq!(
            (old.number, old.part, &old.photos, old.submitted_at),
            (new.number, new.part, &new.photos, new.submitted_at)
        );
        prop_assert!(new.decisions.starts_with(&old.decisions), "decisions are only appended");
    }
    let decisions = |case: &Case| case.rounds.iter().map(|round| round.decisions.len()).sum::<usize>();
    prop_assert!(decisions(after) <= decisions(before) + 1, "one action, one decision");
    Ok(())
}

/// Until its notices are due, taking a decision back leaves the very case that was there before it.
fn check_taking_back(before: &Case, decided: &Case, moment: Moment) -> Result<(), TestCaseError> {
    let stored = Case { version: before.version + 1, ..decided.clone() };
    let act = TakeBackAct { staff: "reviewer".into(), version: stored.version };
    let until = stored.rounds.last().unwrap().decisions.last().unwrap().revocable.until;
    let in_time = Moment { at: Millis(until.0 - 1), ..moment };
    let taken = apply(&stored, Command::TakeBack(act.clone(), SESSION), in_time);
    let taken = taken.map(|taken| Case { version: before.version, ..taken.case });
    prop_assert_eq!(taken.as_ref(), Ok(before));
    prop_assert_eq!(
        before.rounds.last().map(Round::at_office_since),
        taken.ok().and_then(|case| case.rounds.last().map(Round::at_office_since))
    );
    let too_late = apply(&stored, Command::TakeBack(act, SESSION), Moment { at: until, ..moment });
    prop_assert_eq!(too_late, Err(Refusal::TooLate));
    Ok(())
}

/// What remains after a withdrawal: what happened, without a picture.
fn check_withdrawal(before: &Case, after: &Case) -> Result<(), TestCaseError> {
    prop_assert!(!before.stage.is_submitted() && !before.is_withdrawn());
    prop_assert!(after.is_withdrawn() && after.photos().count() == 0);
    prop_assert!(after.phone.is_none() && after.last_decision().is_none());
    prop_assert_eq!((&after.place, &after.population), (&before.place, &before.population));
    let told = |case: &Case| {
        let rounds = case.rounds.iter();
        rounds
            .map(|round| (round.number, round.part, round.submitted_at, round.decisions.clone()))
            .collect::<Vec<_>>()
    };
    prop_assert_eq!(told(after), told(before));
    Ok(())
}

fn check_case(case: &Case) -> Result<(), TestCaseError> {
    let numbers: Vec<u32> = case.rounds.iter().map(|round| round.number).collect();
    prop_assert_eq!(numbers, (1..=case.round).collect::<Vec<u32>>());
    for round in &case.rounds {
        let levels: Vec<Level> = round.decisions.iter().map(|decided| decided.level).collect();
        prop_assert!([Level::City, Level::Province].starts_with(&levels), "city first, each once");
        prop_assert!(round.part != Part::Portrait || levels.len() <= 1, "the portrait is the city's alone");
        let rejected: Vec<_> =
            round.decisions.iter().filter_map(|decided| decided.rejected.as_ref()).collect();
        prop_assert!(rejected.len() <= 1);
        prop_assert!(rejected.iter().all(|rejected| rejected.opinion.trim().chars().count() >= 4));
        let last = round.decisions.last();
        prop_assert!(
            rejected.is_empty() || last.is_some_and(|decided| decided.rejected.is_some()),
            "it ends a round"
        );
        let whole = match round.part {
            Part::Portrait => 1,
            Part::Documents => 3,
            Part::Both => 4,
        };
        let whole = round.photos.len() == whole;
        prop_assert!(whole || round.withdrawn);
        let portraits = round.photos.iter().filter(|(slot, _)| **slot == PhotoSlot::Portrait);
        prop_assert!(portraits.into_iter().all(|(_, photo)| photo.source != PhotoSource::Chat), "live only");
    }
    let before_second_confirmation = matches!(
        case.stage,
        Stage::ScanAwaited | Stage::DataToReconfirm | Stage::DataDisputed | Stage::StandardToReread
    );
    prop_assert!(!case.portrait_early || (before_second_confirmation && case.portrait.is_some()));
    let passed = |part, offices| {
        let approvals =
            |round: &Round| round.decisions.iter().filter(|decided| decided.rejected.is_none()).count();
        let mut rounds = case.rounds.iter().filter(|round| !round.withdrawn);
        rounds.any(|round| round.part == part && approvals(round) == offices)
    };
    let bundle = case.rounds.iter().any(|round| round.part == Part::Both);
    prop_assert_eq!(bundle, case.track == Track::NonId && !case.rounds.is_empty());
    prop_assert_eq!(case.documents_ok, passed(Part::Documents, 2) || passed(Part::Both, 2));
    prop_assert_eq!(case.portrait_ok, passed(Part::Portrait, 1) || passed(Part::Both, 2));
    let submitted = case.stage.is_submitted();
    prop_assert_eq!(submitted, case.submitted_at.is_some());
    let passed_onsite = case.onsite.last().is_some_and(|record| record.outcome == Onsite::Passed);
    prop_assert_eq!(passed_onsite, submitted && case.stage != Stage::Submitted);
    let concluded = case.concluded.last().map(|concluded| concluded.conclusion == Conclusion::Passed);
    let stands = match case.stage {
        Stage::Graduated => Some(true),
        Stage::NotGraduated => Some(false),
        _ => None,
    };
    prop_assert_eq!(concluded, stands, "only a concluded case has a conclusion");
    prop_assert!(!submitted || (case.place.is_some() && case.phone.is_some() && case.portrait_ok));
    prop_assert!(
        case.stage.reviewed_at().is_none()
            || case
                .rounds
                .last()
                .is_some_and(|round| { round.decisions.iter().all(|decided| decided.rejected.is_none()) }),
        "what is in review was not rejected"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_approved_or_submitted_is_ever_lost(start in prop::sample::select(samples().collect::<Vec<_>>()), steps in steps()) {
        let mut case = start;
        // The case before its last move, if that was a decision.
        let mut undecided = None;
        check_case(&case)?;
        for (second, (step, window)) in steps.into_iter().enumerate() {
            let moment = Moment { at: Millis(1_781_500_000_000).plus_seconds(second as i64), window };
            let Some(command) = command_of(step, &case, moment) else { continue };
            if let Ok(moved) = apply(&case, command.clone(), moment) {
                match command {
                    Command::TakeBack(..) => {
                        let back = Case { version: case.version, ..moved.case.clone() };
                        prop_assert!(undecided.is_none_or(|before| before == back), "as if nothing had been");
                    }
                    Command::Withdraw => check_withdrawal(&case, &moved.case)?,
                    Command::Reopen => {
                        let reopened = Case { stage: Stage::Withdrawn, place: case.place.clone(), ..moved.case.clone() };
                        prop_assert_eq!(&reopened, &case);
                        prop_assert!(moved.case.place.is_none() && window != Window::Closed);
                    }
                    _ => check_move(&case, &moved.case)?,
                }
                if let Command::Review(..) = &command {
                    check_taking_back(&case, &moved.case, moment)?;
                }
                check_case(&moved.case)?;
                let may_submit = matches!(command, Command::Apply(Predicted::Passed)) && window == Window::Open;
                prop_assert!(!moved.case.stage.is_submitted() || case.stage.is_submitted() || may_submit);
                let version = case.version + 1;
                undecided = matches!(command, Command::Review(..)).then_some(Case { version, ..case });
                case = Case { version, ..moved.case };
            }
        }
    }
}
