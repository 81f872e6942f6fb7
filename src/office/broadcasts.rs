//! Announcements: written by one account, approved by another, watched by all that may announce.
//!
//! What is asked here is asked of the store's statements, which decide: they hold the table of steps and that nobody
//! approves their own version. Here is who may ask at all, what a draft must be before it is handed on, and why
//! something did not come about. The sending is the worker's.

mod known;
pub mod lists;
mod look;
mod progress;
pub mod picture;
pub mod report;
pub mod steps;
pub mod watch;
pub mod words;

use super::{
    Act, Role, Who,
    reason::{self, ReasonError},
};
pub use known::known;
pub use look::{history, list, picture_of, proposed};
pub use progress::{Progress, progress};

use crate::{
    store::{Asked, Broadcast, Draft, Sample, StaffRow, Store, StoreError},
    time::Millis,
    turn::{Notice, Reader, World, announced},
    workflow::{
        broadcast::{
            Content, FASTEST, Pause, REASON_MAX, State, Step, TITLE_MAX,
            audience::{Condition, TooLarge},
            message::{Message, Mistake, TemplateCard},
            plan::{self, Form, Left, Obstacle, Plan, Route},
        },
        delivery::WINDOWS,
    },
};

/// Lines of a page.
pub const PAGE: u32 = 30;
/// People of an audience who are shown.
pub const SAMPLES: usize = 10;
/// Messages in doubt that are named.
pub const DOUBTS: u32 = 100;

/// Why nothing was shown or done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BroadcastError {
    /// The account may not announce.
    #[error("the role may not announce")]
    Role,
    /// There is no such announcement.
    #[error("there is no such announcement")]
    Unknown,
    /// What is written cannot be handed on as it is.
    #[error("the draft is not complete")]
    Incomplete(Vec<Flaw>),
    /// Why it is sent back or called off is no reason that the audit can have.
    #[error(transparent)]
    Reason(#[from] ReasonError),
    /// It was changed since the caller saw it.
    #[error("the announcement was changed meanwhile")]
    Changed,
    /// The step cannot be taken where it stands.
    #[error("the step cannot be taken at {0:?}")]
    State(State),
    /// Nothing of it can be taken back.
    #[error("nothing of it can be taken back")]
    Nothing,
    /// The account has no WeChat account of its own linked.
    #[error("the account has no WeChat account linked")]
    Unlinked,
    /// Whoever wrote or changed a version does not approve it.
    #[error("nobody approves what they wrote")]
    Own,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BroadcastError {
    /// Whether the same may go through in a moment.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// What is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It has no title, or one of so many characters.
    Title(usize),
    /// The pace is outside of 1 to [`FASTEST`].
    Rate(i64),
    /// It lapses before it starts, or has already.
    Lapses,
    /// It does not heed the quiet hours, and does not say why, or in so many characters.
    Urgent(usize),
    /// Its audience is too much to ask.
    Audience(TooLarge),
    /// It names a list that is not there any more.
    NoList,
    /// A picture was chosen, or an article, and there is none.
    Picture,
    /// In the message.
    Message(Mistake),
    /// In the template message for those without a window.
    Card(Mistake),
    /// It cannot take the chosen route.
    Route(Obstacle),
}

/// Whom an announcement would reach, by each route.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// In the order of [`Route::ALL`].
    pub plans: Vec<Plan>,
    /// A few of its people.
    pub samples: Vec<Sample>,
}

impl Outlook {
    /// By the route that was chosen.
    pub fn chosen(&self, route: Route) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.route == route)
    }
}

/// Whether an account may announce.
pub fn may(staff: &StaffRow) -> bool {
    Who::Staff(staff).may(Act::Announce)
}

/// One announcement.
pub async fn find(store: &Store, staff: &StaffRow, number: i64) -> Result<Broadcast, BroadcastError> {
    announcer(staff)?;
    store.broadcast_numbered(number).await?.ok_or(BroadcastError::Unknown)
}

/// Stores a new draft; however incomplete, it is kept.
pub async fn write(
    store: &Store,
    staff: &StaffRow,
    draft: &Draft,
    now: Millis,
) -> Result<Broadcast, BroadcastError> {
    announcer(staff)?;
    let id = store.create_broadcast(draft, &staff.name, now).await?;
    store.broadcast(&id).await?.ok_or(BroadcastError::Unknown)
}

/// Stores another version of what the caller saw; an approval is void.
pub async fn edit(
    store: &Store,
    staff: &StaffRow,
    seen: &Broadcast,
    draft: &Draft,
    now: Millis,
) -> Result<Broadcast, BroadcastError> {
    announcer(staff)?;
    if store.edit_broadcast(&seen.id, seen.version, draft, &staff.name, now).await? {
        return find(store, staff, seen.number).await;
    }
    Err(why_not(store, staff, seen, Step::Edit).await?)
}

/// Takes a step of the version that the caller saw; `detail` is for the audit: why it is called off, why it is sent back.
pub async fn take(
    store: &Store,
    staff: &StaffRow,
    seen: &Broadcast,
    step: Step,
    detail: &str,
    now: Millis,
) -> Result<Broadcast, BroadcastError> {
    announcer(staff)?;
    if matches!(step, Step::Propose | Step::Approve | Step::Start) {
        let flaws = flaws(store, seen, now).await?;
        if !flaws.is_empty() {
            return Err(BroadcastError::Incomplete(flaws));
        }
    }
    let detail = match step {
        Step::Return | Step::Cancel => reason::check(detail, REASON_MAX, None)?,
        _ => detail,
    };
    let actor = Who::Staff(staff).actor();
    let taken = match step {
        Step::Pause => store.pause_broadcast(&seen.id, Pause::Staff, None, &actor, now).await?,
        Step::Resume => store.resume_broadcast(&seen.id, &actor, now).await?,
        _ => store.step_broadcast(&seen.id, seen.version, step, &actor, detail, now).await?,
    };
    if taken {
        return find(store, staff, seen.number).await;
    }
    Err(why_not(store, staff, seen, step).await?)
}

