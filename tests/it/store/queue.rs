//! The offices' queue: what a list shows, how it goes on, and who has a case open.

use std::sync::Arc;

use graduation_bot::{
    inbound::{Level, Part},
    office::{LookError, Role, queue},
    store::{
        Area, CaseCursor, CaseFilter, CaseLease, CaseSummary, Holder, Order, Rounds, SealedCase, StaffRow,
        Store,
    },
    time::Millis,
    turn::CaseChange,
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Round, Stage},
    },
};

use super::{BATCH, NOW, bind, candidate, commit, later, move_case, turn};
use crate::support::db::{self, TestDb};

/// Ten minutes, as long as a lease.
const LEASE: i64 = 600;

/// A case in a stage and a place, since then.
pub(super) struct Sample {
    pub(super) stage: Stage,
    pub(super) place: (&'static str, &'static str),
    pub(super) round: u32,
    pub(super) at: Millis,
}

impl Default for Sample {
    fn default() -> Self {
        Self { stage: Stage::PortraitAtCity, place: ("广州市", "天河区"), round: 1, at: NOW }
    }
}

/// Candidate number so many of many.
pub(super) fn person(number: usize) -> Arc<Candidate> {
    Arc::new(Candidate { exam_no: format!("0101{number:08}"), ..(*candidate(0)).clone() })
}

/// Binds a candidate to `o{number}`, with a case `c{number}` as told.
pub(super) async fn lay_out(store: &Store, number: usize, sample: Sample) {
    let (open_id, id) = (format!("o{number:03}"), format!("c{number:03}"));
    bind(store, &open_id, &person(number), &id).await;
    let before = store.load(&open_id, BATCH).await.unwrap();
    let case = before.case.as_deref().unwrap();
    let round = Round {
        number: sample.round,
        part: Part::Portrait,
        photos: [].into(),
        submitted_at: sample.at,
        decisions: vec![],
        withdrawn: false,
    };
    let (city, district) = sample.place;
    let case = Case {
        stage: sample.stage,
        place: Some(Place { city: city.to_owned(), district: district.to_owned() }),
        round: sample.round,
        rounds: vec![round],
        submitted_at: (sample.stage == Stage::Submitted).then_some(sample.at),
        ..case.clone()
    };
    let mut turn = turn(&before);
    turn.case = Some(CaseChange { expected: case.version, case: Arc::new(case), entered_at: None });
    let mut change = commit(turn, &before);
    change.now = sample.at;
    store.commit(change).await.unwrap();
}

pub(super) fn staff(name: &str, role: &str) -> StaffRow {
    let (role, scope) = role.split_once(':').unwrap_or((role, ""));
    StaffRow::new(name, String::new(), role, scope)
}

fn of_batch() -> CaseFilter {
    CaseFilter { batch: BATCH.to_owned(), ..CaseFilter::default() }
}

async fn listed(store: &Store, area: &Area, filter: &CaseFilter) -> Vec<String> {
    ids(&store.list_cases(area, filter, NOW).await.unwrap())
}

fn ids(cases: &[CaseSummary]) -> Vec<String> {
    cases.iter().map(|case| case.id.clone()).collect()
}

#[tokio::test]
async fn offices_find_cases() {
    for db in db::each().await {
        let store = db.store().await;
        let everywhere = Area::everywhere();
        bind(&store, "o1", &candidate(0), "c1").await;
        bind(&store, "o2", &candidate(1), "c2").await;
        let before = store.load("o2", BATCH).await.unwrap();
        let mut submit = move_case(&before, Stage::DocumentsAtCity);
        submit.now = later(60);
        store.commit(submit).await.unwrap();
        // A change that moves nothing leaves the case where it stood in the queue.
        let before = store.load("o2", BATCH).await.unwrap();
        let mut touch = move_case(&before, Stage::DocumentsAtCity);
        touch.now = later(120);
        store.commit(touch).await.unwrap();

        let all = store.list_cases(&everywhere, &of_batch(), NOW).await.unwrap();
        let found: Vec<_> =
            all.iter().map(|case| (case.id.as_str(), case.entered_at, case.version)).collect();
        assert_eq!(found, [("c1", NOW, 1), ("c2", later(60), 3)]);
        let at_city = CaseFilter {
            city: Some("广州市".to_owned()),
            district: Some("天河区".to_owned()),
            stages: vec![Stage::DocumentsAtCity, Stage::PortraitAtCity],
            after: Some(CaseCursor { entered_at: NOW, id: "c1".to_owned() }),
            ..of_batch()
        };
        let found = store.list_cases(&everywhere, &at_city, NOW).await.unwrap();
        assert_eq!((found.len(), found[0].id.as_str(), found[0].open_id.as_str()), (1, "c2", "o2"));
        let first = candidate(1).name.chars().next().unwrap();
        let name = found[0].name.as_deref().unwrap();
        assert!(name.starts_with(first) && name.ends_with('*') && *name != candidate(1).name, "{name}");
        let number = &found[0].number;
        assert_eq!(store.case_by_number(number).await.unwrap(), store.case_by_id("c2").await.unwrap());
        assert_eq!(store.case_by_id("c3").await.unwrap(), None);
        let counts = store.count_cases(&everywhere, BATCH, &[]).await.unwrap();
        assert_eq!(counts, [(Stage::Ready, 1), (Stage::DocumentsAtCity, 1)]);
        let asked = [Stage::Ready, Stage::Approved];
        let counts = store.count_cases(&everywhere, BATCH, &asked).await.unwrap();
        assert_eq!(counts, [(Stage::Ready, 1)]);
        assert_eq!(listed(&store, &everywhere, &CaseFilter::default()).await, [""; 0], "no batch, no case");
    }
}

