//! Rows to send: leased once, ended visibly.

use std::{collections::HashSet, time::Duration};

use graduation_bot::{
    clock::Now,
    store::{Channel, Committed, OutboxFilter, OutboxRow, OutboxState, Sent, Store},
    time::Millis,
    turn::{Binding, Job},
};

use sqlx::Executor;

use super::{BATCH, NOW, at, bind, candidate, commit, later, notice, turn};
use crate::support::db;

pub(super) async fn push(store: &Store, open_id: &str, ids: &[&str], at: Millis) {
    let before = store.load(open_id, BATCH).await.unwrap();
    let mut commit = commit(turn(&before), &before);
    commit.now = at;
    commit.turn.session.talked_at = Some(at);
    commit.turn.outbox = ids.iter().map(|id| notice(id, "您的照片已通过")).collect();
    store.commit(commit).await.unwrap();
}

pub(super) fn ids(rows: &[OutboxRow]) -> Vec<&str> {
    rows.iter().map(|row| row.lease.id.as_str()).collect()
}

async fn state(store: &Store, id: &str) -> OutboxState {
    let rows = store.list_outbox(&OutboxFilter::default()).await.unwrap();
    rows.into_iter().find(|row| row.id == id).unwrap().state
}

pub(super) fn delivered(channel: Channel, id: &str) -> Sent {
    Sent::Delivered { channel, platform_id: Some(id.to_owned()), counted: channel == Channel::Custom }
}

/// How many customer messages a person has had since they last wrote.
async fn sent(store: &Store, open_id: &str) -> i64 {
    let known = store.reach_of(&[open_id]).await.unwrap();
    known[open_id].talked.unwrap().1
}

#[tokio::test]
async fn one_persons_rows_are_leased_together_and_in_order() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["z", "a"], NOW).await;
        push(&store, "o1", &["m"], NOW).await;
        push(&store, "o2", &["x"], later(1)).await;
        let one = store.lease_outbox(1, at(2), 58).await.unwrap().rows;
        assert_eq!(ids(&one), ["z", "a", "m"], "one person's, who has waited longest");
        push(&store, "o1", &["new"], later(1)).await;
        let other = store.lease_outbox(10, at(2), 58).await.unwrap().rows;
        assert_eq!(ids(&other), ["x"], "nothing more of o1 while their rows are leased");
        for row in one.iter().chain(&other) {
            assert_eq!(row.notice, notice(&row.lease.id, "您的照片已通过"));
            let end = delivered(Channel::Custom, "p");
            assert!(store.settle_outbox(&row.lease, end, later(2)).await.unwrap());
        }
        assert_eq!(ids(&store.lease_outbox(10, at(2), 58).await.unwrap().rows), ["new"]);
        assert_eq!((sent(&store, "o1").await, sent(&store, "o2").await), (3, 1));
        push(&store, "o1", &[], later(3)).await;
        assert_eq!(sent(&store, "o1").await, 0);
    }
}

#[tokio::test]
async fn rows_of_one_message_end_together_and_count_once() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["a", "b", "c"], NOW).await;
        let rows = store.lease_outbox(1, at(0), 60).await.unwrap().rows;
        let leases: Vec<_> = rows.into_iter().map(|row| row.lease).collect();
        assert!(store.begin_calls(&leases, true, at(0).wire).await.unwrap());
        let ends = leases.iter().enumerate().map(|(nth, lease)| {
            let channel = Channel::Custom;
            (lease.clone(), Sent::Delivered { channel, platform_id: None, counted: nth == 0 })
        });
        let ends: Vec<_> = ends.collect();
        assert_eq!(store.settle_together(ends.clone(), later(1)).await.unwrap(), 3);
        assert_eq!(store.settle_together(ends, later(1)).await.unwrap(), 0, "they have ended");
        assert!(!store.begin_calls(&leases, true, at(2).wire).await.unwrap());
        assert_eq!(sent(&store, "o1").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_workers_lease_each_row_exactly_once() {
    for db in db::each().await {
        let store = db.store().await;
        for number in 0..60 {
            push(&store, &format!("o{number}"), &[&format!("n{number}")], NOW).await;
        }
        let mut workers = Vec::new();
        for _ in 0..6 {
            let store = db.store().await;
            workers.push(tokio::spawn(async move {
                let mut leased = Vec::new();
                loop {
                    let rows = store.lease_outbox(7, at(1), 599).await.unwrap().rows;
                    if rows.is_empty() {
                        return leased;
                    }
                    leased.extend(rows.into_iter().map(|row| row.lease.id));
                }
            }));
        }
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        // A worker that found everything locked may have left early; nobody leases twice.
        all.extend(
            store.lease_outbox(100, at(1), 599).await.unwrap().rows.into_iter().map(|row| row.lease.id),
        );
        assert_eq!(all.len(), 60);
        assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 60);
    }
}

