//! Looking first: what a preview says, who may do it, and that nobody stores what was not looked at.

use graduation_bot::office::{
    Who,
    imports::{self, Format, ImportError, Kind, Upload},
};

use super::{CANDIDATES, Office, staff, upload};
use crate::support::db;

fn candidates(text: impl Into<Vec<u8>>) -> Upload {
    upload(Kind::Candidates, Format::Csv, text)
}

#[tokio::test]
async fn a_preview_tells_every_sort_of_row_and_masks_people() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        office.apply(&candidates(CANDIDATES)).await.unwrap();
        let mut lines: Vec<&str> = CANDIDATES.lines().collect();
        let last = lines.last().unwrap().split(',').next().unwrap().to_owned();
        lines.retain(|line| !line.starts_with(&last));
        let file =
            lines.join("\n").replacen("13800138001", "13800138002", 1).replacen("15043,71", "15043,72", 1)
                + "\n"
                + &CANDIDATES.lines().nth(1).unwrap().replace("010126000001", "010126009999");
        let shown = office.preview(&candidates(file)).await.unwrap();
        let counts = shown.counts;
        assert_eq!((counts.rows, counts.added, counts.changed, counts.unchanged), (14, 1, 1, 12));
        assert_eq!((counts.missing, shown.missing.len()), (1, 1));
        assert_eq!(shown.added, ["01********99 林**"]);
        assert_eq!(shown.changed[0].label, "01********01 林**");
        let fields: Vec<String> = shown.changed[0]
            .fields
            .iter()
            .map(|change| format!("{}: {} → {}", change.field, change.old, change.new))
            .collect();
        assert_eq!(fields[0], "phone: 138****8001 → 138****8002");
        assert!(fields[1].starts_with("results: ") && fields[1].ends_with("（减 1，加 1）"), "{fields:?}");
        assert!(!shown.unplanned.is_empty(), "no plan is there");
        let told = format!("{shown:?}");
        for secret in ["13800138", "010126000001", "林样例", "44010619920229039X"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert_eq!(office.store.count_candidates().await.unwrap(), 14, "nothing was stored");
    }
}

#[tokio::test]
async fn what_a_file_lacks_stays() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        office.apply(&candidates(CANDIDATES)).await.unwrap();
        let mut one: Vec<&str> = CANDIDATES.lines().collect();
        one.retain(|line| line.starts_with("exam_no") || line.starts_with("010126000001"));
        let applied = office.apply(&candidates(one.join("\n"))).await.unwrap();
        assert_eq!((applied.counts.unchanged, applied.counts.missing), (1, 13));
        assert_eq!(office.store.count_candidates().await.unwrap(), 14);
    }
}

#[tokio::test]
async fn what_changed_since_it_was_looked_at_is_not_stored() {
    for db in db::each().await {
        let office = Office::new(&db).await;
        let file = candidates(CANDIDATES);
        let seen = office.preview(&file).await.unwrap().seen;
        let other = candidates(CANDIDATES.replacen("13800138001", "13800138002", 1));
        let apply = async |file: &Upload| {
            imports::apply(office.desk(Who::Operator), file.clone(), Some(&seen), &|_, _| ()).await
        };
        assert!(matches!(apply(&other).await, Err(ImportError::Changed)), "another file");
        office.apply(&other).await.unwrap();
        assert!(matches!(apply(&file).await, Err(ImportError::Changed)), "another state");
        let stored = office.store.candidate("010126000001").await.unwrap().unwrap();
        assert_eq!(stored.phone.as_deref(), Some("13800138002"));
        let seen = office.preview(&file).await.unwrap().seen;
        let province = staff("省考办", "province", "");
        let desk = office.desk(Who::Staff(&province));
        imports::apply(desk, file, Some(&seen), &|_, _| ()).await.unwrap();
        let (line, detail) = office.last_line().await;
        assert_eq!(line, "staff:省考办 import candidates");
        assert_eq!(detail, "14 rows: 0 added, 1 changed, 0 removed");
    }
}

#[tokio::test]
async fn a_city_imports_nothing() {
    let db = db::TestDb::sqlite();
    let office = Office::new(&db).await;
    let mut gone = staff("甲", "province", "");
    gone.active = false;
    let accounts = [
        staff("乙", "city", "广州市"),
        staff("丙", "announcer", ""),
        staff("丁", "district", "天河区"),
        gone,
    ];
    for account in &accounts {
        let desk = office.desk(Who::Staff(account));
        let refused = imports::preview(desk, candidates(CANDIDATES)).await;
        assert!(matches!(refused, Err(ImportError::Role)), "{account:?}");
        let refused = imports::apply(desk, candidates(CANDIDATES), None, &|_, _| ()).await;
        assert!(matches!(refused, Err(ImportError::Role)), "{account:?}");
    }
    assert_eq!(office.store.count_candidates().await.unwrap(), 0);
}
