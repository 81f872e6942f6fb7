//! A person acts: what they do becomes a callback, an item on their screen, and an open window.
//!
//! [`Say`] is what the test API and the page send; [`say`] returns once the platform is done delivering. Forms of
//! the callbacks are those of protocol §2 and §3. An image taken with the menu's camera comes as two callbacks: the
//! `pic_sysphoto` event with the picture's MD5, then the picture itself.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::act::{self, Act};
use crate::agents::{self, Session};
use crate::callback;
use crate::clock::wire_millis;
use crate::model::Sent;
use crate::model::item::{Body, Channel, From, Item};
use crate::platform::Platform;
use crate::subscribe;

/// The line that a person sees when the bot does not answer (protocol §4).
pub const SERVICE_BROKEN: &str = "该公众号提供的服务出现故障，请稍后再试";
/// What an account receives instead of a sticker.
pub const STICKER: &str = "【收到不支持的消息类型，暂无法显示】";

/// Where a picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Taken now, with the menu's camera button: an event with the MD5 comes first, as with the next two.
    Camera,
    /// By a menu button that lets the person choose between camera and album.
    PhotoOrAlbum,
    /// By a menu button that opens WeChat's own album.
    Weixin,
    /// Chosen from the album.
    #[default]
    Album,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Say {
    /// Writes.
    Text {
        /// The words.
        content: String,
    },
    /// Sends a picture.
    Image {
        /// Its bytes; base64 in JSON.
        #[serde(with = "base64_bytes")]
        file: Vec<u8>,
        /// Where it comes from.
        #[serde(default)]
        via: Via,
        /// Key of the camera button; the menu's first one without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_key: Option<String>,
    },
    /// Speaks.
    Voice {
        /// What the platform understood; without it there is no `Recognition`.
        #[serde(default)]
        recognition: Option<String>,
    },
    /// Sends a film.
    Video {},
    /// Sends a place.
    Location {
        /// Latitude.
        #[serde(default = "canton_latitude", alias = "x")]
        latitude: f64,
        /// Longitude.
        #[serde(default = "canton_longitude", alias = "y")]
        longitude: f64,
        /// What the map calls it.
        #[serde(default)]
        label: String,
        /// Zoom of the map.
        #[serde(default = "street")]
        scale: u8,
    },
    /// Shares a link.
    Link {
        /// Title.
        title: String,
        /// Description.
        #[serde(default)]
        description: String,
        /// Address.
        url: String,
    },
    /// Sends a sticker; the account receives [`STICKER`].
    Sticker {},
    /// Any event: `CLICK`, `VIEW`, `subscribe`, `unsubscribe`, `LOCATION`, ….
    Event {
        /// Its name.
        event: String,
        /// Its key.
        #[serde(default)]
        event_key: String,
        /// More elements, nested as the JSON is.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        extra: Map<String, Value>,
    },
    /// Scans a QR code of the account, by scene or by ticket.
    Scan {
        /// The scene; a number or a text.
        #[serde(default, deserialize_with = "number_or_text")]
        scene: String,
        /// The ticket of `qrcode/create`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<String>,
    },
    /// Taps an item of a message menu.
    Tap {
        /// The item's id.
        #[serde(deserialize_with = "number_or_text")]
        id: String,
        /// The menu, by its number on the screen; the newest one that has the item without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
    },
}

impl Say {
    /// A text.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { content: content.into() }
    }

    /// A picture.
    pub fn image(file: impl Into<Vec<u8>>, via: Via) -> Self {
        Self::Image { file: file.into(), via, event_key: None }
    }

    /// A spoken sentence that was understood.
    pub fn voice(recognition: impl Into<String>) -> Self {
        Self::Voice { recognition: Some(recognition.into()) }
    }

    /// A tap on a button of the custom menu.
    pub fn click(event_key: impl Into<String>) -> Self {
        Self::event("CLICK", event_key)
    }

    /// An event with its key.
    pub fn event(event: impl Into<String>, event_key: impl Into<String>) -> Self {
        Self::Event { event: event.into(), event_key: event_key.into(), extra: Map::new() }
    }

    /// A scan of the QR code of that scene.
    pub fn scan(scene: impl Into<String>) -> Self {
        Self::Scan { scene: scene.into(), ticket: None }
    }

    /// A tap on an item of the newest message menu that has it.
    pub fn tap(id: impl Into<String>) -> Self {
        Self::Tap { id: id.into(), seq: None }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Number of the person's item on their screen.
    pub seq: u64,
    /// Deliveries that were needed, 1 to 3; 0 when no bot is configured, an agent has the chat, or the person is
    /// blacklisted.
    pub attempts: u32,
    /// What the person sees at once: the bot's answer or the platform's error line.
    pub reply: Option<Item>,
    /// The bot's XML, decrypted, byte for byte.
    pub reply_xml: Option<String>,
}

