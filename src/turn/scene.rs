//! One turn in the making: a copy of the person's affairs that commands change, and what was said so far.
//!
//! A [`Scene`] lives for one call of `step`. It knows how to arrive at a state, ask its question and ask it again;
//! what a message means is decided by `hear` and `look`, what a command does by `commands`.

mod change;
mod saying;

use std::{borrow::Cow, sync::Arc};

use minijinja::Value;

use change::Deciding;
pub(super) use saying::{Came, faults};

use super::{
    Answer, Answered, Audit, Binding, CaseChange, DeletionChange, FailedAttempt, Fresh, Inquiry, Job, Lookup,
    Notice, Reply, Session, Snapshot, StaffLink, Step, TicketChange, Turn, World, earlier::Application,
    guards, lists, position::Near, writing,
};
use crate::{
    dialog::{Act, Command, Kind, Offer, State, Target},
    inbound::Agreement,
    time::Millis,
    workflow::{candidate::Candidate, case::Case, command as workflow},
};

/// How many states one message may pass through before it asks something: a bound against circles through `enter`.
const HOPS: usize = 12;
/// The one home of every case that the window has closed on.
pub(super) const CLOSED: &str = "closed";
/// The refusal of whatever takes a portrait from somebody who has not agreed to the present words.
pub(super) const PORTRAIT_CONSENT: &str = "portrait_consent_needed";
/// The refusal of whatever goes on with somebody's data who has not agreed to the present words.
pub(super) const IDENTITY_CONSENT: &str = "consent_needed";
/// How many states 「返回」 remembers.
const BACK: usize = 8;

/// Why a command did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// A refusal by name.
    Refused(&'static str),
    /// A row is needed first.
    Need(Lookup),
}

impl From<workflow::Refusal> for Stop {
    fn from(refusal: workflow::Refusal) -> Self {
        Self::Refused(refusal.name())
    }
}

/// The turn in the making.
pub(super) struct Scene<'a> {
    pub world: &'a Arc<World>,
    pub before: &'a Snapshot,
    pub now: Millis,
    pub fresh: &'a Fresh,
    pub session: Session,
    pub candidate: Option<Arc<Candidate>>,
    pub case: Option<Arc<Case>>,
    /// The place that was asked about, an index into the schedule.
    pub asked: Option<usize>,
    /// The places near a position that was sent.
    pub nearby: Vec<Near>,
    /// A place was named that the schedule does not have.
    pub unplaced: bool,
    /// A city was named that the schedule does not have.
    pub elsewhere: Option<&'static str>,
    /// What was typed, cut, for words about it.
    pub input: String,
    /// Facts of a refused input, for words about it.
    pub facts: Vec<(&'static str, String)>,
    /// The secret of a ticket issued in this turn.
    pub ticket: Option<String>,
    pub answer: Answer,
    /// The refusal's name, for callers that are no chat: the camera page and the reviewers.
    pub refused: Option<&'static str>,
    said: Vec<String>,
    record: Option<Arc<Candidate>>,
    deciding: Deciding,
    binding: Option<Binding>,
    failed_attempt: Option<FailedAttempt>,
    ticket_change: Option<TicketChange>,
    outbox: Vec<Notice>,
    jobs: Vec<Job>,
    audit: Vec<Audit>,
    /// The platform's customer service takes over.
    pub hands_over: bool,
    pub agreements: Vec<Agreement>,
    pub inquiry: Option<Inquiry>,
    pub answered: Option<Answered>,
    pub deletion: Option<DeletionChange>,
    pub staff_link: Option<StaffLink>,
    pub reminders: Option<bool>,
    /// How it came about.
    pub came: Came,
    ids: usize,
}

impl<'a> Scene<'a> {
    pub(super) fn new(world: &'a Arc<World>, before: &'a Snapshot, now: Millis, fresh: &'a Fresh) -> Self {
        Self {
            world,
            before,
            now,
            fresh,
            session: before.session.clone(),
            candidate: before.candidate.clone(),
            case: before.case.clone(),
            asked: None,
            nearby: Vec::new(),
            unplaced: false,
            elsewhere: None,
            input: String::new(),
            facts: Vec::new(),
            ticket: None,
            answer: Answer::Now,
            refused: None,
            said: Vec::new(),
            record: None,
            deciding: Deciding::default(),
            binding: None,
            failed_attempt: None,
            ticket_change: None,
            outbox: Vec::new(),
            jobs: Vec::new(),
            audit: Vec::new(),
            hands_over: false,
            agreements: Vec::new(),
            inquiry: None,
            answered: None,
            deletion: None,
            staff_link: None,
            reminders: None,
            came: Came::Inside,
            ids: 0,
        }
    }

