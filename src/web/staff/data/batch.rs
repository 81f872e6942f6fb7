//! One batch: its times to create and to change, and its places.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    fields::{self, Field, Labels},
    words,
};
use crate::{
    office::{
        Who, batches,
        imports::{Desk, ImportError, Kind},
        schedule,
    },
    store::{StaffRow, WorldRows},
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::{batch::Batch, mistake::Mistake, schedule::Place},
};

#[derive(Serialize)]
pub(in crate::web::staff) struct BatchPage {
    /// Empty of a new one.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) window: &'static str,
    pub(super) is_present: bool,
    pub(super) fields: Vec<Field>,
    /// What is wrong with no single field.
    pub(super) wrong: Vec<String>,
    /// Of the world that the form was filled from.
    pub(super) seen: i64,
    pub(super) places: Vec<PlaceLine>,
}

impl View for BatchPage {
    const TEMPLATE: &'static str = "staff/batch.html";
    const SECTION: Section = Section::Data;
}

/// A place of the batch.
#[derive(Serialize)]
pub(super) struct PlaceLine {
    pub(super) city: String,
    pub(super) district: String,
    /// To the form of its row.
    pub(super) href: String,
    pub(super) days: String,
    pub(super) hours: String,
    pub(super) address: String,
    pub(super) phones: String,
    /// Applications that have chosen it.
    pub(super) chosen: i64,
}

/// The id of a batch that is there is no field any more.
pub(super) const LABELS: Labels = &[
    ("id", "批次编号", "text"),
    ("name", "名字", "text"),
    ("opens", "申请开始", "datetime-local"),
    ("closes", "申请截止", "datetime-local"),
    ("portrait_review_ends", "照片审核截止", "datetime-local"),
    ("prior_credential_due", "补填前置学历截止", "date"),
    ("collection_begins", "开始领毕业证书", "date"),
    ("collection_ends", "领毕业证书截止", "date"),
    ("year", "年份", "number"),
    ("review_promise_working_days", "承诺几个工作日审核完", "number"),
    ("schedule", "办理地点文件名", "text"),
];
/// Fields that hold numbers.
const NUMBERS: [&str; 2] = ["year", "review_promise_working_days"];

/// What a form has: its own fields and those of the page.
type Typed = Vec<(String, String)>;

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// The form of a new batch.
pub(super) async fn empty(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, WebError> {
    let rows = site.runner.store.world_rows().await?;
    Ok(frame::show(&signed_in, &form(&rows, None, &[], &[]), None))
}

/// A batch with its places.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, WebError> {
    let notice = match done.as_str() {
        "created" => Some("批次已建好。下一步：导入它的办理地点。"),
        "changed" => Some("已保存，几秒后考生看到的就是新的。"),
        "place" => Some("办理地点已保存，几秒后考生看到的就是新的。"),
        _ => None,
    };
    let rows = site.runner.store.world_rows().await?;
    let Some(batch) = batches::known(&rows.batches)?.into_iter().find(|batch| batch.id == id) else {
        return Ok(frame::missing(&signed_in));
    };
    let view = form(&rows, Some(&batch), &typed(&batch), &[]);
    shown(&site, &signed_in, &batch, view, notice.map(Notice::done)).await
}

