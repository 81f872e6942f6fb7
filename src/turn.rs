//! PURE. The heart: one message in, one [`Turn`] out.
//!
//! [`step`] is total: no `Result`, no panic, no clock, no dice, no IO. What it needs from the world is given
//! ([`World`], [`Snapshot`], `now`, [`Fresh`]); what it wants done is data ([`Turn`]) that the caller commits in one
//! transaction. A lost race is answered by loading again and stepping again with the same [`Fresh`].
//!
//! Reading order: the types in `data` and `job`, [`step`] here, the candidate's `session` and the `world` around it;
//! `hear` for texts, with `correct`, `guess` and `gone`; `questions`, `position` and `signpost` for what is asked from anywhere,
//! `people` for who answers instead, `staff` for whose WeChat account this is; `scene` for how a conversation moves, `writing` for the characters it is written
//! in, `commands` for what a choice may do, `look`, `camera` and `signed` for pictures, `inside` for news that no
//! person sent, `earlier` for the batch before, `deletion` for what is to be deleted; `attempts` and `consent` for what may not be done without; `guards`,
//! `lists`, `view` and `known` are the tables that dialogs name.

mod announce;
mod attempts;
mod camera;
mod commands;
mod consent;
mod correct;
mod data;
mod deletion;
mod earlier;
mod gone;
mod guards;
mod guess;
mod hear;
mod inside;
mod job;
mod known;
mod lists;
mod look;
mod people;
mod push;
mod position;
mod questions;
mod remind;
mod scene;
mod session;
mod signed;
mod signpost;
mod staff;
mod view;
mod world;
mod writing;

use std::sync::Arc;

pub use announce::{Reader, announced};
pub use attempts::{FailedAttempt, Failures, PER_NUMBER};
pub use camera::Announced;
pub use consent::{Consents, Given};
pub use data::{
    Answer, Answered, Audit, Binding, CaseChange, DecisionChange, Found, Fresh, Inquiry, Lookup,
    RegistryAnswer, Reply, Snapshot, Step, TicketChange, Turn,
};
pub use deletion::{DeletionChange, DeletionFound};
pub use guess::Guess;
pub use job::{CheckPhoto, Job};
pub use known::known;
pub use look::portrait_hints;
pub use people::Agent;
pub use push::{Announcement, Card, Notice, NoticeBody, Said};
pub use remind::reminder;
use scene::{Came, Scene};
pub use session::{ForPeople, Session};
pub use signed::{Signed, SignedRequests, Use};
pub use staff::{StaffLink, StaffLinkFound};
pub use world::World;

use crate::{
    dialog::{Fallback, Target},
    inbound::{Event, Inbound, What},
    time::Millis,
    workflow::{command::Refusal, delivery::Undelivered},
};

/// After so long a question is no longer in anybody's mind, though it may be on their screen.
const ABSENCE_SECONDS: i64 = 3 * 3600;

/// Answers one inbound message.
pub fn step(world: &Arc<World>, before: &Snapshot, inbound: &Inbound, now: Millis, fresh: &Fresh) -> Step {
    let mut scene = Scene::new(world, before, now, fresh);
    match take(&mut scene, inbound) {
        Ok(()) => {
            look::clear_up(&mut scene, inbound);
            scene.done()
        }
        Err(lookup) => Step::Need(lookup),
    }
}

fn take(scene: &mut Scene<'_>, inbound: &Inbound) -> Result<(), Lookup> {
    let present = scene.case.as_ref().map(|case| &case.id);
    if inbound.case_id.as_ref().is_some_and(|about| present != Some(about)) {
        scene.refused = Some(Refusal::StaleRound.name());
        return Ok(());
    }
    scene.came = came(scene, &inbound.what);
    remember(scene, &inbound.what);
    guess::forget(scene, &inbound.what);
    if people::wait(scene, &inbound.what) {
        return Ok(());
    }
    if hear::is_too_long(&inbound.what) {
        hear::too_long(scene);
        return Ok(());
    }
    if let Some(kind) = never_wanted(&inbound.what) {
        match &inbound.what {
            What::Location { latitude, longitude, label } => {
                position::locate(scene, *latitude, *longitude, label);
            }
            _ => hear::misfit(scene, kind),
        }
        return Ok(());
    }
    match &inbound.what {
        What::Text { content, item } => {
            if item.is_none() {
                writing::notice(scene, content);
            }
            hear::hear(scene, content, item.is_some())
        }
        What::Voice { recognition } => hear::hear(scene, recognition.as_deref().unwrap_or_default(), false),
        What::Event(event) => notice_event(scene, event),
        What::PhotoChecked(checked) => look::checked(scene, checked),
        What::PopulationAnswered(answer) => inside::population(scene, answer),
        What::RegistryAnswered => inside::registry(scene),
        What::Camera(act) => inside::camera(scene, act),
        What::Review(act) => inside::review(scene, act),
        What::TakeBack(act) => inside::take_back(scene, act),
        What::Onsite(act) => inside::onsite(scene, act),
        What::Conclude(act) => inside::conclude(scene, act),
        What::Unbind(act) => {
            inside::unbind(scene, act);
            Ok(())
        }
        What::Answer(act) => {
            people::answered(scene, act);
            Ok(())
        }
        What::Deletion(act) => {
            deletion::settled(scene, act);
            Ok(())
        }
        What::Photo { media_id } => look::look(scene, media_id, inbound),
        What::Video | What::Location { .. } | What::Link | What::Unsupported { .. } => Ok(()),
    }
}

