//! A mock of the WeChat official-account platform: callbacks, APIs, a chat page, a test API.
//!
//! It is written from the platform's documents and shares no code with the bot: its own signature, cipher, quotas
//! and windows, so that a misunderstanding of the bot cannot be copied into its tests. Many mocks can run in one
//! process, each on its own port with its own state and clock.
//!
//! ```no_run
//! use mock_platform::{Fault, Kind, Mock, Options, Say, Subscription, Via};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = Mock::start(Options::default()).await?;      // port 0, secure mode
//! mock.set_bot("http://127.0.0.1:8080/wechat");           // started later, from `mock.url()` and `mock.options()`
//! let openid = mock.user("小陈").await;                     // follows; the subscribe event is delivered
//! let said = mock.say(&openid, Say::text("你好")).await?;   // returns when the platform is done delivering
//! assert_eq!(said.attempts, 1);
//! println!("{}", said.reply.map(|item| item.text()).unwrap_or_default());
//! mock.say(&openid, Say::image(std::fs::read("photo.jpg")?, Via::Camera)).await?;
//! mock.subscribe(&openid, Subscription::accept("TEMPLATE")).await?;    // and the bot may send one notice
//! let crowd = mock.followers(10_000);                      // so many at once, without an event
//! mock.mass_result("err(10001)");                         // what mass messages come to from now on
//! mock.fault(Fault::once("/cgi-bin/message/custom/send", Kind::Errcode, 45009));
//! mock.advance(3 * 86_400);                                // and the bot's time, through `Options::on_clock`
//! let screen = mock.chat(&openid, said.seq);               // everything the person saw since
//! mock.settled().await;                                    // job-finish events are delivered
//! assert_eq!(mock.undeclared_errors(), []);                // no errcode that nobody announced
//! # drop((screen, crowd)); Ok(())
//! # }
//! ```
//!
//! Modules in reading order: [`Options`], [`Mock`], what a person does ([`Say`]), what they see ([`Item`]), then the
//! inside: `act` (from a deed to a callback), `callback` (delivery), `reply` (the bot's answer), `agents`, `subscribe` (a person decides), `articles`, `api` (one file per
//! family), `model` (what is remembered), `faults`, `upstream`, `testing` (the test API), `page`.

mod act;
mod agents;
mod api;
mod articles;
mod callback;
mod clock;
mod crypto;
mod draw;
mod faults;
mod html;
mod mock;
mod model;
mod options;
mod page;
mod platform;
mod reply;
mod say;
mod subscribe;
mod testing;
#[cfg(test)]
mod tests;
mod upstream;
mod xml;

pub use agents::AgentAct;
pub use faults::{Fault, Kind};
pub use mock::Mock;
pub use model::item::{Article, Body, Channel, From, Item, MenuItem};
pub use model::received::{Counted, Received};
pub use model::strict::{Strict, StrictChange};
pub use model::{ApiCall, Callback, Settings};
pub use options::{
    Account, MaterialLimits, Mode, OnClock, Options, SubscribeTemplate, Template, WindowRule, WindowRules,
};
pub use platform::StartError;
pub use say::{SERVICE_BROKEN, STICKER, Said, Say, SayError, Via};
pub use subscribe::{Consent, Subscription};
pub use testing::{Crowd, JsPage, Quota};
pub use upstream::{Population, Registry, UpstreamChange, Verdict};
