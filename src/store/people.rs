//! Finding a candidate by something that names one exactly: the number, the document, the name. All are blind indexes,
//! so that a part of any of them finds nothing.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    Area, Store, StoreError, cases::stage_column, column, imports, sessions, statement::Statement,
    time_column,
};
use crate::{
    time::Millis,
    validation::{DocumentType, document_type, name},
    workflow::{
        candidate::Candidate,
        case::{Place, Stage},
    },
};

/// What somebody is looked for by.
#[derive(Clone, Copy)]
pub enum PersonQuery<'q> {
    /// 准考证号.
    ExamNo(&'q str),
    /// The number of a document of whatever type.
    Document(&'q str),
    /// The whole name.
    Name(&'q str),
    /// The candidate of a [`FoundPerson::exam_key`].
    Key(&'q str),
}

/// A candidate with one application, or none.
#[derive(Clone)]
pub struct FoundPerson {
    /// Blind index of the exam number: the same for the lines of one candidate.
    pub exam_key: String,
    /// The record as last read; `None` when nobody is bound any more and no import has it.
    pub candidate: Option<Candidate>,
    /// Since when somebody is bound.
    pub bound_at: Option<Millis>,
    /// The application.
    pub case: Option<FoundCase>,
}

/// As much of an application as tells which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCase {
    /// ULID.
    pub id: String,
    /// Eight digits.
    pub number: String,
    /// The batch.
    pub batch: String,
    /// The chosen place.
    pub place: Option<Place>,
    /// Where it stands.
    pub stage: Stage,
}

impl Store {
    /// Candidates of whom all of it is true, each with every application that lies in the area, the newest batch first;
    /// at most so many lines. Everywhere, also those who have no application.
    pub async fn find_people(
        &self,
        area: &Area,
        query: PersonQuery<'_>,
        limit: u32,
    ) -> Result<Vec<FoundPerson>, StoreError> {
        let rows = self.read(self.find_statement(area, query, limit)).await?;
        rows.iter().map(|row| self.found(row)).collect()
    }

    pub(super) fn find_statement(&self, area: &Area, query: PersonQuery<'_>, limit: u32) -> Statement {
        let (column, keys) = match query {
            PersonQuery::ExamNo(number) => ("exam_key", vec![self.exam_key(number)]),
            PersonQuery::Key(key) => ("exam_key", vec![key.to_owned()]),
            PersonQuery::Document(number) => {
                let keys = DocumentType::ALL.map(|document| self.document_key(document, number));
                ("number_key", BTreeSet::from(keys).into_iter().collect())
            }
            PersonQuery::Name(name) => ("name_key", vec![self.name_key(name)]),
        };
        let among = (1..=keys.len()).map(|nth| format!("${nth}")).collect::<Vec<_>>().join(", ");
        let tables: &[&str] = if column == "exam_key" {
            &["bindings", "candidates", "cases"]
        } else {
            &["bindings", "candidates"]
        };
        let found: Vec<String> = tables
            .iter()
            .map(|table| format!("select exam_key from {table} where {column} in ({among})"))
            .collect();
        let text = format!(
            "select k.exam_key, b.record, r.record, b.bound_at, c.id, c.number, c.batch, c.city, c.district, c.stage \
             from ({}) as k \
             left join bindings b on b.exam_key = k.exam_key \
             left join candidates r on r.exam_key = k.exam_key \
             left join cases c on c.exam_key = k.exam_key \
             where 1 = 1{} order by k.exam_key, c.batch desc limit {limit}",
            found.join(" union "),
            area.condition("c", keys.len())
        );
        area.bind(keys.into_iter().fold(Statement::returning(AssertSqlSafe(text)), Statement::text))
    }

    /// Under which a name is found, however it is written.
    pub(super) fn name_key(&self, name: &str) -> String {
        self.inner.secrets.blind_index("name", &name::folded(name))
    }

    /// Under which the candidate with a document is found: only what identifies the person counts.
    pub(super) fn document_key(&self, document: DocumentType, number: &str) -> String {
        self.inner.secrets.blind_index("identifying_no", &document_type::identifying(document, number))
    }

    /// The record of a candidate from the binding, which is newer, or from the import.
    pub(super) fn open_record(
        &self,
        exam_key: &str,
        bound: Option<Vec<u8>>,
        imported: Option<Vec<u8>>,
    ) -> Result<Option<Candidate>, StoreError> {
        match (bound, imported) {
            (Some(record), _) => self.open_json(sessions::RECORD, exam_key, &record).map(Some),
            (None, Some(record)) => self.open_json(imports::CANDIDATE, exam_key, &record).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn found(&self, row: &AnyRow) -> Result<FoundPerson, StoreError> {
        let exam_key: String = column(row, 0)?;
        let candidate = self.open_record(&exam_key, column(row, 1)?, column(row, 2)?)?;
        let case = match column::<Option<String>>(row, 4)? {
            Some(id) => Some(FoundCase {
                id,
                number: column(row, 5)?,
                batch: column(row, 6)?,
                place: match (column(row, 7)?, column(row, 8)?) {
                    (Some(city), Some(district)) => Some(Place { city, district }),
                    _ => None,
                },
                stage: stage_column(row, 9)?,
            }),
            None => None,
        };
        Ok(FoundPerson { exam_key, candidate, bound_at: time_column(row, 3)?, case })
    }
}
