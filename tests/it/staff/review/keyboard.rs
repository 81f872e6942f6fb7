//! A reviewer at the keyboard of a real browser. `BOT_TEST_SHOTS=folder` keeps what was seen.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use graduation_bot::{inbound::Part, workflow::case::Stage};
use serde_json::json;

use super::{
    super::{
        bot,
        browser::{PASSWORD, account},
    },
    cases::{Candidacy, laid_out, walked},
};
use crate::support::{app::TestApp, browser::Browser};

const DESK: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (360, 740);

/// Somebody with a browser, signed in through the form, at the queue.
struct Reviewer {
    browser: Browser,
}

impl Reviewer {
    async fn at_the_queue(app: &TestApp) -> Option<Self> {
        account(app, "王老师", "city:广州市").await;
        let mut browser = Browser::start()?;
        browser.open(&format!("{}/staff/sign-in", app.app.config.public_url), DESK.0, DESK.1);
        browser.wait("document.activeElement.name === 'name' && document.readyState === 'complete'");
        browser.send("Input.insertText", &json!({ "text": "王老师" }));
        browser.wait("document.querySelector('[name=name]').value === '王老师'");
        browser.wait(
            "(document.querySelector('[name=password]').focus(), document.activeElement.name === 'password')",
        );
        browser.enter(PASSWORD);
        browser.wait("document.querySelector('[data-keys]') && document.readyState === 'complete'");
        browser.key("g");
        browser.key("q");
        let mut reviewer = Self { browser };
        reviewer.wait_for_queue();
        Some(reviewer)
    }

    fn wait_for_queue(&mut self) {
        self.browser.wait("location.pathname === '/staff/queue' && document.readyState === 'complete'");
    }

    fn wait_for(&mut self, selector: &str, words: &str) {
        let words = json!(words);
        self.browser.wait(&format!(
            "document.querySelector('{selector}')?.textContent.includes({words}) && document.readyState === 'complete'"
        ));
    }

    /// Waits until this case is open, its pictures there.
    fn wait_for_case(&mut self, case: &Candidacy) {
        let (head, tail) = case.number.split_at(4);
        self.wait_for("h1 .number", &format!("{head}-{tail}"));
        self.browser.wait(
            "document.querySelector('.is-chosen') && [...document.images].every((i) => i.naturalWidth)",
        );
    }

