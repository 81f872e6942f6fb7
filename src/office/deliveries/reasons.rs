//! Why a push stands where it stands, in a clerk's words: what happened, and what happens next or is to be done.

use crate::{
    store::OutboxState,
    workflow::delivery::{Reason, Undelivered, Wait},
};

/// Why, and what happens next. What is not known is shown as it stands.
pub fn said(reason: &str, state: OutboxState, doubts: i64) -> String {
    let Ok(reason) = reason.parse::<Reason>() else { return reason.to_owned() };
    let what = worded(&reason);
    let may_have_it = if doubts > 0 { "，考生可能已经收到" } else { "" };
    let next = match (state, &reason) {
        (OutboxState::Due | OutboxState::Leased, _) => "；会自动再发",
        (OutboxState::Held, Reason::Waits(Wait::NotFollowing)) => "；等重新关注",
        (OutboxState::Held, _) => "；等考生下次发消息",
        (OutboxState::Paused, _) => "；公告继续后再发",
        (OutboxState::GivenUp | OutboxState::InDoubt, _) => "；不再自动发",
        (OutboxState::Delivered, _) => "",
    };
    format!("{what}{may_have_it}{next}")
}

/// Why alone. What is not known is shown as it stands; no reason at all is said to be unknown.
pub fn why(reason: &str) -> String {
    match reason.parse::<Reason>() {
        Ok(reason) => worded(&reason),
        Err(_) if reason.is_empty() => "原因不明".to_owned(),
        Err(_) => reason.to_owned(),
    }
}

fn worded(reason: &Reason) -> String {
    match reason {
        Reason::Refused(code, rid) => coded(platform(*code), *code, rid.as_deref()),
        Reason::CardRefused(code, rid) => coded(card(*code), *code, rid.as_deref()),
        Reason::NoToken(code) => format!("拿不到接口凭证，请核对 AppSecret 和 IP 白名单（{code}）"),
        Reason::Status(status) => format!("公众平台或网络出错（HTTP {status}）"),
        other => plain(other).to_owned(),
    }
}

fn coded(words: &str, code: i64, rid: Option<&str>) -> String {
    match rid {
        Some(rid) => format!("{words}（{code}，rid {rid}）"),
        None => format!("{words}（{code}）"),
    }
}

/// Codes of protocol §13 that a clerk can understand.
fn platform(code: i64) -> &'static str {
    match code {
        -1 | 45011 | 61450 => "公众平台正忙",
        40003 => "没有这个用户",
        45009 => "今天的接口次数用完了，明天 0 点后恢复",
        45015 => "考生很久没有发消息",
        45047 => "这次能发的条数用完了",
        43004 | 46004 | 50005 => "考生没有关注公众号",
        43019 | 43101 | 48002 => "考生不接收公众号消息",
        48001 => "公众号没有这个接口的权限，请管理员核对",
        48004 | 50002 => "公众号被限制，请管理员到公众平台处理",
        45002 => "内容太长，平台不收",
        _ => "公众平台不接受",
    }
}

fn card(code: i64) -> &'static str {
    match code {
        40037 => "模板编号不对；请管理员核对模板",
        47003 => "模板的字段不合要求；请管理员核对模板",
        _ => "卡片通知被拒",
    }
}

fn plain(reason: &Reason) -> &'static str {
    match reason {
        Reason::Waits(Wait::NotFollowing) => "考生没有关注公众号",
        Reason::Waits(Wait::Blocked) => "考生不接收公众号消息",
        Reason::Waits(Wait::Closed) => "考生 48 小时没有发消息",
        Reason::Waits(Wait::UsedUp) => "考生说话后能发的条数用完了",
        Reason::Undelivered(Undelivered::Blocked) => "卡片通知没送到：考生拒收",
        Reason::Undelivered(Undelivered::TooOften) => "卡片通知没送到：平台说发得太多",
        Reason::Undelivered(Undelivered::Unwanted) => "订阅通知没送到：考生已经退订",
        Reason::Undelivered(Undelivered::Failed) => "卡片通知没送到：平台出错",
        Reason::Told => "卡片通知已告诉考生",
        Reason::Unreachable => "连不上公众平台",
        Reason::Unanswered => "发出后没有收到平台的回答",
        Reason::Crashed => "程序中断",
        Reason::Overtaken => "换了一个进程来发",
        Reason::TooLateToAsk => "模板消息不知道送到没有",
        Reason::Store => "本系统读写出错",
        Reason::Unreadable => "内容解不开：加密钥匙不对或数据损坏，请管理员处理",
        Reason::NoPicture => "照片已经删除，没有可发的",
        Reason::Invalid => "内容超出平台的限制，没有发",
        Reason::Cancelled => "公告已取消",
        Reason::Lapsed => "公告已过有效期",
        Reason::BeginningHeld | Reason::BeginningDue => "接着的上一段还没发",
        Reason::BeginningGivenUp => "接着的上一段已放弃",
        Reason::Unbound => "考生的绑定已解除",
        Reason::Refused(..) | Reason::CardRefused(..) | Reason::NoToken(_) | Reason::Status(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_reads_sentences() {
        use OutboxState::{Delivered, Due, GivenUp, Held, InDoubt};
        let rows = [
            ("window_closed", Held, 0, "考生 48 小时没有发消息；等考生下次发消息"),
            ("not_following", Held, 0, "考生没有关注公众号；等重新关注"),
            ("refused 45009", Due, 0, "今天的接口次数用完了，明天 0 点后恢复（45009）；会自动再发"),
            ("refused 99999 1-2-3", GivenUp, 0, "公众平台不接受（99999，rid 1-2-3）；不再自动发"),
            ("card_refused 40037", Held, 0, "模板编号不对；请管理员核对模板（40037）；等考生下次发消息"),
            ("status 502", Due, 1, "公众平台或网络出错（HTTP 502），考生可能已经收到；会自动再发"),
            ("unanswered", InDoubt, 2, "发出后没有收到平台的回答，考生可能已经收到；不再自动发"),
            ("no_token 40164", Due, 0, "拿不到接口凭证，请核对 AppSecret 和 IP 白名单（40164）；会自动再发"),
            ("something else", Delivered, 0, "something else"),
        ];
        for (reason, state, doubts, words) in rows {
            assert_eq!(said(reason, state, doubts), words);
        }
        for reason in ["blocked", "crashed", "unbound", "too_late_to_ask", "undelivered", "told"] {
            let words = said(reason, Delivered, 0);
            assert!(!words.is_empty() && words != reason, "{reason}");
        }
    }
}
