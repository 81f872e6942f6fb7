//! PURE. What an announcement says, and what is wrong with it while it is written.
//!
//! [`Message::check`] finds everything at once, with its place; the platform would refuse it or the person would read
//! braces. [`Message::warnings`] finds what looks like somebody's personal data, which is for the author to judge. Names
//! in braces ([`Variable`]) stand for something of each person; lengths count the longest that is plausible.
//! Deliberately elsewhere: the words for mistakes (`office::broadcasts::words`), and who is written to (`audience`).

mod card;
mod personal;
mod variable;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use card::{FieldKind, FieldMistake};
pub use personal::{Personal, Warning};
pub use variable::Variable;
use variable::{Piece, filled, has_variables, pieces};

/// Bytes of a text, as of any text message (protocol §4 gives 2047 or 2048; the smaller one is safe).
const TEXT_BYTES: usize = 2047;
/// Characters of an article's heading, author, digest and body (the platform's draft: 64, 8, 120; 20,000).
const TITLE: usize = 64;
const AUTHOR: usize = 8;
const DIGEST: usize = 120;
const CONTENT: usize = 20_000;

/// What an announcement says.
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
        /// What it is about; may be empty.
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
    /// Its heading, for those who write and approve.
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
    /// Which; what may stand in it is said by its beginning, `thing1`.
    pub key: String,
    /// What.
    pub value: String,
}

/// A part of a message that is written by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The text.
    Text,
    /// An article's heading.
    Title,
    /// An article's author.
    Author,
    /// An article's digest.
    Digest,
    /// An article's body.
    Content,
    /// Where 「阅读原文」 leads.
    Source,
    /// Which template.
    Template,
    /// All of a template's values.
    Fields,
    /// The name of the value of this index.
    Key(usize),
    /// The value of this index.
    Value(usize),
    /// Where a tap on a template message leads.
    Url,
}

/// How lengths are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Of UTF-8; most characters here have three.
    Bytes,
    /// Characters.
    Characters,
}

/// How much of a part's room is used, variables at their longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Which part.
    pub part: Part,
    /// How much.
    pub used: usize,
    /// Of how much.
    pub limit: usize,
    /// Counted so.
    pub unit: Unit,
}

/// Something that keeps a message from being sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// It says nothing.
    Empty(Part),
    /// There is more than there is room for.
    TooLong(Room),
    /// No address that begins with `http://` or `https://`.
    Address(Part),
    /// Braces around no name that is known, or one brace alone.
    Braces {
        /// Where.
        part: Part,
        /// Its characters.
        at: Range<usize>,
        /// What stands there, braces included.
        said: String,
    },
    /// No name of a value: letters, digits and `_`.
    Key(usize),
    /// The name of the value of this index is that of one before.
    Repeated(usize),
    /// A value that its name does not take.
    Field {
        /// Its index.
        at: usize,
        /// What its name says.
        kind: FieldKind,
        /// Why not.
        why: FieldMistake,
    },
}

impl Mistake {
    /// Where it is.
    pub fn part(&self) -> Part {
        match self {
            Self::Empty(part) | Self::Address(part) | Self::Braces { part, .. } => *part,
            Self::TooLong(room) => room.part,
            Self::Key(at) | Self::Repeated(at) => Part::Key(*at),
            Self::Field { at, .. } => Part::Value(*at),
        }
    }
}

impl Message {
    /// Everything that is wrong, in the order of its parts. A mass send takes no variables besides: whoever chooses one
    /// asks [`Message::has_variables`].
    pub fn check(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        match self {
            Self::Text { text } => require(&mut mistakes, Part::Text, text),
            Self::Picture { .. } => {}
            Self::Article { title, content, source_url, .. } => {
                require(&mut mistakes, Part::Title, title);
                require(&mut mistakes, Part::Content, content);
                if !source_url.is_empty() {
                    require_address(&mut mistakes, Part::Source, source_url);
                }
            }
            Self::Template(card) => return card.check(),
        }
        mistakes.extend(self.rooms().into_iter().filter(|room| room.used > room.limit).map(Mistake::TooLong));
        for (part, text) in self.texts() {
            mistakes.extend(braces(part, text));
        }
        mistakes.sort_by_key(Mistake::part);
        mistakes
    }

    /// What looks like somebody's personal data, in the order of its parts. The offices' own telephones are known.
    pub fn warnings(&self, known_phones: &[String]) -> Vec<Warning> {
        warnings(self.texts(), known_phones)
    }

    /// How much room is used, part by part; a template's values have their own rules.
    pub fn rooms(&self) -> Vec<Room> {
        match self {
            Self::Text { text } => {
                let used = longest(text).len();
                vec![Room { part: Part::Text, used, limit: TEXT_BYTES, unit: Unit::Bytes }]
            }
            Self::Article { title, author, digest, content, .. } => {
                let parts = [
                    (Part::Title, title, TITLE),
                    (Part::Author, author, AUTHOR),
                    (Part::Digest, digest, DIGEST),
                    (Part::Content, content, CONTENT),
                ];
                let room = |(part, text, limit): (Part, &String, usize)| Room {
                    part,
                    used: longest(text).chars().count(),
                    limit,
                    unit: Unit::Characters,
                };
                parts.map(room).into()
            }
            Self::Picture { .. } | Self::Template(_) => Vec::new(),
        }
    }

