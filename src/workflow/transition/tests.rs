//! Every stage × every command, as the procedure has it, and what holds on every way through the machine.
//!
//! The tables are text (`head.txt`, `documents.txt`, `portrait.txt`, `onsite.txt`, `bundle.txt`): a block per stage, `[stage] number,
//! from OTHER by CELL`, whose sample case is the one of OTHER moved by CELL; so every stage is also shown to be
//! reachable. `bundle.txt` has the blocks of the second track: those of its own, and those of shared stages in which
//! something differs or to which another way leads. A block's lines are `outcome | cells`. An outcome is the next stage, or `stays`, with the events in order, or `refuses` with
//! the refusal's name. A cell is a row of [`CELLS`]; `apply *` means every cell whose name begins so and that no other
//! entry of the block names more closely. Each cell stands in each block exactly once. Cells in the window have twins
//! called `late …`, in both windows after it.

mod cells;
mod sequences;

use std::{collections::BTreeSet, fmt::Write as _, sync::LazyLock};

use super::*;
use crate::{
    inbound::{Decision, Level, Part, ReviewAct},
    workflow::{
        candidate::{Candidate, read_candidates},
        notice,
        reason::{self, Reason},
        reminder::Kind,
    },
};
use cells::{CELLS, Cell, NOON};

const TABLES: [(Track, &str); 5] = [
    (Track::Id, include_str!("head.txt")),
    (Track::Id, include_str!("documents.txt")),
    (Track::Id, include_str!("portrait.txt")),
    (Track::Id, include_str!("onsite.txt")),
    (Track::NonId, include_str!("bundle.txt")),
];

/// What the tables say of one stage.
struct Block {
    /// Whose: those of the first track are the other's, too, where it has none of its own.
    track: Track,
    stage: Stage,
    /// The stage before and the cell that leads here; `None` for a new case.
    from: Option<(Stage, String)>,
    /// Outcome and cell, as written.
    entries: Vec<(String, String)>,
}

fn stage_named(name: &str) -> Stage {
    let named = Stage::ALL.into_iter().find(|stage| stage.name() == name);
    named.unwrap_or_else(|| panic!("no stage is called `{name}`"))
}

fn cell_named(name: &str) -> &'static Cell {
    CELLS.iter().find(|cell| cell.name == name).unwrap_or_else(|| panic!("no cell is called `{name}`"))
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let lines = TABLES.iter().flat_map(|(track, table)| table.lines().map(move |line| (*track, line)));
    for (track, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('[') {
            let (name, rest) = header.split_once(']').unwrap();
            let from = rest.split_once(", from ").and_then(|(_, way)| way.split_once(" by "));
            let from = from.map(|(stage, cell)| (stage_named(stage), cell.to_owned()));
            blocks.push(Block { track, stage: stage_named(name), from, entries: Vec::new() });
            continue;
        }
        let (outcome, cells) = line.split_once('|').unwrap_or_else(|| panic!("no outcome in `{line}`"));
        let entries = cells.split(',').map(|cell| (outcome.trim().to_owned(), cell.trim().to_owned()));
        blocks.last_mut().unwrap().entries.extend(entries);
    }
    blocks
}

impl Block {
    /// The entry that names a cell most closely.
    fn entry(&self, cell: &str) -> Option<&(String, String)> {
        let names = |entry: &str| match entry.strip_suffix('*') {
            Some(start) => cell.starts_with(start) || cell == start.trim_end(),
            None => entry == cell,
        };
        let fitting = self.entries.iter().filter(|(_, entry)| names(entry));
        fitting.max_by_key(|(_, entry)| (!entry.ends_with('*'), entry.len()))
    }
}

/// The demo's candidate whose data does not match: every step of the procedure is theirs to go.
pub(crate) fn candidate() -> Candidate {
    sample_candidate("010112345678")
}

fn sample_candidate(exam_no: &str) -> Candidate {
    let text = include_str!("../../../examples/data/candidates.json");
    let candidates = read_candidates(text, jiff::civil::date(2026, 6, 15), |candidate| candidate).unwrap();
    candidates.into_iter().find(|candidate| candidate.exam_no == exam_no).unwrap()
}

