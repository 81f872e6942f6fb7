//! How far an announcement is, for people: counts by how its rows ended, and who may have it twice.

use crate::store::{Channel, OutboxState, Store, StoreError, column, statement::Statement};

/// Single messages that stand alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Where.
    pub state: OutboxState,
    /// By which way they went.
    pub channel: Option<Channel>,
    /// Why they stand there.
    pub reason: Option<String>,
    /// How many.
    pub count: i64,
}

/// A single message that may have arrived twice, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The row's id.
    pub id: String,
    /// To whom.
    pub open_id: String,
    /// Where it stands now.
    pub state: OutboxState,
    /// How often nobody knew.
    pub doubts: i64,
}

impl Store {
    /// How the single messages of an announcement stand.
    pub async fn tally(&self, id: &str) -> Result<Vec<Tally>, StoreError> {
        let statement = Statement::returning(
            "select state, channel, reason, count(*) from outbox where broadcast = $1 group by state, channel, reason",
        );
        let rows = self.read(statement.text(id)).await?;
        rows.iter()
            .map(|row| {
                Ok(Tally {
                    state: OutboxState::read(row, 0)?,
                    channel: Channel::read(row, 1)?,
                    reason: column(row, 2)?,
                    count: column(row, 3)?,
                })
            })
            .collect()
    }

    /// Single messages of an announcement that are or were in doubt, at most `limit`, the oldest first.
    pub async fn doubts(&self, id: &str, limit: u32) -> Result<Vec<Doubt>, StoreError> {
        let statement = Statement::returning(
            "select id, open_id, state, doubts from outbox where broadcast = $1 and doubts > 0 order by id limit $2",
        );
        let rows = self.read(statement.text(id).number(i64::from(limit))).await?;
        rows.iter()
            .map(|row| {
                Ok(Doubt {
                    id: column(row, 0)?,
                    open_id: column(row, 1)?,
                    state: OutboxState::read(row, 2)?,
                    doubts: column(row, 3)?,
                })
            })
            .collect()
    }
}
