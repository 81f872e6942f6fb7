//! Commands that dialogs may name in `do` and `enter`: one table, one function each.
//!
//! A command changes the scene or stops with a refusal, whose name a dialog maps to a state (`on`) or to words. Those
//! that only pass a command on to the case are rows of [`PLAIN`]; the others stand below in the order of a
//! candidate's way.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Lookup, RegistryAnswer, World, lists,
    scene::{Scene, Stop},
};
use crate::{
    time::Millis,
    validation::{self, Facts},
    workflow::{
        batch::Window,
        candidate::Candidate,
        case::{Case, Place},
        command::{Command, Predicted},
        prediction::{Prediction, SubstitutionChoice, predict},
    },
};

type Ran = Result<(), Stop>;

/// The slot that remembers what a person came for before they had to bind.
const WANTED: &str = "wanted";
/// The slot of a choice of 课程顶替 made before there is a case; JSON.
const SUBSTITUTIONS: &str = "substitutions";
/// Slots that only Rust writes.
pub(super) const SLOTS: &[&str] = &[WANTED, SUBSTITUTIONS];

/// A row of the table: the name in dialogs, what it does, how it may refuse besides the case's own refusals.
pub(super) struct Row {
    pub name: &'static str,
    run: fn(&mut Scene<'_>) -> Ran,
    pub refusals: &'static [&'static str],
    /// Whether the case's refusals can come out of it, too.
    pub moves_case: bool,
    /// Whether it changes something for good: then only a number, a tap or its very words press it, never something
    /// that was guessed from a sentence.
    pub strict: bool,
}

/// Every command.
pub(super) const COMMANDS: &[Row] = &[
    Row { name: "start_binding", run: start_binding, refusals: &["bound"], moves_case: false, strict: false },
    Row {
        name: "bind_account",
        run: bind_account,
        refusals: &[
            "bound",
            "no_match",
            "candidate_taken",
            "registry_unavailable",
            "wants_prediction",
            "wants_application",
        ],
        moves_case: false,
        strict: false,
    },
    Row {
        name: "run_prediction",
        run: run_prediction,
        refusals: &["unbound", "in_case", "failed", "registry_unavailable"],
        moves_case: false,
        strict: false,
    },
    Row {
        name: "change_substitution",
        run: change_substitution,
        refusals: &["unbound", "in_case", "failed", "registry_unavailable", "no_such_substitution"],
        moves_case: true,
        strict: false,
    },
    Row {
        name: "open_application",
        run: open_application,
        refusals: &["unbound", "window_not_open", "window_closed"],
        moves_case: false,
        strict: false,
    },
    Row {
        name: "show_place",
        run: show_place,
        refusals: &["unknown_place"],
        moves_case: false,
        strict: false,
    },
    Row {
        name: "choose_place",
        run: choose_place,
        refusals: &["unknown_place"],
        moves_case: true,
        strict: false,
    },
    Row { name: "set_phone", run: set_phone, refusals: &[], moves_case: true, strict: false },
    Row {
        name: "use_recorded_phone",
        run: use_recorded_phone,
        refusals: &["no_recorded_phone"],
        moves_case: true,
        strict: false,
    },
    Row { name: "apply", run: apply, refusals: &["unbound"], moves_case: true, strict: true },
    Row { name: "claim", run: claim, refusals: &[], moves_case: true, strict: false },
    for_good("submit_documents", |scene| scene.apply(Command::SubmitDocuments, true)),
    plain("next", |scene| scene.apply(Command::Next, true)),
    for_good("confirm_data", |scene| scene.apply(Command::ConfirmData, true)),
    for_good("dispute_data", |scene| scene.apply(Command::DisputeData, true)),
    plain("reconsider", |scene| scene.apply(Command::Reconsider, true)),
    plain("read_standard", |scene| scene.apply(Command::ReadStandard, true)),
    plain("renew_code", |scene| scene.apply(Command::RenewCode, true)),
    plain("retake", |scene| scene.apply(Command::Retake, true)),
    for_good("finish", |scene| scene.apply(Command::Finish, true)),
];

