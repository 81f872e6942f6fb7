//! How long a reviewer waits with 100,000 cases:
//! `cargo bench --bench desk [-- --cases 100000 --rounds 200 --only sqlite|postgres]`.
//!
//! Every figure is a page (or an answer of the API) as a browser gets it, through the bot's own router without a socket:
//! sign-in, role, statements, what opening a case writes, and the finished HTML. One process on one core where `taskset` is
//! to be had, the PostgreSQL server (started by itself when its binaries are there) on the same core. `laid_out` has the
//! cases, `console` who asks for a page, `pages` what is asked, `report` how it is told; beside each figure stands
//! what the processor did for it, server included, which others at work on the machine change less than what passed on the
//! clock, and how many times longer it took than the floor: a page for which the database is asked whose browser it is, and
//! nothing else. What writes waits for the disk; PostgreSQL's server runs with `fsync` off, as in the tests.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[path = "../../it/support/db.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod db;

mod console;
mod laid_out;
mod pages;
mod report;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use db::TestDb;
use graduation_bot::{app::App, clock::Clock, config::Config, ids::Ids};
use report::LIMIT;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |name: &str, otherwise| value(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    if !arguments.iter().any(|argument| argument == "--here") && has_taskset() {
        let program = std::env::current_exe().unwrap();
        let mut again = Command::new("taskset");
        again.args(["-c", "0"]).arg(program).args(&arguments).arg("--here");
        std::process::exit(again.status().unwrap().code().unwrap_or(1));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (cases, rounds, only) = (number("--cases", 100_000), number("--rounds", 200), value("--only"));
    let slow = runtime.block_on(run(cases, rounds, only.as_deref()));
    if slow > 0 {
        eprintln!("{slow} figures are above {LIMIT} ms");
        std::process::exit(1);
    }
}

fn has_taskset() -> bool {
    Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok()
}

/// How many figures were too slow.
async fn run(cases: usize, rounds: usize, only: Option<&str>) -> usize {
    let mut slow = 0;
    for (name, db) in [("sqlite", Some(TestDb::sqlite())), ("postgres", TestDb::postgres().await)] {
        let Some(db) = db.filter(|_| only.is_none_or(|only| only == name)) else { continue };
        let began = Instant::now();
        laid_out::lay_out(&db, cases).await;
        println!("{name}: {cases} cases stored in {:.0} s", began.elapsed().as_secs_f64());
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::starting_at(laid_out::NOW);
        let app = App::start(settings(&db, folder.path()), clock, Ids::random()).await.unwrap();
        slow += pages::measure(&app, name, cases, rounds).await;
        app.store.close().await;
    }
    slow
}

fn settings(db: &TestDb, folder: &Path) -> Config {
    let mut config = Config {
        database_url: db.url.clone(),
        files_url: format!("file:{}", folder.join("files").display()),
        dialogs_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")),
        models_dir: folder.join("no-models"),
        // `db::KEY`.
        data_key: "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned(),
        ..Config::default()
    };
    "wx0123456789abcdef".clone_into(&mut config.wechat.app_id);
    "0123456789abcdef0123456789abcdef".clone_into(&mut config.wechat.app_secret);
    "token".clone_into(&mut config.wechat.token);
    config.wechat.allow_plaintext = true;
    // An office's system that asks as often as it likes.
    (config.api.per_minute, config.api.burst) = (1_000_000, 1_000_000);
    config
}
