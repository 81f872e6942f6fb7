//! The data around one turn: what `step` reads and what it wants stored.
//!
//! Everything here is plain and serialisable. The store seals what is personal; nothing here knows how.
//! One person's affairs are one aggregate: session, binding and case change only together with the session's
//! version, so a stale copy of any of them always loses the compare-and-swap.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{DeletionChange, DeletionFound, FailedAttempt, Job, Notice, Session, StaffLink, StaffLinkFound};
use crate::{
    inbound::Agreement,
    time::Millis,
    workflow::{candidate::Candidate, case::Case},
};

/// One person's affairs as stored, and what lookups brought.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Where they are.
    pub session: Session,
    /// The bound candidate's record, read when last looked up. `None` when unbound.
    pub candidate: Option<Arc<Candidate>>,
    /// Their application in the present batch.
    pub case: Option<Arc<Case>>,
    /// Answers to earlier [`Step::Need`]s of this very message.
    pub found: Found,
}

/// Rows that a snapshot may lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The candidate of an exam number, asked of the registry, with who is bound to it.
    Candidate {
        /// Twelve digits, validated.
        exam_no: String,
        /// Somebody tries to bind it: how long the answer takes must not tell what was found.
        to_bind: bool,
    },
    /// How many of the person's messages wait for an office.
    Waiting,
    /// Whether an application's pictures are held, and whether it was asked to delete them.
    Deletion {
        /// The application's eight digits.
        number: String,
    },
    /// Whose code this is that links a WeChat account.
    StaffLink {
        /// Its digits.
        code: String,
    },
}

/// Answers to lookups.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Answer to [`Lookup::Candidate`].
    pub candidate: Option<RegistryAnswer>,
    /// Too many attempts to bind that number have failed: only staff frees it. Known of any number.
    pub locked: bool,
    /// It was looked up for an attempt to bind.
    pub to_bind: bool,
    /// Answer to [`Lookup::Waiting`].
    pub waiting: Option<i64>,
    /// Answer to [`Lookup::Deletion`].
    pub deletion: Option<DeletionFound>,
    /// Answer to [`Lookup::StaffLink`].
    pub staff_link: Option<StaffLinkFound>,
}

/// What the registry and the bindings say of an exam number.
#[derive(Debug, Clone)]
pub enum RegistryAnswer {
    /// The record, with the openid it is bound to and its case in the present batch.
    Known {
        /// The record.
        candidate: Arc<Candidate>,
        /// Who holds the binding, if anybody.
        bound_to: Option<String>,
        /// The candidate's case of this batch, if there is one.
        case: Option<Arc<Case>>,
    },
    /// No such candidate.
    Unknown,
    /// The registry did not answer in time.
    Unavailable,
}

/// Randomness drawn by the edge for one message; the same when a lost race re-runs. Ids are made from it only
/// where they are used, because most turns need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    /// Dates the ids.
    pub at: Millis,
    /// 48 bytes: 16 for ids, 16 for the ticket, 8 for the case number, 8 to spare.
    pub random: [u8; 48],
}

impl Fresh {
    /// The `n`th sortable id of this message: a ULID.
    pub fn id(&self, n: usize) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.random[..16]);
        let random = (u128::from_be_bytes(bytes).wrapping_add(n as u128)) & ((1 << 80) - 1);
        Ulid::from_parts(self.at.0.max(0) as u64, random).to_string()
    }

    /// A secret for a camera ticket or a device: 128 bits, URL-safe.
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.random[16..32])
    }

    /// A case number that people can speak: eight digits.
    pub fn case_number(&self) -> String {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.random[32..40]);
        format!("{:08}", u64::from_be_bytes(bytes) % 100_000_000)
    }
}

/// The outcome of `step`.
#[derive(Debug, Clone)]
pub enum Step {
    /// Store this, then answer.
    Done(Box<Turn>),
    /// Load this row into `before.found` and call again; at most three times.
    Need(Lookup),
}

