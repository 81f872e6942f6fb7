//! What states, steps and pauses of announcements are called, and why a step was refused.

use super::{BroadcastError, Flaw, words};
use crate::{
    office::{refused, words::moment},
    store::{Broadcast, StaffRow},
    workflow::{
        broadcast::{
            FASTEST, Pause, REASON_MAX, State, Step, TITLE_MAX,
            audience::{DEPTH_MAX, LEAVES_MAX, TooLarge},
            plan::{Obstacle, Route},
        },
        delivery::Reason,
    },
};
use jiff::tz::TimeZone;

/// What a state is called.
pub fn state(state: State) -> &'static str {
    match state {
        State::Draft => "草稿",
        State::Proposed => "等待批准",
        State::Approved => "已批准",
        State::Running => "发送中",
        State::Paused => "已暂停",
        State::Ended => "已结束",
        State::Cancelled => "已取消",
    }
}

/// What a step is called.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Edit => "修改",
        Step::Propose => "提交审批",
        Step::Return => "退回修改",
        Step::Approve => "批准",
        Step::Start => "开始发送",
        Step::Pause => "暂停",
        Step::Resume => "继续",
        Step::Cancel => "取消",
        Step::End => "结束",
    }
}

/// What a route is called.
pub fn route(route: Route) -> &'static str {
    match route {
        Route::Mass => "群发",
        Route::Single => "单发",
        Route::Both => "先单发，其余群发",
    }
}

/// Why an announcement is paused, and when it goes on.
pub fn pause(broadcast: &Broadcast, zone: &TimeZone) -> Option<String> {
    let why = because(broadcast.pause?);
    Some(match broadcast.resumes_at {
        Some(at) => format!("{why}，{} 自动继续", moment(at, zone)),
        None => format!("{why}，要有人按“继续”"),
    })
}

/// Why it is paused.
pub fn because(pause: Pause) -> String {
    match pause {
        Pause::Staff => "有人按了暂停".to_owned(),
        Pause::Quota => "公众平台今天的额度用完了".to_owned(),
        Pause::Quiet => "夜里不打扰考生".to_owned(),
        Pause::Refused(code) => {
            format!(
                "公众平台不接受：{}",
                crate::office::deliveries::reasons::why(&Reason::Refused(code, None).to_string())
            )
        }
    }
}

/// Why nothing came about; `None` when it failed instead: the same may go through in a moment.
pub fn refused(error: &BroadcastError, staff: &StaffRow) -> Option<String> {
    Some(match error {
        BroadcastError::Role => {
            format!("账号“{}”不能发公告：要用公告员（announcer）或管理员账号。", staff.name)
        }
        BroadcastError::Unknown => "没有这条公告。".to_owned(),
        BroadcastError::Incomplete(flaws) => flaws.iter().map(flaw).collect::<Vec<_>>().join("\n"),
        BroadcastError::Changed => {
            "这条公告刚才被改过，您看到的不是现在的样子。什么都没有做，请先看新的内容。".to_owned()
        }
        BroadcastError::State(now) => {
            format!("这条公告现在是“{}”，不能这样做。什么都没有做。", state(*now))
        }
        BroadcastError::Own => {
            "这一版是您自己写的或改的，要由另一位公告员或管理员批准。什么都没有做。".to_owned()
        }
        BroadcastError::Nothing => {
            "没有可以删除的：只有群发的图文能删除，已经删除的不用再删。什么都没有做。".to_owned()
        }
        BroadcastError::Unlinked => {
            format!("账号“{}”还没有绑定微信，收不到预览。请先在控制台“我的账号”里绑定。", staff.name)
        }
        BroadcastError::Reason(error) => refused::reason(error, "原因"),
        BroadcastError::Store(_) => return None,
    })
}

/// Why a route cannot be taken.
pub fn obstacle(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Variables => "有 {姓名} 这类代入项，群发给每个人的都一样，只能单发。",
        Obstacle::CardOnly => "模板消息只能单发。",
        Obstacle::LacksLink => "单发的图文要有“阅读原文”的网址。",
        Obstacle::TooFew => "群发至少要有 2 个人，请改成单发。",
        Obstacle::Nobody => "这样发不到任何人，请看“发给谁”。",
    }
}

/// What is wrong with a draft.
pub fn flaw(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Title(0) => "还没有写标题。".to_owned(),
        Flaw::Title(length) => format!("标题有 {length} 个字，最多 {TITLE_MAX} 个字。"),
        Flaw::Rate(rate) => format!("速度是每秒 {rate} 条，要在 1 到 {FASTEST} 之间。"),
        Flaw::Lapses => "有效期已过，或者早于开始时间。请改有效期。".to_owned(),
        Flaw::Urgent(0) => "夜里也发的公告要写明原因。".to_owned(),
        Flaw::Urgent(length) => format!("夜里也发的原因有 {length} 个字，最多 {REASON_MAX} 个字。"),
        Flaw::Audience(TooLarge::Deep) => format!("发给谁：条件套得太深，最多 {DEPTH_MAX} 层。"),
        Flaw::Audience(TooLarge::Wide) => format!("发给谁：条件太多，最多 {LEAVES_MAX} 个。"),
        Flaw::NoList => "发给谁：有一份名单已经删除了，请重新选。".to_owned(),
        Flaw::Picture => "还没有图片：图片公告和图文的封面都要一张。".to_owned(),
        Flaw::Message(mistake) => words::mistake(mistake),
        Flaw::Card(mistake) => format!("没有窗口时的模板消息，{}", words::mistake(mistake)),
        Flaw::Route(obstacle) => self::obstacle(*obstacle).to_owned(),
    }
}
