//! How a job ends: in the commit of the step it led to, with nothing to do, later, or given up.
//!
//! Jobs are idempotent, so whatever is uncertain is simply done again. The kinds are in files of their own.

use std::time::Duration;

use super::{Worker, WorkerError, after, back_off, hold::Hold};
use crate::{
    inbound::{Inbound, PhotoVerdict, What},
    store::{JobRow, StoreError},
    turn::{CheckPhoto, Job},
};

/// Pauses after an error of our own (database, disk) and before the job is tried again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// So often a picture is worked on, for about two minutes: one that fails for longer, or that ends the process each
/// time, is asked for again. Somebody waits for its verdict.
const PHOTO_TRIES: i64 = 8;

/// How a job ended.
pub(super) enum Ended {
    /// With the commit of its step.
    Committed,
    /// Nobody waits for it any more.
    Nothing,
    /// Not yet.
    Later {
        /// How long to wait, business time.
        pause: Duration,
        /// Why, without personal data.
        reason: String,
    },
}

impl Worker {
    /// Does one job and writes down how it ended.
    pub(super) async fn work(&self, row: JobRow) {
        let kind = kind(&row.job);
        let ended = self.hold(Hold::Job(&row.lease), Box::pin(self.do_job(&row))).await;
        match self.end_job(&row, kind, ended).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(kind, job.id = row.lease.id, "a job took longer than its lease"),
            Err(error) => {
                tracing::warn!(kind, job.id = row.lease.id, %error, "a job's end could not be written down");
            }
        }
    }

    /// A verdict on a picture. One that cannot be dealt with, or not for long, is asked for again, which ends its job.
    async fn answer_photo(&self, row: &JobRow, job: &CheckPhoto) -> Result<Ended, WorkerError> {
        if row.attempts <= PHOTO_TRIES {
            match self.check_photo(row, job).await {
                Err(error) if !error.is_transient() => {
                    tracing::error!(job.id = row.lease.id, %error, "a picture cannot be dealt with");
                }
                ended => return ended,
            }
        }
        self.tell(row, job, None, PhotoVerdict::Unavailable).await?;
        Ok(Ended::Committed)
    }

    async fn do_job(&self, row: &JobRow) -> Result<Ended, WorkerError> {
        match &row.job {
            Job::CheckPhoto(job) => self.answer_photo(row, job).await,
            Job::ClearPhotos { case_id, names } => self.clear_photos(case_id, names).await,
            Job::VerifyPopulation { case_id } => self.verify_population(row, case_id).await,
            Job::NoteUndelivered { platform_id, why } => self.note_undelivered(row, platform_id, *why).await,
            Job::Predict { case_id } => self.predict(row, case_id).await,
        }
    }

    /// False when somebody else holds the job by now.
    async fn end_job(
        &self,
        row: &JobRow,
        kind: &str,
        ended: Result<Ended, WorkerError>,
    ) -> Result<bool, StoreError> {
        let (pause, reason) = match ended {
            Ok(Ended::Committed) => return Ok(true),
            Ok(Ended::Nothing) => return self.store().finish_job(&row.lease).await,
            Ok(Ended::Later { pause, reason }) => (pause, reason),
            Err(error) if error.is_transient() => {
                tracing::warn!(kind, job.id = row.lease.id, %error, "a job is put off");
                (back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE), error.to_string())
            }
            // The person could not even be told. A case that waits for an answer has nobody else to ask for it.
            Err(error) if matches!(row.job, Job::CheckPhoto(_)) => {
                tracing::error!(kind, job.id = row.lease.id, %error, "a job is given up");
                return self.store().give_up_job(&row.lease, &error.to_string()).await;
            }
            Err(error) => {
                tracing::error!(kind, job.id = row.lease.id, %error, "a job is put off for long");
                (LONGEST_PAUSE, error.to_string())
            }
        };
        self.store().retry_job_at(&row.lease, after(self.now(), pause), &reason).await
    }

    /// News from inside for a person, to be run through the same step as a message.
    pub(super) fn news(&self, open_id: &str, case_id: &str, what: What) -> Inbound {
        Inbound {
            open_id: open_id.to_owned(),
            account: String::new(),
            key: String::new(),
            sent_at: self.clock().wire().as_seconds(),
            case_id: Some(case_id.to_owned()),
            what,
        }
    }
}

fn kind(job: &Job) -> &'static str {
    match job {
        Job::CheckPhoto(_) => "check_photo",
        Job::ClearPhotos { .. } => "clear_photos",
        Job::VerifyPopulation { .. } => "verify_population",
        Job::NoteUndelivered { .. } => "note_undelivered",
        Job::Predict { .. } => "predict",
    }
}
