//! Applications: written with the turn that moves them, read by candidates' snapshots and by the offices.
//!
//! The columns beside the sealed body are copies for searching; the body is the case. What the offices read of many is
//! in `list` and `figures`, each time within an [`Area`]; who is looking at one, in `lease`.

mod area;
pub(super) mod figures;
mod lease;
pub(super) mod list;

use std::sync::Arc;

use sqlx::{AssertSqlSafe, any::AnyRow};

pub use area::Area;
pub use figures::{Ended, QueueAge, Submitted};
pub use lease::CaseLease;
pub use list::{CaseCursor, CaseFilter, CaseSummary, Holder, Order, Rounds};

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
};
use crate::{
    time::Millis,
    workflow::{
        candidate::Candidate,
        case::{Case, Stage},
        retention::Pictures,
    },
};

pub(super) const BODY: &str = "cases/body";

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

    /// The case with this number or id, if it lies in the area, and its candidate as last read; `None` for the candidate
    /// when nobody is bound any more and no import has the record.
    pub async fn case_within(
        &self,
        area: &Area,
        name: &str,
    ) -> Result<Option<(Arc<Case>, Option<Candidate>)>, StoreError> {
        let text = format!(
            "select c.id, c.version, c.body, c.exam_key, b.record, r.record from cases c \
             left join bindings b on b.exam_key = c.exam_key \
             left join candidates r on r.exam_key = c.exam_key \
             where (c.number = $1 or c.id = $1){}",
            area.condition("c", 1)
        );
        let rows = self.read(area.bind(Statement::returning(AssertSqlSafe(text)).text(name))).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (id, body): (String, Vec<u8>) = (column(row, 0)?, column(row, 2)?);
        let case = self.open_case(&id, column(row, 1)?, &body)?;
        let exam_key: String = column(row, 3)?;
        Ok(Some((Arc::new(case), self.open_record(&exam_key, column(row, 4)?, column(row, 5)?)?)))
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
            handed_in_at: handed_in_at(case),
            submitted_at: case.submitted_at.map(|at| at.0),
            kept: case.pictures(),
            missed_at: case.missed_at().map(|at| at.0),
            body: self.seal_json(BODY, &case.id, case),
        }
    }
}

/// When the round that counts was handed in.
fn handed_in_at(case: &Case) -> Option<i64> {
    case.rounds.last().filter(|round| !round.withdrawn).map(|round| round.submitted_at.0)
}

pub(super) fn stage_column(row: &AnyRow, at: usize) -> Result<Stage, StoreError> {
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
    handed_in_at: Option<i64>,
    submitted_at: Option<i64>,
    kept: Pictures,
    missed_at: Option<i64>,
    body: Vec<u8>,
}

impl CaseRow {
    /// Compare-and-swap on the case's own version. Another case with this number, or of this candidate and batch, is
    /// an error of the database.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::common(
            dialect,
            "insert into cases (id, number, version, open_id, exam_key, batch, city, district, stage, round, \
             entered_at, handed_in_at, submitted_at, kept_rejected, kept_documents, kept_portraits, missed_at, \
             body)",
            18,
            "on conflict (id) do update set version = excluded.version, open_id = excluded.open_id, \
             city = excluded.city, district = excluded.district, \
             entered_at = case when cases.stage = excluded.stage and cases.round = excluded.round \
             then cases.entered_at else excluded.entered_at end, \
             stage = excluded.stage, round = excluded.round, handed_in_at = excluded.handed_in_at, \
             submitted_at = excluded.submitted_at, kept_rejected = excluded.kept_rejected, \
             kept_documents = excluded.kept_documents, kept_portraits = excluded.kept_portraits, \
             missed_at = excluded.missed_at, body = excluded.body \
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
        values.number_or_null(self.handed_in_at);
        values.number_or_null(self.submitted_at);
        values.number(self.kept.rejected);
        values.number(self.kept.documents);
        values.number(self.kept.portraits);
        values.number_or_null(self.missed_at);
        values.blob(&self.body);
    }

    /// Finds another case that has this one's number.
    pub(super) fn namesake_statement(&self) -> Statement {
        Statement::returning("select count(*) from cases where number = $1 and id <> $2")
            .text(self.number.as_str())
            .text(self.id.as_str())
    }
}