/// Stores a new batch.
pub(super) async fn create(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(given): Form<Typed>,
) -> Result<Response, WebError> {
    let zone = site.runner.world.load().zone.clone();
    let stored = batches::create(desk(&site, &signed_in.staff, &zone), read(&given)).await;
    let error = match stored {
        Ok(batch) => return Ok(done(&batch.id, "created")),
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let rows = site.runner.store.world_rows().await?;
    let view = form(&rows, None, &given, mistakes(&error));
    Ok(frame::show(&signed_in, &view, Some(Notice::refused(words::refusal(&error)))))
}

/// Changes a batch that is there.
pub(super) async fn change(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Typed>,
) -> Result<Response, WebError> {
    let Ok(seen) = fields::value(&given, "seen").parse() else { return Ok(frame::unreadable(&signed_in)) };
    let typed_id = ("id".to_owned(), id.clone());
    let given: Typed = std::iter::once(typed_id).chain(given).collect();
    let zone = site.runner.world.load().zone.clone();
    let stored = batches::change(desk(&site, &signed_in.staff, &zone), read(&given), seen).await;
    let error = match stored {
        Ok(_) => return Ok(done(&id, "changed")),
        Err(ImportError::NoBatch) => return Ok(frame::missing(&signed_in)),
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let rows = site.runner.store.world_rows().await?;
    let Some(batch) = batches::known(&rows.batches)?.into_iter().find(|batch| batch.id == id) else {
        return Ok(frame::missing(&signed_in));
    };
    let mut view = form(&rows, Some(&batch), &given, mistakes(&error));
    if matches!(error, ImportError::Changed) {
        fields::tell_stored(&mut view.fields, &typed(&batch));
    }
    shown(&site, &signed_in, &batch, view, Some(Notice::refused(words::refusal(&error)))).await
}

fn done(id: &str, what: &str) -> Response {
    Redirect::to(&format!("/staff/data/batches/{id}?done={what}")).into_response()
}

/// An office's desk for one request.
pub(super) fn desk<'d>(site: &'d Site, staff: &'d StaffRow, zone: &'d jiff::tz::TimeZone) -> Desk<'d> {
    Desk { store: &site.runner.store, who: Who::Staff(staff), now: site.runner.clock.business(), zone }
}

pub(super) fn mistakes(error: &ImportError) -> &[Mistake] {
    match error {
        ImportError::Mistakes { shown, .. } => shown,
        _ => &[],
    }
}

/// The page of a batch that is there.
async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    batch: &Batch,
    view: BatchPage,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let world = site.runner.world.load_full();
    let desk = desk(site, &signed_in.staff, &world.zone);
    let now = desk.now.civil(desk.zone);
    let places = match schedule::places(desk, &batch.id).await {
        Ok((places, _)) => places,
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(frame::missing(signed_in)),
    };
    let view = BatchPage {
        window: crate::office::words::window(batch.window(now)),
        is_present: world.batch.id == batch.id,
        places: places.iter().map(|(place, chosen)| line(&batch.id, place, *chosen)).collect(),
        ..view
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn line(batch: &str, place: &Place, chosen: i64) -> PlaceLine {
    let day = |day: &jiff::civil::Date| crate::time::date_with_weekday(*day);
    PlaceLine {
        city: place.city.clone(),
        district: place.district.clone(),
        href: super::place::href(batch, &place.city, &place.district),
        days: place.days.iter().map(day).collect::<Vec<_>>().join("、"),
        hours: place.hours.text(),
        address: place.address.clone(),
        phones: place.phones_text(),
        chosen,
    }
}

fn form(rows: &WorldRows, batch: Option<&Batch>, given: &[(String, String)], found: &[Mistake]) -> BatchPage {
    let mut shown = fields::of(&Kind::Batches.columns(), LABELS, given, found);
    if batch.is_some() {
        shown.retain(|field| field.name != "id");
    }
    let wrong = fields::elsewhere(&shown, found);
    BatchPage {
        id: batch.map(|batch| batch.id.clone()).unwrap_or_default(),
        name: batch.map(|batch| batch.name.clone()).unwrap_or_default(),
        window: "",
        is_present: false,
        fields: shown,
        wrong,
        seen: rows.version,
        places: Vec::new(),
    }
}

/// What a form would have for a batch.
fn typed(batch: &Batch) -> Typed {
    let value = serde_json::to_value(batch).expect("a batch has text keys only");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// A form as `office::batches` reads it: what is empty is not there, what should be a number and is none stays as it is.
fn read(given: &[(String, String)]) -> Value {
    let value = |name: &str, text: &str| match text.parse::<u64>() {
        Ok(number) if NUMBERS.contains(&name) => Value::from(number),
        _ => Value::from(text),
    };
    let fields = LABELS.iter().map(|(name, ..)| (*name, fields::value(given, name)));
    let fields = fields.filter(|(_, text)| !text.is_empty());
    Value::Object(fields.map(|(name, text)| (name.to_owned(), value(name, text))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_the_batch_says() {
        let batch: Batch =
            serde_json::from_str(include_str!("../../../../examples/data/batch.json")).unwrap();
        assert_eq!(crate::workflow::batch::read(read(&typed(&batch))).unwrap(), batch);
        let columns: Vec<String> = Kind::Batches.columns().into_iter().map(|column| column.name).collect();
        let labels: Vec<&str> = LABELS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(columns, labels, "every field of a batch has a label");
    }
}
