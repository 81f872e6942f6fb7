//! One outbox row: planned, sent, and its end written down.
//!
//! The plan is `workflow::delivery`'s; here are the calls and what their errors mean. A customer message has no key
//! against doubling, so one whose call ended without word is *in doubt* and sent again once (design §2.4); that its call
//! begins is written down, so that what a crash left uncalled is no doubt. Templates: `template.rs`. A notice that ends in a
//! choice travels as a message menu; accounts that may not send one (protocol §6) get the text, which says the same
//! words. What the platform refuses because a window is closed travels as a template or is held: the platform's count
//! is right, not ours.

mod template;

use std::time::Duration;

use jiff::{ToSpan as _, tz::TimeZone};

use super::{Worker, WorkerError, after, back_off, hold::Hold};
use crate::{
    store::{Channel, OutboxRow, OutboxState, Sent, StoreError},
    time::{Millis, at_civil},
    turn::NoticeBody,
    wechat::{
        client::{ClientError, MenuMessage},
        error::Advice,
    },
    workflow::delivery::{self, Opened, Reach, Way, Window},
};

/// The answer itself travels as the response of the callback; what follows it in the outbox must not overtake it.
const BEHIND_THE_ANSWER_MS: i64 = 200;
/// A verdict's answer has a longer way: the delivery that waits for it has to find it first.
const BEHIND_A_VERDICT_MS: i64 = 1000;
/// Pauses after a failed call.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// A message that could not be sent for so long, tried so often, is given up: staff see it and can send it again.
const GIVE_UP_SECONDS: i64 = 48 * 3600;
const GIVE_UP_TRIES: i64 = 20;
/// Before a message in doubt is sent again: long enough for a short outage to pass.
const DOUBT_PAUSE: Duration = Duration::from_secs(30);
/// The day's quota comes back at midnight (protocol §13); not everybody asks in its first second.
const AFTER_MIDNIGHT: Duration = Duration::from_mins(5);
/// What an account hears that may not send menu messages: a test account, or one that is not verified.
const NO_MENUS: [i64; 2] = [40008, 48001];

/// A call that failed.
struct Failure {
    error: ClientError,
    /// The message may have arrived after all.
    in_doubt: bool,
}

