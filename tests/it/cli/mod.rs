//! The program as operators run it: what it says, its exit codes, and that a mistake changes nothing.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use graduation_bot::store::Store;
use tempfile::TempDir;

use crate::support::db::TestDb;

mod audit;
mod broadcast;
mod export;
mod formats;
mod inquiry;
mod mistakes;
mod onsite;
mod outbox;
mod platform;
mod qr;
mod review;
mod staff;

/// A folder with a configuration, in which commands are run, and the database that it names.
struct Desk {
    home: TempDir,
    db: TestDb,
}

/// How a command ended.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

const PASSWORD: &str = "correct horse battery";

impl Desk {
    fn new() -> Self {
        let db = TestDb::of_blocking(module_path!());
        let desk = Self { home: tempfile::tempdir().unwrap(), db };
        desk.write("graduation-bot.toml", desk.settings());
        desk
    }

    /// With batch, places and plans.
    fn with_samples() -> Self {
        let desk = Self::new();
        for (what, file) in
            [("batches", "batch.json"), ("schedule", "schedule-guangzhou.csv"), ("plans", "plans.json")]
        {
            desk.run(&["import", what, &sample(file)]).good();
        }
        desk
    }

    fn settings(&self) -> String {
        format!(
            "data_key = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='\ndialogs_dir = '{}/dialogs'\n\
             database_url = '{}'\nclock_offset_seconds = {}\n\
             [wechat]\napp_id = 'wx1'\napp_secret = 's'\ntoken = 't'\n",
            env!("CARGO_MANIFEST_DIR"),
            self.db.url,
            offset_into_window(),
        )
    }

    /// Business time is so many seconds earlier from now on: a command takes as long as the machine wants.
    fn set_back(&self, seconds: i64) {
        let settings = self.settings();
        let line = settings.lines().find(|line| line.starts_with("clock_offset_seconds")).unwrap();
        let offset: i64 = line.rsplit(' ').next().unwrap().parse().unwrap();
        let earlier = format!("clock_offset_seconds = {}", offset - seconds);
        self.write("graduation-bot.toml", settings.replace(line, &earlier));
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        Self::finish(&mut self.command(arguments), input)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_graduation-bot"));
        command.args(arguments).current_dir(self.home.path()).env_clear();
        command
    }

    fn finish(command: &mut Command, input: &str) -> Ran {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    async fn store(&self) -> Store {
        self.db.store().await
    }

    async fn count_candidates(&self) -> i64 {
        let store = self.store().await;
        let count = store.count_candidates().await.unwrap();
        store.close().await;
        count
    }

    fn add_staff(&self, name: &str, role: &str) {
        self.run_with(&["staff", "add", name, "--role", role, "--password-stdin"], PASSWORD).good();
    }
}

impl Ran {
    fn good(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    /// Ended with a code and said all of this, to whichever of the two.
    fn failed(&self, code: i32, said: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for words in said {
            assert!(all.contains(words), "does not say {words:?}:\n{all}");
        }
    }
}

/// So that business time is inside the sample batch, whenever the test runs.
fn offset_into_window() -> i64 {
    let wanted = graduation_bot::time::parse_minute("2026-06-15T09:30").unwrap();
    let wanted = graduation_bot::time::at_civil(wanted, &graduation_bot::time::shanghai());
    wanted.since(graduation_bot::clock::Clock::real().wire()) / 1000
}

fn sample(name: &str) -> String {
    format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn help_names_every_command_and_every_setting() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]).good().out;
    for command in [
        "serve", "worker", "check", "migrate", "import", "export", "staff", "review", "person", "photo",
        "menu", "platform", "qr", "outbox", "jobs",
    ] {
        assert!(help.contains(command), "{help}");
        assert!(desk.run(&[command, "--help"]).good().out.contains(command));
    }
    let settings = desk.run(&["help", "config"]).good().out;
    assert!(settings.contains("BOT_WECHAT__AES_KEY") && settings.contains("database_url"), "{settings}");
    desk.run(&["help", "imports"]).failed(2, &["import"]);
    desk.run(&["imprt"]).failed(2, &["import"]);
}

