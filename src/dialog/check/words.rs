//! The words of choices: each means one thing, none is a number, and all fit one screen.

use std::collections::HashMap;

use super::{
    super::{
        mistake::What,
        render::{has_tags, number},
        script::{Choice, Target},
        source::{ChoiceSource, StateSource, Word},
        understand::{Offer, fold, is_number},
    },
    Checker,
    interrupts::HeardWords,
    states::Here,
    text::lines,
};

/// What a choice does: a command and where it leads, as in `interrupts::Meaning`.
type Does = Option<(Option<String>, Target)>;

impl Checker<'_, '_> {
    /// The words of a state's choices mean one thing each.
    pub(super) fn check_words(&mut self, here: &Here, source: &StateSource, heard: Option<&HeardWords>) {
        let choices = source.choice.as_ref().map_or(&[][..], |choices| choices.get_ref());
        let mut taken: HashMap<String, usize> = HashMap::new();
        for (index, choice) in choices.iter().enumerate() {
            let choice = choice.get_ref();
            let does = self.does(here, choice);
            let label =
                choice.label.iter().filter(|label| !has_tags(label.get_ref())).map(|label| (label, true));
            for (word, is_label) in label.chain(choice.words.iter().map(|word| (word, false))) {
                let folded = fold(word.get_ref());
                self.check_word(here.file, word, &folded, heard.filter(|_| !is_label), &does);
                let first = *taken.entry(folded).or_insert(index);
                let other = choices[first].get_ref();
                if first != index && !exclude_each_other(choice, other) {
                    let label = other.label.as_ref().map_or("", |label| label.get_ref());
                    let (word, span) = (word.get_ref().clone(), word.span());
                    self.note(here.file, span, What::WordClash { word, first: format!("“{label}” here") });
                }
            }
        }
    }

    fn does(&self, here: &Here, choice: &ChoiceSource) -> Does {
        let goto = self.find_target(here.dialog, choice.goto.as_ref()?.get_ref()).ok()?;
        Some((choice.command.as_ref().map(|command| command.get_ref().clone()), goto))
    }

    /// A label may be an interrupt's word, for a label of the open question wins. Further words may not, unless the
    /// interrupt does the same or only answers.
    fn check_word(
        &mut self,
        file: usize,
        word: &Word,
        folded: &str,
        heard: Option<&HeardWords>,
        does: &Does,
    ) {
        let spelt = word.get_ref().clone();
        if folded.is_empty() {
            self.note(file, word.span(), What::EmptyText);
        } else if is_number(folded) {
            self.note(file, word.span(), What::NumberAsWord { word: spelt });
        } else if let Some(meaning) = heard.and_then(|heard| heard.get(folded))
            && !meaning.answers
            && (meaning.does.is_none() || meaning.does != *does)
        {
            let first = format!("the interrupt “{}”", meaning.word);
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
