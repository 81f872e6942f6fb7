//! The reminder before the on-site days: whoever holds the candidate by then is told; while nobody does, it waits for
//! somebody as long as a day is still to come.

use super::{
    Worker, WorkerError,
    jobs::Ended,
    population::{finishing, nobody_holds_it},
};
use crate::{
    inbound::What,
    store::JobRow,
    workflow::case::{Case, Stage},
};

impl Worker {
    pub(super) async fn remind(&self, row: &JobRow, case_id: &str) -> Result<Ended, WorkerError> {
        let Some(case) = self.waiting_case(case_id, Stage::Submitted).await? else {
            return Ok(Ended::Nothing);
        };
        let Some(open_id) = self.store().bound_to(&case.exam_no).await? else {
            return Ok(if self.has_day_to_come(&case) { nobody_holds_it() } else { Ended::Nothing });
        };
        let news = self.news(&open_id, case_id, What::ReminderDue);
        self.shared.tools.runner.run(&news, finishing(row)).await?;
        Ok(Ended::Committed)
    }

    /// Of the case's own batch: another one's days are other people's.
    fn has_day_to_come(&self, case: &Case) -> bool {
        let world = self.shared.tools.runner.world.load();
        let place = case.place.as_ref().filter(|_| case.batch == world.batch.id);
        let place = place.and_then(|place| world.schedule.place(&place.city, &place.district));
        place.is_some_and(|place| place.next_day(self.now().civil(&world.zone)).is_some())
    }
}
