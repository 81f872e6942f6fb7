//! What an announcement says to one person: its names in braces filled in, as facts are told in the chat.

use minijinja::context;

use super::{Announcement, Card, NoticeBody, Said, World};
use crate::{
    dialog::SystemText,
    time::{Millis, date_text},
    workflow::{
        broadcast::{
            Content,
            audience::Step,
            message::{Message, TemplateCard, Variable},
        },
        candidate::Candidate,
        case::Case,
        schedule::Place,
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
pub fn announced(id: &str, content: &Content, reader: Reader<'_>, world: &World, now: Millis) -> NoticeBody {
    let value = |variable| reader.value(variable, world, now).unwrap_or_else(|| unknown(world));
    let filled;
    let message = if content.message.has_variables() {
        filled = content.message.filled(&value);
        &filled
    } else {
        &content.message
    };
    let said = match message {
        Message::Text { text } => Said::Text(text.clone()),
        Message::Picture { .. } => Said::Picture { broadcast: id.to_owned() },
        Message::Article { title, digest, source_url, .. } => {
            Said::Link { title: title.clone(), description: digest.clone(), url: source_url.clone() }
        }
        Message::Template(_) => Said::Nothing,
    };
    let card = content.card().map(|template| card(&template.filled(&value)));
    NoticeBody::Announcement(Announcement { said, card })
}

fn card(card: &TemplateCard) -> Card {
    Card {
        template_id: card.template_id.clone(),
        url: card.url.clone(),
        values: card.fields.iter().map(|field| (field.key.clone(), field.value.clone())).collect(),
    }
}

fn unknown(world: &World) -> String {
    let scripts = &world.scripts;
    scripts.render(scripts.system(SystemText::UnknownFact), &context! {})
}

impl<'a> Reader<'a> {
    /// What a name stands for; `None` for what this person does not have.
    fn value(self, variable: Variable, world: &World, now: Millis) -> Option<String> {
        let place = || self.place(world);
        match variable {
            Variable::Name => Some(self.candidate?.name.clone()),
            Variable::Place => {
                let place = self.case?.place.as_ref()?;
                Some(format!("{}{}", place.city, place.district))
            }
            Variable::Address => Some(place()?.address.clone()),
            Variable::Date => {
                let day = place()?.next_day(now.civil(&world.zone))?;
                // With its year, as the fields of template messages want it.
                Some(format!("{}年{}", day.year(), date_text(day)))
            }
            Variable::Phone => place()?.phones.first().cloned(),
            Variable::Step => Some(Step::of(self.case?.stage).label().to_owned()),
            Variable::Batch => Some(world.batch.name.clone()),
            Variable::Number => {
                let number = &self.case?.number;
                Some(number.split_at_checked(4).map_or_else(|| number.clone(), |(a, b)| format!("{a}-{b}")))
            }
        }
    }

    /// The chosen place, as the running batch's schedule has it.
    fn place(self, world: &'a World) -> Option<&'a Place> {
        let case = self.case.filter(|case| case.batch == world.batch.id)?;
        let place = case.place.as_ref()?;
        world.schedule.place(&place.city, &place.district)
    }
}
