//! The camera page: the second confirmation, the standard once more, and the portrait (procedure A8–A12).
//!
//! The link comes from the chat. Opening it shows nothing personal and changes nothing, because link previews open
//! links, too; 「开始」 claims it for one device by a cookie (AMB-10). From then on the page shows whatever the case's
//! stage asks, so that page and chat never disagree; each press is one act of the turn. `link` decides what a link
//! is to the device that asks, `claim` makes it this device's once `login` or the document's last characters show whose
//! device it is, `view` decides what is seen, `upload` takes a picture in, `guard` watches over requests and answers;
//! `handover` is the way from a computer to a phone.

mod claim;
mod guard;
mod handover;
mod link;
mod login;
mod upload;
mod view;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, any, get, post},
};
use tower_http::{limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use super::{
    Site, WebError,
    pages::{self, Page},
};
use crate::{
    dialog,
    inbound::{CameraAct, Inbound, PhotoSlot, PhotoSource, PhotoVerdict, What},
    photos::{self, Good},
    runner::{Errand, Ran, RunError},
    turn::{ForPeople, Reply, Turn},
    workflow::case::Stage,
};
pub use handover::Handover;
use link::Link;
pub use login::Login;
pub use upload::Uploads;
use upload::{File, Upload};
use view::Opened;

/// Time for a page: far more than it takes, less than a person waits.
const PAGE_TIME: Duration = Duration::from_secs(10);
/// Time for a picture: 10 MB over a slow mobile network (1 Mbit/s) take 80 s.
const PHOTO_TIME: Duration = Duration::from_mins(2);
/// Forms without fields have no body.
const FORM_BYTES: usize = 1024;

/// `/camera/…`.
pub fn routes(site: &Site) -> Router<Site> {
    let pages = Router::new()
        .route("/camera/{ticket}", get(show))
        .route("/camera/{ticket}/", get(async |Path(ticket): Path<String>| back_to(&ticket)))
        .route("/camera/{ticket}/start", press(post(claim::start)))
        .route("/camera/{ticket}/back", get(claim::back))
        .route("/camera/{ticket}/confirm", button(CameraAct::ConfirmData, Stage::DataToReconfirm))
        .route("/camera/{ticket}/standard", button(CameraAct::ReadStandard, Stage::StandardToReread))
        .route("/camera/{ticket}/people", button(CameraAct::AskPeople, Stage::Captured))
        .route("/camera/{ticket}/finish", button(CameraAct::Finish, Stage::Captured))
        .route("/camera/{ticket}/portrait", get(portrait))
        .route("/camera/{ticket}/handover", get(handover::code))
        // Whatever else is asked below a link may name its secret: it is guarded like the link.
        .route("/camera/{ticket}/{*rest}", any(nowhere))
        .layer(RequestBodyLimitLayer::new(FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIME));
    let photo = Router::new()
        .route("/camera/{ticket}/photo", press(post(take_photo)))
        .layer(DefaultBodyLimit::max(upload::most_bytes(site.photos.bounds().max_bytes)))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PHOTO_TIME))
        .layer(middleware::map_response(unsaved_when_late));
    let assets = Router::new()
        .route("/camera/assets/{file}", get(asset))
        .layer(RequestBodyLimitLayer::new(0))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIME));
    let all = pages.merge(photo).merge(assets).layer(middleware::map_response(in_own_words));
    all.layer(middleware::from_fn_with_state(site.clone(), guard::watch))
}

/// The button of an act that the page shows in `stage`.
fn button(act: CameraAct, stage: Stage) -> MethodRouter<Site> {
    let pressed =
        async move |State(site): State<Site>, Path(ticket): Path<String>, headers: HeaderMap| match own(
            &site, &ticket, &headers,
        )
        .await?
        {
            Ok(opened) => {
                let ran = run(&site, &opened, act).await?;
                shown(&site, &ticket, &opened, ran, stage, false).await
            }
            Err(answer) => Ok::<_, WebError>(answer),
        };
    press(post(pressed))
}

/// Nobody is answered in the words of a library: whatever was refused before a handler saw it gets a page.
async fn in_own_words(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    match response.status() {
        StatusCode::REQUEST_TIMEOUT => response,
        status if status.is_client_error() && !is_page => Page::Strange {}.answer(status),
        _ => response,
    }
}

/// A picture that took too long was not kept.
async fn unsaved_when_late(response: Response) -> Response {
    let is_late = response.status() == StatusCode::REQUEST_TIMEOUT;
    if is_late { WebError::Late.answer(true) } else { response }
}

/// A form's address that is opened like a page (reloaded, shared) leads back to the page.
fn press(form: MethodRouter<Site>) -> MethodRouter<Site> {
    form.get(async |Path(ticket): Path<String>| back_to(&ticket))
}

async fn show(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    match link::look(&site, &ticket, &headers).await? {
        Link::Own { case_id, ended } => match view::open(&site, &case_id).await? {
            // An ended link still says that it is done, and nothing about anybody.
            Some(opened) if ended && !view::is_done(&opened) => Ok(gone()),
            Some(opened) => Ok(view::page(&site, &ticket, &opened, None)),
            None if ended => Ok(gone()),
            None => Ok(over()),
        },
        other => view::of_link(&site, &ticket, &headers, &other).await,
    }
}

async fn take_photo(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let taken = read_photo(&site, &ticket, &headers, form).await;
    taken.unwrap_or_else(|error| error.answer(true))
}

