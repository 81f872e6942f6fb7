//! What was answered to the writes of the JSON API: who asks the same again is told the same, and nothing is done twice.
//!
//! A request first begins its row, is then worked on, and writes its answer there before anybody hears it. A process that
//! dies in between leaves a row that is leased; when the lease is over the same request may begin again, and what it
//! asks for is guarded by itself: by a round, a version, or a state that is no longer so.

use serde::{Deserialize, Serialize};

use super::{Store, StoreError, column, statement::Statement};
use crate::time::Millis;

const ANSWER: &str = "api_answers/answer";

/// How long an answer is kept, in seconds.
const KEPT_SECONDS: i64 = 24 * 3600;
/// How long one request is worked on at most: twice what the API grants the longest of them.
const LEASE_SECONDS: i64 = 120;

/// A write that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiCall {
    /// The key's id.
    pub key_id: String,
    /// What the client calls it.
    pub name: String,
    /// Hash of all that is asked.
    pub asked: String,
    /// Drawn: names this one request.
    pub lease: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// Content-Type.
    pub kind: String,
    /// The body, which is text.
    pub body: String,
}

/// Where a write stands that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is this request's to do.
    Now,
    /// Another request is at it.
    Elsewhere,
    /// It is done.
    Before(ApiAnswer),
    /// The client has used the name for something else.
    Otherwise,
}

impl Store {
    /// Begins a write, unless it was begun before.
    pub async fn begin_api_call(&self, call: &ApiCall, wire: Millis) -> Result<Begun, StoreError> {
        let begin = Statement::new(
            "insert into api_answers (key_id, name, asked, lease, leased_until, until, answer) \
             values ($1, $2, $3, $4, $5, $6, null) \
             on conflict (key_id, name) do update set asked = excluded.asked, lease = excluded.lease, \
             leased_until = excluded.leased_until, until = excluded.until, answer = null \
             where api_answers.until <= $7 or (api_answers.answer is null and api_answers.leased_until <= $7 \
             and api_answers.asked = excluded.asked)",
        )
        .text(call.key_id.as_str())
        .text(call.name.as_str())
        .text(call.asked.as_str())
        .text(call.lease.as_str())
        .number(wire.plus_seconds(LEASE_SECONDS).0)
        .number(wire.plus_seconds(KEPT_SECONDS).0)
        .number(wire.0);
        if self.write_alone(begin).await? == 1 {
            return Ok(Begun::Now);
        }
        let statement =
            Statement::returning("select asked, answer from api_answers where key_id = $1 and name = $2")
                .text(call.key_id.as_str())
                .text(call.name.as_str());
        let rows = self.read(statement).await?;
        // Taken away in the same moment: the client comes again.
        let Some(row) = rows.first() else { return Ok(Begun::Elsewhere) };
        if column::<String>(row, 0)? != call.asked {
            return Ok(Begun::Otherwise);
        }
        match column::<Option<Vec<u8>>>(row, 1)? {
            Some(sealed) => Ok(Begun::Before(self.open_json(ANSWER, &call.row(), &sealed)?)),
            None => Ok(Begun::Elsewhere),
        }
    }

    /// Writes down what a write that is this request's came to.
    pub async fn end_api_call(&self, call: &ApiCall, answer: &ApiAnswer) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update api_answers set answer = $1 where key_id = $2 and name = $3 and lease = $4",
        )
        .blob(self.seal_json(ANSWER, &call.row(), answer));
        self.write_alone(call.own(statement)).await.map(drop)
    }

    /// Forgets a write that came to nothing: the same may be asked for again at once.
    pub async fn drop_api_call(&self, call: &ApiCall) -> Result<(), StoreError> {
        let statement =
            Statement::new("delete from api_answers where key_id = $1 and name = $2 and lease = $3");
        self.write_alone(call.own(statement)).await.map(drop)
    }

    /// Forgets answers whose time is over, at most so many; how many.
    pub async fn forget_api_answers(&self, wire: Millis, limit: u32) -> Result<u64, StoreError> {
        let skip_locked = self.inner.dialect.skip_locked();
        let text = format!(
            "delete from api_answers where (key_id, name) in (select key_id, name from api_answers \
             where until <= $1 limit {limit}{skip_locked})"
        );
        self.write_alone(Statement::new(sqlx::AssertSqlSafe(text)).number(wire.0)).await
    }
}

impl ApiCall {
    /// Its row, for sealing.
    fn row(&self) -> String {
        format!("{} {}", self.key_id, self.name)
    }

    fn own(&self, statement: Statement) -> Statement {
        statement.text(self.key_id.as_str()).text(self.name.as_str()).text(self.lease.as_str())
    }
}
