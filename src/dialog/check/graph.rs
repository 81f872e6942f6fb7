//! Paths: every state is reached and left, nobody goes round in circles, every stage has a home.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    super::{
        mistake::{What, nearest},
        script::{StateId, Target},
        source::StateSource,
        understand::fold,
    },
    Checker, MAIN, Sources,
    interrupts::HeardWords,
};

/// A state's source with its place.
type Found<'s> = (usize, std::ops::Range<usize>, &'s StateSource);

impl Checker<'_, '_> {
    pub(super) fn check_graph(&mut self, sources: &Sources, heard: Option<&HeardWords>) {
        let states = self.sources_by_id(sources);
        self.check_homes(sources);
        self.paths_back();
        let main = self.main_start(sources);
        let mut roots: Vec<StateId> = main.into_iter().chain(self.homes.values().copied()).collect();
        roots.extend(self.entries());
        roots.extend(self.twins());
        roots.extend(self.meant_homes.iter().map(|(_, id)| *id));
        for (from, target) in &self.paths {
            if let (None, Target::State(id)) = (from, target) {
                roots.push(*id);
            }
        }
        let reached = self.closure(&roots, false);
        let exits: Vec<StateId> = states
            .iter()
            .filter(|(id, (_, _, state))| self.is_exit(**id, state) || names_a_way(state, heard))
            .map(|(id, _)| *id)
            .chain(main)
            .collect();
        let leaving = self.closure(&exits, true);
        let circles = self.check_circles(&states);
        for (id, (file, span, state)) in &states {
            if !reached.contains(id) && main.is_some() {
                self.note(*file, span.clone(), What::Unreachable { state: self.short(*id) });
            }
            if !leaving.contains(id) && has_kind(state) && !circles.contains(id) {
                self.note(*file, span.clone(), What::NoWayOut { state: self.short(*id) });
            }
        }
    }

