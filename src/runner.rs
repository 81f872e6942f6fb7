//! From an inbound message to a stored turn: load, step, commit, and again when a race was lost.
//!
//! Everybody who changes a person's affairs comes through [`Runner::run`]: the webhook, the camera page, the worker's
//! verdicts, the reviewers. What differs is an [`Errand`]'s frame: a message to be answered, a late answer, a job
//! that ends. Nothing is sent from here; whatever [`Ran`] says is durable.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;

use crate::{
    clock::Clock,
    ids::Ids,
    inbound::Inbound,
    secrets::hex,
    store::{Commit, Committed, InboxRow, LateAnswer, Lease, Store, StoreError},
    time::Millis,
    turn::{
        Answer, Found, Fresh, Lookup, Notice, NoticeBody, RegistryAnswer, Reply, Signed, Snapshot, Step,
        Turn, Use, World, step,
    },
    upstream::Registry,
    wechat::reply,
};

/// How often a lost race is stepped again (design §2.1).
const TRIES: usize = 3;
/// How many rows one message may ask for.
const LOOKUPS: usize = 3;
/// An attempt to bind is not answered sooner, counted from its start: what the registry and the store take longer or
/// shorter for, by what they know of a number, disappears in it.
const BINDING_FLOOR: Duration = Duration::from_millis(250);
/// Ids of reply parts come after those that `step` may use, and ids of what was cut off pushes after these.
const REPLY_IDS: usize = 1_000;
const REST_IDS: usize = 2_000;

/// Runs inbound messages against the store.
#[derive(Clone)]
pub struct Runner {
    /// Where everything lasts.
    pub store: Store,
    /// What all people share; swapped whole after an import and when the next batch opens.
    pub world: Arc<ArcSwap<World>>,
    /// 考籍.
    pub registry: Arc<dyn Registry>,
    /// Both times.
    pub clock: Clock,
    /// Randomness.
    pub ids: Ids,
}

/// One message and what surrounds it.
#[derive(Default)]
pub struct Errand {
    /// A message of the platform's to be answered.
    pub arrival: Option<Arrival>,
    /// The message that has waited for this news.
    pub waiting: Option<Waiting>,
    /// The job that ends with it.
    pub finished_job: Option<Lease>,
    /// What was just found out about the candidate: `step` need not ask again.
    pub found: Found,
}

/// How a message of the platform's came in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Plaintext mode: what its signature served for. `None` for a sealed one, whose key is as good as its signature.
    pub signed: Option<Signed>,
    /// Until when this delivery waits if the answer depends on a verdict. Wire time.
    pub patience: Millis,
}

/// A message whose answer depends on a verdict.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its inbox key.
    pub key: String,
    /// The account that answers it.
    pub account: String,
}

/// What became of an errand.
#[derive(Debug)]
pub enum Ran {
    /// Stored.
    Stored {
        /// The inner XML to answer with; `None` while a verdict is awaited. Empty XML never: no reply is `success`.
        answer: Option<String>,
        /// The turn, for callers that are no chat.
        turn: Box<Turn>,
        /// The randomness used: the camera page's device secret.
        fresh: Fresh,
    },
    /// The message was taken in before; its answer is in the inbox.
    Seen,
    /// The signature was used for other words of this person: refuse.
    Replayed,
    /// Nothing had to change.
    Nothing {
        /// The turn, for callers that are no chat.
        turn: Box<Turn>,
    },
}

/// Why an errand could not be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Every try lost its race.
    #[error("lost the race {TRIES} times")]
    Contended,
    /// `step` asked for more rows than a message may need.
    #[error("a message asked for more than {LOOKUPS} rows")]
    Lookups,
}

impl RunError {
    /// Whether the same message may go through in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Contended => true,
            Self::Lookups => false,
        }
    }
}

impl Runner {
    /// Answers one inbound message durably.
    pub async fn run(&self, inbound: &Inbound, errand: Errand) -> Result<Ran, RunError> {
        let started = self.clock.wire();
        let mut binds = false;
        // On the heap: it holds a whole turn, and so would whoever awaits it.
        let ran = Box::pin(self.race(inbound, errand, &mut binds)).await;
        if binds {
            let passed = self.clock.wire().0.saturating_sub(started.0).max(0).unsigned_abs();
            tokio::time::sleep(BINDING_FLOOR.saturating_sub(Duration::from_millis(passed))).await;
        }
        ran
    }

