//! Who gets in: a browser that is signed in, to an account that may do what the route is for.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, Uri, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{frame, sessions::LONGEST, sign_in};
use crate::{
    office::{Act, Role},
    store::StaffRow,
    time::Millis,
    web::{Site, WebError},
};

/// Where the sign-in keeps who it is.
const WHO: &str = "who";
/// Unused for so long, a sign-in has ended, in seconds: a reviewer's tea, not a reviewer's lunch. Business time.
pub(super) const IDLE_SECONDS: i64 = 30 * 60;
/// The last use is written down at most once a minute, not with every page.
const SLACK_SECONDS: i64 = 60;

/// What a sign-in knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) staff: String,
    /// The account's stamp of then: any change of the account ends the sign-in.
    pub(super) stamp: i64,
    /// Every form carries it.
    pub(super) token: String,
    /// When the browser was signed in. Business time.
    pub(super) signed_in_at: Millis,
    /// The last use. Business time.
    pub(super) seen: Millis,
}

/// The account that a request speaks for. Only routes of the [`Desk`](super::desk::Desk) have one.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) staff: StaffRow,
    pub(super) role: Role,
    pub(super) token: String,
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // A route outside the desk has no gate; nobody is let in by mistake.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| sign_in::again(None).into_response())
    }
}

/// Lets a request through, or says why not.
pub(super) async fn pass(
    State((site, act)): State<(Site, Act)>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let Some(signed_in) = known(&site, &session).await? else {
        let back = (request.method() == Method::GET).then(|| path_of(request.uri()));
        return Ok(sign_in::again(back.as_deref()).into_response());
    };
    if signed_in.staff.must_change && act != Act::OwnAccount {
        return Ok(Redirect::to("/staff/account").into_response());
    }
    if !signed_in.role.may(act) {
        tracing::warn!(staff = signed_in.staff.name, ?act, "an account asked for what its role may not");
        return Ok(frame::denied(&signed_in));
    }
    request.extensions_mut().insert(signed_in.clone());
    let mut response = match next.run(request).await {
        response if response.status().as_u16() < 400 => return Ok(response),
        response => response,
    };
    // For the page that says what went wrong.
    response.extensions_mut().insert(signed_in);
    Ok(response)
}

/// Whose browser it is, if it is signed in; ends a sign-in whose time or account is over.
async fn known(site: &Site, session: &Session) -> Result<Option<SignedIn>, WebError> {
    let Some(mut who) = session.get::<Who>(WHO).await? else { return Ok(None) };
    let now = site.runner.clock.business();
    let staff = site.runner.store.staff(&who.staff).await?;
    let is_idle = now.0 - who.seen.0 > IDLE_SECONDS * 1000;
    let is_old = now.0 - who.signed_in_at.0 >= LONGEST.as_millis() as i64;
    let staff = staff.filter(|staff| staff.active && staff.stamp == who.stamp && !is_idle && !is_old);
    let role = staff.as_ref().and_then(Role::of);
    let (Some(staff), Some(role)) = (staff, role) else {
        session.flush().await?;
        return Ok(None);
    };
    let token = who.token.clone();
    if now.0 - who.seen.0 > SLACK_SECONDS * 1000 {
        who.seen = now;
        session.insert(WHO, who).await?;
    }
    Ok(Some(SignedIn { staff, role, token }))
}

/// Signs a browser in, under a new cookie: one that was there before is worth nothing.
pub(super) async fn let_in(site: &Site, session: &Session, staff: &StaffRow) -> Result<(), WebError> {
    session.cycle_id().await?;
    let now = site.runner.clock.business();
    let who = Who {
        staff: staff.name.clone(),
        stamp: staff.stamp,
        token: site.runner.ids.secret(),
        signed_in_at: now,
        seen: now,
    };
    Ok(session.insert(WHO, who).await?)
}

/// Path and query, to come back to.
fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or("/staff", |path| path.as_str()).to_owned()
}

/// 「没有权限」.
pub(super) const DENIED: StatusCode = StatusCode::FORBIDDEN;
