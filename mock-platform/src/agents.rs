//! The account's human agents (domain of `customservice`): a chat that the bot hands over goes to them.
//!
//! A passive `transfer_customer_service` puts a chat into their queue, where its messages still come to the bot. Once
//! an agent has taken it they come to nobody else, until the agent closes it or thirty minutes pass without a word.
//! Beginning and end are told to the bot by `kf_create_session` and `kf_close_session` (protocol §3); a lapse is not.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::act;
use crate::callback;
use crate::model::item::{Body, Channel, From};
use crate::model::{Sent, State};
use crate::platform::Platform;
use crate::say::SayError;
use crate::xml::Writer;

/// A session ends by itself after so long without a word.
const LAPSES_AFTER: i64 = 30 * 60;
/// The only agent there is.
const ACCOUNT: &str = "kf2001@mock";

/// What an agent does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub enum AgentAct {
    /// Takes the person's chat.
    Take {},
    /// Writes to them; the chat must be taken.
    Say {
        /// The words.
        content: String,
    },
    /// Ends the session.
    Close {},
}

/// A chat that was handed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    took: bool,
    /// The last word of either side.
    at: i64,
}

impl Session {
    pub(crate) const fn queued(now: i64) -> Self {
        Self { took: false, at: now }
    }

    /// How it stands, in a word.
    pub(crate) const fn stands(self) -> &'static str {
        if self.took { "taken" } else { "queued" }
    }
}

/// Whether an agent has the person's chat, so that a message is for them alone; it prolongs the session.
pub(crate) fn takes(state: &mut State, openid: &str, now: i64) -> bool {
    let Some(person) = state.people.get_mut(openid) else { return false };
    match &mut person.agent {
        Some(session) if now - session.at >= LAPSES_AFTER => {
            person.agent = None;
            false
        }
        Some(session) if session.took => {
            session.at = now;
            true
        }
        _ => false,
    }
}

/// Does it; returns once the bot has heard of it.
pub(crate) async fn act(platform: &Arc<Platform>, openid: &str, what: AgentAct) -> Result<(), SayError> {
    let now = platform.now();
    let event = {
        let mut state = platform.state();
        let is_taken = takes(&mut state, openid, now);
        let person = state.people.get_mut(openid).ok_or_else(|| SayError::NoPerson(openid.to_owned()))?;
        match what {
            AgentAct::Take {} => {
                person.agent = Some(Session { took: true, at: now });
                Some(("kf_create_session", Writer::default().text("KfAccount", ACCOUNT)))
            }
            AgentAct::Say { .. } if !is_taken => {
                return Err(SayError::NoItem("session with an agent".to_owned()));
            }
            AgentAct::Say { content } => {
                let body = Body::Text { content, menu_id: None };
                state.show(openid, now, From::Bot, Some(Channel::Custom), body);
                None
            }
            AgentAct::Close {} => {
                person.agent = None;
                let fields = Writer::default().text("KfAccount", ACCOUNT).text("CloseType", "KF");
                Some(("kf_close_session", fields))
            }
        }
    };
    platform.announce();
    if let Some((event, fields)) = event {
        let xml = act::platform_event(&platform.options.original_id, openid, event, &fields);
        let sent = Sent { openid: openid.to_owned(), xml, is_event: true, answered: false };
        // Nobody sees an answer to this event.
        drop(callback::deliver(platform, &sent).await);
    }
    Ok(())
}
