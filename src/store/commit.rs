//! A turn on its way into the database.
//!
//! [`Store::commit`] seals everything on the caller's task, hands the rows to the writer and waits for the commit.
//! [`write`] is what the writer runs for a whole group: each table gets all its rows at once. A count that is not
//! what it should be means that some turn of the group has lost; the writer takes the group apart to find which.

use sqlx::AnyConnection;

use super::{
    Store, StoreError,
    attempts::AttemptRow,
    audit::{AuditInsert, chain::Links},
    cases::CaseRow,
    decisions,
    inbox::{InboxInsert, InboxRow, LateAnswer, LateInsert},
    jobs::{self, JobInsert},
    leases::Lease,
    outbox::{self, OutboxInsert},
    refused::Refused,
    reminders,
    retention::deletion_statement,
    sessions::SessionRow,
    statement::Statement,
    tables::Tables,
};
use crate::{
    time::Millis,
    turn::{Binding, Found, RegistryAnswer, Snapshot, Turn},
};

/// Everything that one turn changes, to be stored in one transaction or not at all.
pub struct Commit {
    /// What `step` wants. Replies beyond the first are in its outbox already.
    pub turn: Turn,
    /// What `step` was given.
    pub before: Snapshot,
    /// The batch that `before` was loaded for.
    pub batch: String,
    /// Business time.
    pub now: Millis,
    /// The message, if one is being answered.
    pub inbox: Option<InboxRow>,
    /// The words for an earlier message that waits for them.
    pub late: Option<LateAnswer>,
    /// The job that led here; it ends with this commit.
    pub finished_job: Option<Lease>,
}

impl Commit {
    /// A commit of the turn alone; set the other fields as needed.
    pub fn new(turn: Turn, before: Snapshot, batch: &str, now: Millis) -> Self {
        Self { turn, before, batch: batch.to_owned(), now, inbox: None, late: None, finished_job: None }
    }
}

/// What became of a commit. Only `Stored` changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is on the disk.
    Stored,
    /// Somebody else changed the person, the case, the binding, the ticket or the lock first: load and step again.
    Lost,
    /// The message was taken in before, or the job was finished: give the stored answer, or do nothing.
    Duplicate,
    /// Another case has the number: draw another and step again.
    NumberTaken,
}

impl Store {
    /// Stores a turn. Returns when it is durable, so what it says may be sent.
    pub async fn commit(&self, mut commit: Commit) -> Result<Committed, StoreError> {
        let rows = self.prepare(&commit);
        let open_id = commit.turn.session.open_id.clone();
        let body_len = rows.session.body.len();
        let is_answer = rows.late.is_some();
        let has_work = !rows.outbox.is_empty() || !rows.jobs.is_empty() || rows.late.is_some();
        let committed = self.inner.writer.commit(rows).await;
        if !matches!(committed, Ok(Committed::Stored)) {
            self.forget(&open_id);
            return committed;
        }
        if has_work {
            self.inner.work.notify_one();
        }
        if is_answer {
            self.inner.answered.notify_waiters();
        }
        let batch = std::mem::take(&mut commit.batch);
        self.remember(commit.after(&batch), batch, body_len);
        committed
    }

    fn prepare(&self, commit: &Commit) -> TurnRows {
        let (turn, now) = (&commit.turn, commit.now);
        let open_id = turn.session.open_id.as_str();
        // News of an ended binding is no news of the application, which is somebody else's from now on.
        let unbinds = matches!(turn.binding, Some(Binding::Unbind { .. }));
        let case_id = commit.case_id().filter(|_| !unbinds);
        // Positions are drawn in the order of reading: the late answer's words come before what follows them.
        let late = commit
            .late
            .as_ref()
            .map(|late| self.late_insert(late, self.outbox_insert(open_id, case_id, &late.otherwise, now)));
        let outbox =
            turn.outbox.iter().map(|notice| self.outbox_insert(open_id, case_id, notice, now)).collect();
        TurnRows {
            session: self.session_row(&turn.session),
            heard: commit.is_heard().then_some(now),
            inbox: commit.inbox.as_ref().map(|row| self.inbox_insert(row, now)),
            case: turn
                .case
                .as_ref()
                .map(|change| self.case_row(&change.case, change.expected, change.entered_at.unwrap_or(now))),
            attempt: self.attempt_row(commit),
            changes: self.changes(commit),
            late,
            outbox,
            jobs: turn.jobs.iter().map(|job| self.job_insert(open_id, job, now)).collect(),
            audit: turn.audit.iter().map(|audit| self.audit_insert(audit, now)).collect(),
        }
    }

