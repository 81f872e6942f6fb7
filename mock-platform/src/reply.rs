//! Reads the bot's answer to a callback as strictly as the platform does (protocol §4, §14.5, §14.8).
//!
//! `success` and nothing mean that nothing is shown. Otherwise the envelope is verified and opened, To and From have
//! to be swapped, `CreateTime` has to be bare digits, and each type has to be complete; anything else is malformed
//! and the message is delivered again. A text of 2,048 bytes or more and too many articles vanish without an error.

use crate::crypto::{self, Cipher};
use crate::model::item::{Article, Body};
use crate::model::media::COVER;
use crate::model::{Sent, State};
use crate::options::Mode;
use crate::platform::Platform;
use crate::xml::{self, Element};

/// A passive text of this many bytes vanishes; 2,047 are shown.
pub(crate) const TEXT_VANISHES_AT: usize = 2048;

/// An answer that ends the delivery.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What the person sees, if anything.
    pub(crate) body: Option<Body>,
    /// The XML, decrypted.
    pub(crate) xml: Option<String>,
    /// What the wire log says.
    pub(crate) note: String,
}

/// Verifies an answer; the error says what is malformed.
pub(crate) fn read(platform: &Platform, sent: &Sent, bytes: &[u8]) -> Result<Answer, String> {
    if bytes.is_empty() || bytes == b"success" {
        return Ok(Answer { body: None, xml: None, note: "nothing to show".to_owned() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "the answer is not UTF-8".to_owned())?;
    let root = xml::read(text).map_err(|error| error.to_string())?;
    let (inner, root) = match root.text_of("Encrypt") {
        Some(_) => {
            let inner = open(platform, &root)?;
            let root = xml::read(&inner).map_err(|error| error.to_string())?;
            (inner, root)
        }
        None if platform.options.mode == Mode::Secure => return Err("an unencrypted answer".to_owned()),
        None => (text.to_owned(), root),
    };
    check_head(platform, sent, &root)?;
    let body = body_of(platform, sent, &root)?;
    let note = if body.is_some() { "shown" } else { "too long: it vanishes" };
    Ok(Answer { body, xml: Some(inner), note: note.to_owned() })
}

fn open(platform: &Platform, envelope: &Element) -> Result<String, String> {
    let cipher: &Cipher = platform.cipher.as_ref().ok_or("an encrypted answer without a key")?;
    if platform.options.mode == Mode::Plain {
        return Err("an encrypted answer in plain mode".to_owned());
    }
    let field = |name| envelope.text_of(name).ok_or_else(|| format!("no {name}"));
    let (encrypt, signature) = (field("Encrypt")?, field("MsgSignature")?);
    let (timestamp, nonce) = (field("TimeStamp")?, field("Nonce")?);
    digits(timestamp, "TimeStamp")?;
    let expected = crypto::signature(&[&platform.options.token, timestamp, nonce, encrypt]);
    if !crypto::same(&expected, signature) {
        return Err(crypto::CryptoError::Signature.to_string());
    }
    cipher.open(encrypt).map_err(|error| error.to_string())
}

fn check_head(platform: &Platform, sent: &Sent, root: &Element) -> Result<(), String> {
    if root.name != "xml" {
        return Err("the root is not xml".to_owned());
    }
    if root.text_of("ToUserName") != Some(&sent.openid) {
        return Err("ToUserName is not the person".to_owned());
    }
    if root.text_of("FromUserName") != Some(&platform.options.original_id) {
        return Err("FromUserName is not the account".to_owned());
    }
    digits(root.text_of("CreateTime").unwrap_or_default(), "CreateTime")
}

fn digits(text: &str, name: &str) -> Result<(), String> {
    if !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(format!("{name} is not bare digits"))
    }
}

fn body_of(platform: &Platform, sent: &Sent, root: &Element) -> Result<Option<Body>, String> {
    let part = |name: &str| root.child(name).ok_or_else(|| format!("no {name}"));
    let body = match root.text_of("MsgType").unwrap_or_default() {
        "text" => {
            let content = root.text_of("Content").unwrap_or_default();
            if content.trim().is_empty() {
                return Err("Content is empty".to_owned());
            }
            if content.len() >= TEXT_VANISHES_AT {
                return Ok(None);
            }
            Body::Text { content: content.to_owned(), menu_id: None }
        }
        "image" => Body::picture(medium(platform, part("Image")?, "MediaId", &["image"])?),
        "voice" => Body::Voice {
            media_id: medium(platform, part("Voice")?, "MediaId", &["voice"])?,
            recognition: None,
        },
        "video" => {
            let video = part("Video")?;
            let media_id = medium(platform, video, "MediaId", &["video"])?;
            Body::Video { media_id, title: text(video, "Title"), description: text(video, "Description") }
        }
        "music" => {
            let music = part("Music")?;
            medium(platform, music, "ThumbMediaId", COVER)?;
            let url = text(music, "MusicUrl");
            Body::Music { title: text(music, "Title"), description: text(music, "Description"), url }
        }
        "news" => return articles(sent, root),
        "transfer_customer_service" => {
            let kf_account = root.child("TransInfo").map(|info| text(info, "KfAccount"));
            Body::Transfer { kf_account }
        }
        other => return Err(format!("MsgType `{other}` cannot be answered")),
    };
    Ok(Some(body))
}

/// One article as the answer to a message, up to eight to an event; more are not shown.
fn articles(sent: &Sent, root: &Element) -> Result<Option<Body>, String> {
    let items = &root.child("Articles").ok_or("no Articles")?.children;
    let count = root.text_of("ArticleCount").and_then(|count| count.parse().ok());
    if items.is_empty() || count != Some(items.len()) {
        return Err("ArticleCount does not fit".to_owned());
    }
    if items.len() > if sent.is_event { 8 } else { 1 } {
        return Ok(None);
    }
    let article = |item: &Element| Article {
        title: text(item, "Title"),
        description: text(item, "Description"),
        url: text(item, "Url"),
        picurl: text(item, "PicUrl"),
    };
    Ok(Some(Body::News { articles: items.iter().map(article).collect() }))
}

fn text(element: &Element, name: &str) -> String {
    element.text_of(name).unwrap_or_default().to_owned()
}

fn medium(platform: &Platform, element: &Element, name: &str, kinds: &[&str]) -> Result<String, String> {
    let id = text(element, name);
    let state: &State = &platform.state();
    if state.media.serves(&id, kinds, platform.now()) {
        Ok(id)
    } else {
        Err(format!("{name} names no medium"))
    }
}

/// Where the page shows a medium.
pub(crate) fn media_url(media_id: &str) -> String {
    format!("/mmbiz/{media_id}")
}
