//! The places of the present batch, for commands that name one.

use super::Failure;
use crate::{
    app::{self, Calendar},
    config::Config,
    store::Store,
    workflow::schedule::Schedule,
};

/// They; none before they are imported.
pub(super) async fn schedule(config: &Config, store: &Store) -> Result<Schedule, Failure> {
    let rows = store.world_rows().await?;
    let calendar = Calendar::read(config, &rows)?;
    let schedule = match calendar.present(app::clock(config).business()) {
        Some(batch) => app::schedule_of(&rows, batch)?,
        None => None,
    };
    Ok(schedule.unwrap_or_default())
}