    /// Steps and commits until no other was quicker; whether somebody tried to bind.
    async fn race(&self, inbound: &Inbound, errand: Errand, binds: &mut bool) -> Result<Ran, RunError> {
        let signed = errand.arrival.as_ref().and_then(|arrival| arrival.signed);
        let mut fresh = self.ids.fresh(self.clock.wire());
        // A refusal of any other commits nothing, so it would not lose its race on an old copy: it would be believed.
        let always_commits = errand.arrival.is_some() || errand.finished_job.is_some();
        for attempt in 0..TRIES {
            let now = self.clock.business();
            let world = self.world.load_full();
            let batch = world.batch.id.as_str();
            let may_be_old = always_commits && attempt == 0;
            let mut loaded = self.load(&inbound.open_id, batch, may_be_old).await?;
            if signed.is_some_and(|signed| self.use_up(&mut loaded, signed) == Use::Another) {
                return Ok(Ran::Replayed);
            }
            let (before, turn) = self.step_through(&world, loaded, &errand, inbound, now, &fresh).await?;
            *binds |= before.found.to_bind;
            if !always_commits && is_idle(&before, &turn) {
                return Ok(Ran::Nothing { turn: Box::new(turn) });
            }
            let (commit, answer) =
                frame(turn, before, batch, now, inbound, &errand, &fresh, self.clock.wire());
            let turn = Box::new(commit.turn.clone());
            match self.store.commit(commit).await? {
                Committed::Stored => return Ok(Ran::Stored { answer, turn, fresh }),
                Committed::Duplicate => return Ok(Ran::Seen),
                Committed::NumberTaken => fresh = self.ids.fresh(self.clock.wire()),
                Committed::Lost => {}
            }
        }
        Err(RunError::Contended)
    }

    /// Uses up the signature of a repeated delivery, which carries its own. False when it served other words: refuse.
    pub async fn is_own(&self, open_id: &str, signed: Signed) -> Result<bool, RunError> {
        for attempt in 0..TRIES {
            let world = self.world.load_full();
            let batch = world.batch.id.as_str();
            let mut loaded = self.load(open_id, batch, attempt == 0).await?;
            match self.use_up(&mut loaded, signed) {
                Use::Same => return Ok(true),
                Use::Another => return Ok(false),
                Use::First => {}
            }
            let turn = Turn::of_session(loaded.session.clone());
            let commit = Commit::new(turn, loaded, batch, self.clock.business());
            if self.store.commit(commit).await? == Committed::Stored {
                return Ok(true);
            }
        }
        Err(RunError::Contended)
    }

    /// What `step` is given, as remembered or, after a lost race on that, read anew.
    async fn load(&self, open_id: &str, batch: &str, may_be_old: bool) -> Result<Snapshot, StoreError> {
        if may_be_old {
            self.store.load(open_id, batch).await
        } else {
            self.store.load_fresh(open_id, batch).await
        }
    }

    /// What a signature served for before; from now on it serves this. Older than the database at worst, in which case
    /// the commit loses its race.
    fn use_up(&self, loaded: &mut Snapshot, signed: Signed) -> Use {
        let requests = &mut loaded.session.signed;
        let used = requests.used(&signed);
        if used == Use::First {
            requests.use_up(signed, self.clock.wire().as_seconds());
        }
        used
    }

    /// Steps until nothing more is needed.
    async fn step_through(
        &self,
        world: &Arc<World>,
        mut before: Snapshot,
        errand: &Errand,
        inbound: &Inbound,
        now: Millis,
        fresh: &Fresh,
    ) -> Result<(Snapshot, Turn), RunError> {
        before.found = errand.found.clone();
        for _ in 0..=LOOKUPS {
            match step(world, &before, inbound, now, fresh) {
                Step::Done(turn) => return Ok((before, *turn)),
                Step::Need(Lookup::Candidate { exam_no, to_bind }) => {
                    let found = self.look_up(&exam_no, &world.batch.id).await?;
                    before.found = Found { to_bind, ..found };
                }
                Step::Need(Lookup::Waiting) => {
                    before.found.waiting = Some(self.store.waiting_inquiries(&inbound.open_id).await?);
                }
                Step::Need(Lookup::Deletion { number }) => {
                    before.found.deletion = Some(self.store.deletion_of(&number, now).await?);
                }
                Step::Need(Lookup::StaffLink { code }) => {
                    let wire = self.clock.wire();
                    let found = self.store.staff_link(&code, &inbound.open_id, wire).await?;
                    before.found.staff_link = Some(found);
                }
            }
        }
        Err(RunError::Lookups)
    }

    /// The registry's record with who holds it. Runs outside any transaction. The store is asked the same of every number,
    /// known or not.
    pub async fn look_up(&self, exam_no: &str, batch: &str) -> Result<Found, RunError> {
        let record = self.registry.candidate(exam_no).await;
        let locked = self.store.is_locked(exam_no).await?;
        let bound_to = self.store.bound_to(exam_no).await?;
        let case = self.store.case_of(exam_no, batch).await?;
        let answer = match record.map(|record| record.map(serde_json::from_value)) {
            Ok(Some(Ok(candidate))) => {
                RegistryAnswer::Known { candidate: Arc::new(candidate), bound_to, case }
            }
            Ok(Some(Err(_))) => {
                tracing::error!("the registry's record cannot be read");
                RegistryAnswer::Unavailable
            }
            Ok(None) => RegistryAnswer::Unknown,
            Err(error) => {
                tracing::warn!(%error, "the registry is unavailable");
                RegistryAnswer::Unavailable
            }
        };
        Ok(Found { candidate: Some(answer), locked, ..Found::default() })
    }
}

