//! How many messages everybody has had of the account: whether an announcement came to each once.
//!
//! Answers to callbacks do not count: they are nobody's announcement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::item::{Channel, Item};
use super::{Person, State};

/// People named who have more than one.
const NAMED: usize = 100;

/// Messages so far by channel, of all people together.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    channels: BTreeMap<Channel, u64>,
    /// Something has fallen off a screen.
    pub(crate) is_cut: bool,
}

impl Tally {
    /// One more.
    pub(crate) fn count(&mut self, channel: Channel) {
        *self.channels.entry(channel).or_default() += 1;
    }
}

/// Which messages are counted; nothing given counts all since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counted {
    /// Those newer than this.
    pub after: Option<u64>,
    /// Those whose plain text has these words.
    pub containing: Option<String>,
    /// Those that came this way.
    pub channel: Option<Channel>,
}

/// What people have received.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// People who have at least one.
    pub people: usize,
    /// People who have none.
    pub without: usize,
    /// Messages of all people together.
    pub messages: u64,
    /// The same by channel.
    pub channels: BTreeMap<Channel, u64>,
    /// The most that one person has.
    pub most: u32,
    /// Who has more than one; a hundred at most.
    pub twice: Vec<String>,
}

impl Counted {
    fn counts(&self, item: &Item) -> bool {
        let Some(channel) = item.channel.filter(|channel| *channel != Channel::Passive) else { return false };
        self.after.is_none_or(|after| item.seq > after)
            && self.channel.is_none_or(|wanted| wanted == channel)
            && self.containing.as_ref().is_none_or(|words| item.text().contains(words.as_str()))
    }
}

/// Counts over everybody, in the order in which they came; or why that cannot be told.
pub(crate) fn received(state: &State, counted: &Counted) -> Result<Received, String> {
    let all = *counted == Counted::default();
    if !all && state.received.is_cut {
        return Err("screens are cut (keep): only all messages can be counted".to_owned());
    }
    let mut received = Received::default();
    for (openid, person) in state.order.iter().filter_map(|openid| Some((openid, state.people.get(openid)?)))
    {
        let number = if all { person.received } else { count(person, counted, &mut received.channels) };
        received.people += usize::from(number > 0);
        received.without += usize::from(number == 0);
        received.messages += u64::from(number);
        received.most = received.most.max(number);
        if number > 1 && received.twice.len() < NAMED {
            received.twice.push(openid.clone());
        }
    }
    if all {
        received.channels.clone_from(&state.received.channels);
    }
    Ok(received)
}

fn count(person: &Person, counted: &Counted, channels: &mut BTreeMap<Channel, u64>) -> u32 {
    let mut number = 0;
    for item in person.screen.iter().filter(|item| counted.counts(item)) {
        number += 1;
        *channels.entry(item.channel.unwrap_or(Channel::Passive)).or_default() += 1;
    }
    number
}
