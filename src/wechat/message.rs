//! One opened callback as an [`Inbound`]: every message and event of protocol §2–§3.
//!
//! The order of elements, CDATA and the case of event names do not matter; unknown elements are skipped, unknown types
//! and events become values, because the platform adds new ones. What may not be missing is what an answer needs:
//! who, to whom, when, and what kind. An element that decides something may come once only, so that nobody reads one
//! value where another reader would have read the next. A `PicUrl` or link is not even looked at.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::signature::write_hex;
pub use super::xml::XmlError;
use super::xml::leaves;
use crate::inbound::{Agreement, Event, Inbound, MassReport, SubscriptionSent, What};

/// Longest openid or account name that is taken for one; real ones have 28 characters.
const MAX_NAME: usize = 128;
/// A `MsgId` is a 64-bit number.
const MAX_MSG_ID: usize = 20;
/// Longest `Status` of a mass message that is kept; documented ones have 12 characters.
const MAX_STATUS: usize = 64;

/// Why an opened callback is not a message. Names elements, never contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not a document that is read at all.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// An element that must be there is absent or empty.
    #[error("the message has no {0}")]
    Missing(&'static str),
    /// An element that decides something comes twice.
    #[error("the message has {0} twice")]
    Twice(&'static str),
    /// An element has a value of the wrong shape.
    #[error("the message has a malformed {0}")]
    Malformed(&'static str),
}

impl ParseError {
    /// Never: the same bytes fail again.
    pub fn is_transient(self) -> bool {
        false
    }
}

/// Reads one plain (or opened) document. At most 64 KiB, no DOCTYPE.
pub fn parse(xml: &str) -> Result<Inbound, ParseError> {
    let fields = Fields::read(xml)?;
    let open_id = name(fields.from.as_ref(), "FromUserName")?;
    let account = name(fields.to.as_ref(), "ToUserName")?;
    let sent_at = digits(required(fields.created.as_ref(), "CreateTime")?)
        .ok_or(ParseError::Malformed("CreateTime"))?;
    let kind = required(fields.kind.as_ref(), "MsgType")?;
    let is_event = kind.eq_ignore_ascii_case("event");
    let key = match &fields.msg_id {
        Some(id) if !is_event && is_msg_id(id) => format!("{}:{open_id}", id.trim()),
        _ => format!("{open_id}:{}", fingerprint(xml)),
    };
    let (open_id, account) = (open_id.to_owned(), account.to_owned());
    let what = if is_event { What::Event(event(fields)?) } else { message(kind.to_owned(), fields)? };
    Ok(Inbound { open_id, account, key, sent_at, case_id: None, what })
}

fn message(kind: String, fields: Fields<'_>) -> Result<What, ParseError> {
    Ok(match kind.as_str() {
        "text" => What::Text {
            content: fields.content.map(Cow::into_owned).unwrap_or_default(),
            item: filled(fields.item),
        },
        "image" => What::Photo { media_id: filled(fields.media_id).ok_or(ParseError::Missing("MediaId"))? },
        "voice" => What::Voice { recognition: filled(fields.recognition) },
        "video" | "shortvideo" => What::Video,
        "location" => What::Location {
            latitude: degrees(fields.latitude.as_ref(), 90.0, "Location_X")?,
            longitude: degrees(fields.longitude.as_ref(), 180.0, "Location_Y")?,
            label: fields.label.map(Cow::into_owned).unwrap_or_default(),
        },
        "link" => What::Link,
        _ => What::Unsupported { kind },
    })
}

fn event(mut fields: Fields<'_>) -> Result<Event, ParseError> {
    let name = required(fields.event.as_ref(), "Event")?.to_owned();
    let key = filled(fields.event_key.take());
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    Ok(if is("subscribe") {
        Event::Subscribe { scene: key.and_then(|key| key.strip_prefix("qrscene_").map(str::to_owned)) }
    } else if is("unsubscribe") {
        Event::Unsubscribe
    } else if is("SCAN") {
        Event::Scan { scene: key.unwrap_or_default() }
    } else if ["CLICK", "scancode_push", "scancode_waitmsg"].into_iter().any(is) {
        // What a scanning button has read is not asked for; it is a button like the others.
        Event::Click { key: key.ok_or(ParseError::Missing("EventKey"))? }
    } else if is("pic_sysphoto") {
        Event::Camera { key: key.unwrap_or_default(), md5: fields.md5 }
    } else if is("TEMPLATESENDJOBFINISH") {
        Event::TemplateSent {
            msg_id: filled(fields.msg_id).ok_or(ParseError::Missing("MsgID"))?,
            status: filled(fields.status).ok_or(ParseError::Missing("Status"))?,
        }
    } else if is("MASSSENDJOBFINISH") {
        Event::MassFinished(mass_report(&fields)?)
    } else if is("subscribe_msg_popup_event") || is("subscribe_msg_change_event") {
        Event::Subscriptions(fields.list.into_iter().filter_map(Listed::agreement).collect())
    } else if is("subscribe_msg_sent_event") {
        Event::SubscriptionsSent(fields.list.into_iter().filter_map(Listed::sent).collect())
    } else if is("kf_create_session") || is("kf_close_session") {
        Event::Agent { began: is("kf_create_session") }
    } else {
        Event::Other { name }
    })
}

fn mass_report(fields: &Fields<'_>) -> Result<MassReport, ParseError> {
    let number = |field: &Option<Cow<'_, str>>, name| {
        digits(required(field.as_ref(), name)?).ok_or(ParseError::Malformed(name))
    };
    let status = required(fields.status.as_ref(), "Status")?;
    Ok(MassReport {
        msg_id: number(&fields.msg_id, "MsgID")?,
        status: status.chars().take(MAX_STATUS).collect(),
        total: number(&fields.total, "TotalCount")?,
        filtered: number(&fields.filtered, "FilterCount")?,
        sent: number(&fields.sent, "SentCount")?,
        failed: number(&fields.failed, "ErrorCount")?,
    })
}

/// The elements that decide something, as they came.
#[derive(Default)]
struct Fields<'a> {
    to: Option<Cow<'a, str>>,
    from: Option<Cow<'a, str>>,
    created: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    /// `MsgId` of a message, `MsgID` of a sent template or mass message.
    msg_id: Option<Cow<'a, str>>,
    content: Option<Cow<'a, str>>,
    item: Option<Cow<'a, str>>,
    media_id: Option<Cow<'a, str>>,
    recognition: Option<Cow<'a, str>>,
    latitude: Option<Cow<'a, str>>,
    longitude: Option<Cow<'a, str>>,
    label: Option<Cow<'a, str>>,
    event: Option<Cow<'a, str>>,
    event_key: Option<Cow<'a, str>>,
    status: Option<Cow<'a, str>>,
    total: Option<Cow<'a, str>>,
    filtered: Option<Cow<'a, str>>,
    sent: Option<Cow<'a, str>>,
    failed: Option<Cow<'a, str>>,
    md5: Vec<String>,
    list: Vec<Listed>,
}

