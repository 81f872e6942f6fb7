//! What is written down before a call, and what the platform reports on a template message long after it.

use crate::{
    store::{Lease, Store, StoreError, statement::Statement},
    time::Millis,
};

impl Store {
    /// Writes down that the call of a customer message begins. False when the lease had ended and somebody else holds
    /// the row by now: do not call.
    pub async fn begin_call(&self, lease: &Lease, wire: Millis) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update outbox set called_at = $3 where id = $1 and lease = $2 and state = 'leased'",
        )
        .text(lease.id.as_str())
        .text(lease.token.as_str())
        .number(wire.0);
        Ok(self.write_one(statement).await? == 1)
    }

    /// Writes down, before the call, that a row is tried as a template message. False when the lease had ended and
    /// somebody else holds the row by now: do not call.
    pub async fn try_as_template(&self, lease: &Lease, wire: Millis) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update outbox set tried_at = coalesce(tried_at, $3), called_at = null \
             where id = $1 and lease = $2 and state = 'leased'",
        )
        .text(lease.id.as_str())
        .text(lease.token.as_str())
        .number(wire.0);
        Ok(self.write_one(statement).await? == 1)
    }

    /// Notes the platform's report that a template message did not arrive: it is held, and goes as a customer message
    /// when the person writes, or has written since it was sent. False when no such row is known.
    pub async fn report_undelivered(&self, platform_id: &str, reason: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update outbox set state = 'held', held_at = ended_at, ended_at = null, important = 0, reason = $1 \
             where platform_id = $2 and state = 'delivered'",
        )
        .text(reason)
        .text(platform_id);
        Ok(self.write_one(statement).await? == 1)
    }
}
