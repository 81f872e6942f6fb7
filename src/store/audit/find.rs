//! Lines of the log by what they are about.

use sqlx::AssertSqlSafe;
use ulid::Ulid;

use super::{AuditRow, audit_row};
use crate::{
    store::{Store, StoreError, statement::Statement},
    time::Millis,
};

/// Which lines; those left out are all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// `person`, `system`, `operator` or `staff:NAME`.
    pub actor: Option<String>,
    /// The code of an act.
    pub act: Option<String>,
    /// A case's id, an openid, the name of an account, ….
    pub subject: Option<String>,
    /// Written at this time or later. Business time.
    pub from: Option<Millis>,
    /// Written before this time.
    pub until: Option<Millis>,
    /// Before this line: where the page before ended.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u32,
}

impl AuditFilter {
    /// A line's id begins with its time, so that days are ranges of the key by which lines are in order.
    pub(in crate::store) fn statement(&self) -> Statement {
        let first_id = |at: Millis| Ulid::from_parts(u64::try_from(at.0).unwrap_or(0), 0).to_string();
        let bounds = [
            ("actor =", self.actor.clone()),
            ("act =", self.act.clone()),
            ("subject =", self.subject.clone()),
            ("id >=", self.from.map(first_id)),
            ("id <", self.until.map(first_id)),
            ("id <", self.before.clone()),
        ];
        let bounds: Vec<(&str, String)> =
            bounds.into_iter().filter_map(|(bound, value)| Some((bound, value?))).collect();
        let wanted = bounds.iter().enumerate().map(|(nth, (bound, _))| format!(" and {bound} ${}", nth + 1));
        let text = format!(
            "select id, at, actor, act, subject, detail from audit where 1 = 1{} order by id desc limit {}",
            wanted.collect::<String>(),
            self.limit
        );
        let statement = Statement::returning(AssertSqlSafe(text));
        bounds.into_iter().fold(statement, |statement, (_, value)| statement.text(value))
    }
}

impl Store {
    /// Lines of the log, the last first.
    pub async fn find_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        self.read(filter.statement()).await?.iter().map(audit_row).collect()
    }
}
