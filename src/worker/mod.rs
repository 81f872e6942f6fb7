//! EDGE. What needs the network, done after the turn that wanted it is stored: jobs and the outbox.
//!
//! A [`Worker`] leases rows, does each job and each person's messages in a task of its own, and writes down how it went;
//! nothing is kept in memory that a crash would lose. Any number of workers may share a database. A lease that ends
//! without word is taken up again: jobs are idempotent, outbox rows say that they are in doubt (design §2.4). Everything that moves a case goes
//! through the same [`Runner::run`](crate::runner::Runner) as the chat. Retries run on business time, because people
//! see when; tests therefore move the clock instead of waiting. Leases end in wire time: moving the clock must not end
//! them.
//!
//! Reading order: [`Worker::run_until_stopped`], then `hold.rs` (how a row stays leased), `jobs.rs` (how a job ends),
//! `photo.rs`, `population.rs`, `predict.rs`, `remind.rs`, `deliver.rs` with `picture.rs` and `qr.rs`, `report.rs`,
//! `unreadable.rs`, `sweep.rs`. Which way a push
//! travels is decided in `workflow::delivery`, whether a picture is good enough in `validation::photo`; both know
//! nothing of all this.

mod broadcast;
mod deliver;
mod followers;
mod hold;
mod jobs;
mod photo;
mod population;
mod predict;
mod picture;
mod qr;
mod remind;
mod report;
mod sweep;
mod unreadable;

#[cfg(test)]
#[path = "../../tests/it/support/db.rs"]
#[expect(dead_code, reason = "the other tests use all of it")]
mod test_db;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "tests/mod.rs"]
#[expect(clippy::duplicate_mod, reason = "the same tests once more, on PostgreSQL: see `TestDb::of`")]
mod tests_on_postgres;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    clock::{Clock, Now},
    files::FilesError,
    photos::Photos,
    retention::SweepError,
    runner::{RunError, Runner},
    store::{OutboxRow, Store, StoreError},
    time::Millis,
    upstream::Population,
    wechat::client::Client,
    workflow::delivery::Windows,
};
use hold::{LEASES, Leases};
use picture::Pictures;
use sweep::Sweeper;

/// Work added by other processes is found after so long at most.
const POLL: Duration = Duration::from_secs(1);
/// A row that is due in less than this is waited for so long, lest the loop spins.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// After an error of the database the loop waits up to so long.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Jobs under way at once in this process, and people whose messages are being sent; how many calls go at once is the
/// client's bound.
const JOBS: usize = 16;
const SENDS: usize = 256;
/// Rows are leased once so many people's places are free: in bulk, not one by one as the calls end.
const FREE_SENDS: usize = 64;

/// What a worker works with.
#[derive(Clone)]
pub struct Tools {
    /// Runs what jobs lead to; its store holds the rows, its clock is the rows' time.
    pub runner: Runner,
    /// The platform.
    pub client: Arc<Client>,
    /// 公安人口库.
    pub population: Arc<dyn Population>,
    /// Where photos are looked at and kept, shared with the camera page of this process.
    pub photos: Photos,
    /// Template ids by notice name; a notice without one is held when no window is open.
    pub templates: BTreeMap<String, String>,
    /// Ids of 订阅通知 by notice name, for who has agreed to them.
    pub subscriptions: BTreeMap<String, String>,
    /// Agreeing to a 订阅通知 lasts; otherwise it is for one.
    pub lasting_subscriptions: bool,
    /// Calls that send, so many at once; no more than the client makes.
    pub calls: usize,
    /// The platform's windows, usually [`WINDOWS`](crate::workflow::delivery::WINDOWS).
    pub windows: Windows,
}

/// The worker; clones are the same worker.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    tools: Tools,
    jobs: Arc<Semaphore>,
    sends: Arc<Semaphore>,
    /// Calls that send, so many at once: what waits for a place has not begun.
    calls: Semaphore,
    leases: Leases,
    pictures: Pictures,
}

/// What [`Worker::run_until_idle`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Idle {
    /// Jobs worked on, those put off included.
    pub jobs: usize,
    /// Outbox rows worked on, those held or put off included.
    pub outbox: usize,
}

