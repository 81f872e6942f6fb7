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
    hear,
    scene::{Came, Scene},
};
use crate::{
    dialog::{Understood, understand},
    inbound::{AnswerAct, Event, What},
    time::Millis,
    workflow::notice,
};

/// The platform gives a chat back after so long without an agent's word (domain.md §10).
const SESSION_SECONDS: i64 = 30 * 60;
/// The command that hands over.
pub(super) const CALL: &str = "call_people";
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
        return if is_waiting(scene) { Ok(()) } else { refuse("people_by_text") };
    }
    scene.session.agent = Some(Agent { since: scene.now, took: false });
    scene.hands_over = true;
    Ok(())
}

/// Something that came while the chat is handed over; whether that was all about it.
pub(super) fn wait(scene: &mut Scene<'_>, what: &What) -> bool {
    let Some(agent) = &scene.session.agent else { return false };
    let turns_away = !agent.took && wants_the_bot(scene, what);
    if !what.is_message() && !turns_away {
        return false;
    }
    if is_waiting(scene) && !turns_away {
        scene.hands_over = true;
        return true;
    }
    take_back(scene);
    false
}

/// Whether the chat is handed over and no agent has taken it yet, who still may.
fn is_waiting(scene: &Scene<'_>) -> bool {
    let recent = |agent: &Agent| scene.now.since(agent.since) < SESSION_SECONDS * 1000;
    let waits = scene.session.agent.as_ref().is_some_and(|agent| !agent.took && recent(agent));
    waits && scene.world.desk.is_open(scene.now.civil(&scene.world.zone))
}

/// A tap, a scan, the camera, or words that lead somewhere: 「菜单」, 「继续」, 「申请」. A question is meant for the agent.
fn wants_the_bot(scene: &Scene<'_>, what: &What) -> bool {
    match what {
        What::Event(Event::Click { key }) => !calls_people(scene, key),
        What::Event(_) => what.is_act(),
        What::Text { item: Some(_), .. } => true,
        _ if hear::is_too_long(what) => false,
        _ => what.words().is_some_and(|words| {
            let meant = understand(words, &[], scene.world.scripts.ears(), &[]);
            matches!(meant, Understood::Interrupt(_))
        }),
    }
}

/// Whether a menu button asks for what the person already waits for.
fn calls_people(scene: &Scene<'_>, key: &str) -> bool {
    let scripts = &scene.world.scripts;
    let called = scripts.interrupt_of_key(key).and_then(|index| scripts.interrupts().get(index));
    called.and_then(|interrupt| interrupt.command.as_ref()).is_some_and(|command| command.name == CALL)
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
    let (id, staff, text) = (act.inquiry.clone(), act.staff.clone(), act.text.clone());
    scene.answered = Some(Answered { id, staff, text });
}
