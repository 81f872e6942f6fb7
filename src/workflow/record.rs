//! The fields of an imported record: one list for each kind of record says what JSON must hold and which columns a
//! table has, so that both forms are the same record and are refused for the same reasons.
//!
//! A table is the record laid flat. Its columns are the fields' paths; a list's entries stand in rows of their own
//! below each other, each row with the record's key. What belongs to the record once may be left empty in its further
//! rows, or repeated, as exports of joined tables do. A field's path is written `major.code`; `results[].course` is a
//! field of a list's entries and `prior_credential?.level` one of an object that may be missing as a whole.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{mistake::Mistake, rows::Rows};
use crate::time::parse_minute;

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    /// `2026-06-15`.
    Date,
    /// `2026-06-15T09:30`.
    Minute,
    Number,
    /// A whole number, not below 0.
    Count,
    /// `true` or `false`, in a table also 是 or 否.
    Flag,
    /// Several texts, in a table separated by `;`.
    Texts,
    OneOf(&'static [&'static str]),
}

/// One field of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) path: &'static str,
    pub(super) shape: Shape,
    /// Must be there wherever the object that it belongs to is.
    pub(super) needed: bool,
}

pub(super) const fn needed(path: &'static str, shape: Shape) -> Field {
    Field { path, shape, needed: true }
}

pub(super) const fn optional(path: &'static str, shape: Shape) -> Field {
    Field { path, shape, needed: false }
}

/// A record read from a table, and the rows that it came from.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) value: Value,
    row: usize,
    lists: HashMap<&'static str, Vec<usize>>,
}

