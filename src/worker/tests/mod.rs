//! The worker against a small platform on port 0, a database of its own and files in memory.
//!
//! Business time stands where the test puts it; nothing waits for real time longer than a fifth of a second.

mod deliveries;
mod jobs;
mod reminders;
mod shelf;
mod templates;
mod together;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::Uri,
    response::{IntoResponse, Response},
};
use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};
use sqlx::Executor as _;

use super::{test_db::TestDb, *};
use crate::{
    clock::Clock,
    config,
    dialog::{self, Purpose},
    files::Files,
    ids::Ids,
    models::PhotoModels,
    store::{Commit, Committed, OutboxFilter, OutboxState, OutboxSummary},
    time::{at_civil, parse_minute, shanghai},
    turn::{Binding, CaseChange, Consents, Given, Notice, NoticeBody, Snapshot, Turn, World, known},
    upstream::{PopulationAnswer, Registry, Unavailable},
    wechat::client::{ClientConfig, StoredToken, TokenStore, TokenStoreError},
    workflow::{
        candidate::{Candidate, read_candidates},
        case::{Case, Stage},
        delivery::WINDOWS,
        plan::read_plans,
        schedule::read_csv,
    },
};
use shelf::Shelf;

const OPEN_ID: &str = "oPerson";
/// Pictures are small here.
fn photos(files: Arc<Shelf>) -> Photos {
    let small = config::Photo { min_portrait_width: 48, min_portrait_height: 64, ..config::Photo::default() };
    Photos::new(files, small.rules(), PhotoModels::of(Path::new("no-models")))
}

/// One call of the worker's.
#[derive(Debug, Clone)]
struct Call {
    path: String,
    query: HashMap<String, String>,
    body: Bytes,
}

impl Call {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Answers `ok` to everything unless scripted otherwise.
#[derive(Default)]
struct Platform {
    calls: Mutex<Vec<Call>>,
    scripted: Mutex<HashMap<String, VecDeque<Response>>>,
    /// While held by a test, messages are taken in and not answered.
    silence: tokio::sync::RwLock<()>,
}

impl Platform {
    fn script(&self, path: &str, answer: impl IntoResponse) {
        let mut scripted = self.scripted.lock().unwrap();
        scripted.entry(path.to_owned()).or_default().push_back(answer.into_response());
    }

    fn refuse(&self, path: &str, code: i64) {
        self.script(path, json!({ "errcode": code, "errmsg": "no" }).to_string());
    }

    fn calls(&self, path: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.path == path).cloned().collect()
    }
}

async fn answer(
    State(platform): State<Arc<Platform>>,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    platform.calls.lock().unwrap().push(Call { path: path.clone(), query, body });
    if path == CUSTOM {
        drop(platform.silence.read().await);
    }
    if let Some(scripted) = platform.scripted.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front) {
        return scripted;
    }
    let usual = match path.as_str() {
        "/cgi-bin/stable_token" => json!({ "access_token": "t", "expires_in": 7200 }),
        "/cgi-bin/message/template/send" => json!({ "errcode": 0, "msgid": 200_163_836 }),
        "/cgi-bin/media/upload" => json!({ "type": "image", "media_id": "uploaded" }),
        _ => json!({ "errcode": 0, "errmsg": "ok" }),
    };
    usual.to_string().into_response()
}

/// The token, in memory.
#[derive(Default)]
struct Token(Mutex<Option<StoredToken>>);

impl TokenStore for Token {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, TokenStoreError>> {
        async { Ok(self.0.lock().unwrap().clone()) }.boxed()
    }

    fn claim(&self, _: Option<i64>, _: i64, _: i64) -> BoxFuture<'_, Result<bool, TokenStoreError>> {
        async { Ok(true) }.boxed()
    }

    fn release(&self, _: i64) -> BoxFuture<'_, Result<(), TokenStoreError>> {
        std::future::ready(Ok(())).boxed()
    }

    fn compare_and_swap<'a>(
        &'a self,
        _: Option<i64>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, TokenStoreError>> {
        async {
            *self.0.lock().unwrap() = Some(new.clone());
            Ok(true)
        }
        .boxed()
    }
}

/// Registry and population source: silent for as many questions as told, then they answer.
struct Offices {
    silent: AtomicI64,
    candidate: Candidate,
}

impl Offices {
    fn speak(&self) -> Result<(), Unavailable> {
        if self.silent.fetch_sub(1, Ordering::SeqCst) > 0 { Err(Unavailable::Status(503)) } else { Ok(()) }
    }
}

impl Population for Offices {
    fn verify<'a>(
        &'a self,
        name: &'a str,
        document_no: &'a str,
    ) -> BoxFuture<'a, Result<PopulationAnswer, Unavailable>> {
        let asked = (name, document_no) == (&self.candidate.name, &self.candidate.document_no);
        assert!(asked, "the bound candidate is asked about");
        async { self.speak().map(|()| PopulationAnswer::Match) }.boxed()
    }
}

impl Registry for Offices {
    fn candidate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Value>, Unavailable>> {
        async { self.speak().map(|()| serde_json::to_value(&self.candidate).ok()) }.boxed()
    }
}

/// Everything around one worker.
struct Rig {
    worker: Worker,
    store: Store,
    clock: Clock,
    platform: Arc<Platform>,
    shelf: Arc<Shelf>,
    offices: Arc<Offices>,
    db: TestDb,
}

impl Rig {
    async fn new() -> Self {
        Self::leasing(LEASES).await
    }

