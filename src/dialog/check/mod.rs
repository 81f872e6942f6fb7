//! From sources to scripts: every name resolved, every text compiled, every mistake noted.
//!
//! The check never stops early. What cannot be built is left out and noted; scripts are put together only when
//! nothing was noted. A mistake should be reported once: a misspelt target counts as its nearest name when paths
//! are looked at, and what only seems wrong because a file is no TOML is not reported.

mod acts;
mod globals;
mod graph;
mod interrupts;
mod menu;
mod names;
mod otherwise;
mod pushes;
mod questions;
mod states;
mod text;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use super::{
    known::Known,
    mistake::{Mistake, Noun, What},
    render::Texts,
    script::{Dialog, State, StateId, Target},
    scripts::Scripts,
    source::{DialogFile, File, GlobalFile, MenuFile, NoticesFile, QuestionsFile, RenamedFile, Word},
    traditional::Traditional,
};

/// The id of the dialog where everybody starts.
const MAIN: &str = "main";

/// Scripts from files, given as (name, text), or all their mistakes in the order of their places.
///
/// `_global.toml` and `notices.toml` must be among them, `questions.toml`, `menu.toml` and `renamed.toml` may; every
/// other file is a dialog. Names may have folders before them: they are shown as given.
pub fn load(files: &[(impl AsRef<str>, impl AsRef<str>)], known: &Known) -> Result<Scripts, Vec<Mistake>> {
    let files: Vec<File<'_>> =
        files.iter().map(|(name, text)| File::new(name.as_ref(), text.as_ref())).collect();
    let mut checker = Checker::new(files, known);
    let sources = checker.read();
    checker.index(&sources);
    let scripts = checker.build(&sources);
    let mistakes = checker.finish();
    match scripts {
        Some(scripts) if mistakes.is_empty() => Ok(scripts),
        _ => Err(mistakes),
    }
}

/// All files as serde sees them, each with its index in `Checker::files`.
#[derive(Default)]
struct Sources {
    dialogs: Vec<(usize, DialogFile)>,
    global: Option<(usize, GlobalFile)>,
    notices: Option<(usize, NoticesFile)>,
    questions: Option<(usize, QuestionsFile)>,
    menu: Option<(usize, MenuFile)>,
    renamed: Option<(usize, RenamedFile)>,
}

/// What is known of a dialog before its states are built.
struct Outline {
    file: usize,
    id: String,
    /// Names of its states, in the order of the file.
    states: Vec<String>,
    /// Index of its first state among all.
    first: usize,
}

struct Checker<'k, 't> {
    known: &'k Known,
    files: Vec<File<'t>>,
    mistakes: Vec<Mistake>,
    texts: Texts,
    outlines: Vec<Outline>,
    by_name: HashMap<String, StateId>,
    slots: BTreeSet<String>,
    /// Fragments: variables of every text that people read.
    fragments: Vec<String>,
    homes: HashMap<&'static str, StateId>,
    /// Homes of stages whose names are misspelt.
    meant_homes: Vec<(&'static str, StateId)>,
    /// Paths between states, for `graph`. From `None`: from everywhere.
    paths: Vec<(Option<StateId>, Target)>,
}

impl<'k, 't> Checker<'k, 't> {
    fn new(files: Vec<File<'t>>, known: &'k Known) -> Self {
        Self {
            known,
            files,
            mistakes: Vec::new(),
            texts: Texts::new(),
            outlines: Vec::new(),
            by_name: HashMap::new(),
            slots: known.slots.iter().map(|slot| (*slot).to_owned()).collect(),
            fragments: Vec::new(),
            homes: HashMap::new(),
            meant_homes: Vec::new(),
            paths: Vec::new(),
        }
    }

    fn note(&mut self, file: usize, span: Range<usize>, what: What) {
        let place = self.files[file].place(span);
        self.mistakes.push(Mistake { what, place: Some(place) });
    }

    fn note_nowhere(&mut self, what: What) {
        self.mistakes.push(Mistake { what, place: None });
    }

