//! The whole bot with the mock platform and the sample data, for one test: real HTTP, real crypto, a moved clock.
//!
//! Work is done when the test says so ([`TestApp::settle`]) or while a message waits for its answer; nothing sleeps.
//! [`TestApp::end`] fails on what was left over: outbox rows that are neither delivered nor declared, calls that the
//! platform refused without being expected to, personal data in the log.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use graduation_bot::{
    app::{self, App},
    clock::Clock,
    config::Config,
    dialog::{self, Purpose},
    ids::Ids,
    store::{Area, CaseFilter, Import, OutboxFilter, OutboxState},
    time,
    turn::{self, World},
};
use mock_platform::{Mock, Mode, Options, Said, Say};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};

use super::{
    db::{TestDb, import},
    logs, samples,
};

/// The bot, the platform, and the folder that both die with.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) mock: Mock,
    /// Everything said so far that could be told from other words.
    said: Mutex<Vec<String>>,
    stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
    _db: TestDb,
}

impl TestApp {
    /// A bot at a business time, on a database of its own.
    pub(crate) async fn start(db: TestDb, mode: Mode, today: &str) -> Self {
        Self::start_with(db, mode, today, |_| {}).await
    }

    /// The same with the photo models. Judging may take its time on a busy machine, and what is said must not depend on
    /// that: bot and platform are patient.
    pub(crate) async fn start_judging(
        db: TestDb,
        mode: Mode,
        today: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let judging = |config: &mut Config| {
            config.models_dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/models/weights"));
            config.wechat.answer_seconds = 100;
            change(config);
        };
        Self::begin(db, mode, today, Duration::from_mins(2), judging).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(
        db: TestDb,
        mode: Mode,
        today: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        Self::begin(db, mode, today, Options::default().callback_timeout, change).await
    }

    async fn begin(
        db: TestDb,
        mode: Mode,
        today: &str,
        patience: Duration,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        logs::keep();
        let start = time::at_civil(time::parse_minute(today).unwrap(), &time::shanghai());
        let clock = Clock::starting_at(start);
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let bot = format!("http://{}", listener.local_addr().unwrap());
        let mock = platform(&clock, mode, &bot, patience).await;
        let mut config = settings(&mock, &db, &folder, &bot);
        change(&mut config);
        let ids = Ids::seeded(7);
        let store = app::open_store(&config).await.unwrap();
        samples::fill(&store, &clock, &ids).await.unwrap();
        store.close().await;
        let app = Arc::new(App::start(config, clock.clone(), ids).await.unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&app);
        tokio::spawn(async move {
            let stop = async {
                // The sender's end is the test's end.
                let _ = stopped.await;
            };
            serving.serve(listener, false, stop).await
        });
        let menu = app.runner.world.load().scripts.menu().cloned().unwrap();
        app.client.create_menu(&menu).await.unwrap();
        Self { app, mock, said: Mutex::default(), stop: Some(stop), _folder: folder, _db: db }
    }

    /// One person does one thing; work that the answer waits for is done meanwhile.
    pub(crate) async fn say(&self, open_id: &str, what: Say) -> Said {
        if let Say::Text { content: words } | Say::Voice { recognition: Some(words) } = &what
            && words.len() >= TELLING
        {
            self.said.lock().unwrap().push(words.clone());
        }
        let (answered, stopped) = watch::channel(false);
        let speaking = async {
            let said = self.mock.say(open_id, what).await.unwrap();
            answered.send_replace(true);
            said
        };
        tokio::join!(speaking, self.app.worker.run_until_stopped(stopped)).0
    }

    /// Does everything that is due, and what follows from it.
    pub(crate) async fn settle(&self) {
        loop {
            let done = self.app.worker.run_until_idle().await.unwrap();
            self.mock.settled().await;
            if done.jobs + done.outbox == 0 {
                return;
            }
        }
    }

    /// Moves the time of people and rules.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.mock.advance(seconds);
        self.app.refresh().await.unwrap();
    }

    /// Imports another batch and its places, as the operator would; the running bot notices.
    pub(crate) async fn import(&self, batch: &str) {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
        let read = |name: String| std::fs::read_to_string(format!("{data}/{name}")).unwrap();
        let body = read(format!("batch-{batch}.json"));
        let csv = read(format!("schedule-{batch}.csv"));
        import(&self.app.store, Import::Batches(&[(batch.to_owned(), body)])).await;
        import(&self.app.store, Import::Schedule { batch, csv: &csv, gone: &[] }).await;
        self.app.refresh().await.unwrap();
    }

