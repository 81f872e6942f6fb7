//! Deleting by date: what goes when, that its files are really gone, and that nothing else is.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, sync::Arc};

use graduation_bot::{
    clock::Now,
    inbound::{Level, Part, PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    office::{
        Who, deletions,
        reason::ReasonError,
        retention::{self as office, Held, Order, RetentionError, WrittenOut},
    },
    retention::{step, sweep_files},
    store::{Commit, Committed, Import, StaffRow, Store},
    time::{Millis, shanghai},
    turn::CaseChange,
    workflow::{
        case::{Case, Decided, Rejected, Revocable, Round, Stage},
        retention::{Kind, Pictures, Terms},
    },
};
use mock_platform::Mode;

use crate::{
    store::{BATCH, bind, candidate, turn},
    support::{
        app::TestApp,
        db::{self, TestDb, import},
    },
};

const DAY: i64 = 24 * 3600;
/// 2026-06-19 0:00 in Shanghai: reviews end on the 18th, which is the last day on site, too.
const END: Millis = Millis(1_781_798_400_000);

fn picture(case: &str, name: &str) -> Vec<u8> {
    format!("a picture: {name} of {case}").into_bytes()
}

fn photo(store: &Store, case: &str, name: &str) -> StoredPhoto {
    let name = store.secrets().photo_name(case, &picture(case, name));
    let (source, precheck) = (PhotoSource::Chat, Precheck::default());
    StoredPhoto { name, width: 480, height: 640, source, shows: None, precheck }
}

/// An application with three document photos that were turned down once and then approved, and a portrait.
pub(crate) async fn apply(store: &Store, number: usize, stage: Stage) -> Arc<Case> {
    let (open_id, id) = (format!("o{number}"), format!("{number:04}"));
    assert_eq!(bind(store, &open_id, &candidate(number), &id).await, Committed::Stored);
    let photos = |names: &[(PhotoSlot, &str)]| -> BTreeMap<PhotoSlot, StoredPhoto> {
        names.iter().map(|(slot, name)| (*slot, photo(store, &id, name))).collect()
    };
    let blurred =
        photos(&[(PhotoSlot::Front, "blurred"), (PhotoSlot::Back, "back"), (PhotoSlot::Handheld, "held")]);
    let sharp =
        photos(&[(PhotoSlot::Front, "sharp"), (PhotoSlot::Back, "back"), (PhotoSlot::Handheld, "held")]);
    let portrait = photos(&[(PhotoSlot::Portrait, "portrait")]);
    let round = |number, part, photos: &BTreeMap<PhotoSlot, StoredPhoto>, no: bool| {
        let rejected =
            no.then(|| Rejected { part, reasons: Vec::new(), opinion: "照片看不清楚".to_owned() });
        let revocable = Revocable { id: format!("{id}-{number}"), case: 0, session: 0, until: Millis(0) };
        let decided = Decided { level: Level::City, staff: "王".into(), at: Millis(0), rejected, revocable };
        let (submitted_at, decisions) = (Millis(0), vec![decided]);
        Round { number, part, photos: photos.clone(), submitted_at, decisions, withdrawn: false }
    };
    let before = store.load(&open_id, BATCH).await.unwrap();
    let case = before.case.as_deref().unwrap();
    let changed = Case {
        stage,
        rounds: vec![
            round(1, Part::Documents, &blurred, true),
            round(2, Part::Documents, &sharp, false),
            round(3, Part::Portrait, &portrait, false),
        ],
        round: 3,
        documents: sharp,
        portrait: portrait.into_values().next(),
        ..case.clone()
    };
    let mut turn = turn(&before);
    turn.case = Some(CaseChange { expected: case.version, case: Arc::new(changed), entered_at: None });
    let stored = store.commit(Commit::new(turn, before, BATCH, END.minus_seconds(DAY))).await.unwrap();
    assert_eq!(stored, Committed::Stored);
    store.case_by_id(&id).await.unwrap().unwrap()
}

async fn with_batch(db: &TestDb) -> Store {
    let store = db.store().await;
    let (body, csv) = (
        include_str!("../../examples/data/batch.json"),
        include_str!("../../examples/data/schedule-guangzhou.csv"),
    );
    import(&store, Import::Batches(&[(BATCH.to_owned(), body.to_owned())])).await;
    import(&store, Import::Schedule { batch: BATCH, csv, gone: &[] }).await;
    store
}

/// Every step there is, at a moment.
async fn sweep(store: &Store, now: Millis) {
    while step(store, Terms::default(), &shanghai(), now).await.unwrap() {}
}

async fn pictures(store: &Store, id: &str) -> (i64, i64, i64) {
    let Pictures { rejected, documents, portraits } = store.case_by_id(id).await.unwrap().unwrap().pictures();
    (rejected, documents, portraits)
}

fn province() -> StaffRow {
    StaffRow::new("省考办", String::new(), "province", "")
}

#[tokio::test]
async fn each_kind_goes_on_its_day_and_not_before() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        apply(&store, 0, Stage::Graduated).await;
        apply(&store, 1, Stage::NotGraduated).await;
        apply(&store, 2, Stage::Approved).await;
        let all = async || {
            [pictures(&store, "0000").await, pictures(&store, "0001").await, pictures(&store, "0002").await]
        };
        sweep(&store, END.minus_seconds(1)).await;
        assert_eq!(all().await, [(1, 3, 1); 3]);
        sweep(&store, END).await;
        assert_eq!(all().await, [(0, 3, 1), (0, 3, 0), (0, 3, 0)], "who does not graduate needs no portrait");
        sweep(&store, END.plus_seconds(30 * DAY - 1)).await;
        assert_eq!(all().await, [(0, 3, 1), (0, 3, 0), (0, 3, 0)]);
        sweep(&store, END.plus_seconds(30 * DAY)).await;
        assert_eq!(all().await, [(0, 0, 1), (0, 0, 0), (0, 0, 0)]);
        sweep(&store, END.plus_seconds(3000 * DAY)).await;
        assert_eq!(all().await[0], (0, 0, 1), "a portrait waits to be handed over");
        let (waiting, _) = store.count_jobs().await.unwrap();
        assert_eq!(waiting, 3 + 2 + 3, "a job a case and kind");
    }
}

