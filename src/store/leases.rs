//! The right to one row for a while, common to the outbox and to jobs.
//!
//! What is due is asked in business time, because people see when something is sent or tried again. A lease ends in
//! wire time: it is measured against calls under way, and those do not end because somebody moves the clock. A row
//! keeps its `due_at` while it is leased; a lease that ends without word leaves it due, and what that means besides is
//! each table's own affair.
//!
//! On PostgreSQL every statement here that takes several rows passes over those that another process holds, so that
//! it never waits and so never waits in a circle.

use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::{Store, StoreError, statement::Statement, time_column};
use crate::{clock::Now, time::Millis};

/// A right to one row for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The row's id.
    pub id: String,
    /// Drawn for this lease.
    pub token: String,
}

/// What a worker leased.
#[derive(Debug)]
pub struct Leased<T> {
    /// Rows to work on, oldest first.
    pub rows: Vec<T>,
    /// Rows whose content cannot be opened: to be ended by the caller, or they come again.
    pub unreadable: Vec<Unreadable>,
}

/// A leased row whose content cannot be opened: its key is gone, or it was damaged.
#[derive(Debug)]
pub struct Unreadable {
    /// The right to say how it ended.
    pub lease: Lease,
    /// The person.
    pub open_id: String,
    /// The application it belongs to.
    pub case_id: Option<String>,
    /// The notice's event, or the job's kind.
    pub kind: String,
    /// What is wrong with it.
    pub error: StoreError,
}

impl<T> Leased<T> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), unreadable: Vec::new() }
    }
}

impl Store {
    /// Keeps a leased message until `until` (wire time). False when the lease has ended.
    pub async fn renew_message(&self, lease: &Lease, until: Millis) -> Result<bool, StoreError> {
        self.renew("outbox", lease, until).await
    }

    /// Keeps a leased job until `until` (wire time). False when the lease has ended.
    pub async fn renew_job(&self, lease: &Lease, until: Millis) -> Result<bool, StoreError> {
        self.renew("jobs", lease, until).await
    }

    async fn renew(&self, table: &'static str, lease: &Lease, until: Millis) -> Result<bool, StoreError> {
        let statement = Statement::new(AssertSqlSafe(format!(
            "update {table} set leased_until = $3 where id = $1 and lease = $2 and leased_until is not null"
        )))
        .text(lease.id.as_str())
        .text(lease.token.as_str())
        .number(until.0);
        Ok(self.write_one(statement).await? == 1)
    }

    /// How long until the next outbox row or job is due or its lease ends: zero when one is by now, `None` when there
    /// is none. For sleeping until then, though not for long: a clock may be moved meanwhile.
    pub async fn next_due(&self, now: Now) -> Result<Option<Duration>, StoreError> {
        let statement = Statement::returning(
            "select (select min(due_at) from outbox where due_at is not null and leased_until is null), \
             (select min(due_at) from jobs where due_at is not null and leased_until is null), \
             (select min(leased_until) from outbox where leased_until is not null), \
             (select min(leased_until) from jobs where leased_until is not null)",
        );
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let clocks = [now.business, now.business, now.wire, now.wire];
        let mut next = None;
        for (at, clock) in clocks.into_iter().enumerate() {
            if let Some(due) = time_column(row, at)? {
                let pause = Duration::from_millis(due.since(clock).max(0) as u64);
                next = Some(next.map_or(pause, |next: Duration| next.min(pause)));
            }
        }
        Ok(next)
    }
}