    /// Whether it names something of each person, so that it is no mass message.
    pub fn has_variables(&self) -> bool {
        self.texts().into_iter().any(|(_, text)| has_variables(text))
    }

    /// The same with what each name stands for.
    #[must_use]
    pub fn filled(&self, value: &dyn Fn(Variable) -> String) -> Self {
        match self {
            Self::Text { text } => Self::Text { text: filled(text, value) },
            Self::Picture { .. } => self.clone(),
            Self::Article { title, author, digest, content, source_url, cover } => Self::Article {
                title: filled(title, value),
                author: filled(author, value),
                digest: filled(digest, value),
                content: filled(content, value),
                source_url: source_url.clone(),
                cover: cover.clone(),
            },
            Self::Template(card) => Self::Template(card.filled(value)),
        }
    }

    /// The parts that people read.
    fn texts(&self) -> Vec<(Part, &str)> {
        match self {
            Self::Text { text } => vec![(Part::Text, text)],
            Self::Picture { .. } => Vec::new(),
            Self::Article { title, author, digest, content, .. } => vec![
                (Part::Title, title),
                (Part::Author, author),
                (Part::Digest, digest),
                (Part::Content, content),
            ],
            Self::Template(card) => card.texts(),
        }
    }
}

impl TemplateCard {
    /// Everything that is wrong, in the order of its parts.
    pub fn check(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        require(&mut mistakes, Part::Template, &self.template_id);
        if self.fields.is_empty() {
            mistakes.push(Mistake::Empty(Part::Fields));
        }
        for (at, field) in self.fields.iter().enumerate() {
            let is_key = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if field.key.is_empty() || !is_key(&field.key) {
                mistakes.push(Mistake::Key(at));
            } else if self.fields[..at].iter().any(|before| before.key == field.key) {
                mistakes.push(Mistake::Repeated(at));
            }
            let wrong: Vec<Mistake> = braces(Part::Value(at), &field.value).collect();
            if field.value.trim().is_empty() {
                mistakes.push(Mistake::Empty(Part::Value(at)));
            } else if wrong.is_empty() {
                let kind = FieldKind::of(&field.key);
                let why = kind.check(&longest(&field.value));
                mistakes.extend(why.map(|why| Mistake::Field { at, kind, why }));
            }
            mistakes.extend(wrong);
        }
        if let Some(url) = &self.url {
            require_address(&mut mistakes, Part::Url, url);
        }
        mistakes
    }

    /// What looks like somebody's personal data.
    pub fn warnings(&self, known_phones: &[String]) -> Vec<Warning> {
        warnings(self.texts(), known_phones)
    }

    /// Whether it names something of each person.
    pub fn has_variables(&self) -> bool {
        self.fields.iter().any(|field| has_variables(&field.value))
    }

    /// The same with what each name stands for.
    #[must_use]
    pub fn filled(&self, value: &dyn Fn(Variable) -> String) -> Self {
        let fields = self.fields.iter();
        let fields = fields.map(|field| Field { key: field.key.clone(), value: filled(&field.value, value) });
        Self { fields: fields.collect(), ..self.clone() }
    }

    fn texts(&self) -> Vec<(Part, &str)> {
        let fields = self.fields.iter().enumerate();
        fields.map(|(at, field)| (Part::Value(at), field.value.as_str())).collect()
    }
}

fn warnings(texts: Vec<(Part, &str)>, known_phones: &[String]) -> Vec<Warning> {
    let found = texts.into_iter().flat_map(|(part, text)| {
        let found = personal::found(text, known_phones).into_iter();
        found.map(move |(at, what)| Warning { part, at, what })
    });
    found.collect()
}

fn require(mistakes: &mut Vec<Mistake>, part: Part, text: &str) {
    if text.trim().is_empty() {
        mistakes.push(Mistake::Empty(part));
    }
}

/// An address that every phone opens. A browser's own rules are wider; nobody misses them here.
fn require_address(mistakes: &mut Vec<Mistake>, part: Part, text: &str) {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"{}<>\"\\^`|".contains(&b));
    if !is_plain || !host.contains('.') || host.starts_with('.') || host.ends_with('.') {
        mistakes.push(Mistake::Address(part));
    }
}

fn braces(part: Part, text: &str) -> impl Iterator<Item = Mistake> {
    pieces(text).into_iter().filter_map(move |piece| match piece {
        Piece::Unknown { said, at } => Some(Mistake::Braces { part, at, said: said.to_owned() }),
        Piece::Words(_) | Piece::Variable(_) => None,
    })
}

fn longest(text: &str) -> String {
    filled(text, &|variable| variable.longest().to_owned())
}

#[cfg(test)]
mod tests;