impl Record {
    /// A mistake of the record, at the row and the column that hold it.
    pub(super) fn place(&self, mistake: Mistake) -> Mistake {
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

/// The columns of a table, as its header names them.
pub(super) fn columns(fields: &[Field]) -> impl Iterator<Item = String> {
    fields.iter().map(|field| column(field.path))
}

fn column(path: &str) -> String {
    path.replace("[]", "").replace('?', "")
}

/// Everything wrong with the shape of a record; what each value means is for its own `check`.
pub(super) fn check(record: &Value, fields: &[Field]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    if !record.is_object() {
        return vec![Mistake::new("", "不是 {…} 这样的一条记录", "请照 examples/data 里的文件改")];
    }
    for field in fields {
        visit(Some(record), field.path, "", field, &mut mistakes);
    }
    mistakes
}

/// The same for objects inside a record, which stand at a path like `required[]` or, in a map of lists, `additional{}`.
pub(super) fn check_below(record: &Value, path: &str, fields: &[Field]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for field in fields {
        visit(Some(record), &format!("{path}.{}", field.path), "", field, &mut mistakes);
    }
    mistakes
}

fn visit(value: Option<&Value>, path: &str, at: &str, field: &Field, mistakes: &mut Vec<Mistake>) {
    let value = value.filter(|value| !value.is_null());
    if path.is_empty() {
        match value {
            None if field.needed => mistakes.push(Mistake::new(at, "没有填", "请补上")),
            None => {}
            Some(value) => mistakes.extend(shape_mistake(value, field.shape, at)),
        }
        return;
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = step.trim_end_matches(MARKS);
    let at = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let below = value.and_then(|value| value.get(name)).filter(|value| !value.is_null());
    match below {
        None if step.ends_with(MARKS) => {}
        Some(items) if step.ends_with("[]") => visit_list(items, rest, &at, field, mistakes),
        Some(Value::Object(lists)) if step.ends_with("{}") => {
            for (name, items) in lists {
                visit_list(items, rest, &format!("{at}.{name}"), field, mistakes);
            }
        }
        below => visit(below, rest, &at, field, mistakes),
    }
}

/// A slip of the pen in so many letters is still the same name: 「birht」, 「result.course」.
const LETTERS_A_SLIP: usize = 4;

/// What may follow a step's name.
const MARKS: [char; 5] = ['?', '[', ']', '{', '}'];

fn visit_list(items: &Value, rest: &str, at: &str, field: &Field, mistakes: &mut Vec<Mistake>) {
    let Some(items) = items.as_array() else {
        return report_once(mistakes, Mistake::new(at, "不是列表", "请写成 […]"));
    };
    for (index, item) in items.iter().enumerate() {
        visit(Some(item), rest, &format!("{at}[{index}]"), field, mistakes);
    }
}

/// A list that is none has one mistake, not one for each field of its entries.
fn report_once(mistakes: &mut Vec<Mistake>, mistake: Mistake) {
    if !mistakes.contains(&mistake) {
        mistakes.push(mistake);
    }
}

/// What is wrong with a value; the value may be personal and is not repeated.
fn shape_mistake(value: &Value, shape: Shape, at: &str) -> Option<Mistake> {
    let (fits, what, remedy) = match shape {
        Shape::Text => {
            (value.is_string(), "不是文本", "JSON 里要加引号，表格里这一列要设成“文本”".to_owned())
        }
        Shape::Date => {
            let fits = value.as_str().is_some_and(|text| text.parse::<Date>().is_ok());
            (fits, "不是日期，或没有这一天", "请写成 2026-06-15 这样".to_owned())
        }
        Shape::Minute => {
            let fits = value.as_str().is_some_and(|text| parse_minute(text).is_some());
            (fits, "不是日期加时间，或没有这一刻", "请写成 2026-06-15T09:30 这样".to_owned())
        }
        Shape::Number => (value.is_number(), "不是数", "请写成 78 或 78.5 这样".to_owned()),
        Shape::Count => (value.is_u64(), "不是整数", "请写成 4 这样".to_owned()),
        Shape::Flag => (value.is_boolean(), "不是 true 或 false", "请写 true 或 false".to_owned()),
        Shape::Texts => {
            let fits = value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            (fits, "不是文本的列表", "JSON 里写成 [\"…\"]，表格里用 ; 隔开".to_owned())
        }
        Shape::OneOf(known) => {
            let fits = value.as_str().is_some_and(|text| known.contains(&text));
            (fits, "不在可以写的范围里", format!("请写其中一个：{}", known.join("、")))
        }
    };
    (!fits).then(|| Mistake::new(at, what, remedy))
}

/// The records of a table, in the order in which their keys first appear; `fields[0]` is the key. All mistakes of the
/// table as such, or all records, whose own mistakes are not looked for yet.
pub(super) fn read_rows(rows: Rows, fields: &[Field]) -> Result<Vec<Record>, Vec<Mistake>> {
    let mut rows = rows.into_iter();
    let (_, header) = rows.next().unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut mistakes = check_header(&header, fields);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let at: Vec<Option<usize>> =
        columns(fields).map(|column| header.iter().position(|name| *name == column)).collect();
    let mut records: Vec<Record> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (row, cells) in rows {
        let cell = |index: usize| at[index].and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cell(0).is_empty() {
            let what = "没有填，不知道这一行属于谁";
            mistakes.push(Mistake::new(fields[0].path, what, "每一行都要写上").at_row(row));
            continue;
        }
        let index = *known.entry(cell(0).to_owned()).or_insert(records.len());
        if index == records.len() {
            records.push(Record { value: Value::Object(Map::new()), row, lists: HashMap::new() });
        }
        add_row(&mut records[index], row, fields, cell, &mut mistakes);
    }
    if records.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new("", "表里没有数据", "标题行下面每行写一条"));
    }
    if mistakes.is_empty() { Ok(records) } else { Err(mistakes) }
}

/// A misspelt column would silently leave out what it holds.
fn check_header(header: &[String], fields: &[Field]) -> Vec<Mistake> {
    let columns: Vec<String> = columns(fields).collect();
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

/// A name that is one of those known misspelt, which would silently leave out what it holds. `None` for a right one,
/// and for one of another's: offices keep remarks in their tables.
pub(crate) fn misspelt(name: &str, known: &[impl AsRef<str>], what: &str) -> Option<Mistake> {
    let away = |known: &&str| strsim::osa_distance(known, name);
    let nearest = known.iter().map(AsRef::as_ref).min_by_key(away)?;
    let is_near = away(&nearest) * LETTERS_A_SLIP <= name.chars().count();
    (nearest != name && is_near)
        .then(|| Mistake::new(name, what, format!("是不是 {nearest}？用不着的请删掉")))
}

/// Fields of a record that are one of `fields` misspelt, which would silently leave out what they hold. Others are the
/// registry's own affair.
pub(super) fn check_names(record: &Value, fields: &[Field]) -> Vec<Mistake> {
    let paths: Vec<&str> = fields.iter().map(|field| field.path).collect();
    let mut mistakes = Vec::new();
    names_below(record, "", &paths, &mut mistakes);
    mistakes
}

fn names_below(value: &Value, at: &str, paths: &[&str], mistakes: &mut Vec<Mistake>) {
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            names_below(item, &format!("{at}[{index}]"), paths, mistakes);
        }
    }
    let step = |path: &&str| path.split('.').next().unwrap_or_default().trim_end_matches(MARKS).to_owned();
    for (name, below) in value.as_object().into_iter().flatten() {
        let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        let of_name = paths.iter().filter(|path| step(path) == *name);
        let rest: Vec<&str> = of_name.filter_map(|path| path.split_once('.').map(|(_, rest)| rest)).collect();
        if !rest.is_empty() {
            names_below(below, &at, &rest, mistakes);
        } else if !paths.iter().any(|path| step(path) == *name) {
            let known: Vec<String> = paths.iter().map(step).collect();
            let mistake = misspelt(name, &known, "没有叫这个名字的字段");
            mistakes.extend(mistake.map(|mistake| Mistake { field: at, ..mistake }));
        }
    }
}

fn add_row<'a>(
    record: &mut Record,
    row: usize,
    fields: &[Field],
    cell: impl Fn(usize) -> &'a str,
    mistakes: &mut Vec<Mistake>,
) {
    let mut entries: Vec<(&'static str, Map<String, Value>)> = Vec::new();
    for (index, field) in fields.iter().enumerate().filter(|(index, _)| !cell(*index).is_empty()) {
        let value = read_cell(cell(index), field.shape);
        match field.path.split_once("[].") {
            Some((list, name)) => match entries.iter_mut().find(|(known, _)| *known == list) {
                Some((_, entry)) => drop(entry.insert(name.to_owned(), value)),
                None => entries.push((list, Map::from_iter([(name.to_owned(), value)]))),
            },
            None => {
                if !set(&mut record.value, &column(field.path), value) {
                    let what = format!("和第 {} 行写的不一样", record.row);
                    let remedy = "同一条记录的这一列只写一次，或每行写得一样";
                    mistakes.push(Mistake::new(column(field.path), what, remedy).at_row(row));
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
        record.lists.entry(list).or_default().push(row);
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

#[cfg(test)]
mod tests;
