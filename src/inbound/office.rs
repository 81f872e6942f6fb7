//! What the offices do: each act, with who does it. The caller has made sure of the role.

use serde::{Deserialize, Serialize};

use super::Reason;

/// One reviewer's decision on one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewAct {
    /// Who decides.
    pub staff: String,
    /// For which level the person holds the right; the caller has checked city and role.
    pub level: Level,
    /// The round the reviewer looked at; another is refused.
    pub round: u32,
    /// What was decided.
    pub decision: Decision,
}

/// A reviewer takes their own last decision back, before anybody was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBackAct {
    /// Who takes it back; only who made it may.
    pub staff: String,
    /// The version of the case that the decision left; another is refused.
    pub version: i64,
}

/// What an office writes down of a candidate who was due on site (procedure Z2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnsiteAct {
    /// Who writes; the caller has checked role and place.
    pub staff: String,
    /// The version of the case that they looked at; another is refused.
    pub version: i64,
    /// What happened.
    pub outcome: Onsite,
}

/// How a candidate's 毕业初审 went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onsite {
    /// 初审通过.
    Passed,
    /// 需补材料, with what is missing, at least four characters: the candidate reads it word for word.
    Papers(String),
    /// 未到.
    Absent,
}

impl Onsite {
    /// The name in dialogs and in the audit.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Papers(_) => "papers",
            Self::Absent => "absent",
        }
    }
}

/// 省考办's last word on an application (procedure Z3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcludeAct {
    /// Who decides; the caller has checked the role.
    pub staff: String,
    /// The version of the case that they looked at; another is refused.
    pub version: i64,
    /// What was decided.
    pub conclusion: Conclusion,
}

/// What 省考办 concludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// 毕业审核通过.
    Passed,
    /// 毕业审核不通过, with the opinion that the candidate reads word for word.
    Failed(String),
}

/// An office's decision that a person no longer holds a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnbindAct {
    /// Who decides; the caller has checked the role.
    pub staff: String,
    /// The candidate's exam number. Whoever holds another one by now keeps it.
    pub exam_no: String,
    /// Why, for the audit.
    pub reason: String,
}

/// An office's answer to something a person left for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerAct {
    /// Who answers; the caller has checked the role.
    pub staff: String,
    /// The inquiry's id. One that is answered already stays as it is.
    pub inquiry: String,
    /// The answer, word for word.
    pub text: String,
}

/// The end of a person's request to delete pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionAct {
    /// Who ends it, as the audit names them; the caller has checked the role.
    pub by: String,
    /// The request's id. One that has ended stays as it is.
    pub request: String,
    /// The application's id.
    pub case_id: String,
    /// Its eight digits.
    pub number: String,
    /// What the office says instead of deleting, word for word; `None` once nothing is kept.
    pub answer: Option<String>,
}

/// The two levels of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 市考办.
    City,
    /// 省考办.
    Province,
}

/// Which part of a submission a decision concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 毕业证照片.
    Portrait,
    /// 证件附件.
    Documents,
    /// Both.
    Both,
}

impl Part {
    /// The name in dialogs and in the audit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portrait => "portrait",
            Self::Documents => "documents",
            Self::Both => "both",
        }
    }

    /// Whether the other part is this one or within it.
    pub fn includes(self, other: Self) -> bool {
        self == Self::Both || self == other
    }
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// 通过.
    Approve,
    /// 不通过, as the reviewer typed it. The candidate reads the wordings of the reasons, then the opinion, word for word.
    Reject {
        /// What is not right.
        part: Part,
        /// Which of the common ones it is; none where only the opinion says.
        reasons: Vec<Reason>,
        /// What is said besides the reasons, or nothing. Together they are 4 to 500 characters (procedure §5).
        opinion: String,
    },
}
