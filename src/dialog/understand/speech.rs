//! How a word stands in what somebody said: ordered, asked about, denied, or told of another time.
//!
//! A wrong guess is worse than a question. A word alone or with politeness around it is an order ([`Fit::Sure`]). A
//! word inside a longer text is one only if nothing speaks against it, and only where a slip can be taken back
//! ([`Fit::Likely`]); else it is worth asking back ([`Fit::Doubtful`]). What is denied, or asked with where, when or
//! how, is nothing. The words that tell are in `phrases`.

use std::{cmp::Reverse, collections::BTreeSet, ops::Range, sync::LazyLock};

use super::{
    cantonese::spell,
    phrases::{
        ACTING, AFTER, ASKED_FOR, ASKING, ASKING_LAST, BEFORE, ByCourtesy, DENYING, ELSEWHERE_AFTER,
        ELSEWHERE_BEFORE, HESITATING, List, NOT_DENYING, NOT_ONES_OWN,
    },
};

/// How much may stand around a word that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Courtesy {
    /// Politeness and wishing: 「请」, 「我要」, 「吧」. For what cannot be taken back.
    Strict,
    /// Also what people add without meaning anything: 「那个」, 「了」, 「的」.
    Easy,
    /// Also a question for leave, 「可以……吗」: for what only tells something.
    Asking,
}

/// How well a word fits what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Perhaps meant: to be asked back.
    Doubtful,
    /// Meant, as far as anybody can see.
    Likely,
    /// Said in so many words.
    Sure,
}

/// Shortest word that is looked for inside a text, in characters: one character is in everything.
pub(super) const SHORTEST: usize = 2;
/// How much may surround a word, politeness not counted, before the text is no longer an answer, in characters.
const SURROUNDINGS: usize = 4;
/// Longest text in which courtesy is looked for, in bytes: a longer one is a story, not an answer.
const LONGEST: usize = 180;

/// A text as it is listened to.
#[derive(Debug)]
pub(super) struct Said {
    /// Folded.
    pub text: String,
    /// Whether it wants to know something.
    pub asks: bool,
    /// Whether a sign or its sound makes a question of it, whatever its words are.
    marked: bool,
    /// Where its cores stand, by courtesy.
    cores: [Vec<Range<usize>>; 3],
}

impl Said {
    pub(super) fn new(raw: &str) -> Self {
        let text = spell(raw);
        let marked = raw.contains(['?', '？']) || is_how_in_cantonese(&text);
        Self::toned(text, marked)
    }

    fn toned(text: String, marked: bool) -> Self {
        Self { asks: marked || asks(&text), marked, cores: cores_of(&text), text }
    }

    /// A part of this text, said in the same tone.
    pub(super) fn part(&self, text: &str) -> Self {
        Self::toned(text.to_owned(), self.marked)
    }

    /// The text and all that is left of it when courtesy is taken off, longest first; none of them is empty.
    pub(super) fn cores(&self, courtesy: Courtesy) -> impl Iterator<Item = &str> {
        self.cores[courtesy as usize].iter().map(|core| &self.text[core.clone()])
    }

    /// Whether it says `word` and nothing else, `courtesy` aside; a question only if the word is one.
    pub(super) fn says(&self, word: &str, courtesy: Courtesy) -> bool {
        self.is_in_earnest(word) && self.cores(courtesy).any(|core| core == word)
    }

    /// Whether a question mark, if there is one, belongs to the word.
    pub(super) fn is_in_earnest(&self, word: &str) -> bool {
        !self.marked || questions(word)
    }

    /// How well `word` fits, if it does. `strict` is for what cannot be taken back.
    pub(super) fn fit(&self, word: &str, strict: bool) -> Option<Fit> {
        if word.len() > self.text.len() {
            return None;
        }
        let (before, after) = self.text.split_once(word)?;
        let (starts, ends) = (Reached::starts(before), Reached::ends(after));
        let wrapped =
            |courtesy| starts.up_to(courtesy).contains(&before.len()) && ends.up_to(courtesy).contains(&0);
        if wrapped(if strict { Courtesy::Strict } else { Courtesy::Easy }) {
            return Some(if self.is_in_earnest(word) { Fit::Sure } else { Fit::Doubtful });
        }
        if word.chars().count() < SHORTEST {
            return None;
        }
        if wrapped(Courtesy::Asking) {
            return Some(Fit::Doubtful);
        }
        let speaks_against = |part: &str| denies(part) || questions(part);
        if speaks_against(before) || speaks_against(after) || asks_for(after) {
            return None;
        }
        // So much may stand there besides courtesy; with more, the text is about something else.
        let start = starts.up_to(Courtesy::Easy).iter().max().copied().unwrap_or_default();
        let end = ends.up_to(Courtesy::Easy).iter().min().copied().unwrap_or_default();
        if before[start..].chars().count() + after[..end].chars().count() > SURROUNDINGS {
            return None;
        }
        let counts = |part: &str| part.contains(|c: char| c.is_ascii_digit());
        let is_open =
            is_elsewhere(before, after) || has(&before[start..], &HESITATING) || has(after, &HESITATING);
        let is_safe = !strict && !self.marked && !is_open && !counts(before) && !counts(after);
        Some(if is_safe { Fit::Likely } else { Fit::Doubtful })
    }

    /// Whether it states what it names as one's own, now: no question, no denial.
    pub(super) fn is_statement(&self) -> bool {
        !self.marked && !questions(&self.text) && !denies(&self.text) && !has(&self.text, &NOT_ONES_OWN)
    }

