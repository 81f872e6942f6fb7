//! Words for every way to fail: each refusal, invalid code and finding of a check has some, and none are idle.

use std::{collections::BTreeMap, ops::Range};

use super::{
    super::{
        known::Term,
        mistake::What,
        render::Text,
        source::{GlobalFile, Map, StateSource, Word},
    },
    Checker, Words,
    states::Here,
};

/// Words of `otherwise` that belong to no code: for any invalid text, another kind of message, a text that is no
/// choice, several choices at once, a choice perhaps meant, a picture that could not be fetched.
const INVALID: &str = "invalid";
const WRONG_KIND: &str = "wrong_kind";
const UNKNOWN: &str = "unknown";
const AMBIGUOUS: &str = "ambiguous";
const DOUBTFUL: &str = "doubtful";
const UNAVAILABLE: &str = "unavailable";
/// What fits, said after the second miss.
const EXAMPLE: &str = "example";

/// The codes that `_global.toml` has words for.
#[derive(Default)]
pub(super) struct Shared<'s> {
    refusals: Option<&'s Map<Word>>,
    checks: Option<&'s Map<Word>>,
}

impl<'s> Shared<'s> {
    pub(super) fn new(global: &'s GlobalFile) -> Self {
        Self { refusals: Some(&global.refusals), checks: Some(&global.checks) }
    }

    fn has(map: Option<&Map<Word>>, code: &str) -> bool {
        map.is_some_and(|map| map.contains_key(code))
    }
}

/// What a state (or interrupt) uses that may fail.
#[derive(Default)]
pub(super) struct Uses<'k> {
    pub(super) rule: Option<(&'k Term, Range<usize>)>,
    pub(super) list: Option<(&'k Term, Range<usize>)>,
    /// The slot of its photo and the checks: what they may find is worded alike.
    pub(super) checks: Vec<(&'k Term, Range<usize>)>,
    pub(super) is_photo: bool,
    /// Something it uses is unknown, and so are the codes that may need words.
    pub(super) is_broken: bool,
    /// Commands, where they stand, and the refusals that lead nowhere.
    commands: Vec<(&'k Term, Range<usize>, Vec<&'k Term>)>,
}

impl<'k> Uses<'k> {
    pub(super) fn ran(&mut self, command: &'k Term, span: Range<usize>, open: Vec<&'k Term>) {
        self.commands.push((command, span, open));
    }

    /// What a text said after the last command may use.
    pub(super) fn variables_of_last(&self) -> &'k [&'static str] {
        self.commands.last().map_or(&[], |(command, ..)| &command.variables)
    }

    fn all_codes(&self) -> Vec<&'k Term> {
        let terms = self.rule.iter().chain(&self.list).chain(&self.checks).map(|(term, _)| *term);
        terms.chain(self.commands.iter().map(|(term, ..)| *term)).flat_map(|term| &term.codes).collect()
    }
}

