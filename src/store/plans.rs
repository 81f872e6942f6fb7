//! How the databases run what the offices ask for, with tens of thousands of cases: by an index, in the order of the
//! list, without reading or sorting what is not shown.

use sqlx::{AssertSqlSafe, Executor as _, Row as _};

use super::{
    Area, AuditFilter, CaseCursor, CaseFilter, Holder, Missed, Order, OutboxFilter, PersonQuery, Rounds,
    Store,
    broadcasts::{self, audience},
    cases::{figures, list},
    dialect::Dialect,
    exports,
    reminders::{self, ReminderCursor},
    retention,
    statement::Statement,
    test_db::{self, TestDb},
};
use crate::{
    inbound::Level,
    time::Millis,
    workflow::{
        broadcast::audience::{Audience, Condition},
        case::{Place, Stage},
        delivery::WINDOWS,
        reminder::{Due, Kind, Who},
    },
};

const BATCH: &str = "2026-06";
const WAITING: [Stage; 3] = [Stage::DocumentsAtCity, Stage::PortraitAtCity, Stage::BundleAtCity];

/// Twenty thousand cases of four cities in two batches, with decisions and deliveries.
async fn filled(db: &TestDb) -> Store {
    let store = db.store().await;
    let mut connection = db.connect().await;
    let stage = |(nth, stage): (usize, &Stage)| format!(" when {nth} then '{}'", stage.name());
    let stages = Stage::ALL.iter().enumerate().map(stage).collect::<Vec<_>>().concat();
    let numbers = "with recursive n(i) as (select 0 union all select i + 1 from n where i < 19999)";
    // As long as a case: what an index saves depends on it.
    let blob = if db.file.is_some() { "zeroblob(1500)" } else { "cast(repeat('x', 1500) as bytea)" };
    let short = blob.replace("1500", "60");
    for statement in [
        format!(
            "insert into cases (id, number, version, open_id, exam_key, batch, city, district, stage, round, entered_at, \
             handed_in_at, submitted_at, body) {numbers} select 'c' || i, 'n' || i, 1, 'o' || i, 'e' || i, \
             case i % 5 when 0 then '2025-12' else '{BATCH}' end, 'city ' || (i / 28 % 4), 'district ' || (i / 112 % 4), \
             case i % 28{stages} end, i % 3, i, i, case i % 28 when 26 then i else null end, {blob} from n"
        ),
        format!(
            "insert into decisions (id, case_id, batch, city, district, round, level, part, verdict, reasons, staff, at) \
             {numbers} select 'd' || i, 'c' || i, '{BATCH}', 'city ' || (i / 28 % 4), 'district ' || (i / 112 % 4), 1, 'city', \
             'both', case i % 9 when 0 then 'rejected' else 'approved' end, 'P0' || (i % 7), 's', i from n"
        ),
        format!(
            "insert into audit (id, at, actor, act, subject, detail, chain, seq, link) \
             {numbers} select 'a' || i, i, case i % 5 when 0 then 'staff:s' || (i % 7) else 'person' end, \
             case i % 9999 when 7 then 'rare' else 'act ' || (i % 9) end, 'c' || i, '', 1, i, {short} from n"
        ),
        format!(
            "insert into outbox (id, position, open_id, case_id, event, body, important, state, attempts, doubts, reason, \
             created_at, ended_at, city, district) {numbers} select 'p' || i, 'p' || i, 'o' || i, 'c' || i, 'reply', {blob}, \
             0, case i % 50 when 0 then 'given_up' else 'delivered' end, 1, 0, 'crashed', i, i, \
             'city ' || (i / 28 % 4), 'district ' || (i / 112 % 4) from n"
        ),
        format!(
            "insert into candidates (exam_key, name_key, number_key, record) \
             {numbers} select 'e' || i, 'name ' || (i % 9000), 'number ' || i, {blob} from n"
        ),
        format!(
            "insert into bindings (exam_key, open_id, name_key, number_key, document_type, name, record, bound_at) \
             {numbers} select 'e' || i, 'o' || i, 'name ' || (i % 9000), 'number ' || i, 'resident_id', {short}, {blob}, i \
             from n"
        ),
        format!(
            "insert into sessions (open_id, version, followed, body, signed) {numbers} \
             select 'o' || i, 1, 1, {short}, {short} from n"
        ),
    ] {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    // PostgreSQL does so by itself now and then. SQLite never does, and must find its way without.
    if db.file.is_none() {
        connection.execute("vacuum analyze").await.unwrap();
    }
    store
}

/// The lines of the plan, with the step that each belongs to: on SQLite its id, on PostgreSQL how deep it is.
async fn plan(store: &Store, statement: Statement) -> Vec<(i64, String)> {
    let is_sqlite = store.inner.dialect == Dialect::Sqlite;
    let explain = if is_sqlite { "explain query plan " } else { "explain " };
    let rows = store.read(statement.explained(explain)).await.unwrap();
    let line = |row: &sqlx::any::AnyRow| {
        if is_sqlite {
            return (row.get::<i64, _>(1), row.get::<String, _>(3));
        }
        let text: String = row.get(0);
        let depth = text.len() - text.trim_start().len();
        (depth as i64, text.trim_start().to_owned())
    };
    rows.iter().map(line).collect()
}

/// That a list of so many stages takes each from this index, as it comes.
fn check_list(plan: &[(i64, String)], index: &str, stages: usize, what: &str) {
    let told = || format!("{what}: {plan:#?}");
    let of_index: Vec<_> = plan.iter().filter(|(_, line)| line.contains(index)).collect();
    let from_index: Vec<i64> = of_index.iter().map(|(step, _)| *step).collect();
    assert_eq!(from_index.len(), stages, "{}", told());
    // Rows are looked at for the page alone.
    let is_enough = |line: &str| line.contains("COVERING INDEX") || line.contains("Index Only Scan");
    assert!(of_index.iter().all(|(_, line)| is_enough(line)), "{}", told());
    for (step, line) in plan {
        let reads_all = line.starts_with("SCAN cases") || line.contains("Seq Scan on cases");
        assert!(!reads_all && !line.contains("Bitmap"), "{}", told());
        // Beside an index, or, on PostgreSQL, in between an index and its limit.
        assert!(!(line.starts_with("USE TEMP") && from_index.contains(step)), "{}", told());
    }
    let sorts = plan.iter().filter(|(_, line)| line.contains("Sort  (") || line.contains("-> Sort")).count();
    assert!(sorts <= 2, "only the merged page may be sorted: {}", told());
}

#[tokio::test]
async fn lists_come_out_of_an_index_in_their_order() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let filter =
            CaseFilter { batch: BATCH.to_owned(), stages: WAITING.to_vec(), ..CaseFilter::default() };
        let all = CaseFilter { stages: Vec::new(), ..filter.clone() };
        let after = Some(CaseCursor { entered_at: Millis(7_000), id: "c7000".to_owned() });
        let everywhere = Area::everywhere();
        let (city, district) =
            (everywhere.clone().in_city("city 1"), everywhere.clone().in_district("district 1"));
        let of_city = city.clone().in_district("district 1");
        let rows = [
            ("the province's", &everywhere, filter.clone(), "cases_queue"),
            ("a city's", &city, filter.clone(), "cases_of_city"),
            ("a district's", &district, filter.clone(), "cases_of_district"),
            // Whichever of the two: both have city and district.
            ("a city's district's", &of_city, filter.clone(), "cases_of_"),
            ("every stage", &city, all, "cases_of_city"),
            (
                "the second page",
                &city,
                CaseFilter { after: after.clone(), ..filter.clone() },
                "cases_of_city",
            ),
            (
                "newest first",
                &city,
                CaseFilter { after, order: Order::NewestFirst, ..filter.clone() },
                "cases_of_city",
            ),
            (
                "repeated rounds, of an age",
                &everywhere,
                CaseFilter {
                    rounds: Some(Rounds::Repeated),
                    entered_before: Some(Millis(9_000)),
                    ..filter.clone()
                },
                "cases_queue",
            ),
            (
                "free ones",
                &city,
                CaseFilter { holder: Some(Holder::NobodyBut("s".to_owned())), limit: 8, ..filter },
                "cases_of_city",
            ),
        ];
        for (what, area, filter, index) in rows {
            let stages = if filter.stages.is_empty() { Stage::ALL.len() } else { filter.stages.len() };
            check_list(&plan(&store, filter.statement(area, Millis(1))).await, index, stages, what);
        }
    }
}

