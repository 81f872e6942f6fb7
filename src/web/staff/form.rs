//! Forms of the console: whatever changes something carries the sign-in's own token.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Multipart, Request, multipart::Field},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use subtle::ConstantTimeEq as _;

use super::{frame, gate::SignedIn};
use crate::web::Site;

/// A form's fields, once its token has shown that a page of this sign-in sent it.
pub(super) struct Form<T>(pub(super) T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

impl<T: DeserializeOwned> FromRequest<Site> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed_in = SignedIn::from_request_parts(&mut parts, site).await?;
        let bytes = Bytes::from_request(Request::from_parts(parts, body), site).await;
        let bytes = bytes.map_err(IntoResponse::into_response)?;
        let told = serde_html_form::from_bytes::<Token>(&bytes).map(|form| form.token).unwrap_or_default();
        // PostgreSQL keeps no text with a NUL, and no page of ours has a field with one.
        let has_nul = bytes.contains(&0) || bytes.windows(3).any(|sign| sign == b"%00");
        if !is_own(&signed_in, &told) {
            tracing::warn!("refused a form without its token");
            return Err(frame::foreign(&signed_in));
        }
        let read = serde_html_form::from_bytes(&bytes).ok().filter(|_| !has_nul);
        read.map(Self).ok_or_else(|| frame::unreadable(&signed_in))
    }
}

/// The longest field of a form with a file that is no file, in bytes.
const SMALL: usize = 1024;

/// A form with a file: what follows its token, which stands first and has been compared before anything else was read.
pub(super) struct FileForm(pub(super) Multipart);

impl FromRequest<Site> for FileForm {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed_in = SignedIn::from_request_parts(&mut parts, site).await?;
        let form = Multipart::from_request(Request::from_parts(parts, body), site).await;
        let mut form = form.map_err(|_| frame::unreadable(&signed_in))?;
        let first = form.next_field().await.ok().flatten().filter(|field| field.name() == Some("token"));
        let told = match first {
            Some(field) => small(field).await,
            None => None,
        };
        if told.is_some_and(|told| is_own(&signed_in, &told)) {
            return Ok(Self(form));
        }
        tracing::warn!("refused a form without its token");
        Err(frame::foreign(&signed_in))
    }
}

/// A field's text; `None` when it is too long for one or cannot be read.
pub(super) async fn small(mut field: Field<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > SMALL {
            return None;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// Whether a token is the sign-in's.
pub(super) fn is_own(signed_in: &SignedIn, token: &str) -> bool {
    signed_in.token.as_bytes().ct_eq(token.as_bytes()).into()
}
