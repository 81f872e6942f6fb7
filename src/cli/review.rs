//! `review`: what the offices do without a browser.
//!
//! No password is asked: whoever may run this holds the configuration, and with its `data_key` could read and write
//! everything anyway, so that a question would only look like a lock. `--as` names the account that answers for the
//! decision; it must be active and hold level and city, as in the console, and it is what the audit shows. The console,
//! which strangers can reach, asks for the password.

mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, settings::Settings, words};
use crate::{
    app::{self, App},
    ids::Ids,
    inbound::{Decision, Part},
    office::{
        LookError, ReviewError, Role, Who, decide,
        look::{self, Depth},
        queue, refused, take_back,
    },
    store::{CaseFilter, StaffRow, Store},
    workflow::{
        case::Case,
        reason::{self, Reason},
    },
};

/// 不用浏览器的审核
#[derive(Subcommand)]
#[command(after_help = "\
能运行本命令的人持有配置文件（data_key），因此不再问密码；--as 指定对这个决定负责的账号，
账号必须启用，并且有相应的级别和城市，决定会记进审计。")]
pub(super) enum Review {
    /// 列出等待审核的申请，等得最久的在前
    List(List),
    /// 显示一份申请：材料、轮次、决定（个人信息已遮盖）
    Show(Show),
    /// 通过
    Approve(Approve),
    /// 不通过，意见原样发给考生
    Reject(Reject),
    /// 收回自己刚做的决定：10 秒内，考生还没有看到
    TakeBack(TakeBack),
}

/// 列出申请
#[derive(Args)]
pub(super) struct List {
    /// 只列这个账号能看的；审核账号只列轮到它的
    #[arg(long = "as", value_name = "账号")]
    staff: Option<String>,
    /// 所有状态，不只等待审核的
    #[arg(long)]
    all: bool,
    /// 最多列多少份
    #[arg(long, default_value_t = 100, value_name = "份数")]
    limit: u32,
}

/// 显示一份申请，--photos 把照片取出来看
#[derive(Args)]
pub(super) struct Show {
    /// 把最近一轮的照片存到这个文件夹（只有本人可读），带水印，每张都记进审计；看完请删除
    #[arg(long, value_name = "文件夹")]
    photos: Option<PathBuf>,
    /// 申请编号（1234-5678 或 12345678）
    #[arg(value_name = "申请")]
    case: String,
    /// 以哪个账号查看，只能看它能看的；不写就是运维
    #[arg(long = "as", value_name = "账号")]
    staff: Option<String>,
}

/// Which decision on which round, and whose.
#[derive(Args)]
struct On {
    /// 申请编号（1234-5678 或 12345678）
    #[arg(value_name = "申请")]
    case: String,
    /// 由哪个账号决定
    #[arg(long = "as", value_name = "账号")]
    staff: String,
    /// 看的是第几轮（review show 里有）；考生重新提交过就会被拒绝
    #[arg(long, value_name = "轮次")]
    round: u32,
}

/// 通过
#[derive(Args)]
pub(super) struct Approve {
    #[command(flatten)]
    on: On,
}

/// 不通过
#[derive(Args)]
pub(super) struct Reject {
    #[command(flatten)]
    on: On,
    /// 哪部分不通过；照片和证件一起提交的必须写 [默认: 这一轮提交的那部分]
    #[arg(long, value_enum, value_name = "部分")]
    part: Option<PartName>,
    /// 常用原因的代码，可以写几个；意见就用它们的原话
    #[arg(long = "reason", value_name = "代码", value_parser = reason_named, long_help = reasons_help())]
    reasons: Vec<Reason>,
    /// 审核意见，4 到 500 个字，原样发给考生；写了 --reason 的，接在原因后面
    #[arg(long, value_name = "意见")]
    opinion: Option<String>,
}

