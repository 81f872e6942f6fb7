//! Mass sends: lists made of the gathered people, leased, called for once under their key, and how each ended.

use sqlx::any::AnyRow;

use super::Broadcast;
use crate::{
    clock::Now,
    store::{Lease, Store, StoreError, column, statement::Statement, time_column, write::Write},
    time::Millis,
};

/// Most people of a list (protocol §9).
const LIST: i64 = 10_000;
/// The platform takes sixty mass sends a minute (protocol §9), counted as it likes: fewer in any minute and a bit keep
/// within that, also when two processes ask in the same moment.
const CALLS: i64 = 55;
const MINUTE_MS: i64 = 61_000;

/// Where a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SendState {
    /// To be called for.
    Due,
    /// Being called for.
    Leased,
    /// The platform has it.
    Taken,
    /// The platform refuses it.
    Failed,
    /// Called off before.
    Cancelled,
}

impl SendState {
    const ALL: [Self; 5] = [Self::Due, Self::Leased, Self::Taken, Self::Failed, Self::Cancelled];

    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Leased => "leased",
            Self::Taken => "taken",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRow {
    /// Which announcement's.
    pub broadcast: String,
    /// From 1.
    pub nth: i64,
    /// Its people: after this openid.
    pub after: String,
    /// Up to and with this one.
    pub through: String,
    /// How many.
    pub people: i64,
    /// Where it stands.
    pub state: SendState,
    /// How often it was called for.
    pub attempts: i64,
    /// The draft that it shows.
    pub media_id: Option<String>,
    /// The platform's number.
    pub msg_id: Option<i64>,
    /// Why it stands there.
    pub reason: Option<String>,
    /// When the platform took it.
    pub taken_at: Option<Millis>,
    /// When it was taken back.
    pub deleted_at: Option<Millis>,
}

/// How a call for a list ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendEnd {
    /// The platform has it.
    Taken {
        /// Its number.
        msg_id: i64,
    },
    /// Again then, under the same key: it is done once however often it is asked for.
    RetryAt {
        /// When.
        at: Millis,
        /// Why.
        reason: String,
    },
    /// Never.
    Failed {
        /// Why.
        reason: String,
    },
}

const COLUMNS: &str =
    "broadcast, nth, after, through, people, state, attempts, media_id, msg_id, reason, taken_at, deleted_at";

impl Store {
    /// Makes the next list of an announcement. False when another worker made it, or the announcement does not run any
    /// more.
    pub async fn make_list(&self, broadcast: &Broadcast, now: Millis) -> Result<bool, StoreError> {
        let (id, after) = (broadcast.id.as_str(), broadcast.marks.listed_to.as_str());
        let listed = Statement::returning(
            "select cast(coalesce(sum(people), 0) as bigint) from broadcast_sends where broadcast = $1",
        );
        let rows = self.read(listed.text(id)).await?;
        let listed: i64 = rows.first().map_or(Ok(0), |row| column(row, 0))?;
        let left = broadcast.marks.counted.as_ref().map_or(0, |counted| counted.mass) - listed;
        // Of one size, so that none is too small for the platform.
        let lists = (left + LIST - 1) / LIST;
        let size = if lists == 0 { 0 } else { (left + lists - 1) / lists };
        let page = Statement::returning(
            "select max(open_id), count(*) from (select open_id from broadcast_people where broadcast = $1 \
             and open_id > $2 and route = 'mass' order by open_id limit $3) as page",
        );
        let rows = self.read(page.text(id).text(after).number(size)).await?;
        let through: Option<String> = rows.first().map(|row| column(row, 0)).transpose()?.flatten();
        let Some(through) = through else {
            let out = Statement::new(
                "update broadcasts set lists_out = 1 where id = $1 and listed_to = $2 and state = 'running'",
            );
            return Ok(self.write_one(out.text(id).text(after)).await? == 1);
        };
        let people: i64 = rows.first().map_or(Ok(0), |row| column(row, 1))?;
        let nth = broadcast.marks.lists + 1;
        let mark = Statement::new(
            "update broadcasts set listed_to = $1, lists = $2, lists_out = $3 \
             where id = $4 and listed_to = $5 and state = 'running'",
        )
        .text(through.as_str())
        .number(nth)
        .number(i64::from(people == left))
        .text(id)
        .text(after);
        let insert = Statement::new(
            "insert into broadcast_sends (broadcast, nth, after, through, people, state, due_at) \
             values ($1, $2, $3, $4, $5, 'due', $6)",
        )
        .text(id)
        .number(nth)
        .text(after)
        .text(through)
        .number(people)
        .number(now.0);
        let done = self.write_all(vec![mark.into(), Write::WhenWritten(insert)]).await?;
        Ok(done.first().is_some_and(|done| done.affected == 1))
    }

