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

use crate::html;
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
    let found = find(&state, &url);
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let page = found.map_or_else(gone, page);
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, page).into_response()
}

fn find<'a>(state: &'a Model, url: &str) -> Option<&'a Piece> {
    let sent = state.mass.jobs.values().flat_map(|job| &job.pieces);
    let drafted = state.drafts.newest().flat_map(|draft| &draft.pieces);
    sent.chain(drafted).find(|piece| piece.url == url)
}

fn gone() -> String {
    let words = "该内容已被发布者删除";
    html::page(words, &format!("<h1>{words}</h1>"))
}

fn page(piece: &Piece) -> String {
    let author = html::escape(&piece.author);
    let source = match piece.content_source_url.as_str() {
        url if url.starts_with("http://") || url.starts_with("https://") => {
            format!("<p><a href=\"{}\">阅读原文</a></p>", html::escape(url))
        }
        _ => String::new(),
    };
    let title = html::escape(&piece.title);
    html::page(&piece.title, &format!("<h1>{title}</h1>\n<p>{author}</p>\n{}\n{source}", piece.content))
}
