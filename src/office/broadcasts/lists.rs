//! Lists of candidates that somebody brings for announcements: exam numbers, a row each.
//!
//! A list is a table with a column `exam_no` (or 准考证号), or nothing but numbers. Everything that is wrong with it is said
//! at once, and then nothing is stored. A number that nobody has is no mistake, because registries and lists come on different
//! days: it is told, and counts as soon as somebody binds it. The numbers are kept as blind indexes only.

use std::collections::HashMap;

use super::{BroadcastError, announcer};
use crate::{
    office::{
        Who,
        imports::{Format, read_rows},
        people,
    },
    store::{AudienceList, ListKind, StaffRow, Store, StoreError},
    time::Millis,
    turn::Audit,
    workflow::{
        mistake::{ENOUGH, Mistake},
        rows::Row,
    },
};

/// The largest file.
pub const MAX_BYTES: usize = 8 << 20;
/// Characters of a list's name.
pub const NAME_MAX: usize = 30;
/// How many mistakes, and numbers that nobody has, are shown.
pub const SHOWN: usize = 1_000;
/// How the column of numbers may be called.
const COLUMNS: [&str; 2] = ["exam_no", "准考证号"];
/// Members stored in one transaction.
const PAGE: usize = 10_000;

/// A list that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// As it is now.
    pub list: AudienceList,
    /// Rows that say again what an earlier one said.
    pub repeated: usize,
    /// How many numbers nobody has.
    pub unknown: usize,
    /// The rows of the first [`SHOWN`] of these.
    pub unknown_rows: Vec<usize>,
}

/// Why no list was stored or removed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The account may not announce.
    #[error("the role may not announce")]
    Role,
    /// There is no such list.
    #[error("there is no such list")]
    Unknown,
    /// The file is wrong: the first [`SHOWN`], and how many were found.
    #[error("{count} mistakes in the list")]
    Mistakes {
        /// By row.
        shown: Vec<Mistake>,
        /// Of all.
        count: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ListError {
    /// Whether the same may go through in a moment.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl From<Vec<Mistake>> for ListError {
    fn from(mut shown: Vec<Mistake>) -> Self {
        let count = shown.len();
        shown.truncate(SHOWN);
        Self::Mistakes { shown, count }
    }
}

/// Every list that an audience can name, tags that were fetched included; the newest first.
pub async fn all(store: &Store, staff: &StaffRow) -> Result<Vec<AudienceList>, ListError> {
    may(staff)?;
    Ok(store.audience_lists().await?)
}

/// Stores a list of exam numbers. `name` is what the offices call it.
pub async fn import(
    store: &Store,
    staff: &StaffRow,
    name: &str,
    (format, bytes): (Format, Vec<u8>),
    now: Millis,
) -> Result<Imported, ListError> {
    may(staff)?;
    check(name, &bytes)?;
    let read = tokio::task::spawn_blocking(move || read_rows(format, bytes, |rows| numbers(rows, now)));
    let (numbers, repeated) = read.await.expect("reading a list does not panic")?;
    let list = AudienceList {
        id: store.list_id(now),
        kind: ListKind::Import,
        name: name.trim().to_owned(),
        count: 0,
        made_by: staff.name.clone(),
        made_at: now,
    };
    let filling = store.begin_list(&list).await?;
    let mut unknown = Vec::new();
    for page in numbers.chunks(PAGE) {
        let exam_nos: Vec<String> = page.iter().map(|(_, number)| number.clone()).collect();
        let known = store.known_exam_numbers(&exam_nos).await?;
        unknown.extend(page.iter().filter(|(_, number)| !known.contains(number)).map(|(row, _)| *row));
        let members: Vec<String> = exam_nos.iter().map(|number| store.exam_key(number)).collect();
        store.fill_list(&filling, &members).await?;
    }
    let detail = format!("{} numbers, {} of nobody", numbers.len(), unknown.len());
    let told = audit(staff, "import_list", &list.id, detail);
    let count = store.finish_list(&filling, &list, Some(&told)).await?.ok_or(ListError::Unknown)?;
    let list = AudienceList { count, ..list };
    let count = unknown.len();
    unknown.truncate(SHOWN);
    Ok(Imported { list, repeated, unknown: count, unknown_rows: unknown })
}

/// Removes a list. An announcement that names it then finds nobody on it.
pub async fn remove(store: &Store, staff: &StaffRow, id: &str, now: Millis) -> Result<(), ListError> {
    may(staff)?;
    let told = audit(staff, "remove_list", id, String::new());
    if store.remove_list(id, &told, now).await? { Ok(()) } else { Err(ListError::Unknown) }
}

fn may(staff: &StaffRow) -> Result<(), ListError> {
    announcer(staff).map(drop).map_err(|error| match error {
        BroadcastError::Store(error) => ListError::Store(error),
        _ => ListError::Role,
    })
}

fn audit(staff: &StaffRow, act: &str, id: &str, detail: String) -> Audit {
    Audit { actor: Who::Staff(staff).actor(), act: act.to_owned(), subject: id.to_owned(), detail }
}

fn check(name: &str, bytes: &[u8]) -> Result<(), ListError> {
    let mut mistakes = Vec::new();
    if !(1..=NAME_MAX).contains(&name.trim().chars().count()) {
        let what = format!("名单的名称没有写，或者超过 {NAME_MAX} 个字");
        mistakes.push(Mistake::new("", what, "请写一个看得懂的名称"));
    }
    if bytes.len() > MAX_BYTES {
        let what = format!("超过 {} MB", MAX_BYTES >> 20);
        mistakes.push(Mistake::new("", what, "请分成几个文件，分别导入"));
    }
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into()) }
}

