//! Two processes on one PostgreSQL server, getting in each other's way: they may wait for each other, never in a
//! circle.
//!
//! A circle would be cut by the server after a second and the loser would try again, so that nothing is lost; the
//! server's own count tells whether there was one.

use std::future::Future;

use futures_util::FutureExt;
use graduation_bot::{
    store::{Committed, LateAnswer, Sent, Store},
    turn::Job,
    workflow::case::Stage,
};
use sqlx::{AnyConnection, Connection, Executor, Row};

use super::{BATCH, NOW, at, bind, candidate, commit, later, message, move_case, notice, talk, turn};
use crate::support::db::TestDb;

const PEOPLE: usize = 24;
const ROUNDS: usize = 5;

/// Runs everything at once.
async fn all_at_once<T: Send + 'static>(work: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

/// How many circles the server has cut. Sessions report when they end.
async fn circles(db: &TestDb, stores: Vec<Store>) -> i64 {
    for store in stores {
        store.close().await;
    }
    let mut admin = db.connect().await;
    let sessions = "select count(*) from pg_stat_activity where datname = current_database()";
    while admin.fetch_one(sessions).await.unwrap().get::<i64, _>(0) > 1 {
        tokio::task::yield_now().await;
    }
    let count = "select deadlocks from pg_stat_database where datname = current_database()";
    admin.fetch_one(count).await.unwrap().get(0)
}

