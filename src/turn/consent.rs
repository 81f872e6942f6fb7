//! What a person has agreed to, in which words' version and when.
//!
//! Two consents, each asked before what it is about: `identity` before the first document number, `portrait` before the
//! portrait. The words are in `dialogs/`, their versions in `_global.toml`; a new version is asked for anew. The
//! audit has each answer for good; the session has the present one, until the candidate is unbound.

use serde::{Deserialize, Serialize};

use super::scene::Scene;
use crate::{dialog::Purpose, time::Millis};

/// A consent that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Of the words that were agreed to.
    pub version: String,
    /// When. Business time.
    pub at: Millis,
}

/// The newest consent for each purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents {
    /// To look at the record and the document number.
    pub identity: Option<Given>,
    /// To take and keep the portrait.
    pub portrait: Option<Given>,
}

impl Consents {
    /// Nothing was agreed to.
    pub fn is_empty(&self) -> bool {
        self.identity.is_none() && self.portrait.is_none()
    }

    /// Whether this version of the words was agreed to.
    pub fn has(&self, purpose: Purpose, version: &str) -> bool {
        let given = match purpose {
            Purpose::Identity => &self.identity,
            Purpose::Portrait => &self.portrait,
        };
        given.as_ref().is_some_and(|given| given.version == version)
    }
}

impl Scene<'_> {
    /// Whether the person has agreed to the present words.
    pub(super) fn has_agreed(&self, purpose: Purpose) -> bool {
        self.session.consents.has(purpose, self.world.scripts.consent(purpose))
    }

    /// 「同意」 to the present words.
    pub(super) fn agree(&mut self, purpose: Purpose) {
        let version = self.world.scripts.consent(purpose).to_owned();
        let act = match purpose {
            Purpose::Identity => "consent_identity",
            Purpose::Portrait => "consent_portrait",
        };
        let subject = self.session.open_id.clone();
        self.audit(act, &subject, &version);
        let given = Some(Given { version, at: self.now });
        match purpose {
            Purpose::Identity => self.session.consents.identity = given,
            Purpose::Portrait => self.session.consents.portrait = given,
        }
    }
}
