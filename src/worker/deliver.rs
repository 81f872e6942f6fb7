//! What waits for one person: planned, sent in order, and the end of each row written down.
//!
//! The plan is `workflow::delivery`'s; here are the calls. A customer message has no key against doubling, so one whose
//! call ended without word is *in doubt* and sent again once (design §2.4); that its call begins is written down, so
//! that what a crash left uncalled is no doubt. Templates: `template.rs`; 订阅通知: `subscription.rs`; several rows in one
//! message: `together.rs`; what errors mean: `outcome.rs`. When the platform refuses because a window is closed, or
//! because the person refuses our messages, it is right and we are not: the rest is planned anew. A message that has to
//! be tried again later keeps those leased with it waiting, so that they arrive in order.

mod custom;
pub(super) mod outcome;
mod subscription;
mod template;
mod together;

use std::time::Duration;

use tokio::sync::SemaphorePermit;

use super::{Worker, WorkerError, after, back_off, hold::Hold};
use crate::{
    store::{Lease, OutboxRow, ReachRow, Refusal, Sent},
    time::Millis,
    turn::{Announcement, NoticeBody, Said},
    wechat::error::Advice,
    workflow::delivery::{self, Opened, Reach, Reason, Wait, Waiting, Way},
};
use outcome::{FIRST_PAUSE, Failure, LONGEST_PAUSE, is_tired, put_off};

/// The answer itself travels as the response of the callback; what follows it in the outbox must not overtake it.
const BEHIND_THE_ANSWER_MS: i64 = 200;
/// A verdict's answer has a longer way: the delivery that waits for it has to find it first.
const BEHIND_A_VERDICT_MS: i64 = 1000;

/// One person's rows on their way.
struct Errand {
    open_id: String,
    rows: Vec<OutboxRow>,
    /// What the plan is made from, row by row.
    waiting: Vec<Ways>,
    reach: Reach,
    /// Bytes around what is put together.
    around: usize,
    /// When the reach was read.
    planned_at: Millis,
}

/// How a row may travel. A refused card is struck out, and says why should the row be held.
struct Ways {
    joins: Option<usize>,
    template: Option<String>,
    subscription: Option<String>,
    /// Nothing of it can be said in a customer message.
    only_card: bool,
    refused: Option<Reason>,
}

/// What came of one message.
enum Came {
    /// Its rows ended so; the next message follows.
    To(Vec<Sent>),
    /// Nothing ended: what is known of the person has changed, and the plan with it.
    News,
}

impl Worker {
    /// Sends one person's leased rows, oldest first, and writes down how each went.
    pub(super) async fn deliver(&self, rows: Vec<OutboxRow>, known: ReachRow, planned_at: Millis) {
        self.wait_behind_answers(&rows).await;
        let leases: Vec<Lease> = rows.iter().map(|row| row.lease.clone()).collect();
        let errand = self.errand(rows, known, planned_at);
        self.hold(Hold::Messages(&leases), Box::pin(self.send_all(errand))).await;
    }

    async fn wait_behind_answers(&self, rows: &[OutboxRow]) {
        let now = self.now();
        let young = rows.iter().map(|row| {
            let behind = match row.notice.body {
                NoticeBody::Photo { .. } => BEHIND_A_VERDICT_MS,
                _ => BEHIND_THE_ANSWER_MS,
            };
            (behind - now.since(row.due_at)).clamp(0, behind)
        });
        let pause = young.max().unwrap_or(0);
        if pause > 0 {
            tokio::time::sleep(Duration::from_millis(pause as u64)).await;
        }
    }

