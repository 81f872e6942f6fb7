//! Tables filled by `graduation-bot import`: all rows or none, and the same file twice changes nothing.
//!
//! An import runs on a connection of its own, not through the writer: on PostgreSQL turns go on beside it; SQLite
//! has one writer at a time, so rows are sealed first and the transaction is as short as it can be.
//! Parsing and checking rows is the importer's, elsewhere.

use std::collections::BTreeMap;

use sqlx::Connection;

use super::{
    Store, StoreError, closed_or_failed, column,
    dialect::{Rows, Values},
    statement::Statement,
};
use crate::workflow::candidate::Candidate;

const CANDIDATE: &str = "candidates/record";
const POPULATION: &str = "population/answer";

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
    /// Adds or replaces candidates of the imported registry.
    pub async fn import_candidates(&self, candidates: &[Candidate]) -> Result<(), StoreError> {
        let rows: Vec<Sealed> = candidates
            .iter()
            .map(|candidate| {
                let key = self.exam_key(&candidate.exam_no);
                Sealed { body: self.seal_json(CANDIDATE, &key, candidate), key }
            })
            .collect();
        let head = "insert into candidates (exam_key, record)";
        let tail = "on conflict (exam_key) do update set record = excluded.record";
        self.import(head, tail, &rows, false).await
    }

    /// Adds or replaces answers of the imported population file: document number and the answer's JSON.
    pub async fn import_population(&self, answers: &[(String, String)]) -> Result<(), StoreError> {
        let rows: Vec<Sealed> = answers
            .iter()
            .map(|(number, answer)| {
                let key = self.number_key(number);
                Sealed { body: self.seal(POPULATION, &key, answer.as_bytes()), key }
            })
            .collect();
        let head = "insert into population (number_key, answer)";
        let tail = "on conflict (number_key) do update set answer = excluded.answer";
        self.import(head, tail, &rows, false).await
    }

    /// Adds or replaces plans: id and JSON.
    pub async fn import_plans(&self, plans: &[(String, String)]) -> Result<(), StoreError> {
        let tail = "on conflict (id) do update set body = excluded.body";
        self.import("insert into plans (id, body)", tail, plans, true).await
    }

    /// Adds or replaces batches: id and JSON.
    pub async fn import_batches(&self, batches: &[(String, String)]) -> Result<(), StoreError> {
        let tail = "on conflict (id) do update set body = excluded.body";
        self.import("insert into batches (id, body)", tail, batches, true).await
    }

    /// Adds or replaces a batch's schedule, as CSV.
    pub async fn import_schedule(&self, batch: &str, csv: &str) -> Result<(), StoreError> {
        let tail = "on conflict (batch) do update set body = excluded.body";
        let row = [(batch.to_owned(), csv.to_owned())];
        self.import("insert into schedules (batch, body)", tail, &row, true).await
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

    /// How many candidates the imported registry has.
    pub async fn count_candidates(&self) -> Result<i64, StoreError> {
        let rows = self.read(Statement::returning("select count(*) from candidates")).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// The version of [`WorldRows`]: compare it now and then to learn that another process imported.
    pub async fn world_version(&self) -> Result<i64, StoreError> {
        let rows =
            self.read(Statement::returning("select version from versions where name = 'world'")).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// What all people share. The version is read first: an import in between is found at the next comparison.
    pub async fn world_rows(&self) -> Result<WorldRows, StoreError> {
        Ok(WorldRows {
            version: self.world_version().await?,
            plans: self.pairs("select id, body from plans order by id").await?,
            batches: self.pairs("select id, body from batches order by id").await?,
            schedules: self.pairs("select batch, body from schedules order by batch").await?,
        })
    }

    fn number_key(&self, number: &str) -> String {
        self.inner.secrets.blind_index("document_no", number)
    }

    async fn pairs(&self, text: &'static str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.read(Statement::returning(text)).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
    }

    async fn import<T: Imported>(
        &self,
        head: &str,
        tail: &str,
        rows: &[T],
        is_world: bool,
    ) -> Result<(), StoreError> {
        let dialect = self.inner.dialect;
        let statement = Rows::new(dialect, head, 2, tail);
        let rows = last_of_each(rows);
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        let mut transaction = connection.begin_with(dialect.begin()).await?;
        statement.write(&mut transaction, &rows, |row, values| row.bind(values)).await?;
        if is_world {
            Statement::new("update versions set version = version + 1 where name = 'world'")
                .run(&mut transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

struct Sealed {
    key: String,
    body: Vec<u8>,
}

/// A row of two columns, the first its key.
trait Imported {
    fn key(&self) -> &str;
    fn bind(&self, values: &mut Values);
}

impl Imported for Sealed {
    fn key(&self) -> &str {
        &self.key
    }

    fn bind(&self, values: &mut Values) {
        values.text(&self.key);
        values.blob(&self.body);
    }
}

impl Imported for (String, String) {
    fn key(&self) -> &str {
        &self.0
    }

    fn bind(&self, values: &mut Values) {
        values.text(&self.0);
        values.text(&self.1);
    }
}

/// Of rows with the same key the last, by key: PostgreSQL refuses to write a row twice in one statement, and two
/// imports at once must take their rows in the same order.
fn last_of_each<T: Imported>(rows: &[T]) -> Vec<&T> {
    rows.iter().map(|row| (row.key(), row)).collect::<BTreeMap<_, _>>().into_values().collect()
}
