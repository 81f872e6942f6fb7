//! PURE. What can be asked of a case, what it answers, and why it may refuse.
//!
//! A [`Refusal`] is a person's or reviewer's mistake as a value; its words are in `dialogs/`. An [`Event`] is a fact
//! that somebody may have to be told; [`super::notice::plan`] decides who.

use crate::{
    inbound::{Level, PhotoSlot, PopulationAnswered, ReviewAct, StoredPhoto},
    time::Millis,
    workflow::{
        batch::Window,
        case::{Case, Place},
        prediction::SubstitutionChoice,
    },
};

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
    /// A reviewer's decision.
    Review(ReviewAct),
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
            Self::Review(_) => "review",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
        }
    }
}

/// Why a case does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The batch has not opened.
    WindowNotOpen,
    /// The batch has closed.
    WindowClosed,
    /// Approved after the window closed: the city office helps (AMB-20).
    ApprovedLate,
    /// 毕业预测 first.
    PredictionNeeded,
    /// 办理地点 first.
    PlaceMissing,
    /// 联系电话 first.
    PhoneMissing,
    /// The registry did not answer.
    RegistryUnavailable,
    /// No record or no plan to predict with.
    Unpredictable,
    /// The population source has not answered yet.
    Verifying,
    /// An office is reviewing; nothing can be changed.
    InReview,
    /// Not all three document photos are there.
    PhotosMissing,
    /// After a rejection at least one photo must be a new one (AMB-3).
    NothingReplaced,
    /// No portrait has arrived.
    NoPortrait,
    /// The portrait must come from a camera, not from an album.
    NotLive,
    /// The code was used or replaced.
    CodeUsed,
    /// Stopped until the record is corrected (AMB-12).
    DataDisputed,
    /// Nothing was opened, or it was withdrawn.
    NoCase,
    /// Submitted already; changes go by telephone to the office (AMB-8).
    AlreadySubmitted,
    /// Something else comes first: what the present stage asks.
    OutOfTurn,
    /// The reviewer looked at another round than the present one.
    StaleRound,
    /// It is the other office's turn.
    WrongLevel,
    /// A rejection needs an opinion of at least four characters (procedure §5).
    OpinionMissing,
    /// An opinion that no one would read to its end on a phone.
    OpinionTooLong,
    /// The named part is not in this submission.
    WrongPart,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 24] = [
        Self::WindowNotOpen,
        Self::WindowClosed,
        Self::ApprovedLate,
        Self::PredictionNeeded,
        Self::PlaceMissing,
        Self::PhoneMissing,
        Self::RegistryUnavailable,
        Self::Unpredictable,
        Self::Verifying,
        Self::InReview,
        Self::PhotosMissing,
        Self::NothingReplaced,
        Self::NoPortrait,
        Self::NotLive,
        Self::CodeUsed,
        Self::DataDisputed,
        Self::NoCase,
        Self::AlreadySubmitted,
        Self::OutOfTurn,
        Self::StaleRound,
        Self::WrongLevel,
        Self::OpinionMissing,
        Self::OpinionTooLong,
        Self::WrongPart,
    ];

    /// Whether only a reviewer can be refused so; dialogs need no words for it.
    pub fn is_of_review(self) -> bool {
        matches!(
            self,
            Self::StaleRound
                | Self::WrongLevel
                | Self::OpinionMissing
                | Self::OpinionTooLong
                | Self::WrongPart
        )
    }

    /// The name in dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::WindowNotOpen => "window_not_open",
            Self::WindowClosed => "window_closed",
            Self::ApprovedLate => "approved_late",
            Self::PredictionNeeded => "prediction_needed",
            Self::PlaceMissing => "place_missing",
            Self::PhoneMissing => "phone_missing",
            Self::RegistryUnavailable => "registry_unavailable",
            Self::Unpredictable => "unpredictable",
            Self::Verifying => "verifying",
            Self::InReview => "in_review",
            Self::PhotosMissing => "photos_missing",
            Self::NothingReplaced => "nothing_replaced",
            Self::NoPortrait => "no_portrait",
            Self::NotLive => "not_live",
            Self::CodeUsed => "code_used",
            Self::DataDisputed => "data_disputed",
            Self::NoCase => "no_case",
            Self::AlreadySubmitted => "already_submitted",
            Self::OutOfTurn => "out_of_turn",
            Self::StaleRound => "stale_round",
            Self::WrongLevel => "wrong_level",
            Self::OpinionMissing => "opinion_missing",
            Self::OpinionTooLong => "opinion_too_long",
            Self::WrongPart => "wrong_part",
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
}

/// A move of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The case afterwards; `version` is still the one read.
    pub case: Case,
    /// What happened, in order.
    pub events: Vec<Event>,
}
