//! What is to be sent to people, row by row, each with a visible end (design §2.4).
//!
//! A worker *leases* rows (`leases.rs`): until the lease ends nobody else sends them, and only its holder may say how
//! it went ([`Sent`]). Of one person's rows only the oldest that is due is leased, so they arrive in order. A lease
//! that ends without word (a crash) during a call leaves a *doubt*: the message may have been sent. Such a row is sent
//! again once; when that, too, ends without word it stays `in_doubt` for people to look at. That a call begins is
//! written down before it ([`Store::begin_call`]): a crash before that leaves no doubt. Template messages carry the
//! platform's re-send key, made from the row's id; after [`Store::try_as_template`] whoever takes the row up sends it
//! as a template again, under the same key, or not at all: a second try is never a second message.

mod calls;
mod view;

use sqlx::{AssertSqlSafe, any::AnyRow};

pub use view::{OutboxFilter, OutboxSummary};

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    leases::{Lease, Leased, Unreadable},
    statement::Statement,
    time_column,
};
use crate::{clock::Now, time::Millis, turn::Notice};

const BODY: &str = "outbox/body";

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
    /// When it was first tried as a template message, if nobody knows whether that arrived. Wire time.
    pub tried_at: Option<Millis>,
    /// When the turn that wrote it happened. Business time.
    pub created_at: Millis,
}

/// By which way a push travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// 客服消息, inside a window.
    Custom,
    /// 模板消息.
    Template,
}

impl Channel {
    fn name(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Template => "template",
        }
    }

    fn read(row: &AnyRow, at: usize) -> Result<Option<Self>, StoreError> {
        let Some(name) = column::<Option<String>>(row, at)? else { return Ok(None) };
        let known = [Self::Custom, Self::Template].into_iter().find(|channel| channel.name() == name);
        known.map(Some).ok_or_else(|| StoreError::unreadable("outbox/channel", &"no such channel"))
    }
}

/// How a leased row went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The platform took it.
    Delivered {
        /// How.
        channel: Channel,
        /// The platform's message id, if it named one.
        platform_id: Option<String>,
    },
    /// Not now; again at this time.
    RetryAt {
        /// When.
        at: Millis,
        /// Why, without personal data.
        reason: String,
    },
    /// No window is open: wait until the person writes or acts.
    Held {
        /// Why.
        reason: String,
    },
    /// Never.
    GivenUp {
        /// Why.
        reason: String,
    },
    /// Nobody knows: the connection was cut after the request had left. Tried again once at this time.
    InDoubt {
        /// When.
        again_at: Millis,
        /// Why.
        reason: String,
    },
    /// Nobody knows whether a template message arrived: at this time again, and only as one.
    Guarded {
        /// When.
        again_at: Millis,
        /// Why.
        reason: String,
    },
    /// Nobody knows, and another try might double it.
    Unknown {
        /// Why.
        reason: String,
    },
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
    /// The platform took it.
    Delivered,
    /// Never sent, for a reason.
    GivenUp,
    /// Sent at least once, perhaps twice, and nobody knows.
    InDoubt,
}

impl OutboxState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Due, Self::Leased, Self::Held, Self::Delivered, Self::GivenUp, Self::InDoubt];

    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Leased => "leased",
            Self::Held => "held",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::InDoubt => "in_doubt",
        }
    }

    fn read(row: &AnyRow, at: usize) -> Result<Self, StoreError> {
        let name: String = column(row, at)?;
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| StoreError::unreadable("outbox/state", &"no such state"))
    }
}