impl<'k> Checker<'k, '_> {
    /// The words of a state's `[otherwise]`, with what is missing or idle noted.
    pub(super) fn otherwise(
        &mut self,
        here: &Here,
        source: &StateSource,
        uses: &Uses<'k>,
        shared: &Shared<'_>,
    ) -> Words {
        let given = &source.otherwise;
        self.check_refusals(here.file, uses, shared, given);
        self.check_invalid(here, uses, given);
        for (check, span) in &uses.checks {
            for code in check.codes.iter().filter(|code| !given.contains_key(code.name)) {
                if !Shared::has(shared.checks, code.name) {
                    let (check, code) = (check.name.to_owned(), code.name.to_owned());
                    self.note(here.file, span.clone(), What::CheckWithoutWords { check, code, more: 0 });
                }
            }
        }
        if (uses.is_photo || uses.rule.is_some()) && !given.contains_key(WRONG_KIND) {
            let what = What::WrongKindWithoutWords { state: here.name.clone() };
            self.note(here.file, here.span.clone(), what);
        }
        let mut special = vec![WRONG_KIND, EXAMPLE];
        special.extend(uses.rule.is_some().then_some(INVALID));
        special.extend(uses.is_photo.then_some(UNAVAILABLE));
        if source.list.is_some() || source.choice.is_some() {
            special.extend([AMBIGUOUS, DOUBTFUL]);
        }
        if source.text.is_none() || source.choice.is_some() {
            special.push(UNKNOWN);
        }
        let all: Vec<&str> =
            given.keys().map(|code| code.get_ref().as_str()).filter(|_| uses.is_broken).collect();
        special.extend(all);
        // What an unknown name would have provided is not a second mistake.
        let terms = [&self.known.rules, &self.known.checks, &self.known.lists, &self.known.commands];
        let codes = terms.into_iter().flatten().filter(|_| uses.is_broken).flat_map(|term| &term.codes);
        self.words_by_code(
            here.file,
            given,
            &uses.all_codes().into_iter().chain(codes).collect::<Vec<_>>(),
            &special,
        )
    }

    /// Refusals that lead nowhere need words, of the state or of all.
    pub(super) fn check_refusals(
        &mut self,
        file: usize,
        uses: &Uses<'_>,
        shared: &Shared<'_>,
        given: &Map<Word>,
    ) {
        for (command, span, open) in &uses.commands {
            for code in open.iter().filter(|code| !given.contains_key(code.name)) {
                if !Shared::has(shared.refusals, code.name) {
                    let (command, refusal) = (command.name.to_owned(), code.name.to_owned());
                    self.note(file, span.clone(), What::RefusalWithoutWords { command, refusal, more: 0 });
                }
            }
        }
    }

    fn check_invalid(&mut self, here: &Here, uses: &Uses<'_>, given: &Map<Word>) {
        if let Some((rule, span)) = &uses.rule
            && !given.contains_key(INVALID)
        {
            for code in rule.codes.iter().filter(|code| !given.contains_key(code.name)) {
                let (rule, code) = (rule.name.to_owned(), code.name.to_owned());
                self.note(here.file, span.clone(), What::InvalidWithoutWords { rule, code });
            }
        }
        if let Some((list, span)) = &uses.list {
            for code in list.codes.iter().filter(|code| !given.contains_key(code.name)) {
                let (list, code) = (list.name.to_owned(), code.name.to_owned());
                self.note(here.file, span.clone(), What::ItemWithoutWords { list, code });
            }
        }
    }

    /// Compiles texts by code. A text may use what all terms with its code provide.
    pub(super) fn words_by_code(
        &mut self,
        file: usize,
        given: &Map<Word>,
        codes: &[&Term],
        special: &[&str],
    ) -> Words {
        let mut words: BTreeMap<String, Text> = BTreeMap::new();
        for (code, source) in given {
            let terms: Vec<&&Term> = codes.iter().filter(|term| term.name == code.get_ref()).collect();
            if terms.is_empty() && !special.contains(&code.get_ref().as_str()) {
                let mut known: Vec<String> = codes.iter().map(|term| term.name.to_owned()).collect();
                known.extend(special.iter().map(|name| (*name).to_owned()));
                known.sort();
                known.dedup();
                self.note(file, code.span(), What::WordsForNothing { code: code.get_ref().clone(), known });
            }
            let of_offers = [AMBIGUOUS, DOUBTFUL].contains(&code.get_ref().as_str());
            let more: &[&'static str] = if of_offers { &["labels"] } else { &[] };
            let scope = self.scope(&[&["input"], more, &common_variables(&terms)]);
            if let Some(text) = self.text(file, source, &scope) {
                words.insert(code.get_ref().clone(), text);
            }
        }
        words
    }
}

/// The variables that every one of these terms provides.
fn common_variables(terms: &[&&Term]) -> Vec<&'static str> {
    let Some((first, others)) = terms.split_first() else { return Vec::new() };
    let provided = |name: &&&'static str| others.iter().all(|term| term.variables.contains(*name));
    first.variables.iter().filter(provided).copied().collect()
}
