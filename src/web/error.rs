//! What can go wrong behind a page, and what a person sees of it: calm words and a short code to say on the phone.
//!
//! The code stands in the log beside the cause, once; the page never shows a cause. A wrong press or a wrong picture
//! is no error: the turn refuses it with words of its own.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::pages::Page;
use crate::{files::FilesError, ids::Ids, runner::RunError, store::StoreError, wechat::client::ClientError};

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The turn was not stored.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The picture could not be stored or read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The platform's address for authorising cannot be made.
    #[error(transparent)]
    Login(#[from] ClientError),
    /// A case names a picture that is not there.
    #[error("a stored picture is missing")]
    PictureMissing,
    /// A sign-in could not be read or kept.
    #[error("sign-in: {0}")]
    SignIn(#[from] tower_sessions::session::Error),
    /// A file of an office's could not be kept for a moment.
    #[error("a file in between: {0}")]
    Spool(#[from] std::io::Error),
    /// A workbook could not be written.
    #[error("workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A template does not fit its page.
    #[error("page: {0}")]
    Page(minijinja::Error),
    /// More pictures are on their way in than there is room for.
    #[error("no room for another picture")]
    Crowded,
    /// It took longer than a person waits.
    #[error("a page took too long")]
    Late,
}

impl WebError {
    /// Whether the same request may go through in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Run(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Files(error) => error.is_transient(),
            Self::Crowded | Self::Late | Self::SignIn(_) | Self::Spool(_) => true,
            Self::Login(error) => error.is_transient(),
            Self::PictureMissing | Self::Workbook(_) | Self::Page(_) => false,
        }
    }

    /// The page that says so; `unsaved` when a picture came with the request and is lost. It carries its [`Reference`] for
    /// whoever says the same in another page's words.
    pub fn answer(&self, unsaved: bool) -> Response {
        let code = speakable(Ids::random().bytes());
        let reference = Reference(code.clone());
        let mut response = self.page(code, unsaved);
        response.extensions_mut().insert(reference);
        response
    }

    fn page(&self, code: String, unsaved: bool) -> Response {
        if self.is_transient() {
            tracing::warn!(code, error = %self, "a page had to ask for patience");
            let mut response = shown(&Page::Busy { code, unsaved }, StatusCode::SERVICE_UNAVAILABLE);
            response.headers_mut().insert(header::RETRY_AFTER, WAIT_SECONDS);
            response
        } else {
            tracing::error!(code, error = %self, "a page could not be made");
            shown(&Page::Broken { code, unsaved }, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The code of an error, which stands in the log beside the cause: 「204-617」.
#[derive(Debug, Clone)]
pub struct Reference(pub String);

/// How long a busy page asks programs to wait, in seconds; its words tell people the same.
const WAIT_SECONDS: HeaderValue = HeaderValue::from_static("60");

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        self.answer(false)
    }
}

/// Not [`Page::answer`]: an error about a page that cannot be rendered must not come back here.
fn shown(page: &Page, status: StatusCode) -> Response {
    match page.render() {
        Ok(html) => (status, axum::response::Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// Six digits in two groups, 「204-617」.
fn speakable(random: [u8; 4]) -> String {
    let number = u32::from_be_bytes(random) % 1_000_000;
    format!("{:03}-{:03}", number / 1000, number % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_always_two_groups_of_three() {
        let rows = [([0, 0, 0, 0], "000-000"), ([0, 0, 3, 233], "001-001"), ([0, 15, 66, 63], "999-999")];
        for (random, expected) in rows {
            assert_eq!(speakable(random), expected);
        }
    }

    #[test]
    fn only_what_passes_by_itself_asks_for_patience() {
        assert_eq!(WebError::Late.into_response().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            WebError::from(RunError::Contended).into_response().status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(WebError::PictureMissing.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