impl Store {
    /// Leases up to `limit` rows that are due, oldest first and one a person, for some seconds of wire time. Rows whose
    /// lease ended without word come again; those whose call had begun once, with a doubt.
    pub async fn lease_outbox(
        &self,
        limit: u32,
        now: Now,
        seconds: i64,
    ) -> Result<Leased<OutboxRow>, StoreError> {
        let token = self.next_id(now.business);
        let skip_locked = self.inner.dialect.skip_locked();
        let ended = format!("id in (select id from outbox where leased_until <= $4{skip_locked})");
        let lapse = doubt(&ended, now.business, now.business, "crash").number(now.wire.0);
        let lease = Statement::returning(AssertSqlSafe(format!(
            "with picked as (select o.id from outbox o where o.due_at <= $1 and o.leased_until is null and not exists \
             (select 1 from outbox e where e.open_id = o.open_id and e.due_at is not null \
             and e.position < o.position and (e.due_at <= $1 or e.leased_until is not null)) \
             order by o.due_at, o.position limit $2{skip_locked}) \
             update outbox set state = 'leased', lease = $3, leased_until = $4, attempts = attempts + 1 \
             where id in (select id from picked) \
             returning id, open_id, case_id, event, body, important, attempts, doubts, tried_at, created_at, position"
        )))
        .number(now.business.0)
        .number(i64::from(limit))
        .text(token.as_str())
        .number(now.wire.plus_seconds(seconds).0);
        let done = self.write(vec![lapse, lease]).await?;
        let mut rows = done.iter().flat_map(|done| &done.rows).collect::<Vec<_>>();
        rows.sort_by_cached_key(|row| column::<String>(row, 10).unwrap_or_default());
        let mut leased = Leased::new();
        for row in rows {
            self.read_outbox(row, &token, &mut leased)?;
        }
        Ok(leased)
    }

    /// Writes down how a leased row went. False when the lease had ended and somebody else holds the row by now.
    /// `now` is when the window was looked at: a held row waits for a word that came after it.
    pub async fn settle_outbox(&self, lease: &Lease, sent: Sent, now: Millis) -> Result<bool, StoreError> {
        Ok(self.write_one(sent.statement(lease, now)).await? == 1)
    }

    /// Makes held rows due whose person wrote or acted since; returns how many.
    pub async fn release_held(&self, now: Millis) -> Result<u64, StoreError> {
        let statement = Statement::new(AssertSqlSafe(format!(
            "update outbox set state = 'due', due_at = $1, held_at = null where id in \
             (select id from outbox h where h.held_at is not null and exists \
             (select 1 from sessions s where s.open_id = h.open_id \
             and (s.talked_at > h.held_at or s.acted_at > h.held_at)){})",
            self.inner.dialect.skip_locked()
        )))
        .number(now.0);
        self.write_one(statement).await
    }

    /// How many custom messages reached a person, or may have, since an instant: the platform allows so many a window.
    pub async fn custom_messages_since(&self, open_id: &str, since: Millis) -> Result<i64, StoreError> {
        let statement = Statement::returning(
            "select count(*) from outbox where open_id = $1 and ended_at >= $2 \
             and (channel = 'custom' or (state = 'in_doubt' and tried_at is null))",
        )
        .text(open_id)
        .number(since.0);
        self.read(statement).await?.first().map_or(Ok(0), |row| column(row, 0))
    }

    fn read_outbox(
        &self,
        row: &AnyRow,
        token: &str,
        leased: &mut Leased<OutboxRow>,
    ) -> Result<(), StoreError> {
        let lease = Lease { id: column(row, 0)?, token: token.to_owned() };
        let (open_id, case_id, event) = (column(row, 1)?, column(row, 2)?, column(row, 3)?);
        let body: Vec<u8> = column(row, 4)?;
        match self.open_json(BODY, &lease.id, &body) {
            Ok(body) => leased.rows.push(OutboxRow {
                open_id,
                case_id,
                notice: Notice { id: lease.id.clone(), event, body, important: column::<i64>(row, 5)? != 0 },
                attempts: column(row, 6)?,
                doubts: column(row, 7)?,
                tried_at: time_column(row, 8)?,
                created_at: Millis(column(row, 9)?),
                lease,
            }),
            Err(error) => {
                leased.unreadable.push(Unreadable { lease, open_id, case_id, kind: event, error });
            }
        }
        Ok(())
    }

    pub(super) fn outbox_insert(
        &self,
        open_id: &str,
        case_id: Option<&str>,
        notice: &Notice,
        now: Millis,
    ) -> OutboxInsert {
        OutboxInsert {
            id: notice.id.clone(),
            position: self.next_id(now),
            open_id: open_id.to_owned(),
            case_id: case_id.map(str::to_owned),
            event: notice.event.clone(),
            body: self.seal_json(BODY, &notice.id, &notice.body),
            important: i64::from(notice.important),
            created_at: now.0,
        }
    }
}

