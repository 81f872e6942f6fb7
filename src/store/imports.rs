//! Tables filled by `graduation-bot import`: all rows or none, and the same file twice changes nothing.
//!
//! An import and its line of the audit are one transaction, however many rows it has: whatever ends it in between, a
//! refused row, a lost connection, a stopped program, nothing of it is there. It runs on a connection of its own, not
//! through the writer: on PostgreSQL turns go on beside it; SQLite has one writer at a time, so rows are sealed first
//! and the transaction is as short as it can be. Parsing and checking rows is the importer's, elsewhere.

mod rows;

use sqlx::Connection;

pub use rows::{Sealed, SealedCandidate};

use super::{
    Store, StoreError,
    audit::{AuditInsert, chain::Chain},
    closed_or_failed, column,
    dialect::Rows,
    places::{self, PlaceCounts},
    statement::Statement,
};
use crate::{time::Millis, turn::Audit, workflow::candidate::Candidate};
use rows::{ANSWERS, BATCHES, Imported, PLANS, RECORDS, SCHEDULES, Table, last_of_each};

pub(super) const CANDIDATE: &str = "candidates/record";
pub(super) const POPULATION: &str = "population/answer";

/// Rows written between two reports of progress.
const REPORT_EVERY: usize = 1_024;

/// What is imported. Rows replace those of the same key.
#[derive(Clone, Copy)]
pub enum Import<'a> {
    /// Candidates of the registry, from [`Store::seal_candidates`].
    Candidates(&'a SealedRows<SealedCandidate>),
    /// Answers of the population file, from [`Store::seal_answers`].
    Population(&'a SealedRows<Sealed>),
    /// Plans: id and JSON.
    Plans(&'a [(String, String)]),
    /// Batches: id and JSON.
    Batches(&'a [(String, String)]),
    /// A batch's schedule, as CSV.
    Schedule {
        /// The batch's id.
        batch: &'a str,
        /// The table.
        csv: &'a str,
        /// City and district of places that it lacks and that were there: they go only if nobody has chosen one.
        gone: &'a [(String, String)],
    },
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored. Of a schedule: how often its places were chosen then.
    Stored(PlaceCounts),
    /// Others have changed the table since [`ImportNote::seen`].
    Changed,
    /// Places that would go have been chosen: which, and how often.
    Chosen(PlaceCounts),
}

impl Outcome {
    /// Whether it is there now.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(_))
    }
}

impl Import<'_> {
    /// The kind's name, as in `graduation-bot import` and in the audit.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Candidates(_) => "candidates",
            Self::Population(_) => "population",
            Self::Plans(_) => "plans",
            Self::Batches(_) => "batches",
            Self::Schedule { .. } => "schedule",
        }
    }

    fn table(&self) -> Table {
        match self {
            Self::Candidates(_) => RECORDS,
            Self::Population(_) => ANSWERS,
            Self::Plans(_) => PLANS,
            Self::Batches(_) => BATCHES,
            Self::Schedule { .. } => SCHEDULES,
        }
    }
}

/// What an import says of itself.
#[derive(Debug, Clone, Copy)]
pub struct ImportNote<'a> {
    /// Of the audit's line: `operator` or `staff:NAME`.
    pub actor: &'a str,
    /// Of the audit's line: what changed, without personal data.
    pub detail: &'a str,
    /// Business time.
    pub now: Millis,
    /// The version of its table with which the rows were compared; `None` stores them whatever is there.
    pub seen: Option<i64>,
}

/// Rows of personal data, sealed ahead: a transaction must not wait for that.
pub struct SealedRows<T>(Vec<T>);

