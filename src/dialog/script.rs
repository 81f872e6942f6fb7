//! Scripts: dialogs after the check, typed and resolved.
//!
//! States are indices, names of rules, guards, commands, lists and checks are those of
//! [`Known`](super::Known), texts are compiled. A value of [`Scripts`] exists only when nothing was wrong, so the
//! lookups here do not fail for names that came out of it.

use std::collections::{BTreeMap, HashMap};

use super::{
    render::{Text, Texts},
    understand::{Ears, Offer},
};

/// All conversations and texts, immutable and shared.
#[derive(Debug)]
pub struct Scripts {
    pub(super) dialogs: Vec<Dialog>,
    pub(super) states: Vec<State>,
    pub(super) by_name: HashMap<String, StateId>,
    pub(super) homes: HashMap<&'static str, StateId>,
    pub(super) renamed: BTreeMap<String, String>,
    pub(super) main: StateId,
    pub(super) interrupts: Vec<Interrupt>,
    pub(super) by_key: HashMap<String, usize>,
    pub(super) ears: Ears,
    pub(super) unknown: [Text; 3],
    pub(super) fallbacks: [Text; Fallback::ALL.len()],
    pub(super) system: [Text; SystemText::ALL.len()],
    pub(super) refusals: BTreeMap<String, Text>,
    pub(super) checks: BTreeMap<String, Text>,
    pub(super) fragments: BTreeMap<String, Text>,
    pub(super) notices: BTreeMap<&'static str, Notice>,
    pub(super) slots: Vec<String>,
    pub(super) menu: Option<serde_json::Value>,
    pub(super) texts: Texts,
}

/// The place of a state in its scripts; not meaningful in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub(super) usize);

/// One conversation: a file.
#[derive(Debug)]
pub struct Dialog {
    /// Its id, the part before the dot in state names.
    pub id: String,
    /// What it is called in 「回到…：」.
    pub title: Option<String>,
    /// Where it begins.
    pub start: StateId,
    /// The guard to enter it, and what is said otherwise.
    pub needs: Option<(&'static str, Text)>,
}

/// One step of a conversation.
#[derive(Debug)]
pub struct State {
    /// `dialog.state`.
    pub name: String,
    /// Its dialog, an index for [`Scripts::dialog`].
    pub(super) dialog: usize,
    /// Said on arrival. Absent only in states that ask nothing.
    pub say: Option<Text>,
    /// Said when the question is asked again after an interruption.
    pub again: Option<Text>,
    /// One line before `again`: where we were.
    pub resume: Option<Text>,
    /// Said after the numbered choices.
    pub tail: Option<Text>,
    /// The stages of a case whose home this is.
    pub stages: Vec<&'static str>,
    /// Run on arrival, before `say`.
    pub enter: Option<Command>,
    /// What is asked.
    pub kind: Kind,
    /// Beside choices: the text, list or picture that is taken when no choice was meant.
    pub also: Option<Kind>,
    /// Words by code, for whatever cannot be used here.
    pub otherwise: BTreeMap<String, Text>,
    /// When to stop asking.
    pub give_up: Option<GiveUp>,
}

/// What a state asks for.
#[derive(Debug)]
pub enum Kind {
    /// A text that a rule accepts.
    Text(TextInput),
    /// One of some choices.
    Choice(Vec<Choice>),
    /// One of the items of a data list.
    List(ListInput),
    /// A picture.
    Photo(PhotoInput),
    /// Nothing: the conversation goes on elsewhere at once. Such states never form a circle.
    Goto(Target),
    /// Nothing: the conversation is over.
    End,
    /// Nothing: the next move comes from elsewhere.
    Wait,
}

/// A text asked for.
#[derive(Debug)]
pub struct TextInput {
    /// The rule that accepts it.
    pub rule: &'static str,
    /// The slot for the accepted value.
    pub save: String,
    /// What follows.
    pub act: Act,
}

/// One numbered choice.
#[derive(Debug)]
pub struct Choice {
    /// Label and words understood.
    pub offer: Offer,
    /// Hidden when this guard does not hold.
    pub when: Option<&'static str>,
    /// What follows.
    pub act: Act,
}

/// An item of a data list asked for.
#[derive(Debug)]
pub struct ListInput {
    /// The list's name.
    pub from: &'static str,
    /// The slot for the item's value.
    pub save: String,
    /// What follows.
    pub act: Act,
}

/// A picture asked for.
#[derive(Debug)]
pub struct PhotoInput {
    /// Where it belongs.
    pub slot: &'static str,
    /// The checks it must pass.
    pub checks: Vec<&'static str>,
    /// What follows when it passes.
    pub act: Act,
}

/// What follows an accepted input.
#[derive(Debug)]
pub struct Act {
    /// Run first.
    pub command: Option<Command>,
    /// Said before the next state's words.
    pub say: Option<Text>,
    /// Where the conversation goes when nothing is refused.
    pub goto: Target,
}

/// A command with the ways its refusals lead.
#[derive(Debug)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Refusal → where to go. A refusal that is not here is answered with [`Scripts::refusal_words`], and the
    /// question stays.
    pub on: BTreeMap<String, Target>,
}

