//! Questions from anywhere (`dialogs/questions.toml`): answered where they are asked, or offered by number.
//!
//! An answer changes nothing: the open question is asked again after it. Where only the nearest questions are known,
//! they stand in a list of their own ([`OFFER`]), and whoever says something else has gone on with what was open before.

use std::borrow::Cow;

use super::{
    Lookup,
    scene::{Scene, Stop},
};
use crate::dialog::{Offer, Target, Then, Understood, is_number_of_a_list, understand};

/// The state where the nearest questions are offered.
pub(super) const OFFER: &str = "faq.nearest";
/// The list of questions offered there, and the slot that remembers them by id.
pub(super) const NEAREST: &str = "nearest";
/// The slots of a chosen group and of a chosen question.
const GROUP: &str = "question_group";
const QUESTION: &str = "question";

/// Answers a question and asks the open one again.
pub(super) fn answer(scene: &mut Scene<'_>, index: usize) {
    scene.session.misses = 0;
    if let Some(question) = scene.world.scripts.questions().all().get(index) {
        scene.say(question.answer);
    }
    scene.ask_again();
}

/// Offers the questions that a text may have asked.
pub(super) fn offer(scene: &mut Scene<'_>, nearest: &[usize]) -> Result<(), Lookup> {
    let scripts = &scene.world.scripts;
    let Some(state) = scripts.state(OFFER) else { return Ok(()) };
    let all = scripts.questions().all();
    let ids: Vec<&str> =
        nearest.iter().filter_map(|index| Some(all.get(*index)?.offer.key.as_str())).collect();
    scene.session.slots.insert(NEAREST.to_owned(), ids.join(" "));
    scene.go(Target::State(scripts.id_of(state)))
}

/// `show_question`: answers the question chosen from a list.
pub(super) fn show(scene: &mut Scene<'_>) -> Result<(), Stop> {
    let id = scene.session.slots.get(QUESTION).map_or("", String::as_str);
    let Some(question) = scene.world.scripts.questions().find(id) else {
        return Err(Stop::Refused("unknown_question"));
    };
    scene.say(question.answer);
    Ok(())
}

/// The groups.
pub(super) fn groups<'a>(scene: &Scene<'a>) -> Vec<Cow<'a, Offer>> {
    scene.world.scripts.questions().groups().iter().map(|group| Cow::Borrowed(&group.offer)).collect()
}

/// The questions of the chosen group.
pub(super) fn of_group<'a>(scene: &Scene<'a>) -> Vec<Cow<'a, Offer>> {
    let questions = scene.world.scripts.questions();
    let group = scene.session.slots.get(GROUP).and_then(|id| questions.group(id));
    let indices = group.map_or(&[][..], |group| &group.questions);
    indices.iter().map(|index| Cow::Borrowed(&questions.all()[*index].offer)).collect()
}

/// The questions that were offered as the nearest.
pub(super) fn nearest<'a>(scene: &Scene<'a>) -> Vec<Cow<'a, Offer>> {
    let questions = scene.world.scripts.questions();
    let ids = scene.session.slots.get(NEAREST).map_or("", String::as_str);
    let offered = ids.split_whitespace().filter_map(|id| questions.find(id));
    offered.map(|question| Cow::Borrowed(&question.offer)).collect()
}

/// Who says anything but one of the questions offered goes on where they were before: nothing is lost by an offer.
pub(super) fn leave_offer(scene: &mut Scene<'_>, text: &str) {
    if scene.state().list_input().is_none_or(|list| list.from != NEAREST) {
        return;
    }
    let scripts = &scene.world.scripts;
    let offers = nearest(scene);
    let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    let stays = match understand(text, &shown, scripts.ears(), &scene.world.places) {
        Understood::Choice(_) | Understood::Ambiguous(_) | Understood::Doubtful(_) => true,
        Understood::Interrupt(index) => scripts.interrupts()[index].then == Then::Back,
        _ => is_number_of_a_list(text),
    };
    if !stays {
        scene.return_to_before();
    }
}
