//! A mistake in a dialog file, said so that its writer can mend it: what, where, and what was probably meant.
//!
//! One variant of [`What`] for each kind of mistake. A report shows the line, a caret under the words (by display
//! width: 汉字 are two columns wide) and the hint. Mistakes are values; the check collects all of them.

use std::{fmt, ops::Range, sync::Arc};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One mistake, with its place.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// What is wrong.
    pub what: What,
    /// Where; `None` for something that is nowhere.
    pub place: Option<Place>,
}

/// A stretch of a file, with the line it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name as given to `load`.
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    text: String,
    marked: String,
}

impl Place {
    /// The place of a byte range; only its first line is marked.
    pub(super) fn new(file: &Arc<str>, text: &str, span: Range<usize>) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        Self {
            file: Arc::clone(file),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            text: text[line_start..line_end].trim_end().to_owned(),
            marked: text[start..end.min(line_end)].trim_end().to_owned(),
        }
    }
}

/// What kind of name is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the word itself")]
pub enum Noun {
    Rule,
    Guard,
    Command,
    Check,
    List,
    Stage,
    Topic,
    Event,
    PhotoSlot,
    Slot,
    Refusal,
    Then,
    ButtonType,
    SystemText,
    Group,
}

impl Noun {
    /// The word, in English.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Guard => "guard",
            Self::Command => "command",
            Self::Check => "check",
            Self::List => "list",
            Self::Stage => "stage",
            Self::Topic => "topic",
            Self::Event => "event",
            Self::PhotoSlot => "photo slot",
            Self::Slot => "slot",
            Self::Refusal => "refusal",
            Self::Then => "`then`",
            Self::ButtonType => "button type",
            Self::SystemText => "system text",
            Self::Group => "group",
        }
    }
}

/// What can be wrong with dialogs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message above each variant says it; fields are its blanks")]
pub enum What {
    // Files.
    #[error("not TOML: {message}")]
    Syntax { message: String },
    #[error("there is no `{name}`")]
    MissingFile { name: String },
    #[error("no dialog has the id `main`, where everybody starts")]
    MissingMain,
    #[error("the dialog `{id}` is already in {first}")]
    DuplicateDialog { id: String, first: String },

