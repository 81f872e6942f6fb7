//! PURE. Who an announcement is for: conditions on people and on their applications in one batch.
//!
//! An audience is data, kept with its announcement and asked of the database when people are counted and gathered
//! (`store/broadcasts/audience.rs`). It speaks only of what the database holds in the clear: place, stage, document
//! type, and lists that somebody imported or that the platform keeps as a tag. [`Step`] is where people stand in words
//! that an announcer uses, coarser than [`Stage`]. How an audience is written and read is in [`text`].

pub mod text;

use serde::{Deserialize, Serialize};

use crate::{validation::DocumentType, workflow::case::Stage};

/// How deep conditions may stand in one another.
pub const DEPTH_MAX: usize = 5;
/// How many conditions that hold no others there may be.
pub const LEAVES_MAX: usize = 40;

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Whose applications the conditions speak of.
    pub batch: String,
    /// Who.
    pub who: Condition,
}

/// What is true of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Everybody whom the account knows.
    Everyone,
    /// They are bound to a candidate.
    Bound,
    /// That candidate has an application in the batch, one that was taken back included.
    HasCase,
    /// They chose a place in this city.
    City(String),
    /// They chose this place.
    District {
        /// 广州市
        city: String,
        /// 天河区
        district: String,
    },
    /// The candidate's record names a document of this type.
    DocumentType(DocumentType),
    /// The application stands there.
    Step(Step),
    /// The platform keeps this tag on them.
    Tag(i64),
    /// They, or their candidate, are on an imported list, by its id.
    List(String),
    /// All of these; of none, everybody.
    All(Vec<Self>),
    /// One of these at least; of none, nobody.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

/// Why an audience cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLarge {
    /// More than [`DEPTH_MAX`] conditions stand in one another.
    Deep,
    /// It has more than [`LEAVES_MAX`] conditions.
    Wide,
}

impl Condition {
    /// The conditions in it that hold no others, from left to right.
    pub fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::leaves).collect(),
            Self::Not(inner) => inner.leaves(),
            leaf => vec![leaf],
        }
    }

    /// How many conditions stand in one another; 1 for one that holds no others.
    pub fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) => 1 + inner.depth(),
            _ => 1,
        }
    }

    /// Whether it is too much to ask.
    pub fn too_large(&self) -> Option<TooLarge> {
        if self.depth() > DEPTH_MAX {
            return Some(TooLarge::Deep);
        }
        (self.leaves().len() > LEAVES_MAX).then_some(TooLarge::Wide)
    }

    /// The id of the list that holds a tag's people.
    pub fn tag_list(tag: i64) -> String {
        format!("tag:{tag}")
    }

    /// The tags that it names, each once.
    pub fn tags(&self) -> Vec<i64> {
        let mut tags: Vec<i64> = self
            .leaves()
            .into_iter()
            .filter_map(|leaf| if let Self::Tag(tag) = leaf { Some(*tag) } else { None })
            .collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

/// Where people stand, in the offices' words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Bound, and no application in the batch.
    NotBegun,
    /// The prediction has not been made.
    NotPredicted,
    /// The prediction was not passed.
    PredictionFailed,
    /// No place.
    PlaceMissing,
    /// No telephone number.
    PhoneMissing,
    /// Place and telephone are there, 「申请」 was not pressed.
    ApplicationMissing,
    /// The population source is asked.
    Verifying,
    /// Photos of the document are wanted.
    DocumentsMissing,
    /// Photos of the document are being reviewed.
    DocumentsInReview,
    /// Photos of the document were turned down and not sent again.
    DocumentsRejected,
    /// The record is wrong.
    DataDisputed,
    /// On the way to the portrait.
    PortraitMissing,
    /// The portrait is there and was not handed in.
    PortraitNotHandedIn,
    /// The portrait is being reviewed, with or without documents.
    PortraitInReview,
    /// The portrait, or the bundle, was turned down and not taken again.
    PortraitRejected,
    /// All is approved, 「申请」 was not pressed.
    SubmissionMissing,
    /// Submitted, not checked on site.
    Submitted,
    /// The check on site is passed.
    OnsitePassed,
    /// 毕业审核通过.
    Graduated,
    /// 毕业审核不通过.
    NotGraduated,
    /// Taken back.
    Withdrawn,
}

