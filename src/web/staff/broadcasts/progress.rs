//! How far an announcement is: on its page, as a part that a script asks for again, and as a workbook.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::{
    declined, page, parts,
    words::{self, Tag},
};
use crate::{
    mask,
    office::{
        broadcasts::{
            self, BroadcastError, DOUBTS, Progress,
            report::{self, Desk, ReportError},
            steps,
        },
        deliveries::{self, reasons},
        words as office,
    },
    store::{Broadcast, Missed, MissedRow, SendRow, SendState},
    turn::World,
    web::{
        Site, WebError,
        download::{XLSX, sent},
        staff::{
            charts::{self, Part},
            form::Form,
            frame::{self, Notice, View},
            gate::SignedIn,
            sign_in::Nothing,
            words::span,
        },
    },
    workflow::broadcast::{State as Standing, message::Message},
};

/// Reports made at once.
static MAKING: Semaphore = Semaphore::const_new(2);

/// Asked for again and again by a script.
#[derive(Serialize)]
pub(in crate::web::staff) struct Fragment {
    pub(super) number: i64,
    pub(super) progress: ProgressView,
}

impl View for Fragment {
    const TEMPLATE: &'static str = "staff/broadcast-progress.html";
}

/// How far.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that can each be true without the others")]
pub(super) struct ProgressView {
    /// The announcement's state, by which a page sees that it is another's.
    pub(super) name: &'static str,
    pub(super) state: Tag,
    /// It changes by itself.
    pub(super) is_live: bool,
    /// When it was counted.
    pub(super) at: String,
    /// Its people are still being written down.
    pub(super) is_gathering: bool,
    pub(super) total: i64,
    pub(super) done: i64,
    pub(super) percent: i64,
    pub(super) bar: Vec<Part>,
    pub(super) pause: Option<String>,
    /// In messages a second.
    pub(super) pace: Option<i64>,
    pub(super) left: Option<String>,
    pub(super) to_come: i64,
    pub(super) queued: i64,
    pub(super) set_aside: i64,
    /// Waiting for their person, and until when.
    pub(super) held: i64,
    pub(super) held_until: String,
    pub(super) delivered: Vec<Count>,
    pub(super) failed: Vec<Count>,
    pub(super) left_out: Vec<Count>,
    pub(super) lists: Vec<List>,
    pub(super) doubts: Vec<Doubt>,
    /// There are more than are shown.
    pub(super) more_doubts: bool,
    /// Articles that the platform has can be deleted.
    pub(super) can_take_back: bool,
}

/// A number with its words.
#[derive(Debug, Serialize)]
pub(super) struct Count {
    pub(super) words: String,
    pub(super) count: i64,
}

/// A mass send.
#[derive(Serialize)]
pub(super) struct List {
    pub(super) nth: i64,
    pub(super) people: i64,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) at: Option<String>,
    pub(super) why: Option<String>,
}

/// Somebody who may have it twice, or not at all.
#[derive(Serialize)]
pub(super) struct Doubt {
    pub(super) tail: String,
    pub(super) name: String,
    pub(super) state: &'static str,
}

/// The part of the page that a script asks for again.
pub(super) async fn fragment(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
) -> Result<Response, WebError> {
    let broadcast = match broadcasts::find(&site.runner.store, &signed_in.staff, number).await {
        Ok(broadcast) => broadcast,
        Err(error) => return declined(&signed_in, error),
    };
    let progress = of(&site, &broadcast, &site.runner.world.load_full()).await?;
    Ok(frame::show(&signed_in, &Fragment { number, progress }, None))
}

pub(super) async fn of(site: &Site, broadcast: &Broadcast, world: &World) -> Result<ProgressView, WebError> {
    let store = &site.runner.store;
    let watched = site.broadcasts.of(store, broadcast, site.runner.clock.wire()).await?;
    let doubts = if watched.progress.doubts.is_empty() {
        Vec::new()
    } else {
        store.missed(&broadcast.id, Missed::Doubtful, "", DOUBTS + 1).await?
    };
    let at = office::moment(site.runner.clock.business(), &world.zone);
    let pace = watched.pace.filter(|_| broadcast.state == Standing::Running);
    let left = watched.left(broadcast.rate).filter(|_| broadcast.state == Standing::Running);
    let mut view = view(broadcast, &watched.progress, &doubts, world, at);
    view.pace = pace.map(|pace| pace.round() as i64);
    view.left = left.map(span);
    Ok(view)
}

