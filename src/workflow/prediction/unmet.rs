//! What is missing, and why, in the words that the domain fixes (domain.md §2.4).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::workflow::plan::{Course, Kind};

/// One thing that stands in the way of graduation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmet {
    /// Course code; empty when no single course is meant.
    pub code: String,
    /// Course name, or what else it concerns; may be empty where the kind says all.
    pub name: String,
    /// Which part of the conditions.
    pub kind: UnmetKind,
    /// Why.
    pub reason: Reason,
    /// Of electives: courses that could bring the missing credits.
    #[serde(default)]
    pub courses: Vec<CourseName>,
    /// What this candidate may take instead: 231 for 001 and 002.
    #[serde(default)]
    pub instead: Vec<CourseName>,
    /// Which block of electives, counted from 1, where the plan has several.
    #[serde(default)]
    pub group: Option<usize>,
}

/// A course, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseName {
    /// Five digits.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// The part of the conditions that an unmet item belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnmetKind {
    /// A required written course.
    Required,
    /// A practical course.
    Practical,
    /// The thesis.
    Thesis,
    /// Elective credits.
    Elective,
    /// An additional course.
    Additional,
    /// The prior credential.
    Credential,
    /// A violation's postponement.
    Violation,
    /// A diploma of this major.
    Diploma,
    /// The plan's school.
    School,
}

/// Why an item is unmet; all reasons of domain.md §2.4 and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 未合格
    NotPassed,
    /// 实践未通过
    PracticalNotPassed,
    /// 论文未通过
    ThesisNotPassed,
    /// 选考学分不足（还差 n）
    ElectiveCredits {
        /// Missing credits, at least 1.
        missing: u32,
    },
    /// 加考未完成
    AdditionalMissing,
    /// 前置学历未查验
    CredentialUnverified,
    /// 违规限制至 the last day.
    ViolationUntil(Date),
    /// 已办理过该专业毕业证
    AlreadyIssued,
    /// 主考学校不一致
    SchoolDiffers,
}

/// An unmet item as the fields of a dialog's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Name of the reason, for texts that explain it: `elective_credits`.
    pub key: &'static str,
    /// Course code or empty.
    pub code: String,
    /// Course name, or the kind's label where there is no other name.
    pub name: String,
    /// The kind's label.
    pub kind: &'static str,
    /// Which block of electives, where the plan has several.
    pub group: Option<usize>,
    /// The reason's words.
    pub reason: String,
    /// Courses that could help.
    pub courses: Vec<CourseName>,
    /// Courses that may be taken instead.
    pub instead: Vec<CourseName>,
}

impl Unmet {
    /// The item as text fields.
    pub fn line(&self) -> Line {
        let kind = self.kind.label();
        Line {
            key: self.reason.key(),
            code: self.code.clone(),
            name: if self.name.is_empty() { kind.to_owned() } else { self.name.clone() },
            kind,
            group: self.group,
            reason: self.reason.words(),
            courses: self.courses.clone(),
            instead: self.instead.clone(),
        }
    }

    pub(super) fn of_course(course: &Course, reason: Reason) -> Self {
        let kind = match course.kind {
            Kind::Written => UnmetKind::Required,
            Kind::Practical => UnmetKind::Practical,
            Kind::Thesis => UnmetKind::Thesis,
        };
        Self { code: course.code.clone(), ..Self::plain(kind, &course.name, reason) }
    }

    pub(super) fn of_electives(missing: u32, courses: Vec<CourseName>) -> Self {
        Self { courses, ..Self::plain(UnmetKind::Elective, "", Reason::ElectiveCredits { missing }) }
    }

    pub(super) fn plain(kind: UnmetKind, name: &str, reason: Reason) -> Self {
        let name = name.to_owned();
        Self {
            code: String::new(),
            name,
            kind,
            reason,
            courses: Vec::new(),
            instead: Vec::new(),
            group: None,
        }
    }
}

impl CourseName {
    pub(super) fn of(course: &Course) -> Self {
        Self { code: course.code.clone(), name: course.name.clone() }
    }
}

impl UnmetKind {
    /// The glossary's word (domain.md §1).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Required => "必考",
            Self::Practical => "实践考核",
            Self::Thesis => "毕业论文",
            Self::Elective => "选考",
            Self::Additional => "加考",
            Self::Credential => "前置学历",
            Self::Violation => "违规处理",
            Self::Diploma => "毕业证",
            Self::School => "主考学校",
        }
    }
}

impl Reason {
    /// The domain's own name of the reason, word for word from domain.md §2.4: offices and candidates compare them
    /// with the province's system, so they are not a dialog's to change.
    pub fn words(self) -> String {
        match self {
            Self::NotPassed => "未合格".into(),
            Self::PracticalNotPassed => "实践未通过".into(),
            Self::ThesisNotPassed => "论文未通过".into(),
            Self::ElectiveCredits { missing } => format!("选考学分不足（还差 {missing}）"),
            Self::AdditionalMissing => "加考未完成".into(),
            Self::CredentialUnverified => "前置学历未查验".into(),
            Self::ViolationUntil(until) => format!("违规限制至 {until}"),
            Self::AlreadyIssued => "已办理过该专业毕业证".into(),
            Self::SchoolDiffers => "主考学校不一致".into(),
        }
    }

    /// Its name in dialogs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotPassed => "not_passed",
            Self::PracticalNotPassed => "practical_not_passed",
            Self::ThesisNotPassed => "thesis_not_passed",
            Self::ElectiveCredits { .. } => "elective_credits",
            Self::AdditionalMissing => "additional_missing",
            Self::CredentialUnverified => "credential_unverified",
            Self::ViolationUntil(_) => "violation_until",
            Self::AlreadyIssued => "already_issued",
            Self::SchoolDiffers => "school_differs",
        }
    }
}
