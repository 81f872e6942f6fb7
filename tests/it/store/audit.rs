//! The audit's chains: whatever is changed, added or taken away afterwards is found, and the line is named.

mod tampered;

use futures_util::future::join_all;
use graduation_bot::{
    store::{AuditFault, AuditHead, AuditReport, AuditVerdict, Committed, FaultKind, StaffRow, Store},
    time::Millis,
    turn::Audit,
};
use sqlx::{AnyConnection, AssertSqlSafe, Executor as _};

use super::{BATCH, NOW, bind, candidate, commit, later, talk, turn};
use crate::support::db::{self, TestDb};

fn line(detail: &str) -> Audit {
    Audit {
        actor: "staff:王老师".to_owned(),
        act: "look".to_owned(),
        subject: "c1".to_owned(),
        detail: detail.to_owned(),
    }
}

async fn append(store: &Store, details: &[&str]) {
    for detail in details {
        store.append_audit(&line(detail), NOW).await.unwrap();
    }
}

async fn add_staff(store: &Store, name: &str) -> bool {
    let staff = StaffRow::new(name, format!("hash of {name}"), "admin", "");
    store.add_staff(&staff, "operator", NOW).await.unwrap()
}

/// A turn of a person with a line of the audit.
async fn act(store: &Store, open_id: &str) -> Committed {
    let before = store.load(open_id, BATCH).await.unwrap();
    let mut turn = turn(&before);
    turn.audit.push(Audit { actor: "person".to_owned(), subject: open_id.to_owned(), ..line("") });
    store.commit(commit(turn, &before)).await.unwrap()
}

async fn sound(store: &Store) -> AuditReport {
    match store.verify_audit(&[]).await.unwrap() {
        AuditVerdict::Sound(report) => report,
        AuditVerdict::Broken(fault) => panic!("{fault:?}"),
    }
}

async fn fault(store: &Store) -> Option<AuditFault> {
    match store.verify_audit(&[]).await.unwrap() {
        AuditVerdict::Sound(_) => None,
        AuditVerdict::Broken(fault) => Some(fault),
    }
}

