//! Pictures: where one belongs when it arrives, and what its verdict changes.
//!
//! A picture is answered in two steps. Its arrival only plans a job; the verdict comes as
//! [`What::PhotoChecked`](crate::inbound::What) through the same `step`. A verdict on a picture that was followed by
//! a newer one for the same slot, or that belongs to an earlier round, is dropped.

use super::{
    Answer, Job, Lookup, hear,
    scene::{Scene, Stop},
    view::slot_name,
};
use crate::{
    dialog::{Fallback, State, SystemText, Target},
    inbound::{Inbound, PhotoChecked, PhotoSlot, PhotoVerdict, StoredPhoto},
    workflow::{
        case::{Case, Stage},
        command::Command,
        transition::DOCUMENT_SLOTS,
    },
};

/// Slots that dialogs may name; `next_document` is the first empty one of the three.
pub(super) const PHOTO_SLOTS: &[&str] = &["front", "back", "handheld", "portrait", "next_document"];

/// Photo checks that dialogs may name, with what they may find.
pub(super) const CHECKS: &[(&str, &[&str])] = &[
    ("readable", &["unreadable", "too_large"]),
    ("document_size", &["too_small"]),
    ("portrait_size", &["too_small"]),
    ("live", &["not_live"]),
    ("not_repeated", &["repeated"]),
    ("one_slot", &["which_photo"]),
];

/// A picture arrived: plan its check, or say that none is wanted.
pub(super) fn look(scene: &mut Scene<'_>, media_id: &str, inbound: &Inbound) {
    let state = with_camera(scene);
    let (Some(photo), Some(case)) = (state.photo_input(), scene.case.clone()) else {
        hear::misfit(scene, Fallback::Photo);
        return;
    };
    let Some(slot) = slot(scene, photo.slot) else {
        scene.say(scene.world.scripts.check_words(state, "which_photo"));
        return;
    };
    if !takes(&case, slot) {
        hear::misfit(scene, Fallback::Photo);
        return;
    }
    let sequence = scene.session.photo_sequence.entry(slot).or_default();
    *sequence += 1;
    let sequence = *sequence;
    scene.session.photos_awaited.insert(slot);
    scene.job(Job::CheckPhoto {
        media_id: media_id.to_owned(),
        inbox_key: inbound.key.clone(),
        account: inbound.account.clone(),
        slot,
        round: case.round,
        sequence,
        case_id: case.id.clone(),
        camera_md5: scene.session.camera_md5.clone(),
    });
    scene.answer = Answer::Pending;
}

/// The state a picture is for: the open one, or, when the menu camera announced it, the case's own place. Whoever looks
/// at the menu in between and then takes the picture as told must not lose it.
fn with_camera<'a>(scene: &Scene<'a>) -> &'a State {
    let open = scene.state();
    if open.photo_input().is_some() || scene.session.camera_md5.is_empty() {
        return open;
    }
    scene.stage().map_or(open, |stage| scene.world.scripts.home_of(stage))
}

/// The slot that a dialog's name means now.
fn slot(scene: &Scene<'_>, name: &str) -> Option<PhotoSlot> {
    if name != "next_document" {
        let all = DOCUMENT_SLOTS.into_iter().chain([PhotoSlot::Portrait]);
        return all.into_iter().find(|slot| slot_name(*slot) == name);
    }
    let case = scene.case.as_ref()?;
    // Pictures under way count as there, so that three sent at once fill three slots.
    let awaited = |slot: &PhotoSlot| scene.session.photos_awaited.contains(slot);
    let empty = |slot: &PhotoSlot| !case.documents.contains_key(slot);
    let slots = || DOCUMENT_SLOTS.into_iter().filter(empty);
    slots().find(|slot| !awaited(slot)).or_else(|| slots().next())
}

fn takes(case: &Case, slot: PhotoSlot) -> bool {
    match slot {
        PhotoSlot::Portrait => matches!(case.stage, Stage::Capturing | Stage::Captured),
        PhotoSlot::Front | PhotoSlot::Back | PhotoSlot::Handheld => case.stage == Stage::DocumentsWanted,
    }
}

/// The verdict on a picture sent in the chat.
pub(super) fn checked(scene: &mut Scene<'_>, checked: &PhotoChecked) -> Result<(), Lookup> {
    let Some(case) = scene.case.clone() else { return Ok(()) };
    let newest = scene.session.photo_sequence.get(&checked.slot).copied().unwrap_or(0);
    if checked.sequence == newest {
        scene.session.photos_awaited.remove(&checked.slot);
    }
    if checked.round != case.round || checked.sequence != newest || !takes(&case, checked.slot) {
        return Ok(());
    }
    judge(scene, &case, checked.slot, &checked.verdict, true)
}

/// Stores an accepted picture, or says what is wrong with it.
pub(super) fn judge(
    scene: &mut Scene<'_>,
    case: &Case,
    slot: PhotoSlot,
    verdict: &PhotoVerdict,
    in_chat: bool,
) -> Result<(), Lookup> {
    match verdict {
        PhotoVerdict::Accepted(photo) if is_repeated(case, slot, photo) => {
            fault(scene, slot, &["repeated".to_owned()]);
            Ok(())
        }
        PhotoVerdict::Accepted(photo) => store(scene, slot, photo.clone(), in_chat),
        PhotoVerdict::Refused(codes) => {
            fault(scene, slot, codes);
            Ok(())
        }
        PhotoVerdict::Unavailable => {
            scene.say(scene.world.scripts.system(SystemText::PhotoUnavailable));
            Ok(())
        }
    }
}

/// The same picture again, in this slot or another.
fn is_repeated(case: &Case, slot: PhotoSlot, photo: &StoredPhoto) -> bool {
    let elsewhere = case.documents.iter().any(|(_, stored)| stored.name == photo.name);
    let portrait = case.portrait.as_ref().is_some_and(|stored| stored.name == photo.name);
    elsewhere || (portrait && slot == PhotoSlot::Portrait)
}

fn store(scene: &mut Scene<'_>, slot: PhotoSlot, photo: StoredPhoto, in_chat: bool) -> Result<(), Lookup> {
    let command = match slot {
        PhotoSlot::Portrait => Command::StorePortrait(photo),
        _ => Command::StoreDocument(slot, photo),
    };
    match scene.apply(command, true) {
        Ok(()) if in_chat => scene.go(Target::Case),
        Ok(()) => Ok(()),
        Err(Stop::Need(lookup)) => Err(lookup),
        Err(Stop::Refused(code)) => {
            scene.refused = Some(code);
            scene.say(scene.world.scripts.refusal_words(home(scene, slot), code));
            Ok(())
        }
    }
}

/// All defects of a picture in one message, worst first.
fn fault(scene: &mut Scene<'_>, slot: PhotoSlot, codes: &[String]) {
    scene.refused = Some("photo_refused");
    let state = home(scene, slot);
    for code in codes {
        scene.say(scene.world.scripts.check_words(state, code));
    }
}

/// The state whose words fit a picture for this slot: the open one if it takes it, else the case's.
fn home<'a>(scene: &Scene<'a>, wanted: PhotoSlot) -> &'a State {
    let open = scene.state();
    let fits = open.photo_input().is_some_and(|photo| slot(scene, photo.slot) == Some(wanted));
    if fits { open } else { scene.world.scripts.home_of(scene.stage().unwrap_or_default()) }
}
