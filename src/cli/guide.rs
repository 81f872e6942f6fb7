//! `help`: of a command as clap has it, of the configuration from its own table.

use std::fmt::Write as _;

use clap::{Args, CommandFactory as _};
use unicode_width::UnicodeWidthStr as _;

use super::{Arguments, Failure, words};
use crate::config::{keys, variable};

/// 查看命令或配置项的说明
#[derive(Args)]
pub(super) struct Guide {
    /// 命令的名字，或 config（全部配置项）
    #[arg(value_name = "主题")]
    topic: Vec<String>,
}

impl Guide {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if self.topic == ["config"] {
            print!("{}", configuration());
            return Ok(());
        }
        let mut command = Arguments::command();
        command.build();
        for name in &self.topic {
            let known: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            let Some(found) = command.find_subcommand(name).cloned() else {
                let nearest = words::nearest(name, &known);
                return Err(Failure::mistake(format!("没有命令“{name}”。{nearest}")));
            };
            command = found;
        }
        print!("{}", command.render_help());
        Ok(())
    }
}

/// Key, variable, default and meaning, one below the other so that any terminal is wide enough.
fn configuration() -> String {
    let mut text = String::from(
        "配置文件 graduation-bot.toml（用 --config 指定），被环境变量覆盖，再被命令行参数覆盖。不认识的配置项是错误。\n\n",
    );
    let width = keys().map(|(key, ..)| key.width()).max().unwrap_or(0);
    for (key, default, meaning) in keys() {
        let default = if default.is_empty() { String::new() } else { format!("（默认 {default}）") };
        let padding = " ".repeat(width - key.width());
        let _ = writeln!(text, "{key}{padding}  {meaning}{default}");
        let _ = writeln!(text, "{}  {}", " ".repeat(width), variable(key));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_listed_with_its_variable() {
        let text = configuration();
        assert!(text.contains("wechat.aes_key") && text.contains("BOT_WECHAT__AES_KEY"));
        assert!(text.contains("BOT_DATABASE_URL") && text.contains("（默认 sqlite:data/bot.db）"));
        assert_eq!(text.matches("  BOT_").count(), keys().count());
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
