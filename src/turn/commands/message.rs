//! Leaving a message for the offices. So many of one person's may wait, so that nobody's hide everybody else's.

use super::{Ran, refuse};
use crate::turn::{
    Lookup, people,
    scene::{Scene, Stop},
};

/// Messages of a person that may wait at once; the words of the refusal name the number, too.
const MAY_WAIT: i64 = 5;

pub(super) fn leave(scene: &mut Scene<'_>) -> Ran {
    let Some(waiting) = scene.before.found.waiting else { return Err(Stop::Need(Lookup::Waiting)) };
    if waiting >= MAY_WAIT {
        scene.session.slots.remove(people::MESSAGE);
        return refuse("too_many_messages");
    }
    people::leave_message(scene);
    Ok(())
}