async fn read_photo(
    site: &Site,
    ticket: &str,
    headers: &HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, WebError> {
    let opened = match own(site, ticket, headers).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let unreadable = || Ok(Page::Unreadable { here: view::here(ticket) }.answer(StatusCode::BAD_REQUEST));
    let Ok(mut form) = form else { return unreadable() };
    let takes_portrait = opened.case.stage.takes_portrait();
    if !takes_portrait || !opened.agreed {
        upload::pass_over(&mut form).await;
        return Ok(if takes_portrait { view::consent() } else { back_to(ticket) });
    }
    let entrant = site.uploads.begin(&opened.case.id);
    let ran = match site.uploads.take(&entrant, form, site.photos.bounds().max_bytes).await {
        Upload::Whole(file, source) => take_in(site, &opened, file, source).await?,
        Upload::TooLarge => run(site, &opened, CameraAct::Photo(upload::too_large())).await?,
        Upload::Broken => return unreadable(),
        Upload::Crowded => return Err(WebError::Crowded),
    };
    shown(site, ticket, &opened, ran, Stage::Captured, true).await
}

/// A whole picture: looked at as the dialog says, kept if it is good enough, and its verdict told.
async fn take_in(site: &Site, opened: &Opened, file: File, source: PhotoSource) -> Result<Ran, WebError> {
    let _place = file.place();
    let world = site.runner.world.load_full();
    let taker = world.scripts.taker_of(PhotoSlot::Portrait.name(), Some(opened.case.stage.name()));
    let checks = taker.map_or(&[][..], dialog::State::photo_checks);
    let today = site.runner.clock.business().date(&world.zone);
    let _place = site.photos.place_of(&opened.case.open_id).await;
    let asked = photos::asked(
        PhotoSlot::Portrait,
        &opened.candidate,
        source,
        today,
        opened.people == ForPeople::Asked,
    );
    match Good::of(site.photos.look(file, asked, checks).await, source) {
        Ok(good) => {
            let tell = async |photo| run(site, opened, CameraAct::Photo(PhotoVerdict::Accepted(photo))).await;
            site.photos.keep(&site.runner.store, &opened.case.id, good, tell).await
        }
        Err(codes) => run(site, opened, CameraAct::Photo(upload::refused(&codes))).await,
    }
}

/// The candidate's own picture, for the page that asks whether it will do.
async fn portrait(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let opened = match own(&site, &ticket, &headers).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let Some(photo) = &opened.case.portrait else { return Ok(gone()) };
    let content = site.photos.files().get(&photo.name).await?.ok_or(WebError::PictureMissing)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], content).into_response())
}

async fn nowhere() -> Response {
    Page::Missing {}.answer(StatusCode::NOT_FOUND)
}

async fn asset(Path(file): Path<String>) -> Response {
    pages::asset(&file).unwrap_or_else(|| Page::Missing {}.answer(StatusCode::NOT_FOUND))
}

/// The case behind the device's own, living link, or the page that says why there is none.
async fn own(site: &Site, ticket: &str, headers: &HeaderMap) -> Result<Result<Opened, Response>, WebError> {
    match link::look(site, ticket, headers).await? {
        Link::Own { case_id, ended: false } => Ok(view::open(site, &case_id).await?.ok_or_else(over)),
        // Pressed twice, or submitted in the chat meanwhile: the page knows.
        Link::Own { ended: true, .. } => Ok(Err(back_to(ticket))),
        other => Ok(Err(view::of_link(site, ticket, headers, &other).await?)),
    }
}

/// After an act: on to what comes next, or the page again with the words of the refusal.
async fn shown(
    site: &Site,
    ticket: &str,
    opened: &Opened,
    ran: Ran,
    stage: Stage,
    is_picture: bool,
) -> Result<Response, WebError> {
    let (Ran::Stored { turn, .. } | Ran::Nothing { turn }) = ran else {
        // Only messages of the platform's are remembered by key, and this is none.
        return Err(RunError::Contended.into());
    };
    // What was refused is named.
    if turn.refused.is_none() {
        return Ok(back_to(ticket));
    }
    match view::open(site, &opened.case.id).await? {
        // A button pressed twice: the first press has led on already.
        Some(now) if now.case.stage > stage => Ok(back_to(ticket)),
        Some(now) => {
            let refused = view::Refused { words: words(&turn), is_picture };
            Ok(view::page(site, ticket, &now, Some(refused)))
        }
        None => Ok(gone()),
    }
}

/// One act through the same runner as the chat.
async fn run(site: &Site, opened: &Opened, act: CameraAct) -> Result<Ran, WebError> {
    let inbound = Inbound {
        open_id: opened.case.open_id.clone(),
        account: String::new(),
        key: String::new(),
        sent_at: site.runner.clock.wire().as_seconds(),
        case_id: Some(opened.case.id.clone()),
        what: What::Camera(act),
    };
    Ok(site.runner.run(&inbound, Errand::default()).await?)
}

fn words(turn: &Turn) -> String {
    turn.replies.iter().filter_map(Reply::text).collect::<Vec<_>>().join("\n\n")
}

/// Back to the page, which knows by itself what comes next.
fn back_to(ticket: &str) -> Response {
    if link::is_secret(ticket) { Redirect::to(&view::here(ticket)).into_response() } else { gone() }
}

/// To the device whose link it was: its person is no longer the candidate's, or the batch is over.
fn over() -> Response {
    Page::Over {}.answer(StatusCode::GONE)
}

fn gone() -> Response {
    Page::Gone {}.answer(StatusCode::NOT_FOUND)
}