impl Step {
    /// Every step, in the order of the procedure.
    pub const ALL: [Self; 21] = [
        Self::NotBegun,
        Self::NotPredicted,
        Self::PredictionFailed,
        Self::PlaceMissing,
        Self::PhoneMissing,
        Self::ApplicationMissing,
        Self::Verifying,
        Self::DocumentsMissing,
        Self::DocumentsInReview,
        Self::DocumentsRejected,
        Self::DataDisputed,
        Self::PortraitMissing,
        Self::PortraitNotHandedIn,
        Self::PortraitInReview,
        Self::PortraitRejected,
        Self::SubmissionMissing,
        Self::Submitted,
        Self::OnsitePassed,
        Self::Graduated,
        Self::NotGraduated,
        Self::Withdrawn,
    ];

    /// What the offices call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotBegun => "未开始",
            Self::NotPredicted => "未预测",
            Self::PredictionFailed => "预测未通过",
            Self::PlaceMissing => "没选地点",
            Self::PhoneMissing => "没填电话",
            Self::ApplicationMissing => "没按申请",
            Self::Verifying => "人口库核验中",
            Self::DocumentsMissing => "证件照片未交",
            Self::DocumentsInReview => "证件照片审核中",
            Self::DocumentsRejected => "证件照片未通过",
            Self::DataDisputed => "信息有误",
            Self::PortraitMissing => "毕业证照片没拍",
            Self::PortraitNotHandedIn => "毕业证照片没提交",
            Self::PortraitInReview => "毕业证照片审核中",
            Self::PortraitRejected => "毕业证照片未通过还没重拍",
            Self::SubmissionMissing => "审核通过没按申请",
            Self::Submitted => "已申请",
            Self::OnsitePassed => "现场初审通过",
            Self::Graduated => "毕业审核通过",
            Self::NotGraduated => "毕业审核未通过",
            Self::Withdrawn => "已撤回",
        }
    }

    /// Of an application.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Entered | Stage::Predicting => Self::NotPredicted,
            Stage::PredictionFailed => Self::PredictionFailed,
            Stage::PlaceWanted => Self::PlaceMissing,
            Stage::PhoneWanted => Self::PhoneMissing,
            Stage::Ready => Self::ApplicationMissing,
            Stage::Verifying => Self::Verifying,
            Stage::DocumentsWanted => Self::DocumentsMissing,
            Stage::DocumentsAtCity | Stage::DocumentsAtProvince => Self::DocumentsInReview,
            Stage::DocumentsRejected => Self::DocumentsRejected,
            Stage::DataDisputed => Self::DataDisputed,
            Stage::DocumentsApproved
            | Stage::DataToConfirm
            | Stage::DataToReconfirm
            | Stage::StandardToRead
            | Stage::StandardToReread
            | Stage::ScanAwaited
            | Stage::Capturing => Self::PortraitMissing,
            Stage::Captured => Self::PortraitNotHandedIn,
            Stage::PortraitAtCity | Stage::BundleAtCity | Stage::BundleAtProvince => Self::PortraitInReview,
            Stage::PortraitRejected | Stage::BundleRejected => Self::PortraitRejected,
            Stage::Approved => Self::SubmissionMissing,
            Stage::Submitted => Self::Submitted,
            Stage::OnsitePassed => Self::OnsitePassed,
            Stage::Graduated => Self::Graduated,
            Stage::NotGraduated => Self::NotGraduated,
            Stage::Withdrawn => Self::Withdrawn,
        }
    }

    /// The stages that are meant; none for [`Step::NotBegun`].
    pub fn stages(self) -> impl Iterator<Item = Stage> {
        Stage::ALL.into_iter().filter(move |stage| Self::of(*stage) == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_but_the_first_has_stages() {
        for step in Step::ALL {
            assert_eq!(step.stages().next().is_none(), step == Step::NotBegun, "{step:?}");
        }
        let stages: usize = Step::ALL.iter().map(|step| step.stages().count()).sum();
        assert_eq!(stages, Stage::ALL.len());
    }

    #[test]
    fn what_is_too_large_is_said() {
        let nested = |depth| (1..depth).fold(Condition::Bound, |inner, _| Condition::Not(Box::new(inner)));
        assert_eq!(nested(DEPTH_MAX).too_large(), None);
        assert_eq!(nested(DEPTH_MAX + 1).too_large(), Some(TooLarge::Deep));
        let many = |count| Condition::Any(vec![Condition::Tag(1); count]);
        assert_eq!(many(LEAVES_MAX).too_large(), None);
        assert_eq!(many(LEAVES_MAX + 1).too_large(), Some(TooLarge::Wide));
        assert_eq!(many(3).tags(), [1]);
    }
}
