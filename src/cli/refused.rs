//! Why the platform did not do what a command asked, and what an operator does about it.
//!
//! The advice for programs is in `wechat::error`; here are the codes that an operator meets, in their words. A code
//! without words is shown as the platform has it.

use super::Failure;
use crate::wechat::{client::ClientError, error::ApiError};

/// Code, what it means, what to do.
const WORDS: &[(i64, &str, &str)] = &[
    (-1, "平台正忙", "过几分钟再试。"),
    (40001, "AppSecret 不对", "核对 wechat.app_secret：到「设置与开发 › 基本配置」看，重置过就要换成新的。"),
    (40013, "AppID 不对", "核对 wechat.app_id。"),
    (40016, "一级按钮的个数不对", "一级按钮 1 到 3 个。"),
    (40017, "按钮的 type 平台不认得", "核对 dialogs/menu.toml 里的 type。"),
    (40018, "一级按钮的名字太长或是空的", "一级按钮的名字最多 16 字节（5 个汉字）。"),
    (40019, "按钮的 key 太长或没有写", "key 最多 128 字节。"),
    (40020, "按钮的网址太长或没有写", "网址最多 1024 字节。"),
    (40022, "菜单的层数太多", "菜单只有两级。"),
    (40023, "二级按钮的个数不对", "二级按钮 1 到 5 个。"),
    (40024, "二级按钮的 type 平台不认得", "核对 dialogs/menu.toml 里的 type。"),
    (40025, "二级按钮的名字太长或是空的", "二级按钮的名字最多 60 字节（20 个汉字）。"),
    (40026, "二级按钮的 key 太长或没有写", "key 最多 128 字节。"),
    (40027, "二级按钮的网址太长或没有写", "网址最多 1024 字节。"),
    (40033, "内容里有 \\u 转义的字", "这是程序的问题，请连同请求编号（rid）报告。"),
    (40037, "没有这个模板", "核对 templates.… 里的编号；订阅通知的模板不能当模板消息用。"),
    (40054, "二级按钮的网址平台不接受", "核对网址；小程序要先和公众号关联。"),
    (40055, "按钮的网址平台不接受", "核对网址；小程序要先和公众号关联。"),
    (40066, "平台没有这个接口", "核对 wechat.api_base。"),
    (40125, "AppSecret 不对", "核对 wechat.app_secret：到「设置与开发 › 基本配置」看，重置过就要换成新的。"),
    (40164, "这台服务器的出口地址不在 IP 白名单里", "到「设置与开发 › 基本配置 › IP 白名单」加上这个地址。"),
    (40243, "AppSecret 被冻结了", "到「设置与开发 › 基本配置」解冻。"),
    (45009, "这个接口今天的次数用完了", "0 点恢复；等不及就 graduation-bot platform quota --clear。"),
    (45011, "调用太频繁", "过一分钟再试。"),
    (45029, "永久二维码满了（最多 10 万个）", "平台不能删除已有的：重新运行以前生成过的，不占新的名额。"),
    (45064, "菜单里用了没有关联的小程序", "先在公众平台把小程序和公众号关联。"),
    (46003, "公众号还没有菜单", "graduation-bot menu push"),
    (48001, "公众号没有这个接口的权限", "到「设置与开发 › 接口权限」看；要认证的服务号才有全部。"),
    (48004, "接口被平台封了", "到公众平台的站内信里看原因。"),
    (48006, "本月的清零次数用完了", "每月 10 次，等到下个月，或等到 0 点额度恢复。"),
    (50002, "公众号被限制了", "到公众平台的站内信里看原因。"),
    (65318, "菜单里的网址平台不接受", "核对网址。"),
    (76001, "平台没有这个请求编号", "核对编号；平台只留最近 7 天的。"),
    (76002, "请求编号的写法不对", "从报错或日志里原样复制，像 61725984-6126f6f9-040f19c4 这样。"),
    (76003, "这不是本公众号的请求", "核对编号和 wechat.app_id。"),
    (76021, "平台没有这个接口的额度", "核对接口的路径。"),
    (89501, "在等管理员确认这个地址", "请管理员在微信里确认。"),
    (89503, "这个地址要管理员确认", "请管理员在微信里确认。"),
    (89506, "管理员拒绝了这个地址，24 小时内不能再用", "和管理员商量后明天再试。"),
    (89507, "管理员拒绝了这个地址，1 小时内不能再用", "和管理员商量后再试。"),
];

