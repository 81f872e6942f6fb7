//! What the parts of an announcement are called.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    office::{broadcasts::steps, deliveries::reasons},
    time::{Millis, moment_text},
    workflow::broadcast::{Pause, State, Step, message::Message},
};

/// A word with its colour.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tag {
    pub(super) words: &'static str,
    /// `well`, `warn`, `stop` or nothing.
    pub(super) class: &'static str,
}

pub(super) fn state(state: State) -> Tag {
    let class = match state {
        State::Draft | State::Ended => "",
        State::Proposed | State::Paused => "warn",
        State::Approved | State::Running => "well",
        State::Cancelled => "stop",
    };
    Tag { words: steps::state(state), class }
}

pub(super) fn kind(message: &Message) -> &'static str {
    match message {
        Message::Text { .. } => "文字",
        Message::Picture { .. } => "图片",
        Message::Article { .. } => "图文",
        Message::Template(_) => "模板消息",
    }
}

/// What a line of the audit says besides, told again where it is a code.
pub(super) fn detail(detail: &str) -> String {
    match detail {
        "lapsed" => "过了有效期".to_owned(),
        other => Pause::of(other).map_or_else(|| other.to_owned(), steps::because),
    }
}

/// Why somebody is left out.
pub(super) fn left_out(reason: &str) -> String {
    match reason {
        "not_following" => "没有关注公众号".to_owned(),
        "blocked" => "不接收公众号消息".to_owned(),
        "month_full" => "这个月的群发已经收满 4 条".to_owned(),
        "unsubscribed" => "退订了".to_owned(),
        other => reasons::why(other),
    }
}

/// By which way something was delivered.
pub(super) fn way(channel: &str) -> &'static str {
    match channel {
        "custom" => "客服消息",
        "template" => "模板消息",
        "subscription" => "订阅通知",
        _ => "其他",
    }
}

/// What was done, after it was.
pub(super) fn done(step: Step) -> &'static str {
    match step {
        Step::Edit => "已保存。",
        Step::Propose => "已提交，等另一位老师批准。",
        Step::Return => "已退回，可以修改了。",
        Step::Approve => "已批准。",
        Step::Start => "开始发送了。",
        Step::Pause => "已暂停：还没有发出的先不发。",
        Step::Resume => "继续发送了。",
        Step::Cancel => "已取消：还没有发出的不会再发。",
        Step::End => "已发完。",
    }
}

/// 「6月16日 9:00」.
pub(super) fn moment(at: Millis, zone: &TimeZone) -> String {
    moment_text(at.civil(zone))
}
