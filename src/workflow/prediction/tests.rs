//! Tables over the real plans and the fictional plan with every rule.

mod stories;

use super::*;
use crate::workflow::candidate::{CourseResult, Exemption, Issued, Region, Substitution, read_candidates};
use crate::workflow::plan::{ElectiveRule, Kind, read_plans};
use jiff::civil::date;
use std::sync::LazyLock;

const PLANS: &str = include_str!("../../../examples/data/plans.json");
const CANDIDATES: &str = include_str!("../../../examples/data/candidates.json");
const TODAY: Date = date(2026, 6, 15);

fn plans() -> &'static [Plan] {
    static READ: LazyLock<Vec<Plan>> = LazyLock::new(|| read_plans(PLANS).unwrap());
    &READ
}

fn plan(code: &str) -> Plan {
    plans().iter().find(|plan| plan.code == code).unwrap().clone()
}

fn fictional() -> Plan {
    plan("990101K")
}

/// The demo's candidates with their stories.
fn stories() -> Vec<(String, Candidate)> {
    let told: Vec<serde_json::Value> = serde_json::from_str(CANDIDATES).unwrap();
    let candidates = read_candidates(CANDIDATES, TODAY, |candidate| candidate).unwrap();
    told.iter().map(|item| item["story"].as_str().unwrap().to_owned()).zip(candidates).collect()
}

fn story(name: &str) -> Candidate {
    stories().into_iter().find(|(story, _)| story == name).unwrap().1
}

fn plan_of(candidate: &Candidate) -> Plan {
    plans().iter().find(|plan| plan.key() == candidate.plan_key()).unwrap().clone()
}

/// A result that counts for `plan`.
fn result(plan: &Plan, code: &str, kind: Kind) -> CourseResult {
    let belongs = kind != Kind::Written;
    CourseResult {
        course: code.to_owned(),
        score: Some(75.0),
        grade: None,
        date: None,
        kind,
        major: belongs.then(|| plan.code.clone()),
        school: belongs.then(|| plan.building_school.clone()),
    }
}

/// Somebody who passed every course of the plan and has nothing against them.
fn complete(plan: &Plan) -> Candidate {
    static SAMPLE: LazyLock<Candidate> = LazyLock::new(|| story("id_pass"));
    let mut candidate = SAMPLE.clone();
    candidate.major.code = plan.code.clone();
    candidate.major.building_school = plan.building_school.clone();
    candidate.major.running_school = plan.building_school.clone();
    candidate.major.course_group = plan.course_group.clone();
    candidate.results = plan.courses().map(|course| result(plan, &course.code, course.kind)).collect();
    candidate.substitutions.clear();
    candidate
}

fn without(plan: &Plan, codes: &[&str]) -> Candidate {
    let mut candidate = complete(plan);
    candidate.results.retain(|result| !codes.contains(&result.course.as_str()));
    candidate
}

/// `code or name: reason` of every unmet item, with the default substitutions.
fn unmet(plan: &Plan, candidate: &Candidate) -> Vec<String> {
    unmet_with(plan, candidate, &SubstitutionChoice::default())
}

fn unmet_with(plan: &Plan, candidate: &Candidate, choice: &SubstitutionChoice) -> Vec<String> {
    let prediction = predict(plan, candidate, choice, TODAY);
    assert_eq!(prediction.passed, prediction.unmet.is_empty());
    let say =
        |line: Line| format!("{}: {}", if line.code.is_empty() { line.name } else { line.code }, line.reason);
    prediction.unmet.iter().map(|item| say(item.line())).collect()
}

#[test]
fn everything_passed_passes() {
    for plan in plans() {
        let prediction = predict(plan, &complete(plan), &SubstitutionChoice::default(), TODAY);
        assert_eq!(prediction.unmet, [], "{}", plan.id);
        assert!(prediction.credits_needed.is_none_or(|needed| prediction.credits_earned >= needed));
        assert_eq!(prediction.notes, plan.notes);
    }
}

#[test]
fn every_required_course_is_needed() {
    for plan in plans() {
        for course in &plan.required {
            let reason = match course.kind {
                Kind::Written => "未合格",
                Kind::Practical => "实践未通过",
                Kind::Thesis => "论文未通过",
            };
            let found = unmet(plan, &without(plan, &[&course.code]));
            assert_eq!(found, [format!("{}: {reason}", course.code)], "{}", plan.id);
        }
    }
}

