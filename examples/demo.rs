//! The whole thing on one machine: bot, platform and sample data in one process, nothing installed, nothing real.
//!
//! `cargo run --release --example demo` prints the address of a chat page, people to be, and how to review what they
//! send. The bot is the same as in an office ([`App`]); only its neighbours are played: the platform, the registry and
//! the population file by `mock-platform`. Business time starts inside the sample batch and follows the clock of the
//! chat page. Secrets and passwords are drawn at each start and kept in the data folder, readable by its owner only.

#[path = "demo/folder.rs"]
mod folder;
#[path = "demo/page.rs"]
mod page;
#[path = "demo/samples.rs"]
mod samples;

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::Arc,
};

use anyhow::Context as _;
use clap::Parser;
use graduation_bot::{
    app::{self, App, Dialogs},
    clock::Clock,
    config::Config,
    ids::Ids,
    time,
};
use jiff::civil::DateTime;
use mock_platform::{Mock, Mode, Options};
use tokio::net::TcpListener;

use folder::Folder;
use samples::Person;

const DIALOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs");
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

/// 演示：机器人、公众平台和示例数据在一个进程里，Ctrl-C 结束
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// 机器人的端口，0 = 随便一个空闲的
    #[arg(long, default_value_t = 8080, value_name = "端口")]
    bot_port: u16,
    /// 公众平台（聊天页面）的端口，0 = 随便一个空闲的
    #[arg(long, default_value_t = 9000, value_name = "端口")]
    platform_port: u16,
    /// 把数据留在这个文件夹（聊天页面上的人每次重新来过） [默认: 临时文件夹，结束时删除]
    #[arg(long, value_name = "文件夹")]
    data: Option<PathBuf>,
    /// 业务时间从何时开始
    #[arg(long, default_value = "2026-06-15T09:30", value_name = "时间", value_parser = read_today)]
    today: DateTime,
    /// 回调怎样传：plain、compatible 或 secure
    #[arg(long, default_value = "secure", value_name = "方式")]
    mode: Mode,
    /// 第一行输出一个 JSON 对象，给驱动它的工具用
    #[arg(long)]
    json: bool,
}

/// Brings the photo models, once; the script says what it fetches. Without them the demo goes on, and people look.
/// Whoever ends the demo meanwhile ends it at once: there is nothing to take away yet.
fn fetch_models() {
    let fetched = Command::new(format!("{MODELS}/fetch.sh")).stdout(std::io::stderr()).status();
    if !fetched.is_ok_and(|status| status.success()) {
        eprintln!("照片检查的模型没有下载成功，演示照常进行：要用模型的检查都留给老师看。");
    }
}

/// What is drawn anew at each start.
struct Account {
    app_id: String,
    app_secret: String,
    token: String,
    aes_key: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run(Arguments::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    fetch_models();
    // Before there is a folder with secrets: whoever ends the demo from now on ends it properly.
    let stop = app::told_to_stop();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let clock = Clock::starting_at(time::at_civil(arguments.today, &time::shanghai()));
    let folder = Arc::new(Folder::open(arguments.data.as_deref())?);
    let ids = Ids::random();
    let account = draw(&ids);
    let people = samples::people()?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.bot_port))
        .await
        .with_context(|| format!("端口 {} 被占用了，用 --bot-port 换一个", arguments.bot_port))?;
    let bot = format!("http://{}", listener.local_addr()?);
    let mock = start_platform(&arguments, &account, &clock, &folder, &bot).await?;
    let config = settings(&account, &folder, &ids, &bot, &mock)?;
    folder.keep_settings(&config, &clock)?;
    let passwords = fill(&config, &clock, &ids).await?;
    folder.keep_passwords(&passwords)?;

    let app = App::start(config, clock, ids).await?;
    let served = app.serve(listener, true, stop);
    let page =
        page::Page { bot: &bot, mock: &mock, account: &account, people: &people, passwords: &passwords };
    if arguments.json {
        println!("{}", page.json());
    } else {
        print!("{}", page.text(arguments.today, folder.path()));
    }
    served.await?;
    Ok(())
}

