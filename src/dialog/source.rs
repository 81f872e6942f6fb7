//! The TOML format as serde sees it, every value with its place.
//!
//! Each kind of state is its own `Option<struct>` with `deny_unknown_fields`: tagged, untagged and flattened types
//! lose the places (measured with toml 1.2). Nearly every key is optional here, so that one missing key does not
//! hide the mistakes after it; the check says what is missing.
//! serde stops at the first mistake, we do not: [`File::read`] notes it, removes the key and reads again.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use serde::{Deserialize, Deserializer, de};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::mistake::{Mistake, Place, What, nearest};

/// A word with its place.
pub(super) type Word = Spanned<String>;
/// A table with free keys.
pub(super) type Map<T> = BTreeMap<Word, T>;

/// `bind.toml`, `main.toml`, …: one conversation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DialogFile {
    pub(super) dialog: Option<Spanned<HeadSource>>,
    pub(super) state: Map<Spanned<StateSource>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HeadSource {
    pub(super) id: Option<Word>,
    pub(super) title: Option<Word>,
    pub(super) start: Option<Word>,
    pub(super) needs: Option<Word>,
    pub(super) refuse: Option<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StateSource {
    pub(super) say: Option<Word>,
    pub(super) again: Option<Word>,
    pub(super) resume: Option<Word>,
    pub(super) tail: Option<Word>,
    pub(super) case: Option<Spanned<OneOrMore>>,
    pub(super) enter: Option<Word>,
    pub(super) on: Map<Word>,
    pub(super) text: Option<Spanned<TextSource>>,
    pub(super) choice: Option<Spanned<Vec<Spanned<ChoiceSource>>>>,
    pub(super) list: Option<Spanned<ListSource>>,
    pub(super) photo: Option<Spanned<PhotoSource>>,
    pub(super) goto: Option<Word>,
    pub(super) end: Option<Spanned<bool>>,
    pub(super) wait: Option<Spanned<bool>>,
    pub(super) otherwise: Map<Word>,
    pub(super) give_up: Option<Spanned<GiveUpSource>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TextSource {
    pub(super) rule: Option<Word>,
    pub(super) save: Option<Word>,
    #[serde(rename = "do")]
    pub(super) command: Option<Word>,
    pub(super) say: Option<Word>,
    pub(super) goto: Option<Word>,
    pub(super) on: Map<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ChoiceSource {
    pub(super) label: Option<Word>,
    pub(super) words: Vec<Word>,
    pub(super) when: Option<Word>,
    #[serde(rename = "do")]
    pub(super) command: Option<Word>,
    pub(super) say: Option<Word>,
    pub(super) goto: Option<Word>,
    pub(super) on: Map<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ListSource {
    pub(super) from: Option<Word>,
    pub(super) save: Option<Word>,
    #[serde(rename = "do")]
    pub(super) command: Option<Word>,
    pub(super) say: Option<Word>,
    pub(super) goto: Option<Word>,
    pub(super) on: Map<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PhotoSource {
    pub(super) slot: Option<Word>,
    pub(super) checks: Vec<Word>,
    #[serde(rename = "do")]
    pub(super) command: Option<Word>,
    pub(super) say: Option<Word>,
    pub(super) goto: Option<Word>,
    pub(super) on: Map<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GiveUpSource {
    pub(super) after: Option<Spanned<u32>>,
    pub(super) say: Option<Word>,
    pub(super) goto: Option<Word>,
}

/// `_global.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GlobalFile {
    pub(super) consent: Option<Spanned<ConsentSource>>,
    pub(super) interrupt: Vec<Spanned<InterruptSource>>,
    pub(super) fallback: Option<Spanned<FallbackSource>>,
    pub(super) refusals: Map<Word>,
    pub(super) checks: Map<Word>,
    pub(super) fragments: Map<Word>,
    pub(super) system: Map<Word>,
}

/// Versions of the words that people agree to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConsentSource {
    pub(super) identity: Option<Word>,
    pub(super) portrait: Option<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct InterruptSource {
    pub(super) words: Vec<Word>,
    pub(super) topic: Option<Word>,
    pub(super) key: Option<Word>,
    #[serde(rename = "do")]
    pub(super) command: Option<Word>,
    pub(super) on: Map<Word>,
    pub(super) say: Option<Word>,
    pub(super) then: Option<Word>,
    pub(super) goto: Option<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FallbackSource {
    pub(super) unknown: Option<Spanned<Vec<Word>>>,
    pub(super) ambiguous: Option<Word>,
    pub(super) doubtful: Option<Word>,
    pub(super) declined: Option<Word>,
    pub(super) sticker: Option<Word>,
    pub(super) photo: Option<Word>,
    pub(super) voice: Option<Word>,
    pub(super) video: Option<Word>,
    pub(super) location: Option<Word>,
    pub(super) link: Option<Word>,
    pub(super) unsupported: Option<Word>,
}

/// `menu.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MenuFile {
    pub(super) button: Vec<Spanned<ButtonSource>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ButtonSource {
    pub(super) name: Option<Word>,
    #[serde(rename = "type")]
    pub(super) kind: Option<Word>,
    pub(super) key: Option<Word>,
    pub(super) url: Option<Word>,
    pub(super) appid: Option<Word>,
    pub(super) pagepath: Option<Word>,
    pub(super) media_id: Option<Word>,
    pub(super) article_id: Option<Word>,
    pub(super) sub_button: Vec<Spanned<ButtonSource>>,
}

/// `notices.toml`: a table for each event.
pub(super) type NoticesFile = Map<Spanned<NoticeSource>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NoticeSource {
    pub(super) text: Option<Word>,
    pub(super) menu: Option<Spanned<Vec<Word>>>,
    pub(super) template: Map<Word>,
    pub(super) important: bool,
    pub(super) then_text: bool,
}

/// `questions.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct QuestionsFile {
    pub(super) people_words: Option<Word>,
    pub(super) group: Vec<Spanned<GroupSource>>,
    pub(super) question: Vec<Spanned<QuestionSource>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupSource {
    pub(super) id: Option<Word>,
    pub(super) title: Option<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct QuestionSource {
    pub(super) number: Option<Spanned<u32>>,
    pub(super) id: Option<Word>,
    pub(super) group: Option<Word>,
    pub(super) title: Option<Word>,
    pub(super) words: Vec<Word>,
    pub(super) asks: Vec<Word>,
    pub(super) answer: Option<Word>,
    pub(super) people: Option<Spanned<bool>>,
}

/// `renamed.toml`: `"old.state" = "new.state"`.
pub(super) type RenamedFile = Map<Word>;

/// `"a"` or `["a", "b"]`. The places of the elements are known, that of a single word is the value's own.
#[derive(Debug)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<Word>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = OneOrMore;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore::One(word.to_owned()))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut words: A) -> Result<OneOrMore, A::Error> {
                let mut all = Vec::new();
                while let Some(word) = words.next_element()? {
                    all.push(word);
                }
                Ok(OneOrMore::More(all))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A file's name and text: turns byte ranges into places.
#[derive(Debug)]
pub(super) struct File<'t> {
    /// As given.
    pub(super) name: Arc<str>,
    /// Its text.
    pub(super) text: &'t str,
    /// Not TOML: whatever else seems wrong may only seem so.
    pub(super) is_broken: bool,
    /// Keys that were removed while reading: not missing, but wrong.
    pub(super) removed: Vec<String>,
}

impl<'t> File<'t> {
    pub(super) fn new(name: &str, text: &'t str) -> Self {
        Self { name: name.into(), text, is_broken: false, removed: Vec::new() }
    }

    /// The name without folders.
    pub(super) fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(&self.name, self.text, span)
    }

    /// Reads the whole file, noting every mistake on the way.
    pub(super) fn read<T: for<'de> Deserialize<'de> + Default>(&mut self, mistakes: &mut Vec<Mistake>) -> T {
        let (mut table, errors) = DeTable::parse_recoverable(self.text);
        self.is_broken = !errors.is_empty();
        for error in errors {
            let place = self.place(error.span().unwrap_or_default());
            let what = What::Syntax { message: error.message().to_owned() };
            mistakes.push(Mistake { what, place: Some(place) });
        }
        loop {
            let error = match T::deserialize(toml::Deserializer::from(table.clone())) {
                Ok(read) => return read,
                Err(error) => error,
            };
            let span = error.span().unwrap_or_default();
            mistakes.push(self.note(&error, span.clone()));
            let Some(key) = remove(table.get_mut(), &span) else { return T::default() };
            self.removed.push(key);
        }
    }

    fn note(&mut self, error: &toml::de::Error, span: Range<usize>) -> Mistake {
        let message = error.message();
        let what = if message.starts_with("unknown field") {
            let mut names = message.split('`').skip(1).step_by(2).map(str::to_owned);
            let key = names.next().unwrap_or_default();
            let known: Vec<String> = names.collect();
            self.removed.extend(nearest(&key, &known).map(str::to_owned));
            What::UnknownKey { key, known }
        } else {
            What::WrongType { message: message.to_owned() }
        };
        Mistake { what, place: Some(self.place(span)) }
    }
}

/// Removes the entry whose key, value or list item has exactly this place; gives its key.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let is_meant = |value: &Spanned<DeValue<'_>>| {
        let items = value.get_ref().as_array().map_or(&[][..], AsRef::as_ref);
        value.span() == *span || items.iter().any(|item| item.span() == *span)
    };
    let meant = table.iter().find(|(key, value)| key.span() == *span || is_meant(value));
    if let Some(key) = meant.map(|(key, _)| key.clone()) {
        table.remove(&key);
        return Some(key.into_inner().into_owned());
    }
    table.iter_mut().find_map(|(_, value)| match value.get_mut() {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(items) => items.iter_mut().find_map(|item| match item.get_mut() {
            DeValue::Table(table) => remove(table, span),
            _ => None,
        }),
        _ => None,
    })
}
