//! One batch after another, in a running bot.

use graduation_bot::{app::AppError, store::Import};
use mock_platform::Mode;

use crate::support::{app::TestApp, db};

const DECEMBER: &str = include_str!("../data/batch-2026-12.json");
const DAY: i64 = 24 * 3600;

/// The present batch, and the one after it.
fn batches(bot: &TestApp) -> (String, Option<String>) {
    let world = bot.app.runner.world.load();
    (world.batch.id.clone(), world.next.as_ref().map(|next| next.id.clone()))
}

#[tokio::test]
async fn a_batch_without_places_waits_for_them_beside_the_running_one() {
    for db in db::each().await {
        let bot = TestApp::start(db, Mode::Plain, "2026-06-15T09:30").await;
        assert_eq!(batches(&bot), ("2026-06".to_owned(), None));
        db::import(&bot.app.store, Import::Batches(&[("2026-12".to_owned(), DECEMBER.to_owned())])).await;
        bot.app.refresh().await.unwrap();
        let running = ("2026-06".to_owned(), Some("2026-12".to_owned()));
        assert_eq!(batches(&bot), running);

        bot.mock.advance(179 * DAY);
        match bot.app.refresh().await {
            Err(AppError::Missing(missing)) => assert!(missing[0].contains("--batch 2026-12"), "{missing:?}"),
            // The running bot looks by itself, too, and may have been quicker.
            other => assert!(!other.unwrap()),
        }
        assert!(!bot.app.refresh().await.unwrap(), "told once");
        assert_eq!(batches(&bot), running, "nothing stops");
        let now = bot.app.clock.business();
        assert!(
            bot.app.runner.world.load().next_batch(now).is_none(),
            "nor is an opening promised that has passed"
        );

        bot.import("2026-12").await;
        assert_eq!(batches(&bot), ("2026-12".to_owned(), None));
        assert_eq!(bot.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_present_batch_changes_at_the_minute_and_back_with_the_clock() {
    for db in db::each().await {
        let bot = TestApp::start(db, Mode::Plain, "2026-12-11T09:29").await;
        bot.import("2026-12").await;
        assert_eq!(batches(&bot).0, "2026-06");
        bot.pass(60).await;
        assert_eq!(batches(&bot).0, "2026-12");
        bot.pass(-60).await;
        assert_eq!(batches(&bot).0, "2026-06");
        assert_eq!(bot.end(0).await, Vec::<String>::new());
    }
}
