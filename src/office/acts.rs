//! What the codes of the audit are called.

/// Who did it.
pub fn actor(code: &str) -> &str {
    match code {
        "person" => "考生",
        "system" => "系统",
        "operator" => "运维",
        other => other.strip_prefix("staff:").unwrap_or(other),
    }
}

/// What was done; `None` for a code that this table does not have.
pub fn act(code: &str) -> Option<&'static str> {
    ACTS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words)
}

/// Every code, in the order of the work.
pub const ACTS: &[(&str, &str)] = &[
    // What moves an application (`workflow::Command`).
    ("predict", "毕业预测"),
    ("substitute", "改课程顶替"),
    ("choose_place", "选办理地点"),
    ("set_phone", "留联系电话"),
    ("apply", "按「申请」"),
    ("answer_population", "人口库答复"),
    ("store_document", "交一张证件照片"),
    ("submit_documents", "提交证件照片"),
    ("next", "下一步"),
    ("confirm_data", "确认信息无误"),
    ("dispute_data", "报告信息有误"),
    ("reconsider", "撤回信息有误"),
    ("read_standard", "读完照片标准"),
    ("renew_code", "换拍照码"),
    ("claim", "打开拍照"),
    ("store_portrait", "拍下毕业证照片"),
    ("retake", "重新拍照"),
    ("finish", "提交毕业证照片"),
    ("review", "审核"),
    ("take_back", "收回审核决定"),
    ("record_onsite", "记录现场初审"),
    ("conclude", "毕业审核"),
    ("withdraw", "撤回申请"),
    ("reopen", "重新申请"),
    // What people do besides.
    ("open_application", "开始申请"),
    ("bind_account", "绑定"),
    ("consent_identity", "同意使用身份信息"),
    ("consent_portrait", "同意拍摄照片"),
    ("leave_message", "留言"),
    // What the offices and operators do.
    ("write_broadcast", "写公告"),
    ("preview_broadcast", "预览公告"),
    ("edit_broadcast", "修改公告"),
    ("import_list", "导入公告名单"),
    ("remove_list", "删除公告名单"),
    ("propose_broadcast", "提交公告审批"),
    ("return_broadcast", "退回公告"),
    ("approve_broadcast", "批准公告"),
    ("start_broadcast", "开始发公告"),
    ("pause_broadcast", "暂停公告"),
    ("resume_broadcast", "继续发公告"),
    ("cancel_broadcast", "取消公告"),
    ("delete_broadcast", "删除已群发的公告"),
    ("end_broadcast", "公告发完"),
    ("export_report", "导出公告报告"),
    ("unbind", "解除绑定"),
    ("unlock", "恢复绑定"),
    ("view_case", "看申请"),
    ("view_photo", "看照片"),
    ("view_appointments", "看现场初审名单"),
    ("read_message", "看留言"),
    ("answer_message", "回复留言"),
    ("close_message", "结束留言"),
    ("look_at_push", "看通知内容"),
    ("send_again", "再发一次通知"),
    ("do_again", "再做一次后台工作"),
    ("import", "导入"),
    ("export", "导出申请"),
    ("add_staff", "添加账号"),
    ("sign_in", "登录后台"),
    ("change_password", "换自己的密码"),
    ("begin_codes", "开启动态码"),
    ("end_codes", "关闭动态码"),
    ("link_wechat", "绑定自己的微信"),
    ("unlink_wechat", "解除自己的微信"),
    ("reset_staff", "重设密码"),
    ("stop_staff", "停用账号"),
    ("resume_staff", "恢复账号"),
    ("change_role", "改角色"),
    ("add_key", "添加接口密钥"),
    ("revoke_key", "吊销接口密钥"),
    ("view_whole", "看考生的完整信息"),
    ("view_phone", "看考生的完整电话"),
    ("find_people", "查找考生"),
    ("hold_deletion", "暂缓删除"),
    ("end_hold", "结束暂缓删除"),
    ("write_out_portraits", "导出毕业证照片移交"),
    ("take_portraits", "下载毕业证照片"),
    ("confirm_handover", "确认照片已移交"),
    ("reset_codes", "重设动态码"),
    ("verify_audit", "核对审计"),
    ("delete_on_request", "应考生要求删除照片"),
    ("ask_deletion", "考生要求删除照片"),
    ("nothing_to_delete", "要求删除照片，没有照片"),
    ("drop_deletion", "考生取消删除要求"),
    ("settle_deletion", "办结删除要求"),
    // What is deleted by date.
    ("delete_pictures", "按期限删除照片"),
    ("delete_fewer_pictures", "更正：实际删除"),
    ("delete_stray_files", "删除无主的照片文件"),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// Codes where a line of the audit is made.
    fn codes(text: &str) -> Vec<String> {
        let quoted = |start: &'static str| {
            let found = text.match_indices(start).map(move |(at, _)| &text[at + start.len()..]);
            found.filter_map(|rest| rest.split_once('"')).map(|(code, _)| code.to_owned())
        };
        quoted("act: \"").chain(quoted("audit(\"")).collect()
    }

    fn below(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("tests") {
                below(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                found.extend(codes(code));
            }
        }
    }

    #[test]
    fn every_act_that_the_program_writes_has_words() {
        let mut found = Vec::new();
        below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.len() > 10, "{found:?}");
        let command = include_str!("../workflow/command.rs");
        let names = command.split("pub fn name").nth(1).unwrap().split("\n    }").next().unwrap();
        found.extend(
            names.lines().filter_map(|line| Some(line.split_once("=> \"")?.1.split_once('"')?.0.to_owned())),
        );
        let missing: Vec<_> = found.iter().filter(|code| act(code).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
