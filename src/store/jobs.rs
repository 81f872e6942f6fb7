//! Work for the worker: pictures to check, sources to ask.
//!
//! Leased like outbox rows, but a job is idempotent: one whose lease ended without word is simply done again. It
//! ends in the commit of the step it leads to ([`Commit::finished_job`](super::Commit)), so its effects happen once.
//! Of the kinds that a whole case waits for there is one a case at most, whoever adds it: `jobs.once` is unique.

mod view;

use sqlx::{AssertSqlSafe, any::AnyRow};

pub use view::JobSummary;

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    leases::{Lease, Leased, Unreadable},
    statement::Statement,
};
use crate::{
    clock::Now,
    time::Millis,
    turn::{CheckPhoto, Job},
    workflow::case::Stage,
};

const BODY: &str = "jobs/body";

/// Jobs restored in one transaction, so that nobody waits long behind it.
const RESTORE_AT_ONCE: i64 = 100;

/// The kind of [`Job::CheckPhoto`], for whoever cannot open the rest.
pub const CHECK_PHOTO: &str = "check_photo";

/// A job to be done, leased to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// The right to finish it.
    pub lease: Lease,
    /// The person whose turn wrote it.
    pub open_id: String,
    /// What to do.
    pub job: Job,
    /// How often it was leased, this time included.
    pub attempts: i64,
    /// When it was written. Business time.
    pub created_at: Millis,
}

impl Store {
    /// Leases up to `limit` jobs that are due, oldest first, for some seconds of wire time.
    pub async fn lease_jobs(&self, limit: u32, now: Now, seconds: i64) -> Result<Leased<JobRow>, StoreError> {
        let token = self.next_id(now.business);
        let skip_locked = self.inner.dialect.skip_locked();
        let lapse = Statement::new(AssertSqlSafe(format!(
            "with ended as (select id from jobs where leased_until <= $1{skip_locked}) \
             update jobs set leased_until = null where id in (select id from ended)"
        )))
        .number(now.wire.0);
        let lease = Statement::returning(AssertSqlSafe(format!(
            "with picked as (select id from jobs where due_at <= $1 and leased_until is null \
             order by due_at, id limit $2{skip_locked}) \
             update jobs set lease = $3, leased_until = $4, attempts = attempts + 1 \
             where id in (select id from picked) returning id, open_id, case_id, kind, body, attempts, created_at"
        )))
        .number(now.business.0)
        .number(i64::from(limit))
        .text(token.as_str())
        .number(now.wire.plus_seconds(seconds).0);
        let done = self.write(vec![lapse, lease]).await?;
        let mut leased = Leased::new();
        for row in done.iter().flat_map(|done| &done.rows) {
            self.read_job(row, &token, &mut leased)?;
        }
        leased.rows.sort_by(|a, b| a.lease.id.cmp(&b.lease.id));
        Ok(leased)
    }

    /// Ends a job that led to no step. False when the lease had ended and somebody else holds it by now.
    pub async fn finish_job(&self, lease: &Lease) -> Result<bool, StoreError> {
        Ok(self.write_one(finish_statement(lease)).await? == 1)
    }

