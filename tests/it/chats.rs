//! Conversations through the whole stack: the executable specification.
//!
//! `tests/chats/*.chat` hold what people do and what the bot says. Each file is played on SQLite and on PostgreSQL; the
//! transcript that comes out must be the file, word for word. `BLESS=1 cargo test --workspace --test it chats` writes
//! the bot's lines, never the person's; read the difference as a person would.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;
mod offices;
mod page;
mod pictures;
mod platform;
mod play;
mod screen;
mod script;
mod words;

use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};

use crate::support::{db::TestDb, models};
pub(crate) use pictures::picture;
use play::Player;
use script::Script;

/// Chats played at once.
const AT_ONCE: usize = 4;

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chats");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "chat"));
    files.sort();
    files
}

/// Plays one file; what is wrong with it.
async fn play(path: &Path, db: TestDb, bless: bool) -> Vec<String> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let written = std::fs::read_to_string(path).unwrap();
    let script = Script::read(&written);
    let (said, mut wrong) = Player::play(&script, db).await;
    if bless && said != written {
        std::fs::write(path, &said).unwrap();
    } else if said != written {
        wrong.push(difference(&written, &said));
    }
    wrong.into_iter().map(|what| format!("{name}: {what}")).collect()
}

/// The first lines that differ.
fn difference(written: &str, said: &str) -> String {
    let pairs = written.lines().zip(said.lines().chain(std::iter::repeat("(nothing)")));
    for (number, (expected, found)) in pairs.enumerate() {
        if expected != found {
            return format!("line {}\n  written: {expected}\n  said:    {found}\n{said}", number + 1);
        }
    }
    format!("more was said than is written\n{said}")
}

/// Those in which no photo is judged.
fn without_judging(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let judges = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("照片检查: 有");
    files.into_iter().filter(|path| !judges(path)).collect()
}

async fn play_all(files: Vec<PathBuf>, databases: impl AsyncFn() -> Option<TestDb>, bless: bool) {
    let only = std::env::var_os("CHAT").map(|name| name.to_string_lossy().into_owned());
    let files: Vec<PathBuf> = files
        .into_iter()
        .filter(|path| only.as_ref().is_none_or(|only| path.to_string_lossy().contains(only.as_str())))
        .collect();
    let mut playing = Vec::new();
    for path in &files {
        let Some(db) = databases().await else { return };
        playing.push(play(path, db, bless));
    }
    let wrong: Vec<String> =
        stream::iter(playing).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await;
    if std::env::var_os("LOG").is_some() {
        println!("{}", crate::support::logs::all());
    }
    assert!(wrong.is_empty(), "{} things are wrong\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_decision_has_its_chat() {
    let known: Vec<_> = files().iter().map(|path| path.file_stem().unwrap().to_os_string()).collect();
    let rows = include_str!("../README.md").lines().filter_map(|line| line.strip_prefix("| AMB-"));
    let mut decisions: Vec<u32> = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        decisions.push(cells[0].parse().unwrap());
        let chats: Vec<&str> = cells[2].split_whitespace().collect();
        let unknown: Vec<_> = chats.iter().filter(|chat| !known.iter().any(|name| name == *chat)).collect();
        assert!(!chats.is_empty() && unknown.is_empty(), "AMB-{}: {unknown:?}", cells[0]);
    }
    assert_eq!(decisions, (1..=30).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_chat_on_sqlite() {
    let files = if models::weights().is_some() { files() } else { without_judging(files()) };
    play_all(files, async || Some(TestDb::sqlite()), std::env::var_os("BLESS").is_some()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_chat_on_postgres() {
    // What a photo shows is the same on every database, and judging takes its time.
    play_all(without_judging(files()), TestDb::postgres, false).await;
}