fn read_today(text: &str) -> Result<DateTime, String> {
    time::parse_minute(text).ok_or_else(|| "请写成 2026-06-15T09:30 这样".to_owned())
}

fn draw(ids: &Ids) -> Account {
    let hex = |bytes: &[u8]| graduation_bot::secrets::hex(bytes);
    Account {
        app_id: format!("wx{}", hex(&ids.bytes::<8>())),
        app_secret: hex(&ids.bytes::<16>()),
        token: hex(&ids.bytes::<8>()),
        aes_key: folder::base64(&ids.bytes::<32>()).trim_end_matches('=').to_owned(),
    }
}

/// The platform with the stubs of registry and population file; its clock moves the bot's.
async fn start_platform(
    arguments: &Arguments,
    account: &Account,
    clock: &Clock,
    folder: &Arc<Folder>,
    bot: &str,
) -> anyhow::Result<Mock> {
    let (moved, kept) = (clock.clone(), Arc::clone(folder));
    let options = Options {
        listen: (Ipv4Addr::LOCALHOST, arguments.platform_port).into(),
        bot: Some(format!("{bot}/wechat")),
        app_id: account.app_id.clone(),
        app_secret: account.app_secret.clone(),
        token: account.token.clone(),
        aes_key: (arguments.mode != Mode::Plain).then(|| account.aes_key.clone()),
        mode: arguments.mode,
        now: Some(clock.business().as_seconds()),
        templates: vec![samples::template()],
        menu: menu()?,
        candidates: samples::candidates()?,
        population: samples::population(&samples::people()?),
        on_clock: Some(Arc::new(move |seconds| {
            moved.advance(seconds);
            if let Err(error) = kept.keep_offset(&moved) {
                eprintln!("命令行的业务时间没有跟上：{error}");
            }
        })),
        job_finish_delay: std::time::Duration::from_secs(1),
        ..Options::default()
    };
    Mock::start(options)
        .await
        .with_context(|| format!("端口 {} 被占用了，用 --platform-port 换一个", arguments.platform_port))
}

/// As `graduation-bot menu push` would leave it.
fn menu() -> anyhow::Result<Option<serde_json::Value>> {
    Ok(Dialogs::read(Path::new(DIALOGS))?.scripts()?.menu().cloned())
}

fn settings(account: &Account, folder: &Folder, ids: &Ids, bot: &str, mock: &Mock) -> anyhow::Result<Config> {
    let mut config = Config {
        public_url: bot.to_owned(),
        listen: bot.trim_start_matches("http://").to_owned(),
        database_url: format!("sqlite:{}", folder.path().join("bot.db").display()),
        files_url: format!("file:{}", folder.path().join("files").display()),
        dialogs_dir: PathBuf::from(DIALOGS),
        models_dir: PathBuf::from(MODELS).join("weights"),
        data_key: folder.data_key(ids)?,
        templates: samples::template_ids(),
        ..Config::default()
    };
    config.wechat.app_id.clone_from(&account.app_id);
    config.wechat.app_secret.clone_from(&account.app_secret);
    config.wechat.token.clone_from(&account.token);
    config.wechat.aes_key = mock.options().aes_key.clone().unwrap_or_default();
    mock.url().clone_into(&mut config.wechat.api_base);
    mock.url().clone_into(&mut config.wechat.mp_base);
    mock.url().clone_into(&mut config.wechat.open_base);
    config.people.hand_over = true;
    config.registry.url = mock.registry_url();
    config.population.url = mock.population_url();
    Ok(config)
}

/// Imports the samples and gives every reviewer a new password.
async fn fill(config: &Config, clock: &Clock, ids: &Ids) -> anyhow::Result<Vec<samples::Login>> {
    let store = app::open_store(config).await?;
    let logins = samples::fill(&store, clock, ids).await;
    store.close().await;
    logins
}

impl Account {
    fn aes_key<'a>(&'a self, mock: &Mock) -> &'a str {
        if mock.options().aes_key.is_some() { &self.aes_key } else { "" }
    }
}
