//! How a leased row went, and what is written down of it.

use sqlx::AssertSqlSafe;

use super::{Channel, Mark};
use crate::{
    store::{Lease, statement::Statement},
    time::Millis,
};

/// Keeps the place of a row's case beside an end that the offices count.
const PLACE: &str = "city = (select c.city from cases c where c.id = outbox.case_id), \
                     district = (select c.district from cases c where c.id = outbox.case_id)";

/// How a leased row went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The platform took it.
    Delivered {
        /// How.
        channel: Channel,
        /// The platform's message id, if it named one.
        platform_id: Option<String>,
        /// It is one of the customer messages that the platform counts: the first row of a message, of a customer
        /// message only.
        counted: bool,
    },
    /// A card told that there is something; the text itself waits until the person writes or acts.
    Told {
        /// How.
        channel: Channel,
        /// The platform's message id, if it named one.
        platform_id: Option<String>,
        /// Why it waits.
        reason: String,
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
    /// Nobody knows whether a template message arrived, and another might double it: its text waits until the person
    /// writes, marked as in doubt.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// How an end is written down: many at once, or in a statement of its own.
pub(super) enum Written {
    Mark(Mark),
    Statement(Statement),
}

impl Sent {
    /// When it is tried again, and why then, if it is.
    pub fn again_at(&self) -> Option<(Millis, String)> {
        match self {
            Self::RetryAt { at, reason }
            | Self::InDoubt { again_at: at, reason }
            | Self::Guarded { again_at: at, reason } => Some((*at, reason.clone())),
            Self::Delivered { .. }
            | Self::Told { .. }
            | Self::Held { .. }
            | Self::GivenUp { .. }
            | Self::Unknown { .. } => None,
        }
    }

    pub(super) fn written(self, lease: Lease, now: Millis) -> Written {
        let ended = |change: &str| {
            let text = format!(
                "update outbox set leased_until = null, called_at = null, {change} \
                 where id = $1 and lease = $2 and state in ('leased', 'due')"
            );
            Statement::new(AssertSqlSafe(text)).text(lease.id.as_str()).text(lease.token.as_str())
        };
        Written::Statement(match self {
            Self::Delivered { channel, platform_id, counted } => {
                return Written::Mark(Mark::Delivered { lease, channel, platform_id, counted, at: now });
            }
            Self::Told { channel, platform_id, reason } => ended(
                "state = 'held', due_at = null, tried_at = null, held_at = $3, important = 0, channel = $4, \
                 platform_id = $5, reason = $6",
            )
            .number(now.0)
            .text(channel.name())
            .text_or_null(platform_id.as_deref())
            .text(reason),
            Self::RetryAt { at, reason } => {
                ended("state = 'due', due_at = $3, tried_at = null, reason = $4").number(at.0).text(reason)
            }
            Self::Held { reason } => {
                ended("state = 'held', due_at = null, tried_at = null, held_at = $3, reason = $4")
                    .number(now.0)
                    .text(reason)
            }
            Self::GivenUp { reason } => {
                ended(&format!("state = 'given_up', due_at = null, ended_at = $3, reason = $4, {PLACE}"))
                    .number(now.0)
                    .text(reason)
            }
            Self::Guarded { again_at, reason } => {
                ended("state = 'due', due_at = $3, reason = $4").number(again_at.0).text(reason)
            }
            Self::Unknown { reason } => ended(
                "state = 'held', due_at = null, held_at = coalesce(tried_at, $3), tried_at = null, important = 0, \
                 doubts = doubts + 1, reason = $4",
            )
            .number(now.0)
            .text(reason),
            Self::InDoubt { again_at, reason } => doubt("id = $5 and lease = $6 and state in ('leased', 'due')", again_at, now, &reason)
                .text(lease.id.as_str())
                .text(lease.token.as_str()),
        })
    }
}

/// Ends what a person still waits for about a candidate they no longer hold: it must not reach whoever uses the account
/// next. What is being sent may have arrived.
pub(in crate::store) fn unbound_statement(open_id: &str, now: Millis) -> Statement {
    const UNSENT: &str = "leased_until is null or called_at is null and tried_at is null";
    Statement::new(AssertSqlSafe(format!(
        "update outbox set state = case when {UNSENT} then 'given_up' else 'in_doubt' end, \
         doubts = doubts + case when {UNSENT} then 0 else 1 end, \
         spent = spent + case when called_at is null then 0 else counts end, \
         spent_at = case when called_at is null or counts = 0 then spent_at else cast($1 as bigint) end, \
         due_at = null, leased_until = null, lease = null, called_at = null, held_at = null, ended_at = $1, \
         reason = 'unbound', {PLACE} \
         where id in (select id from outbox where open_id = $2 and due_at is not null \
         union all select id from outbox where open_id = $2 and held_at is not null) \
         and (case_id is not null or event = 'reply')"
    )))
    .number(now.0)
    .text(open_id)
}

/// Nobody knows how a send ended: once more, then never again. No doubt is what was not called, nor a template message:
/// it has its key.
/// `which` rows is a condition on parameters from $5 on.
pub(super) fn doubt(which: &str, again_at: Millis, now: Millis, reason: &str) -> Statement {
    let once_more = "doubts = 0 or called_at is null";
    Statement::new(AssertSqlSafe(format!(
        "update outbox set state = case when {once_more} then 'due' else 'in_doubt' end, \
         due_at = case when {once_more} then cast($1 as bigint) else null end, \
         ended_at = case when {once_more} then null else cast($2 as bigint) end, \
         doubts = doubts + case when called_at is null then 0 else 1 end, \
         spent = spent + case when called_at is null then 0 else counts end, \
         spent_at = case when called_at is null or counts = 0 then spent_at else cast($4 as bigint) end, \
         leased_until = null, called_at = null, reason = $3, {PLACE} where {which}"
    )))
    .number(again_at.0)
    .number(now.0)
    .text(reason)
    .number(now.0)
}
