//! What settings must be beyond being readable: everything wrong with them, all at once.

use std::net::ToSocketAddrs as _;

use jiff::tz::TimeZone;

use crate::{
    config::{Config, ConfigError},
    http::Base,
    wechat::crypto::{Keys, KeysError},
    workflow::{desk::Desk, notice, quiet::Quiet},
};

/// Every mistake in the settings, each with its key and what to do. Empty when the bot can start with them.
pub fn mistakes(config: &Config) -> Vec<String> {
    let mut wrong = match config.check() {
        Ok(()) => Vec::new(),
        Err(ConfigError::Wrong(sentences)) => sentences,
        Err(error @ ConfigError::Unreadable(_)) => vec![error.to_string()],
    };
    wrong.extend(config.data_key_previous().err());
    wrong.extend(zone(config).err());
    wrong.extend(places(config));
    wrong.extend(addresses(config));
    wrong.extend(keys(config));
    wrong.extend(desk(config).err());
    wrong.extend(quiet(config).err());
    let known: Vec<&str> = notice::names().collect();
    for (key, ids) in [("templates", &config.templates), ("subscriptions", &config.subscriptions)] {
        let unknown = ids.keys().filter(|name| !known.contains(&name.as_str()));
        wrong.extend(
            unknown.map(|name| format!("{key}.{name}：没有这个通知。可用的通知名：{}", known.join("、"))),
        );
    }
    if config.delivery.calls == 0 {
        wrong.push("delivery.calls = 0：至少要 1，否则什么都发不出去。".to_owned());
    }
    wrong
}

/// The time zone of business time.
pub fn zone(config: &Config) -> Result<TimeZone, String> {
    TimeZone::get(&config.timezone)
        .map_err(|_| format!("timezone = \"{}\" 不是时区名，请写成 Asia/Shanghai 这样。", config.timezone))
}

/// When somebody answers in person.
pub(super) fn desk(config: &Config) -> Result<Desk, String> {
    let people = &config.people;
    Desk::read(people.hand_over, &people.hours, &people.days, &people.closed_on).map_err(|key| {
        let shape = match key {
            "hours" => "时间，请写成 9:15-11:30,14:30-17:30 这样（先上午后下午）",
            "days" => "星期几，请写成 1-5 这样（1 是星期一）",
            _ => "日期，请写成 2026-06-19,2026-09-25 这样",
        };
        format!("people.{key} 不是{shape}。")
    })
}

/// When nobody is written to of our own accord.
pub(super) fn quiet(config: &Config) -> Result<Quiet, String> {
    Quiet::parse(&config.quiet_hours).ok_or_else(|| {
        format!("quiet_hours = \"{}\" 不是一段时间，请写成 22:00-08:00 这样。", config.quiet_hours)
    })
}

fn places(config: &Config) -> Vec<String> {
    let mut wrong = Vec::new();
    wrong.extend(not_an_address("public_url", "外网访问本服务", &config.public_url));
    if config.listen.to_socket_addrs().is_err() {
        wrong.push(format!("listen = \"{}\" 不是地址和端口，请写成 127.0.0.1:8080 这样。", config.listen));
    }
    if !config.staff_url.is_empty() {
        wrong.extend(not_an_address("staff_url", "打开后台", &config.staff_url));
    }
    if !config.staff_listen.is_empty() && config.staff_listen.to_socket_addrs().is_err() {
        wrong.push(format!(
            "staff_listen = \"{}\" 不是地址和端口，请写成 127.0.0.1:8081 这样。",
            config.staff_listen
        ));
    }
    if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| config.database_url.starts_with(scheme)) {
        wrong.push("database_url 要以 sqlite: 或 postgres:// 开头。".to_owned());
    }
    if !config.files_url.starts_with("file:") {
        wrong.push("files_url 要以 file: 开头，后面是存照片的文件夹。".to_owned());
    }
    wrong
}

/// Addresses that secrets or personal data are sent to: https, or this machine.
fn addresses(config: &Config) -> Vec<String> {
    let wechat = &config.wechat;
    [
        ("wechat.api_base", &wechat.api_base, false),
        ("wechat.mp_base", &wechat.mp_base, false),
        ("wechat.open_base", &wechat.open_base, false),
        ("registry.url", &config.registry.url, true),
        ("population.url", &config.population.url, true),
    ]
    .into_iter()
    .filter(|(_, url, may_be_empty)| !(*may_be_empty && url.is_empty()))
    .filter_map(|(key, url, _)| {
        Base::parse(url).err()?;
        Some(format!("{key} = \"{url}\" 要是 https:// 开头的地址（本机可以用 http://），不带参数。"))
    })
    .collect()
}

