//! How fast what waits in the outbox reaches the platform:
//! `cargo bench --bench deliveries [-- --people 20000 --rounds 5 --latency 0]`.
//!
//! Two processes, each on a core of its own where `taskset` is to be had: the mock platform with its quotas lifted, and
//! the bot's worker on an SQLite database whose commits are durable. Rows wait for as many people, all of whom have just
//! written; the clock runs from the worker's start until the last row is delivered. Beside it, in the same process and
//! over the same pool of connections, a bare loop that posts the same messages as often at once and stores nothing. With
//! `--latency` the platform takes so many milliseconds for each answer, as a real one does.
//! Each is measured several times in turn; medians are what to compare.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[expect(dead_code, reason = "the benchmark of announcements uses all of it")]
mod apart;
#[path = "../../examples/demo/samples.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod samples;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, future::join_all, stream};
use graduation_bot::{
    app::{self, App},
    clock::Clock,
    config::Config,
    http,
    ids::Ids,
    store::{Commit, Committed, OutboxState},
    turn::{Notice, NoticeBody, Turn},
};
use mock_platform::{Fault, Kind, Mock, Options, Say};
use serde_json::{Value, json};
use tokio::sync::watch;

/// Turns that are stored at once while the rows are laid out.
const AT_ONCE: usize = 64;
const WORDS: &str = "您的毕业证照片已经通过审核，请在微信里回复「申请」继续办理。";
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, otherwise: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let load = Load { people: number("--people", 20_000), latency: number("--latency", 0) };
    let rounds = number("--rounds", ROUNDS);
    match arguments.first().map(String::as_str) {
        Some("platform") => apart::runtime().block_on(platform(load)),
        Some("bot") => apart::runtime().block_on(bot(load, rounds)),
        _ => {
            let rounds = ["--rounds".to_owned(), rounds.to_string()];
            let done = apart::on_core(0, "bot").args(load.arguments()).args(rounds).status().unwrap();
            std::process::exit(done.code().unwrap_or(1));
        }
    }
}

/// How many people, and how many milliseconds the platform takes for an answer.
#[derive(Clone, Copy)]
struct Load {
    people: usize,
    latency: usize,
}

impl Load {
    fn arguments(self) -> [String; 4] {
        ["--people".to_owned(), self.people.to_string(), "--latency".to_owned(), self.latency.to_string()]
    }
}

/// The platform, for as long as its standard input is open: its address and its people on standard output.
async fn platform(load: Load) {
    let options = Options { unlimited: true, bot: None, ..Options::default() };
    let mock = Mock::start(options).await.unwrap();
    let open_ids = mock.followers(load.people);
    for open_id in &open_ids {
        mock.say(open_id, Say::Text { content: "好".to_owned() }).await.unwrap();
    }
    if load.latency > 0 {
        let slow = Fault::once("/cgi-bin/message", Kind::Delay, load.latency);
        mock.fault(Fault { times: u32::MAX, ..slow });
    }
    println!("{}", json!({ "url": mock.url(), "people": open_ids }));
    std::io::stdout().flush().unwrap();
    tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop)).await.unwrap();
}

/// A platform in a process of its own.
struct Platform {
    child: Child,
    url: String,
    people: Vec<String>,
}