#[tokio::test]
async fn a_case_that_an_office_owes_a_word_holds_the_batch_back_but_not_for_ever() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        apply(&store, 0, Stage::NotGraduated).await;
        apply(&store, 1, Stage::OnsitePassed).await;
        apply(&store, 2, Stage::Submitted).await;
        let all = async || {
            [pictures(&store, "0000").await, pictures(&store, "0001").await, pictures(&store, "0002").await]
        };
        sweep(&store, END.plus_seconds(179 * DAY)).await;
        assert_eq!(all().await, [(0, 3, 1); 3]);
        sweep(&store, END.plus_seconds(180 * DAY)).await;
        assert_eq!(all().await, [(0, 3, 0), (0, 3, 1), (0, 3, 0)], "the province owes it a word still");
        sweep(&store, END.plus_seconds(3000 * DAY)).await;
        assert_eq!(all().await, [(0, 0, 0), (0, 0, 1), (0, 0, 0)]);
    }
}

#[tokio::test]
async fn on_site_results_that_come_on_paper_find_the_portraits_still_there() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        apply(&store, 0, Stage::Submitted).await;
        sweep(&store, END.plus_seconds(20 * DAY)).await;
        assert_eq!(pictures(&store, "0000").await, (0, 3, 1));
    }
}

#[tokio::test]
async fn a_portrait_that_is_missing_is_told_and_holds_no_other_up() {
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-20T09:30").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let lost = apply(store, 0, Stage::Graduated).await;
    let there = apply(store, 1, Stage::Graduated).await;
    files.put(&there.portrait.as_ref().unwrap().name, &picture(&there.id, "portrait")).await.unwrap();
    let (staff, now) = (province(), app.app.clock.business());
    let hand_over = async |id: &str| {
        let who = Who::Staff(&staff);
        office::hand_over(store, files, who, Order { batch: BATCH, id, most: None }, now, |_| Ok(()))
            .await
            .unwrap()
    };
    let written = hand_over("h1").await;
    assert_eq!((written.portraits, written.missing), (1, vec![lost.number.clone()]));
    let again = hand_over("h2").await;
    assert_eq!((again.portraits, again.missing), (0, vec![lost.number.clone()]), "as long as it is missing");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_hold_keeps_a_case_or_a_batch_until_its_day() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        let number = apply(&store, 0, Stage::NotGraduated).await.number.clone();
        apply(&store, 1, Stage::NotGraduated).await;
        let (staff, zone) = (province(), shanghai());
        let lay = async |case: &str, reason: &str, days: i64, id: &str| {
            let until = END.plus_seconds(days * DAY).date(&zone);
            let held = Held { batch: BATCH, case, reason, until };
            office::hold(&store, Who::Staff(&staff), held, id.to_owned(), &zone, END).await
        };
        assert!(matches!(
            lay("", "争议", 9, "h0").await,
            Err(RetentionError::Reason(ReasonError::Length { longest: 500 }))
        ));
        assert!(matches!(lay("", "有争议，等复核", -1, "h0").await, Err(RetentionError::Until)));
        assert!(matches!(lay("", "有争议，等复核", 367, "h0").await, Err(RetentionError::Until)));
        assert!(matches!(lay("99999999", "有争议，等复核", 9, "h0").await, Err(RetentionError::NoCase)));
        let named = format!("{}有争议", candidate(0).name);
        assert!(matches!(
            lay(&number, &named, 9, "h0").await,
            Err(RetentionError::Reason(ReasonError::Personal))
        ));
        let city = StaffRow::new("市考办", String::new(), "city", "广州市");
        let held = Held { batch: BATCH, case: "", reason: "有争议，等复核", until: END.date(&zone) };
        let refused = office::hold(&store, Who::Staff(&city), held, "h0".to_owned(), &zone, END).await;
        assert!(matches!(refused, Err(RetentionError::Role)));

        lay(&number, "有争议，等复核", 9, "h1").await.unwrap();
        lay("", "整批复核", 2, "h2").await.unwrap();
        let wish = async |number: &str, at: Millis| {
            let (who, reason) = (Who::Staff(&staff), "考生来电要求");
            let found = deletions::look(&store, who, number, reason, &zone, at).await?.unwrap();
            deletions::delete(&store, who, &found, at).await
        };
        let other = store.case_by_id("0001").await.unwrap().unwrap().number.clone();
        for number in [&number, &other] {
            assert!(matches!(wish(number, END).await, Err(RetentionError::Held)), "{number}");
        }
        let batch_is_free = END.plus_seconds(3 * DAY);
        assert!(matches!(wish(&number, batch_is_free).await, Err(RetentionError::Held)));
        sweep(&store, END.plus_seconds(3 * DAY - 1)).await;
        assert_eq!(pictures(&store, "0001").await, (1, 3, 1), "the batch is held");
        sweep(&store, END.plus_seconds(3 * DAY)).await;
        assert_eq!([pictures(&store, "0000").await, pictures(&store, "0001").await], [(1, 3, 1), (0, 3, 0)]);
        let end =
            async || office::end_hold(&store, Who::Staff(&staff), "h1", END.plus_seconds(4 * DAY)).await;
        end().await.unwrap();
        assert!(matches!(end().await, Err(RetentionError::Over)));
        sweep(&store, END.plus_seconds(4 * DAY)).await;
        assert_eq!(pictures(&store, "0000").await, (0, 3, 0));
        assert_eq!(wish(&number, END.plus_seconds(4 * DAY)).await.unwrap(), 3, "it is over");
    }
}

