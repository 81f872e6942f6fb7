//! The command line: one mock platform, until Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use mock_platform::{Account, Mock, Mode, Options, StartError, SubscribeTemplate, Template};

/// A mock of the WeChat official-account platform: callbacks, APIs, a chat page and a test API
#[derive(Parser)]
#[command(name = "mock-platform", version)]
#[expect(clippy::struct_excessive_bools, reason = "flags, each given without the others")]
struct Arguments {
    /// Where page, API and test API are served
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// The bot's callback address
    #[arg(long, default_value = "http://127.0.0.1:8080/wechat")]
    bot: String,
    /// The account's app id
    #[arg(long)]
    app_id: String,
    /// The account's secret
    #[arg(long)]
    app_secret: String,
    /// The token that signs callbacks
    #[arg(long)]
    token: String,
    /// The EncodingAESKey of 43 characters
    #[arg(long)]
    aes_key: Option<String>,
    /// plain, compatible or secure; secure when there is a key, else plain
    #[arg(long)]
    mode: Option<Mode>,
    /// A JSON list of candidates for the registry stub
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
    /// A JSON list of templates (`template_id`, `title`, `content`) that the account has from the start
    #[arg(long, value_name = "FILE")]
    templates: Option<PathBuf>,
    /// A JSON list of templates for subscription notices (also `long_term`) that the account has from the start
    #[arg(long, value_name = "FILE")]
    subscribe_templates: Option<PathBuf>,
    /// No quotas by the day or the minute, for load tests
    #[arg(long)]
    unlimited: bool,
    /// No quotas by the day, but those by the minute: 60 mass messages
    #[arg(long)]
    unlimited_daily: bool,
    /// Items that each screen keeps; with a million people all of them would fill the memory
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// verified, unverified or test: what the account may call, and how often
    #[arg(long, default_value = "verified")]
    account: Account,
    /// An address that may draw tokens, given once or more; without it all may
    #[arg(long, value_name = "IP")]
    whitelist: Vec<String>,
    /// A host to which a web authorisation may lead back, given once or more; without it all may
    #[arg(long, value_name = "HOST")]
    redirect_domain: Vec<String>,
    /// Refuse `\uXXXX` in every JSON body
    #[arg(long)]
    strict_escapes: bool,
    /// The first line of output is one JSON object, `{"platform":URL}`, for tools that drive it
    #[arg(long)]
    json: bool,
}

/// Exit code of a mistake on the command line; everything else that goes wrong is 1.
const MISTAKE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            let start = error.downcast_ref::<StartError>();
            let ours = matches!(start, Some(StartError::Listen(..) | StartError::Client(_)));
            if ours { ExitCode::FAILURE } else { ExitCode::from(MISTAKE) }
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let json = arguments.json;
    let mock = Mock::start(options(arguments)?).await?;
    if json {
        println!("{}", serde_json::json!({ "platform": mock.url() }));
    } else {
        println!("聊天页面：{}/", mock.url());
        println!("机器人回调：{}", mock.options().bot.as_deref().unwrap_or("（未设置）"));
        println!("按 Ctrl-C 结束。");
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "cannot wait for Ctrl-C; stopping");
    }
    Ok(())
}

fn options(arguments: Arguments) -> anyhow::Result<Options> {
    let mode = match (arguments.mode, &arguments.aes_key) {
        (Some(mode), _) => mode,
        (None, Some(_)) => Mode::Secure,
        (None, None) => Mode::Plain,
    };
    let candidates = arguments.candidates.as_deref().map(list::<serde_json::Value>).transpose()?;
    let templates = arguments.templates.as_deref().map(list::<Template>).transpose()?;
    let notices = arguments.subscribe_templates.as_deref().map(list::<SubscribeTemplate>).transpose()?;
    Ok(Options {
        listen: arguments.listen,
        bot: Some(arguments.bot),
        app_id: arguments.app_id,
        app_secret: arguments.app_secret,
        token: arguments.token,
        aes_key: arguments.aes_key,
        mode,
        candidates: candidates.unwrap_or_default(),
        templates: templates.unwrap_or_default(),
        subscribe_templates: notices.unwrap_or_default(),
        unlimited: arguments.unlimited,
        unlimited_daily: arguments.unlimited_daily,
        keep: arguments.keep,
        strict_escapes: arguments.strict_escapes,
        account: arguments.account,
        redirect_domains: Some(arguments.redirect_domain).filter(|hosts| !hosts.is_empty()),
        whitelist: Some(arguments.whitelist).filter(|listed| !listed.is_empty()),
        job_finish_delay: Duration::from_secs(1),
        mass_finish_delay: Duration::from_secs(2),
        ..Options::default()
    })
}

fn list<T: serde::de::DeserializeOwned>(file: &std::path::Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not the JSON list expected", file.display()))
}
