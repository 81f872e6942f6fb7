//! Lists that dialogs may name in `from`: menus made of data.
//!
//! Labels made of words come from fragments in `dialogs/_global.toml`; names come from the data itself.

use std::borrow::Cow;

use minijinja::context;

use super::{commands, scene::Scene};
use crate::{
    dialog::{Offer, is_question, names_in},
    workflow::{prediction::SubstitutionOption, schedule::Lookup as Named},
};

/// The code of the place that cannot be chosen, and the topic that says so where no place is asked for.
pub(super) const CITY_CORE: &str = "city_core";
/// Every list with the codes its items may be refused with.
pub(super) const LISTS: &[(&str, &[&str])] = &[("places", &[CITY_CORE]), ("substitutions", &[])];

/// The items of a list now.
pub(super) fn items<'a>(scene: &Scene<'a>, name: &str) -> Vec<Cow<'a, Offer>> {
    match name {
        "places" => scene.world.places.iter().map(Cow::Borrowed).collect(),
        "substitutions" => substitutions(scene)
            .iter()
            .map(|(option, used)| Cow::Owned(substitution_offer(scene, option, *used)))
            .collect(),
        _ => Vec::new(),
    }
}

/// What a text names among the places: one of them, or the entry that must not be chosen (AMB-13), of which a
/// question is told the same.
pub(super) fn named_place(scene: &Scene<'_>, text: &str) -> Option<Result<usize, &'static str>> {
    let schedule = &scene.world.schedule;
    names_in(text).iter().find_map(|name| match schedule.find(name) {
        Named::Place(_) if is_question(text) => None,
        Named::Place(place) => schedule.places.iter().position(|known| known == place).map(Ok),
        Named::CityCore => Some(Err(CITY_CORE)),
        Named::Several(_) | Named::Unknown => None,
    })
}

/// The place that an item's key names, an index into the schedule.
pub(super) fn place(scene: &Scene<'_>, key: &str) -> Option<usize> {
    scene.world.places.iter().position(|offer| offer.key == key)
}

/// The 课程顶替 a candidate can turn on or off, each with whether it is in use.
pub(super) fn substitutions(scene: &Scene<'_>) -> Vec<(SubstitutionOption, bool)> {
    let run = scene.candidate.as_deref().and_then(|candidate| {
        commands::prediction(scene.world, candidate, scene.case.as_deref(), &scene.session.slots, scene.now)
    });
    let Some(run) = run else { return Vec::new() };
    let available = run.substitutions_available.into_iter().map(|option| (option, false));
    available.chain(run.substitutions_used.into_iter().map(|option| (option, true))).collect()
}

/// The 课程顶替 that an item's key names.
pub(super) fn substitution(scene: &Scene<'_>, key: &str) -> Option<(SubstitutionOption, bool)> {
    substitutions(scene).into_iter().find(|(option, _)| key_of(option) == key)
}

fn key_of(option: &SubstitutionOption) -> String {
    format!("{}={}", option.plan_course, option.by.join("+"))
}

fn substitution_offer(scene: &Scene<'_>, option: &SubstitutionOption, used: bool) -> Offer {
    let fragment = if used { "substitution_used" } else { "substitution_unused" };
    let by = option.by.join("、");
    let about = context! { option => context! { course => option.plan_course.as_str(), name => option.plan_name.as_str(), by => by } };
    let scripts = &scene.world.scripts;
    let label = scripts.fragment(fragment).map_or_else(String::new, |text| scripts.render(text, &about));
    Offer::new(&key_of(option), label.trim(), [option.plan_course.as_str(), option.plan_name.as_str()])
}
