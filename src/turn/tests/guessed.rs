//! What was asked back is answered by the very next thing that is said, or not at all; and what is too long to be read.

use super::{
    super::*,
    play::{Player, text},
    told,
};
use crate::workflow::{case::Stage, transition::tests::sample};

/// Somebody who was asked back whether they mean 「申请」.
fn asked_back() -> Player {
    let mut player = Player::with_case(sample(Stage::Ready));
    let answer = told(&mut player, &["申请？"]);
    assert!(answer.contains("您是要选「申请」吗"), "{answer}");
    player
}

#[test]
fn a_yes_answers_what_was_asked_back() {
    for said in [text("好"), What::Voice { recognition: Some("好".into()) }] {
        let mut player = asked_back();
        player.send(&said);
        assert_ne!(player.case().stage, Stage::Ready, "{said:?}");
    }
}

#[test]
fn nothing_is_pressed_by_a_yes_after_something_else() {
    let between = [
        What::Photo { media_id: "media".into() },
        What::Video,
        What::Link,
        What::Unsupported { kind: "file".into() },
        What::Voice { recognition: None },
        What::Location { latitude: 23.15, longitude: 113.34, label: String::new() },
        What::Text { content: "继续".into(), item: Some("7".into()) },
        What::Event(Event::Scan { scene: "hall".into() }),
        What::Event(Event::Click { key: "HELP".into() }),
        What::Event(Event::Click { key: "APPLY".into() }),
        What::Event(Event::Camera { key: "CAMERA".into(), md5: vec!["0".repeat(32)] }),
        text("[微笑]"),
        text(&"很长".repeat(200)),
        text("谢谢"),
    ];
    for what in between {
        let mut player = asked_back();
        player.send(&what);
        let answer = told(&mut player, &["好"]);
        assert_eq!(player.case().stage, Stage::Ready, "{what:?}: {answer}");
    }
}

#[test]
fn what_the_platform_tells_is_not_something_else_that_was_said() {
    let mut player = asked_back();
    player.send(&What::Event(Event::TemplateSent { msg_id: "1".into(), status: "success".into() }));
    told(&mut player, &["好"]);
    assert_ne!(player.case().stage, Stage::Ready);
}

#[test]
fn a_text_too_long_to_be_read_says_nothing_of_the_script_either() {
    for (before, said) in [(false, "請問這裡怎麼辦理畢業證書"), (true, "请问这里怎么办理毕业证书")]
    {
        let mut player = Player::new();
        player.snapshot.session.traditional = before;
        let answer = told(&mut player, &[&said.repeat(30)]);
        assert_eq!(player.snapshot.session.traditional, before, "{answer}");
        told(&mut player, &[said]);
        assert_ne!(player.snapshot.session.traditional, before);
    }
}