    fn sources_by_id<'s>(&self, sources: &'s Sources) -> BTreeMap<StateId, Found<'s>> {
        let mut states = BTreeMap::new();
        for (outline, (file, source)) in self.outlines.iter().zip(&sources.dialogs) {
            for (name, state) in &source.state {
                let offset = outline.states.iter().position(|known| known == name.get_ref());
                let id = StateId(outline.first + offset.expect("the outline lists the states of this file"));
                states.insert(id, (*file, name.span(), state.get_ref()));
            }
        }
        states
    }

    fn main_start(&self, sources: &Sources) -> Option<StateId> {
        let index = self.outlines.iter().position(|outline| outline.id == MAIN)?;
        let (outline, (_, source)) = (&self.outlines[index], &sources.dialogs[index]);
        let start = source.dialog.as_ref()?.get_ref().start.as_ref()?.get_ref();
        let start = nearest(start, &outline.states)?;
        outline.states.iter().position(|state| state == start).map(|offset| StateId(outline.first + offset))
    }

    /// States of a dialog whose id another has: nobody can name them, which is said elsewhere.
    fn twins(&self) -> Vec<StateId> {
        let is_twin = |index: &usize| {
            let id = &self.outlines[*index].id;
            self.outlines.iter().take(*index).any(|other| other.id == *id)
        };
        let twins = (0..self.outlines.len()).filter(is_twin).map(|index| &self.outlines[index]);
        twins.flat_map(|twin| (twin.first..twin.first + twin.states.len()).map(StateId)).collect()
    }

    /// States that the program enters by name.
    fn entries(&mut self) -> Vec<StateId> {
        let mut found = Vec::new();
        for entry in &self.known.entries {
            match self.by_name.get(*entry) {
                Some(id) => found.push(*id),
                None => self.note_nowhere(What::EntryMissing { entry: (*entry).to_owned() }),
            }
        }
        found
    }

    fn check_homes(&mut self, sources: &Sources) {
        let main = self.outlines.iter().position(|outline| outline.id == MAIN);
        let place = main.and_then(|index| {
            let (file, source) = &sources.dialogs[index];
            source.dialog.as_ref().map(|head| (*file, head.span()))
        });
        for stage in &self.known.stages {
            let is_meant = self.meant_homes.iter().any(|(name, _)| *name == stage.name);
            if !self.homes.contains_key(stage.name) && !is_meant {
                let what = What::HomeMissing { stage: stage.name.to_owned() };
                match &place {
                    Some((file, span)) => self.note(*file, span.clone(), what),
                    None => self.note_nowhere(what),
                }
            }
        }
    }

    /// `@back` leads to every state that leads here.
    fn paths_back(&mut self) {
        let backs = self.paths.iter().filter(|(_, target)| *target == Target::Back);
        let backs: Vec<StateId> = backs.filter_map(|(from, _)| *from).collect();
        for state in backs {
            let here = Target::State(state);
            let before: Vec<_> =
                self.paths.iter().filter(|(_, to)| *to == here).map(|(from, _)| *from).collect();
            for from in before {
                // Whoever came by an interrupt came from anywhere.
                let target = from.map_or(Target::Case, Target::State);
                self.paths.push((Some(state), target));
            }
        }
    }

    /// Every state that can be reached from these, or, `backwards`, that reaches these.
    fn closure(&self, from: &[StateId], backwards: bool) -> BTreeSet<StateId> {
        let mut seen: BTreeSet<StateId> = from.iter().copied().collect();
        let mut waiting: Vec<StateId> = seen.iter().copied().collect();
        while let Some(state) = waiting.pop() {
            for (start, target) in &self.paths {
                let (Some(start), Target::State(end)) = (start, target) else { continue };
                let (here, there) = if backwards { (end, start) } else { (start, end) };
                if *here == state && seen.insert(*there) {
                    waiting.push(*there);
                }
            }
        }
        seen
    }

    fn is_exit(&self, id: StateId, state: &StateSource) -> bool {
        let is_true = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| *flag.get_ref());
        let to_case = self.paths.iter().any(|(from, target)| *from == Some(id) && *target == Target::Case);
        is_true(&state.end) || is_true(&state.wait) || to_case
    }

    /// States that only lead on must not lead back to themselves: a turn would never end. Gives those that do.
    fn check_circles(&mut self, states: &BTreeMap<StateId, Found<'_>>) -> BTreeSet<StateId> {
        let next = |checker: &Self, id: StateId| -> Option<StateId> {
            let (_, _, state) = states.get(&id)?;
            let goto = state.goto.as_ref().filter(|goto| !goto.get_ref().starts_with('@'))?.get_ref();
            let full =
                if goto.contains('.') { goto.clone() } else { format!("{}.{goto}", checker.dialog_of(id)) };
            checker.by_name.get(&full).copied()
        };
        let mut told = BTreeSet::new();
        for (id, (file, span, _)) in states {
            let mut circle = vec![*id];
            while let Some(following) = circle.last().and_then(|last| next(self, *last)) {
                if following == *id {
                    break;
                }
                if circle.contains(&following) {
                    circle.clear();
                    break;
                }
                circle.push(following);
            }
            let closes = circle.last().and_then(|last| next(self, *last)) == Some(*id);
            if closes && told.is_disjoint(&circle.iter().copied().collect()) {
                told.extend(circle.iter().copied());
                let names = circle.iter().chain([id]).map(|id| self.short(*id)).collect();
                let what = What::GotoCircle { state: self.short(*id), circle: names };
                self.note(*file, span.clone(), what);
            }
        }
        told
    }

    fn dialog_of(&self, id: StateId) -> String {
        self.name_of(id).split('.').next().unwrap_or_default().to_owned()
    }

    fn short(&self, id: StateId) -> String {
        self.name_of(id).split_once('.').map_or_else(String::new, |(_, state)| state.to_owned())
    }
}

/// Whether the state's own words tell the person how to leave: 「返回」, where an interrupt of that name leads away.
fn names_a_way(state: &StateSource, heard: Option<&HeardWords>) -> bool {
    let texts = [&state.say, &state.again, &state.tail].into_iter().flatten();
    let quoted =
        texts.flat_map(|text| text.get_ref().split('「').skip(1).filter_map(|rest| rest.split('」').next()));
    let leads_away =
        |word: &str| heard.and_then(|heard| heard.get(&fold(word))).is_some_and(|meaning| meaning.leaves);
    quoted.into_iter().any(leads_away)
}

/// A state without a kind is a mistake of its own.
fn has_kind(state: &StateSource) -> bool {
    state.text.is_some()
        || state.choice.is_some()
        || state.list.is_some()
        || state.photo.is_some()
        || state.goto.is_some()
}
