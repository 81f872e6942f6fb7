//! The client against the mock platform, family by family: two readings of the same protocol have to agree.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{TryStreamExt as _, future::BoxFuture};
use graduation_bot::{
    clock::Clock,
    http::http_client,
    wechat::{
        client::{
            Client, ClientConfig, ClientError, CustomMessage, Media, MediaKind, MenuMessage, NewsCard, Scene,
            StoredToken, TemplateMessage, TokenStore, TokenStoreError, Typing, Upload,
        },
        error::Advice,
    },
};
use mock_platform::{Body, Fault, Kind, Mock, Mode, Options, Say, Template};
use serde_json::json;

mod account;
mod audience;
mod people;
mod site;

/// The token's row, in memory.
#[derive(Default)]
struct Row(Mutex<Option<StoredToken>>);

impl TokenStore for Row {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, TokenStoreError>> {
        Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
    }

    /// There is one process.
    fn claim(&self, _: Option<i64>, _: i64, _: i64) -> BoxFuture<'_, Result<bool, TokenStoreError>> {
        Box::pin(async { Ok(true) })
    }

    fn release(&self, _: i64) -> BoxFuture<'_, Result<(), TokenStoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn compare_and_swap<'a>(
        &'a self,
        expected_version: Option<i64>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, TokenStoreError>> {
        Box::pin(async move {
            let mut row = self.0.lock().unwrap();
            let is_expected = row.as_ref().map(|token| token.version) == expected_version;
            if is_expected {
                *row = Some(new.clone());
            }
            Ok(is_expected)
        })
    }
}

/// What a strict platform is started with.
fn strict() -> Options {
    let template = Template::new("T1", "审核结果", "事项：{{thing1.DATA}}\n结果：{{phrase2.DATA}}");
    Options { strict_escapes: true, mode: Mode::Plain, templates: vec![template], ..Options::default() }
}

/// A strict platform, and a client of its account.
async fn platform() -> (Mock, Client) {
    platform_with(strict()).await
}

async fn platform_with(options: Options) -> (Mock, Client) {
    let mock = Mock::start(options).await.unwrap();
    let timeout = Duration::from_secs(5);
    let config = ClientConfig {
        api_base: mock.url().to_owned(),
        mp_base: mock.url().to_owned(),
        app_id: mock.options().app_id.clone(),
        app_secret: mock.options().app_secret.clone(),
        call_timeout: timeout,
        media_timeout: timeout,
        concurrency: 4,
    };
    let clock = Clock::real();
    let wire = Arc::new(move || clock.wire().0);
    let client = Client::new(config, Arc::new(Row::default()), http_client(timeout).unwrap(), wire).unwrap();
    (mock, client)
}

/// The code with which the platform refused.
fn refused<T>(outcome: Result<T, ClientError>) -> i64 {
    match outcome.err().expect("the platform was to refuse") {
        ClientError::Api(refused) => refused.code,
        other => panic!("{other}"),
    }
}

fn picture() -> Upload {
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/photos/p_calm_ok_white.jpg")).unwrap();
    Upload { kind: MediaKind::Image, file_name: "a.jpg".into(), content_type: "image/jpeg".into(), bytes }
}
