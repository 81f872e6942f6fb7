//! Turns: stored whole, once, and only by whoever saw the latest state.

use graduation_bot::{
    store::{Committed, OutboxState, Seen, Store},
    turn::{Binding, TicketChange},
    workflow::case::Stage,
};
use sqlx::Executor;

use super::{
    BATCH, NOW, at_version, bind, candidate, case, commit, later, message, move_case, notice, talk, turn,
};
use crate::support::db;

#[tokio::test]
async fn a_person_is_found_as_left_also_by_another_process() {
    for db in db::each().await {
        let store = db.store().await;
        let before = store.load("o1", BATCH).await.unwrap();
        assert_eq!((before.session.version, before.session.state.as_str()), (0, ""));
        let mut turn = turn(&before);
        turn.session.state = "bind.ask_exam_no".to_owned();
        turn.session.slots.insert("phone".to_owned(), "13800138001".to_owned());
        turn.session.talked_at = Some(NOW);
        turn.session.followed = false;
        let stored = turn.session.clone();
        assert_eq!(store.commit(commit(turn, &before)).await.unwrap(), Committed::Stored);
        let expected = at_version(&stored, 1);
        assert_eq!(store.load("o1", BATCH).await.unwrap().session, expected);
        let other = db.store().await;
        assert_eq!(other.load("o1", BATCH).await.unwrap().session, expected);
        assert_eq!(other.count_people().await.unwrap(), 1);
        store.close().await;
        assert!(store.load_fresh("o1", BATCH).await.is_err());
    }
}

#[tokio::test]
async fn who_saw_an_old_state_loses_and_sees_the_new_one_next() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        assert_eq!(talk(&one, "o1", "a").await, Committed::Stored);
        let old = other.load("o1", BATCH).await.unwrap();
        assert_eq!(talk(&one, "o1", "b").await, Committed::Stored);
        let mut lost = commit(turn(&old), &old);
        lost.inbox = Some(message("m-lost", Some("<xml/>")));
        lost.turn.outbox.push(notice("n-lost", "never"));
        assert_eq!(other.commit(lost).await.unwrap(), Committed::Lost);
        assert_eq!(other.inbox("m-lost").await.unwrap(), None, "a lost turn leaves nothing");
        assert_eq!(other.count_outbox().await.unwrap(), vec![]);
        assert_eq!(talk(&other, "o1", "c").await, Committed::Stored);
        assert_eq!(one.load_fresh("o1", BATCH).await.unwrap().session.version, 3);
    }
}

#[tokio::test]
async fn binding_and_case_come_back_with_the_person() {
    for db in db::each().await {
        let store = db.store().await;
        let candidate = candidate(0);
        assert_eq!(bind(&store, "o1", &candidate, "c1").await, Committed::Stored);
        let cached = store.load("o1", BATCH).await.unwrap();
        let fresh = store.load_fresh("o1", BATCH).await.unwrap();
        for seen in [&cached, &fresh] {
            assert_eq!(seen.session.version, 1);
            assert_eq!(seen.candidate.as_deref(), Some(&*candidate));
            assert_eq!(seen.case.as_ref().unwrap().version, 1);
        }
        assert_eq!(cached.case, fresh.case);
        assert_eq!(store.bound_to(&candidate.exam_no).await.unwrap().as_deref(), Some("o1"));
        assert!(store.load("o1", "2026-12").await.unwrap().case.is_none(), "another batch, another case");
        assert!(store.load("o1", BATCH).await.unwrap().case.is_some());
    }
}

#[tokio::test]
async fn a_candidate_has_one_holder_and_a_holder_one_candidate() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        let (first, second) = (candidate(0), candidate(1));
        let (a, b) = tokio::join!(bind(&one, "o1", &first, "c1"), bind(&other, "o2", &first, "c2"));
        assert!(matches!(
            (a, b),
            (Committed::Stored, Committed::Lost) | (Committed::Lost, Committed::Stored)
        ));
        let holder = one.bound_to(&first.exam_no).await.unwrap().unwrap();
        assert_eq!(bind(&one, &holder, &second, "c3").await, Committed::Lost);

        let before = one.load(&holder, BATCH).await.unwrap();
        let mut unbind = turn(&before);
        unbind.binding = Some(Binding::Unbind { exam_no: first.exam_no.clone() });
        unbind.session.exam_no = None;
        assert_eq!(one.commit(commit(unbind.clone(), &before)).await.unwrap(), Committed::Stored);
        assert!(one.load(&holder, BATCH).await.unwrap().candidate.is_none());
        assert!(one.load(&holder, BATCH).await.unwrap().case.is_none());
        unbind.session.version += 1;
        assert_eq!(one.commit(commit(unbind, &before)).await.unwrap(), Committed::Lost, "nothing to unbind");
        assert!(
            one.case_of(&first.exam_no, BATCH).await.unwrap().is_some(),
            "the case stays with the candidate"
        );
        assert_eq!(one.bound_to(&first.exam_no).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_newer_record_is_kept_with_the_binding() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(0), "c1").await;
        let before = store.load("o1", BATCH).await.unwrap();
        let mut newer = (*candidate(0)).clone();
        newer.phone = Some("13900139000".to_owned());
        let mut keep = turn(&before);
        keep.record = Some(newer.clone().into());
        assert_eq!(store.commit(commit(keep, &before)).await.unwrap(), Committed::Stored);
        assert_eq!(store.load("o1", BATCH).await.unwrap().candidate.as_deref(), Some(&newer));
        assert_eq!(store.load_fresh("o1", BATCH).await.unwrap().candidate.as_deref(), Some(&newer));
    }
}

