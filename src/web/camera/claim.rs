//! 「开始」: a link becomes this device's, once it is shown that its own person holds the device.
//!
//! Inside WeChat the press leads to the platform and comes back to [`back`]; elsewhere the end of the document number
//! comes along with it. A try is used up before it is compared, so that however many come at once, three are all there
//! are. Whatever is refused consumes nothing but that, and a failure of our own gives it back.

use axum::{
    extract::{
        Form, Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    back_to, gone,
    link::{self, Link, MOST_TRIES},
    login::{self, Seen},
    run, view,
    view::Opened,
};
use crate::{
    inbound::CameraAct,
    runner::Ran,
    validation::document_tail,
    web::{
        Site, WebError,
        pages::{Page, Unproven},
    },
};

/// What 「开始」 brings; inside WeChat nothing, and nothing is also what cannot be read.
#[derive(Default, Deserialize)]
pub(super) struct Start {
    /// The end of the document number.
    #[serde(default)]
    tail: String,
    /// By the platform all the same: only where it is played.
    #[serde(default)]
    by_wechat: bool,
}

/// What the platform leads back with. Whoever refuses comes without a code.
#[derive(Default, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// 「开始」.
pub(super) async fn start(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    given: Result<Form<Start>, FormRejection>,
) -> Result<Response, WebError> {
    let given = given.map_or_else(|_| Start::default(), |Form(given)| given);
    let (opened, tries) = match unclaimed(&site, &ticket, &headers).await? {
        Ok(unclaimed) => unclaimed,
        Err(answer) => return Ok(answer),
    };
    if login::is_wechat(&headers) || (given.by_wechat && site.login.is_played()) {
        return leave(&site, &ticket);
    }
    let again =
        |why, status| view::welcome(&site, &ticket, &headers, Some(why)).answer(status).into_response();
    let Some(tail) = document_tail::read(&given.tail) else {
        return Ok(again(Unproven::Length, StatusCode::UNPROCESSABLE_ENTITY));
    };
    if !site.runner.store.try_ticket(&ticket, tries).await? {
        // Another was quicker: what is the link now?
        return match link::look(&site, &ticket, &headers).await? {
            Link::Unclaimed { .. } => Ok(again(Unproven::AtOnce, StatusCode::CONFLICT)),
            other => view::of_link(&site, &ticket, &headers, &other).await,
        };
    }
    if document_tail::confirms(&tail, &opened.candidate.document_no) {
        let claimed = claim(&site, &ticket, &headers, &opened).await;
        if claimed.as_ref().is_err_and(WebError::is_transient) {
            site.runner.store.untry_ticket(&ticket, tries + 1).await?;
        }
        return claimed;
    }
    tracing::warn!(
        case.id = opened.case.id,
        tries = tries + 1,
        "a camera link was tried with another document number"
    );
    match MOST_TRIES - tries - 1 {
        left if left > 0 => Ok(again(Unproven::Differs { left }, StatusCode::UNPROCESSABLE_ENTITY)),
        _ => view::of_link(&site, &ticket, &headers, &Link::Spent).await,
    }
}

/// Back from the platform.
pub(super) async fn back(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    brought: Result<Query<Back>, QueryRejection>,
) -> Result<Response, WebError> {
    let brought = brought.map_or_else(|_| Back::default(), |Query(brought)| brought);
    let (opened, _) = match unclaimed(&site, &ticket, &headers).await? {
        Ok(unclaimed) => unclaimed,
        Err(answer) => return Ok(answer),
    };
    let here = || view::here(&ticket);
    let mut answer = if brought.code.is_empty() || !login::began_here(&headers, &brought.state) {
        Page::Unanswered { here: here() }.answer(StatusCode::BAD_REQUEST)
    } else {
        match site.login.see(&brought.code).await {
            Ok(Seen::Person(open_id)) if open_id == opened.case.open_id => {
                claim(&site, &ticket, &headers, &opened).await?
            }
            Ok(Seen::Person(_)) => {
                tracing::warn!(
                    case.id = opened.case.id,
                    "a camera link was opened in another person's WeChat"
                );
                Page::Stranger {}.answer(StatusCode::FORBIDDEN)
            }
            Ok(Seen::Snapshot) => Page::Snapshot { here: here() }.answer(StatusCode::FORBIDDEN),
            Ok(Seen::Over) => Page::Unanswered { here: here() }.answer(StatusCode::BAD_REQUEST),
            Err(error) => {
                tracing::warn!(%error, "the platform does not say who opens a camera link");
                Page::Away { here: here() }.answer(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    };
    answer.headers_mut().append(header::SET_COOKIE, login::forget(&ticket, site.is_https()));
    Ok(answer)
}

/// The case of a link that can still be claimed, and how often that was tried; or the page that says why it cannot.
async fn unclaimed(
    site: &Site,
    ticket: &str,
    headers: &HeaderMap,
) -> Result<Result<(Opened, i64), Response>, WebError> {
    let (case_id, tries) = match link::look(site, ticket, headers).await? {
        Link::Unclaimed { case_id, tries } if !view::is_late(site) => (case_id, tries),
        Link::Own { .. } => return Ok(Err(back_to(ticket))),
        other => return Ok(Err(view::of_link(site, ticket, headers, &other).await?)),
    };
    Ok(match view::open(site, &case_id).await? {
        Some(opened) if opened.agreed => Ok((opened, tries)),
        Some(_) => Err(view::consent()),
        None => Err(gone()),
    })
}

/// To the platform, which asks nothing and leads back.
fn leave(site: &Site, ticket: &str) -> Result<Response, WebError> {
    let public_url = site.runner.world.load().public_url.clone();
    let (address, cookie) = site.login.leave(&site.runner.ids, &public_url, ticket, site.is_https())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response())
}

/// The link now belongs to this device.
async fn claim(
    site: &Site,
    ticket: &str,
    headers: &HeaderMap,
    opened: &Opened,
) -> Result<Response, WebError> {
    let lost = match run(site, opened, CameraAct::Claim { ticket: ticket.to_owned() }).await {
        Ok(Ran::Stored { turn, fresh, .. }) if turn.ticket.is_some() => {
            let cookie = link::cookie(ticket, &fresh.secret(), site.is_https());
            let cookie = HeaderValue::from_str(&cookie).expect("a link's secret fits in a header");
            let mut answer = back_to(ticket);
            answer.headers_mut().append(header::SET_COOKIE, cookie);
            return Ok(answer);
        }
        Ok(_) => None,
        Err(error) => Some(error),
    };
    // Another device was quicker, or the case went on without this link: what is the link now?
    match (link::look(site, ticket, headers).await?, lost) {
        (Link::Unclaimed { .. }, Some(error)) => Err(error),
        (Link::Unclaimed { .. }, None) => Ok(gone()),
        (other, _) => view::of_link(site, ticket, headers, &other).await,
    }
}
