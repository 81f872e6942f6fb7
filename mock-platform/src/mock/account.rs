//! What a test asks of the account rather than of a person: switches and quota meters.

use super::Mock;
use crate::model::strict::{Strict, StrictChange};
use crate::testing::{self, JsPage, Quota};

impl Mock {
    /// The default menu that the account has now.
    pub fn menu(&self) -> Option<serde_json::Value> {
        self.platform.state().menus.default.clone()
    }

    /// The menu that this person sees: the newest conditional one that fits them, else the default one.
    pub fn menu_of(&self, openid: &str) -> Option<serde_json::Value> {
        self.platform.state().menu_of(openid)
    }

    /// Is this the signature of a page at `url`, made with a `jsapi` ticket that is valid now?
    pub fn verify_jsapi(&self, page: &JsPage) -> bool {
        testing::verify_jsapi(&self.platform, page)
    }

    /// An agent comes or goes; `false` when there is no such agent.
    pub fn set_agent_online(&self, account: &str, online: bool) -> bool {
        testing::set_online(&self.platform, account, online)
    }

    /// Where the platform is strict now.
    pub fn strict(&self) -> Strict {
        self.platform.state().strict.clone()
    }

    /// Turns the switches that are named; the others stay.
    pub fn set_strict(&self, change: StrictChange) -> Strict {
        testing::change_strict(&self.platform, change)
    }

    /// Every path that counts by the day, with what is used of it.
    pub fn quotas(&self) -> Vec<Quota> {
        testing::meters(&self.platform)
    }
}
