//! What is left when the wind has dropped: screens, inbox, outbox, audit and cases, held against each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use graduation_bot::{
    store::{AuditRow, AuditVerdict, OutboxState},
    wechat::message,
    workflow::case::{Case, Stage},
};
use mock_platform::{Channel, From, Item};

use super::{
    super::BATCH,
    offices::{Made, name},
    people::{Answers, Walked, answer, is_end},
    pushes::{Push, Shown, match_up},
};
use crate::crash::town::Town;

/// The answer of which nothing is shown.
const NOTHING: &str = "success";

/// The line that a storm ends with.
#[derive(Default)]
pub(super) struct Counted {
    messages: usize,
    answers: Answers,
    redelivered: usize,
    rounds: usize,
    decisions: usize,
    notices: usize,
    templates: usize,
    in_doubt: usize,
    doubled: usize,
    undecided: usize,
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answers { at_once, by_retry, later, stored } = self.answers;
        write!(
            f,
            "{} messages: {at_once} answered at once, {by_retry} by retry, {later} later ({stored} of them stored); ",
            self.messages
        )?;
        write!(
            f,
            "{} redelivered identical; {} rounds, {} decisions; ",
            self.redelivered, self.rounds, self.decisions
        )?;
        write!(
            f,
            "{} notices, {} of them by template; {} in doubt, ",
            self.notices, self.templates, self.in_doubt
        )?;
        write!(f, "{} doubled, {} never known", self.doubled, self.undecided)
    }
}

pub(super) struct Reckoning<'t> {
    town: &'t Town,
    walked: &'t [Walked],
    pushes: Vec<Push>,
    audit: Vec<AuditRow>,
    counted: Counted,
}

impl<'t> Reckoning<'t> {
    /// Once every push has come to its end. What is looked at afterwards comes from a process that remembers nothing.
    pub(super) async fn of(town: &'t Town, walked: &'t [Walked]) -> Self {
        let mut pushes = Vec::new();
        for row in town.outbox().await {
            assert!(is_end(&row), "{row:?}");
            let notice = town.store.outbox_notice(&row.id).await.unwrap().unwrap();
            pushes.push(Push::new(row, &notice));
        }
        town.mock.settled().await;
        town.kill_and_take_over().await;
        let audit = town.store.list_audit(None, 100_000).await.unwrap();
        let verdict = town.store.verify_audit(&[]).await.unwrap();
        assert!(matches!(verdict, AuditVerdict::Sound(_)), "{verdict:?}");
        Self { town, walked, pushes, audit, counted: Counted::default() }
    }

    /// Fails on whatever is lost, done twice or said differently.
    pub(super) async fn reckon(mut self, decided: &[Made]) -> Counted {
        self.redeliver().await;
        self.answers_are_stored().await;
        for walked in self.walked {
            self.pushes_are_on_the_screen(walked);
            let case = self.town.store.load_fresh(&walked.open_id, BATCH).await.unwrap().case.unwrap();
            assert_eq!(case.stage, Stage::Submitted);
            self.everything_was_done_once(walked, &case);
            self.every_transition_was_told(&case);
            self.rounds_are_decided_once(walked, &case, decided);
        }
        assert_eq!(self.counted.decisions, decided.len(), "reviewers were told of others");
        self.counted
    }

    /// Every message once more: nothing happens but its answer.
    async fn redeliver(&mut self) {
        for walked in self.walked {
            for item in self.town.mock.chat(&walked.open_id, 0).iter().filter(|item| item.from == From::User)
            {
                self.town.mock.redeliver(&walked.open_id, item.seq).await.unwrap();
                self.counted.messages += 1;
            }
            let Answers { at_once, by_retry, later, stored } = walked.answers;
            self.counted.answers.at_once += at_once;
            self.counted.answers.by_retry += by_retry;
            self.counted.answers.later += later;
            self.counted.answers.stored += stored;
        }
        let audit = self.town.store.list_audit(None, 100_000).await.unwrap();
        assert_eq!(audit.len(), self.audit.len(), "a message was applied again");
        assert_eq!(self.town.outbox().await.len(), self.pushes.len(), "a message was applied again");
    }

    /// All that was ever answered to a message are the bytes that are stored.
    async fn answers_are_stored(&mut self) {
        let people: BTreeSet<_> = self.walked.iter().map(|walked| walked.open_id.as_str()).collect();
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for delivery in self.town.mock.deliveries(0) {
            let own = people.contains(delivery.openid.as_str()) && !is_report(&delivery.message);
            if let Some(xml) = answer(&delivery).filter(|_| own) {
                answers.entry(delivery.message.clone()).or_default().push(xml.to_owned());
            }
        }
        assert_eq!(
            answers.len(),
            self.counted.messages,
            "a message has no answer, or is out of the platform's log"
        );
        // Each once when it was redelivered, and before that when it was said; only of an announced picture's
        // announcement may nobody have known an answer.
        let Answers { at_once, by_retry, later, .. } = self.counted.answers;
        let copies: usize = answers.values().map(Vec::len).sum();
        assert!(copies >= self.counted.messages + at_once + by_retry + later, "answers are out of the log");
        for (text, answers) in answers {
            let key = message::parse(&text).unwrap().key;
            let seen = self.town.store.inbox(&key).await.unwrap();
            let stored = seen.and_then(|seen| seen.answer).unwrap_or_else(|| panic!("{text} is not stored"));
            let stored = if stored == NOTHING { "" } else { &stored };
            assert!(answers.iter().all(|xml| xml == stored), "{text}: stored {stored}, answered {answers:?}");
            self.counted.redelivered += 1;
        }
    }

