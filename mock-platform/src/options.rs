//! What one mock platform is told at its start.
//!
//! Every field has a default that suits a test: port 0, secure mode with a fixed key, the platform's numbers of
//! protocol §4–§7. The command line fills the same structure.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::upstream::Population;

/// Called with the seconds by which the mock's clock has just been moved, so that the bot's business time follows.
pub type OnClock = Arc<dyn Fn(i64) + Send + Sync>;

/// How callbacks travel (protocol §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 明文: plain XML, signed over token, timestamp and nonce only.
    Plain,
    /// 兼容: plain elements and `Encrypt` in one body; the answer may be either.
    Compatible,
    /// 安全: only `Encrypt`; the answer has to be encrypted too.
    Secure,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "plain" => Ok(Self::Plain),
            "compatible" => Ok(Self::Compatible),
            "secure" => Ok(Self::Secure),
            other => Err(format!("`{other}` is none of plain, compatible, secure")),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Compatible => "compatible",
            Self::Secure => "secure",
        })
    }
}

/// What kind of account it is: what it may call, and how often (protocol §6, §13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Account {
    /// A verified service account: everything is granted.
    #[default]
    Verified,
    /// Not verified: no message menus, no mass messages, fewer calls a day.
    Unverified,
    /// A test account of the platform: the same.
    Test,
}

impl FromStr for Account {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "verified" => Ok(Self::Verified),
            "unverified" => Ok(Self::Unverified),
            "test" => Ok(Self::Test),
            other => Err(format!("`{other}` is none of verified, unverified, test")),
        }
    }
}

/// A template of the account, as its owner added it in the platform's console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The id that `template/send` names.
    pub template_id: String,
    /// The card's heading.
    pub title: String,
    /// Lines with placeholders `{{key.DATA}}`; the key's letters name the type and its limit (protocol §7).
    pub content: String,
}

impl Template {
    /// A template from its three parts.
    pub fn new(template_id: impl Into<String>, title: impl Into<String>, content: impl Into<String>) -> Self {
        Self { template_id: template_id.into(), title: title.into(), content: content.into() }
    }
}

/// A template for subscription notices, 订阅通知.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeTemplate {
    /// The id that `message/subscribe/bizsend` names.
    pub template_id: String,
    /// The card's heading.
    pub title: String,
    /// Lines with placeholders, as a [`Template`] has them.
    pub content: String,
    /// Accepted once for all; otherwise each acceptance allows one notice.
    #[serde(default)]
    pub long_term: bool,
}

/// How many messages an action of the person allows, and for how long (protocol §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowRule {
    /// Customer messages that may follow.
    pub messages: u32,
    /// Seconds during which they may.
    pub seconds: i64,
}

/// The table of protocol §6: one rule for each kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowRules {
    /// The person sent a message: 5 in 48 h.
    pub message: WindowRule,
    /// The person tapped the custom menu or a message menu: 3 in 1 min.
    pub menu: WindowRule,
    /// The person followed: 3 in 1 min.
    pub follow: WindowRule,
    /// The person scanned a QR code: 3 in 1 min.
    pub scan: WindowRule,
}

impl Default for WindowRules {
    fn default() -> Self {
        let minute = WindowRule { messages: 3, seconds: 60 };
        let message = WindowRule { messages: 5, seconds: 48 * 3600 };
        Self { message, menu: minute, follow: minute, scan: minute }
    }
}

/// How much permanent material an account may keep, by kind (protocol §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaterialLimits {
    /// Pictures: 100,000.
    pub image: usize,
    /// Sounds, films and thumbnails: 1,000 of each.
    pub other: usize,
}

impl Default for MaterialLimits {
    fn default() -> Self {
        Self { image: 100_000, other: 1_000 }
    }
}

impl MaterialLimits {
    pub(crate) fn of(self, kind: &str) -> usize {
        if kind == "image" { self.image } else { self.other }
    }
}

