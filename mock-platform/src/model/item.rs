//! One thing on a person's screen: what they sent, what the account sent, what the platform itself says.
//!
//! The JSON of an item is part of the test API: `{"seq","at","from","channel","type",…}`, `channel` only on what
//! the account sent.

use serde::{Deserialize, Serialize};

use crate::reply::media_url;

/// Who put it on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// The person.
    User,
    /// The account, that is the bot.
    Bot,
    /// The platform.
    System,
}

/// On which way the account's message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The answer to a callback.
    Passive,
    /// A customer-service message.
    Custom,
    /// A template message.
    Template,
    /// A subscription notice.
    Subscribe,
    /// A mass message.
    Mass,
}

/// An item of a person's screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Grows over the whole mock; never used twice.
    pub seq: u64,
    /// Seconds since 1970 on the mock's clock.
    pub at: i64,
    /// Milliseconds of wire time, for whoever holds the mock in the same process.
    #[serde(skip)]
    pub wire_ms: i64,
    /// Who put it there.
    pub from: From,
    /// The way it came, for what the account sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
}

/// What an item is; the variants' names in lower case are the test API's `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Body {
    /// A text; `menu_id` when the person tapped an item of a message menu.
    Text {
        /// The words.
        content: String,
        /// The tapped item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        menu_id: Option<String>,
    },
    /// A picture.
    Image {
        /// Its media id.
        media_id: String,
        /// Where the page shows it.
        url: String,
    },
    /// A voice message.
    Voice {
        /// Its media id.
        media_id: String,
        /// What was understood, for the person's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recognition: Option<String>,
    },
    /// A video.
    Video {
        /// Its media id.
        media_id: String,
        /// Title, for the account's.
        #[serde(default)]
        title: String,
        /// Description, for the account's.
        #[serde(default)]
        description: String,
    },
    /// A piece of music.
    Music {
        /// Title.
        title: String,
        /// Description.
        description: String,
        /// Address of the sound.
        url: String,
    },
    /// Articles.
    News {
        /// One article, or up to eight as the answer to an event.
        articles: Vec<Article>,
    },
    /// A menu whose items can be tapped.
    Msgmenu {
        /// Text above.
        head_content: String,
        /// The items.
        list: Vec<MenuItem>,
        /// Text below.
        tail_content: String,
    },
    /// A card that opens a mini program.
    Miniprogrampage {
        /// Title.
        title: String,
        /// The mini program.
        appid: String,
        /// Its page.
        pagepath: String,
        /// Where the page shows the card's picture.
        #[serde(default)]
        thumb_url: String,
    },
    /// A card of the account's: a coupon or a ticket.
    #[serde(rename = "wxcard")]
    Card {
        /// Which card.
        card_id: String,
    },
    /// A template message, filled in.
    Template {
        /// Which template.
        template_id: String,
        /// The card's heading.
        title: String,
        /// The lines with the values in place.
        content: String,
        /// What a tap opens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// A place.
    Location {
        /// Latitude.
        latitude: f64,
        /// Longitude.
        longitude: f64,
        /// What the map calls it.
        label: String,
    },
    /// A shared link.
    Link {
        /// Title.
        title: String,
        /// Description.
        description: String,
        /// Address.
        url: String,
    },
    /// Something the person did that is no message: follow, tap, scan.
    Event {
        /// The event's name as the callback has it.
        event: String,
        /// Its key.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        event_key: String,
    },
    /// The talk was handed to an agent.
    #[serde(rename = "transfer_customer_service")]
    Transfer {
        /// The agent named, if one was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kf_account: Option<String>,
    },
    /// A grey line of the platform.
    Notice {
        /// Its words.
        content: String,
    },
}

/// One article of a news message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Title.
    pub title: String,
    /// Description.
    #[serde(default)]
    pub description: String,
    /// What a tap opens.
    #[serde(default)]
    pub url: String,
    /// Address of the picture.
    #[serde(default)]
    pub picurl: String,
}

/// One item of a message menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// What comes back as `bizmsgmenuid`.
    pub id: String,
    /// What the person reads and, by a tap, sends.
    pub content: String,
}

impl Body {
    /// A picture with the address at which the page shows it.
    pub(crate) fn picture(media_id: String) -> Self {
        Self::Image { url: media_url(&media_id), media_id }
    }
}

impl Item {
    /// What the person reads, as plain text, for whatever kind of item this is.
    pub fn text(&self) -> String {
        match &self.body {
            Body::Text { content, .. } | Body::Notice { content } => content.clone(),
            Body::Msgmenu { head_content, list, tail_content } => {
                let items = list.iter().map(|item| item.content.as_str());
                let lines =
                    std::iter::once(head_content.as_str()).chain(items).chain([tail_content.as_str()]);
                lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
            }
            Body::Template { title, content, .. } => format!("{title}\n{content}"),
            Body::News { articles } => {
                let lines = articles.iter().map(|a| format!("{}\n{}\n{}", a.title, a.description, a.url));
                lines.collect::<Vec<_>>().join("\n")
            }
            Body::Image { .. } => "[图片]".to_owned(),
            Body::Voice { recognition, .. } => {
                format!("[语音] {}", recognition.as_deref().unwrap_or_default()).trim_end().to_owned()
            }
            Body::Video { title, .. } => format!("[视频] {title}").trim_end().to_owned(),
            Body::Music { title, .. } => format!("[音乐] {title}"),
            Body::Miniprogrampage { title, .. } => format!("[小程序] {title}"),
            Body::Card { card_id } => format!("[卡券] {card_id}"),
            Body::Location { label, .. } => format!("[位置] {label}"),
            Body::Link { title, url, .. } => format!("[链接] {title} {url}"),
            Body::Event { event, event_key } => format!("[{event}] {event_key}").trim_end().to_owned(),
            Body::Transfer { .. } => "[转接人工]".to_owned(),
        }
    }
}
