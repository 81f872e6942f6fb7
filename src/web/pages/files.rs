//! The files of the pages, compiled into the binary: templates, and what browsers fetch beside a page.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

/// Every template: the name that `extends` and `include` use, and its text.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("camera/again.html", include_str!("camera/again.html")),
    ("camera/away.html", include_str!("camera/away.html")),
    ("camera/base.html", include_str!("camera/base.html")),
    ("camera/broken.html", include_str!("camera/broken.html")),
    ("camera/busy.html", include_str!("camera/busy.html")),
    ("camera/capture.html", include_str!("camera/capture.html")),
    ("camera/captured.html", include_str!("camera/captured.html")),
    ("camera/closed.html", include_str!("camera/closed.html")),
    ("camera/computer.html", include_str!("camera/computer.html")),
    ("camera/consent.html", include_str!("camera/consent.html")),
    ("camera/data.html", include_str!("camera/data.html")),
    ("camera/done.html", include_str!("camera/done.html")),
    ("camera/examples.html", include_str!("camera/examples.html")),
    ("camera/expired.html", include_str!("camera/expired.html")),
    ("camera/foreign.html", include_str!("camera/foreign.html")),
    ("camera/gone.html", include_str!("camera/gone.html")),
    ("camera/input.html", include_str!("camera/input.html")),
    ("camera/live.html", include_str!("camera/live.html")),
    ("camera/missing.html", include_str!("camera/missing.html")),
    ("camera/notice.html", include_str!("camera/notice.html")),
    ("camera/people.html", include_str!("camera/people.html")),
    ("camera/over.html", include_str!("camera/over.html")),
    ("camera/sending.html", include_str!("camera/sending.html")),
    ("camera/shoot.html", include_str!("camera/shoot.html")),
    ("camera/snapshot.html", include_str!("camera/snapshot.html")),
    ("camera/spent.html", include_str!("camera/spent.html")),
    ("camera/standard.html", include_str!("camera/standard.html")),
    ("camera/steps.html", include_str!("camera/steps.html")),
    ("camera/strange.html", include_str!("camera/strange.html")),
    ("camera/stranger.html", include_str!("camera/stranger.html")),
    ("camera/unanswered.html", include_str!("camera/unanswered.html")),
    ("camera/unsent.html", include_str!("camera/unsent.html")),
    ("camera/unreadable.html", include_str!("camera/unreadable.html")),
    ("camera/used.html", include_str!("camera/used.html")),
    ("camera/welcome.html", include_str!("camera/welcome.html")),
];