/// 收回刚做的决定
#[derive(Args)]
pub(super) struct TakeBack {
    /// 申请编号（1234-5678 或 12345678）
    #[arg(value_name = "申请")]
    case: String,
    /// 做决定的账号
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PartName {
    Portrait,
    Documents,
    Both,
}

fn reason_named(code: &str) -> Result<Reason, String> {
    Reason::parse(code).ok_or_else(|| format!("没有这个代码，可用的有：{}", reason::codes(&Reason::ALL)))
}

fn reasons_help() -> String {
    let lines = Reason::ALL.map(|reason| format!("  {} {}", reason.code(), reason.wording()));
    format!("常用原因的代码，可以写几个；意见就用它们的原话：\n{}", lines.join("\n"))
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Portrait => Self::Portrait,
            PartName::Documents => Self::Documents,
            PartName::Both => Self::Both,
        }
    }
}

impl Review {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = match self {
            Self::List(list) => list.run(&app).await,
            Self::Show(show) => show.run(&app).await,
            Self::Approve(approve) => approve.on.decide(&app, |_| Ok(Decision::Approve)).await,
            Self::Reject(reject) => reject.on.decide(&app, |case| reject.decision(case)).await,
            Self::TakeBack(back) => back.run(&app).await,
        };
        app.store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let limit = words::limit(self.limit)?;
        // Who names nobody holds the keys, and sees what the administrator sees.
        let role = role_of(&app.store, self.staff.as_deref()).await?.unwrap_or(Role::Admin);
        let filter = CaseFilter {
            batch: app.runner.world.load().batch.id.clone(),
            stages: if self.all { Vec::new() } else { queue::waiting(role.level(), None) },
            limit,
            ..CaseFilter::default()
        };
        let page = match queue::list(&app.store, &role, &filter, app.clock.wire()).await {
            Ok(page) => page,
            Err(LookError::Role) => return Err(may_not_look()),
            Err(LookError::Store(error)) => return Err(error.into()),
        };
        if page.cases.is_empty() {
            println!("{}", if self.all { "还没有申请。" } else { "没有等待审核的申请。" });
            return Ok(());
        }
        let zone = app.runner.world.load().zone.clone();
        let header = ["申请", "考生", "轮次", "状态", "办理地点", "何时起", "正在看"];
        let rows = page.cases.iter().map(|case| {
            let place = [&case.city, &case.district].map(|name| name.clone().unwrap_or_default()).concat();
            vec![
                words::number(&case.number),
                case.name.clone().unwrap_or_default(),
                case.round.to_string(),
                words::stage(case.stage).to_owned(),
                place,
                words::moment(case.entered_at, &zone),
                case.held_by.clone().unwrap_or_default(),
            ]
        });
        print!("{}", words::table(header, rows));
        Ok(())
    }
}

impl Show {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = match &self.staff {
            Some(name) => Some(account(&app.store, name).await?),
            None => None,
        };
        let who = staff.as_ref().map_or(Who::Operator, Who::Staff);
        let found = match look::case(&app.runner, who, &self.case, Depth::Masked).await {
            Ok(found) => found.ok_or_else(|| unknown(&self.case))?,
            Err(LookError::Role) => return Err(may_not_look()),
            Err(LookError::Store(error)) => return Err(error.into()),
        };
        let (case, candidate) = found;
        print!("{}", show::page(&case, candidate.as_ref(), &app.runner.world.load().zone));
        match (&self.photos, &staff) {
            (Some(folder), Some(staff)) => show::save_photos(app, &case, staff, folder).await,
            (Some(_), None) => Err(Failure::mistake("看照片要说明由谁看：加上 --as 账号。")),
            (None, _) => Ok(()),
        }
    }
}

impl On {
    async fn decide(
        &self,
        app: &App,
        decision: impl FnOnce(&Case) -> Result<Decision, Failure>,
    ) -> Result<(), Failure> {
        let staff = account(&app.store, &self.staff).await?;
        let case = find(&app.store, &self.case).await?;
        let decision = decision(&case)?;
        let verdict = if decision == Decision::Approve { "通过" } else { "不通过" };
        let now = decide(&app.runner, &staff, &case, self.round, decision)
            .await
            .map_err(|error| declined(&error, &staff, &case))?;
        println!("{verdict}：申请 {} 第 {} 轮。", words::number(&now.number), self.round);
        println!("现在：{}。10 秒后通知考生，在那以前可以收回：", words::stage(now.stage));
        println!("graduation-bot review take-back {} --as {}", words::number(&now.number), staff.name);
        Ok(())
    }
}

