//! The facts of one thing as texts see them: a case, a candidate, a place, an opinion.

use minijinja::{Value, context};

use super::{View, none};
use crate::{
    inbound::{Conclusion, Level, Onsite, PhotoSlot},
    mask,
    time::{Millis, date_text, date_with_weekday, moment_text},
    turn::{commands, earlier::Application, position::Near},
    workflow::{
        batch::Window,
        candidate::Candidate,
        case::{Case, Stage},
        plan,
        prediction::{CourseName, Prediction},
        schedule::{Hours, Place},
        transition::{self, DOCUMENT_SLOTS},
    },
};

impl View {
    pub(super) fn batch(&self, fact: &str) -> Option<Value> {
        let batch = &self.world.batch;
        let next = || self.world.next_batch(self.now);
        Some(match fact {
            "name" => batch.name.as_str().into(),
            "opens" => moment_text(batch.opens).into(),
            "closes" => moment_text(batch.closes).into(),
            "window" => window(self.world.window(self.now)).into(),
            "ends" => {
                // Its last moment, because the end itself is midnight.
                date_text(self.world.ends_at().minus_seconds(1).date(&self.world.zone)).into()
            }
            "next_name" => next().map(|next| next.name.as_str()).into(),
            "next_opens" => next().map(|next| moment_text(next.opens)).into(),
            "promise" => batch.review_promise_working_days.into(),
            "portrait_review_ends" => moment_text(batch.portrait_review_ends).into(),
            "prior_credential_due" => batch.prior_credential_due.map(date_text).into(),
            "collection" => batch.collection_text().into(),
            _ => return None,
        })
    }

    pub(super) fn schedule(&self, fact: &str) -> Option<Value> {
        let now = self.now.civil(&self.world.zone);
        let places = &self.world.schedule.places;
        Some(match fact {
            "count" => places.len().into(),
            "hours" => {
                let hours = places.first().map(|place| place.hours);
                let common = hours.filter(|hours| places.iter().all(|place| place.hours == *hours));
                common.map(|hours: Hours| hours.text()).into()
            }
            "left" => {
                let left =
                    places.iter().zip(&self.world.places).filter(|(place, _)| place.next_day(now).is_some());
                left.map(|(_, offer)| offer.label.as_str()).collect::<Vec<_>>().join("、").into()
            }
            _ => return None,
        })
    }

