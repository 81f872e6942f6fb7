//! What the offices' pages and reports ask of announcements: what waits for an approval, and to whom nothing came.

use sqlx::AssertSqlSafe;

use super::Broadcast;
use crate::{
    store::{OutboxState, Store, StoreError, column, sessions::NAME, statement::Statement, time_column},
    time::Millis,
};

/// Most announcements that wait for an approval at once and are listed.
const PROPOSED: u32 = 50;

/// Which single messages of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// Given up, in doubt, or waiting for their person.
    Undelivered,
    /// That may have come twice or not at all, however they ended.
    Doubtful,
}

/// A single message that did not plainly arrive.
#[derive(Debug, Clone)]
pub struct MissedRow {
    /// The row's id: where the next page begins.
    pub id: String,
    /// To whom.
    pub open_id: String,
    /// Where it stands.
    pub state: OutboxState,
    /// Why, in the outbox's own words.
    pub reason: String,
    /// How often nobody knew.
    pub doubts: i64,
    /// When it ended, if it has.
    pub ended_at: Option<Millis>,
    /// The name of whom the person has bound.
    pub name: Option<String>,
}

impl Store {
    /// Announcements that wait for an approval, the oldest first.
    pub async fn proposed_broadcasts(&self) -> Result<Vec<Broadcast>, StoreError> {
        let columns = super::COLUMNS;
        let text = format!(
            "select {columns} from broadcasts where state = 'proposed' order by number limit {PROPOSED}"
        );
        let rows = self.read(Statement::returning(AssertSqlSafe(text))).await?;
        rows.iter().map(|row| self.read_broadcast(row)).collect()
    }

    /// Whether an announcement has a picture.
    pub async fn has_broadcast_picture(&self, id: &str) -> Result<bool, StoreError> {
        let statement = Statement::returning("select count(*) from broadcast_pictures where broadcast = $1");
        let rows = self.read(statement.text(id)).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| column(row, 0))?;
        Ok(count > 0)
    }

    /// Single messages of an announcement that did not plainly arrive, in the order of their ids: those after one, at most
    /// `limit`.
    pub async fn missed(
        &self,
        broadcast: &str,
        which: Missed,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MissedRow>, StoreError> {
        let rows = self.read(missed(broadcast, which, after, limit)).await?;
        rows.iter()
            .map(|row| {
                let name = match column::<Option<String>>(row, 6)? {
                    Some(exam_key) => Some(self.open_text(NAME, &exam_key, &column::<Vec<u8>>(row, 7)?)?),
                    None => None,
                };
                Ok(MissedRow {
                    id: column(row, 0)?,
                    open_id: column(row, 1)?,
                    state: OutboxState::read(row, 2)?,
                    reason: column::<Option<String>>(row, 3)?.unwrap_or_default(),
                    doubts: column(row, 4)?,
                    ended_at: time_column(row, 5)?,
                    name,
                })
            })
            .collect()
    }
}

/// The page as a statement: each kind has its own index in the order of ids.
pub(in crate::store) fn missed(broadcast: &str, which: Missed, after: &str, limit: u32) -> Statement {
    let condition = match which {
        Missed::Undelivered => "o.state in ('given_up', 'in_doubt', 'held')",
        Missed::Doubtful => "o.doubts > 0",
    };
    let text = format!(
        "select o.id, o.open_id, o.state, o.reason, o.doubts, o.ended_at, b.exam_key, b.name \
         from (select id, open_id, state, reason, doubts, ended_at from outbox o \
         where o.broadcast = $1 and {condition} and o.id > $2 order by o.id limit {limit}) as o \
         left join bindings b on b.open_id = o.open_id order by o.id"
    );
    Statement::returning(AssertSqlSafe(text)).text(broadcast).text(after)
}
