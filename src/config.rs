//! Settings: a TOML file, overridden by `BOT_…` variables (nesting with `__`), overridden by flags.
//!
//! An unknown key is an error, so that a typing mistake never silently means the default. Every key, its variable,
//! its default and what it does stand in one table ([`keys`]), which is also `graduation-bot help config`.
//! This is the only module that reads the environment.

mod keys;
mod photo;
mod photo_keys;
mod retention;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::workflow::delivery::WINDOWS;

use keys::{KEYS, Key};
pub use photo::Photo;
use photo_keys::PHOTO_KEYS;
pub use retention::Retention;

/// All settings. Field comments say what an operator decides by them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: String,
    /// How the outside world reaches this bot; links to the camera page begin with it.
    pub public_url: String,
    /// Address and port of the console and the JSON API alone, for a network of the offices' own; empty = as `listen`.
    pub staff_listen: String,
    /// How the offices reach the console; empty = as `public_url`.
    pub staff_url: String,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// `file:PATH`.
    pub files_url: String,
    /// The folder of `*.toml` dialogs.
    pub dialogs_dir: PathBuf,
    /// Folder of the photo models; what is missing there is left to the reviewers.
    pub models_dir: PathBuf,
    /// The present batch's id, `2026-06`; empty = the latest that has opened.
    pub batch: String,
    /// From when to when nobody gets announcements and reminders.
    pub quiet_hours: String,
    /// 32 bytes in base64: encrypts what is personal.
    pub data_key: String,
    /// The key before the present one; still opens.
    pub data_key_previous: String,
    /// IANA name.
    pub timezone: String,
    /// The account.
    pub wechat: WeChat,
    /// 考籍系统.
    pub registry: Upstream,
    /// 公安人口库.
    pub population: Upstream,
    /// Template ids by notice name; a notice without one is held when no window is open.
    pub templates: BTreeMap<String, String>,
    /// 订阅通知 template ids by notice name, for who has agreed to them.
    pub subscriptions: BTreeMap<String, String>,
    /// How pushes travel.
    pub delivery: Delivery,
    /// When people answer.
    pub people: People,
    /// How often the offices' systems may ask.
    pub api: Api,
    /// `retention.*`: how long things are kept.
    pub retention: Retention,
    /// Bounds for pictures.
    pub photo: Photo,
    /// Business time minus real time, for a demo and the commands beside it; 0 where people are served.
    pub clock_offset_seconds: i64,
}

/// The official account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeChat {
    /// The account's app id.
    pub app_id: String,
    /// Its secret.
    pub app_secret: String,
    /// The callback's token.
    pub token: String,
    /// `EncodingAESKey`, 43 characters; empty = plaintext mode.
    pub aes_key: String,
    /// The key before the present one; still opens.
    pub previous_aes_key: String,
    /// Where API calls go.
    pub api_base: String,
    /// Where QR pictures come from.
    pub mp_base: String,
    /// Where people authorise.
    pub open_base: String,
    /// How many seconds a message may wait for its answer; what takes longer is answered by a push. The platform itself
    /// hangs up at five (protocol §4).
    pub answer_seconds: u16,
    /// Start without `aes_key` although `public_url` is not loopback: messages are readable on their way.
    pub allow_plaintext: bool,
}

/// Somebody else's system.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upstream {
    /// Base address; empty = the tables filled by `import`.
    pub url: String,
    /// Bearer token.
    pub token: String,
}

/// How pushes travel. The platform's numbers of protocol §6, which it has changed before.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// Customer messages that may follow a person's message.
    pub talk_messages: u16,
    /// For how long.
    pub talk_seconds: u32,
    /// Customer messages that may follow a tap, a scan, or following.
    pub act_messages: u16,
    /// For how long.
    pub act_seconds: u32,
    /// Agreeing to a 订阅通知 lasts; otherwise it is for one.
    pub lasting_subscriptions: bool,
    /// Calls to the platform under way at once in one process.
    pub calls: u16,
}

