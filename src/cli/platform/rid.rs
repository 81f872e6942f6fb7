//! `platform rid`: one request, as the platform has kept it.
//!
//! What was sent may hold a person's words, and what was answered a token: of both only what an operator needs is shown.

use clap::Args;
use serde_json::Value;

use super::super::{Failure, refused::refused, words};
use crate::{
    app,
    config::Config,
    time::Millis,
    wechat::client::{Client, RequestRecord},
};

/// 平台记下的一次请求
#[derive(Args)]
pub(in crate::cli) struct Rid {
    /// 请求编号，如 61725984-6126f6f9-040f19c4（报错和日志里有）
    #[arg(value_name = "请求编号")]
    rid: String,
}

impl Rid {
    pub(super) async fn run(&self, config: &Config, client: &Client) -> Result<(), Failure> {
        let rid = self.rid.trim();
        if !is_rid(rid) {
            return Err(Failure::mistake(format!(
                "“{rid}”不是请求编号：要从报错或日志里原样复制，像 61725984-6126f6f9-040f19c4 这样。"
            )));
        }
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let found = client.request_record(rid).await.map_err(|error| refused(&error))?;
        let at = words::moment(Millis(found.invoke_time.saturating_mul(1000)), &zone);
        print!("{}", told(&found, at));
        Ok(())
    }
}

/// Three groups of eight hexadecimal digits.
fn is_rid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 3
        && groups.iter().all(|group| group.len() == 8 && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn told(found: &RequestRecord, at: String) -> String {
    let mut rows = vec![
        vec!["时间".to_owned(), at],
        vec!["用时".to_owned(), format!("{} 毫秒", found.cost_in_ms)],
        vec!["请求".to_owned(), asked(&found.request_url)],
        vec!["来源地址".to_owned(), found.client_ip.clone()],
        vec!["平台的回答".to_owned(), answered(&found.response_body)],
    ];
    let sent = format!("{} 字节（可能有考生的信息，不显示）", found.request_body.len());
    rows.push(vec!["发出的内容".to_owned(), sent]);
    words::columns(&rows)
}

/// The path where the platform gives one, and the names of the parameters: their values hold the token.
fn asked(url: &str) -> String {
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, query),
        None if url.contains('=') => ("", url),
        None => (url, ""),
    };
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{path} 参数 {}", names.join("、")).trim().to_owned()
}

/// Code and message only.
fn answered(body: &str) -> String {
    let answer: Value = serde_json::from_str(body).unwrap_or_default();
    match answer.get("errcode").and_then(Value::as_i64) {
        None | Some(0) => "成功".to_owned(),
        Some(code) => format!("{code}：{}", answer.get("errmsg").and_then(Value::as_str).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_three_groups() {
        assert!(is_rid("61725984-6126f6f9-040f19c4"));
        for wrong in ["", "61725984", "61725984-6126f6f9-040f19c", "61725984-6126f6f9-040f19cx"] {
            assert!(!is_rid(wrong), "{wrong}");
        }
    }

    #[test]
    fn neither_the_token_nor_what_was_said_is_shown() {
        let found = RequestRecord {
            invoke_time: 1,
            cost_in_ms: 30,
            request_url: "https://api.example.test/cgi-bin/message/custom/send?access_token=SECRET".into(),
            request_body: "{\"content\":\"张三\"}".into(),
            response_body:
                "{\"errcode\":45015,\"errmsg\":\"response out of time limit\",\"access_token\":\"SECRET\"}"
                    .into(),
            client_ip: "1.2.3.4".into(),
        };
        let told = told(&found, "2026-06-15 09:30".into());
        assert!(!told.contains("SECRET") && !told.contains("张三"), "{told}");
        for line in [
            "用时        30 毫秒",
            "45015：response out of time limit",
            "1.2.3.4",
            "custom/send 参数 access_token\n",
        ] {
            assert!(told.contains(line), "{told}");
        }
        assert_eq!(asked("access_token=SECRET&media_id=m"), "参数 access_token、media_id");
        assert_eq!(answered("{\"access_token\":\"SECRET\"}"), "成功");
    }
}
