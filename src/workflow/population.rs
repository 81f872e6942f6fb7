//! Answers of the population file, as rows.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    mistake::{Mistake, is_enough, read_text},
    record::{self, Column, Field, Shape, needed, optional},
    rows::Row,
};
use crate::validation::rule;

const ANSWERS: Shape = Shape::OneOf(&["match", "mismatch", "unavailable"]);

/// The columns; the last may be missing.
const FIELDS: &[Field] = &[
    needed("document_no", Shape::Text)
        .about("居民身份证号码，18 位", ["110101190001010014", "110101190001010022"]),
    needed("result", ANSWERS)
        .about("姓名和号码一致 match、不一致 mismatch、没有结果 unavailable", ["match", "mismatch"]),
    optional("reason", Shape::Text).about("不一致的原因，100 字以内，考生会看到", ["", "姓名不一致"]),
];

/// The columns, as the header names them.
pub const COLUMNS: [&str; 3] = [FIELDS[0].path, FIELDS[1].path, FIELDS[2].path];

/// The columns, in the order of the template.
pub fn columns() -> Vec<Column> {
    record::columns(FIELDS)
}

/// The reason is shown to candidates.
const MAX_REASON: usize = 100;

/// Document number and the answer as `tables` reads it. `today` bounds births.
pub fn read_rows(
    mut rows: impl Iterator<Item = Row>,
    today: Date,
) -> Result<Vec<(String, String)>, Vec<Mistake>> {
    let header: Vec<String> = rows.next().map(|(_, fields)| fields).unwrap_or_default();
    let at = |column: &str| header.iter().position(|name| name.trim() == column);
    let (Some(number), Some(result)) = (at("document_no"), at("result")) else {
        let what = "标题行里没有 document_no 或 result";
        return Err(vec![Mistake::new("", what, "第一行请写 document_no,result,reason").at_row(1)]);
    };
    let reason = at("reason");
    let mut mistakes: Vec<Mistake> = header
        .iter()
        .filter_map(|name| record::misspelt(name.trim(), &COLUMNS, "没有叫这个名字的列"))
        .map(|mistake| mistake.at_row(1))
        .collect();
    let mut answers = Vec::new();
    let mut seen = HashMap::new();
    for (row, fields) in rows.filter(|(_, fields)| fields.iter().any(|field| !field.trim().is_empty())) {
        if is_enough(&mistakes) {
            break;
        }
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
        let mut report = |mistake: Mistake| mistakes.push(mistake.at_row(row));
        let document_no = read_number(field(number), today).map_err(&mut report).ok();
        let answer = read_answer(field(result), reason.map_or("", field)).map_err(&mut report).ok();
        let Some(document_no) = document_no else { continue };
        if let Some(first) = seen.insert(document_no.clone(), row) {
            let what = format!("和第 {first} 行（条）是同一个号码");
            mistakes.push(Mistake::new("document_no", what, "两个只留一个").at_row(row));
        }
        answers.extend(answer.map(|answer| (document_no, answer)));
    }
    if answers.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new("", "表里没有数据", "标题行下面每行写一条"));
    }
    if mistakes.is_empty() { Ok(answers) } else { Err(mistakes) }
}

/// The number itself is personal data and is not repeated.
fn read_number(text: &str, today: Date) -> Result<String, Mistake> {
    let rule = rule("resident_id").expect("the table has a rule for resident ids");
    read_text("document_no", rule, text, today)
}

fn read_answer(result: &str, reason: &str) -> Result<String, Mistake> {
    if reason.chars().count() > MAX_REASON {
        return Err(Mistake::new("reason", "超过 100 个字", "请写短一些，考生会看到"));
    }
    match result {
        "match" | "unavailable" => Ok(result.to_owned()),
        "mismatch" => Ok(format!("mismatch:{reason}")),
        other => {
            let what = format!("不认识“{other}”");
            Err(Mistake::new(
                "result",
                what,
                "请写 match（一致）、mismatch（不一致）或 unavailable（没有结果）",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::{mistake::Spot, rows::Rows};
    use jiff::civil::date;

    fn read(rows: Rows) -> Result<Vec<(String, String)>, Vec<String>> {
        read_rows(rows.into_iter(), date(2026, 6, 15))
            .map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    fn table(lines: &[&str]) -> Rows {
        lines
            .iter()
            .enumerate()
            .map(|(at, line)| (at + 1, line.split(',').map(str::to_owned).collect()))
            .collect()
    }

    #[test]
    fn good_rows_become_answers() {
        let rows = table(&[
            "result,document_no,reason,name",
            "mismatch,44010619920229039x,姓名不一致,林样例",
            "match,440103199003070037,,",
            ",,,",
        ]);
        let expected = [("44010619920229039X", "mismatch:姓名不一致"), ("440103199003070037", "match")];
        assert_eq!(
            read(rows).unwrap(),
            expected.map(|(number, answer)| (number.to_owned(), answer.to_owned()))
        );
    }

    #[test]
    fn every_mistake_has_its_row_and_no_number_is_repeated() {
        let rows = table(&[
            "document_no,result,reason",
            "440103199003070038,match,",
            "440103199003070037,maybe,",
            "440103199003070037,match,",
        ]);
        let found = read(rows).unwrap_err();
        let expected = [
            "第 2 行 document_no：校验码不对，多半有一位抄错了。请照证件或原始记录改正，表格里这一列要设成“文本”。",
            "第 3 行 result：不认识“maybe”。请写 match（一致）、mismatch（不一致）或 unavailable（没有结果）。",
            "第 4 行 document_no：和第 3 行（条）是同一个号码。两个只留一个。",
        ];
        assert_eq!(found, expected);
        let headless = read_rows(table(&["number,result"]).into_iter(), date(2026, 6, 15)).unwrap_err();
        assert_eq!(headless[0].spot, Spot::Row(1));
    }
}
