//! Codes that point somewhere: what they show, and that they decide nothing.

use super::{
    super::*,
    everywhere::resting_states,
    play::{CANDIDATES, DIALOGS, Player, WORLD, text, times},
    told,
};
use crate::{
    dialog,
    inbound::What,
    workflow::{
        case::Stage,
        schedule::Place,
        transition::tests::{sample, samples},
    },
};

const POSTER: &str = "place.广州市番禺区";

fn scan(scene: &str) -> What {
    What::Event(Event::Scan { scene: scene.to_owned() })
}

fn follow(scene: Option<&str>) -> What {
    What::Event(Event::Subscribe { scene: scene.map(str::to_owned) })
}

/// Somebody unbound, somebody bound, and a case at each stage.
fn people() -> impl Iterator<Item = Player> {
    [Player::new(), Player::bound(&CANDIDATES[0])].into_iter().chain(samples().map(Player::with_case))
}

#[test]
fn a_poster_shows_its_place_and_loses_nothing() {
    for person in people() {
        let home = WORLD.scripts.resolve(&person.snapshot.session.state).name.as_str();
        for state in resting_states(person.snapshot.candidate.is_some()) {
            for what in [scan(POSTER), follow(Some(POSTER))] {
                let mut there = person.clone();
                there.snapshot.session.state = state.to_owned();
                there.snapshot.session.slots.insert("phone".into(), "13800138000".into());
                let turn = there.send(&what);
                assert!(turn.said().contains("020-84810283、020-84813582"), "{state}: {}", turn.said());
                assert!(turn.case.is_none() && turn.binding.is_none() && turn.ticket.is_none(), "{state}");
                assert!(turn.outbox.is_empty() && turn.jobs.is_empty() && turn.audit.is_empty(), "{state}");
                let mut slots = turn.session.slots.clone();
                slots.remove("browsed");
                assert_eq!(slots.into_keys().collect::<Vec<_>>(), ["phone"], "{state}");
                let now = turn.session.state.as_str();
                let at_ease = there.snapshot.case.is_none() && home == "main.menu";
                assert!([state, "main.menu", "place.poster"].contains(&now), "{state} → {now}");
                assert!(state != home || at_ease || now == home, "{state} → {now}");
            }
        }
    }
}

#[test]
fn only_a_word_chooses_the_place_of_a_poster() {
    let rows = [
        ("是", Some("番禺区")),
        ("7", Some("番禺区")),
        ("番禺", Some("番禺区")),
        ("天河区", Some("天河区")),
        ("不是", None),
        ("进度", None),
        ("广州市区", None),
    ];
    for (said, expected) in rows {
        let mut player = Player::with_case(sample(Stage::PlaceWanted));
        let shown = player.send(&scan(POSTER)).said();
        assert!(shown.contains("您是要选「番禺区」吗？"), "{shown}");
        assert_eq!(player.case().place, None, "shown only");
        let answer = told(&mut player, &[said]);
        let chosen = player.case().place.map(|place| place.district);
        assert_eq!(chosen.as_deref(), expected, "{said}: {answer}");
    }
    for scene in ["place.广州市区", "place.市中心", "place.深圳市南山区", "place.东山区"] {
        let mut player = Player::with_case(sample(Stage::PlaceWanted));
        let shown = player.send(&scan(scene)).said();
        assert!(!shown.contains("吗？") && shown.contains("4 天河区"), "{scene}: {shown}");
        told(&mut player, &["是"]);
        assert_eq!(player.case().place, None, "{scene}");
    }
}

#[test]
fn a_place_whose_days_are_over_is_not_offered_without_a_word() {
    let mut player = Player::with_case(sample(Stage::PlaceWanted));
    player.now = player.now.plus_seconds(2 * 24 * 3600);
    let shown = player.send(&scan(POSTER)).said();
    assert!(shown.contains("⚠️ 这个区的初审日期都已过。\n还有日期的区：荔湾区、"), "{shown}");
    player.now = times()[3];
    let shown = player.send(&scan(POSTER)).said();
    assert!(!shown.contains("您是要选") && shown.contains("本批次申请已截止"), "{shown}");
}

#[test]
fn whoever_chose_another_place_is_told_which() {
    let rows = [
        (Stage::Ready, "您现在选的是 越秀区。\n要改就回复「改到番禺区」。"),
        (Stage::PortraitAtCity, "您现在选的是 越秀区。\n要改就回复「改到番禺区」。"),
        (Stage::Submitted, "您选的是 越秀区，\n现场初审请到 越秀区 办理。"),
        (Stage::OnsitePassed, "您的申请在 越秀区 办理。"),
    ];
    for (stage, words) in rows {
        let shown = Player::with_case(sample(stage)).send(&scan(POSTER)).said();
        assert!(shown.contains(words), "{stage:?}: {shown}");
        let own = Player::with_case(sample(stage)).send(&scan("place.越秀区")).said();
        assert!(own.contains("越秀区越华路") && !own.contains("选的是"), "{stage:?}: {own}");
    }
}

