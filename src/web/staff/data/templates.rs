//! Files to fill in.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse as _, Response},
};

use crate::{
    office::{imports::Kind, templates},
    web::{
        WebError,
        download::{XLSX, named},
        staff::{frame, gate::SignedIn},
    },
};

/// `candidates.xlsx`, `candidates.csv` and so on.
pub(super) async fn file(signed_in: SignedIn, Path(file): Path<String>) -> Result<Response, WebError> {
    let named_kind = file.rsplit_once('.').and_then(|(name, end)| Some((Kind::parse(name)?, end)));
    let (kind, bytes) = match named_kind {
        Some((kind, "xlsx")) => (XLSX, templates::xlsx(kind)?),
        Some((kind, "csv")) => ("text/csv; charset=utf-8", templates::csv(kind)),
        _ => return Ok(frame::missing(&signed_in)),
    };
    Ok(([(header::CONTENT_TYPE, kind)], [named(&format!("template-{file}"))], bytes).into_response())
}
