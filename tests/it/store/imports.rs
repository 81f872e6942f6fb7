//! Imports are whole: whatever ends one in between, neither its rows nor its line of the audit are there.

use graduation_bot::store::{Import, ImportNote, Outcome, PlaceCounts, StaffRow, Store, StoreError};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::Notify;

use super::{BATCH, NOW, bind, candidate};
use crate::support::db::{self, TestDb};
use graduation_bot::workflow::candidate::Candidate;

/// More than are written between two reports of progress.
fn many() -> Vec<Candidate> {
    (0..3_000)
        .map(|number| Candidate { exam_no: format!("0101{number:08}"), ..(*candidate(0)).clone() })
        .collect()
}

async fn run(db: &TestDb, statement: &'static str) {
    let mut connection = db.connect().await;
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

/// Candidates, and what the audit says was imported.
async fn there(store: &Store) -> (i64, Vec<String>) {
    let lines = store.list_audit(None, 9).await.unwrap();
    let told = lines.iter().map(|line| format!("{} {}", line.audit.subject, line.audit.detail));
    (store.count_candidates().await.unwrap(), told.collect())
}

const NOTE: ImportNote<'_> = ImportNote { actor: "operator", detail: "many rows", now: NOW, seen: None };

const NOTHING: (i64, Vec<String>) = (0, Vec::new());

#[tokio::test]
async fn thousands_of_rows_and_their_line_are_stored_together() {
    for db in db::each().await {
        let store = db.store().await;
        let reports = std::sync::Mutex::new(Vec::new());
        let many = store.seal_candidates(&many());
        let progress = |written| reports.lock().unwrap().push(written);
        assert!(store.import(Import::Candidates(&many), &NOTE, &progress).await.unwrap().is_stored());
        assert_eq!(*reports.lock().unwrap(), [1_024, 2_048, 3_000]);
        assert_eq!(there(&store).await, (3_000, vec!["candidates many rows".to_owned()]));
    }
}

#[tokio::test]
async fn a_row_that_the_database_refuses_takes_all_others_with_it() {
    for db in db::each().await {
        let store = db.store().await;
        let mut many = many();
        // Two records much longer than the others, of which the database takes one.
        for at in [0, 2_999] {
            many[at].candidate_type = "长".repeat(5_000);
        }
        run(&db, "create unique index one_long on candidates ((case when length(record) > 9000 then 1 end))")
            .await;
        let many = store.seal_candidates(&many);
        let refused = store.import(Import::Candidates(&many), &NOTE, &|_| ()).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
        assert_eq!(there(&store).await, NOTHING);
        run(&db, "drop index one_long").await;
        db::import(&store, Import::Candidates(&many)).await;
        assert_eq!(there(&store).await.0, 3_000, "the same command again completes it");
    }
}

#[tokio::test]
async fn an_import_that_is_stopped_leaves_nothing() {
    for db in db::each().await {
        let store = db.store().await;
        let (many, some_written) = (store.seal_candidates(&many()), Notify::new());
        let progress = |_| some_written.notify_one();
        tokio::select! {
            biased;
            () = some_written.notified() => {}
            _ = store.import(Import::Candidates(&many), &NOTE, &progress) => panic!("it was not stopped"),
        }
        assert_eq!(there(&store).await, NOTHING);
        db::import(&store, Import::Candidates(&many)).await;
        assert_eq!(there(&store).await.0, 3_000, "nothing is locked");
    }
}

#[tokio::test]
async fn without_its_line_nothing_is_imported_and_nobody_is_added() {
    for db in db::each().await {
        let store = db.store().await;
        let version = store.world_version().await.unwrap();
        run(&db, "alter table audit rename to audit_elsewhere").await;
        let plans = [("p1".to_owned(), "{}".to_owned())];
        let many = store.seal_candidates(&many());
        for import in [Import::Candidates(&many), Import::Plans(&plans)] {
            assert!(store.import(import, &NOTE, &|_| ()).await.is_err());
        }
        let staff = StaffRow::new("王老师", "$argon2id$".to_owned(), "province", "");
        assert!(store.add_staff(&staff, "operator", NOW).await.is_err());
        run(&db, "alter table audit_elsewhere rename to audit").await;
        assert_eq!(there(&store).await, NOTHING);
        assert_eq!(store.staff("王老师").await.unwrap(), None);
        let world = store.world_rows().await.unwrap();
        assert_eq!((world.version, world.plans), (version, Vec::new()));
        assert!(store.add_staff(&staff, "operator", NOW).await.unwrap());
    }
}

#[tokio::test]
async fn rows_compared_with_another_state_are_refused() {
    for db in db::each().await {
        let store = db.store().await;
        let seen = store.import_version("candidates").await.unwrap();
        let many = store.seal_candidates(&many());
        let note = ImportNote { seen: Some(seen), ..NOTE };
        let import = || store.import(Import::Candidates(&many), &note, &|_| ());
        // Of two at once one comes first, and the other finds that it came too late.
        let (one, other) = tokio::join!(import(), import());
        assert_eq!([one.unwrap(), other.unwrap()].iter().filter(|outcome| outcome.is_stored()).count(), 1);
        assert_eq!(import().await.unwrap(), Outcome::Changed);
        assert_eq!(there(&store).await, (3_000, vec!["candidates many rows".to_owned()]));
        let plans = [("p1".to_owned(), "{}".to_owned())];
        let world = store.world_version().await.unwrap();
        let note = ImportNote { seen: Some(world), ..NOTE };
        assert!(
            store.import(Import::Plans(&plans), &note, &|_| ()).await.unwrap().is_stored(),
            "another table"
        );
    }
}

/// Whoever reads the file counts before the transaction; a candidate may choose a place after that.
#[tokio::test]
async fn a_place_that_somebody_chose_meanwhile_stays() {
    for db in db::each().await {
        let store = db.store().await;
        let seen = store.world_version().await.unwrap();
        let note = ImportNote { seen: Some(seen), ..NOTE };
        let place = ("广州市".to_owned(), "天河区".to_owned());
        let gone = [place.clone()];
        let import = async |gone: &[(String, String)], note: &ImportNote<'_>| {
            let import = Import::Schedule { batch: BATCH, csv: "city,district\n", gone };
            store.import(import, note, &|_| ()).await.unwrap()
        };
        bind(&store, "o1", &candidate(0), "c1").await;
        let counts = PlaceCounts::from([(place, 1)]);
        assert_eq!(import(&gone, &note).await, Outcome::Chosen(counts.clone()));
        assert_eq!(store.world_version().await.unwrap(), seen, "nothing is stored");
        assert_eq!(store.world_rows().await.unwrap().schedules, []);
        assert_eq!(import(&[], &note).await, Outcome::Stored(counts), "and whoever chose it is told of");
    }
}