#[test]
fn a_plan_below_seventy_credits_passes_on_its_own_terms() {
    let plan = plan("050101");
    let with_english = without(&plan, &["00031", "00814", "00821"]);
    let without_english = without(&plan, &["00015"]);
    for (candidate, credits) in [(with_english, 66), (without_english, 64)] {
        let prediction = predict(&plan, &candidate, &SubstitutionChoice::default(), TODAY);
        assert!(prediction.passed, "{:?}", prediction.unmet);
        assert_eq!((prediction.credits_earned, prediction.credits_needed), (credits, None));
    }
}

#[test]
fn electives_follow_both_shapes_of_rules() {
    // Block 1: 101 (12) or all of 102–104 (4 each). Block 2: at least 14 of 111, 112, 113 (two halves) and 114.
    let rows: [(&[&str], &[&str]); 9] = [
        (&["90101"], &[]),
        (&["90102", "90103", "90104"], &[]),
        (&["90101", "90102"], &["选考: 选考学分不足（还差 4）"]),
        (&["90101", "90102", "90103"], &["选考: 选考学分不足（还差 8）"]),
        (&["90101", "90102", "90103", "90104"], &["选考: 选考学分不足（还差 12）"]),
        (&["90115"], &[]),
        (&["90114"], &[]),
        (&["90111", "90114"], &["选考: 选考学分不足（还差 5）"]),
        (
            &["90101", "90102", "90111", "90112"],
            &["选考: 选考学分不足（还差 4）", "选考: 选考学分不足（还差 5）"],
        ),
    ];
    for (missing, expected) in rows {
        assert_eq!(unmet(&fictional(), &without(&fictional(), missing)), expected, "without {missing:?}");
    }
}

#[test]
fn an_elective_shortage_names_the_courses_that_could_help() {
    let candidate = without(&fictional(), &["90101", "90102", "90111", "90114"]);
    let prediction = predict(&fictional(), &candidate, &SubstitutionChoice::default(), TODAY);
    let codes = |at: usize| prediction.unmet[at].courses.iter().map(|c| c.code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes(0), ["90102"]);
    assert_eq!(codes(1), ["90111", "90113", "90114"]);
}

#[test]
fn electives_may_be_counted_by_number() {
    let mut plan = fictional();
    let from = ["111", "112", "113", "114"].map(str::to_owned).to_vec();
    plan.electives[1].rule = ElectiveRule::From { from, min_credits: 0, min_count: 3 };
    plan.min_credits = None;
    assert_eq!(unmet(&plan, &without(&plan, &["90111"])), [""; 0]);
    assert_eq!(unmet(&plan, &without(&plan, &["90111", "90115"])), ["选考: 选考学分不足（还差 4）"]);
}

#[test]
fn the_total_counts_beyond_the_blocks() {
    let mut plan = fictional();
    plan.min_credits = Some(60);
    let candidate = without(&plan, &["90102", "90103", "90104", "90111"]);
    assert_eq!(unmet(&plan, &candidate), ["选考: 选考学分不足（还差 3）"]);
    // A required course that is missing, too, brings its own credits and no others.
    let candidate = without(&plan, &["90102", "90103", "90104", "90111", "90004"]);
    assert_eq!(unmet(&plan, &candidate), ["90004: 未合格", "选考: 选考学分不足（还差 3）"]);
}

#[test]
fn additional_courses_are_those_of_the_candidates_group() {
    let rows: [(&str, &[&str], &[&str]); 6] = [
        ("direct", &["90201", "90202", "90203"], &[]),
        ("other", &[], &[]),
        ("other", &["90201", "90203"], &["90201: 加考未完成", "90203: 加考未完成"]),
        ("related", &["90201", "90202"], &[]),
        ("related", &["90203"], &["90203: 加考未完成"]),
        ("unheard_of", &[], &["unheard_of: 加考未完成"]),
    ];
    for (group, missing, expected) in rows {
        let candidate = Candidate { additional_group: group.into(), ..without(&fictional(), missing) };
        assert_eq!(unmet(&fictional(), &candidate), expected, "{group} {missing:?}");
    }
    let literature = plan("050101");
    let other = Candidate { additional_group: "other".into(), ..complete(&literature) };
    assert_eq!(
        unmet(&literature, &other),
        ["other: 加考未完成"],
        "a group without known courses is never passed"
    );
    let associate = plan("510201");
    let other = Candidate { additional_group: "other".into(), ..complete(&associate) };
    assert_eq!(unmet(&associate, &other), [""; 0], "专科 asks for none");
}

