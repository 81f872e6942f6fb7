//! What did they mean? One message, heard by ears that know the present question and what may interrupt it.
//!
//! People answer in words and numbers of every shape, with politeness around them. In order: a number
//! or the very words of the present question, an interrupt's words, a question about a district or another
//! topic, then a label that the text contains, is part of or resembles. A denial, a question or word of another time never
//! presses a button, and what cannot be taken back ([`Offer::strict`]) is pressed by its very words only; whatever
//! else sounds like it is asked back ([`Understood::Doubtful`]). What nothing here understands is the state's own
//! input ([`Understood::Nothing`]).
//! Deliberately elsewhere: rules for texts (`validation`), the words themselves (`dialogs/*.toml`).

mod cantonese;
mod denied;
mod ears;
mod fold;
mod instead;
mod likeness;
mod number;
mod phrases;
mod questions;
mod speech;

use cantonese::spell;
use ears::Heard;
pub use ears::{Ears, Listened};
pub(super) use fold::{fold, simplified};
pub use instead::place_instead;
pub(super) use number::is_number;
use number::{number_at_start, number_of};
use phrases::{CHANGING, KEEPING, LEAVE, NO, YES};
pub use questions::Asked;
pub use speech::Courtesy;
use speech::{Fit, SHORTEST, Said, denies, has};

/// Longest text in which a topic is looked for, in characters: a longer one is a story, not a question.
const LONGEST_QUESTION: usize = 60;

/// A topic's words that are less than one in so many characters of a text tell little.
const LITTLE: usize = 3;

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    /// The offer of this index, hidden ones counted.
    Choice(usize),
    /// Several offers fit equally well.
    Ambiguous(Vec<usize>),
    /// Perhaps the offer of this index; it must be asked back, not pressed.
    Doubtful(usize),
    /// None of these offers, and nothing was said of what else.
    Declined(Vec<usize>),
    /// The interrupt of this index.
    Interrupt(usize),
    /// A question about a topic, answered by the interrupt of this index.
    Topic {
        /// The interrupt.
        interrupt: usize,
        /// The district asked about, an index into the places given.
        place: Option<usize>,
    },
    /// The question of this index, by its words or because nothing else is nearly as like it.
    Question(usize),
    /// Perhaps one of these questions, the nearest first; they must be offered.
    Nearest(Vec<usize>),
    /// None of these: perhaps the text the state asks for.
    Nothing,
}

/// Something that can be chosen or named, with all words understood for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Tells offers of one state apart in item ids: a choice's place in its file, an item's value.
    pub key: String,
    /// As shown.
    pub label: String,
    /// Understood, but neither shown nor numbered.
    pub hidden: bool,
    /// What it does cannot be taken back: see [`Offer::strict`].
    is_strict: bool,
    /// Label and words in their common spelling; the label first.
    heard: Vec<String>,
}

impl Offer {
    /// An offer; `words` are understood besides the label.
    pub fn new<'w>(key: &str, label: &str, words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut heard = vec![spell(label)];
        heard.extend(words.into_iter().map(spell));
        heard.retain(|word| !word.is_empty());
        Self { key: key.to_owned(), label: label.to_owned(), hidden: false, is_strict: false, heard }
    }

    /// A district of the schedule: also understood without 区, 县 or 市.
    pub fn district(name: &str) -> Self {
        let short = name.strip_suffix(['区', '县', '市']).filter(|short| short.chars().count() >= 2);
        Self::new(name, name, short)
    }

    /// The same offer, understood but neither shown nor numbered.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// The same offer, heard strictly or not: then its number, a tap, its label or one of its words press it, with
    /// nothing but politeness around them.
    #[must_use]
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// The same offer under another label.
    pub(super) fn labelled<'w>(&self, label: &str, words: impl IntoIterator<Item = &'w str>) -> Self {
        Self { hidden: self.hidden, is_strict: self.is_strict, ..Self::new(&self.key, label, words) }
    }

    /// How much may stand around its words and its number.
    fn courtesy(&self) -> Courtesy {
        if self.is_strict { Courtesy::Strict } else { Courtesy::Easy }
    }

    fn is_said(&self, said: &Said, courtesy: Courtesy) -> bool {
        self.heard.iter().any(|word| said.says(word, courtesy))
    }
}

