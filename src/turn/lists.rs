//! Lists that dialogs may name in `from`: menus made of data.
//!
//! Labels made of words come from fragments in `dialogs/_global.toml`; names come from the data itself.

use std::borrow::Cow;

use minijinja::context;

use super::{commands, guess, questions, scene::Scene};
use crate::{
    dialog::{Fallback, Offer, is_question, names_in},
    workflow::{
        prediction::SubstitutionOption,
        schedule::{Lookup as Named, Place},
    },
};

/// The code of the place that cannot be chosen, and the topic that says so where no place is asked for.
pub(super) const CITY_CORE: &str = "city_core";
/// Every list with the codes its items may be refused with.
pub(super) const LISTS: &[(&str, &[&str])] = &[
    ("places", &[CITY_CORE]),
    ("substitutions", &[]),
    ("question_groups", &[]),
    ("questions", &[]),
    (questions::NEAREST, &[]),
];

/// Fragments that make labels: of a 课程顶替 in use, and of one that is not.
pub(super) const FRAGMENTS: [&str; 2] = ["substitution_used", "substitution_unused"];

/// The items of a list now.
pub(super) fn items<'a>(scene: &Scene<'a>, name: &str) -> Vec<Cow<'a, Offer>> {
    match name {
        "places" => scene.world.places.iter().map(Cow::Borrowed).collect(),
        "substitutions" => substitutions(scene)
            .iter()
            .map(|(option, used)| Cow::Owned(substitution_offer(scene, option, *used)))
            .collect(),
        "question_groups" => questions::groups(scene),
        "questions" => questions::of_group(scene),
        questions::NEAREST => questions::nearest(scene),
        _ => Vec::new(),
    }
}

/// What a whole text names among the places.
pub(super) enum Naming {
    /// The place of this index.
    One(usize),
    /// Places of several cities, by their labels.
    Several(Vec<String>),
    /// The entry that must not be chosen (AMB-13), by the code of its words.
    Refused(&'static str),
}

/// What a text names among the places, if anything; of the entry that must not be chosen a question is told the same.
pub(super) fn named_place(scene: &Scene<'_>, text: &str) -> Option<Naming> {
    let schedule = &scene.world.schedule;
    let index = |place: &Place| schedule.places.iter().position(|known| known == place);
    names_in(text).iter().find_map(|name| match schedule.find(name) {
        Named::Place(_) | Named::Several(_) if is_question(text) => None,
        Named::Place(place) => index(place).map(Naming::One),
        Named::CityCore => Some(Naming::Refused(CITY_CORE)),
        Named::Several(places) => {
            let labels = places.into_iter().filter_map(index).map(|at| scene.world.places[at].label.clone());
            Some(Naming::Several(labels.collect()))
        }
        Named::Unknown => None,
    })
}

/// The one place that the label of a position names.
pub(super) fn place_of_label(scene: &Scene<'_>, label: &str) -> Option<usize> {
    let places = scene.world.schedule.places.iter().enumerate();
    let mut found = places.filter(|(_, place)| label.contains(&place.district));
    let (Some((place, _)), None) = (found.next(), found.next()) else { return None };
    Some(place)
}

/// Asks whether a place is meant, where one is to be chosen; a position on the map is no choice yet.
pub(super) fn offer_place(scene: &mut Scene<'_>, place: usize) {
    let state = scene.state();
    let Some(offer) = scene.world.places.get(place) else { return };
    guess::remember(scene, state, offer);
    scene.facts = vec![("labels", offer.label.clone())];
    scene.say(scene.world.scripts.wrong_kind_words(state, Fallback::Doubtful));
    scene.ask_once_more();
}

/// The cities of the province (GB/T 2260, domain.md §4.1), for saying that one is not in the schedule.
const CITIES: [&str; 21] = [
    "广州", "韶关", "深圳", "珠海", "汕头", "佛山", "江门", "湛江", "茂名", "肇庆", "惠州", "梅州", "汕尾",
    "河源", "阳江", "清远", "东莞", "中山", "潮州", "揭阳", "云浮",
];

/// A city of the province that a text names and the schedule does not have.
pub(super) fn city_elsewhere(scene: &Scene<'_>, text: &str) -> Option<&'static str> {
    let named = CITIES.into_iter().find(|city| text.contains(city))?;
    let known = scene.world.schedule.cities().iter().any(|city| city.starts_with(named));
    (!known).then_some(named)
}

/// What stands before 区, 县, 市 or 镇 where no place is named: 「哪个区」, 「这个区」, 「我们区」, 「市区」.
const NO_NAME: [char; 12] = ['个', '哪', '这', '那', '各', '们', '的', '本', '市', '城', '地', '是'];

/// Whether a text names a district, of whatever city.
pub(super) fn names_a_district(scene: &Scene<'_>, text: &str) -> bool {
    let cities = scene.world.schedule.cities();
    let text = cities.iter().fold(text.to_owned(), |text, city| text.replace(city, ""));
    let chars: Vec<char> = text.chars().collect();
    let named = |pair: &[char]| matches!(pair[1], '区' | '县' | '市' | '镇') && !NO_NAME.contains(&pair[0]);
    city_elsewhere(scene, &text).is_some() || chars.windows(2).any(named)
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
    let fragment = FRAGMENTS[usize::from(!used)];
    let by = option.by.join("、");
    let about = context! { option => context! { course => option.plan_course.as_str(), name => option.plan_name.as_str(), by => by } };
    let scripts = &scene.world.scripts;
    let label = scripts.fragment(fragment).map_or_else(String::new, |text| scripts.render(text, &about));
    Offer::new(&key_of(option), label.trim(), [option.plan_course.as_str(), option.plan_name.as_str()])
}
