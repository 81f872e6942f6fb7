//! Scripts: everything that was loaded, and how the engine looks it up.
//!
//! A value of [`Scripts`] exists only when nothing was wrong, so the lookups here do not fail for names that came out
//! of it. For names from elsewhere (a stored session, a stage of the database) they fall back to where everybody
//! starts, or to the system's own words: a turn never fails here.

use std::collections::{BTreeMap, HashMap};

use super::{
    question::Questions,
    render::{Text, Texts},
    script::{Dialog, Fallback, Interrupt, Notice, Purpose, State, StateId, Target},
    system::SystemText,
    traditional::{self, Traditional},
    understand::Ears,
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
    pub(super) questions: Questions,
    pub(super) consents: [String; Purpose::ALL.len()],
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
    pub(super) traditional: Traditional,
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
        self.find(name).unwrap_or_else(|| self.main())
    }

    /// The state of this name or of the one it was renamed to; `None` for one that is gone.
    pub fn find(&self, name: &str) -> Option<&State> {
        let mut name = name;
        loop {
            if let Some(state) = self.state(name) {
                return Some(state);
            }
            name = self.renamed.get(name)?; // the check refuses circles
        }
    }

    /// Where the dialog of a state begins whose name is gone; `None` when that dialog is gone, too.
    pub fn beginning_of(&self, name: &str) -> Option<&State> {
        let (dialog, _) = name.split_once('.')?;
        let dialog = self.dialogs.iter().find(|known| known.id == dialog)?;
        Some(self.get(dialog.start))
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

    /// The version of the words that people agree to now.
    pub fn consent(&self, purpose: Purpose) -> &str {
        &self.consents[purpose as usize]
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

    /// What [`understand`](super::understand()) listens for in every state.
    pub fn ears(&self) -> &Ears {
        &self.ears
    }

    /// The questions that are answered from anywhere.
    pub fn questions(&self) -> &Questions {
        &self.questions
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

    /// Words for a text that no one understood.
    pub fn unknown_words(&self, state: &State) -> Text {
        state.otherwise.get("unknown").copied().unwrap_or(self.unknown[0])
    }

    /// After the second miss in a row: an example of what fits, the state's own, or one of a choice.
    pub fn example_words(&self, state: &State) -> Text {
        state.otherwise.get("example").copied().unwrap_or(self.unknown[1])
    }

    /// After the third miss in a row: the way to a person.
    pub fn person_words(&self) -> Text {
        self.unknown[2]
    }

    /// Words for a message of another kind than this state asks for.
    pub fn wrong_kind_words(&self, state: &State, kind: Fallback) -> Text {
        let own = match kind {
            Fallback::Ambiguous => state.otherwise.get("ambiguous"),
            Fallback::Doubtful => state.otherwise.get("doubtful"),
            // That nothing was heard is said whatever is asked.
            Fallback::Declined | Fallback::Voice => None,
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

    /// Words for a refused command: the state's, else those of `[refusals]`. The check sees to it that a refusal without
    /// words leads somewhere wherever a dialog can meet it.
    pub fn refusal_words(&self, state: &State, code: &str) -> Option<Text> {
        state.otherwise.get(code).or_else(|| self.refusals.get(code)).copied()
    }

    /// Words for a code found by a photo check: the state's, else those of `[checks]`.
    pub fn check_words(&self, state: &State, code: &str) -> Text {
        let words = state.otherwise.get(code).or_else(|| self.checks.get(code));
        words.copied().unwrap_or_else(|| self.system(SystemText::Error))
    }

    /// The state that says what a picture for a slot must pass: the stage's home if it takes such pictures, else the
    /// first state that does.
    pub fn taker_of(&self, slot: &str, stage: Option<&str>) -> Option<&State> {
        let home = stage.map(|stage| self.home_of(stage));
        let takes = |state: &&State| state.photo_input().is_some_and(|photo| photo.slot == slot);
        home.into_iter().chain(&self.states).find(takes)
    }

    /// Words for a picture that could not be fetched: the state's, else the system's.
    pub fn unavailable_words(&self, state: &State) -> Text {
        let own = state.otherwise.get("unavailable").copied();
        own.unwrap_or_else(|| self.system(SystemText::PhotoUnavailable))
    }

    /// A text that was said, in Traditional characters; what is `kept` and what stands in 「」 stays as it is.
    pub fn in_traditional(&self, said: &str, kept: &[&str]) -> String {
        self.traditional.convert(said, kept)
    }

    /// Whether a text is written in Traditional characters.
    pub fn is_traditional(&self, text: &str) -> bool {
        traditional::is_traditional(text)
    }

    /// Whether a text is written in Simplified characters; numbers and short words tell neither.
    pub fn is_simplified(&self, text: &str) -> bool {
        self.traditional.is_simplified(text)
    }

    /// A text of the system.
    pub fn system(&self, text: SystemText) -> Text {
        self.system[text as usize]
    }
}
