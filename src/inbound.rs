//! PURE. What reaches the bot, as one type: a message, an event, or news from inside.
//!
//! `wechat::message` parses callbacks into [`Inbound`]; the camera page, the photo check, the population check
//! and the reviewers speak to [`step`](crate::turn::step) through the same type, so that every change to a person's
//! affairs passes one function. Unknown kinds are kept as values, never as errors: the platform adds new ones.

mod office;
mod photo;
mod reason;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use office::{
    AnswerAct, ConcludeAct, Conclusion, Decision, DeletionAct, Level, Onsite, OnsiteAct, Part, ReviewAct,
    TakeBackAct, UnbindAct,
};
pub use photo::{PhotoChecked, PhotoSlot, PhotoSource, PhotoVerdict, Precheck, StoredPhoto};
pub use reason::Reason;

/// One thing that happened, to be answered by one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// The person, as the platform names them to this account: `FromUserName`.
    pub open_id: String,
    /// The account's own name (`ToUserName`, `gh_…`), needed to address the reply. Empty for news from inside.
    pub account: String,
    /// What tells a repeated delivery: `MsgId` + openid (ids grow, so that index pages fill in order), for events
    /// openid + SHA-256 of the decrypted XML (protocol §4). Empty for news from inside, which the caller makes
    /// idempotent by its own row.
    pub key: String,
    /// `CreateTime`, wire seconds, as the platform wrote it.
    pub sent_at: i64,
    /// The case that news from inside is about. When the person's case is another by now (a new binding, a new batch),
    /// the news is dropped. `None` for what the platform brings.
    pub case_id: Option<String>,
    /// What happened.
    pub what: What,
}

/// The kinds of [`Inbound`].
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A text; `item` is the `bizmsgmenuid` of a tapped menu message.
    Text {
        /// What the person wrote, as it came.
        content: String,
        /// The tapped menu item's id, if it was a tap.
        item: Option<String>,
    },
    /// A picture sent in the chat. It is fetched by `media/get`; the `PicUrl` is never followed.
    Photo {
        /// The platform's key of the picture, valid three days.
        media_id: String,
    },
    /// A voice message with the platform's recognition, if it had one.
    Voice {
        /// The recognised text; `None` when absent or empty.
        recognition: Option<String>,
    },
    /// A video or short video.
    Video,
    /// A place on the map.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// The address the client attached, possibly empty.
        label: String,
    },
    /// A shared link. It is not opened.
    Link,
    /// Any message type this bot does not know, by the platform's name.
    Unsupported {
        /// `MsgType` as it came.
        kind: String,
    },
    /// An event.
    Event(Event),
    /// The photo check has an opinion on a picture sent earlier.
    PhotoChecked(PhotoChecked),
    /// The population source answered.
    PopulationAnswered(PopulationAnswered),
    /// The registry answers again: the record is in the snapshot's `found`.
    RegistryAnswered,
    /// The camera page: one press of one button, or a picture taken there.
    Camera(CameraAct),
    /// A reviewer's decision.
    Review(ReviewAct),
    /// The reviewer takes it back.
    TakeBack(TakeBackAct),
    /// An office writes down how the check on site went.
    Onsite(OnsiteAct),
    /// The province office concludes.
    Conclude(ConcludeAct),
    /// An office frees the candidate from the person.
    Unbind(UnbindAct),
    /// An office answers what the person left it.
    Answer(AnswerAct),
    /// A request to delete is over.
    Deletion(DeletionAct),
}

impl What {
    /// What was said in words: typed, tapped or spoken.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { content, .. } => Some(content),
            Self::Voice { recognition } => recognition.as_deref(),
            _ => None,
        }
    }

    /// Whether somebody wrote or sent something.
    pub fn is_message(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Photo { .. }
                | Self::Voice { .. }
                | Self::Video
                | Self::Location { .. }
                | Self::Link
                | Self::Unsupported { .. }
        )
    }

    /// Whether the person did it here: a message, or a tap, a scan or the camera; not what the platform tells of them.
    pub fn is_act(&self) -> bool {
        let Self::Event(event) = self else { return self.is_message() };
        matches!(
            event,
            Event::Subscribe { .. } | Event::Scan { .. } | Event::Click { .. } | Event::Camera { .. }
        )
    }
}

