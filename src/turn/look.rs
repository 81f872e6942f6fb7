//! Pictures: where one belongs when it arrives, and what its verdict changes.
//!
//! A picture is answered in two steps. Its arrival only plans a job; the verdict comes as
//! [`What::PhotoChecked`](crate::inbound::What) through the same `step`. A verdict on a picture that was followed by
//! a newer one for the same slot, or that belongs to an earlier round, is dropped.

use minijinja::{Value, context};

use super::{
    Answer, CheckPhoto, ForPeople, Job, Lookup, World, hear,
    scene::{IDENTITY_CONSENT, PORTRAIT_CONSENT, Scene, Stop, faults},
};
use crate::{
    dialog::{Fallback, Purpose, State, SystemText, Target},
    inbound::{CameraAct, Inbound, PhotoChecked, PhotoSlot, PhotoVerdict, StoredPhoto, What},
    validation::photo,
    workflow::{
        case::{Case, Stage},
        command::Command,
        transition::DOCUMENT_SLOTS,
    },
};

/// Slots that dialogs may name. `next_document` is the first empty one of the three; when all are full, a picture has
/// no place there until the person says which one it replaces.
pub(super) const PHOTO_SLOTS: &[(&str, &[&str])] = &[
    ("front", &[CONSENT_FIRST, MOVED, TAKEN]),
    ("back", &[CONSENT_FIRST, MOVED, TAKEN]),
    ("handheld", &[CONSENT_FIRST, MOVED, TAKEN]),
    ("portrait", &[CONSENT_FIRST]),
    (NEXT_DOCUMENT, &[CONSENT_FIRST, WHICH_PHOTO, MOVED, TAKEN]),
];

/// Where whoever sends a picture without having agreed to the present words is asked.
pub(super) const CONSENTS: [&str; 2] = ["bind.consent_again", "portrait.consent"];
const NEXT_DOCUMENT: &str = "next_document";
const CONSENT_FIRST: &str = "consent_first";
const WHICH_PHOTO: &str = "which_photo";
/// The picture is another one of the card than was asked for, and was put where it belongs (AMB-29).
const MOVED: &str = "moved";
/// The same, and there is one where it belongs: nothing is wrong with the picture.
const TAKEN: &str = "taken";

/// A picture arrived: plan its check, or say that none is wanted.
pub(super) fn look(scene: &mut Scene<'_>, media_id: &str, inbound: &Inbound) -> Result<(), Lookup> {
    let state = place_of(scene);
    let (Some(photo), Some(case)) = (state.photo_input(), scene.case.clone()) else {
        hear::misfit(scene, Fallback::Photo);
        return Ok(());
    };
    let Some(slot) = slot(scene, photo.slot) else {
        scene.say(scene.world.scripts.check_words(state, WHICH_PHOTO));
        return Ok(());
    };
    if !takes(&case, slot) {
        hear::misfit(scene, Fallback::Photo);
        return Ok(());
    }
    if !scene.has_agreed(Purpose::Identity) {
        return ask_consent(scene, state, Purpose::Identity);
    }
    if slot == PhotoSlot::Portrait && !scene.has_agreed(Purpose::Portrait) {
        return ask_consent(scene, state, Purpose::Portrait);
    }
    let sequence = scene.session.photo_sequence.entry(slot).or_default();
    *sequence += 1;
    let sequence = *sequence;
    scene.session.photos_awaited.insert(slot);
    scene.job(Job::CheckPhoto(CheckPhoto {
        media_id: media_id.to_owned(),
        inbox_key: inbound.key.clone(),
        account: inbound.account.clone(),
        slot,
        round: case.round,
        sequence,
        case_id: case.id.clone(),
        checks: state.photo_checks().iter().map(|name| (*name).to_owned()).collect(),
        for_people: scene.session.people_for(slot) == ForPeople::Asked,
        camera_md5: scene.session.camera_md5.awaited(scene.now),
    }));
    scene.answer = Answer::Pending;
    Ok(())
}

