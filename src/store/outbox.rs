//! What is to be sent to people, row by row, each with a visible end (design §2.4).
//!
//! A worker *leases* rows (`leases.rs`): until the lease ends nobody else sends them, and only its holder may say how
//! it went ([`Sent`]). One person's rows are leased together and by one worker at a time, so they arrive in order, and
//! may come in one message. A lease that ends without word (a crash) during a call leaves a *doubt*: the message may
//! have been sent. Such a row is sent again once; when that, too, ends without word it stays `in_doubt` for people to look
//! at. That a call begins is written down before it ([`Store::begin_calls`]): a crash before that leaves no doubt. Template
//! messages carry the platform's re-send key, made from the row's id; after [`Store::try_as_template`] whoever takes the
//! row up sends it as a template again, under the same key, or not at all: a second try is never a second message.

mod calls;
mod decided;
mod insert;
mod marks;
mod reach;
mod released;
mod sent;
mod view;

use sqlx::{AssertSqlSafe, any::AnyRow};

pub(super) use decided::withdraw_statement;
pub(super) use insert::OutboxInsert;
pub(super) use marks::{Mark, MarkTexts};
pub(super) use reach::agreement_statement;
pub use reach::{ReachRow, Refusal};
pub(super) use released::Released;
pub use sent::Sent;
pub(super) use sent::unbound_statement;
pub use view::{OutboxFilter, OutboxSummary};

use self::sent::{Written, doubt};
use super::{
    Store, StoreError, column,
    leases::{Lease, Leased, Unreadable},
    statement::Statement,
    time_column,
};
use crate::{clock::Now, time::Millis, turn::Notice};

const BODY: &str = "outbox/body";

/// Most rows of one person that are leased together; the others come next.
const AT_ONCE: i64 = 32;

/// What `Store::read_outbox` reads.
const LEASED: &str = "position, id, open_id, case_id, event, body, important, attempts, doubts, waited, tried_at, \
                      created_at, due_at, broadcast";

/// A row to be sent, leased to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The right to say how it ended.
    pub lease: Lease,
    /// The person.
    pub open_id: String,
    /// The application it speaks of.
    pub case_id: Option<String>,
    /// What to send; its id is the row's.
    pub notice: Notice,
    /// How often it was leased, this time included.
    pub attempts: i64,
    /// How often a send ended without word; above 0 the person may have it already.
    pub doubts: i64,
    /// It has been held before.
    pub waited: bool,
    /// When it was first tried as a template message, if nobody knows whether that arrived.
    /// Business time.
    pub tried_at: Option<Millis>,
    /// When the turn that wrote it happened. Business time.
    pub created_at: Millis,
    /// Since when it is to be sent. Business time.
    pub due_at: Millis,
    /// The announcement that it is of.
    pub broadcast: Option<String>,
}

/// By which way a push travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// 客服消息, inside a window.
    Custom,
    /// 模板消息.
    Template,
    /// 订阅通知.
    Subscription,
}

impl Channel {
    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Template => "template",
            Self::Subscription => "subscription",
        }
    }

    pub(super) fn read(row: &AnyRow, at: usize) -> Result<Option<Self>, StoreError> {
        let Some(name) = column::<Option<String>>(row, at)? else { return Ok(None) };
        let known = [Self::Custom, Self::Template, Self::Subscription]
            .into_iter()
            .find(|channel| channel.name() == name);
        known.map(Some).ok_or_else(|| StoreError::unreadable("outbox/channel", &"no such channel"))
    }
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutboxState {
    /// Waiting for its time or a worker.
    Due,
    /// Being sent.
    Leased,
    /// Until the person writes.
    Held,
    /// Until its announcement goes on.
    Paused,
    /// The platform took it.
    Delivered,
    /// Never sent, for a reason.
    GivenUp,
    /// Sent at least once, perhaps twice, and nobody knows.
    InDoubt,
}

impl OutboxState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Due, Self::Leased, Self::Held, Self::Paused, Self::Delivered, Self::GivenUp, Self::InDoubt];

    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Leased => "leased",
            Self::Held => "held",
            Self::Paused => "paused",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::InDoubt => "in_doubt",
        }
    }

    pub(super) fn read(row: &AnyRow, at: usize) -> Result<Self, StoreError> {
        let name: String = column(row, at)?;
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| StoreError::unreadable("outbox/state", &"no such state"))
    }
}

