//! Announcements under way: started in time, gathered, put into the outbox at their pace, called for by lists, paused,
//! resumed and ended.
//!
//! Everything that this does is one guarded statement or page of the store's, so that any number of workers do it side by
//! side and a crash leaves a mark from which the next one goes on. Single messages then travel like all others
//! (`deliver.rs`); mass sends are called for here (`mass.rs`), apart, because a call takes its time. What is said to a
//! person is rendered when the row is written (`turn::announce`).

mod mass;

use std::time::Duration;

use tokio::sync::watch;

use super::{LONGEST_PAUSE, POLL, Worker, WorkerError, back_off};
use crate::{
    clock::Now,
    followers::{self, FollowersError},
    store::{Broadcast, Gathered, OutboxRow, Sent},
    time::{Millis, at_civil},
    turn::{Notice, Reader, announced},
    workflow::{
        broadcast::{Pause, State, Step, plan::Route},
        delivery::Reason,
    },
};

/// What the worker itself is called in the audit.
const SYSTEM: &str = "system";
/// While something is under way it is looked at so often.
const TICK: Duration = Duration::from_millis(100);
/// Pages of single messages a second: small enough to be even, large enough to be cheap.
const PAGES: i64 = 4;
/// Most messages of a page.
const PAGE: i64 = 2_500;
/// A page may be so much late without losing its pace: several looks.
const LATE_MS: i64 = 500;
/// So many seconds of an announcement may wait in the outbox: what the platform slows down is not piled up.
const AHEAD: i64 = 2;
/// What the platform says of a tag that it does not have (protocol §10).
const NO_TAG: i64 = 45159;
/// The event of an announcement's rows.
const EVENT: &str = "announcement";

impl Worker {
    /// Moves announcements on until `stop` turns true.
    pub(super) async fn announce_until_stopped(&self, stop: watch::Receiver<bool>) {
        tokio::join!(
            self.repeat(stop.clone(), "announcements", || self.announce()),
            self.repeat(stop.clone(), "mass sends", || self.send_lists()),
            self.repeat(stop, "mass sends to take back", || self.take_back_lists())
        );
    }