/// One `List` of an event about 订阅通知.
#[derive(Default)]
struct Listed {
    template_id: Option<String>,
    /// `accept`, `reject`.
    status: Option<String>,
    msg_id: Option<String>,
    code: Option<String>,
}

impl Listed {
    fn agreement(self) -> Option<Agreement> {
        let agreed = self.status?.eq_ignore_ascii_case("accept");
        Some(Agreement { template_id: self.template_id?, agreed })
    }

    fn sent(self) -> Option<SubscriptionSent> {
        Some(SubscriptionSent { msg_id: self.msg_id?, code: self.code?.parse().unwrap_or(-1) })
    }
}

impl<'a> Fields<'a> {
    fn read(xml: &'a str) -> Result<Self, ParseError> {
        let mut fields = Self::default();
        leaves(xml, |path, text| fields.take(path, text))?;
        Ok(fields)
    }

    fn take(&mut self, path: &str, text: Cow<'a, str>) -> Result<(), ParseError> {
        let (field, name) = match path {
            "ToUserName" => (&mut self.to, "ToUserName"),
            "FromUserName" => (&mut self.from, "FromUserName"),
            "CreateTime" => (&mut self.created, "CreateTime"),
            "MsgType" => (&mut self.kind, "MsgType"),
            "MsgId" | "MsgID" => (&mut self.msg_id, "MsgId"),
            "Content" => (&mut self.content, "Content"),
            "MediaId" => (&mut self.media_id, "MediaId"),
            "Recognition" => (&mut self.recognition, "Recognition"),
            "Location_X" => (&mut self.latitude, "Location_X"),
            "Location_Y" => (&mut self.longitude, "Location_Y"),
            "Label" => (&mut self.label, "Label"),
            "Event" => (&mut self.event, "Event"),
            "EventKey" => (&mut self.event_key, "EventKey"),
            "Status" => (&mut self.status, "Status"),
            "TotalCount" => (&mut self.total, "TotalCount"),
            "FilterCount" => (&mut self.filtered, "FilterCount"),
            "SentCount" => (&mut self.sent, "SentCount"),
            "ErrorCount" => (&mut self.failed, "ErrorCount"),
            _ if path.starts_with("SubscribeMsg") => {
                self.take_listed(path, &text);
                return Ok(());
            }
            "SendPicsInfo/PicList/item/PicMd5Sum" => {
                self.md5.push(text.trim().to_ascii_lowercase());
                return Ok(());
            }
            // The spelling is not in the documents; protocol §2 gives it with a mark of doubt.
            _ if path.eq_ignore_ascii_case("bizmsgmenuid") => (&mut self.item, "bizmsgmenuid"),
            _ => return Ok(()),
        };
        match field.replace(text) {
            None => Ok(()),
            Some(_) => Err(ParseError::Twice(name)),
        }
    }
}

