//! What somebody with the database but without the keys may try, one after the other.

use graduation_bot::store::{FaultKind, Import, Store};
use sqlx::{Connection as _, Executor as _, Row as _};

use super::{TABLES, add_staff, append, fault, restore, run, sound};
use crate::support::db::{self, TestDb};

/// A log of four chains: of a process, of an import, of another process beside the first, and of one that came later.
async fn log(db: &TestDb) -> Store {
    let (one, other) = (db.store().await, db.store().await);
    append(&one, &["a", "b", "c"]).await;
    db::import(&one, Import::Plans(&[("p".to_owned(), "{}".to_owned())])).await;
    append(&other, &["d", "e"]).await;
    let mut connection = db.connect().await;
    run(&mut connection, &["create table older as select * from audit_chains"]).await;
    assert!(add_staff(&one, "新账号").await);
    append(&other, &["f"]).await;
    other.close().await;
    let last = db.store().await;
    append(&last, &["g", "h"]).await;
    for table in TABLES {
        run(&mut connection, &[&format!("create table kept_{table} as select * from {table}")]).await;
    }
    connection.close().await.unwrap();
    one.close().await;
    last
}

#[tokio::test]
async fn every_field_of_every_line_is_vouched_for() {
    for db in db::each().await {
        let store = log(&db).await;
        let report = sound(&store).await;
        assert_eq!((report.chains, report.lines, report.swept), (4, 10, 0));
        let mut connection = db.connect().await;
        let places = connection.fetch_all("select chain, seq from audit order by chain, seq").await.unwrap();
        for place in places {
            let (chain, seq): (i64, i64) = (place.get(0), place.get(1));
            let changes = [
                "id = id || 'x'",
                "at = at + 1",
                "actor = 'staff:z'",
                "act = 'z'",
                "subject = ''",
                "detail = detail || ' '",
                "link = (select seal from audit_register)",
            ];
            for change in changes {
                let sql = format!("update audit set {change} where chain = {chain} and seq = {seq}");
                run(&mut connection, &[&sql]).await;
                let found = fault(&store).await.unwrap_or_else(|| panic!("not found: {sql}"));
                assert_eq!(
                    (found.chain, found.seq, found.kind),
                    (chain, Some(seq), FaultKind::LineChanged),
                    "{sql}"
                );
                assert!(found.id.is_some());
                restore(&mut connection).await;
            }
        }
        assert_eq!(sound(&store).await, report);
    }
}

/// Chain and line of the first fault, and what it is.
type Place = (i64, Option<i64>, FaultKind);

/// What somebody with the database but without the keys may try: statements, and where the first fault is.
const TAMPERED: &[(&[&str], Place)] = &[
    (&["delete from audit where chain = 1 and seq = 1"], (1, Some(1), FaultKind::LineMissing)),
    (&["delete from audit where chain = 1 and seq = 3"], (1, Some(3), FaultKind::LineMissing)),
    (
        &[
            "delete from audit where chain = 1 and seq = 3",
            "update audit set seq = 3 where chain = 1 and seq = 4",
        ],
        (1, Some(3), FaultKind::LineChanged),
    ),
    (
        &[
            "update audit set seq = -1 where chain = 1 and seq = 2",
            "update audit set seq = 2 where chain = 1 and seq = 3",
            "update audit set seq = 3 where chain = 1 and seq = -1",
        ],
        (1, Some(2), FaultKind::LineChanged),
    ),
    // Cut: the last line, and the chain's length with it.
    (&["delete from audit where chain = 4 and seq = 2"], (4, Some(2), FaultKind::LineMissing)),
    (
        &[
            "delete from audit where chain = 4 and seq = 2",
            "update audit_chains set length = 1, head = (select link from audit where chain = 4) where chain = 4",
        ],
        (4, None, FaultKind::ChainChanged),
    ),
    // Put back to what it was once, with the seal of then.
    (
        &[
            "delete from audit where chain = 1 and seq = 4",
            "delete from audit_chains where chain = 1",
            "insert into audit_chains select * from older where chain = 1",
        ],
        (1, Some(4), FaultKind::Contradicted),
    ),
    // Whole chains.
    (
        &["delete from audit where chain = 2", "delete from audit_chains where chain = 2"],
        (2, None, FaultKind::ChainMissing),
    ),
    (
        &[
            "delete from audit where chain = 4",
            "delete from audit_chains where chain = 4",
            "delete from audit_told where chain = 4",
        ],
        (4, None, FaultKind::ChainMissing),
    ),
    (
        &[
            "delete from audit where chain = 4",
            "delete from audit_chains where chain = 4",
            "delete from audit_told where chain = 4",
            "update audit_register set chains = 3",
        ],
        (0, None, FaultKind::Register),
    ),
    (
        &[
            "delete from audit",
            "delete from audit_chains",
            "delete from audit_told",
            "delete from audit_register",
        ],
        (0, None, FaultKind::Register),
    ),
    // Written by hand: after an end, into no chain, beside another.
    (
        &["insert into audit select 'x', at, actor, act, subject, detail, chain, 3, link from audit \
           where chain = 4 and seq = 2"],
        (4, Some(3), FaultKind::LineAdded),
    ),
    (
        &["insert into audit select 'x', at, actor, act, subject, detail, 9, 1, link from audit \
           where chain = 4 and seq = 2"],
        (9, Some(1), FaultKind::LineAdded),
    ),
    (
        &["insert into audit select 'x', at, actor, act, subject, detail, chain, 0, link from audit \
           where chain = 4 and seq = 2"],
        (4, Some(0), FaultKind::LineAdded),
    ),
    (&["update audit set chain = 3, seq = 99 where chain = 2"], (2, Some(1), FaultKind::LineMissing)),
    // What is known of chains.
    (&["update audit_chains set begun_at = 0 where chain = 2"], (2, None, FaultKind::ChainChanged)),
    (&["update audit_told set length = length - 1 where earlier = 1"], (2, None, FaultKind::ChainChanged)),
    (&["delete from audit_told where chain = 4"], (4, None, FaultKind::ChainChanged)),
    // A sweep that nobody did.
    (
        &[
            "update audit_chains set swept = 1, swept_link = (select link from audit where chain = 1 and seq = 1) \
             where chain = 1",
            "delete from audit where chain = 1 and seq = 1",
        ],
        (1, None, FaultKind::ChainChanged),
    ),
];

#[tokio::test]
async fn whatever_is_tampered_with_is_found_and_named() {
    for db in db::each().await {
        let store = log(&db).await;
        let mut connection = db.connect().await;
        for (statements, expected) in TAMPERED {
            run(&mut connection, statements).await;
            let found = fault(&store).await.unwrap_or_else(|| panic!("not found: {statements:?}"));
            assert_eq!((found.chain, found.seq, found.kind), *expected, "{statements:?}");
            restore(&mut connection).await;
        }
        sound(&store).await;
    }
}
