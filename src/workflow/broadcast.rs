//! PURE. An announcement: what it says, to whom, by which way; and the steps of its life.
//!
//! One account writes it, another approves it, then it runs: people are gathered once, single messages go through the
//! outbox and mass sends by lists. [`State`] and [`Step`] are the table that the store's statements are made from, so
//! that no two processes can take a step that is none. Deliberately elsewhere: who may take a step (`office`), and the
//! sending (`worker`).

pub mod audience;
pub mod message;
pub mod plan;

use serde::{Deserialize, Serialize};

use self::{
    audience::Audience,
    message::{Message, TemplateCard},
    plan::Route,
};

/// Single messages a second, unless the author says otherwise.
pub const RATE: u32 = 500;
/// The fastest pace that may be set: more than the outbox brings out on two cores, so that it is no bound of its own.
pub const FASTEST: u32 = 10_000;
/// Characters of a title.
pub const TITLE_MAX: usize = 60;
/// Characters of a reason: why the quiet hours are not heeded, why it is called off.
pub const REASON_MAX: usize = 200;

/// What an announcement is; any change makes another version of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// To whom.
    pub audience: Audience,
    /// What.
    pub message: Message,
    /// What goes as a template message to whoever has no window open; without it they are waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<TemplateCard>,
    /// How.
    pub route: Route,
    /// Why the quiet hours are not heeded; `None` heeds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<String>,
}

impl Content {
    /// What goes as a template message, if anything does.
    pub fn card(&self) -> Option<&TemplateCard> {
        match &self.message {
            Message::Template(card) => Some(card),
            _ => self.card.as_ref(),
        }
    }

    /// Whether it may travel as a template message.
    pub fn is_card(&self) -> bool {
        self.card().is_some()
    }

    /// Whether it is rendered for each person.
    pub fn has_variables(&self) -> bool {
        self.message.has_variables() || self.card.as_ref().is_some_and(TemplateCard::has_variables)
    }
}

/// Where an announcement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Being written.
    Draft,
    /// Waits for somebody else's approval.
    Proposed,
    /// Waits for its time, or to be started.
    Approved,
    /// Under way.
    Running,
    /// Stopped for a while.
    Paused,
    /// Nothing of it is left to send.
    Ended,
    /// Called off: what had not gone by then never goes.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Proposed,
        Self::Approved,
        Self::Running,
        Self::Paused,
        Self::Ended,
        Self::Cancelled,
    ];

    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }

    /// By its name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Something that is done with an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Change it; an approval is void.
    Edit,
    /// Hand it to somebody else for approval.
    Propose,
    /// Take it back, or send it back, to be written on.
    Return,
    /// Approve it as it stands.
    Approve,
    /// Begin to send.
    Start,
    /// Stop for a while.
    Pause,
    /// Go on.
    Resume,
    /// Call it off.
    Cancel,
    /// All is sent, or it has lapsed.
    End,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 9] = [
        Self::Edit,
        Self::Propose,
        Self::Return,
        Self::Approve,
        Self::Start,
        Self::Pause,
        Self::Resume,
        Self::Cancel,
        Self::End,
    ];

    /// Where it may be taken.
    pub fn from(self) -> &'static [State] {
        use State::{Approved, Draft, Paused, Proposed, Running};
        match self {
            Self::Edit => &[Draft, Proposed, Approved],
            Self::Propose => &[Draft],
            Self::Return => &[Proposed, Approved],
            Self::Approve => &[Proposed],
            Self::Start => &[Approved],
            Self::Pause => &[Running],
            Self::Resume => &[Paused],
            Self::Cancel => &[Draft, Proposed, Approved, Running, Paused],
            Self::End => &[Running, Paused],
        }
    }

    /// Where it leads.
    pub fn to(self) -> State {
        match self {
            Self::Edit | Self::Return => State::Draft,
            Self::Propose => State::Proposed,
            Self::Approve => State::Approved,
            Self::Start | Self::Resume => State::Running,
            Self::Pause => State::Paused,
            Self::Cancel => State::Cancelled,
            Self::End => State::Ended,
        }
    }

    /// The act's name in the audit.
    pub fn act(self) -> &'static str {
        match self {
            Self::Edit => "edit_broadcast",
            Self::Propose => "propose_broadcast",
            Self::Return => "return_broadcast",
            Self::Approve => "approve_broadcast",
            Self::Start => "start_broadcast",
            Self::Pause => "pause_broadcast",
            Self::Resume => "resume_broadcast",
            Self::Cancel => "cancel_broadcast",
            Self::End => "end_broadcast",
        }
    }
}

/// Why an announcement is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pause {
    /// Somebody of the staff stopped it.
    Staff,
    /// The platform's quota is used up; it goes on by itself the next day.
    Quota,
    /// The quiet hours have begun; it goes on by itself when they are over.
    Quiet,
    /// The platform refuses it, with this code: somebody has to look.
    Refused(i64),
}

impl Pause {
    /// As the database keeps it.
    pub fn column(self) -> String {
        match self {
            Self::Staff => "staff".to_owned(),
            Self::Quota => "quota".to_owned(),
            Self::Quiet => "quiet".to_owned(),
            Self::Refused(code) => format!("refused {code}"),
        }
    }

    /// From there.
    pub fn of(column: &str) -> Option<Self> {
        match column {
            "staff" => Some(Self::Staff),
            "quota" => Some(Self::Quota),
            "quiet" => Some(Self::Quiet),
            other => other.strip_prefix("refused ")?.parse().ok().map(Self::Refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_only_ends_have_no_way_on() {
        for state in State::ALL {
            assert_eq!(State::of(state.name()), Some(state));
            let reached = state == State::Draft || Step::ALL.iter().any(|step| step.to() == state);
            assert!(reached, "{state:?}");
            let goes_on = Step::ALL.iter().any(|step| step.from().contains(&state));
            assert_eq!(goes_on, !matches!(state, State::Ended | State::Cancelled), "{state:?}");
        }
    }

    #[test]
    fn nothing_starts_that_was_not_approved_as_it_stands() {
        assert_eq!(Step::Start.from(), [State::Approved]);
        let approving: Vec<Step> =
            Step::ALL.into_iter().filter(|step| step.to() == State::Approved).collect();
        assert_eq!(approving, [Step::Approve]);
        assert_eq!(Step::Edit.to(), State::Draft, "an edit voids the approval");
        assert!(!Step::Edit.from().contains(&State::Running), "what is under way stays as it was approved");
    }

    #[test]
    fn pauses_are_kept_as_words() {
        for pause in [Pause::Staff, Pause::Quota, Pause::Quiet, Pause::Refused(48001)] {
            assert_eq!(Pause::of(&pause.column()), Some(pause));
        }
        assert_eq!(Pause::of("refused"), None);
    }
}
