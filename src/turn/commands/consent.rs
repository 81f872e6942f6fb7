//! 「同意」 and 「不同意」: before the document number, and before the portrait.

use super::{Ran, WANTED, case, record, refuse};
use crate::{
    dialog::Purpose,
    turn::scene::{PORTRAIT_CONSENT, Scene, Stop},
};

/// What was pressed when the portrait's consent was found missing: 「同意」 goes on with it.
pub(super) const READ_STANDARD: &str = "read_standard";
pub(super) const CLAIM: &str = "claim";

/// Whether the words have to be shown at all: who has agreed to the present ones goes on.
pub(super) fn ask_identity(scene: &mut Scene<'_>) -> Ran {
    if scene.has_agreed(Purpose::Identity) { refuse("consented") } else { Ok(()) }
}

pub(super) fn consent_identity(scene: &mut Scene<'_>) {
    scene.agree(Purpose::Identity);
    settle(scene);
}

/// The same of somebody bound, who wanted something and goes on with that.
pub(super) fn consent_again(scene: &mut Scene<'_>) -> Ran {
    scene.agree(Purpose::Identity);
    settle(scene);
    record::go_on(scene)
}

/// 「返回」 does not lead back to a question that was answered for good.
fn settle(scene: &mut Scene<'_>) {
    scene.session.state.clear();
}

/// Nothing of what was typed is kept, and nothing leads back to where it was asked.
pub(super) fn decline_identity(scene: &mut Scene<'_>) {
    record::forget_typed(scene);
    scene.session.slots.remove(WANTED);
    scene.leave_for_good();
}

/// 「同意」 goes on exactly where its lack was found.
pub(super) fn consent_portrait(scene: &mut Scene<'_>) -> Ran {
    scene.agree(Purpose::Portrait);
    match scene.session.slots.remove(WANTED).as_deref() {
        Some(READ_STANDARD) => case::read_standard(scene),
        Some(CLAIM) => case::claim(scene),
        _ => Ok(()),
    }
}

pub(super) fn decline_portrait(scene: &mut Scene<'_>) {
    scene.session.slots.remove(WANTED);
}

/// A press that the portrait's consent stopped is remembered by its name.
pub(super) fn wanting(scene: &mut Scene<'_>, name: &'static str, ran: Ran) -> Ran {
    if ran == Err(Stop::Refused(PORTRAIT_CONSENT)) {
        scene.session.slots.insert(WANTED.to_owned(), name.to_owned());
    }
    ran
}
