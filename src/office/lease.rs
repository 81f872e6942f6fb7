//! Who has a case open: ten minutes at a time, renewed by whoever opens it again, and let go of with the decision.

use super::LookError;
use crate::{
    store::{CaseLease, StaffRow, Store},
    time::Millis,
};

/// How long a case stays with whoever opened it. A reviewer needs a minute or two; a browser that was closed without a
/// word keeps others away no longer than this.
const SECONDS: i64 = 600;

/// Takes or renews the lease of a case that the account was shown. `wire` is now.
pub(super) async fn take(
    store: &Store,
    staff: &StaffRow,
    case_id: &str,
    wire: Millis,
) -> Result<CaseLease, LookError> {
    Ok(store.take_case(case_id, &staff.name, wire, wire.plus_seconds(SECONDS)).await?)
}

/// Lets go of a case that the account knew to have until then: not if it has opened it again since. A page that is left says
/// so by itself, perhaps only after the next one was opened.
pub async fn release_known(
    store: &Store,
    staff: &StaffRow,
    case_id: &str,
    until: Millis,
) -> Result<(), LookError> {
    Ok(store.release_case_known(case_id, &staff.name, until).await?)
}

/// Lets go of a case, if the account had it.
pub async fn release(store: &Store, staff: &StaffRow, case_id: &str) -> Result<(), LookError> {
    store.release_case(case_id, &staff.name).await?;
    Ok(())
}
