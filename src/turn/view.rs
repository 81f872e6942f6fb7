//! What texts see: one object whose fields are worked out only when a text names them.
//!
//! Values are facts, ready to be read (masked, dated); sentences are made of them in `dialogs/`. The names here are
//! [`VARIABLES`], which the checker holds every text against.

mod facts;

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Value, context,
    value::{Enumerator, Object, ObjectRepr},
};

use super::{World, earlier::Application, position::Near, scene::Scene};
use crate::{
    mask,
    time::{Millis, date_text, moment_text, time_text},
    validation::document_type::Track,
    workflow::{batch::Window, candidate::Candidate, case::Case, prediction::Prediction, schedule::Place},
};

/// Every variable a text may name, dotted.
pub(super) const VARIABLES: &[&str] = &[
    "batch.name",
    "batch.opens",
    "batch.closes",
    "batch.window",
    "batch.next_name",
    "batch.next_opens",
    "batch.promise",
    "batch.portrait_review_ends",
    "batch.prior_credential_due",
    "bound",
    "candidate.name",
    "candidate.full_name",
    "candidate.gender",
    "candidate.exam_no",
    "candidate.document_type",
    "candidate.document_no",
    "candidate.major",
    "candidate.phone",
    "candidate.forms",
    "candidate.bachelor",
    "binding_again",
    "recorded_phone",
    "other_document",
    "case.number",
    "case.stage",
    "case.closed",
    "case.in_review",
    "case.phone",
    "case.portrait_early",
    "case.phone_unusual",
    "case.documents_follow",
    "case.portrait_ok",
    "case.round_at",
    "case.population_reason",
    "case.population_matched",
    "place.name",
    "place.dates",
    "place.hours",
    "place.address",
    "place.phones",
    "place.over",
    "asked.name",
    "asked.dates",
    "asked.hours",
    "asked.address",
    "asked.phones",
    "asked.over",
    "nearby",
    "elsewhere",
    "earlier.batch",
    "earlier.number",
    "earlier.stage",
    "schedule.count",
    "schedule.hours",
    "schedule.left",
    "code_until",
    "opinion.level",
    "opinion.text",
    "opinion.part",
    "portrait.taken_at",
    "portrait.size",
    "documents.front",
    "documents.back",
    "documents.handheld",
    "documents.next",
    "documents.empty",
    "documents.changed",
    "repeated_slot",
    "prediction.passed",
    "prediction.unmet",
    "camera_link",
    "desk.hands_over",
    "desk.open",
    "desk.hours",
    "desk.opens",
    "answer",
    "option.course",
    "option.name",
    "option.by",
];

