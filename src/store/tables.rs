//! The tables that are written many rows at a time.

use sqlx::AnyConnection;

use super::{
    StoreError,
    attempts::AttemptRow,
    audit::AuditInsert,
    cases::CaseRow,
    dialect::{Dialect, Rows},
    inbox::InboxInsert,
    jobs::JobInsert,
    outbox::{OutboxInsert, Released},
    reminders::RemindedInsert,
    sessions::SessionRow,
    statement::Done,
};

/// The multi-row statements, built once a writer.
pub(super) struct Tables {
    pub(super) sessions: Rows,
    pub(super) inbox: Rows,
    pub(super) cases: Rows,
    pub(super) attempts: Rows,
    pub(super) outbox: Rows,
    reminded: Rows,
    pub(super) released: Released,
    pub(super) jobs: Rows,
    pub(super) audit: Rows,
}

impl Tables {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            sessions: SessionRow::rows(dialect),
            inbox: InboxInsert::rows(dialect),
            cases: CaseRow::rows(dialect),
            attempts: AttemptRow::rows(dialect),
            outbox: OutboxInsert::rows(dialect),
            reminded: RemindedInsert::rows(dialect),
            released: Released::new(dialect),
            jobs: JobInsert::rows(dialect),
            audit: AuditInsert::rows(dialect),
        }
    }

    /// Who was reminded.
    pub(super) async fn insert_reminded(
        &self,
        connection: &mut AnyConnection,
        rows: &[RemindedInsert],
    ) -> Result<Done, StoreError> {
        let affected = self.reminded.write(connection, rows, RemindedInsert::bind).await?;
        Ok(Done { affected, rows: Vec::new() })
    }

    /// Rows of the outbox that no turn writes.
    pub(super) async fn insert_outbox(
        &self,
        connection: &mut AnyConnection,
        rows: &[OutboxInsert],
    ) -> Result<Done, StoreError> {
        let rows: Vec<&OutboxInsert> = rows.iter().collect();
        let affected = self.outbox.write(connection, &rows, |row, values| row.bind(values)).await?;
        Ok(Done { affected, rows: Vec::new() })
    }
}
