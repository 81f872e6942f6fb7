//! `staff`: the accounts of the offices.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Args, Subcommand};

use super::{Failure, places, settings::Settings, words};
use crate::{
    app,
    config::Config,
    office::{
        Role,
        accounts::{NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, is_name},
    },
    store::{StaffRow, Store, hash_password},
};

/// 管理考办人员
#[derive(Subcommand)]
pub(super) enum Staff {
    /// 添加一个账号；密码在终端输入两遍，或用 --password-stdin 从标准输入读一行
    Add(Add),
    /// 列出所有账号
    List,
}

/// 添加一个账号
#[derive(Args)]
pub(super) struct Add {
    /// 登录和审计用的名字
    #[arg(value_name = "名字")]
    name: String,
    /// 角色：city:广州市、district:天河区、province、announcer 或 admin
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
        };
        store.close().await;
        outcome
    }
}

impl Add {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        check_name(&self.name)?;
        let role = role(&self.role, config, store).await?;
        if store.staff(&self.name).await?.is_some() {
            return Err(taken(&self.name));
        }
        let password = if self.password_stdin { read_line()? } else { ask()? };
        let hash = hash_password(password).await?;
        let (kind, scope) = role.columns();
        let row = StaffRow { must_change: self.must_change, ..StaffRow::new(&self.name, hash, kind, scope) };
        if !store.add_staff(&row, "operator", app::clock(config).business()).await? {
            return Err(taken(&self.name));
        }
        println!("已添加 {}（{}）。", self.name, self.role);
        Ok(())
    }
}

fn taken(name: &str) -> Failure {
    Failure::mistake(format!("名字“{name}”已经有人用了，换一个名字，例如加上科室。"))
}

fn check_name(name: &str) -> Result<(), Failure> {
    if is_name(name) {
        return Ok(());
    }
    Err(Failure::mistake(format!("名字“{name}”不能用：请写 1 到 {NAME_MAX} 个字，不含空格和冒号。")))
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
    let places = &schedule.places;
    let mut known: Vec<String> = match &role {
        Role::City(_) => places.iter().map(|place| place.city.clone()).collect(),
        Role::District(_) => places.iter().map(|place| place.district.clone()).collect(),
        Role::Province | Role::Announcer | Role::Admin => return Ok(role),
    };
    known.dedup();
    let (kind, scope) = role.columns();
    if known.iter().any(|name| name == scope) {
        return Ok(role);
    }
    if known.is_empty() {
        return Err(Failure::mistake(
            "还没有办理地点，核对不了角色里的地名。先导入：graduation-bot import schedule 文件.csv",
        ));
    }
    let what = if kind == "city" { "市" } else { "区县" };
    Err(Failure::mistake(format!(
        "当前批次的办理地点里没有{what}“{scope}”。{}",
        words::nearest(scope, &known)
    )))
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::failed(format!("读不到标准输入：{error}")))?;
    checked(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask() -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::mistake("这里不是终端，无法询问密码：请用 --password-stdin 从标准输入给出。"));
    }
    let read = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|error| Failure::failed(format!("读不到密码：{error}")))
    };
    let password = checked(read("密码（至少 12 个字符，不显示）：")?)?;
    if read("再输入一遍：")? == password {
        Ok(password)
    } else {
        Err(Failure::mistake("两遍密码不一样，没有添加。请重新运行。"))
    }
}

fn checked(password: String) -> Result<String, Failure> {
    match password.chars().count() {
        PASSWORD_MIN..=PASSWORD_MAX => Ok(password),
        0..PASSWORD_MIN => Err(Failure::mistake(format!("密码太短：至少 {PASSWORD_MIN} 个字符。没有添加。"))),
        _ => Err(Failure::mistake(format!("密码太长：最多 {PASSWORD_MAX} 个字符。没有添加。"))),
    }
}

async fn list(store: &Store) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = store
        .list_staff()
        .await?
        .into_iter()
        .map(|staff| {
            let role =
                if staff.scope.is_empty() { staff.role } else { format!("{}:{}", staff.role, staff.scope) };
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
