//! The workbook of an export: a sheet of cases and one of their rounds, written row by row.
//!
//! All cells are texts, so that no spreadsheet cuts a number of eighteen digits, and what looks like a formula is marked
//! as a text even when somebody edits it.

use std::{io::Write, path::Path};

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::{
    inbound::Level,
    office::words,
    time::Millis,
    workflow::{
        candidate::Candidate,
        case::{Case, Decided, Round},
    },
};

const CASES: [(&str, f64); 21] = [
    ("申请编号", 12.0),
    ("批次", 10.0),
    ("准考证号", 15.0),
    ("姓名", 12.0),
    ("证件类型", 16.0),
    ("证件号码", 22.0),
    ("联系电话", 16.0),
    ("专业代码", 10.0),
    ("主考学校", 18.0),
    ("城市", 10.0),
    ("办理地点", 12.0),
    ("状态", 18.0),
    ("何时起", 17.0),
    ("提交次数", 9.0),
    ("最近一次提交", 17.0),
    ("提交内容", 22.0),
    ("市考办结论", 12.0),
    ("市考办意见", 40.0),
    ("省考办结论", 12.0),
    ("省考办意见", 40.0),
    ("提交毕业申请", 17.0),
];

const ROUNDS: [(&str, f64); 10] = [
    ("申请编号", 12.0),
    ("准考证号", 15.0),
    ("轮次", 6.0),
    ("提交内容", 22.0),
    ("提交时间", 17.0),
    ("级别", 8.0),
    ("结论", 10.0),
    ("意见", 40.0),
    ("经办", 12.0),
    ("审核时间", 17.0),
];

/// The workbook under way.
pub(super) struct Lists {
    book: Workbook,
    text: Format,
    /// For what a spreadsheet might take for a formula.
    guarded: Format,
    cases: u32,
    rounds: u32,
    zone: TimeZone,
}

impl Lists {
    pub(super) fn new(scratch: &Path, zone: TimeZone) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        book.set_tempdir(scratch)?;
        let text = Format::new().set_num_format("@");
        let heading = text.clone().set_bold();
        start(book.add_worksheet_with_constant_memory()?, "申请", &CASES, &heading)?;
        start(book.add_worksheet_with_constant_memory()?, "各轮审核", &ROUNDS, &heading)?;
        let guarded = text.clone().set_quote_prefix();
        Ok(Self { book, text, guarded, cases: 0, rounds: 0, zone })
    }

    /// Adds a case and its rounds.
    pub(super) fn add(
        &mut self,
        case: &Case,
        candidate: Option<&Candidate>,
        entered_at: Millis,
    ) -> Result<(), XlsxError> {
        let row = self.case_row(case, candidate, entered_at);
        self.cases += 1;
        self.write(0, self.cases, &row)?;
        for round in &case.rounds {
            for row in self.round_rows(case, round) {
                self.rounds += 1;
                self.write(1, self.rounds, &row)?;
            }
        }
        Ok(())
    }

    pub(super) fn save(mut self, out: impl Write + Send) -> Result<(), XlsxError> {
        self.book.save_to_writer(out)
    }

    fn case_row(
        &self,
        case: &Case,
        candidate: Option<&Candidate>,
        entered_at: Millis,
    ) -> [String; CASES.len()] {
        let place = |name: fn(&crate::workflow::case::Place) -> &String| {
            case.place.as_ref().map(|place| name(place).clone()).unwrap_or_default()
        };
        let round = case.rounds.iter().rev().find(|round| !round.withdrawn);
        let verdict = |level: Level| {
            let decided =
                round.and_then(|round| round.decisions.iter().find(|decided| decided.level == level));
            (decided.map(conclusion).unwrap_or_default(), decided.map(opinion).unwrap_or_default())
        };
        let (city, city_opinion) = verdict(Level::City);
        let (province, province_opinion) = verdict(Level::Province);
        let of = |read: &dyn Fn(&Candidate) -> String| candidate.map(read).unwrap_or_default();
        [
            words::number(&case.number),
            case.batch.clone(),
            case.exam_no.clone(),
            of(&|candidate| candidate.name.clone()),
            of(&|candidate| candidate.document_type.label().to_owned()),
            of(&|candidate| candidate.document_no.clone()),
            case.phone.clone().unwrap_or_default(),
            of(&|candidate| candidate.major.code.clone()),
            of(&|candidate| candidate.major.host_school().to_owned()),
            place(|place| &place.city),
            place(|place| &place.district),
            words::stage(case.stage).to_owned(),
            self.moment(entered_at),
            case.rounds.len().to_string(),
            round.map(|round| self.moment(round.submitted_at)).unwrap_or_default(),
            round.map(|round| words::part(round.part).to_owned()).unwrap_or_default(),
            city,
            city_opinion,
            province,
            province_opinion,
            case.submitted_at.map(|at| self.moment(at)).unwrap_or_default(),
        ]
    }

    /// One row a decision; a round that waits for its first one has a row all the same.
    fn round_rows(&self, case: &Case, round: &Round) -> Vec<[String; ROUNDS.len()]> {
        let submitted = |decided: Option<&Decided>| {
            [
                words::number(&case.number),
                case.exam_no.clone(),
                round.number.to_string(),
                words::part(round.part).to_owned(),
                self.moment(round.submitted_at),
                decided.map(|decided| words::level(decided.level).to_owned()).unwrap_or_default(),
                decided.map_or_else(|| "未审核".to_owned(), conclusion),
                decided.map(opinion).unwrap_or_default(),
                decided.map(|decided| decided.staff.clone()).unwrap_or_default(),
                decided.map(|decided| self.moment(decided.at)).unwrap_or_default(),
            ]
        };
        if round.decisions.is_empty() {
            return vec![submitted(None)];
        }
        round.decisions.iter().map(|decided| submitted(Some(decided))).collect()
    }

    fn moment(&self, at: Millis) -> String {
        words::moment(at, &self.zone)
    }

    fn write(&mut self, sheet: usize, row: u32, cells: &[String]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(sheet)?;
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let format = if looks_like_formula(cell) { &self.guarded } else { &self.text };
            sheet.write_string_with_format(row, column, cell, format)?;
        }
        Ok(())
    }
}

fn start(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[(&str, f64)],
    heading: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (at, (title, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(0, at, *title, heading)?;
    }
    Ok(())
}

fn conclusion(decided: &Decided) -> String {
    match &decided.rejected {
        None => "通过".to_owned(),
        Some(rejected) => format!("{}不通过", words::part(rejected.part)),
    }
}

fn opinion(decided: &Decided) -> String {
    decided.rejected.as_ref().map(|rejected| rejected.opinion.clone()).unwrap_or_default()
}

/// What a spreadsheet calculates when it is typed, or read from CSV later.
fn looks_like_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