/// Why some work could not be done. Never carries personal data.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A turn could not be stored.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A photo could not be stored.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl From<SweepError> for WorkerError {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Store(error) => Self::Store(error),
            SweepError::Files(error) => Self::Files(error),
        }
    }
}

impl WorkerError {
    /// Whether the same work may be done later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Run(error) => error.is_transient(),
            Self::Files(error) => error.is_transient(),
        }
    }
}

impl Worker {
    /// A worker that does nothing until it is run.
    pub fn new(tools: Tools) -> Self {
        Self::leasing(tools, LEASES)
    }

    fn leasing(tools: Tools, leases: Leases) -> Self {
        let calls = tools.calls.max(1);
        let shared = Shared {
            tools,
            jobs: Arc::new(Semaphore::new(JOBS)),
            sends: Arc::new(Semaphore::new(SENDS)),
            calls: Semaphore::new(calls),
            leases,
            pictures: Pictures::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Works until `stop` turns true (or its sender is gone), then finishes what is under way. An error of the database
    /// never ends it: it tries again, more slowly.
    pub async fn run_until_stopped(&self, stop: watch::Receiver<bool>) {
        // On the heap: together they are large, and whoever awaits them is no smaller.
        tokio::join!(
            Box::pin(self.work_until_stopped(stop.clone())),
            Box::pin(self.announce_until_stopped(stop.clone())),
            Box::pin(self.remind_until_stopped(stop.clone())),
            Box::pin(self.follow_until_stopped(stop))
        );
    }

    async fn work_until_stopped(&self, mut stop: watch::Receiver<bool>) {
        let mut flights = JoinSet::new();
        let mut sweeper = Sweeper::default();
        let mut failures = 0;
        while !*stop.borrow_and_update() {
            let pause = match self.look_for_work(&mut flights, &mut sweeper).await {
                Ok(pause) => {
                    failures = 0;
                    pause
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "the worker cannot look for work");
                    back_off(failures, POLL, LONGEST_PAUSE)
                }
            };
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(pause) => {}
                () = self.store().work_added(), if failures == 0 => {}
                Some(landed) = flights.join_next() => {
                    notice_panic(landed);
                    self.gather_landings(&mut flights).await;
                }
            }
        }
        while let Some(landed) = flights.join_next().await {
            notice_panic(landed);
        }
    }

    /// Does everything that is due now, and what follows from it, then returns. Rows that are put off to a later time
    /// are left for later: move the clock and call again.
    pub async fn run_until_idle(&self) -> Result<Idle, WorkerError> {
        let mut done = Idle::default();
        loop {
            self.sweep().await?;
            self.remind().await?;
            let moved = self.announce().await? + self.send_lists().await? + self.take_back_lists().await?;
            let mut flights = JoinSet::new();
            let taken = self.take(&mut flights).await?;
            done.jobs += taken.jobs;
            done.outbox += taken.outbox;
            if flights.is_empty() && moved == 0 {
                return Ok(done);
            }
            while let Some(landed) = flights.join_next().await {
                notice_panic(landed);
            }
        }
    }

    /// While so many messages are being sent that no more would be leased, several landings are worth one look.
    async fn gather_landings(&self, flights: &mut JoinSet<()>) {
        let until = Instant::now() + SHORTEST_PAUSE;
        while self.shared.sends.available_permits() < FREE_SENDS
            && let Ok(Some(landed)) = timeout_at(until, flights.join_next()).await
        {
            notice_panic(landed);
        }
    }

    /// Starts what is due and can be started; returns how long nothing more is expected.
    async fn look_for_work(
        &self,
        flights: &mut JoinSet<()>,
        sweeper: &mut Sweeper,
    ) -> Result<Duration, WorkerError> {
        self.sweep_in_turn(sweeper).await?;
        // Reading is cheaper than leasing, and most looks find nothing.
        match self.store().next_due(self.clock().now()).await? {
            Some(Duration::ZERO) => {
                self.take(flights).await?;
                // What is left waits for a free place or for the same person's earlier row: both wake us by landing.
                Ok(POLL)
            }
            Some(pause) => Ok(pause.clamp(SHORTEST_PAUSE, POLL)),
            None => Ok(POLL),
        }
    }

