//! Reading batches: a JSON list or a single one, or a table of one row each.

use serde_json::Value;

use super::Batch;
use crate::workflow::{
    mistake::{Mistake, Spot, is_enough, not_json, read_list},
    record::{self, Column, Field, Shape, needed, optional},
    rows::Row,
};

const FIELDS: &[Field] = &[
    needed("id", Shape::Text).about("批次编号：年份和月份", ["2099-06", "2099-12"]),
    needed("name", Shape::Text).about("考生看到的名字", ["2099年上半年（样例）", "2099年下半年（样例）"]),
    needed("opens", Shape::Minute).about("从哪一分钟起可以申请", ["2099-06-12T09:30", "2099-12-11T09:30"]),
    needed("closes", Shape::Minute).about("到哪一分钟截止", ["2099-06-17T16:00", "2099-12-16T16:00"]),
    needed("portrait_review_ends", Shape::Minute)
        .about("照片审核到哪一分钟为止", ["2099-06-18T17:30", "2099-12-17T17:30"]),
    optional("prior_credential_due", Shape::Date)
        .about("应届毕业生补填前置学历的最后一天；没有定就不写", ["2099-07-03", ""]),
    optional("collection_begins", Shape::Date)
        .about("从哪一天起领毕业证书；没有定就不写", ["2099-10-20", ""]),
    optional("collection_ends", Shape::Date).about("领毕业证书的最后一天；没有定就不写", ["2099-10-26", ""]),
    needed("year", Shape::Count).about("年份；办理地点的日期用它", ["2099", "2099"]),
    optional("review_promise_working_days", Shape::Count)
        .about("向考生说几个工作日内审核完；不承诺就不写", ["2", ""]),
    optional("schedule", Shape::Text).about(
        "办理地点文件的名字，只供自己对照；可以不写",
        ["办理地点-2099-06.xlsx", "办理地点-2099-12.xlsx"],
    ),
];

/// The columns of the table, in the order of the template.
pub fn columns() -> Vec<Column> {
    record::columns(FIELDS)
}

/// Reads a file of `import batches`: one batch, or a JSON list of them. All mistakes, or all batches.
pub fn read_batches(text: &str) -> Result<Vec<Batch>, Vec<Mistake>> {
    let file: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let items = match file {
        Value::Array(items) => items,
        item => vec![item],
    };
    let batches = read_list(items, |item| read(item).map(|batch| vec![batch]))?;
    let mistakes: Vec<Mistake> =
        twice(&batches).into_iter().map(|(at, mistake)| mistake.at(Spot::Item(at + 1))).collect();
    if mistakes.is_empty() { Ok(batches) } else { Err(mistakes) }
}

/// Reads the rows of a table. All mistakes, or all batches.
pub fn read_batch_rows(rows: impl Iterator<Item = Row>) -> Result<Vec<Batch>, Vec<Mistake>> {
    let mut batches = Vec::new();
    let mut mistakes = Vec::new();
    for mut record in record::read_rows(rows, FIELDS)? {
        if is_enough(&mistakes) {
            break;
        }
        match read(record.value.take()) {
            Ok(batch) => batches.push(batch),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| record.place(mistake))),
        }
    }
    if mistakes.is_empty() { Ok(batches) } else { Err(mistakes) }
}

/// One batch as JSON, or as a form, has it. All mistakes, or the batch.
pub fn read(item: Value) -> Result<Batch, Vec<Mistake>> {
    let mistakes = record::check(&item, FIELDS);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let batch: Batch = serde_json::from_value(item).map_err(|error| {
        vec![Mistake::new("", format!("读不出来（{error}）"), "请照 examples/data/batch.json 核对每个字段")]
    })?;
    let mistakes = batch.check();
    if mistakes.is_empty() { Ok(batch) } else { Err(mistakes) }
}

fn twice(batches: &[Batch]) -> Vec<(usize, Mistake)> {
    let again = |at: &usize| batches[..*at].iter().any(|other| other.id == batches[*at].id);
    let found = (0..batches.len()).filter(again).map(|at| {
        let what = format!("{} 在文件里出现了两次", batches[at].id);
        (at, Mistake::new("id", what, "两个只留一个"))
    });
    found.collect()
}