/// A message waits for a verdict; the verdict comes here while 「正在检查」 comes there.
async fn answer_from_both_sides(verdicts: Store, looks: Store, number: usize, round: usize) {
    let (open_id, key) = (format!("o{number}"), format!("m{number}-{round}"));
    loop {
        let before = verdicts.load_fresh(&open_id, BATCH).await.unwrap();
        let mut take_in = commit(turn(&before), &before);
        take_in.inbox = Some(message(&key, None));
        if verdicts.commit(take_in).await.unwrap() == Committed::Stored {
            break;
        }
    }
    let late = LateAnswer {
        key: key.clone(),
        xml: "<verdict/>".to_owned(),
        otherwise: notice(&format!("late-{key}"), "照片合格"),
        at: NOW,
    };
    let verdict = async {
        loop {
            let before = verdicts.load_fresh(&open_id, BATCH).await.unwrap();
            let mut verdict = commit(turn(&before), &before);
            verdict.late = Some(late.clone());
            if verdicts.commit(verdict).await.unwrap() == Committed::Stored {
                return;
            }
        }
    };
    let (answered, ()) = tokio::join!(looks.answer_pending(&key, "<checking/>"), verdict);
    let expected = if answered.unwrap() { "<checking/>" } else { "<verdict/>" };
    assert_eq!(verdicts.inbox(&key).await.unwrap().unwrap().answer.as_deref(), Some(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verdicts_and_answers_cross_without_a_circle() {
    let Some(db) = TestDb::postgres().await else { return };
    let (one, other) = (db.store().await, db.store().await);
    for round in 0..ROUNDS {
        let work = (0..PEOPLE).map(|number| {
            let (a, b) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
            answer_from_both_sides(a.clone(), b.clone(), number, round)
        });
        all_at_once(work.collect()).await;
    }
    let forget = [&one, &other].map(|store| {
        let store = store.clone();
        async move { store.forget_inbox(later(1), 500).await.unwrap() }
    });
    assert_eq!(all_at_once(forget.into()).await.iter().sum::<u64>(), (PEOPLE * ROUNDS) as u64);
    assert_eq!(circles(&db, vec![one, other]).await, 0);
}

/// Leases that end at once, so that each round takes back what the other process holds.
async fn deliver(store: Store, round: usize) {
    for step in 0..ROUNDS {
        let now = at((round * ROUNDS + step) as i64);
        let leased = store.lease_outbox(7, now, 0).await.unwrap();
        let settle = leased.rows.into_iter().enumerate().map(|(number, row)| {
            let store = store.clone();
            let sent = match number % 3 {
                0 => Sent::Held { reason: "closed".to_owned() },
                1 => Sent::RetryAt { at: now.business, reason: "busy".to_owned() },
                _ => Sent::InDoubt { again_at: now.business, reason: "time-out".to_owned() },
            };
            async move { store.settle_outbox(&row.lease, sent, NOW).await.unwrap() }
        });
        all_at_once(settle.collect()).await;
        store.release_held(now.business).await.unwrap();
        for job in store.lease_jobs(7, now, 0).await.unwrap().rows {
            store.retry_job_at(&job.lease, now.business, "unavailable").await.unwrap();
        }
        let verify = |case_id| Job::VerifyPopulation { case_id };
        store.restore_jobs(BATCH, Stage::Verifying, now.business, now.business, verify).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_and_people_cross_without_a_circle() {
    let Some(db) = TestDb::postgres().await else { return };
    let (one, other) = (db.store().await, db.store().await);
    for number in 0..6 {
        bind(&one, &format!("o{number}"), &candidate(number), &format!("c{number}")).await;
        let before = one.load(&format!("o{number}"), BATCH).await.unwrap();
        assert_eq!(one.commit(move_case(&before, Stage::Verifying)).await.unwrap(), Committed::Stored);
    }
    for number in 0..PEOPLE {
        let open_id = format!("o{number}");
        let before = one.load(&open_id, BATCH).await.unwrap();
        let mut push = commit(turn(&before), &before);
        push.turn.session.talked_at = Some(later(1));
        push.turn.outbox = (0..3).map(|row| notice(&format!("n{number}-{row}"), "好")).collect();
        assert_eq!(one.commit(push).await.unwrap(), Committed::Stored);
    }
    for round in 0..ROUNDS {
        let work = [&one, &other].map(|store| deliver(store.clone(), round));
        let people = (0..PEOPLE).map(|number| {
            let store = if number % 2 == 0 { one.clone() } else { other.clone() };
            async move { talk(&store, &format!("o{number}"), "a").await }
        });
        tokio::join!(all_at_once(work.into()), all_at_once(people.collect()));
    }
    assert_eq!(one.count_jobs().await.unwrap(), (6, 0));
    assert_eq!(circles(&db, vec![one, other]).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_thrown_out_of_a_circle_tries_again() {
    let Some(db) = TestDb::postgres().await else { return };
    let store = db.store().await;
    for open_id in ["o0", "o1", "o2"] {
        assert_eq!(talk(&store, open_id, "a").await, Committed::Stored);
    }
    let (mut first, mut second, mut watch) = (db.connect().await, db.connect().await, db.connect().await);
    run(&mut first, &["begin", "update sessions set followed = 1 where open_id = 'o0'"]).await;
    // This side waits patiently, so that it is the writer who is told of the circle.
    let patiently = "set deadlock_timeout = '1min'";
    run(&mut second, &[patiently, "begin", "update sessions set followed = 1 where open_id = 'o2'"]).await;

    let (first_pid, second_pid) = (pid(&mut first).await, pid(&mut second).await);

    // The writer waits for the first; the other two queue behind and become one group.
    let mut writing = ["o0", "o1", "o2"].map(|open_id| Box::pin(talk(&store, open_id, "b")));
    assert!((&mut writing[0]).now_or_never().is_none());
    wait_behind(first_pid, &mut watch).await;
    for talk in &mut writing[1..] {
        assert!(talk.now_or_never().is_none());
    }
    run(&mut first, &["commit"]).await;
    wait_behind(second_pid, &mut watch).await;
    run(&mut second, &["update sessions set followed = 1 where open_id = 'o1'", "commit"]).await;
    assert_eq!(futures_util::future::join_all(writing).await, [Committed::Stored; 3]);
    for stranger in [first, second, watch] {
        stranger.close().await.unwrap();
    }
    assert_eq!(circles(&db, vec![store]).await, 1);
}

async fn run(connection: &mut AnyConnection, statements: &[&'static str]) {
    for sql in statements {
        connection.execute(*sql).await.unwrap();
    }
}

/// Resolves once somebody waits for a row of the holder's.
async fn wait_behind(holder: i64, watch: &mut AnyConnection) {
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() \
                   and cast($1 as bigint) = any(pg_blocking_pids(pid))";
    while watch.fetch_one(sqlx::query(waiting).bind(holder)).await.unwrap().get::<i64, _>(0) == 0 {
        tokio::task::yield_now().await;
    }
}

async fn pid(connection: &mut AnyConnection) -> i64 {
    connection.fetch_one("select cast(pg_backend_pid() as bigint)").await.unwrap().get(0)
}
