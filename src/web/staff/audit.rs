//! Who did what, and whether the log is what was written.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
    sign_in::Nothing,
};
use crate::{
    office::{
        Act, LookError, Who, acts,
        audit::{self, Told, Verified},
        words,
    },
    store::AuditFilter,
    time::{Millis, at_civil},
    web::{Site, WebError},
};

const PATH: &str = "/staff/audit";
/// Lines of a page.
const PAGE: u32 = 50;
/// Nothing else finds an act than to read all lines: without account, subject or day only those of so many days are read.
const ACT_DAYS: i64 = 31;

/// Whether this process is following the log right now.
#[derive(Clone, Default)]
pub struct Verification(Arc<AtomicBool>);

#[derive(Serialize)]
pub(super) struct AuditPage {
    pub(super) lines: Vec<LineView>,
    pub(super) asked: Asked,
    pub(super) acts: &'static [(&'static str, &'static str)],
    /// The next page; `None` on the last.
    pub(super) next: Option<String>,
    /// The first page, when this is another.
    pub(super) first: Option<String>,
    /// Only the last days were looked through.
    pub(super) days: Option<i64>,
    pub(super) is_verifying: bool,
    pub(super) verified: Option<VerifiedView>,
}

#[derive(Serialize)]
pub(super) struct LineView {
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) act: String,
    pub(super) subject: String,
    /// Everything about the same.
    pub(super) link: Option<String>,
    pub(super) detail: String,
}

#[derive(Serialize)]
pub(super) struct VerifiedView {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) is_sound: bool,
    pub(super) numbers: (i64, i64),
}

impl View for AuditPage {
    const TEMPLATE: &'static str = "staff/audit.html";
    const SECTION: Section = Section::Audit;
}

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(PATH, Act::SeeAudit, page).post("/staff/audit/verify", Act::SeeAudit, verify)
}

/// What is asked of the list.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The name of an account, or 考生, 系统, 运维.
    #[serde(default)]
    pub(super) who: String,
    /// A code of the table of acts.
    #[serde(default)]
    pub(super) act: String,
    /// A case's number, an account, or as it is written in the log.
    #[serde(default)]
    pub(super) of: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) to: String,
    /// Where the page before ended.
    #[serde(default)]
    pub(super) before: String,
}

impl Asked {
    fn link(&self) -> String {
        let fields = [
            ("who", &self.who),
            ("act", &self.act),
            ("of", &self.of),
            ("from", &self.from),
            ("to", &self.to),
            ("before", &self.before),
        ];
        let given: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("{PATH}?{}", serde_html_form::to_string(given).unwrap_or_default())
    }

    /// The filter, and within how many days it looks when it could look for ever.
    fn filter(&self, site: &Site) -> (AuditFilter, Option<i64>) {
        let zone = &site.runner.world.load().zone;
        let given = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let midnight = |day: Date| at_civil(day.at(0, 0, 0, 0), zone);
        let day = |text: &str| text.parse::<Date>().ok();
        let actor = given(&self.who).map(|who| match who.as_str() {
            "考生" => "person".to_owned(),
            "系统" => "system".to_owned(),
            "运维" => "operator".to_owned(),
            name => format!("staff:{name}"),
        });
        let (act, subject) = (given(&self.act), given(&self.of));
        let until = day(&self.to).and_then(|to| to.tomorrow().ok()).map(midnight);
        let mut from = day(&self.from).map(midnight);
        let is_endless = act.is_some() && actor.is_none() && subject.is_none() && from.is_none();
        let days = is_endless.then(|| {
            let end = day(&self.to).unwrap_or_else(|| site.runner.clock.business().date(zone));
            from = Some(midnight(end.saturating_sub((ACT_DAYS - 1).days())));
            ACT_DAYS
        });
        let before = given(&self.before);
        (AuditFilter { actor, act, subject, from, until, before, limit: PAGE }, days)
    }
}

async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let (store, world) = (&site.runner.store, site.runner.world.load_full());
    let (filter, days) = asked.filter(&site);
    let found = audit::find(store, Who::Staff(&signed_in.staff), filter).await.map_err(failed)?;
    let next = found.next.map(|before| Asked { before, ..asked.clone() });
    let first = (!asked.before.is_empty()).then(|| Asked { before: String::new(), ..asked.clone() });
    let moment = |at: Millis| words::moment(at, &world.zone);
    let lines = audit::told(store, &found.rows).await?.into_iter().map(|line| line_view(line, &moment));
    let verified = audit::last_verified(store).await?;
    let view = AuditPage {
        lines: lines.collect(),
        acts: acts::ACTS,
        next: next.map(|next| next.link()),
        first: first.map(|first| first.link()),
        days,
        is_verifying: site.verification.0.load(Ordering::SeqCst),
        verified: verified.map(|Verified { at, by, is_sound, numbers }| VerifiedView {
            at: moment(at),
            by,
            is_sound,
            numbers,
        }),
        asked,
    };
    Ok(frame::show(&signed_in, &view, None::<Notice>))
}

fn line_view(line: Told, moment: &dyn Fn(Millis) -> String) -> LineView {
    let of = line.case.clone();
    LineView {
        at: moment(line.at),
        actor: line.actor,
        act: line.act,
        link: of.map(|of| Asked { of, ..Asked::default() }.link()),
        subject: line.subject,
        detail: line.detail,
    }
}

/// Follows the whole log in the background; one of this process at a time.
async fn verify(
    State(site): State<Site>,
    signed_in: SignedIn,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    if !site.verification.0.swap(true, Ordering::SeqCst) {
        let site = site.clone();
        tokio::spawn(async move {
            let (store, now) = (&site.runner.store, site.runner.clock.business());
            if let Err(error) = audit::verify(store, Who::Staff(&signed_in.staff), now).await {
                tracing::error!(%error, "the audit log could not be followed");
            }
            site.verification.0.store(false, Ordering::SeqCst);
        });
    }
    Ok(Redirect::to(PATH).into_response())
}

fn failed(error: LookError) -> WebError {
    match error {
        LookError::Store(error) => error.into(),
        LookError::Role => unreachable!("the gate lets nobody through whose role may not"),
    }
}
