//! The columns of the tables: commands with what makes a difference to them.

mod offices;

use std::sync::LazyLock;

use super::super::*;
use crate::{
    inbound::{Decision, Level, Part, Precheck, ReviewAct},
    time::Millis,
    workflow::{
        case::{Decided, Rejected, Revocable, Round},
        reason::Reason,
    },
};

/// A moment inside the window.
pub(super) const NOON: Moment = Moment { at: Millis(1_781_500_000_000), window: Window::Open };

/// Makes a case one of a circumstance.
type Given = fn(&mut Case);

/// One command under one circumstance.
pub(super) struct Cell {
    /// As the tables call it.
    pub(super) name: String,
    window: Window,
    /// How long after [`NOON`].
    seconds: i64,
    given: Given,
    command: Box<dyn Fn(&Case) -> Command + Send + Sync>,
}

impl Cell {
    /// A case as this cell wants it.
    pub(super) fn prepare(&self, case: &Case) -> Case {
        let mut case = case.clone();
        (self.given)(&mut case);
        case
    }

    /// The command, for a prepared case.
    pub(super) fn command(&self, case: &Case) -> Command {
        (self.command)(case)
    }

    /// When it is given.
    pub(super) fn moment(&self) -> Moment {
        Moment { window: self.window, at: NOON.at.plus_seconds(self.seconds) }
    }

    fn at(self, window: Window) -> Self {
        Self { window, ..self }
    }

    fn given(self, given: Given) -> Self {
        Self { given, ..self }
    }
}

/// The windows after the open one, as names of cells call them.
const LATE: [(&str, Window); 2] = [("review only", Window::ReviewOnly), ("closed", Window::Closed)];

fn when(name: impl Into<String>, command: impl Fn(&Case) -> Command + Send + Sync + 'static) -> Cell {
    Cell { name: name.into(), window: Window::Open, seconds: 0, given: |_| {}, command: Box::new(command) }
}

fn cell(name: impl Into<String>, command: Command) -> Cell {
    when(name, move |_| command.clone())
}

/// All columns.
pub(super) static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(cells);

fn cells() -> Vec<Cell> {
    let mut cells = open();
    cells.extend(too_early());
    for (name, window) in LATE {
        let late = |cell: Cell| Cell { name: format!("late {} ({name})", cell.name), window, ..cell };
        cells.extend(open().into_iter().map(late));
    }
    cells.extend(reviews());
    cells.extend(offices::taken_back());
    cells.extend(offices::on_site());
    cells
}

/// All but reviews, in the window.
fn open() -> Vec<Cell> {
    [plain(), predictions(), applications(), pictures()].into_iter().flatten().collect()
}

/// Whatever submits, before the window.
fn too_early() -> Vec<Cell> {
    vec![
        cell("apply passed (before)", Command::Apply(Predicted::Passed)).at(Window::Before),
        cell("apply failed (before)", Command::Apply(Predicted::Failed)).at(Window::Before),
        cell("apply unavailable (before)", Command::Apply(Predicted::Unavailable)).at(Window::Before),
        cell("submit_documents 3 photos (before)", Command::SubmitDocuments)
            .given(|case| fill(case, 3))
            .at(Window::Before),
        cell("finish (before)", Command::Finish).at(Window::Before),
    ]
}

fn plain() -> Vec<Cell> {
    vec![
        cell("substitute", Command::Substitute(SubstitutionChoice::default())),
        cell("choose_place same city", Command::ChoosePlace(place("广州市", "越秀区"))),
        cell("choose_place other city", Command::ChoosePlace(place("深圳市", "福田区"))),
        cell("set_phone", Command::SetPhone("+8613700137000".into())),
        cell("answer match", Command::AnswerPopulation(PopulationAnswered::Match)),
        cell("answer mismatch", Command::AnswerPopulation(mismatch())),
        cell("answer unavailable", Command::AnswerPopulation(PopulationAnswered::Unavailable)),
        cell("answer unavailable again", Command::AnswerPopulation(PopulationAnswered::Unavailable))
            .given(|case| case.told_unavailable = Some(NOON.at)),
        cell("next", Command::Next),
        cell("confirm_data", Command::ConfirmData),
        cell("dispute_data", Command::DisputeData),
        cell("reconsider", Command::Reconsider),
        cell("read_standard", Command::ReadStandard),
        cell("read_standard early", Command::ReadStandard).given(|case| case.portrait_early = true),
        cell("renew_code", Command::RenewCode),
        cell("claim", Command::Claim),
        cell("retake", Command::Retake),
        cell("withdraw", Command::Withdraw),
        cell("reopen", Command::Reopen),
    ]
}

