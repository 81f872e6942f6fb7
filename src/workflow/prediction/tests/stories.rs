//! The demo's candidates behave as their stories say, and a property over everybody.

use super::*;
use crate::validation::document_type::{DocumentType, Track};
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn the_demo_candidates_behave_as_their_stories_say() {
    let passing = ["id_pass", "id_mismatch", "id_unavailable"];
    let (mut counted, mut documents) = (0, HashSet::new());
    for (story, candidate) in stories() {
        let plan = plan_of(&candidate);
        assert_eq!(candidate.disagreement(), None, "{story}");
        documents.insert(candidate.document_type);
        let non_id = story.starts_with("non_id");
        if non_id || passing.contains(&story.as_str()) {
            assert_eq!(unmet(&plan, &candidate), [""; 0], "{story} {}", candidate.exam_no);
            counted += 1;
        }
        assert_eq!(non_id, candidate.track() == Track::NonId, "{story}");
    }
    assert_eq!(counted, 12, "three who pass, two with trouble at the police, seven with another document");
    assert_eq!(documents.len(), DocumentType::ALL.len(), "somebody for each document");
}

#[test]
fn the_demo_candidate_who_fails_has_six_reasons() {
    let candidate = story("prediction_fails");
    let expected = [
        "90003: 未合格",
        "90006: 实践未通过",
        "90008: 论文未通过",
        "选考: 选考学分不足（还差 4）",
        "选考: 选考学分不足（还差 4）",
        "90201: 加考未完成",
        "90202: 加考未完成",
        "90203: 加考未完成",
        "前置学历: 前置学历未查验",
    ];
    assert_eq!(unmet(&plan_of(&candidate), &candidate), expected);
}

#[test]
fn the_demo_candidate_with_another_choice_passes() {
    let candidate = story("substitution");
    let plan = plan_of(&candidate);
    let mut choice = SubstitutionChoice::default();
    assert_eq!(unmet(&plan, &candidate), ["13015: 未合格"]);
    let before = predict(&plan, &candidate, &choice, TODAY);
    let option = &before.substitutions_available[0];
    assert_eq!((option.plan_course.as_str(), option.plan_name.as_str()), ("13015", "计算机系统原理"));
    choice.choose(&option.plan_course, &option.by);
    assert_eq!(unmet_with(&plan, &candidate, &choice), [""; 0]);
    let after = predict(&plan, &candidate, &choice, TODAY);
    assert_eq!(after.credits_earned, 75, "the plan's 4 credits for 13015 and 7 for 13000 are counted");
    assert_eq!(after.substitutions_used.len(), 2);
    let stored = serde_json::to_string(&choice).unwrap();
    assert_eq!(serde_json::from_str::<SubstitutionChoice>(&stored).unwrap(), choice);
}

proptest! {
    /// Passing one more course never takes away a passed prediction, whatever else is missing. Courses 0 and 1, which
    /// 231 replaces, are drawn often, and totals are tight.
    #[test]
    fn passing_more_never_unpasses(
        missing in proptest::collection::vec(prop_oneof![0usize..2, 0usize..64], 0..4),
        added in 0usize..4,
        region in prop_oneof![Just(Region::Mainland), Just(Region::HkMoTw)],
        group in prop_oneof![Just("direct"), Just("related"), Just("other")],
        replaced_credits in 0u32..9,
        min_credits in prop_oneof![Just(None), (66u32..78).prop_map(Some)],
    ) {
        let mut plan = fictional();
        plan.min_credits = min_credits;
        plan.hk_macao_taiwan.as_mut().unwrap().courses[0].credits = replaced_credits;
        let mut few = Candidate { region, additional_group: group.to_owned(), ..complete(&plan) };
        few.substitutions = vec![
            Substitution { plan_course: "90003".into(), by: vec!["90101".into()], default: true },
            Substitution { plan_course: "90001".into(), by: vec!["90201".into(), "90231".into()], default: true },
        ];
        let all = few.results.clone();
        let is_missing = |course: &str| missing.iter().any(|at| all[at % all.len()].course == course);
        few.results.retain(|result| !is_missing(&result.course));
        let mut more = few.clone();
        more.results.extend(missing.get(added).map(|at| all[at % all.len()].clone()));
        let choice = SubstitutionChoice::default();
        let (before, after) = (predict(&plan, &few, &choice, TODAY), predict(&plan, &more, &choice, TODAY));
        prop_assert!(!before.passed || after.passed, "{:?}", after.unmet);
    }
}