impl<T> Default for SealedRows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> SealedRows<T> {
    /// Adds more of the same kind.
    pub fn append(&mut self, mut more: Self) {
        self.0.append(&mut more.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What all people share, as imported; parsed by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldRows {
    /// Counted up by every import of these tables.
    pub version: i64,
    /// Plan id and JSON.
    pub plans: Vec<(String, String)>,
    /// Batch id and JSON.
    pub batches: Vec<(String, String)>,
    /// Batch id and the schedule's CSV.
    pub schedules: Vec<(String, String)>,
}

impl Store {
    /// Adds or replaces all rows and writes the audit's line, or does nothing. `progress` hears now and then how
    /// many rows are written, though not yet for good.
    pub async fn import(
        &self,
        import: Import<'_>,
        note: &ImportNote<'_>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Outcome, StoreError> {
        let audit = Audit {
            actor: note.actor.to_owned(),
            act: "import".to_owned(),
            subject: import.name().to_owned(),
            detail: note.detail.to_owned(),
        };
        let line = self.audit_insert(&audit, note.now);
        let table = import.table();
        let seen = note.seen;
        match import {
            Import::Candidates(rows) => self.put(table, &rows.0, seen, None, &line, progress).await,
            Import::Population(rows) => self.put(table, &rows.0, seen, None, &line, progress).await,
            Import::Plans(rows) | Import::Batches(rows) => {
                self.put(table, rows, seen, None, &line, progress).await
            }
            Import::Schedule { batch, csv, gone } => {
                let row = [(batch.to_owned(), csv.to_owned())];
                self.put(table, &row, seen, Some((batch, gone)), &line, progress).await
            }
        }
    }

    /// A candidate of the imported registry.
    pub async fn candidate(&self, exam_no: &str) -> Result<Option<Candidate>, StoreError> {
        let key = self.exam_key(exam_no);
        let statement =
            Statement::returning("select record from candidates where exam_key = $1").text(key.as_str());
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sealed: Vec<u8> = column(row, 0)?;
        self.open_json(CANDIDATE, &key, &sealed).map(Some)
    }

    /// The imported population file's answer for a document number, as JSON.
    pub async fn population_answer(&self, number: &str) -> Result<Option<String>, StoreError> {
        let key = self.number_key(number);
        let statement =
            Statement::returning("select answer from population where number_key = $1").text(key.as_str());
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sealed: Vec<u8> = column(row, 0)?;
        self.open_text(POPULATION, &key, &sealed).map(Some)
    }

    /// The version of [`WorldRows`]: compare it now and then to learn that another process imported.
    pub async fn world_version(&self) -> Result<i64, StoreError> {
        self.import_version("world").await
    }

    /// What all people share. The version is read first: an import in between is found at the next comparison.
    pub async fn world_rows(&self) -> Result<WorldRows, StoreError> {
        Ok(WorldRows {
            version: self.world_version().await?,
            plans: self.pairs("select id, body from plans order by id").await?,
            batches: self.batch_rows().await?,
            schedules: self.pairs("select batch, body from schedules order by batch").await?,
        })
    }

    /// Every batch that was imported: its id and its JSON.
    pub async fn batch_rows(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.pairs("select id, body from batches order by id").await
    }

    pub(super) fn number_key(&self, number: &str) -> String {
        self.inner.secrets.blind_index("document_no", number)
    }

    async fn pairs(&self, text: &'static str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.read(Statement::returning(text)).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
    }

    /// Candidates as rows to import.
    pub fn seal_candidates(&self, candidates: &[Candidate]) -> SealedRows<SealedCandidate> {
        let seal = |candidate: &Candidate| {
            let key = self.exam_key(&candidate.exam_no);
            SealedCandidate {
                name_key: self.name_key(&candidate.name),
                number_key: self.document_key(candidate.document_type, &candidate.document_no),
                sealed: Sealed { body: self.seal_json(CANDIDATE, &key, candidate), key },
            }
        };
        SealedRows(candidates.iter().map(seal).collect())
    }

    /// Document numbers and the population file's answers as rows to import.
    pub fn seal_answers(&self, answers: &[(String, String)]) -> SealedRows<Sealed> {
        let seal = |(number, answer): &(String, String)| {
            let key = self.number_key(number);
            Sealed { body: self.seal(POPULATION, &key, answer.as_bytes()), key }
        };
        SealedRows(answers.iter().map(seal).collect())
    }

    async fn put<T: Imported>(
        &self,
        table: Table,
        rows: &[T],
        seen: Option<i64>,
        going: Option<Going<'_>>,
        audit: &AuditInsert,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Outcome, StoreError> {
        let dialect = self.inner.dialect;
        let statement = Rows::new(dialect, table.head, T::COLUMNS, table.tail);
        let rows = last_of_each(rows);
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        // The writer's chain may be growing meanwhile: an import's line has one of its own.
        let mut chain = Chain::new(self.secrets().clone());
        let mut links = chain.links(dialect, &mut connection, audit.at()).await?;
        let mut transaction = connection.begin_with(dialect.begin()).await?;
        // First, so that of two imports at once the second waits here and then finds that it comes too late.
        if !table.count_up(seen, &mut transaction).await? {
            return Ok(Outcome::Changed);
        }
        let counts = match going {
            None => PlaceCounts::new(),
            Some((batch, gone)) => match places::left(dialect, &mut transaction, batch, gone).await? {
                Ok(counts) => counts,
                Err(chosen) => return Ok(Outcome::Chosen(chosen)),
            },
        };
        let mut written = 0;
        for part in rows.chunks(REPORT_EVERY) {
            statement.write(&mut transaction, part, |row, values| row.bind(values)).await?;
            written += part.len();
            progress(written);
        }
        links.append(&AuditInsert::rows(dialect), &mut transaction, &[audit]).await?;
        links.close(&mut transaction).await?;
        transaction.commit().await?;
        Ok(Outcome::Stored(counts))
    }
}

/// A batch, and places of it that go only if nobody has chosen them.
type Going<'a> = (&'a str, &'a [(String, String)]);
