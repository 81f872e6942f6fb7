//! Reminders: what is due now, for everybody who was not told yet.
//!
//! Nothing is planned ahead and nothing remembered in between: every few minutes the calendar says what is due
//! (`workflow::reminder`), the store finds whom it is for, page by page, and a page is written as a whole or not at all.
//! A worker that is stopped, or killed, in the middle leaves the rest to the next run; one beside it is only slower.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::{LONGEST_PAUSE, POLL, Worker, WorkerError, back_off, notice_panic};
use crate::{
    store::{LateReviews, Remindable, ReminderCursor, Reminders, Store},
    time::{Millis, moment_text},
    turn::{self, World},
    workflow::reminder::{self, Calendar, Due, Kind, Who},
};

/// So often what is due is looked for.
const EVERY: Duration = Duration::from_mins(5);
/// People of a page: a few milliseconds of a transaction.
const PAGE: u32 = 500;
/// Pages that are worded and written while the next one is read.
const AT_ONCE: usize = 3;
/// After so long nobody asks any more what somebody was reminded of.
const KEEP_SECONDS: i64 = 200 * 24 * 3600;
const FORGET_AT_ONCE: u32 = 500;

/// What one run works with.
struct Run {
    store: Store,
    world: Arc<World>,
    due: Due,
    now: Millis,
}

impl Worker {
    /// Reminds now and then until `stop` turns true.
    pub(super) async fn remind_until_stopped(&self, mut stop: watch::Receiver<bool>) {
        let mut failures = 0;
        while !*stop.borrow_and_update() {
            let run = async {
                let pause = match self.remind().await {
                    Ok(_) => {
                        failures = 0;
                        EVERY
                    }
                    Err(error) => {
                        failures += 1;
                        tracing::warn!(%error, failures, "the worker cannot remind anybody");
                        back_off(failures, POLL, LONGEST_PAUSE)
                    }
                };
                sleep(pause).await;
            };
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = run => {}
            }
        }
    }

    /// Reminds everybody of what is due; how many pushes were written.
    pub async fn remind(&self) -> Result<usize, WorkerError> {
        let (world, now) = (self.shared.tools.runner.world.load_full(), self.now());
        let calendar = Calendar {
            batch: &world.batch,
            schedule: &world.schedule,
            quiet: world.quiet,
            zone: &world.zone,
        };
        let mut pushes = 0;
        for due in reminder::due(&calendar, now) {
            let run = Run { store: self.store().clone(), world: Arc::clone(&world), due, now };
            pushes += match run.due.who {
                Who::Offices(level, since) => {
                    let late = run.store.late_reviews(&world.batch.id, level, since).await?;
                    run.tell_offices(late).await?
                }
                Who::Cases { .. } | Who::Bound(_) => Arc::new(run).tell_people().await?,
            };
        }
        let before = now.minus_seconds(KEEP_SECONDS);
        while self.store().forget_reminded(before, FORGET_AT_ONCE).await? >= u64::from(FORGET_AT_ONCE) {}
        if pushes > 0 {
            tracing::info!(pushes, "people are reminded");
        }
        Ok(pushes)
    }
}

impl Run {
    /// Page by page. One that another worker was faster with is read again, without those who were reminded.
    async fn tell_people(self: Arc<Self>) -> Result<usize, WorkerError> {
        let mut pages = JoinSet::new();
        let (mut after, mut pushes) = (ReminderCursor::default(), 0);
        loop {
            let people = self.store.to_remind(&self.due, &self.world.batch.id, &after, PAGE).await?;
            let Some(last) = people.last() else { break };
            let began = std::mem::replace(&mut after, last.cursor().clone());
            if pages.len() == AT_ONCE {
                pushes += landed(pages.join_next().await)?;
            }
            pages.spawn(Arc::clone(&self).write(people, began));
        }
        while !pages.is_empty() {
            pushes += landed(pages.join_next().await)?;
        }
        Ok(pushes)
    }

