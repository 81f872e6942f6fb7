//! What pushes and jobs are called.

use crate::{
    mask,
    store::OutboxState,
    turn::{Announcement, NoticeBody, Said},
};

/// What a push's state is called.
pub fn state(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Due => "等待发送",
        OutboxState::Leased => "正在发送",
        OutboxState::Held => "等考生下次发消息",
        OutboxState::Paused => "随公告暂停",
        OutboxState::Delivered => "已送达",
        OutboxState::GivenUp => "已放弃",
        OutboxState::InDoubt => "不知道送到没有",
    }
}

/// What a push says, its digits masked.
pub fn content(body: &NoticeBody) -> String {
    match body {
        NoticeBody::Text { text, .. } | NoticeBody::Rest { text, .. } => mask::told(text),
        NoticeBody::QrCode { .. } => "［拍照页面的二维码］".to_owned(),
        NoticeBody::Photo { .. } => "［考生自己的毕业证照片］".to_owned(),
        NoticeBody::Announcement(Announcement { said, card }) => match said {
            Said::Text(text) => mask::told(text),
            Said::Picture { .. } => "［公告的图片］".to_owned(),
            Said::Link { title, description, url } => format!("{title}\n{description}\n{url}"),
            Said::Nothing => {
                let values = card.iter().flat_map(|card| &card.values);
                let lines: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
                mask::told(&lines.join("\n"))
            }
        },
    }
}

/// What a kind of job is called; an older or newer program may know others.
pub fn job(kind: &str) -> &'static str {
    match kind {
        "check_photo" => "检查照片",
        "clear_photos" => "删除不用的照片",
        "verify_population" => "人口库核验",
        "note_undelivered" => "记下没送到的通知",
        "predict" => "毕业预测",
        _ => "其他",
    }
}

/// What a push is about, by its event; one of another program's stands as it is.
pub fn event(code: &str) -> &str {
    EVENTS.iter().find(|(known, _)| *known == code).map_or(code, |(_, words)| words)
}

const EVENTS: [(&str, &str); 42] = [
    ("announcement", "公告"),
    ("announcement_preview", "公告预览"),
    ("reply", "回答的后半段"),
    ("camera_code", "拍照二维码"),
    ("portrait", "考生自己的毕业证照片"),
    ("population_matched", "人口库核验通过"),
    ("population_mismatched", "人口库核验不一致"),
    ("population_unavailable", "人口库暂时查不了"),
    ("prediction_passed", "毕业预测通过"),
    ("prediction_failed", "毕业预测未通过"),
    ("prediction_impossible", "毕业预测做不了"),
    ("page_opened", "拍照页面已打开"),
    ("portrait_received", "收到毕业证照片"),
    ("portrait_submitted", "毕业证照片已提交"),
    ("documents_passed_city", "证件照片市考办通过"),
    ("documents_approved", "证件照片审核通过"),
    ("documents_rejected", "证件照片不通过"),
    ("portrait_approved", "毕业证照片通过"),
    ("portrait_approved_late", "毕业证照片通过（已截止）"),
    ("portrait_rejected", "毕业证照片不通过"),
    ("portrait_finished", "拍照完成"),
    ("bundle_submitted", "照片和证件已提交"),
    ("bundle_passed_city", "照片和证件市考办通过"),
    ("bundle_approved", "照片和证件通过"),
    ("bundle_approved_late", "照片和证件通过（已截止）"),
    ("bundle_rejected", "照片和证件不通过"),
    ("application_submitted", "毕业申请已提交"),
    ("onsite_passed", "现场初审通过"),
    ("onsite_papers", "现场初审需补材料"),
    ("onsite_absent", "现场初审未到"),
    ("graduated", "毕业审核通过"),
    ("not_graduated", "毕业审核不通过"),
    ("onsite_soon", "现场初审提醒"),
    ("window_opens", "申请开放提醒"),
    ("window_closes", "申请快截止提醒"),
    ("apply_waits", "没有点「申请」的提醒"),
    ("reviews_late", "审核超期提醒（给考办）"),
    ("unbound", "绑定已解除"),
    ("people_left", "人工服务已结束"),
    ("inquiry_answered", "留言的回复"),
    ("photos_deleted", "照片已删除"),
    ("deletion_answered", "删除要求的回复"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_has_a_name() {
        let dialogs = include_str!("../../../dialogs/notices.toml");
        let notices = dialogs.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        let mut seen = 0;
        for notice in notices {
            assert_ne!(event(notice), notice);
            seen += 1;
        }
        assert!(seen > 20);
    }
}
