//! Cases as a workbook: which, and the file.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};

use super::batch::desk;
use crate::{
    office::{
        Role,
        batches::latest_first,
        export::{ExportError, ExportFilter},
        schedule, words,
    },
    store::WorldRows,
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
        workbook::{self, Unmade},
    },
    workflow::{batch::Batch, case::Stage},
};

#[derive(Serialize)]
pub(in crate::web::staff) struct ExportPage {
    pub(super) batches: Vec<Choice>,
    /// Cities and districts; a city's own only.
    pub(super) places: Vec<Choice>,
    pub(super) stages: Vec<Choice>,
}

impl View for ExportPage {
    const TEMPLATE: &'static str = "staff/export.html";
    const SECTION: Section = Section::People;
}

/// Something to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) is_chosen: bool,
}

#[derive(Deserialize, Default)]
pub(super) struct Wanted {
    #[serde(default)]
    batch: String,
    /// `广州市/天河区`, `广州市`, or empty.
    #[serde(default)]
    place: String,
    /// Words of stages.
    #[serde(default)]
    stage: Vec<String>,
}

/// The form.
pub(super) async fn page(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, WebError> {
    let batch = site.runner.world.load().batch.id.clone();
    shown(&site, &signed_in, &Wanted { batch, ..Wanted::default() }, None).await
}

/// The file.
pub(super) async fn cases(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(wanted): Form<Wanted>,
) -> Result<Response, WebError> {
    let known = latest_first(&site.runner.store.batch_rows().await?)?;
    let is_stage = |wanted: &String| Stage::ALL.into_iter().any(|stage| words::stage(stage) == wanted);
    if known.iter().all(|batch| batch.id != wanted.batch) || !wanted.stage.iter().all(is_stage) {
        let words = "没有这个批次或状态，请从列表里选。什么都没有导出。";
        return shown(&site, &signed_in, &wanted, Some(Notice::refused(words))).await;
    }
    let zone = site.runner.world.load().zone.clone();
    let desk = desk(&site, &signed_in.staff, &zone);
    let words = match workbook::cases(desk, &filter(&wanted)).await {
        Ok(answer) => return Ok(answer),
        Err(Unmade::Busy) => "现在有两份名册正在导出。请过一两分钟再试。",
        Err(Unmade::Export(ExportError::Role)) => "您的账号只能导出自己市的名册。什么都没有导出。",
        Err(Unmade::Export(ExportError::Store(error))) => return Err(error.into()),
        Err(Unmade::Export(ExportError::Write(error))) => return Err(error.into()),
        Err(Unmade::File(error)) => return Err(error.into()),
    };
    shown(&site, &signed_in, &wanted, Some(Notice::refused(words))).await
}

/// Empty fields leave a place open, and no stage is every stage.
fn filter(wanted: &Wanted) -> ExportFilter {
    let (city, district) = wanted.place.split_once('/').unwrap_or((&wanted.place, ""));
    let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    let is_wanted = |stage: &Stage| wanted.stage.iter().any(|wanted| wanted == words::stage(*stage));
    ExportFilter {
        batch: wanted.batch.clone(),
        city: named(city),
        district: named(district),
        stages: Stage::ALL.into_iter().filter(is_wanted).collect(),
    }
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    wanted: &Wanted,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let rows = site.runner.store.world_rows().await?;
    let known = latest_first(&rows.batches)?;
    let batch = |batch: &Batch| Choice {
        value: batch.id.clone(),
        words: format!("{} {}", batch.id, batch.name),
        is_chosen: batch.id == wanted.batch,
    };
    let mut stages: Vec<&str> = Stage::ALL.into_iter().map(words::stage).collect();
    let mut told = std::collections::HashSet::new();
    stages.retain(|stage| told.insert(*stage));
    let stage = |stage: &str| Choice {
        value: stage.to_owned(),
        words: stage.to_owned(),
        is_chosen: wanted.stage.iter().any(|wanted| wanted == stage),
    };
    let view = ExportPage {
        batches: known.iter().map(batch).collect(),
        places: places(&rows, &known, &signed_in.role, &wanted.place)?,
        stages: stages.into_iter().map(stage).collect(),
    };
    Ok(frame::show(signed_in, &view, notice))
}

/// Every city and its districts of any batch, as far as the role sees them.
fn places(rows: &WorldRows, known: &[Batch], role: &Role, chosen: &str) -> Result<Vec<Choice>, WebError> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for batch in known {
        let places = schedule::stored(rows, batch)?.places.into_iter();
        keys.extend(places.map(|place| (place.city, place.district)));
    }
    keys.sort();
    keys.dedup();
    keys.retain(|(city, _)| !matches!(role, Role::City(own) if own != city));
    let choice = |value: String, words: String| Choice { is_chosen: value == chosen, value, words };
    let mut choices = Vec::new();
    let mut before = "";
    for (city, district) in &keys {
        if city != before {
            choices.push(choice(city.clone(), format!("{city}（全部）")));
            before = city;
        }
        choices.push(choice(format!("{city}/{district}"), format!("{city} {district}")));
    }
    Ok(choices)
}