/// The context of one text.
#[derive(Debug)]
struct View {
    world: Arc<World>,
    now: Millis,
    candidate: Option<Arc<Candidate>>,
    case: Option<Arc<Case>>,
    binding_again: Option<String>,
    recorded_phone: Option<String>,
    slots: BTreeMap<String, String>,
    asked: Option<usize>,
    nearby: Vec<Near>,
    unplaced: bool,
    elsewhere: Option<&'static str>,
    earlier: Option<Application>,
    code_until: Option<Millis>,
    input: String,
    facts: Vec<(&'static str, String)>,
    ticket: Option<String>,
}

/// The context for a scene's texts.
pub(super) fn of(scene: &Scene<'_>) -> Value {
    Value::from_object(View {
        world: Arc::clone(scene.world),
        now: scene.now,
        candidate: scene.candidate.clone(),
        case: scene.case.clone(),
        binding_again: binding_again(scene),
        recorded_phone: super::commands::recorded_phone(scene),
        slots: scene.session.slots.clone(),
        asked: scene.asked,
        nearby: scene.nearby.clone(),
        unplaced: scene.unplaced,
        elsewhere: scene.elsewhere,
        earlier: scene.earlier().cloned(),
        code_until: scene.session.code_until,
        input: scene.input.clone(),
        facts: scene.facts.clone(),
        ticket: scene.ticket.clone(),
    })
}

/// From when somebody may try to bind again: the next whole minute, so that it is true when they read it.
fn binding_again(scene: &Scene<'_>) -> Option<String> {
    let until = scene.session.failed_bindings.until(scene.now)?;
    Some(moment_text(Millis(until.0 + 59_999).civil(&scene.world.zone)))
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        Some(match key {
            "batch" => self.batch(),
            "bound" => self.candidate.is_some().into(),
            "candidate" => self.candidate.as_deref().map_or_else(none, |candidate| self.candidate(candidate)),
            "other_document" => self.case.as_ref().is_some_and(|case| case.track == Track::NonId).into(),
            "binding_again" => self.binding_again.clone().into(),
            "recorded_phone" => self.recorded_phone.as_deref().map(mask::phone).into(),
            "case" => self.case.as_deref().map_or_else(none, |case| self.case(case)),
            "place" => self.chosen().map_or_else(none, |place| self.place(place)),
            "asked" => self.asked_place().map_or_else(none, |place| self.place(place)),
            "nearby" => self.nearby(),
            "elsewhere" => self.elsewhere.into(),
            "earlier" => self.earlier.as_ref().map_or_else(none, facts::earlier),
            "schedule" => self.schedule(),
            "code_until" => self.code_until().into(),
            "opinion" => self.case.as_deref().map_or_else(none, facts::opinion),
            "portrait" => self.case.as_deref().map_or_else(none, |case| self.portrait(case)),
            "documents" => self.case.as_deref().map_or_else(none, facts::documents),
            "prediction" => self.prediction().map_or_else(none, |prediction| facts::report(&prediction)),
            "camera_link" => self.ticket.as_deref().map(|secret| self.world.camera_link(secret)).into(),
            "desk" => self.desk(),
            "answer" => self.fact("answer").unwrap_or_else(none),
            "slots" => self.slots(),
            "input" => self.input.clone().into(),
            "repeated_slot" => self.fact("repeated_slot").unwrap_or_else(none),
            other => return self.fact(other).or_else(|| self.fragment(other)),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

fn none() -> Value {
    Value::from(())
}

impl View {
    fn fact(&self, name: &str) -> Option<Value> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone().into())
    }

    /// A text that others use as a variable of its name, rendered with the same context.
    fn fragment(self: &Arc<Self>, name: &str) -> Option<Value> {
        let fragment = self.world.scripts.fragment(name)?;
        let this = Value::from_dyn_object(Arc::clone(self));
        Some(self.world.scripts.render(fragment, &this).trim().into())
    }

    fn batch(&self) -> Value {
        let window = match self.world.window(self.now) {
            Window::Before => "before",
            Window::Open => "open",
            Window::ReviewOnly => "review_only",
            Window::Closed => "closed",
        };
        let batch = &self.world.batch;
        let next = self.world.next_batch(self.now);
        context! {
            name => batch.name.as_str(),
            opens => moment_text(batch.opens),
            closes => moment_text(batch.closes),
            window,
            next_name => next.map(|next| next.name.as_str()),
            next_opens => next.map(|next| moment_text(next.opens)),
            promise => batch.review_promise_working_days,
            portrait_review_ends => moment_text(batch.portrait_review_ends),
            prior_credential_due => batch.prior_credential_due.map(date_text),
        }
    }

    /// Until when the newest camera code can be claimed; nothing when that is over.
    fn code_until(&self) -> Option<String> {
        let until = self.code_until.filter(|until| *until > self.now)?;
        Some(time_text(until.civil(&self.world.zone).time()))
    }

    fn chosen(&self) -> Option<&Place> {
        let chosen = self.case.as_ref()?.place.as_ref()?;
        self.world.schedule.place(&chosen.city, &chosen.district)
    }

    /// The place asked about, else the one chosen.
    fn asked_place(&self) -> Option<&Place> {
        match self.asked {
            Some(index) => self.world.schedule.places.get(index),
            None if self.unplaced => None,
            None => self.chosen(),
        }
    }

    fn prediction(&self) -> Option<Prediction> {
        let candidate = self.candidate.as_deref()?;
        super::commands::prediction(&self.world, candidate, self.case.as_deref(), &self.slots, self.now)
    }

    /// Every slot a text may name: empty when not given yet.
    fn slots(&self) -> Value {
        let given = |name: &String| (name.clone(), self.slots.get(name).cloned().unwrap_or_default());
        self.world.scripts.slots().iter().map(given).collect::<BTreeMap<_, _>>().into()
    }
}