/// What a text means while a question is open. `offers` are what may be chosen, in the order of the numbers; none when
/// a text or picture is asked for. `places` are the districts that can be asked about.
pub fn understand(text: &str, offers: &[&Offer], ears: &Ears, places: &[Offer]) -> Understood {
    let said = Said::new(text);
    if said.text.is_empty() {
        return Understood::Nothing;
    }
    numbered(&said, offers, ears)
        .or_else(|| said_outright(&said, offers))
        .or_else(|| ears.exactly(&said).map(|heard| ears.understood(heard)))
        .or_else(|| denied::instead(&said, offers, ears, places))
        .or_else(|| about_place(&said, offers, ears, places))
        .or_else(|| if said.asks { about_topic(&said, ears) } else { None })
        .or_else(|| mentioned(&said, offers, ears))
        .or_else(|| likeness::resembling(&said, offers, ears))
        .or_else(|| ears.questions.hear(&said))
        .unwrap_or(Understood::Nothing)
}

/// The offer whose whole label this is, in whatever spelling; a question only if the label is one.
pub fn named(text: &str, offers: &[&Offer]) -> Option<usize> {
    let said = Said::new(text);
    let is_label = |label: &String| *label == said.text && said.is_in_earnest(label);
    offers.iter().position(|offer| offer.heard.first().is_some_and(is_label))
}

/// What a text may be the name of: itself and what is left of it without courtesy, folded, longest first.
pub fn names_in(text: &str) -> Vec<String> {
    Said::new(text).cores(Courtesy::Asking).map(str::to_owned).collect()
}

/// What a bare yes or no says; `None` when the text is neither.
pub fn agrees(text: &str) -> Option<bool> {
    let said = Said::new(text);
    let is_one_of = |words: &[&str]| said.cores(Courtesy::Strict).any(|core| words.contains(&core));
    if said.asks {
        None
    } else if is_one_of(&YES) {
        Some(true)
    } else {
        is_one_of(&NO).then_some(false)
    }
}

/// Whether a text is the number of an item, though perhaps of none that there is.
pub fn is_number_of_a_list(text: &str) -> bool {
    Said::new(text).cores(Courtesy::Easy).any(is_number)
}

/// Whether somebody wants to know something.
pub fn is_question(text: &str) -> bool {
    Said::new(text).asks
}

/// Whether a text states what it names as one's own, now: 「我的号码不是……」 and 「以前的是……」 do not.
pub fn is_statement(text: &str) -> bool {
    Said::new(text).is_statement()
}

/// A text without the question for leave at its end: 「可以吗」.
pub fn without_leave(text: &str) -> &str {
    let told = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    LEAVE.iter().find_map(|asked| told.strip_suffix(asked)).unwrap_or(text)
}

/// Whether a text that states a number gives it in another's stead, or is nothing but the number.
pub fn is_correction(text: &str) -> bool {
    let said = Said::new(text);
    let is_bare = said.text.is_ascii();
    is_bare || (has(&said.text, &CHANGING) && !has(&said.text, &KEEPING)) || said.text.contains('填')
}

/// `1`, 「第1个」, 「1 毕业预测」, and `0`, which is never a choice.
fn numbered(said: &Said, offers: &[&Offer], ears: &Ears) -> Option<Understood> {
    let shown = || offers.iter().enumerate().filter(|(_, offer)| !offer.hidden);
    let last = shown().count();
    let number = [Courtesy::Strict, Courtesy::Easy, Courtesy::Asking].into_iter().find_map(|courtesy| {
        said.cores(courtesy).find_map(|core| number_of(core, last)).map(|number| (number, courtesy))
    });
    match number {
        Some((0, _)) => return ears.zero.map(Understood::Interrupt),
        Some((number, courtesy)) => {
            let (index, offer) = shown().nth(number - 1)?;
            let meant = courtesy <= offer.courtesy() && said.is_in_earnest("");
            return Some(if meant { Understood::Choice(index) } else { Understood::Doubtful(index) });
        }
        None => {}
    }
    let (number, rest) = said.cores(Courtesy::Strict).find_map(number_at_start)?;
    let rest = said.part(rest);
    if number == 0 {
        let zero = ears.zero.map(Heard::Interrupt);
        return ears
            .exactly(&rest)
            .filter(|heard| Some(*heard) == zero)
            .and(ears.zero)
            .map(Understood::Interrupt);
    }
    let named = offers.iter().position(|offer| offer.is_said(&rest, offer.courtesy()))?;
    let (counted, _) = shown().nth(number - 1)?;
    Some(if named == counted {
        Understood::Choice(named)
    } else {
        Understood::Ambiguous(vec![counted, named])
    })
}

/// The very words of an offer; those with courtesy around them only when no offer has the whole text as a word.
fn said_outright(said: &Said, offers: &[&Offer]) -> Option<Understood> {
    let is_whole =
        |offer: &Offer| offer.heard.iter().any(|word| *word == said.text && said.is_in_earnest(word));
    let is_said = |offer: &Offer| offer.is_said(said, offer.courtesy());
    one_of(positions(offers, is_whole)).or_else(|| one_of(positions(offers, is_said)))
}