    fn pushes_are_on_the_screen(&mut self, walked: &Walked) {
        let items = self.town.pushes(&walked.open_id);
        let own: Vec<_> = self.pushes.iter().filter(|push| push.row.open_id == walked.open_id).collect();
        let shown: Vec<_> = items.iter().map(|item| Shown { item, at: self.town.shown_at(item) }).collect();
        let doubled = match_up(&own, &shown).unwrap_or_else(|wrong| panic!("{wrong}"));
        let is_template = |item: &&Item| item.channel == Some(Channel::Template);
        self.counted.notices += own.len();
        self.counted.templates += items.iter().filter(is_template).count();
        self.counted.in_doubt += own.iter().filter(|push| push.row.doubts > 0).count();
        self.counted.undecided += own.iter().filter(|push| push.row.state == OutboxState::InDoubt).count();
        self.counted.doubled += doubled;
    }

    /// The audit has what each message had to do, and nothing else.
    fn everything_was_done_once(&self, walked: &Walked, case: &Case) {
        let is_own = |row: &&AuditRow| {
            row.audit.actor == "person" && [&walked.open_id, &case.id].contains(&&row.audit.subject)
        };
        let mut done: Vec<_> = self.audit.iter().filter(is_own).map(|row| row.audit.act.as_str()).collect();
        let mut asked = walked.acts.clone();
        done.sort_unstable();
        asked.sort_unstable();
        assert_eq!(done, asked);
    }

    /// Every move of the case that is told has its row, and no row is told of nothing.
    fn every_transition_was_told(&self, case: &Case) {
        let moves = self.audit.iter().filter(|row| row.audit.subject == case.id);
        let mut wanted: Vec<_> = moves.filter_map(|row| told(&row.audit.act, &row.audit.detail)).collect();
        let own = self.pushes.iter().filter(|push| push.row.case_id.as_deref() == Some(&case.id));
        let mut planned: Vec<_> =
            own.map(|push| push.row.event.as_str()).filter(|event| *event != "reply").collect();
        wanted.sort_unstable();
        planned.sort_unstable();
        assert_eq!(planned, wanted);
    }

    fn rounds_are_decided_once(&mut self, walked: &Walked, case: &Case, decided: &[Made]) {
        let numbers: Vec<_> = case.rounds.iter().map(|round| round.number as usize).collect();
        assert_eq!(numbers, (1..=walked.submitted).collect::<Vec<_>>(), "as often as it was submitted");
        let made = case.rounds.iter().flat_map(|round| {
            round.decisions.iter().map(|decision| Made {
                case_id: case.id.clone(),
                round: round.number,
                level: name(decision.level),
                approved: decision.rejected.is_none(),
            })
        });
        let mut stored: Vec<_> = made.collect();
        let mut told: Vec<_> = decided.iter().filter(|made| made.case_id == case.id).cloned().collect();
        stored.sort_unstable();
        told.sort_unstable();
        assert_eq!(stored, told, "as their reviewers were told");
        let places: BTreeSet<_> = stored.iter().map(|made| (made.round, made.level)).collect();
        assert_eq!(places.len(), stored.len(), "a round was decided twice at one level");
        self.counted.rounds += numbers.len();
        self.counted.decisions += stored.len();
    }
}

/// The push that a move of a case is told by, as procedure §4 has it.
fn told(act: &str, detail: &str) -> Option<&'static str> {
    let (from, to) = detail.split_once(" → ")?;
    let to = to.split(' ').next().unwrap_or(to);
    match (act, from, to) {
        ("answer_population", _, "data_to_confirm") => Some("population_matched"),
        ("answer_population", _, "documents_wanted") => Some("population_mismatched"),
        ("answer_population", ..) => Some("population_unavailable"),
        ("read_standard", "standard_to_read", _) => Some("camera_code"),
        ("store_portrait", ..) => Some("portrait"),
        ("review", "portrait_at_city", "approved") => Some("portrait_approved"),
        ("review", "portrait_at_city", _) => Some("portrait_rejected"),
        ("review", "documents_at_city", "documents_at_province") => Some("documents_passed_city"),
        ("review", _, "documents_approved") => Some("documents_approved"),
        ("review", _, "documents_rejected") => Some("documents_rejected"),
        ("review", "bundle_at_city", "bundle_at_province") => Some("bundle_passed_city"),
        ("review", _, "bundle_rejected") => Some("bundle_rejected"),
        ("review", "bundle_at_province", _) => Some("bundle_approved"),
        _ => None,
    }
}

/// The platform's own event about a template, which nobody has said.
fn is_report(message: &str) -> bool {
    message.contains("TEMPLATESENDJOBFINISH")
}
