//! What a device sees: the case's stage decides, so that page and chat never disagree.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcode::{EcLevel, QrCode, render::svg};

use super::{link::Link, login};
use crate::{
    dialog::Purpose,
    inbound::PhotoSlot,
    mask,
    time::moment_text,
    turn::{self, ForPeople, World},
    validation::document_type::Track,
    web::{
        Site, WebError,
        pages::{Page, Row, Unproven},
    },
    workflow::{
        candidate::Candidate,
        case::{Case, Stage},
        transition,
    },
};

/// Width and height of a QR code's picture in pixels, before the page scales it.
const QR_PIXELS: u32 = 320;

/// The case behind a link, with its candidate.
pub(super) struct Opened {
    /// The application.
    pub case: Arc<Case>,
    /// Whose it is.
    pub candidate: Arc<Candidate>,
    /// Whether people judge the next portrait, whatever the automatic checks find.
    pub people: ForPeople,
    /// Whether the person has agreed to how their data are used and to have the portrait taken.
    pub agreed: bool,
}

/// The case of a link, as it is now. `None` when its person no longer holds the candidate or the batch is over:
/// then the link opens nothing.
pub(super) async fn open(site: &Site, case_id: &str) -> Result<Option<Opened>, WebError> {
    let store = &site.runner.store;
    let Some(stored) = store.case_by_id(case_id).await? else { return Ok(None) };
    let world = site.runner.world.load_full();
    let now = store.load_fresh(&stored.open_id, &world.batch.id).await?;
    let has = |purpose| now.session.consents.has(purpose, world.scripts.consent(purpose));
    let agreed = has(Purpose::Identity) && has(Purpose::Portrait);
    let people = now.session.people_for(PhotoSlot::Portrait);
    Ok(match (now.case, now.candidate) {
        (Some(case), Some(candidate)) if case.id == case_id => {
            Some(Opened { case, candidate, people, agreed })
        }
        _ => None,
    })
}

/// The path of a link.
pub(super) fn here(ticket: &str) -> String {
    format!("/camera/{ticket}")
}

/// What a link shows that is not this device's own, or no longer.
pub(super) async fn of_link(
    site: &Site,
    ticket: &str,
    headers: &HeaderMap,
    link: &Link,
) -> Result<Response, WebError> {
    Ok(match link {
        Link::Unclaimed { .. } | Link::Spent | Link::Used | Link::Expired if is_late(site) => {
            closed(site, None)
        }
        Link::Unclaimed { .. } => welcome(site, ticket, headers, None).answer(StatusCode::OK),
        Link::Spent => Page::Spent {}.answer(StatusCode::GONE),
        Link::Used => Page::Used {}.answer(StatusCode::GONE),
        Link::Expired => {
            Page::Expired { is_captured: false, documents_follow: false }.answer(StatusCode::GONE)
        }
        Link::Lapsed { case_id } => lapsed(site, case_id).await?,
        Link::Own { .. } | Link::Gone => super::gone(),
    })
}

/// What its own device sees of a link that was not used for an hour. A portrait that waits needs no page any more: the
/// chat submits it.
async fn lapsed(site: &Site, case_id: &str) -> Result<Response, WebError> {
    let Some(opened) = open(site, case_id).await? else { return Ok(super::over()) };
    let case = &opened.case;
    if is_late(site) && case.stage.ends_with_window() {
        return Ok(closed(site, Some(case)));
    }
    let documents_follow = transition::documents_follow(case);
    let page = Page::Expired { is_captured: transition::is_captured(case), documents_follow };
    Ok(page.answer(StatusCode::GONE))
}

/// What a link shows that nobody has claimed; with `unproven`, after 「开始」 did not show whose it is.
pub(super) fn welcome(site: &Site, ticket: &str, headers: &HeaderMap, unproven: Option<Unproven>) -> Page {
    Page::Welcome {
        here: here(ticket),
        qr: qr(&site.runner.world.load().camera_link(ticket)),
        in_wechat: login::is_wechat(headers),
        is_played: site.login.is_played(),
        unproven,
    }
}

/// Whether nothing is left to do here, so that the page holds no personal data.
pub(super) fn is_done(opened: &Opened) -> bool {
    done(&opened.case).is_some()
}