/// Whether a turn changes nothing and says nothing to anybody who would wait for it.
fn is_idle(before: &Snapshot, turn: &Turn) -> bool {
    turn.case.is_none()
        && turn.binding.is_none()
        && turn.ticket.is_none()
        && turn.outbox.is_empty()
        && turn.jobs.is_empty()
        && turn.session == before.session
}

/// A turn with what surrounds it, and the answer it gives now.
#[expect(clippy::too_many_arguments, reason = "the parts of one commit, each used once")]
fn frame(
    mut turn: Turn,
    before: Snapshot,
    batch: &str,
    now: Millis,
    inbound: &Inbound,
    errand: &Errand,
    fresh: &Fresh,
    wire: Millis,
) -> (Commit, Option<String>) {
    let mut parts = pieces(&turn, fresh);
    turn.outbox = fitting(turn.outbox, fresh);
    // What is said beside a hand-over follows as a push.
    let hands_over = turn.replies.first() == Some(&Reply::HandOver);
    let first = if parts.is_empty() || hands_over { None } else { Some(parts.remove(0)) };
    let render = |account: &str| {
        let words = match &first {
            _ if hands_over => reply::Reply::TransferCustomerService,
            Some(notice) => reply::Reply::Text(text_of(notice)),
            None => reply::Reply::Nothing,
        };
        words.render(account, &inbound.open_id, wire.as_seconds())
    };
    let answer = match (&errand.arrival, turn.answer) {
        (Some(_), Answer::Now) => Some(render(&inbound.account)),
        _ => None,
    };
    let late = errand.waiting.as_ref().zip(first.clone()).map(|(waiting, otherwise)| LateAnswer {
        key: waiting.key.clone(),
        xml: render(&waiting.account),
        otherwise,
        at: wire,
    });
    if errand.arrival.is_some() || errand.waiting.is_some() {
        turn.outbox.splice(0..0, parts);
    }
    let inbox = errand.arrival.as_ref().map(|arrival| InboxRow {
        key: inbound.key.clone(),
        body_hash: arrival.signed.map(|signed| hex(&signed.body)).unwrap_or_default(),
        answer: answer.clone(),
        awaited_until: answer.is_none().then_some(arrival.patience),
    });
    let finished_job = errand.finished_job.clone();
    let commit = Commit { inbox, late, finished_job, ..Commit::new(turn, before, batch, now) };
    (commit, answer)
}

/// Everything said, cut at the platform's limit; each piece as the row it becomes when it is not the answer.
fn pieces(turn: &Turn, fresh: &Fresh) -> Vec<Notice> {
    let said = turn.replies.iter().filter_map(Reply::text);
    let texts = said.flat_map(|text| reply::split_text(text, reply::MAX_TEXT));
    texts
        .enumerate()
        .map(|(n, text)| Notice {
            id: fresh.id(REPLY_IDS + n),
            event: "reply".to_owned(),
            body: NoticeBody::Text { text, menu: Vec::new(), template: std::collections::BTreeMap::new() },
            important: false,
            revocable: None,
        })
        .collect()
}

/// Pushes as the platform takes them: what is too long for one message goes on in rows of its own. Template fields stay
/// with the first part, which is the one that says what it is about.
fn fitting(outbox: Vec<Notice>, fresh: &Fresh) -> Vec<Notice> {
    let mut ids = (REST_IDS..).map(|n| fresh.id(n));
    let mut rows = Vec::with_capacity(outbox.len());
    for notice in outbox {
        let Notice { id, event, body, important, revocable } = notice;
        let NoticeBody::Text { text, menu, template } = body else {
            rows.push(Notice { id, event, body, important, revocable });
            continue;
        };
        let mut texts = reply::split_text(&text, reply::MAX_TEXT).into_iter();
        let first = texts.next().unwrap_or_default();
        // What is to be tapped stands below the last words only; a part says the same words anyway.
        let menu = if texts.len() == 0 { menu } else { Vec::new() };
        let first = NoticeBody::Text { text: first, menu, template };
        let mut after = id.clone();
        rows.push(Notice { id, event: event.clone(), body: first, important, revocable: revocable.clone() });
        for (text, id) in texts.zip(&mut ids) {
            let body = NoticeBody::Rest { text, after: std::mem::replace(&mut after, id.clone()) };
            let (event, revocable) = (event.clone(), revocable.clone());
            rows.push(Notice { id, event, body, important: false, revocable });
        }
    }
    rows
}

fn text_of(notice: &Notice) -> String {
    match &notice.body {
        NoticeBody::Text { text, .. } | NoticeBody::Rest { text, .. } => text.clone(),
        NoticeBody::QrCode { content } => content.clone(),
        NoticeBody::Photo { name } => name.clone(),
        NoticeBody::Announcement(_) => {
            notice.body.words().map(|(text, _)| text.to_owned()).unwrap_or_default()
        }
    }
}