impl Sent {
    fn statement(self, lease: &Lease, now: Millis) -> Statement {
        let ended = |change: &str| {
            let text = format!(
                "update outbox set leased_until = null, called_at = null, {change} where id = $1 and lease = $2"
            );
            Statement::new(AssertSqlSafe(text)).text(lease.id.as_str()).text(lease.token.as_str())
        };
        match self {
            Self::Delivered { channel, platform_id } => ended(
                "state = 'delivered', due_at = null, tried_at = null, ended_at = $3, channel = $4, \
                 platform_id = $5, reason = null",
            )
            .number(now.0)
            .text(channel.name())
            .text_or_null(platform_id.as_deref()),
            Self::RetryAt { at, reason } => {
                ended("state = 'due', due_at = $3, tried_at = null, reason = $4").number(at.0).text(reason)
            }
            Self::Held { reason } => {
                ended("state = 'held', due_at = null, tried_at = null, held_at = $3, reason = $4")
                    .number(now.0)
                    .text(reason)
            }
            Self::GivenUp { reason } => {
                ended("state = 'given_up', due_at = null, ended_at = $3, reason = $4")
                    .number(now.0)
                    .text(reason)
            }
            Self::Guarded { again_at, reason } => {
                ended("state = 'due', due_at = $3, reason = $4").number(again_at.0).text(reason)
            }
            Self::Unknown { reason } => {
                let change =
                    "state = 'in_doubt', due_at = null, ended_at = $3, doubts = doubts + 1, reason = $4";
                ended(change).number(now.0).text(reason)
            }
            Self::InDoubt { again_at, reason } => doubt("id = $4 and lease = $5", again_at, now, &reason)
                .text(lease.id.as_str())
                .text(lease.token.as_str()),
        }
    }
}

/// Ends what a person still waits for about a candidate they no longer hold: it must not reach whoever uses the account
/// next. What is being sent may have arrived.
pub(super) fn unbound_statement(open_id: &str, now: Millis) -> Statement {
    const UNSENT: &str = "leased_until is null or called_at is null and tried_at is null";
    Statement::new(AssertSqlSafe(format!(
        "update outbox set state = case when {UNSENT} then 'given_up' else 'in_doubt' end, \
         doubts = doubts + case when {UNSENT} then 0 else 1 end, \
         due_at = null, leased_until = null, lease = null, called_at = null, held_at = null, ended_at = $1, \
         reason = 'the binding was ended' \
         where open_id = $2 and (case_id is not null or event = 'reply') and (due_at is not null or held_at is not null)"
    )))
    .number(now.0)
    .text(open_id)
}

/// Nobody knows how a send ended: once more, then never again. No doubt is what was not called, nor a template message:
/// it has its key.
/// `which` rows is a condition on parameters from $4 on.
fn doubt(which: &str, again_at: Millis, now: Millis, reason: &str) -> Statement {
    let once_more = "doubts = 0 or called_at is null";
    Statement::new(AssertSqlSafe(format!(
        "update outbox set state = case when {once_more} then 'due' else 'in_doubt' end, \
         due_at = case when {once_more} then cast($1 as bigint) else null end, \
         ended_at = case when {once_more} then null else cast($2 as bigint) end, \
         doubts = doubts + case when called_at is null then 0 else 1 end, \
         leased_until = null, called_at = null, reason = $3 where {which}"
    )))
    .number(again_at.0)
    .number(now.0)
    .text(reason)
}

/// One row to write, due at once.
pub(super) struct OutboxInsert {
    id: String,
    position: String,
    open_id: String,
    case_id: Option<String>,
    event: String,
    body: Vec<u8>,
    important: i64,
    created_at: i64,
}

impl OutboxInsert {
    /// A row whose id is there already is an error of the database.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::new(
            dialect,
            "insert into outbox (id, position, open_id, case_id, event, body, important, created_at, due_at, \
             state, attempts, doubts)",
            12,
            "",
        )
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.id);
        values.text(&self.position);
        values.text(&self.open_id);
        values.text_or_null(self.case_id.as_deref());
        values.text(&self.event);
        values.blob(&self.body);
        values.number(self.important);
        values.number(self.created_at);
        values.number(self.created_at);
        values.text(OutboxState::Due.name());
        values.number(0);
        values.number(0);
    }
}
