//! The first page: every batch, and what can be imported.

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{shelf::MINUTES, words};
use crate::{
    office::{Act, batches, imports::Kind},
    store::WorldRows,
    time::{Millis, moment_text},
    web::{
        Site, WebError,
        staff::{
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::batch::Batch,
};

#[derive(Serialize)]
pub(in crate::web::staff) struct BatchesPage {
    pub(super) batches: Vec<Line>,
    pub(super) kinds: Vec<KindLine>,
    pub(super) may_export: bool,
}

impl View for BatchesPage {
    const TEMPLATE: &'static str = "staff/batches.html";
    const SECTION: Section = Section::Data;
}

/// A batch.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) opens: String,
    pub(super) closes: String,
    pub(super) portrait_review_ends: String,
    pub(super) window: &'static str,
    /// The one that the bot speaks of.
    pub(super) is_present: bool,
    pub(super) places: usize,
}

/// What can be imported.
#[derive(Serialize)]
pub(super) struct KindLine {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    said: String,
}

/// The page.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(Said { said }): Query<Said>,
) -> Result<Response, WebError> {
    let rows = site.runner.store.world_rows().await?;
    let batches = batches::latest_first(&rows.batches)?;
    let view = BatchesPage {
        batches: batches.iter().map(|batch| line(&site, &rows, batch)).collect::<Result<_, _>>()?,
        kinds: Kind::ALL.map(kind_line).into(),
        may_export: signed_in.role.may(Act::Export),
    };
    let notice = (said == "gone").then(|| {
        Notice::refused(format!(
            "这个文件已经不在了：文件只为上传它的账号保留 {MINUTES} 分钟，服务重启也会丢掉。什么都没有导入，请再上传一次。"
        ))
    });
    Ok(frame::show(&signed_in, &view, notice))
}

fn line(site: &Site, rows: &WorldRows, batch: &Batch) -> Result<Line, WebError> {
    let world = site.runner.world.load();
    let now: Millis = site.runner.clock.business();
    Ok(Line {
        id: batch.id.clone(),
        name: batch.name.clone(),
        opens: moment_text(batch.opens),
        closes: moment_text(batch.closes),
        portrait_review_ends: moment_text(batch.portrait_review_ends),
        window: crate::office::words::window(batch.window(now.civil(&world.zone))),
        is_present: world.batch.id == batch.id,
        places: crate::office::schedule::stored(rows, batch)?.places.len(),
    })
}

fn kind_line(kind: Kind) -> KindLine {
    let (title, about) = words::kind(kind);
    KindLine { kind: kind.name(), title, about }
}