/// The page after the last button, as long as the case stands behind it.
fn done(case: &Case) -> Option<Page> {
    match case.stage {
        Stage::PortraitAtCity
        | Stage::BundleAtCity
        | Stage::BundleAtProvince
        | Stage::Approved
        | Stage::Submitted
        | Stage::OnsitePassed
        | Stage::Graduated
        | Stage::NotGraduated => Some(Page::Done { documents_follow: false }),
        // Track B: the documents come in the chat, after the portrait.
        Stage::DocumentsWanted if case.track == Track::NonId => Some(Page::Done { documents_follow: true }),
        _ => None,
    }
}

/// What was refused.
pub(super) struct Refused {
    /// Why, in the dialog's words.
    pub words: String,
    /// It was a picture, and it was not kept.
    pub is_picture: bool,
}

/// The page that the case's stage asks for; after a refusal with what was refused.
pub(super) fn page(site: &Site, ticket: &str, opened: &Opened, refused: Option<Refused>) -> Response {
    let unsaved = refused.as_ref().is_some_and(|refused| refused.is_picture);
    let notice = refused.map(|refused| refused.words);
    let status = if notice.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    if is_late(site) && opened.case.stage.ends_with_window() {
        return closed(site, Some(&opened.case));
    }
    if !opened.agreed && opened.case.stage.takes_portrait() {
        return consent();
    }
    let here = here(ticket);
    let (max_bytes, people) = (site.photos.bounds().max_bytes, opened.people);
    let page = match opened.case.stage {
        Stage::DataToReconfirm => {
            let rows = sheet(&site.runner.world.load(), &opened.case, &opened.candidate);
            Page::Data { here, notice, rows }
        }
        Stage::StandardToReread => Page::Standard { here, notice },
        Stage::Capturing => Page::Capture { here, notice, max_bytes, people },
        Stage::Captured => {
            let documents_follow = transition::documents_follow(&opened.case);
            let hints = turn::portrait_hints(&site.runner.world.load(), &opened.case);
            Page::Captured { here, notice, unsaved, max_bytes, people, hints, documents_follow }
        }
        // Before a link is given, and after the portrait is submitted.
        _ => match done(&opened.case) {
            Some(page) => page,
            None => return super::gone(),
        },
    };
    page.answer(status)
}

/// Whether the window has closed.
pub(super) fn is_late(site: &Site) -> bool {
    site.runner.world.load().moment(site.runner.clock.business()).is_late()
}

/// Nothing is taken from somebody who has not agreed to it.
pub(super) fn consent() -> Response {
    Page::Consent {}.answer(StatusCode::CONFLICT)
}

/// Nothing can be done any more: says so, with the way on. Only the link's own device sees the chosen place.
fn closed(site: &Site, case: Option<&Case>) -> Response {
    let world = site.runner.world.load();
    let next = world.next_batch(site.runner.clock.business());
    let place = case.and_then(|case| case.place.as_ref());
    let place = place.and_then(|place| world.schedule.place(&place.city, &place.district));
    Page::Closed {
        closes: moment_text(world.batch.closes),
        next_name: next.map(|next| next.name.clone()),
        next_opens: next.map(|next| moment_text(next.opens)),
        place: place.map(|place| format!("{}　{}", place.district, place.phones_text())),
    }
    .answer(StatusCode::GONE)
}

/// The data that the certificate will show and how to reach the candidate; numbers masked as for their owner.
fn sheet(world: &World, case: &Case, candidate: &Candidate) -> Vec<Row> {
    let plan = world.plans.get(&candidate.plan_key());
    let place = case.place.as_ref().map(|place| format!("{}{}", place.city, place.district));
    let phone = case.phone.as_deref().or(candidate.phone.as_deref()).map(mask::phone);
    let rows = [
        ("姓名", Some(candidate.name.clone())),
        ("性别", Some(candidate.gender.label().to_owned())),
        ("证件类型", Some(candidate.document_type.label().to_owned())),
        ("证件号码", Some(mask::document_for_owner(candidate.document_type, &candidate.document_no))),
        ("准考证号", Some(candidate.exam_no.clone())),
        ("专业", Some(plan.map_or_else(|| candidate.major.code.clone(), |plan| plan.name.clone()))),
        ("办理地点", place),
        ("联系电话", phone),
    ];
    rows.into_iter().filter_map(|(label, value)| Some(Row { label, value: value? })).collect()
}

/// A QR code as a `data:` address, which the pages' policy permits for pictures.
fn qr(content: &str) -> String {
    format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawn(content)))
}

/// A QR code as an SVG picture.
pub(super) fn drawn(content: &str) -> String {
    // A link is far below the 2 331 bytes that a code of this level holds.
    QrCode::with_error_correction_level(content, EcLevel::M)
        .map(|code| code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build())
        .unwrap_or_default()
}