/// A page of the deliveries of one reason, behind the first.
fn ended_badly() -> OutboxFilter {
    OutboxFilter {
        ended_badly: true,
        reason: Some("crashed".to_owned()),
        before: Some("p9000".to_owned()),
        ..OutboxFilter::default()
    }
}

#[tokio::test]
async fn figures_and_people_come_out_of_an_index() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let dialect = store.inner.dialect;
        let (everywhere, city) = (Area::everywhere(), Area::everywhere().in_city("city 1"));
        let name = PersonQuery::Name("李雷");
        let rows = [
            ("counts", list::counts(&city, BATCH, &[]), vec!["cases_of_city"]),
            ("counts of what waits", list::counts(&everywhere, BATCH, &WAITING), vec!["cases_queue"]),
            ("ages", figures::ages(&city, BATCH, &[Millis(5)]), vec!["cases_of_city"]),
            ("handed in", figures::handed_in(&city, BATCH, Millis(5), Millis(900)), vec!["cases_handed_in"]),
            ("submitted", figures::submitted(&city, BATCH), vec!["cases_submitted"]),
            ("rejections", figures::rejections(&city, BATCH), vec!["decisions_rejected"]),
            ("ended badly", figures::ended_badly(dialect, &city, Millis(19_000)), vec!["outbox_ended_badly"]),
            ("counts", list::counts(&everywhere, BATCH, &[]), vec!["cases_queue"]),
            ("ages", figures::ages(&everywhere, BATCH, &[Millis(5)]), vec!["cases_queue"]),
            ("rejections", figures::rejections(&everywhere, BATCH), vec!["decisions_rejected"]),
            (
                "ended badly",
                figures::ended_badly(dialect, &everywhere, Millis(19_000)),
                vec!["outbox_ended_badly"],
            ),
            ("a page of what ended badly", ended_badly().statement(dialect), vec!["outbox_ended_badly"]),
            ("a name", store.find_statement(&city, name, 51), vec!["bindings_by_name", "candidates_by_name"]),
            (
                "a document",
                store.find_statement(&city, PersonQuery::Document("440103199003070037"), 51),
                vec!["bindings_by_number", "candidates_by_number"],
            ),
        ];
        for (what, statement, indexes) in rows {
            let lines: Vec<String> =
                plan(&store, statement).await.into_iter().map(|(_, line)| line).collect();
            for index in indexes {
                assert!(lines.iter().any(|line| line.contains(index)), "{what}, not by {index}: {lines:#?}");
            }
            let reads_all = |line: &&String| {
                line.contains("Seq Scan") || (line.starts_with("SCAN ") && !line.contains("INDEX"))
            };
            // Keys and stages that the statement itself names.
            let is_named = |line: &&String| {
                [" k", " v", " CONSTANT ROWS", " VALUES CLAUSE"].iter().any(|end| line.ends_with(end))
            };
            let whole: Vec<&String> = lines.iter().filter(reads_all).filter(|line| !is_named(line)).collect();
            assert!(whole.is_empty(), "{what} reads a whole table: {lines:#?}");
        }
    }
}