async fn run(connection: &mut AnyConnection, statements: &[&str]) {
    for sql in statements {
        let done = connection.execute(AssertSqlSafe((*sql).to_owned())).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

const TABLES: [&str; 4] = ["audit", "audit_chains", "audit_told", "audit_register"];

async fn restore(connection: &mut AnyConnection) {
    for table in TABLES {
        let delete = format!("delete from {table}");
        run(connection, &[&delete, &format!("insert into {table} select * from kept_{table}")]).await;
    }
}

#[tokio::test]
async fn a_database_put_back_as_a_whole_is_found_by_a_head_that_was_noted() {
    for db in db::each().await {
        let store = db.store().await;
        append(&store, &["a"]).await;
        let mut connection = db.connect().await;
        for table in TABLES {
            run(&mut connection, &[&format!("create table kept_{table} as select * from {table}")]).await;
        }
        append(&store, &["b"]).await;
        let heads = sound(&store).await.heads;
        assert_eq!(heads.iter().map(|head| (head.chain, head.length)).collect::<Vec<_>>(), [(1, 2)]);
        let short = AuditHead { link: heads[0].link[..16].to_owned(), ..heads[0].clone() };
        append(&store, &["c"]).await;
        let seen = |store: Store| {
            let short = short.clone();
            async move { store.verify_audit(&[short]).await.unwrap() }
        };
        assert!(matches!(seen(store.clone()).await, AuditVerdict::Sound(_)));
        restore(&mut connection).await;
        sound(&store).await;
        let AuditVerdict::Broken(fault) = seen(store.clone()).await else { panic!("not found") };
        assert_eq!((fault.chain, fault.seq, fault.kind), (1, Some(2), FaultKind::Contradicted));
        // The process that still runs knows better than the database: it goes on elsewhere and says so.
        append(&store, &["d"]).await;
        let found = self::fault(&store).await.unwrap();
        assert_eq!((found.chain, found.seq, found.kind), (1, Some(3), FaultKind::Contradicted));
    }
}

#[tokio::test]
async fn every_way_to_write_a_line_is_a_link_and_a_refused_one_is_none() {
    for db in db::each().await {
        let store = db.store().await;
        let people: Vec<String> = (0..40).map(|number| format!("o{number}")).collect();
        let turns = people.iter().map(|open_id| act(&store, open_id));
        let (stored, added, ()) =
            tokio::join!(join_all(turns), add_staff(&store, "甲"), append(&store, &["a", "b"]));
        assert!(stored.iter().all(|committed| *committed == Committed::Stored) && added);
        assert!(!add_staff(&store, "甲").await);
        assert!(
            !store.unlock(&store.exam_key("010112345678"), &line("nobody locked it"), NOW).await.unwrap()
        );
        assert!(!store.send_again("no-such-row", "staff:甲", NOW).await.unwrap());
        assert!(!store.do_again("no-such-row", "staff:甲", NOW).await.unwrap());
        append(&store, &["c"]).await;
        let report = sound(&store).await;
        assert_eq!((report.chains, report.lines), (1, 44));
    }
}

#[tokio::test]
async fn processes_write_chains_of_their_own_and_later_ones_vouch_for_earlier_ones() {
    for db in db::each().await {
        let stores = [db.store().await, db.store().await];
        for round in 0..5 {
            let work =
                (0..12).map(|number| act(&stores[number % 2], if number % 2 == 0 { "a" } else { "b" }));
            let ended = join_all(work).await;
            assert!(ended.contains(&Committed::Stored), "{round}: {ended:?}");
        }
        for (number, store) in stores.iter().enumerate() {
            append(store, &[&number.to_string()]).await;
        }
        let report = sound(&stores[0]).await;
        assert_eq!(report.chains, 2);
        assert_eq!(report.heads.len(), 2, "nobody came after them");
        let third = db.store().await;
        append(&third, &["later"]).await;
        let report = sound(&third).await;
        assert_eq!(report.heads.iter().map(|head| head.chain).collect::<Vec<_>>(), [3]);
        append(&stores[0], &["later still"]).await;
        assert_eq!(sound(&third).await.heads.len(), 2, "the first has grown since");
    }
}

#[tokio::test]
async fn a_group_that_is_taken_apart_leaves_no_gap() {
    for db in db::each().await {
        let (store, other) = (db.store().await, db.store().await);
        for number in 0..16 {
            talk(&store, &format!("o{number}"), "a").await;
        }
        // Two lose their race, and one wants a case that somebody else has, in the middle of one group.
        assert_eq!(bind(&store, "holder", &candidate(0), "c1").await, Committed::Stored);
        for number in [3, 9] {
            assert_eq!(talk(&other, &format!("o{number}"), "b").await, Committed::Stored);
        }
        let people: Vec<String> = (0..16).map(|number| format!("o{number}")).collect();
        let another = candidate(1);
        let taken = bind(&store, "taker", &another, "c1");
        let (stored, taken) = tokio::join!(join_all(people.iter().map(|who| act(&store, who))), taken);
        let lost: Vec<usize> = (0..16).filter(|number| stored[*number] == Committed::Lost).collect();
        assert_eq!(lost, [3, 9]);
        assert_ne!(taken, Committed::Stored);
        assert_eq!(sound(&store).await.lines, 14);
        append(&store, &["after"]).await;
        let report = sound(&store).await;
        assert_eq!((report.chains, report.lines), (1, 15), "what was rolled back costs no chain");
    }
}

#[tokio::test]
async fn a_line_that_the_database_refuses_takes_only_its_own_group_with_it() {
    for db in db::each().await {
        let store = db.store().await;
        append(&store, &["a"]).await;
        let mut connection = db.connect().await;
        run(
            &mut connection,
            &["create unique index one_long on audit ((case when length(detail) > 99 then 1 end))"],
        )
        .await;
        append(&store, &[&"长".repeat(100)]).await;
        let refused = store.append_audit(&line(&"长".repeat(101)), NOW).await;
        assert!(refused.is_err());
        append(&store, &["b"]).await;
        assert_eq!(sound(&store).await.lines, 3);
    }
}

#[tokio::test]
async fn somebody_in_the_chain_of_a_running_process_stops_nobody_and_is_found() {
    let tampered: [&[&str]; 3] = [
        &["insert into audit select 'x', at, actor, act, subject, detail, chain, seq + 1, link from audit"],
        &["delete from audit", "delete from audit_chains"],
        &["delete from audit_register", "update audit_chains set length = 7"],
    ];
    for statements in tampered {
        for db in db::each().await {
            let store = db.store().await;
            append(&store, &["a"]).await;
            let mut connection = db.connect().await;
            run(&mut connection, statements).await;
            append(&store, &["b", "c"]).await;
            assert_eq!(act(&store, "o1").await, Committed::Stored);
            let lines = store.list_audit(None, 9).await.unwrap();
            let is_there = |detail| lines.iter().any(|line| line.audit.detail == detail);
            assert!(["b", "c", ""].into_iter().all(is_there), "{statements:?}: {lines:?}");
            assert!(fault(&store).await.is_some(), "{statements:?}");
        }
    }
}

#[tokio::test]
async fn a_commit_whose_end_nobody_saw_is_tried_on_another_chain() {
    let Some(db) = TestDb::postgres().await else { return };
    let store = db.store().await;
    append(&store, &["a"]).await;
    let mut connection = db.connect().await;
    // The server hangs up while it commits, once.
    let hang_up = "create function hang_up() returns trigger language plpgsql as \
                   $$ begin if nextval('calls') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; \
                   return null; end $$";
    let at_commit = "create constraint trigger at_commit after insert on audit deferrable initially deferred \
                     for each row execute function hang_up()";
    run(&mut connection, &["create sequence calls", hang_up, at_commit]).await;
    append(&store, &["b", "c"]).await;
    let report = sound(&store).await;
    assert_eq!((report.chains, report.lines), (2, 3));
}

async fn append_at(store: &Store, at: Millis, count: usize) {
    for _ in 0..count {
        store.append_audit(&line(""), at).await.unwrap();
    }
}

#[tokio::test]
async fn old_lines_are_forgotten_from_the_beginning_of_each_chain_and_the_rest_is_followed() {
    for db in db::each().await {
        let (one, other) = (db.store().await, db.store().await);
        append_at(&one, NOW, 4).await;
        append_at(&other, NOW, 2).await;
        append_at(&one, later(60), 1).await;
        append_at(&one, NOW, 1).await;
        append_at(&other, later(60), 1).await;
        assert_eq!(other.forget_audit(NOW, 100).await.unwrap(), 0);
        let mut deleted = Vec::new();
        while let count @ 1.. = other.forget_audit(later(1), 3).await.unwrap() {
            deleted.push(count);
            sound(&one).await;
            append_at(&one, later(90), 1).await;
        }
        assert_eq!(deleted, [3, 3], "a line behind a younger one stays");
        let report = sound(&one).await;
        assert_eq!((report.chains, report.lines, report.swept), (2, 5, 6));
        assert_eq!(other.forget_audit(later(3_600), 100).await.unwrap(), 5);
        append_at(&one, later(99), 1).await;
        let third = db.store().await;
        append_at(&third, later(99), 1).await;
        let report = sound(&third).await;
        assert_eq!((report.chains, report.lines, report.swept), (3, 2, 11));
    }
}

#[tokio::test]
async fn a_changed_line_is_not_swept_away() {
    for db in db::each().await {
        let store = db.store().await;
        append_at(&store, later(60), 3).await;
        let mut connection = db.connect().await;
        run(&mut connection, &["update audit set at = 0 where seq < 3"]).await;
        assert_eq!(store.forget_audit(NOW, 100).await.unwrap(), 0);
        assert_eq!(fault(&store).await.unwrap().seq, Some(1));
        let skip = "update audit_chains set swept = 1, swept_link = (select link from audit where seq = 1)";
        run(&mut connection, &[skip, "delete from audit where seq = 1"]).await;
        assert_eq!(store.forget_audit(NOW, 100).await.unwrap(), 0);
        assert_eq!(fault(&store).await.unwrap().kind, FaultKind::ChainChanged);
    }
}
