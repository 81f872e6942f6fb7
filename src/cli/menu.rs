//! `menu`: the account's custom menu, from `dialogs/menu.toml` to the platform.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Failure, platform, refused::refused, settings::Settings, words};
use crate::{app::Dialogs, wechat::client::Client};

/// 公众号自定义菜单
#[derive(Subcommand)]
pub(super) enum Menu {
    /// 把 dialogs/menu.toml 推到公众号；先显示差别，再询问
    Push(Push),
    /// 显示公众号现在的菜单，以及它和 dialogs/menu.toml 的差别
    Show,
}

/// 推送菜单
#[derive(Args)]
pub(super) struct Push {
    /// 不询问
    #[arg(long)]
    yes: bool,
}

impl Menu {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let scripts = Dialogs::read(&settings.load()?.dialogs_dir)?.scripts()?;
        let Some(wanted) = scripts.menu() else {
            return Err(Failure::mistake("对话文件夹里没有 menu.toml，没有可推的菜单。"));
        };
        let (_, store, client) = platform::open(settings).await?;
        let outcome = match self {
            Self::Push(push) => push.run(&client, wanted).await,
            Self::Show => show(&client, wanted).await,
        };
        store.close().await;
        outcome
    }
}

impl Push {
    async fn run(&self, client: &Client, wanted: &Value) -> Result<(), Failure> {
        let present = client.menu().await.map_err(|error| refused(&error))?;
        let (present, wanted_lines) = (present.as_ref().map_or_else(Vec::new, lines), lines(wanted));
        if present == wanted_lines {
            println!("公众号的菜单已经是这样，没有推送。");
            return Ok(());
        }
        print!("{}", difference(&present, &wanted_lines));
        if !self.yes && !words::agree("推到公众号吗？")? {
            println!("没有推送。");
            return Ok(());
        }
        client.create_menu(wanted).await.map_err(|error| refused(&error))?;
        println!("已推送。手机上要过 5 分钟、重新进入公众号才看到新菜单。");
        Ok(())
    }
}

async fn show(client: &Client, wanted: &Value) -> Result<(), Failure> {
    let present = client.menu().await.map_err(|error| refused(&error))?;
    let Some(present) = present else {
        println!("公众号还没有菜单。推送：graduation-bot menu push");
        return Ok(());
    };
    let (present, wanted) = (lines(&present), lines(wanted));
    println!("{}", present.join("\n"));
    if present == wanted {
        println!("和 dialogs/menu.toml 一致。");
    } else {
        print!("和 dialogs/menu.toml 不一致（- 公众号，+ 文件）：\n{}", difference(&present, &wanted));
    }
    Ok(())
}

/// A menu as lines: 「毕业办理 › 毕业预测  click PREDICT」. What the platform adds for its own use is left out.
pub(super) fn lines(menu: &Value) -> Vec<String> {
    let buttons = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for button in buttons(&menu["button"]) {
        let below = buttons(&button["sub_button"]);
        if below.is_empty() {
            lines.push(line("", &button));
        }
        let name = button["name"].as_str().unwrap_or_default();
        lines.extend(below.iter().map(|item| line(&format!("{name} › "), item)));
    }
    lines
}

fn line(above: &str, button: &Value) -> String {
    let text = |key: &str| button[key].as_str().unwrap_or_default();
    let target = ["key", "url", "media_id", "appid", "pagepath", "article_id"].map(text);
    let target: Vec<&str> = target.into_iter().filter(|value| !value.is_empty()).collect();
    format!("{above}{}  {} {}", text("name"), text("type"), target.join(" "))
}

/// Lines that only one of the two has; when none, the order differs and all are shown.
fn difference(present: &[String], wanted: &[String]) -> String {
    let only = |here: &[String], there: &[String], mark: char| -> Vec<String> {
        here.iter().filter(|line| !there.contains(line)).map(|line| format!("{mark} {line}\n")).collect()
    };
    let mut found = only(present, wanted, '-');
    found.extend(only(wanted, present, '+'));
    if found.is_empty() {
        found.push("按钮相同，顺序变为：\n".to_owned());
        found.extend(wanted.iter().map(|line| format!("  {line}\n")));
    }
    found.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn menus_are_compared_by_what_people_see() {
        let ours = json!({ "button": [
            { "name": "办理", "sub_button": [{ "name": "申请", "type": "click", "key": "APPLY" }] },
            { "name": "帮助", "type": "click", "key": "HELP" },
        ] });
        let mut theirs = ours.clone();
        theirs["button"][1]["sub_button"] = json!([]);
        assert_eq!(lines(&ours), ["办理 › 申请  click APPLY", "帮助  click HELP"]);
        assert_eq!(lines(&ours), lines(&theirs), "the platform adds empty lists");
        theirs["button"][1]["key"] = json!("FAQ");
        assert_eq!(difference(&lines(&theirs), &lines(&ours)), "- 帮助  click FAQ\n+ 帮助  click HELP\n");
        let turned = vec!["b".to_owned(), "a".to_owned()];
        assert!(difference(&turned, &["a".to_owned(), "b".to_owned()]).contains("顺序"));
    }
}
