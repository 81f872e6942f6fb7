//! A text: what it means where the person is, and what follows.
//!
//! The whole label of a button of the open question or of the case's home means that button; then come numbers and
//! words of the open question, interrupts and questions from anywhere (see `dialog::understand`), then the state's own
//! input. What could not be used is counted: after the second time in a row there is an example, after the third the
//! way to a person, and then it begins again; the question is repeated each time.

use std::borrow::Cow;

use super::{
    Lookup,
    correct::{correct, exam_no_unasked},
    gone, guards, guess,
    lists::{self, Naming},
    questions,
    scene::{Came, Scene, Stop},
    staff,
};
use crate::{
    dialog::{
        Fallback, Interrupt, Kind, ListInput, Offer, State, SystemText, Text, TextInput, Then, Understood,
        is_statement, named, place_instead, understand, without_leave,
    },
    inbound::What,
    validation::{self, Facts, Invalid, Rule, Valid},
};

/// Longest text that is read, in characters; nothing that the dialogs ask for is longer.
const LONGEST: usize = 300;
/// How much of a text is repeated in words about it, in characters.
const REPEATED: usize = 40;
/// The miss at which an example is given, and the one at which a person is offered.
const EXAMPLE: u32 = 2;
const PERSON: u32 = 3;
/// What the platform makes of a sticker.
const STICKER: &str = "【收到不支持的消息类型，暂无法显示】";

/// Understands a text, typed or tapped, and does what follows.
pub(super) fn hear(scene: &mut Scene<'_>, text: &str, tapped: bool) -> Result<(), Lookup> {
    if is_sticker(text.trim()) {
        misfit(scene, Fallback::Sticker);
        return Ok(());
    }
    if let Some(done) = staff::link(scene, text) {
        return done;
    }
    scene.input = text.trim().chars().take(REPEATED).collect();
    scene.elsewhere = lists::city_elsewhere(scene, text);
    if tapped {
        take_up_tap(scene, text);
    }
    let done = gone::answered(scene, text);
    if let Some(done) = done.or_else(|| if tapped { None } else { guess::answer(scene, text) }) {
        return done;
    }
    questions::leave_offer(scene, text);
    if let Some(done) = take_down(scene, text) {
        return done;
    }
    let state = scene.state();
    if let Some(done) = hear_place(scene, state, text) {
        return done;
    }
    if let Some(done) = correct(scene, text).or_else(|| exam_no_unasked(scene, text)) {
        return done;
    }
    let offers = scene.offers(state);
    let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    if let Some((home, button)) = button_at_home(scene, state, text)
        && named(text, &shown).is_none()
    {
        scene.enter(home);
        return choose(scene, home, button);
    }
    let understood = || understand(text, &shown, scene.world.scripts.ears(), &scene.world.places);
    match guess::half_consent(scene, state, text).unwrap_or_else(understood) {
        Understood::Choice(index) => choose(scene, state, index),
        Understood::Interrupt(index) => interrupt(scene, index),
        Understood::Ambiguous(indices) => {
            ask_back(scene, state, Fallback::Ambiguous, &labels_of(&offers, &indices));
            Ok(())
        }
        Understood::Topic { interrupt: index, place } => {
            scene.asked = place;
            scene.unplaced = place.is_none() && lists::names_a_district(scene, text);
            interrupt(scene, index)
        }
        Understood::Doubtful(index) => {
            guess::remember(scene, state, &offers[index]);
            ask_back(scene, state, Fallback::Doubtful, &[offers[index].label.clone()]);
            Ok(())
        }
        Understood::Declined(indices) => {
            scene.facts = vec![("labels", labels_of(&offers, &indices).join("、"))];
            misfit(scene, Fallback::Declined);
            Ok(())
        }
        Understood::Question(index) if !is_wanted(scene, state, text) => {
            questions::answer(scene, index);
            Ok(())
        }
        Understood::Nearest(nearest) if !is_wanted(scene, state, text) => questions::offer(scene, &nearest),
        Understood::Question(_) | Understood::Nearest(_) | Understood::Nothing => match state.text_input() {
            Some(wanted) => accept(scene, state, wanted, text),
            None => miss(scene, state),
        },
    }
}

/// Whether there are more words than are read.
pub(super) fn is_too_long(what: &What) -> bool {
    what.words().is_some_and(|words| words.chars().count() > LONGEST)
}

