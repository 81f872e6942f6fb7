//! Flags that every command takes: where the configuration is, and what overrides it.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::config::Config;

/// The flags. Each overrides its variable, which overrides the file.
#[derive(Args, Default)]
#[command(next_help_heading = "配置（覆盖配置文件和环境变量）")]
pub(super) struct Settings {
    /// 配置文件 [默认: 当前文件夹的 graduation-bot.toml，没有也可以]
    #[arg(long, global = true, value_name = "文件")]
    config: Option<PathBuf>,
    /// 数据库：sqlite:文件 或 postgres://…
    #[arg(long, global = true, value_name = "地址")]
    database_url: Option<String>,
    /// 对话文件夹
    #[arg(long, global = true, value_name = "文件夹")]
    dialogs_dir: Option<PathBuf>,
    /// 当前批次，如 2026-06
    #[arg(long, global = true, value_name = "批次")]
    batch: Option<String>,
}

impl Settings {
    /// File, variables and flags together.
    pub(super) fn load(&self) -> Result<Config, Failure> {
        Ok(self.over(Config::load(self.config.as_deref())?))
    }

    /// The defaults with these flags, for looking at what does not need the rest.
    pub(super) fn over_defaults(&self) -> Config {
        self.over(Config::default())
    }

    /// Whether the operator has said where the configuration is.
    pub(super) fn names_file(&self) -> bool {
        self.config.is_some()
    }

    fn over(&self, mut config: Config) -> Config {
        if let Some(url) = &self.database_url {
            config.database_url.clone_from(url);
        }
        if let Some(folder) = &self.dialogs_dir {
            config.dialogs_dir.clone_from(folder);
        }
        if let Some(batch) = &self.batch {
            config.batch.clone_from(batch);
        }
        config
    }
}
