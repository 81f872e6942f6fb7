//! A text: what it means where the person is, and what follows.
//!
//! Numbers and words of the open question first, interrupts and questions from anywhere next (see
//! `dialog::understand`), then the state's own input. What nobody understood is counted, and the words for it change
//! from a hint to an example to the way to a person.

use super::{
    Lookup, guards, lists,
    scene::{Scene, Stop},
};
use crate::{
    dialog::{
        Asked, Fallback, Heard, Interrupt, Kind, ListInput, Offer, State, SystemText, TextInput, Then,
        Understood, is_statement, understand,
    },
    validation::{self, Facts, Invalid, Rule, Valid},
};

/// Longest text that is read, in characters; nothing that the dialogs ask for is longer.
const LONGEST: usize = 300;
/// How much of a text is repeated in words about it, in characters.
const REPEATED: usize = 40;
/// From this miss on a person is offered.
const MANY_MISSES: u32 = 3;
/// What the platform makes of a sticker.
const STICKER: &str = "【收到不支持的消息类型，暂无法显示】";

/// Understands a text and does what follows.
pub(super) fn hear(scene: &mut Scene<'_>, text: &str, item: Option<&str>) -> Result<(), Lookup> {
    if text.trim() == STICKER {
        misfit(scene, Fallback::Sticker);
        return Ok(());
    }
    if text.chars().count() > LONGEST {
        scene.say(scene.world.scripts.system(SystemText::TooLong));
        scene.ask_again();
        return Ok(());
    }
    scene.input = text.trim().chars().take(REPEATED).collect();
    if item.is_some() {
        take_up_tap(scene, text);
    }
    let state = scene.state();
    if let Some(named) = lists::named_place(scene, text) {
        let list = state.list_input().filter(|list| list.from == "places");
        match (named, list) {
            (Ok(index), Some(list)) => return pick(scene, state, list, index),
            (Err(code), Some(_)) => {
                refuse_item(scene, state, code);
                return Ok(());
            }
            (Err(topic), None) => {
                if let Some(index) = scene.world.scripts.interrupt_of_topic(topic) {
                    return interrupt(scene, index);
                }
            }
            (Ok(_), None) => {}
        }
    }
    let offers = scene.offers(state);
    let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    let asked = Asked { state: &state.name, offers: &shown };
    let ears = scene.world.scripts.ears();
    match understand(Heard { text, item }, asked, ears, &scene.world.places) {
        Understood::Choice(index) => choose(scene, state, index),
        Understood::Interrupt(index) => interrupt(scene, index),
        Understood::Topic { interrupt: index, place } => {
            scene.asked = place;
            interrupt(scene, index)
        }
        Understood::Ambiguous(indices) => {
            let labels: Vec<&str> = indices.iter().map(|index| offers[*index].label.as_str()).collect();
            ask_back(scene, state, Fallback::Ambiguous, &labels);
            Ok(())
        }
        Understood::Doubtful(index) => {
            ask_back(scene, state, Fallback::Doubtful, &[&offers[index].label]);
            Ok(())
        }
        Understood::Nothing => match state.text_input() {
            Some(wanted) => accept(scene, state, wanted, text),
            None => miss(scene, state),
        },
    }
}

/// A tapped word answers the notice that offered it, whatever was asked since: its question is the case's own place's.
fn take_up_tap(scene: &mut Scene<'_>, text: &str) {
    let Some(stage) = scene.stage() else { return };
    let home = scene.world.scripts.home_of(stage);
    let offers = scene.offers(home);
    let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    let asked = Asked { state: &home.name, offers: &shown };
    let meant = understand(Heard { text, item: None }, asked, scene.world.scripts.ears(), &[]);
    if matches!(meant, Understood::Choice(_)) {
        scene.enter(home);
    }
}

/// The offer of this index: a choice, or an item of the list behind the choices.
fn choose<'a>(scene: &mut Scene<'a>, state: &'a State, index: usize) -> Result<(), Lookup> {
    let choices = state.choices(|guard| guards::holds(scene, guard));
    if let Some(choice) = choices.get(index) {
        let act = &choice.act;
        return scene.act(state, act);
    }
    match state.list_input() {
        Some(list) => pick(scene, state, list, index - choices.len()),
        None => miss(scene, state),
    }
}

fn pick<'a>(
    scene: &mut Scene<'a>,
    state: &'a State,
    list: &'a ListInput,
    index: usize,
) -> Result<(), Lookup> {
    let Some(key) = lists::items(scene, list.from).get(index).map(|item| item.key.clone()) else {
        return miss(scene, state);
    };
    scene.session.slots.insert(list.save.clone(), key);
    scene.act(state, &list.act)
}

