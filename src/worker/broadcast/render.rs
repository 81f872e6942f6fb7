//! What an announcement says to one person.

use crate::{
    store::PersonFacts,
    time::Millis,
    turn::{Announcement, Card, NoticeBody, Said, World},
    workflow::broadcast::{
        Content,
        message::{Message, TemplateCard},
    },
};

/// An announcement as this person gets it.
pub(super) fn announced(content: &Content, _facts: &PersonFacts, _world: &World, _now: Millis) -> NoticeBody {
    let said = match &content.message {
        Message::Text { text } => Said::Text(text.clone()),
        Message::Picture { .. } => Said::Picture,
        Message::Article { title, digest, source_url, .. } => {
            Said::Link { title: title.clone(), description: digest.clone(), url: source_url.clone() }
        }
        Message::Template(_) => Said::Nothing,
    };
    let card = content.card().map(card);
    NoticeBody::Announcement(Announcement { said, card })
}

fn card(card: &TemplateCard) -> Card {
    Card {
        template_id: card.template_id.clone(),
        url: card.url.clone(),
        values: card.fields.iter().map(|field| (field.key.clone(), field.value.clone())).collect(),
    }
}
