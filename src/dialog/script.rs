//! What a script is made of: dialogs and their states after the check, typed and resolved.
//!
//! States are indices, names of rules, guards, commands, lists and checks are those of
//! [`Known`](super::Known), texts are compiled. Looking things up is in `scripts`, saying them in `render`.

use std::collections::BTreeMap;

use super::{render::Text, understand::Offer};

/// What a person is asked to agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Looking at the record and the document number.
    Identity,
    /// Taking and keeping the portrait.
    Portrait,
}

impl Purpose {
    /// Every purpose, in the order of `Scripts::consent`.
    pub(super) const ALL: [Self; 2] = [Self::Identity, Self::Portrait];

    /// The key in `[consent]`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Portrait => "portrait",
        }
    }
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
    /// Its dialog, an index for [`Scripts::dialog`](super::Scripts::dialog).
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
    /// Label and words understood; a label with variables is still a template here, see
    /// [`Scripts::offers`](super::Scripts::offers).
    pub offer: Offer,
    /// The label, when it has variables.
    pub(super) label: Option<Text>,
    /// Words besides the label, kept for a label that is rendered.
    pub(super) words: Vec<String>,
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
    /// Refusal → where to go. A refusal that is not here is answered with
    /// [`Scripts::refusal_words`](super::Scripts::refusal_words), and the question stays.
    pub on: BTreeMap<String, Target>,
}

/// Where a conversation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// This state.
    State(StateId),
    /// `@case`: the home of the case's present stage, see [`Scripts::home_of`](super::Scripts::home_of).
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
    /// Words to tap below it, each of them only while the text says it in 「」: in other words, while it is asked for.
    pub menu: Vec<String>,
    /// Template fields by key; empty when it never travels as a template message.
    pub template: BTreeMap<String, Text>,
    /// Whether it may travel as a template message when no window is open.
    pub important: bool,
    /// A card tells only that there is something, which the chat shows nowhere else: its text follows when they write.
    pub then_text: bool,
}

/// Messages that no state asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// More than one choice fits; variable `labels`.
    Ambiguous,
    /// One choice was perhaps meant, but must not be pressed unasked; variable `labels`, the one.
    Doubtful,
    /// A choice was denied, and no other named; variable `labels`, those denied.
    Declined,
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
    pub const ALL: [Self; 10] = [
        Self::Ambiguous,
        Self::Doubtful,
        Self::Declined,
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
            Self::Doubtful => "doubtful",
            Self::Declined => "declined",
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
            Self::Ambiguous | Self::Doubtful | Self::Declined => &["labels", "input"],
            _ => &[],
        }
    }
}

impl State {
    /// Whether it asks nothing and waits for somebody else.
    pub fn is_idle(&self) -> bool {
        matches!(self.kind, Kind::Wait) && self.stages.is_empty()
    }

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

    /// The checks that a picture sent here must pass, by name.
    pub fn photo_checks(&self) -> &[&'static str] {
        self.photo_input().map_or(&[], |photo| &photo.checks)
    }

    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        std::iter::once(&self.kind).chain(&self.also)
    }
}
