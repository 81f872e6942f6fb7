//! A question that the dialogs no longer have, and no new name for it: somebody still answers it.
//!
//! What they say is no answer to another question: a number or a yes would press a button that they have never seen.
//! What is heard from anywhere is heard; after anything else they are told, and asked where their affairs stand.

use super::{Lookup, scene::Scene};
use crate::dialog::{SystemText, Target, Understood, understand};

/// Stands where the person's affairs stand now. What follows when the text answers the question that is gone; `None`
/// when it is to be heard like any other.
pub(super) fn answered(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let scripts = &scene.world.scripts;
    let open = std::mem::take(&mut scene.session.state);
    if open.is_empty() || scripts.find(&open).is_some() {
        scene.session.state = open;
        return None;
    }
    let here = match (scene.stage(), scripts.beginning_of(&open)) {
        (Some(_), _) => Target::Case,
        (None, Some(start)) if !scripts.is_of_case(start) => Target::State(scripts.id_of(start)),
        (None, _) => scene.main(),
    };
    if is_heard_anywhere(scene, text) {
        scene.stand_at(here);
        return None;
    }
    scene.say(scripts.system(SystemText::Gone));
    Some(scene.go(here))
}

fn is_heard_anywhere(scene: &Scene<'_>, text: &str) -> bool {
    let heard = understand(text, &[], scene.world.scripts.ears(), &scene.world.places);
    matches!(heard, Understood::Interrupt(_) | Understood::Topic { .. } | Understood::Question(_))
}