    /// The finished turn.
    pub(super) fn done(mut self) -> Step {
        self.welcome_back();
        let said = writing::written(&self, self.said.join("\n\n"));
        if let Some(case) = &self.case {
            let known = self.session.application.take();
            self.session.application = Application::remember(known, case, &self.world.batch);
        }
        let case = match (&self.before.case, self.case) {
            (Some(before), Some(after)) if Arc::ptr_eq(before, &after) => None,
            (before, Some(after)) => {
                let same = before.as_ref().filter(|before| before.id == after.id);
                Some(CaseChange {
                    expected: same.map_or(after.version, |before| before.version),
                    case: after,
                    entered_at: self.deciding.entered_at,
                })
            }
            (_, None) => None,
        };
        let words = (!said.is_empty()).then_some(Reply::Text(said));
        let replies = self.hands_over.then_some(Reply::HandOver).into_iter().chain(words).collect();
        Step::Done(Box::new(Turn {
            replies,
            answer: self.answer,
            refused: self.refused,
            session: self.session,
            record: self.record,
            case,
            decision: self.deciding.change,
            binding: self.binding,
            failed_attempt: self.failed_attempt,
            ticket: self.ticket_change,
            outbox: self.outbox,
            jobs: self.jobs,
            audit: self.audit,
            agreements: self.agreements,
            inquiry: self.inquiry,
            answered: self.answered,
            deletion: self.deletion,
            staff_link: self.staff_link,
            reminders: self.reminders,
        }))
    }

    // --- where the person is ---

