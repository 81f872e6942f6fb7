//! PURE. An audience as people write it: `批次:2026-06 且 城市:广州市 且 非 步骤:预测未通过`.
//!
//! Conditions are joined by 且, 或 and 非 (`and`, `or`, `not`), 且 before 或, brackets as wanted; a name with blanks or
//! brackets in it stands in 「」. The batch comes first, once. Reading goes on after a mistake, so that one look at
//! the answer is enough; each mistake says where it is and which known name is near. [`write()`] writes what [`read`] reads back
//! as the same audience. What is known by name (places, tags, lists) is the caller's to bring.

mod mistake;
mod token;

use super::{Audience, Condition, DEPTH_MAX, Step, TooLarge};
use crate::validation::DocumentType;
pub use mistake::{Misread, Wrong};
use token::{Kind, Token};

const EVERYONE: &str = "所有人";
/// Conditions that stand alone.
const FLAGS: [(&str, &str, Condition); 3] = [
    (EVERYONE, "everyone", Condition::Everyone),
    ("已绑定", "bound", Condition::Bound),
    ("有申请", "applied", Condition::HasCase),
];
/// What a value is of.
const KEYS: [(&str, &str, Key); 7] = [
    ("批次", "batch", Key::Batch),
    ("城市", "city", Key::City),
    ("区县", "district", Key::District),
    ("证件", "document", Key::Document),
    ("步骤", "step", Key::Step),
    ("标签", "tag", Key::Tag),
    ("名单", "list", Key::List),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Batch,
    City,
    District,
    Document,
    Step,
    Tag,
    List,
}

/// What can be named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Batches; the first is meant where none is named.
    pub batches: Vec<String>,
    /// City and district of every place.
    pub places: Vec<(String, String)>,
    /// The platform's tags, by number, with their names.
    pub tags: Vec<(i64, String)>,
    /// Imported lists, by id, with their names.
    pub lists: Vec<(String, String)>,
}

/// Reads an audience; all that is wrong with it, in the order of the text.
pub fn read(text: &str, known: &Known) -> Result<Audience, Vec<Misread>> {
    let (tokens, mistakes) = token::tokens(text);
    let end = text.chars().count() + 1;
    let mut reader = Reader { known, tokens: &tokens, next: 0, end, depth: 0, mistakes };
    let audience = reader.audience();
    if let Some(large) = audience.who.too_large() {
        reader.report(1, Wrong::TooLarge(large));
    }
    let mut mistakes = reader.mistakes;
    mistakes.sort_by_key(|mistake| mistake.at);
    if mistakes.is_empty() { Ok(audience) } else { Err(mistakes) }
}

/// Writes an audience. Tags and lists go by their names where these are known and no other's.
pub fn write(audience: &Audience, known: &Known) -> String {
    format!("批次:{} 且 {}", quoted(&audience.batch), written(&audience.who, known, true))
}

struct Reader<'a> {
    known: &'a Known,
    tokens: &'a [Token],
    next: usize,
    /// Behind the last character.
    end: usize,
    /// Open brackets and negations: nobody writes a hundred, and each is a call.
    depth: usize,
    mistakes: Vec<Misread>,
}