/// Names what was perhaps meant and waits for its number.
fn ask_back<'a>(scene: &mut Scene<'a>, state: &'a State, words: Fallback, labels: &[&str]) {
    scene.facts = vec![("labels", labels.join("、"))];
    scene.say(scene.world.scripts.wrong_kind_words(state, words));
    scene.show_offers(state);
}

/// An item that is understood but cannot be taken: the reason, then the list again.
fn refuse_item<'a>(scene: &mut Scene<'a>, state: &'a State, code: &str) {
    scene.say(scene.world.scripts.refusal_words(state, code));
    scene.show_offers(state);
}

/// Does what an interrupt says, then goes back to the question or on.
pub(super) fn interrupt(scene: &mut Scene<'_>, index: usize) -> Result<(), Lookup> {
    let world = scene.world;
    let Some(interrupt) = world.scripts.interrupts().get(index) else { return Ok(()) };
    if let Some(command) = &interrupt.command {
        match scene.run(command) {
            Ok(()) => {}
            Err(Stop::Need(lookup)) => return Err(lookup),
            Err(Stop::Refused(code)) => {
                let state = scene.state();
                return scene.refused(state, command, code);
            }
        }
    }
    if let Some(say) = interrupt.say {
        scene.say(say);
    }
    then(scene, interrupt)
}

fn then(scene: &mut Scene<'_>, interrupt: &Interrupt) -> Result<(), Lookup> {
    match interrupt.then {
        Then::Resume => {
            scene.ask_again();
            Ok(())
        }
        Then::Leave => {
            scene.session.back.clear();
            let main = scene.main();
            scene.go(main)
        }
        Then::Back => scene.go(crate::dialog::Target::Back),
        Then::Goto(target) => scene.go(target),
    }
}

/// A text that a rule accepts, or words for why not.
fn accept<'a>(
    scene: &mut Scene<'a>,
    state: &'a State,
    wanted: &'a TextInput,
    text: &str,
) -> Result<(), Lookup> {
    let facts = Facts { today: scene.now.date(&scene.world.zone) };
    let Some(rule) = validation::rule(wanted.rule) else { return miss(scene, state) };
    match check(rule, text, facts) {
        Ok(valid) => {
            scene.session.misses = 0;
            scene.session.slots.insert(wanted.save.clone(), valid.value);
            scene.act(state, &wanted.act)
        }
        // A text without any number is no wrong number but something else that was said.
        Err(_) if !matches!(state.kind, Kind::Text(_)) && !has_digits(text) => miss(scene, state),
        Err(invalid) => {
            scene.session.misses += 1;
            let code = if has_digits(text) { invalid.code } else { "invalid" };
            scene.facts = invalid.facts;
            scene.say(scene.world.scripts.invalid_words(state, code));
            give_up(scene, state)
        }
    }
}

/// A text by its rule; what the rule refuses is tried once more as the one number inside a sentence that states it.
fn check(rule: &Rule, text: &str, facts: Facts) -> Result<Valid, Invalid> {
    (rule.check)(text, &facts).or_else(|invalid| {
        let number = if is_statement(text) { validation::number_in(text) } else { None };
        number.map_or(Err(invalid), |number| (rule.check)(&number, &facts))
    })
}

fn has_digits(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Nobody understood it. Where nothing is asked, that is no miss: the person hears what is awaited.
fn miss<'a>(scene: &mut Scene<'a>, state: &'a State) -> Result<(), Lookup> {
    scene.session.misses += 1;
    if matches!(state.kind, Kind::Wait) && scene.session.misses < MANY_MISSES {
        scene.ask(state);
        return Ok(());
    }
    let words = scene.world.scripts.unknown_words(state, scene.session.misses);
    scene.say(words);
    if !gives_up(scene, state) {
        scene.ask_again();
        return Ok(());
    }
    give_up(scene, state)
}

/// A message of a kind that the open question does not want.
pub(super) fn misfit(scene: &mut Scene<'_>, kind: Fallback) {
    let state = scene.state();
    scene.say(scene.world.scripts.wrong_kind_words(state, kind));
    if !state.otherwise.contains_key("wrong_kind") {
        scene.ask_again();
    }
}

fn gives_up(scene: &Scene<'_>, state: &State) -> bool {
    state.give_up.as_ref().is_some_and(|limit| scene.session.misses >= limit.after)
}

/// After many misses: the dialog's own way out, else the way to a person.
fn give_up(scene: &mut Scene<'_>, state: &State) -> Result<(), Lookup> {
    match &state.give_up {
        Some(limit) if scene.session.misses >= limit.after => {
            scene.session.misses = 0;
            scene.say(limit.say);
            scene.go(limit.goto)
        }
        None if scene.session.misses == MANY_MISSES => {
            scene.say(scene.world.scripts.unknown_words(state, MANY_MISSES));
            Ok(())
        }
        _ => Ok(()),
    }
}