/// Who answers when somebody asks for a person, and when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// Agents work with the platform's customer service: chats may be handed over to them in office hours.
    pub hand_over: bool,
    /// `9:15-11:30,14:30-17:30`.
    pub hours: String,
    /// `1-5`: Monday to Friday.
    pub days: String,
    /// Days off, `2026-06-19,2026-09-25`.
    pub closed_on: String,
}

/// How often the offices' systems may ask, in one process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Requests of one key in a minute, in the long run.
    pub per_minute: u32,
    /// Requests of one key at once.
    pub burst: u32,
    /// Requests in a minute with a key that opens nothing, all together.
    pub wrong_keys: u32,
}

/// The table of settings: name, default as text, meaning.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().chain(PHOTO_KEYS)
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: "http://127.0.0.1:8080".into(),
            staff_listen: String::new(),
            staff_url: String::new(),
            database_url: "sqlite:data/bot.db".into(),
            files_url: "file:data/files".into(),
            dialogs_dir: "dialogs".into(),
            models_dir: "models/weights".into(),
            batch: String::new(),
            quiet_hours: "22:00-08:00".into(),
            data_key: String::new(),
            data_key_previous: String::new(),
            timezone: "Asia/Shanghai".into(),
            wechat: WeChat::default(),
            registry: Upstream::default(),
            population: Upstream::default(),
            templates: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            delivery: Delivery::default(),
            people: People::default(),
            api: Api::default(),
            retention: Retention::default(),
            photo: Photo::default(),
            clock_offset_seconds: 0,
        }
    }
}

impl Default for WeChat {
    fn default() -> Self {
        Self {
            app_id: String::new(),
            app_secret: String::new(),
            token: String::new(),
            aes_key: String::new(),
            previous_aes_key: String::new(),
            api_base: "https://api.weixin.qq.com".into(),
            mp_base: "https://mp.weixin.qq.com".into(),
            open_base: "https://open.weixin.qq.com".into(),
            answer_seconds: 4,
            allow_plaintext: false,
        }
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            talk_messages: WINDOWS.talk.messages as u16,
            talk_seconds: WINDOWS.talk.seconds as u32,
            act_messages: WINDOWS.act.messages as u16,
            act_seconds: WINDOWS.act.seconds as u32,
            lasting_subscriptions: false,
            calls: 32,
        }
    }
}

impl Default for Api {
    fn default() -> Self {
        Self { per_minute: 600, burst: 120, wrong_keys: 60 }
    }
}

impl Default for People {
    fn default() -> Self {
        Self {
            hand_over: false,
            hours: "9:15-11:30,14:30-17:30".into(),
            days: "1-5".into(),
            closed_on: String::new(),
        }
    }
}

/// What is wrong with the settings; each sentence says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or a variable cannot be read as settings.
    #[error("配置有误：{0}\n可用的配置项见 graduation-bot help config")]
    Unreadable(String),
    /// Something is missing or malformed.
    #[error("配置有误：{}", .0.join("\n配置有误："))]
    Wrong(Vec<String>),
}