/// Where a conversation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// This state.
    State(StateId),
    /// `@case`: the home of the case's present stage, see [`Scripts::home_of`].
    Case,
    /// `@back`: the state the person came from, whose question is asked again.
    Back,
}

/// When to stop asking.
#[derive(Debug)]
pub struct GiveUp {
    /// After so many misses in a row.
    pub after: u32,
    /// Said then.
    pub say: Text,
    /// Where to go then.
    pub goto: Target,
}

/// Something understood in every state.
#[derive(Debug)]
pub struct Interrupt {
    /// The topic, when it answers a question.
    pub topic: Option<&'static str>,
    /// The menu button whose CLICK means the same.
    pub key: Option<String>,
    /// Run first.
    pub command: Option<Command>,
    /// Said after the command.
    pub say: Option<Text>,
    /// What happens next.
    pub then: Then,
}

/// What follows an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The pending question is asked again.
    Resume,
    /// The conversation is left for the main dialog.
    Leave,
    /// One state back.
    Back,
    /// On to a state.
    Goto(Target),
}

/// The words of a push.
#[derive(Debug)]
pub struct Notice {
    /// As shown in the chat.
    pub text: Text,
    /// Template fields by key; empty when it never travels as a template message.
    pub template: BTreeMap<String, Text>,
    /// Whether it may travel as a template message when no window is open.
    pub important: bool,
}

/// One item of a data list, made by the caller at run time.
#[derive(Debug, Clone)]
pub struct Item {
    /// Label and words understood. Its key is the value saved into the slot.
    pub offer: Offer,
    /// Never shown, but understood and answered with these words of the state's `otherwise`.
    pub refused: Option<&'static str>,
}

/// Messages that no state asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// More than one choice fits; variable `labels`.
    Ambiguous,
    /// A sticker (a text of the platform's saying, or an unknown picture code).
    Sticker,
    /// A picture.
    Photo,
    /// A voice message without recognition.
    Voice,
    /// A video.
    Video,
    /// A place on the map.
    Location,
    /// A shared link.
    Link,
    /// Anything else.
    Unsupported,
}

impl Fallback {
    /// Every fallback, in the order of their discriminants.
    pub const ALL: [Self; 8] = [
        Self::Ambiguous,
        Self::Sticker,
        Self::Photo,
        Self::Voice,
        Self::Video,
        Self::Location,
        Self::Link,
        Self::Unsupported,
    ];

    /// The key in `[fallback]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ambiguous => "ambiguous",
            Self::Sticker => "sticker",
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Location => "location",
            Self::Link => "link",
            Self::Unsupported => "unsupported",
        }
    }

    /// What its text may use besides the variables of every dialog.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Ambiguous => &["labels", "input"],
            _ => &[],
        }
    }
}

