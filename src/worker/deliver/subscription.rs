//! A push as a 订阅通知: the person has agreed to this very template, once or for good.
//!
//! It needs no window and has no key against doubling: without word it is in doubt, like a customer message.

use super::{Came, Errand, Failure, Worker, WorkerError, template::values};
use crate::{
    store::Channel,
    wechat::client::{ClientError, SubscriptionMessage},
};

/// `user refuse to accept the msg`: nothing agreed to is left, whatever we thought.
const NOT_AGREED: i64 = 43101;

impl Worker {
    pub(super) async fn send_subscription(
        &self,
        errand: &mut Errand,
        at: usize,
    ) -> Result<Came, WorkerError> {
        let row = &errand.rows[at];
        let Some(template_id) = errand.waiting[at].subscription.clone() else { return Ok(Came::News) };
        let message = SubscriptionMessage {
            open_id: row.open_id.clone(),
            template_id: template_id.clone(),
            page: None,
            values: values(row),
        };
        let _place = self.place().await;
        let lease = std::slice::from_ref(&row.lease);
        if !self.store().begin_calls(lease, false, self.clock().wire()).await? {
            return Ok(Came::To(vec![self.overtaken()]));
        }
        match self.shared.tools.client.send_subscription(&message).await.map_err(Failure::of) {
            Ok(platform_id) => {
                if !self.shared.tools.lasting_subscriptions {
                    let used = self.store().use_grant(&errand.open_id, &template_id, false).await;
                    if let Err(error) = used {
                        // It was sent: the platform will say when none is left.
                        tracing::warn!(%error, "an agreement that was used could not be counted");
                    }
                    errand.reach.granted.entry(template_id).and_modify(|left| *left -= 1);
                }
                let row = &errand.rows[at];
                Ok(Came::To(vec![self.carded(row, Channel::Subscription, platform_id)]))
            }
            Err(Failure { error: ClientError::Api(refused), .. }) if refused.code == NOT_AGREED => {
                self.store().use_grant(&errand.open_id, &template_id, true).await?;
                errand.reach.granted.remove(&template_id);
                Ok(Came::News)
            }
            Err(failure) => self.card_failed(errand, at, &failure, |ways| &mut ways.subscription).await,
        }
    }
}
