//! The list of announcements: what waits for whoever looks, then all, the newest first.

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{
    LIST, declined, parts, path,
    words::{self, Tag},
};
use crate::{
    office::{broadcasts, words as office},
    store::Broadcast,
    web::{
        Site, WebError,
        staff::{
            address,
            frame::{self, Section, View},
            gate::SignedIn,
        },
    },
    workflow::broadcast::State as Standing,
};

#[derive(Serialize)]
pub(in crate::web::staff) struct BroadcastsPage {
    /// Those that this account may approve, and those that wait for another.
    pub(super) mine: Vec<Row>,
    pub(super) others: usize,
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
    pub(super) first: Option<String>,
}

impl View for BroadcastsPage {
    const TEMPLATE: &'static str = "staff/broadcasts.html";
    const SECTION: Section = Section::Broadcasts;
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) href: String,
    pub(super) title: String,
    pub(super) state: Tag,
    pub(super) kind: &'static str,
    pub(super) by: String,
    pub(super) approved: Option<String>,
    pub(super) audience: String,
    /// When, in words: 「6月16日 9:00 开始」.
    pub(super) when: String,
    /// Done and all, once it is under way.
    pub(super) progress: Option<(i64, i64)>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    before: Option<i64>,
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(Asked { before }): Query<Asked>,
) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let found = match broadcasts::list(store, staff, before).await {
        Ok(found) => found,
        Err(error) => return declined(&signed_in, error),
    };
    let (mine, others) = match broadcasts::proposed(store, staff).await {
        Ok(proposed) => proposed,
        Err(error) => return declined(&signed_in, error),
    };
    let mut rows = Vec::with_capacity(found.0.len());
    for broadcast in &found.0 {
        rows.push(row(&site, broadcast).await?);
    }
    let mut waiting = Vec::with_capacity(mine.len());
    for broadcast in &mine {
        waiting.push(row(&site, broadcast).await?);
    }
    let next = found.1.map(|next| address::with(LIST, &[("before", Some(&next.to_string()))]));
    let first = before.map(|_| LIST.to_owned());
    let view = BroadcastsPage { mine: waiting, others: others.len(), rows, next, first };
    Ok(frame::show(&signed_in, &view, None))
}

async fn row(site: &Site, broadcast: &Broadcast) -> Result<Row, WebError> {
    let zone = &site.runner.world.load_full().zone;
    let moment = |at| office::moment(at, zone);
    let progress = match (broadcast.state, &broadcast.marks.counted) {
        (Standing::Running | Standing::Paused, _) => {
            let wire = site.runner.clock.wire();
            let watched = site.broadcasts.of(&site.runner.store, broadcast, wire).await?;
            Some((watched.progress.done(), watched.progress.total()))
        }
        // Nothing more is to be done of these, however it ended.
        (Standing::Ended | Standing::Cancelled, Some(counted)) => {
            let all = counted.single + counted.mass;
            Some((all, all))
        }
        _ => None,
    };
    let when = match (broadcast.state, broadcast.started_at, broadcast.starts_at) {
        (Standing::Ended | Standing::Cancelled, _, _) => {
            broadcast.ended_at.map(|at| format!("{} 结束", moment(at))).unwrap_or_default()
        }
        (_, Some(at), _) => format!("{} 开始", moment(at)),
        (_, None, Some(at)) => format!("定在 {}", moment(at)),
        (_, None, None) => format!("{} 修改", moment(broadcast.edited_at)),
    };
    Ok(Row {
        number: broadcast.number,
        href: path(broadcast.number),
        title: broadcast.title.clone(),
        state: words::state(broadcast.state),
        kind: words::kind(&broadcast.content.message),
        by: broadcast.edited_by.clone(),
        approved: broadcast.approved_by.clone(),
        audience: parts::said(&broadcast.content.audience),
        when,
        progress,
    })
}