/// Why a person cannot do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// Nobody has this openid.
    #[error("there is no person {0}")]
    NoPerson(String),
    /// Only followers can write to the account.
    #[error("the person does not follow the account; send the event `subscribe` or scan first")]
    NotFollowing,
    /// Nothing on the screen has that id, ticket or number.
    #[error("the person's screen has no {0}")]
    NoItem(String),
    /// A picture has to be a JPEG, PNG or GIF.
    #[error("the file is no JPEG, PNG or GIF picture")]
    NoPicture,
    /// The account has no such template for subscription notices.
    #[error("the account has no template {0} for subscription notices")]
    NoTemplate(String),
    /// A pop-up is in one of three places.
    #[error("scene {0} is none of 0, 1, 2")]
    NoScene(u8),
    /// An element's name that XML does not allow.
    #[error("`{0}` cannot be the name of an element")]
    Name(String),
}

/// Does it, and returns when the platform is done delivering.
pub(crate) async fn say(platform: &Arc<Platform>, openid: &str, say: Say) -> Result<Said, SayError> {
    let subscribed = subscribe::named(&say);
    let mut acts = act::plan(platform, openid, say)?;
    for (template_id, accepted) in subscribed {
        subscribe::note(&mut platform.state(), openid, &template_id, accepted);
    }
    let last = acts.pop().expect("a plan has at least one act");
    for act in acts {
        let (platform, openid) = (Arc::clone(platform), openid.to_owned());
        let first = tokio::spawn(async move { perform(&platform, &openid, act).await });
        // The event is on its way before the picture, but the picture does not wait for a slow bot.
        drop(tokio::time::timeout(Duration::from_millis(500), first).await);
    }
    perform(platform, openid, last).await
}

/// Shows the act, lets it take effect, and delivers it.
pub(crate) async fn perform(platform: &Arc<Platform>, openid: &str, act: Act) -> Result<Said, SayError> {
    let now = platform.now();
    let (seq, sent) = {
        let mut state = platform.state();
        let Some(item) = state.show(openid, now, From::User, None, act.body.clone()) else {
            return Err(SayError::NoPerson(openid.to_owned()));
        };
        act::take_effect(&mut state, openid, &act, now);
        let xml = act::xml(&platform.options.original_id, openid, &act, item.seq);
        let sent = Sent { openid: openid.to_owned(), xml, is_event: act.is_event(), answered: false };
        state.sent.insert(item.seq, sent.clone());
        let is_banned = state.people.get(openid).is_some_and(|person| person.standing.blacklisted);
        let is_kept_back = !sent.is_event && (is_banned || agents::takes(&mut state, openid, now));
        (item.seq, (!is_kept_back).then_some(sent))
    };
    platform.announce();
    let Some(sent) = sent else { return Ok(Said { seq, attempts: 0, reply: None, reply_xml: None }) };
    Ok(finish(platform, seq, &sent, false).await)
}

/// Sends an earlier message of the person once more, with the same body and MsgId.
pub(crate) async fn redeliver(platform: &Arc<Platform>, openid: &str, seq: u64) -> Result<Said, SayError> {
    let sent = platform.state().sent.get(&seq).filter(|sent| sent.openid == openid).cloned();
    let sent = sent.ok_or_else(|| SayError::NoItem(format!("message {seq}")))?;
    Ok(finish(platform, seq, &sent, true).await)
}

/// Delivers and shows the outcome. A message that has had its answer shows no second one.
async fn finish(platform: &Arc<Platform>, seq: u64, sent: &Sent, again: bool) -> Said {
    let delivery = callback::deliver(platform, sent).await;
    let now = platform.now();
    let mut state = platform.state();
    let follows = state.people.get(&sent.openid).is_some_and(|person| person.follows);
    let answered = state.sent.get_mut(&seq).is_some_and(|sent| {
        let before = sent.answered;
        sent.answered |= delivery.body.is_some();
        before
    });
    let (from, channel, body) = match delivery.body {
        Some(body) => (From::Bot, Some(Channel::Passive), Some(body)),
        None if delivery.failed && !again => {
            (From::System, None, Some(Body::Notice { content: SERVICE_BROKEN.to_owned() }))
        }
        None => (From::Bot, None, None),
    };
    if let Some(Body::Transfer { kf_account }) = &body
        && let Some(person) = state.people.get_mut(&sent.openid)
    {
        person.agent.get_or_insert(Session::queued(now, kf_account.clone()));
    }
    let reply = body.filter(|_| follows).and_then(|body| {
        if again && answered {
            let seq = state.next();
            return Some(Item { seq, at: now, wire_ms: wire_millis(), from, channel, body });
        }
        state.show(&sent.openid, now, from, channel, body)
    });
    drop(state);
    platform.announce();
    Said { seq, attempts: delivery.attempts, reply, reply_xml: delivery.xml }
}

fn canton_latitude() -> f64 {
    23.135_39
}

fn canton_longitude() -> f64 {
    113.271_38
}

fn street() -> u8 {
    16
}

/// A number in its digits, or a text.
pub(crate) fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(serde::de::Error::custom(format!("{other} is neither a number nor a text"))),
    }
}

/// Bytes as base64, with or without the head of a `data:` address.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let data = text.split_once(";base64,").map_or(text.as_str(), |(_, data)| data);
        STANDARD.decode(data).map_err(serde::de::Error::custom)
    }
}
