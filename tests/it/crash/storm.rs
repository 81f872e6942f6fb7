//! A storm: many people of both tracks talk at once and reviewers decide, while the bot is killed again and again at
//! moments that a seed draws, and started again. Afterwards everything is counted: what was answered is stored, what is
//! stored is answered with the same bytes, nothing was done twice, and every push has come or is in doubt and says so.
//!
//! `STORM_PEOPLE`, `STORM_KILLS` and `STORM_SEED` make it larger or another one (`tests/README.md`).

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod offices;
mod people;
mod reckoning;

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use mock_platform::{Options, Population, Verdict, WindowRule};

use super::{
    BATCH, SEND,
    town::{Town, until},
};
use crate::support::{
    db::{self, setting},
    samples,
};
use people::{Story, Walked, Walker};
use reckoning::Reckoning;

/// Fewer than anybody says on the way to the end, so that every kill strikes while people talk.
const WORDS_AT_LEAST: usize = 18;
/// After its message has been said, a kill waits for up to so many milliseconds.
const DELAY: u64 = 120;
/// The platform refuses a second push after one word: that one travels as a template.
const ONE_PUSH: WindowRule = WindowRule { messages: 1, seconds: 48 * 3600 };
const WINDOW_IS_USED: i64 = 45047;

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

/// Kills the bot when so much has been said as the dice say, and a moment later; returns how often.
async fn blow(town: &Town, size: &Size, weather: &Weather) -> usize {
    let mut dice = Dice(size.seed);
    let words = (size.people * WORDS_AT_LEAST) as u64;
    let mut moments: Vec<_> =
        (0..size.kills).map(|_| (dice.below(words) as usize, dice.below(DELAY))).collect();
    moments.sort_unstable();
    let mut kills = 0;
    for (words, delay) in moments {
        let said = async || (weather.said.load(Ordering::Relaxed) >= words).then_some(());
        until("so much to be said", said).await;
        tokio::time::sleep(Duration::from_millis(delay)).await;
        if weather.is_over.load(Ordering::Relaxed) {
            break;
        }
        town.kill_and_take_over().await;
        kills += 1;
    }
    kills
}

/// Everybody walks to the end.
async fn walk(town: &Town, stories: &[Story], weather: &Weather) -> Vec<Walked> {
    let walks = stories.iter().map(async |story| Walker::arrive(town, story, weather).await.walk().await);
    let walked = futures_util::future::join_all(walks).await;
    weather.is_over.store(true, Ordering::Relaxed);
    walked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_done_twice_however_often_the_bot_is_killed() {
    let size = Size::told();
    let stories = people::stories(size.people);
    for db in db::each().await {
        let kind = if db.file.is_some() { "SQLite" } else { "PostgreSQL" };
        let town = town_of(db, &stories).await;
        let office = town.office().await;
        let weather = Weather::default();
        let (walked, kills, decided) = tokio::join!(
            walk(&town, &stories, &weather),
            blow(&town, &size, &weather),
            offices::decide(&office, size.seed, &weather),
        );
        office.store.close().await;
        assert_eq!(kills, size.kills, "people were through before every kill had struck");
        let counted = Reckoning::of(&town, &walked).await.reckon(&decided).await;
        println!("storm on {kind}, seed {}: {} people, {kills} kills, {counted}", size.seed, size.people);
        town.end_with(walked.len() as i64).await;
    }
}
