//! Mass sends (protocol §9): one call, thousands of people, and a key under which it is done once.
//!
//! `clientmsgid` makes repeating safe: when an answer is lost the client itself asks again under the same key, and 「sent
//! already」 (45065, with the message's id) is what it hoped to hear. 「Being sent」 (45066) is worth a minute. An error that
//! is left in the end is still in doubt where [`ClientError::is_in_doubt`] says so: asking again later, under the same
//! key, is what finds out.

use serde_json::{Value, json};

use super::messages::check_text;
use super::{Client, ClientError, answer};
use crate::wechat::error;

/// People of a list.
const LIST: std::ops::RangeInclusive<usize> = 2..=10_000;
/// Longest key, in bytes.
const MAX_KEY: usize = 64;
/// The fastest is 0, the slowest 4.
const SLOWEST: u8 = 4;
/// This key was used before; the answer carries the message's id.
const SENT_ALREADY: i64 = 45065;

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everybody who follows.
    Everybody,
    /// Everybody with a tag.
    Tag(i64),
    /// These, 2 to 10 000.
    List(Vec<String>),
}

/// What everybody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MassContent {
    /// The articles of a draft: its media id.
    Articles(String),
    /// 1–2047 bytes.
    Text(String),
    /// A sound: its media id.
    Voice(String),
    /// Pictures.
    Images {
        /// Their media ids.
        media_ids: Vec<String>,
        /// Words above them.
        recommend: String,
        /// Whether readers may comment.
        comments: bool,
        /// Whether only followers may.
        only_followers_comment: bool,
    },
    /// A film.
    Video {
        /// Its media id.
        media_id: String,
        /// Above it.
        title: String,
        /// Below it.
        description: String,
    },
    /// A coupon: its card id.
    Coupon(String),
}

/// A mass send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassMessage {
    /// To whom.
    pub audience: Audience,
    /// What.
    pub content: MassContent,
    /// Send articles although the platform judges them to be reprints.
    pub ignore_reprint: bool,
    /// The key, at most 64 bytes: the platform sends once under it.
    pub client_msg_id: String,
}

/// A mass send that the platform has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassSent {
    /// By which its end is reported and it is asked about.
    pub msg_id: i64,
    /// By which articles' figures are asked for.
    pub msg_data_id: Option<i64>,
    /// The platform had it under this key already.
    pub had_it: bool,
}

/// To whom a preview is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// By openid.
    OpenId(String),
    /// By 微信号.
    WeChatName(String),
}

/// How far a mass send is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MassStatus {
    /// Done.
    Sent,
    /// Under way.
    Sending,
    /// It did not go.
    Failed,
    /// Taken back.
    Deleted,
}

/// How fast mass sends go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MassSpeed {
    /// 0 (fastest) to 4.
    pub step: i64,
    /// In 10 000 people a minute.
    pub per_minute: i64,
}

impl Client {
    /// Sends to many, once under the message's key however often it is asked for.
    pub async fn send_mass(&self, message: &MassMessage) -> Result<MassSent, ClientError> {
        message.check()?;
        let (path, body) = message.body();
        // A list of 10 000 is 300 KB on its way, and ten thousand people are looked at before the answer.
        let call = || self.post_judged(path, &body, self.media_timeout, sent_already_is_fine);
        let answer = self.patience.mass(call).await?;
        Ok(MassSent {
            msg_id: answer::number(&answer, "msg_id")?,
            msg_data_id: answer::number(&answer, "msg_data_id").ok(),
            had_it: is_sent_already(&answer),
        })
    }

    /// Shows a message to one person, as everybody would see it. A hundred times a day.
    pub async fn preview_mass(&self, viewer: &Viewer, content: &MassContent) -> Result<(), ClientError> {
        content.check()?;
        let (kind, name, object) = content.object();
        let mut body = json!({ "msgtype": kind, name: object });
        match viewer {
            Viewer::OpenId(open_id) => body["touser"] = json!(open_id),
            Viewer::WeChatName(name) => body["towxname"] = json!(name),
        }
        self.post("/cgi-bin/message/mass/preview", &body).await.map(|_| ())
    }

    /// Takes a mass send back, or one of its articles, counted from 1.
    pub async fn delete_mass(&self, msg_id: i64, article: Option<u32>) -> Result<(), ClientError> {
        let mut body = json!({ "msg_id": msg_id });
        if let Some(article) = article {
            body["article_idx"] = json!(article);
        }
        self.post("/cgi-bin/message/mass/delete", &body).await.map(|_| ())
    }