/// Everything that a mock is started with.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The bot's callback address; without one nothing is delivered until [`crate::Mock::set_bot`].
    pub bot: Option<String>,
    /// The account's app id.
    pub app_id: String,
    /// The account's secret, asked for by the token calls.
    pub app_secret: String,
    /// The token that signs callbacks.
    pub token: String,
    /// The `EncodingAESKey` of 43 characters; needed by the compatible and the secure mode.
    pub aes_key: Option<String>,
    /// How callbacks travel.
    pub mode: Mode,
    /// The account's own id, `ToUserName` of every callback.
    pub original_id: String,
    /// The account's name on the page.
    pub account_name: String,
    /// Time for one delivery, push to complete answer: 5 s (protocol §4). Tests shorten it.
    pub callback_timeout: Duration,
    /// From the beginning of one try to the next, however soon the first one failed: 5 s (protocol §4). Tests shorten
    /// it.
    pub callback_interval: Duration,
    /// Where the mock's clock starts, in seconds since 1970; wire time without it.
    pub now: Option<i64>,
    /// Templates that exist from the start.
    pub templates: Vec<Template>,
    /// Templates for subscription notices that exist from the start.
    pub subscribe_templates: Vec<SubscribeTemplate>,
    /// The custom menu that exists from the start, as `menu/create` takes it.
    pub menu: Option<Value>,
    /// Candidates that the registry stub knows, objects as the upstream contract has them.
    pub candidates: Vec<Value>,
    /// What the population stub answers.
    pub population: Population,
    /// The bearer token that the upstream stubs ask for, when they ask.
    pub upstream_token: Option<String>,
    /// What moves together with the mock's clock.
    pub on_clock: Option<OnClock>,
    /// Windows of customer messages.
    pub window: WindowRules,
    /// Real time between an accepted template message and its job-finish event.
    pub job_finish_delay: Duration,
    /// Real time between an accepted mass message and its job-finish event.
    pub mass_finish_delay: Duration,
    /// Lifts the quotas by the day and the minute, for load tests.
    pub unlimited: bool,
    /// Lifts the quotas by the day; those by the minute stay.
    pub unlimited_daily: bool,
    /// Items that each person's screen keeps, older ones fall off: with a million people they are most of the memory. What
    /// has fallen off cannot be tapped. Without it, all stay.
    pub keep: Option<usize>,
    /// Refuses `\uXXXX` for non-ASCII text in every JSON body with 40033, not only in menus.
    pub strict_escapes: bool,
    /// What kind of account it is.
    pub account: Account,
    /// The only addresses that may draw tokens; others get 40164. Without it, all may.
    pub whitelist: Option<Vec<String>>,
    /// How much permanent material fits.
    pub materials: MaterialLimits,
    /// Permanent QR codes that the account may have: 100,000 (protocol §11).
    pub permanent_codes: usize,
    /// Hosts to which a web authorisation may lead back; others get 10003. Without it, all may.
    pub redirect_domains: Option<Vec<String>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            bot: None,
            app_id: "wx00000000000000aa".to_owned(),
            app_secret: "00000000000000000000000000000000".to_owned(),
            token: "mockToken".to_owned(),
            aes_key: Some("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned()),
            mode: Mode::Secure,
            original_id: "gh_0000000000aa".to_owned(),
            account_name: "自考毕业申请".to_owned(),
            callback_timeout: Duration::from_secs(5),
            callback_interval: Duration::from_secs(5),
            now: None,
            templates: Vec::new(),
            subscribe_templates: Vec::new(),
            menu: None,
            candidates: Vec::new(),
            population: Population::default(),
            upstream_token: None,
            on_clock: None,
            window: WindowRules::default(),
            job_finish_delay: Duration::from_millis(50),
            mass_finish_delay: Duration::from_millis(50),
            unlimited: false,
            unlimited_daily: false,
            keep: None,
            strict_escapes: false,
            account: Account::Verified,
            whitelist: None,
            materials: MaterialLimits::default(),
            permanent_codes: 100_000,
            redirect_domains: None,
        }
    }
}