impl TakeBack {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = account(&app.store, &self.staff).await?;
        let case = find(&app.store, &self.case).await?;
        let now = take_back(&app.runner, &staff, &case.id, case.version)
            .await
            .map_err(|error| declined(&error, &staff, &case))?;
        println!("已收回：申请 {} 第 {} 轮，考生不会收到通知。", words::number(&now.number), now.round);
        println!("现在：{}。", words::stage(now.stage));
        Ok(())
    }
}

/// A bundle has two parts, and the candidate does again only what is named.
const WHICH_PART: &str = "这一轮是毕业证照片和证件照片一起提交的，要写明哪部分不通过：\n\
    --part portrait    只有毕业证照片，考生重新拍照，证件照片不用再交\n\
    --part documents   只有证件照片，考生换证件照片，毕业证照片不用重拍\n\
    --part both        两部分都不通过";

impl Reject {
    fn decision(&self, case: &Case) -> Result<Decision, Failure> {
        if self.opinion.is_none() && self.reasons.is_empty() {
            return Err(Failure::mistake(
                "不通过必须写审核意见：加上 --reason 代码（review reject --help 列出），或 --opinion “哪里不合格，怎么改”。",
            ));
        }
        let submitted = case.rounds.last().map(|round| round.part);
        let part = match (self.part, submitted) {
            (Some(part), _) => part.into(),
            (None, Some(Part::Both)) => return Err(Failure::mistake(WHICH_PART)),
            (None, submitted) => submitted.unwrap_or(Part::Both),
        };
        let reasons = self.reasons.clone();
        let opinion = self.opinion.clone().unwrap_or_default();
        Ok(Decision::Reject { part, reasons, opinion })
    }
}

/// The active account of a name.
pub(super) async fn account(store: &Store, name: &str) -> Result<StaffRow, Failure> {
    match store.staff(name).await? {
        Some(staff) if staff.active => Ok(staff),
        Some(_) => Err(Failure::mistake(format!("账号“{name}”已停用。"))),
        None => {
            let known: Vec<String> = store.list_staff().await?.into_iter().map(|staff| staff.name).collect();
            let nearest = if known.is_empty() {
                "还没有账号，添加：graduation-bot staff add 名字 --role city:广州市".to_owned()
            } else {
                words::nearest(name, &known)
            };
            Err(Failure::mistake(format!("没有账号“{name}”。{nearest}")))
        }
    }
}

async fn role_of(store: &Store, name: Option<&str>) -> Result<Option<Role>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let staff = account(store, name).await?;
    Role::of(&staff)
        .map(Some)
        .ok_or_else(|| Failure::mistake(format!("账号“{name}”的角色“{}”本程序不认识，请升级。", staff.role)))
}

/// By the number that people know, with or without the hyphen, or by id.
pub(super) async fn find(store: &Store, text: &str) -> Result<std::sync::Arc<Case>, Failure> {
    let digits = text.replace('-', "");
    let is_number = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let case = if is_number { store.case_by_number(&digits).await? } else { store.case_by_id(text).await? };
    case.ok_or_else(|| unknown(text))
}

fn unknown(text: &str) -> Failure {
    Failure::mistake(format!("没有编号为“{text}”的申请。等待审核的：graduation-bot review list"))
}

fn may_not_look() -> Failure {
    Failure::mistake("这个账号不能看申请：要用市考办、省考办或管理员账号，区县和公告账号不能看。")
}

fn declined(error: &ReviewError, staff: &StaffRow, case: &Case) -> Failure {
    Failure::of_act(error, refused::review(error, staff, case))
}
