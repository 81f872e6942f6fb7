//! What Rust knows and dialogs may name: the checker's other half.
//!
//! The lists are built from the tables in `validation`, `workflow` and `turn`, so that adding a rule or a
//! command there makes it known here. Names are `'static`: scripts keep them, and comparing is cheap.

/// A name with the variables its texts may use and the codes it may answer with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// As written in a dialog.
    pub name: &'static str,
    /// Variables that a text said about it may use besides [`Known::variables`], dotted (`place.address`).
    pub variables: Vec<&'static str>,
    /// What it may answer: a rule's invalid codes, a command's refusals, a check's or list's codes.
    pub codes: Vec<Term>,
    /// Where a case stands after it: only of events.
    pub stages: Vec<&'static str>,
    /// Of a command: what it does cannot be taken back, so whatever runs it is heard strictly
    /// ([`Offer::strict`](super::Offer::strict)).
    pub strict: bool,
}

impl Term {
    /// A term without variables and codes.
    pub fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// The same term, whose texts may use these variables.
    #[must_use]
    pub fn with_variables(mut self, variables: &[&'static str]) -> Self {
        self.variables.extend_from_slice(variables);
        self
    }

    /// The same term, heard strictly or not.
    #[must_use]
    pub fn heard_strictly(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The same term, which may answer with these codes.
    #[must_use]
    pub fn with_codes(mut self, codes: impl IntoIterator<Item = Term>) -> Self {
        self.codes.extend(codes);
        self
    }

    /// The same event, which leads to these stages.
    #[must_use]
    pub fn leading_to(mut self, stages: impl IntoIterator<Item = &'static str>) -> Self {
        self.stages.extend(stages);
        self
    }
}

/// Everything a dialog may name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Variables of every text that a person reads in a dialog, dotted. `input` (what was typed, cut) is known in
    /// `otherwise` texts besides, `slots.NAME` everywhere in dialogs.
    pub variables: Vec<&'static str>,
    /// Text rules; `codes` are the reasons of an invalid input with their facts.
    pub rules: Vec<Term>,
    /// Guards.
    pub guards: Vec<Term>,
    /// Commands; `codes` are the refusals with their facts, `variables` what a text said after success may use,
    /// `strict` whether only its very words may press it.
    pub commands: Vec<Term>,
    /// Data lists; `codes` are the reasons why an item that is understood may be refused.
    pub lists: Vec<Term>,
    /// Photo checks; `codes` are what they may find.
    pub checks: Vec<Term>,
    /// Slots for photos; `codes` are the reasons why a picture may have no place in them.
    pub photo_slots: Vec<Term>,
    /// Slots that Rust sets (commands, lookups), besides those that dialogs `save`.
    pub slots: Vec<&'static str>,
    /// Topics of questions answered from anywhere; `variables` for the answer.
    pub topics: Vec<Term>,
    /// Stages of a case: each needs exactly one home state.
    pub stages: Vec<Term>,
    /// Notice events; `variables` for their texts, besides those of every text, `stages` for the words of their menus.
    pub events: Vec<Term>,
    /// Fragments that Rust says by name: they must exist.
    pub fragments: Vec<&'static str>,
    /// States that Rust enters by name (`dialog.state`): they must exist and count as reached.
    pub entries: Vec<&'static str>,
}
