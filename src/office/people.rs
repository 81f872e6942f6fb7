//! Finding a candidate by a number or a name, given whole. What is shown is masked. Who looked for whom goes into the
//! audit ([`look_up`]), though not what was typed.

use super::{
    Act, LookError, Role, Who,
    look::{self, area},
};
use crate::{
    mask,
    store::{FoundCase, FoundPerson, PersonQuery, StaffRow, Store},
    time::Millis,
    turn::Audit,
    validation::{Facts, rule},
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
    /// Since when somebody is bound to the candidate.
    pub bound_at: Option<Millis>,
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

/// The candidates whom somebody means by what they typed: a number of twelve digits, the number of a document or a whole
/// name. Writes into the audit that the account looked, by what, and whom it found.
pub async fn look_up(store: &Store, staff: &StaffRow, typed: &str, now: Millis) -> Result<People, LookError> {
    let role = look::role(staff)?;
    if let Some(number) = exam_no(typed, now) {
        let query = PersonQuery::ExamNo(&number);
        let people = find(store, &role, query).await?;
        if !people.lines.is_empty() {
            return noted(store, staff, query, people, now).await;
        }
    }
    let has_digits = typed.chars().any(char::is_numeric);
    search(
        store,
        staff,
        if has_digits { PersonQuery::Document(typed) } else { PersonQuery::Name(typed) },
        now,
    )
    .await
}

/// The same for whoever says what it is that they typed.
pub async fn search(
    store: &Store,
    staff: &StaffRow,
    query: PersonQuery<'_>,
    now: Millis,
) -> Result<People, LookError> {
    let people = find(store, &look::role(staff)?, query).await?;
    noted(store, staff, query, people, now).await
}

/// What was found, written into the audit.
async fn noted(
    store: &Store,
    staff: &StaffRow,
    query: PersonQuery<'_>,
    people: People,
    now: Millis,
) -> Result<People, LookError> {
    let by = match query {
        PersonQuery::ExamNo(_) => "exam_no",
        PersonQuery::Document(_) => "document_no",
        PersonQuery::Name(_) => "name",
        PersonQuery::Key(_) => "key",
    };
    let mut keys: Vec<&str> = people.lines.iter().map(|person| person.key.as_str()).collect();
    keys.dedup();
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "find_people".to_owned(),
        // One candidate by the blind index of the number, as `unlock` names them.
        subject: if let [key] = keys[..] { key.to_owned() } else { "people".to_owned() },
        detail: format!("by {by}: {} found", keys.len()),
    };
    store.append_audit(&audit, now).await?;
    Ok(people)
}

/// The exam number that was typed, if it is one.
pub fn exam_no(typed: &str, now: Millis) -> Option<String> {
    let rule = rule("exam_no").expect("the table has a rule for exam numbers");
    let today = now.date(&jiff::tz::TimeZone::UTC);
    (rule.check)(typed, &Facts { today }).ok().map(|valid| valid.value)
}

/// What is shown of somebody.
pub fn masked(found: FoundPerson) -> Person {
    let FoundPerson { exam_key, candidate, bound_at, case } = found;
    let (name, exam_no, document_no) = candidate.map_or_else(Default::default, |candidate| {
        (
            mask::name(&candidate.name),
            mask::exam_no(&candidate.exam_no),
            mask::document_in_notice(candidate.document_type, &candidate.document_no),
        )
    });
    Person { key: exam_key, name, exam_no, document_no, bound_at, case }
}
