//! `import` takes every kind as CSV, JSON and XLSX, and each leads to the same rows.

use graduation_bot::{
    store::{Store, WorldRows},
    workflow::candidate::Candidate,
};

use super::{Desk, sample};

fn data(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Reads something back from a fresh desk on which one file was imported.
async fn after<T>(what: &str, file: &str, read: impl AsyncFn(Store) -> T) -> T {
    let desk = Desk::new();
    desk.run(&["import", "batches", &sample("batch.json")]).good();
    desk.run(&["import", what, file]).good();
    read(desk.store().await).await
}

async fn candidates(store: Store) -> Vec<Candidate> {
    let mut all = Vec::new();
    for number in
        ["010126000001", "010112345678", "010126000002", "010126000003", "010126000004", "010126000014"]
    {
        all.extend(store.candidate(number).await.unwrap());
    }
    assert_eq!(store.count_candidates().await.unwrap(), 14);
    all
}

#[tokio::test]
async fn candidates_are_the_same_in_every_format() {
    let listed = after("candidates", &sample("candidates.json"), candidates).await;
    assert!(listed.len() > 3, "the sample's numbers are known: {}", listed.len());
    for file in [sample("candidates.csv"), data("candidates.xlsx")] {
        assert_eq!(after("candidates", &file, candidates).await, listed, "{file}");
    }
}

async fn world(store: Store) -> WorldRows {
    store.world_rows().await.unwrap()
}

#[tokio::test]
async fn plans_are_the_same_in_every_format() {
    let listed = after("plans", &sample("plans.json"), world).await;
    assert_eq!(listed.plans.len(), 5);
    for file in [sample("plans.csv"), data("plans.xlsx")] {
        assert_eq!(after("plans", &file, world).await.plans, listed.plans, "{file}");
    }
}

#[tokio::test]
async fn places_are_the_same_in_every_format() {
    let read = async |store: Store| {
        let (_, csv) = world(store).await.schedules.remove(0);
        graduation_bot::workflow::schedule::read_csv(&csv, 2026).unwrap()
    };
    let table = after("schedule", &sample("schedule-guangzhou.csv"), read).await;
    assert_eq!(table.places.len(), 11);
    assert_eq!(after("schedule", &data("schedule.json"), read).await, table);
    // Two places, their days and hours kept as the spreadsheet's own dates and times.
    let book = after("schedule", &data("schedule.xlsx"), read).await;
    for (place, days) in book.places.iter().zip([vec!["2026-06-15", "2026-06-18"], vec!["2026-06-16"]]) {
        assert_eq!(place.days.iter().map(ToString::to_string).collect::<Vec<_>>(), days);
        assert_eq!(place.hours, table.places[0].hours);
    }
}

#[tokio::test]
async fn population_answers_are_the_same_in_every_format() {
    let desk = Desk::new();
    let list = r#"[{"document_no":"440103199003070037","result":"mismatch","reason":"姓名不一致"}]"#;
    let files = [
        desk.write("p.csv", "document_no,result,reason\n440103199003070037,mismatch,姓名不一致\n"),
        desk.write("p.json", list),
    ];
    for file in files {
        let read = async |store: Store| store.population_answer("440103199003070037").await.unwrap();
        let answer = after("population", file.to_str().unwrap(), read).await;
        assert_eq!(answer.as_deref(), Some("mismatch:姓名不一致"), "{}", file.display());
    }
}

#[test]
fn rows_and_objects_are_counted_as_their_file_has_them() {
    let desk = Desk::new();
    desk.run(&["import", "batches", &sample("batch.json")]).good();
    desk.write("p.json", r#"[{"document_no":"440103199003070037","result":"no"},{"document_no":1}]"#);
    desk.run(&["import", "population", "p.json"]).failed(2, &["p.json：第 2 条 document_no：不是文本"]);
    desk.write("p.json", r#"[{"document_no":"440103199003070037","result":"no"}]"#);
    desk.run(&["import", "population", "p.json"]).failed(2, &["p.json：第 1 条 result：不认识“no”"]);
    desk.write("s.json", r#"[{"city":"广州市","district":"天河区","phones":["x"]}]"#);
    desk.run(&["import", "schedule", "s.json"])
        .failed(2, &["s.json：第 1 条 address：没有填", "s.json：第 1 条 phones：“x”不是电话号码"]);
    desk.write("c.csv", "exam_no,name\n010126000001,林样例\n");
    let ran = desk.run(&["import", "candidates", "c.csv"]);
    ran.failed(2, &["c.csv：第 1 行 gender：没有这一列", "什么都没有导入"]);
    let english = ran.err.lines().any(|line| line.contains("missing") || line.contains("row "));
    assert!(!english, "{}", ran.err);
}

#[test]
fn help_lists_the_columns_that_are_read() {
    let help = Desk::new().run(&["import", "--help"]).good().out;
    for column in ["exam_no", "results.course", "courses.part", "rules.one_of", "date_ranges", "document_no"]
    {
        assert!(help.contains(column), "{column}:\n{help}");
    }
}
