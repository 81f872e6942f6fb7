//! The facts of one thing as texts see them: a case, a candidate, a place, an opinion.

use minijinja::{Value, context};

use super::{View, none};
use crate::{
    inbound::{Level, PhotoSlot},
    mask,
    time::moment_text,
    turn::{earlier::Application, position::Near},
    workflow::{
        candidate::Candidate,
        case::Case,
        plan,
        prediction::{CourseName, Prediction},
        schedule::{Hours, Place},
        transition::{self, DOCUMENT_SLOTS},
    },
};

impl View {
    pub(super) fn schedule(&self) -> Value {
        let now = self.now.civil(&self.world.zone);
        let places = &self.world.schedule.places;
        let hours = places.first().map(|place| place.hours);
        let hours = hours.filter(|hours| places.iter().all(|place| place.hours == *hours));
        let left = places.iter().zip(&self.world.places).filter(|(place, _)| place.next_day(now).is_some());
        context! {
            count => places.len(),
            hours => hours.map(|hours: Hours| hours.text()),
            left => left.map(|(_, offer)| offer.label.as_str()).collect::<Vec<_>>().join("、"),
        }
    }

    pub(super) fn desk(&self) -> Value {
        let (desk, now) = (&self.world.desk, self.now.civil(&self.world.zone));
        context! {
            hands_over => desk.hands_over,
            open => desk.is_open(now),
            hours => desk.hours_text(),
            opens => desk.opens_text(now),
        }
    }

    /// The places near a position, the nearest first; 0 kilometres is less than one.
    pub(super) fn nearby(&self) -> Value {
        let near = |near: &Near| {
            context! {
                name => self.world.places[near.place].label.as_str(),
                number => near.number,
                kilometres => if near.metres < 1000 { 0 } else { (near.metres + 500) / 1000 },
            }
        };
        self.nearby.iter().map(near).collect::<Vec<_>>().into()
    }

    pub(super) fn candidate(&self, candidate: &Candidate) -> Value {
        let plan = self.world.plans.get(&candidate.plan_key());
        context! {
            name => mask::name(&candidate.name),
            full_name => candidate.name.as_str(),
            gender => candidate.gender.label(),
            exam_no => candidate.exam_no.as_str(),
            document_type => candidate.document_type.label(),
            document_no => mask::document_for_owner(candidate.document_type, &candidate.document_no),
            major => plan.map_or_else(
                || candidate.major.code.clone(),
                |plan| plan.name.clone(),
            ),
            phone => candidate.phone.as_deref().map(mask::phone),
            forms => candidate.form_count(),
            bachelor => plan.is_none_or(|plan| plan.level == plan::Level::Bachelor),
        }
    }

    pub(super) fn case(&self, case: &Case) -> Value {
        let round_at =
            case.rounds.last().map(|round| moment_text(round.submitted_at.civil(&self.world.zone)));
        let population = case.population.as_ref();
        context! {
            number => spoken(&case.number),
            stage => case.stage.name(),
            closed => case.stage.ends_with_window() && self.world.moment(self.now).is_late(),
            in_review => case.stage.reviewed_at().is_some(),
            phone => case.phone.as_deref().map(mask::phone),
            portrait_early => case.portrait_early,
            phone_unusual => crate::turn::commands::is_unusual(case, self.now.date(&self.world.zone)),
            documents_follow => transition::documents_follow(case),
            portrait_ok => case.portrait_ok,
            round_at,
            population_reason => population.map(|population| population.reason.clone()).unwrap_or_default(),
            population_matched => population.is_some_and(|population| population.matched),
        }
    }

    pub(super) fn portrait(&self, case: &Case) -> Value {
        let Some((photo, taken_at)) = case.portrait.as_ref().zip(case.portrait_at) else { return none() };
        context! {
            taken_at => moment_text(taken_at.civil(&self.world.zone)),
            size => format!("{}×{}", photo.width, photo.height),
        }
    }

    pub(super) fn place(&self, place: &Place) -> Value {
        let now = self.now.civil(&self.world.zone);
        context! {
            name => place.district.as_str(),
            dates => place.days_text(now),
            hours => place.hours.text(),
            address => place.address.as_str(),
            phones => place.phones_text(),
            over => place.next_day(now).is_none(),
        }
    }
}

/// 「1234-5678」: two groups are easier to say.
fn spoken(number: &str) -> String {
    match number.split_at_checked(4) {
        Some((head, tail)) if !tail.is_empty() => format!("{head}-{tail}"),
        _ => number.to_owned(),
    }
}

pub(super) fn earlier(application: &Application) -> Value {
    let Application { batch_name, number, stage, .. } = application;
    context! { batch => batch_name.as_str(), number => spoken(number), stage => stage.name() }
}

/// The latest rejection, while nothing newer was decided.
pub(super) fn opinion(case: &Case) -> Value {
    let Some(decided) = case.last_decision() else { return none() };
    let Some(rejected) = &decided.rejected else { return none() };
    let level = match decided.level {
        Level::City => "city",
        Level::Province => "province",
    };
    context! { level, part => rejected.part.name(), text => rejected.opinion.as_str() }
}

pub(super) fn documents(case: &Case) -> Value {
    let has = |slot| case.documents.contains_key(&slot);
    let next = DOCUMENT_SLOTS.into_iter().find(|slot| !has(*slot)).map(PhotoSlot::name);
    context! {
        front => has(PhotoSlot::Front),
        back => has(PhotoSlot::Back),
        handheld => has(PhotoSlot::Handheld),
        next,
        empty => case.documents.is_empty(),
        changed => case.documents_changed,
    }
}

pub(super) fn report(prediction: &Prediction) -> Value {
    let unmet: Vec<Value> = prediction
        .unmet
        .iter()
        .map(|unmet| {
            let line = unmet.line();
            let names = |courses: &[CourseName]| {
                courses.iter().map(|course| course.name.as_str()).collect::<Vec<_>>().join("、")
            };
            context! {
                code => line.code,
                name => line.name,
                kind => line.kind,
                group => line.group,
                reason => line.reason,
                courses => names(&line.courses),
                instead => names(&line.instead),
            }
        })
        .collect();
    context! { passed => prediction.passed, unmet }
}
