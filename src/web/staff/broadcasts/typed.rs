//! What somebody types into the form of an announcement: read from the form, shown again as it was, made a draft of.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::parts;
use crate::{
    office::broadcasts::picture,
    store::{Broadcast, Draft},
    time::{Millis, at_civil, parse_minute, write_minute},
    workflow::broadcast::{
        Content, RATE,
        audience::text::Known,
        message::{Field, Message, TemplateCard},
        plan::Route,
    },
};

/// Fields of one value.
pub(super) const TEXTS: [&str; 24] = [
    "title",
    "by",
    "batch",
    "audience",
    "kind",
    "text",
    "article_title",
    "author",
    "digest",
    "content",
    "source_url",
    "template_id",
    "template_title",
    "template_fields",
    "template_url",
    "card_template_id",
    "card_title",
    "card_fields",
    "card_url",
    "route",
    "rate",
    "starts",
    "lapses",
    "urgent_why",
];
/// Fields of several: conditions that were ticked.
const LISTS: [&str; 2] = ["with", "without"];
/// An announcement that names no other day lapses after so many seconds.
const LIFE: i64 = 3 * 24 * 3600;

/// Something that cannot be stored as it was typed, or handed on as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Wrong {
    /// The field's name.
    pub(super) field: &'static str,
    /// What is wrong, and what to do.
    pub(super) words: String,
}

impl Wrong {
    pub(super) fn new(field: &'static str, words: impl Into<String>) -> Self {
        Self { field, words: words.into() }
    }
}

/// What was typed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Typed {
    pub(super) texts: BTreeMap<&'static str, String>,
    pub(super) lists: BTreeMap<&'static str, Vec<String>>,
    pub(super) urgent: bool,
}

impl Typed {
    pub(super) fn empty() -> Self {
        let texts = TEXTS.into_iter().map(|name| (name, String::new())).collect();
        let lists = LISTS.into_iter().map(|name| (name, Vec::new())).collect();
        Self { texts, lists, urgent: false }
    }

    /// Of a new announcement, for everybody of the present batch.
    pub(super) fn fresh(batch: &str, now: Millis, zone: &TimeZone) -> Self {
        let mut typed = Self::empty();
        let lapses = write_minute(now.plus_seconds(LIFE).civil(zone));
        for (name, value) in [
            ("by", "pick"),
            ("batch", batch),
            ("kind", "text"),
            ("route", "both"),
            ("rate", &RATE.to_string()),
            ("lapses", &lapses),
        ] {
            typed.set(name, value);
        }
        typed
    }

    /// As an announcement has it.
    pub(super) fn of(broadcast: &Broadcast, zone: &TimeZone) -> Self {
        let mut typed = Self::empty();
        let content = &broadcast.content;
        let minute = |at: Millis| write_minute(at.civil(zone));
        typed.set("title", &broadcast.title);
        typed.set("by", "text");
        typed.set("batch", &content.audience.batch);
        typed.set("audience", &parts::expression(&content.audience));
        typed.set("rate", &broadcast.rate.to_string());
        typed.set("starts", &broadcast.starts_at.map(minute).unwrap_or_default());
        typed.set("lapses", &minute(broadcast.lapses_at));
        typed.set("urgent_why", content.urgent.as_deref().unwrap_or_default());
        typed.urgent = content.urgent.is_some();
        typed.set("route", route_name(content.route));
        match &content.message {
            Message::Text { text } => typed.set_all(&[("kind", "text"), ("text", text)]),
            Message::Picture { .. } => typed.set("kind", "picture"),
            Message::Article { title, author, digest, content, source_url, .. } => typed.set_all(&[
                ("kind", "article"),
                ("article_title", title),
                ("author", author),
                ("digest", digest),
                ("content", content),
                ("source_url", source_url),
            ]),
            Message::Template(card) => {
                typed.set("kind", "template");
                typed.set_card(["template_id", "template_title", "template_fields", "template_url"], card);
            }
        }
        if let Some(card) = &content.card {
            typed.set_card(["card_template_id", "card_title", "card_fields", "card_url"], card);
        }
        typed
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.texts.insert(name, value.to_owned());
    }

