//! Finding a candidate by a number or a name, given whole. What is shown is masked; who looked for whom is the caller's
//! to write into the audit.

use super::{Act, LookError, Role, look::area};
use crate::{
    mask,
    store::{FoundCase, FoundPerson, PersonQuery, Store},
};

/// Lines at most: a name that many have is told apart by a number.
pub const MOST: usize = 50;

/// A candidate with one application, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Names the candidate where nobody may read a number; the same for all lines of one.
    pub key: String,
    /// Masked; empty when the record is nowhere any more.
    pub name: String,
    /// Masked, or empty.
    pub exam_no: String,
    /// Masked, or empty.
    pub document_no: String,
    /// Whether somebody is bound to the candidate.
    pub bound: bool,
    /// The application.
    pub case: Option<FoundCase>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// At most [`MOST`].
    pub lines: Vec<Person>,
    /// There are more.
    pub more: bool,
}

/// The candidates whom a query names, as far as the role may see them: a city those who have chosen it, the province also
/// those without an application.
pub async fn find(store: &Store, role: &Role, query: PersonQuery<'_>) -> Result<People, LookError> {
    let found = store.find_people(&area(role, Act::FindPeople)?, query, MOST as u32 + 1).await?;
    let more = found.len() > MOST;
    Ok(People { lines: found.into_iter().take(MOST).map(masked).collect(), more })
}

fn masked(found: FoundPerson) -> Person {
    let FoundPerson { exam_key, candidate, bound_at, case } = found;
    let (name, exam_no, document_no) = candidate.map_or_else(Default::default, |candidate| {
        (
            mask::name(&candidate.name),
            mask::exam_no(&candidate.exam_no),
            mask::document_in_notice(candidate.document_type, &candidate.document_no),
        )
    });
    Person { key: exam_key, name, exam_no, document_no, bound: bound_at.is_some(), case }
}
