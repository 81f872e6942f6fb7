//! Answers of the population file, as rows or as a list of objects.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;

use super::super::table::Rows;
use crate::{
    validation::{Facts, rule},
    workflow::mistake::Mistake,
};

const COLUMNS: [&str; 3] = ["document_no", "result", "reason"];
/// The reason is shown to candidates.
const MAX_REASON: usize = 100;

/// A JSON list of `{"document_no","result","reason"}` as rows; an object's number in the list is its row.
pub(super) fn read_json(text: &str) -> Result<Rows, Vec<Mistake>> {
    let items: Vec<serde_json::Map<String, Value>> = serde_json::from_str(text).map_err(|error| {
        vec![Mistake::new("", format!("is no JSON list of objects: {error}"), "write [{\"document_no\": …}]")]
    })?;
    let mut rows: Rows = vec![(0, COLUMNS.map(str::to_owned).to_vec())];
    let mut mistakes = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let fields = COLUMNS.map(|column| match item.get(column) {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(_) => {
                mistakes.push(Mistake::new(column, "is no text", "put it between \"\"").at_row(at + 1));
                String::new()
            }
        });
        rows.push((at + 1, fields.to_vec()));
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// Document number and the answer as `tables` reads it. `today` bounds births.
pub(super) fn read_rows(rows: Rows, today: Date) -> Result<Vec<(String, String)>, Vec<Mistake>> {
    let mut rows = rows.into_iter();
    let header: Vec<String> = rows.next().map(|(_, fields)| fields).unwrap_or_default();
    let at = |column: &str| header.iter().position(|name| name.trim() == column);
    let (Some(number), Some(result)) = (at("document_no"), at("result")) else {
        let what = "the header lacks document_no or result";
        return Err(vec![Mistake::new("", what, "begin the table with document_no,result,reason").at_row(1)]);
    };
    let reason = at("reason");
    let mut answers = Vec::new();
    let mut mistakes = Vec::new();
    let mut seen = HashMap::new();
    for (row, fields) in rows.filter(|(_, fields)| fields.iter().any(|field| !field.trim().is_empty())) {
        let field = |at: usize| fields.get(at).map_or("", |field| field.trim());
        let mut report = |mistake: Mistake| mistakes.push(mistake.at_row(row));
        let document_no = read_number(field(number), today).map_err(&mut report).ok();
        let answer = read_answer(field(result), reason.map_or("", field)).map_err(&mut report).ok();
        let Some(document_no) = document_no else { continue };
        if let Some(first) = seen.insert(document_no.clone(), row) {
            let what = format!("is that of row {first} too");
            mistakes.push(Mistake::new("document_no", what, "keep one of the two").at_row(row));
        }
        answers.extend(answer.map(|answer| (document_no, answer)));
    }
    if mistakes.is_empty() { Ok(answers) } else { Err(mistakes) }
}

/// The number itself is personal data and is not repeated.
fn read_number(text: &str, today: Date) -> Result<String, Mistake> {
    let rule = rule("resident_id").expect("the table has a rule for resident ids");
    (rule.check)(text, &Facts { today }).map(|valid| valid.value).map_err(|invalid| {
        let what = format!("is no resident id: {}", invalid.code);
        Mistake::new("document_no", what, "correct it as the document shows it, in a column of texts")
    })
}

fn read_answer(result: &str, reason: &str) -> Result<String, Mistake> {
    if reason.chars().count() > MAX_REASON {
        return Err(Mistake::new("reason", "is longer than 100 characters", "shorten it"));
    }
    match result {
        "match" | "unavailable" => Ok(result.to_owned()),
        "mismatch" => Ok(format!("mismatch:{reason}")),
        other => {
            let what = format!("`{other}` is unknown");
            Err(Mistake::new("result", what, "write match, mismatch or unavailable"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(rows: Rows) -> Result<Vec<(String, String)>, Vec<String>> {
        read_rows(rows, date(2026, 6, 15)).map_err(|found| found.iter().map(ToString::to_string).collect())
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
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("row 2: document_no: is no resident id: check_digit"), "{found:?}");
        assert!(found[1].starts_with("row 3: result: `maybe`"), "{found:?}");
        assert!(found[2].starts_with("row 4: document_no: is that of row 3"), "{found:?}");
        assert!(!found.concat().contains("4401031990"), "{found:?}");
    }

    #[test]
    fn json_reads_like_a_table() {
        let text =
            r#"[{"document_no":"440103199003070037","result":"match"},{"document_no":1,"result":"match"}]"#;
        assert_eq!(
            read_json(text).unwrap_err()[0].to_string(),
            "row 2: document_no: is no text; put it between \"\""
        );
        let rows = read_json(&text.replace(":1,", ":\"44010619920229039X\",")).unwrap();
        assert_eq!(read(rows).unwrap().len(), 2);
        assert!(read_json("{}").is_err());
    }
}
