//! What is wrong with a command line, in the words of those who type it.
//!
//! `clap` finds the mistake and says it in English; here are its kinds that a person meets, in Chinese. Help and version
//! stay as `clap` prints them, and so does a kind that has no words here: better English than nothing.

use std::{error::Error as _, fmt::Write as _, process::ExitCode};

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// Prints why the command line is none, or the help that was asked for; how the program then ends.
pub(super) fn explain(error: &Error) -> ExitCode {
    match words(error) {
        Some(words) => eprintln!("{words}"),
        // Nothing is left to be done about a terminal that is gone.
        None => drop(error.print()),
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn words(error: &Error) -> Option<String> {
    let named = |kind| error.get(kind).map(listed).filter(|list| !list.is_empty());
    let wrong = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("还缺：{}", named(ContextKind::InvalidArg)?),
        ErrorKind::UnknownArgument => format!("不认得“{}”。", named(ContextKind::InvalidArg)?),
        ErrorKind::InvalidSubcommand => format!("没有命令“{}”。", named(ContextKind::InvalidSubcommand)?),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (arg, value) = (named(ContextKind::InvalidArg)?, named(ContextKind::InvalidValue));
            value.map_or_else(|| format!("{arg} 后面要写值。"), |value| format!("{arg} 不能是“{value}”。"))
        }
        _ => return None,
    };
    let mut lines = vec![wrong];
    lines.extend(named(ContextKind::ValidValue).map(|values| format!("可以是：{values}")));
    let nearest = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    lines.extend(nearest.into_iter().filter_map(named).map(|nearest| format!("是不是：{nearest}？")));
    // Our own parsers give their reasons in Chinese.
    lines.extend(error.source().map(ToString::to_string).filter(|why| !why.is_ascii()));
    if let Some(usage) = error.get(ContextKind::Usage) {
        lines.push(usage.to_string().replacen("Usage: ", "用法：", 1));
    }
    let mut words = lines.join("\n");
    write!(words, "\n详细说明：加 --help").expect("a String takes all that is written");
    Some(words)
}

fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(values) => values.join("、"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::words;
    use crate::cli::Arguments;

    #[test]
    fn a_wrong_command_line_is_explained_in_chinese() {
        let table = [
            ("review approve 1234-5678", "还缺：--as <账号>、--round <轮次>\n用法："),
            ("review approve 1234-5678 --as 甲 --round x", "--round <轮次> 不能是“x”。\n详细说明："),
            ("review reject 1 --as 甲 --round 1 --part all", "可以是：portrait、documents、both\n"),
            ("review aprove", "没有命令“aprove”。\n是不是：approve？\n用法："),
            ("review list --al", "不认得“--al”。\n是不是：--all？\n用法："),
            ("review show", "还缺：<申请>\n"),
        ];
        for (line, expected) in table {
            let typed = ["graduation-bot"].into_iter().chain(line.split(' '));
            let error = Arguments::try_parse_from(typed).err().expect("the line is wrong");
            let words = words(&error).unwrap_or_default();
            assert!(words.contains(expected), "{line} → {words}");
        }
    }

    #[test]
    fn help_is_no_mistake() {
        let error = Arguments::try_parse_from(["graduation-bot", "review", "--help"]).err().expect("help");
        assert_eq!((words(&error), error.exit_code()), (None, 0));
    }
}
