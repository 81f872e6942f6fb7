//! What an announcement says to one person.

use super::{Announcement, Card, NoticeBody, Said, World};
use crate::{
    time::Millis,
    workflow::{
        broadcast::{
            Content,
            message::{Message, TemplateCard},
        },
        candidate::Candidate,
        case::Case,
    },
};

/// Whom an announcement is rendered for.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The candidate whom they hold.
    pub candidate: Option<&'a Candidate>,
    /// That one's application of the announcement's batch.
    pub case: Option<&'a Case>,
}

/// The announcement `id` as this person gets it.
pub fn announced(
    id: &str,
    content: &Content,
    _reader: Reader<'_>,
    _world: &World,
    _now: Millis,
) -> NoticeBody {
    let said = match &content.message {
        Message::Text { text } => Said::Text(text.clone()),
        Message::Picture { .. } => Said::Picture { broadcast: id.to_owned() },
        Message::Article { title, digest, source_url, .. } => {
            Said::Link { title: title.clone(), description: digest.clone(), url: source_url.clone() }
        }
        Message::Template(_) => Said::Nothing,
    };
    NoticeBody::Announcement(Announcement { said, card: content.card().map(card) })
}

fn card(card: &TemplateCard) -> Card {
    Card {
        template_id: card.template_id.clone(),
        url: card.url.clone(),
        values: card.fields.iter().map(|field| (field.key.clone(), field.value.clone())).collect(),
    }
}
