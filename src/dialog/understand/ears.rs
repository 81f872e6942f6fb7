//! What is listened for in every state: the words of all interrupts.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use super::{
    Understood,
    cantonese::spell,
    questions::{Asked, Matcher},
    speech::{Courtesy, Said},
};

/// The topic whose questions are recognised by the name of a district.
const DISTRICT: &str = "district";

/// One interrupt, as ears hear it.
#[derive(Debug, Clone, Copy)]
pub struct Listened<'a> {
    /// The topic, when it answers a question.
    pub topic: Option<&'a str>,
    /// Its words. A space in a topic's word parts it: a question must contain all parts.
    pub words: &'a [String],
    /// How much may stand around its words.
    pub courtesy: Courtesy,
}

/// Who is meant by words that are heard in every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    Interrupt(usize),
    Question(usize),
}

/// Words of a topic or a question.
#[derive(Debug)]
struct Topic {
    /// Indices of the parts.
    parts: Vec<usize>,
    /// All parts together, in characters.
    length: usize,
    heard: Heard,
}

/// Ears for a set of interrupts and questions.
#[derive(Debug, Default)]
pub struct Ears {
    /// Folded word → who is meant.
    exact: HashMap<String, (Heard, Courtesy)>,
    /// Words in parts that a question must contain; of topics and questions.
    topics: Vec<Topic>,
    /// Every part, each once, in the order of the automaton that finds them all in one pass.
    parts: Vec<String>,
    finds: Option<AhoCorasick>,
    /// Questions by what they are about, in anybody's own words.
    pub(super) questions: Matcher,
    pub(super) zero: Option<usize>,
    pub(super) district: Option<usize>,
}

impl Ears {
    /// Ears for interrupts, which [`Understood`](super::Understood) names by their place here.
    pub fn new<'a>(interrupts: impl IntoIterator<Item = Listened<'a>>) -> Self {
        let mut ears = Self::default();
        for (index, interrupt) in interrupts.into_iter().enumerate() {
            if interrupt.topic == Some(DISTRICT) {
                ears.district = Some(index);
            }
            for word in interrupt.words {
                ears.zero = if spell(word) == "0" { Some(index) } else { ears.zero };
                ears.listen_for(word, Heard::Interrupt(index), interrupt.courtesy, interrupt.topic.is_some());
            }
        }
        ears.prick_up();
        ears
    }

    /// Listens for questions, too, which [`Understood`] names by their place here.
    pub fn listen_for_questions(&mut self, questions: &[Asked]) {
        for (index, question) in questions.iter().enumerate() {
            for word in &question.words {
                self.listen_for(word, Heard::Question(index), Courtesy::Asking, true);
            }
        }
        self.prick_up();
        self.questions = Matcher::new(questions);
    }

    /// Builds what finds all parts. It fails for no dialogs of a size that anybody could write; then nothing is found.
    fn prick_up(&mut self) {
        self.finds = AhoCorasick::new(&self.parts).ok();
    }

    fn listen_for(&mut self, word: &str, heard: Heard, courtesy: Courtesy, within: bool) {
        self.exact.entry(spell(word)).or_insert((heard, courtesy));
        if within {
            let parts: Vec<usize> = word.split_whitespace().map(|part| self.part(spell(part))).collect();
            let length = parts.iter().map(|part| self.parts[*part].chars().count()).sum();
            self.topics.push(Topic { parts, length, heard });
        }
    }

    /// What an answer from everywhere is to the one who hears it.
    pub(super) fn understood(&self, heard: Heard) -> Understood {
        match heard {
            Heard::Question(index) => Understood::Question(index),
            Heard::Interrupt(interrupt) if self.is_topic(interrupt) => {
                Understood::Topic { interrupt, place: None }
            }
            Heard::Interrupt(interrupt) => Understood::Interrupt(interrupt),
        }
    }

    /// Whose word this is, whole or with courtesy around it. What does something is not asked for.
    pub(super) fn exactly(&self, said: &Said) -> Option<Heard> {
        [Courtesy::Strict, Courtesy::Easy, Courtesy::Asking].into_iter().find_map(|courtesy| {
            said.cores(courtesy).find_map(|core| {
                let (heard, most) = self.exact.get(core)?;
                let earnest = *most == Courtesy::Asking || said.is_in_earnest(core);
                (courtesy <= *most && earnest && !said.asks_whether_done(core)).then_some(*heard)
            })
        })
    }

    /// Every word of an interrupt, with it and how much may stand around it.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, usize, Courtesy)> {
        self.exact.iter().filter_map(|(word, (heard, courtesy))| match heard {
            Heard::Interrupt(index) => Some((word.as_str(), *index, *courtesy)),
            Heard::Question(_) => None,
        })
    }

    /// Who answers the topic or question with the longest words that the text contains, and how long those are, in
    /// characters.
    pub(super) fn topic(&self, folded: &str) -> Option<(Heard, usize)> {
        self.fitting(folded).max_by_key(|(_, length)| *length)
    }

    /// The questions that have words in the text, and how long those are.
    pub(super) fn hinted(&self, folded: &str) -> impl Iterator<Item = (usize, usize)> {
        self.fitting(folded).filter_map(|(heard, length)| match heard {
            Heard::Question(question) => Some((question, length)),
            Heard::Interrupt(_) => None,
        })
    }

    /// The index of a part.
    fn part(&mut self, part: String) -> usize {
        self.parts.iter().position(|known| *known == part).unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        })
    }

    /// Everybody whose words the text contains, with their length.
    fn fitting(&self, folded: &str) -> impl Iterator<Item = (Heard, usize)> {
        let finds = self.finds.iter().flat_map(|finds| finds.find_overlapping_iter(folded));
        let mut found: Vec<usize> = finds.map(|part| part.pattern().as_usize()).collect();
        found.sort_unstable();
        // Most texts have no part at all.
        let topics = if found.is_empty() { &[] } else { self.topics.as_slice() };
        let fits = move |topic: &&Topic| topic.parts.iter().all(|part| found.binary_search(part).is_ok());
        topics.iter().filter(fits).map(|topic| (topic.heard, topic.length))
    }

    /// Whether an interrupt answers a question.
    fn is_topic(&self, interrupt: usize) -> bool {
        let heard = Heard::Interrupt(interrupt);
        self.district == Some(interrupt) || self.topics.iter().any(|topic| topic.heard == heard)
    }
}
