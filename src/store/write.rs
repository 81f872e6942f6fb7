//! What the writer runs beside turns and marks.

use super::{audit::Line, outbox::OutboxInsert, reminders::RemindedInsert, statement::Statement};

/// What is to be run.
pub(super) enum Write {
    Statement(Statement),
    /// A line of the audit, which is linked when it is written.
    Line(Line),
    /// A statement that is only run when the last one that was no such statement has written a row.
    WhenWritten(Statement),
    /// Rows of the outbox, on the same condition.
    Outbox(Vec<OutboxInsert>),
    /// Rows of `reminded`; one that is there already fails all of it.
    Reminded(Vec<RemindedInsert>),
}

impl From<Statement> for Write {
    fn from(statement: Statement) -> Self {
        Self::Statement(statement)
    }
}
