use super::*;
use crate::workflow::{
    mistake::Spot,
    rows::{CsvRows, read_from},
};

const SAMPLE: &str = include_str!("../../../examples/data/plans.json");
const MAJORS: &str = include_str!("../../../tests/data/majors.json");

fn samples() -> Vec<Plan> {
    read_plans(SAMPLE).unwrap()
}

fn find(plans: &[Plan], code: &str) -> Plan {
    plans.iter().find(|plan| plan.code == code).unwrap().clone()
}

#[test]
fn the_samples_have_the_stated_totals() {
    let plans = samples();
    let rows = [("080901", 75, 16, Some(75)), ("510201", 78, 17, Some(78)), ("050101", 52, 11, None)];
    for (code, credits, subjects, stated) in rows {
        let plan = find(&plans, code);
        let numbers: BTreeSet<_> = plan.required.iter().map(|course| &course.seq).collect();
        assert_eq!(plan.required_credits(), credits, "{code}");
        assert_eq!(numbers.len(), subjects, "{code}");
        assert_eq!(plan.min_credits, stated, "{code}");
    }
    let keys: BTreeSet<PlanKey> = plans.iter().map(Plan::key).collect();
    assert_eq!(keys.len(), plans.len());
}

#[test]
fn the_survey_shape_gives_the_same_plans() {
    let surveyed = read_plans(MAJORS).unwrap();
    let plans = samples();
    assert_eq!(surveyed.len(), 4, "one of the three majors has two host schools");
    for code in ["080901", "510201", "050101"] {
        let (mine, theirs) = (find(&plans, code), find(&surveyed, code));
        assert_eq!(mine.required, theirs.required, "{code}");
        assert_eq!(mine.electives, theirs.electives, "{code}");
        assert_eq!(mine.additional, theirs.additional, "{code}");
        assert_eq!(mine.min_credits, theirs.min_credits, "{code}");
        assert!(theirs.hk_macao_taiwan.is_none(), "no survey knows the course of number 231");
        assert!(!theirs.notes.is_empty(), "{code}");
    }
    let schools: Vec<_> =
        surveyed.iter().filter(|p| p.code == "510201").map(|p| p.building_school.as_str()).collect();
    assert_eq!(schools, ["广东外语外贸大学", "广东财经大学"]);
}

#[test]
fn a_plan_comes_back_from_storage_as_it_was() {
    for plan in samples() {
        let stored = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), plan);
    }
}

#[test]
fn the_halves_of_a_subject_belong_together() {
    let plan = find(&samples(), "990101K");
    let block = &plan.electives[1];
    let halves = block.subject("113").unwrap();
    assert_eq!(halves.iter().map(|course| course.code.as_str()).collect::<Vec<_>>(), ["90113", "90114"]);
    assert_eq!(block.subject("90114").unwrap(), halves);
    assert_eq!(credits_of(&halves), 5);
    assert_eq!(block.subjects().len(), 4);
    assert_eq!(plan.course("90231").unwrap().seq, "231");
}

#[test]
fn codes_are_text_of_a_fixed_shape() {
    for code in ["080901", "030101K", "990101T", "080901TK", "A080901"] {
        assert!(is_major_code(code), "{code}");
    }
    for code in ["", "80901", "0809011", "08090X", "AB080901", "080901KT1", "０８０９０１"] {
        assert!(!is_major_code(code), "{code}");
    }
    assert!(is_course_code("00015") && !is_course_code("15") && !is_course_code("0001五"));
}

#[test]
fn every_mistake_of_a_plan_is_named() {
    type Edit = fn(&mut Plan);
    let good = find(&samples(), "990101K");
    let rows: [(Edit, &str); 12] = [
        (|plan| plan.name = " ".into(), "name：没有填"),
        (|plan| plan.code = "99".into(), "code：“99”不是专业代码"),
        (|plan| plan.required.clear(), "required：没有课程"),
        (|plan| plan.required[2].code = "9".into(), "courses 003：“9”（样例外语）不是课程代码"),
        (|plan| plan.required[3].code = "90003".into(), "courses 004：课程 90003 出现了两次"),
        (
            |plan| plan.electives[0].rule = ElectiveRule::OneOf(vec![vec!["101".into()], vec!["199".into()]]),
            "electives[0].rule：这一组里没有课程 199",
        ),
        (|plan| plan.electives[0].rule = ElectiveRule::OneOf(vec![vec![]]), "electives[0].rule：谁也达不到"),
        (
            |plan| {
                let from = vec!["111".to_owned(), "112".to_owned()];
                plan.electives[1].rule = ElectiveRule::From { from, min_credits: 11, min_count: 0 };
            },
            "electives[1].rule：谁也达不到",
        ),
        (
            |plan| {
                plan.electives[1].rule =
                    ElectiveRule::From { from: vec!["111".into()], min_credits: 0, min_count: 2 };
            },
            "electives[1].rule：谁也达不到",
        ),
        (
            |plan| plan.hk_macao_taiwan.as_mut().unwrap().may_drop.push("101".into()),
            "hk_macao_taiwan.may_drop：必考课程里没有序号 101",
        ),
        (|plan| plan.hk_macao_taiwan.as_mut().unwrap().courses.clear(), "hk_macao_taiwan.courses：没有课程"),
        (|plan| plan.course_group.clear(), "course_group：没有填"),
    ];
    for (edit, expected) in rows {
        let mut plan = good.clone();
        edit(&mut plan);
        let mistakes: Vec<String> = plan.check().iter().map(ToString::to_string).collect();
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(expected)), "{expected}: {mistakes:?}");
    }
    assert_eq!(good.check(), []);
}

