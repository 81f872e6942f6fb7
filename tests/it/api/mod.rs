//! The JSON API over real HTTP: who gets in, what each key may, what is refused and how, and that nothing is done twice.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod cases;
mod client;
mod document;
mod doors;
mod exports;
mod queue;
mod tables;

use std::{collections::BTreeMap, sync::Arc};

use graduation_bot::{
    config::Config,
    inbound::{Part, PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    store::{Commit, Committed},
    turn::{Binding, CaseChange, RegistryAnswer, Turn},
    workflow::{
        candidate::read_candidates,
        case::{Case, Place, Round, Stage},
    },
};
use mock_platform::Mode;

use crate::support::{app::TestApp, db::TestDb};

/// A bot with its sample data.
async fn bot() -> TestApp {
    bot_with(|_| {}).await
}

async fn bot_with(change: impl FnOnce(&mut Config)) -> TestApp {
    TestApp::start_with(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30", change).await
}

/// Document photos of one of the sample candidates, handed in at a place: they wait for the city.
async fn hand_in(app: &TestApp, at: usize, number: &str, city: &str, district: &str) {
    let text = include_str!("../../../examples/data/candidates.json");
    let mut candidates = read_candidates(text, jiff::civil::date(2026, 6, 15), |one| one).unwrap();
    let candidate = Arc::new(candidates.swap_remove(at));
    let open_id = format!("o-{number}");
    let photo = |n: u8| StoredPhoto {
        name: format!("{n:064x}"),
        width: 1200,
        height: 800,
        source: PhotoSource::Chat,
        shows: None,
        precheck: Precheck { codes: vec!["BLUR".into()], measures: "longer_side=1200".into() },
    };
    let documents: BTreeMap<PhotoSlot, StoredPhoto> =
        [(PhotoSlot::Front, photo(1)), (PhotoSlot::Back, photo(2)), (PhotoSlot::Handheld, photo(3))].into();
    let now = app.app.clock.business();
    let round = Round {
        number: 1,
        part: Part::Documents,
        photos: documents.clone(),
        submitted_at: now,
        decisions: Vec::new(),
        withdrawn: false,
    };
    let case = Case {
        stage: Stage::DocumentsAtCity,
        place: Some(Place { city: city.to_owned(), district: district.to_owned() }),
        documents,
        round: 1,
        rounds: vec![round],
        ..Case::open(format!("01J{number:0>23}"), number.to_owned(), "2026-06", &open_id, &candidate)
    };
    let store = &app.app.store;
    let mut before = store.load(&open_id, "2026-06").await.unwrap();
    before.found.candidate =
        Some(RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None });
    let mut session = before.session.clone();
    session.exam_no = Some(candidate.exam_no.clone());
    "main.menu".clone_into(&mut session.state);
    let turn = Turn {
        record: Some(Arc::clone(&candidate)),
        case: Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None }),
        binding: Some(Binding::Bind { exam_no: candidate.exam_no.clone() }),
        ..Turn::of_session(session)
    };
    let commit = Commit::new(turn, before, "2026-06", now);
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
}
