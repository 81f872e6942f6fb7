//! Records laid flat in a table: a header of field paths, and a block of rows for each record.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Field, Shape, misspelt};
use crate::workflow::{
    mistake::{Mistake, is_enough},
    rows::Row,
};

/// A record read from a table, and the rows that it came from.
#[derive(Debug)]
pub(in crate::workflow) struct Record {
    pub(in crate::workflow) value: Value,
    row: usize,
    lists: HashMap<&'static str, Vec<usize>>,
}

impl Record {
    /// A mistake of the record, at the row and the column that hold it.
    pub(in crate::workflow) fn place(&self, mistake: Mistake) -> Mistake {
        let entry = mistake.field.split_once('[').and_then(|(list, rest)| {
            let (at, inner) = rest.split_once(']')?;
            let inner = inner.split('[').next().unwrap_or_default();
            let row = self.lists.get(list)?.get(at.parse::<usize>().ok()?)?;
            Some((*row, format!("{list}{inner}")))
        });
        match entry {
            Some((row, field)) => Mistake { field, ..mistake }.at_row(row),
            None => mistake.at_row(self.row),
        }
    }
}

pub(super) fn column(path: &str) -> String {
    path.replace("[]", "").replace('?', "")
}

/// The records of a table, in the order in which their keys first appear; `fields[0]` is the key. All mistakes of the
/// table as such, or all records, whose own mistakes are not looked for yet.
pub(in crate::workflow) fn read_rows(
    rows: impl Iterator<Item = Row>,
    fields: &[Field],
) -> Result<Vec<Record>, Vec<Mistake>> {
    let (groups, mut mistakes) = group_rows(rows, fields)?;
    let mut records = Vec::with_capacity(groups.len());
    for group in groups {
        if is_enough(&mistakes) {
            break;
        }
        records.push(group.record(fields, &mut mistakes));
    }
    if mistakes.is_empty() { Ok(records) } else { Err(mistakes) }
}

/// The rows of one record, kept as small as they were in their file: a hundred thousand candidates are millions of
/// rows, most of whose cells are empty.
pub(in crate::workflow) struct Group {
    rows: Vec<Packed>,
}

/// One row: its number, the text of all its cells, and which field ends where in it.
struct Packed {
    number: usize,
    text: Box<str>,
    ends: Box<[(u16, u32)]>,
}

/// The rows of a table by the records that they belong to, in the order in which the keys first appear, and the mistakes
/// of rows that belong to none. A table without its columns or without any row is refused as a whole.
pub(in crate::workflow) fn group_rows(
    mut rows: impl Iterator<Item = Row>,
    fields: &[Field],
) -> Result<(Vec<Group>, Vec<Mistake>), Vec<Mistake>> {
    let (_, header) = rows.next().unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut mistakes = check_header(&header, fields);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let at = |field: &Field| header.iter().position(|name| *name == column(field.path));
    let at: Vec<Option<usize>> = fields.iter().map(at).collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (number, cells) in rows {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |index: usize| at[index].and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
        let key = cell(0);
        if key.is_empty() {
            let what = "没有填，不知道这一行属于谁";
            mistakes.push(Mistake::new(fields[0].path, what, "每一行都要写上").at_row(number));
            if is_enough(&mistakes) {
                break;
            }
            continue;
        }
        let packed = Packed::new(number, fields.len(), cell);
        if let Some(index) = known.get(key) {
            groups[*index].rows.push(packed);
        } else {
            known.insert(key.to_owned(), groups.len());
            groups.push(Group { rows: vec![packed] });
        }
    }
    if groups.is_empty() && mistakes.is_empty() {
        return Err(vec![Mistake::new("", "表里没有数据", "标题行下面每行写一条")]);
    }
    Ok((groups, mistakes))
}

impl Packed {
    fn new<'a>(number: usize, fields: usize, cell: impl Fn(usize) -> &'a str) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for index in (0..fields).filter(|index| !cell(*index).is_empty()) {
            text.push_str(cell(index));
            ends.push((index as u16, text.len() as u32));
        }
        Self { number, text: text.into(), ends: ends.into() }
    }

    /// The cells that are not empty, each with its field's index.
    fn cells(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut from = 0;
        self.ends.iter().map(move |(index, end)| {
            let cell = &self.text[from..*end as usize];
            from = *end as usize;
            (usize::from(*index), cell)
        })
    }
}