    fn errand(&self, rows: Vec<OutboxRow>, known: ReachRow, planned_at: Millis) -> Errand {
        let tools = &self.shared.tools;
        // One row is put together with nothing.
        let around = if rows.len() > 1 { self.around() } else { 0 };
        let sizes = self.sizes(&rows, around);
        let waiting = rows.iter().zip(sizes).map(|(row, joins)| {
            let (template, subscription) =
                (template::card(row, &tools.templates), template::card(row, &tools.subscriptions));
            let only_card = matches!(
                &row.notice.body,
                NoticeBody::Announcement(Announcement { said: Said::Nothing, .. })
            );
            Ways { joins, template, subscription, only_card, refused: None }
        });
        let opened = |at: Option<(Millis, i64)>| at.map(|(at, sent)| Opened { at, sent });
        let lasting = |left: i64| if tools.lasting_subscriptions { i64::MAX } else { left };
        let reach = Reach {
            follows: known.follows && known.refusal != Some(Refusal::NotFollowing),
            blocked: known.refusal == Some(Refusal::Blocked),
            talked: opened(known.talked),
            acted: opened(known.acted),
            granted: known.granted.into_iter().map(|(id, left)| (id, lasting(left))).collect(),
        };
        let open_id = rows.first().map(|row| row.open_id.clone()).unwrap_or_default();
        Errand { open_id, waiting: waiting.collect(), rows, reach, around, planned_at }
    }

    async fn send_all(&self, mut errand: Errand) {
        let mut at = 0;
        while at < errand.rows.len() {
            let (rows, way) = self.next_message(&errand, at);
            let came = match self.send(&mut errand, rows.clone(), way).await {
                Ok(came) => came,
                Err(error) => {
                    Came::To(errand.rows[rows.clone()].iter().map(|row| self.broken(row, &error)).collect())
                }
            };
            let Came::To(mut ends) = came else { continue };
            at = rows.end;
            // A card needs no window: what is behind it has its own way.
            if matches!(way, Some(Way::Custom))
                && let Some((again_at, reason)) = ends.iter().find_map(Sent::again_at)
            {
                let behind = errand.rows[at..].iter().map(|row| put_off(row, again_at, reason.clone()));
                ends.extend(behind);
                at = errand.rows.len();
            }
            self.settle(&errand, rows.start, ends).await;
        }
    }

    /// The next rows that travel together, and how.
    fn next_message(&self, errand: &Errand, at: usize) -> (std::ops::Range<usize>, Option<Way>) {
        let is_tried = |at: usize| errand.rows[at].tried_at.is_some();
        if is_tried(at) {
            return (at..at + 1, None);
        }
        if errand.waiting[at].only_card {
            return (at..at + 1, Some(errand.card_alone(at)));
        }
        let is_apart = |at: &usize| is_tried(*at) || errand.waiting[*at].only_card;
        let until = (at..errand.rows.len()).find(is_apart).unwrap_or(errand.rows.len());
        let rows: Vec<Waiting<'_>> = errand.rows[at..until]
            .iter()
            .zip(&errand.waiting[at..until])
            .map(|(row, ways)| ways.of(row))
            .collect();
        let plan = delivery::plan(
            &self.shared.tools.windows,
            &errand.reach,
            &rows,
            errand.around,
            errand.planned_at,
        );
        let first = plan.into_iter().next().expect("a plan of rows is not empty");
        (at + first.rows.start..at + first.rows.end, Some(first.way))
    }

    async fn send(
        &self,
        errand: &mut Errand,
        rows: std::ops::Range<usize>,
        way: Option<Way>,
    ) -> Result<Came, WorkerError> {
        match way {
            None => Ok(Came::To(vec![self.send_template_again(&errand.rows[rows.start]).await])),
            Some(Way::Hold(wait)) => {
                let held = |ways: &Ways| {
                    let reason = ways.refused.clone().unwrap_or(Reason::Waits(wait)).to_string();
                    // A word of theirs would change nothing.
                    let is_over = ways.only_card && ways.refused.is_some();
                    if is_over { Sent::GivenUp { reason } } else { Sent::Held { reason } }
                };
                Ok(Came::To(errand.waiting[rows].iter().map(held).collect()))
            }
            Some(Way::Custom) => self.send_custom(errand, rows).await,
            Some(Way::Template) => self.send_template(errand, rows.start).await,
            Some(Way::Subscription) => self.send_subscription(errand, rows.start).await,
        }
    }

