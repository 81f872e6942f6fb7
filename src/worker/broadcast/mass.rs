//! Mass sends: one list at a time, under a key by which the platform sends it once.

use super::super::{Worker, WorkerError, after, back_off, deliver::outcome};
use crate::{
    store::{Broadcast, Lease, SendEnd, SendRow, SendState},
    wechat::{
        client::{Article, Audience, ClientError, MassContent, MassMessage},
        error::Advice,
    },
    workflow::broadcast::{Pause, message::Message},
};
use std::time::Duration;

/// Pauses after a call that failed, or whose answer is lost: the platform remembers the key for longer.
const FIRST_PAUSE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// The list is leased for longer than a call may take.
const LEASE_SECONDS: i64 = 120;
/// A list that is refused so often is given up; the announcement goes on without it.
const TRIES: i64 = 3;

impl Worker {
    /// Calls for the next list that is due; 1 when there was one.
    pub(in crate::worker) async fn send_lists(&self) -> Result<usize, WorkerError> {
        let now = self.clock().now();
        let Some((row, lease)) = self.store().lease_list(now, LEASE_SECONDS).await? else { return Ok(0) };
        let Some(broadcast) = self.store().broadcast(&row.broadcast).await? else { return Ok(0) };
        let sent = self.call_for(&broadcast, &row, &lease).await?;
        let end = self.end_of(&broadcast, &row, sent).await?;
        let settled = self.store().settle_list(&row, &lease, &end, &self.month(), self.now()).await?;
        if !settled {
            tracing::warn!(broadcast.number, row.nth, "a mass send took longer than its lease");
        }
        Ok(1)
    }

    /// Asks the platform to take the next list back that is not wanted any more; 1 when there was one. What it says no to
    /// is not asked for again.
    pub(in crate::worker) async fn take_back_lists(&self) -> Result<usize, WorkerError> {
        let now = self.clock().now();
        let Some((row, lease)) = self.store().lease_unwanted(now, LEASE_SECONDS).await? else { return Ok(0) };
        let deleted = match row.msg_id {
            Some(msg_id) => self.shared.tools.client.delete_mass(msg_id, None).await,
            None => Err(ClientError::Invalid("the platform has no number for it")),
        };
        let refused = match deleted {
            Ok(()) => None,
            // The lease ends, and it is asked for again.
            Err(error) if matches!(error.advice(), Advice::BackOff | Advice::WaitForTheDay) => return Ok(0),
            Err(error) => Some(outcome::reason(&error).to_string()),
        };
        tracing::info!(broadcast.id = row.broadcast, row.nth, refused, "a mass send was to be taken back");
        self.store().settle_unwanted(&row, &lease, refused.as_deref(), self.now()).await?;
        Ok(1)
    }

    async fn call_for(
        &self,
        broadcast: &Broadcast,
        row: &SendRow,
        lease: &Lease,
    ) -> Result<Result<i64, ClientError>, WorkerError> {
        let people = self.store().list_people(row).await?;
        let content = match self.mass_content(broadcast, row, lease).await? {
            Ok(content) => content,
            Err(error) => return Ok(Err(error)),
        };
        let message = MassMessage {
            audience: Audience::List(people),
            content,
            ignore_reprint: true,
            client_msg_id: format!("{}-{}", row.broadcast, row.nth),
        };
        Ok(self.shared.tools.client.send_mass(&message).await.map(|sent| sent.msg_id))
    }

    /// What a list shows; pictures are uploaded, articles made a draft of, before the call.
    async fn mass_content(
        &self,
        broadcast: &Broadcast,
        row: &SendRow,
        lease: &Lease,
    ) -> Result<Result<MassContent, ClientError>, WorkerError> {
        Ok(match &broadcast.content.message {
            Message::Text { text } => Ok(MassContent::Text(text.clone())),
            Message::Picture { .. } => {
                self.broadcast_media(&broadcast.id).await?.map(|media_id| MassContent::Images {
                    media_ids: vec![media_id],
                    recommend: String::new(),
                    comments: false,
                    only_followers_comment: false,
                })
            }
            Message::Article { .. } => match &row.media_id {
                Some(media_id) => Ok(MassContent::Articles(media_id.clone())),
                None => match self.draft(broadcast).await? {
                    Ok(media_id) => {
                        // Written down before the call: the same key always shows the same draft.
                        self.store().keep_draft(row, lease, &media_id).await?;
                        Ok(MassContent::Articles(media_id))
                    }
                    Err(error) => Err(error),
                },
            },
            Message::Template(_) => Err(ClientError::Invalid("a template message is for one person")),
        })
    }

    async fn draft(&self, broadcast: &Broadcast) -> Result<Result<String, ClientError>, WorkerError> {
        let Message::Article { title, author, digest, content, source_url, .. } = &broadcast.content.message
        else {
            return Ok(Err(ClientError::Invalid("only articles have drafts")));
        };
        let thumb_media_id = match self.broadcast_cover(&broadcast.id).await? {
            Ok(media_id) => media_id,
            Err(error) => return Ok(Err(error)),
        };
        let article = Article {
            title: title.clone(),
            author: author.clone(),
            digest: digest.clone(),
            content: content.clone(),
            source_url: source_url.clone(),
            thumb_media_id,
        };
        Ok(self.shared.tools.client.add_draft(&[article]).await)
    }

    /// What becomes of a list; an announcement that the platform takes no more of today, or refuses, is paused.
    async fn end_of(
        &self,
        broadcast: &Broadcast,
        row: &SendRow,
        sent: Result<i64, ClientError>,
    ) -> Result<SendEnd, WorkerError> {
        let error = match sent {
            Ok(msg_id) => return Ok(SendEnd::Taken { msg_id }),
            Err(error) => error,
        };
        let (now, reason) = (self.now(), outcome::reason(&error).to_string());
        tracing::warn!(broadcast.number, row.nth, reason, "a mass send was not taken");
        let code = match &error {
            ClientError::Api(refused) => refused.code,
            _ => 0,
        };
        Ok(match error.advice() {
            Advice::WaitForTheDay => {
                let world = self.shared.tools.runner.world.load_full();
                let at = outcome::after_midnight(now, &world.zone);
                let at = self.awake(broadcast, at);
                self.pause(&broadcast.id, Pause::Quota, Some(at)).await?;
                SendEnd::RetryAt { at, reason }
            }
            _ if error.is_in_doubt() => SendEnd::RetryAt { at: self.later(row), reason },
            Advice::BackOff | Advice::RefreshTokenAndRetryOnce => {
                SendEnd::RetryAt { at: self.later(row), reason }
            }
            _ if row.attempts >= TRIES => SendEnd::Failed { reason },
            _ => {
                self.pause(&broadcast.id, Pause::Refused(code), None).await?;
                SendEnd::RetryAt { at: now, reason }
            }
        })
    }

    fn later(&self, row: &SendRow) -> crate::time::Millis {
        after(self.now(), back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE))
    }

    /// Whether every list has its end.
    pub(super) async fn are_lists_done(&self, broadcast: &Broadcast) -> Result<bool, WorkerError> {
        if broadcast.marks.lists == 0 {
            return Ok(true);
        }
        let lists = self.store().lists(&broadcast.id).await?;
        Ok(lists.iter().all(|row| !matches!(row.state, SendState::Due | SendState::Leased)))
    }
}
