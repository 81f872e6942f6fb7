//! Place and phone: changed from anywhere until Z1, numbers of every kind, places of other cities.

use super::{
    super::*,
    play::{CANDIDATES, Player, WORLD, live, text, times},
    told,
};
use crate::{
    inbound::{CameraAct, PhotoVerdict, What},
    workflow::{
        case::{Case, Stage},
        transition::tests::sample,
    },
};

const PLACE: [&str; 6] = ["改办理地点", "改地点", "换地点", "我想改办理地点", "换个区", "可以选别的区吗"];
const PHONE: [&str; 5] = ["改联系电话", "改电话", "换电话", "我要换手机号", "手机号写错了"];

/// Whether place and phone are there and may be changed.
fn is_editable(stage: Stage) -> bool {
    let case = sample(stage);
    case.place.is_some() && case.phone.is_some() && !stage.is_submitted()
}

#[test]
fn place_and_phone_change_from_anywhere_until_the_end() {
    for stage in Stage::ALL.into_iter().filter(|stage| is_editable(*stage)) {
        for state in ["main.menu", "faq.list", ""] {
            for (place, phone) in PLACE.into_iter().zip(PHONE.into_iter().cycle()) {
                let mut player = Player::with_case(sample(stage));
                if !state.is_empty() {
                    player.snapshot.session.state = state.to_owned();
                }
                let answer = told(&mut player, &[place, "番禺区"]);
                assert_eq!(player.case().place.unwrap().district, "番禺区", "{stage:?} {place}: {answer}");
                let answer = told(&mut player, &[phone, "13900139000"]);
                assert_eq!(player.case().phone.as_deref(), Some("+8613900139000"), "{stage:?} {phone}");
                assert!(answer.starts_with("✅ 联系电话已改为 139****9000"), "{answer}");
                assert_eq!(player.case().stage, stage);
                let home = &WORLD.scripts.home_of(stage.name()).name;
                assert_eq!(player.snapshot.session.state, *home, "back at the case's own place");
                let progress = told(&mut player, &["进度"]);
                assert!(progress.contains("办理地点：番禺区"), "{progress}");
                assert!(progress.contains("联系电话：139****9000"), "{progress}");
            }
        }
    }
}

#[test]
fn where_nothing_can_be_changed_the_reason_is_told() {
    let rows = [
        (Player::new(), "还没有开始毕业申请", "还没有开始毕业申请"),
        (Player::bound(&CANDIDATES[0]), "还没有开始毕业申请", "还没有开始毕业申请"),
        (Player::with_case(sample(Stage::Entered)), "要先通过毕业预测", "要先通过毕业预测"),
        (Player::with_case(sample(Stage::PlaceWanted)), "还没有选择办理地点", "还没有填写联系电话"),
        (Player::with_case(sample(Stage::PhoneWanted)), "想改到哪个区", "还没有填写联系电话"),
        (Player::with_case(sample(Stage::Submitted)), "请打电话给办理地点", "请打电话给办理地点"),
        (Player::with_case(sample(Stage::Withdrawn)), "还没有开始毕业申请", "还没有开始毕业申请"),
    ];
    for (player, place, phone) in rows {
        for (words, says) in [(&PLACE[..], place), (&PHONE[..], phone)] {
            for said in words {
                let answer = player.clone().send(&text(said)).said();
                assert!(answer.contains(says), "{player:?} ← {said}: {answer}");
            }
        }
    }
}

#[test]
fn phones_of_every_kind_have_their_words() {
    let table = [
        ("020-81957623", "这像是座机号"),
        ("91234567", "您发来的位数不对，请填内地手机号"),
        ("+852 91234567", "这里请填内地手机号"),
        ("+886 912345678", "这里请填内地手机号"),
        ("+1 2025550123", "这里请填内地手机号"),
        ("12345678901", "手机号以 13 至 19 开头"),
        ("1390013900", "您发来的是 10 位"),
        ("139O0139000", "电话里有“O”"),
    ];
    for (said, says) in table {
        let mut player = Player::with_case(sample(Stage::Ready));
        let answer = told(&mut player, &["改电话", said]);
        assert!(answer.starts_with(says), "{said}: {answer}");
        assert!(answer.contains("请输入新的联系电话"), "the question again: {answer}");
    }
}

