//! From opening an application to submitting it, or taking it back.

use std::sync::Arc;

use super::{
    Ran, consent, predict,
    record::{self, Renewed},
    refuse,
};
use crate::{
    dialog::Purpose,
    inbound::PhotoSlot,
    turn::{
        ForPeople,
        scene::{IDENTITY_CONSENT, PORTRAIT_CONSENT, Scene},
    },
    validation::profile::Disagreement,
    workflow::{
        batch::Window,
        case::{Case, Stage},
        command::{Command, Predicted},
        transition::{self, DOCUMENT_SLOTS},
    },
};

/// Submitting while a newer picture is still being looked at would submit the older one.
pub(super) const PHOTO_AWAITED: &str = "photo_awaited";

/// P2: the case begins, in the window only; who has one goes on with it at any time.
pub(super) fn open_application(scene: &mut Scene<'_>) -> Ran {
    let reopens = match &scene.case {
        Some(case) if !case.is_withdrawn() => {
            let is_open = case.stage.ends_with_window() && !scene.is_closed(case);
            return if is_open { record::bound(scene, "application").map(|_| ()) } else { Ok(()) };
        }
        case => case.is_some(),
    };
    match scene.world.window(scene.now) {
        Window::Open => {}
        Window::Before => return refuse("window_not_open"),
        Window::ReviewOnly | Window::Closed => return refuse("window_closed"),
    }
    let mut candidate = record::bound(scene, "application")?;
    if candidate.disagreement().is_some() && record::renew(scene, "application")? == Renewed::Fresh {
        // It may have been corrected since it was read last.
        candidate = record::bound(scene, "application")?;
    }
    agrees(candidate.disagreement())?;
    if reopens {
        return scene.apply(Command::Reopen, true);
    }
    let id = scene.next_id();
    let batch = &scene.world.batch.id;
    let mut case = Case::open(id, scene.fresh.case_number(), batch, &scene.session.open_id, &candidate);
    case.substitutions = predict::substitution_choice(None, &scene.session.slots);
    scene.audit("open_application", &case.id, case.stage.name());
    scene.case = Some(Arc::new(case));
    Ok(())
}

/// Identity number and record must tell the same (domain.md §5.3); else the record is to be corrected (AMB-12).
fn agrees(disagreement: Option<Disagreement>) -> Ran {
    match disagreement {
        None => Ok(()),
        Some(Disagreement::Gender) => refuse("gender_disagrees"),
        Some(Disagreement::Birth) => refuse("birth_disagrees"),
        Some(Disagreement::Both) => refuse("profile_disagrees"),
    }
}

/// 「申请」 with the silent re-check (AMB-18), also of the record itself, which may have been spoilt since.
pub(super) fn apply(scene: &mut Scene<'_>) -> Ran {
    let outcome = predict::renew(scene, "application")?;
    let Some(case) = scene.case.clone().filter(|case| !case.is_withdrawn()) else {
        return refuse("not_opened");
    };
    // What else is missing comes first.
    transition::apply(&case, Command::Apply(Predicted::Passed), scene.world.moment(scene.now))?;
    agrees(scene.candidate.as_ref().and_then(|candidate| candidate.disagreement()))?;
    scene.apply(Command::Apply(outcome), true)
}

/// Going on in the chat instead of the page: the link is no longer needed.
pub(super) fn claim(scene: &mut Scene<'_>) -> Ran {
    let claimed = scene.apply(Command::Claim, true);
    consent::wanting(scene, consent::CLAIM, claimed)?;
    scene.end_ticket();
    Ok(())
}