    /// Puts a job off. False when the lease had ended and somebody else holds it by now.
    pub async fn retry_job_at(&self, lease: &Lease, at: Millis, reason: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update jobs set due_at = $3, leased_until = null, reason = $4 where id = $1 and lease = $2",
        )
        .text(lease.id.as_str())
        .text(lease.token.as_str())
        .number(at.0)
        .text(reason);
        Ok(self.write_one(statement).await? == 1)
    }

    /// Leaves a job undone for people to look at. False when the lease had ended.
    pub async fn give_up_job(&self, lease: &Lease, reason: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update jobs set due_at = null, leased_until = null, once = null, reason = $3 where id = $1 and lease = $2",
        )
        .text(lease.id.as_str())
        .text(lease.token.as_str())
        .text(reason);
        Ok(self.write_one(statement).await? == 1)
    }

    /// Gives the cases of a batch that have stood at a stage since an instant their job, where it is nowhere to be
    /// found; returns how many got one. Two processes may ask at once: a case gets one job.
    pub async fn restore_jobs(
        &self,
        batch: &str,
        stage: Stage,
        since: Millis,
        now: Millis,
        job: impl Fn(String) -> Job,
    ) -> Result<u64, StoreError> {
        let find = Statement::returning(
            "select c.id from cases c where c.batch = $1 and c.stage = $2 and c.entered_at <= $3 and not exists \
             (select 1 from jobs j where j.once = $4 || c.id) order by c.entered_at, c.id limit $5",
        )
        .text(batch)
        .text(stage.name())
        .number(since.0)
        .text(once(&job(String::new())).unwrap_or_default())
        .number(RESTORE_AT_ONCE);
        let lost = self.read(find).await?;
        let restore = lost
            .iter()
            .map(|row| Ok(self.restore_statement(&job(column(row, 0)?), stage, now)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        if restore.is_empty() {
            return Ok(0);
        }
        let done = self.write(restore).await?;
        Ok(done.iter().map(|done| done.affected).sum())
    }

    /// Adds a job for a case that still stands where it was found; a case that is being moved is passed over.
    fn restore_statement(&self, job: &Job, stage: Stage, now: Millis) -> Statement {
        let (_, case_id) = kind_and_case(job);
        let case = format!("id = $6 and stage = $7{}", self.inner.dialect.skip_locked());
        self.job_statement(job, now, &case).text_or_null(case_id).text(stage.name())
    }

    /// Adds a job for a case on condition; the condition's parameters are from $6 on.
    pub(super) fn job_statement(&self, job: &Job, now: Millis, case: &str) -> Statement {
        let (kind, _) = kind_and_case(job);
        let id = self.next_id(now);
        let body = self.seal_json(BODY, &id, job);
        Statement::new(AssertSqlSafe(format!(
            "insert into jobs (id, open_id, case_id, kind, body, attempts, due_at, created_at, once) \
             select $1, open_id, id, $2, $3, 0, $4, $4, $5 from cases where {case} on conflict do nothing"
        )))
        .text(id)
        .text(kind)
        .blob(body)
        .number(now.0)
        .text_or_null(once(job).as_deref())
    }

    /// Jobs still to do, and jobs given up.
    pub async fn count_jobs(&self) -> Result<(i64, i64), StoreError> {
        let statement = Statement::returning("select count(due_at), count(*) from jobs");
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok((0, 0)) };
        let (waiting, all): (i64, i64) = (column(row, 0)?, column(row, 1)?);
        Ok((waiting, all - waiting))
    }

    fn read_job(&self, row: &AnyRow, token: &str, leased: &mut Leased<JobRow>) -> Result<(), StoreError> {
        let lease = Lease { id: column(row, 0)?, token: token.to_owned() };
        let open_id = column(row, 1)?;
        let body: Vec<u8> = column(row, 4)?;
        match self.open_json(BODY, &lease.id, &body) {
            Ok(job) => leased.rows.push(JobRow {
                lease,
                open_id,
                job,
                attempts: column(row, 5)?,
                created_at: Millis(column(row, 6)?),
            }),
            Err(error) => leased.unreadable.push(Unreadable {
                lease,
                open_id,
                case_id: column(row, 2)?,
                kind: column(row, 3)?,
                error,
            }),
        }
        Ok(())
    }

    pub(super) fn job_insert(&self, open_id: &str, job: &Job, now: Millis) -> JobInsert {
        let id = self.next_id(now);
        let (kind, case_id) = kind_and_case(job);
        JobInsert {
            open_id: open_id.to_owned(),
            case_id: case_id.map(str::to_owned),
            kind,
            body: self.seal_json(BODY, &id, job),
            due_at: now.0,
            created_at: now.0,
            once: once(job),
            id,
        }
    }
}

/// What the row says of its content in the clear.
fn kind_and_case(job: &Job) -> (&'static str, Option<&str>) {
    match job {
        Job::CheckPhoto(CheckPhoto { case_id, .. }) => (CHECK_PHOTO, Some(case_id)),
        Job::ClearPhotos { case_id, .. } => ("clear_photos", Some(case_id)),
        Job::VerifyPopulation { case_id } => ("verify_population", Some(case_id)),
        Job::NoteUndelivered { .. } => ("note_undelivered", None),
        Job::Predict { case_id } => ("predict", Some(case_id)),
    }
}

/// The key of a job that a case needs one of.
fn once(job: &Job) -> Option<String> {
    match job {
        Job::CheckPhoto(_) | Job::ClearPhotos { .. } | Job::NoteUndelivered { .. } => None,
        Job::VerifyPopulation { .. } | Job::Predict { .. } => {
            let (kind, case_id) = kind_and_case(job);
            case_id.map(|case_id| format!("{kind}/{case_id}"))
        }
    }
}

/// Deletes a leased job: part of the commit it led to.
pub(super) fn finish_statement(lease: &Lease) -> Statement {
    Statement::new("delete from jobs where id = $1 and lease = $2")
        .text(lease.id.as_str())
        .text(lease.token.as_str())
}

/// One row to write, due at once.
pub(super) struct JobInsert {
    id: String,
    open_id: String,
    case_id: Option<String>,
    kind: &'static str,
    body: Vec<u8>,
    due_at: i64,
    created_at: i64,
    once: Option<String>,
}

impl JobInsert {
    /// A job that its case has already is left alone.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::new(
            dialect,
            "insert into jobs (id, open_id, case_id, kind, body, attempts, due_at, created_at, once)",
            9,
            "on conflict do nothing",
        )
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.id);
        values.text(&self.open_id);
        values.text_or_null(self.case_id.as_deref());
        values.text(self.kind);
        values.blob(&self.body);
        values.number(0);
        values.number(self.due_at);
        values.number(self.created_at);
        values.text_or_null(self.once.as_deref());
    }
}
