//! EDGE. The wiring: from settings to everything that runs.
//!
//! [`App::start`] opens the store, reads dialogs and the imported tables, and builds what depends on them;
//! [`App::serve`] and [`App::work`] run until told to stop. Tests, the demo and the commands use the same function, so
//! that none of them meets another bot than the office does. The parts that a single command needs are functions of
//! their own ([`open_store`], [`Dialogs::read`], [`client`]). What a setting must be is checked in `settings`, all at
//! once, before anything is opened. Deliberately elsewhere: the command line (`cli`), every decision about people.

mod dialogs;
mod run;
mod settings;
mod tokens;
mod world;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

pub use dialogs::Dialogs;
pub use run::{Sockets, told_to_stop};
pub use settings::{mistakes, zone};
pub use world::{Calendar, build_world, missing, schedule_of};

use crate::{
    clock::Clock,
    config::{Config, ConfigError},
    files::{FilesError, open_files},
    http::{Base, http_client},
    ids::Ids,
    models::PhotoModels,
    photos::Photos,
    runner::Runner,
    store::{Store, StoreError, StoreOptions, WorldRows},
    tables::{TablePopulation, TableRegistry},
    time::Millis,
    upstream::{HttpPopulation, HttpRegistry, MonotonicClock, Population, Registry},
    web::{self, Api, Login, Site, webhook::Webhook},
    wechat::{
        client::{Client, ClientConfig},
        crypto::Keys,
    },
    worker::{Tools, Worker},
    workflow::delivery::{Window, Windows},
};

/// Time for one call of the platform; its own documents name none, five seconds is what it grants us.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a picture of up to 10 MB.
const MEDIA_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that runs, wired.
pub struct App {
    /// As checked.
    pub config: Config,
    /// Both times.
    pub clock: Clock,
    /// Where everything lasts.
    pub store: Store,
    /// The platform.
    pub client: Arc<Client>,
    /// Steps messages and stores turns.
    pub runner: Runner,
    /// Where photos are looked at and kept.
    pub photos: Photos,
    /// Does the work that turns leave behind; idle until it is run.
    pub worker: Worker,
    dialogs: Dialogs,
    keys: Arc<Keys>,
    /// Where people authorise.
    open: Base,
    /// What the present world was made of.
    source: Mutex<Source>,
}

/// What a world was made of, or could not be made of.
struct Source {
    /// The version of the imported tables.
    version: i64,
    /// Their batches.
    calendar: Calendar,
    /// The batch that was the present one then.
    batch: Option<String>,
}

