//! One token for all processes, however many calls need it at once.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use futures_util::future::join_all;
use graduation_bot::{
    app,
    clock::Clock,
    config::Config,
    wechat::client::{Client, ClientError},
};
use mock_platform::{Fault, Kind, Mock, Options};

use crate::support::db::{self, TestDb};

/// Of these databases.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const TOKEN: &str = "/cgi-bin/stable_token";
const INFO: &str = "/cgi-bin/user/info";

/// The client of one process: its own connections to the database, its own view of the token.
async fn process(mock: &Mock, db: &TestDb) -> Arc<Client> {
    let mut config = Config { database_url: db.url.clone(), data_key: KEY.to_owned(), ..Config::default() };
    config.wechat.app_id.clone_from(&mock.options().app_id);
    config.wechat.app_secret.clone_from(&mock.options().app_secret);
    config.wechat.api_base = mock.url().to_owned();
    let store = app::open_store(&config).await.unwrap();
    app::client(&config, &store, &Clock::real()).unwrap()
}

/// A thousand calls at the same moment, half of them of each process.
async fn storm(processes: &[Arc<Client>; 2], open_id: &str) -> Vec<ClientError> {
    let calls = (0..1000).map(|n| processes[n % 2].user_info(open_id));
    join_all(calls).await.into_iter().filter_map(Result::err).collect()
}

fn refreshes(mock: &Mock) -> usize {
    mock.calls(0).iter().filter(|call| call.path == TOKEN).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_of_two_processes_cause_one_refresh() {
    for db in db::each().await {
        let mock = Mock::start(Options { unlimited: true, ..Options::default() }).await.unwrap();
        let open_id = mock.stranger("小明");
        let processes = [process(&mock, &db).await, process(&mock, &db).await];

        assert_eq!(storm(&processes, &open_id).await.len(), 0);
        assert_eq!(refreshes(&mock), 1, "there was none");

        // It ends in the middle of the next storm: whoever still holds it is refused, and finds the new one.
        mock.fault(Fault { skip: 300, ..Fault::once(INFO, Kind::TokenExpired, serde_json::Value::Null) });
        assert_eq!(storm(&processes, &open_id).await.len(), 0);
        assert_eq!(refreshes(&mock), 2, "it was ended");

        assert_eq!(storm(&processes, &open_id).await.len(), 0);
        assert_eq!(refreshes(&mock), 2, "the new one serves all");
    }
}
