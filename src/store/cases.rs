//! Applications: written with the turn that moves them, read by candidates' snapshots and by the offices.
//!
//! The columns beside the sealed body are copies for searching; the body is the case.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
};
use crate::{
    time::Millis,
    workflow::case::{Case, Stage},
};

const BODY: &str = "cases/body";

/// Which cases an office wants to see. `None` is no condition.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// `2026-06`.
    pub batch: Option<String>,
    /// City of the chosen place.
    pub city: Option<String>,
    /// District of the chosen place.
    pub district: Option<String>,
    /// Any of these; empty is no condition.
    pub stages: Vec<Stage>,
    /// At most so many; 0 means 100.
    pub limit: u32,
    /// Where the last page ended: `entered_at` and id of its last row.
    pub after: Option<(Millis, String)>,
}

/// A line of an office's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// ULID.
    pub id: String,
    /// Eight digits.
    pub number: String,
    /// Of the case, not the session.
    pub version: i64,
    /// Who holds the candidate, or held it last.
    pub open_id: String,
    /// The batch.
    pub batch: String,
    /// City of the chosen place, once chosen.
    pub city: Option<String>,
    /// District of the chosen place, once chosen.
    pub district: Option<String>,
    /// Where it stands.
    pub stage: Stage,
    /// The round in review or last reviewed.
    pub round: u32,
    /// When it reached this stage and round. Business time.
    pub entered_at: Millis,
}

impl Store {
    /// The case of an id.
    pub async fn case_by_id(&self, id: &str) -> Result<Option<Arc<Case>>, StoreError> {
        let statement = Statement::returning("select id, version, body from cases where id = $1").text(id);
        self.read_case(statement).await
    }

    /// The case of the eight digits that people know.
    pub async fn case_by_number(&self, number: &str) -> Result<Option<Arc<Case>>, StoreError> {
        let statement =
            Statement::returning("select id, version, body from cases where number = $1").text(number);
        self.read_case(statement).await
    }

    /// A candidate's case in a batch, whoever holds the candidate.
    pub async fn case_of(&self, exam_no: &str, batch: &str) -> Result<Option<Arc<Case>>, StoreError> {
        let statement =
            Statement::returning("select id, version, body from cases where exam_key = $1 and batch = $2")
                .text(self.exam_key(exam_no))
                .text(batch);
        self.read_case(statement).await
    }

    /// Cases that have waited longest in their stage come first.
    pub async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<CaseSummary>, StoreError> {
        self.read(filter.statement()).await?.iter().map(summary).collect()
    }

    /// How many cases of a batch stand in each stage; stages without any are left out.
    pub async fn count_cases(&self, batch: &str) -> Result<Vec<(Stage, i64)>, StoreError> {
        let statement = Statement::returning(
            "select stage, count(*) from cases where batch = $1 group by stage order by stage",
        )
        .text(batch);
        self.read(statement).await?.iter().map(|row| Ok((stage_column(row, 0)?, column(row, 1)?))).collect()
    }

    async fn read_case(&self, statement: Statement) -> Result<Option<Arc<Case>>, StoreError> {
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (id, version, body): (String, i64, Vec<u8>) = (column(row, 0)?, column(row, 1)?, column(row, 2)?);
        Ok(Some(Arc::new(self.open_case(&id, version, &body)?)))
    }

    /// Opens a sealed case; the column's version counts, not the body's.
    pub(super) fn open_case(&self, id: &str, version: i64, body: &[u8]) -> Result<Case, StoreError> {
        Ok(Case { version, ..self.open_json(BODY, id, body)? })
    }

    /// Seals a case as the version after `expected`.
    pub(super) fn case_row(&self, case: &Case, expected: i64, now: Millis) -> CaseRow {
        CaseRow {
            id: case.id.clone(),
            number: case.number.clone(),
            version: expected + 1,
            open_id: case.open_id.clone(),
            exam_key: self.exam_key(&case.exam_no),
            batch: case.batch.clone(),
            city: case.place.as_ref().map(|place| place.city.clone()),
            district: case.place.as_ref().map(|place| place.district.clone()),
            stage: case.stage.name(),
            round: i64::from(case.round),
            entered_at: now.0,
            body: self.seal_json(BODY, &case.id, case),
        }
    }
}

