//! The report of an announcement as a workbook: what it was, to whom nothing came, who may have it twice, and the mass
//! sends.
//!
//! Rows stream as in an export: a page is read and written before the next one is asked for, so that memory does not grow
//! with the people. Nobody is named whole: an openid's end and a masked name tell the office's own from others.

use std::{io::Write, path::Path};

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

use super::{BroadcastError, announcer};
use crate::{
    mask,
    office::{Who, deliveries, words},
    store::{Broadcast, Missed, MissedRow, SendRow, SendState, StaffRow, Store},
    time::Millis,
    turn::Audit,
};

/// Rows read at a time.
const PAGE: u32 = 1_000;
/// Pages that may wait for the writer.
const PAGES: usize = 2;
/// Rows of a sheet, its heading left out.
const SHEET_ROWS: u32 = 1_048_575;

const MISSED: [(&str, f64); 5] =
    [("微信号末尾", 12.0), ("考生", 10.0), ("现在", 16.0), ("原因", 44.0), ("时间", 17.0)];
const LISTS: [(&str, f64); 6] =
    [("第几批", 8.0), ("人数", 10.0), ("状态", 16.0), ("平台编号", 16.0), ("交给平台", 17.0), ("原因", 44.0)];

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It was refused, or could not be read.
    #[error(transparent)]
    Broadcast(#[from] BroadcastError),
    /// It could not be written.
    #[error("the workbook could not be written: {0}")]
    Write(#[from] XlsxError),
}

impl From<crate::store::StoreError> for ReportError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Broadcast(error.into())
    }
}

/// What the report is made of besides the announcement.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Where it is stored.
    pub store: &'a Store,
    /// Who asks.
    pub staff: &'a StaffRow,
    /// Business time.
    pub now: Millis,
    /// In which times are told.
    pub zone: &'a TimeZone,
}

/// Writes the report; that it was written is in the audit before the file can be taken. `overview` are the lines of its
/// first sheet: what, and its words. What does not fit in memory lies in unnamed files of the folder `scratch` meanwhile.
pub async fn write<W: Write + Send + 'static>(
    desk: Desk<'_>,
    broadcast: &Broadcast,
    overview: Vec<(String, String)>,
    out: W,
    scratch: &Path,
) -> Result<u64, ReportError> {
    announcer(desk.staff)?;
    let lists = desk.store.lists(&broadcast.id).await?;
    let (pages, mut queue) = mpsc::channel::<(Missed, Vec<MissedRow>)>(PAGES);
    let (zone, scratch) = (desk.zone.clone(), scratch.to_owned());
    let writing = tokio::task::spawn_blocking(move || -> Result<Report, XlsxError> {
        let mut report = Report::new(&scratch, zone)?;
        report.overview(&overview)?;
        report.lists(&lists)?;
        while let Some((which, page)) = queue.blocking_recv() {
            for row in page {
                report.add(which, &row)?;
            }
        }
        Ok(report)
    });
    let sent = send_pages(desk.store, &broadcast.id, pages).await;
    let report = writing.await.expect("writing a workbook does not panic")?;
    let rows = sent?;
    let audit = Audit {
        actor: Who::Staff(desk.staff).actor(),
        act: "export_report".to_owned(),
        subject: broadcast.id.clone(),
        detail: String::new(),
    };
    desk.store.append_audit(&audit, desk.now).await?;
    let saved = tokio::task::spawn_blocking(move || report.save(out));
    saved.await.expect("writing a workbook does not panic")?;
    Ok(rows)
}