#[tokio::test]
async fn a_case_moves_only_from_the_version_that_was_seen() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(0), "c1").await;
        let before = store.load("o1", BATCH).await.unwrap();
        assert_eq!(store.commit(move_case(&before, Stage::Verifying)).await.unwrap(), Committed::Stored);
        assert_eq!(store.commit(move_case(&before, Stage::Submitted)).await.unwrap(), Committed::Lost);

        // The session's version is right, the case's is not.
        let now = store.load("o1", BATCH).await.unwrap();
        let mut crossed = move_case(&now, Stage::Submitted);
        crossed.turn.case.as_mut().unwrap().expected = 1;
        assert_eq!(store.commit(crossed).await.unwrap(), Committed::Lost);
        let case = store.case_by_id("c1").await.unwrap().unwrap();
        assert_eq!((case.stage, case.version), (Stage::Verifying, 2));
    }
}

#[tokio::test]
async fn a_taken_number_is_told_from_a_lost_race() {
    for db in db::each().await {
        let store = db.store().await;
        assert_eq!(bind(&store, "o1", &candidate(0), "c1").await, Committed::Stored);
        talk(&store, "o2", "a").await;
        let before = store.load("o2", BATCH).await.unwrap();
        let mut same_number = case("c2", "o2", &candidate(1));
        same_number.number = store.case_by_id("c1").await.unwrap().unwrap().number.clone();
        let mut create = turn(&before);
        create.case = Some(graduation_bot::turn::CaseChange {
            expected: 0,
            case: same_number.into(),
            entered_at: None,
        });
        assert_eq!(store.commit(commit(create.clone(), &before)).await.unwrap(), Committed::NumberTaken);
        // The candidate has a case in this batch already.
        let second = case("c3", "o2", &candidate(0));
        create.case =
            Some(graduation_bot::turn::CaseChange { expected: 0, case: second.into(), entered_at: None });
        assert_eq!(store.commit(commit(create, &before)).await.unwrap(), Committed::Lost);
    }
}

async fn receive(store: &Store, open_id: &str, row: graduation_bot::store::InboxRow) -> Committed {
    let before = store.load(open_id, BATCH).await.unwrap();
    let mut commit = commit(turn(&before), &before);
    commit.inbox = Some(row);
    store.commit(commit).await.unwrap()
}

#[tokio::test]
async fn a_message_is_answered_once_and_the_same_again() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        let answer = "<xml><Content><![CDATA[您好]]></Content></xml>";
        assert_eq!(receive(&one, "o1", message("m1", Some(answer))).await, Committed::Stored);
        for store in [&one, &other] {
            let seen = store.inbox("m1").await.unwrap().unwrap();
            assert_eq!(seen, Seen { body_hash: "hash of m1".to_owned(), answer: Some(answer.to_owned()) });
            assert_eq!(receive(store, "o1", message("m1", Some("<other/>"))).await, Committed::Duplicate);
        }
        assert_eq!(one.load_fresh("o1", BATCH).await.unwrap().session.version, 1);
        assert_eq!(one.inbox("m2").await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_bad_turn_does_not_harm_its_group() {
    for db in db::each().await {
        let store = db.store().await;
        receive(&store, "o-first", message("m-taken", Some(""))).await;
        let turns = (0..80).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let open_id = format!("o{number}");
                let before = store.load(&open_id, BATCH).await.unwrap();
                let mut commit = commit(turn(&before), &before);
                let key = if number % 20 == 7 { "m-taken".to_owned() } else { format!("m{number}") };
                commit.inbox = Some(message(&key, Some("<xml/>")));
                commit.turn.outbox.push(notice(&format!("n{number}"), "text"));
                (number, store.commit(commit).await.unwrap())
            })
        });
        for done in turns.collect::<Vec<_>>() {
            let (number, committed) = done.await.unwrap();
            let expected = if number % 20 == 7 { Committed::Duplicate } else { Committed::Stored };
            assert_eq!(committed, expected, "turn {number}");
        }
        assert_eq!(store.count_people().await.unwrap(), 77);
        assert_eq!(store.count_outbox().await.unwrap(), vec![(OutboxState::Due, 76)]);
    }
}

