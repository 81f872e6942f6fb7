//! A person with a store in memory: what `runner` and `store` do around `step`, without either.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, LazyLock},
};

use super::super::{deletion::DeletionFound, *};
use crate::{
    dialog,
    inbound::{PhotoChecked, PhotoSource, PhotoVerdict, Precheck, StoredPhoto},
    time::{at_civil, parse_minute, shanghai},
    workflow::{
        batch::Batch,
        candidate::{Candidate, read_candidates},
        case::Case,
        plan::read_plans,
        schedule,
    },
};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../../../examples/data/", $name))
    };
}

macro_rules! dialogs {
    ($($name:literal),+) => {
        [$((concat!("dialogs/", $name, ".toml"), include_str!(concat!("../../../dialogs/", $name, ".toml")))),+]
    };
}

/// The real dialogs.
pub(super) const DIALOGS: [(&str, &str); 16] = dialogs!(
    "_global",
    "apply",
    "bind",
    "bundle",
    "delete",
    "faq",
    "identity",
    "main",
    "menu",
    "notices",
    "onsite",
    "people",
    "place",
    "portrait",
    "questions",
    "renamed"
);

/// They, and the sample batch.
pub(super) static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| {
    let scripts =
        dialog::load(&DIALOGS, &known()).unwrap_or_else(|found| panic!("{}", dialog::report(&found)));
    let batch: Batch = serde_json::from_str(data!("batch.json")).unwrap();
    let schedule = schedule::read_csv(data!("schedule-guangzhou.csv"), batch.year).unwrap();
    let plans = read_plans(data!("plans.json")).unwrap();
    Arc::new(World::new(scripts, batch, schedule, plans, shanghai(), "https://bot.example/"))
});

/// Everybody whom the registry knows. Whose numbers the dialogs show as examples gets others here: no text may show
/// anybody's own.
pub(super) static CANDIDATES: LazyLock<Vec<Arc<Candidate>>> = LazyLock::new(|| {
    let today = jiff::civil::date(2026, 6, 15);
    let data = data!("candidates.json").replace("440103199003070037", "440103199003070053");
    read_candidates(&data.replace("13800138000", "13700137000"), today, |candidate| candidate)
        .unwrap()
        .into_iter()
        .map(Arc::new)
        .collect()
});

/// A time in each window: before, open, review only, closed.
pub(super) fn times() -> [Millis; 4] {
    ["2026-06-01T12:00", "2026-06-15T12:00", "2026-06-18T09:00", "2026-07-01T09:00"]
        .map(|time| at_civil(parse_minute(time).unwrap(), &shanghai()))
}

/// One person.
#[derive(Clone)]
pub(super) struct Player {
    /// Their affairs as stored.
    pub(super) snapshot: Snapshot,
    /// Business time.
    pub(super) now: Millis,
    /// Whether the registry answers.
    pub(super) registry: bool,
    /// Whether it knows anybody.
    pub(super) known: bool,
    /// What it says of whomever is asked about, instead of the sample data.
    pub(super) record: Option<Arc<Candidate>>,
    /// Work that nobody has done yet.
    pub(super) jobs: Vec<Job>,
    /// Exam numbers that only staff frees.
    pub(super) locked: BTreeSet<String>,
    pub(super) cases: BTreeMap<String, Arc<Case>>,
    pub(super) sent: u64,
}

/// Short enough for a failure message.
impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot { session, candidate, case, .. } = &self.snapshot;
        let exam_no = candidate.as_ref().map(|candidate| &candidate.exam_no);
        let stands = case.as_ref().map(|case| (case.stage, case.round));
        let (state, back, misses) = (&session.state, &session.back, session.misses);
        write!(f, "`{state}` (back {back:?}, misses {misses}, slots {:?}), {exam_no:?}, ", session.slots)?;
        write!(f, "case {stands:?}, registry {}, {:?}", self.registry, self.now)
    }
}