#[tokio::test]
async fn a_row_waits_for_its_time_and_gives_up_with_a_reason() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        let row = store.lease_outbox(1, at(0), 60).await.unwrap().rows.remove(0);
        let retry = Sent::RetryAt { at: later(30), reason: "45009".to_owned() };
        assert!(store.settle_outbox(&row.lease, retry, NOW).await.unwrap());
        assert_eq!(store.next_due(at(0)).await.unwrap(), Some(Duration::from_secs(30)));
        assert_eq!(store.lease_outbox(1, at(29), 31).await.unwrap().rows, vec![]);
        let row = store.lease_outbox(1, at(30), 30).await.unwrap().rows.remove(0);
        assert_eq!((row.attempts, row.doubts), (2, 0));
        let give_up = Sent::GivenUp { reason: "43004".to_owned() };
        assert!(store.settle_outbox(&row.lease, give_up, later(31)).await.unwrap());
        assert_eq!(store.next_due(at(0)).await.unwrap(), None);
        let line = store.list_outbox(&OutboxFilter::default()).await.unwrap().remove(0);
        assert_eq!((line.state, line.reason.as_deref()), (OutboxState::GivenUp, Some("43004")));
        assert_eq!((line.ended_at, line.open_id.as_str()), (Some(later(31)), "o1"));
        assert!(store.send_again("n1", "staff:王老师", later(40)).await.unwrap());
        assert!(!store.send_again("n1", "staff:王老师", later(40)).await.unwrap());
        let row = store.lease_outbox(1, at(40), 20).await.unwrap().rows.remove(0);
        assert_eq!(row.attempts, 1, "its tries begin anew");
        assert_eq!(store.outbox_notice("n1").await.unwrap(), Some(notice("n1", "您的照片已通过")));
        assert_eq!(store.outbox_notice("n2").await.unwrap(), None);
    }
}

#[tokio::test]
async fn held_rows_go_with_the_word_of_their_person() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        let row = store.lease_outbox(1, at(0), 60).await.unwrap().rows.remove(0);
        let hold = Sent::Held { reason: "window_closed".to_owned() };
        store.settle_outbox(&row.lease, hold, later(10)).await.unwrap();
        assert_eq!(store.release_held(later(20)).await.unwrap(), 0);
        push(&store, "o2", &[], later(30)).await;
        assert_eq!(state(&store, "n1").await, OutboxState::Held, "somebody else wrote");
        push(&store, "o1", &[], later(32)).await;
        assert_eq!(state(&store, "n1").await, OutboxState::Due, "in the same commit");
        let row = store.lease_outbox(1, at(33), 27).await.unwrap().rows.remove(0);
        assert_eq!((row.lease.id.as_str(), row.waited, row.due_at), ("n1", true, later(32)));
        // Looked at before the word, written down after it: the sweep finds it.
        let hold = Sent::Held { reason: "window_closed".to_owned() };
        store.settle_outbox(&row.lease, hold, later(31)).await.unwrap();
        assert_eq!(state(&store, "n1").await, OutboxState::Held);
        assert_eq!(store.release_held(later(40)).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_crash_leaves_a_doubt_and_one_more_try() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1", "n2"], NOW).await;
        let first = store.lease_outbox(5, at(0), 60).await.unwrap().rows.remove(0);
        assert!(store.begin_calls(std::slice::from_ref(&first.lease), true, at(1).wire).await.unwrap());
        assert_eq!(store.lease_outbox(5, at(59), 31).await.unwrap().rows, vec![], "leased, and n2 behind it");
        let second = store.lease_outbox(5, at(60), 60).await.unwrap().rows.remove(0);
        assert!(
            !store.begin_calls(std::slice::from_ref(&first.lease), true, at(60).wire).await.unwrap(),
            "another worker holds it"
        );
        assert!(store.begin_calls(std::slice::from_ref(&second.lease), true, at(61).wire).await.unwrap());
        assert_eq!((second.lease.id.as_str(), second.doubts), ("n1", 1));
        let too_late =
            store.settle_outbox(&first.lease, delivered(Channel::Custom, "p"), later(61)).await.unwrap();
        assert!(!too_late, "another worker holds it");
        let third = store.lease_outbox(5, at(120), 60).await.unwrap().rows;
        assert_eq!(ids(&third), ["n2"], "n1 is not sent a third time");
        assert_eq!(state(&store, "n1").await, OutboxState::InDoubt);
        let doubtful = OutboxFilter { doubtful: true, ..OutboxFilter::default() };
        assert_eq!(store.list_outbox(&doubtful).await.unwrap().len(), 1);
        assert_eq!(sent(&store, "o1").await, 2, "both may have counted");
    }
}

