//! [`Mock`]: one running platform, for Rust tests and the demo; the same calls as the test API, typed.

mod account;
mod people;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;

use crate::agents::{self, AgentAct};
use crate::faults::Fault;
use crate::model::item::Item;
use crate::model::{ApiCall, Callback, Entry, Settings};
use crate::options::{Options, Template};
use crate::platform::{Platform, StartError};
use crate::say::{self, Said, Say, SayError};
use crate::upstream::UpstreamChange;
use crate::{api, articles, page, testing, upstream};

/// A running platform. Dropping it stops its server and ends every wait.
pub struct Mock {
    pub(crate) platform: Arc<Platform>,
    address: SocketAddr,
}

impl Mock {
    /// Listens at [`Options::listen`] and serves until dropped.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listen = options.listen;
        let platform = Platform::new(options)?;
        let failed = |error| StartError::Listen(listen, error);
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        platform.url.set(format!("http://{address}")).expect("set once, here");
        let service = router(Arc::clone(&platform)).into_make_service_with_connect_info::<SocketAddr>();
        let until = Arc::clone(&platform);
        let server =
            axum::serve(listener, service).with_graceful_shutdown(async move { until.closed().await });
        tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the mock platform's server has stopped");
            }
        });
        Ok(Self { platform, address })
    }

    /// `http://127.0.0.1:PORT`: page, API base, and base of the upstream stubs.
    pub fn url(&self) -> &str {
        self.platform.url()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address of the registry stub, for the bot's `registry.url`.
    pub fn registry_url(&self) -> String {
        format!("{}/upstream/registry", self.url())
    }

    /// Base address of the population stub, for the bot's `population.url`.
    pub fn population_url(&self) -> String {
        format!("{}/upstream/population", self.url())
    }

    /// What it was started with.
    pub fn options(&self) -> &Options {
        &self.platform.options
    }

    /// Delivers callbacks there from now on.
    pub fn set_bot(&self, url: impl Into<String>) {
        self.platform.state().bot = Some(url.into());
    }

    /// Checks the bot's server URL as the console does: a signed GET whose `echostr` has to come back verbatim.
    pub async fn verify_bot(&self) -> bool {
        crate::callback::verify(&self.platform).await
    }

    /// A new follower's openid; returns after the subscribe event has been delivered.
    pub async fn user(&self, nickname: &str) -> String {
        let (openid, _) = self.user_with_greeting(nickname).await;
        openid
    }

    /// A new follower's openid and what came of the subscribe event.
    pub async fn user_with_greeting(&self, nickname: &str) -> (String, Said) {
        let created = testing::create(&self.platform, nickname, true).await;
        let (openid, said) = created.expect("a new person can follow");
        (openid, said.expect("a follower has sent an event"))
    }

    /// A new person who does not follow yet.
    pub fn stranger(&self, nickname: &str) -> String {
        self.platform.state().add_person(nickname)
    }

    /// Acts as the person; returns when the platform is done delivering.
    pub async fn say(&self, openid: &str, what: Say) -> Result<Said, SayError> {
        say::say(&self.platform, openid, what).await
    }

    /// An agent of the account does something with the person's chat.
    pub async fn agent(&self, openid: &str, what: AgentAct) -> Result<(), SayError> {
        agents::act(&self.platform, openid, what).await
    }

    /// Sends an earlier message of the person again: same body, same MsgId, new signature.
    pub async fn redeliver(&self, openid: &str, seq: u64) -> Result<Said, SayError> {
        say::redeliver(&self.platform, openid, seq).await
    }

    /// The person's screen after `seq`; empty for an unknown person.
    pub fn chat(&self, openid: &str, after: u64) -> Vec<Item> {
        let state = self.platform.state();
        let screen = state.people.get(openid).map_or(&[][..], |person| person.screen.as_slice());
        screen.iter().filter(|item| item.seq > after).cloned().collect()
    }

    /// Waits until the screen has something newer than `after`, at most so long.
    pub async fn wait_chat(&self, openid: &str, after: u64, wait: Duration) -> Result<Vec<Item>, SayError> {
        testing::screen(&self.platform, openid, after, wait).await
    }

    /// Moves the mock's clock forward, and whatever [`Options::on_clock`] moves.
    pub fn advance(&self, seconds: i64) {
        testing::advance_by(&self.platform, seconds);
    }

    /// The mock's clock, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.platform.now()
    }

    /// API and upstream calls after `seq`.
    pub fn calls(&self, after: u64) -> Vec<ApiCall> {
        testing::calls_after(self.platform.state().log.iter(), after)
    }

    /// Deliveries to the bot after `seq`, each try and each duplicate.
    pub fn deliveries(&self, after: u64) -> Vec<Callback> {
        let state = self.platform.state();
        let callback = |entry: &Entry| match entry {
            Entry::Callback(callback) if callback.seq > after => Some(callback.clone()),
            _ => None,
        };
        state.log.iter().filter_map(callback).collect()
    }

    /// The last number given to an item, a call or a delivery.
    pub fn last_seq(&self) -> u64 {
        self.platform.state().last()
    }

    /// Queues a fault.
    ///
    /// # Panics
    /// When the fault cannot be, such as an errcode for a callback: that is the test's mistake.
    pub fn fault(&self, fault: Fault) {
        if let Err(reason) = fault.check() {
            panic!("the fault {fault:?} cannot be: {reason}");
        }
        self.platform.state().faults.add(fault);
    }

    /// How many calls are still to be struck by a fault.
    pub fn faults_left(&self) -> usize {
        self.platform.state().faults.pending().into_iter().map(|fault| fault.times as usize).sum()
    }

    /// Changes what registry and population answer.
    pub fn upstream(&self, change: UpstreamChange) {
        self.platform.state().upstream.change(change);
    }

    /// Adds a template to the account.
    pub fn add_template(&self, template: Template) {
        self.platform.state().templates.push(template);
    }

    /// Changes a person's settings; an unknown person has none.
    pub fn settings(&self, openid: &str, settings: Settings) {
        if let Some(person) = self.platform.state().people.get_mut(openid) {
            person.settings = settings;
        }
    }

    /// Announces that calls of this path may be answered with this errcode.
    pub fn expect_errcode(&self, path: impl Into<String>, errcode: i64) {
        let mut state = self.platform.state();
        let path = path.into();
        state.undeclared.retain(|call| !(call.path == path && call.errcode == errcode));
        state.expected.push((path, errcode));
    }

    /// Calls answered with an errcode that neither a fault nor [`Self::expect_errcode`] had announced. A 42001 after
    /// [`Self::advance`] is not among them: the jump ended the token, and the bot refreshes it.
    pub fn undeclared_errors(&self) -> Vec<ApiCall> {
        self.platform.state().undeclared.clone()
    }

    /// Waits until no event (such as a template's job-finish) is still to be delivered.
    pub async fn settled(&self) {
        self.platform.settled().await;
    }

    /// Everything as at the start; the bot's address, the clock and the numbering stay.
    pub fn reset(&self) {
        self.platform.state().reset(&self.platform.options);
        self.platform.announce();
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.platform.close();
    }
}

fn router(platform: Arc<Platform>) -> Router {
    let api = any(api::serve);
    Router::new()
        .merge(page::routes())
        .merge(articles::routes())
        .merge(testing::routes())
        .merge(upstream::routes())
        .route("/cgi-bin/{*path}", api.clone())
        .route("/wxaapi/{*path}", api.clone())
        .route("/connect/{*path}", api.clone())
        .route("/customservice/{*path}", api.clone())
        .route("/sns/{*path}", api)
        .with_state(platform)
}