impl Store {
    /// Leases the rows that are due of up to `limit` people, those who have waited longest first, for some seconds of wire
    /// time. Rows whose lease ended without word come again; those whose call had begun once, with a doubt.
    pub async fn lease_outbox(
        &self,
        limit: u32,
        now: Now,
        seconds: i64,
    ) -> Result<Leased<OutboxRow>, StoreError> {
        let token = self.next_id(now.business);
        let skip_locked = self.inner.dialect.skip_locked();
        let ended = format!("id in (select id from outbox where leased_until <= $5{skip_locked})");
        let lapse = doubt(&ended, now.business, now.business, "crashed").number(now.wire.0);
        let lease = Statement::returning(AssertSqlSafe(format!(
            "with heads as (select o.open_id from outbox o where o.due_at <= $1 and o.leased_until is null and not exists \
             (select 1 from outbox e where e.open_id = o.open_id and e.due_at is not null \
             and (e.leased_until is not null or e.due_at <= $1 and e.position < o.position)) \
             order by o.due_at, o.position limit $2{skip_locked}) \
             update outbox set state = 'leased', lease = $3, leased_until = $4, attempts = attempts + 1 \
             where leased_until is null and id in (select o.id from heads h join outbox o on o.open_id = h.open_id \
             where o.due_at <= $1 and o.leased_until is null and (select count(*) from outbox e \
             where e.open_id = o.open_id and e.due_at <= $1 and e.position < o.position) < {AT_ONCE}) \
             returning {LEASED}"
        )))
        .number(now.business.0)
        .number(i64::from(limit))
        .text(token.as_str())
        .number(now.wire.plus_seconds(seconds).0);
        let done = self.write(vec![lapse, lease]).await?;
        let mut rows = done.iter().flat_map(|done| &done.rows).collect::<Vec<_>>();
        rows.sort_by_cached_key(|row| column::<String>(row, 0).unwrap_or_default());
        let mut leased = Leased::new();
        for row in rows {
            self.read_outbox(row, &token, &mut leased)?;
        }
        Ok(leased)
    }

    /// Writes down how a leased row went. False when the lease had ended and somebody else holds the row by now.
    /// `now` is when the window was looked at: a held row waits for a word that came after it.
    pub async fn settle_outbox(&self, lease: &Lease, sent: Sent, now: Millis) -> Result<bool, StoreError> {
        Ok(self.settle_together(vec![(lease.clone(), sent)], now).await? == 1)
    }

    /// The same for rows that came in one message; how many of them were still the caller's. Those that end alike are
    /// written in one transaction.
    pub async fn settle_together(&self, ends: Vec<(Lease, Sent)>, now: Millis) -> Result<u64, StoreError> {
        let (mut marks, mut statements) = (Vec::new(), Vec::new());
        for (lease, sent) in ends {
            match sent.written(lease, now) {
                Written::Mark(mark) => marks.push(mark),
                Written::Statement(statement) => statements.push(statement),
            }
        }
        let mut settled = 0;
        if !marks.is_empty() {
            settled += self.mark(marks).await?;
        }
        if !statements.is_empty() {
            settled += self.write(statements).await?.iter().map(|done| done.affected).sum::<u64>();
        }
        Ok(settled)
    }

    /// Makes held rows due whose person wrote or acted since; returns how many. A turn does so for its own person: this
    /// finds those whose row was just being held then.
    pub async fn release_held(&self, now: Millis) -> Result<u64, StoreError> {
        let statement = Statement::new(AssertSqlSafe(format!(
            "update outbox set state = 'due', due_at = $1, held_at = null, waited = 1 where id in \
             (select id from outbox h where h.held_at is not null and exists \
             (select 1 from sessions s where s.open_id = h.open_id \
             and (s.talked_at > h.held_at or s.acted_at > h.held_at)){})",
            self.inner.dialect.skip_locked()
        )))
        .number(now.0);
        self.write_one(statement).await
    }

    fn read_outbox(
        &self,
        row: &AnyRow,
        token: &str,
        leased: &mut Leased<OutboxRow>,
    ) -> Result<(), StoreError> {
        let lease = Lease { id: column(row, 1)?, token: token.to_owned() };
        let (open_id, case_id, event) = (column(row, 2)?, column(row, 3)?, column(row, 4)?);
        let body: Vec<u8> = column(row, 5)?;
        match self.open_json(BODY, &lease.id, &body) {
            Ok(body) => leased.rows.push(OutboxRow {
                open_id,
                case_id,
                notice: Notice {
                    id: lease.id.clone(),
                    event,
                    body,
                    important: column::<i64>(row, 6)? != 0,
                    revocable: None,
                },
                attempts: column(row, 7)?,
                doubts: column(row, 8)?,
                waited: column::<i64>(row, 9)? != 0,
                tried_at: time_column(row, 10)?,
                created_at: Millis(column(row, 11)?),
                due_at: Millis(column(row, 12)?),
                broadcast: column(row, 13)?,
                lease,
            }),
            Err(error) => {
                leased.unreadable.push(Unreadable { lease, open_id, case_id, kind: event, error });
            }
        }
        Ok(())
    }
}