    /// The state whose question is open: the stored one, its new name, or the home of a case that has moved since.
    pub(super) fn state(&self) -> &'a State {
        let open = self.world.scripts.resolve(&self.session.state);
        if open.stages.is_empty() {
            return open;
        }
        match self.stage() {
            Some(stage) if open.stages.contains(&stage) => open,
            Some(stage) => self.world.scripts.home_of(stage),
            None => self.world.scripts.main(),
        }
    }

    /// What became of the application before this batch, while there is none in it.
    pub(super) fn earlier(&self) -> Option<&Application> {
        let application = self.session.application.as_ref()?;
        (self.case.is_none() && application.is_before(&self.world.batch)).then_some(application)
    }

    /// The stage whose home is the person's: the case's own, or [`CLOSED`] when the window has closed on it.
    pub(super) fn stage(&self) -> Option<&'static str> {
        let case = self.case.as_ref()?;
        Some(if self.is_closed(case) { CLOSED } else { case.stage.name() })
    }

    /// Whether the window has closed on a case that its candidate had still to complete.
    pub(super) fn is_closed(&self, case: &Case) -> bool {
        case.stage.ends_with_window() && self.world.moment(self.now).is_late()
    }

    /// What can be chosen in a state now: choices whose guards hold, then a list's items.
    pub(super) fn offers(&self, state: &'a State) -> Vec<Cow<'a, Offer>> {
        self.offers_seen(state, &self.view())
    }

    /// The same, when what texts see is at hand.
    fn offers_seen(&self, state: &'a State, view: &Value) -> Vec<Cow<'a, Offer>> {
        let mut offers = self.world.scripts.offers(state, view, |guard| guards::holds(self, guard));
        if let Some(list) = state.list_input() {
            offers.extend(lists::items(self, list.from));
        }
        offers
    }

    // --- moving ---

    /// Goes to a target, says what there is to say on the way, and asks the question found there.
    pub(super) fn go(&mut self, target: Target) -> Result<(), Lookup> {
        let mut next = self.follow(target);
        for _ in 0..HOPS {
            let (state, back) = (self.session.state.clone(), self.session.back.clone());
            self.enter(next);
            if let Some(command) = &next.enter {
                match self.run(command) {
                    Ok(()) => {}
                    Err(Stop::Need(lookup)) => return Err(lookup),
                    Err(Stop::Refused(code)) => {
                        self.explain(next, code);
                        // It asked nothing: 「返回」 does not lead there.
                        (self.session.state, self.session.back) = (state, back);
                        let target = command.on.get(code).copied();
                        next = target.map_or(self.world.scripts.main(), |target| self.follow(target));
                        continue;
                    }
                }
            }
            let Kind::Goto(onward) = &next.kind else {
                self.ask(next);
                return Ok(());
            };
            if let Some(say) = next.say {
                self.say(say);
            }
            next = self.follow(*onward);
        }
        Ok(())
    }

    fn follow(&mut self, target: Target) -> &'a State {
        match target {
            Target::Back => self.back(),
            Target::Case | Target::State(_) => {
                let main = self.world.scripts.main();
                self.world.scripts.follow(target, self.stage(), main)
            }
        }
    }

    /// The last state that asks another question than the open one: homes that the case has left lead nowhere.
    pub(super) fn back(&mut self) -> &'a State {
        let here = self.state().name.as_str();
        while let Some(name) = self.session.back.pop() {
            self.session.state = name;
            let before = self.state();
            if before.name != here {
                return before;
            }
        }
        self.session.state = String::new();
        self.state()
    }

    /// Stands where the person was before the open state, without a word.
    pub(super) fn return_to_before(&mut self) {
        self.back();
    }

    /// Nothing leads back to the open state and its dialog: what it asked is settled.
    pub(super) fn leave_for_good(&mut self) {
        let dialog = self.state().name.split('.').next().unwrap_or_default();
        let belongs = |name: &String| name.split('.').next() == Some(dialog);
        self.session.back.retain(|name| !belongs(name));
        self.session.state = String::new();
    }

    /// Stands at a state from now on; 「返回」 leads back.
    pub(super) fn enter(&mut self, state: &State) {
        self.session.misses = 0;
        if self.session.state == state.name {
            return;
        }
        let scripts = &self.world.scripts;
        let left = std::mem::replace(&mut self.session.state, state.name.clone());
        let asks = scripts.state(&left).is_some_and(|left| !matches!(left.kind, Kind::Goto(_)));
        self.session.back.retain(|name| *name != state.name && *name != left);
        // Within an application its stage says what comes next: 「返回」 from there leads out of it.
        let at_home = !state.stages.is_empty();
        let of_case = |name: &str| scripts.is_of_case(scripts.resolve(name));
        if at_home {
            self.session.back.retain(|name| !of_case(name));
        }
        if asks && !(at_home && of_case(&left)) {
            self.session.back.push(left);
            let over = self.session.back.len().saturating_sub(BACK);
            self.session.back.drain(..over);
        }
    }

    /// Stands at a target without a word.
    pub(super) fn stand_at(&mut self, target: Target) {
        let state = self.follow(target);
        self.session.state.clone_from(&state.name);
        self.session.misses = 0;
    }

    /// The target that leads to the main menu.
    pub(super) fn main(&self) -> Target {
        let scripts = &self.world.scripts;
        Target::State(scripts.id_of(scripts.main()))
    }

    /// After a change from elsewhere: whoever was in the application stands at the case's new place.
    pub(super) fn follow_case(&mut self) {
        let Some(stage) = self.stage() else { return };
        let scripts = &self.world.scripts;
        let home = scripts.home_of(stage);
        let open = scripts.resolve(&self.session.state);
        let in_application = !self.session.state.is_empty() && scripts.is_of_case(open);
        if in_application && open.name != home.name {
            self.session.state.clone_from(&home.name);
            self.session.misses = 0;
        }
    }

    /// What follows an accepted input: the command, its words, the next state; or the words of a refusal.
    pub(super) fn act(&mut self, state: &'a State, act: &'a Act) -> Result<(), Lookup> {
        if let Some(command) = &act.command {
            match self.run(command) {
                Ok(()) => {}
                Err(Stop::Need(lookup)) => return Err(lookup),
                Err(Stop::Refused(code)) => return self.refused(state, command, code),
            }
        }
        if let Some(say) = act.say {
            self.say(say);
        }
        self.go(act.goto)
    }

    /// A refusal is explained where there are words for it; then it leads where the dialog says, else the question
    /// stays.
    pub(super) fn refused(&mut self, state: &'a State, command: &Command, code: &str) -> Result<(), Lookup> {
        self.explain(state, code);
        if let Some(target) = command.on.get(code) {
            return self.go(*target);
        }
        if !state.otherwise.contains_key(code) {
            self.ask_again();
        }
        Ok(())
    }

    /// One that always leads somewhere, or to a page of its own, goes without words.
    pub(super) fn explain(&mut self, state: &State, code: &str) {
        if let Some(words) = self.world.scripts.refusal_words(state, code) {
            self.say(words);
        }
    }

    /// Runs a command by name.
    pub(super) fn run(&mut self, command: &Command) -> Result<(), Stop> {
        super::commands::run(self, command.name)
    }
}
