//! Binding a candidate, and reading the registry's record again.

use std::sync::Arc;

use super::{Ran, WANTED, refuse};
use crate::{
    turn::{
        Lookup, RegistryAnswer,
        scene::{Scene, Stop},
    },
    workflow::{candidate::Candidate, case::Case},
};

pub(super) fn start_binding(scene: &mut Scene<'_>) -> Ran {
    if scene.candidate.is_some() { refuse("bound") } else { Ok(()) }
}

/// Exam number and document number name one candidate; who holds the binding is told only after both were right.
pub(super) fn bind_account(scene: &mut Scene<'_>) -> Ran {
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
    scene.leave_for_good();
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

/// The bound candidate as last read.
pub(super) fn bound(scene: &mut Scene<'_>, wanted: &str) -> Result<Arc<Candidate>, Stop> {
    scene.candidate.clone().ok_or_else(|| {
        scene.session.slots.insert(WANTED.to_owned(), wanted.to_owned());
        Stop::Refused("unbound")
    })
}
