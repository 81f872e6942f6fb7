//! What benchmarks share that run the bot and the platform as two processes.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use graduation_bot::config::Config;
use mock_platform::Options;

/// One thread that works, as there is one core.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// This program again in another role, on one core where that can be asked for.
pub(crate) fn on_core(core: usize, role: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let can = Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok();
    let mut command = if can {
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program);
        command
    } else {
        eprintln!("there is no taskset: both processes share the cores");
        Command::new(program)
    };
    command.arg(role);
    command
}

/// Processor time of this process so far, all threads; 0 where the system does not tell.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15, counted behind the program's name; a hundred ticks a second on every Linux.
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// A bot on an SQLite database in a folder, with the platform at an address.
pub(crate) fn settings(platform: &str, folder: &Path) -> Config {
    let options = Options::default();
    let mut config = Config {
        database_url: format!("sqlite:{}", folder.join("bot.db").display()),
        files_url: format!("file:{}", folder.join("files").display()),
        dialogs_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")),
        data_key: "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned(),
        ..Config::default()
    };
    config.wechat.app_id = options.app_id;
    config.wechat.app_secret = options.app_secret;
    config.wechat.token = options.token;
    config.wechat.allow_plaintext = true;
    platform.clone_into(&mut config.wechat.api_base);
    config
}

/// A line of the process's status, such as `VmRSS:` or its peak `VmHWM:`, in MB; 0 where the system does not tell.
pub(crate) fn memory_mb(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line));
    found.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// From now on the peak is counted anew.
pub(crate) fn forget_peak() {
    // Where it cannot be, the peak is that since the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