impl Worker {
    /// Sends one row and writes down how it went.
    pub(super) async fn deliver(&self, row: OutboxRow) {
        let behind = match row.notice.body {
            NoticeBody::Photo { .. } => BEHIND_A_VERDICT_MS,
            _ => BEHIND_THE_ANSWER_MS,
        };
        let young = behind - self.now().since(row.created_at);
        tokio::time::sleep(Duration::from_millis(young.clamp(0, behind) as u64)).await;
        let planned_at = self.now();
        let sending = self.hold(Hold::Message(&row.lease), Box::pin(self.send(&row, planned_at)));
        let sent = sending.await.unwrap_or_else(|error| {
            let at = after(planned_at, back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE));
            // A file that does not open never will. Of the database no error says so much that news may be dropped.
            let is_shut = matches!(&error, WorkerError::Files(error) if !error.is_transient());
            let lasts = is_shut || is_tired(row.attempts, row.created_at, planned_at);
            match put_off(&row, at, error.to_string()) {
                Sent::RetryAt { reason, .. } if lasts => Sent::GivenUp { reason },
                sent => sent,
            }
        });
        log(&row, &sent);
        // Held as of the plan: a person who wrote while it was made has written since.
        let at = if matches!(sent, Sent::Held { .. }) { planned_at } else { self.now() };
        match self.store().settle_outbox(&row.lease, sent, at).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(outbox.id = row.lease.id, "a message took longer than its lease"),
            Err(error) => {
                tracing::warn!(outbox.id = row.lease.id, %error, "a message's end could not be written down");
            }
        }
    }

    async fn send(&self, row: &OutboxRow, now: Millis) -> Result<Sent, WorkerError> {
        let template = self.template(row);
        if let Some(tried_at) = row.tried_at {
            return Ok(self.send_template_again(row, template, tried_at).await);
        }
        let reach = self.reach(&row.open_id, now).await?;
        match (delivery::plan(&self.shared.tools.windows, &reach, template.is_some(), now), template) {
            (Way::Hold(wait), _) => Ok(Sent::Held { reason: wait.words().to_owned() }),
            (Way::Template, None) => Ok(Sent::Held { reason: delivery::Wait::Closed.words().to_owned() }),
            (Way::Template, Some(template)) => self.send_template(row, &template).await,
            (Way::Custom, template) => {
                if let Some(ended) = self.behind(row, now).await? {
                    return Ok(ended);
                }
                let media_id = match self.upload(self.picture(&row.notice.body).await?).await {
                    Ok(media_id) => media_id,
                    Err(error) => return Ok(self.failed(row, &Failure { error, in_doubt: false })),
                };
                if !self.store().begin_call(&row.lease, self.clock().wire()).await? {
                    return Ok(self.overtaken());
                }
                match (self.send_custom(row, media_id).await, template) {
                    (Ok(()), _) => Ok(Sent::Delivered { channel: Channel::Custom, platform_id: None }),
                    (Err(failure), Some(template)) if failure.error.advice() == Advice::WaitForTheUser => {
                        self.send_template(row, &template).await
                    }
                    (Err(failure), _) => Ok(self.failed(row, &failure)),
                }
            }
        }
    }

    /// What becomes of the rest of a text that is not its turn, or that nobody would understand; `None` when it can go.
    async fn behind(&self, row: &OutboxRow, now: Millis) -> Result<Option<Sent>, StoreError> {
        let NoticeBody::Rest { after: before, .. } = &row.notice.body else { return Ok(None) };
        let Some(before) = self.store().outbox_row(before).await? else { return Ok(None) };
        Ok(match (before.state, before.channel) {
            // The template told the news, and the chat tells all of it to whoever comes back.
            (OutboxState::Delivered, channel @ Some(Channel::Template)) => {
                channel.map(|channel| Sent::Delivered { channel, platform_id: None })
            }
            (OutboxState::Delivered | OutboxState::InDoubt, _) => None,
            (OutboxState::GivenUp, _) => {
                Some(Sent::GivenUp { reason: "its beginning was given up".to_owned() })
            }
            (OutboxState::Held, _) => Some(Sent::Held { reason: "its beginning is held".to_owned() }),
            (OutboxState::Due | OutboxState::Leased, _) => Some(Sent::RetryAt {
                at: after(now, back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE)),
                reason: "its beginning is not sent yet".to_owned(),
            }),
        })
    }

    async fn send_custom(&self, row: &OutboxRow, media_id: Option<String>) -> Result<(), Failure> {
        let client = &self.shared.tools.client;
        let sent = match &row.notice.body {
            NoticeBody::Rest { text, .. } => client.send_text(&row.open_id, text).await,
            NoticeBody::Text { text, menu, .. } if menu.is_empty() => {
                client.send_text(&row.open_id, text).await
            }
            NoticeBody::Text { text, menu, .. } => {
                match client.send_menu(&row.open_id, &items(text, menu)).await {
                    Err(error) if is_no_menu(&error) => {
                        tracing::info!(outbox.id = row.lease.id, %error, "a menu is sent as a text");
                        client.send_text(&row.open_id, text).await
                    }
                    sent => sent,
                }
            }
            NoticeBody::QrCode { .. } | NoticeBody::Photo { .. } => match media_id {
                Some(media_id) => client.send_image(&row.open_id, &media_id).await,
                None => Err(ClientError::Invalid("there is no picture")),
            },
        };
        sent.map_err(|error| Failure { in_doubt: error.is_in_doubt(), error })
    }

    /// Somebody else has the row, and says how it ended.
    fn overtaken(&self) -> Sent {
        Sent::RetryAt { at: self.now(), reason: "the lease ended before the call".to_owned() }
    }

    /// What the store knows of reaching a person. Read fresh: another process may have heard from them.
    async fn reach(&self, open_id: &str, now: Millis) -> Result<Reach, StoreError> {
        let world = self.shared.tools.runner.world.load_full();
        let session = self.store().load_fresh(open_id, &world.batch.id).await?.session;
        let windows = self.shared.tools.windows;
        Ok(Reach {
            follows: session.followed,
            talked: self.opened(open_id, windows.talk, session.talked_at, now).await?,
            acted: self.opened(open_id, windows.act, session.acted_at, now).await?,
        })
    }

    /// Counts only in a window that is still open.
    async fn opened(
        &self,
        open_id: &str,
        window: Window,
        at: Option<Millis>,
        now: Millis,
    ) -> Result<Option<Opened>, StoreError> {
        let Some(at) = at.filter(|at| window.is_open(*at, now)) else { return Ok(None) };
        let sent = self.store().custom_messages_since(open_id, at).await?;
        Ok(Some(Opened { at, sent }))
    }

    fn failed(&self, row: &OutboxRow, failure: &Failure) -> Sent {
        let world = self.shared.tools.runner.world.load_full();
        outcome(failure, row.attempts, row.created_at, self.now(), &world.zone)
    }
}

/// Whether it has been tried often and long enough.
fn is_tired(attempts: i64, created_at: Millis, now: Millis) -> bool {
    attempts >= GIVE_UP_TRIES && now.since(created_at) >= GIVE_UP_SECONDS * 1000
}

/// What becomes of a row whose call failed.
fn outcome(failure: &Failure, attempts: i64, created_at: Millis, now: Millis, zone: &TimeZone) -> Sent {
    let reason = failure.error.to_string();
    if failure.in_doubt {
        return Sent::InDoubt { again_at: after(now, DOUBT_PAUSE), reason };
    }
    let tired = is_tired(attempts, created_at, now);
    match failure.error.advice() {
        Advice::GiveUp => Sent::GivenUp { reason },
        Advice::BackOff | Advice::RefreshTokenAndRetryOnce if tired => Sent::GivenUp { reason },
        Advice::BackOff | Advice::RefreshTokenAndRetryOnce => {
            Sent::RetryAt { at: after(now, back_off(attempts, FIRST_PAUSE, LONGEST_PAUSE)), reason }
        }
        Advice::WaitForTheDay => {
            Sent::RetryAt { at: after(next_midnight(now, zone), AFTER_MIDNIGHT), reason }
        }
        Advice::WaitForTheUser | Advice::MarkUnreachable => Sent::Held { reason },
        // Every call fails until the operator acts; then the row goes out by itself.
        Advice::Alert => Sent::RetryAt { at: after(now, LONGEST_PAUSE), reason },
    }
}