impl Player {
    /// Somebody never seen before, on a day when the window is open.
    pub(super) fn new() -> Self {
        let session = Session::new("o-candidate");
        let snapshot = Snapshot { session, candidate: None, case: None, found: Found::default() };
        Self {
            snapshot,
            now: times()[1],
            registry: true,
            known: true,
            record: None,
            jobs: vec![],
            locked: BTreeSet::new(),
            cases: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Somebody bound to a candidate.
    pub(super) fn bound(candidate: &Arc<Candidate>) -> Self {
        let mut player = Self::new();
        player.snapshot.session.exam_no = Some(candidate.exam_no.clone());
        player.snapshot.candidate = Some(Arc::clone(candidate));
        player.agree();
        player
    }

    /// As after 「同意」 to both.
    pub(super) fn agree(&mut self) {
        let given = |purpose| {
            let version = WORLD.scripts.consent(purpose).to_owned();
            Some(Given { version, at: self.now })
        };
        let (identity, portrait) = (given(dialog::Purpose::Identity), given(dialog::Purpose::Portrait));
        self.snapshot.session.consents = Consents { identity, portrait };
    }

    /// The candidate of a case, at the question of its stage.
    pub(super) fn with_case(case: Case) -> Self {
        let candidate = CANDIDATES.iter().find(|candidate| candidate.exam_no == case.exam_no).unwrap();
        let mut player = Self::bound(candidate);
        player.snapshot.session.state.clone_from(&WORLD.scripts.home_of(case.stage.name()).name);
        let case = Arc::new(Case { version: 7, ..case });
        player.cases.insert(case.exam_no.clone(), Arc::clone(&case));
        player.snapshot.case = Some(case);
        player
    }

    pub(super) fn case(&self) -> Case {
        Case::clone(self.snapshot.case.as_deref().unwrap())
    }

    /// Steps once, stores the turn and fails if anything is wrong with it.
    pub(super) fn send(&mut self, what: &What) -> Turn {
        let before = format!("{self:?}");
        let (turn, problems) = self.try_send(what);
        assert!(problems.is_empty(), "{what:?} sent to {before}: {problems:#?}");
        turn
    }

    /// Steps once and stores the turn; what is wrong with it.
    pub(super) fn try_send(&mut self, what: &What) -> (Turn, Vec<String>) {
        self.sent += 1;
        let inbound = Inbound {
            open_id: "o-candidate".into(),
            account: "gh_account".into(),
            key: format!("key{}", self.sent),
            sent_at: self.now.as_seconds(),
            case_id: None,
            what: what.clone(),
        };
        let mut random = [0; 48];
        random[..8].copy_from_slice(&self.sent.to_le_bytes());
        let fresh = Fresh { at: self.now, random };
        self.snapshot.found = Found { candidate: self.news(what), ..Found::default() };
        let mut asked = 0;
        let turn = loop {
            match step(&WORLD, &self.snapshot, &inbound, self.now, &fresh) {
                Step::Done(turn) => break *turn,
                Step::Need(Lookup::Candidate { exam_no, .. }) => {
                    asked += 1;
                    assert!(asked <= 3, "more than three rows needed for {what:?}");
                    self.snapshot.found.candidate = Some(self.look_up(&exam_no));
                    self.snapshot.found.locked = self.locked.contains(&exam_no);
                }
                Step::Need(Lookup::Waiting) => self.snapshot.found.waiting = Some(0),
                Step::Need(Lookup::StaffLink { .. }) => {
                    self.snapshot.found.staff_link = Some(StaffLinkFound::Unknown);
                }
                Step::Need(Lookup::Deletion { .. }) => {
                    let kept = self.snapshot.case.as_ref().map(|case| case.pictures()).unwrap_or_default();
                    self.snapshot.found.deletion = Some(DeletionFound { kept, ..DeletionFound::default() });
                }
            }
        };
        let problems = problems(&self.snapshot, what, &turn);
        self.store(&turn);
        (turn, problems)
    }

    /// What the worker has fetched before it steps.
    fn news(&self, what: &What) -> Option<RegistryAnswer> {
        let exam_no = self.snapshot.session.exam_no.as_ref()?;
        matches!(what, What::RegistryAnswered).then(|| self.look_up(exam_no))
    }

    fn look_up(&self, exam_no: &str) -> RegistryAnswer {
        let known = CANDIDATES.iter().find(|candidate| candidate.exam_no == exam_no);
        match known {
            _ if !self.registry => RegistryAnswer::Unavailable,
            _ if !self.known => RegistryAnswer::Unknown,
            None => RegistryAnswer::Unknown,
            Some(candidate) => {
                let candidate = self.record.as_ref().unwrap_or(candidate);
                let taken = candidate.exam_no.ends_with('7').then(|| "o-somebody-else".to_owned());
                let case = self.cases.get(exam_no).cloned();
                RegistryAnswer::Known { candidate: Arc::clone(candidate), bound_to: taken, case }
            }
        }
    }

    fn store(&mut self, turn: &Turn) {
        let stored = &mut self.snapshot;
        // What a session is after a night in the database.
        let json = serde_json::to_string(&turn.session).unwrap();
        let Session { open_id, followed, talked_at, acted_at, .. } = turn.session.clone();
        let version = stored.session.version + 1;
        let read: Session = serde_json::from_str(&json).unwrap();
        stored.session = Session { open_id, version, followed, talked_at, acted_at, ..read };
        if let Some(record) = &turn.record {
            stored.candidate = Some(Arc::clone(record));
        }
        if let Some(change) = &turn.case {
            let case = Case { version: change.expected + 1, ..Case::clone(&change.case) };
            let case = Arc::new(case);
            self.cases.insert(case.exam_no.clone(), Arc::clone(&case));
            stored.case = Some(case);
        }
        if let Some(Binding::Bind { exam_no }) = &turn.binding {
            stored.case = self.cases.get(exam_no).cloned();
        }
        self.jobs.extend(turn.jobs.iter().cloned());
    }

    /// The pictures whose check is under way, refused until the caller says otherwise.
    pub(super) fn checks(&self) -> Vec<PhotoChecked> {
        let check = |job: &Job| match job {
            Job::CheckPhoto(job) => Some(PhotoChecked {
                inbox_key: job.inbox_key.clone(),
                slot: job.slot,
                round: job.round,
                sequence: job.sequence,
                camera_md5: None,
                verdict: PhotoVerdict::Unavailable,
            }),
            _ => None,
        };
        self.jobs.iter().filter_map(check).collect()
    }
}

impl Turn {
    /// All that the person reads now.
    pub(super) fn said(&self) -> String {
        let texts: Vec<&str> = self.replies.iter().filter_map(Reply::text).collect();
        texts.join("\n")
    }
}

/// All that is wrong with a turn; empty for every turn there should be.
fn problems(before: &Snapshot, what: &What, turn: &Turn) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_owned());
        }
    };
    let session = &turn.session;
    let rests = |name: &String| {
        WORLD.scripts.state(name).is_some_and(|state| !matches!(state.kind, dialog::Kind::Goto(_)))
    };
    hold(
        session.state.is_empty() || rests(&session.state) || session.state == before.session.state,
        "rests nowhere",
    );
    hold(session.back.len() <= 8, "remembers too many states");
    hold(session.camera_md5.awaited(Millis(0)).len() <= 9, "remembers too many pictures");
    hold(
        session.open_id == before.session.open_id && session.version == before.session.version,
        "another session",
    );
    let ids: BTreeSet<&String> = turn.outbox.iter().map(|notice| &notice.id).collect();
    hold(ids.len() == turn.outbox.len(), "an id is used twice");
    let answered = turn.replies.len() == 1 || turn.answer == Answer::Pending;
    hold(answered || !is_said(what), "silence");
    if let Some(change) = &turn.case {
        hold(turn.refused.is_none(), "refused, and still the case changed");
        let known = before.case.as_ref().filter(|case| case.id == change.case.id);
        hold(known.is_none_or(|case| case.version == change.expected), "another version of the case");
    }
    let secrets = secrets(turn, before);
    for text in texts(what, turn) {
        found.extend(wrong_words(text, &secrets).map(|wrong| format!("{wrong} in `{text}`")));
    }
    for line in &turn.audit {
        let line = format!("{} {} {} {}", line.actor, line.act, line.subject, line.detail);
        if secrets.iter().any(|secret| line.contains(secret)) {
            found.push(format!("personal data in the audit: {line}"));
        }
    }
    found
}

