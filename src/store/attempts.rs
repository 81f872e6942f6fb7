//! Failed attempts to bind, by exam number: whether anybody has the number or not.
//!
//! The row is also the lock. It is written by every attempt that failed and by every binding, in the turn's own
//! transaction, and only while it is not locked: a turn that was decided before the last failure loses like any other
//! that saw an old state. Nobody but staff frees it.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::{
    Store, StoreError,
    commit::Commit,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
};
use crate::{
    time::Millis,
    turn::{Audit, Binding, PER_NUMBER},
};

/// What a turn adds to an exam number's row; a binding adds nothing, but must be let through.
pub(super) struct AttemptRow {
    exam_key: String,
    day: String,
    failures: i64,
}

impl AttemptRow {
    /// A number that is locked is left alone and not counted. Another day begins anew.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        let tail = format!(
            "on conflict (exam_key) do update set \
             failures = case when excluded.failures = 0 or attempts.day = excluded.day \
             then attempts.failures + excluded.failures else excluded.failures end, \
             day = case when excluded.failures = 0 then attempts.day else excluded.day end \
             where attempts.failures < {PER_NUMBER}"
        );
        Rows::new(dialect, "insert into attempts (exam_key, day, failures)", 3, &tail)
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.exam_key);
        values.text(&self.day);
        values.number(self.failures);
    }

    /// One row a number, in an order that all processes share: a statement may touch a row only once.
    pub(super) fn joined<'r>(rows: impl Iterator<Item = &'r Self>) -> Vec<Self> {
        let mut joined: BTreeMap<&str, Self> = BTreeMap::new();
        for row in rows {
            let same = joined.entry(&row.exam_key).or_insert_with(|| Self {
                exam_key: row.exam_key.clone(),
                day: String::new(),
                failures: 0,
            });
            same.failures += row.failures;
            same.day = same.day.clone().max(row.day.clone());
        }
        joined.into_values().collect()
    }
}

impl Store {
    /// Whether too many attempts to bind a number have failed; asked in the same way of any number.
    pub async fn is_locked(&self, exam_no: &str) -> Result<bool, StoreError> {
        self.is_key_locked(&self.exam_key(exam_no)).await
    }

    /// The same of the number that a blind index names.
    pub async fn is_key_locked(&self, exam_key: &str) -> Result<bool, StoreError> {
        let statement = Statement::returning("select 1 from attempts where exam_key = $1 and failures >= $2")
            .text(exam_key)
            .number(PER_NUMBER);
        Ok(!self.read(statement).await?.is_empty())
    }

    /// Frees a locked number, which its blind index names, and writes the audit's line. False when it was not locked:
    /// then nothing is written.
    pub async fn unlock(&self, exam_key: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let skip_locked = self.inner.dialect.skip_locked();
        let of = format!("attempts where exam_key = $7 and failures >= {PER_NUMBER}{skip_locked}");
        let (line, line_id) = self.audit_of(audit, now, &of);
        let free = Statement::new(
            "delete from attempts where exam_key = $1 and exists (select 1 from audit where id = $2)",
        )
        .text(exam_key)
        .text(line_id);
        self.write_told(line.text(exam_key), free).await
    }

    /// Forgets numbers that are not locked and were not tried today.
    pub async fn forget_attempts(&self, today: jiff::civil::Date, limit: u32) -> Result<u64, StoreError> {
        let skip_locked = self.inner.dialect.skip_locked();
        let text = format!(
            "delete from attempts where exam_key in (select exam_key from attempts \
             where day < $1 and failures < {PER_NUMBER} limit {limit}{skip_locked})"
        );
        self.write_alone(Statement::new(AssertSqlSafe(text)).text(today.to_string())).await
    }

    /// What a turn has to do with an exam number's row, if it has.
    pub(super) fn attempt_row(&self, commit: &Commit) -> Option<AttemptRow> {
        let row = |exam_no: &str, day: String, failures| AttemptRow {
            exam_key: self.exam_key(exam_no),
            day,
            failures,
        };
        if let Some(failed) = &commit.turn.failed_attempt {
            return Some(row(&failed.exam_no, failed.day.to_string(), 1));
        }
        match &commit.turn.binding {
            Some(Binding::Bind { exam_no }) => Some(row(exam_no, String::new(), 0)),
            Some(Binding::Unbind { .. }) | None => None,
        }
    }
}
