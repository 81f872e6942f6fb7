//! Why an office's act was refused, in the offices' words: what is so, and what to do.

use super::{ReviewError, words};
use crate::{store::StaffRow, workflow::case::Case};

/// Why a decision, or taking one back, was refused. `None` when it failed instead: the same may go through in a moment.
pub fn review(error: &ReviewError, staff: &StaffRow, case: &Case) -> Option<String> {
    let place = words::place(case.place.as_ref());
    Some(match error {
        ReviewError::NoReviewer => {
            format!(
                "账号“{}”的角色（{}）不能审核：要用{place}所在市的市级账号（city:…），或省级账号（province）。",
                staff.name, staff.role
            )
        }
        ReviewError::OtherCity => {
            format!("申请属于{place}，账号“{}”审核的是{}。", staff.name, staff.scope)
        }
        ReviewError::OtherBatch => format!("申请属于批次 {}，不是当前批次，不能再审核。", case.batch),
        ReviewError::NoCase => "没有这份申请。".to_owned(),
        ReviewError::Unbound => {
            "这位考生的准考证目前没有绑定微信，通知不到；等考生重新绑定后再审核。".to_owned()
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
            "账号“{}”的角色（{}）不能记：初审由办理地点的区、市账号记（省级也可以），毕业审核由省级账号记。",
            staff.name, staff.role
        ),
        ReviewError::OtherCity => {
            format!("申请的办理地点是{place}，账号“{}”是{}的。", staff.name, staff.scope)
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
            other => format!("不能记（{other}），状态是“{stage}”。什么都没有改。"),
        },
        ReviewError::Run(_) | ReviewError::Store(_) => return None,
    })
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