    /// Leases the next list that is due of a running announcement, unless as many calls as the platform takes were made in
    /// the last minute. A list whose lease ended without word comes again: its key makes that safe.
    pub async fn lease_list(&self, now: Now, seconds: i64) -> Result<Option<(SendRow, Lease)>, StoreError> {
        let token = self.next_id(now.business);
        let skip_locked = self.inner.dialect.skip_locked();
        let text = format!(
            "update broadcast_sends set state = 'leased', lease = $1, leased_until = $2, called_at = $3, \
             attempts = attempts + 1 where broadcast || ':' || nth in (select n.broadcast || ':' || n.nth \
             from broadcast_sends n where (n.state = 'due' and n.due_at <= $4 or n.state = 'leased' and n.leased_until <= $3) \
             and exists (select 1 from broadcasts b where b.id = n.broadcast and b.state = 'running') \
             order by n.broadcast, n.nth limit 1{skip_locked}) \
             and (select count(*) from broadcast_sends k where k.called_at > $5) < {CALLS} returning {COLUMNS}"
        );
        let statement = Statement::returning(sqlx::AssertSqlSafe(text))
            .text(token.as_str())
            .number(now.wire.plus_seconds(seconds).0)
            .number(now.wire.0)
            .number(now.business.0)
            .number(now.wire.0 - MINUTE_MS);
        let done = self.write(vec![statement]).await?;
        let Some(row) = done.first().and_then(|done| done.rows.first()) else { return Ok(None) };
        let row = send_row(row)?;
        let lease = Lease { id: format!("{}:{}", row.broadcast, row.nth), token };
        Ok(Some((row, lease)))
    }

    /// The people of a list.
    pub async fn list_people(&self, row: &SendRow) -> Result<Vec<String>, StoreError> {
        let statement = Statement::returning(
            "select open_id from broadcast_people where broadcast = $1 and open_id > $2 and open_id <= $3 \
             and route = 'mass' order by open_id",
        );
        let statement =
            statement.text(row.broadcast.as_str()).text(row.after.as_str()).text(row.through.as_str());
        self.read(statement).await?.iter().map(|row| column(row, 0)).collect()
    }