fn view(
    broadcast: &Broadcast,
    progress: &Progress,
    doubts: &[MissedRow],
    world: &World,
    at: String,
) -> ProgressView {
    let (total, done) = (progress.total(), progress.done());
    let failed: i64 = progress.failed.iter().map(|(_, count)| count).sum::<i64>() + progress.mass_failed;
    let count = |words: String, count| Count { words, count };
    let delivered = progress.delivered.iter().map(|(way, n)| count(words::way(way).to_owned(), *n));
    let taken = (progress.mass_taken > 0).then(|| count("群发，平台已收下".to_owned(), progress.mass_taken));
    let refused = (progress.mass_failed > 0)
        .then(|| count("群发，平台没有收或已取消".to_owned(), progress.mass_failed));
    let is_live = matches!(broadcast.state, Standing::Running | Standing::Paused);
    ProgressView {
        name: broadcast.state.name(),
        state: words::state(broadcast.state),
        is_live,
        at,
        is_gathering: is_live && progress.people.is_none(),
        total,
        done,
        percent: if total > 0 { done * 100 / total } else { 0 },
        bar: charts::bar(&[("one", done - failed), ("age3", failed), ("rest", total - done)], total),
        pause: steps::pause(broadcast, &world.zone)
            .map(|words| format!("{words}。"))
            .filter(|_| broadcast.state == Standing::Paused),
        pace: None,
        left: None,
        to_come: if is_live { progress.to_come } else { 0 },
        queued: progress.queued,
        set_aside: progress.paused,
        held: progress.held,
        held_until: words::moment(broadcast.lapses_at, &world.zone),
        delivered: delivered.chain(taken).collect(),
        failed: progress
            .failed
            .iter()
            .map(|(reason, n)| count(reasons::why(reason), *n))
            .chain(refused)
            .collect(),
        left_out: progress
            .people
            .iter()
            .flat_map(|people| &people.left_out)
            .map(|(reason, n)| count(words::left_out(reason), *n))
            .collect(),
        lists: progress.lists.iter().map(|row| list(row, world)).collect(),
        doubts: doubts.iter().take(DOUBTS as usize).map(doubt).collect(),
        more_doubts: doubts.len() > DOUBTS as usize,
        can_take_back: matches!(broadcast.content.message, Message::Article { .. })
            && progress.lists.iter().any(|row| row.state == SendState::Taken && row.deleted_at.is_none()),
    }
}

fn list(row: &SendRow, world: &World) -> List {
    List {
        nth: row.nth,
        people: row.people,
        state: report::list_state(row),
        class: match row.state {
            SendState::Taken => "well",
            SendState::Failed => "stop",
            _ => "",
        },
        at: row.taken_at.map(|at| office::moment(at, &world.zone)),
        why: row.reason.as_deref().map(reasons::why),
    }
}

fn doubt(row: &MissedRow) -> Doubt {
    Doubt {
        tail: report::tail(&row.open_id),
        name: row.name.as_deref().map_or_else(|| "没有绑定".to_owned(), mask::name),
        state: deliveries::words::state(row.state),
    }
}

/// The report as a workbook.
pub(super) async fn report(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let broadcast = match broadcasts::find(store, staff, number).await {
        Ok(broadcast) => broadcast,
        Err(error) => return declined(&signed_in, error),
    };
    let Ok(_making) = MAKING.try_acquire() else {
        let notice = Notice::refused("现在有两份报告正在生成。请过一两分钟再试。");
        return page::shown(&site, &signed_in, &broadcast, super::steps::Typed::default(), Some(notice))
            .await;
    };
    let world = site.runner.world.load_full();
    let progress = of(&site, &broadcast, &world).await?;
    let now = site.runner.clock.business();
    let desk = Desk { store, staff, now, zone: &world.zone };
    let file = tempfile::tempfile()?;
    let (out, scratch) = (file.try_clone()?, std::env::temp_dir());
    let lines = overview(&broadcast, &progress, &world);
    match report::write(desk, &broadcast, lines, out, &scratch).await {
        Ok(_) => Ok(sent(file, XLSX, &format!("broadcast-{number}-{}.xlsx", now.date(&world.zone)))?),
        Err(ReportError::Broadcast(BroadcastError::Store(error))) => Err(error.into()),
        Err(ReportError::Broadcast(error)) => declined(&signed_in, error),
        Err(ReportError::Write(error)) => Err(error.into()),
    }
}

/// The first sheet.
fn overview(broadcast: &Broadcast, progress: &ProgressView, world: &World) -> Vec<(String, String)> {
    let moment = |at| office::moment(at, &world.zone);
    let mut lines = vec![
        ("公告".to_owned(), format!("{} {}", broadcast.number, broadcast.title)),
        ("状态".to_owned(), progress.state.words.to_owned()),
        ("版本".to_owned(), broadcast.version.to_string()),
        ("内容".to_owned(), words::kind(&broadcast.content.message).to_owned()),
        ("发给谁".to_owned(), parts::said(&broadcast.content.audience)),
        ("怎么发".to_owned(), steps::route(broadcast.content.route).to_owned()),
        ("谁写的".to_owned(), broadcast.edited_by.clone()),
        ("谁批准的".to_owned(), broadcast.approved_by.clone().unwrap_or_default()),
        ("开始".to_owned(), broadcast.started_at.map(moment).unwrap_or_default()),
        ("结束".to_owned(), broadcast.ended_at.map(moment).unwrap_or_default()),
        ("有效期到".to_owned(), moment(broadcast.lapses_at)),
        ("紧急原因".to_owned(), broadcast.content.urgent.clone().unwrap_or_default()),
        ("应通知".to_owned(), format!("{} 人", progress.total)),
        ("已办完".to_owned(), format!("{} 人", progress.done)),
        ("等考生说话".to_owned(), format!("{} 人", progress.held)),
    ];
    for (what, counts) in
        [("已送达", &progress.delivered), ("没送达", &progress.failed), ("不发", &progress.left_out)]
    {
        lines.extend(counts.iter().map(|n| (format!("{what}：{}", n.words), format!("{} 人", n.count))));
    }
    lines
}
