//! Why a push stands where it stands, in a clerk's words: what happened, and what happens next or is to be done.

use crate::workflow::delivery::{Reason, Undelivered, Wait};

/// The sentence for a reason as the database keeps it. What is not known is shown as it stands.
pub(super) fn said(reason: &str) -> String {
    let Ok(reason) = reason.parse::<Reason>() else { return reason.to_owned() };
    match &reason {
        Reason::Refused(code, rid) => coded(platform(*code), *code, rid.as_deref()),
        Reason::CardRefused(code, rid) => coded(card(*code), *code, rid.as_deref()),
        Reason::NoToken(code) => {
            format!("拿不到接口凭证，自动重试：请核对 AppSecret 和 IP 白名单（{code}）")
        }
        Reason::Status(status) => format!("公众平台或网络出错，自动重试（HTTP {status}）"),
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
        -1 | 45011 | 61450 => "公众平台正忙，自动重试",
        40003 => "没有这个用户，发不出去",
        45009 => "今天的接口次数用完了，明天 0 点后自动再发",
        45015 => "考生很久没有发消息，等考生下次发消息",
        45047 => "这次能发的条数用完了，等考生下次发消息",
        43004 | 46004 | 50005 => "考生没有关注公众号，等重新关注后发消息",
        43019 | 43101 | 48002 => "考生不接收公众号消息，等考生下次发消息",
        48001 => "公众号没有这个接口的权限，请管理员核对",
        48004 | 50002 => "公众号被限制，请管理员到公众平台处理",
        45002 => "内容太长，平台不收",
        _ => "公众平台不接受",
    }
}

fn card(code: i64) -> &'static str {
    match code {
        40037 => "模板编号不对，改等考生下次发消息；请管理员核对模板",
        47003 => "模板的字段不合要求，改等考生下次发消息；请管理员核对模板",
        _ => "卡片通知被拒，改等考生下次发消息",
    }
}

fn plain(reason: &Reason) -> &'static str {
    match reason {
        Reason::Waits(Wait::NotFollowing) => "考生没有关注公众号，等重新关注",
        Reason::Waits(Wait::Blocked) => "考生不接收公众号消息，等考生下次发消息",
        Reason::Waits(Wait::Closed) => "考生 48 小时没有发消息，等考生下次发消息",
        Reason::Waits(Wait::UsedUp) => "这次能发的条数用完了，等考生下次发消息",
        Reason::Undelivered(Undelivered::Blocked) => "模板消息没送到：考生拒收；等考生下次发消息",
        Reason::Undelivered(Undelivered::TooOften) => "模板消息没送到：平台说发得太多；等考生下次发消息",
        Reason::Undelivered(Undelivered::Failed) => "模板消息没送到：平台出错；等考生下次发消息",
        Reason::Told => "卡片通知已告诉考生，全文等考生下次发消息",
        Reason::Unreachable => "连不上公众平台，自动重试",
        Reason::Unanswered => "发出后没有收到平台的回答，考生可能已经收到",
        Reason::Crashed => "发送中程序中断，考生可能已经收到",
        Reason::Overtaken => "换了一个进程来发，自动重试",
        Reason::TooLateToAsk => "模板消息不知道送到没有，等考生下次发消息时再说一遍",
        Reason::Store => "本系统读写出错，自动重试",
        Reason::Unreadable => "内容解不开：加密钥匙不对或数据损坏，请管理员处理",
        Reason::NoPicture => "照片已经删除，没有可发的",
        Reason::Invalid => "内容超出平台的限制，没有发",
        Reason::BeginningHeld => "接着的上一段还没发，等考生下次发消息",
        Reason::BeginningDue => "接着的上一段还没发，自动重试",
        Reason::BeginningGivenUp => "接着的上一段已放弃，这一段不再发",
        Reason::Unbound => "考生的绑定已解除，不再发",
        Reason::Refused(..) | Reason::CardRefused(..) | Reason::NoToken(_) | Reason::Status(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_reads_sentences() {
        let rows = [
            ("window_closed", "考生 48 小时没有发消息，等考生下次发消息"),
            ("refused 45009", "今天的接口次数用完了，明天 0 点后自动再发（45009）"),
            ("refused 99999 1-2-3", "公众平台不接受（99999，rid 1-2-3）"),
            ("card_refused 47003", "模板的字段不合要求，改等考生下次发消息；请管理员核对模板（47003）"),
            ("status 502", "公众平台或网络出错，自动重试（HTTP 502）"),
            ("no_token 40164", "拿不到接口凭证，自动重试：请核对 AppSecret 和 IP 白名单（40164）"),
            ("something else", "something else"),
        ];
        for (reason, words) in rows {
            assert_eq!(said(reason), words);
        }
        let reasons = ["blocked", "unanswered", "crashed", "unbound", "too_late_to_ask", "undelivered"];
        assert!(reasons.iter().all(|reason| !said(reason).is_empty() && said(reason) != *reason));
    }
}
