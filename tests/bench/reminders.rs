//! How long it takes to remind everybody: `cargo bench --bench reminders [-- --cases 100000 --only sqlite|postgres]`.
//!
//! Two days before the window closes each of 100,000 people has a step missing, and each is told by a push that is opened,
//! worded, sealed and durable. Then the same again, when nobody is left to be told, which is what a worker does every five
//! minutes. Beside the seconds stands what this process computed meanwhile, without the PostgreSQL server.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[path = "../it/support/db.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod db;
#[path = "desk/laid_out.rs"]
#[expect(dead_code, reason = "the desk's benchmark uses all of it")]
mod laid_out;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use db::TestDb;
use futures_util::future::join_all;
use graduation_bot::{
    app::App,
    clock::Clock,
    config::Config,
    ids::Ids,
    store::{Commit, Committed, Store},
    turn::{Binding, CaseChange, Found, RegistryAnswer, Session, Snapshot, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place},
        reminder::MISSING,
    },
};

const BATCH: &str = "2026-06";
/// Turns that are stored at once while the cases are laid out.
const AT_ONCE: usize = 256;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let cases = value("--cases").and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(cases, value("--only").as_deref()));
}

async fn run(cases: usize, only: Option<&str>) {
    for (name, db) in [("sqlite", Some(TestDb::sqlite())), ("postgres", TestDb::postgres().await)] {
        let Some(db) = db.filter(|_| only.is_none_or(|only| only == name)) else { continue };
        let began = Instant::now();
        let store = db.store().await;
        laid_out::import_tables(&store).await;
        lay_out(&store, cases).await;
        store.close().await;
        println!("{name}: {cases} cases stored in {:.0} s", began.elapsed().as_secs_f64());
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::starting_at(laid_out::NOW);
        let app = App::start(settings(&db, folder.path()), clock, Ids::random()).await.unwrap();
        for (what, expected) in [("everybody", cases), ("again", 0), ("and again", 0)] {
            let (began, cpu) = (Instant::now(), cpu_seconds());
            let pushes = app.worker.remind().await.unwrap();
            let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
            println!("{name}: {what:10} {seconds:7.2} s  {cpu:7.2} CPU s  {pushes} pushes");
            assert_eq!(pushes, expected, "{what}");
        }
        app.store.close().await;
    }
}

async fn lay_out(store: &Store, cases: usize) {
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../examples/data/candidates.json")).unwrap();
    for start in (0..cases).step_by(AT_ONCE) {
        let people = start..(start + AT_ONCE).min(cases);
        join_all(people.map(|number| store_case(store, number, &all[0]))).await;
    }
}

/// One person binds and stands at one of the steps that may be missing, since yesterday.
async fn store_case(store: &Store, number: usize, sample: &Candidate) {
    let open_id = format!("oBench{number:022}");
    let candidate = Arc::new(Candidate {
        exam_no: format!("0101{number:08}"),
        document_no: laid_out::document(number),
        name: laid_out::name(number),
        ..sample.clone()
    });
    let id = format!("01J{:023}", laid_out::dice(number));
    let case = Case {
        stage: MISSING[number % MISSING.len()],
        place: Some(Place { city: laid_out::city(1), district: laid_out::district(1, number % 6) }),
        phone: Some("+8613800138001".to_owned()),
        ..Case::open(id, format!("{number:08}"), BATCH, &open_id, &candidate)
    };
    let found = RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None };
    let before = Snapshot {
        session: Session::new(&open_id),
        candidate: None,
        case: None,
        found: Found { candidate: Some(found), ..Found::default() },
    };
    let mut turn = Turn::of_session(before.session.clone());
    turn.session.exam_no = Some(candidate.exam_no.clone());
    turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
    turn.record = Some(candidate);
    turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
    let yesterday = laid_out::NOW.minus_seconds(24 * 3600);
    let stored = store.commit(Commit::new(turn, before, BATCH, yesterday)).await.unwrap();
    assert_eq!(stored, Committed::Stored);
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
    config
}

/// What this process has computed so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Past the name, which may hold blanks; user and system time are the twelfth and thirteenth after it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}
