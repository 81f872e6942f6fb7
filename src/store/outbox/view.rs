//! The outbox as people see it: how much waits, what went wrong, and 「再发一次」.

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{BODY, Channel, OutboxState};
use crate::{
    store::{Store, StoreError, column, dialect::Dialect, statement::Statement, time_column},
    time::Millis,
    turn::{Audit, Notice},
};

/// Which rows people want to see. `None` is no condition.
#[derive(Debug, Clone, Default)]
pub struct OutboxFilter {
    /// In this state.
    pub state: Option<OutboxState>,
    /// To this person.
    pub open_id: Option<String>,
    /// Only rows that may have reached the person twice or not at all.
    pub doubtful: bool,
    /// Only rows that ended badly: given up or in doubt.
    pub ended_badly: bool,
    /// For this reason: word and number, without the platform's request id; empty for none.
    pub reason: Option<String>,
    /// At most so many; 0 means 100.
    pub limit: u32,
    /// Older than the row of this position.
    pub before: Option<String>,
}

/// A line of the outbox page; the content stays sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSummary {
    /// The row's id.
    pub id: String,
    /// Sorts by age; the key of the next page.
    pub position: String,
    /// The person.
    pub open_id: String,
    /// The application it speaks of.
    pub case_id: Option<String>,
    /// The number by which people know it.
    pub case_number: Option<String>,
    /// Name in `dialogs/notices.toml`, or `reply`.
    pub event: String,
    /// Where it stands.
    pub state: OutboxState,
    /// How often it was leased.
    pub attempts: i64,
    /// How often a send ended without word.
    pub doubts: i64,
    /// From when on it may be sent, while it is to be sent.
    pub due_at: Option<Millis>,
    /// By which way it travelled.
    pub channel: Option<Channel>,
    /// Why it stands there.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Millis,
    /// When it came to its end.
    pub ended_at: Option<Millis>,
}

impl Store {
    /// How many rows stand in each state; states without any are left out.
    pub async fn count_outbox(&self) -> Result<Vec<(OutboxState, i64)>, StoreError> {
        let statement =
            Statement::returning("select state, count(*) from outbox group by state order by state");
        self.read(statement)
            .await?
            .iter()
            .map(|row| Ok((OutboxState::read(row, 0)?, column(row, 1)?)))
            .collect()
    }

    /// Rows for people, newest first.
    pub async fn list_outbox(&self, filter: &OutboxFilter) -> Result<Vec<OutboxSummary>, StoreError> {
        self.read(filter.statement(self.inner.dialect)).await?.iter().map(summary).collect()
    }

    /// One row as people see it.
    pub async fn outbox_row(&self, id: &str) -> Result<Option<OutboxSummary>, StoreError> {
        let text = format!("select {COLUMNS} from outbox where id = $1");
        let statement = Statement::returning(AssertSqlSafe(text)).text(id);
        self.read(statement).await?.first().map(summary).transpose()
    }

    /// The content of one row, for the page that shows it.
    pub async fn outbox_notice(&self, id: &str) -> Result<Option<Notice>, StoreError> {
        let statement =
            Statement::returning("select event, body, important from outbox where id = $1").text(id);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let body: Vec<u8> = column(row, 1)?;
        Ok(Some(Notice {
            id: id.to_owned(),
            event: column(row, 0)?,
            body: self.open_json(BODY, id, &body)?,
            important: column::<i64>(row, 2)? != 0,
            revocable: None,
        }))
    }

    /// Makes a row due that was held, given up or in doubt: people's 「再发一次」, with its line of the audit. False when it
    /// is in no such state, is just being moved to another, or speaks of an application that the person no longer
    /// holds; then nothing is written.
    pub async fn send_again(&self, id: &str, actor: &str, now: Millis) -> Result<bool, StoreError> {
        let audit = Audit {
            actor: actor.to_owned(),
            act: "send_again".to_owned(),
            subject: id.to_owned(),
            detail: "outbox".to_owned(),
        };
        // The line first: it locks the row, so that both see the same state.
        let skip_locked = self.inner.dialect.skip_locked();
        let of = format!(
            "outbox where id = $7 and state in ('held', 'given_up', 'in_doubt') and {OWN}{skip_locked}"
        );
        let (line, line_id) = self.audit_of(&audit, now, &of);
        let statement = Statement::new(
            "update outbox set state = 'due', due_at = $1, held_at = null, ended_at = null, doubts = 0, \
             attempts = 0, tried_at = null, lease = null where id = $2 and exists (select 1 from audit where id = $3)",
        )
        .number(now.0)
        .text(id)
        .text(line_id);
        let again = self.write_told(line.text(id), statement).await?;
        if again {
            self.inner.work.notify_one();
        }
        Ok(again)
    }
}

impl OutboxFilter {
    /// The page as a statement.
    pub(in crate::store) fn statement(&self, dialect: Dialect) -> Statement {
        let mut conditions = vec![if self.doubtful { "doubts > 0" } else { "1 = 1" }.to_owned()];
        if self.ended_badly {
            conditions.push("state in ('given_up', 'in_doubt')".to_owned());
        }
        let of_reason = format!("coalesce({}, '') =", dialect.two_words("reason"));
        let mut values: Vec<&str> = Vec::new();
        let wanted = [
            ("state =", self.state.map(OutboxState::name)),
            ("open_id =", self.open_id.as_deref()),
            (of_reason.as_str(), self.reason.as_deref()),
            ("position <", self.before.as_deref()),
        ];
        for (condition, value) in wanted {
            if let Some(value) = value {
                values.push(value);
                conditions.push(format!("{condition} ${}", values.len()));
            }
        }
        let limit = if self.limit == 0 { 100 } else { self.limit };
        let text = format!(
            "select {COLUMNS} from outbox where {} order by position desc limit {limit}",
            conditions.join(" and ")
        );
        values.into_iter().fold(Statement::returning(AssertSqlSafe(text)), Statement::text)
    }
}

/// Speaks of nothing, or of an application of the person's own: after an unbinding the account may be another's.
const OWN: &str = "(case_id is null or exists (select 1 from cases c join bindings b on b.exam_key = c.exam_key \
                   where c.id = outbox.case_id and b.open_id = outbox.open_id))";

/// What [`summary`] reads.
const COLUMNS: &str = "id, position, open_id, case_id, event, state, attempts, doubts, due_at, channel, reason, \
                       created_at, ended_at, \
                       (select c.number from cases c where c.id = outbox.case_id)";

fn summary(row: &AnyRow) -> Result<OutboxSummary, StoreError> {
    Ok(OutboxSummary {
        id: column(row, 0)?,
        position: column(row, 1)?,
        open_id: column(row, 2)?,
        case_id: column(row, 3)?,
        event: column(row, 4)?,
        state: OutboxState::read(row, 5)?,
        attempts: column(row, 6)?,
        doubts: column(row, 7)?,
        due_at: time_column(row, 8)?,
        channel: Channel::read(row, 9)?,
        reason: column(row, 10)?,
        created_at: Millis(column(row, 11)?),
        ended_at: time_column(row, 12)?,
        case_number: column(row, 13)?,
    })
}
