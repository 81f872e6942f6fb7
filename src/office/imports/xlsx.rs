//! The rows of a workbook's first sheet, as an editor would type them.
//!
//! A workbook is a ZIP archive of XML: a small file may say that it is endless. So it is unpacked once into nothing,
//! counting, before anything of it is kept; and cells are read one by one, because the corner of a sheet may be anywhere.

use std::io::{Cursor, Read, Write};

use calamine::{DataRef, Reader as _, Xlsx, XlsxCellReader};
use zip::ZipArchive;

use super::file::MAX_COLUMNS;
use crate::workflow::{
    mistake::{Mistake, is_enough},
    rows::{Row, Source},
};

/// All parts unpacked.
const MAX_UNPACKED: u64 = 1 << 30;
/// All but the sheets, which are never in memory as a whole.
const MAX_KEPT: u64 = 128 << 20;
/// The longest piece of XML, a text or a tag, which is in memory as a whole.
const MAX_PIECE: u64 = 1 << 20;
/// The most parts.
const MAX_PARTS: usize = 1_000;
/// From here on a number kept by a spreadsheet has lost digits: it has 15.
const EXACT: f64 = 1e15;

/// How a workbook's dates are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    /// `2026-06-16`, with the time of day `2026-06-16T09:30`.
    Whole,
    /// `06-16`: the year is another's affair, and a spreadsheet puts in the present one.
    Day,
}

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Opens a workbook that keeps within the bounds.
pub(super) fn open(bytes: &[u8]) -> Result<Book<'_>, Vec<Mistake>> {
    measure(bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))
}

fn broken(error: &dyn std::fmt::Display) -> Vec<Mistake> {
    vec![Mistake::new("", format!("不是 XLSX 工作簿（{error}）"), "请用 Excel 重新另存为 .xlsx")]
}

/// Unpacks everything into nothing. What the archive says of its sizes is not believed.
fn measure(bytes: &[u8]) -> Result<(), Vec<Mistake>> {
    let too_large = || {
        let what = format!("解压后太大（上限 {} MB）", MAX_UNPACKED >> 20);
        vec![Mistake::new("", what, "请只留要导入的那张表，或分成几个文件")]
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let (mut all, mut kept) = (0, 0);
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.to_ascii_lowercase();
        let is_sheet = name.starts_with("xl/worksheets/");
        let mut meter = Meter::default();
        let mut within = part.take(MAX_UNPACKED - all + 1);
        std::io::copy(&mut within, &mut meter).map_err(|error| broken(&error))?;
        all += meter.bytes;
        kept += if is_sheet { 0 } else { meter.bytes };
        if all > MAX_UNPACKED || kept > MAX_KEPT || (is_sheet && meter.longest > MAX_PIECE) {
            return Err(too_large());
        }
    }
    Ok(())
}

/// Counts what is written to it.
#[derive(Default)]
struct Meter {
    bytes: u64,
    /// Since the last `<`.
    piece: u64,
    longest: u64,
}

impl Write for Meter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len() as u64;
        for piece in bytes.split_inclusive(|b| *b == b'<') {
            self.piece += piece.len() as u64;
            self.longest = self.longest.max(self.piece);
            if piece.ends_with(b"<") {
                self.piece = 0;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The rows of the first sheet, empty ones left out.
pub(super) fn rows<'b>(book: &'b mut Book<'_>, dates: Dates) -> Result<impl Source + 'b, Vec<Mistake>> {
    let Some(name) = book.sheet_names().first().cloned() else {
        return Err(vec![Mistake::new("", "工作簿里没有表", "请把数据放在第一张表")]);
    };
    let cells = book.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
    Ok(SheetRows { cells, dates, next: None, ended: false, mistakes: Vec::new() })
}

struct SheetRows<'b, R: Read + std::io::Seek> {
    cells: XlsxCellReader<'b, R>,
    dates: Dates,
    /// The first cell of the next row: its row and column as the file counts, and what it says.
    next: Option<(u32, u32, String)>,
    ended: bool,
    mistakes: Vec<Mistake>,
}

impl<R: Read + std::io::Seek> SheetRows<'_, R> {
    /// The next cell that says something.
    fn cell(&mut self) -> Option<(u32, u32, String)> {
        while !self.ended && !is_enough(&self.mistakes) {
            let cell = match self.cells.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                Err(error) => {
                    self.mistakes.extend(broken(&error));
                    break;
                }
            };
            let (row, column) = cell.get_position();
            if column as usize >= MAX_COLUMNS {
                let what = format!("超过 {MAX_COLUMNS} 列");
                self.mistakes.push(Mistake::new("", what, "请去掉用不着的列").at_row(row as usize + 1));
                break;
            }
            match read_cell(cell.get_value(), self.dates) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => return Some((row, column, text)),
                Err((what, remedy)) => {
                    let mistake = Mistake::new(column_name(column as usize), what, remedy);
                    self.mistakes.push(mistake.at_row(row as usize + 1));
                }
            }
        }
        self.ended = true;
        None
    }
}

