//! What became of the application before this batch.
//!
//! The store loads the present batch's case only. So that the next batch does not begin as if there had been nothing,
//! the session remembers the application that it saw last.

use serde::{Deserialize, Serialize};

use crate::workflow::{
    batch::Batch,
    case::{Case, Stage},
};

/// The last application of a person, as it stood when it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The batch's id.
    batch: String,
    /// How people call the batch.
    pub(super) batch_name: String,
    /// The case's number.
    pub(super) number: String,
    /// Where it stood.
    pub(super) stage: Stage,
}

impl Application {
    /// What is remembered of `case` besides what was `known`; of one that was taken back, nothing.
    pub(super) fn remember(known: Option<Self>, case: &Case, batch: &Batch) -> Option<Self> {
        if case.is_withdrawn() {
            return None;
        }
        let same = |known: &Self| known.number == case.number && known.stage == case.stage;
        known.filter(same).or_else(|| {
            Some(Self {
                batch: batch.id.clone(),
                batch_name: batch.name.clone(),
                number: case.number.clone(),
                stage: case.stage,
            })
        })
    }

    /// Whether it belongs to another batch than this.
    pub(super) fn is_before(&self, batch: &Batch) -> bool {
        self.batch != batch.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::transition::tests::sample;

    #[test]
    fn the_last_application_is_remembered_unless_it_was_taken_back() {
        let batch: Batch = serde_json::from_str(include_str!("../../examples/data/batch.json")).unwrap();
        let ready = Application::remember(None, &sample(Stage::Ready), &batch);
        assert_eq!(ready.as_ref().map(|known| known.stage), Some(Stage::Ready));
        assert!(!ready.as_ref().unwrap().is_before(&batch));
        assert!(ready.as_ref().unwrap().is_before(&Batch { id: "2026-12".into(), ..batch.clone() }));
        let submitted = Application::remember(ready, &sample(Stage::Submitted), &batch);
        assert_eq!(submitted.as_ref().map(|known| known.stage), Some(Stage::Submitted));
        assert_eq!(Application::remember(submitted, &sample(Stage::Withdrawn), &batch), None);
    }
}
