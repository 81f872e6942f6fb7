//! What did they mean? One message, heard by ears that know the present question and what may interrupt it.
//!
//! People answer in words and numbers of every shape, with politeness around them. In order: a tapped menu item,
//! a number or exact label of the present question, an interrupt's words, a question about a district or another
//! topic, then a label that the text contains or is part of. A negation or a question never presses a button:
//! 「申请怎么弄」 is not 「申请」. What nothing here understands is the state's own input ([`Understood::Nothing`]).
//! Deliberately elsewhere: rules for texts (`validation`), the words themselves (`dialogs/*.toml`).

mod fold;

use std::collections::HashMap;

use fold::{courteous, is_negated, is_question, number_at_start, number_of};
pub(super) use fold::{fold, is_number};

/// The topic whose questions are recognised by the name of a district.
const DISTRICT: &str = "district";

/// How people ask about the usual topics; a dialog's `words` come on top. A space parts words that must all be there.
const TOPIC_WORDS: [(&str, &[&str]); 4] = [
    (
        DISTRICT,
        &["在哪 办", "在哪里 办", "哪里 办", "哪儿 办", "办理地点", "办理 地址", "去哪 办", "边度 办"],
    ),
    ("dates", &["什么时候", "申请时间", "办理时间", "几时", "几号", "哪天", "截止", "开始 时间", "日期"]),
    (
        "standard",
        &[
            "照片 标准",
            "照片 要求",
            "照片 规范",
            "相片 要求",
            "采集标准",
            "采集规范",
            "拍照 要求",
            "照片 怎么拍",
            "拍照 穿",
            "照片 背景",
            "照片 眼镜",
            "照片 头发",
        ],
    ),
    ("next_step", &["下一步", "接下来", "然后", "该做什么", "要做什么", "该怎么办"]),
];

/// Longest text in which a topic is looked for, in characters: a longer one is a story, not a question.
const LONGEST_QUESTION: usize = 60;
/// How much may surround a label before the text is no longer an answer, in characters.
const SURROUNDINGS: usize = 4;

/// A message: its text and, for a tapped menu item, the item's id.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// As it came.
    pub text: &'a str,
    /// `bizmsgmenuid`, made by [`Offer::item_id`].
    pub item: Option<&'a str>,
}

/// The question that is open.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The state's full name.
    pub state: &'a str,
    /// What may be chosen, in the order of the numbers; empty when a text or picture is asked for.
    pub offers: &'a [&'a Offer],
}

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    /// The offer of this index, hidden ones counted.
    Choice(usize),
    /// Several offers fit equally well.
    Ambiguous(Vec<usize>),
    /// The interrupt of this index.
    Interrupt(usize),
    /// A question about a topic, answered by the interrupt of this index.
    Topic {
        /// The interrupt.
        interrupt: usize,
        /// The district asked about, an index into the places given.
        place: Option<usize>,
    },
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
    /// Label and words, folded; the label first.
    heard: Vec<String>,
}

impl Offer {
    /// An offer; `words` are understood besides the label.
    pub fn new<'w>(key: &str, label: &str, words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut heard = vec![fold(label)];
        heard.extend(words.into_iter().map(fold));
        heard.retain(|word| !word.is_empty());
        Self { key: key.to_owned(), label: label.to_owned(), hidden: false, heard }
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

    /// The id of this offer as a menu item (`msgmenu`, `weixin://bizmsgmenu`): a tap comes back with it.
    pub fn item_id(&self, state: &str) -> String {
        format!("{state}#{}", self.key)
    }

    fn is(&self, folded: &str) -> bool {
        self.heard.iter().any(|word| word == folded)
    }
}

/// What is listened for in every state: the words of all interrupts.
#[derive(Debug, Default)]
pub struct Ears {
    /// Folded word → interrupt.
    exact: HashMap<String, usize>,
    /// Words in parts that a question must contain → interrupt; only of topics.
    topics: Vec<(Vec<String>, usize)>,
    zero: Option<usize>,
    district: Option<usize>,
}

impl Ears {
    /// Ears for interrupts: for each its topic and its words. A space in a topic's word parts it: a question must
    /// contain all parts.
    pub fn new<'a>(interrupts: impl IntoIterator<Item = (Option<&'a str>, &'a [String])>) -> Self {
        let mut ears = Self::default();
        for (index, (topic, words)) in interrupts.into_iter().enumerate() {
            if topic == Some(DISTRICT) {
                ears.district = Some(index);
            }
            let usual =
                TOPIC_WORDS.iter().filter(|(name, _)| Some(*name) == topic).flat_map(|(_, words)| *words);
            for word in words.iter().map(String::as_str).chain(usual.copied()) {
                ears.listen_for(word, index, topic.is_some());
            }
        }
        ears
    }

    fn listen_for(&mut self, word: &str, index: usize, is_topic: bool) {
        let folded = fold(word);
        if folded == "0" {
            self.zero = Some(index);
        }
        self.exact.entry(folded).or_insert(index);
        if is_topic {
            self.topics.push((word.split_whitespace().map(fold).collect(), index));
        }
    }

    /// The interrupt whose word this is, whole or with politeness around it.
    fn interrupt(&self, folded: &str) -> Option<usize> {
        let found = self.exact.get(folded).or_else(|| self.exact.get(courteous(folded)));
        found.copied()
    }

    /// The topic with the longest words that the text contains.
    fn topic(&self, folded: &str) -> Option<usize> {
        let fits = |parts: &[String]| parts.iter().all(|part| folded.contains(part.as_str()));
        let length = |parts: &[String]| parts.iter().map(String::len).sum::<usize>();
        let fitting = self.topics.iter().filter(|(parts, _)| fits(parts));
        fitting.max_by_key(|(parts, _)| length(parts)).map(|(_, index)| *index)
    }
}

