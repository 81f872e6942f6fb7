//! From what a person does to the callbacks that the platform makes of it (protocol §2, §3).
//!
//! [`plan`] turns one [`Say`] into one or two [`Act`]s; [`xml`] writes an act as a callback; [`take_effect`] is what
//! it changes on the platform's side: following, and the window of customer messages.

use md5::{Digest, Md5};
use serde_json::Value;

use crate::clock;
use crate::draw;
use crate::model::State;
use crate::model::item::Body;
use crate::model::media;
use crate::options::WindowRule;
use crate::platform::Platform;
use crate::reply::media_url;
use crate::say::{STICKER, Say, SayError, Via};
use crate::xml::Writer;

/// One callback to be.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// What the person's own screen shows.
    pub(crate) body: Body,
    /// `MsgType`.
    kind: &'static str,
    /// The elements after `MsgType`.
    fields: Writer,
    /// The window that it opens.
    rule: Option<WindowRule>,
    /// Following from now on, or no longer.
    follows: Option<bool>,
    /// The scene by which the person came.
    scene: Option<String>,
}

impl Act {
    /// Events carry no MsgId.
    pub(crate) fn is_event(&self) -> bool {
        self.kind == "event"
    }
}

/// What the platform makes of it.
pub(crate) fn plan(platform: &Platform, openid: &str, say: Say) -> Result<Vec<Act>, SayError> {
    let person = platform.state().people.get(openid).cloned();
    let person = person.ok_or_else(|| SayError::NoPerson(openid.to_owned()))?;
    let needs_follow = match &say {
        Say::Scan { .. } => false,
        Say::Event { event, .. } => event != "subscribe",
        _ => true,
    };
    if needs_follow && !person.follows {
        return Err(SayError::NotFollowing);
    }
    match say {
        Say::Event { event, event_key, extra } => {
            let mut fields = Writer::default().text("EventKey", &event_key);
            for (name, value) in &extra {
                fields = nested(fields, name, value)?;
            }
            Ok(vec![event_act(platform, &event, &event_key, &fields)])
        }
        Say::Scan { scene, ticket } => Ok(vec![scan(platform, person.follows, scene, ticket)?]),
        Say::Tap { id, seq } => Ok(vec![tap(platform, &person.screen, &id, seq)?]),
        Say::Image { file, via, event_key } => image(platform, openid, file, via, event_key),
        message => Ok(vec![message_act(platform, message)]),
    }
}

fn message_act(platform: &Platform, say: Say) -> Act {
    let plain = Writer::default();
    let (kind, fields, body) = match say {
        Say::Voice { recognition } => {
            let media_id = keep(platform, "voice", b"#!AMR\n\x3c\x00".to_vec());
            let mut fields = plain.text("MediaId", &media_id).text("Format", "amr");
            if let Some(words) = &recognition {
                fields = fields.text("Recognition", words);
            }
            ("voice", fields, Body::Voice { media_id, recognition })
        }
        Say::Video {} => {
            let media_id = keep(platform, "video", b"\0\0\0\x18ftypmp42".to_vec());
            let thumb = keep(platform, "thumb", vec![0xff, 0xd8, 0xff, 0xd9]);
            let fields = plain.text("MediaId", &media_id).text("ThumbMediaId", &thumb);
            ("video", fields, Body::Video { media_id, title: String::new(), description: String::new() })
        }
        Say::Location { latitude, longitude, label, scale } => {
            let at = plain.number("Location_X", latitude).number("Location_Y", longitude);
            let fields = at.number("Scale", scale).text("Label", &label);
            ("location", fields, Body::Location { latitude, longitude, label })
        }
        Say::Link { title, description, url } => {
            let fields = plain.text("Title", &title).text("Description", &description).text("Url", &url);
            ("link", fields, Body::Link { title, description, url })
        }
        Say::Text { content } => text(content, None),
        // The other kinds have been planned before; a sticker is the only one left.
        _ => text(STICKER.to_owned(), None),
    };
    Act { body, kind, fields, rule: Some(platform.options.window.message), follows: None, scene: None }
}

fn text(content: String, menu_id: Option<String>) -> (&'static str, Writer, Body) {
    let mut fields = Writer::default().text("Content", &content);
    if let Some(id) = &menu_id {
        fields = fields.text("bizmsgmenuid", id);
    }
    ("text", fields, Body::Text { content, menu_id })
}

