//! What is pushed to a person: a row of the outbox, its content rendered already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::workflow::case::Revocable;

/// One push: an outbox row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The row's id, a ULID.
    #[serde(skip)]
    pub id: String,
    /// Name in `dialogs/notices.toml`, or `reply` for the rest of an answer.
    pub event: String,
    /// What is sent.
    pub body: NoticeBody,
    /// Whether it may travel as a template message when no window is open.
    pub important: bool,
    /// It tells of a decision that may be taken back: it is not due before that is over. Not read back from the store.
    #[serde(skip)]
    pub revocable: Option<Revocable>,
}

/// The content of a push, rendered already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeBody {
    /// A text, and the same news as template fields for when no window is open.
    Text {
        /// As shown in the chat.
        text: String,
        /// Words to tap below it, all of them said in the text.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        menu: Vec<String>,
        /// Template fields by key; empty when the notice has no template.
        template: BTreeMap<String, String>,
    },
    /// What follows a text that was too long for one message.
    Rest {
        /// As shown in the chat.
        text: String,
        /// The row with the part before. A rest never overtakes it, and is not sent when it travelled as a template.
        after: String,
    },
    /// A QR code picture of this content, drawn by the worker.
    QrCode {
        /// What the code says.
        content: String,
    },
    /// The person's own stored photo.
    Photo {
        /// Its name in `files`.
        name: String,
    },
    /// An announcement, as it goes to this person.
    Announcement(Announcement),
}

/// An announcement, as it goes to one person: as a customer message, and as a template message where none may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// In the chat.
    pub said: Said,
    /// As a template message; always, where nothing is said in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// What an announcement says in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It only comes as a template message.
    Nothing,
    /// A text, rendered.
    Text(String),
    /// The announcement's picture.
    Picture {
        /// Which announcement's.
        broadcast: String,
    },
    /// A card that leads to an address.
    Link {
        /// The heading.
        title: String,
        /// Below it.
        description: String,
        /// Where a tap leads.
        url: String,
    },
}

/// A template message, rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which template.
    pub template_id: String,
    /// Where a tap leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its values, in order.
    pub values: Vec<(String, String)>,
}

impl NoticeBody {
    /// What it says, and what may be tapped below; `None` for what is no text, or the rest of one.
    pub fn words(&self) -> Option<(&str, &[String])> {
        match self {
            Self::Text { text, menu, .. } => Some((text, menu)),
            Self::Announcement(Announcement { said: Said::Text(text), .. }) => Some((text, &[])),
            Self::Announcement(_) | Self::Rest { .. } | Self::QrCode { .. } | Self::Photo { .. } => None,
        }
    }
}