#[test]
fn politics_may_be_dropped_by_some_against_231() {
    use Region::{Foreign, HkMoTw, Mainland};
    let both = ["90001: 未合格", "90002: 未合格"];
    let rows: [(Region, &[&str], &[&str]); 7] = [
        (HkMoTw, &["90001", "90002"], &[]),
        (HkMoTw, &["90002"], &[]),
        (HkMoTw, &["90231"], &[]),
        (HkMoTw, &["90001", "90002", "90231"], &both),
        (HkMoTw, &["90002", "90231"], &["90002: 未合格"]),
        (Mainland, &["90001", "90002"], &both),
        (Foreign, &["90001", "90002"], &both),
    ];
    for (region, missing, expected) in rows {
        let candidate = Candidate { region, ..without(&fictional(), missing) };
        assert_eq!(unmet(&fictional(), &candidate), expected, "{region:?} {missing:?}");
    }
    let candidate = Candidate { region: HkMoTw, ..without(&fictional(), &["90001", "90231"]) };
    let prediction = predict(&fictional(), &candidate, &SubstitutionChoice::default(), TODAY);
    assert_eq!(prediction.unmet[0].line().instead[0].code, "90231");
    let candidate = Candidate { region: Mainland, ..candidate };
    let prediction = predict(&fictional(), &candidate, &SubstitutionChoice::default(), TODAY);
    assert_eq!(prediction.unmet[0].line().instead, []);
}

#[test]
fn the_replacement_neither_helps_nor_hurts_the_total() {
    let mut plan = fictional();
    for credits in [0, 6, 9] {
        plan.hk_macao_taiwan.as_mut().unwrap().courses[0].credits = credits;
        plan.min_credits = Some(74);
        let replaced = Candidate { region: Region::HkMoTw, ..without(&plan, &["90001", "90002"]) };
        let prediction = predict(&plan, &replaced, &SubstitutionChoice::default(), TODAY);
        assert!(prediction.passed, "{credits}: {:?}", prediction.unmet);
        assert_eq!(
            (prediction.credits_earned, prediction.credits_needed),
            (68 + credits, Some(68 + credits))
        );
        let fewer = Candidate { region: Region::HkMoTw, ..without(&plan, &["90001", "90002", "90115"]) };
        assert_eq!(unmet(&plan, &fewer), ["选考: 选考学分不足（还差 4）"], "{credits}");
    }
}

#[test]
fn practical_and_thesis_results_belong_to_a_major_and_a_school() {
    type Edit = fn(&mut CourseResult);
    let rows: [(&str, Edit, &[&str]); 6] = [
        ("90006", |r| r.school = Some("别的大学".into()), &["90006: 主考学校不一致"]),
        ("90008", |r| r.school = Some("别的大学".into()), &["90008: 主考学校不一致"]),
        ("90006", |r| r.major = Some("080901".into()), &["90006: 实践未通过"]),
        ("90008", |r| r.major = None, &["90008: 论文未通过"]),
        ("90008", |r| (r.score, r.grade) = (None, Some("不合格".into())), &["90008: 论文未通过"]),
        ("90003", |r| r.school = Some("别的大学".into()), &[]),
    ];
    for (course, edit, expected) in rows {
        let mut candidate = complete(&fictional());
        edit(candidate.results.iter_mut().find(|result| result.course == course).unwrap());
        assert_eq!(unmet(&fictional(), &candidate), expected, "{course}");
    }
    let mut moved = complete(&fictional());
    moved.major.running_school = "别的大学".into();
    let expected = ["90006: 主考学校不一致", "90008: 主考学校不一致"];
    assert_eq!(
        unmet(&fictional(), &moved),
        expected,
        "the running school is the host; 113 is not needed for 14"
    );
}

#[test]
fn the_person_must_be_free_to_graduate() {
    type Edit = fn(&mut Candidate);
    let issued = |code: &str| vec![Issued { major_code: code.into(), date: date(2023, 6, 30) }];
    let mut other_major = complete(&fictional());
    other_major.issued = issued("510201");
    assert_eq!(unmet(&fictional(), &other_major), [""; 0]);
    let mut same_major = complete(&fictional());
    same_major.issued = issued("990101K");
    assert_eq!(unmet(&fictional(), &same_major), ["样例管理学: 已办理过该专业毕业证"]);
    let rows: [(Edit, &[&str]); 6] = [
        (|c| c.prior_credential = None, &["前置学历: 前置学历未查验"]),
        (|c| c.prior_credential.as_mut().unwrap().status = "未查验".into(), &["前置学历: 前置学历未查验"]),
        (|c| c.violation_until = Some(date(2026, 6, 15)), &["违规处理: 违规限制至 2026-06-15"]),
        (|c| c.violation_until = Some(date(2026, 6, 14)), &[]),
        (|c| c.major.building_school = "别的大学".into(), &["样例大学: 主考学校不一致"]),
        (|c| c.major.course_group = "02".into(), &["样例大学: 主考学校不一致"]),
    ];
    for (edit, expected) in rows {
        let mut candidate = complete(&fictional());
        edit(&mut candidate);
        assert_eq!(unmet(&fictional(), &candidate), expected);
    }
    let associate = Candidate { prior_credential: None, ..complete(&plan("510201")) };
    assert_eq!(unmet(&plan("510201"), &associate), [""; 0], "专科 needs no prior credential");
}

