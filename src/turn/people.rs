//! People instead of the bot: handing a chat over to the platform's customer service, taking it back, and messages left
//! for the offices.
//!
//! While an agent has the chat, the platform brings its messages to nobody else. Before that, and when the session ends
//! without a word (thirty minutes, domain.md §10), they come here: waiting ones go on to the agents, and whoever wants
//! something of the bot gets it. What was open before is where the person comes back to.

use serde::{Deserialize, Serialize};

use super::{
    Answered, Inquiry,
    commands::{Ran, refuse},
    scene::{Came, Scene},
};
use crate::{
    dialog::{Understood, understand},
    inbound::{AnswerAct, What},
    time::Millis,
    workflow::notice,
};

/// The platform gives a chat back after so long without an agent's word (domain.md §10).
const SESSION_SECONDS: i64 = 30 * 60;
/// The slot of a message that is being left.
pub(super) const MESSAGE: &str = "message";

/// A chat that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// When. Business time.
    since: Millis,
    /// An agent has taken it.
    took: bool,
}

/// 「人工服务」: hands over while somebody is there.
pub(super) fn call(scene: &mut Scene<'_>) -> Ran {
    let desk = &scene.world.desk;
    if !desk.hands_over {
        return refuse("people_away");
    }
    if !desk.is_open(scene.now.civil(&scene.world.zone)) {
        return refuse("people_closed");
    }
    // The platform hands over in answer to a message only.
    if scene.came == Came::Tapped {
        return refuse("people_by_text");
    }
    scene.session.agent = Some(Agent { since: scene.now, took: false });
    scene.hands_over = true;
    Ok(())
}

/// Something that came while the chat is handed over; whether that was all about it.
pub(super) fn wait(scene: &mut Scene<'_>, what: &What) -> bool {
    let Some(agent) = scene.session.agent.clone() else { return false };
    if !is_message(what) {
        return false;
    }
    let is_open = scene.world.desk.is_open(scene.now.civil(&scene.world.zone));
    let waits = !agent.took && scene.now.since(agent.since) < SESSION_SECONDS * 1000 && is_open;
    if waits && !wants_the_bot(scene, what) {
        scene.hands_over = true;
        return true;
    }
    take_back(scene);
    false
}

/// Whether somebody wrote or sent something.
pub(super) fn is_message(what: &What) -> bool {
    matches!(
        what,
        What::Text { .. }
            | What::Photo { .. }
            | What::Voice { .. }
            | What::Video
            | What::Location { .. }
            | What::Link
            | What::Unsupported { .. }
    )
}

/// 「菜单」, 「继续」, 「申请」: words that lead somewhere. A question is meant for the agent.
fn wants_the_bot(scene: &Scene<'_>, what: &What) -> bool {
    let What::Text { content, item } = what else { return false };
    let meant = understand(content, &[], scene.world.scripts.ears(), &[]);
    item.is_some() || matches!(meant, Understood::Interrupt(_))
}

/// An agent took the chat, or let it go: then the person is told how to go on.
pub(super) fn notice_agent(scene: &mut Scene<'_>, began: bool) {
    match &mut scene.session.agent {
        Some(agent) if began => agent.took = true,
        Some(_) => {
            take_back(scene);
            scene.notify(notice::PEOPLE_LEFT);
        }
        // An agent may take a chat unasked.
        None if began => scene.session.agent = Some(Agent { since: scene.now, took: true }),
        None => {}
    }
}

/// Where the person was before, if they are still where the hand-over led.
fn take_back(scene: &mut Scene<'_>) {
    scene.session.agent = None;
    if scene.state().is_idle() {
        let before = scene.back().name.clone();
        scene.session.state = before;
    }
}

/// Keeps a message for the offices.
pub(super) fn leave_message(scene: &mut Scene<'_>) {
    let text = scene.session.slots.remove(MESSAGE).unwrap_or_default();
    let id = scene.next_id();
    let subject = scene.case.as_ref().map_or(&scene.session.open_id, |case| &case.id).clone();
    scene.audit("leave_message", &subject, &id);
    scene.inquiry = Some(Inquiry { id, text });
}

/// An office's answer, pushed word for word.
pub(super) fn answered(scene: &mut Scene<'_>, act: &AnswerAct) {
    scene.facts = vec![("answer", act.text.clone())];
    scene.notify(notice::INQUIRY_ANSWERED);
    scene.audit("answer_message", &act.inquiry, "");
    scene.acted_by(&format!("staff:{}", act.staff));
    scene.answered = Some(Answered { id: act.inquiry.clone(), staff: act.staff.clone() });
}
