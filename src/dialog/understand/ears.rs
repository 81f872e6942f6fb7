//! What is listened for in every state: the words of all interrupts.

use std::collections::HashMap;

use super::{
    cantonese::spell,
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

/// Ears for a set of interrupts.
#[derive(Debug, Default)]
pub struct Ears {
    /// Folded word → interrupt.
    exact: HashMap<String, (usize, Courtesy)>,
    /// Words in parts that a question must contain → interrupt; only of topics.
    topics: Vec<(Vec<String>, usize)>,
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
                ears.listen_for(word, index, &interrupt);
            }
        }
        ears
    }

    fn listen_for(&mut self, word: &str, index: usize, interrupt: &Listened<'_>) {
        let folded = spell(word);
        if folded == "0" {
            self.zero = Some(index);
        }
        self.exact.entry(folded).or_insert((index, interrupt.courtesy));
        if interrupt.topic.is_some() {
            self.topics.push((word.split_whitespace().map(spell).collect(), index));
        }
    }

    /// The interrupt whose word this is, whole or with courtesy around it. What does something is not asked for.
    pub(super) fn interrupt(&self, said: &Said) -> Option<usize> {
        [Courtesy::Strict, Courtesy::Easy, Courtesy::Asking].into_iter().find_map(|courtesy| {
            said.cores(courtesy).find_map(|core| {
                let (index, most) = self.exact.get(core)?;
                let earnest = *most == Courtesy::Asking || said.is_in_earnest(core);
                (courtesy <= *most && earnest && !said.asks_whether_done(core)).then_some(*index)
            })
        })
    }

    /// Every word listened for, with its interrupt and how much may stand around it.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, usize, Courtesy)> {
        self.exact.iter().map(|(word, (index, courtesy))| (word.as_str(), *index, *courtesy))
    }

    /// The topic with the longest words that the text contains.
    pub(super) fn topic(&self, folded: &str) -> Option<usize> {
        let fits = |parts: &[String]| parts.iter().all(|part| folded.contains(part.as_str()));
        let length = |parts: &[String]| parts.iter().map(String::len).sum::<usize>();
        let fitting = self.topics.iter().filter(|(parts, _)| fits(parts));
        fitting.max_by_key(|(parts, _)| length(parts)).map(|(_, index)| *index)
    }

    /// Whether an interrupt answers a question.
    pub(super) fn is_topic(&self, interrupt: usize) -> bool {
        self.district == Some(interrupt) || self.topics.iter().any(|(_, topic)| *topic == interrupt)
    }
}