    fn read(&mut self) -> Sources {
        let mut sources = Sources::default();
        for index in 0..self.files.len() {
            let (file, mistakes) = (&mut self.files[index], &mut self.mistakes);
            match file.base() {
                "_global.toml" => sources.global = Some((index, file.read(mistakes))),
                "notices.toml" => sources.notices = Some((index, file.read(mistakes))),
                "questions.toml" => sources.questions = Some((index, file.read(mistakes))),
                "menu.toml" => sources.menu = Some((index, file.read(mistakes))),
                "renamed.toml" => sources.renamed = Some((index, file.read(mistakes))),
                _ => sources.dialogs.push((index, file.read(mistakes))),
            }
        }
        for (name, is_there) in
            [("_global.toml", sources.global.is_some()), ("notices.toml", sources.notices.is_some())]
        {
            if !is_there {
                self.note_nowhere(What::MissingFile { name: name.to_owned() });
            }
        }
        sources
    }

    /// Names first: states, slots and homes, so that texts and targets may name what comes later.
    fn index(&mut self, sources: &Sources) {
        if let Some((_, global)) = &sources.global {
            self.fragments = global.fragments.keys().map(|name| name.get_ref().clone()).collect();
        }
        let mut first = 0;
        for (file, source) in &sources.dialogs {
            let id = self.dialog_id(*file, source);
            let mut states: Vec<&Word> = source.state.keys().collect();
            states.sort_by_key(|name| name.span().start);
            for (offset, name) in states.iter().enumerate() {
                self.check_name(*file, name);
                self.by_name.insert(format!("{id}.{name}"), StateId(first + offset));
            }
            self.slots
                .extend(source.state.values().filter_map(|state| states::saved(state.get_ref())).cloned());
            let states: Vec<String> = states.into_iter().map(|name| name.get_ref().clone()).collect();
            let count = states.len();
            self.outlines.push(Outline { file: *file, id, states, first });
            first += count;
        }
        if !self.outlines.iter().any(|outline| outline.id == MAIN) {
            self.note_nowhere(What::MissingMain);
        }
    }

    fn dialog_id(&mut self, file: usize, source: &DialogFile) -> String {
        let head = source.dialog.as_ref().and_then(|head| head.get_ref().id.as_ref());
        let Some(id) = head else {
            let span = source.dialog.as_ref().map_or(0..0, toml::Spanned::span);
            self.note_missing(file, span, "a dialog", "dialog.id");
            let base = self.files[file].base();
            return base.strip_suffix(".toml").unwrap_or(base).to_owned();
        };
        self.check_name(file, id);
        if let Some(other) = self.outlines.iter().find(|outline| outline.id == *id.get_ref()) {
            let first = self.files[other.file].name.to_string();
            self.note(file, id.span(), What::DuplicateDialog { id: id.get_ref().clone(), first });
        }
        id.get_ref().clone()
    }

    fn check_name(&mut self, file: usize, name: &Word) {
        let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(is_good) {
            self.note(file, name.span(), What::BadName { name: name.get_ref().clone() });
        }
    }

    fn build(&mut self, sources: &Sources) -> Option<Scripts> {
        let (file, global) = sources.global.as_ref().map_or((None, None), |(f, g)| (Some(*f), Some(g)));
        let heard = file.zip(global).map(|(file, global)| self.interrupts(file, global));
        let shared = global.map(otherwise::Shared::new).unwrap_or_default();
        let mut states: Vec<Option<State>> = Vec::new();
        let mut dialogs: Vec<Option<Dialog>> = Vec::new();
        for (index, (file, source)) in sources.dialogs.iter().enumerate() {
            dialogs.push(self.dialog(index, *file, source));
            let words = heard.as_ref().map(|heard| &heard.words);
            states.extend(self.states(index, source, &shared, words));
        }
        let said = file.zip(global).map(|(file, global)| self.global_texts(file, global));
        let notices = sources
            .notices
            .as_ref()
            .map(|(file, source)| self.notices(*file, source, &states, heard.as_ref()));
        let words = heard.as_ref().map(|heard| &heard.words);
        let questions = sources.questions.as_ref().zip(words);
        let questions = questions.map(|((file, source), heard)| self.questions(*file, source, heard));
        let questions = questions.unwrap_or_default();
        let keys = heard.as_ref().map(|heard| heard.by_key.clone()).unwrap_or_default();
        let menu = sources.menu.as_ref().map(|(file, source)| self.menu(*file, source, &keys));
        let renamed = sources.renamed.as_ref().map(|(file, source)| self.renamed(*file, source));
        self.check_graph(sources, heard.as_ref().map(|heard| &heard.words));
        let (mut heard, said) = (heard?, said.flatten()?);
        heard.ears.listen_for_questions(&questions.asked);
        Some(Scripts {
            main: dialogs.iter().flatten().find(|dialog| dialog.id == MAIN)?.start,
            dialogs: dialogs.into_iter().collect::<Option<_>>()?,
            states: states.into_iter().collect::<Option<_>>()?,
            by_name: self.by_name.clone(),
            homes: self.homes.clone(),
            renamed: renamed.unwrap_or_default(),
            interrupts: heard.interrupts.into_iter().collect::<Option<_>>()?,
            by_key: heard.by_key,
            ears: heard.ears,
            questions: questions.questions,
            consents: said.consents,
            unknown: said.unknown,
            fallbacks: said.fallbacks,
            system: said.system,
            refusals: said.refusals,
            checks: said.checks,
            fragments: said.fragments,
            notices: notices?,
            slots: self.slots.iter().cloned().collect(),
            menu,
            texts: std::mem::replace(&mut self.texts, Texts::new()),
            traditional: Traditional::new(),
        })
    }