#[test]
fn a_file_reports_every_bad_plan() {
    let mut plans: Vec<serde_json::Value> = serde_json::from_str(SAMPLE).unwrap();
    let count = plans.len();
    plans[0]["code"] = "1".into();
    plans[1]["level"] = "博士".into();
    plans.last_mut().unwrap()["electives"][0]["rule"] = serde_json::json!({"from": ["101"]});
    let mistakes = read_plans(&serde_json::to_string(&plans).unwrap()).unwrap_err();
    let places: Vec<Spot> = mistakes.iter().map(|mistake| mistake.spot).collect();
    assert_eq!(places, [1, 2, count].map(Spot::Item));
    assert!(mistakes[2].what.contains("from 要和 min_credits"), "{}", mistakes[2]);

    let twice = format!("[{0},{0}]", serde_json::to_string(&samples()[0]).unwrap());
    assert_eq!(read_plans(&twice).unwrap_err()[0].spot, Spot::Item(2));
    for text in ["", "3", "{}"] {
        assert_eq!(read_plans(text).unwrap_err().len(), 1, "{text}");
    }
}

fn tabled(text: &str) -> Result<Vec<Plan>, Vec<Mistake>> {
    read_from(CsvRows::new(text), |rows| read_plan_rows(rows))
}

const TABLE: &str = include_str!("../../../examples/data/plans.csv");

#[test]
fn the_table_and_the_list_are_the_same_plans() {
    assert_eq!(tabled(TABLE).unwrap(), samples());
    let header: Vec<String> = TABLE.lines().next().unwrap().split(',').map(str::to_owned).collect();
    assert_eq!(
        columns().into_iter().map(|column| column.name).collect::<Vec<_>>(),
        header,
        "the sample has every column"
    );
}

#[test]
fn mistakes_of_a_table_are_told_by_row_and_column() {
    let edits: [(&str, &str, &str); 8] = [
        ("001,15040", "001,1540", "第 2 行 courses.code：“1540”"),
        (
            "002,15043,中国近现代史纲要,3",
            "002,15043,中国近现代史纲要,三",
            "第 3 行 courses.credits：不是整数",
        ),
        ("required,,002", "compulsory,,002", "第 3 行 courses.part：不在可以写的范围里"),
        ("elective,A,101,90101", "elective,,101,90101", "courses.group：没有填"),
        ("elective,A,101,90101", "elective,C,101,90101", "courses.group：选考组 C 没有规则"),
        ("A,101;102+103+104", "A,101;102+103+199", "rules.group：这一组里没有课程 199"),
        ("001;002", "001;009", "may_drop：必考课程里没有序号 009"),
        ("080901-szu-2026,080901,", "080901-szu-2026,99,", "第 2 行 code：“99”不是专业代码"),
    ];
    for (from, to, expected) in edits {
        let wrong = TABLE.replacen(from, to, 1);
        assert_ne!(wrong, TABLE, "{from}");
        let found = tabled(&wrong).unwrap_err();
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(told.iter().all(|line| line.starts_with("第 ")), "{told:?}");
        assert!(told.iter().any(|line| line.contains(expected)), "{expected}: {told:?}");
    }
    let again = TABLE.replacen(
        "510201-2026-2,510201,计算机应用技术,专科,广东财经大学",
        "510201-2026-2,510201,计算机应用技术,专科,广东外语外贸大学",
        1,
    );
    let found = tabled(&again).unwrap_err();
    assert!(found[0].what.contains("出现了两次") && found[0].spot > Spot::Row(2), "{found:?}");
}
