//! The review queue: a page of it, how much is in it, the next case, and one case opened.
//!
//! What an account may see is part of every statement ([`Role::area`]): whatever the filter says, a city is given its own
//! cases or none.

use std::sync::Arc;

use super::{
    Act, LookError, Role, Who, lease,
    look::{area, role},
};
use crate::{
    clock::Now,
    inbound::{Level, Part},
    store::{CaseCursor, CaseFilter, CaseLease, CaseSummary, Holder, StaffRow, Store},
    time::Millis,
    turn::Audit,
    workflow::{
        candidate::Candidate,
        case::{Case, Decided, Stage},
    },
};

/// Lines of a page when nothing else is said.
const PAGE: u32 = 50;
/// How many cases are looked at in one go for [`next`]: others may take the first ones in the same moment.
const NEXT_AT_ONCE: u32 = 8;

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub cases: Vec<CaseSummary>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<CaseCursor>,
}

/// How many cases there are in an office's places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// By stage of those that were asked for, in the order of the procedure; stages without any are left out.
    pub stages: Vec<(Stage, i64)>,
}

impl Counts {
    /// How many wait for a review of this kind at this level; `None` for any.
    pub fn waiting(&self, level: Option<Level>, part: Option<Part>) -> i64 {
        let stages = waiting(level, part);
        self.stages.iter().filter(|(stage, _)| stages.contains(stage)).map(|(_, count)| count).sum()
    }
}

/// A case on one screen.
pub struct Opened {
    /// As it is now.
    pub case: Arc<Case>,
    /// Whom it is about; `None` when nobody is bound any more and no import has the record.
    pub candidate: Option<Candidate>,
    /// Who has it open: the account itself if there is something for it to decide.
    pub lease: Option<CaseLease>,
}

/// The stages in which a review is awaited: at this level, of this kind; `None` for any.
pub fn waiting(level: Option<Level>, part: Option<Part>) -> Vec<Stage> {
    let is_wanted = |stage: &Stage| match (stage.reviewed_at(), stage.reviewed_part()) {
        (Some(at), Some(of)) => level.is_none_or(|level| level == at) && part.is_none_or(|part| part == of),
        _ => false,
    };
    Stage::ALL.into_iter().filter(is_wanted).collect()
}

/// One page. `wire` decides which leases have ended.
pub async fn list(store: &Store, role: &Role, filter: &CaseFilter, wire: Millis) -> Result<Page, LookError> {
    let limit = if filter.limit == 0 { PAGE } else { filter.limit };
    // One more tells whether there is another page.
    let filter = CaseFilter { limit: limit.saturating_add(1), ..filter.clone() };
    let mut cases = store.list_cases(&area(role, Act::SeeCases)?, &filter, wire).await?;
    let is_last = cases.len() <= limit as usize;
    cases.truncate(limit as usize);
    let next = cases.last().filter(|_| !is_last).map(CaseSummary::cursor);
    Ok(Page { cases, next })
}

/// How many cases stand where, of the filter's batch, stages, city and district.
pub async fn counts(store: &Store, role: &Role, filter: &CaseFilter) -> Result<Counts, LookError> {
    let area = filter.narrowed(&area(role, Act::SeeCases)?);
    Ok(Counts { stages: store.count_cases(&area, &filter.batch, &filter.stages).await? })
}

/// The next case for an account, leased to it: the first of the list behind `filter.after` that nobody else has open,
/// and when there is none behind it, the first of all. `None` when others have every case, or there is none.
pub async fn next(
    store: &Store,
    staff: &StaffRow,
    filter: &CaseFilter,
    wire: Millis,
) -> Result<Option<CaseSummary>, LookError> {
    let area = area(&role(staff)?, Act::Review)?;
    let holder = Some(Holder::NobodyBut(staff.name.clone()));
    let mut filter = CaseFilter { holder, limit: NEXT_AT_ONCE, ..filter.clone() };
    let mut may_begin_again = filter.after.is_some();
    loop {
        let cases = store.list_cases(&area, &filter, wire).await?;
        let Some(last) = cases.last().map(CaseSummary::cursor) else {
            if !std::mem::take(&mut may_begin_again) {
                return Ok(None);
            }
            filter.after = None;
            continue;
        };
        for case in cases {
            let taken = lease::take(store, staff, &case.id, wire).await?;
            if matches!(taken, CaseLease::Mine { .. }) {
                return Ok(Some(CaseSummary { held_by: Some(staff.name.clone()), ..case }));
            }
        }
        filter.after = Some(last);
    }
}

