//! `graduation-bot serve` as a process of its own, beside a mock of the platform, on a database that the test can look
//! into; and the hand that kills it.
//!
//! Nothing here waits for time to pass: a killed process's leases are ended in the database, as a minute would end them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use graduation_bot::{
    app::{self, App},
    clock::Clock,
    config::Config,
    http::http_client,
    ids::Ids,
    store::{AuditVerdict, OutboxFilter, OutboxSummary, Store},
    time::{self, Millis},
};
use mock_platform::{Channel, Item, Mock, Options, Said, Say};
use serde_json::Value;
use sqlx::Executor as _;
use tempfile::TempDir;

use crate::support::{db::TestDb, samples};

/// Where business time starts: inside the sample batch.
const TODAY: &str = "2026-06-15T09:30";
/// Whatever has not happened after so long will not happen.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks at something that takes a moment.
const GLANCE: Duration = Duration::from_millis(5);
/// A person's phone, which no log may name.
pub(super) const PHONE: &str = "13800138001";

/// The platform, the database, and the processes that serve.
pub(super) struct Town {
    pub(super) mock: Mock,
    /// The test's own look at what is stored.
    pub(super) store: Store,
    serving: Mutex<Option<Served>>,
    home: TempDir,
    db: TestDb,
    candidates: Vec<Value>,
    /// Business time less wire time, in milliseconds, as the processes are told it.
    offset: i64,
}

impl Town {
    /// A bot that serves, and the candidates that the registry knows.
    pub(super) async fn start(db: TestDb, candidates: Vec<Value>) -> Self {
        Self::start_with(db, candidates, |_| (), "").await
    }

    /// The same on another platform, with more lines of settings.
    pub(super) async fn start_with(
        db: TestDb,
        candidates: Vec<Value>,
        change: impl FnOnce(&mut Options),
        more: &str,
    ) -> Self {
        let start = time::at_civil(time::parse_minute(TODAY).unwrap(), &time::shanghai());
        let clock = Clock::starting_at(start);
        let mut options = Options {
            now: Some(clock.business().as_seconds()),
            templates: vec![samples::template()],
            candidates: candidates.clone(),
            population: samples::population(&samples::people().unwrap()),
            // Long enough for a killed process to be followed by the next one on a busy machine.
            callback_interval: Duration::from_secs(1),
            ..Options::default()
        };
        change(&mut options);
        let mock = Mock::start(options).await.unwrap();
        let store = db.store().await;
        samples::fill(&store, &clock, &Ids::seeded(1)).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(SETTINGS), settings(&mock, &db, &clock) + more).unwrap();
        let offset = offset_seconds(&clock) * 1_000;
        let town = Self { mock, store, serving: Mutex::new(None), home, db, candidates, offset };
        town.serve().await;
        town
    }

    /// Starts a process to which messages go from now on; the one before it is killed.
    pub(super) async fn serve(&self) {
        let served = self.another().await;
        self.mock.set_bot(served.callback());
        drop(self.serving.lock().unwrap().replace(served));
    }

    /// Starts one more process on the same database.
    pub(super) async fn another(&self) -> Served {
        for _ in 0..5 {
            if let Some(served) = Served::start(self.home.path()).await {
                return served;
            }
        }
        panic!("the bot does not start:\n{}", self.log());
    }

    /// The offices' own process in all but name: the same settings, another store, nothing served and no worker.
    pub(super) async fn office(&self) -> App {
        let lines = fs::read_to_string(self.home.path().join(SETTINGS)).unwrap();
        let mut config: Config = toml::from_str(&lines).unwrap();
        config.files_url = format!("file:{}", self.home.path().join("files").display());
        let clock = app::clock(&config);
        App::start(config, clock, Ids::random()).await.unwrap()
    }

    /// Kills the process between two of its instructions.
    pub(super) fn kill(&self) {
        drop(self.serving.lock().unwrap().take());
    }

    /// As if a killed process's leases had been left to end.
    pub(super) async fn end_leases(&self) {
        let mut connection = self.db.connect().await;
        for table in ["outbox", "jobs", "broadcast_sends"] {
            let end = format!("update {table} set leased_until = 0 where leased_until is not null");
            connection.execute(sqlx::AssertSqlSafe(end)).await.unwrap();
        }
    }

    /// Kills the process, starts the next one and lets it take over what was under way.
    pub(super) async fn kill_and_take_over(&self) {
        self.kill();
        self.end_leases().await;
        self.serve().await;
    }

    /// Says something; the answer, and that it is the one written down.
    pub(super) async fn say(&self, open_id: &str, words: &str) -> Said {
        let said = self.mock.say(open_id, Say::text(words)).await.unwrap();
        assert!(said.reply_xml.is_some(), "no answer to {words}: {said:?}\n{}", self.log());
        said
    }

    /// The pushes on a person's screen.
    pub(super) fn pushes(&self, open_id: &str) -> Vec<Item> {
        let is_push = |item: &Item| matches!(item.channel, Some(Channel::Custom | Channel::Template));
        self.mock.chat(open_id, 0).into_iter().filter(is_push).collect()
    }

    /// Business time, as the processes have it.
    pub(super) fn now(&self) -> Millis {
        Millis(Clock::real().wire().0 + self.offset)
    }

    /// When something came to the screen, in business time.
    pub(super) fn shown_at(&self, item: &Item) -> Millis {
        Millis(item.wire_ms + self.offset)
    }

    /// Everything that was or is to be pushed, oldest first.
    pub(super) async fn outbox(&self) -> Vec<OutboxSummary> {
        let filter = OutboxFilter { limit: 10_000, ..OutboxFilter::default() };
        let mut rows = self.store.list_outbox(&filter).await.unwrap();
        rows.reverse();
        rows
    }

    /// Every line of the audit by what it is about; nothing was done twice, and no kill has broken its chains.
    pub(super) async fn audit(&self) -> BTreeSet<(String, String)> {
        let verdict = self.store.verify_audit(&[]).await.unwrap();
        assert!(matches!(verdict, AuditVerdict::Sound(_)), "{verdict:?}");
        let rows = self.store.list_audit(None, 10_000).await.unwrap();
        let count = rows.len();
        let acts: BTreeSet<_> = rows.into_iter().map(|row| (row.audit.subject, row.audit.act)).collect();
        assert_eq!(acts.len(), count, "something was done twice: {acts:?}");
        acts
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.path().join(LOG)).unwrap_or_default()
    }

    /// Asks the process to end, and sees that nothing is left to do and nobody is named in its log.
    pub(super) async fn end(self) {
        let jobs = async || (self.store.count_jobs().await.unwrap() == (0, 0)).then_some(());
        until("every job to be done", jobs).await;
        let served = self.serving.lock().unwrap().take();
        served.expect("a process serves").stop();
        let log = self.log();
        for person in &self.candidates {
            for secret in ["name", "exam_no", "document_no"].map(|key| person[key].as_str().unwrap()) {
                assert!(!log.contains(secret), "the log names {secret}:\n{log}");
            }
        }
        assert!(!log.contains(PHONE), "the log names a phone:\n{log}");
        assert_eq!(self.mock.undeclared_errors(), []);
        self.store.close().await;
    }
}