impl Group {
    /// The record; rows that contradict each other are reported.
    pub(in crate::workflow) fn record(self, fields: &[Field], mistakes: &mut Vec<Mistake>) -> Record {
        let row = self.rows.first().map_or(0, |row| row.number);
        let mut record = Record { value: Value::Object(Map::new()), row, lists: HashMap::new() };
        for row in &self.rows {
            if is_enough(mistakes) {
                break;
            }
            add_row(&mut record, row, fields, mistakes);
        }
        record
    }
}

/// A misspelt column would silently leave out what it holds.
fn check_header(header: &[String], fields: &[Field]) -> Vec<Mistake> {
    let columns: Vec<String> = fields.iter().map(|field| column(field.path)).collect();
    let always = fields.iter().filter(|field| field.needed && !field.path.contains(['[', '?']));
    let missing = always.map(|field| column(field.path)).filter(|column| !header.contains(column));
    let missing = missing.map(|column| Mistake::new(column, "没有这一列", "请在标题行补上").at_row(1));
    let head = |name: &str| name.split_once('.').map(|(head, _)| head.to_owned());
    let unknown = header.iter().filter(|name| !columns.contains(name)).filter_map(|name| {
        let family: Vec<&String> =
            columns.iter().filter(|known| head(known).is_some() && head(known) == head(name)).collect();
        let of_family = family.first().map(|_| {
            let names: Vec<&str> = family.iter().map(|known| known.as_str()).collect();
            Mistake::new(name, "没有叫这个名字的列", format!("可以写 {}", names.join("、")))
        });
        misspelt(name, &columns, "没有叫这个名字的列").or(of_family)
    });
    let unknown = unknown.map(|mistake| mistake.at_row(1));
    missing.chain(unknown).collect()
}

fn add_row(record: &mut Record, row: &Packed, fields: &[Field], mistakes: &mut Vec<Mistake>) {
    let mut entries: Vec<(&'static str, Map<String, Value>)> = Vec::new();
    for (index, cell) in row.cells() {
        let field = &fields[index];
        let value = read_cell(cell, field.shape);
        match field.path.split_once("[].") {
            Some((list, name)) => match entries.iter_mut().find(|(known, _)| *known == list) {
                Some((_, entry)) => drop(entry.insert(name.to_owned(), value)),
                None => entries.push((list, Map::from_iter([(name.to_owned(), value)]))),
            },
            None => {
                if !set(&mut record.value, &column(field.path), value) {
                    let what = format!("和第 {} 行写的不一样", record.row);
                    let remedy = "同一条记录的这一列只写一次，或每行写得一样";
                    mistakes.push(Mistake::new(column(field.path), what, remedy).at_row(row.number));
                }
            }
        }
    }
    for (list, entry) in entries {
        let entry = Value::Object(entry);
        let Some(object) = record.value.as_object_mut() else { continue };
        if let Value::Array(items) = object.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
            items.push(entry);
        }
        record.lists.entry(list).or_default().push(row.number);
    }
}

/// Puts a value at its path; false when another is there already.
fn set(record: &mut Value, path: &str, value: Value) -> bool {
    let mut object = record;
    for step in path.split('.') {
        if !object.is_object() {
            *object = Value::Object(Map::new());
        }
        object = &mut object[step];
    }
    let is_same = object.is_null() || *object == value;
    if object.is_null() {
        *object = value;
    }
    is_same
}

/// A cell as JSON would have it; what cannot be read so stays a text, which [`check`] refuses.
fn read_cell(text: &str, shape: Shape) -> Value {
    let read = match shape {
        Shape::Text | Shape::Minute | Shape::OneOf(_) => None,
        Shape::Date => date(text).map(|date| Value::from(date.to_string())),
        Shape::Number => text.parse::<f64>().ok().and_then(|number| match text.parse::<i64>() {
            Ok(whole) => Some(Value::from(whole)),
            Err(_) => serde_json::Number::from_f64(number).map(Value::Number),
        }),
        Shape::Count => text.parse::<u64>().ok().map(Value::from),
        Shape::Flag => match text.to_ascii_lowercase().as_str() {
            "true" | "是" | "1" => Some(Value::Bool(true)),
            "false" | "否" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Shape::Texts => {
            let parts = text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty());
            Some(parts.map(Value::from).collect())
        }
    };
    read.unwrap_or_else(|| Value::from(text))
}

/// `2026-06-15`, and as spreadsheets show it: `2026/6/15`.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (parts.next().is_none() && year.len() == 4).then_some(date)
}