/// Kinds of messages that no state asks for, with the words for them.
fn never_wanted(what: &What) -> Option<Fallback> {
    match what {
        What::Voice { recognition: None } => Some(Fallback::Voice),
        What::Video => Some(Fallback::Video),
        What::Location { .. } => Some(Fallback::Location),
        What::Link => Some(Fallback::Link),
        What::Unsupported { .. } => Some(Fallback::Unsupported),
        _ => None,
    }
}

fn came(scene: &Scene<'_>, what: &What) -> Came {
    let last = scene.session.talked_at.max(scene.session.acted_at);
    let is_late = last.is_some_and(|last| scene.now.since(last) >= ABSENCE_SECONDS * 1000);
    match what {
        What::Event(_) => Came::Tapped,
        what if !what.is_message() => Came::Inside,
        _ if is_late => Came::WrittenLate,
        _ => Came::Written,
    }
}

/// What the platform's rules depend on: when the person last wrote or tapped (protocol §6), and whether they follow.
fn remember(scene: &mut Scene<'_>, what: &What) {
    match what {
        What::Text { item: Some(_), .. }
        | What::Event(Event::Subscribe { .. } | Event::Scan { .. } | Event::Click { .. }) => {
            scene.session.acted_at = Some(scene.now);
            scene.session.followed = true;
        }
        What::Text { .. }
        | What::Photo { .. }
        | What::Voice { .. }
        | What::Video
        | What::Location { .. }
        | What::Link
        | What::Unsupported { .. } => {
            scene.session.talked_at = Some(scene.now);
            scene.session.followed = true;
        }
        What::Event(Event::Unsubscribe) => scene.session.followed = false,
        What::Event(
            Event::Camera { .. }
            | Event::TemplateSent { .. }
            | Event::Subscriptions(_)
            | Event::SubscriptionsSent(_)
            | Event::MassFinished(_)
            | Event::Agent { .. }
            | Event::Other { .. },
        )
        | What::PhotoChecked(_)
        | What::PopulationAnswered(_)
        | What::RegistryAnswered
        | What::Camera(_)
        | What::Review(_)
        | What::TakeBack(_)
        | What::Onsite(_)
        | What::Conclude(_)
        | What::Unbind(_)
        | What::Answer(_)
        | What::Deletion(_) => {}
    }
}

fn notice_event(scene: &mut Scene<'_>, event: &Event) -> Result<(), Lookup> {
    match event {
        Event::Subscribe { scene: code } => {
            let led = code.as_deref().and_then(|code| signpost::follow(scene, code));
            led.unwrap_or_else(|| {
                let main = scene.main();
                scene.go(main)
            })
        }
        Event::Scan { scene: code } => signpost::follow(scene, code).unwrap_or_else(|| {
            scene.ask_again();
            Ok(())
        }),
        Event::Click { key } => match scene.world.scripts.interrupt_of_key(key) {
            Some(index) => hear::interrupt(scene, index),
            None => scene.go(Target::Case),
        },
        Event::Camera { md5, .. } => {
            scene.session.camera_md5.announce(md5, scene.now);
            Ok(())
        }
        Event::TemplateSent { msg_id, status } => {
            if let Some(why) = Undelivered::of_status(status) {
                scene.job(Job::NoteUndelivered { platform_id: msg_id.clone(), why });
            }
            Ok(())
        }
        Event::Subscriptions(agreements) => {
            scene.agreements.clone_from(agreements);
            Ok(())
        }
        Event::SubscriptionsSent(ends) => {
            for end in ends {
                if let Some(why) = Undelivered::of_code(end.code) {
                    scene.job(Job::NoteUndelivered { platform_id: end.msg_id.clone(), why });
                }
            }
            Ok(())
        }
        Event::Agent { began } => {
            people::notice_agent(scene, *began);
            Ok(())
        }
        // What a mass message came to is nobody's affair: it is noted where it arrives.
        Event::Unsubscribe | Event::MassFinished(_) | Event::Other { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests;