impl Fields<'_> {
    /// `List` is repeated; a field that the last one has begins the next.
    fn take_listed(&mut self, path: &str, text: &str) {
        let which: fn(&mut Listed) -> &mut Option<String> = match path.split_once("Event/List/") {
            Some((_, "TemplateId")) => |list| &mut list.template_id,
            Some((_, "SubscribeStatusString")) => |list| &mut list.status,
            Some((_, "MsgID")) => |list| &mut list.msg_id,
            Some((_, "ErrorCode")) => |list| &mut list.code,
            _ => return,
        };
        if self.list.last_mut().is_none_or(|last| which(last).is_some()) {
            self.list.push(Listed::default());
        }
        if let Some(last) = self.list.last_mut() {
            *which(last) = Some(text.trim().to_owned());
        }
    }
}

fn required<'f>(field: Option<&'f Cow<'_, str>>, name: &'static str) -> Result<&'f str, ParseError> {
    match field.map(|text| text.trim()) {
        None | Some("") => Err(ParseError::Missing(name)),
        Some(text) => Ok(text),
    }
}

/// An openid or account name: short, without blanks or control characters, as it goes into keys and replies.
fn name<'f>(field: Option<&'f Cow<'_, str>>, name: &'static str) -> Result<&'f str, ParseError> {
    let text = required(field, name)?;
    let is_name = text.len() <= MAX_NAME && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_name { Ok(text) } else { Err(ParseError::Malformed(name)) }
}

fn filled(field: Option<Cow<'_, str>>) -> Option<String> {
    field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn is_msg_id(text: &str) -> bool {
    let text = text.trim();
    (1..=MAX_MSG_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn degrees(field: Option<&Cow<'_, str>>, limit: f64, name: &'static str) -> Result<f64, ParseError> {
    let degrees: f64 = required(field, name)?.parse().map_err(|_| ParseError::Malformed(name))?;
    // Written so that a NaN fails.
    if degrees.abs() <= limit { Ok(degrees) } else { Err(ParseError::Malformed(name)) }
}

/// SHA-256 of the document in lower-case hex: what tells a repeated event, which has no `MsgId` (protocol §4).
fn fingerprint(xml: &str) -> String {
    let mut hex = [0; 64];
    write_hex(&Sha256::digest(xml.as_bytes()), &mut hex);
    hex.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests;
