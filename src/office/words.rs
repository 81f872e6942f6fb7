//! What the offices call things: stages, levels, parts, photos and places, whichever way they are shown.
//!
//! Words for candidates are in `dialogs/`.

use jiff::tz::TimeZone;

use super::{Role, imports, overview::Phase};
use crate::{
    inbound::{Level, Part, PhotoSlot, PhotoSource},
    store::InquiryState,
    time::{Millis, write_minute},
    workflow::{
        batch::Window,
        case::{Place, Stage},
        retention::Kind,
    },
};

/// 「市考办 广州市」.
pub fn role(role: &Role) -> String {
    match role {
        Role::City(city) => format!("市考办 {city}"),
        Role::District(scope) => format!("区县 {}", scope.replace('/', "")),
        Role::Province => "省考办".to_owned(),
        Role::Announcer => "公告".to_owned(),
        Role::Admin => "管理员".to_owned(),
    }
}

/// What a stage is called in the offices.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Entered => "已进入，未预测",
        Stage::Predicting => "等考籍系统答复",
        Stage::PredictionFailed => "毕业预测未通过",
        Stage::PlaceWanted => "待选办理地点",
        Stage::PhoneWanted => "待填联系电话",
        Stage::Ready => "可以申请",
        Stage::Verifying => "人口库核验中",
        Stage::DocumentsWanted => "待上传证件照片",
        Stage::DocumentsAtCity => "市考办审核证件",
        Stage::DocumentsAtProvince => "省考办审核证件",
        Stage::DocumentsApproved => "证件审核通过",
        Stage::DocumentsRejected => "证件审核不通过",
        Stage::DataToConfirm | Stage::DataToReconfirm => "待确认信息",
        Stage::DataDisputed => "信息有误，已停下",
        Stage::StandardToRead | Stage::StandardToReread => "待阅读照片标准",
        Stage::ScanAwaited => "待打开拍照页面",
        Stage::Capturing => "拍照中",
        Stage::Captured => "已拍照，未提交",
        Stage::PortraitAtCity => "市考办审核照片",
        Stage::PortraitRejected => "照片审核不通过",
        Stage::BundleAtCity => "市考办审核照片和证件",
        Stage::BundleAtProvince => "省考办审核照片和证件",
        Stage::BundleRejected => "照片和证件审核不通过",
        Stage::Approved => "全部通过，待申请",
        Stage::Submitted => "已提交，待现场初审",
        Stage::OnsitePassed => "初审通过，待省审",
        Stage::Graduated => "毕业审核通过",
        Stage::NotGraduated => "毕业审核不通过",
        Stage::Withdrawn => "考生已撤回",
    }
}

/// What is deleted together.
pub fn kept(kind: Kind) -> &'static str {
    match kind {
        Kind::Rejected => "没通过的照片",
        Kind::Documents => "证件照片",
        Kind::Portraits => "未毕业考生的毕业证照片",
        Kind::HandedOver => "已移交的毕业证照片",
    }
}

/// What a level is called.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::City => "市考办",
        Level::Province => "省考办",
    }
}

/// What a part of a submission is called.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::Portrait => "毕业证照片",
        Part::Documents => "证件照片",
        Part::Both => "毕业证照片和证件照片",
    }
}

/// What a slot for photos is called.
pub fn slot(slot: PhotoSlot) -> &'static str {
    match slot {
        PhotoSlot::Front => "证件正面",
        PhotoSlot::Back => "证件反面",
        PhotoSlot::Handheld => "手持证件",
        PhotoSlot::Portrait => "毕业证照片",
    }
}

/// Where a photo came from.
pub fn source(source: PhotoSource) -> &'static str {
    match source {
        PhotoSource::MenuCamera => "菜单相机",
        PhotoSource::CameraPage => "拍照页面",
        PhotoSource::PageFile => "拍照页面（非实时拍摄）",
        PhotoSource::Chat => "聊天发送",
    }
}

/// Where an inquiry stands.
pub fn inquiry(state: InquiryState) -> &'static str {
    match state {
        InquiryState::Open => "等着回复",
        InquiryState::Answered => "已回复",
        InquiryState::Closed => "已结束",
    }
}

/// What a part of the way is called.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Prediction => "毕业预测",
        Phase::Place => "选地点、留电话",
        Phase::Identity => "核验身份",
        Phase::Data => "核对信息",
        Phase::Portrait => "拍毕业证照片",
        Phase::Review => "照片审核",
        Phase::Approved => "全部通过，待申请",
        Phase::Submitted => "已申请，待现场初审",
        Phase::OnsitePassed => "初审通过，待省审",
        Phase::Concluded => "毕业审核完成",
        Phase::Withdrawn => "考生已撤回",
    }
}

/// Where a batch stands.
pub fn window(window: Window) -> &'static str {
    match window {
        Window::Before => "还没有开始",
        Window::Open => "正在申请",
        Window::ReviewOnly => "申请已截止，照片还在审核",
        Window::Closed => "已结束",
    }
}

/// What a kind of imports is called.
pub fn import(kind: imports::Kind) -> &'static str {
    match kind {
        imports::Kind::Batches => "批次",
        imports::Kind::Schedule => "办理地点",
        imports::Kind::Plans => "专业计划",
        imports::Kind::Candidates => "考生",
        imports::Kind::Population => "人口库答案",
    }
}

/// What the rows of an import are called, with the measure word.
pub fn rows(kind: imports::Kind) -> &'static str {
    match kind {
        imports::Kind::Candidates => "名考生",
        imports::Kind::Plans => "个专业计划",
        imports::Kind::Schedule => "个办理地点",
        imports::Kind::Population => "条人口库答案",
        imports::Kind::Batches => "个批次",
    }
}

/// 「广州市天河区」, or that none was chosen.
pub fn place(place: Option<&Place>) -> String {
    place.map_or_else(|| "未选地点".to_owned(), |place| format!("{}{}", place.city, place.district))
}

/// 「1234-5678」: two groups are easier to say.
pub fn number(number: &str) -> String {
    match number.split_at_checked(4) {
        Some((head, tail)) if !tail.is_empty() => format!("{head}-{tail}"),
        _ => number.to_owned(),
    }
}

/// `2026-06-15 09:30`.
pub fn moment(at: Millis, zone: &TimeZone) -> String {
    write_minute(at.civil(zone)).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_in_two_groups() {
        assert_eq!(number("12345678"), "1234-5678");
        assert_eq!(number("123"), "123");
    }
}