/// Texts of the system itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemText {
    /// Something broke here, not there; variable `code`, short and speakable.
    Error,
    /// A picture is being looked at; the verdict follows.
    Checking,
    /// A text too long to be read.
    TooLong,
    /// A picture could not be fetched from the platform.
    PhotoUnavailable,
    /// The line before a question asked again; variable `title`, the dialog's.
    Resume,
}

impl SystemText {
    /// Every text, in the order of their discriminants.
    pub const ALL: [Self; 5] =
        [Self::Error, Self::Checking, Self::TooLong, Self::PhotoUnavailable, Self::Resume];

    /// The key in `[system]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Checking => "checking",
            Self::TooLong => "too_long",
            Self::PhotoUnavailable => "photo_unavailable",
            Self::Resume => "resume",
        }
    }

    /// All that its text may use: no variable of a dialog is certain when the system speaks.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Error => &["code"],
            Self::Resume => &["title"],
            Self::Checking | Self::TooLong | Self::PhotoUnavailable => &[],
        }
    }
}

impl State {
    /// The choices whose guards hold, in the order of their numbers 1, 2, …; empty for other kinds.
    pub fn choices(&self, holds: impl Fn(&'static str) -> bool) -> Vec<&Choice> {
        let Kind::Choice(choices) = &self.kind else { return Vec::new() };
        choices.iter().filter(|choice| choice.when.is_none_or(&holds)).collect()
    }

    /// The text this state takes, if it takes one.
    pub fn text_input(&self) -> Option<&TextInput> {
        self.kinds().find_map(|kind| if let Kind::Text(input) = kind { Some(input) } else { None })
    }

    /// The list this state offers, if it offers one; its items' numbers follow those of the choices.
    pub fn list_input(&self) -> Option<&ListInput> {
        self.kinds().find_map(|kind| if let Kind::List(input) = kind { Some(input) } else { None })
    }

    /// The picture this state takes, if it takes one.
    pub fn photo_input(&self) -> Option<&PhotoInput> {
        self.kinds().find_map(|kind| if let Kind::Photo(input) = kind { Some(input) } else { None })
    }

    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        std::iter::once(&self.kind).chain(&self.also)
    }

    /// The offers of [`State::choices`], for [`understand`](super::understand) and [`Scripts::ask`].
    pub fn offers(&self, holds: impl Fn(&'static str) -> bool) -> Vec<&Offer> {
        self.choices(holds).into_iter().map(|choice| &choice.offer).collect()
    }
}

impl Scripts {
    /// The state of this full name, `dialog.state`.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.by_name.get(name).map(|id| self.get(*id))
    }

    /// The state of this id.
    pub fn get(&self, id: StateId) -> &State {
        &self.states[id.0]
    }

    /// The id of a state, for comparing it with a [`Target`].
    pub fn id_of(&self, state: &State) -> StateId {
        self.by_name[&state.name]
    }

    /// Where a stored session goes on: the state itself, else what it was renamed to, else [`Scripts::main`].
    pub fn resolve(&self, name: &str) -> &State {
        let mut name = name;
        loop {
            if let Some(state) = self.state(name) {
                return state;
            }
            match self.renamed.get(name) {
                Some(newer) => name = newer, // the check refuses circles
                None => return self.main(),
            }
        }
    }

    /// The start of the main dialog.
    pub fn main(&self) -> &State {
        self.get(self.main)
    }

    /// The dialog of a state.
    pub fn dialog(&self, state: &State) -> &Dialog {
        &self.dialogs[state.dialog]
    }

    /// Whether a state belongs to a conversation about the case: one of its dialog's states is a home.
    pub fn is_of_case(&self, state: &State) -> bool {
        self.states.iter().any(|other| other.dialog == state.dialog && !other.stages.is_empty())
    }

    /// The home of a stage of the case; the main dialog's start for a name that is no stage.
    pub fn home_of(&self, stage: &str) -> &State {
        self.homes.get(stage).map_or_else(|| self.main(), |id| self.get(*id))
    }

