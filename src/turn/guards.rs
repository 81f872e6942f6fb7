//! Guards that dialogs may name in `when` and `needs`: questions about the scene, answered yes or no.

use super::{commands, lists, scene::Scene};
use crate::workflow::{batch::Window, transition};

type Guard = (&'static str, fn(&Scene<'_>) -> bool);

/// Every guard.
pub(super) const GUARDS: &[Guard] = &[
    ("bound", |scene| scene.candidate.is_some()),
    ("unbound", |scene| scene.candidate.is_none()),
    ("has_case", |scene| scene.case.is_some()),
    ("may_apply", |scene| scene.world.window(scene.now) == Window::Open),
    ("may_retake", |scene| scene.case.as_ref().is_some_and(|case| transition::may_retake(case))),
    ("has_recorded_phone", |scene| {
        let today = scene.now.date(&scene.world.zone);
        scene.candidate.as_deref().is_some_and(|known| commands::recorded_phone(known, today).is_some())
    }),
    ("may_open", |scene| scene.world.window(scene.now) == Window::Open),
    ("has_substitutions", |scene| {
        let closed = scene.case.as_ref().is_some_and(|case| scene.is_closed(case));
        !closed && !lists::substitutions(scene).is_empty()
    }),
];

/// Whether a guard holds; one that no table names never does.
pub(super) fn holds(scene: &Scene<'_>, name: &str) -> bool {
    GUARDS.iter().find(|(known, _)| *known == name).is_some_and(|(_, guard)| guard(scene))
}
