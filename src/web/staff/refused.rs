//! What is answered when an office's function shows nothing: the route's act was asked before, but an account may have
//! changed meanwhile, and cases are of places.

use axum::response::Response;

use super::{frame, gate::SignedIn};
use crate::{office::LookError, web::WebError};

/// Why nothing is shown.
pub(super) fn unseen(signed_in: &SignedIn, error: LookError) -> Result<Response, WebError> {
    match error {
        LookError::Role => Ok(frame::denied(signed_in)),
        LookError::Store(error) => Err(error.into()),
    }
}