/// All texts that somebody reads: an office gets the refusal's name instead.
fn texts<'a>(what: &What, turn: &'a Turn) -> Vec<&'a str> {
    let is_office = matches!(what, What::Review(_) | What::TakeBack(_) | What::Onsite(_) | What::Conclude(_));
    let read: &[Reply] = if is_office { &[] } else { turn.replies.as_slice() };
    let replies = read.iter().filter_map(Reply::text);
    let pushed = turn.outbox.iter().flat_map(|notice| match &notice.body {
        NoticeBody::Text { text, menu, template } => {
            [text].into_iter().chain(menu).chain(template.values()).collect()
        }
        NoticeBody::Rest { text, .. } => vec![text],
        NoticeBody::QrCode { .. } | NoticeBody::Photo { .. } | NoticeBody::Announcement(_) => vec![],
    });
    replies.chain(pushed.map(String::as_str)).collect()
}

/// A message that a person waits for an answer to.
fn is_said(what: &What) -> bool {
    match what {
        What::Text { .. }
        | What::Photo { .. }
        | What::Voice { .. }
        | What::Video
        | What::Location { .. }
        | What::Link
        | What::Unsupported { .. } => true,
        What::Event(event) => {
            matches!(event, Event::Subscribe { .. } | Event::Scan { .. } | Event::Click { .. })
        }
        _ => false,
    }
}

