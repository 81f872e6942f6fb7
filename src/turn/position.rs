//! A position on the map: which offices are near it.
//!
//! It chooses nothing: where a place is to be chosen, the nearest ones are named with their numbers, which still must be
//! said; elsewhere it asks where the nearest is. Where no place has coordinates, the label that the phone gives may
//! name a district. The position itself is neither kept nor logged.

use super::{guards, hear, lists, scene::Scene};
use crate::{dialog::Fallback, workflow::schedule::Position};

/// How many places are named.
const NAMED: usize = 3;
/// What is said of them where a place is to be chosen, and where none is: fragments of the dialogs.
pub(super) const FRAGMENTS: [&str; 3] = [TO_CHOOSE, TO_KNOW, NAMED_CARD];
const TO_CHOOSE: &str = "nearby_choices";
const TO_KNOW: &str = "nearby_places";
/// What is said of the one that the label names.
const NAMED_CARD: &str = "asked_card";

/// A place near a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Near {
    /// An index into the schedule.
    pub place: usize,
    /// By which the open question chooses it, if it does.
    pub number: Option<usize>,
    /// As the crow flies.
    pub metres: u32,
}

/// Names the places near a position.
pub(super) fn locate(scene: &mut Scene<'_>, latitude: f64, longitude: f64, label: &str) {
    let from = Position::new(latitude, longitude);
    let ways = from.map(|from| scene.world.schedule.nearest(from)).unwrap_or_default();
    let Some((nearest, _)) = ways.first().copied() else {
        let chooses = scene.state().list_input().is_some_and(|list| list.from == "places");
        match lists::place_of_label(scene, label) {
            Some(place) if chooses => lists::offer_place(scene, place),
            Some(place) => {
                scene.asked = Some(place);
                say(scene, NAMED_CARD);
                scene.ask_again();
            }
            None => hear::misfit(scene, Fallback::Location),
        }
        return;
    };
    let state = scene.state();
    let chooses = state.list_input().is_some_and(|list| list.from == "places");
    let before = state.choices(|guard| guards::holds(scene, guard)).len();
    let near = ways.into_iter().take(NAMED);
    let number = |place: usize| chooses.then_some(before + place + 1);
    scene.nearby = near.map(|(place, metres)| Near { place, number: number(place), metres }).collect();
    if chooses {
        say(scene, TO_CHOOSE);
        scene.ask_once_more();
    } else {
        scene.asked = Some(nearest);
        say(scene, TO_KNOW);
        scene.ask_again();
    }
}

fn say(scene: &mut Scene<'_>, fragment: &str) {
    if let Some(text) = scene.world.scripts.fragment(fragment) {
        scene.say(text);
    }
}
