//! What the offices import and export, on every database: looked at first, stored as it was looked at.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod changes;
mod export;
mod places;

use graduation_bot::{
    office::{
        Who,
        imports::{self, Desk, Format, ImportError, Kind, Preview, Upload},
        templates,
    },
    store::{StaffRow, Store},
    time::{Millis, at_civil, parse_minute, shanghai},
};

use crate::support::db;

const CANDIDATES: &str = include_str!("../../examples/data/candidates.csv");
const BATCH: &str = include_str!("../../examples/data/batch.json");
const SCHEDULE: &str = include_str!("../../examples/data/schedule-guangzhou.csv");

fn staff(name: &str, role: &str, scope: &str) -> StaffRow {
    StaffRow::new(name, String::new(), role, scope)
}

fn at(text: &str) -> Millis {
    at_civil(parse_minute(text).unwrap(), &shanghai())
}

/// The time zone lives as long as the test.
struct Office {
    store: Store,
    zone: jiff::tz::TimeZone,
    now: Millis,
}

impl Office {
    async fn new(db: &db::TestDb) -> Self {
        Self { store: db.store().await, zone: shanghai(), now: at("2026-06-15T09:30") }
    }

    fn desk<'a>(&'a self, who: Who<'a>) -> Desk<'a> {
        Desk { store: &self.store, who, now: self.now, zone: &self.zone }
    }

    async fn preview(&self, upload: &Upload) -> Result<Preview, ImportError> {
        imports::preview(self.desk(Who::Operator), upload.clone()).await
    }

    async fn apply(&self, upload: &Upload) -> Result<Preview, ImportError> {
        imports::apply(self.desk(Who::Operator), upload.clone(), None, &|_, _| ()).await
    }

    /// With the sample batch and its places.
    async fn with_places(db: &db::TestDb) -> Self {
        let office = Self::new(db).await;
        office.apply(&upload(Kind::Batches, Format::Json, BATCH)).await.unwrap();
        office.apply(&upload(Kind::Schedule, Format::Csv, SCHEDULE)).await.unwrap();
        office
    }

    async fn last_line(&self) -> (String, String) {
        let line = self.store.list_audit(None, 1).await.unwrap().remove(0);
        (format!("{} {} {}", line.audit.actor, line.audit.act, line.audit.subject), line.audit.detail)
    }
}

/// Of a schedule, for the sample batch.
fn upload(kind: Kind, format: Format, bytes: impl Into<Vec<u8>>) -> Upload {
    let batch = if kind == Kind::Schedule { "2026-06" } else { "" };
    Upload { kind, format, bytes: bytes.into(), batch: batch.to_owned(), remove_missing: false }
}

/// Every mistake as people read it.
fn mistakes<T: std::fmt::Debug>(outcome: Result<T, ImportError>) -> Vec<String> {
    match outcome {
        Err(ImportError::Mistakes { shown, .. }) => shown.iter().map(ToString::to_string).collect(),
        other => panic!("no mistakes: {other:?}"),
    }
}

fn files() -> Vec<(&'static str, Upload)> {
    let data =
        |name: &str| std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let example =
        |name: &str| std::fs::read(format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut files = vec![
        ("batches.json", upload(Kind::Batches, Format::Json, BATCH)),
        ("schedule.csv", upload(Kind::Schedule, Format::Csv, SCHEDULE)),
        ("schedule.json", upload(Kind::Schedule, Format::Json, data("schedule.json"))),
        ("schedule.xlsx", upload(Kind::Schedule, Format::Xlsx, data("schedule.xlsx"))),
        ("plans.json", upload(Kind::Plans, Format::Json, example("plans.json"))),
        ("plans.csv", upload(Kind::Plans, Format::Csv, example("plans.csv"))),
        ("plans.xlsx", upload(Kind::Plans, Format::Xlsx, data("plans.xlsx"))),
        ("candidates.json", upload(Kind::Candidates, Format::Json, example("candidates.json"))),
        ("candidates.csv", upload(Kind::Candidates, Format::Csv, CANDIDATES)),
        ("candidates.xlsx", upload(Kind::Candidates, Format::Xlsx, data("candidates.xlsx"))),
    ];
    for kind in Kind::ALL {
        files.push(("a template", upload(kind, Format::Xlsx, templates::xlsx(kind).unwrap())));
    }
    files
}

#[tokio::test]
async fn what_was_just_applied_changes_nothing() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        for (file, upload) in files() {
            let shown = office.preview(&upload).await.unwrap_or_else(|error| panic!("{file}: {error:?}"));
            let applied =
                imports::apply(office.desk(Who::Operator), upload.clone(), Some(&shown.seen), &|_, _| ())
                    .await;
            assert_eq!(applied.unwrap(), shown, "{file}: exactly what was looked at");
            let again = office.preview(&upload).await.unwrap();
            let counts = again.counts;
            assert_eq!((counts.added, counts.changed, counts.removed), (0, 0, 0), "{file}: {again:?}");
            assert_eq!((counts.unchanged, again.changed.len()), (shown.counts.rows, 0), "{file}");
        }
    }
}

