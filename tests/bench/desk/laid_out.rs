//! The cases: stored through [`Store::commit`] as turns of their candidates, in 21 cities and every stage, eight of ten
//! in the present batch. A quarter of them is one city's. What the offices decided and how pushes ended comes as rows beside them.
//! Everything is drawn by dice without a seed, so that each run has the same.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use graduation_bot::{
    inbound::{Level, Part, PhotoSlot, PhotoSource, Precheck, Reason, StoredPhoto},
    office::{Role, queue},
    store::{Commit, Committed, Import, Store},
    time::Millis,
    turn::{Binding, CaseChange, Found, RegistryAnswer, Session, Snapshot, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Decided, Place, Rejected, Revocable, Round, Stage},
        plan,
    },
};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::db::{self, TestDb};

/// The fifth of the batch's six days, 14:30 in Guangdong.
pub(crate) const NOW: Millis = Millis(1_781_591_400_000);
const BATCHES: [&str; 3] = ["2026-06", "2025-12", "2025-06"];
const CITIES: usize = 21;
/// Of a city.
const DISTRICTS: usize = 6;
/// Turns that are stored at once.
const AT_ONCE: usize = 256;
/// Since the batch has been open.
const OPEN_SECONDS: usize = 360_000;
/// Of the days on site; the sixteenth is today.
const SCHEDULE: &str = "city,district,dates,address,phones,date_ranges,days,office_hours_as_written,\
    am_start,am_end,pm_start,pm_end\n";

/// A city by its number; the first has a quarter of the cases.
pub(crate) fn city(nth: usize) -> String {
    format!("第{nth}市")
}

/// A district of a city.
pub(crate) fn district(city: usize, nth: usize) -> String {
    format!("第{city}市第{nth}区")
}

/// Three characters: a name that about twenty people of 100,000 have.
pub(crate) fn name(number: usize) -> String {
    let of = |dice: usize| char::from_u32(0x4E00 + (dice % 17) as u32).unwrap();
    [dice(number), dice(number) / 17, dice(number) / 289].map(of).into_iter().collect()
}

/// The number of somebody's document.
pub(crate) fn document(number: usize) -> String {
    format!("{number:018}")
}

/// Numbers of cases that wait for this role's decision.
pub(crate) fn waiting(role: &Role, cases: usize) -> Vec<String> {
    let stages = queue::waiting(role.level(), None);
    let waits = |number: &usize| {
        let place = place(*number);
        stages.contains(&stage(*number)) && batch(*number) == BATCHES[0] && role.sees(Some(&place))
    };
    (0..cases).filter(waits).map(|number| format!("{number:08}")).collect()
}

/// The same numbers each time.
pub(crate) fn dice(number: usize) -> usize {
    (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29) as usize >> 8
}

fn batch(number: usize) -> &'static str {
    BATCHES[[0, 0, 0, 0, 0, 0, 0, 0, 1, 2][number % 10]]
}

fn stage(number: usize) -> Stage {
    Stage::ALL[dice(number) / 7 % Stage::ALL.len()]
}

fn place(number: usize) -> Place {
    let nth = if number.is_multiple_of(4) { 0 } else { 1 + dice(number) % (CITIES - 1) };
    Place { city: city(nth), district: district(nth, dice(number) / 99 % DISTRICTS) }
}

/// Fills an empty database.
pub(crate) async fn lay_out(db: &TestDb, cases: usize) {
    let store = db.store().await;
    import_tables(&store).await;
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../../examples/data/candidates.json")).unwrap();
    for start in (0..cases).step_by(AT_ONCE) {
        let people = start..(start + AT_ONCE).min(cases);
        join_all(people.map(|number| store_case(&store, number, &all[0]))).await;
    }
    store.close().await;
    add_rows(db).await;
}

/// One batch with plans and places.
pub(crate) async fn import_tables(store: &Store) {
    let body = include_str!("../../../examples/data/batch.json");
    db::import(store, Import::Batches(&[(BATCHES[0].to_owned(), body.to_owned())])).await;
    let plans = plan::read_plans(include_str!("../../../examples/data/plans.json")).unwrap();
    let plans: Vec<_> =
        plans.iter().map(|plan| (plan.id.clone(), serde_json::to_string(plan).unwrap())).collect();
    db::import(store, Import::Plans(&plans)).await;
    let places = (0..CITIES).flat_map(|city| (0..DISTRICTS).map(move |nth| (city, nth)));
    let line = |(nth, part)| {
        let (city, district) = (city(nth), district(nth, part));
        format!(
            "{city},{district},6月15-17日,中山路{part}号,020-8888000{part},06-15..06-17,06-15;06-16;06-17,,\
             09:15,11:30,14:30,17:30\n"
        )
    };
    let csv = places.map(line).collect::<String>();
    let csv = format!("{SCHEDULE}{csv}");
    db::import(store, Import::Schedule { batch: BATCHES[0], csv: &csv, gone: &[] }).await;
}

