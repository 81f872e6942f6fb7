//! A storm: many people of both tracks talk at once and reviewers decide, while the bot is killed again and again at
//! moments that a seed draws, and started again. Afterwards everything is counted: what was answered is stored, what is
//! stored is answered with the same bytes, nothing was done twice, and every push has come or is in doubt and says so.
//!
//! `STORM_PEOPLE`, `STORM_KILLS` and `STORM_SEED` make it larger or another one (`tests/README.md`).

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod offices;
mod people;
mod pushes;
mod reckoning;
mod stories;

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use mock_platform::{Fault, Kind, Options, Population, Verdict, WindowRule};

use super::{
    BATCH, MEDIA, POPULATION, SEND, UPLOAD,
    town::{Town, until},
};
use crate::support::{
    db::{self, setting},
    samples,
};
use people::{Walked, Walker};
use reckoning::Reckoning;
use stories::Story;

/// Fewer than anybody says on the way to the end, so that every kill strikes while people talk.
const WORDS_AT_LEAST: usize = 18;
/// After its message has been said, a kill waits for up to so many milliseconds.
const DELAY: u64 = 120;
/// The platform refuses a second push after one word: that one travels as a template.
const ONE_PUSH: WindowRule = WindowRule { messages: 1, seconds: 48 * 3600 };
const WINDOW_IS_USED: i64 = 45047;
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const REGISTRY: &str = "/upstream/registry";
/// Longer than a kill waits, shorter than the bot does.
const SLOW: i64 = 300;
/// Calls that one trouble is for.
const TROUBLED: u32 = 3;

/// How large a storm is.
struct Size {
    people: usize,
    kills: usize,
    seed: u64,
}

impl Size {
    fn told() -> Self {
        let number = |name, usual| setting(name).map_or(usual, |text| text.parse().unwrap());
        Self {
            people: number("STORM_PEOPLE", 6) as usize,
            kills: number("STORM_KILLS", 4) as usize,
            seed: number("STORM_SEED", 1),
        }
    }
}

/// Draws by a seed (splitmix64), the same on every machine.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What all who are in it see.
#[derive(Default)]
struct Weather {
    /// Messages said so far.
    said: AtomicUsize,
    /// Decisions made so far.
    decided: AtomicUsize,
    /// Everybody has come to the end.
    is_over: AtomicBool,
}

/// A town whose registry knows the people, whose population file says no to some, and whose window lets one push pass.
async fn town_of(db: db::TestDb, stories: &[Story]) -> Town {
    let mismatched = stories.iter().filter(|story| story.is_mismatched());
    let numbers: HashMap<_, _> = mismatched.map(|story| (story.document_no(), Verdict::Mismatch)).collect();
    let reasons = numbers.keys().map(|number| (number.clone(), "姓名不一致".to_owned())).collect();
    let change = |options: &mut Options| {
        options.population = Population { default: Some(Verdict::Match), numbers, reasons };
        options.window.message = ONE_PUSH;
    };
    let templates = samples::template_ids().iter().fold(String::new(), |mut lines, (notice, id)| {
        writeln!(lines, "templates.{notice} = \"{id}\"").unwrap();
        lines
    });
    let candidates = stories.iter().map(|story| story.candidate.clone()).collect();
    let town = Town::start_with(db, candidates, change, &templates).await;
    town.mock.expect_errcode(SEND, WINDOW_IS_USED);
    town
}

/// Kills the bot when so much has been said or decided as the dice say, and a moment later, every fourth time at once
/// again; returns how often.
async fn blow(town: &Town, size: &Size, stories: &[Story], weather: &Weather) -> usize {
    let mut dice = Dice(size.seed);
    let mut draw = |kills, end: usize| {
        let mut moments: Vec<_> = (0..kills).map(|_| dice.below(end as u64) as usize).collect();
        moments.sort_unstable_by(|one, other| other.cmp(one));
        moments
    };
    // The last first.
    let mut words = draw(size.kills.div_ceil(2), size.people * WORDS_AT_LEAST);
    let mut decisions = draw(size.kills / 2, stories.iter().map(Story::decisions).sum());
    let mut kills = 0;
    while words.len() + decisions.len() > 0 {
        let is_due = |moments: &[usize], now: &AtomicUsize| {
            moments.last().is_some_and(|at| now.load(Ordering::Relaxed) >= *at)
        };
        let look = async || {
            let is_due = [is_due(&words, &weather.said), is_due(&decisions, &weather.decided)];
            is_due.iter().position(|is_due| *is_due)
        };
        let due = until("the next moment", look).await;
        let _ = if due == 0 { words.pop() } else { decisions.pop() };
        if kills % 4 < 3 {
            town.mock.fault(trouble(&mut dice));
            tokio::time::sleep(Duration::from_millis(dice.below(DELAY))).await;
        }
        if weather.is_over.load(Ordering::Relaxed) {
            break;
        }
        town.kill_and_take_over().await;
        kills += 1;
    }
    kills
}

/// Some calls that are slow, doubled or lost, which the kill may strike.
fn trouble(dice: &mut Dice) -> Fault {
    let troubles = [
        (SEND, Kind::Delay, SLOW),
        (SEND, Kind::Reorder, SLOW),
        (SEND, Kind::Reorder, SLOW),
        (TEMPLATE, Kind::Delay, SLOW),
        (UPLOAD, Kind::Delay, SLOW),
        (MEDIA, Kind::Delay, SLOW),
        (POPULATION, Kind::Delay, SLOW),
        (REGISTRY, Kind::Delay, SLOW),
        ("callback", Kind::Status, 500),
        ("callback", Kind::Duplicate, 0),
    ];
    let (target, kind, value) = troubles[dice.below(troubles.len() as u64) as usize];
    Fault { times: TROUBLED, ..Fault::once(target, kind, value) }
}

/// Everybody walks to the end.
async fn walk(town: &Town, seed: u64, stories: &[Story], weather: &Weather) -> Vec<Walked> {
    let walks = stories.iter().zip(1..).map(async |(story, n)| {
        let dice = Dice(seed.wrapping_add(n << 16));
        Walker::arrive(town, story, weather, dice).await.walk().await
    });
    let walked = futures_util::future::join_all(walks).await;
    weather.is_over.store(true, Ordering::Relaxed);
    walked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_done_twice_however_often_the_bot_is_killed() {
    let size = Size::told();
    let stories = stories::stories(size.people);
    for db in db::each().await {
        let kind = if db.file.is_some() { "SQLite" } else { "PostgreSQL" };
        let began = Instant::now();
        let town = town_of(db, &stories).await;
        let office = town.office().await;
        let weather = Weather::default();
        let (walked, kills, decided) = tokio::join!(
            walk(&town, size.seed, &stories, &weather),
            blow(&town, &size, &stories, &weather),
            offices::decide(&office, size.seed, &weather),
        );
        office.store.close().await;
        assert_eq!(kills, size.kills, "people were through before every kill had struck");
        let counted = Reckoning::of(&town, &walked).await.reckon(&decided).await;
        println!(
            "storm on {kind}, seed {}: {} people, {kills} kills, {counted}; {} s",
            size.seed,
            size.people,
            began.elapsed().as_secs()
        );
        town.end().await;
    }
}