    /// How far a mass send is.
    pub async fn mass_status(&self, msg_id: i64) -> Result<MassStatus, ClientError> {
        let answer = self.query("/cgi-bin/message/mass/get", &json!({ "msg_id": msg_id })).await?;
        match answer::text(&answer, "msg_status")?.as_str() {
            "SEND_SUCCESS" => Ok(MassStatus::Sent),
            "SENDING" => Ok(MassStatus::Sending),
            "SEND_FAIL" => Ok(MassStatus::Failed),
            "DELETE" => Ok(MassStatus::Deleted),
            _ => Err(ClientError::Unreadable),
        }
    }

    /// How fast mass sends go.
    pub async fn mass_speed(&self) -> Result<MassSpeed, ClientError> {
        let answer = self.query("/cgi-bin/message/mass/speed/get", &json!({})).await?;
        Ok(MassSpeed {
            step: answer::number(&answer, "speed")?,
            per_minute: answer::number(&answer, "realspeed")?,
        })
    }

    /// Sets it: 0 (800 000 people a minute) to 4 (100 000).
    pub async fn set_mass_speed(&self, step: u8) -> Result<(), ClientError> {
        if step > SLOWEST {
            return Err(ClientError::Invalid("a mass send's speed is 0 to 4"));
        }
        self.post("/cgi-bin/message/mass/speed/set", &json!({ "speed": step })).await.map(|_| ())
    }
}

impl MassMessage {
    fn check(&self) -> Result<(), ClientError> {
        if self.client_msg_id.is_empty() || self.client_msg_id.len() > MAX_KEY {
            return Err(ClientError::Invalid("clientmsgid has 1 to 64 bytes"));
        }
        match &self.audience {
            Audience::List(people) if !LIST.contains(&people.len()) => {
                Err(ClientError::Invalid("a mass send by list goes to 2 to 10 000 people"))
            }
            _ => self.content.check(),
        }
    }

    /// Path and body.
    fn body(&self) -> (&'static str, Value) {
        let (path, whom, audience) = match &self.audience {
            Audience::Everybody => ("/cgi-bin/message/mass/sendall", "filter", json!({ "is_to_all": true })),
            Audience::Tag(tag) => {
                ("/cgi-bin/message/mass/sendall", "filter", json!({ "is_to_all": false, "tag_id": tag }))
            }
            Audience::List(people) => ("/cgi-bin/message/mass/send", "touser", json!(people)),
        };
        let (kind, name, object) = self.content.object();
        let body = json!({
            whom: audience,
            "msgtype": kind,
            name: object,
            "send_ignore_reprint": i32::from(self.ignore_reprint),
            "clientmsgid": self.client_msg_id,
        });
        (path, body)
    }
}

impl MassContent {
    fn check(&self) -> Result<(), ClientError> {
        let is_missing = match self {
            Self::Text(text) => return check_text(text),
            Self::Articles(id) | Self::Voice(id) | Self::Coupon(id) | Self::Video { media_id: id, .. } => {
                id.is_empty()
            }
            Self::Images { media_ids, .. } => media_ids.is_empty(),
        };
        if is_missing { Err(ClientError::Invalid("a mass send names what it shows")) } else { Ok(()) }
    }

    /// `msgtype`, and the object with its name, which is the same but for pictures.
    fn object(&self) -> (&'static str, &'static str, Value) {
        let same = |name, object| (name, name, object);
        match self {
            Self::Articles(media_id) => same("mpnews", json!({ "media_id": media_id })),
            Self::Text(content) => same("text", json!({ "content": content })),
            Self::Voice(media_id) => same("voice", json!({ "media_id": media_id })),
            Self::Images { media_ids, recommend, comments, only_followers_comment } => (
                "image",
                "images",
                json!({
                    "media_ids": media_ids,
                    "recommend": recommend,
                    "need_open_comment": i32::from(*comments),
                    "only_fans_can_comment": i32::from(*only_followers_comment),
                }),
            ),
            Self::Video { media_id, title, description } => {
                same("mpvideo", json!({ "media_id": media_id, "title": title, "description": description }))
            }
            Self::Coupon(card_id) => same("wxcard", json!({ "card_id": card_id })),
        }
    }
}

/// The body decides, but for one error that is good news.
fn sent_already_is_fine(answer: Value) -> Result<Value, error::ApiError> {
    if is_sent_already(&answer) && answer::number(&answer, "msg_id").is_ok() {
        return Ok(answer);
    }
    error::check(answer)
}

fn is_sent_already(answer: &Value) -> bool {
    answer::number(answer, "errcode").is_ok_and(|code| code == SENT_ALREADY)
}
