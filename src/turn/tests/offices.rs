//! What the offices do to a case between two messages of its person: decisions taken back.

use super::{play::Player, told};
use crate::{
    inbound::{Decision, Level, ReviewAct, TakeBackAct, What},
    turn::{DecisionChange, Turn},
    workflow::{
        case::{Case, Stage},
        transition::tests::{sample, samples},
    },
};

fn approve(player: &mut Player) -> Turn {
    let case = player.case();
    let level = case.stage.reviewed_at().unwrap();
    let (staff, round, decision) = ("reviewer".to_owned(), case.round, Decision::Approve);
    player.send(&What::Review(ReviewAct { staff, level, round, decision }))
}

fn take_back(player: &mut Player) -> Turn {
    let version = player.case().version;
    player.send(&What::TakeBack(TakeBackAct { staff: "reviewer".into(), version }))
}

#[test]
fn a_decision_taken_back_leaves_the_case_as_it_was() {
    for case in samples().filter(|case| case.stage.reviewed_at().is_some()) {
        let mut player = Player::with_case(case);
        let (before, state) = (player.case(), player.snapshot.session.state.clone());
        let decided = approve(&mut player);
        let due = player.now.plus_seconds(10);
        let waits = decided.outbox.iter().map(|notice| notice.revocable.as_ref().map(|it| it.until));
        assert_eq!(waits.collect::<Vec<_>>(), [Some(due)], "{:?}", before.stage);
        assert_eq!(decided.decision, Some(DecisionChange::Made));
        let id = decided.outbox[0].revocable.as_ref().unwrap().id.clone();
        player.now = player.now.plus_seconds(9);
        let taken = take_back(&mut player);
        assert_eq!((taken.refused, taken.outbox.len()), (None, 0), "nobody is told of what nobody was told");
        assert_eq!(taken.decision, Some(DecisionChange::TakenBack { id }));
        let change = taken.case.unwrap();
        assert_eq!(
            change.entered_at,
            before.rounds.last().map(crate::workflow::case::Round::at_office_since)
        );
        assert_eq!(Case { version: before.version, ..player.case() }, before);
        assert_eq!(player.snapshot.session.state, state, "and so does the conversation");
        let actors: Vec<_> =
            taken.audit.iter().map(|line| (line.actor.as_str(), line.act.as_str())).collect();
        assert_eq!(actors, [("staff:reviewer", "take_back")]);
    }
}

#[test]
fn who_was_answered_since_knows_and_the_decision_stands() {
    let mut player = Player::with_case(sample(Stage::PortraitAtCity));
    approve(&mut player);
    let answer = told(&mut player, &["进度"]);
    assert!(answer.contains("照片审核通过"), "{answer}");
    let refused = take_back(&mut player);
    assert_eq!((refused.refused, refused.decision), (Some("answered"), None));
    assert_eq!(player.case().stage, Stage::Approved);
}

#[test]
fn a_decision_is_taken_back_once_and_in_time() {
    let mut player = Player::with_case(sample(Stage::DocumentsAtCity));
    assert_eq!(take_back(&mut player).refused, Some("nothing_decided"));
    approve(&mut player);
    let mut late = player.clone();
    late.now = late.now.plus_seconds(10);
    assert_eq!(take_back(&mut late).refused, Some("too_late"));
    assert_eq!(take_back(&mut player).refused, None);
    assert_eq!(take_back(&mut player).refused, Some("nothing_decided"));
    assert_eq!(player.case().stage, Stage::DocumentsAtCity);
    approve(&mut player);
    let again = player.case();
    let decided = again.last_decision().unwrap();
    assert_eq!((again.stage, decided.level), (Stage::DocumentsAtProvince, Level::City));
}
