//! Every address of the API. What stands in `desk` needs a key with the scope beside it; the rest is for anybody.

use std::time::Duration;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Redirect, Response},
    routing::{any, get},
};
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::routes;

use super::{
    audit, batches, cases, decide, deliveries,
    desk::{Desk, Entry},
    document, exports, hold, imports, inquiries, me, onsite, overview, people, photos,
    problem::{Kind, MEDIA, Problem},
    reader,
    words::PROBLEMS,
};
use crate::{
    office::keys::Scope,
    web::{Site, guard},
};

/// Time for an answer: far more than it takes, but for an import.
const TIME: Duration = Duration::from_mins(1);
/// Answers are data; the page of the description is the console's kind of page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// Every route that needs a key, with what it needs.
pub fn entries(site: &Site) -> Vec<Entry> {
    desk(site).entries
}

fn desk(site: &Site) -> Desk {
    Desk::new(site)
        .any(routes!(me::me))
        .add(Scope::CasesRead, routes!(cases::list))
        .add(Scope::CasesRead, routes!(cases::get))
        .add(Scope::CasesWhole, routes!(cases::whole))
        .add(Scope::Photos, routes!(photos::photo))
        .add(Scope::CasesDecide, routes!(hold::next))
        .add(Scope::CasesDecide, routes!(hold::hold))
        .add(Scope::CasesDecide, routes!(hold::release))
        .add(Scope::CasesDecide, routes!(decide::approve))
        .add(Scope::CasesDecide, routes!(decide::reject))
        .add(Scope::CasesDecide, routes!(decide::take_back))
        .add(Scope::Overview, routes!(overview::overview))
        .add(Scope::Onsite, routes!(onsite::appointments))
        .add(Scope::Onsite, routes!(onsite::record))
        .add(Scope::Conclude, routes!(onsite::conclude))
        .question(Scope::People, routes!(people::find))
        .add(Scope::PeopleUnbind, routes!(people::unbind))
        .add(Scope::PeopleUnbind, routes!(people::unlock))
        .add(Scope::Inquiries, routes!(inquiries::list))
        .add(Scope::Inquiries, routes!(inquiries::read))
        .add(Scope::Inquiries, routes!(inquiries::answer))
        .add(Scope::Inquiries, routes!(inquiries::close))
        .add(Scope::Deliveries, routes!(deliveries::list))
        .add(Scope::Deliveries, routes!(deliveries::retry))
        .add(Scope::Data, routes!(batches::list))
        .add(Scope::Data, routes!(batches::create))
        .add(Scope::Data, routes!(batches::places))
        .add(Scope::Data, routes!(batches::edit))
        .file(Scope::Data, true, routes!(imports::preview))
        .file(Scope::Data, false, routes!(imports::apply))
        .add(Scope::Data, routes!(imports::template))
        .add(Scope::CasesExport, routes!(exports::cases))
        .add(Scope::AuditRead, routes!(audit::list))
}

/// `/api/v1/…`.
pub fn routes(site: &Site) -> Router<Site> {
    let desk = desk(site);
    let document = document::describe(desk.paths, desk.schemas);
    let page = reader::Reader::of(&document);
    let text = document.to_json().expect("a description of text keys");
    let json = async move || ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response();
    desk.router
        .route("/api/v1/openapi.json", get(json))
        .route("/api/v1/docs", get(async move || page.answer()))
        .route("/api/v1/problems/{name}", get(problem))
        // Where people look who know no version.
        .route("/api/openapi.json", get(async || Redirect::permanent("/api/v1/openapi.json")))
        .route("/api/docs", get(async || Redirect::permanent("/api/v1/docs")))
        .route("/api/v1", get(async || Redirect::to("/api/v1/docs")))
        .route("/api/v1/{*elsewhere}", any(async || Problem::of(Kind::NotFound)))
        .method_not_allowed_fallback(async || Problem::of(Kind::WrongMethod))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIME))
        .layer(middleware::from_fn_with_state(site.clone(), watch))
}

/// To the words of a problem.
async fn problem(Path(name): Path<String>) -> Result<Redirect, Problem> {
    let known =
        PROBLEMS.iter().find(|words| words.name == name).ok_or_else(|| Problem::of(Kind::NotFound))?;
    Ok(Redirect::to(&format!("/api/v1/docs#problem-{}", known.name)))
}

/// Makes a problem of every refusal, whoever it comes from, and puts the headers on.
async fn watch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA);
    if (status.is_client_error() || status.is_server_error()) && !is_problem {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = Problem::of_status(status).into_response();
        response.headers_mut().extend(allow.map(|allow| (header::ALLOW, allow)));
    }
    guard::finish(&site, response, POLICY, PERMISSIONS)
}
