//! What the platform does in a chat: faults of the next calls, and people who refuse what the account sends.

use graduation_bot::config::Config;
use mock_platform::{Consent, Fault, Kind, Settings, SubscribeTemplate, Subscription};
use serde_json::Value;

use super::{play::Player, script::Script, words::seconds};
use crate::support::samples;

const CUSTOM: &str = "/cgi-bin/message/custom/send";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
/// The one 订阅通知 that all notices share.
const NOTICE: &str = "NOTICE_GRADUATION";

/// What a chat's settings change of the bot's: `模板: 无`, `订阅: 有`, `条数: 3`.
pub(super) fn settings(script: &Script, config: &mut Config) {
    config.people.hand_over = script.setting("人工") == Some("值班");
    if script.setting("模板") == Some("无") {
        config.templates.clear();
    }
    if script.setting("订阅") == Some("有") {
        config.subscriptions =
            samples::template_ids().into_keys().map(|name| (name, NOTICE.to_owned())).collect();
    }
    if let Some(messages) = script.setting("条数") {
        config.delivery.talk_messages = messages.parse().unwrap();
    }
}

/// The 订阅通知 that the account has.
pub(super) fn notice() -> SubscribeTemplate {
    SubscribeTemplate {
        template_id: NOTICE.to_owned(),
        title: "毕业申请结果".to_owned(),
        content: samples::template().content,
        long_term: false,
    }
}

/// `同意订阅`, `退订`: what a person does to the account's notices in a page.
pub(super) fn subscription(what: &str) -> Option<Subscription> {
    let status = match what {
        "[同意订阅]" => Consent::Accept,
        "[退订]" => Consent::Reject,
        _ => return None,
    };
    Some(Subscription { template_id: NOTICE.to_owned(), status, scene: 0 })
}

impl Player {
    /// A fault of the next call, or what a person has set; `…，其间过了 1 小时` moves the clock meanwhile.
    pub(super) fn platform(&mut self, what: &str) {
        let (name, meanwhile) = what.split_once("，其间过了 ").unwrap_or((what, ""));
        self.meanwhile = (!meanwhile.is_empty()).then(|| seconds(meanwhile));
        match setting(name) {
            Some(settings) => {
                if settings.refuses_messages {
                    self.app.mock.expect_errcode(CUSTOM, 48002);
                }
                self.app.mock.settings(&self.open_id(), settings);
            }
            None => faults(name).into_iter().for_each(|fault| self.app.mock.fault(fault)),
        }
    }
}

/// What whoever spoke last has set.
fn setting(what: &str) -> Option<Settings> {
    Some(match what {
        "考生拒收消息" => Settings { refuses_messages: true, ..Settings::default() },
        "考生恢复接收" => Settings::default(),
        "模板送不到" => {
            Settings { template_result: "failed: system failed".to_owned(), ..Settings::default() }
        }
        "订阅通知送不到" => Settings { notice_error: 43101, ..Settings::default() },
        _ => return None,
    })
}

fn faults(what: &str) -> Vec<Fault> {
    let once = |target: &str, kind, value: Value| vec![Fault::once(target, kind, value)];
    match what {
        "重复投递" => once("callback", Kind::Duplicate, 1.into()),
        "丢一次回答" => once("callback", Kind::Status, 500.into()),
        "取图要一秒" => once("/cgi-bin/media/get", Kind::Delay, 1_000.into()),
        "取图慢" => once("/cgi-bin/media/get", Kind::Delay, 4_500.into()),
        "没有菜单消息" => once(CUSTOM, Kind::Errcode, 48001.into()),
        "模板被拒" => once(TEMPLATE, Kind::Errcode, 47003.into()),
        "令牌失效" => once("/cgi-bin/message", Kind::TokenExpired, Value::Null),
        "令牌被别人换掉" => once("/cgi-bin/message", Kind::TokenExpired, 40001.into()),
        "慢一秒" => once("/cgi-bin/message", Kind::Delay, 1_000.into()),
        "正忙" => once("/cgi-bin/message", Kind::Errcode, (-1).into()),
        "次数用完" => once("/cgi-bin/message", Kind::Errcode, 45009.into()),
        "出错" => once("/cgi-bin/message", Kind::Status, 502.into()),
        "乱答" => once("/cgi-bin/message", Kind::Garbage, Value::Null),
        "发了不回答" => once("/cgi-bin/message", Kind::Drop, Value::Null),
        "连不上" => once("/cgi-bin/message", Kind::Drop, "request".into()),
        other => panic!("no fault: {other}"),
    }
}
