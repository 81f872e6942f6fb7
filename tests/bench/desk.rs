//! How long a reviewer waits for the database with 100,000 cases:
//! `cargo bench --bench desk [-- --cases 100000 --rounds 200 --only sqlite|postgres]`.
//!
//! One process on one core where `taskset` is to be had, the PostgreSQL server (started by itself when its binaries are
//! there) on the same core. The cases are stored through [`Store::commit`], as turns of their candidates: in 21 cities
//! and all stages, most in the present batch, the others in two earlier ones; then an account of a city that has a
//! quarter of them, and the province's, do again and again what the pages do. Names differ for each search, cases for
//! each opening; nothing is remembered but what the databases remember.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[path = "../it/support/db.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod db;

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use db::TestDb;
use futures_util::future::join_all;
use graduation_bot::{
    inbound::{Level, Part},
    office::{Role, people, queue},
    store::{Area, CaseFilter, Commit, Committed, Order, PersonQuery, StaffRow, Store},
    time::Millis,
    turn::{Binding, CaseChange, Found, RegistryAnswer, Session, Snapshot, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Round, Stage},
    },
};

const BATCHES: [&str; 3] = ["2026-06", "2025-12", "2025-06"];
const CITY: &str = "城市0";
/// Turns that are stored at once while the cases are laid out.
const AT_ONCE: usize = 256;
const NOW: Millis = Millis(1_781_227_800_000);
/// The pages promise to be quicker than this.
const LIMIT: f64 = 50.0;

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

async fn run(cases: usize, rounds: usize, only: Option<&str>) -> usize {
    let mut slow = 0;
    for (name, db) in [("sqlite", Some(TestDb::sqlite())), ("postgres", TestDb::postgres().await)] {
        let Some(db) = db.filter(|_| only.is_none_or(|only| only == name)) else { continue };
        let store = db.store().await;
        let began = Instant::now();
        lay_out(&store, cases).await;
        println!("{name}: {cases} cases stored in {:.0} s", began.elapsed().as_secs_f64());
        for (who, role) in [("city", Role::City(CITY.to_owned())), ("province", Role::Province)] {
            slow += measure(&store, &format!("{name} {who}"), &role, cases, rounds).await;
        }
        store.close().await;
    }
    slow
}

/// Dice without a seed of their own: the same numbers each time.
fn dice(number: usize) -> usize {
    (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29) as usize >> 8
}

fn candidate(number: usize) -> Candidate {
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../examples/data/candidates.json")).unwrap();
    Candidate {
        exam_no: format!("0101{number:08}"),
        document_no: format!("{number:018}"),
        name: name(number),
        ..all[0].clone()
    }
}

/// Three characters: a name that about twenty people of 100,000 have.
fn name(number: usize) -> String {
    let of = |dice: usize| char::from_u32(0x4E00 + (dice % 17) as u32).unwrap();
    [dice(number), dice(number) / 17, dice(number) / 289].map(of).into_iter().collect()
}

async fn lay_out(store: &Store, cases: usize) {
    let sample = Arc::new(candidate(0));
    for start in (0..cases).step_by(AT_ONCE) {
        let people = start..(start + AT_ONCE).min(cases);
        join_all(people.map(|number| store_case(store, number, &sample))).await;
    }
}

/// One person binds and is wherever the dice say.
async fn store_case(store: &Store, number: usize, sample: &Candidate) {
    let open_id = format!("oBench{number:022}");
    let candidate = Candidate {
        exam_no: format!("0101{number:08}"),
        document_no: format!("{number:018}"),
        name: name(number),
        ..sample.clone()
    };
    let batch = BATCHES[[0, 0, 0, 0, 0, 0, 0, 0, 1, 2][number % 10]];
    let at = NOW.minus_seconds((dice(number) % 400_000) as i64);
    let case = case_of(number, &open_id, batch, &candidate, at);
    let found = RegistryAnswer::Known { candidate: Arc::new(candidate.clone()), bound_to: None, case: None };
    let before = Snapshot {
        session: Session::new(&open_id),
        candidate: None,
        case: None,
        found: Found { candidate: Some(found), ..Found::default() },
    };
    let mut turn = Turn::of_session(before.session.clone());
    turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no });
    turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
    let stored = store.commit(Commit::new(turn, before, batch, at)).await.unwrap();
    assert_eq!(stored, Committed::Stored);
}

fn case_of(number: usize, open_id: &str, batch: &str, candidate: &Candidate, at: Millis) -> Case {
    // A quarter is in one city, as in life.
    let city = if number.is_multiple_of(4) { 0 } else { 1 + dice(number) % 20 };
    let round = u32::from(dice(number).is_multiple_of(3)) + 1;
    let submitted = |number| Round {
        number,
        part: Part::Both,
        photos: [].into(),
        submitted_at: at,
        decisions: Vec::new(),
        withdrawn: false,
    };
    Case {
        stage: Stage::ALL[dice(number) / 7 % Stage::ALL.len()],
        place: Some(Place {
            city: format!("城市{city}"),
            district: format!("区{city}-{}", dice(number) / 99 % 9),
        }),
        phone: Some("+8613800138001".to_owned()),
        round,
        rounds: (1..=round).map(submitted).collect(),
        ..Case::open(format!("01J{:023}", dice(number)), format!("{number:08}"), batch, open_id, candidate)
    }
}