    /// Leases as many rows as there are free places, and starts them.
    async fn take(&self, flights: &mut JoinSet<()>) -> Result<Idle, WorkerError> {
        let now = self.clock().now();
        let jobs = self.take_jobs(flights, now).await?;
        Ok(Idle { jobs, outbox: self.take_messages(flights, now).await? })
    }

    async fn take_jobs(&self, flights: &mut JoinSet<()>, now: Now) -> Result<usize, WorkerError> {
        let places = &self.shared.jobs;
        let free @ 1.. = places.available_permits() else { return Ok(0) };
        let leased = self.store().lease_jobs(free as u32, now, self.shared.leases.seconds).await?;
        let taken = leased.rows.len() + leased.unreadable.len();
        for row in leased.rows {
            let worker = self.clone();
            start(flights, places, async move { worker.work(row).await }.boxed()).await;
        }
        for row in leased.unreadable {
            let worker = self.clone();
            start(flights, places, async move { worker.give_up_job(row).await }.boxed()).await;
        }
        Ok(taken)
    }

    async fn take_messages(&self, flights: &mut JoinSet<()>, now: Now) -> Result<usize, WorkerError> {
        let places = &self.shared.sends;
        let free @ FREE_SENDS.. = places.available_permits() else { return Ok(0) };
        let leased = self.store().lease_outbox(free as u32, now, self.shared.leases.seconds).await?;
        let taken = leased.rows.len() + leased.unreadable.len();
        let mut people = by_person(leased.rows);
        let names: Vec<&str> = people.iter().map(|rows| rows[0].open_id.as_str()).collect();
        let mut known = self.store().reach_of(&names).await?;
        for rows in people.drain(..) {
            let (worker, reach) = (self.clone(), known.remove(&rows[0].open_id).unwrap_or_default());
            start(flights, places, async move { worker.deliver(rows, reach, now.business).await }.boxed())
                .await;
        }
        for row in leased.unreadable {
            let worker = self.clone();
            start(flights, places, async move { worker.give_up_message(row).await }.boxed()).await;
        }
        Ok(taken)
    }

    fn store(&self) -> &Store {
        &self.shared.tools.runner.store
    }

    fn clock(&self) -> &Clock {
        &self.shared.tools.runner.clock
    }

    /// Business time.
    fn now(&self) -> Millis {
        self.clock().business()
    }
}

/// Rows in order, each person's together.
fn by_person(rows: Vec<OutboxRow>) -> Vec<Vec<OutboxRow>> {
    let mut nth: HashMap<String, usize> = HashMap::new();
    let mut people: Vec<Vec<OutboxRow>> = Vec::new();
    for row in rows {
        let at = *nth.entry(row.open_id.clone()).or_insert(people.len());
        match people.get_mut(at) {
            Some(rows) => rows.push(row),
            None => people.push(vec![row]),
        }
    }
    people
}

/// Starts one piece of work in one of the places for its kind.
async fn start(flights: &mut JoinSet<()>, places: &Arc<Semaphore>, work: BoxFuture<'static, ()>) {
    let place = Arc::clone(places).acquire_owned().await;
    flights.spawn(async move {
        work.await;
        drop(place);
    });
}

/// The pause before the `attempt`th try (1 = the first repetition): doubling from `first`, jittered, at most `longest`.
fn back_off(attempt: i64, first: Duration, longest: Duration) -> Duration {
    let pauses = ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).with_jitter();
    let nth = usize::try_from(attempt - 1).unwrap_or(0);
    pauses.without_max_times().build().nth(nth.min(64)).unwrap_or(longest).min(longest)
}

fn after(now: Millis, pause: Duration) -> Millis {
    Millis(now.0.saturating_add(pause.as_millis() as i64))
}

/// A task that panicked left its lease to end: the row is taken up again.
fn notice_panic(landed: Result<(), tokio::task::JoinError>) {
    if let Err(error) = landed
        && error.is_panic()
    {
        tracing::error!("a task of the worker panicked; its row is tried again when the lease ends");
    }
}
