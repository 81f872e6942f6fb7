//! What is done now and then: rows whose person has written since, messages too old to come again, yesterday's
//! attempts to bind, sign-ins and leases of cases that are over, cases that wait for a job that is nowhere to be found, and
//! what is deleted by date.

use std::time::Duration;

use tokio::time::Instant;

use super::{Worker, WorkerError};
use crate::{retention, turn::Job, workflow::case::Stage};

/// A word releases what is held for its person by itself; this is for rows that were just being held then. It looks at
/// every held row.
const RELEASE_EVERY: Duration = Duration::from_secs(30);
/// Old messages take little room; there is no hurry.
const FORGET_EVERY: Duration = Duration::from_mins(10);
/// The platform repeats a message within 15 s (protocol §4); two days leave room for an outage of ours and for questions.
const KEEP_INBOX_SECONDS: i64 = 2 * 24 * 3600;
/// Names that somebody tried to sign in under in vain.
const KEEP_NAMES: u32 = 100_000;
/// Deleted in one transaction, so that nobody waits long behind it.
const FORGET_AT_ONCE: u32 = 500;

/// Jobs are hardly ever lost; a candidate who waits for one waits this much longer.
const RESTORE_EVERY: Duration = Duration::from_mins(1);
/// A case that has waited less is left alone: its job may just be ending.
const LOST_AFTER_SECONDS: i64 = 60;

/// Deadlines are days; an hour late is in time.
const RETAIN_EVERY: Duration = Duration::from_hours(1);
/// Reads the name of every picture. Strays are left by crashes only.
const STRAYS_EVERY: Duration = Duration::from_hours(24);

/// When each was last done in this process.
#[derive(Default)]
pub(super) struct Sweeper {
    released: Option<Instant>,
    forgotten: Option<Instant>,
    restored: Option<Instant>,
    /// The last time that nothing was left to delete by date.
    retained: Option<Instant>,
    strays: Option<Instant>,
}

impl Worker {
    /// Sweeps whatever has not been swept for a while.
    pub(super) async fn sweep_in_turn(&self, sweeper: &mut Sweeper) -> Result<(), WorkerError> {
        if is_due(sweeper.released, RELEASE_EVERY) {
            self.release().await?;
            sweeper.released = Some(Instant::now());
        }
        if is_due(sweeper.forgotten, FORGET_EVERY) {
            self.forget().await?;
            sweeper.forgotten = Some(Instant::now());
        }
        if is_due(sweeper.restored, RESTORE_EVERY) {
            self.restore().await?;
            sweeper.restored = Some(Instant::now());
        }
        // While there is more, one step a look: pushes and pictures go on in between.
        if is_due(sweeper.retained, RETAIN_EVERY) && !self.retain().await? {
            sweeper.retained = Some(Instant::now());
        }
        if is_due(sweeper.strays, STRAYS_EVERY) {
            self.sweep_files().await?;
            sweeper.strays = Some(Instant::now());
        }
        Ok(())
    }

    /// Sweeps everything now.
    pub(super) async fn sweep(&self) -> Result<(), WorkerError> {
        self.release().await?;
        self.forget().await?;
        self.restore().await?;
        while self.retain().await? {}
        Ok(())
    }

    /// A step of what is deleted by date, then what people have asked for; whether there may be more.
    async fn retain(&self) -> Result<bool, WorkerError> {
        let world = self.shared.tools.runner.world.load_full();
        let is_more = retention::step(self.store(), world.terms, &world.zone, self.now()).await?;
        if !is_more {
            // Rarely run, and large: it runs whole turns.
            Box::pin(retention::carry_out(&self.shared.tools.runner, &world.zone, self.now())).await?;
        }
        Ok(is_more)
    }

    async fn sweep_files(&self) -> Result<(), WorkerError> {
        let files = self.shared.tools.photos.files();
        retention::sweep_files(self.store(), files, self.clock().now()).await?;
        Ok(())
    }

    async fn release(&self) -> Result<(), WorkerError> {
        let released = self.store().release_held(self.now()).await?;
        if released > 0 {
            tracing::debug!(released, "held messages can be sent again");
        }
        Ok(())
    }

    async fn forget(&self) -> Result<(), WorkerError> {
        let before = self.now().minus_seconds(KEEP_INBOX_SECONDS);
        while self.store().forget_inbox(before, FORGET_AT_ONCE).await? >= u64::from(FORGET_AT_ONCE) {}
        let today = self.now().date(&self.shared.tools.runner.world.load().zone);
        while self.store().forget_attempts(today, FORGET_AT_ONCE).await? >= u64::from(FORGET_AT_ONCE) {}
        // Few people work at the offices: one statement each.
        let wire = self.shared.tools.runner.clock.wire();
        self.store().forget_sign_ins(wire).await?;
        self.store().forget_sign_in_attempts(wire, KEEP_NAMES).await?;
        while self.store().forget_api_answers(wire, FORGET_AT_ONCE).await? >= u64::from(FORGET_AT_ONCE) {}
        while self.store().forget_case_leases(wire, FORGET_AT_ONCE).await? >= u64::from(FORGET_AT_ONCE) {}
        Ok(())
    }

    /// Nobody but its job moves a case on from these stages.
    async fn restore(&self) -> Result<(), WorkerError> {
        let world = self.shared.tools.runner.world.load_full();
        let (batch, now) = (world.batch.id.as_str(), self.now());
        let since = now.minus_seconds(LOST_AFTER_SECONDS);
        let verify = |case_id| Job::VerifyPopulation { case_id };
        let predict = |case_id| Job::Predict { case_id };
        let store = self.store();
        let restored = store.restore_jobs(batch, Stage::Verifying, since, now, verify).await?
            + store.restore_jobs(batch, Stage::Predicting, since, now, predict).await?;
        if restored > 0 {
            tracing::warn!(restored, "cases had lost their jobs and have them again");
        }
        Ok(())
    }
}

fn is_due(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|last| last.elapsed() >= every)
}
