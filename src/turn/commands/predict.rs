//! 毕业预测, with the candidate's choice of 课程顶替.

use std::collections::BTreeMap;

use super::{
    Ran, SUBSTITUTIONS,
    record::{self, Renewed},
    refuse,
};
use crate::{
    time::Millis,
    turn::{World, lists, scene::Scene, scene::Stop},
    workflow::{
        candidate::Candidate,
        case::Case,
        command::{Command, Predicted},
        prediction::{Prediction, SubstitutionChoice, predict},
    },
};

/// The record read again, and what the prediction makes of it.
pub(super) fn renew(scene: &mut Scene<'_>, wanted: &str) -> Result<Predicted, Stop> {
    Ok(match record::renew(scene, wanted)? {
        Renewed::Fresh => outcome(scene),
        Renewed::Unknown => Predicted::Impossible,
        Renewed::Unavailable => Predicted::Unavailable,
    })
}

/// What the prediction makes of the record at hand.
pub(in crate::turn) fn outcome(scene: &Scene<'_>) -> Predicted {
    let run = scene.candidate.as_deref().and_then(|candidate| {
        prediction(scene.world, candidate, scene.case.as_deref(), &scene.session.slots, scene.now)
    });
    match run {
        None => Predicted::Impossible,
        Some(run) if run.passed => Predicted::Passed,
        Some(_) => Predicted::Failed,
    }
}

/// The prediction of a candidate with their choice of 课程顶替; `None` when no plan of that identity is known.
pub(in crate::turn) fn prediction(
    world: &World,
    candidate: &Candidate,
    case: Option<&Case>,
    slots: &BTreeMap<String, String>,
    now: Millis,
) -> Option<Prediction> {
    let plan = world.plans.get(&candidate.plan_key())?;
    let choice = substitution_choice(case, slots);
    Some(predict(plan, candidate, &choice, now.date(&world.zone)))
}

pub(super) fn substitution_choice(
    case: Option<&Case>,
    slots: &BTreeMap<String, String>,
) -> SubstitutionChoice {
    let before_case = || slots.get(SUBSTITUTIONS).and_then(|json| serde_json::from_str(json).ok());
    case.map(|case| case.substitutions.clone()).or_else(before_case).unwrap_or_default()
}

/// 毕业预测. With a case it moves the case (`in_case`: go to where it stands now, which says the result;
/// `predicted_before`: the case is past it); without one, or when the window has closed on it, it only tells.
pub(super) fn run_prediction(scene: &mut Scene<'_>) -> Ran {
    let outcome = renew(scene, "prediction")?;
    let case = scene.case.clone().filter(|case| !scene.is_closed(case) && !case.is_withdrawn());
    let Some(case) = case else { return tell(outcome) };
    if !case.stage.is_predictable() {
        return refuse("predicted_before");
    }
    scene.apply(Command::Predict(outcome), true)?;
    let stayed = scene.case.as_ref().is_some_and(|now| now.stage == case.stage);
    match outcome {
        Predicted::Unavailable if !stayed => scene.retry_prediction(),
        Predicted::Passed if stayed => return refuse("predicted_before"),
        _ => {}
    }
    refuse("in_case")
}

fn tell(outcome: Predicted) -> Ran {
    match outcome {
        Predicted::Passed => Ok(()),
        Predicted::Failed => refuse("failed"),
        Predicted::Unavailable => refuse("registry_unavailable"),
        Predicted::Impossible => refuse("unpredictable"),
    }
}

/// The choice turns one 课程顶替 on or off, then predicts again.
pub(super) fn change_substitution(scene: &mut Scene<'_>) -> Ran {
    let key = scene.session.slots.get("course").cloned().unwrap_or_default();
    let Some((option, used)) = lists::substitution(scene, &key) else {
        return refuse("no_such_substitution");
    };
    let mut choice = substitution_choice(scene.case.as_deref(), &scene.session.slots);
    if used {
        choice.refuse(&option.plan_course);
    } else {
        choice.choose(&option.plan_course, &option.by);
    }
    if scene.case.is_some() {
        scene.apply(Command::Substitute(choice), true)?;
    } else {
        let json = serde_json::to_string(&choice).unwrap_or_default();
        scene.session.slots.insert(SUBSTITUTIONS.to_owned(), json);
    }
    run_prediction(scene)
}
