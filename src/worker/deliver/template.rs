//! A push as a template message.
//!
//! It has a key against doubling (its row's id), so one whose call ended without word is sent again while the platform
//! remembers the key, and by no other way. After that no template is sent again; the text waits until the person writes,
//! marked as in doubt. One that is refused may still travel otherwise.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Came, Errand, Failure, Worker, WorkerError,
    outcome::{self, put_off, refusal},
};
use crate::{
    store::{Channel, OutboxRow, Sent},
    turn::{Announcement, Notice, NoticeBody},
    wechat::{
        client::{ClientError, TemplateMessage},
        error::Advice,
    },
    worker::after,
    workflow::delivery::Reason,
};

/// A template may be sent again for about ten minutes without doubling (protocol §7): no longer than this, with this
/// pause.
const GUARDED: Duration = Duration::from_mins(9);
const GUARDED_PAUSE: Duration = Duration::from_mins(1);
/// `clientmsgid` was used before: this very template has been sent (protocol §9).
const SENT_ALREADY: i64 = 45065;
/// A wrong template id, and an account that may send none: the operator has to act, but no push waits for that.
const NO_SUCH_CARD: [i64; 2] = [40037, 48001];

impl Worker {
    /// Sends a row as a template for the first time, and writes that down before.
    pub(super) async fn send_template(&self, errand: &mut Errand, at: usize) -> Result<Came, WorkerError> {
        let row = &errand.rows[at];
        let Some(template_id) = errand.waiting[at].template.clone() else { return Ok(Came::News) };
        let _place = self.place().await;
        if !self.store().try_as_template(&row.lease, self.now()).await? {
            return Ok(Came::To(vec![self.overtaken()]));
        }
        match self.call_template(row, template_id).await {
            Ok(sent) => Ok(Came::To(vec![sent])),
            Err(failure) => self.card_failed(errand, at, &failure, |ways| &mut ways.template).await,
        }
    }

    /// A card was refused: the row may travel otherwise.
    pub(super) async fn card_failed(
        &self,
        errand: &mut Errand,
        at: usize,
        failure: &Failure,
        which: fn(&mut super::Ways) -> &mut Option<String>,
    ) -> Result<Came, WorkerError> {
        match (failure.error.advice(), &failure.error) {
            (Advice::MarkUnreachable, ClientError::Api(refused)) => {
                self.learn(errand, refusal(refused.code)).await
            }
            (advice, ClientError::Api(refused))
                if advice == Advice::GiveUp || NO_SUCH_CARD.contains(&refused.code) =>
            {
                let row = &errand.rows[at];
                let rid = refused.rid().map(str::to_owned);
                tracing::error!(
                    outbox.id = row.lease.id,
                    event = row.notice.event,
                    error = %refused,
                    "a card was refused"
                );
                let ways = &mut errand.waiting[at];
                ways.refused = Some(Reason::CardRefused(refused.code, rid));
                *which(ways) = None;
                Ok(Came::News)
            }
            _ => Ok(Came::To(vec![self.failed(&errand.rows[at], failure)])),
        }
    }

    /// Sends a row again that was tried as a template: as the same one, or not at all.
    pub(super) async fn send_template_again(&self, row: &OutboxRow) -> Sent {
        let age = row.tried_at.map_or(i64::MAX, |tried_at| self.now().since(tried_at));
        let remembered = age < GUARDED.as_millis() as i64;
        let template_id = card(row, &self.shared.tools.templates).filter(|_| remembered);
        let Some(template_id) = template_id else {
            return Sent::Unknown { reason: Reason::TooLateToAsk.to_string() };
        };
        match self.call_template(row, template_id).await {
            Ok(sent) => sent,
            Err(failure) => match self.failed(row, &failure) {
                Sent::RetryAt { at, reason } => put_off(row, at, reason),
                Sent::GivenUp { reason } | Sent::Held { reason } => Sent::Unknown { reason },
                other => other,
            },
        }
    }

    /// The end of a row that a card has told of.
    pub(super) fn carded(&self, row: &OutboxRow, channel: Channel, platform_id: Option<String>) -> Sent {
        let world = self.shared.tools.runner.world.load();
        let words = world.scripts.notice(&row.notice.event);
        if words.is_some_and(|words| words.then_text) {
            return Sent::Told { channel, platform_id, reason: Reason::Told.to_string() };
        }
        Sent::Delivered { channel, platform_id, counted: false }
    }

    /// The end of a call whose effect is known or guarded, or why it failed.
    async fn call_template(&self, row: &OutboxRow, template_id: String) -> Result<Sent, Failure> {
        let delivered = |platform_id| self.carded(row, Channel::Template, platform_id);
        match self.shared.tools.client.send_template(&message(row, template_id)).await {
            Ok(platform_id) => Ok(delivered(Some(platform_id))),
            Err(ClientError::Api(refused)) if refused.code == SENT_ALREADY => Ok(delivered(None)),
            Err(error) if error.is_in_doubt() => {
                let reason = outcome::reason(&error).to_string();
                Ok(Sent::Guarded { again_at: after(self.now(), GUARDED_PAUSE), reason })
            }
            Err(error) => Err(Failure { error, in_doubt: false }),
        }
    }
}

/// The id of the card that may carry a row, a template or a 订阅通知, by the configured ids.
pub(super) fn card(row: &OutboxRow, ids: &BTreeMap<String, String>) -> Option<String> {
    if let NoticeBody::Announcement(Announcement { card, .. }) = &row.notice.body {
        return card.as_ref().map(|card| card.template_id.clone()).filter(|_| row.notice.important);
    }
    let Notice { event, body: NoticeBody::Text { template, .. }, important: true, .. } = &row.notice else {
        return None;
    };
    ids.get(event).filter(|_| !template.is_empty()).cloned()
}

fn message(row: &OutboxRow, template_id: String) -> TemplateMessage {
    TemplateMessage {
        open_id: row.open_id.clone(),
        template_id,
        url: match &row.notice.body {
            NoticeBody::Announcement(Announcement { card, .. }) => {
                card.as_ref().and_then(|card| card.url.clone())
            }
            _ => None,
        },
        client_msg_id: row.lease.id.clone(),
        values: values(row),
    }
}

/// The fields of a card.
pub(super) fn values(row: &OutboxRow) -> Vec<(String, String)> {
    match &row.notice.body {
        NoticeBody::Text { template, .. } => {
            template.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        NoticeBody::Announcement(Announcement { card: Some(card), .. }) => card.values.clone(),
        _ => Vec::new(),
    }
}
