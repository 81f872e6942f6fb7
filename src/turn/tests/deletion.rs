//! What somebody asks to have deleted.

use super::play::{Player, text, times};
use crate::workflow::{case::Stage, retention::Going, transition::tests::sample};

#[test]
fn asking_in_vain_is_in_the_audit() {
    let mut case = sample(Stage::NotGraduated);
    case.forget_pictures(Going { rejected: true, documents: true, portraits: true });
    let with_nothing = Player::bound(&super::play::CANDIDATES[0]);
    for (mut player, subject) in
        [(Player::with_case(case.clone()), case.id.as_str()), (with_nothing, "o-candidate")]
    {
        player.now = times()[3];
        let turn = player.send(&text("删除我的信息"));
        assert!(turn.said().contains("这里没有您的照片"), "{}", turn.said());
        let told: Vec<_> = turn.audit.iter().map(|line| (line.act.as_str(), line.subject.as_str())).collect();
        assert_eq!(told, [("nothing_to_delete", subject)]);
    }
}
