//! One announcement: what it says to whom and how, who wrote and approved it, how far it is, and what may be done now.

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    declined,
    parts::{self, PlanRow, Reach},
    path,
    progress::{self, ProgressView},
    shown::{self, Bubble},
    steps::{Step as StepName, Typed},
    typed::Wrong,
    words::{self, Tag},
};
use crate::{
    office::{
        broadcasts::{self, BroadcastError, steps as office_steps},
        reason::MIN,
        words as office,
    },
    store::{Broadcast, StaffRow},
    turn::World,
    web::{
        Site, WebError,
        staff::{
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::broadcast::{REASON_MAX, State as Standing, Step, plan::Route},
};

#[derive(Serialize)]
pub(in crate::web::staff) struct BroadcastPage {
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) state: Tag,
    pub(super) version: i64,
    pub(super) bubble: Bubble,
    pub(super) audience: String,
    pub(super) reach: Reach,
    pub(super) route: &'static str,
    pub(super) plans: Vec<PlanRow>,
    pub(super) mistakes: Vec<Wrong>,
    pub(super) warnings: Vec<String>,
    pub(super) facts: Facts,
    pub(super) acts: Acts,
    pub(super) history: Vec<Line>,
    pub(super) progress: Option<ProgressView>,
    pub(super) typed: Typed,
    pub(super) reason_min: usize,
    pub(super) reason_max: usize,
}

impl View for BroadcastPage {
    const TEMPLATE: &'static str = "staff/broadcast.html";
    const SECTION: Section = Section::Broadcasts;
}

/// Who and when.
#[derive(Serialize)]
pub(super) struct Facts {
    pub(super) author: String,
    pub(super) edited: String,
    pub(super) approved: Option<String>,
    pub(super) starts: Option<String>,
    pub(super) started: Option<String>,
    pub(super) ended: Option<String>,
    pub(super) lapses: String,
    /// Single messages a second, where there are any.
    pub(super) rate: Option<i64>,
    pub(super) urgent: Option<String>,
}

/// What this account may do now.
#[derive(Serialize, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of its own")]
pub(super) struct Acts {
    pub(super) edit: bool,
    pub(super) propose: bool,
    pub(super) approve: bool,
    /// Why this account does not approve what waits for it.
    pub(super) own: bool,
    /// It takes back its own rather than sends back another's.
    pub(super) is_own: bool,
    pub(super) send_back: bool,
    pub(super) start: bool,
    pub(super) pause: bool,
    pub(super) resume: bool,
    pub(super) cancel: bool,
    /// It can be sent to the account's own WeChat account, or could if there were one.
    pub(super) preview: bool,
    pub(super) is_linked: bool,
    /// Articles of a mass send can be deleted.
    pub(super) take_back: bool,
}

/// A line of its history.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) act: String,
    pub(super) detail: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    Query(Asked { done }): Query<Asked>,
) -> Result<Response, WebError> {
    let broadcast = match broadcasts::find(&site.runner.store, &signed_in.staff, number).await {
        Ok(broadcast) => broadcast,
        Err(error) => return declined(&signed_in, error),
    };
    let words = match done.as_str() {
        "saved" => Some(words::done(Step::Edit)),
        "preview" => Some("已发到您的微信，马上收到。看看和下面的一样不一样。"),
        "take-back" => Some("已请平台删除，过一会儿刷新就能看到。"),
        name => StepName::read(name).map(|name| words::done(name.0)),
    };
    let notice = words.map(Notice::done);
    shown(&site, &signed_in, &broadcast, Typed::default(), notice).await
}

/// The picture, for whoever may announce.
pub(super) async fn picture(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
) -> Result<Response, WebError> {
    match broadcasts::picture_of(&site.runner.store, &signed_in.staff, number).await {
        Ok((media_type, bytes)) => Ok(([(header::CONTENT_TYPE, media_type)], bytes).into_response()),
        Err(error) => declined(&signed_in, error),
    }
}

