//! A chat that is handed over and not yet taken: what still goes to the bot.

use super::{
    super::*,
    play::{Player, WORLD, text},
};
use crate::{
    time::{at_civil, parse_minute},
    workflow::{case::Stage, transition::tests::sample},
};

/// Somebody at a stage who waits for an agent, while the desk is open.
fn waiting(stage: Stage) -> Player {
    let mut player = Player::with_case(sample(stage));
    player.now = at_civil(parse_minute("2026-06-15T09:30").unwrap(), &WORLD.zone);
    let since = serde_json::json!({ "since": player.now, "took": false });
    let session = &mut player.snapshot.session;
    session.agent = Some(serde_json::from_value(since).unwrap());
    session.back.push(std::mem::replace(&mut session.state, "people.waiting".to_owned()));
    player
}

fn spoken(said: &str) -> What {
    What::Voice { recognition: Some(said.to_owned()) }
}

fn goes_to_people(player: &mut Player, what: &What) -> bool {
    player.send(what).replies == [Reply::HandOver]
}

#[test]
fn whoever_taps_or_scans_goes_on_with_the_bot() {
    let events = [
        Event::Click { key: "APPLY".into() },
        Event::Click { key: "MENU".into() },
        Event::Click { key: "gone".into() },
        Event::Scan { scene: "hall".into() },
        Event::Subscribe { scene: None },
    ];
    for event in events {
        let mut player = waiting(Stage::PhoneWanted);
        player.send(&What::Event(event.clone()));
        assert_ne!(player.snapshot.session.state, "people.waiting", "{event:?}");
        assert!(!goes_to_people(&mut player, &text("13800138000")), "{event:?}");
    }
    let mut player = waiting(Stage::PhoneWanted);
    player.send(&What::Event(Event::Click { key: "APPLY".into() }));
    player.send(&text("13900139000"));
    assert_eq!(player.case().phone.as_deref(), Some("+8613900139000"));
}

#[test]
fn a_portrait_of_the_menu_camera_is_none_of_the_agents_business() {
    let mut player = waiting(Stage::Capturing);
    player.send(&What::Event(Event::Camera { key: "CAMERA".into(), md5: vec!["0".repeat(32)] }));
    assert!(!goes_to_people(&mut player, &What::Photo { media_id: "media".into() }));
    assert_eq!(player.checks().len(), 1);
}

#[test]
fn what_the_platform_tells_and_asking_again_leave_nobody_out_of_the_queue() {
    let events = [
        Event::Click { key: "PEOPLE".into() },
        Event::TemplateSent { msg_id: "1".into(), status: "success".into() },
        Event::Other { name: "VIEW".into() },
    ];
    for event in events {
        let mut player = waiting(Stage::PhoneWanted);
        player.send(&What::Event(event.clone()));
        assert!(goes_to_people(&mut player, &text("在吗，我改过姓名")), "{event:?}");
    }
}

#[test]
fn spoken_words_lead_back_to_the_bot_like_typed_ones() {
    for said in [text("菜单"), spoken("菜单"), spoken("菜单。")] {
        let mut player = waiting(Stage::PhoneWanted);
        let turn = player.send(&said);
        assert!(turn.said().contains("毕业预测"), "{said:?}: {}", turn.said());
        assert_eq!(player.snapshot.session.agent, None, "{said:?}");
    }
    for said in [spoken("我改过姓名，初审要带什么"), What::Voice { recognition: None }] {
        assert!(goes_to_people(&mut waiting(Stage::PhoneWanted), &said), "{said:?}");
    }
}

#[test]
fn a_text_too_long_for_the_bot_is_one_for_the_agent() {
    let long = format!("菜单{}", "！".repeat(300));
    assert!(goes_to_people(&mut waiting(Stage::PhoneWanted), &text(&long)));
}
