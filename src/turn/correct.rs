//! A value that was not asked for: a correction that names the new one, 「选错了，应该是番禺区」, 「改成13800138002」, and
//! the exam number that somebody sends first of all.
//!
//! It is taken as if the person had gone to change the place or the phone, or to bind, and answered there, so that the
//! same commands decide and the same words answer. Which states those are, the interrupts of the commands say.

use super::{
    Lookup, hear,
    scene::{Scene, Stop},
};
use crate::{
    dialog::{Command, Kind, State, Then, is_correction, place_instead},
    validation::{self, Facts},
};

/// Does what a correction says; `None` when the text is none.
pub(super) fn correct(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let has_place = scene.case.as_ref()?.place.is_some();
    let place = if has_place { place_instead(text, &scene.world.places) } else { None };
    if let Some(place) = place {
        return correct_place(scene, place);
    }
    correct_phone(scene, text)
}

/// Binds with an exam number that nobody asked for; `None` when the text is none, or something else is asked for.
pub(super) fn exam_no_unasked(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let open = scene.state();
    let is_asked = open.text_input().is_some() || matches!(open.kind, Kind::Text(_));
    if is_asked || scene.candidate.is_some() {
        return None;
    }
    let (command, state) = way_to(scene, "start_binding")?;
    let wanted = state.text_input()?;
    let facts = Facts { today: scene.now.date(&scene.world.zone) };
    let valid = hear::check(validation::rule(wanted.rule)?, text, facts).ok()?;
    Some(may(scene, command).unwrap_or_else(|| {
        scene.session.slots.insert(wanted.save.clone(), valid.value);
        scene.enter(state);
        scene.act(state, &wanted.act)
    }))
}

fn correct_place(scene: &mut Scene<'_>, place: usize) -> Option<Result<(), Lookup>> {
    let (command, state) = way_to(scene, "edit_place")?;
    let list = state.list_input()?;
    let key = scene.world.places.get(place)?.key.clone();
    Some(may(scene, command).unwrap_or_else(|| {
        scene.session.slots.insert(list.save.clone(), key);
        scene.act(state, &list.act)
    }))
}

/// Where a text is asked for, that question hears the number itself.
fn correct_phone(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let open = scene.state();
    let is_asked = open.text_input().is_some() || matches!(open.kind, Kind::Text(_));
    if is_asked || open.stages.is_empty() || !is_correction(text) {
        return None;
    }
    scene.case.as_ref()?.phone.as_ref()?;
    let (command, state) = way_to(scene, "edit_phone")?;
    let wanted = state.text_input()?;
    let facts = Facts { today: scene.now.date(&scene.world.zone) };
    // 「不对」 denies the number before, not the one that follows.
    let told = text.replace("不对", "");
    let valid = hear::check(validation::rule(wanted.rule)?, &told, facts).ok()?;
    Some(may(scene, command).unwrap_or_else(|| {
        scene.session.slots.insert(wanted.save.clone(), valid.value);
        scene.act(state, &wanted.act)
    }))
}

/// The interrupt's command that asks whether a change may be, and the state where it is made.
fn way_to<'a>(scene: &Scene<'a>, name: &str) -> Option<(&'a Command, &'a State)> {
    let scripts = &scene.world.scripts;
    let found =
        scripts.interrupts().iter().find_map(|interrupt| match (&interrupt.command, interrupt.then) {
            (Some(command), Then::Goto(target)) if command.name == name => Some((command, target)),
            _ => None,
        });
    found.map(|(command, target)| (command, scripts.follow(target, scene.stage(), scripts.main())))
}

/// `None` when the change may be; else the refusal has been said.
fn may<'a>(scene: &mut Scene<'a>, command: &'a Command) -> Option<Result<(), Lookup>> {
    match scene.run(command) {
        Ok(()) => None,
        Err(Stop::Need(lookup)) => Some(Err(lookup)),
        Err(Stop::Refused(code)) => {
            let state = scene.state();
            Some(scene.refused(state, command, code))
        }
    }
}