pub(super) async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    broadcast: &Broadcast,
    typed: Typed,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let history = match broadcasts::history(&site.runner.store, &signed_in.staff, broadcast).await {
        Ok(history) => history,
        Err(error) => return declined(signed_in, error),
    };
    let world = site.runner.world.load_full();
    let progress = match broadcast.started_at {
        Some(_) => Some(progress::of(site, broadcast, &world).await?),
        None => None,
    };
    let line = |told: &crate::office::audit::Told| Line {
        at: office::moment(told.at, &world.zone),
        actor: told.actor.clone(),
        act: told.act.clone(),
        detail: words::detail(&told.detail),
    };
    // Before it starts it is counted anew with every look; then as it was gathered.
    let is_open = [Standing::Draft, Standing::Proposed, Standing::Approved].contains(&broadcast.state);
    let (mistakes, warnings, (reach, plans)) = if is_open {
        (
            parts::mistakes(site, broadcast).await?,
            parts::warnings(broadcast, &world),
            parts::reach(site, broadcast, &world).await?,
        )
    } else {
        Default::default()
    };
    let has_picture = site.runner.store.has_broadcast_picture(&broadcast.id).await?;
    let can_take_back = progress.as_ref().is_some_and(|progress| progress.can_take_back);
    let view = BroadcastPage {
        number: broadcast.number,
        title: broadcast.title.clone(),
        state: words::state(broadcast.state),
        version: broadcast.version,
        bubble: shown::of(broadcast, has_picture),
        audience: parts::said(&broadcast.content.audience),
        reach,
        route: office_steps::route(broadcast.content.route),
        plans,
        acts: Acts { take_back: can_take_back, ..acts(broadcast, &signed_in.staff, mistakes.is_empty()) },
        mistakes,
        warnings,
        facts: facts(broadcast, &world),
        history: history.iter().map(line).collect(),
        progress,
        typed,
        reason_min: MIN,
        reason_max: REASON_MAX,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn facts(broadcast: &Broadcast, world: &World) -> Facts {
    let moment = |at| office::moment(at, &world.zone);
    Facts {
        author: broadcast.author.clone(),
        edited: format!("{}　{}", broadcast.edited_by, moment(broadcast.edited_at)),
        approved: broadcast
            .approved_by
            .as_ref()
            .zip(broadcast.approved_at)
            .map(|(by, at)| format!("{by}　{}", moment(at))),
        starts: broadcast.starts_at.map(moment),
        started: broadcast.started_at.map(moment),
        ended: broadcast.ended_at.map(moment),
        lapses: moment(broadcast.lapses_at),
        rate: (broadcast.content.route != Route::Mass).then_some(broadcast.rate),
        urgent: broadcast.content.urgent.clone(),
    }
}

/// What the table of steps and the rule of two people leave to this account.
fn acts(broadcast: &Broadcast, staff: &StaffRow, is_whole: bool) -> Acts {
    let may = |step: Step| step.from().contains(&broadcast.state);
    let is_own = broadcast.edited_by == staff.name;
    Acts {
        edit: may(Step::Edit),
        propose: may(Step::Propose) && is_whole,
        approve: may(Step::Approve) && !is_own && is_whole,
        own: may(Step::Approve) && is_own,
        is_own,
        send_back: may(Step::Return),
        start: may(Step::Start) && is_whole,
        pause: may(Step::Pause),
        resume: may(Step::Resume),
        cancel: may(Step::Cancel),
        preview: may(Step::Edit) && is_whole,
        is_linked: staff.open_id.is_some(),
        take_back: false,
    }
}

/// The page as it is now, with why something was not done.
pub(super) async fn refused(
    site: &Site,
    signed_in: &SignedIn,
    number: i64,
    typed: Typed,
    error: BroadcastError,
) -> Result<Response, WebError> {
    let said = match &error {
        BroadcastError::Role | BroadcastError::Unknown => None,
        error => office_steps::refused(error, &signed_in.staff),
    };
    let Some(said) = said else { return declined(signed_in, error) };
    let present = match broadcasts::find(&site.runner.store, &signed_in.staff, number).await {
        Ok(present) => present,
        Err(error) => return declined(signed_in, error),
    };
    shown(site, signed_in, &present, typed, Some(Notice::refused(said))).await
}

/// Back to the page after something was done.
pub(super) fn after(number: i64, step: &str) -> Response {
    axum::response::Redirect::to(&format!("{}?done={step}", path(number))).into_response()
}