/// The case with this number or id, leased to the account if there is something for it to decide. `None` when there is
/// none that it may see.
pub async fn open(
    store: &Store,
    staff: &StaffRow,
    name: &str,
    wire: Millis,
) -> Result<Option<Opened>, LookError> {
    let Some((role, case, candidate)) = seen(store, staff, name).await? else { return Ok(None) };
    let lease = leased(store, staff, &role, &case, wire).await?;
    Ok(Some(Opened { case, candidate, lease }))
}

/// The same for showing it, with all that it says of its candidate: that is in the audit. Lease and line are written at
/// the same time, so that a reviewer waits for one commit and not for two.
pub async fn view(
    store: &Store,
    staff: &StaffRow,
    name: &str,
    now: Now,
) -> Result<Option<Opened>, LookError> {
    viewed(store, staff, name, "view_case", now).await
}

/// The same when the phone is shown whole besides, for whoever has to call: the audit has that by itself.
pub async fn view_phone(
    store: &Store,
    staff: &StaffRow,
    name: &str,
    now: Now,
) -> Result<Option<Opened>, LookError> {
    viewed(store, staff, name, "view_phone", now).await
}

async fn viewed(
    store: &Store,
    staff: &StaffRow,
    name: &str,
    act: &str,
    now: Now,
) -> Result<Option<Opened>, LookError> {
    let Some((role, case, candidate)) = seen(store, staff, name).await? else { return Ok(None) };
    let lease = leased(store, staff, &role, &case, now.wire);
    let (lease, told) = tokio::join!(lease, note(store, staff, act, &case, now.business));
    told?;
    Ok(Some(Opened { lease: lease?, case, candidate }))
}

/// Writes down that a case is shown to an account.
pub async fn note_view(store: &Store, staff: &StaffRow, case: &Case, now: Millis) -> Result<(), LookError> {
    note(store, staff, "view_case", case, now).await
}

async fn note(store: &Store, staff: &StaffRow, act: &str, case: &Case, now: Millis) -> Result<(), LookError> {
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: act.to_owned(),
        subject: case.id.clone(),
        detail: format!("round {}", case.round),
    };
    Ok(store.append_audit(&audit, now).await?)
}

/// The account's role, and the case with this number or id, if it may see it, with its candidate.
async fn seen(
    store: &Store,
    staff: &StaffRow,
    name: &str,
) -> Result<Option<(Role, Arc<Case>, Option<Candidate>)>, LookError> {
    let role = role(staff)?;
    let found = store.case_within(&area(&role, Act::SeeCases)?, name).await?;
    Ok(found.map(|(case, candidate)| (role, case, candidate)))
}

/// Takes or renews the lease of a case if there is something for the account to decide; otherwise who has it, if anybody.
async fn leased(
    store: &Store,
    staff: &StaffRow,
    role: &Role,
    case: &Case,
    wire: Millis,
) -> Result<Option<CaseLease>, LookError> {
    if role.level().is_some() && role.level() == case.stage.reviewed_at() {
        return lease::take(store, staff, &case.id, wire).await.map(Some);
    }
    let holder = store.case_holder(&case.id, wire).await?;
    Ok(holder.map(|(staff, until)| CaseLease::Other { staff, until }))
}

/// The last decision on a case, if this account made it: what it may take back for a moment. `None`, too, when it may not
/// see the case.
pub async fn own_decision(
    store: &Store,
    staff: &StaffRow,
    name: &str,
) -> Result<Option<(Arc<Case>, Decided)>, LookError> {
    let Some((_, case, _)) = seen(store, staff, name).await? else { return Ok(None) };
    let decided = case.rounds.last().and_then(|round| round.decisions.last()).cloned();
    Ok(decided.filter(|decided| decided.staff == staff.name).map(|decided| (case, decided)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_chosen_by_level_and_kind() {
        use Stage::{BundleAtCity, BundleAtProvince, DocumentsAtCity, DocumentsAtProvince, PortraitAtCity};
        let all = vec![DocumentsAtCity, DocumentsAtProvince, PortraitAtCity, BundleAtCity, BundleAtProvince];
        let rows = [
            (None, None, all),
            (Some(Level::City), None, vec![DocumentsAtCity, PortraitAtCity, BundleAtCity]),
            (Some(Level::Province), None, vec![DocumentsAtProvince, BundleAtProvince]),
            (None, Some(Part::Both), vec![BundleAtCity, BundleAtProvince]),
            (Some(Level::City), Some(Part::Portrait), vec![PortraitAtCity]),
            (Some(Level::Province), Some(Part::Portrait), vec![]),
        ];
        for (level, part, expected) in rows {
            assert_eq!(waiting(level, part), expected, "{level:?} {part:?}");
        }
    }
}