/// Everything that the pages ask for; how many of it was too slow.
async fn measure(store: &Store, title: &str, role: &Role, cases: usize, rounds: usize) -> usize {
    let (role_name, scope) = role.columns();
    let staff = StaffRow::new("王老师", String::new(), role_name, scope);
    let waiting = CaseFilter {
        batch: BATCHES[0].to_owned(),
        stages: queue::waiting(role.level(), None),
        ..CaseFilter::default()
    };
    let part = CaseFilter { stages: queue::waiting(None, Some(Part::Documents)), ..waiting.clone() };
    let everything = CaseFilter { stages: Vec::new(), order: Order::NewestFirst, ..waiting.clone() };
    let wire = NOW;
    let list = async |filter: &CaseFilter| {
        let page = queue::list(store, role, filter, wire).await.unwrap();
        assert_eq!((page.cases.len(), page.next.is_some()), (50, true));
        page
    };
    let second = CaseFilter { after: list(&waiting).await.next, ..waiting.clone() };
    let ids: Vec<String> = cases_of(store, role, &waiting).await;
    let mut report = Report { title, slow: 0 };
    report.line("list", rounds, async |_| drop(list(&waiting).await)).await;
    report.line("list of one kind", rounds, async |_| drop(list(&part).await)).await;
    report.line("second page", rounds, async |_| drop(list(&second).await)).await;
    report.line("list of every stage, newest first", rounds, async |_| drop(list(&everything).await)).await;
    report
        .line("counts", rounds, async |_| {
            let counts = queue::counts(store, role, &waiting).await.unwrap();
            assert!(counts.waiting(Some(Level::City), None) > 0);
        })
        .await;
    report
        .line("next, leased", rounds, async |round| {
            let name = format!("reviewer {round}");
            let staff = StaffRow { name, ..staff.clone() };
            assert!(queue::next(store, &staff, &waiting, wire).await.unwrap().is_some());
        })
        .await;
    report
        .line("open, leased", rounds, async |round| {
            // Each its own reviewer's again: those of the line above are held by others.
            let opened = queue::open(store, &staff, &ids[round % ids.len()], wire).await.unwrap().unwrap();
            assert!(opened.candidate.is_some());
        })
        .await;
    report
        .line("find by name", rounds, async |round| {
            let found =
                people::find(store, role, PersonQuery::Name(&name(4 * dice(round) % cases))).await.unwrap();
            assert!(!found.lines.is_empty());
        })
        .await;
    report
        .line("find by document", rounds, async |round| {
            let number = format!("{:018}", 4 * (dice(round) % (cases / 4)));
            let found = people::find(store, role, PersonQuery::Document(&number)).await.unwrap();
            assert_eq!(found.lines.len(), 1);
        })
        .await;
    figures(store, role, &mut report, rounds).await;
    store.forget_case_leases(Millis(i64::MAX), u32::MAX).await.unwrap();
    report.slow
}

/// The statements of the overview, which the office remembers for a few seconds.
async fn figures(store: &Store, role: &Role, report: &mut Report<'_>, rounds: usize) {
    let (area, batch) = (role.area().unwrap(), BATCHES[0]);
    // Of a day each, and what a batch promises between them.
    let since = [86_400, 172_800, 200_000, 259_200].map(|seconds| NOW.minus_seconds(seconds));
    report
        .line("the overview's figures, uncached", rounds, async |_| {
            store.count_cases(&area, batch).await.unwrap();
            store.count_handed_in(&area, batch, since[0], NOW).await.unwrap();
            store.queue_ages(&area, batch, &since).await.unwrap();
            store.count_rejections(&area, batch).await.unwrap();
            store.count_submitted(&area, batch).await.unwrap();
            store.count_ended_badly(&area, since[3]).await.unwrap();
        })
        .await;
}

/// Some hundred cases of the list, to be opened.
async fn cases_of(store: &Store, role: &Role, filter: &CaseFilter) -> Vec<String> {
    let filter = CaseFilter { order: Order::NewestFirst, limit: 500, ..filter.clone() };
    let area: Area = role.area().unwrap();
    store.list_cases(&area, &filter, NOW).await.unwrap().into_iter().map(|case| case.id).collect()
}

struct Report<'t> {
    title: &'t str,
    slow: usize,
}

impl Report<'_> {
    /// Does it again and again, a few times before it counts, and tells how long it took.
    async fn line(&mut self, what: &str, rounds: usize, work: impl AsyncFn(usize)) {
        let mut took: Vec<Duration> = Vec::with_capacity(rounds);
        for round in 0..rounds + 10 {
            let began = Instant::now();
            work(round).await;
            took.push(began.elapsed());
        }
        took.drain(..10);
        took.sort();
        let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1000.0;
        println!("{}: {what}: p50 {:.1}, p95 {:.1}, max {:.1} ms", self.title, at(50), at(95), at(100));
        self.slow += usize::from(at(95) > LIMIT);
    }
}