/// A case of [`candidate`], or of somebody with a passport or permit where only they come to, that came to a stage by
/// the way that the tables tell.
pub(crate) fn sample(stage: Stage) -> Case {
    sample_of(Track::Id, stage).or_else(|| sample_of(Track::NonId, stage)).unwrap()
}

/// A case of one track at a stage, if that track comes there.
pub(crate) fn sample_of(track: Track, stage: Stage) -> Option<Case> {
    static SAMPLES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let blocks = blocks();
        let reached = |track| {
            Stage::ALL.into_iter().filter_map(|stage| reach(&blocks, track, stage)).collect::<Vec<_>>()
        };
        [Track::Id, Track::NonId].into_iter().flat_map(reached).collect()
    });
    SAMPLES.iter().find(|case| case.track == track && case.stage == stage).cloned()
}

/// All samples: both tracks, at each stage they come to.
pub(crate) fn samples() -> impl Iterator<Item = Case> {
    let of = |track| Stage::ALL.into_iter().filter_map(move |stage| sample_of(track, stage));
    [Track::Id, Track::NonId].into_iter().flat_map(of)
}

fn block_of(blocks: &[Block], track: Track, stage: Stage) -> Option<&Block> {
    let of = |track| blocks.iter().find(move |block| (block.track, block.stage) == (track, stage));
    of(track).or_else(|| of(Track::Id))
}

/// `None` where a stage belongs to the other track.
fn reach(blocks: &[Block], track: Track, stage: Stage) -> Option<Case> {
    let Some((before, cell)) = &block_of(blocks, track, stage)?.from else {
        let candidate = match track {
            Track::Id => candidate(),
            Track::NonId => sample_candidate("010126000008"),
        };
        return Some(Case::open("01CASE".into(), "12345678".into(), "2026-06", "o-candidate", &candidate));
    };
    let cell = cell_named(cell);
    let case = cell.prepare(&reach(blocks, track, *before)?);
    let moved = apply(&case, cell.command(&case), cell.moment()).ok()?;
    let version = case.version + 1;
    (moved.case.stage == stage).then_some(Case { version, ..moved.case })
}

/// An outcome in the tables' words.
fn told(before: &Case, moved: &Moved) -> String {
    match moved {
        Err(refusal) => format!("refuses {}", refusal.name()),
        Ok(Transition { case, events }) => {
            let stage = if case.stage == before.stage { "stays" } else { case.stage.name() };
            events.iter().fold(stage.to_owned(), |mut told, event| {
                write!(told, " + {event:?}").unwrap();
                told
            })
        }
    }
}

