//! Commands that dialogs may name in `do` and `enter`: one table, one function each.
//!
//! A command changes the scene or stops with a refusal, whose name a dialog maps to a state (`on`) or to words. Those
//! that only pass a command on to the case are rows made by [`plain`]; the others stand in the files of this folder:
//! `record` (binding and the registry), `consent` (「同意」), `predict` (毕业预测), `contact` (place and phone), `message`
//! (留言), `delete` (删除我的信息), `case` (all that leads from opening to submitting or withdrawing).

mod case;
mod consent;
mod contact;
mod delete;
mod message;
mod predict;
mod record;

pub(super) use case::{finish, photos_to_people};
pub(super) use contact::{BROWSED, is_unusual, recorded_phone};
#[cfg(test)]
pub(super) use delete::REFUSALS as DELETION_REFUSALS;
pub(super) use predict::{outcome, prediction};

use super::{
    questions,
    scene::{IDENTITY_CONSENT, PORTRAIT_CONSENT, Scene, Stop},
};
use crate::workflow::command::Command;

pub(super) type Ran = Result<(), Stop>;

/// The slot that remembers what a person came for before they had to bind.
const WANTED: &str = "wanted";
/// The slot of a choice of 课程顶替 made before there is a case; JSON.
const SUBSTITUTIONS: &str = "substitutions";
/// Slots that only Rust writes.
pub(super) const SLOTS: &[&str] = &[WANTED, SUBSTITUTIONS, questions::NEAREST];

/// The one with which a place is chosen.
pub(super) const CHOOSE_PLACE: &str = "choose_place";
/// Those that give a consent.
pub(super) const CONSENTS: [&str; 3] = ["consent_identity", "consent_again", "consent_portrait"];

/// A row of the table: the name in dialogs, what it does, how it may refuse besides the case's own refusals.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub name: &'static str,
    run: fn(&mut Scene<'_>) -> Ran,
    pub refusals: &'static [&'static str],
    /// Whether the case's refusals can come out of it, too.
    pub moves_case: bool,
    /// Whether it changes something for good: then only a number, a tap or its very words press it, never something
    /// that was guessed from a sentence.
    pub strict: bool,
}

