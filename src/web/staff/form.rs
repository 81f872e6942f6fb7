//! Forms of the console: whatever changes something carries the sign-in's own token.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts as _, Request},
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
        if !is_own(&signed_in, &told) {
            tracing::warn!("refused a form without its token");
            return Err(frame::foreign(&signed_in));
        }
        serde_html_form::from_bytes(&bytes).map(Self).map_err(|_| frame::unreadable(&signed_in))
    }
}

/// Whether a token is the sign-in's.
pub(super) fn is_own(signed_in: &SignedIn, token: &str) -> bool {
    signed_in.token.as_bytes().ct_eq(token.as_bytes()).into()
}
