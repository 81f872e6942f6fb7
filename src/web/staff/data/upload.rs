//! Bringing a file: what it has to be, and its way in.
//!
//! Nothing of it is in memory but the piece that is just coming; how many come at once is bounded, and a file that is
//! too large is read to its end without being kept, so that the browser stays to hear why.

use std::sync::Arc;

use axum::{
    extract::{
        Multipart, Path, Query, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    imports,
    sealed::{Sealed, Sealing},
    shelf::{Kept, MINUTES, Stage},
    words,
};
use crate::{
    office::{
        batches::latest_first,
        imports::{Format, Kind, MAX_BYTES, Upload},
    },
    web::{
        Site, WebError,
        staff::{
            form::{FileForm, small},
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::{batch::Batch, record::Column},
};

/// Boundaries, headers and small fields around a file, in bytes.
const AROUND: usize = 64 << 10;

#[derive(Serialize)]
pub(in crate::web::staff) struct ImportPage {
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    /// Of a schedule: the batches that it may belong to.
    pub(super) batches: Vec<Choice>,
    pub(super) needs_batch: bool,
    pub(super) max_mb: usize,
    pub(super) minutes: i64,
    pub(super) columns: Vec<ColumnLine>,
}

impl View for ImportPage {
    const TEMPLATE: &'static str = "staff/import.html";
    const SECTION: Section = Section::Data;
}

/// A batch to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

/// A column of the file.
#[derive(Serialize)]
pub(super) struct ColumnLine {
    pub(super) name: String,
    pub(super) about: &'static str,
    pub(super) holds: String,
    pub(super) is_needed: bool,
}

#[derive(Deserialize)]
pub(super) struct For {
    #[serde(default)]
    batch: String,
}

/// The form.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(kind): Path<String>,
    Query(For { batch }): Query<For>,
) -> Result<Response, WebError> {
    match Kind::parse(&kind) {
        Some(kind) => shown(&site, &signed_in, kind, &batch, None).await,
        None => Ok(frame::missing(&signed_in)),
    }
}

/// Takes a file in and looks at it.
pub(super) async fn bring(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(kind): Path<String>,
    headers: HeaderMap,
    FileForm(mut form): FileForm,
) -> Result<Response, WebError> {
    let Some(kind) = Kind::parse(&kind) else { return Ok(frame::missing(&signed_in)) };
    let is_known_large = said_length(&headers).is_some_and(|bytes| bytes > MAX_BYTES + AROUND);
    let brought = match Arc::clone(&site.imports.uploads).try_acquire_owned() {
        Ok(_place) => receive(&mut form, is_known_large).await?,
        Err(_) => Brought::refused("现在有几个人同时在上传文件。请过一两分钟再试。"),
    };
    let (upload, file) = match brought.file {
        Ok(file) => (brought.what, file),
        Err(words) => {
            // The browser listens when everything is said.
            while form.next_field().await.is_ok_and(|field| field.is_some()) {}
            let notice = Notice::refused(format!("{words}什么都没有导入。"));
            return shown(&site, &signed_in, kind, &brought.what.batch, Some(notice)).await;
        }
    };
    let kept = Arc::new(Kept {
        id: site.runner.ids.secret(),
        staff: signed_in.staff.name.clone(),
        at: site.runner.clock.business(),
        name: brought.name,
        what: Upload { kind, ..upload },
        file,
        stage: watch::Sender::new(Stage::Looking),
    });
    if !site.imports.keep(Arc::clone(&kept)) {
        let notice = Notice::refused(format!(
            "现在有几个文件等着导入，放不下更多。请过一会儿再上传，最多 {MINUTES} 分钟。什么都没有导入。"
        ));
        return shown(&site, &signed_in, kind, &kept.what.batch, Some(notice)).await;
    }
    kept.begin(&site, &signed_in.staff, None);
    imports::wait(&kept).await;
    Ok(Redirect::to(&format!("/staff/data/imports/{}", kept.id)).into_response())
}

/// A form with its file, or why it was not taken.
struct Brought {
    what: Upload,
    name: String,
    file: Result<Sealed, String>,
}

impl Brought {
    fn refused(words: impl Into<String>) -> Self {
        Self { file: Err(words.into()), ..Self::empty() }
    }

    fn empty() -> Self {
        let what = Upload {
            kind: Kind::Batches,
            format: Format::Csv,
            bytes: Vec::new(),
            batch: String::new(),
            remove_missing: false,
        };
        Self { what, name: String::new(), file: Err("没有选文件。".to_owned()) }
    }
}

/// Reads the fields up to the file, which is the last.
async fn receive(form: &mut Multipart, is_known_large: bool) -> Result<Brought, WebError> {
    let mut brought = Brought::empty();
    loop {
        match form.next_field().await {
            Ok(Some(field)) => match field.name() {
                Some("batch") => brought.what.batch = small(field).await.unwrap_or_default(),
                Some("remove_missing") => brought.what.remove_missing = true,
                Some("file") => {
                    file_name(&field).clone_into(&mut brought.name);
                    let format = Format::of(&brought.name);
                    brought.what.format = format.unwrap_or(Format::Csv);
                    brought.file = match format {
                        _ if brought.name.is_empty() => Err("没有选文件。".to_owned()),
                        Some(_) => take(field, is_known_large).await?,
                        None => Err(format!(
                            "只能导入 .xlsx、.csv、.json 文件，您选的是“{}”。请另存为其中一种再上传。",
                            brought.name
                        )),
                    };
                    return Ok(brought);
                }
                _ => {}
            },
            Ok(None) => return Ok(brought),
            Err(error) => return Ok(Brought { file: Err(broken(&error)), ..brought }),
        }
    }
}

/// Without the folders that some browsers send along.
fn file_name<'f>(field: &'f Field<'_>) -> &'f str {
    field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default()
}

async fn take(mut field: Field<'_>, is_known_large: bool) -> Result<Result<Sealed, String>, WebError> {
    let mut bytes = 0;
    let mut sealing = if is_known_large { None } else { Some(Sealing::begin()?) };
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                bytes += chunk.len();
                match &mut sealing {
                    Some(sealing) if bytes <= MAX_BYTES => sealing.add(&chunk).await?,
                    // What is too large is heard out, and not kept.
                    _ => sealing = None,
                }
            }
            Ok(None) => break,
            Err(error) => return Ok(Err(broken(&error))),
        }
    }
    match sealing {
        None => Ok(Err(too_large())),
        Some(_) if bytes == 0 => Ok(Err("文件是空的。请打开看看是不是存错了。".to_owned())),
        Some(sealing) => Ok(Ok(sealing.end().await?)),
    }
}

