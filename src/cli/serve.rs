//! `serve`, `worker` and `migrate`: what runs all day, and the database it needs.

use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, settings::Settings};
use crate::{
    app::{self, App, Calendar, Sockets},
    ids::Ids,
};

/// 启动服务
#[derive(Args)]
pub(super) struct Serve {
    /// 不在本进程里做后台工作（另有 graduation-bot worker 在做）
    #[arg(long)]
    no_worker: bool,
    /// 监听的地址和端口
    #[arg(long, value_name = "地址")]
    listen: Option<String>,
    /// 外网访问本服务的地址
    #[arg(long, value_name = "地址")]
    public_url: Option<String>,
}

impl Serve {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let mut config = settings.load()?;
        if let Some(listen) = &self.listen {
            config.listen.clone_from(listen);
        }
        if let Some(url) = &self.public_url {
            config.public_url.clone_from(url);
        }
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let config = &app.config;
        let people = bind("listen", &config.listen).await?;
        let offices = if config.staff_listen.is_empty() {
            None
        } else {
            Some(bind("staff_listen", &config.staff_listen).await?)
        };
        tracing::info!(
            listen = %config.listen, public_url = %config.public_url, staff_listen = %config.staff_listen,
            "the bot is listening"
        );
        app.serve(Sockets { people, offices }, !self.no_worker, app::told_to_stop()).await?;
        tracing::info!("the bot has stopped");
        Ok(())
    }
}

async fn bind(key: &str, address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!("不能监听 {address}：{error}。换一个端口（{key}），或先停掉占用它的程序。"))
    })
}

/// Runs the workers until told to stop.
pub(super) async fn work(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load()?;
    let clock = app::clock(&config);
    let app = App::start(config, clock, Ids::random()).await?;
    tracing::info!("the worker is running");
    app.work(app::told_to_stop()).await?;
    tracing::info!("the worker has stopped");
    Ok(())
}

/// Opening a store is what creates and migrates it.
pub(super) async fn migrate(settings: &Settings) -> Result<(), Failure> {
    let config = settings.load()?;
    let store = app::open_store(&config).await?;
    let rows = store.world_rows().await?;
    store.close().await;
    println!("数据库已是最新。");
    let calendar = Calendar::read(&config, &rows)?;
    for line in app::missing(&calendar, &rows, app::clock(&config).business()) {
        println!("还要导入 {line}");
    }
    Ok(())
}