fn predictions() -> Vec<Cell> {
    let passed = || Command::Predict(Predicted::Passed);
    vec![
        cell("predict passed", passed()),
        cell("predict passed (place known)", passed())
            .given(|case| case.place = Some(place("广州市", "天河区"))),
        cell("predict passed (place and phone known)", passed()).given(|case| {
            case.place = Some(place("广州市", "天河区"));
            case.phone = Some("+8613700137000".into());
        }),
        cell("predict failed", Command::Predict(Predicted::Failed)),
        cell("predict unavailable", Command::Predict(Predicted::Unavailable)),
        cell("predict impossible", Command::Predict(Predicted::Impossible)),
    ]
}

fn applications() -> Vec<Cell> {
    let outcomes = [
        ("passed", Predicted::Passed),
        ("failed", Predicted::Failed),
        ("unavailable", Predicted::Unavailable),
        ("impossible", Predicted::Impossible),
    ];
    let mut cells = Vec::new();
    for (name, outcome) in outcomes {
        cells.push(cell(format!("apply {name}"), Command::Apply(outcome)));
    }
    let circumstances: [(&str, Given); 4] = [
        ("population matched", |case| case.population = Some(population(true))),
        ("population mismatched", |case| case.population = Some(population(false))),
        ("documents approved", |case| {
            case.population = Some(population(false));
            case.documents_ok = true;
        }),
        ("portrait approved", |case| case.portrait_ok = true),
    ];
    for (name, given) in circumstances {
        cells.push(cell(format!("apply passed ({name})"), Command::Apply(Predicted::Passed)).given(given));
    }
    cells
}

fn pictures() -> Vec<Cell> {
    let mut cells = vec![
        cell("submit_documents 0 photos", Command::SubmitDocuments).given(|case| fill(case, 0)),
        cell("submit_documents 2 photos", Command::SubmitDocuments).given(|case| fill(case, 2)),
        cell("submit_documents 3 photos", Command::SubmitDocuments).given(|case| fill(case, 3)),
        cell("submit_documents 3 old photos", Command::SubmitDocuments).given(|case| {
            fill(case, 3);
            case.documents_changed = false;
        }),
        cell("finish", Command::Finish),
        cell("finish early", Command::Finish).given(|case| early(case, PhotoSource::MenuCamera)),
        cell("finish early by the page", Command::Finish).given(|case| early(case, PhotoSource::CameraPage)),
        cell("finish (documents stand)", Command::Finish).given(|case| sent_back(case, Part::Portrait)),
        cell("finish (both rejected)", Command::Finish).given(|case| sent_back(case, Part::Both)),
        cell("retake (documents rejected)", Command::Retake).given(|case| sent_back(case, Part::Documents)),
        cell("retake (both rejected)", Command::Retake).given(|case| sent_back(case, Part::Both)),
        cell("next (documents rejected)", Command::Next).given(|case| sent_back(case, Part::Documents)),
        cell("next (both rejected)", Command::Next).given(|case| sent_back(case, Part::Both)),
    ];
    let slots = [
        ("front", PhotoSlot::Front),
        ("back", PhotoSlot::Back),
        ("handheld", PhotoSlot::Handheld),
        ("portrait", PhotoSlot::Portrait),
    ];
    for (name, slot) in slots {
        let command = Command::StoreDocument(slot, photo("document", PhotoSource::Chat));
        cells.push(cell(format!("store_document {name}"), command));
    }
    let sources = [
        ("menu camera", PhotoSource::MenuCamera),
        ("camera page", PhotoSource::CameraPage),
        ("album", PhotoSource::Chat),
    ];
    for (name, source) in sources {
        cells.push(cell(format!("store_portrait {name}"), Command::StorePortrait(photo("portrait", source))));
    }
    cells
}

