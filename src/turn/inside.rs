//! News from inside: the population source, the registry, the camera page, the reviewers.
//!
//! Nobody in the chat waits for these; what the person must know goes out as notices. A refused act of the page or
//! of a reviewer changes nothing and names its refusal in [`Turn::refused`](super::Turn).

use super::{
    Lookup, RegistryAnswer, look,
    scene::{Scene, Stop},
};
use crate::{
    inbound::{
        CameraAct, ConcludeAct, Onsite, OnsiteAct, PhotoSlot, PhotoVerdict, PopulationAnswered, ReviewAct,
        TakeBackAct, UnbindAct,
    },
    workflow::{
        case::{OnsiteDay, Stage},
        command::{Command, Predicted, Refusal},
        notice,
    },
};

/// The population source answered; a case that no longer waits ignores it.
pub(super) fn population(scene: &mut Scene<'_>, answer: &PopulationAnswered) -> Result<(), Lookup> {
    let told = scene.apply(Command::AnswerPopulation(answer.clone()), false);
    scene.acted_by("system");
    settle(scene, told)
}

/// The registry answered a prediction that had to wait.
pub(super) fn registry(scene: &mut Scene<'_>) -> Result<(), Lookup> {
    let waits = scene.case.as_ref().is_some_and(|case| case.stage == Stage::Predicting);
    let outcome = match scene.before.found.candidate.clone() {
        Some(RegistryAnswer::Known { candidate, .. }) if waits => {
            scene.renew(candidate);
            super::commands::outcome(scene)
        }
        Some(RegistryAnswer::Unknown) if waits => Predicted::Impossible,
        _ => return Ok(()),
    };
    let told = scene.apply(Command::Predict(outcome), false);
    scene.acted_by("system");
    settle(scene, told)
}

/// One act on the camera page.
pub(super) fn camera(scene: &mut Scene<'_>, act: &CameraAct) -> Result<(), Lookup> {
    let told = match act {
        CameraAct::Claim { ticket } => {
            let claimed = scene.apply(Command::Claim, false);
            if claimed.is_ok() {
                scene.claim_ticket(ticket.clone(), scene.fresh.secret());
            }
            claimed
        }
        CameraAct::ConfirmData => scene.apply(Command::ConfirmData, true),
        CameraAct::ReadStandard => scene.apply(Command::ReadStandard, true),
        CameraAct::AskPeople => super::commands::photos_to_people(scene),
        CameraAct::Finish => super::commands::finish(scene, false),
        CameraAct::Photo(verdict) => {
            let Some(case) = scene.case.clone() else { return Ok(()) };
            if matches!(verdict, PhotoVerdict::Accepted(_)) {
                scene.session.supersede(PhotoSlot::Portrait);
            }
            look::judge(scene, &case, PhotoSlot::Portrait, verdict, false)?;
            // Once: who takes another picture knows, and each push is one of few that a window allows.
            if case.stage != Stage::Captured && scene.stage() == Some(Stage::Captured.name()) {
                scene.follow_case();
                scene.notify(notice::PORTRAIT_RECEIVED);
            }
            return Ok(());
        }
    };
    settle(scene, told)
}

/// One reviewer's decision.
pub(super) fn review(scene: &mut Scene<'_>, act: &ReviewAct) -> Result<(), Lookup> {
    let actor = format!("staff:{}", act.staff);
    let told = scene.decide(act.clone());
    scene.acted_by(&actor);
    settle(scene, told)
}

/// The reviewer takes it back. Nobody was told of it, so nobody is told of this.
pub(super) fn take_back(scene: &mut Scene<'_>, act: &TakeBackAct) -> Result<(), Lookup> {
    let told = scene.take_back(act.clone());
    scene.acted_by(&format!("staff:{}", act.staff));
    settle(scene, told)
}

/// An office writes down how the check on site went.
pub(super) fn onsite(scene: &mut Scene<'_>, act: &OnsiteAct) -> Result<(), Lookup> {
    let told = match day_of(scene, &act.outcome) {
        Ok(day) => scene.apply(Command::RecordOnsite(act.clone(), day), false),
        Err(refusal) => Err(refusal.into()),
    };
    scene.acted_by(&format!("staff:{}", act.staff));
    settle(scene, told)
}

/// The day of the place's that a record is about: the last one that has come. Not having come is known when its hours are
/// over. Of a place that the schedule has lost nobody knows the days: then it is today.
fn day_of(scene: &Scene<'_>, outcome: &Onsite) -> Result<OnsiteDay, Refusal> {
    let now = scene.now.civil(&scene.world.zone);
    let place = scene.case.as_ref().and_then(|case| case.place.as_ref());
    let place = place.and_then(|place| scene.world.schedule.place(&place.city, &place.district));
    let Some(place) = place else { return Ok(OnsiteDay { date: now.date(), is_last: false }) };
    let begun = place.begun_day(now).ok_or(Refusal::DayNotCome)?;
    let date = match outcome {
        Onsite::Absent => place.past_day(now).ok_or(Refusal::DayNotOver)?,
        Onsite::Passed | Onsite::Papers(_) => begun,
    };
    Ok(OnsiteDay { date, is_last: place.days.last() == Some(&date) })
}

/// The province office concludes.
pub(super) fn conclude(scene: &mut Scene<'_>, act: &ConcludeAct) -> Result<(), Lookup> {
    let told = scene.apply(Command::Conclude(act.clone()), false);
    scene.acted_by(&format!("staff:{}", act.staff));
    settle(scene, told)
}

/// An office frees the candidate; who held it is told, without a word of whom.
pub(super) fn unbind(scene: &mut Scene<'_>, act: &UnbindAct) {
    if scene.session.exam_no.as_ref() != Some(&act.exam_no) {
        scene.refused = Some("unbound");
        return;
    }
    scene.notify(notice::UNBOUND);
    let subject = scene.case.as_ref().map_or(&scene.session.open_id, |case| &case.id).clone();
    scene.audit("unbind", &subject, &act.reason);
    scene.acted_by(&format!("staff:{}", act.staff));
    scene.unbind(act.exam_no.clone());
}

/// A refusal is named and worded, but asks nothing: its reader is not in the chat.
fn settle(scene: &mut Scene<'_>, told: Result<(), Stop>) -> Result<(), Lookup> {
    match told {
        Ok(()) => {
            scene.follow_case();
            Ok(())
        }
        Err(Stop::Need(lookup)) => Err(lookup),
        Err(Stop::Refused(code)) => {
            scene.refused = Some(code);
            let state = scene.state();
            scene.explain(state, code);
            Ok(())
        }
    }
}
