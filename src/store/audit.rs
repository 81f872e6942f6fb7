//! Who did what to what: written with the change it tells of, never altered.
//!
//! Each line is a link of a chain ([`chain`]), so that a changed, added or missing one is found (`verify.rs`); what is
//! older than it may be is forgotten from a chain's beginning, with a mark that says so (`forget.rs`).

pub(super) mod chain;
mod find;
mod forget;
mod verify;

use sqlx::{AnyConnection, any::AnyRow};

pub use find::AuditFilter;
pub use verify::{AuditFault, AuditHead, AuditReport, AuditVerdict, FaultKind};

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::{Done, Statement},
    write::Write,
};
use crate::{time::Millis, turn::Audit};
use chain::Place;

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
        self.write_all(vec![self.line(audit, now).into()]).await.map(drop)
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
        self.read(statement.number(i64::from(limit))).await?.iter().map(audit_row).collect()
    }

    /// The last `limit` lines of what one actor (`staff:NAME`) did, newest first.
    pub async fn list_audit_by(&self, actor: &str, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let statement = Statement::returning(
            "select id, at, actor, act, subject, detail from audit where actor = $1 order by id desc limit $2",
        );
        let rows = self.read(statement.text(actor).number(i64::from(limit))).await?;
        rows.iter().map(audit_row).collect()
    }

    /// A line to be written with other statements.
    pub(super) fn line(&self, audit: &Audit, now: Millis) -> Line {
        Line { insert: self.audit_insert(audit, now), of: None }
    }

    /// The line of a change that may be refused, for the same transaction, with the line's id. `of` is the rest of the
    /// `select` after `from`, with parameters from $7 on; no row of it, no line; more than one is an error.
    pub(super) fn audit_of(&self, audit: &Audit, now: Millis, of: &str) -> (Line, String) {
        let insert = self.audit_insert(audit, now);
        let id = insert.id.clone();
        (Line { insert, of: Some(Statement::new(sqlx::AssertSqlSafe(of))) }, id)
    }

    /// Writes a line that may be refused, then the change that wants the line to be there. Whether both are written.
    pub(super) async fn write_told(&self, line: Line, change: Statement) -> Result<bool, StoreError> {
        let done = self.write_all(vec![line.into(), change.into()]).await?;
        Ok(done.last().is_some_and(|done| done.affected == 1))
    }

    pub(super) fn audit_insert(&self, audit: &Audit, now: Millis) -> AuditInsert {
        AuditInsert { id: self.next_id(now), at: now.0, audit: audit.clone() }
    }
}

const INSERT: &str = "insert into audit (id, at, actor, act, subject, detail, chain, seq, link)";

/// What is written of a line; its place in the chain is found by whoever writes it.
pub(super) struct AuditInsert {
    id: String,
    at: i64,
    audit: Audit,
}

impl AuditInsert {
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::common(dialect, INSERT, 9, "")
    }

    /// When: a chain that begins with this line begins then.
    pub(super) fn at(&self) -> i64 {
        self.at
    }

    fn bind(&self, place: &Place, values: &mut Values) {
        values.text(&self.id);
        values.number(self.at);
        values.text(&self.audit.actor);
        values.text(&self.audit.act);
        values.text(&self.audit.subject);
        values.text(&self.audit.detail);
        values.number(place.chain);
        values.number(place.seq);
        values.blob(&place.link);
    }
}

/// A line that is a statement of its own, perhaps on condition.
pub(super) struct Line {
    insert: AuditInsert,
    of: Option<Statement>,
}

impl Line {
    /// The next value of the condition.
    pub(super) fn text(self, value: impl Into<String>) -> Self {
        Self { of: self.of.map(|of| of.text(value)), ..self }
    }

    /// The next value of the condition.
    pub(super) fn number(self, value: i64) -> Self {
        Self { of: self.of.map(|of| of.number(value)), ..self }
    }

    /// When.
    pub(super) fn at(&self) -> i64 {
        self.insert.at
    }

    async fn run(&self, connection: &mut AnyConnection, place: &Place) -> Result<Done, sqlx::Error> {
        // The condition's own parameters keep their numbers; the place comes after them.
        let after = 6 + self.of.as_ref().map_or(0, Statement::count);
        let own = format!("$1, $2, $3, $4, $5, $6, ${}, ${}, ${}", after + 1, after + 2, after + 3);
        let text = match &self.of {
            Some(of) => format!("{INSERT} select {own} from {}", of.said()),
            None => format!("{INSERT} values ({own})"),
        };
        let AuditInsert { id, at, audit } = &self.insert;
        let statement = Statement::new(sqlx::AssertSqlSafe(text))
            .text(id.as_str())
            .number(*at)
            .text(audit.actor.as_str())
            .text(audit.act.as_str())
            .text(audit.subject.as_str())
            .text(audit.detail.as_str());
        let statement = self.of.iter().fold(statement, Statement::with_values_of);
        statement.number(place.chain).number(place.seq).blob(place.link.to_vec()).run(connection).await
    }
}

impl From<Line> for Write {
    fn from(line: Line) -> Self {
        Self::Line(line)
    }
}

fn audit_row(row: &AnyRow) -> Result<AuditRow, StoreError> {
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
}