/// Three stages by turns, two at a time in the same moment.
async fn twelve(store: &Store) {
    let stages = [Stage::PortraitAtCity, Stage::BundleAtCity, Stage::DocumentsAtProvince];
    for number in 0..12 {
        let at = later(60 * (number as i64 / 2));
        let round = 1 + u32::from(number == 7);
        lay_out(store, number, Sample { stage: stages[number % 3], round, at, ..Sample::default() }).await;
    }
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    for db in db::each().await {
        let store = db.store().await;
        twelve(&store).await;
        let all: Vec<String> = (0..12).map(|number| format!("c{number:03}")).collect();
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let mut filter = CaseFilter { order, limit: 5, ..of_batch() };
            let mut seen = Vec::new();
            loop {
                let page = queue::list(&store, &Role::Province, &filter, NOW).await.unwrap();
                seen.extend(ids(&page.cases));
                let Some(next) = page.next else { break };
                assert_eq!(page.cases.len(), 5);
                // As it travels in an address.
                filter.after = Some(next.to_string().parse().unwrap());
            }
            let mut expected = all.clone();
            if order == Order::NewestFirst {
                expected.reverse();
            }
            assert_eq!(seen, expected, "{order:?}");
        }
        for wrong in ["", "17", "x-c1", "17-"] {
            assert!(wrong.parse::<CaseCursor>().is_err(), "{wrong}");
        }
    }
}

#[tokio::test]
async fn filters_leave_what_is_asked_for() {
    for db in db::each().await {
        let store = db.store().await;
        twelve(&store).await;
        let rows: [(CaseFilter, &[usize]); 7] = [
            (
                CaseFilter { stages: queue::waiting(Some(Level::Province), None), ..of_batch() },
                &[2, 5, 8, 11],
            ),
            (CaseFilter { stages: queue::waiting(None, Some(Part::Both)), ..of_batch() }, &[1, 4, 7, 10]),
            (CaseFilter { stages: vec![Stage::BundleAtCity; 600], ..of_batch() }, &[1, 4, 7, 10]),
            (CaseFilter { rounds: Some(Rounds::Repeated), ..of_batch() }, &[7]),
            (
                CaseFilter {
                    rounds: Some(Rounds::First),
                    stages: vec![Stage::BundleAtCity, Stage::PortraitAtCity],
                    entered_from: Some(later(120)),
                    entered_before: Some(later(240)),
                    ..of_batch()
                },
                &[4, 6],
            ),
            (CaseFilter { batch: "2025-12".to_owned(), ..CaseFilter::default() }, &[]),
            (CaseFilter { district: Some("越秀区".to_owned()), ..of_batch() }, &[]),
        ];
        for (filter, expected) in rows {
            let expected: Vec<String> = expected.iter().map(|number| format!("c{number:03}")).collect();
            assert_eq!(listed(&store, &Area::everywhere(), &filter).await, expected, "{filter:?}");
        }
        let counts = queue::counts(&store, &Role::Province, &of_batch()).await.unwrap();
        let waiting = [(None, None), (Some(Level::City), None), (None, Some(Part::Portrait))]
            .map(|(level, part)| counts.waiting(level, part));
        assert_eq!(waiting, [12, 8, 4]);
    }
}