/// Sends an announcement to the WeChat account that the account has linked, as the candidates will see it.
pub async fn preview(
    store: &Store,
    staff: &StaffRow,
    seen: &Broadcast,
    world: &World,
    now: Millis,
) -> Result<(), BroadcastError> {
    announcer(staff)?;
    let Some(open_id) = &staff.open_id else { return Err(BroadcastError::Unlinked) };
    let nobody = Reader { candidate: None, case: None };
    let notice = Notice {
        id: store.notice_id(now),
        event: "announcement_preview".to_owned(),
        body: announced(&seen.id, &seen.content, nobody, world, now),
        important: seen.content.is_card(),
        revocable: None,
    };
    Ok(store.put_preview(seen, open_id, &notice, &staff.name, now).await?)
}

/// Wishes the mass sends of an announcement taken back: articles only, those of nothing else can be (protocol §9). Single
/// messages stay where they are.
pub async fn want_back(
    store: &Store,
    staff: &StaffRow,
    seen: &Broadcast,
    now: Millis,
) -> Result<(), BroadcastError> {
    announcer(staff)?;
    let is_article = matches!(seen.content.message, Message::Article { .. });
    if is_article && store.want_back(&seen.id, &staff.name, now).await? {
        return Ok(());
    }
    Err(BroadcastError::Nothing)
}

/// Whom an announcement would reach now, by each route, and a few of them. `month` is the present one (`2026-06`), `left`
/// what the platform has said of today's quotas.
pub async fn outlook(
    store: &Store,
    content: &Content,
    now: Millis,
    month: &str,
    left: Left,
) -> Result<Outlook, StoreError> {
    let asked = Asked { now, windows: &WINDOWS, month };
    let groups = store.count_audience(&content.audience, asked).await?;
    let form = Form::of(content);
    let plans = Route::ALL.map(|route| plan::plan(&groups, route, form, left)).into();
    Ok(Outlook { plans, samples: store.sample_audience(&content.audience, asked, SAMPLES).await? })
}

/// What of a draft keeps it from being handed on: everything at once.
pub async fn flaws(store: &Store, broadcast: &Broadcast, now: Millis) -> Result<Vec<Flaw>, StoreError> {
    let content = &broadcast.content;
    let mut flaws = written_flaws(broadcast, now);
    let wants_picture = matches!(content.message, Message::Picture { .. } | Message::Article { .. });
    if wants_picture && store.broadcast_picture(&broadcast.id).await?.is_none() {
        flaws.push(Flaw::Picture);
    }
    for leaf in content.audience.who.leaves() {
        if let Condition::List(id) = leaf
            && store.audience_list(id).await?.is_none()
        {
            flaws.push(Flaw::NoList);
        }
    }
    if content.audience.who.too_large().is_none() {
        let asked = Asked { now, windows: &WINDOWS, month: "" };
        let groups = store.count_audience(&content.audience, asked).await?;
        let plan = plan::plan(&groups, content.route, Form::of(content), Left::default());
        flaws.extend(plan.obstacles.into_iter().map(Flaw::Route));
    }
    Ok(flaws)
}

/// What can be seen without asking the database.
fn written_flaws(broadcast: &Broadcast, now: Millis) -> Vec<Flaw> {
    let content = &broadcast.content;
    let mut flaws = Vec::new();
    let title = broadcast.title.trim().chars().count();
    if !(1..=TITLE_MAX).contains(&title) {
        flaws.push(Flaw::Title(title));
    }
    if !(1..=i64::from(FASTEST)).contains(&broadcast.rate) {
        flaws.push(Flaw::Rate(broadcast.rate));
    }
    if broadcast.lapses_at <= broadcast.starts_at.unwrap_or(now).max(now) {
        flaws.push(Flaw::Lapses);
    }
    if let Some(why) = &content.urgent {
        let length = why.trim().chars().count();
        if !(1..=REASON_MAX).contains(&length) {
            flaws.push(Flaw::Urgent(length));
        }
    }
    flaws.extend(content.audience.who.too_large().map(Flaw::Audience));
    flaws.extend(content.message.check().into_iter().map(Flaw::Message));
    flaws.extend(content.card.iter().flat_map(TemplateCard::check).map(Flaw::Card));
    flaws
}

fn announcer(staff: &StaffRow) -> Result<Role, BroadcastError> {
    Role::of(staff).filter(|_| may(staff)).ok_or(BroadcastError::Role)
}

/// Why a step was not taken, as far as what is there now tells.
async fn why_not(
    store: &Store,
    staff: &StaffRow,
    seen: &Broadcast,
    step: Step,
) -> Result<BroadcastError, BroadcastError> {
    let present = find(store, staff, seen.number).await?;
    Ok(if present.version != seen.version {
        BroadcastError::Changed
    } else if !step.from().contains(&present.state) {
        BroadcastError::State(present.state)
    } else if step == Step::Approve && present.edited_by == staff.name {
        BroadcastError::Own
    } else {
        BroadcastError::Changed
    })
}
