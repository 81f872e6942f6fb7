//! Why an office's act was refused, in the offices' words: what is so, and what to do.

use super::{
    ReviewError, Role,
    accounts::{AccountError, PASSWORD_MAX, PASSWORD_MIN},
    deliveries::{self, RetryError},
    inquiries::{ANSWER_MAX, InquiryError},
    person::PersonError,
    reason::{self, ReasonError},
    words,
};
use crate::{store::StaffRow, time::Millis, workflow::case::Case};

/// Why a decision, or taking one back, was refused. `None` when it failed instead: the same may go through in a moment.
pub fn review(error: &ReviewError, staff: &StaffRow, case: &Case) -> Option<String> {
    let place = words::place(case.place.as_ref());
    Some(match error {
        ReviewError::NoReviewer => {
            format!(
                "账号“{}”（{}）不能审核：要用{place}所在市的市考办账号，或省考办账号。",
                staff.name,
                role(staff)
            )
        }
        ReviewError::OtherCity => {
            format!("申请属于{place}，账号“{}”（{}）审核的是别处。", staff.name, role(staff))
        }
        ReviewError::OtherBatch => format!("申请属于批次 {}，不是当前批次，不能再审核。", case.batch),
        ReviewError::NoCase => "没有这份申请。".to_owned(),
        ReviewError::Unbound => {
            "这位考生的准考证目前没有绑定微信，通知不到；等考生重新绑定后再审核。".to_owned()
        }
        ReviewError::Held { staff, .. } => {
            format!(
                "{staff} 正在看这份申请，您的决定没有提交。对方做完、离开，或者十分钟没有动静以后再审核。"
            )
        }
        ReviewError::Refused(code) => refusal(code, case),
        ReviewError::Run(_) | ReviewError::Store(_) => return None,
    })
}

/// The same of a record of the check on site, or of the last word.
pub fn onsite(error: &ReviewError, staff: &StaffRow, case: &Case) -> Option<String> {
    let (place, stage) = (words::place(case.place.as_ref()), words::stage(case.stage));
    Some(match error {
        ReviewError::NoReviewer => format!(
            "账号“{}”（{}）不能记录：初审由办理地点的区、市账号记（省考办也可以），毕业审核由省考办账号记。",
            staff.name,
            role(staff)
        ),
        ReviewError::OtherCity => {
            format!("申请的办理地点是{place}，账号“{}”（{}）管的是别处。", staff.name, role(staff))
        }
        ReviewError::OtherBatch => format!("申请属于批次 {}，不是当前批次，不能再记。", case.batch),
        ReviewError::Unbound => {
            "这位考生的准考证目前没有绑定微信，通知不到；请考生先绑定，再记录。".to_owned()
        }
        ReviewError::NoCase => "没有这份申请。".to_owned(),
        ReviewError::Refused(code) => match *code {
            "not_submitted" => format!("考生还没有提交毕业申请，状态是“{stage}”。"),
            "onsite_first" => "现场初审还没有通过，不能做毕业审核。".to_owned(),
            "concluded" => format!("省考办已经审核（{stage}），初审的记录不能再改。"),
            "same_record" => "已经是这样记的，没有改。".to_owned(),
            "moved_on" => "这份申请刚刚有了变化，请先看一遍再记。".to_owned(),
            "day_not_come" => format!("{place}的办理日还没有到。"),
            "day_not_over" => "今天还没有下班，考生还可能来，下班以后再记未到。".to_owned(),
            "opinion_missing" => "写得太短：至少 4 个字，写清还差什么、怎么补。".to_owned(),
            "opinion_too_long" => "写得太长：最多 500 个字，考生在手机上看。".to_owned(),
            other => format!("不能记录（{other}），状态是“{stage}”。什么都没有改。"),
        },
        // What is written down on site asks for no lease.
        ReviewError::Held { .. } | ReviewError::Run(_) | ReviewError::Store(_) => return None,
    })
}

/// What an account is, in words; as it is stored where a newer program wrote it.
fn role(staff: &StaffRow) -> String {
    Role::of(staff).map_or_else(|| staff.role_text(), |role| words::role(&role))
}

/// Why an account was not added or changed. `wire` is now.
pub fn account(error: &AccountError, wire: Millis) -> String {
    match error {
        AccountError::Role => "这个账号不能管理别人的账号。".to_owned(),
        AccountError::Password => "现在的密码不对，什么都没有改。请核对后再试。".to_owned(),
        AccountError::Length => {
            format!(
                "新密码要 {PASSWORD_MIN} 到 {PASSWORD_MAX} 个字符，例如几个不相关的词连起来。什么都没有改。"
            )
        }
        AccountError::Weak => {
            "新密码太好猜：不要和旧的一样，不要含账号名，也不要总是重复几个字符。什么都没有改。".to_owned()
        }
        AccountError::Code => "动态码不对：请填手机应用里现在显示的 6 位数字。什么都没有改。".to_owned(),
        AccountError::Name => "账号名不能用：1 到 32 个字，不含空格和冒号。".to_owned(),
        AccountError::NoRole => "没有这个角色，或办理地点里没有这个地方。".to_owned(),
        AccountError::Taken => "这个账号名已经有人用了，换一个，例如加上科室。".to_owned(),
        AccountError::Unknown => "没有这个账号。".to_owned(),
        AccountError::Own => "不能停用或重设自己的账号，请另一位管理员来做。".to_owned(),
        AccountError::Contended => "别人刚刚改过这个账号，什么都没有改。请看一眼再做。".to_owned(),
        AccountError::NotBefore(at) => wait(*at, wire),
        AccountError::Store(_) => "没有保存，请稍后再试。".to_owned(),
    }
}

