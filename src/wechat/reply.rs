//! The passive reply (protocol §4): what goes back in the same HTTP exchange.
//!
//! [`Reply::render`] makes the inner XML, which is what the store keeps and repeats byte for byte; [`seal`] wraps it for
//! the mode in which the message came. A malformed reply shows the person an error of the platform, so that this
//! module cannot produce one: no empty text, no control characters that XML forbids, no CDATA that ends early.
//! [`split_text`] cuts long texts before they get here; what is said is decided by the dialogs.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use super::crypto::{KeyIndex, Keys};
use super::signature;

/// What the platform takes for 「no reply wanted」: no retry, nothing shown.
pub const NOTHING: &str = "success";

/// Longest text in bytes that the platform shows; a longer one vanishes without an error (protocol §4, §14).
pub const MAX_TEXT: usize = 2047;

/// One passive reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A text of at most [`MAX_TEXT`] bytes; more is cut off at a cluster, so split before.
    Text(String),
    /// A picture that was uploaded.
    Image {
        /// The platform's key of the picture.
        media_id: String,
    },
    /// One article card; more than one is not shown in answer to a message.
    News(Article),
    /// The agents of the platform's own customer service take over.
    TransferCustomerService,
    /// Silence.
    Nothing,
}

/// A card with a link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// First line.
    pub title: String,
    /// Below it.
    pub description: String,
    /// Address of the picture; may be empty.
    pub picture_url: String,
    /// Where a tap leads.
    pub url: String,
}

impl Reply {
    /// The inner XML, from the `account` to the person, dated `created_at` (wire seconds); [`NOTHING`] when there is
    /// nothing to say, which is also what an empty text is.
    pub fn render(&self, account: &str, open_id: &str, created_at: i64) -> String {
        let mut xml = String::with_capacity(320 + self.weight());
        xml.push_str("<xml>");
        element(&mut xml, "ToUserName", open_id);
        element(&mut xml, "FromUserName", account);
        write!(xml, "<CreateTime>{created_at}</CreateTime>").expect("a string takes everything");
        match self {
            Self::Nothing => return NOTHING.to_owned(),
            Self::Text(text) => {
                let text = sendable(text);
                if text.trim().is_empty() {
                    return NOTHING.to_owned();
                }
                element(&mut xml, "MsgType", "text");
                element(&mut xml, "Content", &text);
            }
            Self::Image { media_id } => {
                element(&mut xml, "MsgType", "image");
                xml.push_str("<Image>");
                element(&mut xml, "MediaId", media_id);
                xml.push_str("</Image>");
            }
            Self::News(article) => {
                element(&mut xml, "MsgType", "news");
                article.render(&mut xml);
            }
            Self::TransferCustomerService => element(&mut xml, "MsgType", "transfer_customer_service"),
        }
        xml.push_str("</xml>");
        xml
    }

    fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::News(article) => 512 + article.description.len(),
            Self::Image { .. } | Self::TransferCustomerService | Self::Nothing => 0,
        }
    }
}

impl Article {
    fn render(&self, xml: &mut String) {
        xml.push_str("<ArticleCount>1</ArticleCount><Articles><item>");
        element(xml, "Title", &self.title);
        element(xml, "Description", &self.description);
        element(xml, "PicUrl", &self.picture_url);
        element(xml, "Url", &self.url);
        xml.push_str("</item></Articles>");
    }
}

/// The body to answer with: `inner` itself when the message came in plain or there is nothing to say, else the
/// encrypted envelope under the key that opened the message. `timestamp` is our own wire time in seconds; `nonce` may
/// echo the request's; `random` is drawn for an envelope only, and must be fresh then.
pub fn seal<'a>(
    keys: &Keys,
    sealed_with: Option<KeyIndex>,
    inner: &'a str,
    timestamp: i64,
    nonce: &str,
    random: impl FnOnce() -> [u8; 16],
) -> Cow<'a, str> {
    if inner.is_empty() || inner == NOTHING {
        return Cow::Borrowed(inner);
    }
    let Some(encrypt) = sealed_with.and_then(|key| keys.seal(key, random(), inner)) else {
        return Cow::Borrowed(inner);
    };
    let timestamp = timestamp.to_string();
    let signature = keys.sign_sealed(&timestamp, nonce, &encrypt);
    let mut xml = String::with_capacity(encrypt.len() + 256);
    xml.push_str("<xml>");
    element(&mut xml, "Encrypt", &encrypt);
    element(&mut xml, "MsgSignature", signature::as_text(&signature));
    write!(xml, "<TimeStamp>{timestamp}</TimeStamp>").expect("a string takes everything");
    element(&mut xml, "Nonce", nonce);
    xml.push_str("</xml>");
    Cow::Owned(xml)
}

/// Cuts a text into pieces of at most `max_bytes`, between grapheme clusters (only a single cluster longer than that is
/// cut inside), rather at a line break, and not inside a link when that can be helped. Joined again the pieces are the
/// text, but for pieces of nothing but white space, which the platform would refuse.
pub fn split_text(text: &str, max_bytes: usize) -> Vec<String> {
    let max_bytes = max_bytes.max(4);
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(cut(rest, max_bytes));
        if !piece.trim().is_empty() {
            pieces.push(piece.to_owned());
        }
        rest = tail;
    }
    pieces
}

/// Where the first piece ends: never 0, never beyond `max_bytes`.
fn cut(text: &str, max_bytes: usize) -> usize {
    if text.len() <= max_bytes {
        return text.len();
    }
    let longest = longest_prefix(text, max_bytes);
    let window = &text[..longest];
    let tail_starts = longest / 2;
    if let Some(line) = window.rfind('\n').filter(|&at| at >= tail_starts) {
        return line + 1;
    }
    match (window.rfind("<a "), window.rfind("</a>")) {
        (Some(opens), closes) if opens >= tail_starts && closes.is_none_or(|closes| closes < opens) => opens,
        _ => longest,
    }
}

/// The longest prefix of whole clusters within the bound; of whole characters when the first cluster exceeds it.
fn longest_prefix(text: &str, max_bytes: usize) -> usize {
    let whole = text
        .grapheme_indices(true)
        .map(|(start, cluster)| start + cluster.len())
        .take_while(|&end| end <= max_bytes)
        .last();
    whole.unwrap_or_else(|| text.floor_char_boundary(max_bytes))
}

/// The text as it may be sent: without what XML forbids, and cut to what is shown.
fn sendable(text: &str) -> Cow<'_, str> {
    let text = strip_illegal(text);
    if text.len() <= MAX_TEXT {
        return text;
    }
    let end = longest_prefix(&text, MAX_TEXT);
    Cow::Owned(text[..end].to_owned())
}

/// Drops the characters that XML 1.0 has no place for; the platform's client would show none of them.
fn strip_illegal(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_legal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|&c| is_legal(c)).collect())
    }
}

fn is_legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// `<name><![CDATA[text]]></name>`, whatever the text holds.
fn element(xml: &mut String, name: &str, text: &str) {
    write!(xml, "<{name}><![CDATA[").expect("a string takes everything");
    let text = strip_illegal(text);
    for (index, part) in text.split("]]>").enumerate() {
        if index > 0 {
            xml.push_str("]]]]><![CDATA[>");
        }
        xml.push_str(part);
    }
    write!(xml, "]]></{name}>").expect("a string takes everything");
}

#[cfg(test)]
mod tests;
