//! One candidate: who holds the number since when, freeing it from a binding, and freeing a number that is locked.
//!
//! Both take a reason and are asked about once more, with whom it concerns and what follows.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{Line, lines};
use crate::{
    office::{
        Act, LookError, people,
        person::{self, PersonError, REASON_MAX, Whom},
        reason, refused,
    },
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
};

#[derive(Serialize)]
pub(in crate::web::staff) struct PersonPage {
    pub(super) key: String,
    /// `None` of a number that nobody is known to have.
    pub(super) person: Option<Line>,
    pub(super) is_locked: bool,
    pub(super) may_unbind: bool,
    pub(super) reason_min: usize,
    pub(super) reason_max: usize,
    /// What is asked once more.
    pub(super) asked: Option<Asked>,
}

impl View for PersonPage {
    const TEMPLATE: &'static str = "staff/person.html";
    const SECTION: Section = Section::People;
}

/// What somebody wants to do.
#[derive(Serialize)]
pub(super) struct Asked {
    /// `unbind` or `unlock`.
    pub(super) act: &'static str,
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(in crate::web::staff) struct Done {
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
pub(in crate::web::staff) struct Given {
    #[serde(default)]
    reason: String,
    /// Asked once more, and still wanted.
    #[serde(default)]
    sure: String,
}

/// The page.
pub(in crate::web::staff) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, WebError> {
    let words = match done.as_str() {
        "unbind" => Some("已解除绑定，考生可以用新的微信重新绑定。原来的微信会收到通知。"),
        "unlock" => Some("已恢复，现在可以重新绑定。"),
        _ => None,
    };
    let Some(whom) = whom(&site, &signed_in, &key).await? else {
        // Nothing is known any more of a number that was only locked.
        return Ok(match words {
            Some(_) => Redirect::to("/staff/people").into_response(),
            None => frame::missing(&signed_in),
        });
    };
    Ok(frame::show(&signed_in, &view(&site, &signed_in, key, whom, None), words.map(Notice::done)))
}

/// Frees the candidate from a binding.
pub(in crate::web::staff) async fn unbind(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Some(whom) = whom(&site, &signed_in, &key).await? else { return Ok(frame::missing(&signed_in)) };
    let done = match (whom.exam_no().filter(|_| is_bound(&whom)), whom.check_reason(&given.reason)) {
        (None, _) => Err(PersonError::Unbound),
        (_, Err(error)) => Err(error),
        (Some(_), Ok(_)) if given.sure.is_empty() => Ok(false),
        (Some(exam_no), Ok(_)) => {
            let unbound = person::unbind(&site.runner, &signed_in.staff, exam_no, &given.reason).await;
            unbound.map(|()| true)
        }
    };
    answer(&site, &signed_in, key, whom, "unbind", (given, done))
}

/// Frees a locked number.
pub(in crate::web::staff) async fn unlock(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Some(whom) = whom(&site, &signed_in, &key).await? else { return Ok(frame::missing(&signed_in)) };
    let done = match whom.check_reason(&given.reason) {
        _ if !whom.is_locked => Err(PersonError::Unlocked),
        Err(error) => Err(error),
        Ok(_) if given.sure.is_empty() => Ok(false),
        Ok(_) => {
            let freed = person::unlock(&site.runner, &signed_in.staff, &key, &given.reason).await;
            freed.map(|()| true)
        }
    };
    answer(&site, &signed_in, key, whom, "unlock", (given, done))
}

/// Asks once more, leads back to the page, or says why not.
fn answer(
    site: &Site,
    signed_in: &SignedIn,
    key: String,
    whom: Whom,
    act: &'static str,
    (given, done): (Given, Result<bool, PersonError>),
) -> Result<Response, WebError> {
    match done {
        Ok(true) => Ok(Redirect::to(&format!("/staff/people/{key}?done={act}")).into_response()),
        Ok(false) => {
            let asked = Asked { act, reason: given.reason.trim().to_owned() };
            Ok(frame::show(signed_in, &view(site, signed_in, key, whom, Some(asked)), None))
        }
        Err(PersonError::Run(error)) => Err(error.into()),
        Err(PersonError::Store(error)) => Err(error.into()),
        Err(error) => {
            let notice = Notice::refused(refused::person(&error));
            Ok(frame::show(signed_in, &view(site, signed_in, key, whom, None), Some(notice)))
        }
    }
}

async fn whom(site: &Site, signed_in: &SignedIn, key: &str) -> Result<Option<Whom>, WebError> {
    match person::whom(&site.runner.store, &signed_in.staff, key).await {
        Ok(whom) => Ok(whom),
        Err(LookError::Role) => Ok(None),
        Err(LookError::Store(error)) => Err(error.into()),
    }
}

fn is_bound(whom: &Whom) -> bool {
    whom.found.iter().any(|found| found.bound_at.is_some())
}

fn view(site: &Site, signed_in: &SignedIn, key: String, whom: Whom, asked: Option<Asked>) -> PersonPage {
    let zone = site.runner.world.load().zone.clone();
    let people = whom.found.into_iter().map(people::masked).collect();
    PersonPage {
        key,
        person: lines(people, &zone).into_iter().next(),
        is_locked: whom.is_locked,
        may_unbind: signed_in.role.may(Act::Unbind),
        reason_min: reason::MIN,
        reason_max: REASON_MAX,
        asked,
    }
}
