//! What becomes of a row whose call failed.

use std::time::Duration;

use jiff::{ToSpan as _, tz::TimeZone};

use crate::{
    store::{OutboxRow, Refusal, Sent},
    time::{Millis, at_civil},
    wechat::{client::ClientError, error::Advice},
    worker::{after, back_off},
    workflow::delivery::Reason,
};

/// Pauses after a failed call.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(5);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// A message that could not be sent for so long, tried so often, is given up: staff see it and can send it again.
const GIVE_UP_SECONDS: i64 = 48 * 3600;
const GIVE_UP_TRIES: i64 = 20;
/// Before a message in doubt is sent again: long enough for a short outage to pass.
const DOUBT_PAUSE: Duration = Duration::from_secs(30);
/// The day's quota comes back at midnight (protocol §13); not everybody asks in its first second.
const AFTER_MIDNIGHT: Duration = Duration::from_mins(5);
/// Codes that say that the person does not follow (protocol §7, §13); others of their kind say that they refuse.
const NOT_FOLLOWING: [i64; 3] = [43004, 46004, 50005];

/// A call that failed.
pub(super) struct Failure {
    pub(super) error: ClientError,
    /// The message may have arrived after all.
    pub(super) in_doubt: bool,
}

impl Failure {
    /// Of a call that sends.
    pub(super) fn of(error: ClientError) -> Self {
        Self { in_doubt: error.is_in_doubt(), error }
    }
}

/// There is nothing to show.
pub(super) fn no_picture() -> Failure {
    Failure::of(ClientError::Invalid("there is no picture"))
}

/// Why, as the row keeps it.
pub(in crate::worker) fn reason(error: &ClientError) -> Reason {
    match error {
        ClientError::Http(_) if !error.is_in_doubt() => Reason::Unreachable,
        ClientError::Http(_) | ClientError::TooLarge | ClientError::Unreadable => Reason::Unanswered,
        ClientError::Status(status) => Reason::Status(*status),
        ClientError::Api(refused) => Reason::Refused(refused.code, refused.rid().map(str::to_owned)),
        ClientError::Token(cause) => match &**cause {
            ClientError::Api(refused) => Reason::NoToken(refused.code),
            _ => Reason::Unreachable,
        },
        ClientError::TokenStore(_) => Reason::Store,
        ClientError::Invalid("there is no picture") => Reason::NoPicture,
        ClientError::Invalid(_) => Reason::Invalid,
    }
}

/// What a code of a refusing person says of them.
pub(super) fn refusal(code: i64) -> Refusal {
    if NOT_FOLLOWING.contains(&code) { Refusal::NotFollowing } else { Refusal::Blocked }
}

/// Whether it has been tried often and long enough.
pub(super) fn is_tired(attempts: i64, created_at: Millis, now: Millis) -> bool {
    attempts >= GIVE_UP_TRIES && now.since(created_at) >= GIVE_UP_SECONDS * 1000
}

/// What becomes of a row whose call failed.
pub(super) fn outcome(
    failure: &Failure,
    attempts: i64,
    created_at: Millis,
    now: Millis,
    zone: &TimeZone,
) -> Sent {
    let reason = reason(&failure.error).to_string();
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
        Advice::WaitForTheDay => Sent::RetryAt { at: after_midnight(now, zone), reason },
        Advice::WaitForTheUser | Advice::MarkUnreachable => Sent::Held { reason },
        // Every call fails until the operator acts; then the row goes out by itself.
        Advice::Alert => Sent::RetryAt { at: after(now, LONGEST_PAUSE), reason },
    }
}

/// Again at a time: by any way, or as the template that it may have arrived as.
pub(super) fn put_off(row: &OutboxRow, at: Millis, reason: String) -> Sent {
    match row.tried_at {
        None => Sent::RetryAt { at, reason },
        Some(_) => Sent::Guarded { again_at: at, reason },
    }
}

/// When the day's quota is back.
pub(in crate::worker) fn after_midnight(now: Millis, zone: &TimeZone) -> Millis {
    after(next_midnight(now, zone), AFTER_MIDNIGHT)
}

fn next_midnight(now: Millis, zone: &TimeZone) -> Millis {
    let today = now.date(zone);
    let tomorrow = today.checked_add(1.day()).unwrap_or(today);
    at_civil(tomorrow.at(0, 0, 0, 0), zone)
}

/// One line for each end that is not the usual one.
pub(super) fn log(row: &OutboxRow, sent: &Sent) {
    let (id, event) = (row.lease.id.as_str(), row.notice.event.as_str());
    match sent {
        Sent::Delivered { channel, .. } => {
            tracing::debug!(outbox.id = id, event, ?channel, "a message was sent");
        }
        Sent::Told { channel, .. } => {
            tracing::debug!(outbox.id = id, event, ?channel, "a card was sent, its text is held");
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
            Sent::Delivered { .. } | Sent::Told { .. } => ("delivered", None),
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
