//! Progress for whoever watches: counted at most every two seconds for each announcement, however many look, with the pace
//! between two counts.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::Mutex;

use super::Progress;
use crate::{
    store::{Broadcast, Store, StoreError},
    time::Millis,
    workflow::broadcast::State,
};

/// So long a count is shown again.
const FRESH_MS: i64 = 2_000;
/// A count that is older tells nothing of the present pace, and is forgotten.
const OLD_MS: i64 = 60_000;

/// How far an announcement is, and how quickly it goes.
#[derive(Debug, Clone)]
pub struct Watched {
    /// When it was counted. Wire time.
    pub at: Millis,
    /// How far.
    pub progress: Arc<Progress>,
    /// Ended messages a second since the last count; `None` where there was none within a minute, or in another state.
    pub pace: Option<f64>,
    /// The states of the announcement and its pause make another count.
    state: (State, i64),
}

/// The counts of the last minute.
#[derive(Default)]
pub struct Watch {
    counts: Mutex<HashMap<String, Watched>>,
}

impl Watch {
    /// How far it is, two seconds old at most; those who ask at once wait for one count. `wire` is now.
    pub async fn of(
        &self,
        store: &Store,
        broadcast: &Broadcast,
        wire: Millis,
    ) -> Result<Watched, StoreError> {
        let state = (broadcast.state, broadcast.version);
        let mut counts = self.counts.lock().await;
        counts.retain(|_, count| (wire.0 - count.at.0).abs() < OLD_MS);
        let before = counts.get(&broadcast.id).filter(|before| before.state == state);
        if let Some(fresh) = before.filter(|before| (wire.0 - before.at.0).abs() < FRESH_MS) {
            return Ok(fresh.clone());
        }
        let progress = Arc::new(super::progress(store, broadcast).await?);
        let pace = before.map(|before| {
            let seconds = (wire.0 - before.at.0) as f64 / 1000.0;
            (progress.done() - before.progress.done()).max(0) as f64 / seconds.max(1.0)
        });
        let watched = Watched { at: wire, progress, pace, state };
        counts.insert(broadcast.id.clone(), watched.clone());
        Ok(watched)
    }
}

impl Watched {
    /// Seconds until the single messages that are to come have ended: at the pace that was seen, or at that which is set.
    /// `None` when nothing is to come, or nothing moves.
    pub fn left(&self, rate: i64) -> Option<i64> {
        let to_come = self.progress.to_come + self.progress.queued;
        let pace = self.pace.unwrap_or(rate as f64);
        (to_come > 0 && pace > 0.0).then(|| (to_come as f64 / pace).ceil() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_at_the_pace_that_was_seen() {
        let of = |to_come, queued, pace| {
            let progress = Arc::new(Progress { to_come, queued, ..Progress::default() });
            Watched { at: Millis(0), progress, pace, state: (State::Running, 1) }.left(500)
        };
        assert_eq!(of(900, 100, None), Some(2));
        assert_eq!(of(900, 100, Some(100.0)), Some(10));
        assert_eq!(of(900, 100, Some(0.0)), None);
        assert_eq!(of(0, 0, Some(100.0)), None);
    }
}