#[tokio::test]
async fn a_crash_before_the_call_leaves_no_doubt_however_often() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        for crash in 0..4 {
            let row = store.lease_outbox(5, at(crash * 60), 60).await.unwrap().rows.remove(0);
            assert_eq!((row.attempts, row.doubts), (crash + 1, 0), "crash {crash}");
        }
        let row = store.lease_outbox(5, at(240), 60).await.unwrap().rows.remove(0);
        assert!(store.begin_calls(std::slice::from_ref(&row.lease), true, at(240).wire).await.unwrap());
        let retry = Sent::RetryAt { at: later(250), reason: "-1".to_owned() };
        assert!(store.settle_outbox(&row.lease, retry, later(240)).await.unwrap());
        store.lease_outbox(5, at(250), 60).await.unwrap().rows.remove(0);
        let row = store.lease_outbox(5, at(310), 60).await.unwrap().rows.remove(0);
        assert_eq!(row.doubts, 0, "the call that had begun had an end");
    }
}

#[tokio::test]
async fn a_lease_ends_by_wire_time_whatever_people_see() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut ask = commit(turn(&before), &before);
        ask.turn.jobs = vec![Job::Predict { case_id: "c1".to_owned() }];
        store.commit(ask).await.unwrap();
        assert_eq!(store.lease_outbox(5, at(0), 60).await.unwrap().rows.len(), 1);
        assert_eq!(store.lease_jobs(5, at(0), 60).await.unwrap().rows.len(), 1);
        let moved = |seconds, days: i64| Now { business: later(days * 24 * 3600), ..at(seconds) };
        for days in [-30, 0, 30] {
            let now = moved(59, days);
            assert_eq!(store.next_due(now).await.unwrap(), Some(Duration::from_secs(1)), "{days} days");
            assert_eq!(store.lease_outbox(5, now, 60).await.unwrap().rows, vec![]);
            assert_eq!(store.lease_jobs(5, now, 60).await.unwrap().rows, vec![]);
        }
        assert_eq!(store.next_due(moved(60, 30)).await.unwrap(), Some(Duration::ZERO));
        assert_eq!(store.lease_outbox(5, moved(60, 30), 60).await.unwrap().rows[0].attempts, 2);
        assert_eq!(store.lease_jobs(5, moved(60, 30), 60).await.unwrap().rows[0].attempts, 2);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_apart_from_the_rest() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        push(&store, "o2", &["n2"], NOW).await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut ask = commit(turn(&before), &before);
        ask.turn.jobs = ["c1", "c2"].map(|case_id| Job::Predict { case_id: case_id.to_owned() }).to_vec();
        store.commit(ask).await.unwrap();
        let mut connection = db.connect().await;
        for sql in [
            "update outbox set body = (select body from outbox where id = 'n2') where id = 'n1'",
            "update jobs set body = (select body from jobs where case_id = 'c2') where case_id = 'c1'",
        ] {
            connection.execute(sql).await.unwrap();
        }
        let leased = store.lease_outbox(5, at(0), 60).await.unwrap();
        assert_eq!(ids(&leased.rows), ["n2"]);
        let lost = &leased.unreadable[0];
        let told = (lost.lease.id.as_str(), lost.open_id.as_str(), lost.kind.as_str());
        assert_eq!(told, ("n1", "o1", "reply"));
        let leased = store.lease_jobs(5, at(0), 60).await.unwrap();
        assert_eq!(leased.rows[0].job, Job::Predict { case_id: "c2".to_owned() });
        let lost = &leased.unreadable[0];
        assert_eq!((lost.case_id.as_deref(), lost.kind.as_str()), (Some("c1"), "predict"));
        assert!(store.give_up_job(&lost.lease, "unreadable").await.unwrap());
        assert_eq!(store.count_jobs().await.unwrap(), (1, 1));
    }
}

#[tokio::test]
async fn an_unknown_end_is_tried_once_more() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        for (seconds, expected) in [(0, OutboxState::Due), (10, OutboxState::InDoubt)] {
            let row = store.lease_outbox(1, at(seconds), 60).await.unwrap().rows.remove(0);
            assert!(
                store.begin_calls(std::slice::from_ref(&row.lease), true, at(seconds).wire).await.unwrap()
            );
            let unknown = Sent::InDoubt { again_at: later(10), reason: "time-out".to_owned() };
            assert!(store.settle_outbox(&row.lease, unknown, later(seconds + 1)).await.unwrap());
            assert_eq!(state(&store, "n1").await, expected);
        }
    }
}