#[test]
fn the_camera_is_handed_over_where_a_portrait_is_due() {
    for case in samples() {
        let (stage, track) = (case.stage, case.track);
        let person = Player::with_case(case);
        let turn = person.clone().send(&scan("camera"));
        let due = stage.takes_portrait() && stage != Stage::Captured;
        let issued = matches!(turn.ticket, Some(TicketChange::Issue { .. }));
        assert_eq!((issued, turn.case.is_some()), (due, due), "{track:?} {stage:?}: {}", turn.said());
        if due {
            let asked = person.clone().send(&text("新链接"));
            assert_eq!((turn.said(), turn.outbox.len()), (asked.said(), asked.outbox.len()), "{stage:?}");
        } else {
            let why = ["现在不用拍照。", "还没到拍照这一步，先办下面的。", "要重拍，请点下方菜单"];
            assert!(why.iter().any(|why| turn.said().starts_with(why)), "{stage:?}: {}", turn.said());
        }
        let late = Player { now: times()[3], ..person }.send(&scan("camera"));
        assert!(late.ticket.is_none() && late.case.is_none(), "{stage:?}: {}", late.said());
    }
}

#[test]
fn before_an_application_the_camera_says_what_comes_first() {
    let mut stranger = Player::new();
    let answer = stranger.send(&follow(Some("camera"))).said();
    assert!(answer.contains("先绑定您的准考证。") && answer.ends_with("请输入 12 位准考证号："), "{answer}");
    let answer = Player::bound(&CANDIDATES[0]).send(&scan("camera")).said();
    assert!(answer.starts_with("还没有开始毕业申请，回复「毕业申请」开始。"), "{answer}");
}

#[test]
fn a_poster_reads_well_at_any_time() {
    let told = |now, scene: &str| Player { now, ..Player::new() }.send(&follow(Some(scene))).said();
    let words = ["申请到 6月17日 16:00 截止。", "6月12日 9:30 开放申请。", "2026年上半年的申请已截止。"];
    for (now, expected) in times().into_iter().zip([words[1], words[0], words[2], words[2]]) {
        let shown = told(now, POSTER);
        assert!(shown.starts_with("您好，") && shown.contains(expected), "{shown}");
        assert!(shown.ends_with("1 毕业申请\n2 毕业预测\n3 看别的区\n0 人工服务"), "{shown}");
    }
}

#[test]
fn a_name_that_two_cities_have_is_asked_back() {
    let scripts = dialog::load(&DIALOGS, &known()).ok().unwrap();
    let mut schedule = WORLD.schedule.clone();
    let city = "深圳市".to_owned();
    schedule.places.push(Place { city, phones: vec!["0755-1".into()], ..schedule.places[3].clone() });
    let world = World::new(scripts, WORLD.batch.clone(), schedule, [], WORLD.zone.clone(), "https://b/");
    let (world, person) = (Arc::new(world), Player::new());
    let told = |scene: &str| {
        let inbound = Inbound {
            open_id: person.snapshot.session.open_id.clone(),
            account: String::new(),
            key: "key".into(),
            sent_at: 0,
            case_id: None,
            what: scan(scene),
        };
        let fresh = Fresh { at: person.now, random: [0; 48] };
        match step(&world, &person.snapshot, &inbound, person.now, &fresh) {
            Step::Done(turn) => turn.said(),
            Step::Need(lookup) => panic!("{scene} needs {lookup:?}"),
        }
    };
    let asked = told("place.天河区");
    assert!(asked.starts_with("您说的是哪一个：「广州市天河区」、「深圳市天河区」？"), "{asked}");
    assert!(told("place.深圳市天河区").contains("电话：0755-1\n"));
    assert!(told("place.广州市天河区").contains("电话：020-88909771\n"));
}

#[test]
fn codes_of_others_are_ordinary() {
    let long = format!("place.{}", "天河区".repeat(30));
    for person in people().take(6) {
        let (greeting, question) = (person.clone().send(&follow(None)), person.clone().send(&scan("x")));
        for scene in ["", "0", "place.", "place.\n", "camera2", "qrscene_camera", long.as_str()] {
            assert_eq!(person.clone().send(&follow(Some(scene))).said(), greeting.said(), "{scene:?}");
            assert_eq!(person.clone().send(&scan(scene)).said(), question.said(), "{scene:?}");
        }
    }
}

#[test]
fn a_scan_opens_the_short_window_only() {
    for scene in [POSTER, "camera", "x"] {
        let mut person = Player::with_case(sample(Stage::ScanAwaited));
        let turn = person.send(&scan(scene));
        assert_eq!((turn.session.talked_at, turn.session.acted_at), (None, Some(person.now)), "{scene}");
        assert!(WORLD.scripts.state(&turn.session.state).is_some(), "{scene}");
    }
}
