mod admin;

use axum::{body::to_bytes, http::HeaderValue, response::IntoResponse as _};
use serde::Serialize;

use super::{
    account::*,
    broadcasts, data,
    deliveries::*,
    frame::*,
    inquiries::*,
    keys::{Choice, Given, KeyLine, KeysPage, Made},
    onsite::*,
    overview::*,
    people, review,
    sign_in::*,
};
use crate::web::{WebError, error::Reference};

/// A moment's trouble keeps its status and header, and names its code.
#[tokio::test]
async fn trouble_asks_for_patience_in_the_console_s_words() {
    let late = WebError::Late.into_response();
    let Reference(code) = late.extensions().get::<Reference>().unwrap().clone();
    let page = dressed(late);
    assert_eq!(
        (page.status().as_u16(), &page.headers()["retry-after"]),
        (503, &HeaderValue::from_static("60"))
    );
    let bytes = to_bytes(page.into_body(), 1 << 20).await.unwrap();
    let html = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(html.contains("一分钟后再试") && html.contains(&format!("参考号 {code}")), "{html}");
}

/// Every page renders, escaped, with nothing inline.
#[test]
fn every_page_renders_whole_and_escaped() {
    let mut shown = vec![
        rendered(&SignInPage { name: "<样例>".into(), next: "/staff".into() }),
        rendered(&OverviewPage::sample()),
        rendered(&DeliveriesPage::sample()),
        rendered(&JobsPage::sample()),
        rendered(&PushPage::sample()),
        rendered(&InquiriesPage::sample()),
        rendered(&InquiryPage::sample(true)),
        rendered(&InquiryPage::sample(false)),
        rendered(&PlacesPage::sample()),
        rendered(&DayPage::sample()),
        rendered(&PrintPage::sample()),
        rendered(&ConcludePage::sample()),
        rendered(&account(false, None)),
        rendered(&account(true, None)),
        rendered(&keys(None)),
        rendered(&keys(Some(Made { name: "<样例>".into(), secret: "gradbot_0_0".into() }))),
        rendered(&account(
            false,
            Some(Setup { qr: "data:image/svg+xml;base64,PHN2Zy8+".into(), secret: "ABCD".into() }),
        )),
    ];
    shown.extend(broadcasts::samples::pages());
    shown.extend(data::samples::pages());
    shown.extend(people::samples::pages());
    shown.extend(review::samples());
    shown.extend(admin::shown());
    for (template, html) in shown {
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{template}");
        assert!(html.contains("<h1>"), "{template} has no heading");
        for inline in ["style=", "<style", "onclick=", "<script>", "http://", "https://", "<样例>"] {
            assert!(!html.contains(inline), "{template} contains {inline}");
        }
    }
}

fn account(must_change: bool, setup: Option<Setup>) -> AccountPage {
    let link = LinkCode { digits: "12345678".into(), until: "9:45".into() };
    AccountPage {
        password_min: 12,
        password_max: 256,
        must_change,
        has_codes: false,
        linked: setup.is_some().then(|| "2026-06-15 09:30".into()),
        link: Some(link),
        setup,
    }
}

fn keys(made: Option<Made>) -> KeysPage {
    let line = |state| KeyLine {
        name: "<样例>".into(),
        role: "市考办 广州市".into(),
        uses: vec!["看申请，个人信息遮盖"],
        id: "0011223344556677".into(),
        until: "2026-12-01 09:30".into(),
        used: (state == "good").then(|| "2026-06-15 09:30".into()),
        state,
    };
    KeysPage {
        keys: vec![line("good"), line("over"), line("revoked")],
        made,
        given: Given::default(),
        scopes: vec![Choice { name: "cases:read", words: "看申请，个人信息遮盖", is_chosen: true }],
        places: vec!["<样例>".into()],
        days_max: 365,
    }
}

/// A page in a frame that has everything.
pub(super) fn rendered<V: View + Serialize>(view: &V) -> (&'static str, String) {
    let html = render(Frame::sample(), view).unwrap_or_else(|error| panic!("{}: {error:#}", V::TEMPLATE));
    (V::TEMPLATE, html)
}
