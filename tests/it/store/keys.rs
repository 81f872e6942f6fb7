//! What the disk shows, and which keys open it.

use std::{fs, path::Path, sync::Arc};

use graduation_bot::{
    store::{Import, Store, StoreError, StoreOptions},
    turn::{CaseChange, CheckPhoto, Job},
};
use sqlx::{Executor, Row};

use super::{BATCH, bind, candidate, commit, later, message, notice, talk, turn};
use crate::support::db::{self, KEY, TestDb};

#[tokio::test]
async fn nothing_personal_is_on_the_disk_in_the_clear() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    let person = candidate(0);
    db::import(&store, Import::Candidates(&store.seal_candidates(std::slice::from_ref(&*person)))).await;
    let answer = (person.document_no.clone(), "{\"reason\":\"姓名不一致\"}".to_owned());
    db::import(&store, Import::Population(&store.seal_answers(&[answer]))).await;
    bind(&store, "o1", &person, "c1").await;
    store.swap_token("access", 0, "secret-token", later(7200)).await.unwrap();
    let before = store.load("o1", BATCH).await.unwrap();
    let mut said = commit(turn(&before), &before);
    said.turn.session.slots.insert("note".to_owned(), "我要申请毕业".to_owned());
    said.turn.outbox.push(notice("n1", "您的照片已通过"));
    said.turn.jobs.push(Job::CheckPhoto(CheckPhoto {
        media_id: "media-id-of-picture".to_owned(),
        inbox_key: "m1".to_owned(),
        account: "gh_1".to_owned(),
        slot: graduation_bot::inbound::PhotoSlot::Front,
        round: 1,
        sequence: 1,
        case_id: "c1".to_owned(),
        checks: vec!["readable".to_owned()],
        for_people: false,
        camera_md5: Vec::new(),
    }));
    said.inbox = Some(message("m1", Some("<Content>请输入准考证号</Content>")));
    store.commit(said).await.unwrap();
    store.close().await;
    let secrets = [
        person.name.as_str(),
        &person.document_no,
        &person.exam_no,
        "13800138001",
        "我要申请毕业",
        "您的照片已通过",
        "请输入准考证号",
        "media-id-of-picture",
        "姓名不一致",
        "secret-token",
    ];
    let file = db.file.as_deref().unwrap();
    let bytes = everything_beside(file);
    assert!(
        contains(&bytes, b"o1") && contains(&bytes, "广州市".as_bytes()),
        "the search finds what is there"
    );
    for secret in secrets {
        assert!(!contains(&bytes, secret.as_bytes()), "{secret}");
    }
}

fn everything_beside(file: &Path) -> Vec<u8> {
    fs::read_dir(file.parent().unwrap())
        .unwrap()
        .flat_map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn a_new_key_opens_the_old_rows_and_finds_them() {
    const NEW: [u8; 32] = [8; 32];
    for db in db::each().await {
        let old = db.store().await;
        let person = candidate(0);
        bind(&old, "o1", &person, "c1").await;
        let photo = old.secrets().photo_name("c1", b"jpeg");
        old.close().await;

        let mut options = StoreOptions::new(&db.url, NEW);
        assert!(
            matches!(Store::open(options.clone()).await, Err(StoreError::Sealed(..))),
            "the key is missing"
        );
        options.previous_keys = vec![KEY];
        let new = Store::open(options.clone()).await.unwrap();
        assert_eq!(new.bound_to(&person.exam_no).await.unwrap().as_deref(), Some("o1"));
        assert_eq!(new.secrets().photo_name("c1", b"jpeg"), photo);
        let before = new.load("o1", BATCH).await.unwrap();
        assert_eq!(before.candidate.as_deref(), Some(&*person));
        let mut rewrite = turn(&before);
        rewrite.record = Some(Arc::clone(&person));
        let case = before.case.clone().unwrap();
        rewrite.case = Some(CaseChange { expected: case.version, case, entered_at: None });
        new.commit(commit(rewrite, &before)).await.unwrap();
        new.close().await;

        // Every row of this person was written again, so the old key may go.
        options.previous_keys.clear();
        let after = Store::open(options).await.unwrap();
        let seen = after.load("o1", BATCH).await.unwrap();
        assert_eq!((seen.session.version, seen.case.unwrap().version), (2, 2));
        assert_eq!(after.bound_to(&person.exam_no).await.unwrap().as_deref(), Some("o1"));
    }
}

#[tokio::test]
async fn a_value_moved_to_another_row_does_not_open() {
    for db in db::each().await {
        let store = db.store().await;
        talk(&store, "o1", "a").await;
        talk(&store, "o2", "b").await;
        let mut thief = db.connect().await;
        thief
            .execute("update sessions set body = (select s.body from sessions s where s.open_id = 'o1')")
            .await
            .unwrap();
        assert!(matches!(store.load_fresh("o2", BATCH).await, Err(StoreError::Sealed(..))));
        assert!(store.load_fresh("o1", BATCH).await.is_ok());
    }
}

#[tokio::test]
async fn sqlite_writes_through_in_wal_mode() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    talk(&store, "o1", "a").await;
    let row = db.connect().await.fetch_one("pragma journal_mode").await.unwrap();
    assert_eq!(row.get::<String, _>(0), "wal");
    store.ping().await.unwrap();
}

#[tokio::test]
async fn processes_that_start_together_make_one_schema() {
    for db in db::each().await {
        let (a, b, c) = tokio::join!(db.store(), db.store(), db.store());
        let (a, b, c) = (a.secrets(), b.secrets(), c.secrets());
        let name = a.blind_index("exam_no", "1");
        assert!(b.blind_index("exam_no", "1") == name && c.blind_index("exam_no", "1") == name);
    }
}

#[tokio::test]
async fn a_wrong_url_says_what_is_wrong() {
    for (url, expected) in [
        ("mysql://localhost/bot", "database_url: it must begin with sqlite: or postgres://"),
        (
            "sqlite::memory:",
            "database_url: a SQLite database in memory cannot be shared by several connections",
        ),
        ("sqlite:", "database_url: it names no file"),
    ] {
        let error = Store::open(StoreOptions::new(url, KEY)).await.err().unwrap();
        assert_eq!(error.to_string(), expected);
        assert!(!error.is_transient());
    }
    let nobody = StoreOptions::new("postgres://postgres@localhost/x?host=/nowhere", KEY);
    assert!(Store::open(nobody).await.err().unwrap().is_transient());
}