#[tokio::test]
async fn nobody_is_given_the_cases_of_another_place() {
    for db in db::each().await {
        let store = db.store().await;
        lay_out(&store, 0, Sample::default()).await;
        lay_out(&store, 1, Sample { place: ("深圳市", "南山区"), ..Sample::default() }).await;
        let rows: [(&str, &[&str]); 4] = [
            ("city:广州市", &["c000"]),
            ("city:深圳市", &["c001"]),
            ("province", &["c000", "c001"]),
            ("admin", &["c000", "c001"]),
        ];
        for (words, expected) in rows {
            let (role, account) = (Role::parse(words).unwrap(), staff("某人", words));
            let page = queue::list(&store, &role, &of_batch(), NOW).await.unwrap();
            assert_eq!(ids(&page.cases), expected, "{words}");
            let elsewhere = CaseFilter { city: Some("深圳市".to_owned()), ..of_batch() };
            let page = queue::list(&store, &role, &elsewhere, NOW).await.unwrap();
            let both: Vec<&str> = expected.iter().copied().filter(|id| *id == "c001").collect();
            assert_eq!(ids(&page.cases), both, "{words} asks for Shenzhen");
            let counts = queue::counts(&store, &role, &elsewhere).await.unwrap();
            assert_eq!(counts.waiting(None, None), both.len() as i64, "{words} counts Shenzhen");
            for id in ["c000", "c001", "1000c000", "1000c001"] {
                let opened = queue::open(&store, &account, id, NOW).await.unwrap();
                let may = expected.iter().any(|name| id.ends_with(name));
                assert_eq!(opened.is_some(), may, "{words} opens {id}");
                assert!(opened.is_none_or(|opened| opened.candidate.is_some()));
            }
            let mut after = None;
            for _ in 0..3 {
                let filter = CaseFilter { after, ..of_batch() };
                match queue::next(&store, &account, &filter, NOW).await {
                    Ok(next) => {
                        let next = next.unwrap();
                        assert!(expected.contains(&next.id.as_str()), "{words}: {next:?}");
                        after = Some(next.cursor());
                    }
                    Err(error) => {
                        assert!(matches!(error, LookError::Role) && words == "admin", "{words} decides");
                        break;
                    }
                }
            }
            for id in ["c000", "c001"] {
                store.release_case(id, "某人").await.unwrap();
            }
        }
        for words in ["announcer", "district:天河区"] {
            let role = Role::parse(words).unwrap();
            let refused = queue::list(&store, &role, &of_batch(), NOW).await;
            assert!(matches!(refused, Err(LookError::Role)), "{words}");
        }
        for (district, expected) in [("天河区", &["c000"][..]), ("越秀区", &[])] {
            let area = Role::District(district.to_owned()).area().unwrap();
            assert_eq!(listed(&store, &area, &of_batch()).await, expected, "{district}");
        }
        let gone = StaffRow { active: false, ..staff("某人", "province") };
        assert!(matches!(queue::open(&store, &gone, "c000", NOW).await, Err(LookError::Role)));
    }
}

