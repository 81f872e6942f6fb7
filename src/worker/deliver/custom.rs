//! A customer message: one row, or several in one text.

use std::ops::Range;

use super::{Came, Errand, Failure, Worker, WorkerError, after, back_off, outcome};
use crate::{
    store::{Channel, Lease, OutboxRow, OutboxState, Sent, StoreError},
    time::Millis,
    turn::{Announcement, NoticeBody, Said},
    wechat::{
        client::{ClientError, CustomMessage, MenuMessage, NewsCard},
        error::Advice,
    },
    worker::deliver::outcome::{FIRST_PAUSE, LONGEST_PAUSE, refusal},
    workflow::delivery::Reason,
};

/// What an account hears that may not send menu messages: a test account, or one that is not verified.
const NO_MENUS: [i64; 2] = [40008, 48001];
/// `out of response count limit`; its brother 45015 says that no window is open at all.
const USED_UP: i64 = 45047;

/// What a customer message brings.
enum Content {
    Words { text: String, menu: Vec<String> },
    Picture(Option<String>),
    Link(NewsCard),
}

impl Worker {
    pub(super) async fn send_custom(
        &self,
        errand: &mut Errand,
        at: Range<usize>,
    ) -> Result<Came, WorkerError> {
        let rows = &errand.rows[at.clone()];
        if let [row] = rows
            && let Some(ended) = self.behind(row, errand.planned_at).await?
        {
            return Ok(Came::To(vec![ended]));
        }
        let content = match self.content(rows).await? {
            Ok(content) => content,
            Err(error) => {
                let failure = Failure { error, in_doubt: false };
                return Ok(Came::To(rows.iter().map(|row| self.failed(row, &failure)).collect()));
            }
        };
        let _place = self.place().await;
        let leases: Vec<Lease> = rows.iter().map(|row| row.lease.clone()).collect();
        if !self.store().begin_calls(&leases, true, self.clock().wire()).await? {
            return Ok(Came::To(rows.iter().map(|_| self.overtaken()).collect()));
        }
        match self.call_custom(&rows[0], content).await {
            Ok(()) => {
                errand.reach.count_sent();
                Ok(Came::To(delivered(at.len())))
            }
            Err(failure) => self.custom_failed(errand, at, &failure).await,
        }
    }

    async fn custom_failed(
        &self,
        errand: &mut Errand,
        at: Range<usize>,
        failure: &Failure,
    ) -> Result<Came, WorkerError> {
        match (failure.error.advice(), &failure.error) {
            (Advice::WaitForTheUser, ClientError::Api(refused)) => {
                errand.reach.shut(refused.code != USED_UP, &self.shared.tools.windows);
                Ok(Came::News)
            }
            (Advice::MarkUnreachable, ClientError::Api(refused)) => {
                self.learn(errand, refusal(refused.code)).await
            }
            // One of them is to blame; alone it shows which.
            (Advice::GiveUp, _) if at.len() > 1 => {
                errand.waiting[at].iter_mut().for_each(|ways| ways.joins = None);
                Ok(Came::News)
            }
            _ => Ok(Came::To(errand.rows[at].iter().map(|row| self.failed(row, failure)).collect())),
        }
    }

    /// What becomes of the rest of a text that is not its turn, or that nobody would understand; `None` when it can go.
    async fn behind(&self, row: &OutboxRow, now: Millis) -> Result<Option<Sent>, StoreError> {
        let NoticeBody::Rest { after: before, .. } = &row.notice.body else { return Ok(None) };
        let Some(before) = self.store().outbox_row(before).await? else { return Ok(None) };
        Ok(match (before.state, before.channel) {
            // The card told the news, and the chat tells all of it to whoever comes back.
            (OutboxState::Delivered, Some(channel @ (Channel::Template | Channel::Subscription))) => {
                Some(Sent::Delivered { channel, platform_id: None, counted: false })
            }
            (OutboxState::Delivered | OutboxState::InDoubt, _) => None,
            (OutboxState::GivenUp, _) => Some(Sent::GivenUp { reason: Reason::BeginningGivenUp.to_string() }),
            (OutboxState::Held, _) => Some(Sent::Held { reason: Reason::BeginningHeld.to_string() }),
            (OutboxState::Due | OutboxState::Leased | OutboxState::Paused, _) => Some(Sent::RetryAt {
                at: after(now, back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE)),
                reason: Reason::BeginningDue.to_string(),
            }),
        })
    }

    /// What the rows say, pictures uploaded.
    async fn content(&self, rows: &[OutboxRow]) -> Result<Result<Content, ClientError>, WorkerError> {
        let [row] = rows else {
            let (text, menu) = self.together(rows);
            return Ok(Ok(Content::Words { text, menu }));
        };
        Ok(match &row.notice.body {
            NoticeBody::Rest { text, .. } => Ok(Content::Words { text: text.clone(), menu: Vec::new() }),
            NoticeBody::Text { text, menu, .. } => {
                Ok(Content::Words { text: text.clone(), menu: menu.clone() })
            }
            NoticeBody::Announcement(Announcement { said, .. }) => match said {
                Said::Text(text) => Ok(Content::Words { text: text.clone(), menu: Vec::new() }),
                Said::Picture { broadcast } => {
                    self.broadcast_media(broadcast).await?.map(|id| Content::Picture(Some(id)))
                }
                Said::Link { title, description, url } => Ok(Content::Link(NewsCard {
                    title: title.clone(),
                    description: description.clone(),
                    url: url.clone(),
                    picture_url: String::new(),
                })),
                // Planned as a template message only.
                Said::Nothing => Err(ClientError::Invalid("there is nothing to say")),
            },
            body @ (NoticeBody::QrCode { .. } | NoticeBody::Photo { .. }) => {
                self.upload(self.picture(body).await?).await.map(Content::Picture)
            }
        })
    }

    async fn call_custom(&self, row: &OutboxRow, content: Content) -> Result<(), Failure> {
        let client = &self.shared.tools.client;
        let sent = match content {
            Content::Words { text, menu } if menu.is_empty() => client.send_text(&row.open_id, &text).await,
            Content::Words { text, menu } => match client.send_menu(&row.open_id, &items(&text, &menu)).await
            {
                Err(error) if is_no_menu(&error) => {
                    tracing::info!(outbox.id = row.lease.id, %error, "a menu is sent as a text");
                    client.send_text(&row.open_id, &text).await
                }
                sent => sent,
            },
            Content::Picture(Some(media_id)) => client.send_image(&row.open_id, &media_id).await,
            Content::Link(card) => client.send_custom(&row.open_id, &CustomMessage::News(card), None).await,
            Content::Picture(None) => return Err(outcome::no_picture()),
        };
        sent.map_err(Failure::of)
    }
}

/// One message brought them all: the platform counts one.
fn delivered(rows: usize) -> Vec<Sent> {
    (0..rows)
        .map(|nth| Sent::Delivered { channel: Channel::Custom, platform_id: None, counted: nth == 0 })
        .collect()
}

/// A menu below a text. An id is the item's number; a tap is understood by its words.
fn items(text: &str, menu: &[String]) -> MenuMessage {
    let items = menu.iter().enumerate().map(|(n, item)| ((n + 1).to_string(), item.clone())).collect();
    MenuMessage { head: text.to_owned(), items, tail: String::new() }
}

/// Whether a menu cannot be sent, although its text can.
fn is_no_menu(error: &ClientError) -> bool {
    match error {
        ClientError::Api(refused) => NO_MENUS.contains(&refused.code),
        ClientError::Invalid(_) => true,
        _ => false,
    }
}