/// Nothing was made of a message of too many words; the question is asked once more.
pub(super) fn too_long(scene: &mut Scene<'_>) {
    scene.say(scene.world.scripts.system(SystemText::TooLong));
    scene.ask_once_more();
}

/// A place that is named outright, or put in another's stead where one is to be chosen.
fn hear_place<'a>(scene: &mut Scene<'a>, state: &'a State, text: &str) -> Option<Result<(), Lookup>> {
    let list = state.list_input().filter(|list| list.from == "places");
    match (lists::named_place(scene, text), list) {
        (Some(named), Some(list)) => Some(name_place(scene, state, list, named)),
        (Some(Naming::Refused(topic)), None) => {
            let index = scene.world.scripts.interrupt_of_topic(topic)?;
            Some(interrupt(scene, index))
        }
        (None, Some(list)) => {
            let place = place_instead(text, &scene.world.places)?;
            Some(pick(scene, state, list, place))
        }
        (Some(Naming::One(_) | Naming::Several(_)) | None, None) => None,
    }
}

/// A text that is taken as it was said, where one is wanted; only what leads elsewhere is heard.
fn take_down(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let wanted = |state: &State| state.text_input().is_some_and(|input| input.rule == validation::ANYTHING);
    if scene.came == Came::WrittenLate && wanted(scene.state()) {
        // What somebody says the next day is not what they were asked to write down.
        let before = scene.back().name.clone();
        scene.session.state = before;
    }
    let state = scene.state();
    let input = state.text_input().filter(|_| wanted(state))?;
    Some(match understand(text, &[], scene.world.scripts.ears(), &[]) {
        Understood::Interrupt(index) => interrupt(scene, index),
        _ => accept(scene, state, input, text),
    })
}

fn labels_of(offers: &[Cow<'_, Offer>], indices: &[usize]) -> Vec<String> {
    indices.iter().map(|index| offers[*index].label.clone()).collect()
}

/// Whether a text is what the open question asks for, or a button that the case has no more, whatever else it may be
/// like.
fn is_wanted(scene: &Scene<'_>, state: &State, text: &str) -> bool {
    if let Some(case) = scene.case.as_ref().filter(|case| scene.is_closed(case)) {
        let home = scene.world.scripts.home_of(case.stage.name());
        let offers = scene.offers(home);
        let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
        if named(text, &shown).is_some() {
            return true;
        }
    }
    let facts = Facts { today: scene.now.date(&scene.world.zone) };
    let rule = state.text_input().and_then(|wanted| validation::rule(wanted.rule));
    rule.is_some_and(|rule| check(rule, text, facts).is_ok())
}

/// Signs that say nothing: the platform's word for a sticker, 「[微笑]」, 「/::)」, emoji.
fn is_sticker(text: &str) -> bool {
    let bracketed =
        |open, close| text.starts_with(open) && text.ends_with(close) && text.chars().count() <= 8;
    let silent = |c: char| !c.is_alphanumeric() && !c.is_ascii() && !"？！。，、…—".contains(c);
    text == STICKER
        || bracketed('[', ']')
        || (text.starts_with("/:") && text.chars().count() <= 8)
        || (!text.is_empty() && text.chars().all(|c| silent(c) || c.is_whitespace()))
}

/// The case's own place and what can be chosen there.
fn at_home<'a>(scene: &Scene<'a>) -> Option<(&'a State, Vec<Cow<'a, Offer>>)> {
    let home = scene.world.scripts.home_of(scene.stage()?);
    Some((home, scene.offers(home)))
}

/// A button of the case's own place, named whole from somewhere else: notices tell people to.
fn button_at_home<'a>(scene: &Scene<'a>, state: &State, text: &str) -> Option<(&'a State, usize)> {
    let (home, offers) = at_home(scene).filter(|(home, _)| home.name != state.name)?;
    let choices = home.choices(|guard| guards::holds(scene, guard)).len();
    let buttons: Vec<&Offer> = offers.iter().take(choices).map(AsRef::as_ref).collect();
    named(text, &buttons).map(|button| (home, button))
}

fn name_place<'a>(
    scene: &mut Scene<'a>,
    state: &'a State,
    list: &'a ListInput,
    named: Naming,
) -> Result<(), Lookup> {
    match named {
        Naming::One(index) => pick(scene, state, list, index),
        Naming::Several(labels) => {
            ask_back(scene, state, Fallback::Ambiguous, &labels);
            Ok(())
        }
        Naming::Refused(code) => {
            refuse_item(scene, state, code);
            Ok(())
        }
    }
}

