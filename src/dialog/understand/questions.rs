//! Which question is asked, in anybody's own words.
//!
//! A question is known by several ways to ask it. How like one of them a text is, the characters and pairs of characters
//! say that both have: each counts the more, the fewer questions have it, so that 「毕业」 tells little and 「头巾」 nearly
//! all (Dice's coefficient over weights). How much of the text is in any way to ask the question counts, too, for people
//! put one together from several. The best one is the answer only when it is like enough and well before the
//! next; else the nearest are to be offered, or nothing is. All ways to ask are taken apart once, at start.
//! Deliberately elsewhere: the questions (`dialogs/questions.toml`), and what is heard before them (`understand`).

use std::collections::{BTreeSet, HashMap};

use super::{
    LONGEST_QUESTION, Understood,
    number::is_number,
    speech::{Courtesy, Said},
};

/// How a question may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// As it stands in a list.
    pub title: String,
    /// In whole sentences, each another way.
    pub asks: Vec<String>,
    /// Words that a text must contain, parted by a space: they need no likeness.
    pub words: Vec<String>,
}

/// From this likeness on a question is answered (1 is the same), if the next is this far behind.
const SURE: f32 = 0.36;
const AHEAD: f32 = 0.08;
/// The same for a text that is not put as a question.
const SURE_UNASKED: f32 = 0.56;
/// From this likeness on it is asked in so many words.
const VERBATIM: f32 = 0.75;
/// From this likeness on questions are offered, of a text that is not put as a question from a higher one; those much less like it than the nearest are not.
const PERHAPS: f32 = 0.2;
const PERHAPS_UNASKED: f32 = 0.55;
/// From this likeness on they are offered though a topic has a few words in common with the text.
const RATHER: f32 = 0.28;
const NEARLY: f32 = 0.6;
/// Words in common that are a good clue, in characters: shorter ones yield to the likeness of a whole question.
const LONG_CLUE: usize = 4;
/// How like another question, and how much liker, a text must be that has a long clue, and a short one.
const FAR_AHEAD: f32 = 0.15;
const BARELY: f32 = 0.22;
const BARELY_AHEAD: f32 = 0.05;
/// How many are offered.
const OFFERED: usize = 3;
/// How much all ways to ask a question together count beside the one that a text is most like.
const TOGETHER: f32 = 0.4;
/// Weight added to a text when its share is reckoned: the few words of a short one prove little.
const SHORT: f32 = 10.0;
/// What a single character tells beside a pair of them.
const SINGLE: f32 = 0.45;
/// What something tells against a text that no question has, in parts of what a single question's own would.
const UNKNOWN: f32 = 0.7;
/// Texts with so many digits in a row give a number.
const DIGITS: usize = 5;

/// What means the same, and so is compared as the same. Cantonese is Mandarin by now.
const SAME: [(&str, &[&str]); 20] = [
    ("怎么", &["怎样", "如何", "咋", "怎么办", "点算"]),
    ("什么时候", &["何时", "几月几号", "几号", "哪天", "几时"]),
    ("什么", &["啥", "哪些"]),
    ("哪里", &["在哪", "哪儿"]),
    ("谁", &["哪个人", "哪位"]),
    ("多久", &["多长时间", "多长"]),
    ("要", &["需不需要", "要不要", "需要", "必须", "用不用"]),
    ("能", &["可不可以", "能不能", "行不行", "能否", "可以"]),
    ("没", &["还没有", "还没", "没有", "未有", "未"]),
    ("是", &["是不是"]),
    ("拿", &["领取", "领"]),
    ("照片", &["相片", "张照片", "张相", "毕业相"]),
    ("拍", &["影", "照相"]),
    ("丢", &["遗失", "不见", "弄丢"]),
    ("忘", &["不记得", "忘记"]),
    ("专科", &["大专"]),
    ("主考学校", &["主考院校"]),
    ("毕业证", &["毕业证书", "文凭"]),
    ("钱", &["费用", "费"]),
    ("别人", &["其他人", "家人", "朋友", "他人"]),
];
/// What tells nothing wherever it stands; 「怎么这（么）」 complains.
const FILLING: [&str; 13] =
    ["怎么这", "不知道", "的", "了", "啊", "呢", "吗", "我", "您", "你", "请问", "那个", "一下"];

