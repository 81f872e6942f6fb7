use super::*;
use jiff::civil::date;

const EXAMPLE: &str = include_str!("../../../tests/data/candidate.example.json");
const TODAY: Date = date(2026, 6, 15);

fn example() -> Candidate {
    read_candidates(EXAMPLE, TODAY).unwrap().remove(0)
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
    let candidate = read_candidates(text, TODAY).unwrap().remove(0);
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
    let mistakes = read_candidates(&format!("[{wrong},{one},{broken}]"), TODAY).unwrap_err();
    let rows: Vec<usize> = mistakes.iter().map(|mistake| mistake.row).collect();
    assert_eq!(rows, [1, 3]);
    assert_eq!(
        mistakes[0].to_string(),
        "row 1: exam_no: is refused by the rule exam_no: length (found 11, expected 12); \
         correct it as the document shows it"
    );
    let twice = read_candidates(&format!("[{one},{one}]"), TODAY).unwrap_err();
    assert_eq!(twice[0].to_string(), "row 2: exam_no: is that of row 1 too; keep one of the two");
    assert!(read_candidates("{", TODAY).unwrap_err()[0].what.contains("not valid JSON"));
}