#[test]
fn a_rare_prefix_is_said_once_and_taken() {
    for stage in [Stage::PhoneWanted, Stage::Ready, Stage::DataToConfirm, Stage::PortraitAtCity] {
        let mut player = Player::with_case(sample(stage));
        player.send(&text("改电话"));
        let answer = told(&mut player, &["14212345678"]);
        assert_eq!(answer.matches("这个号段少见").count(), 1, "{stage:?}: {answer}");
        assert_eq!(player.case().phone.as_deref(), Some("+8614212345678"), "{stage:?}");
        let usual = told(&mut player, &["改电话", "13900139000"]);
        assert!(!usual.contains("号段"), "{stage:?}: {usual}");
    }
}

/// The demo's candidate with a permit, at the phone.
fn with_permit(stage: Stage) -> Player {
    let permitted = CANDIDATES.iter().find(|candidate| candidate.exam_no.starts_with("0101")).unwrap();
    let candidate = CANDIDATES.iter().find(|c| c.track() != permitted.track()).unwrap_or(permitted);
    let case = Case { track: candidate.track(), exam_no: candidate.exam_no.clone(), ..sample(stage) };
    Player::with_case(case)
}

#[test]
fn who_has_no_identity_card_may_give_a_phone_abroad() {
    let mut player = with_permit(Stage::PhoneWanted);
    assert!(player.snapshot.candidate.as_ref().unwrap().phone.as_deref().unwrap().starts_with("+852"));
    let answer = told(&mut player, &["91234567"]);
    assert!(answer.contains("前面加区号"), "{answer}");
    let answer = told(&mut player, &["+852 91234567"]);
    assert_eq!(player.case().phone.as_deref(), Some("+85291234567"), "{answer}");
    let mut player = with_permit(Stage::PhoneWanted);
    told(&mut player, &["1"]);
    assert!(player.case().phone.unwrap().starts_with("+852"), "the recorded one, too");
}

#[test]
fn a_place_whose_days_are_over_is_told_and_not_forbidden() {
    let evening = times()[1].plus_seconds(24 * 3600 + 5 * 3600 + 1800); // 6月16日 17:30
    for (now, over) in [(evening.minus_seconds(1), false), (evening, true)] {
        let mut player = Player { now, ..Player::with_case(sample(Stage::PlaceWanted)) };
        let answer = told(&mut player, &["越秀区"]);
        assert_eq!(answer.contains("初审日期都已过"), over, "{answer}");
        assert_eq!(answer.contains("从化区") && answer.contains("020-83350843"), over, "{answer}");
        assert_eq!(player.case().place.unwrap().district, "越秀区");
    }
    let mut late = Player { now: evening, ..Player::with_case(sample(Stage::Approved)) };
    let answer = told(&mut late, &["申请"]);
    assert!(answer.contains("请马上打电话") && !answer.contains("请按时到现场"), "{answer}");
}

#[test]
fn a_withdrawn_application_keeps_no_picture() {
    let mut player = Player::with_case(sample(Stage::PortraitAtCity));
    player.send(&What::Camera(CameraAct::Photo(PhotoVerdict::Accepted(live("page")))));
    let names: Vec<String> = player.case().photos().map(|photo| photo.name.clone()).collect();
    told(&mut player, &["撤回申请"]);
    let turn = player.send(&text("确定撤回"));
    let case_id = player.case().id;
    assert!(turn.jobs.contains(&Job::ClearPhotos { case_id, names }), "{:?}", turn.jobs);
    assert!(matches!(turn.ticket, Some(TicketChange::End { .. })));
    assert_eq!(player.case().photos().count(), 0);
    told(&mut player, &["毕业申请"]);
    assert_eq!(player.case().stage, Stage::Entered);
    let mut late = Player { now: times()[2], ..Player::with_case(sample(Stage::Withdrawn)) };
    assert!(told(&mut late, &["毕业申请"]).contains("截止"));
}
