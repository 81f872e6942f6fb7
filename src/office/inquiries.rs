//! What people leave for the offices: listed without the words, read with a line of the audit, answered or closed once. An
//! answer is kept with what it answers, so that a colleague sees what was said.
//!
//! An office sees what was left by those who go to its places, and by whoever has chosen no place yet.

use super::{Act, Role, Who};
use crate::{
    inbound::{AnswerAct, Inbound, What},
    runner::{Errand, Ran, RunError, Runner},
    store::{InquiryFilter, InquiryState, InquirySummary, InquiryWords, StaffRow, Store, StoreError},
    time::Millis,
    turn::Audit,
};

/// Longest answer, in characters: with the words around it, it fits one message of the platform's.
pub const ANSWER_MAX: usize = 500;
/// Lines of a page when nothing else is said.
const PAGE: u32 = 50;

/// Why nothing was shown or done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum InquiryError {
    /// The account may not read what people leave.
    #[error("the role may not read inquiries")]
    Role,
    /// There is no such inquiry, or not for this account.
    #[error("there is no such inquiry")]
    Unknown,
    /// The answer says nothing.
    #[error("the answer is empty")]
    Empty,
    /// The answer has so many characters.
    #[error("the answer has {0} characters")]
    TooLong(usize),
    /// It was answered or closed already.
    #[error("the inquiry has ended")]
    Ended,
    /// The answer was not stored.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InquiryError {
    /// Whether the same may go through in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Run(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub rows: Vec<InquirySummary>,
    /// Where the next page begins, for [`InquiryFilter::after`]; `None` when this is the last.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub all: i64,
}

/// One page of what the account may see; its places are put into the filter here.
pub async fn list(store: &Store, staff: &StaffRow, filter: InquiryFilter) -> Result<Page, InquiryError> {
    let filter = narrowed(&reader(staff)?, filter);
    let limit = if filter.limit == 0 { PAGE } else { filter.limit };
    // One more tells whether there is another page.
    let wanted = InquiryFilter { limit: limit.saturating_add(1), ..filter.clone() };
    let mut rows = store.list_inquiries(&wanted).await?;
    let is_last = rows.len() <= limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| !is_last).map(|last| last.id.clone());
    Ok(Page { rows, next, all: store.count_inquiries(&filter).await? })
}

/// One inquiry with its words; who read it is in the audit.
pub async fn read(
    store: &Store,
    staff: &StaffRow,
    id: &str,
    now: Millis,
) -> Result<(InquirySummary, InquiryWords), InquiryError> {
    let found = find(store, staff, id).await?;
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "read_message".to_owned(),
        subject: id.to_owned(),
        detail: String::new(),
    };
    store.append_audit(&audit, now).await?;
    Ok(found)
}

/// Answers an inquiry that waits; the text goes to whoever left it, as it stands.
pub async fn answer(runner: &Runner, staff: &StaffRow, id: &str, text: &str) -> Result<(), InquiryError> {
    let text = text.trim();
    match text.chars().count() {
        0 => return Err(InquiryError::Empty),
        1..=ANSWER_MAX => {}
        length => return Err(InquiryError::TooLong(length)),
    }
    let (summary, _) = find(&runner.store, staff, id).await?;
    if summary.state != InquiryState::Open {
        return Err(InquiryError::Ended);
    }
    let act = AnswerAct { staff: staff.name.clone(), inquiry: summary.id, text: text.to_owned() };
    let inbound = Inbound {
        open_id: summary.open_id,
        account: String::new(),
        key: String::new(),
        sent_at: runner.clock.wire().as_seconds(),
        case_id: None,
        what: What::Answer(act),
    };
    match runner.run(&inbound, Errand::default()).await {
        Ok(Ran::Stored { .. }) => Ok(()),
        // Somebody else ended it in the same moment, or it could not be stored: what is there now tells.
        Ok(_) | Err(RunError::Contended) => match find(&runner.store, staff, id).await?.0.state {
            InquiryState::Open => Err(RunError::Contended.into()),
            InquiryState::Answered | InquiryState::Closed => Err(InquiryError::Ended),
        },
        Err(error) => Err(error.into()),
    }
}

/// Ends an inquiry without an answer here.
pub async fn close(store: &Store, staff: &StaffRow, id: &str, now: Millis) -> Result<(), InquiryError> {
    find(store, staff, id).await?;
    if store.close_inquiry(id, &staff.name, now).await? { Ok(()) } else { Err(InquiryError::Ended) }
}

async fn find(
    store: &Store,
    staff: &StaffRow,
    id: &str,
) -> Result<(InquirySummary, InquiryWords), InquiryError> {
    let role = reader(staff)?;
    let found = store.inquiry(id).await?.filter(|(summary, _)| may_see(&role, summary));
    found.ok_or(InquiryError::Unknown)
}

fn reader(staff: &StaffRow) -> Result<Role, InquiryError> {
    let role = Role::of(staff).filter(|role| staff.active && role.may(Act::AnswerInquiries));
    role.ok_or(InquiryError::Role)
}

/// Who has chosen no place yet is everybody's. [`narrowed`] says the same to the store.
fn may_see(role: &Role, inquiry: &InquirySummary) -> bool {
    inquiry.place.is_none() || role.sees(inquiry.place.as_ref())
}

fn narrowed(role: &Role, filter: InquiryFilter) -> InquiryFilter {
    let (city, district) = role.own_place();
    InquiryFilter { city: city.map(str::to_owned), district: district.map(str::to_owned), ..filter }
}
