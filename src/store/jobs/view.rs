//! Jobs as people see them: what waits, what was given up and why, and 「再做一次」.

use sqlx::any::AnyRow;

use crate::{
    store::{Store, StoreError, column, statement::Statement, time_column},
    time::Millis,
    turn::Audit,
};

/// A job for people; the content stays sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSummary {
    /// The row's id.
    pub id: String,
    /// `check_photo`, `verify_population`, ….
    pub kind: String,
    /// The application's number, as people know it.
    pub case_number: Option<String>,
    /// How often it was leased.
    pub attempts: i64,
    /// From when on to do it; `None` when it was given up.
    pub due_at: Option<Millis>,
    /// Somebody is at it.
    pub leased: bool,
    /// Why it was put off or given up.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Millis,
}

impl Store {
    /// The newest jobs that were given up, or of all that are there; older than the one of this id, if one is given.
    pub async fn list_jobs(
        &self,
        all: bool,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JobSummary>, StoreError> {
        let statement = Statement::returning(
            "select j.id, j.kind, (select c.number from cases c where c.id = j.case_id), j.attempts, j.due_at, \
             j.leased_until, j.reason, j.created_at from jobs j where (j.due_at is null or $1 = 1) \
             and (j.id < $2 or $2 = '') order by j.id desc limit $3",
        )
        .number(i64::from(all))
        .text(before.unwrap_or_default())
        .number(i64::from(limit));
        self.read(statement).await?.iter().map(summary).collect()
    }

    /// Makes a job due that was given up, with its line of the audit. False when it is none, or its case has another
    /// job of the kind by now; then nothing is written.
    pub async fn do_again(&self, id: &str, actor: &str, now: Millis) -> Result<bool, StoreError> {
        let audit = Audit {
            actor: actor.to_owned(),
            act: "do_again".to_owned(),
            subject: id.to_owned(),
            detail: "jobs".to_owned(),
        };
        let skip_locked = self.inner.dialect.skip_locked();
        let of = format!(
            "jobs where id = $7 and due_at is null \
             and not exists (select 1 from jobs j where j.once = {ONCE}){skip_locked}"
        );
        let (line, line_id) = self.audit_of(&audit, now, &of);
        let text = format!(
            "update jobs set due_at = $1, attempts = 0, lease = null, once = {ONCE} \
             where id = $2 and exists (select 1 from audit where id = $3)"
        );
        let again = Statement::new(sqlx::AssertSqlSafe(text)).number(now.0).text(id).text(line_id);
        let again = self.write_told(line.text(id), again).await?;
        if again {
            self.inner.work.notify_one();
        }
        Ok(again)
    }
}

/// The key of a job that its case needs one of, as `once` has it; null for other kinds.
const ONCE: &str = "case when jobs.kind in ('verify_population', 'predict') \
                    then jobs.kind || '/' || jobs.case_id end";

fn summary(row: &AnyRow) -> Result<JobSummary, StoreError> {
    Ok(JobSummary {
        id: column(row, 0)?,
        kind: column(row, 1)?,
        case_number: column(row, 2)?,
        attempts: column(row, 3)?,
        due_at: time_column(row, 4)?,
        leased: time_column(row, 5)?.is_some(),
        reason: column(row, 6)?,
        created_at: Millis(column(row, 7)?),
    })
}