impl Reader<'_> {
    fn audience(&mut self) -> Audience {
        let batch = self.batch();
        let has_batch = self.next > 0;
        let is_joined = has_batch && self.take(&Kind::And);
        let who =
            if self.peek().is_none() && has_batch && !is_joined { Condition::Everyone } else { self.any() };
        while let Some(token) = self.peek() {
            let what = if token.kind == Kind::Close { Wrong::Unopened } else { Wrong::JoinWanted };
            self.report(token.at, what);
            if self.tokens[self.next].kind == Kind::Close {
                self.next += 1;
            } else {
                self.any();
            }
        }
        Audience { batch, who }
    }

    fn batch(&mut self) -> String {
        let written = self.peek().and_then(|token| match &token.kind {
            Kind::Word { key: Some(key), value } if key_of(key) == Some(Key::Batch) => {
                Some((token.at, value.clone()))
            }
            _ => None,
        });
        let Some((at, name)) = written else {
            let Some(batch) = self.known.batches.first() else {
                self.report(1, Wrong::Empty);
                return String::new();
            };
            return batch.clone();
        };
        self.next += 1;
        if !self.known.batches.contains(&name) {
            let near = nearest(&name, self.known.batches.iter().map(String::as_str));
            self.report(at, Wrong::Name { key: "批次", name: name.clone(), near });
        }
        name
    }

    fn any(&mut self) -> Condition {
        let mut parts = vec![self.all()];
        while self.take(&Kind::Or) {
            parts.push(self.all());
        }
        one_or(parts, Condition::Any)
    }

    fn all(&mut self) -> Condition {
        let mut parts = vec![self.one()];
        while self.take(&Kind::And) {
            parts.push(self.one());
        }
        one_or(parts, Condition::All)
    }

    fn one(&mut self) -> Condition {
        let Some(token) = self.peek() else {
            self.report(self.end, Wrong::ConditionWanted);
            return Condition::Everyone;
        };
        let (at, kind) = (token.at, token.kind.clone());
        if matches!(kind, Kind::And | Kind::Or | Kind::Close) {
            // Left where it is: what it joins or closes is read by whoever opened it.
            self.report(at, Wrong::ConditionWanted);
            return Condition::Everyone;
        }
        self.next += 1;
        match kind {
            Kind::Word { key, value } => self.leaf(at, key.as_deref(), &value),
            _ if self.depth > 2 * DEPTH_MAX => {
                self.report(at, Wrong::TooLarge(TooLarge::Deep));
                self.next = self.tokens.len();
                Condition::Everyone
            }
            Kind::Not => Condition::Not(Box::new(self.deeper(Self::one))),
            _ => {
                let inner = self.deeper(Self::any);
                if !self.take(&Kind::Close) {
                    self.report(at, Wrong::Unclosed('('));
                }
                inner
            }
        }
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Condition) -> Condition {
        self.depth += 1;
        let inner = read(self);
        self.depth -= 1;
        inner
    }

    fn leaf(&mut self, at: usize, key: Option<&str>, value: &str) -> Condition {
        let found = match key {
            None => flag(value),
            Some(key) => match key_of(key) {
                Some(key) => self.named(key, value),
                None => Err(Wrong::Word {
                    word: key.to_owned(),
                    near: nearest(key, KEYS.iter().map(|row| row.0)),
                }),
            },
        };
        found.unwrap_or_else(|what| {
            self.report(at, what);
            Condition::Everyone
        })
    }

    fn named(&self, key: Key, value: &str) -> Result<Condition, Wrong> {
        let known = self.known;
        match key {
            Key::Batch => Err(Wrong::BatchInside),
            Key::City => {
                let is_known = known.places.iter().any(|(city, _)| city == value);
                let cities = known.places.iter().map(|(city, _)| city.as_str());
                if is_known {
                    Ok(Condition::City(value.to_owned()))
                } else {
                    Err(unknown("城市", value, cities))
                }
            }
            Key::District => district(known, value),
            Key::Document => DocumentType::from_label(value).map(Condition::DocumentType).ok_or_else(|| {
                unknown("证件", value, DocumentType::ALL.iter().map(|document| document.label()))
            }),
            Key::Step => Step::ALL
                .into_iter()
                .find(|step| step.label() == value)
                .map(Condition::Step)
                .ok_or_else(|| unknown("步骤", value, Step::ALL.iter().map(|step| step.label()))),
            Key::Tag => {
                let tags: Vec<(String, &str)> =
                    known.tags.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
                let id = by_name("标签", value, tags.iter().map(|(id, name)| (id.as_str(), *name)))?;
                Ok(Condition::Tag(id.parse().map_err(|_| unknown("标签", value, std::iter::empty()))?))
            }
            Key::List => {
                let lists = known.lists.iter().map(|(id, name)| (id.as_str(), name.as_str()));
                by_name("名单", value, lists).map(Condition::List)
            }
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let is_there = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(is_there);
        is_there
    }

    fn report(&mut self, at: usize, what: Wrong) {
        self.mistakes.push(Misread { at, what });
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn flag(word: &str) -> Result<Condition, Wrong> {
    let found =
        FLAGS.into_iter().find(|(name, english, _)| *name == word || english.eq_ignore_ascii_case(word));
    let names = FLAGS.iter().map(|row| row.0).chain(KEYS.iter().map(|row| row.0));
    found
        .map(|(.., condition)| condition)
        .ok_or_else(|| Wrong::Word { word: word.to_owned(), near: nearest(word, names) })
}

fn key_of(word: &str) -> Option<Key> {
    let found =
        KEYS.into_iter().find(|(name, english, _)| *name == word || english.eq_ignore_ascii_case(word));
    found.map(|(.., key)| key)
}

/// 「广州市/天河区」, or the district alone where only one city has it.
fn district(known: &Known, value: &str) -> Result<Condition, Wrong> {
    let (of, name) = value.split_once('/').map_or((None, value), |(city, name)| (Some(city), name));
    let found: Vec<&(String, String)> = known
        .places
        .iter()
        .filter(|(city, district)| district == name && of.is_none_or(|of| of == city))
        .collect();
    let whole = |(city, district): &(String, String)| format!("{city}/{district}");
    match found.as_slice() {
        [(city, district)] => Ok(Condition::District { city: city.clone(), district: district.clone() }),
        [] if of.is_none() => {
            Err(unknown("区县", value, known.places.iter().map(|(_, district)| district.as_str())))
        }
        [] => {
            let places: Vec<String> = known.places.iter().map(whole).collect();
            Err(unknown("区县", value, places.iter().map(String::as_str)))
        }
        several => Err(Wrong::Ambiguous {
            key: "区县",
            choices: several.iter().map(|place| whole(place)).collect(),
        }),
    }
}

/// By its name, or by `#` and its id.
fn by_name<'k>(
    key: &'static str,
    value: &str,
    known: impl Iterator<Item = (&'k str, &'k str)> + Clone,
) -> Result<String, Wrong> {
    if let Some(id) = value.strip_prefix('#')
        && let Some((id, _)) = known.clone().find(|(known, _)| *known == id)
    {
        return Ok(id.to_owned());
    }
    let found: Vec<&str> = known.clone().filter(|(_, name)| *name == value).map(|(id, _)| id).collect();
    match found.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(unknown(key, value, known.map(|(_, name)| name))),
        several => {
            Err(Wrong::Ambiguous { key, choices: several.iter().map(|id| format!("#{id}")).collect() })
        }
    }
}

