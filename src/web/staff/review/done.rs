//! What this account has just decided, and the seconds in which it can be taken back.

use serde::Serialize;

use super::asked::Asked;
use crate::{
    office::{queue, words},
    store::StaffRow,
    web::{Site, WebError},
};

/// A line above the next page.
#[derive(Debug, Serialize)]
pub(super) struct Decided {
    pub(super) number: String,
    /// 「1234-5678」.
    pub(super) shown_number: String,
    pub(super) is_approved: bool,
    /// The version of the case that it left.
    pub(super) version: i64,
    /// The list's question and the case's place in it, as a form's field: taken back, it goes on from there.
    pub(super) asked: String,
    /// Seconds left, rounded up; 0 when it stands.
    pub(super) seconds: i64,
}

/// The decision on a case, if it is this account's and the case's last.
pub(super) async fn decided(
    site: &Site,
    staff: &StaffRow,
    asked: &Asked,
) -> Result<Option<Decided>, WebError> {
    if asked.did.is_empty() {
        return Ok(None);
    }
    let found = super::seen(queue::own_decision(&site.runner.store, staff, &asked.did).await)?.flatten();
    let now = site.runner.clock.business();
    Ok(found.map(|(case, decided)| Decided {
        shown_number: words::number(&case.number),
        number: case.number.clone(),
        is_approved: decided.rejected.is_none(),
        version: case.version,
        asked: asked.query_at(&asked.was),
        seconds: (decided.revocable.until.since(now).max(0) + 999) / 1000,
    }))
}
