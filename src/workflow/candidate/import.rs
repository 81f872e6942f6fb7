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
    mistake::{Mistake, Spot, is_enough, read_list_text},
    record::{self, Column, Field, Shape, needed, optional},
    rows::Row,
};

const KINDS: Shape = Shape::OneOf(&["written", "practical", "thesis"]);

/// The record of `domain/upstream.md`, the key first.
const FIELDS: &[Field] = &[
    needed("exam_no", Shape::Text)
        .about("准考证号，12 位数字；同一名考生的每一行都要写", ["019900000001", "019900000002"]),
    needed("name", Shape::Text).about("姓名，和证件上一样", ["样例甲", "样例乙"]),
    needed("gender", Shape::OneOf(&["男", "女"])).about("性别，和证件上一样", ["男", "女"]),
    needed("birth", Shape::Date).about("出生日期，和证件上一样", ["1900-01-01", "1900-02-02"]),
    needed("document_type", Shape::OneOf(&DOCUMENTS))
        .about("证件类型", ["居民身份证", "港澳居民来往内地通行证"]),
    needed("document_no", Shape::Text)
        .about("证件号码，要和证件类型相符", ["110101190001010014", "H00000000"]),
    optional("phone", Shape::Text)
        .about("手机号码；港澳台的带区号，如 +85251234567。不知道就不写", ["13800000000", ""]),
    optional("candidate_type", Shape::Text).about("考生类型", ["社会考生", "社会考生"]),
    needed("major.code", Shape::Text)
        .about("申请毕业的专业代码，6 位数字，后面可以有 K、T", ["080901", "080901"]),
    needed("major.building_school", Shape::Text)
        .about("专业建设主考学校，和专业计划里一样", ["样例大学", "样例大学"]),
    optional("major.running_school", Shape::Text)
        .about("承办主考学校；不写就是专业建设主考学校", ["", "样例学院"]),
    needed("major.course_group", Shape::Text).about("专业课程组，和专业计划里一样", ["01", "01"]),
    optional("region", Shape::OneOf(&["mainland", "hk_mo_tw", "foreign"]))
        .about("来自内地、港澳台还是外国；不写就是 mainland", ["mainland", "hk_mo_tw"]),
    optional("additional_group", Shape::Text)
        .about("加考组：不用加考写 direct（不写也是），其他写专业计划里的组名", ["direct", "direct"]),
    needed("prior_credential?.level", Shape::Text)
        .about("前置学历的层次；没有前置学历，这一列和下一列都不写", ["专科", ""]),
    needed("prior_credential?.status", Shape::Text)
        .about("前置学历查验到哪一步；「省复审属实」才算查验过", ["省复审属实", ""]),
    optional("violation_until", Shape::Date).about("因违规延迟毕业的最后一天；没有就不写", ["", ""]),
    optional("batch_extra?.open_college", Shape::Flag)
        .about("是不是公开（开放）学院考生，是的要打印三份登记表", ["否", "否"]),
    needed("results[].course", Shape::Text).about("成绩：课程代码，5 位数字。每门一行", ["15040", "15040"]),
    optional("results[].score", Shape::Number).about("成绩：0 到 100 分；按等级的写下一列", ["78", "66.5"]),
    optional("results[].grade", Shape::Text).about("成绩：合格、不合格等；和分数只写一个", ["", ""]),
    optional("results[].date", Shape::Date).about("成绩：哪天取得", ["2025-10-26", "2025-10-26"]),
    needed("results[].kind", KINDS)
        .about("成绩：笔试 written、实践 practical、论文 thesis", ["written", "written"]),
    optional("results[].major", Shape::Text).about("成绩：实践课和论文要写是哪个专业的", ["", ""]),
    optional("results[].school", Shape::Text).about("成绩：实践课和论文要写是哪所主考学校的", ["", ""]),
    needed("substitutions[].plan_course", Shape::Text)
        .about("课程顶替：专业计划里的课程代码。每项一行", ["13000", ""]),
    needed("substitutions[].by", Shape::Texts).about("课程顶替：用哪些课程来顶", ["00015", ""]),
    optional("substitutions[].default", Shape::Flag).about("课程顶替：考生不选时是不是就这样顶", ["是", ""]),
    needed("exemptions[].course", Shape::Text).about("免考：课程代码。每门一行", ["", "13000"]),
    optional("exemptions[].certificate", Shape::Text).about("免考：凭什么证书", ["", "CET-4 425"]),
    optional("exemptions[].date", Shape::Date).about("免考：哪天批准", ["", "2025-05-20"]),
    needed("issued[].major_code", Shape::Text).about("已发的毕业证：专业代码。每张一行", ["", ""]),
    needed("issued[].date", Shape::Date).about("已发的毕业证：哪天发的", ["", ""]),
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

/// The columns of the table, in the order of the template.
pub fn columns() -> Vec<Column> {
    record::columns(FIELDS)
}

/// Reads a file of `import candidates`: a JSON list of candidates. All mistakes, or of each candidate what `keep` makes
/// of it.
pub fn read_candidates<T>(
    text: &str,
    today: Date,
    mut keep: impl FnMut(Candidate) -> T,
) -> Result<Vec<T>, Vec<Mistake>> {
    let mut count = 0;
    let mut first_of = HashMap::new();
    let mut twice = Vec::new();
    let kept = read_list_text(text, |item| {
        count += 1;
        let candidate = read(item, today)?;
        if let Some(first) = first_of.insert(candidate.exam_no.clone(), count) {
            let what = format!("和第 {first} 条是同一个号码");
            twice.push(Mistake::new("exam_no", what, "两条只留一条").at(Spot::Item(count)));
        }
        Ok(vec![keep(candidate)])
    })?;
    if twice.is_empty() { Ok(kept) } else { Err(twice) }
}

/// Reads the rows of a table. All mistakes, or of each candidate what `keep` makes of it.
pub fn read_candidate_rows<T>(
    rows: impl Iterator<Item = Row>,
    today: Date,
    mut keep: impl FnMut(Candidate) -> T,
) -> Result<Vec<T>, Vec<Mistake>> {
    let mut kept = Vec::new();
    let (groups, mut mistakes) = record::group_rows(rows, FIELDS)?;
    for group in groups {
        if is_enough(&mistakes) {
            break;
        }
        let before = mistakes.len();
        let mut record = group.record(FIELDS, &mut mistakes);
        if mistakes.len() > before {
            continue;
        }
        match read(record.value.take(), today) {
            Ok(candidate) => kept.push(keep(candidate)),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| record.place(mistake))),
        }
    }
    if mistakes.is_empty() { Ok(kept) } else { Err(mistakes) }
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
