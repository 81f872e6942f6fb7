//! Chromium without a window, spoken to over a pipe: pages of any size, pressed where a finger would press.
//!
//! `--remote-debugging-pipe` reads descriptor 3 and writes descriptor 4, JSON ended by a zero byte; a shell puts them
//! in the place of input and output. Everything blocks, so tests that use it need a runtime of several threads.
//!
//! The bot's own browser tests include this file, too (`tests/it/support`): it names nothing of this crate. With
//! `BOT_TEST_BROWSER=required` a missing browser is a failure; `tests/run.sh` sets it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FLAGS: &str = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --use-fake-device-for-media-stream --remote-debugging-pipe";
/// Whoever is asked for a camera says yes.
const AGREES: &str = "--use-fake-ui-for-media-stream";
/// What the browser says of a page that was left while it was looked at.
const LEFT: [&str; 3] = ["navigated or closed", "context was destroyed", "Cannot find context"];
/// What a page is waited for.
const PATIENCE_MS: u32 = 60_000;

/// A running browser with one page; dropping it ends both.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    profile: PathBuf,
    session: Option<String>,
    last: u64,
    /// What the page complained about: exceptions, and requests that its policy or the server refused.
    pub(crate) complaints: Vec<String>,
}

impl Browser {
    /// Starts one; `None`, with a word on standard error, where none is installed. `tests/run.sh` installs one.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[AGREES])
    }

    /// The same with these switches instead of the one that agrees to a camera; a blank may stand in none.
    pub(crate) fn start_with(switches: &[&str]) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folders: Vec<_> = env::split_paths(&env::var_os("PATH")?).collect();
        let found = NAMES
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|path| path.is_file());
        let Some(program) = found else {
            let is_required = env::var_os("BOT_TEST_BROWSER").is_some_and(|wish| wish == "required");
            assert!(!is_required, "there is no Chromium on the PATH; install the package chromium");
            eprintln!("left out: there is no Chromium on the PATH");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let profile = env::temp_dir().join(format!("page-test-{}-{number}", std::process::id()));
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "exec \"$0\" {FLAGS} {} \"--user-data-dir=$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null",
                switches.join(" ")
            ))
            .args([program.as_os_str(), profile.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, input, output, profile, session: None, last: 0, complaints: Vec::new() })
    }

    /// Opens an address in a new page of that size.
    pub(crate) fn open(&mut self, address: &str, width: u32, height: u32) {
        self.session = None;
        let target = self.send("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached =
            self.send("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }));
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.send(domain, &json!({}));
        }
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.send("Emulation.setDeviceMetricsOverride", &size);
        // What slides in cannot be pressed where it was a moment ago.
        let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.send("Emulation.setEmulatedMedia", &still);
        self.send("Page.navigate", &json!({ "url": address }));
    }

    /// The value of an expression once it is truthy; panics when it never is.
    pub(crate) fn wait(&mut self, expression: &str) -> Value {
        let script = format!(
            "new Promise((found, never) => {{ const end = Date.now() + {PATIENCE_MS}; const look = () => {{ \
             let value; try {{ value = {expression}; }} catch {{ value = null; }} \
             if (value) found(value); else if (Date.now() > end) never(new Error('never true')); \
             else setTimeout(look, 30); }}; look(); }})"
        );
        let wanted = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let answer = loop {
            match self.call("Runtime.evaluate", &wanted) {
                Ok(answer) => break answer,
                // The page went on to the next one meanwhile: look there.
                Err(error) if LEFT.iter().any(|words| error.to_string().contains(words)) => {}
                Err(error) => panic!("{expression}: {error}"),
            }
        };
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}\n{:?}", answer, self.complaints);
        answer["result"]["value"].clone()
    }

    /// Presses what reads so, in the middle, once it can be reached there: nothing may lie above it.
    pub(crate) fn press(&mut self, words: &str) {
        let words = Value::from(words);
        let spot = self.wait(&format!(
            "(() => {{ const fits = (e) => e.checkVisibility() && !e.disabled && \
             [e.getAttribute('aria-label'), e.querySelector('strong')?.textContent, e.textContent].includes({words}); \
             const element = [...document.querySelectorAll('button, a, summary, label')].findLast(fits); \
             element.scrollIntoView({{ block: 'nearest' }}); const box = element.getBoundingClientRect(); \
             const x = box.x + box.width / 2, y = box.y + box.height / 2; \
             return element.contains(document.elementFromPoint(x, y)) && {{ x, y }}; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let press =
                json!({ "type": kind, "x": spot["x"], "y": spot["y"], "button": "left", "clickCount": 1 });
            self.send("Input.dispatchMouseEvent", &press);
        }
    }

    /// Presses a key that writes nothing.
    pub(crate) fn key(&mut self, name: &str) {
        self.send("Input.dispatchKeyEvent", &json!({ "type": "keyDown", "key": name, "code": name }));
    }

    /// Types where the keyboard is, and ends with Enter.
    pub(crate) fn enter(&mut self, text: &str) {
        self.send("Input.insertText", &json!({ "text": text }));
        let key = json!({ "type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        self.send("Input.dispatchKeyEvent", &key);
    }

    /// One command of the debugging protocol, for what only one test needs.
    pub(crate) fn send(&mut self, method: &str, parameters: &Value) -> Value {
        self.call(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.last {
                let error = &answer["error"];
                return if error.is_null() { Ok(answer["result"].clone()) } else { Err(error.clone()) };
            }
            match answer["method"].as_str() {
                Some("Runtime.exceptionThrown") => self.complaints.push(answer["params"].to_string()),
                Some("Log.entryAdded") if answer["params"]["entry"]["level"] == "error" => {
                    self.complaints.push(answer["params"]["entry"].to_string());
                }
                _ => {}
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.output.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&message).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.profile));
    }
}
