//! A phone (or a computer) with a browser and a camera, and a candidate whose chat has just given the link.

use std::{fs, io::Cursor, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use graduation_bot::workflow::case::Case;
use image::{
    DynamicImage, ImageFormat, Rgb, RgbImage,
    imageops::{self, FilterType},
};
use mock_platform::{Item, Say};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{app::TestApp, browser::Browser, samples};

pub(super) const PHONE: (u32, u32) = (360, 780);
/// The same phone, turned.
pub(super) const SIDEWAYS: (u32, u32) = (780, 360);
pub(super) const DESK: (u32, u32) = (1280, 800);
const WECHAT: &str =
    "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36 MicroMessenger/8.0.50 Language/zh_CN";
/// What is compared of two pictures.
const COARSE: (u32, u32) = (24, 32);

pub(super) struct Phone {
    pub(super) browser: Browser,
    pub(super) in_wechat: bool,
    size: (u32, u32),
    _film: Option<TempDir>,
}

impl Phone {
    /// Whose camera films the test picture. `None` where no browser is installed.
    pub(super) fn filming() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mjpeg");
        fs::write(&path, film_of(&frame())).unwrap();
        let filmed = format!("--use-file-for-fake-video-capture={}", path.display());
        let browser = Browser::start_with(&["--use-fake-ui-for-media-stream", &filmed])?;
        Some(Self { browser, in_wechat: false, size: PHONE, _film: Some(folder) })
    }

    /// Who has two cameras; both film the browser's own pattern.
    pub(super) fn with_two_cameras() -> Option<Self> {
        let two = "--use-fake-device-for-media-stream=device-count=2";
        let browser = Browser::start_with(&["--use-fake-ui-for-media-stream", two])?;
        Some(Self { browser, in_wechat: false, size: PHONE, _film: None })
    }

    /// Whose person refuses the camera.
    pub(super) fn refusing() -> Option<Self> {
        let browser = Browser::start_with(&["--deny-permission-prompts"])?;
        Some(Self { browser, in_wechat: false, size: PHONE, _film: None })
    }

    /// Opens an address in a new page; a phone is touched, a computer has a mouse.
    pub(super) fn open(&mut self, address: &str, size: (u32, u32)) {
        self.size = size;
        self.browser.open("about:blank", size.0, size.1);
        self.browser.send("Emulation.setTouchEmulationEnabled", &json!({ "enabled": size != DESK }));
        if self.in_wechat {
            self.browser.send("Emulation.setUserAgentOverride", &json!({ "userAgent": WECHAT }));
        }
        self.browser.send("Page.navigate", &json!({ "url": address }));
        self.browser.wait("location.href !== 'about:blank' && document.readyState === 'complete'");
    }

    /// 「开始」 to 「我知道了，去拍照」.
    pub(super) fn walk_to_camera(&mut self) {
        self.type_into("#tail", &tail());
        for words in ["开始", "确认无误", "我知道了，去拍照"] {
            self.browser.press(words);
        }
        self.wait_for("拍照");
    }

    /// Waits until the page's heading is this.
    pub(super) fn wait_for(&mut self, heading: &str) {
        let heading = Value::from(heading);
        self.browser.wait(&format!(
            "(() => {{ const h = document.querySelector('h1'); \
             return (h.querySelector('.before') || h).textContent === {heading} && document.readyState === 'complete'; }})()"
        ));
    }

    pub(super) fn type_into(&mut self, field: &str, text: &str) {
        self.browser.wait(&format!("(document.querySelector('{field}').focus(), document.activeElement.id)"));
        self.browser.send("Input.insertText", &json!({ "text": text }));
    }

    /// As the file dialog of the page's input would.
    pub(super) fn choose_file(&mut self, file: &PathBuf) {
        let root = self.browser.send("DOM.getDocument", &json!({}));
        let wanted = json!({ "nodeId": root["root"]["nodeId"], "selector": "#photo" });
        let node = self.browser.send("DOM.querySelector", &wanted);
        let chosen = json!({ "nodeId": node["nodeId"], "files": [file] });
        self.browser.send("DOM.setFileInputFiles", &chosen);
    }

    /// Goes by the keyboard to the button that reads so, and presses it.
    pub(super) fn press_by_key(&mut self, words: &str) {
        let words = Value::from(words);
        let there = format!(
            "[...document.querySelectorAll('button')].find((e) => e.textContent === {words} && e.checkVisibility() && !e.disabled)"
        );
        self.browser.wait(&there);
        for _ in 0..40 {
            if self.browser.wait(&format!("[document.activeElement === {there}]"))[0] == true {
                for kind in ["keyDown", "keyUp"] {
                    let key = json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
                    self.browser.send("Input.dispatchKeyEvent", &key);
                }
                return;
            }
            let key = json!({ "type": "keyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
            self.browser.send("Input.dispatchKeyEvent", &key);
        }
        panic!("no key leads to {words}");
    }

    /// Fails when something is wider than the screen.
    pub(super) fn fits(&mut self, name: &str) {
        let wide = self.browser.wait("[document.documentElement.scrollWidth]");
        assert!(wide[0].as_u64().unwrap() <= u64::from(self.size.0), "{name} is {wide} wide");
    }

    /// Keeps what is seen now, whole, if somebody wants to look at it.
    pub(super) fn keep(&mut self, name: &str) {
        self.shoot(name, true);
    }

    /// Keeps what is on the screen without turning it.
    pub(super) fn keep_screen(&mut self, name: &str) {
        self.shoot(name, false);
    }

    /// Keeps what is seen now, and how it would look on a computer.
    pub(super) fn keep_both(&mut self, name: &str) {
        self.keep(name);
        let size = self.size;
        for size in [DESK, size] {
            let metrics =
                json!({ "width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size != DESK });
            self.browser.send("Emulation.setDeviceMetricsOverride", &metrics);
            self.size = size;
            if size == DESK {
                self.browser.wait("innerWidth === 1280");
                self.keep(name);
            }
        }
    }

    fn shoot(&mut self, name: &str, whole: bool) {
        let Some(folder) = std::env::var_os("BOT_TEST_SHOTS") else { return };
        let wanted = json!({ "format": "png", "captureBeyondViewport": whole });
        let taken = self.browser.send("Page.captureScreenshot", &wanted);
        let png = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        fs::write(PathBuf::from(folder).join(format!("{name}-{}x{}.png", self.size.0, self.size.1)), png)
            .unwrap();
    }

    /// Whether the picture just taken is what stood before the camera, rather than that in a mirror.
    pub(super) fn shows_the_picture_as_it_is(&mut self) -> bool {
        let (width, height) = COARSE;
        let script = format!(
            "(() => {{ const canvas = Object.assign(document.createElement('canvas'), {{ width: {width}, height: {height} }}); \
             const context = canvas.getContext('2d'); \
             context.drawImage(document.querySelector('[data-shot]'), 0, 0, {width}, {height}); \
             return [...context.getImageData(0, 0, {width}, {height}).data]; }})()"
        );
        let seen = self.browser.wait(&script);
        let seen = seen.as_array().unwrap().chunks(4).map(|pixel| pixel[0].as_i64().unwrap());
        is_as_filmed(&seen.collect::<Vec<_>>())
    }

    /// Makes the page's hints callable.
    pub(super) fn load_hints(&mut self) {
        let load = json!({
            "expression": "import('/camera/assets/hints.js').then((hints) => { window.hints = hints; })",
            "awaitPromise": true
        });
        self.browser.send("Runtime.evaluate", &load);
        self.browser.wait("window.hints");
    }

    /// The hint for a grey wall with an oval face before it: middle, half axes, degrees.
    pub(super) fn hint(&mut self, wall: u8, face: Option<(i32, i32, i32, i32, i32)>) -> String {
        let face = face.map_or(json!([48, 56, 0, 0, 0]), |(x, y, a, b, turn)| json!([x, y, a, b, turn]));
        let script = format!(
            "(() => {{ const [cx, cy, a, b, turn] = {face}; const t = turn * Math.PI / 180; \
             const pixels = new Uint8ClampedArray(96 * 128 * 4); \
             for (let y = 0; y < 128; y += 1) for (let x = 0; x < 96; x += 1) {{ \
             const u = (x - cx) * Math.cos(t) + (y - cy) * Math.sin(t), v = (y - cy) * Math.cos(t) - (x - cx) * Math.sin(t); \
             const is = a && (u / a) ** 2 + (v / b) ** 2 < 1; \
             pixels.set(is ? [215, 165, 135, 255] : [{wall}, {wall}, {wall}, 255], (y * 96 + x) * 4); }} \
             return hints.hint(pixels, 96, 128, null); }})()"
        );
        self.browser.wait(&script).as_str().unwrap().to_owned()
    }

    /// The hint for what the browser finds in a bright frame.
    pub(super) fn hint_of_faces(&mut self, faces: &Value) -> String {
        let script = format!("hints.hint(new Uint8ClampedArray(96 * 128 * 4).fill(180), 96, 128, {faces})");
        self.browser.wait(&script).as_str().unwrap().to_owned()
    }

    /// Whether the network is there.
    pub(super) fn is_online(&mut self, is: bool) {
        let network =
            json!({ "offline": !is, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.browser.send("Network.enable", &json!({}));
        self.browser.send("Network.emulateNetworkConditions", &network);
    }

    /// Fails when the browser complained of anything else: it calls each answer that is no success an error.
    pub(super) fn complained(&mut self, expected: &[&str]) {
        self.browser.wait("true");
        let is_expected = |text: &String| expected.iter().any(|words| text.contains(words));
        let wrong: Vec<&String> = self.browser.complaints.iter().filter(|text| !is_expected(text)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// The test picture's file.
pub(super) fn picture() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/photos/p_calm_ok_white.jpg"))
}

/// What stands before the camera: the test picture, twice as large.
fn frame() -> RgbImage {
    let picture = image::open(picture()).unwrap().to_rgb8();
    let (width, height) = picture.dimensions();
    let large = imageops::resize(&picture, width * 2, height * 2, FilterType::CatmullRom);
    // With room around it, as in a real room: the guide wants the face smaller than on a certificate.
    let wall = *large.get_pixel(8, 8);
    let mut frame = RgbImage::from_pixel(width * 2, height * 2, Rgb(wall.0));
    let small = imageops::resize(&large, width * 9 / 5, height * 9 / 5, FilterType::CatmullRom);
    let left = i64::from(width * 2 - small.width()) / 2;
    imageops::overlay(&mut frame, &small, left, i64::from(height * 2 - small.height()));
    frame
}

/// Whether a stored file is what stood before the camera, rather than that in a mirror.
pub(super) fn is_what_was_filmed(file: &[u8]) -> bool {
    let stored = image::load_from_memory(file).unwrap().to_rgb8();
    let stored = imageops::resize(&stored, COARSE.0, COARSE.1, FilterType::Triangle);
    is_as_filmed(&stored.pixels().map(|pixel| i64::from(pixel[0])).collect::<Vec<_>>())
}

/// Whether the red of a coarse picture is more like that of the film than like its mirror image's.
fn is_as_filmed(seen: &[i64]) -> bool {
    let frame = imageops::resize(&frame(), COARSE.0, COARSE.1, FilterType::Triangle);
    let mirrored = imageops::flip_horizontal(&frame);
    let distance = |other: &RgbImage| -> i64 {
        other.pixels().zip(seen).map(|(pixel, seen)| (i64::from(pixel[0]) - seen).abs()).sum()
    };
    2 * distance(&frame) < distance(&mirrored)
}

/// A film of one picture, which the browser shows again and again.
fn film_of(frame: &RgbImage) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(frame.clone()).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

fn person() -> samples::Person {
    samples::people().unwrap().into_iter().find(|person| person.story == "id_pass").unwrap()
}

/// The end of the candidate's document number.
pub(super) fn tail() -> String {
    let number = person().document_no;
    number[number.len() - 4..].to_owned()
}

/// Somebody whose chat has just given the camera link: who, and the link.
pub(super) async fn candidate(app: &TestApp) -> (String, String) {
    let (open_id, _) = app.mock.user_with_greeting("我").await;
    let person = person();
    let phone = person.phone.as_deref().map(|phone| &phone[phone.len() - 4..]);
    let binding = ["绑定", &person.exam_no, "同意", &person.document_no].into_iter().chain(phone);
    let opening = ["毕业申请", "开始毕业预测", "天河区", "13800138000", "申请"];
    for words in binding.chain(opening).chain(["确认无误", "我知道了，去拍照", "同意"]) {
        app.say(&open_id, Say::text(words)).await;
        app.settle().await;
    }
    let link = link(app, &open_id);
    (open_id, link)
}

/// Asks for another link.
pub(super) async fn new_link(app: &TestApp, open_id: &str) -> String {
    app.say(open_id, Say::text("新链接")).await;
    app.settle().await;
    link(app, open_id)
}

/// The newest link on somebody's screen.
fn link(app: &TestApp, open_id: &str) -> String {
    let screen: Vec<String> = app.mock.chat(open_id, 0).iter().map(Item::text).collect();
    let mut lines = screen.iter().flat_map(|text| text.lines());
    let newest = lines.rfind(|line| line.contains("/camera/"));
    newest.unwrap_or_else(|| panic!("no link: {screen:#?}")).trim().to_owned()
}

pub(super) async fn case(app: &TestApp, open_id: &str) -> Arc<Case> {
    let batch = app.app.runner.world.load().batch.id.clone();
    app.app.store.load_fresh(open_id, &batch).await.unwrap().case.unwrap()
}
