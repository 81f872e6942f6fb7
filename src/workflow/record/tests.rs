use super::*;
use crate::workflow::{mistake::Spot, rows::Rows};
use serde_json::json;

const FIELDS: [Field; 7] = [
    needed("id", Shape::Text),
    needed("major.code", Shape::Text),
    optional("prior?.level", Shape::Text),
    needed("results[].course", Shape::Text),
    optional("results[].score", Shape::Number),
    optional("results[].date", Shape::Date),
    optional("issued[].by", Shape::Texts),
];

fn table(lines: &[&str]) -> Rows {
    let cells = |line: &&str| line.split(',').map(str::to_owned).collect();
    lines.iter().enumerate().map(|(at, line)| (at + 1, cells(line))).collect()
}

fn told(mistakes: &[Mistake]) -> Vec<String> {
    mistakes.iter().map(|mistake| format!("{:?} {}", mistake.spot, mistake.field)).collect()
}

#[test]
fn rows_of_one_key_are_one_record() {
    let rows = table(&[
        "id,major.code,results.course,results.score,results.date,issued.by,remark",
        "a,080901,00015,64,2025/10/6,x;y,anything",
        "b,080901,,,,,",
        "a,,00016,71.5,2025-10-26,,",
        ",,,,,,",
        "a,080901,00017,,,z,",
    ]);
    let records = read_rows(rows.into_iter(), &FIELDS).unwrap();
    assert_eq!(
        records[0].value,
        json!({
            "id": "a",
            "major": { "code": "080901" },
            "results": [
                { "course": "00015", "score": 64, "date": "2025-10-06" },
                { "course": "00016", "score": 71.5, "date": "2025-10-26" },
                { "course": "00017" },
            ],
            "issued": [{ "by": ["x", "y"] }, { "by": ["z"] }],
        })
    );
    assert_eq!(records[1].value, json!({ "id": "b", "major": { "code": "080901" } }));
    assert_eq!(records.iter().flat_map(|record| check(&record.value, &FIELDS)).count(), 0);
    let mistake = records[0].place(Mistake::new("results[1].score", "x", "y"));
    assert_eq!((mistake.spot, mistake.field.as_str()), (Spot::Row(4), "results.score"));
    let mistake = records[0].place(Mistake::new("issued[1].by[0]", "x", "y"));
    assert_eq!((mistake.spot, mistake.field.as_str()), (Spot::Row(6), "issued.by"));
    assert_eq!(records[1].place(Mistake::new("major.code", "x", "y")).spot, Spot::Row(3));
}

#[test]
fn a_table_that_is_none_is_refused_as_a_whole() {
    let none = read_rows(table(&["id,results.course,results.scroe"]).into_iter(), &FIELDS).unwrap_err();
    assert_eq!(told(&none), ["Row(1) major.code", "Row(1) results.scroe"]);
    assert!(none[1].remedy.contains("results.score"), "{none:?}");
    assert_eq!(told(&read_rows(table(&["id,major.code"]).into_iter(), &FIELDS).unwrap_err()), ["File "]);
    let rows = table(&["id,major.code", "a,1", ",2", "a,3"]);
    assert_eq!(told(&read_rows(rows.into_iter(), &FIELDS).unwrap_err()), ["Row(3) id", "Row(4) major.code"]);
}

#[test]
fn shapes_are_told_apart_and_values_never_repeated() {
    let record = json!({
        "id": 440_103, "prior": {}, "issued": [{ "by": "x" }, { "by": null }],
        "results": [{ "course": "1", "score": "440103" }, { "date": "2025-13-01" }],
    });
    let found = check(&record, &FIELDS);
    let fields: Vec<&str> = found.iter().map(|mistake| mistake.field.as_str()).collect();
    let expected =
        ["id", "major.code", "results[1].course", "results[0].score", "results[1].date", "issued[0].by"];
    assert_eq!(fields, expected);
    assert!(found.iter().all(|mistake| !mistake.to_string().contains("440103")), "{found:?}");
    assert_eq!(check(&json!([]), &FIELDS).len(), 1);
    assert_eq!(check(&json!({ "id": "a", "major": { "code": "1" }, "results": 1 }), &FIELDS).len(), 1);
}