    fn dialog(&mut self, index: usize, file: usize, source: &DialogFile) -> Option<Dialog> {
        let head = source.dialog.as_ref()?;
        let (span, head) = (head.span(), head.get_ref());
        let start = self.required(file, &span, "a dialog", "start", head.start.as_ref());
        let start = start.and_then(|start| self.start(file, index, start));
        let needs = match (&head.needs, &head.refuse) {
            (None, None) => None,
            (Some(guard), Some(words)) => {
                let guard = self.term(file, Noun::Guard, guard);
                let words = self.text(file, words, &self.scope(&[]));
                guard.map(|guard| guard.name).zip(words)
            }
            (Some(_), None) => {
                self.note_missing(file, span, "a dialog with `needs`", "refuse");
                None
            }
            (None, Some(refuse)) => {
                self.note_missing(file, refuse.span(), "a dialog with `refuse`", "needs");
                None
            }
        };
        if let Some(title) = &head.title
            && title.get_ref().trim().is_empty()
        {
            self.note(file, title.span(), What::EmptyText);
        }
        let title = head.title.as_ref().map(|title| title.get_ref().clone());
        Some(Dialog { id: self.outlines[index].id.clone(), title, start: start?, needs })
    }

    /// The first state of a dialog: one of its own. Naming it there leads nobody to it.
    fn start(&mut self, file: usize, dialog: usize, start: &Word) -> Option<StateId> {
        let outline = &self.outlines[dialog];
        if let Some(offset) = outline.states.iter().position(|state| state == start.get_ref()) {
            return Some(StateId(outline.first + offset));
        }
        let (dialog, name, known) = (outline.id.clone(), start.get_ref().clone(), outline.states.clone());
        self.note(file, start.span(), What::UnknownState { dialog, name, known });
        None
    }

    /// All mistakes, in the order of their places, without those that only follow from a broken file.
    fn finish(self) -> Vec<Mistake> {
        let is_broken = |name: &str| self.files.iter().any(|file| file.is_broken && *file.name == *name);
        let any_broken = self.files.iter().any(|file| file.is_broken);
        let mut mistakes = self.mistakes;
        mistakes.retain(|mistake| {
            let is_hidden = mistake.place.as_ref().is_some_and(|place| is_broken(&place.file));
            matches!(mistake.what, What::Syntax { .. })
                || !(is_hidden || any_broken && mistake.what.needs_all_files())
        });
        mistakes.sort_by(|a, b| a.place.cmp(&b.place));
        fold_repeated(mistakes)
    }
}

/// Leaves the first of mistakes that one text mends, with the number of the others.
fn fold_repeated(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let mut folded: Vec<Mistake> = Vec::new();
    let mut first: HashMap<String, usize> = HashMap::new();
    for mut mistake in mistakes {
        if let Some((same, _)) = mistake.what.repeated() {
            if let Some((_, more)) = first.get(&same).and_then(|index| folded[*index].what.repeated()) {
                *more += 1;
                continue;
            }
            first.insert(same, folded.len());
        }
        folded.push(mistake);
    }
    folded
}

/// Texts by code, built from a table of the source.
type Words = BTreeMap<String, super::render::Text>;