/// A picture is not even fetched before its person has agreed to that.
fn ask_consent(scene: &mut Scene<'_>, state: &State, purpose: Purpose) -> Result<(), Lookup> {
    scene.say(scene.world.scripts.check_words(state, CONSENT_FIRST));
    let asking = match purpose {
        Purpose::Identity => CONSENTS[0],
        Purpose::Portrait => CONSENTS[1],
    };
    let consent = scene.world.scripts.resolve(asking);
    scene.go(Target::State(scene.world.scripts.id_of(consent)))
}

/// The state a picture is for: the open one, or the case's own place when documents are wanted there or the menu camera
/// announced the picture. Whoever looks at the menu in between and then sends the picture as told must not lose it.
fn place_of<'a>(scene: &mut Scene<'a>) -> &'a State {
    let open = scene.state();
    let wants_documents = scene.stage() == Some(Stage::DocumentsWanted.name());
    let announced = !scene.session.camera_md5.awaited(scene.now).is_empty();
    if open.photo_input().is_some() || !(wants_documents || announced) {
        return open;
    }
    let home = scene.stage().map_or(open, |stage| scene.world.scripts.home_of(stage));
    if wants_documents {
        // What is said about the picture is answered there: 「请先回复 1、2 或 3」.
        scene.enter(home);
    }
    home
}

/// The slot that a dialog's name means now.
fn slot(scene: &Scene<'_>, name: &str) -> Option<PhotoSlot> {
    if name != NEXT_DOCUMENT {
        let all = DOCUMENT_SLOTS.into_iter().chain([PhotoSlot::Portrait]);
        return all.into_iter().find(|slot| slot.name() == name);
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
        PhotoSlot::Portrait => case.stage.takes_portrait(),
        PhotoSlot::Front | PhotoSlot::Back | PhotoSlot::Handheld => case.stage == Stage::DocumentsWanted,
    }
}

/// The verdict on a picture sent in the chat.
pub(super) fn checked(scene: &mut Scene<'_>, checked: &PhotoChecked) -> Result<(), Lookup> {
    scene.session.camera_md5.forget(scene.now);
    if let Some(md5) = &checked.camera_md5 {
        scene.session.camera_md5.use_up(md5);
    }
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
        PhotoVerdict::Accepted(photo) => {
            let Some(place) = belongs(case, slot, photo) else {
                taken(scene, slot, photo, in_chat);
                return Ok(());
            };
            if !in_chat && is_here(case, photo) {
                return Ok(());
            }
            let state = home(scene, slot);
            let found = compare(state, case.documents.values().chain(&case.portrait), photo);
            if !found.is_empty() {
                let same = case.documents.iter().find(|(_, kept)| !compare(state, [*kept], photo).is_empty());
                scene.facts.extend(same.map(|(slot, _)| ("repeated_slot", slot.name().to_owned())));
                fault(scene, slot, &found, in_chat);
                return Ok(());
            }
            store(scene, Arrived { slot, place, in_chat }, photo)
        }
        PhotoVerdict::Refused(codes) => {
            fault(scene, slot, codes, in_chat);
            Ok(())
        }
        PhotoVerdict::Unavailable => {
            scene.say(scene.world.scripts.system(SystemText::PhotoUnavailable));
            Ok(())
        }
    }
}

/// The page sends again what it heard no answer to: a portrait that waits to be submitted has arrived.
fn is_here(case: &Case, photo: &StoredPhoto) -> bool {
    case.stage == Stage::Captured && case.portrait.as_ref().is_some_and(|kept| kept.name == photo.name)
}

/// Where a picture goes: where it was asked for; another photo of a card to its own slot, unless there is one already
/// (AMB-29; and three sent at once may come in any order).
fn belongs(case: &Case, slot: PhotoSlot, photo: &StoredPhoto) -> Option<PhotoSlot> {
    match photo.shows {
        Some(shown) if shown != slot => (!case.documents.contains_key(&shown)).then_some(shown),
        _ => Some(slot),
    }
}

