//! An announcement as candidates will see it.

use serde::Serialize;

use super::{path, words};
use crate::{
    store::Broadcast,
    workflow::broadcast::message::{Message, TemplateCard},
};

/// A message in the chat.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Bubble {
    /// What kind it is.
    pub(super) kind: &'static str,
    pub(super) text: Option<String>,
    pub(super) picture: Option<String>,
    pub(super) article: Option<Article>,
    pub(super) card: Option<CardView>,
    /// What goes instead to whoever has no window open.
    pub(super) instead: Option<CardView>,
}

/// An article's card and what it opens.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Article {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) digest: String,
    pub(super) content: String,
    pub(super) source_url: String,
}

/// A template message.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CardView {
    pub(super) title: String,
    pub(super) template_id: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) url: Option<String>,
}

pub(super) fn of(broadcast: &Broadcast, has_picture: bool) -> Bubble {
    let message = &broadcast.content.message;
    let shows_one = matches!(message, Message::Picture { .. } | Message::Article { .. });
    let picture = (shows_one && has_picture).then(|| format!("{}/picture", path(broadcast.number)));
    let mut bubble = Bubble {
        kind: words::kind(message),
        text: None,
        picture,
        article: None,
        card: None,
        instead: broadcast.content.card.as_ref().map(card),
    };
    match message {
        Message::Text { text } => bubble.text = Some(text.clone()),
        Message::Picture { .. } => {}
        Message::Article { title, author, digest, content, source_url, .. } => {
            bubble.article = Some(Article {
                title: title.clone(),
                author: author.clone(),
                digest: digest.clone(),
                content: content.clone(),
                source_url: source_url.clone(),
            });
        }
        Message::Template(shown) => bubble.card = Some(card(shown)),
    }
    bubble
}

fn card(card: &TemplateCard) -> CardView {
    CardView {
        title: card.title.clone(),
        template_id: card.template_id.clone(),
        fields: card.fields.iter().map(|field| (field.key.clone(), field.value.clone())).collect(),
        url: card.url.clone(),
    }
}