    fn on(&mut self, size: (u32, u32), scheme: &str) {
        let metrics =
            json!({ "width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size == PHONE });
        self.browser.send("Emulation.setDeviceMetricsOverride", &metrics);
        let wanted = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.browser.send("Emulation.setEmulatedMedia", &wanted);
        self.browser.wait(&format!("innerWidth === {}", size.0));
    }

    /// Keeps what is seen, on a computer and on a phone, in light and dark, if somebody wants to look at it.
    fn keep(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("BOT_TEST_SHOTS").map(PathBuf::from) else { return };
        for (size, scheme) in [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")] {
            self.on(size, scheme);
            let whole = json!({ "format": "png", "captureBeyondViewport": size == PHONE });
            let taken = self.browser.send("Page.captureScreenshot", &whole);
            let png = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
            fs::write(folder.join(format!("{name}-{}-{scheme}.png", size.0)), png).unwrap();
        }
        self.on(DESK, "light");
    }

    /// Nothing is wider than a phone.
    fn fits_a_phone(&mut self, name: &str) {
        self.on(PHONE, "light");
        let wide = self.browser.wait("[document.documentElement.scrollWidth]");
        assert!(wide[0].as_u64().unwrap() <= u64::from(PHONE.0), "{name} is {wide} wide");
        self.on(DESK, "light");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_cases_are_reviewed_by_keyboard_alone() {
    let app = bot().await;
    let mut cases = vec![walked(&app).await];
    for number in 1..10 {
        let part = [Part::Portrait, Part::Both, Part::Documents][number % 3];
        cases.push(laid_out(&app, number, part).await);
    }
    let Some(mut reviewer) = Reviewer::at_the_queue(&app).await else { return };
    reviewer.keep("queue");
    reviewer.fits_a_phone("queue");
    // Down in the list and into a case, back, and then one after the other.
    for key in ["j", "j", "k"] {
        reviewer.browser.key(key);
    }
    reviewer.browser.wait("document.activeElement.matches('[data-row]')");
    reviewer.browser.key("n");
    reviewer.wait_for_case(&cases[0]);
    reviewer.keep("case-portrait");
    reviewer.browser.key("n");
    reviewer.wait_for_case(&cases[1]);
    reviewer.keep("case-bundle");
    reviewer.fits_a_phone("case");
    look_closely(&mut reviewer);
    reviewer.browser.key("l");
    reviewer.wait_for_queue();
    reviewer.browser.key("n");
    reviewer.wait_for_case(&cases[0]);

    // The first is not approved, by a reason's key.
    reviewer.browser.key("3");
    reviewer.browser.wait("document.querySelector('[value=P03]').checked");
    reviewer.browser.key("r");
    reviewer.wait_for_case(&cases[1]);
    reviewer.wait_for(".decided", "已定为不通过");
    reviewer.keep("case-after-decision");
    // The second is, and taken back, and approved again.
    reviewer.browser.key("a");
    reviewer.wait_for_case(&cases[2]);
    reviewer.browser.key("u");
    reviewer.wait_for_case(&cases[1]);
    reviewer.wait_for(".notice", "已收回");
    assert_eq!(cases[1].case(&app).await.stage, Stage::BundleAtCity);
    for at in 1..cases.len() {
        reviewer.wait_for_case(&cases[at]);
        reviewer.browser.key("a");
        match cases.get(at + 1) {
            Some(next) => reviewer.wait_for_case(next),
            None => reviewer.wait_for(".notice:not(.decided)", "没有别的申请等您审核了"),
        }
    }
    reviewer.browser.key("?");
    reviewer.browser.wait("document.querySelector('#keys').open");
    reviewer.keep("queue-keys");
    for case in &cases {
        assert!(case.case(&app).await.rounds[0].decisions.len() == 1, "{}", case.number);
    }
    app.pass(10).await;
    app.settle().await;
    let opinion = "背景不是均匀的白色或浅灰色 / 有阴影或其他物体";
    assert!(cases[0].chat(&app).contains(opinion), "{}", cases[0].chat(&app));
    assert_eq!(reviewer.browser.complaints, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_key_and_a_picture_that_did_not_open_decide_nothing() {
    let app = bot().await;
    let mut cases = Vec::new();
    for number in 0..3 {
        cases.push(laid_out(&app, number, Part::Portrait).await);
    }
    let Some(mut reviewer) = Reviewer::at_the_queue(&app).await else { return };
    reviewer.browser.key("n");
    reviewer.wait_for_case(&cases[0]);
    // Held down, `a` decides on this case and on no other.
    reviewer.browser.key("a");
    reviewer.wait_for_case(&cases[1]);
    let held = json!({ "type": "keyDown", "key": "a", "code": "a", "autoRepeat": true });
    for _ in 0..5 {
        reviewer.browser.send("Input.dispatchKeyEvent", &held);
    }
    // One after the other: had any of them acted, this would be refused or the page another.
    reviewer.browser.key("t");
    reviewer.browser.wait("document.activeElement.name === 'opinion'");
    reviewer.browser.key("Escape");
    reviewer.wait_for_case(&cases[1]);
    assert_eq!(cases[1].case(&app).await.stage, Stage::PortraitAtCity);

    // A picture that does not open is said, and keeps the keys from deciding until it has opened.
    reviewer.browser.wait(
        "[...document.querySelectorAll('.photos img')].every((i) => (i.dataset.was = i.src, i.src = '/staff/none'))",
    );
    reviewer.browser.wait("document.querySelector('[data-unopened]').checkVisibility()");
    reviewer.browser.key("a");
    reviewer.browser.wait("!document.querySelector('[data-wait]').hidden");
    reviewer.keep("case-unopened");
    assert_eq!(cases[1].case(&app).await.stage, Stage::PortraitAtCity);
    reviewer
        .browser
        .wait("[...document.querySelectorAll('.photos img')].every((i) => i.src = i.dataset.was)");
    reviewer.browser.wait("document.querySelector('[data-wait]').hidden");
    reviewer.wait_for_case(&cases[1]);
    reviewer.browser.key("a");
    reviewer.wait_for_case(&cases[2]);
    assert_eq!(cases[1].case(&app).await.stage, Stage::Approved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_keys_work_with_caps_lock_and_can_be_turned_off() {
    let app = bot().await;
    let case = laid_out(&app, 1, Part::Portrait).await;
    let Some(mut reviewer) = Reviewer::at_the_queue(&app).await else { return };
    reviewer.browser.key("N");
    reviewer.wait_for_case(&case);
    reviewer.browser.key("?");
    reviewer.browser.press("单键快捷键：开");
    reviewer.browser.wait("document.querySelector('[data-single]').textContent === '单键快捷键：关'");
    reviewer.browser.key("Escape");
    reviewer.browser.wait("!document.querySelector('#keys').open");
    // It is remembered; the hints are gone, too.
    reviewer.browser.send("Page.reload", &json!({}));
    reviewer.browser.wait("document.readyState === 'complete' && performance.getEntriesByType('navigation')[0].type === 'reload'");
    reviewer.wait_for_case(&case);
    reviewer.browser.wait("![...document.querySelectorAll('kbd')].some((one) => one.checkVisibility())");
    for key in ["t", "m", "a", "ArrowRight"] {
        reviewer.browser.key(key);
    }
    let untouched = "[document.activeElement === document.body, !document.querySelector('.zoom-1')]";
    assert_eq!(reviewer.browser.wait(untouched), json!([true, true]));
    assert_eq!(case.case(&app).await.stage, Stage::PortraitAtCity);
    reviewer.browser.press("键盘快捷键");
    reviewer.browser.press("单键快捷键：关");
    reviewer.browser.key("Escape");
    reviewer.browser.wait("!document.querySelector('#keys').open");
    reviewer.browser.key("t");
    reviewer.browser.wait("document.activeElement.name === 'opinion'");
}

/// The tools for pictures, by their keys.
fn look_closely(reviewer: &mut Reviewer) {
    let browser = &mut reviewer.browser;
    browser.key("m");
    browser.wait("document.querySelector('.is-chosen.zoom-1')");
    browser.key("m");
    browser.key("m");
    browser.wait("!document.querySelector('.zoom-1, .zoom-2')");
    browser.key("ArrowRight");
    browser.key("k");
    browser.wait("document.querySelectorAll('.photo')[1].matches('.is-chosen.turn-1')");
    for _ in 0..3 {
        browser.key("k");
    }
    browser.key("h");
    browser.wait("document.querySelector('.hide-marks')");
    browser.key("h");
    browser.key("s");
    browser.wait(
        "document.querySelector('#compare').open && document.querySelectorAll('#compare img').length === 2",
    );
    browser.wait("[...document.querySelectorAll('#compare img')].every((i) => i.naturalWidth)");
    reviewer.keep("case-compare");
    reviewer.browser.key("ArrowRight");
    reviewer.browser.key("s");
    reviewer.browser.wait("!document.querySelector('#compare').open");
    // Keys are letters while something is typed.
    reviewer.browser.key("t");
    reviewer.browser.wait("document.activeElement.name === 'opinion'");
    reviewer.browser.key("a");
    reviewer.browser.key("Escape");
    reviewer.browser.wait("document.activeElement === document.body");
}

/// How long the pages make a reviewer wait who needs no time to think: from a key to the next case with its pictures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn a_hundred_cases_by_keyboard() {
    let app = bot().await;
    let mut cases = Vec::new();
    for number in 0..100 {
        cases.push(laid_out(&app, number, [Part::Portrait, Part::Both][number % 2]).await);
    }
    let Some(mut reviewer) = Reviewer::at_the_queue(&app).await else { return };
    reviewer.browser.key("n");
    reviewer.wait_for_case(&cases[0]);
    let (mut waits, mut answers): (Vec<Duration>, Vec<f64>) = (Vec::new(), Vec::new());
    for next in cases.iter().skip(1).map(Some).chain([None]) {
        let began = Instant::now();
        if waits.len() % 5 == 0 {
            reviewer.browser.key("3");
            reviewer.browser.key("r");
        } else {
            reviewer.browser.key("a");
        }
        match next {
            Some(next) => reviewer.wait_for_case(next),
            None => reviewer.wait_for(".notice:not(.decided)", "没有别的申请等您审核了"),
        }
        waits.push(began.elapsed());
        let timing =
            "[performance.getEntriesByType('navigation')[0]].map((n) => n.responseEnd - n.requestStart)";
        answers.push(reviewer.browser.wait(timing)[0].as_f64().unwrap());
    }
    waits.sort();
    answers.sort_by(f64::total_cmp);
    let all: Duration = waits.iter().sum();
    println!("100 cases: {:.1} s of page work, p50 {:?}, p95 {:?}", all.as_secs_f64(), waits[50], waits[95]);
    println!("the page of a case by itself: p50 {:.0} ms, p95 {:.0} ms", answers[50], answers[95]);
}