/// What the state's checks find about a picture beside others.
fn compare<'p>(
    state: &State,
    others: impl IntoIterator<Item = &'p StoredPhoto>,
    photo: &StoredPhoto,
) -> Vec<&'static str> {
    let others: Vec<&StoredPhoto> = others.into_iter().collect();
    photo::compare(photo, &others, &photo::named(state.photo_checks()).0)
}

/// A good picture: the slot it was sent for, the one it goes to, and whether somebody in the chat waits for an answer.
#[derive(Clone, Copy)]
struct Arrived {
    slot: PhotoSlot,
    place: PhotoSlot,
    in_chat: bool,
}

fn store(scene: &mut Scene<'_>, arrived: Arrived, photo: &StoredPhoto) -> Result<(), Lookup> {
    let Arrived { slot, place, in_chat } = arrived;
    let command = match place {
        PhotoSlot::Portrait => Command::StorePortrait(photo.clone()),
        _ => Command::StoreDocument(place, photo.clone()),
    };
    let state = home(scene, slot);
    match scene.apply(command, true) {
        Ok(()) => {
            for slot in [slot, place] {
                scene.session.photo_refusals.remove(&slot);
                scene.session.photos_for_people.remove(&slot);
            }
            if !in_chat {
                return Ok(());
            }
            thank(scene, state, arrived);
            hint(scene, state, place, &photo.precheck.codes);
            if place == PhotoSlot::Portrait {
                scene.show_portrait();
            }
            scene.go(Target::Case)
        }
        Err(Stop::Need(lookup)) => Err(lookup),
        Err(Stop::Refused(IDENTITY_CONSENT)) if in_chat => ask_consent(scene, state, Purpose::Identity),
        Err(Stop::Refused(PORTRAIT_CONSENT)) if in_chat => ask_consent(scene, state, Purpose::Portrait),
        Err(Stop::Refused(code)) => {
            scene.refused = Some(code);
            scene.explain(state, code);
            Ok(())
        }
    }
}

fn thank(scene: &mut Scene<'_>, state: &State, arrived: Arrived) {
    if arrived.place != arrived.slot {
        scene.facts.push(("photo_slot", arrived.place.name().to_owned()));
        scene.say(scene.world.scripts.check_words(state, MOVED));
    } else if let Some(thanks) = state.photo_input().and_then(|photo| photo.act.say) {
        scene.say(thanks);
    }
}

/// What a reviewer may object to in a picture that is kept, and that nobody but a reviewer could look.
fn hint(scene: &mut Scene<'_>, state: &State, slot: PhotoSlot, codes: &[String]) {
    scene.facts.push(("photo_slot", slot.name().to_owned()));
    let [unchecked, found] = hints(scene.world, state, codes, &scene.view());
    scene.append(&unchecked);
    scene.push(&found);
}

/// What the camera page says of the portrait that waits there: the same as the chat of one that came there.
pub fn portrait_hints(world: &World, case: &Case) -> Option<String> {
    let codes = &case.portrait.as_ref()?.precheck.codes;
    let state = world.scripts.home_of(case.stage.name());
    let view = context! { photo_slot => PhotoSlot::Portrait.name() };
    let said: Vec<String> =
        hints(world, state, codes, &view).into_iter().filter(|words| !words.is_empty()).collect();
    (!said.is_empty()).then(|| said.join("\n"))
}

/// That nobody looked, and what was found; empty words where there is nothing to say.
fn hints(world: &World, state: &State, codes: &[String], view: &Value) -> [String; 2] {
    let scripts = &world.scripts;
    let (unchecked, found): (Vec<&str>, Vec<&str>) =
        codes.iter().map(String::as_str).partition(|code| *code == photo::PRECHECK_UNAVAILABLE);
    let words = |code: &&str| scripts.render(scripts.check_words(state, code), view).trim().to_owned();
    let found = (!found.is_empty()).then(|| faults(scripts, state, &found, SystemText::PhotoHints, view));
    [
        unchecked.first().map(words).unwrap_or_default(),
        found.map(|said| said.trim().to_owned()).unwrap_or_default(),
    ]
}

