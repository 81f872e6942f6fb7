//! 「删除我的信息」: what of an application's pictures can go now, what has to wait, and for what.
//!
//! Before it is submitted an application is taken back instead, with which everything goes (AMB-26).

use std::sync::Arc;

use super::{Ran, refuse};
use crate::{
    time::date_text,
    turn::{
        DeletionChange, DeletionFound, Lookup,
        scene::{Scene, Stop},
    },
    workflow::{
        command::Command,
        retention::{Going, Pictures, Stand, Wish, wish},
        transition,
    },
};

/// Of asking and of deleting. Where each leads is in the dialogs.
pub(in crate::turn) const REFUSALS: &[&str] =
    &["deletion_unbound", "deletion_withdraws", "deletion_waits", "deletion_asked", "nothing_kept"];

/// What was found out about the wish.
enum Weighed {
    /// These pictures may go now.
    Now(Going),
    /// None may, yet.
    Later,
    /// None is kept.
    Nothing,
}

/// Whether anything may go now: asked before it is confirmed.
pub(super) fn ask(scene: &mut Scene<'_>) -> Ran {
    let (weighed, _, found) = weigh(scene)?;
    match (weighed, found.asked) {
        (Weighed::Now(_), _) => Ok(()),
        (Weighed::Nothing, _) => nothing_kept(scene),
        (Weighed::Later, Some(_)) => refuse("deletion_asked"),
        (Weighed::Later, None) => refuse("deletion_waits"),
    }
}

/// 「确定删除」. An open request is over when nothing is left to wait for.
pub(super) fn delete_photos(scene: &mut Scene<'_>) -> Ran {
    ask(scene)?;
    let (Weighed::Now(going), _, found) = weigh(scene)? else { return refuse("nothing_kept") };
    let Some(case) = scene.case.as_mut() else { return refuse("nothing_kept") };
    let case = Arc::make_mut(case);
    let names = case.forget_pictures(going);
    let (id, is_empty) = (case.id.clone(), case.photos().next().is_none());
    scene.audit("delete_on_request", &id, &format!("pictures={}", names.len()));
    if let (true, Some((request, _))) = (is_empty, found.asked) {
        end(scene, request);
    }
    Ok(())
}

/// 「登记」: what cannot go now is for the sweeper, and the offices see it.
pub(super) fn request(scene: &mut Scene<'_>) -> Ran {
    let (weighed, number, found) = weigh(scene)?;
    match (weighed, found.asked) {
        (Weighed::Nothing, _) => nothing_kept(scene),
        (_, Some(_)) => refuse("deletion_asked"),
        (_, None) => {
            let id = scene.next_id();
            scene.audit("ask_deletion", &subject(scene), &id);
            scene.deletion = Some(DeletionChange::Asked { id, number });
            Ok(())
        }
    }
}

/// Second thoughts. One that has ended meanwhile needs none.
pub(super) fn drop_request(scene: &mut Scene<'_>) -> Ran {
    let (_, _, found) = weigh(scene)?;
    if let Some((request, _)) = found.asked {
        scene.audit("drop_deletion", &subject(scene), &request);
        end(scene, request);
    }
    Ok(())
}

fn end(scene: &mut Scene<'_>, id: String) {
    scene.deletion = Some(DeletionChange::Ended { id, by: "person".to_owned() });
}

/// There was nothing to delete: the audit keeps that it was asked for, and when.
fn nothing_kept<T>(scene: &mut Scene<'_>) -> Result<T, Stop> {
    scene.audit("nothing_to_delete", &subject(scene), "");
    Err(Stop::Refused("nothing_kept"))
}

fn subject(scene: &Scene<'_>) -> String {
    scene.case.as_ref().map_or(&scene.session.open_id, |case| &case.id).clone()
}

/// What may become of the application at hand, with its number. Of an earlier batch's nothing but that is known here.
fn weigh(scene: &mut Scene<'_>) -> Result<(Weighed, String, DeletionFound), Stop> {
    if scene.candidate.is_none() {
        return Err(Stop::Refused("deletion_unbound"));
    }
    let case = scene.case.as_deref();
    if case
        .is_some_and(|case| transition::apply(case, Command::Withdraw, scene.world.moment(scene.now)).is_ok())
    {
        return Err(Stop::Refused("deletion_withdraws"));
    }
    let number = case.map(|case| &case.number).or(scene.earlier().map(|earlier| &earlier.number));
    let Some(number) = number.cloned() else { return nothing_kept(scene) };
    let Some(found) = scene.before.found.deletion.clone() else {
        return Err(Stop::Need(Lookup::Deletion { number }));
    };
    let has_ended = scene.world.ends_at() <= scene.now;
    // What is kept the store says: the case at hand may be older than the last sweep.
    let wish = case.map(|case| wish(Stand::of(case), found.kept, has_ended, found.is_held));
    let (weighed, why) = match wish {
        Some(Wish::Granted(going)) => (Weighed::Now(going), ""),
        Some(Wish::Waits(why)) => (Weighed::Later, why.name()),
        Some(Wish::Empty) => (Weighed::Nothing, ""),
        None if found.kept == Pictures::default() => (Weighed::Nothing, ""),
        None => (Weighed::Later, "earlier"),
    };
    let asked = found.asked.as_ref().map(|(_, at)| date_text(at.date(&scene.world.zone)));
    scene.facts = vec![("deletion_why", why.to_owned()), ("deletion_asked", asked.unwrap_or_default())];
    Ok((weighed, number, found))
}
