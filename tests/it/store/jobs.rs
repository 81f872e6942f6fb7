//! Jobs to do: leased once, ended visibly, never lost for good.

use std::time::Duration;

use graduation_bot::{
    store::{Committed, Lease, Store},
    turn::{Audit, Job},
    workflow::case::Stage,
};

use super::{BATCH, NOW, at, bind, candidate, commit, later, move_case, turn};
use crate::support::db;

#[tokio::test]
async fn jobs_are_leased_put_off_and_given_up() {
    for db in db::each().await {
        let store = db.store().await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut ask = commit(turn(&before), &before);
        ask.turn.jobs =
            ["c1", "c2"].map(|case_id| Job::VerifyPopulation { case_id: case_id.to_owned() }).to_vec();
        let added = store.work_added();
        store.commit(ask).await.unwrap();
        added.await;
        let jobs = store.lease_jobs(5, at(0), 60).await.unwrap().rows;
        assert_eq!(jobs[0].job, Job::VerifyPopulation { case_id: "c1".to_owned() });
        assert_eq!((jobs.len(), jobs[1].open_id.as_str(), jobs[1].attempts), (2, "o1", 1));
        assert_eq!(store.lease_jobs(5, at(1), 59).await.unwrap().rows, vec![]);
        assert!(store.retry_job_at(&jobs[0].lease, later(10), "unavailable").await.unwrap());
        assert!(store.give_up_job(&jobs[1].lease, "no such case").await.unwrap());
        assert_eq!(store.count_jobs().await.unwrap(), (1, 1));
        assert_eq!(store.next_due(at(0)).await.unwrap(), Some(Duration::from_secs(10)));
        let again = store.lease_jobs(5, at(10), 10).await.unwrap().rows.remove(0);
        assert_eq!(again.attempts, 2);
        let stolen = store.lease_jobs(5, at(20), 10).await.unwrap().rows.remove(0);
        assert!(!store.finish_job(&again.lease).await.unwrap());
        assert!(store.finish_job(&stolen.lease).await.unwrap());
        assert_eq!(store.count_jobs().await.unwrap(), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_without_its_job_gets_one_and_only_one() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        for number in 0..3 {
            bind(&one, &format!("o{number}"), &candidate(number), &format!("c{number}")).await;
            let before = one.load(&format!("o{number}"), BATCH).await.unwrap();
            let mut verify = move_case(&before, Stage::Verifying);
            // The first has its job, and asks for it twice.
            if number == 0 {
                verify.turn.jobs =
                    vec![verify_population("c0".to_owned()), verify_population("c0".to_owned())];
            }
            one.commit(verify).await.unwrap();
        }
        assert_eq!(one.count_jobs().await.unwrap(), (1, 0));
        let restore = async |store: &Store, batch, stage, before| {
            store.restore_jobs(batch, stage, before, later(60), verify_population).await.unwrap()
        };
        assert_eq!(restore(&one, BATCH, Stage::Verifying, NOW.minus_seconds(1)).await, 0, "too young");
        assert_eq!(restore(&one, BATCH, Stage::Predicting, NOW).await, 0);
        assert_eq!(restore(&one, "2026-12", Stage::Verifying, NOW).await, 0);
        let (a, b) = tokio::join!(
            restore(&one, BATCH, Stage::Verifying, NOW),
            restore(&other, BATCH, Stage::Verifying, NOW)
        );
        assert_eq!(a + b, 2);
        let jobs = one.lease_jobs(5, at(60), 60).await.unwrap().rows;
        let mut cases: Vec<_> = jobs.iter().map(|row| (row.open_id.as_str(), row.job.clone())).collect();
        cases.sort_by_key(|(open_id, _)| open_id.to_owned());
        let expected =
            [("o0", "c0"), ("o1", "c1"), ("o2", "c2")].map(|(o, c)| (o, verify_population(c.to_owned())));
        assert_eq!(cases, expected);
        assert_eq!(restore(&one, BATCH, Stage::Verifying, NOW).await, 0, "leased is not lost");
        one.retry_job_at(&jobs[0].lease, later(3600), "unavailable").await.unwrap();
        assert_eq!(restore(&one, BATCH, Stage::Verifying, NOW).await, 0, "put off is not lost");
        one.give_up_job(&jobs[1].lease, "unreadable").await.unwrap();
        assert_eq!(restore(&one, BATCH, Stage::Verifying, NOW).await, 1);
        assert_eq!(one.count_jobs().await.unwrap(), (3, 1));
    }
}

fn verify_population(case_id: String) -> Job {
    Job::VerifyPopulation { case_id }
}

#[tokio::test]
async fn a_job_ends_with_the_step_it_led_to_and_only_once() {
    for db in db::each().await {
        let store = db.store().await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut ask = turn(&before);
        ask.jobs.push(Job::Predict { case_id: "c1".to_owned() });
        ask.audit.push(Audit {
            actor: "person".to_owned(),
            act: "predict".to_owned(),
            subject: "c1".to_owned(),
            detail: String::new(),
        });
        store.commit(commit(ask, &before)).await.unwrap();
        let job = store.lease_jobs(5, at(0), 60).await.unwrap().rows.remove(0);
        let finish = async |lease: &Lease| {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut commit = commit(turn(&before), &before);
            commit.finished_job = Some(lease.clone());
            store.commit(commit).await.unwrap()
        };
        assert_eq!(finish(&job.lease).await, Committed::Stored);
        assert_eq!(finish(&job.lease).await, Committed::Duplicate);
        assert_eq!(store.count_jobs().await.unwrap(), (0, 0));
        assert_eq!(store.list_audit(Some("c1"), 10).await.unwrap()[0].audit.act, "predict");
    }
}
