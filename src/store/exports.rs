//! Cases with their candidates, a page at a time, for lists that leave the house.
//!
//! Pages are read sealed and opened by whoever writes them out: opening a hundred thousand is a thread's work.

use sqlx::AssertSqlSafe;

use super::{
    Area, CaseFilter, Store, StoreError, column, dialect::Dialect, imports::CANDIDATE, sessions::RECORD,
    statement::Statement,
};
use crate::{
    time::Millis,
    workflow::{candidate::Candidate, case::Case},
};

/// A case as it is stored, with the record that its holder is bound to and the one that was imported.
pub struct SealedCase {
    id: String,
    version: i64,
    entered_at: Millis,
    body: Vec<u8>,
    exam_key: String,
    bound: Option<Vec<u8>>,
    imported: Option<Vec<u8>>,
}

impl Store {
    /// A page of an area's cases of some batch and stages, by id, after one id: an id never changes, so that a case which
    /// moves to and fro between two pages is neither missing nor there twice.
    pub async fn sealed_cases(
        &self,
        area: &Area,
        filter: &CaseFilter,
        after: &str,
        limit: u32,
    ) -> Result<Vec<SealedCase>, StoreError> {
        let rows = self.read(page(self.inner.dialect, area, filter, after, limit)).await?;
        let cases = rows.iter().map(|row| {
            Ok(SealedCase {
                id: column(row, 0)?,
                version: column(row, 1)?,
                entered_at: Millis(column(row, 2)?),
                body: column(row, 3)?,
                exam_key: column(row, 4)?,
                bound: column(row, 5)?,
                imported: column(row, 6)?,
            })
        });
        cases.collect()
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

    /// When it reached its stage.
    pub fn entered_at(&self) -> Millis {
        self.entered_at
    }
}

/// A page in the order of the key, not out of an index of places, whose rows would have to be sorted for each page.
pub(in crate::store) fn page(
    dialect: Dialect,
    area: &Area,
    filter: &CaseFilter,
    after: &str,
    limit: u32,
) -> Statement {
    let own = format!("{}c.", dialect.without_index());
    let area = filter.narrowed(area);
    let stages: Vec<String> = filter.stages.iter().map(|stage| format!("'{}'", stage.name())).collect();
    let in_stages = match stages.join(", ") {
        none if none.is_empty() => none,
        stages => format!(" and c.stage in ({stages})"),
    };
    let text = format!(
        "select c.id, c.version, c.entered_at, c.body, c.exam_key, b.record, k.record from cases c \
         left join bindings b on b.exam_key = c.exam_key \
         left join candidates k on k.exam_key = c.exam_key \
         where {own}batch = $1 and c.id > $2{}{in_stages} order by c.id limit {limit}",
        area.condition("c", 2).replace("c.", &own)
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).text(filter.batch.as_str()).text(after))
}
