//! `staff`: the accounts of the offices.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Args, Subcommand};

use super::{Failure, places, settings::Settings, words};
use crate::{
    app,
    config::Config,
    office::{
        Role, Who,
        accounts::{self, AccountError, Change, NewAccount, PASSWORD_MIN, check_password, is_name},
        refused,
    },
    store::Store,
    time::Millis,
};

/// 管理考办人员
#[derive(Subcommand)]
pub(super) enum Staff {
    /// 添加一个账号；密码在终端输入两遍，或用 --password-stdin 从标准输入读一行
    Add(Add),
    /// 列出所有账号
    List,
    /// 重设密码：忘了密码时用，动态码也一起关闭；第一次登录后台必须换成自己的
    Reset(Reset),
    /// 关闭动态码：手机丢了时用
    Codes(Named),
    /// 停用账号，马上退出登录
    Stop(Named),
    /// 恢复停用的账号
    Resume(Named),
    /// 改角色
    Role(Another),
}

/// 对一个已有的账号
#[derive(Args)]
pub(super) struct Named {
    /// 账号的名字
    #[arg(value_name = "名字")]
    name: String,
}

/// 重设密码
#[derive(Args)]
pub(super) struct Reset {
    /// 账号的名字
    #[arg(value_name = "名字")]
    name: String,
    /// 从标准输入读密码（一行），用于脚本
    #[arg(long)]
    password_stdin: bool,
}

/// 改角色
#[derive(Args)]
pub(super) struct Another {
    /// 账号的名字
    #[arg(value_name = "名字")]
    name: String,
    /// 角色：city:广州市、district:广州市/天河区（重名的区县才要写市）、province、announcer 或 admin
    #[arg(long, value_name = "角色")]
    role: String,
}

/// 添加一个账号
#[derive(Args)]
pub(super) struct Add {
    /// 登录和审计用的名字
    #[arg(value_name = "名字")]
    name: String,
    /// 角色：city:广州市、district:广州市/天河区（重名的区县才要写市）、province、announcer 或 admin
    #[arg(long, value_name = "角色")]
    role: String,
    /// 从标准输入读密码（一行），用于脚本
    #[arg(long)]
    password_stdin: bool,
    /// 密码只用一次：第一次登录后台时必须换成自己的
    #[arg(long)]
    must_change: bool,
}

impl Staff {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let store = app::open_store(&config).await?;
        let outcome = match self {
            Self::Add(add) => add.run(&config, &store).await,
            Self::List => list(&store).await,
            Self::Reset(reset) => reset.run(&config, &store).await,
            Self::Codes(Named { name }) => change(&config, &store, name, Change::Codes).await,
            Self::Stop(Named { name }) => change(&config, &store, name, Change::Stop).await,
            Self::Resume(Named { name }) => change(&config, &store, name, Change::Resume).await,
            Self::Role(another) => another.run(&config, &store).await,
        };
        store.close().await;
        outcome
    }
}

impl Add {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        // Before anybody is asked for a password.
        if !is_name(&self.name) {
            return Err(declined(AccountError::Name));
        }
        let role = role(&self.role, config, store).await?;
        if store.staff(&self.name).await?.is_some() {
            return Err(declined(AccountError::Taken));
        }
        let password = read_password(&self.name, self.password_stdin)?;
        let (name, must_change) = (self.name.as_str(), self.must_change);
        let new = NewAccount { name, role: &role, password: &password, must_change };
        let staff = accounts::add(store, Who::Operator, new, app::clock(config).now()).await;
        println!("已添加 {}（{}）。", self.name, staff.map_err(declined)?.role_text());
        Ok(())
    }
}

impl Reset {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        if store.staff(&self.name).await?.is_none() {
            return Err(unknown(store, &self.name).await?);
        }
        let password = read_password(&self.name, self.password_stdin)?;
        change(config, store, &self.name, Change::Reset { password }).await
    }
}

impl Another {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let role = role(&self.role, config, store).await?;
        change(config, store, &self.name, Change::Role(role)).await
    }
}