    pub(super) fn desk(&self, fact: &str) -> Option<Value> {
        let (desk, now) = (&self.world.desk, self.now.civil(&self.world.zone));
        Some(match fact {
            "hands_over" => desk.hands_over.into(),
            "open" => desk.is_open(now).into(),
            "hours" => desk.hours_text().into(),
            "opens" => desk.opens_text(now).into(),
            _ => return None,
        })
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

    pub(super) fn candidate(&self, candidate: &Candidate, fact: &str) -> Option<Value> {
        let plan = || self.world.plans.get(&candidate.plan_key());
        Some(match fact {
            "name" => mask::name(&candidate.name).into(),
            "full_name" => candidate.name.as_str().into(),
            "gender" => candidate.gender.label().into(),
            "exam_no" => candidate.exam_no.as_str().into(),
            "document_type" => candidate.document_type.label().into(),
            "document_no" => mask::document_for_owner(candidate.document_type, &candidate.document_no).into(),
            "major" => plan().map_or(candidate.major.code.as_str(), |plan| plan.name.as_str()).into(),
            "phone" => candidate.phone.as_deref().map(mask::phone).into(),
            "forms" => candidate.form_count().into(),
            "bachelor" => plan().is_none_or(|plan| plan.level == plan::Level::Bachelor).into(),
            _ => return None,
        })
    }

    pub(super) fn case(&self, case: &Case, fact: &str) -> Option<Value> {
        let population = case.population.as_ref();
        Some(match fact {
            "number" => spoken(&case.number).into(),
            "stage" => case.stage.name().into(),
            "closed" => (case.stage.ends_with_window() && self.world.moment(self.now).is_late()).into(),
            "in_review" => case.stage.reviewed_at().is_some().into(),
            "submitted" => case.stage.is_submitted().into(),
            "overdue" => self.is_overdue(case).into(),
            "phone" => case.phone.as_deref().map(mask::phone).into(),
            "portrait_early" => case.portrait_early.into(),
            "phone_unusual" => commands::is_unusual(case, self.now.date(&self.world.zone)).into(),
            "documents_follow" => transition::documents_follow(case).into(),
            "portrait_ok" => case.portrait_ok.into(),
            "round_at" => case.rounds.last().map(|round| self.moment(round.submitted_at)).into(),
            "population_reason" => {
                population.map(|population| population.reason.as_str()).unwrap_or_default().into()
            }
            "population_matched" => population.is_some_and(|population| population.matched).into(),
            _ => return None,
        })
    }

    pub(super) fn portrait(&self, case: &Case, fact: &str) -> Option<Value> {
        let there = case.portrait.as_ref().zip(case.portrait_at);
        Some(match fact {
            "taken_at" => there.map(|(_, taken_at)| self.moment(taken_at)).into(),
            "size" => there.map(|(photo, _)| format!("{}×{}", photo.width, photo.height)).into(),
            _ => return None,
        })
    }

    pub(super) fn place(&self, place: &Place, fact: &str) -> Option<Value> {
        let now = self.now.civil(&self.world.zone);
        Some(match fact {
            "name" => place.district.as_str().into(),
            "dates" => place.days_text(now).into(),
            "hours" => place.hours.text().into(),
            "address" => place.address.as_str().into(),
            "phones" => place.phones_text().into(),
            "over" => place.next_day(now).is_none().into(),
            "left" => place.days_left_text(now).into(),
            _ => return None,
        })
    }

    /// Zx: the batch is over, so are the days of the place, and no check on site was passed.
    fn is_overdue(&self, case: &Case) -> bool {
        let now = self.now.civil(&self.world.zone);
        let place = self.chosen().and_then(|place| self.world.schedule.places.get(place));
        case.stage == Stage::Submitted
            && self.world.window(self.now) == Window::Closed
            && place.is_some_and(|place| place.next_day(now).is_none())
    }

    fn moment(&self, at: Millis) -> String {
        moment_text(at.civil(&self.world.zone))
    }
}

const fn window(window: Window) -> &'static str {
    match window {
        Window::Before => "before",
        Window::Open => "open",
        Window::ReviewOnly => "review_only",
        Window::Closed => "closed",
    }
}

/// 「1234-5678」: two groups are easier to say.
pub(in crate::turn) fn spoken(number: &str) -> String {
    match number.split_at_checked(4) {
        Some((head, tail)) if !tail.is_empty() => format!("{head}-{tail}"),
        _ => number.to_owned(),
    }
}

pub(super) fn earlier(application: &Application, fact: &str) -> Option<Value> {
    Some(match fact {
        "batch" => application.batch_name.as_str().into(),
        "number" => spoken(&application.number).into(),
        "stage" => application.stage.name().into(),
        _ => return None,
    })
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

/// The last record of the check on site.
pub(super) fn onsite(case: &Case) -> Value {
    let Some(record) = case.onsite.last() else { return none() };
    let missing = match &record.outcome {
        Onsite::Papers(missing) => missing.as_str(),
        Onsite::Passed | Onsite::Absent => "",
    };
    context! {
        outcome => record.outcome.name(),
        missing,
        day => date_with_weekday(record.day),
        corrected => case.is_onsite_corrected(),
    }
}

/// What the province office concluded.
pub(super) fn conclusion(case: &Case) -> Value {
    let Some(concluded) = case.concluded.last() else { return none() };
    let opinion = match &concluded.conclusion {
        Conclusion::Failed(opinion) => opinion.as_str(),
        Conclusion::Passed => "",
    };
    context! { opinion, corrected => case.concluded.len() > 1 }
}

pub(super) fn documents(case: &Case, fact: &str) -> Option<Value> {
    let has = |slot| case.documents.contains_key(&slot);
    Some(match fact {
        "front" => has(PhotoSlot::Front).into(),
        "back" => has(PhotoSlot::Back).into(),
        "handheld" => has(PhotoSlot::Handheld).into(),
        "next" => DOCUMENT_SLOTS.into_iter().find(|slot| !has(*slot)).map(PhotoSlot::name).into(),
        "empty" => case.documents.is_empty().into(),
        "changed" => case.documents_changed.into(),
        _ => return None,
    })
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
