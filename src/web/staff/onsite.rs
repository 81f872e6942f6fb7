//! On site: the places that an account sees with their days, a day's list, and the province's last word.

mod conclude;
mod day;
mod print;
mod rows;

use std::sync::Arc;

use axum::{extract::State, response::Response};
use jiff::civil::{Date, DateTime};
use serde::Serialize;

#[cfg(test)]
pub(super) use conclude::ConcludePage;
#[cfg(test)]
pub(super) use day::DayPage;
#[cfg(test)]
pub(super) use print::PrintPage;

use super::{
    address,
    desk::Desk,
    frame::{self, Section, View},
    gate::SignedIn,
    refused::unseen,
};
use crate::{
    office::{
        Act, LookError, ReviewError, Who, look, onsite::AppointmentsError, overview::Load, words as office,
    },
    runner::RunError,
    time::date_with_weekday,
    turn::World,
    web::{Site, WebError},
    workflow::{case::Case, schedule},
};

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff/onsite", Act::RecordOnsite, page)
        .get("/staff/onsite/{place}/{day}", Act::RecordOnsite, day::page)
        .post("/staff/onsite/{place}/{day}", Act::RecordOnsite, day::record)
        .post("/staff/onsite/{place}/{day}/find", Act::RecordOnsite, day::find)
        .get("/staff/onsite/{place}/{day}/print", Act::RecordOnsite, print::page)
        .get(conclude::LIST, Act::Conclude, conclude::page)
        .post("/staff/onsite/conclude/{number}", Act::Conclude, conclude::conclude)
}

#[derive(Serialize)]
pub(super) struct PlacesPage {
    rows: Vec<PlaceRow>,
    may_conclude: bool,
}

impl View for PlacesPage {
    const TEMPLATE: &'static str = "staff/onsite.html";
    const SECTION: Section = Section::Onsite;
}

#[derive(Serialize)]
struct PlaceRow {
    words: String,
    hours: String,
    days: Vec<DayLink>,
    submitted: i64,
    each_day: i64,
}

/// One of a place's days.
#[derive(Serialize)]
struct DayLink {
    words: String,
    href: String,
    /// 今天, 已过; nothing for days to come.
    mark: Option<&'static str>,
    is_here: bool,
}

async fn page(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, WebError> {
    let world = site.runner.world.load_full();
    let now = site.runner.clock.now();
    let overview = match site.overviews.of(&site.runner.store, &signed_in.role, &world, now).await {
        Ok(overview) => overview,
        Err(error) => return unseen(&signed_in, error),
    };
    let civil = now.business.civil(&world.zone);
    let rows = overview.load.iter().filter_map(|load| row(load, &world, civil)).collect();
    let view = PlacesPage { rows, may_conclude: signed_in.role.may(Act::Conclude) };
    Ok(frame::show(&signed_in, &view, None))
}

fn row(load: &Load, world: &World, now: DateTime) -> Option<PlaceRow> {
    let place = world.schedule.place(&load.place.city, &load.place.district)?;
    Some(PlaceRow {
        words: office::place(Some(&load.place)),
        hours: place.hours.text(),
        days: days(place, now, None),
        submitted: load.submitted,
        each_day: load.each_day(),
    })
}

fn days(place: &schedule::Place, now: DateTime, here: Option<Date>) -> Vec<DayLink> {
    let link = |day: &Date| DayLink {
        words: date_with_weekday(*day),
        href: address::onsite_day(&place.city, &place.district, *day),
        mark: match day {
            day if *day == now.date() => Some("今天"),
            day if place.is_over(*day, now) => Some("已过"),
            _ => None,
        },
        is_here: here == Some(*day),
    };
    place.days.iter().map(link).collect()
}

/// A list that there is not, or not for this account.
fn declined(signed_in: &SignedIn, error: AppointmentsError) -> Result<Response, WebError> {
    match error {
        AppointmentsError::Role | AppointmentsError::Place | AppointmentsError::Day(_) => {
            Ok(frame::missing(signed_in))
        }
        AppointmentsError::Store(error) => Err(error.into()),
    }
}

/// The case of a number, if the account may do this to it: another office's is as unknown as none.
async fn own(
    site: &Site,
    signed_in: &SignedIn,
    number: &str,
    act: Act,
) -> Result<Option<Arc<Case>>, WebError> {
    match look::find(&site.runner, Who::Staff(&signed_in.staff), number, act).await {
        Ok(found) => Ok(found.map(|(case, _)| case)),
        Err(LookError::Role) => Ok(None),
        Err(LookError::Store(error)) => Err(error.into()),
    }
}

/// What could not be stored; what was refused has words of its own.
fn failed(error: ReviewError) -> WebError {
    match error {
        ReviewError::Store(error) => error.into(),
        ReviewError::Run(error) => error.into(),
        _ => RunError::Contended.into(),
    }
}

#[cfg(test)]
impl PlacesPage {
    /// A place with a day.
    pub(super) fn sample() -> Self {
        let day = DayLink {
            words: "6月15日（周一）".into(),
            href: "/staff/onsite/x/2026-06-15".into(),
            mark: Some("今天"),
            is_here: false,
        };
        let row = PlaceRow {
            words: "<样例>市天河区".into(),
            hours: "9:15–11:30".into(),
            days: vec![day],
            submitted: 12,
            each_day: 6,
        };
        Self { rows: vec![row], may_conclude: true }
    }
}