#[tokio::test]
async fn every_template_has_the_columns_that_are_read() {
    for kind in Kind::ALL {
        let db = db::TestDb::sqlite();
        let office = Office::new(&db).await;
        office.apply(&upload(Kind::Batches, Format::Json, BATCH)).await.unwrap();
        let book = templates::xlsx(kind).unwrap();
        let shown = office.preview(&upload(kind, Format::Xlsx, book)).await.unwrap();
        let expected = if kind == Kind::Plans { 1 } else { 2 };
        assert_eq!((shown.counts.rows, shown.counts.added), (expected, expected), "{}", kind.name());
    }
}

#[tokio::test]
async fn bad_rows_are_all_told_and_nothing_is_stored() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        let edits = [
            ("010126000001,林样例", "01012600001,林样例"),
            ("13800138001", "020-81957623"),
            ("15043,71", "15043,171"),
            ("15044,78", "1544,78"),
            ("00023,85,,2025-10-26,written", "00023,85,,2025-10-26,oral"),
        ];
        let bad = edits.iter().fold(CANDIDATES.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        let upload = upload(Kind::Candidates, Format::Csv, bad);
        let told = mistakes(office.preview(&upload).await);
        let rows = ["第 2 行 exam_no：是 11 位", "第 2 行 phone：是固定电话", "第 3 行 name：没有填"];
        for row in rows {
            assert!(told.iter().any(|line| line.starts_with(row)), "{row}: {told:?}");
        }
        assert_eq!(mistakes(office.apply(&upload).await), told);
        assert_eq!(office.store.count_candidates().await.unwrap(), 0);
        assert!(!told.concat().contains("81957623"), "no personal data: {told:?}");
    }
}

#[tokio::test]
async fn five_bad_places_have_five_rows() {
    let db = db::TestDb::sqlite();
    let office = Office::with_places(&db).await;
    let edits = [
        ("荔湾区多宝路58号509室", ""),
        ("020-83350843", "电话见通知"),
        ("海珠区石榴岗路488号厚德楼1楼对外窗口,020-84472554,06-16..06-17", "海珠区,020-84472554,06-31"),
        ("广州市,天河区", "广州市,广州市区"),
        ("广州市,白云区", "广州市,黄埔区"),
    ];
    let bad = edits.iter().fold(SCHEDULE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let told = mistakes(office.preview(&upload(Kind::Schedule, Format::Csv, bad)).await);
    let expected =
        ["第 2 行 address", "第 3 行 phones", "第 4 行 date_ranges", "第 5 行 district", "第 7 行 district"];
    assert_eq!(told.len(), 5, "{told:?}");
    for (line, place) in told.iter().zip(expected) {
        assert!(line.starts_with(place), "{place}: {told:?}");
    }
}

#[tokio::test]
async fn spreadsheets_of_the_country_are_read_as_they_save() {
    let db = db::TestDb::sqlite();
    let office = Office::with_places(&db).await;
    let (gbk, ..) = encoding_rs::GB18030.encode(SCHEDULE);
    let marked = format!("\u{feff}{SCHEDULE}").into_bytes();
    for bytes in [gbk.into_owned(), marked] {
        let shown = office.preview(&upload(Kind::Schedule, Format::Csv, bytes)).await.unwrap();
        assert_eq!((shown.counts.unchanged, shown.counts.rows), (11, 11));
    }
}