    /// `identity 2027-01`: the same dialogs with another version of that consent, as after an update. The other consent
    /// keeps the version that it has by now.
    pub(crate) fn reword(&self, what: &str) {
        let (reworded, version) = what.split_once(' ').unwrap();
        let world = self.app.runner.world.load_full();
        let mut files = crate::dialogs::shipped();
        let (_, global) = files.iter_mut().find(|(name, _)| name.ends_with("_global.toml")).unwrap();
        for (name, purpose) in [("identity", Purpose::Identity), ("portrait", Purpose::Portrait)] {
            let present = world.scripts.consent(purpose);
            let new = format!("{name} = \"{}\"", if name == reworded { version } else { present });
            *global = global.replace(&format!("{name} = \"2026-11\""), &new);
            assert!(global.contains(&new), "no consent {name}");
        }
        self.deploy(&files);
    }

    /// `bind.document_no id_number`: the same dialogs with that state under another name, as after an update.
    pub(crate) fn rename(&self, what: &str) {
        let (old, name) = what.split_once(' ').unwrap();
        let (dialog, state) = old.split_once('.').unwrap();
        let mut files = crate::dialogs::shipped();
        for (file, text) in &mut files {
            if file.ends_with(&format!("{dialog}.toml")) {
                // A slot, a rule or a stage of the same name is none of it.
                let others = ["save", "rule", "case"];
                let is_other = |line: &str| others.iter().any(|key| line.starts_with(key));
                let renamed = text.lines().map(|line| match line {
                    line if is_other(line) => line.to_owned(),
                    line => line
                        .replace(&format!("[state.{state}"), &format!("[state.{name}"))
                        .replace(&format!("\"{state}\""), &format!("\"{name}\"")),
                });
                *text = renamed.collect::<Vec<_>>().join("\n");
            }
            *text = text.replace(&format!("\"{old}\""), &format!("\"{dialog}.{name}\""));
            if file.ends_with("renamed.toml") {
                *text = format!("{text}\"{old}\" = \"{dialog}.{name}\"\n");
            }
        }
        self.deploy(&files);
        assert!(self.app.runner.world.load().scripts.state(old).is_none(), "{old} is still there");
    }

    /// `place.change choose`: the same dialogs without that state and without a word of where it went, as after a
    /// careless update; whatever led there leads to the other.
    pub(crate) fn withdraw_state(&self, what: &str) {
        let (old, other) = what.split_once(' ').unwrap();
        let (dialog, state) = old.split_once('.').unwrap();
        let mut files = crate::dialogs::shipped();
        for (file, text) in &mut files {
            if file.ends_with(&format!("{dialog}.toml")) {
                *text = without_state(text, state, other);
            }
            *text = text.replace(&format!("\"{old}\""), &format!("\"{dialog}.{other}\""));
        }
        self.deploy(&files);
        assert!(self.app.runner.world.load().scripts.state(old).is_none(), "{old} is still there");
    }

    /// Other dialogs under the running bot.
    fn deploy(&self, files: &[(String, String)]) {
        let scripts =
            dialog::load(files, &turn::known()).unwrap_or_else(|found| panic!("{}", dialog::report(&found)));
        let world = &self.app.runner.world;
        let old = world.load_full();
        let (batch, schedule, plans) = (old.batch.clone(), old.schedule.clone(), old.plans.values().cloned());
        let new = World::new(scripts, batch, schedule, plans, old.zone.clone(), &old.public_url);
        world.store(Arc::new(World { next: old.next.clone(), desk: old.desk.clone(), ..new }));
    }

