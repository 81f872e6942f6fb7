//! The demo's data folder: database, photos, and the settings with which the command line reaches the same bot.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use anyhow::Context as _;
use graduation_bot::{clock::Clock, config::Config, ids::Ids};

use crate::samples::Login;

const SETTINGS: &str = "graduation-bot.toml";
const OFFSET: &str = "clock_offset_seconds = ";

/// Where everything of this demo is.
pub(crate) struct Folder {
    path: PathBuf,
    /// Deletes the folder at the end, when nobody asked to keep it.
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    pub(crate) fn open(kept: Option<&Path>) -> anyhow::Result<Self> {
        let Some(kept) = kept else {
            let temporary = tempfile::Builder::new().prefix("graduation-bot-demo-").tempdir()?;
            return Ok(Self { path: temporary.path().to_owned(), _temporary: Some(temporary) });
        };
        fs::create_dir_all(kept).with_context(|| format!("不能建立文件夹 {}", kept.display()))?;
        Ok(Self { path: fs::canonicalize(kept)?, _temporary: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The settings' file.
    pub(crate) fn settings_file(folder: &Path) -> PathBuf {
        folder.join(SETTINGS)
    }

    /// The key of the kept data, or a new one: unlike the other secrets it must outlive a start.
    pub(crate) fn data_key(&self, ids: &Ids) -> anyhow::Result<String> {
        let file = self.path.join("data.key");
        if let Ok(key) = fs::read_to_string(&file) {
            return Ok(key.trim().to_owned());
        }
        let key = base64(&ids.bytes::<32>());
        write_private(&file, &format!("{key}\n"))?;
        Ok(key)
    }

    /// Writes the settings for `graduation-bot --config …`.
    pub(crate) fn keep_settings(&self, config: &Config, clock: &Clock) -> anyhow::Result<()> {
        // What JSON escapes, TOML reads the same.
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let wechat = &config.wechat;
        let mut lines = vec![
            "# 演示自动生成：命令行用它和演示里的机器人共用数据。每次启动重写。".to_owned(),
            format!("{OFFSET}{}", offset(clock)),
        ];
        let dialogs = config.dialogs_dir.display().to_string();
        let models = config.models_dir.display().to_string();
        let sections: [(&str, &[(&str, &str)]); 4] = [
            (
                "",
                &[
                    ("listen", &config.listen),
                    ("public_url", &config.public_url),
                    ("database_url", &config.database_url),
                    ("files_url", &config.files_url),
                    ("dialogs_dir", &dialogs),
                    ("models_dir", &models),
                    ("data_key", &config.data_key),
                ],
            ),
            (
                "wechat",
                &[
                    ("app_id", &wechat.app_id),
                    ("app_secret", &wechat.app_secret),
                    ("token", &wechat.token),
                    ("aes_key", &wechat.aes_key),
                    ("api_base", &wechat.api_base),
                    ("mp_base", &wechat.mp_base),
                    ("open_base", &wechat.open_base),
                ],
            ),
            ("registry", &[("url", &config.registry.url)]),
            ("population", &[("url", &config.population.url)]),
        ];
        for (name, keys) in sections {
            if !name.is_empty() {
                lines.push(format!("\n[{name}]"));
            }
            lines.extend(keys.iter().map(|(key, value)| format!("{key} = {}", text(value))));
        }
        lines.push("\n[templates]".to_owned());
        lines.extend(config.templates.iter().map(|(name, id)| format!("{name} = {}", text(id))));
        write_private(&Self::settings_file(&self.path), &(lines.join("\n") + "\n"))
    }

    /// Writes down that business time was moved, so that commands live in the same time.
    pub(crate) fn keep_offset(&self, clock: &Clock) -> anyhow::Result<()> {
        let file = Self::settings_file(&self.path);
        // What JSON escapes, TOML reads the same.
        let text = fs::read_to_string(&file)?;
        let line = |line: &str| {
            if line.starts_with(OFFSET) {
                format!("{OFFSET}{}\n", offset(clock))
            } else {
                format!("{line}\n")
            }
        };
        write_private(&file, &text.lines().map(line).collect::<String>())
    }

    /// Writes the reviewers' passwords.
    pub(crate) fn keep_passwords(&self, logins: &[Login]) -> anyhow::Result<()> {
        let line = |login: &Login| format!("{}\t{}\t{}\n", login.name, login.role, login.password);
        write_private(&self.path.join("passwords.txt"), &logins.iter().map(line).collect::<String>())
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Business time minus real time.
fn offset(clock: &Clock) -> i64 {
    clock.business().since(clock.wire()).div_euclid(1000)
}

/// A file for its owner only, whole or not at all.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    let part = file.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part)?.write_all(text.as_bytes())?;
    fs::rename(&part, file).with_context(|| format!("不能写 {}", file.display()))
}
