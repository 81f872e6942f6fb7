//! What is written down before a call, and what the platform reports on a template message or 订阅通知 long after it.

use super::Mark;
use crate::{
    store::{Lease, Store, StoreError, statement::Statement},
    time::Millis,
};

impl Store {
    /// Writes down that the call of a customer message or 订阅通知 begins that brings these rows; the first is the one that
    /// `counts` when nobody knows how it ended. False when a lease had ended and somebody else holds its row by now: do
    /// not call.
    pub async fn begin_calls(
        &self,
        leases: &[Lease],
        counts: bool,
        wire: Millis,
    ) -> Result<bool, StoreError> {
        let marks = leases.iter().enumerate().map(|(nth, lease)| {
            let counts = counts && nth == 0;
            Mark::Begun { lease: lease.clone(), counts, at: wire }
        });
        Ok(self.mark(marks.collect()).await? == leases.len() as u64)
    }

    /// Writes down, before the call, that a row is tried as a template message. False when the lease had ended and
    /// somebody else holds the row by now: do not call. Business time, as the platform's memory of the key.
    pub async fn try_as_template(&self, lease: &Lease, now: Millis) -> Result<bool, StoreError> {
        Ok(self.mark(vec![Mark::Tried { lease: lease.clone(), at: now }]).await? == 1)
    }

    /// Notes the platform's report that a template message or 订阅通知 did not arrive: it is held, and goes as a customer message
    /// when the person writes, or has written since it was sent. With `blocked` they refuse our messages until then. False
    /// when no such row is known.
    pub async fn report_undelivered(
        &self,
        platform_id: &str,
        reason: &str,
        blocked: bool,
    ) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update outbox set state = 'held', held_at = coalesce(ended_at, held_at), ended_at = null, important = 0, \
             reason = $1 where platform_id = $2 and (state = 'delivered' or state = 'held' and reason = 'told')",
        )
        .text(reason)
        .text(platform_id);
        let mut statements = vec![statement];
        if blocked {
            let refused = Statement::new(
                "insert into refusals (open_id, kind, at) select open_id, 'blocked', held_at from outbox \
                 where platform_id = $1 and state = 'held' and held_at is not null \
                 on conflict (open_id) do update set kind = excluded.kind, at = excluded.at",
            );
            statements.push(refused.text(platform_id));
        }
        Ok(self.write(statements).await?.first().is_some_and(|done| done.affected == 1))
    }
}
