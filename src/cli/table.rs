//! Rows of a file, CSV or XLSX, with their numbers as its editor shows them; or of a JSON list whose objects are rows.

use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Map, Value};

use super::Failure;
use crate::workflow::{
    mistake::{Mistake, not_json},
    record,
    rows::Rows,
    schedule::COORDINATES,
};

/// From here on a number kept by a spreadsheet has lost digits: it has 15.
const EXACT: f64 = 1e15;

/// What a file is, by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
    Xlsx,
}

impl Format {
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

impl Format {
    /// How a file of it ends.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => ".csv",
            Self::Json => ".json",
            Self::Xlsx => ".xlsx",
        }
    }
}

/// The text of a file. Spreadsheet programs in China write CSV in GBK unless told otherwise.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::mistake(format!("读不到文件 {}：{error}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::mistake(format!(
            "{} 不是 UTF-8 编码。用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”，或直接导入 .xlsx。",
            path.display()
        ))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The rows of a JSON list of objects, whose fields are texts or lists of texts. An object's number is its row's.
pub(super) fn read_json(text: &str, columns: &[&str]) -> Result<Rows, Vec<Mistake>> {
    let items: Vec<Map<String, Value>> = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let mut rows: Rows = vec![(0, columns.iter().map(|&column| column.to_owned()).collect())];
    let mut mistakes = Vec::new();
    for (at, item) in items.iter().enumerate() {
        mistakes.extend(
            item.keys()
                .filter_map(|name| record::misspelt(name, columns, "没有叫这个名字的字段"))
                .map(|mistake| mistake.at_row(at + 1)),
        );
        let fields = columns.iter().map(|&column| {
            read_field(column, item.get(column)).unwrap_or_else(|| {
                mistakes.push(Mistake::new(column, "不是文本", "请加上引号").at_row(at + 1));
                String::new()
            })
        });
        let fields = fields.collect();
        rows.push((at + 1, fields));
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// A list of texts as a cell has it; coordinates are numbers.
fn read_field(column: &str, value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Number(number)) if COORDINATES.contains(&column) => Some(number.to_string()),
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(parts)) => {
            let parts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            parts.map(|parts| parts.join(";"))
        }
        Some(_) => None,
    }
}

/// How a workbook's dates are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    /// `2026-06-16`.
    Whole,
    /// `06-16`: the year is another's affair, and a spreadsheet puts in the present one.
    Day,
}

/// The rows of a workbook's first sheet, empty ones left out.
pub(super) fn read_xlsx(path: &Path, dates: Dates) -> Result<Rows, Vec<Mistake>> {
    let broken = |error: &dyn std::fmt::Display| {
        vec![Mistake::new("", format!("不是 XLSX 工作簿（{error}）"), "请用 Excel 重新另存为 .xlsx")]
    };
    let mut book: Xlsx<_> =
        calamine::open_workbook(path).map_err(|error: calamine::XlsxError| broken(&error))?;
    let Some(sheet) = book.worksheet_range_at(0) else {
        return Err(vec![Mistake::new("", "工作簿里没有表", "请把数据放在第一张表")]);
    };
    let sheet = sheet.map_err(|error| broken(&error))?;
    let (first, left) = sheet.start().map_or((0, 0), |(row, column)| (row as usize, column as usize));
    let mut rows = Rows::new();
    let mut mistakes = Vec::new();
    for (at, cells) in sheet.rows().enumerate() {
        let number = first + at + 1;
        let fields: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                read_cell(cell, dates).unwrap_or_else(|(what, remedy)| {
                    mistakes.push(Mistake::new(column_name(left + column), what, remedy).at_row(number));
                    String::new()
                })
            })
            .collect();
        if fields.iter().any(|field| !field.trim().is_empty()) {
            rows.push((number, fields));
        }
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// A cell as it would be typed: times as `09:15`, numbers without a decimal point when whole.
fn read_cell(cell: &Data, dates: Dates) -> Result<String, (&'static str, &'static str)> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => yes.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.abs() >= EXACT => {
            let what = "是超过 15 位的数，后面几位已经被表格软件改掉";
            return Err((what, "请把这一列设成“文本”，再重新输入号码"));
        }
        Data::Float(number) => number.to_string(),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
            match dates {
                _ if at.as_f64() < 1.0 => format!("{hour:02}:{minute:02}"),
                Dates::Whole => format!("{year:04}-{month:02}-{day:02}"),
                Dates::Day => format!("{month:02}-{day:02}"),
            }
        }
        Data::Error(_) => return Err(("公式出错", "请改正公式，或直接输入内容")),
    })
}

/// `A`, `B`, … as the spreadsheet names its columns.
fn column_name(at: usize) -> String {
    let letter = char::from(b'A' + (at % 26) as u8);
    match at / 26 {
        0 => letter.to_string(),
        more => format!("{}{letter}", column_name(more - 1)),
    }
}

/// Rows as CSV text, for keeping a table that came as a workbook.
pub(super) fn write_csv(rows: &Rows) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for (_, fields) in rows {
        writer.write_record(fields).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("every field was UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::rows;

    #[test]
    fn cells_read_as_they_would_be_typed() {
        use calamine::{ExcelDateTime, ExcelDateTimeType::DateTime};
        let at = |value| Data::DateTime(ExcelDateTime::new(value, DateTime, false));
        let rows = [
            (Data::String("天河区".into()), Ok("天河区".to_owned())),
            (Data::Float(12.0), Ok("12".to_owned())),
            (Data::Float(23.15), Ok("23.15".to_owned())),
            (at(0.385_416_666_666_667), Ok("09:15".to_owned())),
            (at(46_189.0), Ok("06-16".to_owned())),
            (Data::Empty, Ok(String::new())),
        ];
        for (cell, expected) in rows {
            assert_eq!(read_cell(&cell, Dates::Day), expected, "{cell:?}");
        }
        assert_eq!(read_cell(&at(46_189.0), Dates::Whole), Ok("2026-06-16".to_owned()));
        assert!(
            read_cell(&Data::Float(4.401_031_990_030_7e17), Dates::Whole).is_err(),
            "its digits are lost"
        );
    }

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 27].into_iter().map(column_name).collect();
        assert_eq!(names, ["A", "Z", "AA", "AB"]);
    }

    #[test]
    fn a_table_survives_being_written() {
        let text = "city,phones\n广州市,\"020-1,2\"\n";
        let rows = rows::read_csv(text).unwrap();
        let listed = r#"[{"city":"广州市","phones":["020-1,2"]}]"#;
        assert_eq!(read_json(listed, &["city", "phones"]).unwrap()[1], (1, rows[1].1.clone()));
        assert_eq!(read_json(r#"[{"city":1}]"#, &["city"]).unwrap_err().len(), 1);
        let placed = read_json(r#"[{"latitude":23.15,"longitude":"113.342"}]"#, &COORDINATES).unwrap();
        assert_eq!(placed[1].1, ["23.15", "113.342"]);
        let misspelt = read_json(r#"[{"city":"广州市"},{"citi":"广州市"}]"#, &["city"]).unwrap_err();
        assert_eq!(
            misspelt[0].to_string(),
            "第 2 行 citi：没有叫这个名字的字段。是不是 city？用不着的请删掉。"
        );
        assert_eq!(read_json("{}", &["city"]).unwrap_err().len(), 1);
        assert_eq!(rows[1], (2, vec!["广州市".to_owned(), "020-1,2".to_owned()]));
        assert_eq!(write_csv(&rows), text);
    }
}