/// How long the whole form is, if it says so; browsers do.
fn said_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> String {
    format!("文件超过 {} MB。请分成几个文件，分别导入。", MAX_BYTES >> 20)
}

fn broken(error: &MultipartError) -> String {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        "文件没有传完整，多半是网络断了。请再上传一次。".to_owned()
    }
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    kind: Kind,
    batch: &str,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (title, about) = words::kind(kind);
    let needs_batch = kind == Kind::Schedule;
    let batches = if needs_batch { choices(site, batch).await? } else { Vec::new() };
    let column = |column: Column| ColumnLine {
        name: column.name,
        about: column.about,
        holds: column.holds,
        is_needed: column.needed,
    };
    let view = ImportPage {
        kind: kind.name(),
        title,
        about,
        batches,
        needs_batch,
        max_mb: MAX_BYTES >> 20,
        minutes: MINUTES,
        columns: kind.columns().into_iter().map(column).collect(),
    };
    Ok(frame::show(signed_in, &view, notice))
}

/// Every batch, the newest first; the one that was asked for is chosen, else none: places of the next batch must not
/// replace those of the running one because nobody named it.
async fn choices(site: &Site, batch: &str) -> Result<Vec<Choice>, WebError> {
    let known = latest_first(&site.runner.store.batch_rows().await?)?;
    let choice = |known: Batch| Choice { is_chosen: known.id == batch, id: known.id, name: known.name };
    Ok(known.into_iter().map(choice).collect())
}