#[tokio::test]
async fn a_report_goes_on_where_its_last_page_ended() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let rows =
            [(Missed::Undelivered, "outbox_broadcast_missed"), (Missed::Doubtful, "outbox_broadcast_doubts")];
        for (which, index) in rows {
            let plan = plan(&store, broadcasts::missed("b1", which, "p1", 1_000)).await;
            assert!(plan.iter().any(|(_, line)| line.contains(index)), "{which:?}: {plan:#?}");
        }
    }
}

#[tokio::test]
async fn the_log_is_searched_by_an_index_whatever_is_asked() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let text = |text: &str| Some(text.to_owned());
        let asked = AuditFilter { limit: 51, ..AuditFilter::default() };
        let rows = [
            ("an act", AuditFilter { act: text("never"), ..asked.clone() }, "audit_of_act "),
            (
                "an act, from long ago on",
                AuditFilter { act: text("rare"), from: Some(Millis(0)), ..asked.clone() },
                "audit_of_act ",
            ),
            (
                "somebody's act",
                AuditFilter { actor: text("person"), act: text("never"), ..asked.clone() },
                "audit_of_actors_act ",
            ),
            ("somebody", AuditFilter { actor: text("staff:s1"), ..asked.clone() }, "audit_of_actor"),
            ("a case", AuditFilter { subject: text("c7"), ..asked }, "audit_of_subject "),
        ];
        for (what, filter, index) in rows {
            let lines = plan(&store, filter.statement()).await;
            let told = || format!("{what}: {lines:#?}");
            assert!(lines.iter().any(|(_, line)| line.contains(index)), "not by {index}, {}", told());
            let reads_all = |line: &str| line.contains("Seq Scan") || line.starts_with("SCAN ");
            assert!(!lines.iter().any(|(_, line)| reads_all(line)), "{}", told());
        }
    }
}

