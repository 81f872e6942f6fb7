//! The page behind an article's card: what a draft says, and what a mass message has sent (protocol §9).
//!
//! Scripts never run there, as on the platform. A draft can be read while it is in the box, a sent article until it
//! is deleted.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::model::State as Model;
use crate::model::drafts::Piece;
use crate::platform::Platform;

/// Pictures and styles of the article's own, and nothing that runs.
const POLICY: &str = "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'";

pub(crate) fn routes() -> Router<Arc<Platform>> {
    Router::new().route("/s/{name}", get(read))
}

async fn read(State(platform): State<Arc<Platform>>, Path(name): Path<String>) -> Response {
    let url = format!("{}/s/{name}", platform.url());
    let state = platform.state();
    let (status, page) = match find(&state, &url) {
        Some(piece) => (StatusCode::OK, page(piece)),
        None => (StatusCode::NOT_FOUND, frame("该内容已被发布者删除", "")),
    };
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, page).into_response()
}

fn find<'a>(state: &'a Model, url: &str) -> Option<&'a Piece> {
    let sent = state.mass.jobs.values().flat_map(|job| &job.pieces);
    let drafted = state.drafts.newest().flat_map(|draft| &draft.pieces);
    sent.chain(drafted).find(|piece| piece.url == url)
}

fn page(piece: &Piece) -> String {
    let author = escaped(&piece.author);
    let source = match piece.content_source_url.as_str() {
        url if url.starts_with("http://") || url.starts_with("https://") => {
            format!("<p><a href=\"{}\">阅读原文</a></p>", escaped(url))
        }
        _ => String::new(),
    };
    frame(&piece.title, &format!("<p>{author}</p>\n{}\n{source}", piece.content))
}

fn frame(title: &str, body: &str) -> String {
    let title = escaped(title);
    let view = "<meta name=\"viewport\" content=\"width=device-width\">";
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">{view}<title>{title}</title>\
         <h1>{title}</h1>\n{body}</html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