    async fn repeat<Work>(&self, mut stop: watch::Receiver<bool>, what: &str, work: impl Fn() -> Work)
    where
        Work: Future<Output = Result<usize, WorkerError>>,
    {
        let mut failures = 0;
        while !*stop.borrow_and_update() {
            let pause = match work().await {
                Ok(done) => {
                    failures = 0;
                    if done > 0 { TICK } else { POLL }
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, what, "the worker cannot go on with announcements");
                    back_off(failures, POLL, LONGEST_PAUSE)
                }
            };
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Looks at every announcement once and does what is next; how many went on.
    pub async fn announce(&self) -> Result<usize, WorkerError> {
        let mut moved = 0;
        for broadcast in self.store().open_broadcasts(self.now()).await? {
            moved += usize::from(self.advance(&broadcast).await?);
        }
        Ok(moved)
    }

    async fn advance(&self, broadcast: &Broadcast) -> Result<bool, WorkerError> {
        let now = self.clock().now();
        let has_lapsed = broadcast.lapses_at <= now.business;
        Ok(match broadcast.state {
            State::Approved if has_lapsed => self.step(broadcast, Step::Cancel, "lapsed").await?,
            State::Approved => self.step(broadcast, Step::Start, "").await?,
            State::Running | State::Paused if has_lapsed => self.step(broadcast, Step::End, "lapsed").await?,
            State::Running => self.go_on(broadcast, now).await?,
            State::Paused if broadcast.resumes_at.is_some_and(|at| at <= now.business) => {
                self.store().resume_broadcast(&broadcast.id, SYSTEM, now.business).await?
            }
            State::Paused => {
                self.is_queued(broadcast).await? && self.store().set_aside_again(&broadcast.id).await? > 0
            }
            State::Ended | State::Cancelled => {
                let reason = if broadcast.state == State::Ended { Reason::Lapsed } else { Reason::Cancelled };
                self.is_queued(broadcast).await?
                    && self.store().end_again(&broadcast.id, &reason.to_string(), now.business).await? > 0
            }
            State::Draft | State::Proposed => false,
        })
    }

    async fn step(&self, broadcast: &Broadcast, step: Step, detail: &str) -> Result<bool, WorkerError> {
        let taken = self
            .store()
            .step_broadcast(&broadcast.id, broadcast.version, step, SYSTEM, detail, self.now())
            .await?;
        if taken {
            tracing::info!(broadcast.number, ?step, detail, "an announcement went on by itself");
        }
        Ok(taken)
    }

    async fn is_queued(&self, broadcast: &Broadcast) -> Result<bool, WorkerError> {
        let (queued, held) = self.store().outstanding(&broadcast.id).await?;
        Ok(queued + held > 0)
    }

    async fn go_on(&self, broadcast: &Broadcast, now: Now) -> Result<bool, WorkerError> {
        if let Some(until) = self.quiet_until(broadcast, now) {
            return self.pause(&broadcast.id, Pause::Quiet, Some(until)).await;
        }
        if broadcast.marks.gathered_at.is_none() {
            return self.gather(broadcast, now).await;
        }
        let (queued, held) = self.store().outstanding(&broadcast.id).await?;
        let marks = &broadcast.marks;
        let mut moved = false;
        if !marks.singles_out && marks.next_at <= now.wire && queued < broadcast.rate * AHEAD {
            moved |= self.put_singles(broadcast, now).await?;
        }
        let is_first = broadcast.content.route == Route::Both && !(marks.singles_out && queued == 0);
        if !marks.lists_out && !is_first {
            moved |= match broadcast.content.route {
                Route::Both if !marks.rerouted => self.store().reroute(broadcast).await?,
                _ => self.store().make_list(broadcast, now.business).await?,
            };
        }
        if marks.singles_out
            && marks.lists_out
            && queued + held == 0
            && self.are_lists_done(broadcast).await?
        {
            moved |= self.step(broadcast, Step::End, "").await?;
        }
        Ok(moved)
    }

    /// When the quiet hours end, if an announcement that heeds them runs into them.
    fn quiet_until(&self, broadcast: &Broadcast, now: Now) -> Option<Millis> {
        Some(self.awake(broadcast, now.business)).filter(|until| *until > now.business)
    }

    /// A moment, or the end of the quiet hours in which it lies, for an announcement that heeds them.
    fn awake(&self, broadcast: &Broadcast, at: Millis) -> Millis {
        let world = self.shared.tools.runner.world.load();
        let local = at.civil(&world.zone);
        let is_quiet = broadcast.content.urgent.is_none() && world.quiet.is_quiet(local);
        if is_quiet { at_civil(world.quiet.ends_after(local), &world.zone) } else { at }
    }

    async fn gather(&self, broadcast: &Broadcast, now: Now) -> Result<bool, WorkerError> {
        if broadcast.marks.gathered.is_empty() && !self.has_tags(broadcast, now.business).await? {
            return Ok(false);
        }
        let (windows, month) = (self.shared.tools.windows, self.month());
        let gathered = self.store().gather(broadcast, &windows, &month, now.business).await?;
        if gathered == Gathered::All {
            tracing::info!(broadcast.number, "the people of an announcement are gathered");
        }
        Ok(gathered != Gathered::Overtaken)
    }

    /// Fetches whoever has a tag that the audience names; false when that has to be tried again, or somebody has to look.
    async fn has_tags(&self, broadcast: &Broadcast, now: Millis) -> Result<bool, WorkerError> {
        let (who, client) = (&broadcast.content.audience.who, &self.shared.tools.client);
        match followers::refresh_tags(self.store(), client, who, SYSTEM, now).await {
            Ok(()) => Ok(true),
            Err(FollowersError::Store(error)) => Err(error.into()),
            Err(FollowersError::NoTag(_)) => {
                self.pause(&broadcast.id, Pause::Refused(NO_TAG), None).await?;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(broadcast.number, %error, "the people of a tag could not be fetched");
                Ok(false)
            }
        }
    }

    /// The month whose mass messages count, `2026-06`.
    fn month(&self) -> String {
        let world = self.shared.tools.runner.world.load();
        let today = self.now().date(&world.zone);
        format!("{:04}-{:02}", today.year(), today.month())
    }

    /// The next page of single messages.
    async fn put_singles(&self, broadcast: &Broadcast, now: Now) -> Result<bool, WorkerError> {
        let limit = (broadcast.rate / PAGES).clamp(1, PAGE);
        let with_facts = broadcast.content.has_variables();
        let people = self.store().next_singles(broadcast, limit, with_facts).await?;
        let world = self.shared.tools.runner.world.load_full();
        let page: Vec<_> = people
            .into_iter()
            .map(|single| {
                let case_id = single.facts.case.as_ref().map(|case| case.id.clone());
                let (candidate, case) = (single.facts.candidate.as_ref(), single.facts.case.as_deref());
                let reader = Reader { candidate, case };
                let body = announced(&broadcast.id, &broadcast.content, reader, &world, now.business);
                let notice = Notice {
                    id: self.store().notice_id(now.business),
                    event: EVENT.to_owned(),
                    important: broadcast.content.is_card(),
                    body,
                    revocable: None,
                };
                (single.open_id, case_id, notice)
            })
            .collect();
        let lasts = page.len() as i64 * 1000 / broadcast.rate.max(1);
        // From when this page was due, so that a late look costs no pace; not from long ago, or a pause would be made up for.
        let due = broadcast.marks.next_at.0.max(now.wire.0 - LATE_MS);
        let next_at = Millis(due + lasts);
        Ok(self.store().put_singles(broadcast, &page, next_at, now.business).await?)
    }

    /// Pauses the announcements whose messages the platform takes no more of today; they go on when those do.
    pub(super) async fn heed_quota(&self, rows: &[OutboxRow], ends: &[Sent]) {
        let dry = rows.iter().zip(ends).find_map(|(row, sent)| {
            let (at, reason) = sent.again_at()?;
            let is_quota = matches!(reason.parse(), Ok(Reason::Refused(45009, _)));
            Some((row.broadcast.as_deref()?, at)).filter(|_| is_quota)
        });
        let Some((id, at)) = dry else { return };
        let paused = async {
            let Some(broadcast) = self.store().broadcast(id).await? else { return Ok(false) };
            self.pause(id, Pause::Quota, Some(self.awake(&broadcast, at))).await
        };
        if let Err::<bool, WorkerError>(error) = paused.await {
            tracing::warn!(%error, "an announcement without quota could not be paused");
        }
    }

    async fn pause(&self, id: &str, pause: Pause, resumes_at: Option<Millis>) -> Result<bool, WorkerError> {
        let paused = self.store().pause_broadcast(id, pause, resumes_at, SYSTEM, self.now()).await?;
        if paused {
            tracing::warn!(broadcast.id = id, ?pause, "an announcement is paused");
        }
        Ok(paused)
    }
}