    async fn leasing(leases: Leases) -> Self {
        let db = TestDb::of(module_path!()).await;
        let store = db.store().await;
        let clock = Clock::starting_at(at_civil(parse_minute("2026-06-15T09:30").unwrap(), &shanghai()));
        let platform = Arc::new(Platform::default());
        let shelf = Arc::new(Shelf::default());
        let offices = Arc::new(Offices { silent: AtomicI64::new(0), candidate: candidate() });
        let runner = Runner {
            store: store.clone(),
            world: Arc::new(ArcSwap::from_pointee(world())),
            registry: offices.clone(),
            clock: clock.clone(),
            ids: Ids::seeded(1),
        };
        let tools = Tools {
            runner,
            client: Arc::new(client(&platform).await),
            population: offices.clone(),
            photos: photos(shelf.clone()),
            templates: BTreeMap::from([("portrait_approved".to_owned(), "T1".to_owned())]),
            subscriptions: BTreeMap::from([("portrait_approved".to_owned(), "S1".to_owned())]),
            lasting_subscriptions: false,
            calls: 8,
            windows: WINDOWS,
        };
        let worker = Worker::leasing(tools, leases);
        Self { worker, store, clock, platform, shelf, offices, db }
    }

    /// What befalls a database behind the bot's back.
    async fn befall(&self, sql: &'static str) {
        self.db.connect().await.execute(sql).await.unwrap();
    }

    async fn work(&self) -> Idle {
        self.worker.run_until_idle().await.unwrap()
    }

    async fn load(&self) -> Snapshot {
        self.store.load_fresh(OPEN_ID, "2026-06").await.unwrap()
    }

    /// Stores a turn that changes only what `change` says.
    async fn turn(&self, change: impl FnOnce(&mut Turn)) {
        let before = self.load().await;
        let mut turn = Turn::of_session(before.session.clone());
        change(&mut turn);
        let commit = Commit::new(turn, before, "2026-06", self.clock.business());
        assert_eq!(self.store.commit(commit).await.unwrap(), Committed::Stored);
    }

    /// The person writes now.
    async fn talk(&self) {
        let now = self.clock.business();
        self.turn(|turn| turn.session.talked_at = Some(now)).await;
    }

    /// The person holds the candidate and has a case at this stage.
    async fn apply_at(&self, stage: Stage, change: impl FnOnce(&mut Turn)) {
        let candidate = candidate();
        let mut case = Case::open("case-1".into(), "00000001".into(), "2026-06", OPEN_ID, &candidate);
        case.stage = stage;
        self.turn(|turn| {
            turn.session.exam_no = Some(candidate.exam_no.clone());
            let world = self.worker.shared.tools.runner.world.load();
            let given = |purpose| {
                let version = world.scripts.consent(purpose).to_owned();
                Some(Given { version, at: self.clock.business() })
            };
            let (identity, portrait) = (given(Purpose::Identity), given(Purpose::Portrait));
            turn.session.consents = Consents { identity, portrait };
            turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
            turn.record = Some(Arc::new(candidate.clone()));
            turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
            change(turn);
        })
        .await;
    }

    /// All rows, oldest first.
    async fn outbox(&self) -> Vec<OutboxSummary> {
        let mut rows = self.store.list_outbox(&OutboxFilter::default()).await.unwrap();
        rows.reverse();
        rows
    }

    async fn states(&self) -> Vec<OutboxState> {
        self.outbox().await.iter().map(|row| row.state).collect()
    }

    /// The texts of all customer messages sent, in order.
    fn sent_texts(&self) -> Vec<String> {
        let calls = self.platform.calls(CUSTOM);
        calls
            .iter()
            .map(|call| call.json()["text"]["content"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

const CUSTOM: &str = "/cgi-bin/message/custom/send";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const SUBSCRIBE: &str = "/cgi-bin/message/subscribe/bizsend";
const MEDIA: &str = "/cgi-bin/media/get";

async fn client(platform: &Arc<Platform>) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(platform.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let timeout = Duration::from_secs(5);
    let config = ClientConfig {
        api_base: address.clone(),
        mp_base: address,
        app_id: "wx1".into(),
        app_secret: "s".into(),
        call_timeout: timeout,
        media_timeout: timeout,
        concurrency: 8,
    };
    let http = crate::http::http_client(timeout).unwrap();
    let clock = Clock::real();
    Client::new(config, Arc::new(Token::default()), http, Arc::new(move || clock.wire().0)).unwrap()
}

fn text(id: &str, words: &str) -> Notice {
    let body = NoticeBody::Text { text: words.to_owned(), menu: Vec::new(), template: BTreeMap::new() };
    Notice { id: id.to_owned(), event: "reply".to_owned(), body, important: false, revocable: None }
}

fn important(id: &str, event: &str) -> Notice {
    let template = BTreeMap::from([("thing1".to_owned(), "毕业证照片审核".to_owned())]);
    let body = NoticeBody::Text { text: "通过".to_owned(), menu: Vec::new(), template };
    Notice { id: id.to_owned(), event: event.to_owned(), body, important: true, revocable: None }
}

fn candidate() -> Candidate {
    let text = include_str!("../../../examples/data/candidates.json");
    let today = parse_minute("2026-06-15T09:30").unwrap().date();
    read_candidates(text, today, |candidate| candidate).unwrap().remove(0)
}

fn world() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogs");
    let files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let scripts = dialog::load(&files, &known()).unwrap_or_else(|found| panic!("{}", dialog::report(&found)));
    let batch = serde_json::from_str(include_str!("../../../examples/data/batch.json")).unwrap();
    let schedule = read_csv(include_str!("../../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
    let plans = read_plans(include_str!("../../../examples/data/plans.json")).unwrap();
    World::new(scripts, batch, schedule, plans, shanghai(), "http://127.0.0.1:8080")
}
