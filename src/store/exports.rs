//! Cases with their candidates, a page at a time, for lists that leave the house.
//!
//! Pages are read sealed and opened by whoever writes them out: opening a hundred thousand is a thread's work.

use sqlx::AssertSqlSafe;

use super::{
    Store, StoreError, column, dialect::padded, imports::CANDIDATE, sessions::RECORD, statement::Statement,
};
use crate::workflow::{candidate::Candidate, case::Case};

/// Cases read by one statement.
const SIZES: [usize; 3] = [1, 32, 256];

/// A case as it is stored, with the record that its holder is bound to and the one that was imported.
pub struct SealedCase {
    id: String,
    version: i64,
    body: Vec<u8>,
    exam_key: String,
    bound: Option<Vec<u8>>,
    imported: Option<Vec<u8>>,
}

impl Store {
    /// The cases of some ids, in no order.
    pub async fn sealed_cases(&self, ids: &[String]) -> Result<Vec<SealedCase>, StoreError> {
        let mut cases = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(SIZES[SIZES.len() - 1]) {
            let (nth, padded) = padded(&SIZES, chunk);
            let names: Vec<String> = (1..=SIZES[nth]).map(|at| self.inner.dialect.parameter(at)).collect();
            let text = format!(
                "select c.id, c.version, c.body, c.exam_key, b.record, k.record from cases c \
                 left join bindings b on b.exam_key = c.exam_key \
                 left join candidates k on k.exam_key = c.exam_key where c.id in ({})",
                names.join(", ")
            );
            let statement = padded
                .fold(Statement::returning(AssertSqlSafe(text)), |statement, id| statement.text(id.as_str()));
            for row in self.read(statement).await? {
                cases.push(SealedCase {
                    id: column(&row, 0)?,
                    version: column(&row, 1)?,
                    body: column(&row, 2)?,
                    exam_key: column(&row, 3)?,
                    bound: column(&row, 4)?,
                    imported: column(&row, 5)?,
                });
            }
        }
        Ok(cases)
    }

    /// Opens a case, and what is known of its candidate: as bound, else as imported.
    pub fn unseal_case(&self, sealed: &SealedCase) -> Result<(Case, Option<Candidate>), StoreError> {
        let case = self.open_case(&sealed.id, sealed.version, &sealed.body)?;
        let record = match (&sealed.bound, &sealed.imported) {
            (Some(bound), _) => Some((RECORD, bound)),
            (None, imported) => imported.as_ref().map(|imported| (CANDIDATE, imported)),
        };
        let open =
            |(place, record): (&'static str, &Vec<u8>)| self.open_json(place, &sealed.exam_key, record);
        Ok((case, record.map(open).transpose()?))
    }
}

impl SealedCase {
    /// The case's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}
