//! `questions.toml`: each question has a place in the menu, words by which it is known, and an answer or people who
//! answer.

use std::collections::{BTreeSet, HashMap};

use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        mistake::{Noun, What},
        question::{Group, Question, Questions},
        render::Text,
        source::{GroupSource, QuestionSource, QuestionsFile, Word},
        understand::{Asked, Offer, fold, is_number},
    },
    Checker,
    interrupts::HeardWords,
};

/// Most questions in one list: with it, an answer still fits a screen.
const MOST: usize = 9;
/// Widest title, in 汉字: two stand on a line of a phone.
const WIDEST: usize = 8;

/// The questions, with how each may be asked.
#[derive(Default)]
pub(super) struct Built {
    pub(super) questions: Questions,
    pub(super) asked: Vec<Asked>,
}

impl Checker<'_, '_> {
    pub(super) fn questions(&mut self, file: usize, source: &QuestionsFile, heard: &HeardWords) -> Built {
        let people_words = source.people_words.as_ref();
        let people_words = people_words.and_then(|words| self.text(file, words, &self.scope(&[])));
        let groups = self.groups(file, source);
        let mut taken = heard.iter().map(|(word, meaning)| (word.clone(), meaning.word.clone())).collect();
        let mut ids = BTreeSet::new();
        let mut built = Built::default();
        built.questions.groups = groups;
        for question in &source.question {
            self.check_id(file, question.get_ref().id.as_ref(), &mut ids);
            self.check_heard(file, question.get_ref(), &mut taken);
            if let Some((group, question, asked)) = self.question(file, question, people_words, &built) {
                built.questions.groups[group].questions.push(built.questions.all.len());
                built.questions.all.push(question);
                built.asked.push(asked);
            }
        }
        self.check_groups(file, source);
        built
    }

    fn groups(&mut self, file: usize, source: &QuestionsFile) -> Vec<Group> {
        let mut ids = BTreeSet::new();
        let mut groups = Vec::new();
        for group in &source.group {
            let (span, GroupSource { id, title }) = (group.span(), group.get_ref());
            self.check_id(file, id.as_ref(), &mut ids);
            let id = self.required(file, &span, "a group", "id", id.as_ref());
            let title = self.title(file, group, "a group", title.as_ref());
            if let Some((id, title)) = id.zip(title) {
                groups
                    .push(Group { offer: Offer::new(id.get_ref(), title.get_ref(), []), questions: vec![] });
            }
        }
        groups
    }

    fn check_id<'s>(&mut self, file: usize, id: Option<&'s Word>, ids: &mut BTreeSet<&'s str>) {
        let Some(id) = id else { return };
        self.check_name(file, id);
        if !ids.insert(id.get_ref()) {
            self.note(file, id.span(), What::IdTwice { id: id.get_ref().clone() });
        }
    }

    fn title<'s, T>(
        &mut self,
        file: usize,
        owner: &Spanned<T>,
        name: &str,
        title: Option<&'s Word>,
    ) -> Option<&'s Word> {
        let title = self.required(file, &owner.span(), name, "title", title)?;
        let words = title.get_ref();
        if words.trim().is_empty() {
            self.note(file, title.span(), What::EmptyText);
        } else if words.width() > 2 * WIDEST {
            let what = What::TitleTooWide { title: words.clone(), limit: WIDEST };
            self.note(file, title.span(), what);
        }
        Some(title)
    }

    /// One question, with its group and how it is asked.
    fn question(
        &mut self,
        file: usize,
        source: &Spanned<QuestionSource>,
        people_words: Option<Text>,
        built: &Built,
    ) -> Option<(usize, Question, Asked)> {
        let (span, question) = (source.span(), source.get_ref());
        let id = self.required(file, &span, "a question", "id", question.id.as_ref());
        let title = self.title(file, source, "a question", question.title.as_ref());
        let group = self.required(file, &span, "a question", "group", question.group.as_ref());
        let group = group.and_then(|group| self.group(file, group, &built.questions.groups));
        if question.asks.is_empty() {
            self.note_missing(file, span.clone(), "a question", "asks");
        }
        let answer = self.answer(file, source, people_words);
        let (id, title) = id.zip(title)?;
        let words = |words: &[Word]| words.iter().map(|word| word.get_ref().clone()).collect();
        let asked = Asked {
            title: title.get_ref().clone(),
            asks: words(&question.asks),
            words: words(&question.words),
        };
        let question = Question {
            offer: Offer::new(id.get_ref(), title.get_ref(), []),
            number: question.number.as_ref().map(|number| *number.get_ref()),
            people: question.people.is_some(),
            answer: answer?,
        };
        Some((group?, question, asked))
    }

    fn group(&mut self, file: usize, name: &Word, groups: &[Group]) -> Option<usize> {
        let found = groups.iter().position(|group| group.offer.key == *name.get_ref());
        if found.is_none() {
            let known = groups.iter().map(|group| group.offer.key.clone()).collect();
            let what = What::UnknownName { noun: Noun::Group, name: name.get_ref().clone(), known };
            self.note(file, name.span(), what);
        }
        found
    }

    /// What is said: its own answer, or that people must be asked. One of the two.
    fn answer(
        &mut self,
        file: usize,
        source: &Spanned<QuestionSource>,
        people_words: Option<Text>,
    ) -> Option<Text> {
        let (span, question) = (source.span(), source.get_ref());
        let by_people = question.people.as_ref().filter(|people| *people.get_ref());
        match (&question.answer, by_people) {
            (Some(answer), None) => self.text(file, answer, &self.scope(&[])),
            (Some(_), Some(people)) => {
                self.note(file, people.span(), What::AnswerAndPeople);
                None
            }
            (None, Some(people)) => {
                if people_words.is_none() {
                    self.note_missing(file, people.span(), "a question for people", "people_words");
                }
                people_words
            }
            (None, None) => {
                self.note_missing(file, span, "a question", "answer");
                None
            }
        }
    }

    /// No two questions are asked in the same words, and none in those of an interrupt.
    fn check_heard(&mut self, file: usize, source: &QuestionSource, taken: &mut HashMap<String, String>) {
        let mut own: Vec<String> = Vec::new();
        for word in source.asks.iter().chain(&source.words) {
            let folded = fold(word.get_ref());
            if folded.is_empty() {
                self.note(file, word.span(), What::EmptyText);
            } else if is_number(&folded) {
                self.note(file, word.span(), What::NumberAsWord { word: word.get_ref().clone() });
            } else if let Some(first) = taken.get(&folded) {
                let (word, span) = (word.get_ref().clone(), word.span());
                self.note(file, span, What::WordClash { word, first: format!("“{first}”") });
            }
            own.push(folded);
        }
        let title = source.title.as_ref().map_or_else(String::new, |title| title.get_ref().clone());
        taken.extend(own.into_iter().map(|word| (word, title.clone())));
    }

    /// A list of a group's questions is neither empty nor longer than a screen.
    fn check_groups(&mut self, file: usize, source: &QuestionsFile) {
        for group in &source.group {
            let Some(id) = &group.get_ref().id else { continue };
            let is_in = |question: &&Spanned<QuestionSource>| {
                question.get_ref().group.as_ref().is_some_and(|group| group.get_ref() == id.get_ref())
            };
            let found = source.question.iter().filter(is_in).count();
            if found == 0 {
                self.note(file, id.span(), What::GroupEmpty { group: id.get_ref().clone() });
            } else if found > MOST {
                let what = What::GroupTooLong { group: id.get_ref().clone(), found, limit: MOST };
                self.note(file, id.span(), what);
            }
        }
    }
}