/// 「拍照」, from anywhere: one step towards the camera, or to whatever comes before it. A portrait that waits to be
/// submitted stays until another one takes its place.
pub(super) fn photograph(scene: &mut Scene<'_>) -> Ran {
    let Some(case) = scene.case.clone() else { return refuse("no_case") };
    let mut wanted =
        [(Purpose::Identity, IDENTITY_CONSENT), (Purpose::Portrait, PORTRAIT_CONSENT)].into_iter();
    if case.stage.takes_portrait()
        && let Some((_, why)) = wanted.find(|(purpose, _)| !scene.has_agreed(*purpose))
    {
        return refuse(why);
    }
    match case.stage {
        Stage::Captured => refuse("portrait_kept"),
        Stage::PortraitRejected => scene.apply(Command::Retake, true),
        Stage::BundleRejected if transition::may_retake(&case) => scene.apply(Command::Retake, true),
        // There it is refused, with the reason.
        stage if stage.reviewed_at().is_some() => scene.apply(Command::Retake, true),
        Stage::StandardToRead | Stage::StandardToReread => read_standard(scene),
        _ => Ok(()),
    }
}

/// The code that a computer shows was scanned with the phone: a new link, where a portrait is due. One that waits to be
/// submitted is left alone, because nobody has said a word.
pub(super) fn hand_over_camera(scene: &mut Scene<'_>) -> Ran {
    let Some(case) = scene.case.clone() else {
        return record::bound(scene, "application").and(refuse("no_case"));
    };
    if !case.stage.takes_portrait() || scene.is_closed(&case) {
        return refuse("portrait_not_due");
    }
    if case.stage == Stage::Captured {
        return refuse("portrait_kept");
    }
    record::bound(scene, "application")?;
    scene.apply(Command::RenewCode, true)
}

/// 「我知道了，去拍照」. A picture that came before it is shown then.
pub(super) fn read_standard(scene: &mut Scene<'_>) -> Ran {
    let read = scene.apply(Command::ReadStandard, true);
    consent::wanting(scene, consent::READ_STANDARD, read)?;
    scene.show_portrait();
    Ok(())
}

/// 「看照片」: the portrait that waits to be submitted.
pub(super) fn show_portrait(scene: &mut Scene<'_>) -> Ran {
    if scene.show_portrait() { Ok(()) } else { refuse("no_portrait") }
}

/// 「请老师看」: after several refusals in a row the next picture of that kind goes to people.
pub(in crate::turn) fn photos_to_people(scene: &mut Scene<'_>) -> Ran {
    let session = &mut scene.session;
    let all = DOCUMENT_SLOTS.into_iter().chain([PhotoSlot::Portrait]);
    let slots: Vec<PhotoSlot> = all.filter(|slot| session.people_for(*slot) != ForPeople::No).collect();
    session.photos_for_people.extend(&slots);
    if slots.is_empty() { refuse("photo_not_refused") } else { Ok(()) }
}

pub(super) fn submit_documents(scene: &mut Scene<'_>) -> Ran {
    await_photos(scene, &DOCUMENT_SLOTS, |case| case.stage == Stage::DocumentsWanted)?;
    scene.apply(Command::SubmitDocuments, true)
}

/// 「我已摄像完成，下一步」, in the chat and on the camera page.
pub(in crate::turn) fn finish(scene: &mut Scene<'_>, told_here: bool) -> Ran {
    await_photos(scene, &[PhotoSlot::Portrait], transition::is_captured)?;
    scene.apply(Command::Finish, told_here)
}

/// Where these slots could be submitted now, none of them may wait for a verdict.
fn await_photos(scene: &Scene<'_>, slots: &[PhotoSlot], is_due: fn(&Case) -> bool) -> Ran {
    let here = scene.case.as_deref().is_some_and(is_due);
    let submits = here && scene.world.window(scene.now) == Window::Open;
    let awaits = slots.iter().any(|slot| scene.session.photos_awaited.contains(slot));
    if submits && awaits { refuse(PHOTO_AWAITED) } else { Ok(()) }
}

/// Whether there is anything to withdraw: asked before the confirmation (AMB-26).
pub(super) fn may_withdraw(scene: &mut Scene<'_>) -> Ran {
    let Some(case) = &scene.case else { return refuse("no_case") };
    transition::apply(case, Command::Withdraw, scene.world.moment(scene.now))?;
    Ok(())
}
