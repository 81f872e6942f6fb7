//! Where a person is in the conversation: what of them is stored between two messages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    attempts::Failures, camera::Announced, consent::Consents, earlier::Application, guess::Guess,
    people::Agent, signed::SignedRequests,
};
use crate::{inbound::PhotoSlot, time::Millis};

/// Where a person is in the conversation and what the bot knows about reaching them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person.
    #[serde(skip)]
    pub open_id: String,
    /// 0 for a person never seen; each commit writes the next number by compare-and-swap.
    #[serde(skip)]
    pub version: i64,
    /// Follows the account. False after `unsubscribe`.
    #[serde(skip)]
    pub followed: bool,
    /// When the person last sent a message (opens the 48 h window, protocol §6). Business time.
    #[serde(skip)]
    pub talked_at: Option<Millis>,
    /// When the person last followed, scanned or tapped a menu button (opens the 1 min window). Business time.
    #[serde(skip)]
    pub acted_at: Option<Millis>,
    /// `dialog.state`; empty for a person never greeted.
    pub state: String,
    /// What was given so far, by slot name.
    pub slots: BTreeMap<String, String>,
    /// How often in a row the present state could not use what was sent.
    pub misses: u32,
    /// The states that 「返回」 leads back through, oldest first, at most eight.
    pub back: Vec<String>,
    /// The bound candidate.
    pub exam_no: Option<String>,
    /// Pictures of the menu camera that have not come yet.
    pub camera_md5: Announced,
    /// Per slot, how many pictures were sent: the verdict on an older one is dropped.
    pub photo_sequence: BTreeMap<PhotoSlot, u64>,
    /// Slots whose newest picture has no verdict yet: several sent at once fill several slots.
    #[serde(default)]
    pub photos_awaited: BTreeSet<PhotoSlot>,
    /// How often in a row a picture for this slot was refused for what it shows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub photo_refusals: BTreeMap<PhotoSlot, u32>,
    /// Slots whose next picture goes to people, whatever the automatic checks find.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub photos_for_people: BTreeSet<PhotoSlot>,
    /// Plaintext mode: the signatures that served already.
    #[serde(skip)]
    pub signed: SignedRequests,
    /// Answered in Traditional characters.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub traditional: bool,
    /// The choice that was asked back and waits for a yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guess: Option<Guess>,
    /// The chat is handed over to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// Until when the newest camera code can be claimed; `None` when nobody waits for that.
    #[serde(default)]
    pub code_until: Option<Millis>,
    /// When attempts to bind failed.
    #[serde(default, skip_serializing_if = "Failures::is_empty")]
    pub failed_bindings: Failures,
    /// When codes that link a staff account were wrong.
    #[serde(default, skip_serializing_if = "Failures::is_empty")]
    pub failed_links: Failures,
    /// What the person has agreed to.
    #[serde(default, skip_serializing_if = "Consents::is_empty")]
    pub consents: Consents,
    /// The last application seen, of this batch or an earlier one.
    #[serde(default)]
    pub application: Option<Application>,
}

/// So many pictures refused in a row, and people are offered.
pub(super) const PATIENCE: u32 = 3;

/// Whether people judge a person's next picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForPeople {
    /// The automatic checks do.
    No,
    /// They do, but people may be asked: several pictures in a row were refused.
    Offered,
    /// People were asked.
    Asked,
}

impl Session {
    /// A person never seen before.
    pub fn new(open_id: &str) -> Self {
        Self {
            open_id: open_id.to_owned(),
            version: 0,
            followed: true,
            talked_at: None,
            acted_at: None,
            state: String::new(),
            slots: BTreeMap::new(),
            misses: 0,
            back: Vec::new(),
            exam_no: None,
            camera_md5: Announced::default(),
            photo_sequence: BTreeMap::new(),
            photos_awaited: BTreeSet::new(),
            photo_refusals: BTreeMap::new(),
            photos_for_people: BTreeSet::new(),
            signed: SignedRequests::default(),
            traditional: false,
            guess: None,
            agent: None,
            code_until: None,
            failed_bindings: Failures::default(),
            failed_links: Failures::default(),
            consents: Consents::default(),
            application: None,
        }
    }

    /// Whether people may be asked to judge the next picture for this slot, or already are.
    pub fn people_for(&self, slot: PhotoSlot) -> ForPeople {
        match self.photo_refusals.get(&slot) {
            _ if self.photos_for_people.contains(&slot) => ForPeople::Asked,
            Some(refusals) if *refusals >= PATIENCE => ForPeople::Offered,
            _ => ForPeople::No,
        }
    }

    /// A picture for this slot came by another way: a verdict that is still awaited is one on an older picture.
    pub(super) fn supersede(&mut self, slot: PhotoSlot) {
        if self.photos_awaited.remove(&slot) {
            *self.photo_sequence.entry(slot).or_default() += 1;
        }
    }
}
