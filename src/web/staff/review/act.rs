//! What a reviewer does: decide, take back, go on, let go.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{asked::Asked, case, number_of, seen, typed::Typed};
use crate::{
    office::{self, ReviewError, lease, queue, refused, words},
    store::CaseLease,
    time::Millis,
    web::{
        Site, WebError,
        staff::{form::Form, frame, gate::SignedIn, sign_in::Nothing},
    },
    workflow::case::Case,
};

/// A decision: done at once, and then the next case.
pub(super) async fn decide(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let number = number_of(&number);
    let Some(case) = own(&site, &signed_in, &number).await? else { return Ok(frame::missing(&signed_in)) };
    let decision = match typed.decision(&case) {
        Ok(decision) => decision,
        Err(words) => return case::refused(&site, &signed_in, &number, &typed, words.to_owned()).await,
    };
    match office::decide(&site.runner, &signed_in.staff, &case, typed.round, decision).await {
        Ok(_) => onward(&site, &signed_in, &Asked::read(&typed.asked), &number).await,
        Err(error) => {
            let words = why_not(error, &signed_in, &case)?;
            case::refused(&site, &signed_in, &number, &typed, words).await
        }
    }
}

/// The offices' words for it; what passes by itself is said, too, so that nothing typed is lost.
fn why_not(error: ReviewError, signed_in: &SignedIn, case: &Case) -> Result<String, WebError> {
    if let Some(words) = refused::review(&error, &signed_in.staff, case) {
        return Ok(words);
    }
    if error.is_transient() {
        tracing::warn!(%error, "a decision had to be asked for again");
        return Ok("系统正忙，没有保存，什么都没有改。请再按一次。".to_owned());
    }
    match error {
        ReviewError::Run(error) => Err(error.into()),
        ReviewError::Store(error) => Err(error.into()),
        refused => Ok(refused.to_string()),
    }
}

#[derive(Deserialize)]
pub(super) struct Onward {
    #[serde(default)]
    asked: String,
    /// The case that is left.
    #[serde(default)]
    leave: String,
}

/// The next case, without a word on the one that is open.
pub(super) async fn next(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(Onward { asked, leave }): Form<Onward>,
) -> Result<Response, WebError> {
    let answer = onward(&site, &signed_in, &Asked::read(&asked), "").await?;
    // Afterwards: the case that is left is not its own next one, unless there is no other.
    let is_other = !answer.headers().get("location").is_some_and(|to| leads_to(to.as_bytes(), &leave));
    if is_other {
        let_go(&site, &signed_in, &leave).await?;
    }
    Ok(answer)
}

fn leads_to(location: &[u8], number: &str) -> bool {
    let path = format!("/staff/cases/{number}");
    location.strip_prefix(path.as_bytes()).is_some_and(|rest| rest.first().is_none_or(|next| *next == b'?'))
}

/// To the next case that waits for this account, or to the queue when there is none.
async fn onward(site: &Site, signed_in: &SignedIn, asked: &Asked, did: &str) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let (now, batch) = (site.runner.clock.now(), site.runner.world.load().batch.id.clone());
    let filter = asked.next_filter(&signed_in.role, &batch, now.business, &staff.name);
    let found = seen(queue::next(store, staff, &filter, now.wire).await)?.flatten();
    let path = match found {
        Some(case) => asked.case_path(&case, did),
        None => asked.queue_path(did, "empty"),
    };
    Ok(Redirect::to(&path).into_response())
}

/// Lets go of a case by its number, if this account had it.
async fn let_go(site: &Site, signed_in: &SignedIn, number: &str) -> Result<(), WebError> {
    if let Some(case) = own(site, signed_in, number).await? {
        seen(lease::release(&site.runner.store, &signed_in.staff, &case.id).await)?;
    }
    Ok(())
}

/// A case that this account may see.
async fn own(
    site: &Site,
    signed_in: &SignedIn,
    number: &str,
) -> Result<Option<std::sync::Arc<Case>>, WebError> {
    let number = number_of(number);
    let Some(area) = signed_in.role.area().filter(|_| !number.is_empty()) else { return Ok(None) };
    Ok(site.runner.store.case_within(&area, &number).await?.map(|(case, _)| case))
}

#[derive(Deserialize)]
pub(super) struct TakeBack {
    /// The version that the decision left.
    version: i64,
    #[serde(default)]
    asked: String,
    /// The case that was opened meanwhile.
    #[serde(default)]
    leave: String,
}

/// Takes one's own last decision back, and opens the case again.
pub(super) async fn take_back(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Form(given): Form<TakeBack>,
) -> Result<Response, WebError> {
    let Some(case) = own(&site, &signed_in, &number).await? else { return Ok(frame::missing(&signed_in)) };
    let asked = Asked::read(&given.asked);
    match office::take_back(&site.runner, &signed_in.staff, &case.id, given.version).await {
        Ok(_) => {
            let_go(&site, &signed_in, &given.leave).await?;
            Ok(Redirect::to(&asked.same_path(&case.number, "back")).into_response())
        }
        Err(error) => {
            let words = why_not(error, &signed_in, &case)?;
            let words = format!("申请 {} 没有收回。{words}", words::number(&case.number));
            let typed = Typed { asked: given.asked, ..Typed::default() };
            let stays = if given.leave.is_empty() { &case.number } else { &given.leave };
            case::refused(&site, &signed_in, stays, &typed, words).await
        }
    }
}

/// Whose a case is, for the page that keeps it open.
#[derive(Serialize)]
struct Kept {
    /// Until then; nothing when it is another account's, or there is nothing to decide any more.
    until: Option<i64>,
}

/// Keeps a case that is open in a browser.
pub(super) async fn keep(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let wire = site.runner.clock.wire();
    let opened = queue::open(&site.runner.store, &signed_in.staff, &number_of(&number), wire).await;
    let Some(opened) = seen(opened)?.flatten() else { return Ok(frame::missing(&signed_in)) };
    let until = match opened.lease {
        Some(CaseLease::Mine { until }) => Some(until.0),
        _ => None,
    };
    Ok(Json(Kept { until }).into_response())
}

#[derive(Deserialize)]
pub(super) struct Leaving {
    /// Said by a page that is closed: only the lease that it knew ends.
    until: Option<i64>,
    #[serde(default)]
    asked: String,
}

/// Lets go of a case, back to the list.
pub(super) async fn leave(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Form(Leaving { until, asked }): Form<Leaving>,
) -> Result<Response, WebError> {
    let Some(case) = own(&site, &signed_in, &number).await? else { return Ok(frame::missing(&signed_in)) };
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let Some(until) = until else {
        seen(lease::release(store, staff, &case.id).await)?;
        return Ok(Redirect::to(&Asked::read(&asked).queue_path("", "")).into_response());
    };
    seen(lease::release_known(store, staff, &case.id, Millis(until)).await)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