#[tokio::test]
async fn what_waits_for_a_candidates_holder_ends_with_the_binding() {
    for (called, end) in [(false, OutboxState::GivenUp), (true, OutboxState::InDoubt)] {
        end_with_the_binding(called, end).await;
    }
}

/// How a row ends that was leased when the binding was ended, its call begun or not.
async fn end_with_the_binding(called: bool, end: OutboxState) {
    for db in db::each().await {
        let store = db.store().await;
        let candidate = candidate(0);
        assert_eq!(bind(&store, "o1", &candidate, "c1").await, Committed::Stored);
        push(&store, "o1", &["held", "sending", "due"], NOW).await;
        push(&store, "o2", &["other"], NOW).await;
        let lease = async |seconds| store.lease_outbox(5, at(seconds), 60).await.unwrap().rows;
        let [first, second, due, ..] = &lease(0).await[..] else { panic!("three rows") };
        let (first, second) = (first.lease.clone(), second.lease.clone());
        assert_eq!(due.lease.id, "due");
        store.settle_outbox(&first, Sent::Held { reason: "closed".to_owned() }, later(0)).await.unwrap();
        assert_eq!((first.id.as_str(), second.id.as_str()), ("held", "sending"));
        if called {
            assert!(store.begin_calls(std::slice::from_ref(&second), true, at(1).wire).await.unwrap());
        }

        let before = store.load("o1", BATCH).await.unwrap();
        let mut unbind = commit(turn(&before), &before);
        unbind.turn.session.exam_no = None;
        unbind.turn.binding = Some(Binding::Unbind { exam_no: candidate.exam_no.clone() });
        unbind.turn.outbox = vec![notice("told", "绑定已解除")];
        assert_eq!(store.commit(unbind).await.unwrap(), Committed::Stored);
        let ends = ["held", "sending", "due", "told", "other"];
        let mut found = Vec::new();
        for id in ends {
            found.push(state(&store, id).await);
        }
        let expected =
            [OutboxState::GivenUp, end, OutboxState::GivenUp, OutboxState::Due, OutboxState::Leased];
        assert_eq!(found, expected);
        assert!(
            !store.begin_calls(std::slice::from_ref(&second), true, at(2).wire).await.unwrap(),
            "what was not sent is not sent"
        );
        assert!(!store.settle_outbox(&second, delivered(Channel::Custom, "p"), later(2)).await.unwrap());
        push(&store, "o1", &[], later(3)).await;
        assert_eq!(store.release_held(later(4)).await.unwrap(), 0);
        assert_eq!(ids(&lease(5).await), ["told"]);
    }
}

#[tokio::test]
async fn a_lease_is_kept_by_its_holder_only() {
    for db in db::each().await {
        let store = db.store().await;
        push(&store, "o1", &["n1"], NOW).await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut ask = commit(turn(&before), &before);
        ask.turn.jobs = vec![Job::Predict { case_id: "c1".to_owned() }];
        store.commit(ask).await.unwrap();
        let message = store.lease_outbox(1, at(0), 60).await.unwrap().rows.remove(0).lease;
        let job = store.lease_jobs(1, at(0), 60).await.unwrap().rows.remove(0).lease;
        assert!(store.renew_message(&message, at(110).wire).await.unwrap());
        assert!(store.renew_job(&job, at(110).wire).await.unwrap());
        assert!(!store.renew_job(&message, at(500).wire).await.unwrap(), "each in its own table");
        assert_eq!(store.lease_outbox(1, at(109), 60).await.unwrap().rows, vec![]);
        assert_eq!(store.lease_jobs(1, at(109), 60).await.unwrap().rows, vec![]);
        let next_message = store.lease_outbox(1, at(110), 60).await.unwrap().rows.remove(0).lease;
        let next_job = store.lease_jobs(1, at(110), 60).await.unwrap().rows.remove(0).lease;
        assert!(!store.renew_message(&message, at(500).wire).await.unwrap(), "another has it");
        assert!(!store.renew_job(&job, at(500).wire).await.unwrap(), "another has it");
        store.settle_outbox(&next_message, delivered(Channel::Custom, "p"), later(111)).await.unwrap();
        store.retry_job_at(&next_job, later(120), "later").await.unwrap();
        assert!(!store.renew_message(&next_message, at(500).wire).await.unwrap(), "it is done");
        assert!(!store.renew_job(&next_job, at(500).wire).await.unwrap(), "it is put off");
        assert_eq!(store.lease_jobs(1, at(120), 60).await.unwrap().rows.len(), 1);
    }
}
