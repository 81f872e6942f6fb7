//! PURE. The only way to move a case: [`apply`].
//!
//! Total: every stage answers every command with a [`Transition`] or a [`Refusal`]; the tables beside this file have a
//! cell for each pair. Stage names follow the procedure; the decisions it recommends are named where they act.
//! Nothing is lost by a refusal, and nothing approved is lost by going back (AMB-4, AMB-18). What changes once the
//! window has closed is in `late`, what goes to the offices in `submission`, what they say of it in `review`, what
//! follows on site in `onsite`, and what only the second track knows in `bundle`.

mod bundle;
mod late;
mod onsite;
mod review;
mod submission;

use super::{
    batch::Window,
    case::{Case, Place, Population, Stage},
    command::{Command, Event, Moment, Predicted, Refusal, Transition},
    prediction::SubstitutionChoice,
};
use crate::{
    inbound::{PhotoSlot, PhotoSource, PopulationAnswered, StoredPhoto},
    validation::document_type::Track,
};

pub use bundle::{documents_follow, may_retake};
pub use submission::is_captured;

type Moved = Result<Transition, Refusal>;

/// The three document photos (AMB-24: exactly three).
pub const DOCUMENT_SLOTS: [PhotoSlot; 3] = [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld];

/// Moves `case` by `command` at `now`, or says why not.
pub fn apply(case: &Case, command: Command, now: Moment) -> Moved {
    if now.is_late() {
        late::pass(case, &command)?;
    }
    match command {
        Command::Predict(outcome) => predict(case, outcome),
        Command::Substitute(choice) => substitute(case, choice),
        Command::ChoosePlace(place) => choose_place(case, place),
        Command::SetPhone(phone) => set_phone(case, phone),
        Command::Apply(outcome) => press_apply(case, outcome, now),
        Command::AnswerPopulation(answer) => answer_population(case, answer, now),
        Command::StoreDocument(slot, photo) => store_document(case, slot, photo),
        Command::SubmitDocuments => submission::submit_documents(case, now),
        Command::Next => next(case),
        Command::ConfirmData => confirm_data(case),
        Command::DisputeData => dispute_data(case),
        Command::Reconsider => reconsider(case),
        Command::ReadStandard => read_standard(case),
        Command::RenewCode => renew_code(case),
        Command::Claim => claim(case),
        Command::StorePortrait(photo) => store_portrait(case, photo, now),
        Command::Retake => retake(case),
        Command::Finish => submission::finish(case, now),
        Command::Review(act, revocable) => review::review(case, act, revocable, now),
        Command::TakeBack(act, session) => review::take_back(case, &act, session, now),
        Command::RecordOnsite(act, day) => onsite::record(case, act, day, now),
        Command::Conclude(act) => onsite::conclude(case, act, now),
        Command::Withdraw => withdraw(case),
        Command::Reopen => reopen(case),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every arm of `apply` ends in one of these or in a refusal")]
fn moved(case: Case, events: Vec<Event>) -> Moved {
    Ok(Transition { case, events })
}

fn to(case: &Case, stage: Stage, events: Vec<Event>) -> Moved {
    moved(Case { stage, ..case.clone() }, events)
}

/// What comes first in a stage when something else was asked.
fn first(case: &Case) -> Refusal {
    match case.stage {
        Stage::Entered | Stage::Predicting | Stage::PredictionFailed => Refusal::PredictionNeeded,
        Stage::Verifying => Refusal::Verifying,
        stage if stage.reviewed_at().is_some() => Refusal::InReview,
        Stage::DataDisputed => Refusal::DataDisputed,
        stage if stage.is_submitted() => Refusal::AlreadySubmitted,
        Stage::Withdrawn => Refusal::NoCase,
        _ => Refusal::OutOfTurn,
    }
}

/// Submitting needs the window; that it has closed is said before any command is looked at.
fn opened(now: Moment) -> Result<(), Refusal> {
    if now.window == Window::Before { Err(Refusal::WindowNotOpen) } else { Ok(()) }
}

/// P4 while place or phone is missing, P5 with both.
fn settled(mut case: Case) -> Case {
    if matches!(case.stage, Stage::PlaceWanted | Stage::PhoneWanted | Stage::Ready) {
        case.stage = match (&case.place, &case.phone) {
            (None, _) => Stage::PlaceWanted,
            (Some(_), None) => Stage::PhoneWanted,
            (Some(_), Some(_)) => Stage::Ready,
        };
    }
    case
}

fn predict(case: &Case, outcome: Predicted) -> Moved {
    if !case.stage.is_predictable() {
        return Err(first(case));
    }
    let waited = case.stage == Stage::Predicting;
    let (stage, event) = match outcome {
        Predicted::Passed => (Stage::PlaceWanted, Event::PredictionPassed),
        Predicted::Failed => (Stage::PredictionFailed, Event::PredictionFailed),
        // What was reached by an earlier prediction is kept until there is another.
        Predicted::Unavailable if case.stage.is_predicted() => return Err(Refusal::RegistryUnavailable),
        Predicted::Unavailable => return to(case, Stage::Predicting, vec![]),
        Predicted::Impossible if waited => (Stage::Entered, Event::PredictionImpossible),
        Predicted::Impossible => return Err(Refusal::Unpredictable),
    };
    moved(settled(Case { stage, ..case.clone() }), if waited { vec![event] } else { vec![] })
}

fn substitute(case: &Case, choice: SubstitutionChoice) -> Moved {
    if !case.stage.is_predictable() {
        return Err(first(case));
    }
    moved(Case { stage: Stage::Entered, substitutions: choice, ..case.clone() }, vec![])
}

/// Place and phone may change from P4 until Z1 (AMB-8); a place of another city would change the reviewers (AMB-17).
fn choose_place(case: &Case, place: Place) -> Moved {
    editable(case)?;
    let other_city = case.place.as_ref().is_some_and(|now| now.city != place.city);
    if other_city && case.stage.reviewed_at().is_some() {
        return Err(Refusal::InReview);
    }
    moved(settled(Case { place: Some(place), ..case.clone() }), vec![])
}

fn set_phone(case: &Case, phone: String) -> Moved {
    editable(case)?;
    moved(settled(Case { phone: Some(phone), ..case.clone() }), vec![])
}

fn editable(case: &Case) -> Result<(), Refusal> {
    match case.stage {
        Stage::Entered | Stage::Predicting | Stage::PredictionFailed => Err(Refusal::PredictionNeeded),
        stage if stage.is_submitted() => Err(Refusal::AlreadySubmitted),
        Stage::Withdrawn => Err(Refusal::NoCase),
        _ => Ok(()),
    }
}

fn press_apply(case: &Case, outcome: Predicted, now: Moment) -> Moved {
    match case.stage {
        Stage::PlaceWanted => return Err(Refusal::PlaceMissing),
        Stage::PhoneWanted => return Err(Refusal::PhoneMissing),
        Stage::Ready | Stage::Approved => {}
        _ => return Err(first(case)),
    }
    opened(now)?;
    match outcome {
        Predicted::Unavailable => Err(Refusal::RegistryUnavailable),
        Predicted::Impossible => Err(Refusal::Unpredictable),
        // AMB-18: what was approved stays approved.
        Predicted::Failed => to(case, Stage::PredictionFailed, vec![]),
        Predicted::Passed if case.portrait_ok => submit(case, now),
        // B1: the population file does not know them (AMB-30).
        Predicted::Passed if case.track == Track::NonId => to(case, Stage::DataToConfirm, vec![]),
        Predicted::Passed => begin_identity(case),
    }
}

fn submit(case: &Case, now: Moment) -> Moved {
    let case = Case { stage: Stage::Submitted, submitted_at: Some(now.at), ..case.clone() };
    moved(case, vec![Event::ApplicationSubmitted])
}

/// A1, unless this batch knows the answer already (AMB-9).
fn begin_identity(case: &Case) -> Moved {
    match &case.population {
        _ if case.documents_ok => to(case, Stage::DataToConfirm, vec![]),
        Some(population) if population.matched => to(case, Stage::DataToConfirm, vec![]),
        Some(_) => to(case, Stage::DocumentsWanted, vec![]),
        None => {
            let case = Case { stage: Stage::Verifying, told_unavailable: None, ..case.clone() };
            moved(case, vec![Event::VerificationWanted])
        }
    }
}

fn answer_population(case: &Case, answer: PopulationAnswered, now: Moment) -> Moved {
    if case.stage != Stage::Verifying {
        return Err(first(case));
    }
    let (matched, reason) = match answer {
        // Never a mismatch: the case waits, and the candidate is told once.
        PopulationAnswered::Unavailable if case.told_unavailable.is_some() => return Err(Refusal::Verifying),
        PopulationAnswered::Unavailable => {
            let case = Case { told_unavailable: Some(now.at), ..case.clone() };
            return moved(case, vec![Event::PopulationUnavailable]);
        }
        PopulationAnswered::Match => (true, String::new()),
        PopulationAnswered::Mismatch { reason } => (false, reason),
    };
    let (stage, event) = if matched {
        (Stage::DataToConfirm, Event::PopulationMatched)
    } else {
        (Stage::DocumentsWanted, Event::PopulationMismatched)
    };
    let population = Some(Population { matched, reason, at: now.at });
    moved(Case { stage, population, ..case.clone() }, vec![event])
}

fn store_document(case: &Case, slot: PhotoSlot, photo: StoredPhoto) -> Moved {
    if case.stage != Stage::DocumentsWanted || slot == PhotoSlot::Portrait {
        return Err(first(case));
    }
    let mut case = case.clone();
    case.documents_changed |= case.documents.get(&slot) != Some(&photo);
    case.documents.insert(slot, photo);
    moved(case, vec![])
}

/// AMB-1: complete leads to the portrait, not passed back to the slots.
fn next(case: &Case) -> Moved {
    match case.stage {
        Stage::DocumentsApproved => to(case, Stage::DataToConfirm, vec![]),
        Stage::DocumentsRejected => to(case, Stage::DocumentsWanted, vec![]),
        Stage::BundleRejected => bundle::next(case),
        _ => Err(first(case)),
    }
}

/// The two confirmations are separate events (AMB-11).
fn confirm_data(case: &Case) -> Moved {
    match case.stage {
        Stage::DataToConfirm => to(case, Stage::StandardToRead, vec![]),
        Stage::DataToReconfirm => to(case, Stage::StandardToReread, vec![]),
        _ => Err(first(case)),
    }
}

/// Whichever confirmation shows the mistake, it stops there (AMB-12); an open camera page cannot go on.
fn dispute_data(case: &Case) -> Moved {
    match case.stage {
        Stage::DataToConfirm => to(case, Stage::DataDisputed, vec![]),
        Stage::DataToReconfirm => to(case, Stage::DataDisputed, vec![Event::CodeEnded]),
        _ => Err(first(case)),
    }
}

/// Back to the confirmation; to the second one with a picture that came before it, which is kept.
fn reconsider(case: &Case) -> Moved {
    let stage = if case.portrait_early { Stage::DataToReconfirm } else { Stage::DataToConfirm };
    if case.stage == Stage::DataDisputed { to(case, stage, vec![]) } else { Err(first(case)) }
}

fn read_standard(case: &Case) -> Moved {
    match case.stage {
        Stage::StandardToRead => to(case, Stage::ScanAwaited, vec![Event::CodeWanted]),
        Stage::StandardToReread if case.portrait_early => {
            moved(Case { stage: Stage::Captured, portrait_early: false, ..case.clone() }, vec![])
        }
        Stage::StandardToReread => to(case, Stage::Capturing, vec![]),
        _ => Err(first(case)),
    }
}

/// A lost phone or page must not strand anybody: a new code is given until a portrait is submitted. One that waits to be
/// stays: behind the new code its candidate comes back to it.
fn renew_code(case: &Case) -> Moved {
    if !case.stage.takes_portrait() {
        return Err(first(case));
    }
    let portrait_early = case.portrait_early || case.stage == Stage::Captured;
    moved(Case { stage: Stage::ScanAwaited, portrait_early, ..case.clone() }, vec![Event::CodeWanted])
}

fn claim(case: &Case) -> Moved {
    match case.stage {
        Stage::ScanAwaited => to(case, Stage::DataToReconfirm, vec![Event::PageOpened]),
        Stage::DataToReconfirm | Stage::StandardToReread | Stage::Capturing | Stage::Captured => {
            Err(Refusal::CodeUsed)
        }
        _ => Err(first(case)),
    }
}

fn store_portrait(case: &Case, photo: StoredPhoto, now: Moment) -> Moved {
    let is_early = match (case.stage, photo.source) {
        (stage, _) if !stage.takes_portrait() => return Err(first(case)),
        (_, PhotoSource::Chat) => return Err(Refusal::NotLive),
        (Stage::Capturing | Stage::Captured, _) => false,
        (_, PhotoSource::MenuCamera) => true,
        // The page asks for the confirmation before it shows its camera.
        (_, PhotoSource::CameraPage | PhotoSource::PageFile) => return Err(first(case)),
    };
    let (stage, events) = match case.stage {
        // Who takes the menu's camera has chosen it; the link is no longer needed.
        Stage::ScanAwaited => (Stage::DataToReconfirm, vec![Event::CodeEnded]),
        stage if is_early => (stage, vec![]),
        _ => (Stage::Captured, vec![]),
    };
    let (portrait, portrait_at) = (Some(photo), Some(now.at));
    moved(Case { stage, portrait, portrait_at, portrait_early: is_early, ..case.clone() }, events)
}

/// AMB-4: after a rejection the whole confirm-and-photograph chain again.
fn retake(case: &Case) -> Moved {
    match case.stage {
        Stage::Captured => to(case, Stage::Capturing, vec![]),
        Stage::PortraitRejected => to(case, Stage::DataToConfirm, vec![]),
        _ if may_retake(case) => to(case, Stage::DataToConfirm, vec![]),
        _ => Err(first(case)),
    }
}

/// AMB-26: before Z1 the candidate may take everything back, in review, too. No picture and no phone is kept; rounds
/// and place stay as what happened, for the office, and what the population source said stays for the batch (AMB-9).
fn withdraw(case: &Case) -> Moved {
    if case.stage.is_submitted() || case.is_withdrawn() {
        return Err(first(case));
    }
    let mut case = Case { stage: Stage::Withdrawn, ..case.clone() };
    case.forget();
    moved(case, vec![Event::CodeEnded, Event::PhotosDropped])
}

/// A new application in the same batch begins at P2, with nothing chosen.
fn reopen(case: &Case) -> Moved {
    if case.stage != Stage::Withdrawn {
        return Err(first(case));
    }
    moved(Case { stage: Stage::Entered, place: None, ..case.clone() }, vec![])
}

#[cfg(test)]
pub(crate) mod tests;
