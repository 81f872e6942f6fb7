//! A file read, compared and ready to be stored: on a thread of its own, a few hundred rows at a time.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::DateTime;
use serde_json::Value;
use tokio::runtime::Handle;

use super::{
    Format, ImportError, Kind, Preview, Upload,
    compare::Comparison,
    file::{read_table, read_table_or_list, read_text},
    xlsx::Dates,
};
use crate::{
    mask,
    office::schedule::{chosen_among, merge},
    store::{Sealed, SealedCandidate, SealedRows, Store, StoreError, WorldRows},
    validation::DocumentType,
    workflow::{
        batch::{self, Batch},
        candidate::{self, Candidate},
        mistake::{Mistake, Spot},
        plan::{self, Plan, PlanKey},
        population, schedule,
    },
};

/// Candidates compared by one statement.
const CHUNK: usize = 256;

/// What was read.
pub(super) struct Draft {
    pub(super) preview: Preview,
    pub(super) rows: Prepared,
    /// Of the stored table that it was compared with.
    pub(super) version: i64,
}

/// The rows to write: those that are added or changed.
pub(super) enum Prepared {
    Candidates(SealedRows<SealedCandidate>),
    Population(SealedRows<Sealed>),
    Plans(Vec<(String, String)>),
    Batches(Vec<(String, String)>),
    /// The whole table, the places that go, and those whose row changes.
    Schedule(String, Vec<(String, String)>, BTreeSet<String>),
}

/// What reading a file needs.
pub(super) struct Reading {
    pub(super) store: Store,
    pub(super) runtime: Handle,
    pub(super) world: WorldRows,
    pub(super) now: DateTime,
    /// Whether rows are kept for storing.
    pub(super) keeps_rows: bool,
}

type Read = Result<(Preview, Prepared), ImportError>;

impl Reading {
    pub(super) fn read(self, upload: Upload) -> Read {
        let format = upload.format;
        let read = match upload.kind {
            Kind::Candidates => self.candidates(format, upload.bytes),
            Kind::Population => self.population(format, upload.bytes),
            Kind::Plans => self.plans(format, upload.bytes),
            Kind::Batches => self.batches(format, upload.bytes),
            Kind::Schedule => self.schedule(upload),
        };
        // What was read from a JSON list has objects for rows.
        let told = |mistake: Mistake| match mistake.spot {
            Spot::Row(number) if format == Format::Json => mistake.at(Spot::Item(number)),
            _ => mistake,
        };
        match read {
            Err(ImportError::Mistakes { shown, count }) => {
                Err(ImportError::Mistakes { shown: shown.into_iter().map(told).collect(), count })
            }
            read => read,
        }
    }

    fn candidates(&self, format: Format, bytes: Vec<u8>) -> Read {
        let mut taking = Candidates::new(self);
        let today = self.now.date();
        let read = if format == Format::Json {
            candidate::read_candidates(&read_text(bytes)?, today, |candidate| taking.take(candidate))
        } else {
            read_table(format, bytes, Dates::Whole, |rows| {
                candidate::read_candidate_rows(rows, today, |candidate| taking.take(candidate))
            })
        };
        read.map_err(ImportError::from)?;
        taking.end()
    }

    fn population(&self, format: Format, bytes: Vec<u8>) -> Read {
        let answers = read_table_or_list(format, bytes, Dates::Whole, &population::COLUMNS, |rows| {
            population::read_rows(rows, self.now.date())
        })?;
        let mut comparison = Comparison::default();
        let mut prepared = SealedRows::default();
        let mut keys = HashSet::new();
        for answers in answers.chunks(CHUNK) {
            let of_chunk: Vec<String> =
                answers.iter().map(|(number, _)| self.store.population_key(number)).collect();
            let stored = self.runtime.block_on(self.store.stored_answers(&of_chunk))?;
            let mut written = Vec::new();
            for (key, (number, answer)) in of_chunk.iter().zip(answers) {
                let old = stored.get(key).map(|plain| answer_value(&String::from_utf8_lossy(plain)));
                let label = || mask::document_in_notice(DocumentType::ResidentId, number);
                if comparison.add(label, old.as_ref(), &answer_value(answer), false) && self.keeps_rows {
                    written.push((number.clone(), answer.clone()));
                }
            }
            prepared.append(self.store.seal_answers(&written));
            keys.extend(of_chunk);
        }
        comparison.counts.missing = self.runtime.block_on(self.store.answers_beyond(&keys))?;
        Ok((comparison.into_preview(), Prepared::Population(prepared)))
    }

