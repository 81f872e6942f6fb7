//! Reminders as people read them.

use super::play::{Player, WORLD, text};
use crate::{
    inbound::{Onsite, OnsiteAct, What},
    time::{Millis, at_civil, parse_minute, shanghai},
    turn,
    workflow::{
        case::Stage,
        reminder::{Kind, MISSING},
        transition::tests::{sample, samples},
    },
};

fn at(minute: &str) -> Millis {
    at_civil(parse_minute(minute).unwrap(), &shanghai())
}

/// The words, and what can be tapped below them.
fn reminded(player: &Player, kind: Kind, now: Millis) -> (String, Vec<String>) {
    let facts = Vec::new();
    let notice = turn::reminder(&WORLD, &player.snapshot, kind.planned(), facts, "id".into(), now).unwrap();
    let (text, menu) = notice.body.words().unwrap();
    (text.to_owned(), menu.to_vec())
}

#[test]
fn each_reminder_says_what_is_missing_and_how_to_turn_it_off() {
    for case in samples().filter(|case| MISSING.contains(&case.stage)) {
        let stage = case.stage;
        let player = Player::with_case(case);
        for kind in [Kind::WindowOpens, Kind::WindowCloses] {
            let (text, _) = reminded(&player, kind, at("2026-06-16T10:00"));
            let asks = text.contains("下一步") || text.contains("请回复");
            assert!(asks, "{stage:?}: {text}");
            assert!(text.ends_with("不想收提醒，回复「退订提醒」。"), "{stage:?}: {text}");
        }
    }
    let (text, menu) =
        reminded(&Player::with_case(sample(Stage::Approved)), Kind::ApplyWaits, at("2026-06-14T10:00"));
    assert!(text.contains("6月17日 16:00"), "{text}");
    assert_eq!(menu, ["申请"]);
}

#[test]
fn who_may_come_once_more_reads_what_an_office_found_missing() {
    let mut case = sample(Stage::Submitted);
    case.place.as_mut().unwrap().district = "天河区".into();
    let mut player = Player { now: at("2026-06-15T18:00"), ..Player::with_case(case) };
    let version = player.case().version;
    let outcome = Onsite::Papers("登记表没有盖章".into());
    player.send(&What::Onsite(OnsiteAct { staff: "district".into(), version, outcome }));
    let (text, _) = reminded(&player, Kind::OnsiteSoon, at("2026-06-17T09:00"));
    assert!(text.contains("考办记录还差：登记表没有盖章"), "{text}");
}

#[test]
fn reminders_are_turned_off_and_on_by_a_word() {
    let mut player = Player::with_case(sample(Stage::Ready));
    for (said, wanted) in [("退订提醒", false), ("恢复提醒", true), ("订阅提醒", true), ("不要提醒我", false)]
    {
        let turn = player.send(&text(said));
        assert_eq!(turn.reminders, Some(wanted), "{said}");
    }
    assert_eq!(player.send(&text("进度")).reminders, None);
}