/// Again at a time: by any way, or as the template that it may have arrived as.
fn put_off(row: &OutboxRow, at: Millis, reason: String) -> Sent {
    match row.tried_at {
        None => Sent::RetryAt { at, reason },
        Some(_) => Sent::Guarded { again_at: at, reason },
    }
}

fn next_midnight(now: Millis, zone: &TimeZone) -> Millis {
    let today = now.date(zone);
    let tomorrow = today.checked_add(1.day()).unwrap_or(today);
    at_civil(tomorrow.at(0, 0, 0, 0), zone)
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

fn log(row: &OutboxRow, sent: &Sent) {
    let (id, event) = (row.lease.id.as_str(), row.notice.event.as_str());
    match sent {
        Sent::Delivered { channel, .. } => {
            tracing::debug!(outbox.id = id, event, ?channel, "a message was sent");
        }
        Sent::Held { reason } => tracing::info!(outbox.id = id, event, reason, "a message is held"),
        Sent::RetryAt { reason, .. } | Sent::Guarded { reason, .. } => {
            tracing::warn!(outbox.id = id, event, reason, "a message is put off");
        }
        Sent::InDoubt { reason, .. } | Sent::Unknown { reason } => {
            tracing::warn!(outbox.id = id, event, reason, "a message is in doubt");
        }
        Sent::GivenUp { reason } => tracing::error!(outbox.id = id, event, reason, "a message is given up"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{time::shanghai, wechat::error::ApiError};

    /// 2026-06-12 09:30 in Guangdong.
    const NOW: Millis = Millis(1_781_227_800_000);

    fn refused(code: i64) -> Failure {
        let error = ClientError::Api(ApiError { code, message: String::new() });
        Failure { in_doubt: error.is_in_doubt(), error }
    }

    fn unanswered(status: u16) -> Failure {
        let error = ClientError::Status(status);
        Failure { in_doubt: error.is_in_doubt(), error }
    }

    /// The end's name, and the seconds until the next try.
    fn end(failure: &Failure, attempts: i64, age_hours: i64) -> (&'static str, Option<i64>) {
        let created_at = NOW.minus_seconds(age_hours * 3600);
        let seconds = |at: Millis| Some(at.since(NOW) / 1000);
        match outcome(failure, attempts, created_at, NOW, &shanghai()) {
            Sent::Delivered { .. } => ("delivered", None),
            Sent::RetryAt { at, .. } => ("retry", seconds(at)),
            Sent::Held { .. } => ("held", None),
            Sent::GivenUp { .. } => ("given up", None),
            Sent::InDoubt { again_at, .. } => ("in doubt", seconds(again_at)),
            Sent::Guarded { .. } | Sent::Unknown { .. } => ("of templates only", None),
        }
    }

    #[test]
    fn ends_without_jitter() {
        let until_midnight = (14 * 60 + 30 + 5) * 60;
        let rows = [
            ("window closed", refused(45015), 1, 0, ("held", None)),
            ("count used", refused(45047), 1, 0, ("held", None)),
            ("not a follower", refused(43004), 1, 0, ("held", None)),
            ("refuses messages", refused(48002), 1, 0, ("held", None)),
            ("blacklisted", refused(43019), 1, 0, ("held", None)),
            ("bad openid", refused(40003), 1, 0, ("given up", None)),
            ("bad values", refused(47003), 1, 0, ("given up", None)),
            ("unknown code", refused(99_999), 1, 0, ("given up", None)),
            ("day's quota", refused(45009), 1, 0, ("retry", Some(until_midnight))),
            ("whitelist", refused(40164), 1, 0, ("retry", Some(600))),
            ("whitelist for days", refused(40164), 400, 72, ("retry", Some(600))),
            ("busy for days", refused(-1), 20, 48, ("given up", None)),
            ("no answer", unanswered(502), 1, 0, ("in doubt", Some(30))),
            ("refused by a proxy", unanswered(404), 20, 49, ("given up", None)),
        ];
        for (what, failure, attempts, age, expected) in rows {
            assert_eq!(end(&failure, attempts, age), expected, "{what}");
        }
    }

    #[test]
    fn pauses_grow_to_ten_minutes() {
        let rows = [(1, 5, 10), (2, 10, 20), (4, 40, 80), (8, 600, 600), (300, 600, 600)];
        for (attempts, least, most) in rows {
            for (failure, age) in [(refused(-1), 0), (refused(45011), 47)] {
                let (name, seconds) = end(&failure, attempts, age);
                assert_eq!(name, "retry", "{attempts}");
                assert!((least..=most).contains(&seconds.unwrap()), "{attempts}: {seconds:?}");
            }
        }
        assert_eq!(end(&refused(-1), 19, 72).0, "retry", "old, but hardly tried");
    }
}