fn wrong_words(text: &str, secrets: &[String]) -> impl Iterator<Item = String> {
    let blank = (text.trim().is_empty() || text.trim() != text).then(|| "blanks".to_owned());
    let broken = ["（代码", "undefined", "none", "{{", "{%", "\n\n\n", "：：", "「」"];
    let broken = broken.into_iter().find(|broken| text.contains(broken)).map(|broken| format!("`{broken}`"));
    let shown =
        secrets.iter().find(|secret| text.contains(*secret)).map(|secret| format!("unmasked {secret}"));
    [blank, broken, shown].into_iter().flatten()
}

/// What no text may show whole: numbers of documents and telephones.
fn secrets(turn: &Turn, before: &Snapshot) -> Vec<String> {
    let candidates = [&before.candidate, &turn.record];
    let of_record = candidates.into_iter().flatten().flat_map(|candidate| {
        [Some(candidate.document_no.clone()), candidate.phone.clone()].into_iter().flatten()
    });
    let case = turn.case.as_ref().map(|change| &change.case).or(before.case.as_ref());
    let phone = case.and_then(|case| case.phone.clone()).filter(|phone| phone.len() > 6);
    of_record.chain(phone.map(|phone| phone.trim_start_matches("+86").to_owned())).collect()
}

pub(super) fn text(said: &str) -> What {
    What::Text { content: said.to_owned(), item: None }
}

/// A picture from an album.
pub(super) fn photo(name: &str) -> StoredPhoto {
    StoredPhoto {
        name: name.to_owned(),
        width: 1200,
        height: 1600,
        source: PhotoSource::Chat,
        shows: None,
        precheck: Precheck::default(),
    }
}

/// A picture of the menu camera.
pub(super) fn live(name: &str) -> StoredPhoto {
    StoredPhoto { source: PhotoSource::MenuCamera, ..photo(name) }
}
