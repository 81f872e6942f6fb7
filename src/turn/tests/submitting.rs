//! Submitting while a newer picture is still being looked at.

use super::{
    play::{Player, live, photo, text},
    told,
};
use crate::{
    inbound::{CameraAct, PhotoChecked, PhotoSlot, PhotoVerdict, StoredPhoto, What},
    workflow::{case::Stage, transition::tests::sample},
};

/// Somebody whose three document photos are there.
fn with_documents() -> Player {
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    for name in ["front", "back", "handheld"] {
        send_photo(&mut player, name);
        accept(&mut player, photo(name));
    }
    player
}

fn send_photo(player: &mut Player, media_id: &str) {
    player.send(&What::Photo { media_id: media_id.into() });
}

fn accept(player: &mut Player, picture: StoredPhoto) -> String {
    let check = player.checks().pop().unwrap();
    player
        .send(&What::PhotoChecked(PhotoChecked { verdict: PhotoVerdict::Accepted(picture), ..check }))
        .said()
}

#[test]
fn documents_wait_for_the_newest_picture() {
    let mut player = with_documents();
    told(&mut player, &["1"]);
    send_photo(&mut player, "newer");
    told(&mut player, &["返回"]);
    for said in ["4", "提交身份证附件"] {
        let answer = told(&mut player, &[said]);
        assert!(answer.contains("还在检查") && answer.contains("4 提交身份证附件"), "{said}: {answer}");
        assert_eq!((player.case().stage, player.case().round), (Stage::DocumentsWanted, 0));
    }
    let heard = accept(&mut player, photo("newer"));
    assert!(heard.contains("提交身份证附件"), "the verdict is heard: {heard}");
    told(&mut player, &["提交身份证附件"]);
    assert_eq!(player.case().stage, Stage::DocumentsAtCity);
    assert_eq!(player.case().rounds[0].photos[&PhotoSlot::Front].name, "newer");
}

#[test]
fn three_pictures_under_way_are_not_missing() {
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    for media_id in ["a", "b", "c"] {
        send_photo(&mut player, media_id);
    }
    let answer = told(&mut player, &["提交身份证附件"]);
    assert!(answer.contains("还在检查"), "{answer}");
}

#[test]
fn the_portrait_waits_for_the_newest_picture() {
    let mut player = Player::with_case(sample(Stage::Captured));
    send_photo(&mut player, "newer");
    let answer = told(&mut player, &["我已摄像完成，下一步"]);
    assert!(answer.contains("还在检查"), "{answer}");
    assert_eq!((player.case().stage, player.case().round), (Stage::Captured, 0));
    accept(&mut player, live("newer"));
    told(&mut player, &["我已摄像完成，下一步"]);
    assert_eq!(player.case().rounds[0].photos[&PhotoSlot::Portrait].name, "newer");
}

#[test]
fn a_refused_picture_is_told_and_lets_submit() {
    let mut player = Player::with_case(sample(Stage::Captured));
    send_photo(&mut player, "newer");
    let check = player.checks().pop().unwrap();
    let verdict = PhotoVerdict::Refused(vec!["TOO_SMALL".into()]);
    let heard = player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check })).said();
    assert!(heard.contains("太小"), "{heard}");
    told(&mut player, &["我已摄像完成，下一步"]);
    assert_eq!(player.case().stage, Stage::PortraitAtCity);
}

#[test]
fn the_camera_page_waits_for_a_picture_from_the_chat() {
    let mut player = Player::with_case(sample(Stage::Captured));
    send_photo(&mut player, "newer");
    let turn = player.send(&What::Camera(CameraAct::Finish));
    assert_eq!(turn.refused, Some("photo_awaited"));
    assert!(turn.said().contains("还在检查"), "{}", turn.said());
    assert_eq!(player.case().stage, Stage::Captured);
}

#[test]
fn a_picture_of_the_camera_page_is_newer_than_one_sent_before() {
    let mut player = Player::with_case(sample(Stage::Captured));
    send_photo(&mut player, "older");
    player.send(&What::Camera(CameraAct::Photo(PhotoVerdict::Accepted(live("page")))));
    assert_eq!(accept(&mut player, live("older")), "", "a verdict on an older picture is dropped");
    player.send(&What::Camera(CameraAct::Finish));
    assert_eq!(player.case().rounds[0].photos[&PhotoSlot::Portrait].name, "page");
}

#[test]
fn after_the_window_waiting_would_not_help() {
    let mut player = Player::with_case(sample(Stage::Captured));
    send_photo(&mut player, "newer");
    player.now = super::play::times()[2];
    let turn = player.send(&What::Camera(CameraAct::Finish));
    assert_eq!(turn.refused, Some("window_closed"));
    assert_eq!(player.send(&text("申请")).refused, None);
    assert_eq!(player.case().stage, Stage::Captured);
}
