//! A push as a template message.
//!
//! It has a key against doubling (its row's id), so one whose call ended without word is sent again while the platform
//! remembers the key, by no other way, and then no more. One that is refused is held: as a customer message it may still
//! arrive.

use std::time::Duration;

use super::{Failure, put_off};
use crate::{
    store::{Channel, OutboxRow, Sent},
    time::Millis,
    turn::{Notice, NoticeBody},
    wechat::client::{ClientError, TemplateMessage},
    worker::{Worker, WorkerError, after},
};

/// A template may be sent again for about ten minutes without doubling (protocol §7): no longer than this, with this
/// pause.
const GUARDED: Duration = Duration::from_mins(9);
const GUARDED_PAUSE: Duration = Duration::from_mins(1);
/// `clientmsgid` was used before: this very template has been sent (protocol §9).
const SENT_ALREADY: i64 = 45065;

impl Worker {
    /// The template message of a row that may travel as one.
    pub(super) fn template(&self, row: &OutboxRow) -> Option<TemplateMessage> {
        let Notice { id, event, body: NoticeBody::Text { template, .. }, important: true } = &row.notice
        else {
            return None;
        };
        let template_id = self.shared.tools.templates.get(event).filter(|_| !template.is_empty())?;
        Some(TemplateMessage {
            open_id: row.open_id.clone(),
            template_id: template_id.clone(),
            url: None,
            client_msg_id: id.clone(),
            values: template.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        })
    }

    /// Sends a row as a template for the first time, and writes that down before.
    pub(super) async fn send_template(
        &self,
        row: &OutboxRow,
        template: &TemplateMessage,
    ) -> Result<Sent, WorkerError> {
        if self.store().try_as_template(&row.lease, self.clock().wire()).await? {
            return Ok(self.call_template(row, template).await);
        }
        Ok(self.overtaken())
    }

    /// Sends a row again that was tried as a template: as the same one, or not at all.
    pub(super) async fn send_template_again(
        &self,
        row: &OutboxRow,
        template: Option<TemplateMessage>,
        tried_at: Millis,
    ) -> Sent {
        let remembered = self.clock().wire().since(tried_at) < GUARDED.as_millis() as i64;
        match template.filter(|_| remembered) {
            Some(template) => self.call_template(row, &template).await,
            None => Sent::Unknown { reason: "nobody knows whether the template arrived".to_owned() },
        }
    }

    async fn call_template(&self, row: &OutboxRow, template: &TemplateMessage) -> Sent {
        let delivered = |platform_id| Sent::Delivered { channel: Channel::Template, platform_id };
        match self.shared.tools.client.send_template(template).await {
            Ok(platform_id) => delivered(Some(platform_id)),
            Err(ClientError::Api(refused)) if refused.code == SENT_ALREADY => delivered(None),
            Err(error) if error.is_in_doubt() => {
                Sent::Guarded { again_at: after(self.now(), GUARDED_PAUSE), reason: error.to_string() }
            }
            Err(error) => of_template(row, self.failed(row, &Failure { error, in_doubt: false })),
        }
    }
}

/// What a failed call means for a template: a customer message may still bring it, unless an earlier try has.
fn of_template(row: &OutboxRow, failed: Sent) -> Sent {
    match failed {
        Sent::RetryAt { at, reason } => put_off(row, at, reason),
        Sent::GivenUp { reason } | Sent::Held { reason } if row.tried_at.is_some() => {
            Sent::Unknown { reason }
        }
        Sent::GivenUp { reason } => {
            tracing::error!(
                outbox.id = row.lease.id,
                event = row.notice.event,
                reason,
                "a template was refused"
            );
            Sent::Held { reason }
        }
        other => other,
    }
}
