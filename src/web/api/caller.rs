//! Who gets in: a key that opens, that may be used for what the route is for, and whose role may do it.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    desk::Entry,
    imports, once,
    problem::{Kind, Problem},
};
use crate::{
    office::{
        Act, Role, Who,
        keys::{self, Holder, Scope},
    },
    store::StaffRow,
    web::Site,
};

/// Whoever a request speaks for. Only routes of the [`Desk`](super::desk::Desk) have one.
#[derive(Clone)]
pub(super) struct Caller(pub(super) Holder);

impl Caller {
    /// For `office`.
    pub(super) fn account(&self) -> &StaffRow {
        &self.0.account
    }

    /// For `office`.
    pub(super) fn role(&self) -> &Role {
        &self.0.role
    }

    /// For `office`.
    pub(super) fn who(&self) -> Who<'_> {
        Who::Staff(&self.0.account)
    }

    /// Whether it may read applications as such, and not only do something to them.
    pub(super) fn reads_cases(&self) -> bool {
        self.0.scopes.contains(&Scope::CasesRead) && self.role().may(Act::SeeCases)
    }

    /// As the audit names it.
    pub(super) fn actor(&self) -> String {
        self.who().actor()
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // A route outside the desk has no gate; nobody is let in by mistake.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::of(Kind::Unauthorized))
    }
}

/// Lets a request through, or says why not. A write goes on by [`once::run`].
pub(super) async fn pass(
    State((site, entry)): State<(Site, Entry)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = match shown(request.headers()) {
        Some(key) => keys::open(&site.runner.store, key, site.runner.clock.business()).await?.map(Caller),
        None => None,
    };
    let Some(caller) = caller else {
        tracing::warn!("somebody showed the API no key that opens");
        return Err(site.api.limits.refuse());
    };
    let left = site.api.limits.ask(&caller.0.key.id)?;
    let mut response = if may(&caller, &entry) {
        request.extensions_mut().insert(caller.clone());
        // A file has its place before its body is read.
        if entry.takes_file && !site.api.files.give_place(&mut request) {
            imports::busy().into_response()
        } else if entry.is_write() {
            once::run(&site, &caller, request, next).await.unwrap_or_else(Problem::into_response)
        } else {
            next.run(request).await
        }
    } else {
        tracing::warn!(key = caller.0.key.name, path = entry.path, "a key asked for what it may not");
        Problem::of(Kind::Forbidden).into_response()
    };
    left.write(response.headers_mut());
    Ok(response)
}

fn may(caller: &Caller, entry: &Entry) -> bool {
    entry.scope.is_none_or(|scope| caller.0.scopes.contains(&scope)) && caller.role().may(entry.act())
}

/// The key of `Authorization: Bearer …`.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
