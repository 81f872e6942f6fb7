//! Workbooks to fill in, made from the lists of fields that imports read: they cannot say anything else.
//!
//! The first sheet has the header, two made-up rows and room; all its cells are texts, because spreadsheets cut long
//! numbers and leading zeros. The second explains each column.

use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::imports::Kind;
use crate::workflow::record::Column;

/// Rows for which choices are offered.
const ROOM: u32 = 1_000;
/// Width of a column of the first sheet, in characters.
const WIDTH: f64 = 18.0;

/// The template of a kind, as a file.
pub fn xlsx(kind: Kind) -> Result<Vec<u8>, XlsxError> {
    let columns = kind.columns();
    let mut book = Workbook::new();
    fill_in(book.add_worksheet(), &columns)?;
    explain(book.add_worksheet(), &columns)?;
    book.save_to_buffer()
}

/// The same as a table of text, for those without a spreadsheet program: the header and the two made-up rows.
pub fn csv(kind: Kind) -> Vec<u8> {
    let columns = kind.columns();
    let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    writer.write_record(columns.iter().map(|column| &column.name)).expect("memory takes every row");
    for row in 0..2 {
        writer
            .write_record(columns.iter().map(|column| column.samples[row]))
            .expect("memory takes every row");
    }
    writer.into_inner().expect("memory takes every row")
}

/// Without it spreadsheet programs in China take UTF-8 for GB18030.
const MARK: &str = "\u{feff}";

fn text() -> Format {
    Format::new().set_num_format("@")
}

fn heading() -> Format {
    text().set_bold().set_background_color(0x00DD_E6F0)
}

fn fill_in(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    sheet.set_name("填写")?.set_freeze_panes(1, 1)?;
    for (at, column) in (0_u16..).zip(columns) {
        sheet.set_column_width(at, WIDTH)?.set_column_format(at, &text())?;
        sheet.write_string_with_format(0, at, &column.name, &heading())?;
        for (row, sample) in (1_u32..).zip(column.samples).filter(|(_, sample)| !sample.is_empty()) {
            sheet.write_string_with_format(row, at, sample, &text())?;
        }
        if !column.options.is_empty() {
            let choice = DataValidation::new().allow_list_strings(&column.options)?;
            sheet.add_data_validation(1, at, ROOM, at, &choice)?;
        }
    }
    Ok(())
}

fn explain(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    sheet.set_name("说明")?.set_freeze_panes(1, 0)?;
    let wrapped = text().set_text_wrap().set_align(FormatAlign::Top);
    for (at, (name, width)) in
        (0_u16..).zip([("列", 28.0), ("填什么", 60.0), ("怎么写", 40.0), ("必填", 16.0)])
    {
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, name, &heading())?;
    }
    for (row, column) in (1_u32..).zip(columns) {
        // What a list or a part has to say is needed only where there is one.
        let needed = match (column.needed, column.name.contains('.')) {
            (true, false) => "必填",
            (true, true) => "有这一项就必填",
            (false, _) => "可以不填",
        };
        for (at, cell) in (0_u16..).zip([&column.name, column.about, &column.holds, needed]) {
            sheet.write_string_with_format(row, at, cell, &wrapped)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_explained() {
        for kind in Kind::ALL {
            for column in kind.columns() {
                assert!(!column.about.is_empty() && !column.holds.is_empty(), "{}: {column:?}", kind.name());
                assert!(
                    column.options.is_empty()
                        || column.samples.iter().all(|s| s.is_empty() || column.options.contains(s)),
                    "{column:?}"
                );
            }
        }
    }
}
