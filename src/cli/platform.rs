//! `platform`: whether the account, the platform and this bot fit together; quotas; single requests.

mod check;
mod quota;
mod rid;

use std::sync::Arc;

use clap::Subcommand;

use super::{Failure, settings::Settings};
use crate::{
    app::{self, AppError},
    config::Config,
    store::Store,
    wechat::client::Client,
};

/// 公众平台：核对设置、查看额度、查一次请求
#[derive(Subcommand)]
pub(super) enum Platform {
    /// 逐项核对：凭证、回调、模板、菜单、今天的额度；有要处理的，退出码 1
    Check,
    /// 今天各接口用了多少次；--clear 清零
    Quota(quota::Quota),
    /// 平台记下的一次请求（报错时给的请求编号 rid）
    Rid(rid::Rid),
}

impl Platform {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let (config, store, client) = open(settings).await?;
        let outcome = match self {
            Self::Check => check::check(&config, &client).await,
            Self::Quota(quota) => quota.run(&client).await,
            Self::Rid(rid) => rid.run(&config, &client).await,
        };
        store.close().await;
        outcome
    }
}

/// Settings without mistakes, the database that keeps the token, and the platform.
pub(super) async fn open(settings: &Settings) -> Result<(Config, Store, Arc<Client>), Failure> {
    let config = settings.load()?;
    let wrong = app::mistakes(&config);
    if !wrong.is_empty() {
        return Err(AppError::Settings(wrong).into());
    }
    let store = app::open_store(&config).await?;
    let client = app::client(&config, &store, &app::clock(&config))?;
    Ok((config, store, client))
}
