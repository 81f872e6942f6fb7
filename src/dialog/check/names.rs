//! Names: where a `goto` leads, what a rule or command is, which keys must be there.

use std::ops::Range;

use super::{
    super::{
        known::Term,
        mistake::{Noun, What, nearest},
        script::{StateId, Target},
        source::Word,
    },
    Checker, Outline,
};

/// The target that means the home of the case's present stage.
const CASE: &str = "@case";
/// The target that means the state the person came from.
const BACK: &str = "@back";

impl<'k> Checker<'k, '_> {
    /// Where a `goto` leads; the path from `from` is remembered for `graph`.
    pub(super) fn target(
        &mut self,
        file: usize,
        dialog: usize,
        from: Option<StateId>,
        goto: &Word,
    ) -> Option<Target> {
        let found = self.find_target(dialog, goto.get_ref());
        let (target, meant) = match found {
            Ok(target) => (Some(target), target),
            Err((what, meant)) => {
                self.note(file, goto.span(), what);
                (None, meant)
            }
        };
        self.paths.push((from, meant));
        target
    }

    /// `state`, `dialog.state` or `@case`; else the mistake, and what was probably meant: a state of nearly that
    /// name, or anything at all (`@case` leads somewhere).
    pub(super) fn find_target(&self, dialog: usize, name: &str) -> Result<Target, (What, Target)> {
        if let Some((_, target)) = self.reserved().into_iter().find(|(reserved, _)| *reserved == name) {
            return Ok(target);
        }
        let own = self.outlines.get(dialog).map_or("", |outline| outline.id.as_str());
        let (id, state) = name.split_once('.').unwrap_or((own, name));
        let target = |outline: &Outline, state: &str| {
            let offset = outline.states.iter().position(|known| known == state)?;
            Some(Target::State(StateId(outline.first + offset)))
        };
        let nearly =
            |outline: &Outline| nearest(state, &outline.states).and_then(|state| target(outline, state));
        let Some(outline) = self.outlines.iter().find(|outline| outline.id == id) else {
            let known: Vec<String> = self.outlines.iter().map(|outline| outline.id.clone()).collect();
            let meant =
                nearest(id, &known).and_then(|id| self.outlines.iter().find(|outline| outline.id == id));
            let meant = meant.and_then(nearly).unwrap_or(Target::Case);
            return Err((What::UnknownDialog { name: id.to_owned(), known }, meant));
        };
        target(outline, state).ok_or_else(|| {
            let meant = nearly(outline).unwrap_or(Target::Case);
            let known = if name.starts_with('@') {
                self.reserved().into_iter().map(|(reserved, _)| reserved.to_owned()).collect()
            } else {
                outline.states.clone()
            };
            (What::UnknownState { dialog: outline.id.clone(), name: state.to_owned(), known }, meant)
        })
    }

    /// Targets that are no states. Without stages there is no home to go to.
    fn reserved(&self) -> Vec<(&'static str, Target)> {
        let case = (!self.known.stages.is_empty()).then_some((CASE, Target::Case));
        case.into_iter().chain([(BACK, Target::Back)]).collect()
    }

    /// A name of Rust's tables.
    pub(super) fn term(&mut self, file: usize, noun: Noun, name: &Word) -> Option<&'k Term> {
        let terms = self.terms(noun);
        let found = terms.iter().find(|term| term.name == name.get_ref());
        if found.is_none() {
            let known = terms.iter().map(|term| term.name.to_owned()).collect();
            let what = What::UnknownName { noun, name: name.get_ref().clone(), known };
            self.note(file, name.span(), what);
        }
        found
    }

    fn terms(&self, noun: Noun) -> &'k [Term] {
        match noun {
            Noun::Rule => &self.known.rules,
            Noun::Guard => &self.known.guards,
            Noun::Command => &self.known.commands,
            Noun::Check => &self.known.checks,
            Noun::List => &self.known.lists,
            Noun::Stage => &self.known.stages,
            Noun::Topic => &self.known.topics,
            Noun::Event => &self.known.events,
            Noun::PhotoSlot => &self.known.photo_slots,
            Noun::Slot | Noun::Refusal | Noun::Then | Noun::ButtonType | Noun::SystemText | Noun::Group => {
                &[]
            }
        }
    }

    /// A key that must be there.
    pub(super) fn required<'s, T>(
        &mut self,
        file: usize,
        owner: &Range<usize>,
        name: &str,
        key: &'static str,
        value: Option<&'s T>,
    ) -> Option<&'s T> {
        if value.is_none() {
            self.note_missing(file, owner.clone(), name, key);
        }
        value
    }

    pub(super) fn note_missing(&mut self, file: usize, span: Range<usize>, owner: &str, key: &'static str) {
        let last = key.rsplit('.').next().unwrap_or(key);
        if !self.files[file].removed.iter().any(|removed| removed == last) {
            self.note(file, span, What::MissingKey { owner: owner.to_owned(), key });
        }
    }

    /// The full name of a state.
    pub(super) fn name_of(&self, id: StateId) -> String {
        let outline =
            self.outlines.iter().rev().find(|outline| outline.first <= id.0 && !outline.states.is_empty());
        outline.map_or_else(String::new, |outline| {
            let state = outline.states.get(id.0 - outline.first).map_or("", String::as_str);
            format!("{}.{state}", outline.id)
        })
    }
}
