//! Pushes that tell of an office's decision: they wait until it can no longer be taken back, and go with it.

use crate::store::{Store, StoreError, column, statement::Statement};

/// Withdraws the pushes of a decision that nobody has taken up to send. One that is left makes the taking back fail.
pub(in crate::store) fn withdraw_statement(decision: &str) -> Statement {
    Statement::new("delete from outbox where decision = $1 and state = 'due' and attempts = 0").text(decision)
}

impl Store {
    /// Whether a decision's pushes are on their way, or gone: then it can no longer be taken back.
    pub async fn is_decision_told(&self, decision: &str) -> Result<bool, StoreError> {
        let statement = Statement::returning(
            "select count(*) from outbox where decision = $1 and (state <> 'due' or attempts > 0)",
        )
        .text(decision);
        let rows = self.read(statement).await?;
        Ok(rows.first().map_or(Ok(0), |row| column::<i64>(row, 0))? > 0)
    }
}
