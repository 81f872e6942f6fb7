//! Rows whose content cannot be opened: their key is gone, or they were damaged. They are given up visibly, so that
//! they keep nothing from the others of their lease, and staff can look at them; with the key back, a message is sent
//! again.

use super::{Worker, WorkerError};
use crate::{
    inbound::{PhotoChecked, PhotoVerdict, What},
    runner::{Errand, Waiting},
    store::{CHECK_PHOTO, Sent, Unreadable},
    workflow::delivery::Reason,
};

impl Worker {
    /// Gives up a message that cannot be opened.
    pub(super) async fn give_up_message(&self, row: Unreadable) {
        let id = row.lease.id.as_str();
        tracing::error!(outbox.id = id, event = row.kind, error = %row.error, "a message cannot be opened");
        let given_up = Sent::GivenUp { reason: Reason::Unreadable.to_string() };
        if let Err(error) = self.store().settle_outbox(&row.lease, given_up, self.now()).await {
            tracing::warn!(outbox.id = id, %error, "a message's end could not be written down");
        }
    }

    /// Gives up a job that cannot be opened. A case that waits for its answer gets another job from the sweeper; a
    /// person who waits for a verdict is asked for the picture again.
    pub(super) async fn give_up_job(&self, row: Unreadable) {
        let id = row.lease.id.as_str();
        tracing::error!(kind = row.kind, job.id = id, error = %row.error, "a job cannot be opened");
        if row.kind == CHECK_PHOTO
            && let Err(error) = self.ask_for_pictures(&row).await
        {
            tracing::error!(job.id = id, %error, "a person could not be asked for a picture again");
        }
        if let Err(error) = self.store().give_up_job(&row.lease, &Reason::Unreadable.to_string()).await {
            tracing::warn!(kind = row.kind, job.id = id, %error, "a job's end could not be written down");
        }
    }

    /// Which picture the job was about is not known, so every one that is waited for is asked for again.
    async fn ask_for_pictures(&self, row: &Unreadable) -> Result<(), WorkerError> {
        let world = self.shared.tools.runner.world.load_full();
        let known = self.store().load_fresh(&row.open_id, &world.batch.id).await?;
        let Some(case) = known.case.filter(|case| Some(&case.id) == row.case_id.as_ref()) else {
            return Ok(());
        };
        for slot in known.session.photos_awaited {
            let checked = PhotoChecked {
                inbox_key: String::new(),
                slot,
                round: case.round,
                sequence: known.session.photo_sequence.get(&slot).copied().unwrap_or_default(),
                camera_md5: None,
                verdict: PhotoVerdict::Unavailable,
            };
            // No message has this key: the words travel by themselves.
            let waiting = Some(Waiting { key: row.lease.id.clone(), account: String::new() });
            let news = self.news(&row.open_id, &case.id, What::PhotoChecked(checked));
            self.shared.tools.runner.run(&news, Errand { waiting, ..Errand::default() }).await?;
        }
        Ok(())
    }
}
