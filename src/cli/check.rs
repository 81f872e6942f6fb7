//! `check`: the dialogs and the configuration, every mistake with its place.

use std::path::Path;

use super::{Failure, settings::Settings};
use crate::{
    app::{self, AppError, Dialogs},
    config::Config,
};

/// Looks at everything before it tells of anything. A folder without any configuration is no mistake: whoever edits
/// dialogs has no secrets.
pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    let (config, wrong) = match settings.load() {
        Ok(config) if is_untouched(settings, &config) => (config, Vec::new()),
        Ok(config) => {
            let wrong = app::mistakes(&config);
            (config, wrong)
        }
        Err(failure) => (settings.over_defaults(), vec![failure.to_string()]),
    };
    let dialogs = Dialogs::read(&config.dialogs_dir).and_then(|dialogs| dialogs.scripts());
    match &dialogs {
        Err(AppError::Dialogs { count, report }) => println!("{report}\n对话：{count} 处错误"),
        Err(error) => println!("{error}"),
        Ok(_) => println!("对话：没有错误（{}）", config.dialogs_dir.display()),
    }
    for sentence in &wrong {
        println!("{}", sentence.strip_prefix("配置有误：").unwrap_or(sentence));
    }
    match wrong.len() {
        0 if is_untouched(settings, &config) => println!("配置：还没有配置文件，没有检查"),
        0 => println!("配置：没有错误"),
        count => println!("配置：{count} 处错误（说明：graduation-bot help config）"),
    }
    if wrong.is_empty() && dialogs.is_ok() {
        Ok(())
    } else {
        Err(Failure::mistake("检查没有通过，改好上面列出的错误后再运行一次。"))
    }
}

/// No file, and none of the settings that a running bot must have.
fn is_untouched(settings: &Settings, config: &Config) -> bool {
    let wechat = &config.wechat;
    !settings.names_file()
        && !Path::new("graduation-bot.toml").exists()
        && [&config.data_key, &wechat.app_id, &wechat.app_secret, &wechat.token]
            .iter()
            .all(|text| text.is_empty())
}