/// What people tell who would like to know what to do.
const TROUBLE: [char; 7] = ['忘', '丢', '错', '不', '没', '未', '几'];

/// What tells that something is not wanted.
const UNWANTED: [&str; 7] = ["不要", "不想", "不用", "不换", "不改", "不去", "不选"];

/// A character, or two that follow each other.
type Gram = (char, Option<char>);

/// All ways to ask, taken apart.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    grams: HashMap<Gram, Known>,
    asks: Vec<Ask>,
}

#[derive(Debug, Default)]
struct Known {
    weight: f32,
    /// The ways to ask that have it.
    asks: Vec<usize>,
    /// The questions that have it, each once.
    questions: Vec<usize>,
}

#[derive(Debug)]
struct Ask {
    question: usize,
    weight: f32,
}

impl Matcher {
    pub(super) fn new(questions: &[Asked]) -> Self {
        let mut matcher = Self::default();
        for (question, asked) in questions.iter().enumerate() {
            for ask in asked.asks.iter().chain([&asked.title]) {
                for gram in grams(&Said::new(ask)) {
                    let known = matcher.grams.entry(gram).or_default();
                    known.asks.push(matcher.asks.len());
                    if known.questions.last() != Some(&question) {
                        known.questions.push(question);
                    }
                }
                matcher.asks.push(Ask { question, weight: 0.0 });
            }
        }
        for (gram, known) in &mut matcher.grams {
            known.weight = weight(*gram, questions.len(), known.questions.len());
            for ask in &known.asks {
                matcher.asks[*ask].weight += known.weight;
            }
        }
        matcher
    }

    /// The question that a text asks, or those it may ask.
    pub(super) fn hear(&self, said: &Said) -> Option<Understood> {
        let likely = self.likely(said);
        let (_, like) = *likely.first()?;
        let (enough, perhaps) =
            if is_asked(said) { (SURE, PERHAPS) } else { (SURE_UNASKED, PERHAPS_UNASKED) };
        if let Some(question) = sure(&likely, enough) {
            return Some(Understood::Question(question));
        }
        if like < perhaps {
            return None;
        }
        Some(near(&likely))
    }

    /// The question that a text asks beyond doubt.
    pub(super) fn surely(&self, said: &Said) -> Option<Understood> {
        sure(&self.likely(said), SURE).map(Understood::Question)
    }

    /// What a text that has only some of a topic's words asks, or may well ask, instead.
    pub(super) fn rather(&self, said: &Said) -> Option<Understood> {
        let likely = self.likely(said);
        let (_, like) = *likely.first()?;
        let nearest = (like >= RATHER).then(|| near(&likely));
        sure(&likely, SURE).map(Understood::Question).or(nearest)
    }

    /// The question that a text asks nearly as its file does, or that it is like and has words of, too: a topic that only
    /// has some of its words in common yields to it.
    pub(super) fn in_so_many_words(&self, said: &Said, hinted: &[usize]) -> Option<Understood> {
        let likely = self.likely(said);
        let found =
            sure(&likely, VERBATIM).or_else(|| sure(&likely, PERHAPS).filter(|one| hinted.contains(one)));
        found.map(Understood::Question)
    }

    /// The question of which a text has so many characters as its words, the likest where several have. If it is much
    /// liker to another, both are offered, for words are a clue only. A long clue needs more against it.
    pub(super) fn weigh(&self, said: &Said, questions: &[usize], words: usize) -> Understood {
        let likely = self.likely(said);
        let own = likely.iter().find(|(other, _)| questions.contains(other)).copied();
        let (question, own) = own.unwrap_or((questions[0], 0.0));
        let (enough, ahead) = if words >= LONG_CLUE { (PERHAPS, FAR_AHEAD) } else { (BARELY, BARELY_AHEAD) };
        match likely.first() {
            Some((best, like)) if *best != question && *like >= enough && like - own >= ahead => {
                Understood::Nearest(vec![*best, question])
            }
            _ => Understood::Question(question),
        }
    }