/// Every command.
pub(super) const COMMANDS: &[Row] = &[
    own("start_binding", record::start_binding, &["bound", "too_many_attempts"]),
    own("begin_binding", record::begin_binding, &["bound", "too_many_attempts", "exam_no_given"]),
    own(
        "bind_account",
        record::bind_account,
        &[
            "bound",
            "too_many_attempts",
            "exam_no_missing",
            IDENTITY_CONSENT,
            "exam_no_locked",
            "no_match",
            "phone_asked",
            "candidate_taken",
            "registry_unavailable",
            "wants_prediction",
            "wants_application",
        ],
    ),
    own(
        "confirm_phone",
        record::confirm_phone,
        &[
            "bound",
            "too_many_attempts",
            "exam_no_missing",
            IDENTITY_CONSENT,
            "exam_no_locked",
            "no_match",
            "wrong_phone",
            "candidate_taken",
            "registry_unavailable",
            "wants_prediction",
            "wants_application",
        ],
    ),
    own("ask_identity", consent::ask_identity, &["consented"]),
    for_good(own(
        "consent_identity",
        |scene| {
            consent::consent_identity(scene);
            Ok(())
        },
        &[],
    )),
    for_good(own("consent_again", consent::consent_again, &["wants_prediction", "wants_application"])),
    for_good(own(
        "decline_identity",
        |scene| {
            consent::decline_identity(scene);
            Ok(())
        },
        &[],
    )),
    for_good(with("consent_portrait", consent::consent_portrait, &[])),
    for_good(own(
        "decline_portrait",
        |scene| {
            consent::decline_portrait(scene);
            Ok(())
        },
        &[],
    )),
    own(
        "run_prediction",
        predict::run_prediction,
        &[
            "unbound",
            IDENTITY_CONSENT,
            "in_case",
            "predicted_before",
            "failed",
            "registry_unavailable",
            "unpredictable",
        ],
    ),
    with(
        "change_substitution",
        predict::change_substitution,
        &["unbound", IDENTITY_CONSENT, "in_case", "predicted_before", "failed", "no_such_substitution"],
    ),
    own(
        "open_application",
        case::open_application,
        &[
            "unbound",
            IDENTITY_CONSENT,
            "window_not_open",
            "window_closed",
            "gender_disagrees",
            "birth_disagrees",
            "profile_disagrees",
        ],
    ),
    own("show_place", contact::show_place, &["unknown_place"]),
    own("show_question", questions::show, &["unknown_question"]),
    with(CHOOSE_PLACE, contact::choose_place, &["unknown_place"]),
    with("edit_place", contact::edit_place, &[]),
    with("set_phone", contact::set_phone, &["abroad"]),
    with("edit_phone", contact::edit_phone, &[]),
    with("use_recorded_phone", contact::use_recorded_phone, &["no_recorded_phone"]),
    for_good(with(
        "apply",
        case::apply,
        &[
            "unbound",
            IDENTITY_CONSENT,
            "not_opened",
            "gender_disagrees",
            "birth_disagrees",
            "profile_disagrees",
        ],
    )),
    with("claim", case::claim, &[IDENTITY_CONSENT, PORTRAIT_CONSENT]),
    with("show_portrait", case::show_portrait, &[]),
    own("photos_to_people", photos_to_people, &["photo_not_refused"]),
    with("photograph", case::photograph, &["portrait_kept", IDENTITY_CONSENT, PORTRAIT_CONSENT]),
    for_good(with("submit_documents", case::submit_documents, &[IDENTITY_CONSENT, case::PHOTO_AWAITED])),
    for_good(with("finish", |scene| finish(scene, true), &[IDENTITY_CONSENT, case::PHOTO_AWAITED])),
    with("may_withdraw", case::may_withdraw, &[]),
    for_good(plain("withdraw", |scene| scene.apply(Command::Withdraw, true))),
    with("next", |scene| scene.apply(Command::Next, true), &[IDENTITY_CONSENT]),
    for_good(with("confirm_data", |scene| scene.apply(Command::ConfirmData, true), &[IDENTITY_CONSENT])),
    plain("dispute_data", |scene| scene.apply(Command::DisputeData, true)),
    plain("reconsider", |scene| scene.apply(Command::Reconsider, true)),
    with("read_standard", case::read_standard, &[IDENTITY_CONSENT, PORTRAIT_CONSENT]),
    plain("renew_code", |scene| scene.apply(Command::RenewCode, true)),
    with(
        "hand_over_camera",
        case::hand_over_camera,
        &["unbound", IDENTITY_CONSENT, "portrait_kept", "portrait_not_due"],
    ),
    own(super::people::CALL, super::people::call, &["people_away", "people_closed", "people_by_text"]),
    own("ask_deletion", delete::ask, delete::REFUSALS),
    for_good(own("delete_photos", delete::delete_photos, delete::REFUSALS)),
    own(
        "request_deletion",
        delete::request,
        &["deletion_unbound", "deletion_withdraws", "deletion_asked", "nothing_kept"],
    ),
    own("drop_deletion", delete::drop_request, &["deletion_unbound", "deletion_withdraws", "nothing_kept"]),
    own("leave_message", message::leave, &["too_many_messages"]),
    own(
        "write_traditional",
        |scene| {
            scene.session.traditional = true;
            Ok(())
        },
        &[],
    ),
    own(
        "write_simplified",
        |scene| {
            scene.session.traditional = false;
            Ok(())
        },
        &[],
    ),
    own(
        "stop_reminders",
        |scene| {
            scene.reminders = Some(false);
            Ok(())
        },
        &[],
    ),
    own(
        "resume_reminders",
        |scene| {
            scene.reminders = Some(true);
            Ok(())
        },
        &[],
    ),
    plain("retake", |scene| scene.apply(Command::Retake, true)),
];

/// A command that leaves the case alone.
const fn own(name: &'static str, run: fn(&mut Scene<'_>) -> Ran, refusals: &'static [&'static str]) -> Row {
    Row { name, run, refusals, moves_case: false, strict: false }
}

/// A command that only moves the case.
const fn plain(name: &'static str, run: fn(&mut Scene<'_>) -> Ran) -> Row {
    with(name, run, &[])
}

/// A command that moves the case and may refuse in ways of its own.
const fn with(name: &'static str, run: fn(&mut Scene<'_>) -> Ran, refusals: &'static [&'static str]) -> Row {
    Row { name, run, refusals, moves_case: true, strict: false }
}

/// The same, changing something for good.
const fn for_good(row: Row) -> Row {
    Row { strict: true, ..row }
}

/// Runs a command by the name that a checked dialog gave.
pub(super) fn run(scene: &mut Scene<'_>, name: &str) -> Ran {
    match COMMANDS.iter().find(|row| row.name == name) {
        Some(row) => (row.run)(scene),
        None => Err(Stop::Refused("out_of_turn")),
    }
}

pub(super) fn refuse(name: &'static str) -> Ran {
    Err(Stop::Refused(name))
}