/// Why the bot does not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The settings, every mistake in a sentence.
    #[error("配置有误：{}\n配置项说明：graduation-bot help config", .0.join("\n配置有误："))]
    Settings(Vec<String>),
    /// The settings cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The dialog files cannot be read.
    #[error("{0}")]
    DialogFiles(String),
    /// The dialogs have mistakes.
    #[error("{report}\n对话文件有 {count} 处错误，改好后用 graduation-bot check 再查一遍。")]
    Dialogs {
        /// How many.
        count: usize,
        /// Each with its place.
        report: String,
    },
    /// Nobody can apply before this is imported.
    #[error("还不能开始，先导入：\n  {}", .0.join("\n  "))]
    Missing(Vec<String>),
    /// An imported row cannot be read.
    #[error("数据库里 {table} 表的 {id} 读不出来（{reason}），请重新导入它。")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What the parser said.
        reason: String,
    },
    /// A part refuses its settings.
    #[error("{0}")]
    Part(String),
    /// The store failed.
    #[error("数据库：{0}")]
    Store(#[from] StoreError),
    /// The photos' place failed.
    #[error("照片存放处：{0}")]
    Files(#[from] FilesError),
    /// The listening socket failed.
    #[error("网络：{0}")]
    Network(#[from] std::io::Error),
}

impl AppError {
    /// Whether the operator has to change something, rather than to wait or repair.
    pub fn is_mistake(&self) -> bool {
        match self {
            Self::Settings(_)
            | Self::Config(_)
            | Self::DialogFiles(_)
            | Self::Dialogs { .. }
            | Self::Missing(_)
            | Self::Unreadable { .. }
            | Self::Part(_)
            | Self::Store(StoreError::Url(_))
            | Self::Files(FilesError::Url(_)) => true,
            Self::Store(_) | Self::Files(_) | Self::Network(_) => false,
        }
    }
}

impl App {
    /// Opens and builds everything; serves nobody yet. `clock` is [`clock`] in a program, a moving one in tests.
    pub async fn start(config: Config, clock: Clock, ids: Ids) -> Result<Self, AppError> {
        let wrong = mistakes(&config);
        if !wrong.is_empty() {
            return Err(AppError::Settings(wrong));
        }
        let keys = settings::callback_keys(&config).map_err(|error| AppError::Part(error.to_string()))?;
        let keys = Arc::new(keys);
        let dialogs = Dialogs::read(&config.dialogs_dir)?;
        let store = open_store(&config).await?;
        let rows = store.world_rows().await?;
        let now = clock.business();
        let source = Source::read(&config, &rows, now)?;
        let world = build_world(&config, &rows, &source.calendar, &dialogs, now)?;
        let client = client(&config, &store, &clock)?;
        let files = open_files(&config.files_url, store.secrets().keyring().clone())?;
        let models = PhotoModels::of(&config.models_dir);
        models.begin();
        let photos = Photos::new(files, config.photo.rules(), models);
        let runner = Runner {
            store: store.clone(),
            world: Arc::new(ArcSwap::from_pointee(world)),
            registry: registry(&config, &store)?,
            clock: clock.clone(),
            ids,
        };
        let worker = Worker::new(Tools {
            runner: runner.clone(),
            client: Arc::clone(&client),
            population: population(&config, &store)?,
            photos: photos.clone(),
            templates: config.templates.clone(),
            subscriptions: config.subscriptions.clone(),
            lasting_subscriptions: config.delivery.lasting_subscriptions,
            calls: usize::from(config.delivery.calls),
            windows: windows(&config),
        });
        let source = Mutex::new(source);
        let open = Base::parse(&config.wechat.open_base);
        let open = open.map_err(|error| AppError::Part(format!("wechat.open_base {error}")))?;
        Ok(Self { config, clock, store, client, runner, photos, worker, dialogs, keys, open, source })
    }

    /// Everything that is served over HTTP.
    pub fn router(&self) -> axum::Router {
        web::router(self.site(), self.webhook())
    }

    fn webhook(&self) -> Webhook {
        let budget = Duration::from_secs(self.config.wechat.answer_seconds.into());
        Webhook::new(self.runner.clone(), Arc::clone(&self.keys), budget)
    }

    /// What the pages work with.
    pub fn site(&self) -> Site {
        let login = Login { client: Arc::clone(&self.client), open: self.open.clone() };
        let api = Api::new(&self.config.api);
        let site = Site { api, ..Site::new(self.runner.clone(), self.photos.clone(), login) };
        let staff_url = self.config.staff_url.trim_end_matches('/');
        if staff_url.is_empty() { site } else { Site { staff_url: staff_url.into(), ..site } }
    }
}

impl Source {
    fn read(config: &Config, rows: &WorldRows, now: Millis) -> Result<Self, AppError> {
        let calendar = Calendar::read(config, rows)?;
        let batch = calendar.present(now).map(|batch| batch.id.clone());
        Ok(Self { version: rows.version, calendar, batch })
    }

    /// Whether a world made now would be made of the same.
    fn is_of(&self, version: i64, now: Millis) -> bool {
        self.version == version && self.calendar.present(now).map(|batch| &batch.id) == self.batch.as_ref()
    }
}

/// The clock that the settings ask for: real time, or a demo's.
pub fn clock(config: &Config) -> Clock {
    let clock = Clock::real();
    clock.advance(config.clock_offset_seconds);
    clock
}

/// Opens the database, creating and migrating it. Needs `database_url` and the data keys only.
pub async fn open_store(config: &Config) -> Result<Store, AppError> {
    let key = |sentence| AppError::Settings(vec![sentence]);
    let mut options = StoreOptions::new(&config.database_url, config.data_key().map_err(key)?);
    options.previous_keys.extend(config.data_key_previous().map_err(key)?);
    Ok(Store::open(options).await?)
}

/// The platform, with the token that all processes share.
pub fn client(config: &Config, store: &Store, clock: &Clock) -> Result<Arc<Client>, AppError> {
    let wechat = &config.wechat;
    let settings = ClientConfig {
        api_base: wechat.api_base.clone(),
        mp_base: wechat.mp_base.clone(),
        app_id: wechat.app_id.clone(),
        app_secret: wechat.app_secret.clone(),
        call_timeout: CALL_TIMEOUT,
        media_timeout: MEDIA_TIMEOUT,
        concurrency: usize::from(config.delivery.calls),
    };
    let tokens = Arc::new(tokens::Tokens { store: store.clone(), name: wechat.app_id.clone() });
    let clock = clock.clone();
    let client = Client::new(settings, tokens, outgoing()?, Arc::new(move || clock.wire().0));
    client.map(Arc::new).map_err(|error| AppError::Part(error.to_string()))
}

/// The platform's windows, as configured.
fn windows(config: &Config) -> Windows {
    let rules = &config.delivery;
    let window =
        |messages: u16, seconds: u32| Window { seconds: i64::from(seconds), messages: i64::from(messages) };
    Windows {
        talk: window(rules.talk_messages, rules.talk_seconds),
        act: window(rules.act_messages, rules.act_seconds),
    }
}

fn outgoing() -> Result<reqwest::Client, AppError> {
    http_client(MEDIA_TIMEOUT).map_err(|error| AppError::Part(format!("the HTTP client: {error}")))
}

fn registry(config: &Config, store: &Store) -> Result<Arc<dyn Registry>, AppError> {
    let source = &config.registry;
    if source.url.is_empty() {
        return Ok(Arc::new(TableRegistry(store.clone())));
    }
    let http = HttpRegistry::new(&source.url, Some(&source.token), outgoing()?, monotonic());
    let http = http.map_err(|error| AppError::Part(format!("registry.url {error}")))?;
    Ok(Arc::new(http))
}

fn population(config: &Config, store: &Store) -> Result<Arc<dyn Population>, AppError> {
    let source = &config.population;
    if source.url.is_empty() {
        return Ok(Arc::new(TablePopulation(store.clone())));
    }
    let http = HttpPopulation::new(&source.url, Some(&source.token), outgoing()?, monotonic());
    let http = http.map_err(|error| AppError::Part(format!("population.url {error}")))?;
    Ok(Arc::new(http))
}

/// Time that only goes forward, for the circuit breakers.
fn monotonic() -> MonotonicClock {
    let start = Instant::now();
    Box::new(move || start.elapsed().as_millis() as i64)
}
