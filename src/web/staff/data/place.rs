//! One place's row of a batch: typed, looked at with whom it concerns, stored as it was looked at.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    batch::{desk, mistakes},
    fields::{self, Field, Labels},
    words::{self, Difference},
};
use crate::{
    office::{
        imports::{ImportError, Kind},
        schedule::{self, Edit, Edited},
    },
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::{
        mistake::Mistake,
        schedule::{COLUMNS, Place},
    },
};

#[derive(Serialize)]
pub(in crate::web::staff) struct PlacePage {
    /// The batch's id.
    pub(super) batch: String,
    pub(super) city: String,
    pub(super) district: String,
    /// Where the form goes.
    pub(super) href: String,
    pub(super) fields: Vec<Field>,
    pub(super) wrong: Vec<String>,
    pub(super) seen: i64,
    /// Applications that have chosen it.
    pub(super) chosen: i64,
    /// What an edit would change, once it has been looked at.
    pub(super) trial: Option<Trial>,
}

impl View for PlacePage {
    const TEMPLATE: &'static str = "staff/place.html";
    const SECTION: Section = Section::Data;
}

/// An edit that was looked at.
#[derive(Serialize)]
pub(super) struct Trial {
    pub(super) changes: Vec<Difference>,
    /// Whoever has chosen the place may come at the wrong time.
    pub(super) is_moved: bool,
}

/// City and district, which name the place, are none of them; `days` is what `date_ranges` says.
pub(super) const LABELS: Labels = &[
    ("address", "地址", "text"),
    ("phones", "电话", "text"),
    ("date_ranges", "初审的日子", "text"),
    ("am_start", "上午从", "text"),
    ("am_end", "上午到", "text"),
    ("pm_start", "下午从", "text"),
    ("pm_end", "下午到", "text"),
    ("latitude", "纬度", "text"),
    ("longitude", "经度", "text"),
];

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    city: String,
    #[serde(default)]
    district: String,
}

/// The address of a place's form.
pub(super) fn href(batch: &str, city: &str, district: &str) -> String {
    let query = serde_html_form::to_string([("city", city), ("district", district)]).unwrap_or_default();
    format!("/staff/data/batches/{batch}/place?{query}")
}

/// The form.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(batch): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, WebError> {
    let Some(found) = find(&site, &signed_in, &batch, &which).await? else {
        return Ok(frame::missing(&signed_in));
    };
    let typed = typed(&found.place);
    Ok(frame::show(&signed_in, &found.form(&batch, &typed, &[]), None))
}

/// Looks at an edit, or stores it as it was looked at.
pub(super) async fn edit(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(batch): Path<String>,
    Query(which): Query<Which>,
    Form(given): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let Ok(seen) = fields::value(&given, "seen").parse() else { return Ok(frame::unreadable(&signed_in)) };
    let is_trial = fields::value(&given, "step") != "store";
    let own = LABELS.iter().filter(|(name, ..)| given.iter().any(|(field, _)| field == name));
    let own: Vec<(String, String)> =
        own.map(|(name, ..)| ((*name).to_owned(), fields::value(&given, name).to_owned())).collect();
    let edit = Edit { batch: &batch, city: &which.city, district: &which.district, fields: &own, seen };
    let zone = site.runner.world.load().zone.clone();
    let edited = schedule::edit(desk(&site, &signed_in.staff, &zone), edit, is_trial).await;
    if let (Ok(_), false) = (&edited, is_trial) {
        return Ok(Redirect::to(&format!("/staff/data/batches/{batch}?done=place")).into_response());
    }
    let Some(found) = find(&site, &signed_in, &batch, &which).await? else {
        return Ok(frame::missing(&signed_in));
    };
    let error = match edited {
        Ok(edited) => {
            let view = found.form(&batch, &own, &[]);
            let notice = edited.changes.is_empty().then(|| Notice::done("和现在存的一样，没有要改的。"));
            return Ok(frame::show(&signed_in, &PlacePage { trial: trial(&edited), ..view }, notice));
        }
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let mut view = found.form(&batch, &own, mistakes(&error));
    if matches!(error, ImportError::Changed) {
        fields::tell_stored(&mut view.fields, &typed(&found.place));
    }
    Ok(frame::show(&signed_in, &view, Some(Notice::refused(words::refusal(&error)))))
}

fn trial(edited: &Edited) -> Option<Trial> {
    let changes: Vec<Difference> =
        edited.changes.iter().map(|change| Difference::of(change, LABELS)).collect();
    (!changes.is_empty()).then_some(Trial { changes, is_moved: edited.is_moved })
}

/// A place as it is stored.
struct Found {
    place: Place,
    chosen: i64,
    version: i64,
}

impl Found {
    /// The form with what was typed and what is wrong with it.
    fn form(&self, batch: &str, typed: &[(String, String)], found: &[Mistake]) -> PlacePage {
        let fields = fields::of(&Kind::Schedule.columns(), LABELS, typed, found);
        PlacePage {
            batch: batch.to_owned(),
            city: self.place.city.clone(),
            district: self.place.district.clone(),
            href: href(batch, &self.place.city, &self.place.district),
            wrong: fields::elsewhere(&fields, found),
            fields,
            seen: self.version,
            chosen: self.chosen,
            trial: None,
        }
    }
}

async fn find(
    site: &Site,
    signed_in: &SignedIn,
    batch: &str,
    which: &Which,
) -> Result<Option<Found>, WebError> {
    let zone = site.runner.world.load().zone.clone();
    let (places, version) = match schedule::places(desk(site, &signed_in.staff, &zone), batch).await {
        Ok(found) => found,
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let is_it = |place: &Place| place.city == which.city && place.district == which.district;
    let found = places.into_iter().find(|(place, _)| is_it(place));
    Ok(found.map(|(place, chosen)| Found { place, chosen, version }))
}

/// What a form would have for a place.
fn typed(place: &Place) -> Vec<(String, String)> {
    COLUMNS.iter().zip(place.cells()).map(|(column, cell)| ((*column).to_owned(), cell)).collect()
}