/// A command that only moves the case.
const fn plain(name: &'static str, run: fn(&mut Scene<'_>) -> Ran) -> Row {
    Row { name, run, refusals: &[], moves_case: true, strict: false }
}

/// The same, changing something for good.
const fn for_good(name: &'static str, run: fn(&mut Scene<'_>) -> Ran) -> Row {
    Row { strict: true, ..plain(name, run) }
}

/// Runs a command by the name that a checked dialog gave.
pub(super) fn run(scene: &mut Scene<'_>, name: &str) -> Ran {
    match COMMANDS.iter().find(|row| row.name == name) {
        Some(row) => (row.run)(scene),
        None => Err(Stop::Refused("out_of_turn")),
    }
}

fn refuse(name: &'static str) -> Ran {
    Err(Stop::Refused(name))
}

fn start_binding(scene: &mut Scene<'_>) -> Ran {
    if scene.candidate.is_some() { refuse("bound") } else { Ok(()) }
}

/// Exam number and document number name one candidate; who holds the binding is told only after both were right.
fn bind_account(scene: &mut Scene<'_>) -> Ran {
    if scene.candidate.is_some() {
        return refuse("bound");
    }
    let exam_no = scene.session.slots.get("exam_no").cloned().unwrap_or_default();
    let document_no = scene.session.slots.get("document_no").cloned().unwrap_or_default();
    let (candidate, bound_to, case) = match look_up(scene, &exam_no)? {
        RegistryAnswer::Unavailable => return refuse("registry_unavailable"),
        RegistryAnswer::Unknown => return refuse("no_match"),
        RegistryAnswer::Known { candidate, .. } if !candidate.has_document(&document_no) => {
            return refuse("no_match");
        }
        RegistryAnswer::Known { candidate, bound_to, case } => (candidate, bound_to, case),
    };
    if bound_to.is_some_and(|holder| holder != scene.session.open_id) {
        return refuse("candidate_taken");
    }
    scene.session.slots.retain(|name, _| name != "exam_no" && name != "document_no");
    scene.bind(candidate, case.map(|case| held_by(&scene.session.open_id, &case)));
    let subject = scene.session.open_id.clone();
    scene.audit("bind_account", &subject, "");
    match scene.session.slots.remove(WANTED).as_deref() {
        Some("prediction") => refuse("wants_prediction"),
        Some("application") => refuse("wants_application"),
        _ => Ok(()),
    }
}

fn held_by(open_id: &str, case: &Arc<Case>) -> Arc<Case> {
    Arc::new(Case { open_id: open_id.to_owned(), ..Case::clone(case) })
}

/// The registry's present record; the first call asks the caller to fetch it.
fn look_up(scene: &Scene<'_>, exam_no: &str) -> Result<RegistryAnswer, Stop> {
    let found = scene.before.found.candidate.clone();
    found.ok_or_else(|| Stop::Need(Lookup::Candidate { exam_no: exam_no.to_owned() }))
}

/// The bound candidate, read again: results and phones change between visits.
fn renew_record(scene: &mut Scene<'_>, wanted: &str) -> Result<Predicted, Stop> {
    let Some(bound) = scene.candidate.clone() else {
        scene.session.slots.insert(WANTED.to_owned(), wanted.to_owned());
        return Err(Stop::Refused("unbound"));
    };
    match look_up(scene, &bound.exam_no)? {
        RegistryAnswer::Known { candidate, .. } => {
            if candidate != bound {
                scene.renew(candidate);
            }
            Ok(outcome(scene))
        }
        RegistryAnswer::Unknown | RegistryAnswer::Unavailable => Ok(Predicted::Unavailable),
    }
}

pub(super) fn outcome(scene: &Scene<'_>) -> Predicted {
    let run = scene.candidate.as_deref().and_then(|candidate| {
        prediction(scene.world, candidate, scene.case.as_deref(), &scene.session.slots, scene.now)
    });
    run.map_or(Predicted::Failed, |run| if run.passed { Predicted::Passed } else { Predicted::Failed })
}

