//! EDGE. The command line: one file for each family of commands, one function for each command.
//!
//! A command ends well (exit code 0), fails for a reason outside of it (1), or was asked for something that cannot be
//! (2); see [`Failure`]. Operators read Chinese, so that help and sentences are Chinese; keys, flags and codes stay as
//! they are written in files. Answers go to standard output, logs and progress to standard error. Nothing here
//! decides anything about candidates or cases: acts are asked of `office`, as the console and the API ask for them.

mod audit;
mod broadcast;
mod check;
mod export;
mod failure;
mod guide;
mod import;
mod inquiry;
mod jobs;
mod key;
mod menu;
mod onsite;
mod outbox;
mod person;
mod photo;
mod places;
mod platform;
mod qr;
mod refused;
mod retention;
mod review;
mod serve;
mod settings;
mod staff;
mod usage;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

pub use failure::Failure;
use settings::Settings;

/// 自考毕业申请公众号：考生在微信里办完毕业申请，考办在这里受理。
#[derive(Parser)]
#[command(
    name = "graduation-bot",
    version,
    disable_help_subcommand = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令",
    after_help = "退出码：0 成功，1 失败，2 用法、配置或文件有误。配置项说明：graduation-bot help config"
)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动服务：自动建库、迁移，收发公众号消息，打开拍照页面
    Serve(serve::Serve),
    /// 只运行后台工作（通知、照片检查、核验）
    Worker,
    /// 检查对话文件和配置，列出所有错误及位置（有错时退出码 2）
    Check,
    /// 建库或升级数据库
    Migrate,
    /// 导入考生、专业计划、批次、办理地点或人口库答案
    Import(import::Command),
    /// 导出申请名册、导入用的模板
    #[command(subcommand)]
    Export(export::Export),
    /// 管理考办人员
    #[command(subcommand)]
    Staff(staff::Staff),
    /// 管理接口密钥：各地系统用它调用 /api/v1
    #[command(subcommand)]
    Key(key::Key),
    /// 不用浏览器的审核
    #[command(subcommand)]
    Review(review::Review),
    /// 现场初审和毕业审核：名单、记录
    #[command(subcommand)]
    Onsite(onsite::Onsite),
    /// 管理考生的绑定
    #[command(subcommand)]
    Person(person::Person),
    /// 考生的留言：查看、回复、结束
    #[command(subcommand)]
    Inquiry(inquiry::Inquiry),
    /// 公告：写、批准、发送、查看进度
    #[command(subcommand)]
    Broadcast(broadcast::Broadcast),
    /// 查看通知有没有送到，没送到的再发一次
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// 查看放弃了的后台工作，再做一次
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// 查看审计：谁做了什么；核对审计有没有被改动
    #[command(subcommand)]
    Audit(audit::Audit),
    /// 保留期限：什么时候删什么，移交毕业证照片
    #[command(subcommand)]
    Retention(retention::Retention),
    /// 照片检查
    #[command(subcommand)]
    Photo(photo::Photo),
    /// 公众号自定义菜单（dialogs/menu.toml）
    #[command(subcommand)]
    Menu(menu::Menu),
    /// 生成二维码图片：办理地点的海报、电脑上的拍照码
    #[command(subcommand)]
    Qr(qr::Qr),
    /// 核对公众平台上的设置，查看接口额度，查一次请求
    #[command(subcommand)]
    Platform(platform::Platform),
    /// 查看命令或配置项的说明
    Help(guide::Guide),
}

/// Runs what the command line asks for and says how it went.
pub async fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::explain(&error),
    };
    log_to_stderr(matches!(arguments.command, Command::Serve(_) | Command::Worker));
    // On the heap: the largest command would be moved about by all of them.
    match Box::pin(arguments.command.run(&arguments.settings)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

impl Command {
    async fn run(self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Serve(serve) => serve.run(settings).await,
            Self::Worker => serve::work(settings).await,
            Self::Check => check::check(settings),
            Self::Migrate => serve::migrate(settings).await,
            Self::Import(import) => import.run(settings).await,
            Self::Export(export) => export.run(settings).await,
            Self::Staff(staff) => staff.run(settings).await,
            Self::Key(key) => key.run(settings).await,
            Self::Review(review) => review.run(settings).await,
            Self::Onsite(onsite) => onsite.run(settings).await,
            Self::Person(person) => person.run(settings).await,
            Self::Inquiry(inquiry) => inquiry.run(settings).await,
            Self::Broadcast(broadcast) => broadcast.run(settings).await,
            Self::Outbox(outbox) => outbox.run(settings).await,
            Self::Jobs(jobs) => jobs.run(settings).await,
            Self::Audit(audit) => audit.run(settings).await,
            Self::Retention(retention) => retention.run(settings).await,
            Self::Photo(photo) => photo.run(settings),
            Self::Menu(menu) => menu.run(settings).await,
            Self::Qr(qr) => qr.run(settings).await,
            Self::Platform(platform) => platform.run(settings).await,
            Self::Help(guide) => guide.run(),
        }
    }
}

/// `RUST_LOG` decides; without it servers tell what they do and other commands only what goes wrong.
fn log_to_stderr(is_server: bool) {
    let usual = if is_server { "info" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
