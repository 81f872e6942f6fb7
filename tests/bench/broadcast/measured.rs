//! One announcement to so many people, and what it took.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use graduation_bot::{
    app::{self, App},
    clock::Clock,
    ids::Ids,
    office::broadcasts,
    store::{Broadcast, Draft, StaffRow},
    workflow::broadcast::{
        Content, State, Step,
        audience::{Audience, Condition},
        message::Message,
    },
};
use tokio::sync::watch;

use crate::{Asked, apart, laid_out, platform::Platform, samples};

const WORDS: &str =
    "各位考生：因台风影响，6月16日的现场初审暂停，改期另行通知。请留意本公众号的消息，不必到现场排队。";
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// The platform's quota counts by the minute: after so long nothing more is to be expected.
const LONGEST: Duration = Duration::from_hours(1);

/// Runs it and prints a line for each part.
pub(crate) async fn measure(asked: &Asked) {
    let platform = Platform::start(asked.people);
    let folder = tempfile::tempdir().unwrap();
    let config = apart::settings(&platform.url, folder.path());
    let clock = Clock::real();
    let store = app::open_store(&config).await.unwrap();
    samples::fill(&store, &clock, &Ids::seeded(7)).await.unwrap();
    let began = Instant::now();
    laid_out::lay_out(&config, &store, asked.people, clock.business()).await;
    println!(
        "{} people laid out in {:.1} s; {} MB at the platform",
        asked.people,
        began.elapsed().as_secs_f64(),
        platform.mb
    );
    store.close().await;
    let app = Arc::new(App::start(config, clock, Ids::seeded(7)).await.unwrap());
    let staff = announcers(&app).await;
    let before = apart::memory_mb("VmRSS:");
    run(&app, &staff, asked, before).await;
    app.store.close().await;
    let received = platform.received().await;
    println!(
        "  the platform: {} people with one message, {} with none, the most {}",
        received.people, received.without, received.most
    );
    assert_eq!((received.people, received.without, received.most), (asked.people, 0, 1));
}

/// Two who may announce.
async fn announcers(app: &App) -> [StaffRow; 2] {
    let rows = ["甲", "乙"].map(|name| StaffRow::new(name, String::new(), "announcer", ""));
    for row in &rows {
        assert!(app.store.add_staff(row, "operator", app.clock.business()).await.unwrap());
    }
    rows
}

async fn run(app: &App, staff: &[StaffRow; 2], asked: &Asked, before: u64) {
    let (stop, stopped) = watch::channel(false);
    let worker = app.worker.clone();
    apart::forget_peak();
    let (began, cpu) = (Instant::now(), apart::cpu_seconds());
    let working = tokio::spawn(async move { worker.run_until_stopped(stopped).await });
    let started = start(app, staff, asked).await;
    until(app, &started, |seen| seen.marks.gathered_at.is_some()).await;
    let gathered = began.elapsed().as_secs_f64();
    let people = asked.people as f64;
    println!(
        "  gathered in {gathered:.1} s ({:.0}/s); memory {before} MB, at its peak {} MB",
        people / gathered,
        apart::memory_mb("VmHWM:")
    );
    until(app, &started, |seen| seen.state == State::Ended).await;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "  all sent in {seconds:.1} s: {:.0}/s, {:.3} CPU s per 1,000, at the peak {} MB",
        people / (seconds - gathered),
        1000.0 * (apart::cpu_seconds() - cpu) / people,
        apart::memory_mb("VmHWM:")
    );
    stop.send_replace(true);
    working.await.unwrap();
}

/// Written by one, approved by the other, started.
async fn start(app: &App, [author, other]: &[StaffRow; 2], asked: &Asked) -> Broadcast {
    let (store, now) = (&app.store, app.clock.business());
    let batch = app.runner.world.load().batch.id.clone();
    let draft = Draft {
        title: "台风停办".to_owned(),
        content: Content {
            audience: Audience { batch, who: Condition::Everyone },
            message: Message::Text { text: WORDS.to_owned() },
            card: None,
            route: asked.route,
            urgent: Some("测量".to_owned()),
        },
        starts_at: None,
        lapses_at: now.plus_seconds(24 * 3600),
        rate: asked.rate,
        picture: None,
    };
    let mut seen = broadcasts::write(store, author, &draft, now).await.unwrap();
    for (by, step) in [(author, Step::Propose), (other, Step::Approve)] {
        seen = broadcasts::take(store, by, &seen, step, "", now).await.unwrap();
    }
    // The worker starts what is approved; whoever is first.
    match broadcasts::take(store, author, &seen, Step::Start, "", now).await {
        Ok(started) => started,
        Err(_) => broadcasts::find(store, author, seen.number).await.unwrap(),
    }
}

async fn until(app: &App, broadcast: &Broadcast, is_so: impl Fn(&Broadcast) -> bool) {
    let began = Instant::now();
    while !is_so(&app.store.broadcast(&broadcast.id).await.unwrap().unwrap()) {
        assert!(began.elapsed() < LONGEST, "the announcement does not come to its end");
        tokio::time::sleep(LOOK).await;
    }
}