    /// Whether it is put as a question; a thing asked for by its name alone is none.
    pub(super) fn is_question(&self) -> bool {
        self.marked || questions(&self.text)
    }

    /// 「好了吗」 asks whether something is done, though its core is courtesy: 「好」.
    pub(super) fn asks_whether_done(&self, core: &str) -> bool {
        let is_courtesy = BEFORE.iter().chain(AFTER.iter()).any(|words| words.contains(&core));
        is_courtesy && core != self.text && self.text.ends_with(['吗', '么', '没', '未'])
    }

    /// 「天河办理」: with a district's name, a wish to know about it.
    pub(super) fn asks_to_act(&self) -> bool {
        has(&self.text, &ACTING)
    }
}

/// 「点申请呀」: in Cantonese 点 is how, in Mandarin it is a tap.
fn is_how_in_cantonese(folded: &str) -> bool {
    folded.starts_with('点') && folded.ends_with(['啊', '呀', '呢', '架', '噶', '㗎'])
}

/// Whether somebody wants to know something.
fn asks(folded: &str) -> bool {
    questions(folded) || has(folded, &ASKED_FOR)
}

/// Whether it is put as a question.
fn questions(folded: &str) -> bool {
    has(folded, &ASKING) || folded.ends_with(ASKING_LAST)
}

/// Whether something is turned into its opposite.
pub(super) fn denies(folded: &str) -> bool {
    let denied = |text: &str| has(text, &DENYING);
    denied(folded)
        && denied(&NOT_DENYING.iter().fold(folded.to_owned(), |text, word| text.replace(word, "，")))
}

/// Whether a text contains one of these words.
pub(super) fn has(text: &str, words: &List) -> bool {
    words.is_in(text)
}

/// 「申请时间」: what follows a word makes it part of what is asked for.
fn asks_for(after: &str) -> bool {
    let after = after.trim_start_matches('的');
    ASKED_FOR.iter().any(|noun| after.starts_with(noun))
}

/// Whether a word is told of another time or another person.
fn is_elsewhere(before: &str, after: &str) -> bool {
    has(&before.replace("其他", ""), &ELSEWHERE_BEFORE) || has(after, &ELSEWHERE_AFTER)
}

/// What may be left of a text by courtesy, longest first.
fn cores_of(text: &str) -> [Vec<Range<usize>>; 3] {
    let (starts, ends) = (Reached::starts(text), Reached::ends(text));
    [Courtesy::Strict, Courtesy::Easy, Courtesy::Asking].map(|courtesy| {
        let ends = ends.up_to(courtesy);
        let pairs = starts.up_to(courtesy).iter().flat_map(|start| ends.iter().map(|end| *start..*end));
        let mut cores: Vec<Range<usize>> = pairs.filter(|core| !core.is_empty()).collect();
        cores.sort_by_key(|core| Reverse(core.len()));
        cores
    })
}

/// Characters that words before the point begin with, and those that words after it end with: most texts have none
/// there, and are done.
static FIRST: LazyLock<BTreeSet<char>> =
    LazyLock::new(|| BEFORE.iter().flatten().filter_map(|word| word.chars().next()).collect());
static LAST: LazyLock<BTreeSet<char>> =
    LazyLock::new(|| AFTER.iter().flatten().filter_map(|word| word.chars().next_back()).collect());

/// Where a text may begin or end when words are taken off it: byte positions, by courtesy.
struct Reached {
    at: Vec<usize>,
    /// How many of them are reached with so much courtesy.
    counts: [usize; 3],
}

impl Reached {
    /// Where it may begin; the first is 0.
    fn starts(text: &str) -> Self {
        let edge = |at: usize| text[at..].chars().next();
        Self::from(
            0,
            text,
            &BEFORE,
            |at, word| text[at..].starts_with(word).then(|| at + word.len()),
            |at| edge(at).is_some_and(|c| FIRST.contains(&c)),
        )
    }

    /// Where it may end; the first is its length.
    fn ends(text: &str) -> Self {
        let edge = |at: usize| text[..at].chars().next_back();
        Self::from(
            text.len(),
            text,
            &AFTER,
            |at, word| text[..at].ends_with(word).then(|| at - word.len()),
            |at| edge(at).is_some_and(|c| LAST.contains(&c)),
        )
    }

    fn from(
        start: usize,
        text: &str,
        words: &ByCourtesy,
        step: impl Fn(usize, &str) -> Option<usize>,
        may_step: impl Fn(usize) -> bool,
    ) -> Self {
        let (mut at, mut counts) = (vec![start], [1; 3]);
        for courtesy in (0..words.len()).filter(|_| text.len() <= LONGEST) {
            let known = at.len();
            let mut next = 0;
            while let Some(from) = at.get(next).copied() {
                if !may_step(from) {
                    next += 1;
                    continue;
                }
                // Positions of less courtesy have met its words already.
                let new = if next < known { courtesy } else { 0 };
                for word in words[new..=courtesy].iter().flatten() {
                    if let Some(to) = step(from, word).filter(|to| !at.contains(to)) {
                        at.push(to);
                    }
                }
                next += 1;
            }
            counts[courtesy] = at.len();
        }
        Self { at, counts }
    }

    fn up_to(&self, courtesy: Courtesy) -> &[usize] {
        &self.at[..self.counts[courtesy as usize]]
    }
}
