//! Which checks a picture has to pass, and which stored pictures a turn leaves to be taken away.

use super::play::{self, Player, WORLD};
use crate::{
    inbound::{CameraAct, Event, PhotoChecked, PhotoSlot, PhotoSource, PhotoVerdict, StoredPhoto, What},
    turn::{Job, Turn, portrait_hints},
    workflow::{
        case::{Case, Stage},
        transition::tests::sample,
    },
};

/// Names that a turn leaves to be taken away.
fn left(turn: &Turn) -> Vec<&str> {
    let names = turn.jobs.iter().filter_map(|job| match job {
        Job::ClearPhotos { case_id, names } => {
            assert_eq!(case_id, "01CASE");
            Some(names)
        }
        _ => None,
    });
    names.flatten().map(String::as_str).collect()
}

fn uploaded(photo: StoredPhoto) -> What {
    What::Camera(CameraAct::Photo(PhotoVerdict::Accepted(photo)))
}

fn with_portrait(stage: Stage, name: &str) -> Player {
    Player::with_case(Case { portrait: Some(play::live(name)), rounds: Vec::new(), ..sample(stage) })
}

#[test]
fn the_dialog_decides_which_checks_are_run() {
    for (stage, state) in
        [(Stage::DocumentsWanted, "identity.documents_wanted"), (Stage::Capturing, "portrait.capture")]
    {
        let mut player = Player::with_case(sample(stage));
        player.send(&What::Photo { media_id: "one".into() });
        let Some(Job::CheckPhoto(job)) = player.jobs.last() else { panic!("{stage:?}: {:?}", player.jobs) };
        assert_eq!(job.checks, WORLD.scripts.state(state).unwrap().photo_checks());
        assert!(job.checks.iter().any(|name| name == "readable"), "{state}");
    }
}

#[test]
fn a_portrait_in_place_of_another_leaves_that_one() {
    let mut player = with_portrait(Stage::Captured, "old");
    let turn = player.send(&uploaded(play::live("new")));
    assert_eq!((left(&turn), player.case().portrait.unwrap().name.as_str()), (vec!["old"], "new"));
}

#[test]
fn a_submitted_portrait_stays() {
    let rejected = sample(Stage::PortraitRejected);
    let mut player = Player::with_case(Case { stage: Stage::Capturing, ..rejected });
    let turn = player.send(&uploaded(play::live("new")));
    assert!(left(&turn).is_empty(), "{:?}", turn.jobs);
}

#[test]
fn a_picture_that_is_not_taken_is_left() {
    let mut early = Player::with_case(sample(Stage::DataToReconfirm));
    let by_page = StoredPhoto { source: PhotoSource::CameraPage, ..play::photo("new") };
    let turn = early.send(&uploaded(by_page));
    assert_eq!((turn.refused.is_some(), left(&turn)), (true, vec!["new"]));

    let mut late = Player::with_case(sample(Stage::DocumentsWanted));
    late.send(&What::Photo { media_id: "first".into() });
    let check = late.checks().pop().unwrap();
    late.send(&What::Photo { media_id: "second".into() });
    let verdict = PhotoVerdict::Accepted(play::photo("first"));
    let turn = late.send(&What::PhotoChecked(PhotoChecked { verdict, sequence: 0, ..check }));
    assert_eq!(left(&turn), ["first"], "the verdict came too late");
}

#[test]
fn a_repeated_picture_is_not_left_because_the_case_holds_it() {
    let mut player = with_portrait(Stage::Capturing, "old");
    let turn = player.send(&uploaded(play::live("old")));
    assert_eq!((turn.refused, left(&turn)), (Some("photo_refused"), vec![]));
    assert!(turn.said().contains("已经收到过"), "{}", turn.said());

    let front = (PhotoSlot::Front, play::photo("front"));
    let mut player = Player::with_case(Case { documents: [front].into(), ..sample(Stage::DocumentsWanted) });
    player.send(&What::Photo { media_id: "again".into() });
    let check = player.checks().pop().unwrap();
    let verdict = PhotoVerdict::Accepted(play::photo("front"));
    let turn = player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check }));
    assert_eq!((turn.refused, left(&turn)), (Some("photo_refused"), vec![]));
}

#[test]
fn a_portrait_that_the_page_sends_again_has_arrived() {
    let mut player = with_portrait(Stage::Captured, "old");
    let before = player.case();
    let turn = player.send(&uploaded(play::live("old")));
    assert_eq!((turn.refused, left(&turn)), (None, vec![]));
    assert_eq!((player.case(), player.snapshot.session.photo_refusals.len()), (before, 0));
}

#[test]
fn every_dialog_asks_for_a_readable_picture() {
    for state in WORLD.scripts.states().iter().filter(|state| state.photo_input().is_some()) {
        assert!(state.photo_checks().contains(&"readable"), "{}", state.name);
    }
}

fn announce(player: &mut Player, md5: &str) {
    let event = Event::Camera { key: "CAMERA".into(), md5: vec![md5.to_owned()] };
    player.send(&What::Event(event));
}

/// The MD5s with which a picture sent now is looked at, and the check's outcome to be.
fn send_picture(player: &mut Player) -> (Vec<String>, PhotoChecked) {
    player.send(&What::Photo { media_id: "picture".into() });
    let Some(Job::CheckPhoto(job)) = player.jobs.last() else { panic!("{:?}", player.jobs) };
    (job.camera_md5.clone(), player.checks().pop().unwrap())
}

#[test]
fn an_announced_picture_passes_as_live_once() {
    let verdicts = [
        PhotoVerdict::Accepted(play::live("new")),
        PhotoVerdict::Refused(vec!["TOO_SMALL".into()]),
        PhotoVerdict::Unavailable,
    ];
    for verdict in verdicts {
        let mut player = Player::with_case(sample(Stage::Capturing));
        announce(&mut player, "aa");
        announce(&mut player, "bb");
        let (known, check) = send_picture(&mut player);
        assert_eq!(known, ["aa", "bb"]);
        let camera_md5 = Some("aa".to_owned());
        player.send(&What::PhotoChecked(PhotoChecked { camera_md5, verdict, ..check }));
        assert_eq!(send_picture(&mut player).0, ["bb"], "the album has the picture, too");
    }
}

#[test]
fn what_was_announced_is_for_a_few_minutes() {
    let mut player = Player::with_case(sample(Stage::Capturing));
    player.send(&play::text("菜单"));
    announce(&mut player, "aa");
    player.now = player.now.plus_seconds(300);
    let answer = player.send(&What::Photo { media_id: "album".into() }).said();
    assert!(player.jobs.is_empty() && answer.contains("照片没有保存"), "{answer}");
}

#[test]
fn the_page_says_of_a_waiting_portrait_what_the_chat_would() {
    let hints = |codes: &[&str]| {
        let mut photo = play::live("one");
        photo.precheck.codes = codes.iter().map(|code| (*code).to_owned()).collect();
        portrait_hints(&WORLD, &Case { portrait: Some(photo), ..sample(Stage::Captured) })
    };
    assert_eq!(hints(&[]), None);
    let unchecked = hints(&["PRECHECK_UNAVAILABLE"]).unwrap();
    assert!(unchecked.contains("由老师看") && !unchecked.contains("老师可能会问到"), "{unchecked}");
    let two = hints(&["HEAD_TILT", "BLUR"]).unwrap();
    assert!(two.contains("1. 头歪了") && two.contains("2. 照片模糊") && two.contains("对准脸"), "{two}");
}