fn unknown<'k>(key: &'static str, name: &str, known: impl Iterator<Item = &'k str>) -> Wrong {
    Wrong::Name { key, name: name.to_owned(), near: nearest(name, known) }
}

/// The known name that is most like it, if one is.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let likeness = |other: &str| {
        let whole = strsim::normalized_damerau_levenshtein(name, other);
        // 「广州」 for 「广州市」, 「未通过」 for 「预测未通过」.
        if !name.is_empty() && other.contains(name) { whole.max(0.5) } else { whole }
    };
    let best = known.map(|other| (likeness(other), other)).max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(likeness, _)| *likeness >= 0.4).map(|(_, other)| other.to_owned())
}

/// A condition; what holds others stands in brackets unless it is the outermost.
fn written(condition: &Condition, known: &Known, is_outermost: bool) -> String {
    match condition {
        Condition::Everyone => EVERYONE.to_owned(),
        Condition::Bound => FLAGS[1].0.to_owned(),
        Condition::HasCase => FLAGS[2].0.to_owned(),
        Condition::City(city) => pair("城市", city),
        Condition::District { city, district } => pair("区县", &format!("{city}/{district}")),
        Condition::DocumentType(document) => pair("证件", document.label()),
        Condition::Step(step) => pair("步骤", step.label()),
        Condition::Tag(tag) => {
            let named: Vec<(String, String)> =
                known.tags.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
            pair("标签", &name_of(&tag.to_string(), &named))
        }
        Condition::List(id) => pair("名单", &name_of(id, &known.lists)),
        Condition::Not(inner) => format!("非 {}", written(inner, known, false)),
        Condition::All(parts) => joined(parts, " 且 ", EVERYONE, known, is_outermost),
        Condition::Any(parts) => {
            // Behind the batch's 且 it must not look as if that bound more closely.
            joined(parts, " 或 ", "非 所有人", known, false)
        }
    }
}

fn joined(parts: &[Condition], word: &str, none: &str, known: &Known, is_outermost: bool) -> String {
    let texts: Vec<String> = parts.iter().map(|part| written(part, known, false)).collect();
    match texts.as_slice() {
        [] => none.to_owned(),
        [only] => only.clone(),
        _ if is_outermost => texts.join(word),
        _ => format!("({})", texts.join(word)),
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{key}:{}", quoted(value))
}

/// By its name, where no other has it and it cannot be taken for an id.
fn name_of(id: &str, known: &[(String, String)]) -> String {
    let name = known.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str());
    let is_clear = |name: &&str| {
        !name.is_empty()
            && !name.starts_with('#')
            && !name.contains(['「', '」'])
            && known.iter().filter(|(_, other)| other == name).count() == 1
    };
    name.filter(is_clear).map_or_else(|| format!("#{id}"), str::to_owned)
}

fn quoted(value: &str) -> String {
    let is_plain = !value.is_empty() && !value.chars().any(token::ends_word);
    if is_plain { value.to_owned() } else { format!("「{value}」") }
}

#[cfg(test)]
mod tests;
