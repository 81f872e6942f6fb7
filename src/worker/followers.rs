//! Who follows, brought in once a night: however long the platform takes, nothing else waits for it.

use std::time::Duration;

use tokio::sync::watch;

use super::Worker;
use crate::followers::{self, FollowersError, Synced};

/// How often it is asked whether tonight's was done.
const LOOK_EVERY: Duration = Duration::from_mins(10);

impl Worker {
    /// Synchronises followers every night until `stop` turns true. What fails is tried again the next night, or by hand.
    pub(super) async fn follow_until_stopped(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow_and_update() {
            match self.sync_followers().await {
                Ok(Some(found)) => tracing::info!(?found, "followers are as the platform lists them"),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "followers could not be synchronised"),
            }
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Synchronises followers if tonight's turn has come and nobody has taken it.
    pub async fn sync_followers(&self) -> Result<Option<Synced>, FollowersError> {
        let tools = &self.shared.tools;
        let zone = tools.runner.world.load().zone.clone();
        followers::sync_nightly(self.store(), &tools.client, &zone, self.now()).await
    }
}
