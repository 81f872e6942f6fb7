//! What dialogs may name, from the tables of this crate: the other half of `graduation-bot check`.

use super::{commands, guards, lists, look, position, questions, scene::CLOSED, signpost, view};
use crate::{
    dialog::{Known, Term},
    validation::{self, photo},
    workflow::{case::Stage, command::Refusal, notice},
};

/// Topics of questions answered from anywhere.
const TOPICS: &[&str] = &[
    "district",
    lists::CITY_CORE,
    "dates",
    "standard",
    "next_step",
    "progress",
    "people",
    "result",
    "question",
];

/// Everything there is to name.
pub fn known() -> Known {
    Known {
        variables: view::VARIABLES.to_vec(),
        rules: validation::RULES.iter().map(rule).collect(),
        guards: guards::GUARDS.iter().map(|(name, _)| Term::new(name)).collect(),
        commands: commands::COMMANDS.iter().map(command).collect(),
        lists: lists::LISTS.iter().map(coded).collect(),
        checks: photo::CHECKS.iter().map(|check| coded(&(check.name, &check.codes()))).collect(),
        photo_slots: look::PHOTO_SLOTS.iter().map(coded).collect(),
        slots: commands::SLOTS.to_vec(),
        topics: TOPICS.iter().map(|name| Term::new(name)).collect(),
        stages: Stage::ALL.iter().map(|stage| stage.name()).chain([CLOSED]).map(Term::new).collect(),
        events: notice::NOTICES.iter().map(event).collect(),
        fragments: fragments().collect(),
        entries: ["main.menu", questions::OFFER]
            .into_iter()
            .chain(look::CONSENTS)
            .chain(signpost::ENTRIES)
            .collect(),
    }
}

fn fragments() -> impl Iterator<Item = &'static str> {
    lists::FRAGMENTS.into_iter().chain(position::FRAGMENTS).chain(signpost::FRAGMENTS)
}

fn rule(rule: &validation::Rule) -> Term {
    let code = |code: &&'static str| Term::new(code).with_variables(validation::fact_names(code));
    Term::new(rule.name).with_codes(rule.codes.iter().map(code))
}

fn command(row: &commands::Row) -> Term {
    let refusals = row.refusals.iter().copied().map(Term::new);
    let of_case = Refusal::ALL.iter().filter(|refusal| !refusal.is_of_office()).map(|refusal| refusal.name());
    let of_case = of_case.filter(|_| row.moves_case).map(Term::new);
    Term::new(row.name).with_codes(refusals.chain(of_case)).heard_strictly(row.strict)
}

fn event((name, stages): &(&'static str, &[Stage])) -> Term {
    Term::new(name).leading_to(stages.iter().map(|stage| stage.name()))
}

fn coded((name, codes): &(&'static str, &[&'static str])) -> Term {
    Term::new(name).with_codes(codes.iter().map(|code| Term::new(code)))
}
