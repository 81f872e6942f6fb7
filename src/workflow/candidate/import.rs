//! Reading candidates from files: a JSON list of records, or a table.
//!
//! In a table each row has the candidate's `exam_no` and whatever else it says: what a candidate has once (name, major,
//! …) in the first row, results and other lists one entry a row below each other. So one candidate is a block of rows
//! that begins with a full one, and a joined export, which repeats the candidate in every row, reads the same.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;

use super::Candidate;
use crate::validation::DocumentType;
use crate::workflow::{
    mistake::{Mistake, Spot, read_list_text},
    record::{self, Field, Shape, needed, optional},
    rows::Rows,
};

const KINDS: Shape = Shape::OneOf(&["written", "practical", "thesis"]);

/// The record of `domain/upstream.md`, the key first.
const FIELDS: &[Field] = &[
    needed("exam_no", Shape::Text),
    needed("name", Shape::Text),
    needed("gender", Shape::OneOf(&["男", "女"])),
    needed("birth", Shape::Date),
    needed("document_type", Shape::OneOf(&DOCUMENTS)),
    needed("document_no", Shape::Text),
    optional("phone", Shape::Text),
    optional("candidate_type", Shape::Text),
    needed("major.code", Shape::Text),
    needed("major.building_school", Shape::Text),
    optional("major.running_school", Shape::Text),
    needed("major.course_group", Shape::Text),
    optional("region", Shape::OneOf(&["mainland", "hk_mo_tw", "foreign"])),
    optional("additional_group", Shape::Text),
    needed("prior_credential?.level", Shape::Text),
    needed("prior_credential?.status", Shape::Text),
    optional("violation_until", Shape::Date),
    optional("batch_extra?.open_college", Shape::Flag),
    needed("results[].course", Shape::Text),
    optional("results[].score", Shape::Number),
    optional("results[].grade", Shape::Text),
    optional("results[].date", Shape::Date),
    needed("results[].kind", KINDS),
    optional("results[].major", Shape::Text),
    optional("results[].school", Shape::Text),
    needed("substitutions[].plan_course", Shape::Text),
    needed("substitutions[].by", Shape::Texts),
    optional("substitutions[].default", Shape::Flag),
    needed("exemptions[].course", Shape::Text),
    optional("exemptions[].certificate", Shape::Text),
    optional("exemptions[].date", Shape::Date),
    needed("issued[].major_code", Shape::Text),
    needed("issued[].date", Shape::Date),
];

const DOCUMENTS: [&str; 8] = {
    let mut labels = [""; 8];
    let mut at = 0;
    while at < labels.len() {
        labels[at] = DocumentType::ALL[at].label();
        at += 1;
    }
    labels
};

/// The columns of the table, as its header names them.
pub fn columns() -> impl Iterator<Item = String> {
    record::columns(FIELDS)
}

/// Reads a file of `import candidates`: a JSON list of candidates. All mistakes, or all candidates.
pub fn read_candidates(text: &str, today: Date) -> Result<Vec<Candidate>, Vec<Mistake>> {
    let candidates = read_list_text(text, |item| read(item, today).map(|candidate| vec![candidate]))?;
    let mut first_of = HashMap::new();
    let mut mistakes = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if let Some(first) = first_of.insert(&candidate.exam_no, index + 1) {
            let what = format!("和第 {first} 条是同一个号码");
            mistakes.push(Mistake::new("exam_no", what, "两条只留一条").at(Spot::Item(index + 1)));
        }
    }
    if mistakes.is_empty() { Ok(candidates) } else { Err(mistakes) }
}

/// Reads the rows of a table. All mistakes, or all candidates.
pub fn read_candidate_rows(rows: Rows, today: Date) -> Result<Vec<Candidate>, Vec<Mistake>> {
    let mut candidates = Vec::new();
    let mut mistakes = Vec::new();
    for mut record in record::read_rows(rows, FIELDS)? {
        match read(record.value.take(), today) {
            Ok(candidate) => candidates.push(candidate),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| record.place(mistake))),
        }
    }
    if mistakes.is_empty() { Ok(candidates) } else { Err(mistakes) }
}

fn read(item: Value, today: Date) -> Result<Candidate, Vec<Mistake>> {
    let mut mistakes = record::check(&item, FIELDS);
    mistakes.extend(record::check_names(&item, FIELDS));
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    // The parser's message might quote the record.
    let candidate: Candidate = serde_json::from_value(item).map_err(|_| {
        vec![Mistake::new("", "这条记录读不出来", "请照 examples/data/candidates.json 核对每个字段")]
    })?;
    let mistakes = candidate.check(today);
    if mistakes.is_empty() { Ok(candidate) } else { Err(mistakes) }
}