/// What a message means while a question is open. `places` are the districts that can be asked about.
pub fn understand(heard: Heard<'_>, asked: Asked<'_>, ears: &Ears, places: &[Offer]) -> Understood {
    if let Some(index) = heard.item.and_then(|item| tapped(item, asked)) {
        return Understood::Choice(index);
    }
    let folded = fold(heard.text);
    if folded.is_empty() {
        return Understood::Nothing;
    }
    let asks = is_question(heard.text, &folded);
    numbered(&folded, asked, ears)
        .or_else(|| labelled(&folded, asked))
        .or_else(|| labelled(courteous(&folded), asked))
        .or_else(|| ears.interrupt(&folded).map(|index| interruption(index, ears)))
        .or_else(|| about_place(&folded, asks, asked, ears, places))
        .or_else(|| if asks { about_topic(&folded, ears) } else { contained(&folded, asked) })
        .or_else(|| if asks { None } else { about_topic(&folded, ears) })
        .unwrap_or(Understood::Nothing)
}

/// A tap on an item of the very question that is open; an old menu's tap is read as its text.
fn tapped(item: &str, asked: Asked<'_>) -> Option<usize> {
    let key = item.strip_prefix(asked.state)?.strip_prefix('#')?;
    asked.offers.iter().position(|offer| offer.key == key)
}

/// `1`, 「第1个」, 「1 毕业预测」, and `0`, which is never a choice.
fn numbered(folded: &str, asked: Asked<'_>, ears: &Ears) -> Option<Understood> {
    let shown = || asked.offers.iter().enumerate().filter(|(_, offer)| !offer.hidden);
    match number_of(folded, shown().count()) {
        Some(0) => return ears.zero.map(Understood::Interrupt),
        Some(number) => return shown().nth(number - 1).map(|(index, _)| Understood::Choice(index)),
        None => {}
    }
    let (number, rest) = number_at_start(folded)?;
    if number == 0 {
        return ears.interrupt(rest).filter(|index| Some(*index) == ears.zero).map(Understood::Interrupt);
    }
    let (named, _) = asked.offers.iter().enumerate().find(|(_, offer)| offer.is(rest))?;
    let (counted, _) = shown().nth(number - 1)?;
    Some(if named == counted {
        Understood::Choice(named)
    } else {
        Understood::Ambiguous(vec![counted, named])
    })
}

fn labelled(folded: &str, asked: Asked<'_>) -> Option<Understood> {
    asked.offers.iter().position(|offer| offer.is(folded)).map(Understood::Choice)
}

fn interruption(index: usize, ears: &Ears) -> Understood {
    if ears.district == Some(index) || ears.topics.iter().any(|(_, topic)| *topic == index) {
        Understood::Topic { interrupt: index, place: None }
    } else {
        Understood::Interrupt(index)
    }
}

/// A question that names a district; where districts are not to choose from, its name alone is one.
fn about_place(
    folded: &str,
    asks: bool,
    asked: Asked<'_>,
    ears: &Ears,
    places: &[Offer],
) -> Option<Understood> {
    let interrupt = ears.district?;
    let place =
        places.iter().position(|place| place.heard.iter().any(|name| folded.contains(name.as_str())))?;
    let to_choose = asked.offers.iter().any(|offer| offer.heard[0] == places[place].heard[0]);
    let is_name = || {
        let text = courteous(folded);
        places[place].is(text) || fold::asks_to_act(text)
    };
    let about = asks || (!to_choose && is_name());
    (about && folded.chars().count() <= LONGEST_QUESTION)
        .then_some(Understood::Topic { interrupt, place: Some(place) })
}

fn about_topic(folded: &str, ears: &Ears) -> Option<Understood> {
    if folded.chars().count() > LONGEST_QUESTION {
        return None;
    }
    ears.topic(folded).map(|interrupt| Understood::Topic { interrupt, place: None })
}

/// A label in the text, or the text in labels: one is meant, several are ambiguous.
fn contained(folded: &str, asked: Asked<'_>) -> Option<Understood> {
    let text = courteous(folded);
    let length = text.chars().count();
    let within = |word: &str| {
        text.contains(word) && length <= word.chars().count() + SURROUNDINGS && !is_negated(text, word)
    };
    let around = |word: &str| if length == 1 { word.starts_with(text) } else { word.contains(text) };
    let mut found = fitting(asked, within);
    if found.is_empty() && !text.bytes().all(|byte| byte.is_ascii_digit()) {
        found = fitting(asked, around);
    } else {
        // 「做毕业预测」 contains 「毕业」, too, but means the longer one.
        let words: Vec<&str> = found.iter().map(|(_, word)| *word).collect();
        found.retain(|(_, word)| {
            !words.iter().any(|longer| longer.len() > word.len() && longer.contains(word))
        });
    }
    let found: Vec<usize> = found.into_iter().map(|(index, _)| index).collect();
    match found.as_slice() {
        [] => None,
        [one] => Some(Understood::Choice(*one)),
        _ => Some(Understood::Ambiguous(found)),
    }
}

/// The offers with a word that fits, and the longest such word.
fn fitting<'a>(asked: Asked<'a>, fits: impl Fn(&str) -> bool) -> Vec<(usize, &'a str)> {
    let offers = asked.offers.iter().enumerate();
    let longest =
        |offer: &'a Offer| offer.heard.iter().filter(|word| fits(word)).max_by_key(|word| word.len());
    offers.filter_map(|(index, offer)| Some((index, longest(offer)?.as_str()))).collect()
}

#[cfg(test)]
mod tests;
