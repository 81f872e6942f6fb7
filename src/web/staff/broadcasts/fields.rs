//! Which field of the form a flaw is of.

use crate::{office::broadcasts::Flaw, workflow::broadcast::message::Part};

pub(super) fn of(flaw: &Flaw) -> &'static str {
    match flaw {
        Flaw::Title(_) => "title",
        Flaw::Rate(_) => "rate",
        Flaw::Lapses => "lapses",
        Flaw::Audience(_) | Flaw::NoList => "audience",
        Flaw::Urgent(_) => "urgent_why",
        Flaw::Picture => "picture",
        Flaw::Message(mistake) => part(mistake.part()),
        Flaw::Card(mistake) => card(mistake.part()),
        Flaw::Route(_) => "route",
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Text => "text",
        Part::Title => "article_title",
        Part::Author => "author",
        Part::Digest => "digest",
        Part::Content => "content",
        Part::Source => "source_url",
        Part::Template => "template_id",
        Part::Fields | Part::Key(_) | Part::Value(_) => "template_fields",
        Part::Url => "template_url",
    }
}

/// Of what goes instead to whoever has no window open.
fn card(part: Part) -> &'static str {
    match part {
        Part::Template => "card_template_id",
        Part::Url => "card_url",
        _ => "card_fields",
    }
}
