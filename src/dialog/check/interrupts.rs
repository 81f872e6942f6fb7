//! Interrupts: what is understood in every state, and what it does.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;

use super::{
    super::{
        mistake::{Noun, What},
        script::{Interrupt, Target, Then},
        source::{GlobalFile, InterruptSource, Word},
        understand::{Courtesy, Ears, Listened, fold, is_number},
    },
    Checker,
    otherwise::{Shared, Uses},
};

/// Folded word of an interrupt → what it means.
pub(super) type HeardWords = HashMap<String, Meaning>;

/// What a word does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    /// As written.
    pub(super) word: String,
    /// Where the interrupt stands: the same word twice in one is no clash.
    interrupt: usize,
    /// It only answers and the question stays: a choice may use the word, too, and wins.
    pub(super) answers: bool,
    /// The command and where it leads, when it leads somewhere.
    pub(super) does: Option<(Option<String>, Target)>,
    /// It leaves the state where it is said.
    pub(super) leaves: bool,
}

/// All interrupts.
pub(super) struct Heard {
    pub(super) interrupts: Vec<Option<Interrupt>>,
    pub(super) ears: Ears,
    pub(super) by_key: HashMap<String, usize>,
    pub(super) words: HeardWords,
}

impl Checker<'_, '_> {
    pub(super) fn interrupts(&mut self, file: usize, source: &GlobalFile) -> Heard {
        let mut heard = Heard {
            interrupts: Vec::new(),
            ears: Ears::default(),
            by_key: HashMap::new(),
            words: HashMap::new(),
        };
        let shared = Shared::new(source);
        for (index, interrupt) in source.interrupt.iter().enumerate() {
            self.interrupt_words(file, index, interrupt.get_ref(), &mut heard.words);
            if let Some(key) = &interrupt.get_ref().key
                && heard.by_key.insert(key.get_ref().clone(), index).is_some()
            {
                let (word, first) = (key.get_ref().clone(), "another interrupt".to_owned());
                self.note(file, key.span(), What::WordClash { word, first });
            }
            let built = self.interrupt(file, interrupt, &shared);
            heard.interrupts.push(built);
        }
        if !heard.words.contains_key("0") {
            self.note(file, 0..0, What::NobodyHearsZero);
        }
        let interrupts = || source.interrupt.iter().map(Spanned::get_ref);
        let words: Vec<Vec<String>> = interrupts()
            .map(|interrupt| interrupt.words.iter().map(|word| word.get_ref().clone()).collect())
            .collect();
        heard.ears = Ears::new(interrupts().zip(&words).map(|(interrupt, words)| Listened {
            topic: interrupt.topic.as_ref().map(|topic| topic.get_ref().as_str()),
            words,
            courtesy: self.courtesy(interrupt),
        }));
        heard
    }

    /// How much may stand around an interrupt's words: what it does decides.
    fn courtesy(&self, source: &InterruptSource) -> Courtesy {
        match source.command.as_ref() {
            None => Courtesy::Asking,
            command if self.is_strict(command) => Courtesy::Strict,
            Some(_) => Courtesy::Easy,
        }
    }

    fn interrupt_words(
        &mut self,
        file: usize,
        index: usize,
        source: &InterruptSource,
        words: &mut HeardWords,
    ) {
        for word in &source.words {
            let folded = fold(word.get_ref());
            if folded.is_empty() {
                self.note(file, word.span(), What::EmptyText);
                continue;
            }
            if folded != "0" && is_number(&folded) {
                self.note(file, word.span(), What::NumberAsWord { word: word.get_ref().clone() });
                continue;
            }
            let meaning = self.meaning(word, index, source);
            if let Some(first) = words.insert(folded, meaning)
                && first.interrupt != index
            {
                let (word, span) = (word.get_ref().clone(), word.span());
                let first = format!("the interrupt “{}”", first.word);
                self.note(file, span, What::WordClash { word, first });
            }
        }
    }

    fn meaning(&self, word: &Word, interrupt: usize, source: &InterruptSource) -> Meaning {
        let main = self.main_dialog();
        let goto = source.goto.as_ref().and_then(|goto| self.find_target(main, goto.get_ref()).ok());
        let leaving = |then: &Word| ["leave", "back"].contains(&then.get_ref().as_str());
        Meaning {
            word: word.get_ref().clone(),
            interrupt,
            answers: source.topic.is_some()
                || (source.command.is_none()
                    && source.goto.is_none()
                    && !source.then.as_ref().is_some_and(leaving)),
            does: goto.map(|goto| (source.command.as_ref().map(|command| command.get_ref().clone()), goto)),
            leaves: goto.is_some() || source.then.as_ref().is_some_and(leaving),
        }
    }

    fn main_dialog(&self) -> usize {
        self.outlines.iter().position(|outline| outline.id == super::MAIN).unwrap_or(0)
    }

    fn interrupt(
        &mut self,
        file: usize,
        source: &Spanned<InterruptSource>,
        shared: &Shared<'_>,
    ) -> Option<Interrupt> {
        let (span, source) = (source.span(), source.get_ref());
        if source.words.is_empty() && source.topic.is_none() && source.key.is_none() {
            self.note(file, span.clone(), What::InterruptUnheard);
        }
        if source.command.is_none() && source.say.is_none() && source.then.is_none() && source.goto.is_none()
        {
            self.note(file, span.clone(), What::InterruptIdle);
        }
        let topic = source.topic.as_ref().and_then(|topic| self.term(file, Noun::Topic, topic));
        let main = self.main_dialog();
        let mut uses = Uses::default();
        let command = self.command(file, main, None, source.command.as_ref(), &source.on, &mut uses);
        self.check_refusals(file, &uses, shared, &BTreeMap::new());
        let of_topic: &[&'static str] = topic.map_or(&[], |topic| &topic.variables);
        let scope = self.scope(&[&["input"], uses.variables_of_last(), of_topic]);
        let say = source.say.as_ref().and_then(|say| self.text(file, say, &scope));
        let then = self.then(file, main, source);
        Some(Interrupt {
            topic: topic.map(|topic| topic.name),
            key: source.key.as_ref().map(|key| key.get_ref().clone()),
            command,
            say,
            then: then?,
        })
    }

    fn then(&mut self, file: usize, main: usize, source: &InterruptSource) -> Option<Then> {
        match (&source.then, &source.goto) {
            (None, None) => Some(Then::Resume),
            (Some(_), Some(goto)) => {
                self.note(file, goto.span(), What::ThenAndGoto);
                None
            }
            (None, Some(goto)) => self.target(file, main, None, goto).map(Then::Goto),
            (Some(then), None) => match then.get_ref().as_str() {
                "resume" => Some(Then::Resume),
                "leave" => Some(Then::Leave),
                "back" => Some(Then::Back),
                name => {
                    let known = ["resume", "leave", "back"].map(str::to_owned).to_vec();
                    let what = What::UnknownName { noun: Noun::Then, name: name.to_owned(), known };
                    self.note(file, then.span(), what);
                    None
                }
            },
        }
    }
}