fn reviews() -> Vec<Cell> {
    let approves = |level| move |case: &Case| review(case, case.round, level, Decision::Approve);
    let rejects = |level, part, opinion: &'static str| {
        move |case: &Case| review(case, case.round, level, reject(part, opinion))
    };
    let mut cells = vec![
        when("review city approves", approves(Level::City)),
        when("review province approves", approves(Level::Province)),
        when("review city rejects documents", rejects(Level::City, Part::Documents, "  不够清楚 ")),
        when("review city rejects portrait", rejects(Level::City, Part::Portrait, "  不够清楚 ")),
        when("review city rejects both", rejects(Level::City, Part::Both, "不够清楚")),
        when("review province rejects documents", rejects(Level::Province, Part::Documents, "不够清楚")),
        when("review province rejects portrait", rejects(Level::Province, Part::Portrait, "不够清楚")),
        when("review province rejects both", rejects(Level::Province, Part::Both, "不够清楚")),
        when("review city rejects with 3 characters", |case| {
            review(case, case.round, Level::City, reject(part(case), "不清楚"))
        }),
        when("review city rejects with 4 blanks", |case| {
            review(case, case.round, Level::City, reject(part(case), "    "))
        }),
        when("review city rejects with 501 characters", |case| {
            review(case, case.round, Level::City, reject(part(case), &"长".repeat(501)))
        }),
        when("review city rejects for P03", |case| {
            review(case, case.round, Level::City, reject_for(part(case), Reason::P03))
        }),
        when("review city rejects for D03", |case| {
            review(case, case.round, Level::City, reject_for(part(case), Reason::D03))
        }),
        when("review earlier round", |case| {
            review(case, case.round.wrapping_sub(1), due(case), Decision::Approve)
        }),
        when("review later round", |case| review(case, case.round + 1, due(case), Decision::Approve)),
    ];
    for (name, window) in [("before", Window::Before)].into_iter().chain(LATE) {
        for (office, level) in [("city", Level::City), ("province", Level::Province)] {
            cells.push(when(format!("review {office} approves ({name})"), approves(level)).at(window));
        }
    }
    cells
}

fn review(case: &Case, round: u32, level: Level, decision: Decision) -> Command {
    Command::Review(
        ReviewAct { staff: "reviewer".into(), level, round, decision },
        revocable(case.version, NOON.at),
    )
}

/// A decision on a case of this version, in the person's first session.
pub(super) fn revocable(version: i64, at: Millis) -> Revocable {
    Revocable { id: "01DECISION".into(), case: version + 1, session: SESSION, until: at.plus_seconds(10) }
}

/// The version of the person's session that a decision leaves.
pub(super) const SESSION: i64 = 3;

fn reject(part: Part, opinion: &str) -> Decision {
    Decision::Reject { part, reasons: vec![], opinion: opinion.into() }
}

/// In the reason's own words.
fn reject_for(part: Part, reason: Reason) -> Decision {
    Decision::Reject { part, reasons: vec![reason], opinion: String::new() }
}

/// The part that the last round submitted.
fn part(case: &Case) -> Part {
    case.rounds.last().map_or(Part::Documents, |round| round.part)
}

/// Whose turn it is.
fn due(case: &Case) -> Level {
    case.stage.reviewed_at().unwrap_or(Level::City)
}

fn mismatch() -> PopulationAnswered {
    PopulationAnswered::Mismatch { reason: "姓名不一致".into() }
}

fn population(matched: bool) -> Population {
    Population { matched, reason: String::new(), at: NOON.at }
}

pub(super) fn place(city: &str, district: &str) -> Place {
    Place { city: city.into(), district: district.into() }
}

/// A picture; those of one name are the same picture.
pub(super) fn photo(name: &str, source: PhotoSource) -> StoredPhoto {
    StoredPhoto {
        name: name.into(),
        width: 1200,
        height: 1600,
        source,
        shows: None,
        precheck: Precheck::default(),
    }
}

fn early(case: &mut Case, source: PhotoSource) {
    case.portrait = Some(photo("portrait", source));
    case.portrait_early = true;
}

fn fill(case: &mut Case, count: usize) {
    let slots = DOCUMENT_SLOTS.into_iter().take(count);
    case.documents = slots.map(|slot| (slot, photo(&format!("{slot:?}"), PhotoSource::Chat))).collect();
    case.documents_changed = true;
}

/// Its documents and portrait were sent back with an opinion on this part.
fn sent_back(case: &mut Case, part: Part) {
    fill(case, 3);
    case.documents_changed = false;
    let portrait = photo("portrait", PhotoSource::MenuCamera);
    case.portrait = Some(portrait.clone());
    case.round += 1;
    let rejected = Some(Rejected { part, reasons: vec![], opinion: "不够清楚".into() });
    let (level, staff, revocable) = (Level::City, "reviewer".into(), revocable(case.version, NOON.at));
    let decided = Decided { level, staff, at: NOON.at, rejected, revocable };
    case.rounds.push(Round {
        number: case.round,
        part: Part::Both,
        photos: case.documents.clone().into_iter().chain([(PhotoSlot::Portrait, portrait)]).collect(),
        submitted_at: NOON.at,
        decisions: vec![decided],
        withdrawn: false,
    });
}
