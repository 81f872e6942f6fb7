//! What the registry says of a candidate: a record that contradicts the identity number, one that is not there, a
//! registry that is away.

use std::sync::Arc;

use super::{
    super::*,
    play::{CANDIDATES, Player},
    told,
};
use crate::{
    validation::profile::Gender,
    workflow::{
        candidate::Candidate,
        case::Stage,
        transition::tests::{candidate, sample},
    },
};

fn of_case() -> Arc<Candidate> {
    let exam_no = candidate().exam_no;
    Arc::clone(CANDIDATES.iter().find(|candidate| candidate.exam_no == exam_no).unwrap())
}

/// The record with another gender, another birth, both; each with what its refusal says and does not say.
fn spoilt() -> [(Arc<Candidate>, &'static str, &'static str); 3] {
    let good = of_case();
    let gender = Candidate { gender: Gender::Female, ..Candidate::clone(&good) };
    let birth = Candidate { birth: good.birth.tomorrow().unwrap(), ..Candidate::clone(&good) };
    let both = Candidate { gender: Gender::Female, ..birth.clone() };
    [
        (Arc::new(gender), "考籍里的性别和身份证号码对不上", "出生日期"),
        (Arc::new(birth), "考籍里的出生日期和身份证号码对不上", "性别"),
        (Arc::new(both), "考籍里的性别、出生日期和身份证号码对不上", "1990"),
    ]
}

#[test]
fn a_record_that_contradicts_the_number_opens_nothing() {
    for (record, says, says_not) in spoilt() {
        let mut player = Player { record: Some(Arc::clone(&record)), ..Player::bound(&record) };
        let answer = told(&mut player, &["毕业申请"]);
        assert!(answer.starts_with(says) && answer.contains("考籍信息更正"), "{answer}");
        assert!(answer.contains("电话") && !answer.contains(says_not), "{answer}");
        assert!(player.snapshot.case.is_none());
    }
}

#[test]
fn a_record_corrected_since_opens_the_application() {
    for (record, ..) in spoilt() {
        let mut player = Player { record: Some(of_case()), ..Player::bound(&record) };
        told(&mut player, &["毕业申请"]);
        assert_eq!(player.case().stage, Stage::Entered);
        assert_eq!(player.snapshot.candidate, Some(of_case()), "and is kept");
    }
}

#[test]
fn a_record_spoilt_since_is_found_at_the_last_press() {
    for stage in [Stage::Ready, Stage::Approved] {
        for (record, says, _) in spoilt() {
            let mut player = Player { record: Some(record), ..Player::with_case(sample(stage)) };
            let before = player.case();
            let answer = told(&mut player, &["申请"]);
            assert!(answer.starts_with(says) && answer.contains("020-83350843"), "{answer}");
            assert_eq!(player.case(), before, "{stage:?}");
            player.record = None;
            told(&mut player, &["申请"]);
            assert_ne!(player.case().stage, stage, "once it is corrected the press counts");
        }
    }
}

#[test]
fn what_is_missing_comes_before_what_is_wrong() {
    let (record, ..) = spoilt().into_iter().next().unwrap();
    let mut player = Player { record: Some(record), ..Player::with_case(sample(Stage::PlaceWanted)) };
    assert!(told(&mut player, &["申请"]).starts_with("还没有选择办理地点"));
}

#[test]
fn no_plan_is_no_failed_prediction() {
    let mut unplanned = Candidate::clone(&of_case());
    unplanned.major.code = "999999".into();
    let unplanned = Arc::new(unplanned);
    let mut bound = Player { record: Some(Arc::clone(&unplanned)), ..Player::bound(&unplanned) };
    assert!(told(&mut bound, &["毕业预测"]).contains("没有找到您的考籍或专业计划"));
    for stage in [Stage::Entered, Stage::Ready] {
        let mut player = Player { record: Some(Arc::clone(&unplanned)), ..Player::with_case(sample(stage)) };
        let answer = told(&mut player, &["毕业预测"]);
        assert!(answer.contains("没有找到您的考籍或专业计划"), "{stage:?}: {answer}");
        assert_eq!(player.case().stage, stage);
    }
    let mut waiting = Player { record: Some(unplanned), ..Player::with_case(sample(Stage::Predicting)) };
    let turn = waiting.send(&What::RegistryAnswered);
    let events: Vec<&str> = turn.outbox.iter().map(|notice| notice.event.as_str()).collect();
    assert_eq!((waiting.case().stage, events), (Stage::Entered, vec!["prediction_impossible"]));
}

#[test]
fn a_candidate_whom_the_registry_has_lost_is_told_so() {
    let mut player = Player { known: false, ..Player::with_case(sample(Stage::Predicting)) };
    let turn = player.send(&What::RegistryAnswered);
    assert_eq!(turn.outbox.len(), 1);
    assert_eq!(player.case().stage, Stage::Entered);
    assert!(told(&mut player, &["毕业预测"]).contains("没有找到您的考籍"));
}

#[test]
fn a_registry_that_is_away_takes_nothing_back() {
    for stage in [Stage::PlaceWanted, Stage::PhoneWanted, Stage::Ready] {
        let mut player = Player { registry: false, ..Player::with_case(sample(stage)) };
        let before = player.case();
        let answer = told(&mut player, &["毕业预测"]);
        assert!(answer.contains("考籍系统暂时没有回应"), "{answer}");
        assert_eq!(player.case(), before);
    }
}

#[test]
fn a_prediction_is_answered_at_every_later_stage() {
    for stage in Stage::ALL.into_iter().filter(|stage| !stage.is_predictable() || stage.is_predicted()) {
        let mut player = Player::with_case(sample(stage));
        let answer = told(&mut player, &["毕业预测"]);
        let says =
            if stage == Stage::Withdrawn { "毕业预测通过" } else { "✅ 毕业预测已经通过。" };
        assert!(answer.contains(says), "{stage:?}: {answer}");
    }
}

#[test]
fn binding_says_so_whatever_comes_next() {
    for wish in ["毕业预测", "毕业申请", "绑定"] {
        let mut player = Player::new();
        let (exam_no, document_no) = (&of_case().exam_no, &of_case().document_no);
        let answer = told(&mut player, &[wish, exam_no, "同意", document_no, "7000"]);
        assert!(answer.starts_with("✅ 绑定成功"), "{wish}: {answer}");
    }
}
