//! Texts of the system itself: what is said when no dialog speaks.

/// Texts of the system itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemText {
    /// Something broke here, not there; variable `code`, short and speakable.
    Error,
    /// A picture is being looked at; the verdict follows.
    Checking,
    /// A text too long to be read.
    TooLong,
    /// A picture could not be fetched from the platform.
    PhotoUnavailable,
    /// A picture is refused for what it shows; variable `faults`, a line for each defect, worst first.
    PhotoRefused,
    /// A picture is kept that a reviewer may object to; variable `faults`, a line for each objection, worst first.
    PhotoHints,
    /// The last of several pictures in a row was refused: how people come to judge the next one.
    PhotoPeople,
    /// The line before a question asked again; variable `title`, the dialog's.
    Resume,
    /// The line before the answer to whoever comes back after a long while; variable `title`, the dialog's.
    Back,
    /// The line before the question for whoever answers one that the dialogs no longer have.
    Gone,
    /// Several pushes in one message; variables `count` and `pushes`, each with `at`, when it was written, and `text`.
    Together,
    /// The WeChat account is a staff account's own now; variable `account`, its name, masked.
    StaffLinked,
    /// A code that links a staff account is nobody's, or no longer.
    StaffCodeWrong,
    /// The WeChat account is another staff account's own already.
    StaffLinkTaken,
    /// Too many wrong codes: not before `until`.
    StaffLinkPause,
    /// What an announcement names of a person and the person does not have yet: a place, a date.
    UnknownFact,
}

impl SystemText {
    /// Every text, in the order of their discriminants.
    pub const ALL: [Self; 16] = [
        Self::Error,
        Self::Checking,
        Self::TooLong,
        Self::PhotoUnavailable,
        Self::PhotoRefused,
        Self::PhotoHints,
        Self::PhotoPeople,
        Self::Resume,
        Self::Back,
        Self::Gone,
        Self::Together,
        Self::StaffLinked,
        Self::StaffCodeWrong,
        Self::StaffLinkTaken,
        Self::StaffLinkPause,
        Self::UnknownFact,
    ];

    /// The key in `[system]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Checking => "checking",
            Self::TooLong => "too_long",
            Self::PhotoUnavailable => "photo_unavailable",
            Self::PhotoRefused => "photo_refused",
            Self::PhotoHints => "photo_hints",
            Self::PhotoPeople => "photo_people",
            Self::Resume => "resume",
            Self::Back => "back",
            Self::Gone => "gone",
            Self::Together => "together",
            Self::StaffLinked => "staff_linked",
            Self::StaffCodeWrong => "staff_code_wrong",
            Self::StaffLinkTaken => "staff_link_taken",
            Self::StaffLinkPause => "staff_link_pause",
            Self::UnknownFact => "unknown_fact",
        }
    }

    /// All that its text may use: no variable of a dialog is certain when the system speaks.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Error => &["code"],
            Self::Resume | Self::Back => &["title"],
            Self::Together => &["count", "pushes"],
            Self::PhotoRefused | Self::PhotoHints => &["faults"],
            Self::StaffLinked => &["account"],
            Self::StaffLinkPause => &["until"],
            Self::Checking
            | Self::TooLong
            | Self::PhotoUnavailable
            | Self::PhotoPeople
            | Self::Gone
            | Self::StaffCodeWrong
            | Self::StaffLinkTaken
            | Self::UnknownFact => &[],
        }
    }
}
