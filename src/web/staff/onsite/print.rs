//! A day's list for paper: everybody on it, with room to sign.

use axum::{
    extract::{Path, State},
    response::Response,
};
use jiff::civil::Date;
use serde::Serialize;

use super::{
    declined,
    rows::{Counts, Row},
};
use crate::{
    office::{onsite, words as office},
    time::date_with_weekday,
    web::{
        Site, WebError,
        staff::{
            address,
            frame::{self, Section, View},
            gate::SignedIn,
        },
    },
};

#[derive(Serialize)]
pub(in crate::web::staff) struct PrintPage {
    back: String,
    place: String,
    day: String,
    hours: String,
    address: String,
    counts: Counts,
    /// When it was made, and by whom.
    at: String,
    by: String,
    rows: Vec<Row>,
}

impl View for PrintPage {
    const TEMPLATE: &'static str = "staff/onsite-print.html";
    const SECTION: Section = Section::Onsite;
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((place, day)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let Ok(day) = day.parse::<Date>() else { return Ok(frame::missing(&signed_in)) };
    let list = match onsite::appointments(&site.runner, &signed_in.staff, &place, Some(day)).await {
        Ok(list) => list,
        Err(error) => return declined(&signed_in, error),
    };
    let place = &list.place;
    let view = PrintPage {
        back: address::onsite_day(&place.city, &place.district, day),
        place: place.key().replace('/', ""),
        day: date_with_weekday(day),
        hours: place.hours.text(),
        address: place.address.clone(),
        counts: Counts::of(&list.people, day),
        at: office::moment(site.runner.clock.business(), &site.runner.world.load().zone),
        by: signed_in.staff.name.clone(),
        rows: list.people.iter().map(|one| Row::of(one, day)).collect(),
    };
    // Thousands of lines are a thread's work.
    let shown = tokio::task::spawn_blocking(move || frame::show(&signed_in, &view, None));
    Ok(shown.await.expect("showing a page does not panic"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::staff::frame::{Frame, render};

    impl PrintPage {
        /// With one person.
        pub(in crate::web::staff) fn sample() -> Self {
            Self {
                back: "/staff/onsite/x/2026-06-15".into(),
                place: "<样例>市天河区".into(),
                day: "6月15日（周一）".into(),
                hours: "9:15–11:30".into(),
                address: "<样例>".into(),
                counts: Counts::default(),
                at: "2026-06-15 09:30".into(),
                by: "<样例>".into(),
                rows: vec![Row::sample()],
            }
        }
    }

    /// The largest district of a batch has some five thousand: the whole list is one page for the printer.
    #[test]
    fn a_large_place_fits_one_rendering() {
        let rows = (0..5000).map(|_| Row::sample()).collect();
        let html = render(Frame::sample(), &PrintPage { rows, ..PrintPage::sample() }).unwrap();
        assert!(html.matches("1234-5678").count() >= 5000);
    }
}
