use super::*;
use crate::workflow::{
    mistake::Spot,
    rows::{CsvRows, read_from},
};
use jiff::civil::date;

fn listed(text: &str) -> Result<Vec<Candidate>, Vec<Mistake>> {
    read_candidates(text, TODAY, |candidate| candidate)
}

fn tabled(text: &str) -> Result<Vec<Candidate>, Vec<Mistake>> {
    read_from(CsvRows::new(text), |rows| read_candidate_rows(rows, TODAY, |candidate| candidate))
}

const EXAMPLE: &str = include_str!("../../../tests/data/candidate.example.json");
const TODAY: Date = date(2026, 6, 15);

fn example() -> Candidate {
    listed(EXAMPLE).unwrap().remove(0)
}

#[test]
fn the_documented_example_is_read_whole() {
    let candidate = example();
    assert_eq!(candidate.exam_no, "010112345678");
    assert_eq!(candidate.gender, Gender::Male);
    assert_eq!(candidate.birth, date(1990, 3, 7));
    assert_eq!(candidate.track(), Track::Id);
    assert_eq!(candidate.major.host_school(), "深圳大学");
    assert_eq!(candidate.results.len(), 3);
    assert!(candidate.results.iter().all(CourseResult::passes));
    assert_eq!(candidate.substitutions[1].by, ["02384", "02385"]);
    assert!(candidate.prior_credential.as_ref().unwrap().is_verified());
    assert_eq!(candidate.form_count(), 2);
    assert_eq!(candidate.disagreement(), None);
    assert!(candidate.has_document("440103199003070037"));
    assert!(!candidate.has_document("440104198809150249"));
}

#[test]
fn a_record_comes_back_from_storage_as_it_was() {
    let candidate = example();
    let stored = serde_json::to_string(&candidate).unwrap();
    assert_eq!(serde_json::from_str::<Candidate>(&stored).unwrap(), candidate);
}

#[test]
fn more_fields_are_ignored_and_few_are_needed() {
    let text = r#"[{"exam_no":"010112345678","name":"陈样例","gender":"男","birth":"1990-03-07",
        "document_type":"居民身份证","document_no":"440103199003070037","anything":{"else":1},
        "major":{"code":"080901","building_school":"深圳大学","course_group":"01"}}]"#;
    let candidate = listed(text).unwrap().remove(0);
    assert_eq!(candidate.additional_group, DIRECT);
    assert_eq!(candidate.region, Region::Mainland);
    assert_eq!(candidate.major.host_school(), "深圳大学");
}

#[test]
fn results_pass_from_sixty_or_by_grade() {
    let rows = [
        (Some(60.0), None, true),
        (Some(59.5), None, false),
        (Some(0.0), None, false),
        (None, Some("合格"), true),
        (None, Some("良好"), true),
        (None, Some("不合格"), false),
        (None, Some("缺考"), false),
        (None, None, false),
    ];
    for (score, grade, passes) in rows {
        let result = CourseResult { score, grade: grade.map(str::to_owned), ..example().results[0].clone() };
        assert_eq!(result.passes(), passes, "{result:?}");
    }
}

