//! Whom a place awaits: submitted applications with their candidates' records.
//!
//! They are read sealed and opened by whoever lists them: the thousands of a large place are a thread's work.

use sqlx::any::AnyRow;

use super::{Store, StoreError, column, sessions::RECORD, statement::Statement};
use crate::workflow::{candidate::Candidate, case::Case};

/// A submitted case as it is stored, with the record that its holder is bound to.
pub struct SealedSubmitted(AnyRow);

impl Store {
    /// The submitted cases of a place, each with its candidate's record.
    pub async fn submitted_cases(
        &self,
        batch: &str,
        city: &str,
        district: &str,
    ) -> Result<Vec<SealedSubmitted>, StoreError> {
        let statement = Statement::returning(
            "select c.id, c.version, c.body, b.exam_key, b.record from cases c \
             left join bindings b on b.exam_key = c.exam_key \
             where c.batch = $1 and c.city = $2 and c.district = $3 \
             and c.stage in ('submitted', 'onsite_passed', 'graduated', 'not_graduated')",
        )
        .text(batch)
        .text(city)
        .text(district);
        Ok(self.read(statement).await?.into_iter().map(SealedSubmitted).collect())
    }

    /// Opens one; without a record while nobody is bound to it.
    pub fn unseal_submitted(
        &self,
        SealedSubmitted(row): &SealedSubmitted,
    ) -> Result<(Case, Option<Candidate>), StoreError> {
        let (id, body): (String, Vec<u8>) = (column(row, 0)?, column(row, 2)?);
        let case = self.open_case(&id, column(row, 1)?, &body)?;
        let Some(exam_key) = column::<Option<String>>(row, 3)? else { return Ok((case, None)) };
        let record: Vec<u8> = column(row, 4)?;
        Ok((case, Some(self.open_json(RECORD, &exam_key, &record)?)))
    }
}
