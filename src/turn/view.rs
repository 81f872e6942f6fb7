//! What texts see: one object, and one for each thing in it, whose facts are worked out only when a text names them.
//!
//! Values are facts, ready to be read (masked, dated); sentences are made of them in `dialogs/`. The names here are
//! [`VARIABLES`], which the checker holds every text against.

mod facts;

pub(super) use facts::spoken;

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{
    Value,
    value::{Enumerator, Object, ObjectRepr},
};

use super::{World, earlier::Application, position::Near, scene::Scene};
use crate::{
    mask,
    time::{Millis, moment_text, time_text},
    validation::document_type::Track,
    workflow::{candidate::Candidate, case::Case, prediction::Prediction},
};

/// Every variable a text may name, dotted.
pub(super) const VARIABLES: &[&str] = &[
    "batch.name",
    "batch.opens",
    "batch.closes",
    "batch.window",
    "batch.ends",
    "batch.next_name",
    "batch.next_opens",
    "batch.promise",
    "batch.portrait_review_ends",
    "batch.prior_credential_due",
    "batch.collection",
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
    "case.submitted",
    "case.overdue",
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
    "place.left",
    "asked.name",
    "asked.dates",
    "asked.hours",
    "asked.address",
    "asked.phones",
    "asked.over",
    "asked.left",
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
    "onsite.outcome",
    "onsite.missing",
    "onsite.day",
    "onsite.corrected",
    "conclusion.opinion",
    "conclusion.corrected",
    "portrait.taken_at",
    "portrait.size",
    "documents.front",
    "documents.back",
    "documents.handheld",
    "documents.next",
    "documents.empty",
    "documents.changed",
    "repeated_slot",
    "photo_slot",
    "photo_shows",
    "prediction.passed",
    "prediction.unmet",
    "camera_link",
    "desk.hands_over",
    "desk.open",
    "desk.hours",
    "desk.opens",
    "answer",
    "deletion_why",
    "deletion_asked",
    "deletion_number",
    "late_office",
    "late_count",
    "late_since",
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
        let thing = |thing| Value::from_object(Facts { view: Arc::clone(self), thing });
        let of_case = |of_case| self.case.as_ref().map_or_else(none, |_| thing(of_case));
        Some(match key {
            "batch" => thing(Thing::Batch),
            "bound" => self.candidate.is_some().into(),
            "candidate" => self.candidate.as_ref().map_or_else(none, |_| thing(Thing::Candidate)),
            "other_document" => self.case.as_ref().is_some_and(|case| case.track == Track::NonId).into(),
            "binding_again" => self.binding_again.clone().into(),
            "recorded_phone" => self.recorded_phone().as_deref().map(mask::phone).into(),
            "case" => of_case(Thing::Case),
            "place" => self.chosen().map_or_else(none, |place| thing(Thing::Place(place))),
            "asked" => self.asked_place().map_or_else(none, |place| thing(Thing::Place(place))),
            "nearby" => self.nearby(),
            "elsewhere" => self.elsewhere.into(),
            "earlier" => self.earlier.as_ref().map_or_else(none, |_| thing(Thing::Earlier)),
            "schedule" => thing(Thing::Schedule),
            "code_until" => self.code_until().into(),
            "opinion" => self.case.as_deref().map_or_else(none, facts::opinion),
            "onsite" => self.case.as_deref().map_or_else(none, facts::onsite),
            "conclusion" => self.case.as_deref().map_or_else(none, facts::conclusion),
            "portrait" => match self.case.as_ref().and_then(|case| case.portrait.as_ref()) {
                Some(_) => thing(Thing::Portrait),
                None => none(),
            },
            "documents" => of_case(Thing::Documents),
            "prediction" => self.prediction().map_or_else(none, |prediction| facts::report(&prediction)),
            "camera_link" => self.ticket.as_deref().map(|secret| self.world.camera_link(secret)).into(),
            "desk" => thing(Thing::Desk),
            "answer" => self.fact("answer").unwrap_or_else(none),
            "slots" => self.slots(),
            "input" => self.input.clone().into(),
            "repeated_slot" | "photo_slot" | "photo_shows" | "deletion_why" | "deletion_asked"
            | "deletion_number" | "late_office" | "late_count" | "late_since" => {
                self.fact(key).unwrap_or_else(none)
            }
            other => return self.fact(other).or_else(|| self.fragment(other)),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// What has facts of its own: `case.phone`.
#[derive(Debug, Clone, Copy)]
enum Thing {
    Batch,
    Candidate,
    Case,
    /// By its index in the schedule.
    Place(usize),
    Earlier,
    Schedule,
    Portrait,
    Documents,
    Desk,
}

/// The facts of one thing.
#[derive(Debug)]
struct Facts {
    view: Arc<View>,
    thing: Thing,
}

impl Object for Facts {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (view, fact) = (&*self.view, key.as_str()?);
        let case = view.case.as_deref();
        match self.thing {
            Thing::Batch => view.batch(fact),
            Thing::Candidate => view.candidate(view.candidate.as_deref()?, fact),
            Thing::Case => view.case(case?, fact),
            Thing::Place(index) => view.place(view.world.schedule.places.get(index)?, fact),
            Thing::Earlier => facts::earlier(view.earlier.as_ref()?, fact),
            Thing::Schedule => view.schedule(fact),
            Thing::Portrait => view.portrait(case?, fact),
            Thing::Documents => facts::documents(case?, fact),
            Thing::Desk => view.desk(fact),
        }
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

    /// Until when the newest camera code can be claimed; nothing when that is over.
    fn code_until(&self) -> Option<String> {
        let until = self.code_until.filter(|until| *until > self.now)?;
        Some(time_text(until.civil(&self.world.zone).time()))
    }

    /// The place chosen, by its index in the schedule.
    fn chosen(&self) -> Option<usize> {
        let chosen = self.case.as_ref()?.place.as_ref()?;
        self.world.schedule.position(&chosen.city, &chosen.district)
    }

    /// The place asked about, else the one chosen.
    fn asked_place(&self) -> Option<usize> {
        match self.asked {
            None if self.unplaced => None,
            asked => asked.or_else(|| self.chosen()),
        }
    }

    /// The phone of the record, if it may be given.
    fn recorded_phone(&self) -> Option<String> {
        super::commands::recorded_phone(self.candidate.as_deref()?, self.now.date(&self.world.zone))
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