#[tokio::test]
async fn a_case_is_one_reviewers_for_ten_minutes() {
    for db in db::each().await {
        let store = db.store().await;
        lay_out(&store, 0, Sample::default()).await;
        let (wang, li) = (staff("王老师", "city:广州市"), staff("李老师", "city:广州市"));
        let open = async |staff: &StaffRow, wire: Millis| {
            queue::open(&store, staff, "c000", wire).await.unwrap().unwrap().lease
        };
        let mine = |seconds| Some(CaseLease::Mine { until: later(seconds) });
        let wangs = |seconds| Some(CaseLease::Other { staff: "王老师".to_owned(), until: later(seconds) });
        assert_eq!(open(&wang, NOW).await, mine(LEASE));
        assert_eq!(open(&li, later(1)).await, wangs(LEASE));
        assert_eq!(open(&wang, later(60)).await, mine(LEASE + 60), "renewed");
        assert_eq!(open(&li, later(LEASE + 59)).await, wangs(LEASE + 60));
        // Who has nothing to decide there only looks.
        assert_eq!(open(&staff("管理员", "admin"), later(61)).await, wangs(LEASE + 60));
        assert_eq!(open(&staff("省考办", "province"), later(LEASE + 60)).await, None);
        assert_eq!(open(&li, later(LEASE + 60)).await, mine(2 * LEASE + 60), "it had ended");
        assert!(!store.release_case("c000", "王老师").await.unwrap(), "no longer theirs");
        let held = store.list_cases(&Area::everywhere(), &of_batch(), later(LEASE + 61)).await.unwrap();
        assert_eq!(held[0].held_by.as_deref(), Some("李老师"));
        assert!(store.release_case("c000", "李老师").await.unwrap());
        assert_eq!(store.case_holder("c000", later(LEASE + 61)).await.unwrap(), None);

        assert_eq!(open(&wang, NOW).await, mine(LEASE));
        assert_eq!(store.forget_case_leases(later(LEASE - 1), 9).await.unwrap(), 0);
        assert_eq!(store.forget_case_leases(later(LEASE), 9).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_gets_the_case() {
    for db in db::each().await {
        // Two processes.
        let (one, other) = (db.store().await, db.store().await);
        let names: Vec<String> = (0..16).map(|number| format!("reviewer {number}")).collect();
        let asking = names.iter().enumerate().map(|(nth, name)| {
            let store = if nth.is_multiple_of(2) { &one } else { &other };
            store.take_case("c1", name, NOW, later(LEASE))
        });
        let answers = futures_util::future::try_join_all(asking).await.unwrap();
        let mine = answers.iter().filter(|answer| matches!(answer, CaseLease::Mine { .. })).count();
        assert_eq!(mine, 1);
        let holder = one.case_holder("c1", NOW).await.unwrap().unwrap().0;
        for (name, answer) in names.iter().zip(&answers) {
            match answer {
                CaseLease::Mine { .. } => assert_eq!(*name, holder),
                CaseLease::Other { staff, .. } => assert_eq!(*staff, holder),
            }
        }
    }
}

#[tokio::test]
async fn the_next_case_is_one_that_nobody_else_has_open() {
    for db in db::each().await {
        let store = db.store().await;
        twelve(&store).await;
        let filter = CaseFilter { stages: vec![Stage::PortraitAtCity], ..of_batch() };
        let (wang, li) = (staff("王老师", "city:广州市"), staff("李老师", "city:广州市"));
        let next = async |staff: &StaffRow, after: Option<&CaseSummary>| {
            let filter = CaseFilter { after: after.map(CaseSummary::cursor), ..filter.clone() };
            queue::next(&store, staff, &filter, NOW).await.unwrap()
        };
        let first = next(&wang, None).await.unwrap();
        assert_eq!((first.id.as_str(), first.held_by.as_deref()), ("c000", Some("王老师")));
        assert_eq!(next(&wang, None).await.unwrap().id, "c000", "one's own comes again");
        let second = next(&li, None).await.unwrap();
        assert_eq!(second.id, "c003");
        let skipped = next(&wang, Some(&first)).await.unwrap();
        assert_eq!(skipped.id, "c006", "the skipped one and the other's are passed over");
        let last = next(&li, Some(&skipped)).await.unwrap();
        assert_eq!(last.id, "c009");
        assert_eq!(next(&wang, Some(&last)).await.unwrap().id, "c000", "behind the last comes the first");
        for (holder, expected) in [
            (Holder::Nobody, vec![""; 0]),
            (Holder::Staff("王老师".to_owned()), vec!["c000", "c006"]),
            (Holder::NobodyBut("李老师".to_owned()), vec!["c003", "c009"]),
        ] {
            let filter = CaseFilter { holder: Some(holder), ..filter.clone() };
            assert_eq!(listed(&store, &Area::everywhere(), &filter).await, expected);
        }
        let third = staff("赵老师", "city:广州市");
        assert_eq!(next(&third, None).await, None, "the others have all");
        store.release_case("c006", "王老师").await.unwrap();
        assert_eq!(next(&third, None).await.unwrap().id, "c006");
    }
}

#[tokio::test]
async fn a_list_shows_no_name_that_nobody_is_bound_to() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    lay_out(&store, 0, Sample::default()).await;
    let mut connection = db.connect().await;
    sqlx::Executor::execute(&mut connection, "delete from bindings").await.unwrap();
    let cases = store.list_cases(&Area::everywhere(), &of_batch(), NOW).await.unwrap();
    assert_eq!((cases[0].id.as_str(), cases[0].name.as_deref()), ("c000", None));
}

#[tokio::test]
async fn an_export_has_each_case_once_though_it_moves_between_pages() {
    for db in db::each().await {
        let store = db.store().await;
        twelve(&store).await;
        let filter = of_batch();
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = store.sealed_cases(&Area::everywhere(), &filter, &after, 5).await.unwrap();
            let Some(last) = page.last() else { break };
            last.id().clone_into(&mut after);
            seen.extend(page.iter().map(|case| case.id().to_owned()));
            // Decided, and taken back: it stands where it stood, earlier than the page before ended.
            let moved = "update cases set entered_at = 0 where id = 'c008'";
            sqlx::Executor::execute(&mut db.connect().await, moved).await.unwrap();
        }
        let all: Vec<String> = (0..12).map(|number| format!("c{number:03}")).collect();
        assert_eq!(seen, all);
        let some = CaseFilter { stages: vec![Stage::PortraitAtCity], ..of_batch() };
        let page = store.sealed_cases(&Area::everywhere(), &some, "c003", 9).await.unwrap();
        let ids: Vec<&str> = page.iter().map(SealedCase::id).collect();
        assert_eq!(ids, ["c006", "c009"]);
        let elsewhere = Area::everywhere().in_city("nowhere");
        assert!(store.sealed_cases(&elsewhere, &some, "", 9).await.unwrap().is_empty());
    }
}