/// One person binds and is wherever the dice say.
async fn store_case(store: &Store, number: usize, sample: &Candidate) {
    let open_id = format!("oBench{number:022}");
    let candidate = Arc::new(Candidate {
        exam_no: format!("0101{number:08}"),
        document_no: document(number),
        name: name(number),
        ..sample.clone()
    });
    let at = NOW.minus_seconds((dice(number) % OPEN_SECONDS) as i64);
    let case = case_of(number, &open_id, &candidate, at);
    let found = RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None };
    let before = Snapshot {
        session: Session::new(&open_id),
        candidate: None,
        case: None,
        found: Found { candidate: Some(found), ..Found::default() },
    };
    let mut turn = Turn::of_session(before.session.clone());
    turn.session.exam_no = Some(candidate.exam_no.clone());
    turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
    turn.record = Some(candidate);
    turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
    let stored = store.commit(Commit::new(turn, before, batch(number), at)).await.unwrap();
    assert_eq!(stored, Committed::Stored);
}

fn case_of(number: usize, open_id: &str, candidate: &Candidate, at: Millis) -> Case {
    let stage = stage(number);
    let rounds =
        if stage < Stage::DocumentsAtCity { 0 } else { 1 + u32::from(dice(number).is_multiple_of(3)) };
    let id = format!("01J{:023}", dice(number));
    Case {
        stage,
        place: Some(place(number)),
        phone: Some("+8613800138001".to_owned()),
        round: rounds,
        rounds: (1..=rounds).map(|nth| round(nth, nth < rounds, stage, at)).collect(),
        submitted_at: (stage >= Stage::Submitted).then_some(at),
        ..Case::open(id, format!("{number:08}"), batch(number), open_id, candidate)
    }
}

/// A round: an earlier one was turned down; one that the province has was approved by the city.
fn round(number: u32, is_over: bool, stage: Stage, at: Millis) -> Round {
    let rejected =
        || Rejected {
            part: Part::Portrait, reasons: vec![Reason::P03], opinion: "请换白色背景".to_owned()
        };
    let decided = |rejected| Decided {
        level: Level::City,
        staff: "李老师".to_owned(),
        at,
        rejected,
        revocable: Revocable { id: String::new(), case: 1, session: 1, until: at },
    };
    let is_passed_on = stage.reviewed_at() == Some(Level::Province);
    let decisions = match (is_over, is_passed_on) {
        (true, _) => vec![decided(Some(rejected()))],
        (false, true) => vec![decided(None)],
        (false, false) => Vec::new(),
    };
    let part = stage.reviewed_part().unwrap_or(Part::Both);
    let slots = [PhotoSlot::Portrait, PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld];
    let is_of_part = |slot: &PhotoSlot| match part {
        Part::Portrait => *slot == PhotoSlot::Portrait,
        Part::Documents => *slot != PhotoSlot::Portrait,
        Part::Both => true,
    };
    let photos: BTreeMap<_, _> = slots.into_iter().filter(is_of_part).map(|slot| (slot, photo())).collect();
    Round { number, part, photos, submitted_at: at, decisions, withdrawn: false }
}

fn photo() -> StoredPhoto {
    StoredPhoto {
        name: "0".repeat(64),
        width: 480,
        height: 640,
        source: PhotoSource::PageFile,
        shows: None,
        precheck: Precheck {
            codes: vec!["HEAD_TILT".to_owned()],
            measures: "eye_line=250 face_width=222 off_centre=3 hair_top=82".to_owned(),
        },
    }
}

/// An approval of each case in review or beyond, a rejection of each second round, four pushes each, of which one in fifty
/// ended badly; as long as they are in life.
async fn add_rows(db: &TestDb) {
    let mut connection = db.connect().await;
    let blob = if db.file.is_some() { "zeroblob(300)" } else { "cast(repeat('x', 300) as bytea)" };
    let nth = "cast(c.number as bigint)";
    let decided = |part, round: &str, verdict: &str, reasons: &str, condition: &str| {
        format!(
            "insert into decisions (id, case_id, batch, city, district, round, level, part, verdict, reasons, staff, at) \
             select '{part}' || c.id, c.id, c.batch, c.city, c.district, {round}, 'city', 'both', '{verdict}', \
             {reasons}, '李老师', c.entered_at from cases c where {condition}"
        )
    };
    let codes =
        format!("'P0' || ({nth} % 9 + 1) || case {nth} % 3 when 0 then ' D0' || ({nth} % 5 + 1) else '' end");
    let pushes = (1..=4).map(|push| {
        format!(
            "insert into outbox (id, position, open_id, case_id, event, body, important, state, attempts, doubts, \
             reason, created_at, ended_at) select '{push}' || c.id, '{push}' || c.id, c.open_id, c.id, 'reply', {blob}, 0, \
             case ({nth} + {push}) % 50 when 0 then 'given_up' else 'delivered' end, 1, 0, \
             case ({nth} + {push}) % 50 when 0 then 'refused ' || (43000 + {nth} % 7) else null end, \
             c.entered_at, c.entered_at from cases c"
        )
    });
    let decisions = [
        decided("a", "c.round", "approved", "''", "c.round > 0"),
        decided("r", "1", "rejected", &codes, "c.round > 1"),
    ];
    for statement in decisions.into_iter().chain(pushes) {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    // PostgreSQL does so by itself now and then. SQLite never does, and must find its way without.
    if db.file.is_none() {
        connection.execute("vacuum analyze").await.unwrap();
    }
}