    fn set_all(&mut self, fields: &[(&'static str, &str)]) {
        for (name, value) in fields {
            self.set(name, value);
        }
    }

    fn set_card(&mut self, [id, title, fields, url]: [&'static str; 4], card: &TemplateCard) {
        let lines: Vec<String> =
            card.fields.iter().map(|field| format!("{}={}", field.key, field.value)).collect();
        self.set_all(&[
            (id, &card.template_id),
            (title, &card.title),
            (fields, &lines.join("\n")),
            (url, card.url.as_deref().unwrap_or_default()),
        ]);
    }

    /// To whom: as it was written, or made of what was ticked.
    pub(super) fn expression(&self) -> String {
        if self.get("by") == "text" {
            return self.get("audience").trim().to_owned();
        }
        parts::composed(self.get("batch"), &self.lists["with"], &self.lists["without"])
    }

    /// A draft, however incomplete; or what can be read as nothing at all. `kept` is the name of the picture that is there.
    pub(super) fn draft(
        &self,
        zone: &TimeZone,
        known: &Known,
        kept: Option<&str>,
        picture: Option<(String, Vec<u8>)>,
    ) -> Result<Draft, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let name = picture.as_ref().map(|(name, _)| name.as_str()).or(kept).unwrap_or_default();
        let audience = parts::audience(&self.expression(), known).map_err(|words| {
            wrong.push(Wrong::new("audience", words));
        });
        let starts_at = self.minute("starts", zone, &mut wrong);
        let lapses_at = self.minute("lapses", zone, &mut wrong);
        if self.get("lapses").trim().is_empty() {
            wrong.push(Wrong::new("lapses", "还没有写有效期。过了有效期还没有发出的就不再发。"));
        }
        let rate = self.get("rate").trim().parse();
        if rate.is_err() {
            wrong.push(Wrong::new("rate", "速度请写一个整数，例如 500。"));
        }
        match (audience, lapses_at, rate) {
            (Ok(audience), Some(lapses_at), Ok(rate)) if wrong.is_empty() => Ok(Draft {
                title: self.get("title").trim().to_owned(),
                content: Content {
                    audience,
                    message: self.message(name),
                    card: self.card(),
                    route: route(self.get("route")),
                    urgent: self.urgent.then(|| self.get("urgent_why").trim().to_owned()),
                },
                starts_at,
                lapses_at,
                rate,
                picture: picture.map(|(_, bytes)| (picture::MEDIA_TYPE.to_owned(), bytes)),
            }),
            _ => Err(wrong),
        }
    }

    fn minute(&self, name: &'static str, zone: &TimeZone, wrong: &mut Vec<Wrong>) -> Option<Millis> {
        let text = self.get(name).trim();
        if text.is_empty() {
            return None;
        }
        // Browsers without a field for it leave the space that people write.
        let Some(at) = parse_minute(&text.replacen(' ', "T", 1)) else {
            wrong.push(Wrong::new(name, format!("“{text}”不是时间，请写成 2026-06-15 09:30 这样。")));
            return None;
        };
        Some(at_civil(at, zone))
    }

    fn message(&self, picture: &str) -> Message {
        let line = |name| self.get(name).trim().to_owned();
        match self.get("kind") {
            "picture" => Message::Picture { file: picture.to_owned() },
            "article" => Message::Article {
                title: line("article_title"),
                author: line("author"),
                digest: line("digest"),
                content: line("content"),
                source_url: line("source_url"),
                cover: (!picture.is_empty()).then(|| picture.to_owned()),
            },
            "template" => Message::Template(self.card_of([
                "template_id",
                "template_title",
                "template_fields",
                "template_url",
            ])),
            _ => Message::Text { text: line("text") },
        }
    }

    /// What goes as a template message to whoever has no window open, if anything of it was written.
    fn card(&self) -> Option<TemplateCard> {
        let names = ["card_template_id", "card_title", "card_fields", "card_url"];
        let is_written = names.iter().any(|name| !self.get(name).trim().is_empty());
        (is_written && self.get("kind") != "template").then(|| self.card_of(names))
    }

    fn card_of(&self, [id, title, fields, url]: [&str; 4]) -> TemplateCard {
        let line = |name| self.get(name).trim().to_owned();
        let lines = self.get(fields).lines().map(str::trim).filter(|line| !line.is_empty());
        TemplateCard {
            template_id: line(id),
            title: line(title),
            fields: lines.map(field).collect(),
            url: Some(line(url)).filter(|url| !url.is_empty()),
        }
    }
}

/// `thing1=现场初审`; a line without a sign in between is a key without a value, and stays to be seen.
fn field(line: &str) -> Field {
    let (key, value) = line.split_once(['=', '＝', '：', ':']).unwrap_or((line, ""));
    Field { key: key.trim().to_owned(), value: value.trim().to_owned() }
}

fn route(name: &str) -> Route {
    match name {
        "mass" => Route::Mass,
        "single" => Route::Single,
        _ => Route::Both,
    }
}

fn route_name(route: Route) -> &'static str {
    match route {
        Route::Mass => "mass",
        Route::Single => "single",
        Route::Both => "both",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::shanghai;

    fn known() -> Known {
        Known { batches: vec!["2026-06".to_owned()], ..Known::default() }
    }

    #[test]
    fn what_is_stored_is_shown_as_it_was_typed() {
        let zone = shanghai();
        let mut typed = Typed::fresh("2026-06", Millis(0), &zone);
        typed.set_all(&[
            ("title", "台风停办"),
            ("text", "各位考生：\n明天暂停。"),
            ("starts", "2026-06-16T09:00"),
            ("card_fields", "thing1=现场初审\ntime2：6月16日\n没有等号"),
        ]);
        let draft = typed.draft(&zone, &known(), None, None).unwrap();
        assert_eq!(draft.content.message, Message::Text { text: "各位考生：\n明天暂停。".to_owned() });
        let card = draft.content.card.unwrap();
        let fields: Vec<_> =
            card.fields.iter().map(|field| (field.key.as_str(), field.value.as_str())).collect();
        assert_eq!(fields, [("thing1", "现场初审"), ("time2", "6月16日"), ("没有等号", "")]);
        assert_eq!(write_minute(draft.starts_at.unwrap().civil(&zone)), "2026-06-16T09:00");
    }

    #[test]
    fn what_cannot_be_read_is_told_by_field_all_at_once() {
        let zone = shanghai();
        let mut typed = Typed::fresh("2026-06", Millis(0), &zone);
        typed.set_all(&[
            ("by", "text"),
            ("audience", ""),
            ("rate", "很快"),
            ("lapses", ""),
            ("starts", "明天"),
        ]);
        let wrong = typed.draft(&zone, &known(), None, None).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["audience", "starts", "lapses", "rate"]);
    }
}
