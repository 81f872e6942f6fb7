//! Messages taken in and the answers they got.
//!
//! The row is written with the turn that answers, so an answer exists exactly when its effects do. A message that
//! waits for a verdict is stored without an answer; whoever comes first, the verdict or 「正在检查」, writes it by
//! compare-and-swap. A verdict answers only while some delivery waits (`awaited_until`, which each extends to its own
//! deadline): later its words go to the outbox and the answer becomes an empty one, so that nobody reads them twice,
//! whatever the clocks say. Do not ask [`Store::inbox`] before each message: commit, and ask when that says
//! [`Duplicate`](super::Committed::Duplicate). A read a message costs as much as the message.

use std::sync::Arc;

use sqlx::AssertSqlSafe;

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    outbox::OutboxInsert,
    statement::Statement,
};
use crate::{time::Millis, turn::Notice};

pub(super) const ANSWER: &str = "inbox/answer";

/// A message taken in by the turn being committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// `Inbound::key`.
    pub key: String,
    /// Keyed hash of a plain body; empty for a sealed one.
    pub body_hash: String,
    /// The inner XML of the answer (empty for none); `None` while a verdict is awaited.
    pub answer: Option<String>,
    /// Without an answer: until when its delivery waits for one. Wire time.
    pub awaited_until: Option<Millis>,
}

/// What is known of a message that came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Keyed hash of the plain body that came then; empty for a sealed one.
    pub body_hash: String,
    /// The answer given (empty for none); `None` while a verdict is awaited.
    pub answer: Option<String>,
}

/// A verdict's words for the message that waits for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateAnswer {
    /// `Inbound::key` of the message that brought the picture.
    pub key: String,
    /// The inner XML to answer it with.
    pub xml: String,
    /// What is sent when the message was answered already, or nobody waits for it any more.
    pub otherwise: Notice,
    /// When the verdict came. Wire time.
    pub at: Millis,
}

impl Store {
    /// What is known of a message.
    pub async fn inbox(&self, key: &str) -> Result<Option<Seen>, StoreError> {
        let statement = Statement::returning("select body_hash, answer from inbox where key = $1").text(key);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let answer = column::<Option<Vec<u8>>>(row, 1)?
            .map(|sealed| self.open_text(ANSWER, key, &sealed))
            .transpose()?;
        Ok(Some(Seen { body_hash: column(row, 0)?, answer }))
    }

    /// Another delivery of a message waits for its verdict, until `until` (wire time). Shortens nobody's wait.
    pub async fn await_answer(&self, key: &str, until: Millis) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update inbox set awaited_until = $1 where key = $2 and answer is null \
             and (awaited_until is null or awaited_until < $1)",
        )
        .number(until.0)
        .text(key);
        self.write_alone(statement).await.map(drop)
    }

    /// Answers a waiting message. False when it has an answer by now: the caller reads that one with
    /// [`Store::inbox`] and gives it.
    pub async fn answer_pending(&self, key: &str, xml: &str) -> Result<bool, StoreError> {
        Ok(self.write_alone(self.answer_statement(key, xml)).await? == 1)
    }

    /// Deletes up to `limit` messages taken in before an instant; returns how many. Call again while it returns
    /// `limit`.
    pub async fn forget_inbox(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let find = Statement::returning("select key from inbox where received_at < $1 limit $2")
            .number(before.0)
            .number(i64::from(limit));
        // What another process is forgetting just now is passed over.
        let delete: Arc<str> = Arc::from(format!(
            "delete from inbox where key in (select key from inbox where key = $1{})",
            self.inner.dialect.skip_locked()
        ));
        let delete = |key: String| Statement::new(AssertSqlSafe(Arc::clone(&delete))).text(key);
        let deletes = self
            .read(find)
            .await?
            .iter()
            .map(|row| Ok(delete(column(row, 0)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let done = self.write(deletes).await?;
        Ok(done.iter().map(|done| done.affected).sum())
    }

    pub(super) fn inbox_insert(&self, row: &InboxRow, now: Millis) -> InboxInsert {
        InboxInsert {
            key: row.key.clone(),
            body_hash: row.body_hash.clone(),
            answer: row.answer.as_ref().map(|xml| self.seal(ANSWER, &row.key, xml.as_bytes())),
            awaited_until: row.awaited_until.map(|until| until.0),
            received_at: now.0,
        }
    }

    fn answer_statement(&self, key: &str, xml: &str) -> Statement {
        Statement::new("update inbox set answer = $1, awaited_until = null where key = $2 and answer is null")
            .blob(self.seal(ANSWER, key, xml.as_bytes()))
            .text(key)
    }

    pub(super) fn late_insert(&self, late: &LateAnswer, otherwise: OutboxInsert) -> LateInsert {
        LateInsert {
            in_time: Statement::new(
                "update inbox set answer = $1, awaited_until = null \
                 where key = $2 and answer is null and awaited_until > $3",
            )
            .blob(self.seal(ANSWER, &late.key, late.xml.as_bytes()))
            .text(late.key.as_str())
            .number(late.at.0),
            too_late: self.answer_statement(&late.key, ""),
            otherwise,
        }
    }
}

/// One message to write.
pub(super) struct InboxInsert {
    key: String,
    body_hash: String,
    answer: Option<Vec<u8>>,
    awaited_until: Option<i64>,
    received_at: i64,
}

impl InboxInsert {
    /// A key seen before is left alone and not counted.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::fine(
            dialect,
            "insert into inbox (key, body_hash, answer, awaited_until, received_at)",
            5,
            "on conflict do nothing",
        )
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.key);
        values.text(&self.body_hash);
        values.blob_or_null(self.answer.as_deref());
        values.number_or_null(self.awaited_until);
        values.number(self.received_at);
    }
}

/// A late answer to write: into the inbox if somebody waits, else into the outbox.
pub(super) struct LateInsert {
    /// Writes one row when somebody waits.
    pub(super) in_time: Statement,
    /// Closes the message with an empty answer: the words go another way.
    pub(super) too_late: Statement,
    pub(super) otherwise: OutboxInsert,
}
