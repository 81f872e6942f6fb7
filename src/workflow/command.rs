//! PURE. What can be asked of a case, what it answers, and why it may refuse.
//!
//! A [`Refusal`] is a person's or reviewer's mistake as a value; its words are in `dialogs/`. An [`Event`] is a fact
//! that somebody may have to be told; [`super::notice::plan`] decides who.

mod refusal;

use crate::{
    inbound::{
        ConcludeAct, Level, OnsiteAct, PhotoSlot, PopulationAnswered, ReviewAct, StoredPhoto, TakeBackAct,
    },
    time::Millis,
    workflow::{
        batch::Window,
        case::{Case, OnsiteDay, Place, Revocable},
        prediction::SubstitutionChoice,
    },
};

pub use refusal::Refusal;

/// The moment a command is judged at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Business time.
    pub at: Millis,
    /// What the batch says of that time.
    pub window: Window,
}

impl Moment {
    /// Whether the window has closed.
    pub fn is_late(self) -> bool {
        matches!(self.window, Window::ReviewOnly | Window::Closed)
    }
}

/// What a prediction run came to, as far as the case cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicted {
    /// Nothing is unmet.
    Passed,
    /// At least one item is unmet.
    Failed,
    /// The registry did not answer; try again later.
    Unavailable,
    /// The registry knows no such candidate, or nobody imported the plan: an office has to look.
    Impossible,
}

/// What can be asked of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// 毕业预测 was run.
    Predict(Predicted),
    /// Another choice of 课程顶替; the prediction is run again afterwards.
    Substitute(SubstitutionChoice),
    /// 毕业办理地点.
    ChoosePlace(Place),
    /// 联系电话, E.164.
    SetPhone(String),
    /// 「申请」, with the silent re-check of AMB-18.
    Apply(Predicted),
    /// The population source answered.
    AnswerPopulation(PopulationAnswered),
    /// A document photo for a slot.
    StoreDocument(PhotoSlot, StoredPhoto),
    /// 「提交身份证附件」, 「提交证件附件」.
    SubmitDocuments,
    /// 「下一步」.
    Next,
    /// 「确认无误」, the first and the second time.
    ConfirmData,
    /// 「信息有误」.
    DisputeData,
    /// The person takes 「信息有误」 back.
    Reconsider,
    /// 「我知道了，去拍照」, the first and the second time.
    ReadStandard,
    /// A new code instead of the one shown.
    RenewCode,
    /// The code was opened: on a phone's page, or by going on in the chat.
    Claim,
    /// A live portrait.
    StorePortrait(StoredPhoto),
    /// 重新拍照.
    Retake,
    /// 「我已摄像完成，下一步」.
    Finish,
    /// A reviewer's decision, with how it may be taken back.
    Review(ReviewAct, Revocable),
    /// The reviewer takes it back; with the version of the person's session.
    TakeBack(TakeBackAct, i64),
    /// An office writes down how the check on site went, on this day of its.
    RecordOnsite(OnsiteAct, OnsiteDay),
    /// The province office concludes.
    Conclude(ConcludeAct),
    /// The candidate takes the application back (AMB-26).
    Withdraw,
    /// A new application after a withdrawal, in the same batch.
    Reopen,
}

impl Command {
    /// Whether it takes a portrait or leads to the camera: then the person must have agreed to that.
    pub fn takes_portrait(&self) -> bool {
        matches!(self, Self::ReadStandard | Self::Claim | Self::StorePortrait(_))
    }

    /// Whether the candidate goes on with it towards what the offices decide: then they must have agreed to how their
    /// data are used. What an office or another system says, and what changes or takes back, waits for nobody.
    pub fn goes_on(&self) -> bool {
        let hands_in = matches!(
            self,
            Self::ConfirmData | Self::StoreDocument(..) | Self::SubmitDocuments | Self::Next | Self::Finish
        );
        hands_in || self.takes_portrait()
    }

    /// The name in the audit and in dialogs' `do`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Predict(_) => "predict",
            Self::Substitute(_) => "substitute",
            Self::ChoosePlace(_) => "choose_place",
            Self::SetPhone(_) => "set_phone",
            Self::Apply(_) => "apply",
            Self::AnswerPopulation(_) => "answer_population",
            Self::StoreDocument(..) => "store_document",
            Self::SubmitDocuments => "submit_documents",
            Self::Next => "next",
            Self::ConfirmData => "confirm_data",
            Self::DisputeData => "dispute_data",
            Self::Reconsider => "reconsider",
            Self::ReadStandard => "read_standard",
            Self::RenewCode => "renew_code",
            Self::Claim => "claim",
            Self::StorePortrait(_) => "store_portrait",
            Self::Retake => "retake",
            Self::Finish => "finish",
            Self::Review(..) => "review",
            Self::TakeBack(..) => "take_back",
            Self::RecordOnsite(..) => "record_onsite",
            Self::Conclude(_) => "conclude",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
        }
    }
}

/// A fact that came out of a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The population source must be asked.
    VerificationWanted,
    /// Name and number agree.
    PopulationMatched,
    /// They do not.
    PopulationMismatched,
    /// No answer yet.
    PopulationUnavailable,
    /// The prediction passed after the registry had been away.
    PredictionPassed,
    /// It did not pass after the registry had been away.
    PredictionFailed,
    /// It could not be run after the registry had been away.
    PredictionImpossible,
    /// A new camera code is wanted; earlier ones end.
    CodeWanted,
    /// The camera code is no longer wanted.
    CodeEnded,
    /// The pictures that the case had are to be deleted.
    PhotosDropped,
    /// The person opened the camera page.
    PageOpened,
    /// The document photos went to the city office.
    DocumentsSubmitted,
    /// An office approved the document photos.
    DocumentsApproved(Level),
    /// An office did not.
    DocumentsRejected(Level),
    /// The portrait went to the city office.
    PortraitSubmitted,
    /// The portrait is approved; `late` when 「申请」 is no longer open.
    PortraitApproved {
        /// After the window.
        late: bool,
    },
    /// The portrait is not approved.
    PortraitRejected,
    /// The portrait of the second track is taken; the document photos come next.
    PortraitFinished,
    /// Portrait and document photos went to the city office as one bundle.
    BundleSubmitted,
    /// The city office approved the bundle.
    BundlePassedCity,
    /// The province office did, too; `late` when 「申请」 is no longer open.
    BundleApproved {
        /// After the window.
        late: bool,
    },
    /// An office did not approve a part of the bundle, or both.
    BundleRejected,
    /// 毕业申请 is submitted.
    ApplicationSubmitted,
    /// An office's decision is none any more, and nobody was told of it.
    DecisionTakenBack,
    /// The check on site is passed.
    OnsitePassed,
    /// Papers are missing.
    OnsitePapersMissing,
    /// The candidate did not come.
    OnsiteAbsent,
    /// 毕业审核通过.
    Graduated,
    /// 毕业审核不通过.
    NotGraduated,
}

/// A move of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The case afterwards; `version` is still the one read.
    pub case: Case,
    /// What happened, in order.
    pub events: Vec<Event>,
}