/// The platform's events (protocol §3), as far as the bot acts on them.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Followed, maybe through a QR code whose scene (without `qrscene_`) is given.
    Subscribe {
        /// Scene of the code, if any.
        scene: Option<String>,
    },
    /// Stopped following; a reply would reach nobody.
    Unsubscribe,
    /// A follower scanned a code.
    Scan {
        /// The code's scene.
        scene: String,
    },
    /// A menu button of type `click`.
    Click {
        /// The button's key.
        key: String,
    },
    /// The menu camera was used; the pictures follow as messages and are matched by MD5.
    Camera {
        /// The event's button key.
        key: String,
        /// Lower-case hex MD5 of each picture.
        md5: Vec<String>,
    },
    /// A template message reached its end.
    TemplateSent {
        /// The platform's `MsgID`.
        msg_id: String,
        /// `success`, `failed:user block`, …
        status: String,
    },
    /// The person agreed to 订阅通知, or took that back.
    Subscriptions(Vec<Agreement>),
    /// 订阅通知 reached their ends.
    SubscriptionsSent(Vec<SubscriptionSent>),
    /// A mass message reached its end. It comes from an openid of the platform's own, which is nobody's.
    MassFinished(MassReport),
    /// An agent of the platform's customer service took the person over, or let them go (protocol §3).
    Agent {
        /// Whether the session began.
        began: bool,
    },
    /// Any other event; answered with silence.
    Other {
        /// `Event` as it came.
        name: String,
    },
}

/// What a person says to one kind of 订阅通知.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Which.
    pub template_id: String,
    /// To one more, or to all; otherwise to none.
    pub agreed: bool,
}

/// The platform's report on a 订阅通知.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionSent {
    /// The platform's `MsgID`.
    pub msg_id: String,
    /// 0 when it arrived.
    pub code: i64,
}

/// The platform's report on a mass message (protocol §3): `filtered` are those left once it has taken out who refuses, is
/// blacklisted or has had the month's four; `sent` and `failed` make up `filtered`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassReport {
    /// The number that `mass/send` answered with.
    pub msg_id: i64,
    /// `send success`, `send fail`, `err(10001)`, …; at most 64 characters.
    pub status: String,
    /// People who were asked for.
    pub total: i64,
    /// People left after the platform's own filter.
    pub filtered: i64,
    /// People who have it.
    pub sent: i64,
    /// People whom it did not reach.
    pub failed: i64,
}

/// The population source's outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PopulationAnswered {
    /// Name and number agree.
    Match,
    /// They do not, with the source's reason.
    Mismatch {
        /// As the source words it.
        reason: String,
    },
    /// No answer in time; never a mismatch. Told to the candidate once.
    Unavailable,
}

/// One act on the camera page, already authenticated by its ticket and cookie.
#[derive(Clone, PartialEq)]
pub enum CameraAct {
    /// 「开始」: the ticket is claimed for a device, whose own secret is the turn's fresh one.
    Claim {
        /// The ticket's secret, as in the link.
        ticket: String,
    },
    /// 「确认无误」.
    ConfirmData,
    /// 「我知道了，去拍照」.
    ReadStandard,
    /// A picture was taken and checked.
    Photo(PhotoVerdict),
    /// 「请老师看」: people judge the next picture.
    AskPeople,
    /// 「我已摄像完成，下一步」.
    Finish,
}

/// Without the link's secret.
impl fmt::Debug for CameraAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim { .. } => f.write_str("Claim"),
            Self::ConfirmData => f.write_str("ConfirmData"),
            Self::ReadStandard => f.write_str("ReadStandard"),
            Self::Photo(verdict) => f.debug_tuple("Photo").field(verdict).finish(),
            Self::AskPeople => f.write_str("AskPeople"),
            Self::Finish => f.write_str("Finish"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_links_secret_is_not_printed() {
        let act = What::Camera(CameraAct::Claim { ticket: "AAECAwQFBgcICQoLDA0ODw".to_owned() });
        assert_eq!(format!("{act:?}"), "Camera(Claim)");
    }
}
