//! The fields of an imported record: one list for each kind of record says what JSON must hold and which columns a
//! table has, so that both forms are the same record and are refused for the same reasons.
//!
//! A table is the record laid flat. Its columns are the fields' paths; a list's entries stand in rows of their own
//! below each other, each row with the record's key. What belongs to the record once may be left empty in its further
//! rows, or repeated, as exports of joined tables do. A field's path is written `major.code`; `results[].course` is a
//! field of a list's entries and `prior_credential?.level` one of an object that may be missing as a whole.

mod field;
mod table;

use jiff::civil::Date;
use serde_json::Value;

use super::mistake::{Mistake, is_enough};
use crate::time::parse_minute;
pub use field::Column;
pub(super) use field::{Field, Shape, columns, needed, optional};
use table::column;
pub(super) use table::{Record, group_rows, read_rows};

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
        if is_enough(mistakes) {
            break;
        }
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

#[cfg(test)]
mod tests;
