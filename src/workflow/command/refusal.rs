//! Why a case does not move: values with names, whose words are in `dialogs/` or at the offices' counters.

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
    /// A reason is about another part than the one turned down.
    WrongReason,
    /// There is no decision to take back.
    NothingDecided,
    /// Something else has happened to the case since.
    MovedOn,
    /// Only who made a decision takes it back.
    NotYours,
    /// The person has been answered since, and knows.
    Answered,
    /// The notices are due, or on their way.
    TooLate,
    /// The application is not submitted.
    NotSubmitted,
    /// The check on site is not passed yet.
    OnsiteFirst,
    /// The province office has concluded already.
    Concluded,
    /// That is what the last line says.
    SameRecord,
    /// No day of the place has come yet.
    DayNotCome,
    /// Who has not come may still come today.
    DayNotOver,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 36] = [
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
        Self::WrongReason,
        Self::NothingDecided,
        Self::MovedOn,
        Self::NotYours,
        Self::Answered,
        Self::TooLate,
        Self::NotSubmitted,
        Self::OnsiteFirst,
        Self::Concluded,
        Self::SameRecord,
        Self::DayNotCome,
        Self::DayNotOver,
    ];

    /// Whether only an office can be refused so; dialogs need no words for it.
    pub fn is_of_office(self) -> bool {
        matches!(
            self,
            Self::StaleRound
                | Self::WrongLevel
                | Self::OpinionMissing
                | Self::OpinionTooLong
                | Self::WrongPart
                | Self::WrongReason
                | Self::NothingDecided
                | Self::MovedOn
                | Self::NotYours
                | Self::Answered
                | Self::TooLate
                | Self::NotSubmitted
                | Self::OnsiteFirst
                | Self::Concluded
                | Self::SameRecord
                | Self::DayNotCome
                | Self::DayNotOver
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
            Self::WrongReason => "wrong_reason",
            Self::NothingDecided => "nothing_decided",
            Self::MovedOn => "moved_on",
            Self::NotYours => "not_yours",
            Self::Answered => "answered",
            Self::TooLate => "too_late",
            Self::NotSubmitted => "not_submitted",
            Self::OnsiteFirst => "onsite_first",
            Self::Concluded => "concluded",
            Self::SameRecord => "same_record",
            Self::DayNotCome => "day_not_come",
            Self::DayNotOver => "day_not_over",
        }
    }
}