#[test]
fn every_stage_answers_every_command_as_the_procedure_says() {
    let mut wrong = String::new();
    let blocks = blocks();
    for block in &blocks {
        let name = block.stage.name();
        let sample = sample_of(block.track, block.stage)
            .unwrap_or_else(|| panic!("nobody comes to [{name}] by the way it names"));
        let mut used = BTreeSet::new();
        for cell in CELLS.iter() {
            let Some((expected, entry)) = block.entry(&cell.name) else {
                writeln!(wrong, "[{name}] has no entry for `{}`", cell.name).unwrap();
                continue;
            };
            used.insert(entry);
            let case = cell.prepare(&sample);
            assert_eq!(case.stage, block.stage, "`{}` prepares a case of another stage", cell.name);
            let found = told(&case, &apply(&case, cell.command(&case), cell.moment()));
            if found != *expected {
                writeln!(wrong, "[{name}] {}: expected `{expected}`, found `{found}`", cell.name).unwrap();
            }
        }
        for (_, entry) in block.entries.iter().filter(|(_, entry)| !used.contains(entry)) {
            writeln!(wrong, "[{name}] `{entry}` names no cell of its own").unwrap();
        }
        let named: BTreeSet<_> = block.entries.iter().map(|(_, entry)| entry).collect();
        assert_eq!(named.len(), block.entries.len(), "[{name}] names something twice");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    let stages: BTreeSet<Stage> = blocks.iter().map(|block| block.stage).collect();
    assert_eq!(stages, Stage::ALL.into_iter().collect(), "a block a stage");
    let own: BTreeSet<_> = blocks.iter().map(|block| (block.track == Track::Id, block.stage)).collect();
    assert_eq!(own.len(), blocks.len(), "no stage twice for one track");
}

#[test]
fn notices_say_where_their_case_stands() {
    // Where the picture was taken is the turn's to know: no event tells the page's from the chat's.
    let mut found = BTreeSet::from([(notice::PORTRAIT_RECEIVED.name, Stage::Captured)]);
    for sample in samples() {
        for cell in CELLS.iter() {
            let case = cell.prepare(&sample);
            let Ok(moved) = apply(&case, cell.command(&case), cell.moment()) else { continue };
            let planned = moved.events.iter().filter_map(notice::plan);
            found.extend(planned.map(|planned| (planned.name, moved.case.stage)));
        }
    }
    // Reminders tell of the calendar and of no event.
    let is_of_event = |name: &str| Kind::ALL.iter().all(|kind| kind.name() != name);
    let of_events = notice::NOTICES.iter().filter(|(name, _)| is_of_event(name));
    let known = of_events.flat_map(|(name, stages)| stages.iter().map(|stage| (*name, *stage)));
    assert_eq!(found, known.collect());
}

#[test]
fn every_command_has_its_cells() {
    // No `_` arm: a new command does not compile here until somebody thought of its cells.
    let number = |command: &Command| match command {
        Command::Predict(_) => 0,
        Command::Substitute(_) => 1,
        Command::ChoosePlace(_) => 2,
        Command::SetPhone(_) => 3,
        Command::Apply(_) => 4,
        Command::AnswerPopulation(_) => 5,
        Command::StoreDocument(..) => 6,
        Command::SubmitDocuments => 7,
        Command::Next => 8,
        Command::ConfirmData => 9,
        Command::DisputeData => 10,
        Command::Reconsider => 11,
        Command::ReadStandard => 12,
        Command::RenewCode => 13,
        Command::Claim => 14,
        Command::StorePortrait(_) => 15,
        Command::Retake => 16,
        Command::Finish => 17,
        Command::Review(..) => 18,
        Command::Withdraw => 19,
        Command::Reopen => 20,
        Command::TakeBack(..) => 21,
        Command::RecordOnsite(..) => 22,
        Command::Conclude(_) => 23,
    };
    let case = sample(Stage::Entered);
    let covered: BTreeSet<usize> = CELLS.iter().map(|cell| number(&cell.command(&case))).collect();
    assert_eq!(covered, (0..24).collect());
    let names: BTreeSet<&String> = CELLS.iter().map(|cell| &cell.name).collect();
    assert_eq!(names.len(), CELLS.len(), "two cells have one name");
    for cell in CELLS.iter() {
        let command = cell.command(&case).name();
        let name = cell.name.strip_prefix("late ").unwrap_or(&cell.name);
        assert!(name.starts_with(command) || command.starts_with("answer"), "{name}");
    }
}

#[test]
fn a_silent_population_source_is_told_once_for_each_time_it_is_asked() {
    let unavailable = || Command::AnswerPopulation(PopulationAnswered::Unavailable);
    let told = apply(&sample(Stage::Verifying), unavailable(), NOON).unwrap();
    assert_eq!(told.events, [Event::PopulationUnavailable]);
    assert_eq!(apply(&told.case, unavailable(), NOON), Err(Refusal::Verifying));
    // Another name or number: the source is asked anew.
    let ready = Case { stage: Stage::Ready, ..told.case };
    let asked = apply(&ready, Command::Apply(Predicted::Passed), NOON).unwrap().case;
    assert_eq!(apply(&asked, unavailable(), NOON).unwrap().events, [Event::PopulationUnavailable]);
}

#[test]
fn a_second_submission_is_a_round_of_its_own_and_keeps_the_first() {
    let rejected = sample(Stage::DocumentsRejected);
    let first = rejected.rounds[0].clone();
    let wanted = apply(&rejected, Command::Next, NOON).unwrap().case;
    assert_eq!(wanted.documents, first.photos, "AMB-3: the three photos stay as defaults");
    assert_eq!(apply(&wanted, Command::SubmitDocuments, NOON), Err(Refusal::NothingReplaced));
    let same = first.photos[&PhotoSlot::Back].clone();
    let wanted = apply(&wanted, Command::StoreDocument(PhotoSlot::Back, same), NOON).unwrap().case;
    assert_eq!(apply(&wanted, Command::SubmitDocuments, NOON), Err(Refusal::NothingReplaced), "the same one");
    let newer = cells::photo("newer", PhotoSource::Chat);
    let wanted = apply(&wanted, Command::StoreDocument(PhotoSlot::Back, newer.clone()), NOON).unwrap().case;
    let again = apply(&wanted, Command::SubmitDocuments, NOON).unwrap().case;
    assert_eq!((again.stage, again.round), (Stage::DocumentsAtCity, 2), "review starts again at the city");
    assert_eq!(again.rounds[0], first);
    assert_eq!(again.rounds[1].photos[&PhotoSlot::Back], newer);
    assert_eq!(again.rounds[1].photos[&PhotoSlot::Front], first.photos[&PhotoSlot::Front]);
    assert_eq!(
        again.last_decision().and_then(|decided| decided.rejected.clone()),
        first.decisions[0].rejected
    );
}

#[test]
fn a_failed_recheck_keeps_what_was_approved_and_leads_back_to_the_press() {
    let approved = sample(Stage::Approved);
    let failed = apply(&approved, Command::Apply(Predicted::Failed), NOON).unwrap().case;
    let other = apply(&failed, Command::Substitute(SubstitutionChoice::default()), NOON).unwrap().case;
    let ready = apply(&other, Command::Predict(Predicted::Passed), NOON).unwrap().case;
    assert_eq!((ready.stage, ready.portrait_ok), (Stage::Ready, true));
    assert_eq!((&ready.rounds, &ready.portrait), (&approved.rounds, &approved.portrait));
    let submitted = apply(&ready, Command::Apply(Predicted::Passed), NOON).unwrap().case;
    assert_eq!((submitted.stage, submitted.submitted_at), (Stage::Submitted, Some(NOON.at)));
}

#[test]
fn decisions_are_kept_with_level_time_and_the_trimmed_opinion() {
    let case = sample(Stage::PortraitRejected);
    let decided = case.last_decision().unwrap();
    let rejected = decided.rejected.as_ref().unwrap();
    assert_eq!((decided.level, decided.staff.as_str(), decided.at), (Level::City, "reviewer", NOON.at));
    assert_eq!((rejected.part, rejected.opinion.as_str()), (Part::Portrait, "不够清楚"));
    let stages = [Stage::DocumentsAtProvince, Stage::DocumentsApproved, Stage::Approved];
    for (stage, levels) in
        stages.into_iter().zip([&[Level::City][..], &[Level::City, Level::Province], &[Level::City]])
    {
        let case = sample(stage);
        let found: Vec<Level> =
            case.rounds.last().unwrap().decisions.iter().map(|decided| decided.level).collect();
        assert_eq!(found, levels, "{stage:?}");
    }
}

#[test]
fn reasons_give_their_words_and_the_reviewer_adds_to_them() {
    let case = sample(Stage::PortraitAtCity);
    let decided = |reasons: &[Reason], opinion: &str| {
        let decision =
            Decision::Reject { part: Part::Portrait, reasons: reasons.to_vec(), opinion: opinion.into() };
        let act = ReviewAct { staff: "reviewer".into(), level: Level::City, round: 1, decision };
        let moved = apply(&case, Command::Review(act, cells::revocable(0, NOON.at)), NOON)?;
        Ok(moved.case.last_decision().and_then(|decided| decided.rejected.clone()).unwrap())
    };
    let rejected = decided(&[Reason::P05, Reason::P03, Reason::P05], " ").unwrap();
    assert_eq!(rejected.reasons, [Reason::P03, Reason::P05]);
    assert_eq!(rejected.opinion, reason::opinion(&rejected.reasons, ""));
    let rejected = decided(&[Reason::P03], " 请站到白墙前 ").unwrap();
    let whole = format!("{}；请站到白墙前", Reason::P03.wording());
    assert_eq!(rejected.opinion, whole, "the wordings are read first, then what the reviewer adds");
    assert_eq!(decided(&[], "  "), Err(Refusal::OpinionMissing));
}

#[test]
fn a_decision_outlives_its_pictures_but_not_the_application() {
    let mut case = sample(Stage::PortraitRejected);
    case.rounds.iter_mut().for_each(|round| round.photos.clear());
    assert!(case.last_decision().is_some(), "the pictures were kept as long as they may be");
    let withdrawn = apply(&case, Command::Withdraw, NOON).unwrap().case;
    assert_eq!(withdrawn.last_decision(), None);
}
