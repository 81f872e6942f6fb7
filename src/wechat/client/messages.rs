//! Customer-service messages, which need an open window (protocol §6).
//!
//! The person wrote lately, and each message counts against that; the platform keeps the count and says 45015 or 45047.
//! There is no key against doubling, so that nothing here is ever repeated. What is sent to whom is the worker's.

use serde_json::{Value, json};

use super::{Client, ClientError};

/// Longest text in bytes (protocol §4 gives 2047 or 2048; the smaller one is safe).
pub(super) const MAX_TEXT: usize = super::super::reply::MAX_TEXT;

/// What a customer message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomMessage {
    /// 1–2047 bytes; links work.
    Text(String),
    /// A picture that was uploaded: its media id.
    Image(String),
    /// A sound that was uploaded: its media id.
    Voice(String),
    /// A film that was uploaded.
    Video {
        /// The film.
        media_id: String,
        /// Its picture.
        thumb_media_id: String,
        /// Above it.
        title: String,
        /// Below it.
        description: String,
    },
    /// Music from an address.
    Music {
        /// Above it.
        title: String,
        /// Below it.
        description: String,
        /// Where it is.
        url: String,
        /// Where it is in better quality, for Wi-Fi.
        high_quality_url: String,
        /// Its picture.
        thumb_media_id: String,
    },
    /// A card that leads to an address. The platform takes exactly one.
    News(NewsCard),
    /// An article that the account has published: its article id.
    Article(String),
    /// Items to tap.
    Menu(MenuMessage),
    /// A page of a mini program.
    MiniProgram {
        /// Above it.
        title: String,
        /// Which program and page.
        page: MiniProgram,
        /// Its picture.
        thumb_media_id: String,
    },
    /// A coupon: its card id.
    Coupon(String),
}

/// A card that leads to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsCard {
    /// The heading.
    pub title: String,
    /// Below it.
    pub description: String,
    /// Where a tap leads.
    pub url: String,
    /// Address of the picture.
    pub picture_url: String,
}

/// A page of a mini program that is bound to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MiniProgram {
    /// The program's own app id.
    pub app_id: String,
    /// The page in it, with its parameters.
    pub page_path: String,
}

/// A message with items to tap; a tap comes back as a text with the item's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuMessage {
    /// Above the items.
    pub head: String,
    /// Id and label of each item.
    pub items: Vec<(String, String)>,
    /// Below the items; may be empty.
    pub tail: String,
}

/// The line 「对方正在输入」.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Show it for a while.
    Show,
    /// Take it away.
    Cancel,
}

impl Client {
    /// Sends a message; in the name of a customer-service account if one is given (`kf_account`, `name@account`).
    pub async fn send_custom(
        &self,
        open_id: &str,
        message: &CustomMessage,
        agent: Option<&str>,
    ) -> Result<(), ClientError> {
        message.check()?;
        let (kind, content) = message.content();
        let mut body = json!({ "touser": open_id, "msgtype": kind, kind: content });
        if let Some(agent) = agent {
            body["customservice"] = json!({ "kf_account": agent });
        }
        self.send("/cgi-bin/message/custom/send", &body).await.map(|_| ())
    }

    /// Sends a text of 1–2047 bytes.
    pub async fn send_text(&self, open_id: &str, content: &str) -> Result<(), ClientError> {
        self.send_custom(open_id, &CustomMessage::Text(content.to_owned()), None).await
    }

    /// Sends a picture that was uploaded.
    pub async fn send_image(&self, open_id: &str, media_id: &str) -> Result<(), ClientError> {
        self.send_custom(open_id, &CustomMessage::Image(media_id.to_owned()), None).await
    }

    /// Sends items to tap.
    pub async fn send_menu(&self, open_id: &str, menu: &MenuMessage) -> Result<(), ClientError> {
        self.send_custom(open_id, &CustomMessage::Menu(menu.clone()), None).await
    }

    /// Shows or takes away the typing line. Only for decoration: callers may ignore a failure.
    pub async fn set_typing(&self, open_id: &str, typing: Typing) -> Result<(), ClientError> {
        let command = match typing {
            Typing::Show => "Typing",
            Typing::Cancel => "CancelTyping",
        };
        let body = json!({ "touser": open_id, "command": command });
        self.post("/cgi-bin/message/custom/typing", &body).await.map(|_| ())
    }
}

