//! What an audience finds, on both databases, with every kind of person in it.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Executor as _};

use super::*;
use crate::{
    store::{dialect::Dialect, test_db},
    validation::DocumentType,
    workflow::{
        broadcast::plan::{Form, Left, LeftOut, plan},
        delivery::WINDOWS,
    },
};

const NOW: Millis = Millis(1_781_227_800_000);
const MONTH: &str = "2026-06";
const ASKED: Asked<'static> = Asked { now: NOW, windows: &WINDOWS, month: MONTH };

/// So many people: every second one bound, every fourth with an application, of all sorts otherwise.
async fn filled(db: &test_db::TestDb, people: u32) -> Store {
    let store = db.store().await;
    let mut connection = db.connect().await;
    let numbers =
        format!("with recursive n(i) as (select 0 union all select i + 1 from n where i < {})", people - 1);
    let blob = |bytes: usize| {
        if db.file.is_some() {
            format!("zeroblob({bytes})")
        } else {
            format!("cast(repeat('x', {bytes}) as bytea)")
        }
    };
    let (body, short) = (blob(1500), blob(60));
    let open_id = "'oAb' || substr('ABCDEFGHIJKLMNOP', i % 16 + 1, 1) || i";
    let now = NOW.0;
    let stages =
        Stage::ALL.iter().enumerate().map(|(nth, stage)| format!(" when {nth} then '{}'", stage.name()));
    let stages = stages.collect::<Vec<_>>().concat();
    for statement in [
        format!(
            "insert into sessions (open_id, version, followed, talked_at, acted_at, body, signed) {numbers} \
             select {open_id}, 1, case i % 10 when 0 then 0 else 1 end, \
             case i % 3 when 0 then {now} - 3600000 when 1 then {now} - 200000000 else null end, null, {}, {short} from n",
            blob(300)
        ),
        format!(
            "insert into bindings (exam_key, open_id, name_key, number_key, document_type, name, record, bound_at) \
             {numbers} select 'e' || i, {open_id}, 'n', 'm', case i % 14 when 0 then 'passport' else 'resident_id' end, \
             {short}, {body}, i from n where i % 2 = 0"
        ),
        format!(
            "insert into cases (id, number, version, open_id, exam_key, batch, city, district, stage, round, entered_at, \
             body) {numbers} select 'c' || i, 'n' || i, 1, {open_id}, 'e' || i, '2026-06', \
             case i % 8 when 0 then '广州市' else null end, case i % 16 when 0 then '天河区' when 8 then '越秀区' else null end, \
             case i / 4 % 31{stages} end, 1, i, {body} from n where i % 4 = 0"
        ),
        format!(
            "insert into outbox (id, position, open_id, event, body, important, state, attempts, doubts, created_at, spent, \
             spent_at) {numbers} select 'p' || i, 'p' || i, {open_id}, 'x', {short}, 0, 'delivered', 1, 0, 1, 5, \
             {now} - 60000 from n where i % 9 = 0"
        ),
        // The second kind is older than the person's last word, so it is over.
        format!(
            "insert into refusals (open_id, kind, at) {numbers} select {open_id}, \
             case i % 14 when 7 then 'not_following' else 'blocked' end, \
             case i % 21 when 0 then {now} - 300000000 else {now} end from n where i % 7 = 0"
        ),
        format!(
            "insert into mass_received (open_id, month, received) {numbers} select {open_id}, \
             case i % 22 when 0 then '2026-05' else '2026-06' end, case i % 33 when 0 then 3 else 4 end from n where i % 11 = 0"
        ),
        "insert into audience_lists (id, kind, name, count, members, made_by, made_at) \
         values ('tag:100', 'tag', 't', 1, 'tag:100/1', 's', 1), ('L1', 'import', 'l', 1, 'L1/1', 's', 1)"
            .to_owned(),
        "insert into audience_members (list, member) select 'tag:100/1', open_id from sessions where followed = 0".to_owned(),
        "insert into audience_members (list, member) select 'L1/1', exam_key from bindings where document_type = 'passport'"
            .to_owned(),
    ] {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    if store.inner.dialect == Dialect::Postgres {
        connection.execute("vacuum analyze").await.unwrap();
    }
    store
}

fn audience(who: Condition) -> Audience {
    Audience { batch: "2026-06".to_owned(), who }
}

fn sum(groups: &[Group]) -> u64 {
    groups.iter().map(|group| group.people).sum()
}

/// Whether the nth person is in an audience.
type Holds = fn(u32) -> bool;

#[tokio::test]
async fn conditions_find_whom_they_mean() {
    let city = || Condition::City("广州市".to_owned());
    let not = |inner| Condition::Not(Box::new(inner));
    let district =
        |name: &str| Condition::District { city: "广州市".to_owned(), district: name.to_owned() };
    let rows: [(Condition, Holds); 17] = [
        (Condition::Everyone, |_| true),
        (Condition::Bound, |i| i % 2 == 0),
        (not(Condition::Bound), |i| i % 2 == 1),
        (Condition::HasCase, |i| i % 4 == 0),
        (city(), |i| i % 8 == 0),
        // Whose place is not known is not of that place.
        (not(city()), |i| i % 8 != 0),
        (district("天河区"), |i| i % 16 == 0),
        (not(district("天河区")), |i| i % 16 != 0),
        (Condition::DocumentType(DocumentType::Passport), |i| i % 14 == 0),
        (not(Condition::DocumentType(DocumentType::Passport)), |i| i % 14 != 0),
        (Condition::Step(Step::NotBegun), |i| i % 4 == 2),
        (Condition::Step(Step::NotPredicted), |i| i % 4 == 0 && i / 4 % 31 < 2),
        (not(Condition::Step(Step::NotPredicted)), |i| i % 4 != 0 || i / 4 % 31 >= 2),
        (Condition::Tag(100), |i| i % 10 == 0),
        (not(Condition::List("L1".to_owned())), |i| i % 14 != 0),
        (
            Condition::All(vec![city(), Condition::Any(vec![district("天河区"), Condition::Tag(100)])]),
            |i| i % 8 == 0 && (i % 16 == 0 || i % 10 == 0),
        ),
        (Condition::Any(Vec::new()), |_| false),
    ];
    for db in test_db::each().await {
        let store = filled(&db, 2_000).await;
        for (who, expected) in &rows {
            let groups = store.count_audience(&audience(who.clone()), ASKED).await.unwrap();
            let expected = (0..2_000).filter(|i| expected(*i)).count() as u64;
            assert_eq!(sum(&groups), expected, "{who:?}");
        }
    }
}

#[tokio::test]
async fn everybody_stands_in_the_group_that_is_true_of_them() {
    for db in test_db::each().await {
        let store = filled(&db, 2_000).await;
        let mut expected: BTreeMap<Facts, u64> = BTreeMap::new();
        for i in 0..2_000 {
            let talked_within = i % 3 == 0;
            let refused = i % 7 == 0 && (i % 21 != 0);
            // Of those who have not talked lately the older refusal holds, too: nothing came after it.
            let facts = Facts {
                follows: i % 10 != 0 && !(refused && i % 14 == 7),
                blocked: refused && i % 14 != 7,
                in_window: talked_within && i % 9 != 0,
                month_left: i % 11 != 0 || i % 22 == 0 || i % 33 == 0,
            };
            *expected.entry(facts).or_default() += 1;
        }
        let groups = store.count_audience(&audience(Condition::Everyone), ASKED).await.unwrap();
        let found: BTreeMap<Facts, u64> = groups.iter().map(|group| (group.facts, group.people)).collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn people_are_gathered_as_it_was_planned() {
    for db in test_db::each().await {
        let store = filled(&db, 2_000).await;
        for who in [Condition::Everyone, Condition::Bound] {
            let audience = audience(who);
            let groups = store.count_audience(&audience, ASKED).await.unwrap();
            for route in Route::ALL {
                let people = people(&audience, NOW, &WINDOWS, MONTH);
                let (way, reason) = class_sql(route);
                let text = format!(
                    "select {way} as way, {reason} as reason, count(*) from ({}) as a group by 1, 2",
                    people.said()
                );
                let statement = Statement::returning(AssertSqlSafe(text)).with_values_of(&people);
                let mut gathered: BTreeMap<(String, Option<String>), u64> = BTreeMap::new();
                for row in store.read(statement).await.unwrap() {
                    let key = (column(&row, 0).unwrap(), column(&row, 1).unwrap());
                    gathered.insert(key, column::<i64>(&row, 2).unwrap().unsigned_abs());
                }
                let plan = plan(&groups, route, Form::default(), Left::default());
                let of = |way: &str, reason: Option<&str>| {
                    gathered.get(&(way.to_owned(), reason.map(str::to_owned))).copied().unwrap_or(0)
                };
                assert_eq!(of("mass", None), plan.mass, "{route:?}");
                assert_eq!(of("single", None), plan.by_window + plan.by_template + plan.waiting, "{route:?}");
                for why in LeftOut::ALL {
                    assert_eq!(of("none", Some(why.name())), plan.left_out_for(why), "{route:?} {why:?}");
                }
                assert_eq!(gathered.values().sum::<u64>(), sum(&groups));
            }
        }
    }
}

#[tokio::test]
async fn a_sample_comes_from_all_over() {
    for db in test_db::each().await {
        let store = filled(&db, 2_000).await;
        // Nobody's name is sealed as a name here.
        let who = Condition::Not(Box::new(Condition::Bound));
        let found = store.sample_audience(&audience(who), ASKED, 8).await.unwrap();
        let firsts: Vec<&str> = found.iter().filter_map(|one| one.open_id.get(3..4)).collect();
        assert_eq!(firsts, ["B", "D", "F", "H", "J", "L", "N", "P"]);
        let rare = audience(Condition::All(vec![
            Condition::Tag(100),
            Condition::Not(Box::new(Condition::Tag(100))),
        ]));
        assert_eq!(store.sample_audience(&rare, ASKED, 8).await.unwrap(), []);
    }
}

#[test]
fn ranges_hold_all_openids() {
    for (first, last) in [("oAbA", "oAbP"), ("o", "o"), ("", "z"), ("oé", "oü")] {
        let ranges = cut(first, last, PARTS);
        assert_eq!(ranges.first().unwrap().0, "");
        assert_eq!(ranges.last().unwrap().1, "");
        assert!(ranges.windows(2).all(|pair| pair[0].1 == pair[1].0), "{ranges:?}");
    }
}