/// Sends page after page until all are sent or the writer has given up.
async fn send_pages(
    store: &Store,
    id: &str,
    pages: mpsc::Sender<(Missed, Vec<MissedRow>)>,
) -> Result<u64, ReportError> {
    let mut sent = 0;
    for which in [Missed::Undelivered, Missed::Doubtful] {
        let mut after = String::new();
        loop {
            let page = store.missed(id, which, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            last.id.clone_into(&mut after);
            let (count, is_last) = (page.len() as u64, (page.len() as u32) < PAGE);
            if pages.send((which, page)).await.is_err() {
                return Ok(sent);
            }
            sent += count;
            if is_last {
                break;
            }
        }
    }
    Ok(sent)
}

/// The workbook under way.
struct Report {
    book: Workbook,
    text: Format,
    heading: Format,
    zone: TimeZone,
    /// Rows of the two sheets of people.
    rows: [u32; 2],
}

impl Report {
    fn new(scratch: &Path, zone: TimeZone) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        book.set_tempdir(scratch)?;
        let text = Format::new().set_num_format("@").set_quote_prefix();
        let heading = Format::new().set_num_format("@").set_bold();
        for (name, columns) in [
            ("概况", &[("", 24.0), ("", 60.0)][..]),
            ("未送达", &MISSED),
            ("存疑", &MISSED),
            ("群发", &LISTS),
        ] {
            start(book.add_worksheet_with_constant_memory()?, name, columns, &heading)?;
        }
        Ok(Self { book, text, heading, zone, rows: [0; 2] })
    }

    fn overview(&mut self, lines: &[(String, String)]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for (row, (what, said)) in (0_u32..).zip(lines) {
            sheet.write_string_with_format(row, 0, what, &self.heading)?;
            sheet.write_string_with_format(row, 1, said, &self.text)?;
        }
        Ok(())
    }

    fn lists(&mut self, lists: &[SendRow]) -> Result<(), XlsxError> {
        for (row, list) in (1_u32..).zip(lists) {
            let cells = [
                list.nth.to_string(),
                list.people.to_string(),
                list_state(list).to_owned(),
                list.msg_id.map(|id| id.to_string()).unwrap_or_default(),
                list.taken_at.map(|at| words::moment(at, &self.zone)).unwrap_or_default(),
                list.reason.as_deref().map(deliveries::reasons::why).unwrap_or_default(),
            ];
            put(self.book.worksheet_from_index(3)?, row, &cells, &self.text)?;
        }
        Ok(())
    }

    /// Adds somebody; what does not fit on a sheet is left out, and is on the page.
    fn add(&mut self, which: Missed, row: &MissedRow) -> Result<(), XlsxError> {
        let nth = usize::from(which == Missed::Doubtful);
        if self.rows[nth] >= SHEET_ROWS {
            return Ok(());
        }
        self.rows[nth] += 1;
        let cells = [
            tail(&row.open_id),
            row.name.as_deref().map(mask::name).unwrap_or_default(),
            deliveries::words::state(row.state).to_owned(),
            if row.reason.is_empty() { String::new() } else { deliveries::reasons::why(&row.reason) },
            row.ended_at.map(|at| words::moment(at, &self.zone)).unwrap_or_default(),
        ];
        put(self.book.worksheet_from_index(nth + 1)?, self.rows[nth], &cells, &self.text)
    }

    fn save(mut self, out: impl Write + Send) -> Result<(), XlsxError> {
        self.book.save_to_writer(out)
    }
}

/// 「…x3Kq」: the end of an openid, enough to tell two people apart.
pub fn tail(open_id: &str) -> String {
    let end: Vec<char> = open_id.chars().rev().take(4).collect();
    format!("…{}", end.into_iter().rev().collect::<String>())
}

/// Where a list stands, in words.
pub fn list_state(list: &SendRow) -> &'static str {
    match list.state {
        SendState::Due => "等着交给平台",
        SendState::Leased => "正在交给平台",
        SendState::Taken if list.deleted_at.is_some() => "平台已删除",
        SendState::Taken => "平台已收下",
        SendState::Failed => "平台没有收",
        SendState::Cancelled => "已取消",
    }
}

fn start(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[(&str, f64)],
    heading: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (at, (title, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(at, *width)?;
        if !title.is_empty() {
            sheet.write_string_with_format(0, at, *title, heading)?;
        }
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, cells: &[String], format: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string_with_format(row, column, cell, format)?;
    }
    Ok(())
}
