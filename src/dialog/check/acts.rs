//! What follows an accepted input: a command with its refusals, words, the next state.

use std::{collections::BTreeMap, ops::Range};

use super::{
    super::{
        known::Term,
        mistake::{Noun, What},
        script::{Act, Command, StateId, Target},
        source::{Map, Word},
    },
    Checker,
    otherwise::Uses,
    states::Here,
};

/// The keys that say what follows, as they stand in every kind.
pub(super) struct ActSource<'s> {
    pub(super) owner: &'static str,
    pub(super) span: Range<usize>,
    pub(super) command: Option<&'s Word>,
    pub(super) on: &'s Map<Word>,
    pub(super) say: Option<&'s Word>,
    pub(super) goto: Option<&'s Word>,
}

impl<'k> Checker<'k, '_> {
    /// The act, and its command among what the state uses.
    pub(super) fn act(&mut self, here: &Here, source: &ActSource<'_>, uses: &mut Uses<'k>) -> Option<Act> {
        let goto = self.required(here.file, &source.span, source.owner, "goto", source.goto);
        if goto.is_none() {
            self.paths.push((Some(here.id), Target::Case)); // somewhere: it is only not written down
        }
        let goto = goto.and_then(|goto| self.target(here.file, here.dialog, Some(here.id), goto));
        let command = self.command(here.file, here.dialog, Some(here.id), source.command, source.on, uses);
        let variables = if source.command.is_some() { uses.variables_of_last() } else { &[] };
        let say = source.say.and_then(|say| self.text(here.file, say, &self.scope(&[variables])));
        Some(Act { command, say, goto: goto? })
    }

    /// Whether what runs this command must be heard strictly.
    pub(super) fn is_strict(&self, command: Option<&Word>) -> bool {
        let is_it = |term: &&Term| command.is_some_and(|name| name.get_ref() == term.name);
        self.known.commands.iter().find(is_it).is_some_and(|term| term.strict)
    }

    /// A command with its `on`.
    pub(super) fn command(
        &mut self,
        file: usize,
        dialog: usize,
        from: Option<StateId>,
        name: Option<&Word>,
        on: &Map<Word>,
        uses: &mut Uses<'k>,
    ) -> Option<Command> {
        let term = name.map(|name| self.term(file, Noun::Command, name));
        uses.is_broken |= matches!(term, Some(None));
        let codes: &[Term] = term.flatten().map_or(&[], |term| &term.codes);
        let is_known = !matches!(term, Some(None));
        let mut leads = BTreeMap::new();
        for (refusal, goto) in on {
            if !codes.iter().any(|code| code.name == refusal.get_ref()) && is_known {
                let known = codes.iter().map(|code| code.name.to_owned()).collect();
                let name = refusal.get_ref().clone();
                self.note(file, refusal.span(), What::UnknownName { noun: Noun::Refusal, name, known });
            }
            if let Some(target) = self.target(file, dialog, from, goto) {
                leads.insert(refusal.get_ref().clone(), target);
            }
        }
        let (name, term) = (name?, term?);
        if let Some(term) = term {
            let open = term.codes.iter().filter(|code| !leads.contains_key(code.name)).collect();
            uses.ran(term, name.span(), open);
        }
        term.map(|term| Command { name: term.name, on: leads })
    }
}
