//! Failed attempts to bind: counted with their turns, locked at the limit, freed by staff only.

use futures_util::future::join_all;
use graduation_bot::{
    store::{Committed, Store},
    turn::{Audit, FailedAttempt, PER_NUMBER, Turn},
};
use jiff::civil::{Date, date};

use super::{BATCH, NOW, bind, candidate, commit, turn};
use crate::support::db;

const TODAY: Date = date(2026, 6, 12);

/// A turn of somebody whose attempt at a number has failed.
async fn failing(
    store: &Store,
    open_id: &str,
    exam_no: &str,
    day: Date,
) -> (Turn, graduation_bot::turn::Snapshot) {
    let before = store.load_fresh(open_id, BATCH).await.unwrap();
    let failed_attempt = Some(FailedAttempt { exam_no: exam_no.to_owned(), day });
    (Turn { failed_attempt, ..turn(&before) }, before)
}

async fn fail(store: &Store, open_id: &str, exam_no: &str, day: Date) -> Committed {
    let (turn, before) = failing(store, open_id, exam_no, day).await;
    store.commit(commit(turn, &before)).await.unwrap()
}

/// So many failures at once, of as many people, through both processes.
async fn fail_often(stores: [&Store; 2], who: &str, count: i64, exam_no: &str, day: Date) -> Vec<Committed> {
    let all = (0..count).map(|n| {
        let open_id = format!("{who}{n}");
        async move { fail(stores[usize::from(n % 2 == 0)], &open_id, exam_no, day).await }
    });
    join_all(all).await
}

fn by_staff() -> Audit {
    Audit {
        actor: "staff:管理员".into(),
        act: "unlock".into(),
        subject: "key".into(),
        detail: "已核对身份".into(),
    }
}

#[tokio::test]
async fn twenty_failures_a_day_lock_a_number_whoever_has_it() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        for exam_no in [candidate(0).exam_no.clone(), "010126009999".to_owned()] {
            let yesterday = TODAY.yesterday().unwrap();
            let before = fail_often([&one, &other], "a", PER_NUMBER - 1, &exam_no, yesterday).await;
            assert!(before.iter().all(|ended| *ended == Committed::Stored), "{before:?}");
            let some = fail_often([&one, &other], "b", PER_NUMBER - 1, &exam_no, TODAY).await;
            assert!(some.iter().all(|ended| *ended == Committed::Stored), "{some:?}");
            assert!(!one.is_locked(&exam_no).await.unwrap(), "another day counts anew");
            assert_eq!(fail(&one, "c", &exam_no, TODAY).await, Committed::Stored);
            assert!(other.is_locked(&exam_no).await.unwrap(), "in every process");
            let tomorrow = TODAY.tomorrow().unwrap();
            assert_eq!(fail(&other, "d", &exam_no, tomorrow).await, Committed::Lost, "and counts no more");
            assert!(one.is_locked(&exam_no).await.unwrap(), "the next day frees nobody");
        }
    }
}

#[tokio::test]
async fn a_locked_number_takes_no_binding_that_was_decided_before() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        let (candidate, another) = (candidate(0), candidate(1));
        fail_often([&one, &other], "a", PER_NUMBER, &candidate.exam_no, TODAY).await;
        // `bind` decides as somebody would who looked the number up before the last failure.
        assert_eq!(bind(&other, "owner", &candidate, "c1").await, Committed::Lost);
        assert_eq!(other.bound_to(&candidate.exam_no).await.unwrap(), None);
        assert_eq!(other.load_fresh("owner", BATCH).await.unwrap().session.version, 0, "nothing was stored");
        assert_eq!(bind(&other, "owner", &another, "c2").await, Committed::Stored, "other numbers are free");
    }
}

#[tokio::test]
async fn the_last_failure_and_a_binding_at_once_end_in_one_order_or_the_other() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        for number in 0..8 {
            let candidate = candidate(number);
            fail_often([&one, &other], &format!("a{number}"), PER_NUMBER - 1, &candidate.exam_no, TODAY)
                .await;
            let (failed, binder) = (format!("f{number}"), format!("o{number}"));
            let case_id = format!("c{number}");
            let (failed, bound) = tokio::join!(
                fail(&one, &failed, &candidate.exam_no, TODAY),
                bind(&other, &binder, &candidate, &case_id)
            );
            assert_eq!(failed, Committed::Stored);
            let holder = one.bound_to(&candidate.exam_no).await.unwrap();
            assert_eq!(holder.is_some(), bound == Committed::Stored, "{bound:?}");
            assert!(one.is_locked(&candidate.exam_no).await.unwrap());
        }
    }
}

#[tokio::test]
async fn staff_frees_a_number_with_a_line_in_the_audit() {
    for db in db::each().await {
        let store = db.store().await;
        let exam_no = candidate(0).exam_no.clone();
        assert!(!store.unlock(&store.exam_key(&exam_no), &by_staff(), NOW).await.unwrap());
        fail(&store, "a", &exam_no, TODAY).await;
        assert!(
            !store.unlock(&store.exam_key(&exam_no), &by_staff(), NOW).await.unwrap(),
            "it is not locked"
        );
        assert_eq!(store.list_audit(Some("key"), 10).await.unwrap(), vec![]);
        fail_often([&store, &store], "b", PER_NUMBER - 1, &exam_no, TODAY).await;
        assert!(store.unlock(&store.exam_key(&exam_no), &by_staff(), NOW).await.unwrap());
        assert!(!store.unlock(&store.exam_key(&exam_no), &by_staff(), NOW).await.unwrap());
        let lines = store.list_audit(Some("key"), 10).await.unwrap();
        assert_eq!(lines.iter().map(|line| &line.audit).collect::<Vec<_>>(), [&by_staff()]);
        assert!(!store.is_locked(&exam_no).await.unwrap());
        assert_eq!(bind(&store, "owner", &candidate(0), "c1").await, Committed::Stored);
    }
}

#[tokio::test]
async fn yesterdays_failures_are_forgotten_but_no_lock() {
    for db in db::each().await {
        let store = db.store().await;
        let [old, locked, today, bound] = [0, 1, 2, 3].map(candidate);
        let yesterday = TODAY.yesterday().unwrap();
        fail_often([&store, &store], "a", PER_NUMBER - 1, &old.exam_no, yesterday).await;
        fail_often([&store, &store], "b", PER_NUMBER, &locked.exam_no, yesterday).await;
        fail_often([&store, &store], "c", PER_NUMBER - 1, &today.exam_no, TODAY).await;
        bind(&store, "owner", &bound, "c1").await;
        assert_eq!(store.forget_attempts(TODAY, 100).await.unwrap(), 2, "yesterday's, and the binding's");
        assert!(store.is_locked(&locked.exam_no).await.unwrap());
        fail(&store, "d", &today.exam_no, TODAY).await;
        assert!(store.is_locked(&today.exam_no).await.unwrap(), "today's still count");
        assert_eq!(store.forget_attempts(TODAY, 100).await.unwrap(), 0);
    }
}
