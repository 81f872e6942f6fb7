//! The reminder before the on-site days: whoever holds the candidate by then is told.

use super::{Worker, WorkerError, jobs::Ended, population::finishing};
use crate::{inbound::What, store::JobRow, workflow::case::Stage};

impl Worker {
    pub(super) async fn remind(&self, row: &JobRow, case_id: &str) -> Result<Ended, WorkerError> {
        let Some(case) = self.waiting_case(case_id, Stage::Submitted).await? else {
            return Ok(Ended::Nothing);
        };
        let Some(open_id) = self.store().bound_to(&case.exam_no).await? else { return Ok(Ended::Nothing) };
        let news = self.news(&open_id, case_id, What::ReminderDue);
        self.shared.tools.runner.run(&news, finishing(row)).await?;
        Ok(Ended::Committed)
    }
}
