//! Binding a candidate, and reading the registry's record again.
//!
//! What an attempt is told depends on what was typed and on nothing that the registry knows, until everything was right:
//! exam number and document number, then the phone's last digits where the record has a phone. An exam number that
//! nobody has and one with another document fail alike, in the same words and in the same counters.

use std::sync::Arc;

use super::{Ran, WANTED, refuse};
use crate::{
    dialog::Purpose,
    turn::{
        Found, Lookup, RegistryAnswer,
        scene::{IDENTITY_CONSENT, Scene, Stop},
    },
    validation::phone_tail,
    workflow::{candidate::Candidate, case::Case},
};

/// What was typed on the way to a binding.
const EXAM_NO: &str = "exam_no";
const DOCUMENT_NO: &str = "document_no";
const PHONE_TAIL: &str = "phone_tail";

/// The same for somebody who wanted something else: what they gave already is not asked for again.
pub(super) fn begin_binding(scene: &mut Scene<'_>) -> Ran {
    start_binding(scene)?;
    if scene.session.slots.contains_key(EXAM_NO) { refuse("exam_no_given") } else { Ok(()) }
}

pub(super) fn start_binding(scene: &mut Scene<'_>) -> Ran {
    if scene.candidate.is_some() {
        return refuse("bound");
    }
    if scene.session.failed_bindings.until(scene.now).is_some() {
        return refuse("too_many_attempts");
    }
    Ok(())
}

/// Exam number and document number name one candidate.
pub(super) fn bind_account(scene: &mut Scene<'_>) -> Ran {
    let matched = match_numbers(scene)?;
    if matched.phone().is_some() {
        return refuse("phone_asked");
    }
    complete(scene, matched)
}

/// Whoever knows both numbers knows the phone, too, if they are the candidate's own.
pub(super) fn confirm_phone(scene: &mut Scene<'_>) -> Ran {
    let given = scene.session.slots.remove(PHONE_TAIL).unwrap_or_default();
    let matched = match_numbers(scene)?;
    if matched.phone().is_some_and(|recorded| !phone_tail::confirms(&given, recorded)) {
        return fail(scene, "wrong_phone");
    }
    complete(scene, matched)
}

/// The candidate whom both numbers name.
struct Matched {
    candidate: Arc<Candidate>,
    bound_to: Option<String>,
    case: Option<Arc<Case>>,
}

impl Matched {
    /// The record's phone, if it has digits to ask for.
    fn phone(&self) -> Option<&str> {
        self.candidate.phone.as_deref().filter(|phone| phone_tail::is_confirmable(phone))
    }
}

fn match_numbers(scene: &mut Scene<'_>) -> Result<Matched, Stop> {
    start_binding(scene)?;
    let Some(exam_no) = scene.session.slots.get(EXAM_NO).cloned() else {
        return Err(Stop::Refused("exam_no_missing"));
    };
    if !scene.has_agreed(Purpose::Identity) {
        return Err(Stop::Refused(IDENTITY_CONSENT));
    }
    let document_no = scene.session.slots.get(DOCUMENT_NO).cloned().unwrap_or_default();
    let Found { candidate: Some(answer), locked, .. } = scene.before.found.clone() else {
        return Err(Stop::Need(Lookup::Candidate { exam_no, to_bind: true }));
    };
    if locked {
        return Err(Stop::Refused("exam_no_locked"));
    }
    match answer {
        RegistryAnswer::Unavailable => Err(Stop::Refused("registry_unavailable")),
        RegistryAnswer::Known { candidate, bound_to, case } if candidate.has_document(&document_no) => {
            Ok(Matched { candidate, bound_to, case })
        }
        RegistryAnswer::Known { .. } | RegistryAnswer::Unknown => {
            fail(scene, "no_match").and(Err(Stop::Refused("no_match")))
        }
    }
}

/// Counts a failure; the last one says that there will be no more for a while.
fn fail(scene: &mut Scene<'_>, why: &'static str) -> Ran {
    if let Some(exam_no) = scene.session.slots.get(EXAM_NO).cloned() {
        scene.fail_binding(exam_no);
    }
    start_binding(scene).inspect_err(|_| forget_typed(scene))?;
    refuse(why)
}

/// Who holds the binding is told only now, when everything was right.
fn complete(scene: &mut Scene<'_>, matched: Matched) -> Ran {
    let Matched { candidate, bound_to, case } = matched;
    forget_typed(scene);
    if bound_to.is_some_and(|holder| holder != scene.session.open_id) {
        return refuse("candidate_taken");
    }
    scene.leave_for_good();
    scene.bind(candidate, case.map(|case| held_by(&scene.session.open_id, &case)));
    let subject = scene.session.open_id.clone();
    scene.audit("bind_account", &subject, "");
    go_on(scene)
}

/// With what the person came for.
pub(super) fn go_on(scene: &mut Scene<'_>) -> Ran {
    match scene.session.slots.remove(WANTED).as_deref() {
        Some("prediction") => refuse("wants_prediction"),
        Some("application") => refuse("wants_application"),
        _ => Ok(()),
    }
}

/// Nothing typed on the way to a binding is kept longer than it is needed.
pub(super) fn forget_typed(scene: &mut Scene<'_>) {
    scene.session.slots.retain(|name, _| ![EXAM_NO, DOCUMENT_NO, PHONE_TAIL].contains(&name.as_str()));
}

fn held_by(open_id: &str, case: &Arc<Case>) -> Arc<Case> {
    Arc::new(Case { open_id: open_id.to_owned(), ..Case::clone(case) })
}

/// The registry's present record of somebody bound; the first call asks the caller to fetch it.
fn look_up(scene: &Scene<'_>, exam_no: &str) -> Result<RegistryAnswer, Stop> {
    let found = scene.before.found.candidate.clone();
    found.ok_or_else(|| Stop::Need(Lookup::Candidate { exam_no: exam_no.to_owned(), to_bind: false }))
}

/// How reading the record again went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewed {
    /// The scene has the present record.
    Fresh,
    /// The registry does not know the candidate (any more).
    Unknown,
    /// It did not answer; the scene has the last record read.
    Unavailable,
}

/// Reads the bound candidate again: results and phones change between visits. Who is not bound yet is asked to, and
/// what they `wanted` is remembered.
pub(super) fn renew(scene: &mut Scene<'_>, wanted: &str) -> Result<Renewed, Stop> {
    let bound = bound(scene, wanted)?;
    match look_up(scene, &bound.exam_no)? {
        RegistryAnswer::Known { candidate, .. } => {
            if candidate != bound {
                scene.renew(candidate);
            }
            Ok(Renewed::Fresh)
        }
        RegistryAnswer::Unknown => Ok(Renewed::Unknown),
        RegistryAnswer::Unavailable => Ok(Renewed::Unavailable),
    }
}

/// The bound candidate as last read, whose data are processed by whatever asks: so the person must have agreed to the
/// present words.
pub(super) fn bound(scene: &mut Scene<'_>, wanted: &str) -> Result<Arc<Candidate>, Stop> {
    let why = match scene.candidate.clone() {
        Some(candidate) if scene.has_agreed(Purpose::Identity) => return Ok(candidate),
        Some(_) => IDENTITY_CONSENT,
        None => "unbound",
    };
    scene.session.slots.insert(WANTED.to_owned(), wanted.to_owned());
    Err(Stop::Refused(why))
}