    // Keys and names.
    #[error("unknown key `{key}`")]
    UnknownKey { key: String, known: Vec<String> },
    #[error("{message}")]
    WrongType { message: String },
    #[error("{owner} needs `{key}`")]
    MissingKey { owner: String, key: &'static str },
    #[error("`{name}` is not a name: only a-z, 0-9 and _")]
    BadName { name: String },
    #[error("unknown {} `{name}`", noun.word())]
    UnknownName { noun: Noun, name: String, known: Vec<String> },
    #[error("{dialog} has no state `{name}`")]
    UnknownState { dialog: String, name: String, known: Vec<String> },
    #[error("no dialog has the id `{name}`")]
    UnknownDialog { name: String, known: Vec<String> },

    // States.
    #[error("`{state}` asks for nothing")]
    KindMissing { state: String },
    #[error("`{state}` asks for {}", kinds.join(" and "))]
    KindTwice { state: String, kinds: Vec<&'static str> },
    #[error("nothing leads to `{state}`")]
    Unreachable { state: String },
    #[error("`{state}` has no way out")]
    NoWayOut { state: String },
    #[error("`{state}` goes round in a circle: {}", circle.join(" → "))]
    GotoCircle { state: String, circle: Vec<String> },
    #[error("no state is the home of the stage `{stage}`")]
    HomeMissing { stage: String },
    #[error("the stage `{stage}` already has its home in {first}")]
    HomeTwice { stage: String, first: String },
    #[error("{entry} is entered by the program, but is no state")]
    EntryMissing { entry: String },

    // Words for every way to fail.
    #[error("the refusal `{refusal}` of `{command}` has no words{}", elsewhere(*more))]
    RefusalWithoutWords { command: String, refusal: String, more: usize },
    #[error("what `{check}` may find has no words: `{code}`{}", elsewhere(*more))]
    CheckWithoutWords { check: String, code: String, more: usize },
    #[error("what the rule `{rule}` may find has no words: `{code}`")]
    InvalidWithoutWords { rule: String, code: String },
    #[error("the items of `{list}` that are refused as `{code}` have no words")]
    ItemWithoutWords { list: String, code: String },
    #[error("`{state}` has no words for a message of another kind")]
    WrongKindWithoutWords { state: String },
    #[error("nobody hears what `{code}` says")]
    WordsForNothing { code: String, known: Vec<String> },

    // What is understood.
    #[error("“{word}” already means {first}")]
    WordClash { word: String, first: String },
    #[error("“{word}” is a number: those are given by the order of the choices")]
    NumberAsWord { word: String },
    #[error("no interrupt hears “0”, which every menu promises")]
    NobodyHearsZero,
    #[error("this interrupt is never heard: it has no words, topic or key")]
    InterruptUnheard,
    #[error("this interrupt does nothing: it has no `do`, `say`, `then` or `goto`")]
    InterruptIdle,
    #[error("an interrupt has either `then` or `goto`")]
    ThenAndGoto,

    // Texts.
    #[error("not a template: {message}")]
    TemplateSyntax { message: String },
    #[error("nothing sets `{name}` here")]
    UnknownVariable { name: String, known: Vec<String>, own: Vec<String> },
    #[error("the fragment `{name}` hides the variable of that name")]
    FragmentHides { name: String },
    #[error("the fragment `{name}` needs itself")]
    FragmentCircle { name: String },
    #[error("nothing sets `{name}` when the question is asked again")]
    UnsetAgain { name: String },
    #[error("this text is empty")]
    EmptyText,
    #[error("this text has {bytes} bytes, the platform drops everything over {limit}")]
    TooLong { bytes: usize, limit: usize },
    #[error("this text has {lines} lines, a screen shows {limit}")]
    TooManyLines { lines: usize, limit: usize },
    #[error("this version has {length} characters: it is a name for the words, at most {limit} long")]
    VersionTooLong { length: usize, limit: usize },
    #[error("`unknown` has {found} texts: one for the first, second and third miss")]
    UnknownTexts { found: usize },
    #[error("`after` counts misses from 1")]
    GiveUpAtOnce,

    // Questions.
    #[error("the id `{id}` is already given")]
    IdTwice { id: String },
    #[error("what only people may answer has no answer here")]
    AnswerAndPeople,
    #[error("of “{title}” only {limit} 汉字 have room in a list")]
    TitleTooWide { title: String, limit: usize },
    #[error("no question is in the group `{group}`")]
    GroupEmpty { group: String },
    #[error("{found} questions are in the group `{group}`, a list shows {limit}")]
    GroupTooLong { group: String, found: usize, limit: usize },

    // Menu, notices, renamings.
    #[error("a menu shows {limit} {what}, here are {found}")]
    TooManyButtons { what: &'static str, limit: usize, found: usize },
    #[error("this {what} has {bytes} bytes, the platform takes {limit}")]
    ButtonTooLong { what: &'static str, bytes: usize, limit: usize },
    #[error("of “{name}” only {limit} 汉字 are shown")]
    ButtonTooWide { name: String, limit: usize },
    #[error("no interrupt answers to the key `{key}`")]
    KeyUnheard { key: String, known: Vec<String> },
    #[error("a button with `sub_button` only opens it: `{key}` has no effect")]
    ButtonOpensOnly { key: &'static str },
    #[error("a menu has two levels: what opens above a button opens nothing more")]
    ButtonTooDeep,
    #[error("a `{kind}` button has no use for `{field}`")]
    ButtonFieldUnused { kind: &'static str, field: &'static str },
    #[error("an address begins with https:// (or http://) and has no spaces")]
    ButtonNoAddress,
    #[error("the event `{event}` has no words")]
    NoticeMissing { event: String },
    #[error("whoever replies “{word}” to this notice is not understood")]
    NoticeUnheard { word: String },
    #[error("this menu offers nothing")]
    MenuEmpty,
    #[error("“{item}” is too long to tap: {limit} 汉字 fit on a line")]
    ItemTooLong { item: String, limit: usize },
    #[error("the text does not say 「{item}」, which its menu offers")]
    ItemUnsaid { item: String },
    #[error("nobody hears “{item}” {}", place(stage.as_ref()))]
    ItemUnheard { item: String, stage: Option<String>, known: Vec<String> },
    #[error("`{state}` is renamed, but still there")]
    RenamedStillThere { state: String },
    #[error("`{state}` is renamed in a circle")]
    RenamedCircle { state: String },
}

impl What {
    /// The count of a mistake that one text mends wherever it is made, and what is the same about all of them.
    pub(super) fn repeated(&mut self) -> Option<(String, &mut usize)> {
        match self {
            Self::RefusalWithoutWords { refusal, more, .. } => Some((format!("refusal {refusal}"), more)),
            Self::CheckWithoutWords { code, more, .. } => Some((format!("check {code}"), more)),
            _ => None,
        }
    }

    /// Whether this can only be said when all files were read.
    pub(super) fn needs_all_files(&self) -> bool {
        matches!(
            self,
            Self::MissingMain
                | Self::UnknownState { .. }
                | Self::UnknownDialog { .. }
                | Self::Unreachable { .. }
                | Self::NoWayOut { .. }
                | Self::HomeMissing { .. }
                | Self::EntryMissing { .. }
                | Self::RefusalWithoutWords { .. }
                | Self::CheckWithoutWords { .. }
                | Self::NobodyHearsZero
                | Self::KeyUnheard { .. }
                | Self::ItemUnheard { .. }
                | Self::NoticeMissing { .. }
                | Self::NoticeUnheard { .. }
                | Self::UnknownName { noun: Noun::Slot, .. }
        )
    }

    /// What may help, beside the caret.
    fn hint(&self) -> String {
        match self {
            Self::UnknownKey { key, known } => suggest(key, known, "keys"),
            Self::UnknownName { noun: Noun::Then, name, known } => suggest(name, known, "one of"),
            Self::UnknownName { noun, name, known } => suggest(name, known, &format!("{}s", noun.word())),
            Self::UnknownState { name, known, .. } => suggest(name, known, "states"),
            Self::UnknownDialog { name, known } => suggest(name, known, "dialogs"),
            Self::UnknownVariable { name, known, own } => {
                let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
                let own = (!own.is_empty()).then(|| format!("(set for this text: {})", own.join(", ")));
                near.into_iter().chain(own).collect::<Vec<_>>().join(" ")
            }
            Self::ItemUnheard { item, known, .. } => suggest(item, known, "words there"),
            Self::ItemUnsaid { .. } => {
                "an item is shown while it is asked for, and who gets no menu reads only the text".to_owned()
            }
            Self::KeyUnheard { key, known } => suggest(key, known, "keys heard"),
            Self::WordsForNothing { code, known } => suggest(code, known, "codes"),
            Self::KindMissing { .. } | Self::KindTwice { .. } => {
                "one of text, choice, list, photo, goto, end, wait; beside choice may be text, list or photo"
                    .to_owned()
            }
            Self::UnsetAgain { .. } => "write a shorter `again` without it".to_owned(),
            Self::NoWayOut { .. } => {
                "no path to `end`, `wait`, `@case` or the main menu, and its texts name none (「返回」)"
                    .to_owned()
            }
            Self::RefusalWithoutWords { refusal, .. } => {
                format!("map it in `on`, or say it in `otherwise` or in `[refusals]`: {refusal} = \"…\"")
            }
            Self::CheckWithoutWords { code, .. } => {
                format!("say it in `otherwise` or in `[checks]`: {code} = \"…\"")
            }
            Self::InvalidWithoutWords { code, .. } => {
                format!("say it in `otherwise`: {code} = \"…\", or `invalid` for all")
            }
            Self::ItemWithoutWords { code, .. } => format!("say it in `otherwise`: {code} = \"…\""),
            Self::NoticeUnheard { .. } => {
                "make it a word of an interrupt, or the label of a choice where a case has its home"
                    .to_owned()
            }
            Self::WrongKindWithoutWords { .. } => "say it in `otherwise`: wrong_kind = \"…\"".to_owned(),
            _ => String::new(),
        }
    }
}

/// One text in `_global.toml` mends all of them: they are reported once.
fn elsewhere(more: usize) -> String {
    if more == 0 { String::new() } else { format!(", in {} places", more + 1) }
}

/// Where a notice's words are heard.
fn place(stage: Option<&String>) -> String {
    stage.map_or_else(|| "everywhere".to_owned(), |stage| format!("at the home of `{stage}` or everywhere"))
}

/// The nearest known name, if one is near, and all of them while they are few.
fn suggest(name: &str, known: &[String], what: &str) -> String {
    /// More names than this are no help.
    const FEW: usize = 12;
    let nearest = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
    let list = (1..=FEW).contains(&known.len()).then(|| format!("({what}: {})", known.join(", ")));
    nearest.into_iter().chain(list).collect::<Vec<_>>().join(" ")
}

/// The known name that is most like this one, if any is like it at all.
pub(super) fn nearest<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    /// Below this two names have nothing to do with each other (1 is equal).
    const LIKE: f64 = 0.6;
    let likeness = |near: &str| strsim::normalized_damerau_levenshtein(name, near);
    let best = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= LIKE).then_some(best.as_str())
}

/// All mistakes as one text, with an empty line between.
pub fn report(mistakes: &[Mistake]) -> String {
    let reports: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    reports.join("\n")
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.what)?;
        let hint = self.what.hint();
        let Some(place) = &self.place else {
            return if hint.is_empty() { Ok(()) } else { writeln!(f, "  {hint}") };
        };
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let before: String = place.text.chars().take(place.column - 1).collect();
        let indent = " ".repeat(shown(&before).width());
        let carets = "^".repeat(shown(&place.marked).width().max(1));
        let marks = format!("{indent}{carets} {hint}");
        writeln!(f, "  {}:{}:{}", place.file, place.line, place.column)?;
        writeln!(f, "{gutter} │")?;
        writeln!(f, "{number} │ {}", shown(&place.text))?;
        writeln!(f, "{gutter} │ {}", marks.trim_end())
    }
}

/// A line as a terminal shows it: tabs as four spaces, other controls as nothing.
fn shown(line: &str) -> String {
    line.replace('\t', "    ").chars().filter(|c| c.width().is_some()).collect()
}
