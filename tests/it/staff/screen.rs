//! A real browser that is signed in to the console. `BOT_TEST_SHOTS=folder` keeps what was seen, in light and dark, on a
//! wide screen and on a phone.

use std::{env, fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{appearance::FAINT, browser::PASSWORD};
use crate::support::{app::TestApp, browser::Browser};

const WIDE: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (360, 740);

pub(super) struct Screen {
    pub(super) browser: Browser,
    base: String,
}

impl Screen {
    /// `None` where no browser is installed.
    pub(super) fn signed_in(app: &TestApp, name: &str) -> Option<Self> {
        let browser = Browser::start()?;
        let mut screen = Self { browser, base: app.app.config.public_url.clone() };
        screen.browser.open(&format!("{}/staff/sign-in", screen.base), WIDE.0, WIDE.1);
        // Whoever types before that is interrupted by the page's own focus.
        screen.browser.wait("document.activeElement.name === 'name' && document.readyState === 'complete'");
        screen.type_into("[name=name]", name);
        screen.type_into("[name=password]", PASSWORD);
        screen.browser.press("登录");
        screen.browser.wait("document.querySelector('.who') && document.readyState === 'complete'");
        Some(screen)
    }

    pub(super) fn go(&mut self, path: &str) {
        let address = format!("{}{path}", self.base);
        self.browser.send("Page.navigate", &json!({ "url": address }));
        self.browser.wait(&format!(
            "location.href === {} && document.readyState === 'complete'",
            Value::from(address)
        ));
    }

    /// Waits until the page says so.
    pub(super) fn wait_for(&mut self, words: &str) {
        let words = Value::from(words);
        self.browser.wait(&format!(
            "document.readyState === 'complete' && document.querySelector('main').textContent.includes({words})"
        ));
    }

    pub(super) fn type_into(&mut self, field: &str, text: &str) {
        self.browser.wait(&format!(
            "(document.querySelector('{field}').select(), document.activeElement === document.querySelector('{field}'))"
        ));
        self.browser.send("Input.insertText", &json!({ "text": text }));
    }

    /// As the file dialog of the page's input would.
    pub(super) fn choose_file(&mut self, file: &PathBuf) {
        let root = self.browser.send("DOM.getDocument", &json!({}));
        let wanted = json!({ "nodeId": root["root"]["nodeId"], "selector": "[type=file]" });
        let node = self.browser.send("DOM.querySelector", &wanted);
        self.browser.send("DOM.setFileInputFiles", &json!({ "nodeId": node["nodeId"], "files": [file] }));
    }

    /// Keeps what is seen now; nothing may be wider than the screen, every text can be read.
    pub(super) fn keep(&mut self, name: &str) {
        for (size, width) in [(PHONE, "phone"), (WIDE, "wide")] {
            let metrics =
                json!({ "width": size.0, "height": size.1, "deviceScaleFactor": 1, "mobile": size != WIDE });
            self.browser.send("Emulation.setDeviceMetricsOverride", &metrics);
            self.browser.wait(&format!("innerWidth === {}", size.0));
            let wide = self.browser.wait("[document.documentElement.scrollWidth]");
            assert!(
                wide[0].as_u64().unwrap() <= u64::from(size.0),
                "{name} is {} wide on a {width}",
                wide[0]
            );
            for scheme in ["light", "dark"] {
                let colours = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                self.browser.send("Emulation.setEmulatedMedia", &colours);
                assert_eq!(self.browser.wait(FAINT)["found"], json!([]), "{name} in {scheme}");
                self.shoot(&format!("{name}-{width}-{scheme}"));
            }
        }
    }

    fn shoot(&mut self, name: &str) {
        let Some(folder) = env::var_os("BOT_TEST_SHOTS").map(PathBuf::from) else { return };
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.browser.send("Page.captureScreenshot", &whole);
        fs::create_dir_all(&folder).unwrap();
        let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        fs::write(folder.join(format!("staff-{name}.png")), bytes).unwrap();
    }
}