/// Numbers with their rows, each once, and how many rows repeat one.
type Numbers = (Vec<(usize, String)>, usize);

fn numbers(rows: &mut dyn Iterator<Item = Row>, now: Millis) -> Result<Numbers, Vec<Mistake>> {
    let mut rows = rows.peekable();
    let named = |row: &Row| row.1.iter().position(|cell| COLUMNS.contains(&cell.trim()));
    let column = rows.peek().and_then(named);
    if column.is_some() {
        rows.next();
    }
    let (mut found, mut seen, mut repeated, mut mistakes) = (Vec::new(), HashMap::new(), 0, Vec::new());
    for (row, cells) in rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())) {
        let typed = cells.get(column.unwrap_or(0)).map_or("", |cell| cell.trim());
        // Without a name for the column there has to be only one.
        let is_alone = column.is_some() || cells.iter().skip(1).all(|cell| cell.trim().is_empty());
        match people::exam_no(typed, now).filter(|_| is_alone) {
            Some(number) if seen.insert(number.clone(), row).is_none() => found.push((row, number)),
            Some(_) => repeated += 1,
            None => {
                let (what, remedy) = if is_alone {
                    ("不是 12 位的准考证号", "请核对这一行")
                } else {
                    ("不止一列，看不出哪一列是准考证号", "请在第一行写上列名 exam_no")
                };
                mistakes.push(Mistake::new(COLUMNS[0], what, remedy).at_row(row));
            }
        }
        if mistakes.len() >= ENOUGH {
            break;
        }
    }
    if found.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new("", "没有准考证号", "每行写一个"));
    }
    if mistakes.is_empty() { Ok((found, repeated)) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_with_and_without_a_header() {
        let read = |rows: &[&[&str]]| {
            let rows: Vec<Row> = rows
                .iter()
                .enumerate()
                .map(|(nth, cells)| (nth + 1, cells.iter().map(|cell| (*cell).to_owned()).collect()))
                .collect();
            let mut rows = rows.into_iter();
            numbers(&mut rows, Millis(1_781_227_800_000))
                .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let (one, two) = ("010120260001", "010120260002");
        let number = |row: usize, number: &str| (row, number.to_owned());
        assert_eq!(
            read(&[&[one], &[" 010120260002 "], &[one]]),
            Ok((vec![number(1, one), number(2, two)], 1))
        );
        let named: &[&[&str]] = &[&["姓名", "准考证号"], &["林样例", one], &["", ""]];
        assert_eq!(read(named), Ok((vec![number(2, one)], 0)));
        let wrong = read(&[&["exam_no"], &["12"], &[one], &[""], &["x"]]).unwrap_err();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("第 2 行 exam_no：不是 12 位的准考证号"), "{wrong:?}");
        assert!(read(&[&[one, "林样例"]]).unwrap_err()[0].contains("不止一列"));
        assert!(read(&[&["exam_no"]]).unwrap_err()[0].contains("没有准考证号"));
    }
}
