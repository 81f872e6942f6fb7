//! A served camera page over a fresh database, with one candidate whose link has just been issued, and the devices
//! that open it. Time is the test's to move.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{io::Cursor, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use futures_util::future::{BoxFuture, FutureExt};
use graduation_bot::{
    app,
    clock::Clock,
    config::{self, Config},
    dialog::{self, Purpose},
    http::{Base, http_client},
    ids::Ids,
    models::PhotoModels,
    photos::Photos,
    runner::Runner,
    store::{Commit, Committed},
    time::{at_civil, parse_minute, shanghai},
    turn::{self, Binding, CaseChange, Consents, Given, Job, TicketChange, Turn, World},
    upstream::{Registry, Unavailable},
    validation::photo::Rules,
    web::{Login, Site, Uploads, pages},
    worker::WorkerError,
    workflow::{
        candidate::{Candidate, read_candidates},
        case::{Case, Place, Stage},
        plan::read_plans,
        schedule::read_csv,
    },
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mock_platform::{Mock, Options};
use reqwest::{Client, Response, header, multipart};

use super::shelf::Shelf;
use crate::{dialogs::shipped, support::db::TestDb};

/// The person whose link it is.
pub(super) const PERSON: &str = "o-camera-person";
/// The candidate of the samples whose number is shown masked: 440103********0037.
const EXAM_NO: &str = "010112345678";
/// The end of that number, which 「开始」 asks for.
pub(super) const TAIL: &str = "0037";
/// Largest file, smaller than in production so that tests need not send 10 MB.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// A bot that serves.
pub(super) struct Bot {
    pub(super) runner: Runner,
    pub(super) photos: Photos,
    pub(super) address: SocketAddr,
    pub(super) mock: Mock,
    /// Whose link it is.
    pub(super) person: String,
    exam_no: String,
    shelf: Arc<Shelf>,
    _db: TestDb,
}

/// Settings that name the platform.
fn of_platform(mock: &Mock) -> Config {
    let mut config = Config::default();
    config.wechat.app_id.clone_from(&mock.options().app_id);
    config.wechat.app_secret.clone_from(&mock.options().app_secret);
    mock.url().clone_into(&mut config.wechat.api_base);
    mock.url().clone_into(&mut config.wechat.mp_base);
    config
}

/// 「同意」 to the present words of both consents.
fn agreed(runner: &Runner) -> Consents {
    let given = |purpose| {
        let version = runner.world.load().scripts.consent(purpose).to_owned();
        Some(Given { version, at: runner.clock.business() })
    };
    Consents { identity: given(Purpose::Identity), portrait: given(Purpose::Portrait) }
}

/// A browser: it keeps the cookie that it was given.
pub(super) struct Device {
    client: Client,
    base: String,
    pub(super) cookie: Option<String>,
}

impl Bot {
    /// Serves, inside the sample batch, a case that waits for its link to be opened.
    pub(super) async fn start() -> Self {
        Self::with_room(Uploads::default()).await
    }

    /// The same, with so much room for pictures on their way in.
    pub(super) async fn with_room(uploads: Uploads) -> Self {
        let db = TestDb::of(module_path!()).await;
        let store = db.store().await;
        let start = at_civil(parse_minute("2026-06-15T09:30").unwrap(), &shanghai());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let runner = Runner {
            store,
            world: Arc::new(ArcSwap::from_pointee(world(&format!("http://{address}")))),
            registry: Arc::new(NoRegistry),
            clock: Clock::starting_at(start),
            ids: Ids::seeded(1),
        };
        let shelf = Arc::new(Shelf::default());
        let photos = Photos::new(shelf.clone(), rules(), PhotoModels::of(Path::new("no-models")));
        let mock = Mock::start(Options::default()).await.unwrap();
        let login = Login {
            client: app::client(&of_platform(&mock), &runner.store, &runner.clock).unwrap(),
            open: Base::parse(mock.url()).unwrap(),
        };
        let site = Site { uploads, ..Site::new(runner.clone(), photos.clone(), login) };
        tokio::spawn(async move { axum::serve(listener, pages(site)).await });
        Self {
            runner,
            photos,
            address,
            mock,
            person: PERSON.to_owned(),
            exam_no: EXAM_NO.to_owned(),
            shelf,
            _db: db,
        }
    }

    /// From now on it is another person's turn, of another application: at its camera, with the link's secret.
    pub(super) async fn next_person(&mut self, number: u8) -> (String, Device) {
        self.person = format!("{PERSON}-{number}");
        self.exam_no = format!("0101123456{number:02}");
        let ticket = self.issue(100 + number).await;
        let device = self.at_camera(&ticket).await;
        (ticket, device)
    }

    /// As a proxy before it would have it: people come over https, by another name.
    pub(super) fn behind_https(&self) {
        self.runner.world.store(Arc::new(world("https://bot.example")));
    }

    /// As when the case has gone on in the chat in this very moment, and its link does not know yet.
    pub(super) async fn stand_at(&self, stage: Stage) {
        let batch = self.runner.world.load().batch.id.clone();
        let before = self.runner.store.load_fresh(&self.person, &batch).await.unwrap();
        let case = Case { stage, ..Case::clone(before.case.as_ref().unwrap()) };
        let change = CaseChange { expected: case.version, case: Arc::new(case), entered_at: None };
        let turn = Turn { case: Some(change), ..Turn::of_session(before.session.clone()) };
        let commit = Commit::new(turn, before, &batch, self.runner.clock.business());
        assert_eq!(self.runner.store.commit(commit).await.unwrap(), Committed::Stored);
    }

    /// What the checks have refused in a row.
    pub(super) async fn refusals(&self) -> usize {
        let batch = self.runner.world.load().batch.id.clone();
        self.runner.store.load_fresh(&self.person, &batch).await.unwrap().session.photo_refusals.len()
    }

    /// Serves, and the first link is there.
    pub(super) async fn with_link() -> (Self, String) {
        let bot = Self::start().await;
        let ticket = bot.issue(1).await;
        (bot, ticket)
    }

    /// A new link in place of any earlier one, as 「我知道了，去拍照」 or 「新链接」 leave it. `number` tells links apart.
    pub(super) async fn issue(&self, number: u8) -> String {
        let now = self.runner.clock.business();
        let batch = self.runner.world.load().batch.id.clone();
        let before = self.runner.store.load_fresh(&self.person, &batch).await.unwrap();
        let candidate = Arc::new(Candidate { exam_no: self.exam_no.clone(), ..sample() });
        let case = match &before.case {
            Some(case) => Case { stage: Stage::ScanAwaited, ..Case::clone(case) },
            None => Case { open_id: self.person.clone(), ..fresh_case(&batch, &candidate) },
        };
        let secret = Ids::seeded(1_000 + u64::from(number)).secret();
        let mut session = before.session.clone();
        session.exam_no = Some(candidate.exam_no.clone());
        session.consents = agreed(&self.runner);
        let is_new = before.case.is_none();
        let turn = Turn {
            record: is_new.then(|| Arc::clone(&candidate)),
            binding: is_new.then(|| Binding::Bind { exam_no: candidate.exam_no.clone() }),
            ticket: Some(TicketChange::Issue {
                secret: secret.clone(),
                case_id: case.id.clone(),
                claim_until: now.plus_seconds(600),
            }),
            case: Some(CaseChange { expected: case.version, case: Arc::new(case), entered_at: None }),
            ..Turn::of_session(session)
        };
        let stored = self.runner.store.commit(Commit::new(turn, before, &batch, now)).await.unwrap();
        assert_eq!(stored, Committed::Stored);
        secret
    }

    /// As when an office has freed the candidate.
    pub(super) async fn unbind(&self) {
        let batch = self.runner.world.load().batch.id.clone();
        let before = self.runner.store.load_fresh(&self.person, &batch).await.unwrap();
        let mut session = before.session.clone();
        session.exam_no = None;
        let binding = Some(Binding::Unbind { exam_no: self.exam_no.clone() });
        let turn = Turn { binding, ..Turn::of_session(session) };
        let commit = Commit::new(turn, before, &batch, self.runner.clock.business());
        assert_eq!(self.runner.store.commit(commit).await.unwrap(), Committed::Stored);
    }

    /// As when the words have another version since.
    pub(super) async fn take_back_consent(&self, purpose: Purpose) {
        let batch = self.runner.world.load().batch.id.clone();
        let before = self.runner.store.load_fresh(&self.person, &batch).await.unwrap();
        let mut session = before.session.clone();
        match purpose {
            Purpose::Identity => session.consents.identity = None,
            Purpose::Portrait => session.consents.portrait = None,
        }
        let commit = Commit::new(Turn::of_session(session), before, &batch, self.runner.clock.business());
        assert_eq!(self.runner.store.commit(commit).await.unwrap(), Committed::Stored);
    }

    /// The names of all stored pictures, once what turns left to clear away is gone.
    pub(super) async fn stored(&self) -> Vec<String> {
        let store = &self.runner.store;
        for row in store.lease_jobs(100, self.runner.clock.now(), 60).await.unwrap().rows {
            let Job::ClearPhotos { case_id, names } = &row.job else { panic!("{:?} is left over", row.job) };
            self.photos.clear::<WorkerError>(store, case_id, names).await.unwrap();
            assert!(store.finish_job(&row.lease).await.unwrap());
        }
        self.shelf.names()
    }

    /// The case as it is now.
    pub(super) async fn case(&self) -> Arc<Case> {
        let batch = self.runner.world.load().batch.id.clone();
        self.runner.store.load_fresh(&self.person, &batch).await.unwrap().case.unwrap()
    }

    /// A browser without any cookie.
    pub(super) fn device(&self) -> Device {
        Device {
            client: http_client(Duration::from_secs(20)).unwrap(),
            base: format!("http://{}", self.address),
            cookie: None,
        }
    }

    /// A device that has claimed the link and gone on to the camera.
    pub(super) async fn at_camera(&self, ticket: &str) -> Device {
        let mut device = self.device();
        for step in ["start", "confirm", "standard"] {
            device.press(ticket, step).await;
        }
        assert_eq!(self.case().await.stage, Stage::Capturing);
        device
    }
}

impl Device {
    /// Opens a path.
    pub(super) async fn get(&self, path: &str) -> Response {
        self.with_cookie(self.client.get(format!("{}{path}", self.base))).send().await.unwrap()
    }

    /// Opens a link and reads what it shows.
    pub(super) async fn page(&self, ticket: &str) -> (u16, String) {
        read(self.get(&format!("/camera/{ticket}")).await).await
    }

    /// Presses a button as another site, or an old browser, would: with these headers. 「开始」 knows the number's end.
    pub(super) async fn post(&self, ticket: &str, act: &str, headers: &[(&str, &str)]) -> Response {
        let fields: &[(&str, &str)] = if act == "start" { &[("tail", TAIL)] } else { &[] };
        self.send(ticket, act, fields, headers).await
    }

    /// 「开始」 with this as the number's end; what is shown then.
    pub(super) async fn start(&mut self, ticket: &str, tail: &str) -> (u16, String) {
        let response = self.send(ticket, "start", &[("tail", tail)], &[]).await;
        self.follow(response).await
    }

    /// Presses a button with these fields and headers.
    pub(super) async fn send(
        &self,
        ticket: &str,
        act: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let request = self.client.post(format!("{}/camera/{ticket}/{act}", self.base));
        let mut request = self.with_cookie(if act == "start" { request.form(fields) } else { request });
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Presses a button, keeps a cookie, follows where it leads; what is shown then.
    pub(super) async fn press(&mut self, ticket: &str, act: &str) -> (u16, String) {
        let response = self.post(ticket, act, &[("sec-fetch-site", "same-origin")]).await;
        self.follow(response).await
    }

    /// Sends a picture as the live camera does; what is shown then.
    pub(super) async fn upload(&mut self, ticket: &str, content: Vec<u8>) -> (u16, String) {
        let file = multipart::Part::bytes(content).file_name("photo.jpg").mime_str("image/jpeg").unwrap();
        let form = multipart::Form::new().text("live", "yes").part("photo", file);
        self.upload_form(ticket, form).await
    }

    /// Sends any form to where pictures go; what is shown then.
    pub(super) async fn upload_form(&mut self, ticket: &str, form: multipart::Form) -> (u16, String) {
        let request = self.client.post(format!("{}/camera/{ticket}/photo", self.base)).multipart(form);
        let response = self.with_cookie(request).send().await.unwrap();
        self.follow(response).await
    }

    async fn follow(&mut self, response: Response) -> (u16, String) {
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        match response.headers().get(header::LOCATION) {
            Some(location) => {
                assert_eq!(response.status().as_u16(), 303);
                let location = location.to_str().unwrap().to_owned();
                read(self.get(&location).await).await
            }
            None => read(response).await,
        }
    }

    fn with_cookie(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }
}

async fn read(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, response.text().await.unwrap())
}

fn rules() -> Rules {
    config::Photo { max_bytes: MAX_BYTES, ..config::Photo::default() }.rules()
}

/// A picture of squares in this colour and in blue: what is to be told without models finds nothing wrong with it.
pub(super) fn picture(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    let is_blue = |x: u32, y: u32| (x / 3 + y / 3).is_multiple_of(2);
    let image =
        RgbImage::from_fn(width, height, |x, y| Rgb(if is_blue(x, y) { [60, 90, 200] } else { colour }));
    DynamicImage::ImageRgb8(image).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

fn world(public_url: &str) -> World {
    let texts = shipped();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let scripts = dialog::load(&files, &turn::known()).map_err(|found| dialog::report(&found)).unwrap();
    let batch = serde_json::from_str(include_str!("../../../examples/data/batch.json")).unwrap();
    let schedule = read_csv(include_str!("../../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
    let plans = read_plans(include_str!("../../../examples/data/plans.json")).unwrap();
    World::new(scripts, batch, schedule, plans, shanghai(), public_url)
}

fn sample() -> Candidate {
    let today = parse_minute("2026-06-15T09:30").unwrap().date();
    let all =
        read_candidates(include_str!("../../../examples/data/candidates.json"), today, |candidate| candidate)
            .unwrap();
    all.into_iter().find(|candidate| candidate.exam_no == EXAM_NO).unwrap()
}

fn fresh_case(batch: &str, candidate: &Candidate) -> Case {
    // Ids stand in logs, and no number of a person may.
    let id = format!("01JXQ000000000000000{}", &candidate.exam_no[6..]);
    let place = Place { city: "广州市".to_owned(), district: "天河区".to_owned() };
    Case {
        stage: Stage::ScanAwaited,
        place: Some(place),
        phone: Some("+8613800138000".to_owned()),
        ..Case::open(id, candidate.exam_no[4..].to_owned(), batch, PERSON, candidate)
    }
}

/// Nobody is asked: the record came with the binding.
struct NoRegistry;

impl Registry for NoRegistry {
    fn candidate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<serde_json::Value>, Unavailable>> {
        async { Ok(None) }.boxed()
    }
}
