//! The pages in a real browser, on a desk and on a phone, in light and dark: nothing is wider than the screen, every
//! text can be read, nothing is refused by the pages' own policy. `BOT_TEST_SHOTS=folder` keeps what was seen.

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use graduation_bot::{inbound::Part, workflow::case::Stage};
use mock_platform::Mode;
use serde_json::{Value, json};

use super::{
    bot,
    browser::{Browser, account},
    candidates::known,
    review::laid_out,
};
use crate::{
    retention::apply,
    support::{app::TestApp, browser::Browser as Chromium, db::TestDb},
};

const SIZES: [(u32, u32); 2] = [(1280, 800), (360, 740)];
const DAY: i64 = 86_400;
const TODAY: &str = "/staff/onsite/%E5%B9%BF%E5%B7%9E%E5%B8%82%E5%A4%A9%E6%B2%B3%E5%8C%BA/2026-06-15";

/// Texts, but for those that are outlined over a picture, whose contrast with what they stand on is too small (WCAG 2.2, 1.4.3): their words and the ratio.
pub(super) const FAINT: &str = "(() => { \
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }); \
    const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); \
      return canvas.getImageData(0, 0, 1, 1).data; }; \
    const light = (c) => [0, 1, 2].map((i) => c[i] / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4) \
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0); \
    const ground = (e) => { for (let at = e; at; at = at.parentElement) { \
      const c = rgba(getComputedStyle(at).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255]; }; \
    const found = []; const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
    while (walker.nextNode()) { const e = walker.currentNode.parentElement, words = walker.currentNode.data.trim(); \
      if (!words || !e.checkVisibility() || e.closest('script, option, .marks')) continue; \
      const style = getComputedStyle(e); \
      const [a, b] = [light(rgba(e.closest('svg') ? style.fill : style.color)), light(ground(e))].sort((x, y) => y - x); \
      const ratio = (a + 0.05) / (b + 0.05); if (ratio < 4.5) found.push(words.slice(0, 20) + ' ' + ratio.toFixed(2)); } \
    return { found }; })()";

struct Desk {
    browser: Chromium,
    base: String,
    cookie: String,
}

impl Desk {
    async fn of(app: &TestApp, name: &str) -> Option<Self> {
        let browser = Chromium::start()?;
        let cookie = Browser::signed_in(app, name).await.cookie?;
        Some(Self { browser, base: app.app.config.public_url.clone(), cookie })
    }

    /// Somebody who has not signed in.
    fn of_nobody(app: &TestApp) -> Option<Self> {
        let browser = Chromium::start()?;
        Some(Self { browser, base: app.app.config.public_url.clone(), cookie: "other=1".to_owned() })
    }

    /// Opens a page in every size and colour and looks at it.
    fn look(&mut self, path: &str, name: &str) {
        for (width, height) in SIZES {
            for scheme in ["light", "dark"] {
                self.open(path, (width, height), scheme);
                let wide = self.browser.wait("[document.documentElement.scrollWidth]")[0].as_u64().unwrap();
                assert!(wide <= u64::from(width), "{name} is {wide} wide on {width}");
                let faint = self.browser.wait(FAINT);
                assert_eq!(faint["found"], json!([]), "{name} in {scheme}");
                self.keep(&format!("{name}-{width}-{scheme}"), &json!({ "captureBeyondViewport": true }));
            }
        }
        assert_eq!(self.browser.complaints, Vec::<String>::new(), "{name}");
    }

    fn open(&mut self, path: &str, (width, height): (u32, u32), scheme: &str) {
        self.browser.open("about:blank", width, height);
        let (name, value) = self.cookie.split_once('=').unwrap();
        let cookie = json!({ "name": name, "value": value, "url": format!("{}/staff", self.base) });
        self.browser.send("Network.setCookie", &cookie);
        let colours = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.browser.send("Emulation.setEmulatedMedia", &colours);
        self.browser.send("Page.navigate", &json!({ "url": format!("{}{path}", self.base) }));
        self.browser.wait("location.href !== 'about:blank' && document.readyState === 'complete'");
        self.browser.wait("document.querySelector('h1')");
    }