/// Everything one message changes.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What the person reads now. The first goes into the HTTP answer, further ones become outbox rows.
    pub replies: Vec<Reply>,
    /// Whether the answer is known now.
    pub answer: Answer,
    /// Why a reviewer's or the camera page's act was refused; nothing of the case changed then.
    pub refused: Option<&'static str>,
    /// The session as it shall be; `version` still that of the snapshot.
    pub session: Session,
    /// A newer record of the bound candidate, to be kept with the binding.
    pub record: Option<Arc<Candidate>>,
    /// The case to store.
    pub case: Option<CaseChange>,
    /// An office's decision, made or taken back with this change of the case.
    pub decision: Option<DecisionChange>,
    /// A new or ended binding.
    pub binding: Option<Binding>,
    /// An attempt to bind that failed. Refused by the store when the number is locked, as a binding is.
    pub failed_attempt: Option<FailedAttempt>,
    /// A camera ticket issued, claimed or ended.
    pub ticket: Option<TicketChange>,
    /// Pushes, to this person unless they name another.
    pub outbox: Vec<Notice>,
    /// Work for the worker.
    pub jobs: Vec<Job>,
    /// What the audit shall show.
    pub audit: Vec<Audit>,
    /// What the person says to 订阅通知.
    pub agreements: Vec<Agreement>,
    /// Something left for the offices.
    pub inquiry: Option<Inquiry>,
    /// An inquiry that is answered by this turn.
    pub answered: Option<Answered>,
    /// A request to delete, made or ended.
    pub deletion: Option<DeletionChange>,
    /// The person's WeChat account is an account's own from now on. Lost when the code was used or the account changed.
    pub staff_link: Option<StaffLink>,
    /// Whether the person wants to be reminded from now on.
    pub reminders: Option<bool>,
}

/// Something that a person left for the offices to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// ULID.
    pub id: String,
    /// As written.
    pub text: String,
}

/// Who answered an inquiry, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Which.
    pub id: String,
    /// By whom.
    pub staff: String,
    /// As it is pushed.
    pub text: String,
}

impl Turn {
    /// A turn that says and changes nothing but the session.
    pub fn of_session(session: Session) -> Self {
        Self {
            replies: Vec::new(),
            answer: Answer::Now,
            refused: None,
            session,
            record: None,
            case: None,
            decision: None,
            binding: None,
            failed_attempt: None,
            ticket: None,
            outbox: Vec::new(),
            jobs: Vec::new(),
            audit: Vec::new(),
            agreements: Vec::new(),
            inquiry: None,
            answered: None,
            deletion: None,
            staff_link: None,
            reminders: None,
        }
    }
}

/// Whether the HTTP answer is part of this commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `replies` answer the message.
    Now,
    /// A verdict is awaited: the answer is written once, by its commit or by 「正在检查」 at four seconds.
    Pending,
}

/// One thing said at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// A text of any length; the edge cuts it at the platform's limit.
    Text(String),
    /// The platform's customer service takes over. Only as the first, only in answer to a message; what is said besides
    /// follows as a push.
    HandOver,
}

impl Reply {
    /// What it says, if it is words.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::HandOver => None,
        }
    }
}

/// A case written by compare-and-swap on its own version, too.
#[derive(Debug, Clone)]
pub struct CaseChange {
    /// The version that was read; 0 creates it.
    pub expected: i64,
    /// The case as it shall be.
    pub case: Arc<Case>,
    /// When it came to the stage where it stands, if not by this change: it goes back to an earlier one.
    pub entered_at: Option<Millis>,
}

/// What becomes of an office's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionChange {
    /// The last one of the case's last round.
    Made,
    /// It is none any more; its pushes are withdrawn. Lost when one of them is on its way.
    TakenBack {
        /// Its ULID.
        id: String,
    },
}

/// A change of who holds a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// The turn's person now holds this candidate. Refused by the store when somebody else does.
    Bind {
        /// Twelve digits.
        exam_no: String,
    },
    /// Nobody holds this candidate any more.
    Unbind {
        /// Twelve digits.
        exam_no: String,
    },
}

/// A change of a camera ticket; the store keeps only a hash of the secret.
#[derive(Clone, PartialEq, Eq)]
pub enum TicketChange {
    /// A new ticket replaces every earlier one of the case.
    Issue {
        /// The secret, as in the link.
        secret: String,
        /// The application it opens.
        case_id: String,
        /// When it can no longer be claimed.
        claim_until: Millis,
    },
    /// A device claims the ticket; lost when another was quicker.
    Claim {
        /// The secret, as in the link.
        secret: String,
        /// The device's own secret, kept in its cookie.
        device: String,
        /// When the page must be opened anew.
        use_until: Millis,
    },
    /// All tickets of the case end.
    End {
        /// The application.
        case_id: String,
    },
}

/// Without secrets.
impl fmt::Debug for TicketChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue { case_id, claim_until, .. } => {
                let mut issue = f.debug_struct("Issue");
                issue.field("case_id", case_id).field("claim_until", claim_until).finish_non_exhaustive()
            }
            Self::Claim { use_until, .. } => {
                f.debug_struct("Claim").field("use_until", use_until).finish_non_exhaustive()
            }
            Self::End { case_id } => f.debug_struct("End").field("case_id", case_id).finish(),
        }
    }
}

/// One line of the audit: who did what to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// `person`, `system`, or `staff:NAME`.
    pub actor: String,
    /// The command's name.
    pub act: String,
    /// The case's id, or the openid where there is none.
    pub subject: String,
    /// What changed, without personal data.
    pub detail: String,
}