async fn add_misses(store: Store, open_id: String, times: u32) {
    for _ in 0..times {
        loop {
            let before = store.load(&open_id, BATCH).await.unwrap();
            let mut turn = turn(&before);
            turn.session.misses += 1;
            if store.commit(commit(turn, &before)).await.unwrap() == Committed::Stored {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_processes_lose_no_update() {
    for db in db::each().await {
        let mut tasks = Vec::new();
        for store in [db.store().await, db.store().await] {
            for number in 0..16 {
                tasks.push(tokio::spawn(add_misses(store.clone(), format!("o{}", number % 8), 5)));
            }
        }
        for task in tasks {
            task.await.unwrap();
        }
        let store = db.store().await;
        for number in 0..8 {
            let session = store.load(&format!("o{number}"), BATCH).await.unwrap().session;
            assert_eq!((session.misses, session.version), (20, 20));
        }
    }
}

#[tokio::test]
async fn tickets_are_claimed_once_and_replaced() {
    for db in db::each().await {
        let store = db.store().await;
        let change = async |change: TicketChange| {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut turn = turn(&before);
            turn.ticket = Some(change);
            store.commit(commit(turn, &before)).await.unwrap()
        };
        let issue = |secret: &str| TicketChange::Issue {
            secret: secret.to_owned(),
            case_id: "c1".to_owned(),
            claim_until: later(600),
        };
        let claim = |secret: &str, device: &str| TicketChange::Claim {
            secret: secret.to_owned(),
            device: device.to_owned(),
            use_until: later(1800),
        };
        assert_eq!(change(issue("s1")).await, Committed::Stored);
        assert_eq!(change(issue("s2")).await, Committed::Stored);
        assert!(store.ticket("s1").await.unwrap().unwrap().ended, "replaced");
        assert_eq!(change(claim("s1", "d1")).await, Committed::Lost);
        assert!(!store.try_ticket("s1", 0).await.unwrap(), "it has ended");
        let (one, two) = tokio::join!(store.try_ticket("s2", 0), store.try_ticket("s2", 0));
        assert!(one.unwrap() != two.unwrap(), "a try is one caller's alone");
        assert!(store.try_ticket("s2", 1).await.unwrap());
        store.untry_ticket("s2", 1).await.unwrap();
        assert_eq!(store.ticket("s2").await.unwrap().unwrap().tries, 2, "another try came since");
        store.untry_ticket("s2", 2).await.unwrap();
        assert_eq!(store.ticket("s2").await.unwrap().unwrap().tries, 1, "our own failure costs nothing");
        assert!(store.try_ticket("s2", 1).await.unwrap());
        assert_eq!(change(claim("s2", "d1")).await, Committed::Stored);
        assert_eq!(change(claim("s2", "d2")).await, Committed::Lost);
        assert!(!store.try_ticket("s2", 2).await.unwrap(), "it is claimed");
        let ticket = store.ticket("s2").await.unwrap().unwrap();
        assert_eq!(ticket.device_hash, Some(store.device_hash("d1")));
        assert_eq!((ticket.case_id.as_str(), ticket.use_until), ("c1", Some(later(1800))));
        assert_eq!(change(TicketChange::End { case_id: "c1".to_owned() }).await, Committed::Stored);
        assert!(store.ticket("s2").await.unwrap().unwrap().ended);
        assert_eq!(store.ticket("s3").await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_writer_survives_the_loss_of_its_connection() {
    let Some(db) = db::TestDb::postgres().await else { return };
    let store = db.store().await;
    assert_eq!(talk(&store, "o1", "a").await, Committed::Stored);
    let mut admin = db.connect().await;
    admin
        .execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity \
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    assert_eq!(talk(&store, "o1", "b").await, Committed::Stored);
    assert_eq!(store.load_fresh("o1", BATCH).await.unwrap().session.version, 2);
}

#[tokio::test]
async fn a_turn_waits_for_another_process_that_is_writing() {
    let db = db::TestDb::sqlite();
    let store = db.store().await;
    talk(&store, "o1", "a").await;
    let mut other = db.connect().await;
    other.execute("begin immediate").await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { talk(&store, "o1", "b").await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    other.execute("commit").await.unwrap();
    assert_eq!(waiting.await.unwrap(), Committed::Stored);
}