/// Changes an account in the operator's name.
async fn change(config: &Config, store: &Store, name: &str, what: Change) -> Result<(), Failure> {
    let done = match &what {
        Change::Reset { .. } => "密码已重设，动态码已关闭；登录后台时要先换成自己的密码",
        Change::Codes => "动态码已关闭",
        Change::Stop => "已停用",
        Change::Resume => "已恢复",
        Change::Role(_) => "角色已更改",
    };
    match accounts::manage(store, Who::Operator, name, what, app::clock(config).now()).await {
        Ok(staff) => {
            println!("{name}（{}）：{done}。原来的登录已退出。", staff.role_text());
            Ok(())
        }
        Err(AccountError::Unknown) => Err(unknown(store, name).await?),
        Err(error) => Err(declined(error)),
    }
}

async fn unknown(store: &Store, name: &str) -> Result<Failure, Failure> {
    let known: Vec<String> = store.list_staff().await?.into_iter().map(|staff| staff.name).collect();
    Ok(Failure::mistake(format!("没有账号“{name}”。{}", words::nearest(name, &known))))
}

fn declined(error: AccountError) -> Failure {
    match error {
        AccountError::Store(error) => error.into(),
        // Nobody who runs the program is told to wait.
        refused => Failure::mistake(refused::account(&refused, Millis(0))),
    }
}

/// The role, with a city or district that the present schedule has.
pub(super) async fn role(text: &str, config: &Config, store: &Store) -> Result<Role, Failure> {
    let Some(role) = Role::parse(text) else {
        let known: Vec<String> = ["city:广州市", "district:天河区"]
            .into_iter()
            .chain(Role::WITHOUT_SCOPE)
            .map(str::to_owned)
            .collect();
        return Err(Failure::mistake(format!("没有角色“{text}”。{}", words::nearest(text, &known))));
    };
    let schedule = places::schedule(config, store).await?;
    let (kind, scope) = role.columns();
    let (what, scope) = (if kind == "city" { "市" } else { "区县" }, scope.to_owned());
    role.placed(&schedule).map_err(|known| {
        Failure::mistake(if known.is_empty() {
            "还没有办理地点，核对不了角色里的地名。先导入：graduation-bot import schedule 文件.csv".to_owned()
        } else if known.iter().all(|key| key.ends_with(&format!("/{scope}"))) {
            format!("叫“{scope}”的区县不止一个，连市一起写：{}", known.join("、"))
        } else {
            let nearest = words::nearest(&scope, &known);
            format!("当前批次的办理地点里没有{what}“{scope}”。{nearest}")
        })
    })
}

/// The password for an account, checked before it is typed a second time.
fn read_password(name: &str, from_stdin: bool) -> Result<String, Failure> {
    let checked = |password: String| match check_password(name, &password) {
        Ok(()) => Ok(password),
        Err(error) => Err(declined(error)),
    };
    if from_stdin { checked(read_line()?) } else { ask(checked) }
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::failed(format!("读不到标准输入：{error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask(checked: impl Fn(String) -> Result<String, Failure>) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::mistake("这里不是终端，无法询问密码：请用 --password-stdin 从标准输入给出。"));
    }
    let read = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|error| Failure::failed(format!("读不到密码：{error}")))
    };
    let password = checked(read(&format!("密码（至少 {PASSWORD_MIN} 个字符，不显示）："))?)?;
    if read("再输入一遍：")? == password {
        Ok(password)
    } else {
        Err(Failure::mistake("两遍密码不一样，什么都没有改。请重新运行。"))
    }
}

async fn list(store: &Store) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = store
        .list_staff()
        .await?
        .into_iter()
        .map(|staff| {
            let role = staff.role_text();
            let state = if staff.active { "启用" } else { "停用" };
            vec![staff.name, role, state.to_owned()]
        })
        .collect();
    if rows.is_empty() {
        println!("还没有账号。添加：graduation-bot staff add 名字 --role city:广州市");
    }
    print!("{}", words::columns(&rows));
    Ok(())
}