impl Config {
    /// Reads `file` (or `graduation-bot.toml` when it exists and none is named), then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let named = file.map_or_else(|| PathBuf::from("graduation-bot.toml"), Path::to_path_buf);
        Self::read(config::File::from(named).format(config::FileFormat::Toml).required(file.is_some()), None)
    }

    /// `variables` replaces the process's environment. Variables stay texts until their key's type is known: a secret
    /// of digits must not lose its zeros.
    fn read(
        file: impl config::Source + Send + Sync + 'static,
        variables: Option<std::collections::HashMap<String, String>>,
    ) -> Result<Self, ConfigError> {
        let environment = config::Environment::with_prefix("BOT")
            .prefix_separator("_")
            .separator("__")
            .ignore_empty(true)
            .source(variables);
        config::Config::builder()
            .add_source(file)
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| ConfigError::Unreadable(error.to_string()))
    }

    /// Reports everything that must be set and is not, all at once.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut wrong = Vec::new();
        for (key, value) in [
            ("wechat.app_id", &self.wechat.app_id),
            ("wechat.app_secret", &self.wechat.app_secret),
            ("wechat.token", &self.wechat.token),
        ] {
            if value.is_empty() {
                wrong.push(format!("缺少 {key}，请在配置文件或环境变量 {} 中填写。", variable(key)));
            }
        }
        if let Err(sentence) = self.data_key() {
            wrong.push(sentence);
        }
        if self.wechat.aes_key.is_empty() && !self.wechat.allow_plaintext && !is_loopback(&self.public_url) {
            wrong.push(
                "没有 wechat.aes_key，而 public_url 不是本机地址：请填写 EncodingAESKey；\
                 确实要用明文模式，请设 wechat.allow_plaintext = true。"
                    .to_owned(),
            );
        }
        if self.clock_offset_seconds != 0 && !is_loopback(&self.public_url) {
            wrong.push("clock_offset_seconds 只供本机演示：public_url 不是本机地址时必须为 0。".to_owned());
        }
        wrong.extend(self.photo.wrong());
        wrong.extend(self.retention.wrong());
        if wrong.is_empty() { Ok(()) } else { Err(ConfigError::Wrong(wrong)) }
    }

    /// The data key's 32 bytes, or the sentence that says what is wrong with it.
    pub fn data_key(&self) -> Result<[u8; 32], String> {
        decode_key("data_key", &self.data_key)
    }

    /// The previous data key, if one is set.
    pub fn data_key_previous(&self) -> Result<Option<[u8; 32]>, String> {
        if self.data_key_previous.is_empty() {
            return Ok(None);
        }
        decode_key("data_key_previous", &self.data_key_previous).map(Some)
    }
}

fn decode_key(name: &str, text: &str) -> Result<[u8; 32], String> {
    if text.is_empty() {
        return Err(format!("缺少 {name}（32 字节的 base64）。生成一个：openssl rand -base64 32"));
    }
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .ok_or_else(|| format!("{name} 不是 32 字节的 base64。生成一个：openssl rand -base64 32"))
}

/// The variable that overrides a key.
pub fn variable(key: &str) -> String {
    format!("BOT_{}", key.to_uppercase().replace('.', "__"))
}

/// Whether an address can only be reached from this machine.
pub fn is_loopback(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or(host);
    let name = if host.starts_with('[') {
        host.split(']').next().unwrap_or("")
    } else {
        host.split(':').next().unwrap_or("")
    };
    matches!(name, "localhost" | "[::1")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(config::File::from_str("", config::FileFormat::Toml), Some(variables.collect()))
    }

    #[test]
    fn a_secret_of_digits_stays_a_text() {
        let rows = ["0123", "1e10", "00000000000000000000000000000012", "true", "3.10"];
        for secret in rows {
            let config = read(&[("BOT_WECHAT__TOKEN", secret), ("BOT_BATCH", "2026-06")]).unwrap();
            assert_eq!(config.wechat.token, secret);
            assert_eq!(config.batch, "2026-06");
        }
    }

    #[test]
    fn numbers_and_switches_are_read_from_variables() {
        let config =
            read(&[("BOT_PHOTO__MAX_BYTES", "1024"), ("BOT_WECHAT__ALLOW_PLAINTEXT", "true")]).unwrap();
        assert_eq!((config.photo.max_bytes, config.wechat.allow_plaintext), (1024, true));
        let error = read(&[("BOT_PHOTO__MAX_BYTES", "many")]).unwrap_err().to_string();
        assert!(error.contains("many"), "{error}");
    }

    #[test]
    fn every_key_of_the_table_is_a_setting() {
        for (key, default, _) in
            keys().filter(|(key, default, _)| !key.contains("通知名") && !default.starts_with('['))
        {
            let default = if default.is_empty() { "x" } else { default };
            read(&[(&variable(key), default)]).unwrap_or_else(|error| panic!("{key}: {error}"));
        }
    }
}