#[tokio::test]
async fn a_portrait_goes_once_somebody_confirms_that_it_arrived() {
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-20T09:30").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    for number in 0..3 {
        let stage = if number == 2 { Stage::NotGraduated } else { Stage::Graduated };
        let case = apply(store, number, stage).await;
        files.put(&case.portrait.as_ref().unwrap().name, &picture(&case.id, "portrait")).await.unwrap();
    }
    let (staff, now) = (province(), app.app.clock.business());
    let mut out = BTreeMap::new();
    let order = |id| Order { batch: BATCH, id, most: None };
    let written = office::hand_over(store, files, Who::Staff(&staff), order("h1"), now, |portrait| {
        out.insert(portrait.exam_no.clone(), portrait.jpeg.clone());
        Ok(())
    });
    assert_eq!(written.await.unwrap(), WrittenOut { portraits: 2, missing: Vec::new() });
    let expected = [0, 1]
        .map(|number| (candidate(number).exam_no.clone(), picture(&format!("{number:04}"), "portrait")));
    assert_eq!(out, BTreeMap::from(expected));
    let again = office::hand_over(store, files, Who::Staff(&staff), order("h2"), now, |_| {
        panic!("written out twice")
    });
    assert_eq!(again.await.unwrap(), WrittenOut::default());
    app.settle().await;
    assert_eq!(pictures(store, "0000").await.2, 1, "nobody has confirmed it");
    let admin = StaffRow::new("主管", String::new(), "admin", "");
    assert!(matches!(office::confirm(store, Who::Staff(&admin), "h1", now).await, Err(RetentionError::Role)));
    office::confirm(store, Who::Staff(&staff), "h1", now).await.unwrap();
    assert!(matches!(office::confirm(store, Who::Staff(&staff), "h1", now).await, Err(RetentionError::Over)));
    let name = store.case_by_id("0000").await.unwrap().unwrap().portrait.as_ref().unwrap().name.clone();
    app.settle().await;
    assert_eq!(files.get(&name).await.unwrap(), None);
    let case = store.case_by_id("0000").await.unwrap().unwrap();
    assert_eq!((case.portrait.is_none(), case.stage), (true, Stage::Graduated));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_files_are_gone_and_the_case_still_reads() {
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-18T12:00").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let before = apply(store, 0, Stage::NotGraduated).await;
    for name in ["blurred", "sharp", "back", "held", "portrait"] {
        let stored = photo(store, "0000", name);
        assert!(before.names_photo(&stored.name), "{name}");
        files.put(&stored.name, &picture("0000", name)).await.unwrap();
    }
    let there = async || {
        let mut there = Vec::new();
        for name in ["blurred", "sharp", "back", "held", "portrait"] {
            if files.get(&photo(store, "0000", name).name).await.unwrap().is_some() {
                there.push(name);
            }
        }
        there
    };
    app.settle().await;
    assert_eq!(there().await, ["blurred", "sharp", "back", "held", "portrait"]);
    // The row is written, and the process ends before a file is touched.
    let now = app.app.clock.business();
    let taken = store.take_pictures(BATCH, Kind::Rejected, 9, now).await.unwrap();
    assert_eq!((taken.cases, taken.pictures), (1, 1));
    assert_eq!(there().await, ["blurred", "sharp", "back", "held", "portrait"]);
    app.settle().await;
    assert_eq!(there().await, ["sharp", "back", "held", "portrait"], "another worker finishes it");
    app.pass(31 * DAY).await;
    app.settle().await;
    assert_eq!(there().await, Vec::<&str>::new());
    let after = store.case_by_id("0000").await.unwrap().unwrap();
    let opinions = |case: &Case| case.rounds.iter().map(|round| round.decisions.clone()).collect::<Vec<_>>();
    assert_eq!((after.stage, opinions(&after)), (before.stage, opinions(&before)));
    assert_eq!((after.phone.as_ref(), after.photos().count()), (before.phone.as_ref(), 0));
    let lines = store.list_audit(Some("retention"), 9).await.unwrap();
    let told: Vec<_> = lines.iter().map(|row| (row.audit.act.as_str(), row.audit.detail.as_str())).collect();
    let expected = [
        "2026-06 documents cases=1 pictures=3",
        "2026-06 portraits cases=1 pictures=1",
        "2026-06 rejected cases=1 pictures=1",
    ];
    assert_eq!(told, expected.map(|detail| ("delete_pictures", detail)));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_case_that_moves_meanwhile_is_taken_next_time() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        apply(&store, 0, Stage::Approved).await;
        // Somebody read it before its pictures were taken out: they lose their race and look again.
        let before = store.load("o0", BATCH).await.unwrap();
        sweep(&store, END).await;
        let mut late = turn(&before);
        let case = before.case.as_ref().unwrap();
        let moved = Arc::new(Case { stage: Stage::Submitted, ..Case::clone(case) });
        late.case = Some(CaseChange { expected: case.version, case: moved, entered_at: None });
        let stored = store.commit(Commit::new(late, before, BATCH, END)).await.unwrap();
        assert_eq!((stored, pictures(&store, "0000").await), (Committed::Lost, (0, 3, 0)));
    }
}

