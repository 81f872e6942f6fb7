//! What a push offers to tap, and where a tap is heard.

use super::play::{Player, WORLD, times};
use crate::{
    inbound::{Decision, Level, Part, ReviewAct, What},
    time::Millis,
    turn::NoticeBody,
    workflow::{case::Stage, transition::tests::sample},
};

/// The items below the one push of a review.
fn offered(stage: Stage, level: Level, decision: Decision, now: Millis) -> Vec<String> {
    let mut player = Player { now, ..Player::with_case(sample(stage)) };
    let round = player.case().round;
    let turn = player.send(&What::Review(ReviewAct { staff: "reviewer".into(), level, round, decision }));
    let [notice] = turn.outbox.as_slice() else { panic!("{:?}", turn.outbox) };
    let NoticeBody::Text { text, menu, .. } = &notice.body else { panic!("{notice:?}") };
    assert!(menu.iter().all(|item| text.contains(&format!("「{item}」"))), "{text}");
    menu.clone()
}

fn rejected(part: Part) -> Decision {
    Decision::Reject { part, reasons: vec![], opinion: "不够清楚".into() }
}

#[test]
fn what_is_asked_for_can_be_tapped_and_after_the_window_nothing_is() {
    let [_, open, _, closed] = times();
    let rows = [
        (Stage::DocumentsAtProvince, Level::Province, Decision::Approve, "下一步"),
        (Stage::DocumentsAtCity, Level::City, rejected(Part::Documents), "下一步"),
        (Stage::PortraitAtCity, Level::City, Decision::Approve, "申请"),
        (Stage::PortraitAtCity, Level::City, rejected(Part::Portrait), "重新拍照"),
        (Stage::BundleAtCity, Level::City, rejected(Part::Documents), "下一步"),
        (Stage::BundleAtProvince, Level::Province, rejected(Part::Both), "下一步"),
        (Stage::BundleAtProvince, Level::Province, Decision::Approve, "申请"),
    ];
    for (stage, level, decision, item) in rows {
        assert_eq!(offered(stage, level, decision.clone(), open), [item], "{stage:?} {decision:?}");
        assert!(offered(stage, level, decision.clone(), closed).is_empty(), "{stage:?} {decision:?}");
    }
    assert!(offered(Stage::DocumentsAtCity, Level::City, Decision::Approve, open).is_empty());
}

#[test]
fn a_tap_is_heard_where_the_case_stands() {
    let tapped = What::Text { content: "下一步".into(), item: Some("1".into()) };
    for stands in ["main.menu", "place.browse", "faq.list"] {
        let mut player = Player::with_case(sample(Stage::DocumentsApproved));
        player.snapshot.session.state = stands.into();
        let answer = player.send(&tapped).said();
        assert_eq!(player.case().stage, Stage::DataToConfirm, "at {stands}: {answer}");
    }
}

#[test]
fn a_tap_on_an_old_menu_is_read_as_its_words() {
    let mut player = Player::with_case(sample(Stage::PortraitAtCity));
    let turn = player.send(&What::Text { content: "重新拍照".into(), item: Some("1".into()) });
    assert_eq!(player.case().stage, Stage::PortraitAtCity);
    assert!(turn.said().contains("正在审核"), "{}", turn.said());
    assert!(turn.session.acted_at.is_some() && turn.session.talked_at.is_none(), "it opens the short window");
}

#[test]
fn every_word_to_tap_is_understood_at_each_stage_it_leads_to() {
    for (name, stages) in crate::workflow::notice::NOTICES {
        for item in &WORLD.scripts.notice(name).unwrap().menu {
            for stage in stages {
                let mut player = Player::with_case(sample(*stage));
                player.snapshot.session.state = "main.menu".into();
                let tap = What::Text { content: item.clone(), item: Some("1".into()) };
                let turn = player.send(&tap);
                assert_eq!(turn.session.misses, 0, "{name}: {item} at {stage:?}: {}", turn.said());
            }
        }
    }
}