    /// Keeps, before the call, the draft that a list shows. False when somebody else has the list by now.
    pub async fn keep_draft(&self, row: &SendRow, lease: &Lease, media_id: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update broadcast_sends set media_id = $1 where broadcast = $2 and nth = $3 and lease = $4",
        )
        .text(media_id)
        .text(row.broadcast.as_str())
        .number(row.nth)
        .text(lease.token.as_str());
        Ok(self.write_one(statement).await? == 1)
    }

    /// Writes down how the call for a list ended; when the platform has it, that each of its people had one more mass
    /// message in `month`. False when somebody else has the list by now.
    pub async fn settle_list(
        &self,
        row: &SendRow,
        lease: &Lease,
        end: &SendEnd,
        month: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let set = match end {
            SendEnd::Taken { .. } => {
                "state = 'taken', due_at = null, reason = null, msg_id = $4, taken_at = $5"
            }
            SendEnd::RetryAt { .. } => "state = 'due', due_at = $4, reason = $5",
            SendEnd::Failed { .. } => "state = 'failed', due_at = null, taken_at = null, reason = $4",
        };
        let text = format!(
            "update broadcast_sends set leased_until = null, lease = null, {set} \
             where broadcast = $1 and nth = $2 and lease = $3"
        );
        let statement = Statement::new(sqlx::AssertSqlSafe(text))
            .text(row.broadcast.as_str())
            .number(row.nth)
            .text(lease.token.as_str());
        let mut writes = vec![match end {
            SendEnd::Taken { msg_id } => statement.number(*msg_id).number(now.0).into(),
            SendEnd::RetryAt { at, reason } => statement.number(at.0).text(reason.as_str()).into(),
            SendEnd::Failed { reason } => statement.text(reason.as_str()).into(),
        }];
        if matches!(end, SendEnd::Taken { .. }) {
            let received = Statement::new(
                "insert into mass_received (open_id, month, received) select open_id, cast($4 as text), 1 from broadcast_people \
                 where broadcast = $1 and open_id > $2 and open_id <= $3 and route = 'mass' \
                 on conflict (open_id, month) do update set received = mass_received.received + 1",
            );
            let received = received.text(row.broadcast.as_str()).text(row.after.as_str());
            writes.push(Write::WhenWritten(received.text(row.through.as_str()).text(month)));
        }
        Ok(self.write_all(writes).await?.first().is_some_and(|done| done.affected == 1))
    }

    /// All lists of an announcement.
    pub async fn lists(&self, id: &str) -> Result<Vec<SendRow>, StoreError> {
        let text = format!("select {COLUMNS} from broadcast_sends where broadcast = $1 order by nth");
        let rows = self.read(Statement::returning(sqlx::AssertSqlSafe(text)).text(id)).await?;
        rows.iter().map(send_row).collect()
    }

    /// Wishes all lists of an announcement taken back that the platform has; how many, each with no line of its own, the
    /// announcement with one. False when it has none.
    pub async fn want_back(&self, id: &str, staff: &str, now: Millis) -> Result<bool, StoreError> {
        let told = super::audit(staff, "delete_broadcast", id, "");
        let of = "broadcasts where id = $7 and exists (select 1 from broadcast_sends n where n.broadcast = $7 \
                  and n.state = 'taken' and n.deleted_at is null and n.unwanted_at is null)";
        let (line, line_id) = self.audit_of(&told, now, of);
        let wish = Statement::new(
            "update broadcast_sends set unwanted_at = $1, reason = null where broadcast = $2 and state = 'taken' \
             and deleted_at is null and unwanted_at is null and exists (select 1 from audit where id = $3)",
        );
        let done = self
            .write_all(vec![line.text(id).into(), wish.number(now.0).text(id).text(line_id).into()])
            .await?;
        Ok(done.last().is_some_and(|done| done.affected > 0))
    }

    /// Leases the next list that somebody wishes taken back.
    pub async fn lease_unwanted(
        &self,
        now: Now,
        seconds: i64,
    ) -> Result<Option<(SendRow, Lease)>, StoreError> {
        let token = self.next_id(now.business);
        let skip_locked = self.inner.dialect.skip_locked();
        let text = format!(
            "update broadcast_sends set lease = $1, leased_until = $2 \
             where broadcast || ':' || nth in (select n.broadcast || ':' || n.nth from broadcast_sends n \
             where n.unwanted_at is not null and n.deleted_at is null and coalesce(n.leased_until, 0) <= $3 \
             order by n.broadcast, n.nth limit 1{skip_locked}) returning {COLUMNS}"
        );
        let statement = Statement::returning(sqlx::AssertSqlSafe(text)).text(token.as_str());
        let statement = statement.number(now.wire.plus_seconds(seconds).0).number(now.wire.0);
        let done = self.write(vec![statement]).await?;
        let Some(row) = done.first().and_then(|done| done.rows.first()) else { return Ok(None) };
        let row = send_row(row)?;
        let lease = Lease { id: format!("{}:{}", row.broadcast, row.nth), token };
        Ok(Some((row, lease)))
    }

    /// Writes down that the platform has taken a list back, or why it does not: then nobody asks again by themselves. False
    /// when somebody else has the list by now.
    pub async fn settle_unwanted(
        &self,
        row: &SendRow,
        lease: &Lease,
        refused: Option<&str>,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update broadcast_sends set lease = null, leased_until = null, reason = $1, unwanted_at = null, \
             deleted_at = case when $1 is null then cast($2 as bigint) else null end \
             where broadcast = $3 and nth = $4 and lease = $5",
        )
        .text_or_null(refused)
        .number(now.0)
        .text(row.broadcast.as_str())
        .number(row.nth)
        .text(lease.token.as_str());
        Ok(self.write_one(statement).await? == 1)
    }
}

fn send_row(row: &AnyRow) -> Result<SendRow, StoreError> {
    let state: String = column(row, 5)?;
    Ok(SendRow {
        broadcast: column(row, 0)?,
        nth: column(row, 1)?,
        after: column(row, 2)?,
        through: column(row, 3)?,
        people: column(row, 4)?,
        state: SendState::ALL
            .into_iter()
            .find(|known| known.name() == state)
            .ok_or_else(|| StoreError::unreadable("broadcast_sends/state", &"no such state"))?,
        attempts: column(row, 6)?,
        media_id: column(row, 7)?,
        msg_id: column(row, 8)?,
        reason: column(row, 9)?,
        taken_at: time_column(row, 10)?,
        deleted_at: time_column(row, 11)?,
    })
}