    /// Every question that has something in common with a text, the likest first.
    fn likely(&self, said: &Said) -> Vec<(usize, f32)> {
        if said.text.chars().count() > LONGEST_QUESTION || gives_number(said) {
            return Vec::new();
        }
        let questions = self.asks.last().map_or(0, |ask| ask.question + 1);
        let mut whole = 0.0;
        let mut known = Vec::new();
        for gram in grams(said) {
            let found = self.grams.get(&gram);
            whole += found.map_or_else(|| UNKNOWN * weight(gram, questions, 1), |found| found.weight);
            known.extend(found);
        }
        if known.is_empty() {
            return Vec::new();
        }
        let (mut shared, mut together) = (vec![0.0; self.asks.len()], vec![0.0; questions]);
        for gram in known {
            for ask in &gram.asks {
                shared[*ask] += gram.weight;
            }
            for question in &gram.questions {
                together[*question] += gram.weight;
            }
        }
        let mut best = vec![0.0_f32; questions];
        for (ask, shared) in self.asks.iter().zip(shared) {
            let like = 2.0 * shared / (whole + ask.weight);
            best[ask.question] = best[ask.question].max(like);
        }
        let both = best.into_iter().zip(together).map(|(best, together)| {
            if best > 0.0 { best + (together / (whole + SHORT) - best) * TOGETHER } else { 0.0 }
        });
        let mut likely: Vec<(usize, f32)> = both.enumerate().filter(|(_, like)| *like > 0.0).collect();
        likely.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        likely
    }
}

/// The nearest, to be offered.
fn near(likely: &[(usize, f32)]) -> Understood {
    let like = likely.first().map_or(0.0, |(_, like)| *like);
    let near = likely.iter().take(OFFERED).filter(|(_, other)| *other >= like * NEARLY);
    Understood::Nearest(near.map(|(question, _)| *question).collect())
}

/// The first, when it is like enough and alone.
fn sure(likely: &[(usize, f32)], enough: f32) -> Option<usize> {
    let (question, like) = *likely.first()?;
    let next = likely.get(1).map_or(0.0, |(_, like)| *like);
    (like >= enough && like - next >= AHEAD).then_some(question)
}

/// The fewer questions have it, the more it tells.
fn weight((_, second): Gram, questions: usize, having: usize) -> f32 {
    let rare = (1.0 + questions as f32 / having as f32).ln();
    if second.is_some() { rare } else { rare * SINGLE }
}

/// The characters of a text without courtesy, and its pairs, each once.
fn grams(said: &Said) -> BTreeSet<Gram> {
    let core = said.cores(Courtesy::Asking).last().unwrap_or(&said.text);
    let mut text = core.to_owned();
    if !text.is_ascii() {
        let same = SAME.iter().flat_map(|(word, others)| others.iter().map(move |other| (other, *word)));
        for (other, word) in same.chain(FILLING.iter().map(|filling| (filling, ""))) {
            if text.contains(other) {
                text = text.replace(other, word);
            }
        }
    }
    let chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let pairs = chars.windows(2).map(|pair| (pair[0], Some(pair[1])));
    pairs.chain(chars.iter().map(|c| (*c, None))).collect()
}

/// Whether a text may well ask something: it is put as a question, or says that something is lost, wrong or missing,
/// which what one does not want is not.
fn is_asked(said: &Said) -> bool {
    let told = || UNWANTED.iter().fold(said.text.clone(), |text, no| text.replace(no, ""));
    said.asks || (said.text.contains(TROUBLE) && told().contains(TROUBLE))
}

/// Whether somebody gives a number: an answer to another question.
fn gives_number(said: &Said) -> bool {
    let long = said.text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= DIGITS);
    long || said.cores(Courtesy::Easy).any(is_number)
}