fn positions(offers: &[&Offer], fits: impl Fn(&Offer) -> bool) -> Vec<usize> {
    offers.iter().enumerate().filter(|(_, offer)| fits(offer)).map(|(index, _)| index).collect()
}

fn one_of(found: Vec<usize>) -> Option<Understood> {
    match found.as_slice() {
        [] => None,
        [one] => Some(Understood::Choice(*one)),
        _ => Some(Understood::Ambiguous(found)),
    }
}

/// A question that names a district; where districts are not to choose from, its name alone is one.
fn about_place(said: &Said, offers: &[&Offer], ears: &Ears, places: &[Offer]) -> Option<Understood> {
    let interrupt = ears.district?;
    let is_named = |place: &Offer| place.heard.iter().any(|name| said.text.contains(name.as_str()));
    let mut named = places.iter().enumerate().filter(|(_, place)| is_named(place));
    let (Some((place, _)), None) = (named.next(), named.next()) else { return None };
    let to_choose = offers.iter().any(|offer| offer.heard[0] == places[place].heard[0]);
    let is_name = || places[place].is_said(said, Courtesy::Asking) || said.asks_to_act();
    let about = said.asks || (!to_choose && is_name());
    (about && is_short(said)).then_some(Understood::Topic { interrupt, place: Some(place) })
}

fn about_topic(said: &Said, ears: &Ears) -> Option<Understood> {
    let (heard, words) = if is_short(said) { ears.topic(&said.text)? } else { return None };
    let hinted = |least| -> Vec<usize> {
        let hinted = ears.hinted(&said.text).filter(|(_, length)| *length >= least);
        hinted.map(|(question, _)| question).collect()
    };
    if words * LITTLE < said.text.chars().count()
        && let Some(other) = ears.questions.rather(said)
    {
        return Some(other);
    }
    let other = match heard {
        Heard::Question(_) => Some(ears.questions.weigh(said, &hinted(words), words)),
        Heard::Interrupt(_) => ears.questions.in_so_many_words(said, &hinted(0)),
    };
    Some(other.unwrap_or_else(|| ears.understood(heard)))
}

fn is_short(said: &Said) -> bool {
    said.text.chars().count() <= LONGEST_QUESTION
}

/// An offer that the text is about. What is only perhaps meant comes after what is asked in so many words.
fn mentioned(said: &Said, offers: &[&Offer], ears: &Ears) -> Option<Understood> {
    let mut found = within(said, offers);
    if found.is_empty() {
        found = around(said, offers);
    }
    let topic = || about_topic(said, ears);
    match found.as_slice() {
        [] => topic(),
        [(one, _, Fit::Doubtful)] => {
            topic().or_else(|| ears.questions.surely(said)).or(Some(Understood::Doubtful(*one)))
        }
        _ => one_of(found.into_iter().map(|(index, ..)| index).collect()),
    }
}

type Mention<'a> = (usize, &'a str, Fit);

/// The offers with a word in the text, and the longest such word.
fn within<'a>(said: &Said, offers: &[&'a Offer]) -> Vec<Mention<'a>> {
    let mut found = mentions(offers, |offer, word| said.fit(word, offer.is_strict));
    // 「做毕业预测」 contains 「毕业」, too, but means the longer one.
    let words: Vec<&str> = found.iter().map(|(_, word, _)| *word).collect();
    found.retain(|(_, word, _)| {
        !words.iter().any(|longer| longer.len() > word.len() && longer.contains(word))
    });
    found
}

/// The offers with a word that begins or ends with the text.
fn around<'a>(said: &Said, offers: &[&'a Offer]) -> Vec<Mention<'a>> {
    if said.asks || denies(&said.text) {
        return Vec::new();
    }
    let is_enough =
        |core: &&str| core.chars().count() >= SHORTEST && !core.bytes().all(|b| b.is_ascii_digit());
    let cores: Vec<&str> = said.cores(Courtesy::Strict).filter(is_enough).collect();
    mentions(offers, |offer, word| {
        let fit = if offer.is_strict { Fit::Doubtful } else { Fit::Likely };
        cores.iter().any(|core| word.starts_with(core) || word.ends_with(core)).then_some(fit)
    })
}

fn mentions<'a>(offers: &[&'a Offer], fit: impl Fn(&Offer, &str) -> Option<Fit>) -> Vec<Mention<'a>> {
    let longest = |offer: &'a Offer| {
        let fitting = offer.heard.iter().filter_map(|word| Some((word.as_str(), fit(offer, word)?)));
        fitting.max_by_key(|(word, _)| word.len())
    };
    offers
        .iter()
        .enumerate()
        .filter_map(|(index, offer)| longest(offer).map(|(word, fit)| (index, word, fit)))
        .collect()
}

#[cfg(test)]
mod tests;