#[test]
fn whoever_fulfils_the_list_has_the_total() {
    let mut plan = fictional();
    plan.min_credits = Some(70);
    let candidate = without(&plan, &["90101", "90102", "90103", "90111", "90112", "90113", "90004"]);
    let listed = predict(&plan, &candidate, &SubstitutionChoice::default(), TODAY);
    let required = plan.required.iter().find(|course| course.code == "90004").unwrap().counted_credits();
    let electives = listed.unmet.iter().filter_map(|item| match item.reason {
        Reason::ElectiveCredits { missing } => Some(missing),
        _ => None,
    });
    assert_eq!(listed.credits_earned + required + electives.sum::<u32>(), 70, "{:?}", listed.unmet);
}

#[test]
fn an_exemption_counts_with_the_plans_credits() {
    let mut candidate = without(&fictional(), &["90003"]);
    candidate.exemptions =
        vec![Exemption { course: "90003".into(), certificate: "CET-4".into(), date: None }];
    let prediction = predict(&fictional(), &candidate, &SubstitutionChoice::default(), TODAY);
    let complete = predict(&fictional(), &complete(&fictional()), &SubstitutionChoice::default(), TODAY);
    assert!(prediction.passed);
    assert_eq!(prediction.credits_earned, complete.credits_earned);
}

fn substituted(results: &[&str], default: bool) -> Candidate {
    let mut candidate = without(&fictional(), &["90003"]);
    candidate.results.extend(results.iter().map(|code| result(&fictional(), code, Kind::Written)));
    let by = ["00015".to_owned(), "00016".to_owned()].to_vec();
    candidate.substitutions = vec![Substitution { plan_course: "90003".into(), by, default }];
    candidate
}

#[test]
fn a_substitution_needs_all_its_courses_and_the_candidates_will() {
    let by = ["00015".to_owned(), "00016".to_owned()];
    let mut chosen = SubstitutionChoice::default();
    chosen.choose("90003", &by);
    let mut refused = SubstitutionChoice::default();
    refused.refuse("90003");
    let mut unheard_of = SubstitutionChoice::default();
    unheard_of.choose("90003", &["00015".to_owned()]);
    let mut forgotten = chosen.clone();
    forgotten.forget("90003");
    let none = SubstitutionChoice::default();
    let rows: [(&[&str], bool, &SubstitutionChoice, bool); 9] = [
        (&["00015", "00016"], true, &none, true),
        (&["00015"], true, &none, false),
        (&["00015", "00016"], false, &none, false),
        (&["00015", "00016"], false, &chosen, true),
        (&["00016"], false, &chosen, false),
        (&["00015", "00016"], true, &refused, false),
        (&["00015", "00016"], true, &unheard_of, false),
        (&["00015", "00016"], false, &forgotten, false),
        (&["00015", "00016"], true, &forgotten, true),
    ];
    for (results, default, choice, passes) in rows {
        let prediction = predict(&fictional(), &substituted(results, default), choice, TODAY);
        assert_eq!(prediction.passed, passes, "{results:?} {default} {choice:?}");
        assert_eq!(prediction.substitutions_used.len(), usize::from(passes));
        let could = results.len() == 2 && !passes;
        assert_eq!(prediction.substitutions_available.len(), usize::from(could), "{results:?} {choice:?}");
    }
}

#[test]
fn only_the_thesis_may_be_missing() {
    let missing = |codes: &[&str]| {
        predict(&fictional(), &without(&fictional(), codes), &SubstitutionChoice::default(), TODAY)
    };
    assert!(missing(&["90008"]).lacks_only_thesis());
    assert!(!missing(&["90008", "90003"]).lacks_only_thesis());
    assert!(!missing(&[]).lacks_only_thesis());
}
