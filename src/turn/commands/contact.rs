//! Place and phone: choosing them, and changing them at any time before 「申请」 submits (AMB-8).

use jiff::civil::Date;

use super::{Ran, refuse};
use crate::{
    turn::{lists, scene::Scene},
    validation::{self, Facts, Warning, document_type::Track},
    workflow::{
        candidate::Candidate,
        case::{Case, Place},
        command::Command,
        transition,
    },
};

/// Any mobile is taken at first; which ones a candidate may give depends on their track (domain.md §5.5).
const RULE: &str = "phone_any";
/// The slot of a place that somebody looks at, by its key.
pub(in crate::turn) const BROWSED: &str = "browsed";

pub(super) fn show_place(scene: &mut Scene<'_>) -> Ran {
    scene.asked = scene.session.slots.get(BROWSED).and_then(|key| lists::place(scene, key));
    if scene.asked.is_some() { Ok(()) } else { refuse("unknown_place") }
}

pub(super) fn choose_place(scene: &mut Scene<'_>) -> Ran {
    let Some(index) = scene.session.slots.get("place").and_then(|key| lists::place(scene, key)) else {
        return refuse("unknown_place");
    };
    let chosen = &scene.world.schedule.places[index];
    let place = Place { city: chosen.city.clone(), district: chosen.district.clone() };
    scene.apply(Command::ChoosePlace(place), true)
}

/// May the place be changed now? Asked before anybody is led to the list; `place_missing` has the case's own question.
pub(super) fn edit_place(scene: &mut Scene<'_>) -> Ran {
    let Some(case) = &scene.case else { return refuse("no_case") };
    let same = case.place.clone().unwrap_or_else(|| Place { city: String::new(), district: String::new() });
    transition::apply(case, Command::ChoosePlace(same), scene.world.moment(scene.now))?;
    if case.place.is_some() { Ok(()) } else { refuse("place_missing") }
}

/// May the phone be changed now? `phone_missing` has the case's own question.
pub(super) fn edit_phone(scene: &mut Scene<'_>) -> Ran {
    let Some(case) = &scene.case else { return refuse("no_case") };
    let same = case.phone.clone().unwrap_or_default();
    transition::apply(case, Command::SetPhone(same), scene.world.moment(scene.now))?;
    if case.phone.is_some() { Ok(()) } else { refuse("phone_missing") }
}

pub(super) fn set_phone(scene: &mut Scene<'_>) -> Ran {
    let phone = scene.session.slots.remove("phone").unwrap_or_default();
    if scene.case.as_ref().is_some_and(|case| !may_have(case.track, &phone)) {
        return refuse("abroad");
    }
    scene.apply(Command::SetPhone(phone), true)
}

/// The phone of the record, after the same rule as a typed one (AMB-8).
pub(super) fn use_recorded_phone(scene: &mut Scene<'_>) -> Ran {
    let today = scene.now.date(&scene.world.zone);
    match scene.candidate.as_deref().and_then(|candidate| recorded_phone(candidate, today)) {
        Some(phone) => scene.apply(Command::SetPhone(phone), true),
        None => refuse("no_recorded_phone"),
    }
}

/// The record's phone in E.164, if the candidate may give it.
pub(in crate::turn) fn recorded_phone(candidate: &Candidate, today: Date) -> Option<String> {
    let phone = candidate.phone.as_deref()?;
    let valid = (validation::rule(RULE)?.check)(phone, &Facts { today }).ok()?;
    may_have(candidate.track(), &valid.value).then_some(valid.value)
}

/// Numbers abroad are for candidates with another document than the identity card.
fn may_have(track: Track, phone: &str) -> bool {
    track == Track::NonId || phone.starts_with("+86")
}

/// Whether a case's phone has a prefix that is rarely seen: to be looked at once more, never to be refused.
pub(in crate::turn) fn is_unusual(case: &Case, today: Date) -> bool {
    let (Some(phone), Some(rule)) = (&case.phone, validation::rule(RULE)) else { return false };
    let rare = |warning: &Warning| matches!(warning, Warning::UnallocatedPrefix | Warning::DevicePrefix);
    (rule.check)(phone, &Facts { today }).is_ok_and(|valid| valid.warnings.iter().any(rare))
}