/// The callback's keys, as configured.
pub(super) fn callback_keys(config: &Config) -> Result<Keys, KeysError> {
    let wechat = &config.wechat;
    let (current, previous) = (wechat.aes_key.as_str(), wechat.previous_aes_key.as_str());
    let given = |key| Some(key).filter(|key: &&str| !key.is_empty());
    Keys::new(&wechat.token, &wechat.app_id, given(current), given(previous))
}

fn keys(config: &Config) -> Option<String> {
    if config.wechat.token.is_empty() || config.wechat.app_id.is_empty() {
        return None;
    }
    let error = callback_keys(config).err()?;
    Some(format!("{error}；请从公众平台的“服务器配置”里原样复制 EncodingAESKey（43 个字符）。"))
}

/// What is wrong with an address that browsers open.
fn not_an_address(key: &str, of: &str, url: &str) -> Option<String> {
    let host = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    let host = host.map(|host| host.trim_end_matches('/'));
    match host {
        Some(host) if host.contains('/') => Some(format!(
            "{key} = \"{url}\" 带了路径：页面和 cookie 都从根路径起，请给本服务一个单独的域名，\
             写成 https://bot.example.com 这样。"
        )),
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => None,
        _ => Some(format!("{key} = \"{url}\" 不是{of}的地址，请写成 https://bot.example.com 这样。")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Config {
        let data_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into();
        let mut config = Config { data_key, ..Config::default() };
        config.wechat.app_id = "wx1".into();
        config.wechat.app_secret = "s".into();
        config.wechat.token = "t".into();
        config
    }

    #[test]
    fn good_settings_have_no_mistakes() {
        assert_eq!(mistakes(&good()), Vec::<String>::new());
    }

    type Spoil = fn(&mut Config);

    #[test]
    fn every_mistake_is_named_by_its_key() {
        let rows: [(&str, Spoil); 21] = [
            ("data_key ", |c| c.data_key = "short".into()),
            ("data_key_previous", |c| c.data_key_previous = "short".into()),
            ("timezone", |c| c.timezone = "Asia/Guangzhou2".into()),
            ("public_url", |c| {
                c.public_url = "bot.example.test".into();
                c.wechat.allow_plaintext = true;
            }),
            ("带了路径", |c| {
                c.public_url = "https://bot.example.test/graduation".into();
                c.wechat.allow_plaintext = true;
            }),
            ("listen", |c| c.listen = "8080".into()),
            ("staff_listen", |c| c.staff_listen = "8081".into()),
            ("staff_url", |c| c.staff_url = "https://desk.example.test/graduation".into()),
            ("database_url", |c| c.database_url = "mysql://x".into()),
            ("files_url", |c| c.files_url = "s3://x".into()),
            ("registry.url", |c| c.registry.url = "http://registry.example.test".into()),
            ("wechat.api_base", |c| c.wechat.api_base = "api.weixin.qq.com".into()),
            ("wechat.aes_key", |c| c.wechat.aes_key = "tooshort".into()),
            ("templates.portrait", |c| drop(c.templates.insert("portrait".into(), "x".into()))),
            ("subscriptions.portrait", |c| drop(c.subscriptions.insert("portrait".into(), "x".into()))),
            ("delivery.calls", |c| c.delivery.calls = 0),
            ("people.hours", |c| c.people.hours = "9点".into()),
            ("people.days", |c| c.people.days = "周一".into()),
            ("quiet_hours", |c| c.quiet_hours = "晚上".into()),
            ("people.closed_on", |c| c.people.closed_on = "端午".into()),
            ("clock_offset_seconds", |c| {
                c.clock_offset_seconds = 1;
                c.public_url = "https://bot.example.test".into();
                c.wechat.allow_plaintext = true;
            }),
        ];
        for (key, spoil) in rows {
            let mut config = good();
            spoil(&mut config);
            let found = mistakes(&config);
            assert!(found.len() == 1 && found[0].contains(key.trim()), "{key}: {found:?}");
        }
    }
}
