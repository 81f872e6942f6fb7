//! In which characters somebody is answered.
//!
//! Whoever writes Traditional characters reads them in the answers, too, if they may be from Hong Kong, Macao or Taiwan
//! (domain.md §10) or ask for it. Names, places, opinions and the words of buttons stay as they are.

use super::scene::Scene;
use crate::{
    mask,
    workflow::{candidate::Candidate, plan::Plan},
};

/// Notices how a typed text is written. The words of a button say nothing of it: they were ours.
pub(super) fn notice(scene: &mut Scene<'_>, text: &str) {
    let from_abroad = scene.candidate.as_deref().is_none_or(Candidate::is_of_hk_mo_tw);
    let scripts = &scene.world.scripts;
    if scripts.is_traditional(text) {
        scene.session.traditional |= from_abroad;
    } else if scene.session.traditional && scripts.is_simplified(text) {
        let state = scene.state();
        let is_button = scene.offers(state).iter().any(|offer| text.contains(&offer.label));
        scene.session.traditional = is_button;
    }
}

/// What is said, as the person reads it.
pub(super) fn written(scene: &Scene<'_>, said: String) -> String {
    if !scene.session.traditional {
        return said;
    }
    let kept = kept(scene);
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    scene.world.scripts.in_traditional(&said, &kept)
}

/// What is shown as it is recorded.
fn kept(scene: &Scene<'_>) -> Vec<String> {
    let places = &scene.world.schedule.places;
    let mut kept: Vec<String> =
        places.iter().flat_map(|place| [place.district.clone(), place.address.clone()]).collect();
    if let Some(candidate) = &scene.candidate {
        kept.push(candidate.name.clone());
        kept.push(mask::name(&candidate.name));
        let plan = scene.world.plans.get(&candidate.plan_key());
        kept.extend(plan.map(|plan| plan.name.clone()));
        kept.extend(plan.into_iter().flat_map(Plan::courses).map(|course| course.name.clone()));
    }
    let answers = scene.facts.iter().filter(|(name, _)| *name == "answer");
    kept.extend(answers.map(|(_, answer)| answer.clone()));
    let decisions = scene.case.iter().filter_map(|case| case.last_decision());
    kept.extend(decisions.filter_map(|decided| decided.rejected.as_ref()).map(|told| told.opinion.clone()));
    let state = scene.state();
    let tail = state.tail.map(|tail| scene.world.scripts.render(tail, &scene.view()));
    kept.extend(tail.filter(|tail| tail.starts_with(|c: char| c.is_ascii_digit())));
    let offers = scene.offers(state);
    let shown = offers.iter().filter(|offer| !offer.hidden);
    kept.extend(shown.zip(1..).map(|(offer, number)| format!("{number} {}", offer.label)));
    kept
}
