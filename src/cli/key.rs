//! `key`: keys of the JSON API.

use clap::{Args, Subcommand};

use super::{Failure, settings::Settings, staff::role, words};
use crate::{
    app,
    config::Config,
    ids::Ids,
    office::{
        Who,
        keys::{self, DAYS_MAX, KeyError, NewKey, SCOPES, Scope},
    },
    store::Store,
    time::Millis,
};

/// 管理接口密钥
#[derive(Subcommand)]
pub(super) enum Key {
    /// 添加一把密钥；只显示这一次，请马上交给要用它的系统
    Add(Add),
    /// 列出所有密钥
    List,
    /// 吊销一把密钥，马上失效，不能恢复
    Revoke(Revoke),
}

/// 添加一把密钥
#[derive(Args)]
pub(super) struct Add {
    /// 审计里的名字，例如 广州市考籍系统
    #[arg(value_name = "名字")]
    name: String,
    /// 角色：city:广州市、district:广州市/天河区（重名的区县才要写市）、province 或 admin
    #[arg(long, value_name = "角色")]
    role: String,
    /// 能做什么，用逗号分开，例如 cases:read,cases:decide；全部见 /api/v1/docs
    #[arg(long, value_name = "范围", value_delimiter = ',', required = true)]
    scope: Vec<String>,
    /// 有效多少天，最多 365
    #[arg(long, value_name = "天数")]
    days: u16,
}

/// 吊销一把密钥
#[derive(Args)]
pub(super) struct Revoke {
    /// 名字
    #[arg(value_name = "名字")]
    name: String,
}

impl Key {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let store = app::open_store(&config).await?;
        let outcome = match self {
            Self::Add(add) => add.run(&config, &store).await,
            Self::List => list(&config, &store).await,
            Self::Revoke(Revoke { name }) => revoke(&config, &store, name).await,
        };
        store.close().await;
        outcome
    }
}

impl Add {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let role = role(&self.role, config, store).await?;
        let scopes = self.scope.iter().map(|name| scope(name)).collect::<Result<Vec<_>, _>>()?;
        let new = NewKey { name: &self.name, role: &role, scopes: &scopes, days: self.days };
        let now = app::clock(config).business();
        let added = keys::add(store, &Ids::random(), Who::Operator, &new, now).await;
        let (shown, key) = added.map_err(|error| refused(error, &self.name))?;
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        println!("{shown}");
        eprintln!(
            "已添加密钥“{}”，{}失效。上面这一行只显示这一次。",
            key.name,
            words::moment(key.expires_at, &zone)
        );
        Ok(())
    }
}

fn scope(name: &str) -> Result<Scope, Failure> {
    Scope::parse(name).ok_or_else(|| {
        let known = SCOPES.map(|(_, name, ..)| name.to_owned());
        Failure::mistake(format!("没有范围“{name}”。{}", words::nearest(name, &known)))
    })
}

async fn list(config: &Config, store: &Store) -> Result<(), Failure> {
    let rows = keys::list(store, Who::Operator).await.map_err(|error| refused(error, ""))?;
    if rows.is_empty() {
        println!(
            "还没有密钥。添加：graduation-bot key add 名字 --role city:广州市 --scope cases:read --days 180"
        );
        return Ok(());
    }
    let zone = app::zone(config).map_err(Failure::Mistake)?;
    let moment = |at: Millis| words::moment(at, &zone);
    let now = app::clock(config).business();
    let lines = rows.into_iter().map(|key| {
        let state = match key.revoked_at {
            Some(at) => format!("{} 吊销", moment(at)),
            None if keys::is_good(&key, now) => format!("{} 失效", moment(key.expires_at)),
            None => "已过期".to_owned(),
        };
        let role = if key.scope.is_empty() { key.role } else { format!("{}:{}", key.role, key.scope) };
        let used = key.used_at.map_or_else(|| "没有用过".to_owned(), moment);
        vec![key.name, role, key.uses, state, used]
    });
    print!("{}", words::table(["名字", "角色", "范围", "有效期", "最近使用"], lines));
    Ok(())
}

async fn revoke(config: &Config, store: &Store, name: &str) -> Result<(), Failure> {
    let now = app::clock(config).business();
    keys::revoke(store, Who::Operator, name, now).await.map_err(|error| refused(error, name))?;
    println!("已吊销“{name}”，用它的系统马上就不能再调用。");
    Ok(())
}

fn refused(error: KeyError, name: &str) -> Failure {
    Failure::mistake(match error {
        KeyError::Role => "这个账号不能管理密钥。".to_owned(),
        KeyError::Name => format!("名字“{name}”不能用：请写 1 到 32 个字，不含空格和冒号。"),
        KeyError::Taken => format!("名字“{name}”已经用过了（吊销的也算），换一个名字，例如加上年份。"),
        KeyError::NoScope => "没有写范围：用 --scope 写明这把密钥能做什么。".to_owned(),
        KeyError::Scope(scope) => {
            format!("这个角色不能{}（{}），去掉这个范围，或换一个角色。", scope.words(), scope.name())
        }
        KeyError::Days => format!("有效期是 1 到 {DAYS_MAX} 天。"),
        KeyError::Unknown => format!("没有叫“{name}”的有效密钥。先看：graduation-bot key list"),
        KeyError::Store(error) => return Failure::from(error),
    })
}