impl<R: Read + std::io::Seek> Iterator for SheetRows<'_, R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut cell = self.next.take().or_else(|| self.cell())?;
        let row = cell.0;
        let mut fields = Vec::new();
        loop {
            let (_, column, text) = cell;
            fields.resize(fields.len().max(column as usize + 1), String::new());
            fields[column as usize] = text;
            match self.cell() {
                Some(next) if next.0 == row => cell = next,
                next => {
                    self.next = next;
                    return Some((row as usize + 1, fields));
                }
            }
        }
    }
}

impl<R: Read + std::io::Seek> Source for SheetRows<'_, R> {
    fn mistakes(&mut self) -> Vec<Mistake> {
        std::mem::take(&mut self.mistakes)
    }
}

/// A cell as it would be typed: times as `09:15`, numbers without a decimal point when whole.
fn read_cell(cell: &DataRef<'_>, dates: Dates) -> Result<String, (&'static str, &'static str)> {
    Ok(match cell {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= EXACT => {
            let what = "是超过 15 位的数，后面几位已经被表格软件改掉";
            return Err((what, "请把这一列设成“文本”，再重新输入号码"));
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
            match dates {
                _ if at.as_f64() < 1.0 => format!("{hour:02}:{minute:02}"),
                Dates::Whole if at.as_f64().fract() > 0.0 => {
                    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
                }
                Dates::Whole => format!("{year:04}-{month:02}-{day:02}"),
                Dates::Day => format!("{month:02}-{day:02}"),
            }
        }
        DataRef::Error(_) => return Err(("公式出错", "请改正公式，或直接输入内容")),
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

#[cfg(test)]
mod tests {
    use super::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    #[test]
    fn cells_read_as_they_would_be_typed() {
        use calamine::{ExcelDateTime, ExcelDateTimeType::DateTime};
        let at = |value| DataRef::DateTime(ExcelDateTime::new(value, DateTime, false));
        let rows = [
            (DataRef::SharedString("天河区"), Dates::Day, "天河区"),
            (DataRef::Float(12.0), Dates::Day, "12"),
            (DataRef::Float(23.15), Dates::Day, "23.15"),
            (at(0.385_416_666_666_667), Dates::Whole, "09:15"),
            (at(46_189.0), Dates::Day, "06-16"),
            (at(46_189.0), Dates::Whole, "2026-06-16"),
            (at(46_189.395_833_333_3), Dates::Whole, "2026-06-16T09:30"),
            (DataRef::Empty, Dates::Whole, ""),
        ];
        for (cell, dates, expected) in rows {
            assert_eq!(read_cell(&cell, dates).as_deref(), Ok(expected), "{cell:?}");
        }
        let number = DataRef::Float(4.401_031_990_030_7e17);
        assert!(read_cell(&number, Dates::Whole).is_err(), "its digits are lost");
    }

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 27].into_iter().map(column_name).collect();
        assert_eq!(names, ["A", "Z", "AA", "AB"]);
    }

    /// An archive of one part, `block` so many times.
    fn bomb(part: &str, block: &[u8], times: usize) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(part, SimpleFileOptions::default()).unwrap();
        for _ in 0..times {
            archive.write_all(block).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_kept() {
        let rows = b"<row><c><v>1</v></c></row>".repeat(40_330);
        let zeros = vec![b'0'; 1 << 20];
        let bombs = [
            ("a sheet without end", bomb("xl/worksheets/sheet1.xml", &rows, 1_025)),
            ("texts without end", bomb("xl/sharedStrings.xml", &rows, 129)),
            ("a cell without end", bomb("xl/worksheets/sheet1.xml", &zeros, 2)),
        ];
        for (which, bytes) in bombs {
            assert!(bytes.len() < 8 << 20, "{which}: {} bytes", bytes.len());
            let found = measure(&bytes).unwrap_err();
            assert!(found[0].what.contains("解压后太大"), "{which}: {found:?}");
        }
        assert!(open(b"PK").is_err() && open(&bomb("a", b"b", 1)).is_err());
    }
}