    /// The rarer changes, a statement each.
    fn changes(&self, commit: &Commit) -> Vec<Change> {
        let turn = &commit.turn;
        let open_id = turn.session.open_id.as_str();
        let mut changes = Vec::new();
        let record = commit.record();
        match (&turn.binding, &record) {
            (Some(Binding::Bind { exam_no }), Some(record)) => {
                let statement = self.bind_statement(open_id, record, exam_no, commit.now);
                changes.push(Change::guarded(statement, Committed::Lost));
            }
            // A binding without a record cannot be: `step` binds only what a lookup brought.
            (Some(Binding::Bind { .. }), None) => changes.push(Change::impossible(Committed::Lost)),
            (Some(Binding::Unbind { exam_no }), _) => {
                changes.push(Change::guarded(self.unbind_statement(open_id, exam_no), Committed::Lost));
                changes.push(Change::free(outbox::unbound_statement(open_id, commit.now)));
            }
            (None, _) => {
                if let Some(record) = &turn.record {
                    changes.push(Change::guarded(self.record_statement(open_id, record), Committed::Lost));
                }
            }
        }
        changes.extend(decisions::changes(turn, commit.now));
        if let Some(ticket) = &turn.ticket {
            changes.extend(self.ticket_changes(ticket, commit.now));
        }
        for agreement in &turn.agreements {
            changes.push(Change::free(outbox::agreement_statement(open_id, agreement)));
        }
        if let Some(inquiry) = &turn.inquiry {
            changes.push(Change::free(self.inquiry_statement(commit, inquiry)));
        }
        if let Some(answered) = &turn.answered {
            let statement = self.answered_statement(answered, commit.now);
            changes.push(Change::guarded(statement, Committed::Lost));
        }
        if let Some(link) = &turn.staff_link {
            changes.extend(self.link_changes(link, open_id, commit.now));
        }
        if let Some(change) = &turn.deletion {
            let statement = deletion_statement(change, open_id, commit.now);
            changes.push(Change::guarded(statement, Committed::Lost));
        }
        if let Some(wanted) = turn.reminders {
            changes.push(Change::free(reminders::wish_statement(open_id, wanted, commit.now)));
        }
        if let Some(lease) = &commit.finished_job {
            changes.push(Change::guarded(jobs::finish_statement(lease), Committed::Duplicate));
        }
        changes
    }
}

impl Commit {
    /// Whether the person has written or acted by this turn.
    fn is_heard(&self) -> bool {
        let (now, before) = (&self.turn.session, &self.before.session);
        (now.talked_at, now.acted_at) != (before.talked_at, before.acted_at)
    }

    /// The record of the candidate who is bound after this turn.
    fn record(&self) -> Option<std::sync::Arc<crate::workflow::candidate::Candidate>> {
        let known = match (&self.turn.binding, &self.before.found.candidate) {
            (Some(Binding::Unbind { .. }), _) => return None,
            (Some(Binding::Bind { exam_no }), Some(RegistryAnswer::Known { candidate, .. }))
                if candidate.exam_no == *exam_no =>
            {
                Some(candidate)
            }
            (Some(Binding::Bind { .. }), _) => None,
            (None, _) => self.before.candidate.as_ref(),
        };
        self.turn.record.as_ref().or(known).cloned()
    }

    fn case_id(&self) -> Option<&str> {
        let changed = self.turn.case.as_ref().map(|change| &change.case);
        changed.or(self.before.case.as_ref()).map(|case| case.id.as_str())
    }

    /// The snapshot as it is once this is stored.
    fn after(mut self, batch: &str) -> Snapshot {
        let candidate = self.record();
        let found = self.before.found.candidate.take();
        let case = match (self.turn.case, self.turn.binding, found) {
            (_, Some(Binding::Unbind { .. }), _) => None,
            (Some(change), _, _) if change.case.batch == batch => {
                let mut case = change.case;
                let version = change.expected + 1;
                if case.version != version {
                    std::sync::Arc::make_mut(&mut case).version = version;
                }
                Some(case)
            }
            (_, Some(Binding::Bind { .. }), Some(RegistryAnswer::Known { case, .. })) => case,
            _ => self.before.case,
        };
        let mut session = self.turn.session;
        session.version += 1;
        Snapshot { session, candidate, case, found: Found::default() }
    }
}

/// A turn as rows, everything personal sealed.
pub(super) struct TurnRows {
    pub(super) session: SessionRow,
    /// The person has written or acted, then: what is held for them is due.
    heard: Option<Millis>,
    inbox: Option<InboxInsert>,
    case: Option<CaseRow>,
    attempt: Option<AttemptRow>,
    changes: Vec<Change>,
    late: Option<LateInsert>,
    outbox: Vec<OutboxInsert>,
    jobs: Vec<JobInsert>,
    pub(super) audit: Vec<AuditInsert>,
}

/// A statement, and what it means when it does not write exactly one row.
pub(super) struct Change {
    statement: Statement,
    otherwise: Option<Committed>,
}

impl Change {
    /// Any number of rows is right.
    pub(super) fn free(statement: Statement) -> Self {
        Self { statement, otherwise: None }
    }

