//! A scanned code of ours: the person is led to where it points, and loses nothing.
//!
//! A poster shows its place, with the days of the present schedule. It chooses nothing: where a place is to be chosen,
//! this one is offered and still must be said. Whoever was asked something is asked again; only who comes with nothing
//! begun stands at the poster's own question. The hand-over of the camera is a command like the word for a new link.

use super::{
    Lookup,
    commands::{BROWSED, CHOOSE_PLACE},
    lists::{self, Naming},
    scene::Scene,
};
use crate::{
    dialog::{Fallback, Target},
    workflow::signpost::Signpost,
};

/// Where somebody with nothing begun reads a poster, and where the camera is handed over: states of the dialogs.
pub(super) const ENTRIES: [&str; 2] = [POSTER, HANDED_OVER];
const POSTER: &str = "place.poster";
const HANDED_OVER: &str = "portrait.handed_over";
/// What a poster shows, what is said to whoever has chosen another place, and what of one that the schedule does not
/// have: fragments of the dialogs.
pub(super) const FRAGMENTS: [&str; 4] = [CARD, CHOSEN, UNKNOWN, CITY_CORE];
const CARD: &str = "poster_card";
const CHOSEN: &str = "poster_chosen";
const UNKNOWN: &str = "poster_unknown";
const CITY_CORE: &str = "city_core_words";

/// Goes where a code's scene points; `None` when it points at nothing of ours.
pub(super) fn follow(scene: &mut Scene<'_>, code: &str) -> Option<Result<(), Lookup>> {
    match Signpost::read(code) {
        Signpost::Place(name) => Some(read_poster(scene, &name)),
        Signpost::Camera => Some(go(scene, HANDED_OVER)),
        Signpost::Elsewhere => None,
    }
}

fn read_poster(scene: &mut Scene<'_>, name: &str) -> Result<(), Lookup> {
    scene.elsewhere = lists::city_elsewhere(scene, name);
    match lists::named_place(scene, name) {
        Some(Naming::One(place)) => return show(scene, place),
        Some(Naming::Several(labels)) => {
            scene.facts = vec![("labels", labels.join("、"))];
            let state = scene.state();
            scene.say(scene.world.scripts.wrong_kind_words(state, Fallback::Ambiguous));
        }
        Some(Naming::Refused(_)) => say(scene, CITY_CORE),
        None => say(scene, UNKNOWN),
    }
    resume(scene)
}

fn show(scene: &mut Scene<'_>, place: usize) -> Result<(), Lookup> {
    let Some(key) = scene.world.places.get(place).map(|offer| offer.key.clone()) else {
        return resume(scene);
    };
    let state = scene.state();
    if scene.case.is_none() && (state.name == POSTER || state.name == scene.world.scripts.main().name) {
        scene.session.slots.insert(BROWSED.to_owned(), key);
        return go(scene, POSTER);
    }
    scene.asked = Some(place);
    say(scene, CARD);
    let chosen = scene.case.as_ref().and_then(|case| case.place.as_ref());
    let chosen = chosen.and_then(|chosen| scene.world.schedule.position(&chosen.city, &chosen.district));
    let command = state.list_input().and_then(|list| list.act.command.as_ref());
    if command.is_some_and(|command| command.name == CHOOSE_PLACE) && chosen != Some(place) {
        lists::offer_place(scene, place);
        return Ok(());
    }
    say(scene, CHOSEN);
    resume(scene)
}

/// Back to what was asked; the menu is no question to come back to.
fn resume(scene: &mut Scene<'_>) -> Result<(), Lookup> {
    if scene.state().name == scene.world.scripts.main().name {
        let main = scene.main();
        return scene.go(main);
    }
    scene.ask_again();
    Ok(())
}

fn go(scene: &mut Scene<'_>, state: &str) -> Result<(), Lookup> {
    let scripts = &scene.world.scripts;
    scene.go(Target::State(scripts.id_of(scripts.resolve(state))))
}

fn say(scene: &mut Scene<'_>, fragment: &str) {
    if let Some(text) = scene.world.scripts.fragment(fragment) {
        scene.say(text);
    }
}