impl CustomMessage {
    /// What the platform would refuse, or worse: would not show.
    fn check(&self) -> Result<(), ClientError> {
        let given = |ids: &[&String]| ids.iter().all(|id| !id.trim().is_empty());
        match self {
            Self::Text(content) => check_text(content),
            Self::Menu(menu) => menu.check(),
            Self::Image(id) | Self::Voice(id) | Self::Article(id) | Self::Coupon(id) if !given(&[id]) => {
                Err(ClientError::Invalid("a message names what it shows"))
            }
            Self::Video { media_id, thumb_media_id, .. } if !given(&[media_id, thumb_media_id]) => {
                Err(ClientError::Invalid("a film has a media id and a picture"))
            }
            Self::Music { thumb_media_id, .. } if !given(&[thumb_media_id]) => {
                Err(ClientError::Invalid("music has a picture"))
            }
            Self::News(card) if !given(&[&card.title, &card.url]) => {
                Err(ClientError::Invalid("a card has a title and an address"))
            }
            Self::MiniProgram { title, page, thumb_media_id }
                if !given(&[title, &page.app_id, &page.page_path, thumb_media_id]) =>
            {
                Err(ClientError::Invalid("a mini-program page has a title, a program, a page and a picture"))
            }
            _ => Ok(()),
        }
    }

    /// `msgtype` and the object of the same name.
    fn content(&self) -> (&'static str, Value) {
        match self {
            Self::Text(content) => ("text", json!({ "content": content })),
            Self::Image(media_id) => ("image", json!({ "media_id": media_id })),
            Self::Voice(media_id) => ("voice", json!({ "media_id": media_id })),
            Self::Video { media_id, thumb_media_id, title, description } => (
                "video",
                json!({ "media_id": media_id, "thumb_media_id": thumb_media_id, "title": title, "description": description }),
            ),
            Self::Music { title, description, url, high_quality_url, thumb_media_id } => (
                "music",
                json!({
                    "title": title, "description": description, "musicurl": url, "hqmusicurl": high_quality_url,
                    "thumb_media_id": thumb_media_id,
                }),
            ),
            Self::News(card) => ("news", json!({ "articles": [card.body()] })),
            Self::Article(article_id) => ("mpnewsarticle", json!({ "article_id": article_id })),
            Self::Menu(menu) => ("msgmenu", menu.body()),
            Self::MiniProgram { title, page, thumb_media_id } => (
                "miniprogrampage",
                json!({
                    "title": title, "appid": page.app_id, "pagepath": page.page_path, "thumb_media_id": thumb_media_id,
                }),
            ),
            Self::Coupon(card_id) => ("wxcard", json!({ "card_id": card_id })),
        }
    }
}

/// A text that the platform takes and shows.
pub(super) fn check_text(content: &str) -> Result<(), ClientError> {
    if content.trim().is_empty() || content.len() > MAX_TEXT {
        return Err(ClientError::Invalid("a text has 1 to 2047 bytes"));
    }
    Ok(())
}

impl NewsCard {
    fn body(&self) -> Value {
        json!({ "title": self.title, "description": self.description, "url": self.url, "picurl": self.picture_url })
    }
}

impl MiniProgram {
    /// As templates and subscription messages name it.
    pub(super) fn body(&self) -> Value {
        json!({ "appid": self.app_id, "pagepath": self.page_path })
    }
}

impl MenuMessage {
    fn check(&self) -> Result<(), ClientError> {
        let items: usize = self.items.iter().map(|(id, label)| id.len() + label.len()).sum();
        if self.items.is_empty() || self.head.len() + self.tail.len() + items > MAX_TEXT {
            return Err(ClientError::Invalid("a menu message has items and at most 2047 bytes"));
        }
        Ok(())
    }

    fn body(&self) -> Value {
        let list: Vec<_> =
            self.items.iter().map(|(id, label)| json!({ "id": id, "content": label })).collect();
        json!({ "head_content": self.head, "list": list, "tail_content": self.tail })
    }
}