#[tokio::test]
async fn a_batchs_last_word_is_not_looked_for_among_all() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let lines = plan(&store, retention::last_word(BATCH)).await;
        for index in ["decisions_last", "cases_queue", "cases_missed"] {
            assert!(lines.iter().any(|(_, line)| line.contains(index)), "not by {index}: {lines:#?}");
        }
        let reads_all =
            |line: &str| line.contains("Seq Scan") || line == "SCAN decisions" || line == "SCAN cases";
        assert!(!lines.iter().any(|(_, line)| reads_all(line)), "{lines:#?}");
    }
}

#[tokio::test]
async fn an_export_reads_each_case_once() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let filter = CaseFilter { batch: BATCH.to_owned(), ..CaseFilter::default() };
        for area in [Area::everywhere(), Area::everywhere().in_city("city 1")] {
            let lines = plan(&store, exports::page(store.inner.dialect, &area, &filter, "", 256)).await;
            let told = || format!("{lines:#?}");
            let by_key = |line: &str| line.contains("sqlite_autoindex_cases") || line.contains("cases_pkey");
            assert!(lines.iter().any(|(_, line)| by_key(line)), "{}", told());
            let sorts = |line: &str| line.starts_with("USE TEMP") || line.contains("Sort  (");
            assert!(!lines.iter().any(|(_, line)| sorts(line)), "{}", told());
        }
    }
}

#[tokio::test]
async fn a_page_of_an_audience_is_read_and_no_more() {
    let bound = Condition::All(vec![Condition::City("city 1".to_owned()), Condition::Tag(7)]);
    for db in test_db::each().await {
        let store = filled(&db).await;
        let asked = audience::Asked { now: Millis(1), windows: &WINDOWS, month: "2026-06" };
        for who in [Condition::Everyone, bound.clone()] {
            let asked_for = Audience { batch: BATCH.to_owned(), who };
            let lines = plan(&store, audience::page(&asked_for, asked, "o1", "o2", 8)).await;
            let told = || format!("{lines:#?}");
            let whole = |line: &str| {
                line.contains("Seq Scan") || line.starts_with("SCAN ") && !line.starts_with("SCAN a")
            };
            // What is not there yet PostgreSQL reads whole.
            let is_large =
                |line: &str| ["sessions", "bindings", "cases"].iter().any(|table| line.contains(table));
            assert!(!lines.iter().any(|(_, line)| whole(line) && is_large(line)), "{}", told());
        }
    }
}

/// Every few minutes, when nearly everybody was reminded: who is left comes out of an index, a page at a time.
#[tokio::test]
async fn who_is_to_be_reminded_comes_out_of_an_index() {
    for db in test_db::each().await {
        let store = filled(&db).await;
        let place = Place { city: "city 1".to_owned(), district: "district 1".to_owned() };
        let cases = |stage, place, unless| Who::Cases {
            stage,
            place,
            entered: Millis(19_000),
            silent: Millis(19_000),
            unless,
        };
        let rows = [
            (Kind::OnsiteSoon, cases(Stage::Submitted, Some(place), None), "cases_of_"),
            (Kind::WindowCloses, cases(Stage::DocumentsWanted, None, None), "cases_queue"),
            (Kind::ApplyWaits, cases(Stage::Approved, None, Some(Kind::WindowCloses)), "cases_queue"),
            (Kind::WindowOpens, Who::Bound(Millis(19_000)), "bindings"),
        ];
        let after = ReminderCursor::default();
        for (kind, who, index) in rows {
            let due = Due { kind, occasion: BATCH.to_owned(), who };
            let lines = plan(&store, reminders::page(&due, BATCH, &after, 500).unwrap()).await;
            let told = || format!("{kind:?}: {lines:#?}");
            assert!(lines.iter().any(|(_, line)| line.contains(index)), "not by {index}, {}", told());
            let reads_all = |line: &str| line.starts_with("SCAN c") || line.contains("Seq Scan on cases");
            assert!(!lines.iter().any(|(_, line)| reads_all(line)), "{}", told());
            let sorts = |line: &str| line.starts_with("USE TEMP");
            assert!(!lines.iter().any(|(_, line)| sorts(line)), "{}", told());
            let found = store.to_remind(&due, BATCH, &after, 0).await.unwrap();
            assert!(found.is_empty());
        }
        let lines = plan(&store, reminders::late(BATCH, Level::City, Millis(9_000))).await;
        assert!(lines.iter().any(|(_, line)| line.contains("cases_")), "{lines:#?}");
    }
}
