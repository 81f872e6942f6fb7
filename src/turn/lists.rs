//! Lists that dialogs may name in `from`: menus made of data.
//!
//! Labels made of words come from fragments in `dialogs/_global.toml`; names come from the data itself.

use minijinja::context;

use super::{commands, scene::Scene};
use crate::{
    dialog::{Item, Offer},
    workflow::prediction::SubstitutionOption,
};

/// Every list with the codes its items may be refused with.
pub(super) const LISTS: &[(&str, &[&str])] = &[("places", &["city_core"]), ("substitutions", &[])];

/// The items of a list now.
pub(super) fn items(scene: &Scene<'_>, name: &str) -> Vec<Item> {
    match name {
        "places" => places(scene),
        "substitutions" => {
            substitutions(scene).iter().map(|(option, used)| substitution_item(scene, option, *used)).collect()
        }
        _ => Vec::new(),
    }
}

/// The places of the schedule, then the trap entry that is understood but refused (AMB-13).
fn places(scene: &Scene<'_>) -> Vec<Item> {
    let shown = scene.world.places.iter().map(|offer| Item { offer: offer.clone(), refused: None });
    let core = scene.world.city_core.iter().map(|offer| Item { offer: offer.clone(), refused: Some("city_core") });
    shown.chain(core).collect()
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

fn substitution_item(scene: &Scene<'_>, option: &SubstitutionOption, used: bool) -> Item {
    let fragment = if used { "substitution_used" } else { "substitution_unused" };
    let by = option.by.join("、");
    let about = context! { option => context! { course => option.plan_course, name => option.plan_name, by => by } };
    let scripts = &scene.world.scripts;
    let label = scripts.fragment(fragment).map_or_else(String::new, |text| scripts.render(text, &about));
    let offer = Offer::new(&key_of(option), label.trim(), [option.plan_course.as_str(), option.plan_name.as_str()]);
    Item { offer, refused: None }
}