/// A tapped word answers the notice that offered it, whatever was asked since: its question is the case's own place's.
fn take_up_tap(scene: &mut Scene<'_>, text: &str) {
    let Some((home, offers)) = at_home(scene) else { return };
    let shown: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    let meant = understand(text, &shown, scene.world.scripts.ears(), &[]);
    if matches!(meant, Understood::Choice(_)) {
        scene.enter(home);
    }
}

/// The offer of this index: a choice, or an item of the list behind the choices.
pub(super) fn choose<'a>(scene: &mut Scene<'a>, state: &'a State, index: usize) -> Result<(), Lookup> {
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
fn ask_back<'a>(scene: &mut Scene<'a>, state: &'a State, words: Fallback, labels: &[String]) {
    scene.facts = vec![("labels", labels.join("、"))];
    scene.say(scene.world.scripts.wrong_kind_words(state, words));
    scene.show_offers(state);
}

/// An item that is understood but cannot be taken: the reason, then the list again.
fn refuse_item<'a>(scene: &mut Scene<'a>, state: &'a State, code: &str) {
    scene.explain(state, code);
    scene.show_offers(state);
}

/// Does what an interrupt says, then goes back to the question or on.
pub(super) fn interrupt(scene: &mut Scene<'_>, index: usize) -> Result<(), Lookup> {
    let world = scene.world;
    let Some(interrupt) = world.scripts.interrupts().get(index) else { return Ok(()) };
    scene.session.misses = 0;
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
            let code = if has_digits(text) && !quotes_a_word(&invalid) { invalid.code } else { "invalid" };
            scene.facts = invalid.facts;
            missed(scene, state, scene.world.scripts.invalid_words(state, code))
        }
    }
}

/// A text by its rule; what the rule refuses is tried once more as the one number inside a sentence that states it,
/// or that asks for leave to give it: 「13800138000可以吗」.
pub(super) fn check(rule: &Rule, text: &str, facts: Facts) -> Result<Valid, Invalid> {
    (rule.check)(text, &facts).or_else(|invalid| {
        let told = without_leave(text);
        let number = if is_statement(told) { validation::number_in(told) } else { None };
        number.map_or(Err(invalid), |number| (rule.check)(&number, &facts))
    })
}

/// Whether what is wrong with a number is a word beside it, which nobody meant as a digit.
fn quotes_a_word(invalid: &Invalid) -> bool {
    let is_word = |found: &str| found.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    invalid.code == "characters"
        && invalid.facts.iter().any(|(name, found)| *name == "found" && is_word(found))
}

fn has_digits(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Nobody understood it. Where nothing is asked, that is no miss at first: the person hears what is awaited.
fn miss<'a>(scene: &mut Scene<'a>, state: &'a State) -> Result<(), Lookup> {
    if matches!(state.kind, Kind::Wait) && scene.session.misses + 1 < PERSON {
        scene.session.misses += 1;
        scene.ask(state);
        return Ok(());
    }
    missed(scene, state, scene.world.scripts.unknown_words(state))
}

/// Something that could not be used: why, more help each time, the question once more; or the dialog's own way out.
fn missed<'a>(scene: &mut Scene<'a>, state: &'a State, why: Text) -> Result<(), Lookup> {
    let scripts = &scene.world.scripts;
    scene.session.misses += 1;
    scene.say(why);
    if let Some(limit) = state.give_up.as_ref().filter(|limit| scene.session.misses >= limit.after) {
        scene.session.misses = 0;
        scene.say(limit.say);
        return scene.go(limit.goto);
    }
    match scene.session.misses {
        EXAMPLE => give_example(scene, state),
        PERSON.. => {
            scene.session.misses = 0;
            scene.say(scripts.person_words());
        }
        _ => {}
    }
    scene.ask_once_more();
    Ok(())
}

/// What fits here: the state's own example, or its first choice where there is one.
fn give_example<'a>(scene: &mut Scene<'a>, state: &'a State) {
    let choice = scene.offers(state).iter().find(|offer| !offer.hidden).map(|offer| offer.label.clone());
    if choice.is_some() || state.otherwise.contains_key("example") {
        scene.facts.push(("choice", choice.unwrap_or_default()));
        scene.add(scene.world.scripts.example_words(state));
    }
}

/// A message of a kind that the open question does not want.
pub(super) fn misfit(scene: &mut Scene<'_>, kind: Fallback) {
    let state = scene.state();
    scene.say(scene.world.scripts.wrong_kind_words(state, kind));
    scene.ask_once_more();
}