impl Platform {
    fn start(load: Load) -> Self {
        let mut command = apart::on_core(1, "platform");
        let mut child =
            command.args(load.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let people = told["people"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        Self { url: told["url"].as_str().unwrap().to_owned(), people: people.collect(), child }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What one round took.
struct Took {
    seconds: f64,
    cpu: f64,
}

async fn bot(load: Load, rounds: usize) {
    let people = load.people;
    let (mut loops, mut outboxes) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let platform = Platform::start(load);
        outboxes.push(outbox(&platform).await);
        drop(platform);
        let platform = Platform::start(load);
        loops.push(bare(&platform).await);
        let (bare, outbox) = (&loops[round], &outboxes[round]);
        println!("round {}: bare loop {}; outbox {}", round + 1, bare.line(people), outbox.line(people));
    }
    let median = |took: &[Took], of: fn(&Took) -> f64| {
        let mut all: Vec<f64> = took.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let row = |name: &str, took: &[Took]| {
        let median = Took { seconds: median(took, |took| took.seconds), cpu: median(took, |took| took.cpu) };
        println!("{name}: {}", median.line(people));
        median.seconds
    };
    println!("medians of {rounds}, {people} people:");
    let (bare, outbox) = (row("bare loop", &loops), row("outbox", &outboxes));
    println!("the outbox runs at {:.0} % of the bare loop", 100.0 * bare / outbox);
}

impl Took {
    async fn of(work: impl Future<Output = ()>) -> Self {
        let (began, cpu) = (Instant::now(), apart::cpu_seconds());
        work.await;
        Self { seconds: began.elapsed().as_secs_f64(), cpu: apart::cpu_seconds() - cpu }
    }

    fn line(&self, people: usize) -> String {
        let each = people as f64;
        format!("{:.0}/s, {:.3} CPU s per 1,000", each / self.seconds, 1000.0 * self.cpu / each)
    }
}

/// The outbox, from the worker's start until the last row is delivered.
async fn outbox(platform: &Platform) -> Took {
    let folder = tempfile::tempdir().unwrap();
    let config = apart::settings(&platform.url, folder.path());
    let clock = Clock::real();
    let store = app::open_store(&config).await.unwrap();
    samples::fill(&store, &clock, &Ids::seeded(7)).await.unwrap();
    store.close().await;
    let app = Arc::new(App::start(config, clock.clone(), Ids::seeded(7)).await.unwrap());
    for people in platform.people.chunks(AT_ONCE) {
        join_all(people.iter().map(|open_id| lay_out(&app, open_id))).await;
    }
    // What a young row waits for, lest it overtakes the answer, is over.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (stop, stopped) = watch::channel(false);
    let worker = app.worker.clone();
    let took = Took::of(async {
        let working = tokio::spawn(async move { worker.run_until_stopped(stopped).await });
        while app.store.next_due(clock.now()).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send_replace(true);
        working.await.unwrap();
    });
    let took = took.await;
    let counts = app.store.count_outbox().await.unwrap();
    assert_eq!(counts, [(OutboxState::Delivered, platform.people.len() as i64)]);
    app.store.close().await;
    took
}

/// A row for somebody who has just written.
async fn lay_out(app: &App, open_id: &str) {
    let batch = app.runner.world.load().batch.id.clone();
    let before = app.store.load_fresh(open_id, &batch).await.unwrap();
    let now = app.clock.business();
    let mut turn = Turn::of_session(before.session.clone());
    turn.session.talked_at = Some(now);
    let body = NoticeBody::Text { text: WORDS.to_owned(), menu: Vec::new(), template: BTreeMap::new() };
    let (id, event) = (format!("{open_id}-1"), "portrait_approved".to_owned());
    turn.outbox.push(Notice { id, event, body, important: true, revocable: None });
    let stored = app.store.commit(Commit::new(turn, before, &batch, now)).await.unwrap();
    assert_eq!(stored, Committed::Stored);
}

/// The same messages, and nothing else.
async fn bare(platform: &Platform) -> Took {
    let calls = usize::from(Config::default().delivery.calls);
    let client = http::http_client(Duration::from_secs(10)).unwrap();
    let options = Options::default();
    let body = json!({
        "grant_type": "client_credential", "appid": options.app_id, "secret": options.app_secret,
    });
    let answer = client.post(format!("{}/cgi-bin/stable_token", platform.url)).json(&body).send().await;
    let answer: Value = answer.unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let address = format!("{}/cgi-bin/message/custom/send?access_token={token}", platform.url);
    let send = |open_id: &String| {
        let body = json!({ "touser": open_id, "msgtype": "text", "text": { "content": WORDS } });
        let request = client.post(&address).json(&body).send();
        async move {
            let answer: Value = request.await.unwrap().json().await.unwrap();
            assert_eq!(answer["errcode"], 0);
        }
    };
    Took::of(stream::iter(&platform.people).map(send).buffer_unordered(calls).for_each(|()| async {})).await
}
