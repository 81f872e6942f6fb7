//! A person's request to have the pictures of an application deleted.
//!
//! What may go at once goes in the turn that asks for it (`commands::delete`). What has to stay becomes a request, a row
//! beside the case, because it may outlive the batch: the offices see it, the sweeper carries it out when its time has
//! come, and either way the person is told.

use super::{scene::Scene, view};
use crate::{
    inbound::DeletionAct,
    mask,
    time::Millis,
    workflow::{notice, retention::Pictures},
};

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeletionChange {
    /// It is made. Lost when the application has one that is open.
    Asked {
        /// ULID.
        id: String,
        /// The application's eight digits.
        number: String,
    },
    /// It is over. Lost when it was.
    Ended {
        /// Which.
        id: String,
        /// Who ended it: `person`, `system` or `staff:NAME`.
        by: String,
    },
}

/// What the store knows of deleting an application's pictures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletionFound {
    /// A hold of the case or its batch is in force.
    pub is_held: bool,
    /// What is kept of the case.
    pub kept: Pictures,
    /// The open request and when it was made.
    pub asked: Option<(String, Millis)>,
}

/// A request is over: carried out, or answered by an office. The case is not looked at, which may be an earlier batch's.
pub(super) fn settled(scene: &mut Scene<'_>, act: &DeletionAct) {
    let number = view::spoken(&act.number);
    let (planned, said) = match &act.answer {
        Some(answer) => (notice::DELETION_ANSWERED, answer.as_str()),
        None => (notice::PHOTOS_DELETED, ""),
    };
    scene.facts = vec![("deletion_number", number), ("answer", said.to_owned())];
    scene.notify(planned);
    scene.audit("settle_deletion", &act.case_id, &mask::told(said));
    scene.acted_by(&act.by);
    scene.deletion = Some(DeletionChange::Ended { id: act.request.clone(), by: act.by.clone() });
}
