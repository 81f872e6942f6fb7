//! What cannot be undone: whom and what it concerns is shown first, and what is done then is what was shown.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{Lay, PATH, done, refused};
use crate::{
    mask,
    office::{
        LookError, Who, acts,
        deletions::{self, Deletion},
        look::{self, Depth},
        retention, words,
    },
    store::Handover,
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Section, View},
            gate::SignedIn,
        },
    },
    workflow::case::Stage,
};

/// Asks once more.
#[derive(Serialize)]
pub(in crate::web::staff) struct SurePage {
    pub(in crate::web::staff) title: &'static str,
    /// What it concerns, by name.
    pub(in crate::web::staff) facts: Vec<(&'static str, String)>,
    /// What to know before.
    pub(in crate::web::staff) notes: Vec<&'static str>,
    /// Where the answer goes, and what it says.
    pub(in crate::web::staff) action: String,
    pub(in crate::web::staff) fields: Vec<(&'static str, String)>,
}

impl View for SurePage {
    const TEMPLATE: &'static str = "staff/retention-sure.html";
    const SECTION: Section = Section::Retention;
}

/// The form of a candidate's wish.
#[derive(Deserialize)]
pub(super) struct Given {
    case: String,
    reason: String,
    /// That of the application when it was looked at; nothing at the first press.
    version: Option<i64>,
}

pub(super) async fn delete(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(Given { case, reason, version }): Form<Given>,
) -> Result<Response, WebError> {
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.business());
    let (store, who) = (&site.runner.store, Who::Staff(&signed_in.staff));
    let found = match deletions::look(store, who, case.trim(), &reason, &world.zone, now).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(done("none")),
        Err(error) => return refused(&site, &signed_in, Lay::default(), error).await,
    };
    if version != Some(found.case.version) {
        return asked(&site, &signed_in, &found, reason).await;
    }
    match deletions::delete(store, who, &found, now).await {
        Ok(_) => Ok(done("delete")),
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}

async fn asked(
    site: &Site,
    signed_in: &SignedIn,
    found: &Deletion,
    reason: String,
) -> Result<Response, WebError> {
    let Deletion { case, pictures, .. } = found;
    let candidate =
        match look::case(&site.runner, Who::Staff(&signed_in.staff), &case.number, Depth::Masked).await {
            Ok(found) => found.and_then(|(_, candidate)| candidate),
            Err(LookError::Role) => return Ok(frame::denied(signed_in)),
            Err(LookError::Store(error)) => return Err(error.into()),
        };
    let name = candidate.map_or_else(|| "（记录已不在）".to_owned(), |candidate| mask::name(&candidate.name));
    let mut notes = vec!["删除以后不能恢复。", "请和考生核对编号和姓名，编号错一位就是别人的照片。"];
    if case.stage == Stage::Graduated && case.portrait.is_some() {
        notes.push("毕业证照片要先移交制证，这次不删。");
    }
    let view = SurePage {
        title: "确定删除这份申请的照片？",
        facts: vec![
            ("申请编号", words::number(&case.number)),
            ("考生", name),
            ("批次", case.batch.clone()),
            ("状态", words::stage(case.stage).to_owned()),
            ("要删除的照片", format!("{pictures} 张")),
            ("原因", reason.clone()),
        ],
        notes,
        action: format!("{PATH}/delete"),
        fields: vec![
            ("case", case.number.clone()),
            ("reason", reason),
            ("version", case.version.to_string()),
        ],
    };
    Ok(frame::show(signed_in, &view, None))
}

/// The form of a hand-over.
#[derive(Deserialize)]
pub(super) struct Arrived {
    /// How many pictures were shown; nothing at the first press.
    pictures: Option<i64>,
}

pub(super) async fn confirm(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(Arrived { pictures }): Form<Arrived>,
) -> Result<Response, WebError> {
    let (store, who) = (&site.runner.store, Who::Staff(&signed_in.staff));
    let handover = match retention::unconfirmed(store, who, &id).await {
        Ok(handover) => handover,
        Err(error) => return refused(&site, &signed_in, Lay::default(), error).await,
    };
    if pictures != Some(handover.portraits) {
        return Ok(arrival(&site, &signed_in, &handover));
    }
    match retention::confirm(store, who, &id, site.runner.clock.business()).await {
        Ok(()) => Ok(done("confirm")),
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}

fn arrival(site: &Site, signed_in: &SignedIn, handover: &Handover) -> Response {
    let at = words::moment(handover.created_at, &site.runner.world.load().zone);
    let view = SurePage {
        title: "确定制证部门已经收到？",
        facts: vec![
            ("批次", handover.batch.clone()),
            ("导出", format!("{at}　{}", acts::actor(&handover.staff))),
            ("要删除的照片", format!("{} 张", handover.portraits)),
        ],
        notes: vec!["请先和制证部门核对张数。", "确认以后，本系统里的这些毕业证照片马上开始删除，不能恢复。"],
        action: format!("{PATH}/handovers/{}/confirm", handover.id),
        fields: vec![("pictures", handover.portraits.to_string())],
    };
    frame::show(signed_in, &view, None)
}