fn keep(platform: &Platform, kind: &str, bytes: Vec<u8>) -> String {
    platform.state().media.keep(kind, bytes, platform.now())
}

fn image(
    platform: &Platform,
    openid: &str,
    file: Vec<u8>,
    via: Via,
    event_key: Option<String>,
) -> Result<Vec<Act>, SayError> {
    if !media::sniff(&file).0.starts_with("image/") {
        return Err(SayError::NoPicture);
    }
    let mut acts = Vec::new();
    if let Some(event) = announced_by(via) {
        let key = event_key
            .or_else(|| camera_key(&platform.state(), openid))
            .unwrap_or_else(|| "camera".to_owned());
        acts.push(announcement(platform, event, &key, &file));
    }
    let media_id = keep(platform, "image", file);
    let url = media_url(&media_id);
    let fields =
        Writer::default().text("PicUrl", &format!("{}{url}", platform.url())).text("MediaId", &media_id);
    let body = Body::Image { media_id, url };
    let rule = Some(platform.options.window.message);
    acts.push(Act { body, kind: "image", fields, rule, follows: None, scene: None });
    Ok(acts)
}

/// The event by which a button of the menu announces a picture.
fn announced_by(via: Via) -> Option<&'static str> {
    match via {
        Via::Camera => Some("pic_sysphoto"),
        Via::PhotoOrAlbum => Some("pic_photo_or_album"),
        Via::Weixin => Some("pic_weixin"),
        Via::Album => None,
    }
}

fn announcement(platform: &Platform, event: &str, key: &str, file: &[u8]) -> Act {
    let sum = draw::hex(&Md5::digest(file));
    let item = Writer::default().nest("item", Writer::default().text("PicMd5Sum", &sum));
    let pics = Writer::default().number("Count", 1).nest("PicList", item);
    let fields = Writer::default().text("EventKey", key).nest("SendPicsInfo", pics);
    event_act(platform, event, key, &fields)
}

/// Key of the first camera button in the person's menu.
fn camera_key(state: &State, openid: &str) -> Option<String> {
    fn search(buttons: &Value) -> Option<String> {
        buttons.as_array()?.iter().find_map(|button| match button["type"].as_str() {
            Some("pic_sysphoto" | "pic_photo_or_album") => button["key"].as_str().map(str::to_owned),
            _ => search(&button["sub_button"]),
        })
    }
    search(&state.menu_of(openid)?["button"])
}

/// An event with its elements; `key` is what the screen shows beside its name.
pub(crate) fn event_act(platform: &Platform, event: &str, key: &str, fields: &Writer) -> Act {
    let rules = &platform.options.window;
    let (rule, follows) = match event {
        "CLICK" | "scancode_push" | "scancode_waitmsg" => (Some(rules.menu), None),
        "subscribe" => (Some(rules.follow), Some(true)),
        "SCAN" => (Some(rules.scan), None),
        "unsubscribe" => (None, Some(false)),
        _ => (None, None),
    };
    let fields = Writer::default().text("Event", event).then(fields);
    let body = Body::Event { event: event.to_owned(), event_key: key.to_owned() };
    Act { body, kind: "event", fields, rule, follows, scene: None }
}

/// A follower's scan is `SCAN`, anybody else's is `subscribe` with `qrscene_` before the scene.
fn scan(platform: &Platform, follows: bool, scene: String, ticket: Option<String>) -> Result<Act, SayError> {
    let state = platform.state();
    let now = platform.now();
    let alive = |until: Option<i64>| until.is_none_or(|until| now < until);
    let known = match &ticket {
        Some(name) => state.tickets.get_key_value(name).filter(|(_, ticket)| alive(ticket.until)),
        None => state.tickets.iter().find(|(_, ticket)| ticket.scene == scene && alive(ticket.until)),
    };
    let (ticket, scene) = match (known, ticket) {
        (Some((name, ticket)), _) => (name.clone(), ticket.scene.clone()),
        (None, Some(name)) => return Err(SayError::NoItem(format!("QR code {name}"))),
        (None, None) => (draw::word(96), scene),
    };
    drop(state);
    let (event, key) =
        if follows { ("SCAN", scene.clone()) } else { ("subscribe", format!("qrscene_{scene}")) };
    let fields = Writer::default().text("EventKey", &key).text("Ticket", &ticket);
    Ok(Act { scene: Some(scene), ..event_act(platform, event, &key, &fields) })
}

