//! [`Mock`]'s calls about people in numbers, what they subscribe, and what a mass message comes to.

use super::Mock;
use crate::model::received::{self, Counted, Received};
use crate::options::SubscribeTemplate;
use crate::say::{Said, SayError};
use crate::subscribe::{self, Subscription};
use crate::testing::{self, Crowd};

impl Mock {
    /// So many new people who follow already, without an event to the bot; their openids.
    pub fn followers(&self, count: usize) -> Vec<String> {
        self.crowd(&Crowd::of(count))
    }

    /// New people who follow already, as the crowd says; their openids.
    ///
    /// # Panics
    /// When they are more than a million, or one of their openids is taken: that is the test's mistake.
    pub fn crowd(&self, crowd: &Crowd) -> Vec<String> {
        testing::gather(&self.platform, crowd).unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// How many messages of the account people have had: did an announcement come to each once?
    ///
    /// # Panics
    /// When some of the messages have fallen off their screens ([`Options::keep`](crate::Options::keep)) and not all are
    /// counted.
    pub fn received(&self, counted: &Counted) -> Received {
        received::received(&self.platform.state(), counted).unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// The person accepts or rejects a template's notices; returns when the event has been delivered.
    pub async fn subscribe(&self, openid: &str, subscription: Subscription) -> Result<Said, SayError> {
        subscribe::decide(&self.platform, openid, subscription).await
    }

    /// Adds a template for subscription notices to the account.
    pub fn add_subscribe_template(&self, template: SubscribeTemplate) {
        self.platform.state().notices.push(template);
    }

    /// The `Status` of every mass message accepted from now on: `send success`, `send fail`, or `err(N)` such as
    /// `err(10001)`; anything but the first reaches nobody.
    ///
    /// # Panics
    /// When it is none of them: that is the test's mistake.
    pub fn mass_result(&self, status: &str) {
        if let Err(reason) = testing::set_mass_result(&self.platform, status) {
            panic!("{reason}");
        }
    }
}
