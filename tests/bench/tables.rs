//! How long a large import and a large export take, and how much memory:
//! `cargo bench --bench tables [-- --candidates 100000 --results 10]`.
//!
//! Candidates are laid out as CSV and as XLSX, previewed, applied, and previewed again with a change in each; then each
//! gets an application, and all are exported. The peak is the process's own, counted anew for each step; what it stood at
//! before the step is beside it. SQLite, commits durable.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::{fmt::Write as _, path::Path, sync::Arc, time::Instant};

use futures_util::{StreamExt as _, stream};
use graduation_bot::{
    office::{
        Who,
        export::{self, ExportFilter},
        imports::{self, Desk, Format, Kind, Upload},
    },
    store::{Commit, Committed, Store, StoreOptions},
    time::{Millis, shanghai},
    turn::{Binding, CaseChange, RegistryAnswer, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Stage},
    },
};

const NOW: Millis = Millis(1_781_486_000_000);
const BATCH: &str = "2026-06";
/// Turns stored at once while applications are laid out.
const AT_ONCE: usize = 64;
const HEADER: &str = "exam_no,name,gender,birth,document_type,document_no,phone,major.code,major.building_school,\
    major.course_group,results.course,results.score,results.date,results.kind";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, otherwise: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (candidates, results) = (number("--candidates", 100_000), number("--results", 10));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure(candidates, results));
}

async fn measure(candidates: usize, results: usize) {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", home.path().join("bot.db").display());
    let store =
        Store::open(StoreOptions { cache_bytes: 8 << 20, ..StoreOptions::new(&url, [7; 32]) }).await.unwrap();
    println!("{candidates} candidates with {results} results each");
    for (format, name) in [(Format::Csv, "one.csv"), (Format::Xlsx, "other.xlsx")] {
        // The other differs in every score.
        let points = if format == Format::Csv { 71 } else { 72 };
        let file = home.path().join(name);
        lay_out(&file, format, candidates, results, points);
        println!("{name}: {} MB", std::fs::metadata(&file).unwrap().len() >> 20);
        step("  preview", || import(&store, &file, format, false)).await;
        step("  apply", || import(&store, &file, format, true)).await;
        step("  preview again", || import(&store, &file, format, false)).await;
    }
    apply_for_all(&store, candidates).await;
    let out = home.path().join("list.xlsx");
    step("export", || export_all(&store, &out, home.path())).await;
    println!("list.xlsx: {} MB", std::fs::metadata(&out).unwrap().len() >> 20);
}

/// Runs a step and prints how long it took and what it needed.
async fn step<F: Future<Output = String>>(name: &str, run: impl FnOnce() -> F) {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let began = Instant::now();
    let told = run().await;
    let seconds = began.elapsed().as_secs_f64();
    println!("{name}: {seconds:.1} s, peak {} MB (from {before} MB); {told}", memory("VmHWM:"));
}

/// A line of the process's status, in MB.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line));
    found.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

async fn import(store: &Store, file: &Path, format: Format, stores: bool) -> String {
    let bytes = std::fs::read(file).unwrap();
    let upload =
        Upload { kind: Kind::Candidates, format, bytes, batch: String::new(), remove_missing: false };
    let zone = shanghai();
    let desk = Desk { store, who: Who::Operator, now: NOW, zone: &zone };
    let done = if stores {
        imports::apply(desk, upload, None, &|_, _| ()).await
    } else {
        imports::preview(desk, upload).await
    };
    let counts = done.unwrap().counts;
    format!("{} added, {} changed, {} unchanged", counts.added, counts.changed, counts.unchanged)
}

async fn export_all(store: &Store, out: &Path, scratch: &Path) -> String {
    let zone = shanghai();
    let desk = Desk { store, who: Who::Operator, now: NOW, zone: &zone };
    let filter = ExportFilter { batch: BATCH.to_owned(), ..ExportFilter::default() };
    let out = std::fs::File::create(out).unwrap();
    format!("{} cases", export::cases(desk, &filter, out, scratch, &|_| ()).await.unwrap())
}

fn exam_no(number: usize) -> String {
    format!("0101{number:08}")
}

/// The lines of a candidate: the first says who it is.
fn lines(number: usize, results: usize, score: usize) -> impl Iterator<Item = String> {
    (0..results).map(move |at| {
        let once = if at == 0 {
            "林样例,男,1992-02-29,居民身份证,44010619920229039X,13800138001,080901,深圳大学,01"
        } else {
            ",,,,,,,,"
        };
        format!("{},{once},{:05},{score},2025-10-26,written", exam_no(number), 15_000 + at)
    })
}

fn lay_out(file: &Path, format: Format, candidates: usize, results: usize, score: usize) {
    let rows = (0..candidates).flat_map(|number| lines(number, results, score));
    if format == Format::Csv {
        let mut text = format!("{HEADER}\n");
        rows.for_each(|line| writeln!(text, "{line}").unwrap());
        return std::fs::write(file, text).unwrap();
    }
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().unwrap();
    for (row, line) in (0..).zip(std::iter::once(HEADER.to_owned()).chain(rows)) {
        for (column, cell) in (0..).zip(line.split(',')).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(file).unwrap();
}

async fn apply_for_all(store: &Store, candidates: usize) {
    let sample = store.candidate(&exam_no(0)).await.unwrap().unwrap();
    let apply = async |number: usize| {
        let candidate = Arc::new(Candidate { exam_no: exam_no(number), ..sample.clone() });
        let open_id = format!("o{number}");
        let mut before = store.load(&open_id, BATCH).await.unwrap();
        before.found.candidate =
            Some(RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None });
        let case = Case {
            stage: Stage::PortraitAtCity,
            place: Some(Place { city: "广州市".to_owned(), district: "天河区".to_owned() }),
            phone: Some("+8613800138001".to_owned()),
            ..Case::open(format!("c{number:08}"), format!("{number:08}"), BATCH, &open_id, &candidate)
        };
        let mut session = before.session.clone();
        session.exam_no = Some(candidate.exam_no.clone());
        let turn = Turn {
            binding: Some(Binding::Bind { exam_no: candidate.exam_no.clone() }),
            case: Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None }),
            ..Turn::of_session(session)
        };
        let stored = store.commit(Commit::new(turn, before, BATCH, NOW)).await.unwrap();
        assert_eq!(stored, Committed::Stored);
    };
    stream::iter(0..candidates).for_each_concurrent(AT_ONCE, apply).await;
}