    /// The page as the printer has it: light, without what only a screen needs.
    fn print(&mut self, path: &str, name: &str) {
        self.open(path, SIZES[0], "dark");
        self.browser.send("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
        let gone =
            "[[...document.querySelectorAll('.bar, button, .no-print')].every((e) => !e.checkVisibility())]";
        assert_eq!(self.browser.wait(gone)[0], true, "{name}");
        let pdf = self.browser.send("Page.printToPDF", &json!({ "preferCSSPageSize": true }));
        keep_file(&format!("{name}.pdf"), &pdf);
        self.keep(&format!("{name}-print"), &json!({ "captureBeyondViewport": true }));
    }

    fn keep(&mut self, name: &str, how: &Value) {
        if std::env::var_os("BOT_TEST_SHOTS").is_some() {
            let taken = self.browser.send("Page.captureScreenshot", how);
            keep_file(&format!("{name}.png"), &taken);
        }
    }
}

fn keep_file(name: &str, taken: &Value) {
    let Some(folder) = std::env::var_os("BOT_TEST_SHOTS") else { return };
    let bytes = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
    fs::write(PathBuf::from(folder).join(name), bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_can_be_read_on_a_desk_and_on_a_phone() {
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-13T09:30").await;
    account(&app, "李老师", "province").await;
    for (nth, stage) in [(4, Stage::DocumentsAtProvince), (5, Stage::DocumentsAtCity)] {
        known(&app, nth, stage, "海珠区").await;
    }
    app.pass(2 * DAY).await;
    let waiting = known(&app, 0, Stage::DocumentsAtCity, "天河区").await;
    known(&app, 3, Stage::PortraitAtCity, "越秀区").await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    known(&app, 2, Stage::Submitted, "天河区").await;
    known(&app, 6, Stage::OnsitePassed, "番禺区").await;
    waiting.lose_a_push(&app, "01A", "refused 43004 rid-1").await;
    waiting.doubt_a_push(&app, "01B").await;
    waiting.lose_a_job(&app).await;
    person.leave(&app, "01C", "我改过姓名，初审要带什么？\n还有登记表要盖章吗？").await;
    person.leave(&app, "01D", "谢谢").await;
    let Some(mut desk) = Desk::of(&app, "李老师").await else { return };
    for (path, name) in [
        ("/staff", "overview"),
        ("/staff/deliveries", "deliveries"),
        ("/staff/deliveries?why=in_doubt+unanswered", "deliveries-doubt"),
        ("/staff/deliveries/01A", "push"),
        ("/staff/deliveries/jobs", "jobs"),
        ("/staff/inquiries", "inquiries"),
        ("/staff/inquiries/01C", "inquiry"),
        ("/staff/onsite", "onsite"),
        (TODAY, "onsite-day"),
        (&format!("{TODAY}?q=5678"), "onsite-one"),
        (&format!("{TODAY}/print"), "onsite-paper"),
        ("/staff/onsite/conclude", "conclude"),
    ] {
        desk.look(path, name);
    }
    desk.print(&format!("{TODAY}/print"), "onsite-paper");
    desk.print("/staff", "overview");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_cases_data_and_accounts_can_be_read_everywhere() {
    let app = bot().await;
    for (name, role) in [("王老师", "city:广州市"), ("李老师", "province"), ("周老师", "admin")] {
        account(&app, name, role).await;
    }
    let case = laid_out(&app, 1, Part::Both).await;
    laid_out(&app, 2, Part::Portrait).await;
    apply(&app.app.store, 3, Stage::NotGraduated).await;
    apply(&app.app.store, 4, Stage::Graduated).await;
    let Some(mut desk) = Desk::of_nobody(&app) else { return };
    desk.look("/staff/sign-in", "sign-in");
    desk.look("/api/v1/docs", "reader");
    // What is folded away is no stop for the keyboard, and a link to it opens it.
    let stops =
        "[...document.querySelectorAll('a, summary, [tabindex=\"0\"]')].filter((e) => e.checkVisibility())";
    let stops = desk.browser.wait(&format!("[{stops}.length]"))[0].as_u64().unwrap();
    assert!(stops < 130, "{stops}");
    desk.open("/api/v1/docs#list_cases", SIZES[0], "light");
    desk.browser.wait("document.querySelector('#list_cases .curl').checkVisibility()");
    let case = format!("/staff/cases/{}", case.number);
    for (name, pages) in [
        ("王老师", &[("/staff/queue", "queue"), (case.as_str(), "case"), ("/staff/people", "people")][..]),
        (
            "李老师",
            &[
                ("/staff/data", "data"),
                ("/staff/data/import/schedule", "import"),
                ("/staff/data/batches/new", "batch-new"),
                ("/staff/data/batches/2026-06", "batch"),
                ("/staff/export", "export"),
                ("/staff/retention", "retention"),
                ("/staff/account", "account"),
            ][..],
        ),
        (
            "周老师",
            &[("/staff/accounts", "accounts"), ("/staff/keys", "keys"), ("/staff/audit", "audit")][..],
        ),
    ] {
        let mut desk = Desk::of(&app, name).await.unwrap();
        for (path, name) in pages {
            desk.look(path, name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_is_worked_by_keys() {
    let app = bot().await;
    account(&app, "赵老师", "district:天河区").await;
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    known(&app, 2, Stage::Submitted, "天河区").await;
    let Some(mut desk) = Desk::of(&app, "赵老师").await else { return };
    desk.open(TODAY, SIZES[0], "light");
    desk.browser.key("/");
    desk.browser.wait("document.activeElement.name === 'q'");
    desk.browser.enter(&person.candidate.exam_no);
    desk.browser
        .wait("document.querySelectorAll('.people > li').length === 1 && document.readyState === 'complete'");
    desk.browser.key("2");
    desk.browser.wait("document.activeElement.name === 'missing'");
    desk.browser.send("Input.insertText", &json!({ "text": "登记表没有盖章" }));
    desk.browser.press("记录需补材料");
    desk.browser.wait("document.querySelector('.last .tag')?.textContent.includes('需补材料')");
    desk.browser.wait("location.hash && document.readyState === 'complete'");
    desk.browser.key("1");
    desk.browser.wait("document.querySelector('.last .tag')?.textContent.includes('初审通过')");
    let told = person.told(&app).await;
    assert!(told.contains("登记表没有盖章") && told.contains("初审通过"), "{told}");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
