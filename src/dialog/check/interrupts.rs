//! `_global.toml`: interrupts, fallbacks, shared words; and that no word means two things.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;

use super::{
    super::{
        mistake::{Noun, What},
        render::{Text, number},
        script::{Choice, Fallback, Interrupt, SystemText, Then},
        source::{ChoiceSource, FallbackSource, GlobalFile, InterruptSource, StateSource, Word},
        understand::{Ears, Offer, fold, is_number},
    },
    Checker, Words,
    otherwise::{Shared, Uses},
    states::Here,
    text::lines,
};

/// Folded word of an interrupt → the word as written.
pub(super) type HeardWords = HashMap<String, String>;

/// All interrupts.
pub(super) struct Heard {
    pub(super) interrupts: Vec<Option<Interrupt>>,
    pub(super) ears: Ears,
    pub(super) by_key: HashMap<String, usize>,
    pub(super) words: HeardWords,
}

/// All texts of `_global.toml`.
pub(super) struct Said {
    pub(super) unknown: [Text; 3],
    pub(super) fallbacks: [Text; Fallback::ALL.len()],
    pub(super) system: [Text; SystemText::ALL.len()],
    pub(super) refusals: Words,
    pub(super) checks: Words,
    pub(super) fragments: Words,
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
            self.interrupt_words(file, interrupt.get_ref(), &mut heard.words);
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
        let words: Vec<(Option<&str>, Vec<String>)> = source
            .interrupt
            .iter()
            .map(Spanned::get_ref)
            .map(|interrupt| {
                let words = interrupt.words.iter().map(|word| word.get_ref().clone()).collect();
                (interrupt.topic.as_ref().map(|topic| topic.get_ref().as_str()), words)
            })
            .collect();
        heard.ears = Ears::new(words.iter().map(|(topic, words)| (*topic, words.as_slice())));
        heard
    }

    fn interrupt_words(&mut self, file: usize, source: &InterruptSource, words: &mut HeardWords) {
        for word in &source.words {
            let folded = fold(word.get_ref());
            if folded.is_empty() {
                self.note(file, word.span(), What::EmptyText);
            } else if folded != "0" && is_number(&folded) {
                self.note(file, word.span(), What::NumberAsWord { word: word.get_ref().clone() });
            } else if let Some(first) = words.insert(folded, word.get_ref().clone()) {
                let (word, span) = (word.get_ref().clone(), word.span());
                self.note(file, span, What::WordClash { word, first: format!("the interrupt “{first}”") });
            }
        }
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
        let main = self.outlines.iter().position(|outline| outline.id == super::MAIN).unwrap_or(0);
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

    pub(super) fn global_texts(&mut self, file: usize, source: &GlobalFile) -> Option<Said> {
        let refusals = self.known.commands.iter().flat_map(|command| &command.codes).collect::<Vec<_>>();
        let refusals = self.words_by_code(file, &source.refusals, &refusals, &[]);
        let checks = self.known.checks.iter().flat_map(|check| &check.codes).collect::<Vec<_>>();
        let checks = self.words_by_code(file, &source.checks, &checks, &[]);
        let fragments = self.fragments(file, source);
        let system = self.system_texts(file, source);
        let fallback = source.fallback.as_ref();
        let span = fallback.map_or(0..0, Spanned::span);
        let fallback = self.required(file, &span, "`_global.toml`", "fallback", fallback)?.get_ref();
        let unknown = self.unknown_texts(file, &span, fallback);
        let mut fallbacks = Vec::new();
        for kind in Fallback::ALL {
            let words = self.required(file, &span, "`[fallback]`", kind.name(), fallback_of(fallback, kind));
            let scope = self.scope(&[kind.variables()]);
            fallbacks.extend(words.and_then(|words| self.text(file, words, &scope)));
        }
        Some(Said {
            unknown: unknown?,
            fallbacks: fallbacks.try_into().ok()?,
            system: system?,
            refusals,
            checks,
            fragments,
        })
    }

    /// Texts that others use by name; none needs itself.
    fn fragments(&mut self, file: usize, source: &GlobalFile) -> Words {
        let mut fragments = Words::new();
        let mut needs: HashMap<&str, Vec<String>> = HashMap::new();
        for (name, words) in &source.fragments {
            self.check_name(file, name);
            let first = |variable: &str| variable.split('.').next() == Some(name.get_ref().as_str());
            if self.known.variables.iter().any(|variable| first(variable)) {
                let what = What::FragmentHides { name: name.get_ref().clone() };
                self.note(file, name.span(), what);
            }
            let scope = self.scope(&[]);
            if let Some(text) = self.text(file, words, &scope) {
                needs.insert(name.get_ref(), self.texts.variables(text));
                fragments.insert(name.get_ref().clone(), text);
            }
        }
        for name in source.fragments.keys() {
            let mut seen = vec![name.get_ref().as_str()];
            let mut index = 0;
            while let Some(needed) = seen.get(index).and_then(|name| needs.get(name)) {
                index += 1;
                if needed.contains(name.get_ref()) {
                    let what = What::FragmentCircle { name: name.get_ref().clone() };
                    self.note(file, name.span(), what);
                    break;
                }
                let more: Vec<&str> =
                    needed.iter().map(String::as_str).filter(|more| needs.contains_key(more)).collect();
                seen.extend(more.into_iter().filter(|more| !seen.contains(more)).collect::<Vec<_>>());
            }
        }
        fragments
    }

    fn unknown_texts(
        &mut self,
        file: usize,
        span: &std::ops::Range<usize>,
        source: &FallbackSource,
    ) -> Option<[Text; 3]> {
        let unknown = self.required(file, span, "`[fallback]`", "unknown", source.unknown.as_ref())?;
        let found = unknown.get_ref().len();
        if found != 3 {
            self.note(file, unknown.span(), What::UnknownTexts { found });
        }
        let scope = self.scope(&[&["input"]]);
        let texts = unknown.get_ref().iter().map(|words| self.text(file, words, &scope));
        texts.collect::<Option<Vec<_>>>()?.try_into().ok()
    }

    fn system_texts(&mut self, file: usize, source: &GlobalFile) -> Option<[Text; SystemText::ALL.len()]> {
        let known: Vec<String> = SystemText::ALL.iter().map(|text| text.name().to_owned()).collect();
        for name in source.system.keys().filter(|name| !known.contains(name.get_ref())) {
            let what = What::UnknownName {
                noun: Noun::SystemText,
                name: name.get_ref().clone(),
                known: known.clone(),
            };
            self.note(file, name.span(), what);
        }
        let span = source.system.keys().map(Spanned::span).min_by_key(|span| span.start).unwrap_or(0..0);
        let mut texts = Vec::new();
        for text in SystemText::ALL {
            let words = self.required(file, &span, "`[system]`", text.name(), source.system.get(text.name()));
            texts.extend(words.and_then(|words| {
                self.text(file, words, &text.variables().iter().map(|name| (*name).to_owned()).collect())
            }));
        }
        texts.try_into().ok()
    }

    /// The words of a state's choices mean one thing each.
    pub(super) fn check_words(&mut self, file: usize, source: &StateSource, heard: Option<&HeardWords>) {
        let choices = source.choice.as_ref().map_or(&[][..], |choices| choices.get_ref());
        let mut taken: HashMap<String, (usize, String)> = HashMap::new();
        for (index, choice) in choices.iter().enumerate() {
            let choice = choice.get_ref();
            let label = choice.label.iter().map(|label| (label, true));
            for (word, is_label) in label.chain(choice.words.iter().map(|word| (word, false))) {
                let (folded, span) = (fold(word.get_ref()), word.span());
                self.check_word(file, word, &folded, heard.filter(|_| !is_label));
                match taken.get(&folded) {
                    Some((other, _)) if exclude_each_other(choice, choices[*other].get_ref()) => {}
                    Some((_, label)) => {
                        let (word, first) = (word.get_ref().clone(), format!("“{label}” here"));
                        self.note(file, span, What::WordClash { word, first });
                    }
                    None => {
                        let label = choice.label.as_ref().map_or(word, |label| label);
                        taken.insert(folded, (index, label.get_ref().clone()));
                    }
                }
            }
        }
    }

    /// A label may be an interrupt's word, for a label of the open question wins; further words may not.
    fn check_word(&mut self, file: usize, word: &Word, folded: &str, heard: Option<&HeardWords>) {
        let spelt = word.get_ref().clone();
        if folded.is_empty() {
            self.note(file, word.span(), What::EmptyText);
        } else if is_number(folded) {
            self.note(file, word.span(), What::NumberAsWord { word: spelt });
        } else if let Some(interrupt) = heard.and_then(|heard| heard.get(folded)) {
            let first = format!("the interrupt “{interrupt}”");
            self.note(file, word.span(), What::WordClash { word: spelt, first });
        }
    }

    /// Question and choices fit one screen. Guarded choices are not counted: guards often exclude each other.
    pub(super) fn check_screen(&mut self, here: &Here, source: &StateSource, choices: &[Choice]) {
        let Some(say) = &source.say else { return };
        let always: Vec<&Offer> =
            choices.iter().filter(|choice| choice.when.is_none()).map(|choice| &choice.offer).collect();
        let say_lines = lines(say.get_ref());
        let tail = source.tail.as_ref().map_or(0, |tail| lines(tail.get_ref()));
        let more = number(&always).lines().count() + tail;
        if say_lines <= super::text::MOST_LINES {
            self.check_lines(here.file, say.span(), say_lines + more);
        }
    }
}

/// Two choices that are never shown together, as far as one can see: each has a guard, and not the same.
fn exclude_each_other(one: &ChoiceSource, other: &ChoiceSource) -> bool {
    match (&one.when, &other.when) {
        (Some(one), Some(other)) => one.get_ref() != other.get_ref(),
        _ => false,
    }
}

fn fallback_of(source: &FallbackSource, kind: Fallback) -> Option<&Word> {
    match kind {
        Fallback::Ambiguous => source.ambiguous.as_ref(),
        Fallback::Sticker => source.sticker.as_ref(),
        Fallback::Photo => source.photo.as_ref(),
        Fallback::Voice => source.voice.as_ref(),
        Fallback::Video => source.video.as_ref(),
        Fallback::Location => source.location.as_ref(),
        Fallback::Link => source.link.as_ref(),
        Fallback::Unsupported => source.unsupported.as_ref(),
    }
}
