//! The store, every query on every database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod api;
mod attempts;
mod audit;
mod commits;
mod crossing;
mod deletions;
mod figures;
mod imports;
mod inquiries;
mod jobs;
mod keys;
mod outbox;
mod people;
mod queue;
mod reach;
mod staff_links;
mod tables;
mod templates;
mod verdicts;

use std::sync::Arc;

use graduation_bot::{
    clock::Now,
    store::{Commit, Committed, InboxRow, Store},
    time::Millis,
    turn::{Binding, CaseChange, Found, Notice, NoticeBody, RegistryAnswer, Session, Snapshot, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Stage},
    },
};

pub(crate) const BATCH: &str = "2026-06";

/// 2026-06-12 9:30 in Shanghai.
const NOW: Millis = Millis(1_781_227_800_000);

fn later(seconds: i64) -> Millis {
    NOW.plus_seconds(seconds)
}

/// So many seconds after [`NOW`], in both times: wire time is another year, so that neither can stand for the other.
fn at(seconds: i64) -> Now {
    Now { business: later(seconds), wire: Millis(1_700_000_000_000).plus_seconds(seconds) }
}

/// A turn that changes nothing yet.
pub(crate) fn turn(before: &Snapshot) -> Turn {
    Turn::of_session(before.session.clone())
}

fn commit(turn: Turn, before: &Snapshot) -> Commit {
    Commit::new(turn, before.clone(), BATCH, NOW)
}

fn message(key: &str, answer: Option<&str>) -> InboxRow {
    InboxRow {
        key: key.to_owned(),
        body_hash: format!("hash of {key}"),
        answer: answer.map(str::to_owned),
        awaited_until: answer.is_none().then(|| later(4)),
    }
}

pub(crate) fn notice(id: &str, text: &str) -> Notice {
    Notice {
        id: id.to_owned(),
        event: "reply".to_owned(),
        body: NoticeBody::Text { text: text.to_owned(), menu: vec![], template: [].into() },
        important: false,
        revocable: None,
    }
}

/// The sample candidates, in order.
pub(crate) fn candidate(number: usize) -> Arc<Candidate> {
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../examples/data/candidates.json")).unwrap();
    Arc::new(all[number].clone())
}

fn case(id: &str, open_id: &str, candidate: &Candidate) -> Case {
    Case {
        stage: Stage::Ready,
        place: Some(Place { city: "广州市".to_owned(), district: "天河区".to_owned() }),
        phone: Some("+8613800138001".to_owned()),
        ..Case::open(id.to_owned(), format!("1000{id}"), BATCH, open_id, candidate)
    }
}

/// Stores one plain turn of a person.
async fn talk(store: &Store, open_id: &str, state: &str) -> Committed {
    let before = store.load(open_id, BATCH).await.unwrap();
    let mut turn = turn(&before);
    state.clone_into(&mut turn.session.state);
    store.commit(commit(turn, &before)).await.unwrap()
}

/// Binds a candidate and creates a case.
pub(crate) async fn bind(
    store: &Store,
    open_id: &str,
    candidate: &Arc<Candidate>,
    case_id: &str,
) -> Committed {
    let mut before = store.load(open_id, BATCH).await.unwrap();
    before.found = Found {
        candidate: Some(RegistryAnswer::Known {
            candidate: Arc::clone(candidate),
            bound_to: None,
            case: None,
        }),
        ..Found::default()
    };
    let mut turn = turn(&before);
    turn.session.exam_no = Some(candidate.exam_no.clone());
    turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
    turn.case =
        Some(CaseChange { expected: 0, case: Arc::new(case(case_id, open_id, candidate)), entered_at: None });
    store.commit(commit(turn, &before)).await.unwrap()
}

/// Changes the stage of a person's case.
fn move_case(before: &Snapshot, stage: Stage) -> Commit {
    let mut turn = turn(before);
    let case = before.case.as_ref().unwrap();
    let moved = Arc::new(Case { stage, ..Case::clone(case) });
    turn.case = Some(CaseChange { expected: case.version, case: moved, entered_at: None });
    commit(turn, before)
}

fn at_version(session: &Session, version: i64) -> Session {
    Session { version, ..session.clone() }
}