    /// Our own database or files failed. A file that does not open never will; of the database no error says so much that
    /// news may be dropped.
    fn broken(&self, row: &OutboxRow, error: &WorkerError) -> Sent {
        tracing::warn!(outbox.id = row.lease.id, %error, "a message could not be prepared");
        let is_shut = matches!(error, WorkerError::Files(error) if !error.is_transient());
        let now = self.now();
        if is_shut || is_tired(row.attempts, row.created_at, now) && row.tried_at.is_none() {
            return Sent::GivenUp { reason: Reason::Store.to_string() };
        }
        put_off(
            row,
            after(now, back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE)),
            Reason::Store.to_string(),
        )
    }

    /// What the platform has said of the person: the plan follows it, and so will the next one.
    async fn learn(&self, errand: &mut Errand, refusal: Refusal) -> Result<Came, WorkerError> {
        match refusal {
            Refusal::Blocked => errand.reach.blocked = true,
            Refusal::NotFollowing => errand.reach.follows = false,
        }
        // As of the plan: whoever has written since may have changed their mind.
        self.store().note_refusal(&errand.open_id, refusal, errand.planned_at).await?;
        Ok(Came::News)
    }

    async fn settle(&self, errand: &Errand, from: usize, ends: Vec<Sent>) {
        let rows = &errand.rows[from..];
        // Held as of the plan: a person who wrote while it was made has written since.
        let held = ends.iter().any(|sent| matches!(sent, Sent::Held { .. } | Sent::Told { .. }));
        let at = if held { errand.planned_at } else { self.now() };
        let count = ends.len() as u64;
        let dry = ends.clone();
        let ends: Vec<(Lease, Sent)> = rows.iter().map(|row| row.lease.clone()).zip(ends).collect();
        for (row, (_, sent)) in rows.iter().zip(&ends) {
            outcome::log(row, sent);
        }
        let id = rows.first().map(|row| row.lease.id.as_str());
        let settled = self.store().settle_together(ends, at).await;
        self.heed_quota(rows, &dry).await;
        match settled {
            Ok(settled) if settled == count => {}
            Ok(_) => tracing::warn!(outbox.id = id, "a message took longer than its lease"),
            Err(error) => {
                tracing::warn!(outbox.id = id, %error, "a message's end could not be written down");
            }
        }
    }

    /// A place for a call that sends. Whoever waits for one has not begun: a crash leaves no doubt about it.
    async fn place(&self) -> SemaphorePermit<'_> {
        self.shared.calls.acquire().await.expect("the semaphore is never closed")
    }

    /// Somebody else has the row, and says how it ended.
    fn overtaken(&self) -> Sent {
        Sent::RetryAt { at: self.now(), reason: Reason::Overtaken.to_string() }
    }

    fn failed(&self, row: &OutboxRow, failure: &Failure) -> Sent {
        if failure.error.advice() == Advice::Alert {
            // What the platform says, such as the address to put on the whitelist, is what the operator has to act on.
            tracing::error!(outbox.id = row.lease.id, error = %failure.error, "no message can be sent until the operator acts");
        }
        let world = self.shared.tools.runner.world.load_full();
        outcome::outcome(failure, row.attempts, row.created_at, self.now(), &world.zone)
    }
}

impl Errand {
    /// How what is only a template message travels: it needs no window.
    fn card_alone(&self, at: usize) -> Way {
        match (&self.reach, &self.waiting[at].template) {
            (reach, _) if !reach.follows => Way::Hold(Wait::NotFollowing),
            (reach, _) if reach.blocked => Way::Hold(Wait::Blocked),
            (_, Some(_)) => Way::Template,
            (_, None) => Way::Hold(Wait::Closed),
        }
    }
}

impl Ways {
    fn of(&self, row: &OutboxRow) -> Waiting<'_> {
        Waiting {
            joins: self.joins,
            waited: row.waited,
            template: self.template.is_some(),
            subscription: self.subscription.as_deref(),
        }
    }
}
