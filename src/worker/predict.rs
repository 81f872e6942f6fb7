//! A prediction that had to wait for the registry: asked again until it answers.
//!
//! The registry is asked here and not by the step, because a step that learns nothing would end the job.

use std::time::Duration;

use super::{
    Worker, WorkerError, back_off,
    jobs::Ended,
    population::{LONGEST_PAUSE, finishing},
};
use crate::{inbound::What, runner::Errand, store::JobRow, turn::RegistryAnswer, workflow::case::Stage};

const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// So often the registry may say that it does not know a candidate before we believe it: a table may be being replaced.
const DOUBTS: i64 = 3;

impl Worker {
    pub(super) async fn predict(&self, row: &JobRow, case_id: &str) -> Result<Ended, WorkerError> {
        let Some(case) = self.waiting_case(case_id, Stage::Predicting).await? else {
            return Ok(Ended::Nothing);
        };
        let runner = &self.shared.tools.runner;
        let found = runner.look_up(&case.exam_no, &case.batch).await?;
        if found.candidate.as_ref().is_some_and(|answer| is_certain(answer, row.attempts)) {
            let errand = Errand { found, ..finishing(row) };
            runner.run(&self.news(&case.open_id, case_id, What::RegistryAnswered), errand).await?;
            return Ok(Ended::Committed);
        }
        let reason = match found.candidate {
            Some(RegistryAnswer::Unknown) => "the registry does not know the candidate any more",
            _ => "the registry is unavailable",
        };
        let pause = back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE);
        Ok(Ended::Later { pause, reason: reason.to_owned() })
    }
}

/// Whether the registry's answer may be told.
fn is_certain(found: &RegistryAnswer, attempts: i64) -> bool {
    match found {
        RegistryAnswer::Known { .. } => true,
        RegistryAnswer::Unknown => attempts > DOUBTS,
        RegistryAnswer::Unavailable => false,
    }
}
