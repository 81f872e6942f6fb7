//! `step` as a whole, with the real dialogs and sample data: what holds for every message in every place.
//!
//! `play` is a person with a store in memory; `everywhere` walks every state × every stage; `random` sends whatever
//! comes; `anywhere` says what people say in each place, `contact`, `record` and `submitting` are about one thing each,
//! `photos` about pictures, `documents` about what they are of, `spoken` about what must not come of what people say,
//! `notices` about what can be tapped, `offices` about what is done to a case between two messages, `signposts` about what can be scanned, `people` and `guessed` about what waits for an answer. Conversations that should
//! read well are in `tests/chats`.

mod anywhere;
mod consent;
mod contact;
mod deletion;
mod documents;
mod everywhere;
mod guessed;
mod notices;
mod offices;
mod photos;
mod people;
mod play;
mod questions;
mod random;
mod record;
mod reminders;
mod signposts;
mod submitting;
mod spoken;
mod understood;
mod verdicts;

use play::{Player, text};

use crate::{
    inbound::{PhotoChecked, PhotoSlot, PhotoVerdict, What},
    workflow::{
        candidate::Candidate,
        case::{Case, Population, Stage},
        transition::{self, tests::sample},
    },
};

/// What the person reads in answer to some texts, one after the other; the last answer.
fn told(player: &mut Player, texts: &[&str]) -> String {
    let answers = texts.iter().map(|said| player.send(&text(said)).said());
    answers.last().unwrap_or_default()
}

#[test]
fn place_and_phone_can_be_changed_before_applying() {
    let mut player = Player::with_case(sample(Stage::Ready));
    let answer = told(&mut player, &["2", "番禺区"]);
    let case = player.case();
    assert_eq!(case.place.as_ref().unwrap().district, "番禺区", "{answer}");
    assert_eq!(case.stage, Stage::Ready);
    let answer = told(&mut player, &["3", "13900139000"]);
    assert_eq!(player.case().phone.as_deref(), Some("+8613900139000"), "{answer}");
}

#[test]
fn the_city_core_is_refused_wherever_a_place_is_asked() {
    for stage in [Stage::PlaceWanted, Stage::Ready] {
        let mut player = Player::with_case(sample(stage));
        let before = player.case();
        let asking: &[&str] = if stage == Stage::Ready { &["2", "广州市区"] } else { &["广州市区"] };
        let answer = told(&mut player, asking);
        assert!(answer.contains("不能选「广州市区」") && answer.contains("番禺区"), "{stage:?}: {answer}");
        assert_eq!(player.case(), before);
    }
}

#[test]
fn pictures_sent_at_once_fill_one_slot_each() {
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    for n in 0..3 {
        assert!(
            player.send(&What::Photo { media_id: format!("media{n}") }).said().is_empty(),
            "a verdict is awaited"
        );
    }
    let jobs = player.checks();
    let slots: Vec<PhotoSlot> = jobs.iter().map(|check| check.slot).collect();
    assert_eq!(slots, [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld]);
    for (n, check) in jobs.into_iter().enumerate() {
        let verdict = PhotoVerdict::Accepted(play::photo(&format!("picture{n}")));
        player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check }));
    }
    assert_eq!(player.case().documents.len(), 3);
    assert_eq!(told(&mut player, &["4"]).lines().next(), Some("身份证附件审核中（市考办）"));
}

#[test]
fn the_verdict_on_a_replaced_picture_is_dropped() {
    let mut player = Player::with_case(sample(Stage::Capturing));
    player.send(&What::Photo { media_id: "first".into() });
    player.send(&What::Photo { media_id: "second".into() });
    let checks = player.checks();
    let accept = |at: usize, name: &str| {
        let verdict = PhotoVerdict::Accepted(play::live(name));
        What::PhotoChecked(PhotoChecked { verdict, ..checks[at].clone() })
    };
    assert_eq!(player.send(&accept(0, "first")).said(), "");
    assert_eq!(player.case().portrait, None);
    player.send(&accept(1, "second"));
    assert_eq!(player.case().portrait.as_ref().unwrap().name, "second");
}

#[test]
fn a_picture_after_a_refused_one_is_for_the_slot_that_was_asked_again() {
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    player.send(&What::Photo { media_id: "first".into() });
    let verdict = PhotoVerdict::Refused(vec!["TOO_SMALL".into()]);
    let check = player.checks().pop().unwrap();
    let answer = player.send(&What::PhotoChecked(PhotoChecked { verdict, ..check })).said();
    player.send(&What::Photo { media_id: "second".into() });
    assert_eq!(player.checks().pop().unwrap().slot, PhotoSlot::Front, "{answer}");
}

#[test]
fn pictures_of_an_earlier_batch_do_not_count() {
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    for slot in transition::DOCUMENT_SLOTS {
        player.snapshot.session.photo_sequence.insert(slot, 2);
    }
    for n in 0..3 {
        player.send(&What::Photo { media_id: format!("media{n}") });
    }
    let slots: Vec<PhotoSlot> = player.checks().iter().map(|check| check.slot).collect();
    assert_eq!(slots, transition::DOCUMENT_SLOTS);
}

#[test]
fn an_answer_of_the_population_source_holds_for_the_data_it_was_about() {
    // AMB-9: kept for the batch unless name or number changes.
    let mut player = Player::with_case(sample(Stage::Ready));
    let case = player.case();
    let population = Some(Population { matched: true, reason: String::new(), at: player.now });
    player.snapshot.case = Some(std::sync::Arc::new(Case { population, ..case }));
    let renamed = Candidate {
        name: "陈旧名".into(),
        ..Candidate::clone(player.snapshot.candidate.as_ref().unwrap())
    };
    player.snapshot.candidate = Some(std::sync::Arc::new(renamed));
    player.send(&text("申请"));
    assert_eq!(player.case().stage, Stage::Verifying);
}