/// A tapped item comes back as its text with `bizmsgmenuid`, and counts as a tap on the menu (protocol §6).
fn tap(platform: &Platform, screen: &[crate::Item], id: &str, seq: Option<u64>) -> Result<Act, SayError> {
    let mut meant = screen.iter().rev().filter(|item| seq.is_none_or(|seq| item.seq == seq));
    let found = meant.find_map(|item| content_of(&item.body, id));
    let content = found.ok_or_else(|| SayError::NoItem(format!("menu item {id}")))?;
    let (kind, fields, body) = text(content, Some(id.to_owned()));
    Ok(Act { body, kind, fields, rule: Some(platform.options.window.menu), follows: None, scene: None })
}

fn content_of(body: &Body, id: &str) -> Option<String> {
    match body {
        Body::Msgmenu { list, .. } => list.iter().find(|item| item.id == id).map(|item| item.content.clone()),
        Body::Text { content, menu_id: None } => linked(content, id),
        _ => None,
    }
}

/// The content of a `weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…` link with that id.
fn linked(text: &str, id: &str) -> Option<String> {
    text.split("weixin://bizmsgmenu?").skip(1).find_map(|rest| {
        let query = rest.split(['"', '\'', '>', ' ', '\n']).next()?.replace("&amp;", "&");
        let address = reqwest::Url::parse(&format!("http://x/?{query}")).ok()?;
        let value = |name: &str| {
            address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        (value("msgmenuid")? == id).then(|| value("msgmenucontent"))?
    })
}

fn nested(writer: Writer, name: &str, value: &Value) -> Result<Writer, SayError> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(SayError::Name(name.to_owned()));
    }
    match value {
        Value::Object(map) => {
            let inner =
                map.iter().try_fold(Writer::default(), |inner, (name, value)| nested(inner, name, value));
            Ok(writer.nest(name, inner?))
        }
        Value::Array(items) => items.iter().try_fold(writer, |writer, item| nested(writer, name, item)),
        Value::String(text) => Ok(writer.text(name, text)),
        other => Ok(writer.number(name, other)),
    }
}

/// What the act changes on the platform's side.
pub(crate) fn take_effect(state: &mut State, openid: &str, act: &Act, now: i64) {
    if let (Some(follows), Some(person)) = (act.follows, state.people.get_mut(openid)) {
        person.follows = follows;
        if follows {
            person.subscribed_at = now;
            person.scene.clone_from(&act.scene);
        } else {
            person.standing.leave();
        }
    }
    if let Some(rule) = act.rule {
        state.acted(openid, rule, now);
    }
}

/// The callback's XML. `seq` makes the MsgId unique, also over restarts, because it is joined with wire time.
pub(crate) fn xml(account: &str, openid: &str, act: &Act, seq: u64) -> String {
    let head = head(account, openid, act.kind).then(&act.fields);
    let inner = if act.is_event() {
        head
    } else {
        head.number("MsgId", clock::wire_millis() as u64 * 1_000_000 + seq % 1_000_000)
    };
    Writer::default().nest("xml", inner).finish()
}

/// An event that the platform itself reports, such as `TEMPLATESENDJOBFINISH`.
pub(crate) fn platform_event(account: &str, openid: &str, event: &str, fields: &Writer) -> String {
    let inner = head(account, openid, "event").text("Event", event).then(fields);
    Writer::default().nest("xml", inner).finish()
}

fn head(account: &str, openid: &str, kind: &str) -> Writer {
    Writer::default()
        .text("ToUserName", account)
        .text("FromUserName", openid)
        .number("CreateTime", clock::wire_seconds())
        .text("MsgType", kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_content_behind_a_menu_link() {
        let text = "请选：<a href=\"weixin://bizmsgmenu?msgmenucontent=%E5%A4%A9%E6%B2%B3%E5%8C%BA&msgmenuid=4\">天河区</a>";
        assert_eq!(linked(text, "4"), Some("天河区".to_owned()));
        assert_eq!(linked(text, "5"), None);
    }
}
