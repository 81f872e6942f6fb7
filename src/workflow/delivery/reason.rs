//! Why a row stands where it stands, as the database keeps it: a word, sometimes with a number.
//!
//! The sentences for clerks are with whoever shows rows; here is only what there is to say.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Wait;

/// Why a row is held, put off, given up or in doubt. Never personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The plan found no way.
    Waits(Wait),
    /// The platform refused, with this errcode; and its request id, if it named one.
    Refused(i64, Option<String>),
    /// A template message or 订阅通知 was refused with this errcode: as a customer message it may still arrive.
    CardRefused(i64, Option<String>),
    /// The platform took a template message or 订阅通知, and reported later that it did not arrive.
    Undelivered(Undelivered),
    /// A card told that there is something; its text waits.
    Told,
    /// No access token: the platform refused with this errcode.
    NoToken(i64),
    /// The platform could not be reached, so nothing was sent.
    Unreachable,
    /// A call was sent and its answer is lost or unreadable.
    Unanswered,
    /// The platform, or what stands before it, answered with this HTTP status.
    Status(u16),
    /// The process ended in the middle.
    Crashed,
    /// The lease ended before the call.
    Overtaken,
    /// A card that may have arrived can no longer be sent again without doubling it.
    TooLateToAsk,
    /// Our own database or files failed.
    Store,
    /// The content cannot be opened.
    Unreadable,
    /// The picture is gone.
    NoPicture,
    /// The call would be beyond the platform's limits.
    Invalid,
    /// It continues a text whose beginning is held.
    BeginningHeld,
    /// It continues a text whose beginning is not sent yet.
    BeginningDue,
    /// It continues a text whose beginning was given up.
    BeginningGivenUp,
    /// The candidate's binding was ended.
    Unbound,
    /// The announcement was called off.
    Cancelled,
    /// The announcement is too old to be sent any more.
    Lapsed,
}

/// Why a card that the platform took did not arrive (protocol §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undelivered {
    /// `failed:user block`.
    Blocked,
    /// `failed:freq limit`.
    TooOften,
    /// The person no longer wants this kind of 订阅通知; other ways reach them.
    Unwanted,
    /// `failed: system failed`, and whatever is not known.
    Failed,
}

impl Undelivered {
    /// What the platform's report on a template message means; `None` when it arrived.
    pub fn of_status(status: &str) -> Option<Self> {
        let status = status.trim().to_ascii_lowercase();
        let why = status.trim_start_matches("failed").trim_start_matches(':').trim();
        match why {
            "success" => None,
            "user block" => Some(Self::Blocked),
            "freq limit" => Some(Self::TooOften),
            _ => Some(Self::Failed),
        }
    }

    /// What the platform's report on a 订阅通知 means; `None` when it arrived (protocol §7).
    pub fn of_code(code: i64) -> Option<Self> {
        match code {
            0 => None,
            43004 | 43019 => Some(Self::Blocked),
            43101 => Some(Self::Unwanted),
            45009 | 45011 => Some(Self::TooOften),
            _ => Some(Self::Failed),
        }
    }
}

/// Words without a number, one for each reason.
pub(super) const WORDS: [(&str, Reason); 24] = [
    ("not_following", Reason::Waits(Wait::NotFollowing)),
    ("blocked", Reason::Waits(Wait::Blocked)),
    ("window_closed", Reason::Waits(Wait::Closed)),
    ("window_used_up", Reason::Waits(Wait::UsedUp)),
    ("undelivered_blocked", Reason::Undelivered(Undelivered::Blocked)),
    ("undelivered_too_often", Reason::Undelivered(Undelivered::TooOften)),
    ("undelivered_unwanted", Reason::Undelivered(Undelivered::Unwanted)),
    ("undelivered", Reason::Undelivered(Undelivered::Failed)),
    ("told", Reason::Told),
    ("unreachable", Reason::Unreachable),
    ("unanswered", Reason::Unanswered),
    ("crashed", Reason::Crashed),
    ("overtaken", Reason::Overtaken),
    ("too_late_to_ask", Reason::TooLateToAsk),
    ("store", Reason::Store),
    ("unreadable", Reason::Unreadable),
    ("no_picture", Reason::NoPicture),
    ("invalid", Reason::Invalid),
    ("beginning_held", Reason::BeginningHeld),
    ("beginning_due", Reason::BeginningDue),
    ("beginning_given_up", Reason::BeginningGivenUp),
    ("unbound", Reason::Unbound),
    ("cancelled", Reason::Cancelled),
    ("lapsed", Reason::Lapsed),
];

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coded = |f: &mut fmt::Formatter<'_>, word: &str, code: i64, rid: &Option<String>| match rid {
            Some(rid) => write!(f, "{word} {code} {rid}"),
            None => write!(f, "{word} {code}"),
        };
        match self {
            Self::Refused(code, rid) => coded(f, "refused", *code, rid),
            Self::CardRefused(code, rid) => coded(f, "card_refused", *code, rid),
            Self::NoToken(code) => write!(f, "no_token {code}"),
            Self::Status(status) => write!(f, "status {status}"),
            other => {
                let word = WORDS.iter().find(|(_, reason)| reason == other).map(|(word, _)| *word);
                f.write_str(word.expect("every other reason has a word"))
            }
        }
    }
}

/// The text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReason;

impl FromStr for Reason {
    type Err = NoReason;

    fn from_str(text: &str) -> Result<Self, NoReason> {
        let mut parts = text.split(' ');
        let word = parts.next().unwrap_or_default();
        let number: Option<i64> = parts.next().and_then(|number| number.parse().ok());
        let rid = parts.next().map(str::to_owned);
        match (word, number) {
            ("refused", Some(code)) => Ok(Self::Refused(code, rid)),
            ("card_refused", Some(code)) => Ok(Self::CardRefused(code, rid)),
            ("no_token", Some(code)) => Ok(Self::NoToken(code)),
            ("status", Some(status)) => u16::try_from(status).map(Self::Status).map_err(|_| NoReason),
            (word, None) => WORDS
                .iter()
                .find(|(known, _)| *known == word)
                .map(|(_, reason)| reason.clone())
                .ok_or(NoReason),
            _ => Err(NoReason),
        }
    }
}