    /// One row, else the turn ends as told.
    pub(super) fn guarded(statement: Statement, otherwise: Committed) -> Self {
        Self { statement, otherwise: Some(otherwise) }
    }

    /// Never one row.
    fn impossible(otherwise: Committed) -> Self {
        Self::guarded(Statement::new("delete from sessions where 1 = 0"), otherwise)
    }
}

/// Writes a group's rows inside an open transaction. The order of tables is the same for every process, and within a
/// table rows come by openid, so that two processes never wait for each other in a circle. The inbox comes first: a
/// repeated message is told as such, and not as a lost race.
pub(super) async fn write(
    tables: &Tables,
    connection: &mut AnyConnection,
    links: Option<&mut Links>,
    turns: &[&TurnRows],
) -> Result<(), Refused> {
    write_inbox(tables, connection, turns).await?;
    let sessions: Vec<&SessionRow> = turns.iter().map(|turn| &turn.session).collect();
    let written = tables.sessions.write(connection, &sessions, |row, values| row.bind(values)).await?;
    if written != sessions.len() as u64 {
        return Err(Refused::Turn(Committed::Lost));
    }
    let cases: Vec<&CaseRow> = turns.iter().filter_map(|turn| turn.case.as_ref()).collect();
    let written = tables.cases.write(connection, &cases, |row, values| row.bind(values)).await?;
    if written != cases.len() as u64 {
        return Err(Refused::Turn(Committed::Lost));
    }
    write_attempts(tables, connection, turns).await?;
    for change in turns.iter().flat_map(|turn| &turn.changes) {
        let affected = change.statement.run(connection).await?.affected;
        if let Some(otherwise) = change.otherwise
            && affected != 1
        {
            return Err(Refused::Turn(otherwise));
        }
    }
    write_outbox(tables, connection, turns).await?;
    let jobs: Vec<&JobInsert> = turns.iter().flat_map(|turn| &turn.jobs).collect();
    tables.jobs.write(connection, &jobs, |row, values| row.bind(values)).await?;
    let audit: Vec<&AuditInsert> = turns.iter().flat_map(|turn| &turn.audit).collect();
    match links {
        Some(links) => links.append(&tables.audit, connection, &audit).await?,
        None => debug_assert!(audit.is_empty(), "lines want a chain"),
    }
    Ok(())
}

/// A number that is locked takes neither a binding nor a failure more.
async fn write_attempts(
    tables: &Tables,
    connection: &mut AnyConnection,
    turns: &[&TurnRows],
) -> Result<(), Refused> {
    let attempts = AttemptRow::joined(turns.iter().filter_map(|turn| turn.attempt.as_ref()));
    let written = tables.attempts.write(connection, &attempts, AttemptRow::bind).await?;
    if written == attempts.len() as u64 { Ok(()) } else { Err(Refused::Turn(Committed::Lost)) }
}

async fn write_inbox(
    tables: &Tables,
    connection: &mut AnyConnection,
    turns: &[&TurnRows],
) -> Result<(), Refused> {
    let messages: Vec<&InboxInsert> = turns.iter().filter_map(|turn| turn.inbox.as_ref()).collect();
    let written = tables.inbox.write(connection, &messages, |row, values| row.bind(values)).await?;
    if written == messages.len() as u64 {
        return Ok(());
    }
    Err(Refused::Turn(Committed::Duplicate))
}

/// Outbox rows, and those that late answers become when nobody waits for them.
async fn write_outbox(
    tables: &Tables,
    connection: &mut AnyConnection,
    turns: &[&TurnRows],
) -> Result<(), Refused> {
    let heard: Vec<(&str, Millis)> =
        turns.iter().filter_map(|turn| Some((turn.session.open_id.as_str(), turn.heard?))).collect();
    tables.released.write(connection, &heard).await?;
    let mut rows: Vec<&OutboxInsert> = Vec::new();
    for turn in turns {
        if let Some(late) = &turn.late
            && late.in_time.run(connection).await?.affected == 0
        {
            late.too_late.run(connection).await?;
            rows.push(&late.otherwise);
        }
        rows.extend(&turn.outbox);
    }
    tables.outbox.write(connection, &rows, |row, values| row.bind(values)).await?;
    Ok(())
}

/// After a unique violation of a turn alone: whether its case's number belongs to another case.
pub(super) async fn explain_violation(
    turn: &TurnRows,
    connection: &mut AnyConnection,
) -> Result<Committed, Refused> {
    let Some(case) = &turn.case else { return Ok(Committed::Lost) };
    let taken = count(&case.namesake_statement(), connection).await? > 0;
    Ok(if taken { Committed::NumberTaken } else { Committed::Lost })
}

async fn count(statement: &Statement, connection: &mut AnyConnection) -> Result<i64, Refused> {
    let rows = statement.run(connection).await?.rows;
    Ok(rows.first().map(|row| super::column(row, 0)).transpose().map_err(Refused::Failed)?.unwrap_or(0))
}