#[tokio::test]
async fn files_that_nobody_names_are_found() {
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    apply(store, 0, Stage::Submitted).await;
    let (named, stray) = (photo(store, "0000", "portrait").name, photo(store, "0000", "stray").name);
    for (name, content) in [(&named, "portrait"), (&stray, "stray")] {
        files.put(name, &picture("0000", content)).await.unwrap();
    }
    let now = app.app.clock.now();
    assert_eq!(sweep_files(store, files, now).await.unwrap(), 0, "whoever stored it may be about to name it");
    let later = Now { wire: now.wire.plus_seconds(2 * DAY), ..now };
    assert_eq!(sweep_files(store, files, later).await.unwrap(), 1);
    let there = [files.get(&named).await.unwrap().is_some(), files.get(&stray).await.unwrap().is_some()];
    assert_eq!(there, [true, false]);
    assert_eq!(store.list_audit(Some("retention"), 9).await.unwrap()[0].audit.detail, "files=1");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn spent_links_and_old_lines_of_the_audit_go() {
    for db in db::each().await {
        let store = with_batch(&db).await;
        apply(&store, 0, Stage::Submitted).await;
        let before = store.load("o0", BATCH).await.unwrap();
        let mut issue = turn(&before);
        let (secret, case_id) = ("s".repeat(22), "0000".to_owned());
        let claim_until = END.plus_seconds(600);
        issue.ticket =
            Some(graduation_bot::turn::TicketChange::Issue { secret: secret.clone(), case_id, claim_until });
        store.commit(Commit::new(issue, before, BATCH, END)).await.unwrap();
        sweep(&store, claim_until.plus_seconds(DAY)).await;
        assert!(store.ticket(&secret).await.unwrap().is_some(), "who opens it is told that it is old");
        let lines = store.list_audit(None, 99).await.unwrap().len();
        assert!(lines > 0);
        sweep(&store, claim_until.plus_seconds(DAY + 1)).await;
        assert!(store.ticket(&secret).await.unwrap().is_none());
        sweep(&store, END.plus_seconds(1096 * DAY)).await;
        let left = store.list_audit(None, 99).await.unwrap();
        assert!(left.iter().all(|row| row.audit.act == "delete_pictures"), "{left:?}");
    }
}