/// The prediction of a candidate with their choice of 课程顶替; `None` when no plan of that identity is known.
pub(super) fn prediction(
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

fn substitution_choice(case: Option<&Case>, slots: &BTreeMap<String, String>) -> SubstitutionChoice {
    let before_case = || slots.get(SUBSTITUTIONS).and_then(|json| serde_json::from_str(json).ok());
    case.map(|case| case.substitutions.clone()).or_else(before_case).unwrap_or_default()
}

/// 毕业预测. With a case it moves the case (`in_case`: go to where it stands now); without one it only tells.
fn run_prediction(scene: &mut Scene<'_>) -> Ran {
    let outcome = renew_record(scene, "prediction")?;
    if scene.case.is_some() {
        // A case past the prediction is not moved by it; either way its own place says what comes next.
        let waited = scene.stage();
        let moved = scene.apply(Command::Predict(outcome), true).is_ok();
        if moved && outcome == Predicted::Unavailable && waited != scene.stage() {
            scene.retry_prediction();
        }
        return refuse("in_case");
    }
    match outcome {
        Predicted::Passed => Ok(()),
        Predicted::Failed => refuse("failed"),
        Predicted::Unavailable => refuse("registry_unavailable"),
    }
}

/// The choice turns one 课程顶替 on or off, then predicts again.
fn change_substitution(scene: &mut Scene<'_>) -> Ran {
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

/// P2: the case begins, in the window only; who has one goes on with it at any time.
fn open_application(scene: &mut Scene<'_>) -> Ran {
    let Some(candidate) = scene.candidate.clone() else {
        scene.session.slots.insert(WANTED.to_owned(), "application".to_owned());
        return refuse("unbound");
    };
    if scene.case.is_some() {
        return Ok(());
    }
    match scene.world.window(scene.now) {
        Window::Open => {}
        Window::Before => return refuse("window_not_open"),
        Window::ReviewOnly | Window::Closed => return refuse("window_closed"),
    }
    let id = scene.next_id();
    let batch = &scene.world.batch.id;
    let mut case = Case::open(id, scene.fresh.case_number(), batch, &scene.session.open_id, &candidate);
    case.substitutions = substitution_choice(None, &scene.session.slots);
    scene.audit("open_application", &case.id, case.stage.name());
    scene.case = Some(Arc::new(case));
    Ok(())
}

fn show_place(scene: &mut Scene<'_>) -> Ran {
    scene.asked = scene.session.slots.get("browsed").and_then(|key| lists::place(scene, key));
    if scene.asked.is_some() { Ok(()) } else { refuse("unknown_place") }
}

fn choose_place(scene: &mut Scene<'_>) -> Ran {
    let Some(index) = scene.session.slots.get("place").and_then(|key| lists::place(scene, key)) else {
        return refuse("unknown_place");
    };
    let chosen = &scene.world.schedule.places[index];
    let place = Place { city: chosen.city.clone(), district: chosen.district.clone() };
    scene.apply(Command::ChoosePlace(place), true)
}

fn set_phone(scene: &mut Scene<'_>) -> Ran {
    let phone = scene.session.slots.remove("phone").unwrap_or_default();
    scene.apply(Command::SetPhone(phone), true)
}

/// The phone of the record, after the same rule as a typed one (AMB-8).
fn use_recorded_phone(scene: &mut Scene<'_>) -> Ran {
    match recorded_phone(scene) {
        Some(phone) => scene.apply(Command::SetPhone(phone), true),
        None => refuse("no_recorded_phone"),
    }
}

/// The record's phone in E.164, if it is one.
pub(super) fn recorded_phone(scene: &Scene<'_>) -> Option<String> {
    let phone = scene.candidate.as_ref()?.phone.as_deref()?;
    let facts = Facts { today: scene.now.date(&scene.world.zone) };
    let rule = validation::rule("phone")?;
    (rule.check)(phone, &facts).ok().map(|valid| valid.value)
}

/// 「申请」 with the silent re-check (AMB-18).
fn apply(scene: &mut Scene<'_>) -> Ran {
    let outcome = renew_record(scene, "application")?;
    scene.apply(Command::Apply(outcome), true)
}

/// Going on in the chat instead of the page: the link is no longer needed.
fn claim(scene: &mut Scene<'_>) -> Ran {
    scene.apply(Command::Claim, true)?;
    scene.end_ticket();
    Ok(())
}
