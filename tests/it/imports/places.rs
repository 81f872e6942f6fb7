//! Batches and places: rules of time, edits of a row, and the people who have chosen it.

use graduation_bot::office::{
    Who, batches,
    imports::{Format, ImportError, Kind},
    schedule::{self, Edit},
};
use serde_json::{Value, json};

use super::{BATCH, Office, SCHEDULE, at, mistakes, staff, upload};
use crate::{
    store::{bind, candidate},
    support::db,
};

fn batch(changes: &[(&str, Value)]) -> Value {
    let mut form: Value = serde_json::from_str(BATCH).unwrap();
    for (field, value) in changes {
        form[*field] = value.clone();
    }
    form
}

fn december() -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!("2026-12")),
        ("opens", json!("2026-12-11T09:30")),
        ("closes", json!("2026-12-16T16:00")),
        ("portrait_review_ends", json!("2026-12-17T17:30")),
        ("prior_credential_due", Value::Null),
    ]
}

#[tokio::test]
async fn batches_are_created_and_changed_by_the_rules_of_an_import() {
    for db in db::each().await {
        let mut office = Office::with_places(&db).await;
        let province = staff("省考办", "province", "");
        let create = async |office: &Office, form: Value| {
            batches::create(office.desk(Who::Staff(&province)), form).await
        };
        let told = mistakes(create(&office, batch(&[])).await);
        assert!(told[0].starts_with("id：已经有批次 2026-06"), "{told:?}");
        let mut overlapping = december();
        overlapping[1].1 = json!("2026-06-18T09:30");
        let told = mistakes(create(&office, batch(&overlapping)).await);
        assert!(told[0].starts_with("opens：和批次 2026-06 重叠"), "{told:?}");
        let told =
            mistakes(create(&office, batch(&[("id", json!("2026-13")), ("closes", json!("x"))])).await);
        assert!(told[0].starts_with("closes：不是日期加时间"), "{told:?}");
        create(&office, batch(&december())).await.unwrap();
        let (line, detail) = office.last_line().await;
        assert_eq!(line, "staff:省考办 import batches");
        assert!(detail.starts_with("created 2026-12: {"), "{detail}");

        let seen = office.store.world_version().await.unwrap();
        let change = async |office: &Office, changes: &[(&str, Value)], seen| {
            batches::change(office.desk(Who::Staff(&province)), batch(changes), seen).await
        };
        let earlier = [("closes", json!("2026-06-16T16:00"))];
        let told = mistakes(change(&office, &earlier, seen).await);
        assert!(told[0].starts_with("closes：比原来的 6月17日 16:00 早"), "{told:?}");
        let later = [("closes", json!("2026-06-18T16:00"))];
        assert!(matches!(change(&office, &later, seen - 1).await, Err(ImportError::Changed)));
        assert_eq!(change(&office, &later, seen).await.unwrap().closes.day(), 18);
        assert!(matches!(
            change(&office, &[("id", json!("2026-11"))], seen + 1).await,
            Err(ImportError::NoBatch)
        ));

        // The same file by import meets the same rule once the batch has begun, and none before.
        let file = upload(Kind::Batches, Format::Json, BATCH);
        let told = mistakes(office.preview(&file).await);
        assert!(told[0].starts_with("第 1 条 closes：比原来的 6月18日 16:00 早"), "{told:?}");
        office.now = at("2026-06-01T09:30");
        let shown = office.apply(&file).await.unwrap();
        assert_eq!((shown.counts.changed, shown.counts.missing), (1, 1));
        assert_eq!(shown.changed[0].fields[0].field, "closes");
    }
}

#[tokio::test]
async fn an_edit_of_a_place_tells_how_many_chose_it() {
    for db in db::each().await {
        let office = Office::with_places(&db).await;
        bind(&office.store, "o1", &candidate(0), "c1").await;
        let province = staff("省考办", "province", "");
        let desk = office.desk(Who::Staff(&province));
        let (places, seen) = schedule::places(desk, "2026-06").await.unwrap();
        let tianhe = places.iter().find(|(place, _)| place.district == "天河区").unwrap();
        assert_eq!((places.len(), tianhe.1), (11, 1));
        let edit = async |fields: &[(&str, &str)], seen, is_trial| {
            let fields: Vec<_> =
                fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            let edit =
                Edit { batch: "2026-06", city: "广州市", district: "天河区", fields: &fields, seen };
            schedule::edit(desk, edit, is_trial).await
        };
        let told = mistakes(edit(&[("date_ranges", "06-31"), ("phones", "x")], seen, false).await);
        assert!(told[0].starts_with("date_ranges：") && told[1].starts_with("phones："), "{told:?}");
        assert!(mistakes(edit(&[("district", "越秀区")], seen, false).await)[0].contains("不能改"));
        let days = [("date_ranges", "06-16;06-19")];
        for is_trial in [true, false] {
            let edited = edit(&days, seen, is_trial).await.unwrap();
            assert_eq!((edited.chosen, edited.is_moved, edited.changes.len()), (1, true, 1));
            assert_eq!(
                (edited.changes[0].old.as_str(), edited.changes[0].new.as_str()),
                ("06-15;06-18", "06-16;06-19")
            );
        }
        assert!(matches!(edit(&days, seen, false).await, Err(ImportError::Changed)), "looked at before");
        let (line, detail) = office.last_line().await;
        assert_eq!(line, "staff:省考办 import schedule");
        assert_eq!(detail, "广州市/天河区 of 2026-06: date_ranges: 06-15;06-18 → 06-16;06-19");
        let quiet = edit(&[("phones", "020-88909771")], seen + 1, false).await.unwrap();
        assert_eq!((quiet.changes.len(), quiet.is_moved), (0, false));
        assert_eq!(office.store.world_version().await.unwrap(), seen + 1, "nothing to store");

        // An import of the old table says the same.
        let shown = office.preview(&upload(Kind::Schedule, Format::Csv, SCHEDULE)).await.unwrap();
        assert_eq!((shown.counts.changed, shown.counts.unchanged), (1, 10));
        assert_eq!(shown.chosen, [("广州市/天河区".to_owned(), 1)]);
    }
}

#[tokio::test]
async fn places_go_only_when_asked_for_and_when_nobody_chose_them() {
    for db in db::each().await {
        let office = Office::with_places(&db).await;
        bind(&office.store, "o1", &candidate(0), "c1").await;
        let without = |district: &str| -> String {
            let kept = SCHEDULE.lines().filter(|line| !line.contains(district));
            kept.collect::<Vec<_>>().join("\n")
        };
        let count = async || schedule::places(office.desk(Who::Operator), "2026-06").await.unwrap().0.len();
        let mut file = upload(Kind::Schedule, Format::Csv, without(",越秀区,"));
        let shown = office.apply(&file).await.unwrap();
        assert_eq!((shown.counts.missing, shown.counts.removed), (1, 0));
        assert_eq!(shown.missing, ["广州市/越秀区"]);
        assert_eq!(count().await, 11);
        file.remove_missing = true;
        let shown = office.apply(&file).await.unwrap();
        assert_eq!((shown.counts.missing, shown.counts.removed, count().await), (0, 1, 10));
        file.bytes = without(",天河区,").into_bytes();
        match office.apply(&file).await {
            Err(ImportError::Chosen(places)) => assert_eq!(places, [("广州市/天河区".to_owned(), 1)]),
            other => panic!("{other:?}"),
        }
        assert_eq!(count().await, 10);
    }
}
