//! PURE. What an announcement says.
use serde::{Deserialize, Serialize};

/// What.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// A text.
    Text {
        /// As shown.
        text: String,
    },
    /// A picture.
    Picture {
        /// Its name.
        file: String,
    },
    /// An article.
    Article {
        /// The heading.
        title: String,
        /// Who wrote it; may be empty.
        author: String,
        /// What it is about.
        digest: String,
        /// Paragraphs.
        content: String,
        /// Where 「阅读原文」 leads; may be empty.
        source_url: String,
        /// Its picture.
        cover: Option<String>,
    },
    /// A template message.
    Template(TemplateCard),
}

/// A template message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateCard {
    /// Which.
    pub template_id: String,
    /// Its heading.
    pub title: String,
    /// Its values.
    pub fields: Vec<Field>,
    /// Where a tap leads.
    pub url: Option<String>,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Which.
    pub key: String,
    /// What.
    pub value: String,
}

impl Message {
    /// Whether it names something of each person.
    pub fn has_variables(&self) -> bool {
        false
    }
}
impl TemplateCard {
    /// Whether it names something of each person.
    pub fn has_variables(&self) -> bool {
        false
    }
}