#[test]
fn every_mistake_of_a_record_is_named() {
    let mut bad = example();
    bad.exam_no = "123".into();
    bad.name = "陈3".into();
    bad.document_no = "440103199003070030".into();
    bad.phone = Some("020-81957623".into());
    bad.birth = date(2026, 6, 16);
    bad.major.code = "8901".into();
    bad.major.course_group = String::new();
    bad.additional_group = " ".into();
    bad.issued[0].major_code = "x".into();
    bad.results[0].course = "1504".into();
    bad.results[0].score = Some(101.0);
    bad.results[1].school = None;
    bad.results[2].grade = Some("还行".into());
    bad.substitutions[0].by.clear();
    bad.substitutions[1].by[1] = "2385".into();
    bad.exemptions[0].course = "CET".into();
    let mut fields: Vec<_> = bad.check(TODAY).into_iter().map(|mistake| mistake.field).collect();
    fields.sort();
    let expected = [
        "additional_group",
        "birth",
        "document_no",
        "exam_no",
        "exemptions[0].course",
        "issued[0].major_code",
        "major.code",
        "major.course_group",
        "name",
        "phone",
        "results[0].course",
        "results[0].score",
        "results[1].school",
        "results[2].grade",
        "substitutions[0].by",
        "substitutions[1].by[1]",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_file_reports_all_rows_at_once_and_repeats_no_personal_data() {
    let one = EXAMPLE.trim().trim_start_matches('[').trim_end_matches(']');
    let wrong = one.replace("010112345678", "01011234567");
    let broken = one.replace("1990-03-07", "1990-13-07");
    let mistakes = listed(&format!("[{wrong},{one},{broken}]")).unwrap_err();
    let places: Vec<Spot> = mistakes.iter().map(|mistake| mistake.spot).collect();
    assert_eq!(places, [Spot::Item(1), Spot::Item(3)]);
    assert_eq!(
        mistakes[0].to_string(),
        "第 1 条 exam_no：是 11 位，应当是 12 位。请照证件或原始记录改正，表格里这一列要设成“文本”。"
    );
    assert_eq!(mistakes[1].to_string(), "第 3 条 birth：不是日期，或没有这一天。请写成 2026-06-15 这样。");
    let twice = listed(&format!("[{one},{one}]")).unwrap_err();
    assert_eq!(twice[0].to_string(), "第 2 条 exam_no：和第 1 条是同一个号码。两条只留一条。");
    assert!(listed("[{").unwrap_err()[0].what.contains("不是完整的 JSON"));
    assert!(listed("{}").unwrap_err()[0].what.contains("列表"));
}

const SAMPLE: &str = include_str!("../../../examples/data/candidates.json");
const TABLE: &str = include_str!("../../../examples/data/candidates.csv");

#[test]
fn the_table_and_the_list_are_the_same_candidates() {
    let listed = listed(SAMPLE).unwrap();
    assert_eq!(tabled(TABLE).unwrap(), listed);
    let header: Vec<String> = TABLE.lines().next().unwrap().split(',').map(str::to_owned).collect();
    assert_eq!(
        columns().into_iter().map(|column| column.name).collect::<Vec<_>>(),
        header,
        "the sample has every column"
    );
}

#[test]
fn a_joined_table_repeats_the_candidate_in_every_row() {
    let rows: Vec<_> = CsvRows::new(TABLE).collect();
    let once = rows[0].1.iter().position(|column| column.starts_with("results.")).unwrap();
    let mut joined = rows.clone();
    for at in 2..joined.len() {
        if joined[at].1[0] == joined[at - 1].1[0] {
            let above = joined[at - 1].1[..once].to_vec();
            joined[at].1[..once].clone_from_slice(&above);
        }
    }
    assert_ne!(joined, rows);
    assert_eq!(
        read_candidate_rows(joined.into_iter(), TODAY, |candidate| candidate).unwrap(),
        listed(SAMPLE).unwrap()
    );
}

#[test]
fn a_misspelt_name_leaves_nothing_out_in_silence() {
    let rows = [
        (
            "violation_until",
            "violation_untill",
            "第 1 行 violation_untill：没有叫这个名字的列。是不是 violation_until",
        ),
        (
            "results.course",
            "result.course",
            "第 1 行 result.course：没有叫这个名字的列。是不是 results.course",
        ),
    ];
    for (from, to, expected) in rows {
        let wrong = TABLE.replacen(from, to, 1);
        assert_ne!(wrong, TABLE, "{from}");
        let told = tabled(&wrong);
        let told: Vec<String> = told.unwrap_err().iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}: {told:?}");
    }
    let json = [
        ("\"violation_until\"", "\"violation_untill\"", "violation_untill"),
        ("\"building_school\"", "\"bulding_school\"", "major.bulding_school"),
        ("\"grade\"", "\"grad\"", "results[0].grad"),
        ("\"results\"", "\"result\"", "result"),
    ];
    for (from, to, field) in json {
        let wrong = SAMPLE.replace(from, to);
        let Err(told) = listed(&wrong) else { panic!("{to} passed: {}", wrong != SAMPLE) };
        assert!(
            told.iter().any(|mistake| mistake.field.ends_with(to.trim_matches('"'))),
            "{field}: {told:?}"
        );
    }
}

#[test]
fn mistakes_of_a_table_are_told_by_row_and_column() {
    let edits: [(&str, &str, &str); 7] = [
        ("010126000001,林样例", "01012600001,林样例", "第 2 行 exam_no：是 11 位"),
        ("44010619920229039X", "440106199202290390", "第 2 行 document_no：校验码不对"),
        ("13800138001", "020-81957623", "第 2 行 phone：是固定电话"),
        ("15043,71", "15043,171", "第 3 行 results.score：“171”不在 0 到 100 之间"),
        ("15044,78", "1544,78", "第 4 行 results.course：“1544”不是课程代码"),
        (
            "00023,85,,2025-10-26,written",
            "00023,85,,2025-10-26,oral",
            "第 5 行 results.kind：不在可以写的范围里",
        ),
        ("13000,00015,是", "13000,00015,好", "第 2 行 substitutions.default：不是 true 或 false"),
    ];
    for (from, to, expected) in edits {
        let wrong = TABLE.replacen(from, to, 1);
        assert_ne!(wrong, TABLE, "{from}");
        let found = tabled(&wrong).unwrap_err();
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}: {told:?}");
        assert!(!told.concat().contains("44010619920229039"), "{told:?}");
    }
}