/// A photo of the card that the case has already: nothing is wrong with it, and whoever means to replace that one
/// must say so.
fn taken(scene: &mut Scene<'_>, slot: PhotoSlot, photo: &StoredPhoto, in_chat: bool) {
    scene.refused = Some("photo_refused");
    scene.facts.extend(photo.shows.map(|shows| ("photo_shows", shows.name().to_owned())));
    scene.say(scene.world.scripts.check_words(home(scene, slot), TAKEN));
    if in_chat {
        scene.ask_once_more();
    }
}

/// All defects of a picture in one message, worst first; then the question stands again. A picture that could not even
/// be looked at has words of its own.
fn fault(scene: &mut Scene<'_>, slot: PhotoSlot, codes: &[impl AsRef<str>], in_chat: bool) {
    scene.refused = Some("photo_refused");
    let state = home(scene, slot);
    let is_judged = codes.iter().any(|code| photo::is_defect(code.as_ref()));
    if is_judged {
        // What only a reviewer can look at is no reason for a new picture.
        let found: Vec<&str> =
            codes.iter().map(AsRef::as_ref).filter(|code| !photo::FOR_REVIEWERS.contains(code)).collect();
        scene.list_faults(state, slot, &found, SystemText::PhotoRefused);
        let refusals = scene.session.photo_refusals.entry(slot).or_default();
        *refusals = refusals.saturating_add(1);
        if scene.session.people_for(slot) == ForPeople::Offered {
            scene.say(scene.world.scripts.system(SystemText::PhotoPeople));
        }
    } else {
        for code in codes {
            scene.say(scene.world.scripts.check_words(state, code.as_ref()));
        }
    }
    if in_chat && (is_judged || slot != PhotoSlot::Portrait) {
        scene.ask_once_more();
    }
}

/// The state whose words fit a picture for this slot: the open one if it takes it, else the case's.
fn home<'a>(scene: &Scene<'a>, wanted: PhotoSlot) -> &'a State {
    let open = scene.state();
    let fits = open.photo_input().is_some_and(|photo| slot(scene, photo.slot) == Some(wanted));
    if fits { open } else { scene.world.scripts.home_of(scene.stage().unwrap_or_default()) }
}

/// Stored pictures that nobody names after this turn, because another took their place or they were not taken: the
/// worker takes them away.
pub(super) fn clear_up(scene: &mut Scene<'_>, inbound: &Inbound) {
    let present = scene.case.clone();
    if let (Some(before), Some(after)) = (&scene.before.case, &present)
        && before.id == after.id
    {
        let left: Vec<String> = before.photos().map(|photo| photo.name.clone()).collect();
        clear(scene, &after.id, left, Some(after));
    }
    if let Some(photo) = brought(&inbound.what)
        && let Some(case_id) = inbound.case_id.as_ref().or(present.as_ref().map(|case| &case.id))
    {
        let present = present.as_deref().filter(|case| case.id == *case_id);
        clear(scene, case_id, vec![photo.name.clone()], present);
    }
}

fn clear(scene: &mut Scene<'_>, case_id: &str, mut names: Vec<String>, present: Option<&Case>) {
    names.retain(|name| present.is_none_or(|case| !case.names_photo(name)));
    if !names.is_empty() {
        scene.job(Job::ClearPhotos { case_id: case_id.to_owned(), names });
    }
}

/// The stored picture that some news is about.
fn brought(what: &What) -> Option<&StoredPhoto> {
    match what {
        What::PhotoChecked(PhotoChecked { verdict: PhotoVerdict::Accepted(photo), .. })
        | What::Camera(CameraAct::Photo(PhotoVerdict::Accepted(photo))) => Some(photo),
        _ => None,
    }
}
