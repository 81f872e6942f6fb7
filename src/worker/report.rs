//! The platform's report that a template message or 订阅通知 did not arrive, noted on its row.
//!
//! The report may come before the answer to the send that it is about is written down, so that an unknown message is
//! looked for again for a while.

use std::time::Duration;

use super::{Worker, WorkerError, back_off, jobs::Ended};
use crate::{
    store::JobRow,
    workflow::delivery::{Reason, Undelivered},
};

/// So often, with these pauses: for about a minute.
const TRIES: i64 = 7;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Worker {
    pub(super) async fn note_undelivered(
        &self,
        row: &JobRow,
        platform_id: &str,
        why: Undelivered,
    ) -> Result<Ended, WorkerError> {
        let reason = Reason::Undelivered(why).to_string();
        if self.store().report_undelivered(platform_id, &reason, why == Undelivered::Blocked).await? {
            return Ok(Ended::Nothing);
        }
        if row.attempts >= TRIES {
            tracing::warn!(
                reason,
                "the platform reports on a message that is not known, or reported already"
            );
            return Ok(Ended::Nothing);
        }
        let pause = back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE);
        Ok(Ended::Later { pause, reason: "no message has this id yet".to_owned() })
    }
}