const LOG: &str = "serve.log";
const SETTINGS: &str = "graduation-bot.toml";

/// A process. Dropping it kills it.
pub(super) struct Served {
    child: Child,
    address: String,
}

impl Served {
    /// `None` when its port was taken by somebody else in the meantime.
    async fn start(home: &Path) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let address = free.to_string();
        let log = File::options().create(true).append(true).open(home.join(LOG)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_graduation-bot"))
            .args(["serve", "--listen", &address])
            .current_dir(home)
            .env_clear()
            .env("RUST_LOG", "graduation_bot=debug")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            .spawn()
            .expect("the program starts");
        let mut served = Self { child, address };
        let client = http_client(Duration::from_secs(10)).unwrap();
        let probe = format!("http://{}/health/ready", served.address);
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && served.child.try_wait().unwrap().is_none() {
            let ready = client.get(&probe).send().await.is_ok_and(|answer| answer.status().is_success());
            if ready && served.child.try_wait().unwrap().is_none() {
                return Some(served);
            }
            tokio::time::sleep(GLANCE).await;
        }
        None
    }

    /// Where the platform delivers to it.
    pub(super) fn callback(&self) -> String {
        format!("http://{}/wechat", self.address)
    }

    /// Asks it to end, which it does in good order.
    pub(super) fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; whoever expects otherwise sees that from its answers.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks until there is something to see.
pub(super) async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(GLANCE).await;
    }
}

fn offset_seconds(clock: &Clock) -> i64 {
    clock.business().since(clock.wire()) / 1_000
}

fn settings(mock: &Mock, db: &TestDb, clock: &Clock) -> String {
    let options = mock.options();
    let text = |text: &str| Value::from(text).to_string();
    let lines = [
        ("database_url", text(&db.url)),
        ("files_url", text("file:files")),
        ("dialogs_dir", text(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs"))),
        // Its people send colours, which nobody with models would take for papers and faces.
        ("models_dir", text("no-models")),
        ("data_key", text("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")),
        ("clock_offset_seconds", offset_seconds(clock).to_string()),
        ("wechat.app_id", text(&options.app_id)),
        ("wechat.app_secret", text(&options.app_secret)),
        ("wechat.token", text(&options.token)),
        ("wechat.aes_key", text(options.aes_key.as_deref().unwrap_or_default())),
        ("wechat.api_base", text(mock.url())),
        ("wechat.mp_base", text(mock.url())),
        ("registry.url", text(&mock.registry_url())),
        ("population.url", text(&mock.population_url())),
    ];
    lines.map(|(key, value)| format!("{key} = {value}\n")).concat()
}