impl CaseFilter {
    fn statement(&self) -> Statement {
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut values: Vec<String> = Vec::new();
        let mut next = |value: &str| {
            values.push(value.to_owned());
            format!("${}", values.len())
        };
        for (name, wanted) in [("batch", &self.batch), ("city", &self.city), ("district", &self.district)] {
            if let Some(value) = wanted {
                conditions.push(format!("{name} = {}", next(value)));
            }
        }
        if !self.stages.is_empty() {
            let stages: Vec<String> = self.stages.iter().map(|stage| next(stage.name())).collect();
            conditions.push(format!("stage in ({})", stages.join(", ")));
        }
        if let Some((at, id)) = &self.after {
            // The time is a number of ours, not a text of anybody's.
            conditions.push(format!("(entered_at > {0} or (entered_at = {0} and id > {1}))", at.0, next(id)));
        }
        let limit = if self.limit == 0 { 100 } else { self.limit };
        let text = format!(
            "select id, number, version, open_id, batch, city, district, stage, round, entered_at from cases \
             where {} order by entered_at, id limit {limit}",
            conditions.join(" and ")
        );
        values.into_iter().fold(Statement::returning(AssertSqlSafe(text)), Statement::text)
    }
}

fn summary(row: &AnyRow) -> Result<CaseSummary, StoreError> {
    Ok(CaseSummary {
        id: column(row, 0)?,
        number: column(row, 1)?,
        version: column(row, 2)?,
        open_id: column(row, 3)?,
        batch: column(row, 4)?,
        city: column(row, 5)?,
        district: column(row, 6)?,
        stage: stage_column(row, 7)?,
        round: column::<i64>(row, 8)? as u32,
        entered_at: Millis(column(row, 9)?),
    })
}

fn stage_column(row: &AnyRow, at: usize) -> Result<Stage, StoreError> {
    let name: String = column(row, at)?;
    Stage::ALL
        .into_iter()
        .find(|stage| stage.name() == name)
        .ok_or_else(|| StoreError::unreadable("cases/stage", &"no such stage"))
}

/// One row to write.
pub(super) struct CaseRow {
    pub(super) id: String,
    pub(super) number: String,
    version: i64,
    open_id: String,
    exam_key: String,
    batch: String,
    city: Option<String>,
    district: Option<String>,
    stage: &'static str,
    round: i64,
    entered_at: i64,
    body: Vec<u8>,
}

impl CaseRow {
    /// Compare-and-swap on the case's own version. Another case with this number, or of this candidate and batch, is
    /// an error of the database.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::common(
            dialect,
            "insert into cases (id, number, version, open_id, exam_key, batch, city, district, stage, round, \
             entered_at, body)",
            12,
            "on conflict (id) do update set version = excluded.version, open_id = excluded.open_id, \
             city = excluded.city, district = excluded.district, \
             entered_at = case when cases.stage = excluded.stage and cases.round = excluded.round \
             then cases.entered_at else excluded.entered_at end, \
             stage = excluded.stage, round = excluded.round, body = excluded.body \
             where cases.version = excluded.version - 1",
        )
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.id);
        values.text(&self.number);
        values.number(self.version);
        values.text(&self.open_id);
        values.text(&self.exam_key);
        values.text(&self.batch);
        values.text_or_null(self.city.as_deref());
        values.text_or_null(self.district.as_deref());
        values.text(self.stage);
        values.number(self.round);
        values.number(self.entered_at);
        values.blob(&self.body);
    }

    /// Finds another case that has this one's number.
    pub(super) fn namesake_statement(&self) -> Statement {
        Statement::returning("select count(*) from cases where number = $1 and id <> $2")
            .text(self.number.as_str())
            .text(self.id.as_str())
    }
}