    /// Follows a target. `stage` is that of the person's case, if there is one; `from` the state they came from.
    pub fn follow<'s>(&'s self, target: Target, stage: Option<&str>, from: &'s State) -> &'s State {
        match target {
            Target::State(id) => self.get(id),
            Target::Case => stage.map_or_else(|| self.main(), |stage| self.home_of(stage)),
            Target::Back => from,
        }
    }

    /// Every state, in the order of the files.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Every interrupt; [`Understood`](super::Understood) names them by index.
    pub fn interrupts(&self) -> &[Interrupt] {
        &self.interrupts
    }

    /// The interrupt of a menu button's key.
    pub fn interrupt_of_key(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// The interrupt that answers questions about a topic.
    pub fn interrupt_of_topic(&self, topic: &str) -> Option<usize> {
        self.interrupts.iter().position(|interrupt| interrupt.topic == Some(topic))
    }

    /// What [`understand`](super::understand) listens for in every state.
    pub fn ears(&self) -> &Ears {
        &self.ears
    }

    /// The words of an event's push. `None` only for a name that is no event.
    pub fn notice(&self, event: &str) -> Option<&Notice> {
        self.notices.get(event)
    }

    /// A fragment: a text that others use as a variable of its name.
    pub fn fragment(&self, name: &str) -> Option<Text> {
        self.fragments.get(name).copied()
    }

    /// Every fragment by name: the context of a text must render them when they are asked for.
    pub fn fragments(&self) -> impl Iterator<Item = (&str, Text)> {
        self.fragments.iter().map(|(name, text)| (name.as_str(), *text))
    }

    /// Every slot a text may name as `slots.NAME`: the context must hold each, empty when not given yet.
    pub fn slots(&self) -> &[String] {
        &self.slots
    }

    /// The body of `menu/create` (protocol §11); `None` without a `menu.toml`.
    pub fn menu(&self) -> Option<&serde_json::Value> {
        self.menu.as_ref()
    }

    /// Words for a text that no one understood, after so many misses in a row (1, 2, then 3 and more).
    pub fn unknown_words(&self, state: &State, misses: u32) -> Text {
        match (misses, state.otherwise.get("unknown")) {
            (0 | 1, Some(words)) => *words,
            (0 | 1, None) => self.unknown[0],
            (2, _) => self.unknown[1],
            _ => self.unknown[2],
        }
    }

    /// Words for a message of another kind than this state asks for.
    pub fn wrong_kind_words(&self, state: &State, kind: Fallback) -> Text {
        let own = match kind {
            Fallback::Ambiguous => state.otherwise.get("ambiguous"),
            _ => state.otherwise.get("wrong_kind"),
        };
        own.copied().unwrap_or_else(|| self.fallback(kind))
    }

    /// Words for a message that no state asked for.
    pub fn fallback(&self, kind: Fallback) -> Text {
        self.fallbacks[kind as usize]
    }

    /// Words for a text that the state's rule does not accept.
    pub fn invalid_words(&self, state: &State, code: &str) -> Text {
        let otherwise = &state.otherwise;
        let words = otherwise.get(code).or_else(|| otherwise.get("invalid"));
        words.copied().unwrap_or_else(|| self.system(SystemText::Error))
    }

    /// Words for a refused command: the state's, else those of `[refusals]`.
    pub fn refusal_words(&self, state: &State, code: &str) -> Text {
        let words = state.otherwise.get(code).or_else(|| self.refusals.get(code));
        words.copied().unwrap_or_else(|| self.system(SystemText::Error))
    }

    /// Words for a code found by a photo check: the state's, else those of `[checks]`.
    pub fn check_words(&self, state: &State, code: &str) -> Text {
        let words = state.otherwise.get(code).or_else(|| self.checks.get(code));
        words.copied().unwrap_or_else(|| self.system(SystemText::Error))
    }

    /// A text of the system.
    pub fn system(&self, text: SystemText) -> Text {
        self.system[text as usize]
    }
}
