//! Asking the population file about a case that waits for it, until it answers.
//!
//! 「unavailable」 is never a mismatch (design §7): the candidate is told once that it takes longer, and the question is
//! put again for as long as the case waits, more and more rarely.

use std::{sync::Arc, time::Duration};

use super::{Worker, WorkerError, back_off, jobs::Ended};
use crate::{
    inbound::{PopulationAnswered, What},
    runner::Errand,
    store::JobRow,
    upstream::PopulationAnswer,
    workflow::{
        candidate::Candidate,
        case::{Case, Stage},
    },
};

/// Pauses between questions to a source that does not answer.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(10);

impl Worker {
    pub(super) async fn verify_population(&self, row: &JobRow, case_id: &str) -> Result<Ended, WorkerError> {
        let Some(case) = self.waiting_case(case_id, Stage::Verifying).await? else {
            return Ok(Ended::Nothing);
        };
        let Some(candidate) = self.holder(&case).await? else {
            return Ok(nobody_holds_it());
        };
        let asked = self.shared.tools.population.verify(&candidate.name, &candidate.document_no).await;
        let (answer, errand) = match asked {
            Ok(PopulationAnswer::Match) => (PopulationAnswered::Match, finishing(row)),
            Ok(PopulationAnswer::Mismatch { reason }) => {
                (PopulationAnswered::Mismatch { reason }, finishing(row))
            }
            Err(error) => {
                tracing::warn!(%error, attempts = row.attempts, "the population source is unavailable");
                // `step` knows whether the candidate was told.
                let news = What::PopulationAnswered(PopulationAnswered::Unavailable);
                let news = self.news(&case.open_id, case_id, news);
                self.shared.tools.runner.run(&news, Errand::default()).await?;
                let pause = back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE);
                return Ok(Ended::Later { pause, reason: error.to_string() });
            }
        };
        let news = self.news(&case.open_id, case_id, What::PopulationAnswered(answer));
        self.shared.tools.runner.run(&news, errand).await?;
        Ok(Ended::Committed)
    }

    /// The case, if it still stands where the job found it.
    pub(super) async fn waiting_case(
        &self,
        case_id: &str,
        stage: Stage,
    ) -> Result<Option<Arc<Case>>, WorkerError> {
        let case = self.store().case_by_id(case_id).await?;
        Ok(case.filter(|case| case.stage == stage))
    }

    /// The record bound to whoever holds the case now.
    async fn holder(&self, case: &Case) -> Result<Option<Arc<Candidate>>, WorkerError> {
        let snapshot = self.store().load_fresh(&case.open_id, &case.batch).await?;
        Ok(snapshot.candidate.filter(|candidate| candidate.exam_no == case.exam_no))
    }
}

/// An errand that ends the job.
pub(super) fn finishing(row: &JobRow) -> Errand {
    Errand { finished_job: Some(row.lease.clone()), ..Errand::default() }
}

/// A case whose candidate was unbound waits until somebody binds it again.
pub(super) fn nobody_holds_it() -> Ended {
    Ended::Later { pause: LONGEST_PAUSE, reason: "nobody is bound to the candidate".to_owned() }
}
