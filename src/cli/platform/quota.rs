//! `platform quota`: what is left of the day, for the calls that the bot makes.

use clap::Args;

use super::super::{Failure, refused::refused, words};
use crate::wechat::{
    client::{Client, ClientError, Quota as Left},
    error::Advice,
};

/// The calls that the bot and its commands make every day, by what an operator knows them as.
const CALLS: [(&str, &str); 7] = [
    ("客服消息", "/cgi-bin/message/custom/send"),
    ("模板消息", "/cgi-bin/message/template/send"),
    ("订阅通知", "/cgi-bin/message/subscribe/bizsend"),
    ("下载考生的照片", "/cgi-bin/media/get"),
    ("上传图片", "/cgi-bin/media/upload"),
    ("推送菜单", "/cgi-bin/menu/create"),
    ("查看菜单", "/cgi-bin/menu/get"),
];
/// The platform keeps no quota for this path (an account without this ability).
const NO_QUOTA: i64 = 76021;

/// 今天各接口的额度
#[derive(Args)]
pub(in crate::cli) struct Quota {
    /// 把所有接口今天的用量清零；每月 10 次，先询问
    #[arg(long)]
    clear: bool,
    /// 不询问
    #[arg(long, requires = "clear")]
    yes: bool,
}

impl Quota {
    pub(super) async fn run(&self, client: &Client) -> Result<(), Failure> {
        if self.clear {
            if !self.yes && !words::agree("所有接口今天的用量清零，一个月只能 10 次。清零吗？")?
            {
                println!("没有清零。");
                return Ok(());
            }
            clear(client).await.map_err(|error| refused(&error))?;
            println!("已清零。");
        }
        let rows = ask(client).await.map_err(|error| refused(&error))?;
        print!("{}", table(&rows));
        Ok(())
    }
}

/// When the day of the token's own call is used up, the secret does instead of a token.
async fn clear(client: &Client) -> Result<(), ClientError> {
    match client.clear_quota().await {
        Err(ClientError::Token(cause)) if cause.advice() == Advice::WaitForTheDay => {
            client.clear_quota_by_secret().await
        }
        outcome => outcome,
    }
}

/// What is left of each call's day; `None` where the platform keeps no quota.
pub(super) async fn ask(client: &Client) -> Result<Vec<(&'static str, Option<Left>)>, ClientError> {
    let mut rows = Vec::new();
    for (name, path) in CALLS {
        let left = match client.quota(path).await {
            Err(ClientError::Api(refused)) if refused.code == NO_QUOTA => None,
            left => Some(left?),
        };
        rows.push((name, left));
    }
    Ok(rows)
}

/// 「客服消息  12  500000」.
pub(super) fn table(rows: &[(&str, Option<Left>)]) -> String {
    let lines = rows.iter().map(|(name, left)| {
        let number = |pick: fn(&Left) -> i64| {
            left.as_ref().map_or_else(|| "—".to_owned(), |left| pick(left).to_string())
        };
        vec![(*name).to_owned(), number(|left| left.used), number(|left| left.limit)]
    });
    words::table(["接口", "今天已用", "一天上限"], lines)
}