    /// Fails on anything left over. `held` is how many pushes may still wait for their person.
    pub(crate) async fn end(mut self, held: usize) -> Vec<String> {
        let mut wrong = Vec::new();
        let rows =
            self.app.store.list_outbox(&OutboxFilter { limit: 10_000, ..OutboxFilter::default() }).await;
        let rows = rows.unwrap();
        let waiting = rows.iter().filter(|row| row.state != OutboxState::Delivered).collect::<Vec<_>>();
        if waiting.len() != held {
            let left: Vec<String> =
                waiting.iter().map(|row| format!("{} {:?} {:?}", row.event, row.state, row.reason)).collect();
            wrong.push(format!("{held} pushes may wait, but these do: {left:?}"));
        }
        for call in self.mock.undeclared_errors() {
            wrong.push(format!("the platform refused {} with {}", call.path, call.errcode));
        }
        let logged = logs::all();
        let named = self.secrets().await.into_iter().filter(|secret| logged.contains(secret.as_str()));
        wrong.extend(named.map(|secret| format!("the log names {secret}")));
        drop(self.stop.take());
        wrong
    }

    /// What no log may hold: who people are, how to reach them, what they said and what was said of them.
    async fn secrets(&self) -> Vec<String> {
        let mut secrets = self.said.lock().unwrap().clone();
        for person in samples::people().unwrap() {
            secrets.extend([person.name, person.exam_no, person.document_no]);
        }
        let store = &self.app.store;
        let mut cases = Vec::new();
        for (batch, _) in store.world_rows().await.unwrap().batches {
            let filter = CaseFilter { batch, limit: 1_000, ..CaseFilter::default() };
            cases
                .extend(store.list_cases(&Area::everywhere(), &filter, self.app.clock.wire()).await.unwrap());
        }
        for row in cases {
            let case = store.case_by_id(&row.id).await.unwrap().unwrap();
            // As written by a person: without the country.
            secrets.extend(case.phone.as_deref().map(|phone| phone.trim_start_matches("+86").to_owned()));
            let decisions = case.rounds.iter().flat_map(|round| &round.decisions);
            secrets
                .extend(decisions.filter_map(|made| made.rejected.as_ref()).map(|made| made.opinion.clone()));
        }
        secrets
    }
}

/// A dialog without the tables of one of its states.
fn without_state(text: &str, state: &str, other: &str) -> String {
    let mut is_its = false;
    let mut kept = String::new();
    for line in text.lines() {
        if let Some(table) = line.strip_prefix('[') {
            let name = table.trim_start_matches('[').split(']').next().unwrap_or_default();
            is_its = name == format!("state.{state}") || name.starts_with(&format!("state.{state}."));
        }
        if !is_its {
            kept.push_str(&line.replace(&format!("\"{state}\""), &format!("\"{other}\"")));
            kept.push('\n');
        }
    }
    kept
}

/// Bytes of words that stand in a log by no accident: three characters, or nine letters or digits.
const TELLING: usize = 9;

async fn platform(clock: &Clock, mode: Mode, bot: &str, patience: Duration) -> Mock {
    let moved = clock.clone();
    Mock::start(Options {
        bot: Some(format!("{bot}/wechat")),
        aes_key: (mode != Mode::Plain).then(|| "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".to_owned()),
        mode,
        now: Some(clock.business().as_seconds()),
        templates: vec![samples::template()],
        candidates: samples::candidates().unwrap(),
        population: samples::population(&samples::people().unwrap()),
        callback_timeout: patience,
        // The second try need not be waited for: what it brings is the same.
        callback_interval: Duration::from_millis(100),
        on_clock: Some(Arc::new(move |seconds| moved.advance(seconds))),
        ..Options::default()
    })
    .await
    .unwrap()
}

fn settings(mock: &Mock, db: &TestDb, folder: &TempDir, bot: &str) -> Config {
    let options = mock.options();
    let mut config = Config {
        public_url: bot.to_owned(),
        database_url: db.url.clone(),
        files_url: format!("file:{}", folder.path().join("files").display()),
        dialogs_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")),
        models_dir: folder.path().join("no-models"),
        data_key: "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned(),
        templates: samples::template_ids(),
        ..Config::default()
    };
    config.wechat.app_id.clone_from(&options.app_id);
    config.wechat.app_secret.clone_from(&options.app_secret);
    config.wechat.token.clone_from(&options.token);
    config.wechat.aes_key = options.aes_key.clone().unwrap_or_default();
    for base in [&mut config.wechat.api_base, &mut config.wechat.mp_base, &mut config.wechat.open_base] {
        mock.url().clone_into(base);
    }
    config.registry.url = mock.registry_url();
    config.population.url = mock.population_url();
    config
}
