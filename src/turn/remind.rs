//! A reminder: words for somebody who has said nothing, from their affairs as they are. It changes none of them.

use std::sync::Arc;

use super::{Fresh, Notice, Snapshot, World, scene::Scene};
use crate::{time::Millis, workflow::notice::Planned};

/// The push with which somebody is reminded; `facts` are what its words name besides the person's own affairs.
pub fn reminder(
    world: &Arc<World>,
    person: &Snapshot,
    planned: Planned,
    facts: Vec<(&'static str, String)>,
    id: String,
    now: Millis,
) -> Option<Notice> {
    let fresh = Fresh { at: now, random: [0; 48] };
    let mut scene = Scene::new(world, person, now, &fresh);
    scene.facts = facts;
    scene.worded(planned, id)
}
