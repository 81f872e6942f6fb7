//! Work that a turn leaves for the worker.

use serde::{Deserialize, Serialize};

use crate::{inbound::PhotoSlot, workflow::delivery::Undelivered};

/// Work that needs the network, done by the worker, each ending in another step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Fetch and check a picture sent in the chat.
    CheckPhoto(CheckPhoto),
    /// Take stored pictures away, unless the case names them by then.
    ClearPhotos {
        /// The case they were stored for.
        case_id: String,
        /// Their names.
        names: Vec<String>,
    },
    /// Ask the population source about name and number.
    VerifyPopulation {
        /// The case.
        case_id: String,
    },
    /// Note that a template message or 订阅通知 did not arrive.
    NoteUndelivered {
        /// The platform's id of it.
        platform_id: String,
        /// Why.
        why: Undelivered,
    },
    /// Ask the registry again, then run the prediction.
    Predict {
        /// The case.
        case_id: String,
    },
}

/// A picture sent in the chat, to be fetched and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPhoto {
    /// The platform's key.
    pub media_id: String,
    /// The message that waits for the verdict.
    pub inbox_key: String,
    /// The account it was sent to, which the late answer comes from.
    pub account: String,
    /// Where it belongs.
    pub slot: PhotoSlot,
    /// The case's round when it arrived.
    pub round: u32,
    /// Which of the pictures for this slot.
    pub sequence: u64,
    /// The case, which names the stored file.
    pub case_id: String,
    /// The checks that the dialog asks for, by name.
    pub checks: Vec<String>,
    /// People judge it: what the checks find does not stop it.
    #[serde(default)]
    pub for_people: bool,
    /// MD5s of menu-camera pictures awaited; a match makes the picture a live one.
    pub camera_md5: Vec<String>,
}
