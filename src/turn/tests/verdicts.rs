//! What a verdict changes: sides of a card that were swapped, defects told together, and the way to people.

use super::play::{self, Player};
use crate::{
    inbound::{PhotoChecked, PhotoSlot, PhotoVerdict, Precheck, StoredPhoto, What},
    turn::{Job, Turn},
    workflow::{
        case::{Case, Stage},
        transition::tests::sample,
    },
};

use PhotoSlot::{Back, Front, Handheld};

fn with_documents(slots: &[PhotoSlot]) -> Player {
    let documents = slots.iter().map(|slot| (*slot, play::photo(slot.name()))).collect();
    Player::with_case(Case { documents, ..sample(Stage::DocumentsWanted) })
}

fn shows(name: &str, slot: PhotoSlot) -> StoredPhoto {
    StoredPhoto { shows: Some(slot), ..play::photo(name) }
}

/// The person sends a picture for the open slot, and this is its verdict.
fn judged(player: &mut Player, verdict: PhotoVerdict) -> Turn {
    player.send(&What::Photo { media_id: "picture".into() });
    let check = player.checks().pop().unwrap();
    player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check }))
}

fn refused(codes: &[&str]) -> PhotoVerdict {
    PhotoVerdict::Refused(codes.iter().map(|code| (*code).to_owned()).collect())
}

fn names(player: &Player) -> Vec<(PhotoSlot, String)> {
    player.case().documents.into_iter().map(|(slot, photo)| (slot, photo.name)).collect()
}

#[test]
fn a_side_goes_where_it_belongs_unless_that_is_taken() {
    // What is there, the slot chosen, the side shown; where it ends up.
    let rows: [(&[PhotoSlot], &str, PhotoSlot, Option<PhotoSlot>); 9] = [
        (&[], "1", Front, Some(Front)),
        (&[], "1", Back, Some(Back)),
        (&[], "2", Front, Some(Front)),
        (&[Back], "1", Back, None),
        (&[Front], "2", Front, None),
        (&[Front, Back, Handheld], "2", Back, Some(Back)),
        (&[], "1", Handheld, Some(Handheld)),
        (&[Handheld], "2", Handheld, None),
        (&[Back], "3", Front, Some(Front)),
    ];
    for (there, choice, shown, expected) in rows {
        let mut player = with_documents(there);
        player.send(&play::text(choice));
        let turn = judged(&mut player, PhotoVerdict::Accepted(shows("new", shown)));
        let placed = names(&player).into_iter().find(|(_, name)| name == "new").map(|(slot, _)| slot);
        assert_eq!(placed, expected, "{there:?} {choice} {shown:?}: {}", turn.said());
        assert_eq!(turn.refused.is_some(), expected.is_none(), "{}", turn.said());
    }
}

#[test]
fn two_sides_sent_at_once_the_wrong_way_round_fill_both_slots() {
    let mut player = with_documents(&[]);
    player.send(&What::Photo { media_id: "one".into() });
    player.send(&What::Photo { media_id: "two".into() });
    let checks = player.checks();
    let [first, second] = &checks[checks.len() - 2..] else { unreachable!() };
    assert_eq!((first.slot, second.slot), (Front, Back));
    for (check, shown) in [(first, Back), (second, Front)] {
        let verdict = PhotoVerdict::Accepted(shows(shown.name(), shown));
        player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check.clone() }));
    }
    assert_eq!(names(&player), [(Front, "front".to_owned()), (Back, "back".to_owned())]);
}

#[test]
fn all_defects_are_one_message_worst_first() {
    let mut player = with_documents(&[]);
    let turn = judged(&mut player, refused(&["NO_CARD", "BLUR"]));
    let first = turn.said();
    let (card, blur) = (first.find("1. 没有看到身份证"), first.find("2. 照片模糊"));
    assert!(card.is_some() && card < blur, "{first}");
    let turn = judged(&mut player, refused(&["GLARE"]));
    assert!(turn.said().contains("\n有反光") && !turn.said().contains("1. 有反光"), "{}", turn.said());
}

#[test]
fn after_three_refusals_in_a_row_people_judge_the_next() {
    let mut player = with_documents(&[]);
    let for_people = |player: &Player| match player.jobs.last() {
        Some(Job::CheckPhoto(job)) => job.for_people,
        other => panic!("{other:?}"),
    };
    for nth in 1..=3 {
        let early = player.send(&play::text("请老师看"));
        assert!(early.said().contains("还不用"), "after {} refusals: {}", nth - 1, early.said());
        let turn = judged(&mut player, refused(&["BLUR"]));
        assert_eq!((turn.said().contains("请老师看"), for_people(&player)), (nth == 3, false), "{nth}");
    }
    assert!(player.send(&play::text("请老师看")).said().contains("由老师判断"));
    let precheck = Precheck { codes: vec!["BLUR".to_owned()], measures: "step_ratio=1.1".to_owned() };
    let photo = StoredPhoto { precheck: precheck.clone(), ..play::photo("new") };
    let turn = judged(&mut player, PhotoVerdict::Accepted(photo));
    assert!(for_people(&player), "people judge it");
    assert!(turn.said().contains("老师可能会问到"), "{}", turn.said());
    assert_eq!(player.case().documents[&Front].precheck, precheck, "the reviewer sees what was found");
    // It begins anew: the next picture is one of another slot, and judged.
    judged(&mut player, refused(&["BLUR"]));
    assert!(!for_people(&player));
    assert!(player.send(&play::text("请老师看")).said().contains("还不用"));
}

#[test]
fn what_is_refused_for_how_it_came_does_not_count() {
    let mut player = with_documents(&[]);
    for _ in 0..4 {
        judged(&mut player, refused(&["UNREADABLE"]));
    }
    assert!(player.send(&play::text("请老师看")).said().contains("还不用"));
}

#[test]
fn a_photo_that_is_there_already_is_no_refusal_of_the_picture() {
    let mut player = with_documents(&[Back]);
    for _ in 0..4 {
        player.send(&play::text("1"));
        let turn = judged(&mut player, PhotoVerdict::Accepted(shows("again", Back)));
        let said = turn.said();
        assert!(
            said.contains("已经有了") && !said.contains("要重拍") && !said.contains("请老师看"),
            "{said}"
        );
        assert_eq!(turn.refused, Some("photo_refused"));
    }
}

#[test]
fn what_only_reviewers_can_look_at_is_not_told_with_a_refusal() {
    let mut player = with_documents(&[]);
    let said = judged(&mut player, refused(&["GLARE", "NAME_MISMATCH", "PRECHECK_UNAVAILABLE"])).said();
    assert!(said.contains("有反光") && !said.contains("姓名") && !said.contains("自动检查"), "{said}");
}