/// Templates of the console.
pub const STAFF_TEMPLATES: &[(&str, &str)] = &[
    ("staff/account.html", include_str!("staff/account.html")),
    ("staff/case.html", include_str!("staff/case.html")),
    ("staff/case-decide.html", include_str!("staff/case-decide.html")),
    ("staff/case-photos.html", include_str!("staff/case-photos.html")),
    ("staff/decided.html", include_str!("staff/decided.html")),
    ("staff/queue.html", include_str!("staff/queue.html")),
    ("staff/accounts.html", include_str!("staff/accounts.html")),
    ("staff/audit.html", include_str!("staff/audit.html")),
    ("staff/bar.html", include_str!("staff/bar.html")),
    ("staff/broadcasts.html", include_str!("staff/broadcasts.html")),
    ("staff/broadcast.html", include_str!("staff/broadcast.html")),
    ("staff/broadcast-act.html", include_str!("staff/broadcast-act.html")),
    ("staff/broadcast-card.html", include_str!("staff/broadcast-card.html")),
    ("staff/broadcast-edit.html", include_str!("staff/broadcast-edit.html")),
    ("staff/broadcast-progress.html", include_str!("staff/broadcast-progress.html")),
    ("staff/broadcast-ticks.html", include_str!("staff/broadcast-ticks.html")),
    ("staff/conclude.html", include_str!("staff/conclude.html")),
    ("staff/deliveries.html", include_str!("staff/deliveries.html")),
    ("staff/inquiries.html", include_str!("staff/inquiries.html")),
    ("staff/inquiry.html", include_str!("staff/inquiry.html")),
    ("staff/jobs.html", include_str!("staff/jobs.html")),
    ("staff/onsite.html", include_str!("staff/onsite.html")),
    ("staff/onsite-day.html", include_str!("staff/onsite-day.html")),
    ("staff/onsite-print.html", include_str!("staff/onsite-print.html")),
    ("staff/overview.html", include_str!("staff/overview.html")),
    ("staff/push.html", include_str!("staff/push.html")),
    ("staff/batch.html", include_str!("staff/batch.html")),
    ("staff/batches.html", include_str!("staff/batches.html")),
    ("staff/changes.html", include_str!("staff/changes.html")),
    ("staff/export.html", include_str!("staff/export.html")),
    ("staff/field.html", include_str!("staff/field.html")),
    ("staff/import.html", include_str!("staff/import.html")),
    ("staff/people.html", include_str!("staff/people.html")),
    ("staff/person.html", include_str!("staff/person.html")),
    ("staff/place.html", include_str!("staff/place.html")),
    ("staff/preview.html", include_str!("staff/preview.html")),
    ("staff/base.html", include_str!("staff/base.html")),
    ("staff/keys.html", include_str!("staff/keys.html")),
    ("staff/reader-kind.html", include_str!("staff/reader-kind.html")),
    ("staff/reader.html", include_str!("staff/reader.html")),
    ("staff/retention.html", include_str!("staff/retention.html")),
    ("staff/retention-sure.html", include_str!("staff/retention-sure.html")),
    ("staff/roles.html", include_str!("staff/roles.html")),
    ("staff/said.html", include_str!("staff/said.html")),
    ("staff/sign-in.html", include_str!("staff/sign-in.html")),
];

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Styles, scripts and drawings: file name, type, text.
const ASSETS: &[(&str, &str, &str)] = &[
    ("page.css", CSS, include_str!("camera/page.css")),
    ("page.js", JS, include_str!("camera/page.js")),
    ("live.js", JS, include_str!("camera/live.js")),
    ("send.js", JS, include_str!("camera/send.js")),
    ("hints.js", JS, include_str!("camera/hints.js")),
    ("good.svg", SVG, include_str!("camera/examples/good.svg")),
    ("wall.svg", SVG, include_str!("camera/examples/wall.svg")),
    ("shadow.svg", SVG, include_str!("camera/examples/shadow.svg")),
    ("hat.svg", SVG, include_str!("camera/examples/hat.svg")),
    ("sunglasses.svg", SVG, include_str!("camera/examples/sunglasses.svg")),
    ("far.svg", SVG, include_str!("camera/examples/far.svg")),
    ("close.svg", SVG, include_str!("camera/examples/close.svg")),
    ("tilted.svg", SVG, include_str!("camera/examples/tilted.svg")),
    ("closed.svg", SVG, include_str!("camera/examples/closed.svg")),
    ("fringe.svg", SVG, include_str!("camera/examples/fringe.svg")),
];

/// Nothing personal is in them; ten minutes after an update nobody has old ones any more.
const ASSET_AGE: HeaderValue = HeaderValue::from_static("public, max-age=600");

/// One stylesheet, in parts that a person can read.
const STAFF_STYLES: &str = concat!(
    include_str!("staff/styles/base.css"),
    include_str!("staff/styles/forms.css"),
    include_str!("staff/styles/lists.css"),
    include_str!("staff/styles/keys.css"),
    include_str!("staff/styles/reader.css"),
    include_str!("staff/styles/review.css"),
    include_str!("staff/styles/charts.css"),
    include_str!("staff/styles/onsite.css"),
    include_str!("staff/styles/data.css"),
    include_str!("staff/styles/admin.css"),
    include_str!("staff/styles/broadcasts.css"),
    include_str!("staff/styles/elsewhere.css"),
);

/// The same for the console.
const STAFF_ASSETS: &[(&str, &str, &str)] = &[
    ("staff.css", CSS, STAFF_STYLES),
    ("staff.js", JS, include_str!("staff/staff.js")),
    ("review.js", JS, include_str!("staff/review.js")),
    ("onsite.js", JS, include_str!("staff/onsite.js")),
    ("import.js", JS, include_str!("staff/import.js")),
    ("broadcast.js", JS, include_str!("staff/broadcast.js")),
];

/// A style, script or drawing of the camera page by its file name.
pub fn asset(file: &str) -> Option<Response> {
    found(ASSETS, file)
}

/// A style or script of the console by its file name.
pub fn staff_asset(file: &str) -> Option<Response> {
    found(STAFF_ASSETS, file)
}

fn found(assets: &[(&str, &'static str, &'static str)], file: &str) -> Option<Response> {
    let (_, kind, text) = assets.iter().find(|(name, ..)| *name == file)?;
    let mut response = Response::new(Body::from(*text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, ASSET_AGE);
    Some(response)
}