#[test]
fn an_unknown_or_wrong_setting_is_named() {
    let desk = Desk::new();
    desk.write("graduation-bot.toml", desk.settings() + "tokn = 'x'\n");
    desk.run(&["serve"]).failed(2, &["tokn", "graduation-bot help config"]);
    desk.write("graduation-bot.toml", desk.settings());
    let mut command = desk.command(&["serve"]);
    command.env("BOT_LISEN", "127.0.0.1:0");
    Desk::finish(&mut command, "").failed(2, &["lisen"]);
    let mut command = desk.command(&["serve"]);
    command.env("BOT_DATA_KEY", "short").env("BOT_TIMEZONE", "Mars/Olympus");
    Desk::finish(&mut command, "").failed(2, &["data_key", "openssl rand -base64 32", "timezone"]);
    let mut command = desk.command(&["serve"]);
    command.env("BOT_WECHAT__AES_KEY", "0123").env("BOT_WECHAT__ALLOW_PLAINTEXT", "perhaps");
    Desk::finish(&mut command, "").failed(2, &["allow_plaintext", "perhaps"]);
    desk.run(&["serve", "--config", "elsewhere.toml"]).failed(2, &["elsewhere.toml"]);
}

#[test]
fn serve_without_imports_says_what_to_import() {
    let desk = Desk::new();
    desk.run(&["serve"]).failed(2, &["import batches", "import schedule", "import plans"]);
    desk.run(&["migrate"]).good();
}

#[tokio::test]
async fn the_same_import_twice_changes_nothing() {
    let desk = Desk::with_samples();
    for _ in 0..2 {
        let ran = desk.run(&["import", "candidates", &sample("candidates.json")]).good();
        assert_eq!(ran.out, "已导入 14 名考生。\n");
        assert_eq!(desk.count_candidates().await, 14);
    }
}

#[tokio::test]
async fn one_wrong_row_and_nothing_is_stored() {
    let desk = Desk::with_samples();
    let good = fs::read_to_string(sample("candidates.json")).unwrap();
    let bad =
        good.replace("\"13800138001\"", "\"1380013800\"").replace("\"010126000003\"", "\"01012600000\"");
    let file = desk.write("bad.json", bad);
    let ran = desk.run(&["import", "candidates", file.to_str().unwrap()]);
    ran.failed(2, &["bad.json：第 1 条 phone", "bad.json：第 3 条 exam_no", "什么都没有导入"]);
    assert!(!ran.err.contains("1380013800"), "no personal data: {}", ran.err);
    assert_eq!(desk.count_candidates().await, 0);
    desk.write("bad.json", "[");
    desk.run(&["import", "candidates", "bad.json"]).failed(2, &["bad.json", "不是完整的 JSON"]);
    desk.run(&["import", "candidates", "missing.json"]).failed(2, &["missing.json"]);
    let places = sample("schedule-guangzhou.csv");
    desk.run(&["import", "candidates", &places]).failed(2, &["第 1 行 exam_no：没有这一列"]);
    desk.run(&["import", "batches", &places]).failed(2, &["第 1 行 id：没有这一列"]);
    desk.run(&["import", "batches", "graduation-bot.toml"])
        .failed(2, &["只能从 .csv、.json、.xlsx 文件导入"]);
}

#[test]
fn a_schedule_needs_its_batch_and_good_rows() {
    let desk = Desk::new();
    let schedule = sample("schedule-guangzhou.csv");
    desk.run(&["import", "schedule", &schedule]).failed(2, &["import batches"]);
    desk.run(&["import", "batches", &sample("batch.json")]).good();
    desk.run(&["import", "schedule", &schedule, "--batch", "2027-06"]).failed(2, &["2027-06"]);
    let text = fs::read_to_string(&schedule).unwrap();
    desk.write("a.csv", text.replace("06-16..06-17", "06-31").replace("广州市,越秀区", "广州市,广州市区"));
    desk.run(&["import", "schedule", "a.csv"])
        .failed(2, &["a.csv：第 2 行 date_ranges", "a.csv：第 3 行 district", "什么都没有导入"]);
    desk.write("noise.csv", [0xff, 0xff, 0x00]);
    desk.run(&["import", "schedule", "noise.csv"]).failed(2, &["noise.csv", "CSV UTF-8"]);
    desk.run(&["migrate"]).failed(0, &["import schedule"]);
    desk.run(&["import", "schedule", &schedule]).good();
}

#[test]
fn places_for_the_next_batch_never_replace_those_of_the_running_one() {
    let desk = Desk::with_samples();
    let next = format!("{}/tests/data/batch-2026-12.json", env!("CARGO_MANIFEST_DIR"));
    let places = format!("{}/tests/data/schedule-2026-12.csv", env!("CARGO_MANIFEST_DIR"));
    desk.run(&["import", "batches", &next]).good();
    desk.run(&["import", "schedule", &places])
        .failed(2, &["2026-06", "2026-12", "--batch", "什么都没有导入"]);
    let ran = desk.run(&["import", "schedule", &places, "--batch", "2026-12"]).good();
    assert!(ran.err.contains("2026年下半年"), "{}", ran.err);
    let ran = desk.run(&["import", "schedule", &sample("schedule-guangzhou.csv")]).good();
    assert!(ran.err.contains("2026年上半年"), "the running one: {}", ran.err);
}

