//! What is stored of what somebody wants to import: for telling what would change before anything does.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::{
    Store, StoreError, column,
    dialect::padded,
    imports::{CANDIDATE, POPULATION},
    statement::Statement,
};
use crate::workflow::candidate::Candidate;

/// Keys asked for by one statement.
const SIZES: [usize; 3] = [1, 32, 256];
/// Keys read by one statement when all are gone through.
const PAGE: i64 = 4_096;

impl Store {
    /// The version of an imported table, `candidates`, `population` or `world`: counted up by every import of it.
    pub async fn import_version(&self, table: &str) -> Result<i64, StoreError> {
        let statement = Statement::returning("select version from versions where name = $1").text(table);
        let rows = self.read(statement).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// How many candidates the imported registry has.
    pub async fn count_candidates(&self) -> Result<i64, StoreError> {
        let rows = self.read(Statement::returning("select count(*) from candidates")).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// The stored records of some exam numbers as JSON, each under its blind index; those not stored are left out.
    pub async fn stored_candidates(&self, keys: &[String]) -> Result<HashMap<String, Vec<u8>>, StoreError> {
        self.stored("select exam_key, record from candidates where exam_key", CANDIDATE, keys).await
    }

    /// The stored answers of some document numbers, each under its blind index.
    pub async fn stored_answers(&self, keys: &[String]) -> Result<HashMap<String, Vec<u8>>, StoreError> {
        self.stored("select number_key, answer from population where number_key", POPULATION, keys).await
    }

    /// The blind index of a document number.
    pub fn population_key(&self, number: &str) -> String {
        self.number_key(number)
    }

    /// How many stored candidates are none of those with these keys, and the first few of them.
    pub async fn candidates_beyond(
        &self,
        keys: &HashSet<String>,
        few: usize,
    ) -> Result<(usize, Vec<Candidate>), StoreError> {
        let page = "select exam_key from candidates where exam_key > $1 order by exam_key limit $2";
        let (count, first) = self.beyond(page, keys, few).await?;
        let stored = self.stored_candidates(&first).await?;
        let opened = first.iter().filter_map(|key| stored.get(key)).map(|json| serde_json::from_slice(json));
        let opened: Result<Vec<Candidate>, _> = opened.collect();
        Ok((count, opened.map_err(|_| StoreError::unreadable(CANDIDATE, &"no candidate"))?))
    }

    /// How many stored answers are for none of the numbers with these keys.
    pub async fn answers_beyond(&self, keys: &HashSet<String>) -> Result<usize, StoreError> {
        let page = "select number_key from population where number_key > $1 order by number_key limit $2";
        Ok(self.beyond(page, keys, 0).await?.0)
    }

    async fn stored(
        &self,
        select: &'static str,
        place: &'static str,
        keys: &[String],
    ) -> Result<HashMap<String, Vec<u8>>, StoreError> {
        let mut found = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(SIZES[SIZES.len() - 1]) {
            let (nth, padded) = padded(&SIZES, chunk);
            let names: Vec<String> = (1..=SIZES[nth]).map(|at| self.inner.dialect.parameter(at)).collect();
            let text = format!("{select} in ({})", names.join(", "));
            let statement = padded.fold(Statement::returning(AssertSqlSafe(text)), |statement, key| {
                statement.text(key.as_str())
            });
            for row in self.read(statement).await? {
                let (key, sealed): (String, Vec<u8>) = (column(&row, 0)?, column(&row, 1)?);
                let plain = self.unseal(place, &key, &sealed)?;
                found.insert(key, plain);
            }
        }
        Ok(found)
    }

    async fn beyond(
        &self,
        page: &'static str,
        keys: &HashSet<String>,
        few: usize,
    ) -> Result<(usize, Vec<String>), StoreError> {
        let (mut count, mut first, mut after) = (0, Vec::new(), String::new());
        loop {
            let rows = self.read(Statement::returning(page).text(after.as_str()).number(PAGE)).await?;
            for row in &rows {
                after = column(row, 0)?;
                if !keys.contains(&after) {
                    count += 1;
                    if first.len() < few {
                        first.push(after.clone());
                    }
                }
            }
            if (rows.len() as i64) < PAGE {
                return Ok((count, first));
            }
        }
    }
}