/// Why the audit cannot have what somebody wrote; `what` it is: 原因, 回复.
pub fn reason(error: &ReasonError, what: &str) -> String {
    match error {
        ReasonError::Length { longest } => {
            format!("{what}太短或太长：请写 {} 到 {longest} 个字，审计要用。什么都没有改。", reason::MIN)
        }
        ReasonError::Personal => {
            format!(
                "{what}里有号码或姓名。请不要写准考证号、证件号、电话和姓名，审计会长期保留。什么都没有改。"
            )
        }
    }
}

/// Why nobody was freed from a binding or a lock.
pub fn person(error: &PersonError) -> String {
    match error {
        PersonError::Role => "这个账号不能解除和恢复绑定。什么都没有改。".to_owned(),
        PersonError::Reason(error) => reason(error, "原因"),
        PersonError::Unbound => "这位考生现在没有绑定微信，没有要解除的。".to_owned(),
        PersonError::Unlocked => "这个准考证号没有暂停绑定，不用恢复。".to_owned(),
        PersonError::Busy => "这位考生正在操作，没有解除。请过一会儿再试。".to_owned(),
        PersonError::Run(_) | PersonError::Store(_) => "没有保存，请稍后再试。".to_owned(),
    }
}

/// Why a push is not sent again. `None` where there is none, it is not the account's to send, or it failed instead.
pub fn retry(error: &RetryError) -> Option<String> {
    match error {
        RetryError::Unbound => {
            Some("考生的绑定已经解除或正在变动，这一条不能再发，以免发给别人。什么都没有改。".to_owned())
        }
        RetryError::Needless(state) => {
            Some(format!("这一条是“{}”，不用再发。什么都没有改。", deliveries::words::state(*state)))
        }
        RetryError::Role | RetryError::Unknown | RetryError::Store(_) => None,
    }
}

/// Why an inquiry was not answered or ended. `None` as above.
pub fn inquiry(error: &InquiryError) -> Option<String> {
    match error {
        InquiryError::Empty => Some("回复是空的，请写回复考生的话。什么都没有发。".to_owned()),
        InquiryError::TooLong(length) => {
            Some(format!("回复有 {length} 个字，最多 {ANSWER_MAX} 个，请写短一点。什么都没有发。"))
        }
        InquiryError::Ended => Some("这条留言已经回复过或结束了，什么都没有发。".to_owned()),
        InquiryError::Role | InquiryError::Unknown | InquiryError::Run(_) | InquiryError::Store(_) => None,
    }
}

/// How long somebody has to wait who has tried too often.
pub fn wait(until: Millis, now: Millis) -> String {
    let seconds = ((until.0 - now.0).max(0) + 999) / 1000;
    let span =
        if seconds > 90 { format!("{} 分钟", (seconds + 59) / 60) } else { format!("{seconds} 秒") };
    format!("试的次数太多了，请在 {span}后再试。")
}

/// The state machine's reasons, for reviewers.
fn refusal(code: &str, case: &Case) -> String {
    let stage = words::stage(case.stage);
    match code {
        "stale_round" if case.rounds.is_empty() => {
            format!("考生还没有提交，状态是“{stage}”，没有要审核的。什么都没有改。")
        }
        "stale_round" if case.stage.reviewed_at().is_none() => {
            format!("这一轮已经有了决定，状态是“{stage}”，没有要审核的。什么都没有改。")
        }
        "stale_round" => format!("轮次不对：现在是第 {} 轮，状态是“{stage}”。请先看一遍再审核。", case.round),
        "wrong_level" => {
            let awaited = case.stage.reviewed_at().map_or("任何人", words::level);
            format!("现在轮到{awaited}审核，状态是“{stage}”。")
        }
        "opinion_missing" => "审核意见太短：至少 4 个字，写清哪里不合格、怎么改。".to_owned(),
        "opinion_too_long" => {
            "审核意见太长：最多 500 个字，考生在手机上看，请只写哪里不合格、怎么改。".to_owned()
        }
        "wrong_part" => {
            let submitted = case.rounds.last().map_or("别的", |round| words::part(round.part));
            format!("这一轮提交的是{submitted}，不通过的部分要和它一致。")
        }
        "wrong_reason" => "原因和不通过的部分对不上：P 开头的说毕业证照片，D 开头的说证件照片。".to_owned(),
        "nothing_decided" => format!("没有可以收回的决定，状态是“{stage}”。"),
        "moved_on" => format!("做了决定以后，申请又有了变化，不能再收回，状态是“{stage}”。"),
        "not_yours" => "这个决定是别的账号做的，只有做决定的账号能收回。".to_owned(),
        "answered" => "做了决定以后，考生来问过，已经看到结果，不能再收回。".to_owned(),
        "too_late" => "已经过了 10 秒，通知发出去了，不能再收回。".to_owned(),
        other => format!("不能审核（{other}），状态是“{stage}”。什么都没有改。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_said_in_people_s_numbers() {
        let rows =
            [(0, "0 秒"), (30_000, "30 秒"), (30_001, "31 秒"), (120_000, "2 分钟"), (899_000, "15 分钟")];
        for (millis, span) in rows {
            assert_eq!(wait(Millis(millis), Millis(0)), format!("试的次数太多了，请在 {span}后再试。"));
        }
    }
}
