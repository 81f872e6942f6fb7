//! What was asked back, 「您是要选……吗？」, and waits for 「是」.
//!
//! A yes presses it, also what cannot be taken back: it was named, and it was said. Anything else is heard as ever, and
//! whatever was done in between, a picture or a tap, makes a later yes one to nothing.

use serde::{Deserialize, Serialize};

use super::{
    Lookup,
    commands::CONSENTS,
    guards, hear,
    scene::{Came, Scene},
};
use crate::{
    dialog::{Choice, Offer, State, Understood, agrees},
    inbound::What,
};

/// A choice that was perhaps meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The state that offers it.
    state: String,
    /// The offer's key.
    key: String,
}

/// Remembers what has just been asked back.
pub(super) fn remember(scene: &mut Scene<'_>, state: &State, offer: &Offer) {
    scene.session.guess = Some(Guess { state: state.name.clone(), key: offer.key.clone() });
}

/// A mere yes where a consent is asked for: it is asked back by the very words that give one.
pub(super) fn half_consent(scene: &Scene<'_>, state: &State, text: &str) -> Option<Understood> {
    let choices = state.choices(|guard| guards::holds(scene, guard));
    let consents = |choice: &&Choice| {
        choice.act.command.as_ref().is_some_and(|command| CONSENTS.contains(&command.name))
    };
    let asked = choices.iter().position(consents).filter(|_| agrees(text) == Some(true))?;
    Some(Understood::Doubtful(asked))
}

/// Whatever the person does next, it is the last that can be answered to; see [`answer`].
pub(super) fn forget(scene: &mut Scene<'_>, what: &What) {
    if what.is_act() {
        scene.session.guess = None;
    }
}

/// Does what a yes or no to the guess says; `None` when the text is neither, or nothing was asked back.
pub(super) fn answer(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let guess = scene.before.session.guess.clone().filter(|_| scene.came != Came::WrittenLate)?;
    let state = scene.state();
    let says_yes = agrees(text).filter(|_| guess.state == state.name)?;
    let index = scene.offers(state).iter().position(|offer| offer.key == guess.key)?;
    if says_yes {
        return Some(hear::choose(scene, state, index));
    }
    scene.session.misses = 0;
    scene.ask_once_more();
    Some(Ok(()))
}
