//! What mass messages came to, as the platform reports it: a row a message, whatever the message was sent for.

use super::{Store, StoreError, statement::Statement};
use crate::{inbound::MassReport, time::Millis};

impl Store {
    /// Keeps the platform's report on a mass message. False when it was kept before: a delivery repeated is no other
    /// report, and the first stands.
    pub async fn report_mass(&self, report: &MassReport, now: Millis) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "insert into mass_reports (msg_id, status, total, filtered, sent, failed, at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (msg_id) do nothing",
        )
        .number(report.msg_id)
        .text(report.status.as_str())
        .number(report.total)
        .number(report.filtered)
        .number(report.sent)
        .number(report.failed)
        .number(now.0);
        Ok(self.write_one(statement).await? == 1)
    }
}
