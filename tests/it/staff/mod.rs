//! The offices' console over real HTTP: who gets in, what each role may, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod audit;
mod apart;
mod appearance;
mod batches;
mod broadcasts;
mod browser;
mod candidates;
mod corners;
mod deliveries;
mod doors;
mod imports;
mod inquiries;
mod keys;
mod onsite;
mod overview;
mod people;
mod review;
mod screen;
mod retention;
mod together;
mod wechat;

pub(crate) use browser::account;

use mock_platform::Mode;

use crate::support::{app::TestApp, db::TestDb};

/// A bot with its sample data, which no chat needs here.
async fn bot() -> TestApp {
    TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30").await
}
