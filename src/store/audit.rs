//! Who did what to what: written with the change it tells of, never altered.

use sqlx::AssertSqlSafe;

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
};
use crate::{time::Millis, turn::Audit};

/// A line of the audit, with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// ULID: sorts by time.
    pub id: String,
    /// When. Business time.
    pub at: Millis,
    /// What.
    pub audit: Audit,
}

impl Store {
    /// Writes a line that stands alone: somebody looked at something.
    pub async fn append_audit(&self, audit: &Audit, now: Millis) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into audit (id, at, actor, act, subject, detail) values ($1, $2, $3, $4, $5, $6)",
        )
        .text(self.next_id(now))
        .number(now.0)
        .text(audit.actor.as_str())
        .text(audit.act.as_str())
        .text(audit.subject.as_str())
        .text(audit.detail.as_str());
        self.write_one(statement).await.map(drop)
    }

    /// The last `limit` lines, newest first; of one subject (a case's id, an openid) or of all.
    pub async fn list_audit(&self, subject: Option<&str>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let statement = match subject {
            Some(subject) => Statement::returning(
                "select id, at, actor, act, subject, detail from audit where subject = $1 order by id desc limit $2",
            )
            .text(subject),
            None => Statement::returning(
                "select id, at, actor, act, subject, detail from audit order by id desc limit $1",
            ),
        };
        let rows = self.read(statement.number(i64::from(limit))).await?;
        rows.iter()
            .map(|row| {
                Ok(AuditRow {
                    id: column(row, 0)?,
                    at: Millis(column(row, 1)?),
                    audit: Audit {
                        actor: column(row, 2)?,
                        act: column(row, 3)?,
                        subject: column(row, 4)?,
                        detail: column(row, 5)?,
                    },
                })
            })
            .collect()
    }

    /// The line of a change that may be refused: a statement for the same transaction, with the line's id. `of` is the
    /// rest of the `select` after `from`, with parameters from $7 on; no row of it, no line.
    pub(super) fn audit_of(&self, audit: &Audit, now: Millis, of: &str) -> (Statement, String) {
        let id = self.next_id(now);
        let text = format!(
            "insert into audit (id, at, actor, act, subject, detail) select $1, $2, $3, $4, $5, $6 from {of}"
        );
        let statement = Statement::new(AssertSqlSafe(text))
            .text(id.as_str())
            .number(now.0)
            .text(audit.actor.as_str())
            .text(audit.act.as_str())
            .text(audit.subject.as_str())
            .text(audit.detail.as_str());
        (statement, id)
    }

    pub(super) fn audit_insert(&self, audit: &Audit, now: Millis) -> AuditInsert {
        AuditInsert { id: self.next_id(now), at: now.0, audit: audit.clone() }
    }
}

/// One line to write.
pub(super) struct AuditInsert {
    id: String,
    at: i64,
    audit: Audit,
}

impl AuditInsert {
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::common(dialect, "insert into audit (id, at, actor, act, subject, detail)", 6, "")
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.id);
        values.number(self.at);
        values.text(&self.audit.actor);
        values.text(&self.audit.act);
        values.text(&self.audit.subject);
        values.text(&self.audit.detail);
    }
}
