//! How far an announcement is, from its rows and lists.

use super::DOUBTS;
use crate::store::{Broadcast, Channel, Counted, Doubt, OutboxState, SendRow, SendState, Store, StoreError};

/// How far an announcement is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Its people, once all are gathered.
    pub people: Option<Counted>,
    /// Single messages that are not in the outbox yet.
    pub to_come: i64,
    /// In the queue or being sent.
    pub queued: i64,
    /// Waiting for their person.
    pub held: i64,
    /// Taken out of the queue while it is paused.
    pub paused: i64,
    /// Delivered, by way.
    pub delivered: Vec<(&'static str, i64)>,
    /// Given up or in doubt, by reason.
    pub failed: Vec<(String, i64)>,
    /// Messages that may have come twice or not at all.
    pub doubts: Vec<Doubt>,
    /// People of lists that the platform has.
    pub mass_taken: i64,
    /// People of lists that it has refused, or that were called off.
    pub mass_failed: i64,
    /// The lists.
    pub lists: Vec<SendRow>,
}

impl Progress {
    /// Everybody who is to be reached.
    pub fn total(&self) -> i64 {
        self.people.as_ref().map_or(0, |people| people.single + people.mass)
    }

    /// Everybody of whom nothing more is to be done.
    pub fn done(&self) -> i64 {
        let sum = |counts: i64, (_, count): &(_, i64)| counts + count;
        let delivered = self.delivered.iter().fold(0, |sum, (_, count)| sum + count);
        delivered + self.failed.iter().fold(0, sum) + self.mass_taken + self.mass_failed
    }
}

/// How far an announcement is.
pub async fn progress(store: &Store, broadcast: &Broadcast) -> Result<Progress, StoreError> {
    let mut progress = Progress {
        people: broadcast.marks.counted.clone(),
        lists: store.lists(&broadcast.id).await?,
        ..Progress::default()
    };
    let mut rows = 0;
    for tally in store.tally(&broadcast.id).await? {
        rows += tally.count;
        match tally.state {
            OutboxState::Due | OutboxState::Leased => progress.queued += tally.count,
            OutboxState::Held => progress.held += tally.count,
            OutboxState::Paused => progress.paused += tally.count,
            OutboxState::Delivered => {
                let way = tally.channel.map_or("", Channel::name);
                progress.delivered.push((way, tally.count));
            }
            OutboxState::GivenUp | OutboxState::InDoubt => {
                progress.failed.push((tally.reason.unwrap_or_default(), tally.count));
            }
        }
    }
    progress.to_come = progress.people.as_ref().map_or(0, |people| people.single - rows).max(0);
    for list in &progress.lists {
        match list.state {
            SendState::Taken => progress.mass_taken += list.people,
            SendState::Failed | SendState::Cancelled => progress.mass_failed += list.people,
            SendState::Due | SendState::Leased => {}
        }
    }
    progress.doubts = store.doubts(&broadcast.id, DOUBTS).await?;
    Ok(progress)
}