#[test]
fn a_workbook_is_read_like_a_table() {
    let desk = Desk::new();
    desk.run(&["import", "batches", &sample("batch.json")]).good();
    let book = format!("{}/tests/data/schedule.xlsx", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(desk.run(&["import", "schedule", &book]).good().out, "已导入 2 个办理地点。\n");
    let numbers = format!("{}/tests/data/population-numbers.xlsx", env!("CARGO_MANIFEST_DIR"));
    desk.run(&["import", "population", &numbers]).failed(2, &["第 2 行 A", "超过 15 位"]);
}

#[tokio::test]
async fn population_answers_come_by_number() {
    let desk = Desk::new();
    desk.write("p.csv", "document_no,result,reason\n440103199003070037,mismatch,姓名不一致\n");
    desk.run(&["import", "population", "p.csv"]).good();
    let store = desk.store().await;
    let answer = store.population_answer("440103199003070037").await.unwrap();
    assert_eq!(answer.as_deref(), Some("mismatch:姓名不一致"));
    store.close().await;
    desk.write("p.csv", "document_no,result,reason\n440103199003070038,match,\n1,no,\n");
    desk.run(&["import", "population", "p.csv"])
        .failed(2, &["p.csv：第 2 行 document_no", "p.csv：第 3 行 result"]);
}

#[test]
fn a_photo_is_checked_as_the_bot_would() {
    let desk = Desk::new();
    let file = |name: &str, side: u32| {
        let path = desk.home.path().join(name);
        image::RgbImage::new(side, side).save(&path).unwrap();
        path.display().to_string()
    };
    let check = |file: &str, kind: &str| {
        let ran = desk.run(&["photo", "check", file, "--kind", kind, "--json"]).good();
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    // Without models what can be told is told, and the rest is for a reviewer.
    let small = check(&file("small.jpg", 500), "id_front");
    assert_eq!(small["verdict"], "reject", "{small}");
    assert!(small["defects"].as_array().unwrap().contains(&"TOO_SMALL".into()), "{small}");
    assert!(small["defects"].as_array().unwrap().contains(&"PRECHECK_UNAVAILABLE".into()), "{small}");
    assert_eq!(small["measures"]["longer_side"], 500.0, "{small}");
    let text = desk.write("text.jpg", "no picture").display().to_string();
    assert_eq!(check(&text, "handheld")["defects"], serde_json::json!(["UNREADABLE"]));
    let gif = desk.write("moving.jpg", "GIF89a, and so on").display().to_string();
    assert_eq!(check(&gif, "portrait")["defects"], serde_json::json!(["WRONG_FORMAT"]));
    let out = desk.home.path().join("out.jpg").display().to_string();
    desk.run(&["photo", "check", &text, "--kind", "portrait", "--out", &out]).failed(1, &["out.jpg"]);
    desk.run(&["photo", "check", "missing.jpg", "--kind", "portrait"]).failed(2, &["missing.jpg"]);
    desk.run(&["photo", "check", &text, "--kind", "selfie"]).failed(2, &["id_front"]);
}

#[test]
fn a_portrait_becomes_the_certificates_file() {
    let Some(weights) = crate::support::models::weights() else { return };
    let desk = Desk::new();
    let photos = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/photos");
    let check = |file: &str, kind: &str, more: &[&str]| {
        let file = Path::new(photos).join(file).display().to_string();
        let arguments = ["photo", "check", &file, "--kind", kind, "--json"];
        let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().copied()).collect();
        let mut command = desk.command(&arguments);
        let ran = Desk::finish(command.env("BOT_MODELS_DIR", &weights), "").good();
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()
    };
    let out = desk.home.path().join("made.jpg").display().to_string();
    let made = check("p_calm_raw_landscape.jpg", "portrait", &["--out", &out]);
    assert_eq!((&made["verdict"], &made["defects"]), (&"accept".into(), &serde_json::json!([])), "{made}");
    let file = fs::read(&out).unwrap();
    assert!((20 << 10..=40 << 10).contains(&file.len()), "{} bytes", file.len());
    let again = check(&out, "portrait_file", &[]);
    assert_eq!(again["verdict"], "accept", "a file that we made meets the standard: {again}");
    let another = check("SPECIMEN_A_front_photo.jpg", "id_front", &["--number", "990204199711220488"]);
    assert_eq!(another["defects"], serde_json::json!(["ID_MISMATCH"]), "{another}");
}

fn copy_dialogs(to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}
