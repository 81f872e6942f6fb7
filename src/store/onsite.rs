//! Whom a place awaits: submitted applications with their candidates' records.

use std::sync::Arc;

use super::{Store, StoreError, column, sessions::RECORD, statement::Statement};
use crate::workflow::{candidate::Candidate, case::Case};

impl Store {
    /// The submitted cases of a place, each with its candidate's record; without one while nobody is bound to it.
    pub async fn submitted_cases(
        &self,
        batch: &str,
        city: &str,
        district: &str,
    ) -> Result<Vec<(Arc<Case>, Option<Arc<Candidate>>)>, StoreError> {
        let statement = Statement::returning(
            "select c.id, c.version, c.body, b.exam_key, b.record from cases c \
             left join bindings b on b.exam_key = c.exam_key \
             where c.batch = $1 and c.city = $2 and c.district = $3 \
             and c.stage in ('submitted', 'onsite_passed', 'graduated', 'not_graduated')",
        )
        .text(batch)
        .text(city)
        .text(district);
        let rows = self.read(statement).await?;
        rows.iter()
            .map(|row| {
                let (id, body): (String, Vec<u8>) = (column(row, 0)?, column(row, 2)?);
                let case = Arc::new(self.open_case(&id, column(row, 1)?, &body)?);
                let Some(exam_key) = column::<Option<String>>(row, 3)? else { return Ok((case, None)) };
                let record: Vec<u8> = column(row, 4)?;
                let candidate: Candidate = self.open_json(RECORD, &exam_key, &record)?;
                Ok((case, Some(Arc::new(candidate))))
            })
            .collect()
    }
}