    fn plans(&self, format: Format, bytes: Vec<u8>) -> Read {
        let plans = match format {
            Format::Json => plan::read_plans(&read_text(bytes)?),
            Format::Csv | Format::Xlsx => {
                read_table(format, bytes, Dates::Whole, |rows| plan::read_plan_rows(rows))
            }
        }?;
        let label = |plan: &Plan| format!("{} {}", plan.id, plan.name);
        let rows = plans.iter().map(|plan| (plan.id.as_str(), label(plan), json(plan)));
        let (preview, rows) = compare_world(&self.world.plans, rows);
        Ok((preview, Prepared::Plans(rows)))
    }

    fn batches(&self, format: Format, bytes: Vec<u8>) -> Read {
        let batches = match format {
            Format::Json => batch::read_batches(&read_text(bytes)?),
            Format::Csv | Format::Xlsx => {
                read_table(format, bytes, Dates::Whole, |rows| batch::read_batch_rows(rows))
            }
        }?;
        let known = super::super::batches::known(&self.world.batches)?;
        let kept = known.iter().filter(|old| batches.iter().all(|new| new.id != old.id));
        let after: Vec<Batch> = kept.chain(&batches).cloned().collect();
        let mut mistakes = Vec::new();
        for (at, batch) in batches.iter().enumerate() {
            let before: Vec<Batch> = known.iter().filter(|old| old.id == batch.id).cloned().collect();
            let others = after.iter().filter(|other| other.id != batch.id).cloned();
            let beside: Vec<Batch> = others.chain(before).collect();
            let found = batch::check_change(batch, &beside, self.now);
            mistakes.extend(found.into_iter().map(|mistake| mistake.at(Spot::Item(at + 1))));
        }
        if !mistakes.is_empty() {
            return Err(mistakes.into());
        }
        let label = |batch: &Batch| format!("{} {}", batch.id, batch.name);
        let rows = batches.iter().map(|batch| (batch.id.as_str(), label(batch), json(batch)));
        let (preview, rows) = compare_world(&self.world.batches, rows);
        Ok((preview, Prepared::Batches(rows)))
    }

    fn schedule(&self, upload: Upload) -> Read {
        let known = super::super::batches::known(&self.world.batches)?;
        let batch = known.iter().find(|batch| batch.id == upload.batch).ok_or(ImportError::NoBatch)?;
        let new = read_table_or_list(upload.format, upload.bytes, Dates::Day, &schedule::COLUMNS, |rows| {
            schedule::read_rows(rows, batch.year)
        })?;
        let old = super::super::schedule::stored(&self.world, batch)?;
        let mut comparison = Comparison::default();
        let mut moved = BTreeSet::new();
        for place in &new.places {
            let before = old.place(&place.city, &place.district).map(cells);
            if comparison.add(|| place.key(), before.as_ref(), &cells(place), false) && before.is_some() {
                moved.insert(place.key());
            }
        }
        let in_file: HashSet<String> = new.places.iter().map(schedule::Place::key).collect();
        let of_file: HashSet<&str> = in_file.iter().map(String::as_str).collect();
        let stored: Vec<String> = old.places.iter().map(schedule::Place::key).collect();
        comparison.note_missing(stored.iter().map(String::as_str), &of_file);
        let places = self.runtime.block_on(self.store.count_places(&batch.id))?;
        let mut gone = Vec::new();
        if upload.remove_missing {
            let lacking = old.places.iter().filter(|place| !in_file.contains(&place.key()));
            gone.extend(lacking.map(|place| (place.city.clone(), place.district.clone())));
            let keys = gone.iter().map(|(city, district)| format!("{city}/{district}")).collect();
            let chosen = chosen_among(&places, &keys);
            if !chosen.is_empty() {
                return Err(ImportError::Chosen(chosen));
            }
            comparison.counts.removed = std::mem::take(&mut comparison.counts.missing);
        }
        let mut preview = comparison.into_preview();
        preview.chosen = chosen_among(&places, &moved);
        let table = if upload.remove_missing { new } else { merge(&old, new) };
        Ok((preview, Prepared::Schedule(schedule::write_csv(&table), gone, moved)))
    }
}

/// Candidates as they are read, compared a chunk at a time.
struct Candidates<'r> {
    reading: &'r Reading,
    waiting: Vec<Candidate>,
    keys: HashSet<String>,
    plans: BTreeSet<PlanKey>,
    comparison: Comparison,
    prepared: SealedRows<SealedCandidate>,
    failed: Option<StoreError>,
}

impl<'r> Candidates<'r> {
    fn new(reading: &'r Reading) -> Self {
        Self {
            reading,
            waiting: Vec::new(),
            keys: HashSet::new(),
            plans: BTreeSet::new(),
            comparison: Comparison::default(),
            prepared: SealedRows::default(),
            failed: None,
        }
    }

