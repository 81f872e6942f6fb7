//! The account's human agents (domain of `customservice`): a chat that the bot hands over goes to one of them.
//!
//! A passive `transfer_customer_service` puts a chat into their queue, where its messages still come to the bot. Once
//! an agent has taken it they come to nobody else, until the agent closes it or thirty minutes pass without a word.
//! Beginning and end are told to the bot by `kf_create_session` and `kf_close_session` (protocol §3); a lapse is not.
//! The test API plays whoever is on duty; the API's `kfsession` calls name their agent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::callback;
use crate::model::desk::Record;
use crate::model::item::{Body, Channel, From};
use crate::model::{Sent, State};
use crate::platform::Platform;
use crate::say::SayError;
use crate::xml::Writer;

/// A session ends by itself after so long without a word.
const LAPSES_AFTER: i64 = 30 * 60;
/// Who wrote a line of a talk, as its record says.
const AGENT_WROTE: u16 = 2002;
const PERSON_WROTE: u16 = 2003;

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
#[derive(Debug, Clone)]
pub(crate) struct Session {
    took: bool,
    /// The last word of either side.
    pub(crate) at: i64,
    /// When it was handed over, or taken.
    pub(crate) created: i64,
    /// The agent who took it, or the one it was left to.
    pub(crate) account: Option<String>,
}

impl Session {
    /// Waits for the agent named, or for any.
    pub(crate) const fn queued(now: i64, account: Option<String>) -> Self {
        Self { took: false, at: now, created: now, account }
    }

    /// How it stands, in a word.
    pub(crate) const fn stands(&self) -> &'static str {
        if self.took { "taken" } else { "queued" }
    }

    /// The agent who has it, if one has.
    pub(crate) fn taken_by(&self) -> Option<&str> {
        self.account.as_deref().filter(|_| self.took)
    }
}

/// The agent who has the person's chat; a session that nobody has prolonged in time is over.
pub(crate) fn agent_of(state: &mut State, openid: &str, now: i64) -> Option<String> {
    let person = state.people.get_mut(openid)?;
    person.agent = person.agent.take().filter(|session| now - session.at < LAPSES_AFTER);
    person.agent.as_ref().and_then(Session::taken_by).map(str::to_owned)
}

/// Whether an agent has the person's chat, so that the message just shown is for them alone; it prolongs the session.
pub(crate) fn takes(state: &mut State, openid: &str, now: i64) -> bool {
    let Some(worker) = agent_of(state, openid, now) else { return false };
    let Some(person) = state.people.get_mut(openid) else { return false };
    if let Some(session) = &mut person.agent {
        session.at = now;
    }
    let text = person.screen.last().map(crate::Item::text).unwrap_or_default();
    record(state, openid, PERSON_WROTE, text, worker, now);
    true
}

fn record(state: &mut State, openid: &str, opercode: u16, text: String, worker: String, now: i64) {
    state.desk.record(Record { openid: openid.to_owned(), opercode, text, time: now, worker });
}

/// Does it; returns once the bot has heard of it.
pub(crate) async fn act(platform: &Arc<Platform>, openid: &str, what: AgentAct) -> Result<(), SayError> {
    let now = platform.now();
    let sent = {
        let mut state = platform.state();
        let worker = agent_of(&mut state, openid, now);
        let person = state.people.get(openid).ok_or_else(|| SayError::NoPerson(openid.to_owned()))?;
        match (what, worker) {
            (AgentAct::Take {}, _) => {
                let named = person.agent.as_ref().and_then(|session| session.account.clone());
                let account = state.desk.on_duty(named.as_deref());
                Some(begin(platform, &mut state, openid, account))
            }
            (AgentAct::Say { .. }, None) => {
                return Err(SayError::NoItem("session with an agent".to_owned()));
            }
            (AgentAct::Say { content }, Some(worker)) => {
                record(&mut state, openid, AGENT_WROTE, content.clone(), worker, now);
                let body = Body::Text { content, menu_id: None };
                state.show(openid, now, From::Bot, Some(Channel::Custom), body);
                None
            }
            (AgentAct::Close {}, worker) => {
                let account = worker.unwrap_or_else(|| state.desk.on_duty(None));
                Some(end(platform, &mut state, openid, &account))
            }
        }
    };
    platform.announce();
    if let Some(sent) = sent {
        callback::tell(platform, &sent).await;
    }
    Ok(())
}

/// The agent has the chat from now on; the event that tells the bot.
pub(crate) fn begin(platform: &Platform, state: &mut State, openid: &str, account: String) -> Sent {
    let now = platform.now();
    let fields = Writer::default().text("KfAccount", &account);
    if let Some(person) = state.people.get_mut(openid) {
        person.agent = Some(Session { took: true, at: now, created: now, account: Some(account) });
    }
    callback::event(platform, openid, "kf_create_session", &fields)
}

/// The chat is the bot's again; the event that tells it.
pub(crate) fn end(platform: &Platform, state: &mut State, openid: &str, account: &str) -> Sent {
    if let Some(person) = state.people.get_mut(openid) {
        person.agent = None;
    }
    let fields = Writer::default().text("KfAccount", account).text("CloseType", "KF");
    callback::event(platform, openid, "kf_close_session", &fields)
}