/// The end of a command that the platform did not serve.
pub(super) fn refused(error: &ClientError) -> Failure {
    let (what, to_do) = explain(error);
    Failure::failed(format!("{what}\n{to_do}"))
}

/// What happened, and what to do about it.
pub(super) fn explain(error: &ClientError) -> (String, String) {
    match error {
        ClientError::Api(refused) => said(refused),
        ClientError::Token(cause) => {
            let (what, to_do) = explain(cause);
            (format!("取不到 access_token。{what}"), to_do)
        }
        ClientError::Http(_) | ClientError::Status(_) => (
            format!("连不上公众平台：{error}。"),
            "核对 wechat.api_base 和这台服务器能不能访问外网，过几分钟再试。".to_owned(),
        ),
        ClientError::TokenStore(_) => {
            (format!("数据库里的 access_token 读写不了：{error}。"), "核对 database_url。".to_owned())
        }
        other => {
            (format!("公众平台的回答看不懂：{other}。"), "核对 wechat.api_base，过几分钟再试。".to_owned())
        }
    }
}

fn said(refused: &ApiError) -> (String, String) {
    let rid = refused.rid().map_or_else(String::new, |rid| format!("，请求编号 {rid}"));
    let code = refused.code;
    let words = refused.message.split(" rid:").next().unwrap_or_default();
    match WORDS.iter().find(|(known, ..)| *known == code) {
        // The address to put on the list is only in the platform's own words.
        Some((40164, what, to_do)) => {
            (format!("公众平台没有接受：{what}（{code}{rid}：{words}）。"), (*to_do).to_owned())
        }
        Some((_, what, to_do)) => (format!("公众平台没有接受：{what}（{code}{rid}）。"), (*to_do).to_owned()),
        None => (
            format!("公众平台没有接受：错误码 {code}，{}（{words}{rid}）。", refused.meaning()),
            "到公众平台的「全局返回码」里查这个错误码。".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::wechat::error::check;

    fn api(code: i64, message: &str) -> ClientError {
        ClientError::Api(check(json!({ "errcode": code, "errmsg": message })).unwrap_err())
    }

    #[test]
    fn refusals_say_what_happened_and_what_to_do() {
        let rows = [
            (
                api(40018, "invalid button name size rid: 1-2-3"),
                "公众平台没有接受：一级按钮的名字太长或是空的（40018，请求编号 1-2-3）。\n\
                 一级按钮的名字最多 16 字节（5 个汉字）。",
            ),
            (
                ClientError::Token(Arc::new(api(40164, "invalid ip 1.2.3.4, not in whitelist"))),
                "取不到 access_token。公众平台没有接受：这台服务器的出口地址不在 IP 白名单里\
                 （40164：invalid ip 1.2.3.4, not in whitelist）。\n\
                 到「设置与开发 › 基本配置 › IP 白名单」加上这个地址。",
            ),
            (
                api(99999, "strange rid: 1-2-3"),
                "公众平台没有接受：错误码 99999，unknown code（strange，请求编号 1-2-3）。\n\
                 到公众平台的「全局返回码」里查这个错误码。",
            ),
            (
                ClientError::Status(502),
                "连不上公众平台：the platform answered with HTTP status 502。\n\
                 核对 wechat.api_base 和这台服务器能不能访问外网，过几分钟再试。",
            ),
        ];
        for (error, expected) in rows {
            assert_eq!(refused(&error).to_string(), expected);
        }
    }

    #[test]
    fn each_code_has_its_words_once() {
        for (at, (code, ..)) in WORDS.iter().enumerate() {
            assert!(WORDS[..at].iter().all(|(other, ..)| other != code), "{code} stands twice");
        }
    }
}