    fn take(&mut self, candidate: Candidate) {
        self.plans.insert(candidate.plan_key());
        self.waiting.push(candidate);
        if self.waiting.len() == CHUNK {
            self.compare();
        }
    }

    fn compare(&mut self) {
        let candidates = std::mem::take(&mut self.waiting);
        if self.failed.is_some() {
            return;
        }
        let store = &self.reading.store;
        let keys: Vec<String> =
            candidates.iter().map(|candidate| store.exam_key(&candidate.exam_no)).collect();
        let stored = match self.reading.runtime.block_on(store.stored_candidates(&keys)) {
            Ok(stored) => stored,
            Err(error) => return self.failed = Some(error),
        };
        let is_written = |(key, candidate): (&String, &Candidate)| {
            self.comparison.add_candidate(candidate, stored.get(key))
        };
        let written: Vec<bool> = keys.iter().zip(&candidates).map(is_written).collect();
        if self.reading.keeps_rows {
            let mut written = written.into_iter();
            let mut candidates = candidates;
            candidates.retain(|_| written.next() == Some(true));
            self.prepared.append(store.seal_candidates(&candidates));
        }
        self.keys.extend(keys);
    }

    fn end(mut self) -> Read {
        self.compare();
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let beyond = self.reading.store.candidates_beyond(&self.keys, super::SHOWN);
        let (count, first) = self.reading.runtime.block_on(beyond)?;
        self.comparison.counts.missing = count;
        self.comparison.missing = first.iter().map(label).collect();
        let known: HashSet<PlanKey> = self
            .reading
            .world
            .plans
            .iter()
            .filter_map(|(_, body)| serde_json::from_str::<Plan>(body).ok())
            .map(|plan| plan.key())
            .collect();
        let mut preview = self.comparison.into_preview();
        preview.unplanned = self.plans.into_iter().filter(|key| !known.contains(key)).collect();
        Ok((preview, Prepared::Candidates(self.prepared)))
    }
}

impl Comparison {
    /// A record that an older program wrote may lack fields that are empty now: it is read before it is compared.
    fn add_candidate(&mut self, candidate: &Candidate, stored: Option<&Vec<u8>>) -> bool {
        let is_same = |json: &Vec<u8>| {
            serde_json::to_vec(candidate).is_ok_and(|new| new == *json)
                || serde_json::from_slice::<Candidate>(json).is_ok_and(|old| old == *candidate)
        };
        if stored.is_some_and(is_same) {
            self.add_unchanged();
            return false;
        }
        let old = stored.map(|json| serde_json::from_slice(json).unwrap_or(Value::Null));
        let new = serde_json::to_value(candidate).expect("a candidate has text keys only");
        self.add(|| label(candidate), old.as_ref(), &new, true)
    }
}

/// 「01********78 林**」.
fn label(candidate: &Candidate) -> String {
    format!("{} {}", mask::exam_no(&candidate.exam_no), mask::name(&candidate.name))
}

/// Rows of a world's table: id, label and JSON; those that differ from what is stored.
fn compare_world<'r>(
    stored: &[(String, String)],
    rows: impl Iterator<Item = (&'r str, String, String)>,
) -> (Preview, Vec<(String, String)>) {
    let known: HashMap<&str, &str> = stored.iter().map(|(id, body)| (id.as_str(), body.as_str())).collect();
    let mut comparison = Comparison::default();
    let mut in_file = HashSet::new();
    let mut written = Vec::new();
    let value = |body: &str| serde_json::from_str(body).unwrap_or(Value::Null);
    for (id, label, body) in rows {
        in_file.insert(id);
        let old = known.get(id).map(|body| value(body));
        if comparison.add(|| label, old.as_ref(), &value(&body), false) {
            written.push((id.to_owned(), body));
        }
    }
    comparison.note_missing(stored.iter().map(|(id, _)| id.as_str()), &in_file);
    (comparison.into_preview(), written)
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the bot's own types have text keys only")
}

/// `mismatch:REASON` by its two columns.
fn answer_value(answer: &str) -> Value {
    let (result, reason) = answer.split_once(':').unwrap_or((answer, ""));
    serde_json::json!({ "result": result, "reason": reason })
}

/// A place by its columns.
pub(super) fn cells(place: &schedule::Place) -> Value {
    let cells = schedule::COLUMNS.iter().zip(place.cells()).skip(2);
    Value::Object(cells.map(|(column, cell)| ((*column).to_owned(), Value::from(cell))).collect())
}