    async fn write(
        self: Arc<Self>,
        mut people: Vec<Remindable>,
        began: ReminderCursor,
    ) -> Result<usize, WorkerError> {
        let own: BTreeSet<String> = people.iter().map(|person| person.subject().to_owned()).collect();
        while !people.is_empty() {
            let run = Arc::clone(&self);
            let page = match tokio::task::spawn_blocking(move || run.worded(&people)).await {
                Ok(page) => page,
                Err(error) => {
                    notice_panic(Err(error));
                    return Ok(0);
                }
            };
            if let Some(pushes) = self.store.write_reminders(page).await? {
                return Ok(pushes);
            }
            people = self.store.to_remind(&self.due, &self.world.batch.id, &began, PAGE).await?;
            // Those who come after them are another page's.
            people.retain(|person| own.contains(person.subject()));
        }
        Ok(0)
    }

    /// Opens and words a page: most of what a run costs. What cannot be opened is left out, and looked at again.
    fn worded(&self, people: &[Remindable]) -> Reminders {
        let mut page = Reminders::default();
        for person in people {
            let snapshot = match self.store.unseal_remindable(person) {
                Ok(snapshot) => snapshot,
                Err(error) => {
                    tracing::error!(subject = person.subject(), %error, "somebody cannot be reminded");
                    continue;
                }
            };
            let case = snapshot.case.as_deref();
            let is_meant = self.due.kind != Kind::OnsiteSoon
                || case.is_some_and(|case| {
                    reminder::is_told_of(&self.due.occasion, case, &self.world.schedule, &self.world.zone)
                });
            let id = self.store.notice_id(self.now);
            let notice = is_meant.then(|| {
                turn::reminder(&self.world, &snapshot, self.due.kind.planned(), Vec::new(), id, self.now)
            });
            let push = notice.flatten().map(|notice| (case.map(|case| case.id.as_str()), notice));
            self.store.settle_reminder(&mut page, &self.due, person, push, self.now);
        }
        page
    }

    /// An office without a linked account is looked for again: somebody may link one.
    async fn tell_offices(&self, late: Vec<LateReviews>) -> Result<usize, WorkerError> {
        if late.is_empty() {
            return Ok(0);
        }
        let told = self.store.reminded_of(&self.due).await?;
        let mut pushes = 0;
        for late in late {
            let office = late.city.as_ref().map_or("province".to_owned(), |city| format!("city:{city}"));
            let accounts = self.store.office_accounts(late.city.as_deref()).await?;
            if told.contains(&office) || accounts.is_empty() {
                continue;
            }
            let mut page = Reminders::default();
            let notices = accounts.into_iter().filter_map(|open_id| {
                let notice = self.of_office(&late, &open_id)?;
                Some((open_id, notice))
            });
            self.store.settle_office(&mut page, &self.due, &office, &notices.collect::<Vec<_>>(), self.now);
            pushes += self.store.write_reminders(page).await?.unwrap_or(0);
        }
        Ok(pushes)
    }

    fn of_office(&self, late: &LateReviews, open_id: &str) -> Option<turn::Notice> {
        let session = turn::Session::new(open_id);
        let nobody = turn::Snapshot { session, candidate: None, case: None, found: turn::Found::default() };
        let facts = vec![
            ("late_office", late.city.clone().unwrap_or_default()),
            ("late_count", late.count.to_string()),
            ("late_since", moment_text(late.oldest.civil(&self.world.zone))),
        ];
        let id = self.store.notice_id(self.now);
        turn::reminder(&self.world, &nobody, self.due.kind.planned(), facts, id, self.now)
    }
}

/// What became of a page; the people of one that panicked are looked at again.
fn landed(
    page: Option<Result<Result<usize, WorkerError>, tokio::task::JoinError>>,
) -> Result<usize, WorkerError> {
    match page {
        Some(Ok(pushes)) => pushes,
        Some(Err(error)) => {
            notice_panic(Err(error));
            Ok(0)
        }
        None => Ok(0),
    }
}
