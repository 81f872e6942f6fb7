//! `broadcast`: announcements without a browser. The same functions as the console's, for the account named by `--as`.

mod draft;
mod show;
mod watch;

use clap::{Args, Subcommand};

use super::{Failure, review, settings::Settings, words};
use crate::{
    app::{self, App},
    followers,
    ids::Ids,
    office::broadcasts::{self, BroadcastError, steps},
    store::{Broadcast as Row, StaffRow},
    workflow::broadcast::Step,
};

/// 公告：写、批准、发送、查看进度
#[derive(Subcommand)]
#[command(after_help = "\
一条公告由一个账号写、另一个账号批准，改过以后要重新批准。内容只在草稿、等待批准、已批准时能改。
发送途中可以暂停、继续、取消；已经发出去的收不回来（图文群发可以在控制台删除）。")]
pub(super) enum Broadcast {
    /// 列出公告，新的在前
    List(List),
    /// 显示一条公告：内容、发给谁、怎么发、发到哪里了
    Show(On),
    /// 写一条公告（草稿）
    Create(draft::Create),
    /// 改一条公告；批准作废
    Edit(draft::Edit),
    /// 发到自己的微信看一遍（先在控制台“我的账号”里绑定）
    Preview(On),
    /// 提交审批
    Propose(On),
    /// 退回修改
    Return(Because),
    /// 批准看到的这一版；要由没有写也没有改这一版的账号
    Approve(Approve),
    /// 开始发送
    Start(On),
    /// 暂停：还没发的留着
    Pause(On),
    /// 继续
    Resume(On),
    /// 取消：还没发的不再发
    Cancel(Because),
    /// 删除已经群发的图文（单发的收不回来）
    Delete(On),
    /// 从公众平台取关注者和黑名单，让“所有人”是最新的（每天夜里也会自动取）
    Sync(Sync),
    /// 看进度，直到发完、暂停或取消
    Watch(On),
}

/// 列出公告
#[derive(Args)]
pub(super) struct List {
    /// 由哪个账号
    #[arg(long = "as", value_name = "账号")]
    staff: String,
    /// 从这个编号往前列
    #[arg(long, value_name = "编号")]
    before: Option<i64>,
}

/// 一条公告
#[derive(Args)]
pub(super) struct On {
    /// 公告的编号（broadcast list 第一列）
    #[arg(value_name = "编号")]
    number: i64,
    /// 由哪个账号
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

/// 取关注者
#[derive(Args)]
pub(super) struct Sync {
    /// 由哪个账号
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

/// 批准一条公告
#[derive(Args)]
pub(super) struct Approve {
    #[command(flatten)]
    on: On,
    /// 批准的是第几版（broadcast show 里有）；之后改过就会被拒绝
    #[arg(long, value_name = "版本")]
    version: i64,
}

/// 有原因的一步
#[derive(Args)]
pub(super) struct Because {
    #[command(flatten)]
    on: On,
    /// 原因，记进审计
    #[arg(long, value_name = "文字")]
    reason: String,
}

/// An account at work.
struct Desk<'a> {
    app: &'a App,
    staff: StaffRow,
}

impl Broadcast {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = self.act(&app).await;
        app.store.close().await;
        outcome
    }

    async fn act(&self, app: &App) -> Result<(), Failure> {
        let staff = review::account(&app.store, self.staff()).await?;
        let desk = Desk { app, staff };
        match self {
            Self::List(list) => desk.list(list).await,
            Self::Show(on) => desk.show(on.number).await,
            Self::Create(create) => create.run(&desk).await,
            Self::Edit(edit) => edit.run(&desk).await,
            Self::Preview(on) => desk.preview(on.number).await,
            Self::Propose(on) => desk.take(on, Step::Propose, "").await,
            Self::Return(because) => desk.take(&because.on, Step::Return, &because.reason).await,
            Self::Approve(approve) => desk.approve(approve).await,
            Self::Start(on) => desk.take(on, Step::Start, "").await,
            Self::Pause(on) => desk.take(on, Step::Pause, "").await,
            Self::Resume(on) => desk.take(on, Step::Resume, "").await,
            Self::Cancel(because) => desk.take(&because.on, Step::Cancel, &because.reason).await,
            Self::Delete(on) => desk.delete(on.number).await,
            Self::Sync(_) => desk.sync().await,
            Self::Watch(on) => desk.watch(on.number).await,
        }
    }

    fn staff(&self) -> &str {
        match self {
            Self::List(list) => &list.staff,
            Self::Sync(sync) => &sync.staff,
            Self::Create(create) => &create.staff,
            Self::Edit(edit) => &edit.on.staff,
            Self::Approve(Approve { on, .. })
            | Self::Return(Because { on, .. })
            | Self::Cancel(Because { on, .. })
            | Self::Show(on)
            | Self::Preview(on)
            | Self::Propose(on)
            | Self::Start(on)
            | Self::Pause(on)
            | Self::Resume(on)
            | Self::Delete(on)
            | Self::Watch(on) => &on.staff,
        }
    }
}

impl Desk<'_> {
    async fn list(&self, list: &List) -> Result<(), Failure> {
        let found = broadcasts::list(&self.app.store, &self.staff, list.before).await;
        let (rows, next) = found.map_err(|error| self.declined(error))?;
        if rows.is_empty() {
            println!("没有公告。");
            return Ok(());
        }
        let zone = &self.app.runner.world.load().zone;
        let lines = rows.iter().map(|row| {
            vec![
                row.number.to_string(),
                row.title.clone(),
                steps::state(row.state).to_owned(),
                row.author.clone(),
                row.approved_by.clone().unwrap_or_else(|| "-".to_owned()),
                words::moment(row.created_at, zone),
            ]
        });
        print!("{}", words::table(["编号", "标题", "状态", "写的人", "批准的人", "写于"], lines));
        if let Some(next) = next {
            println!("更早的：加上 --before {next}");
        }
        Ok(())
    }

    async fn preview(&self, number: i64) -> Result<(), Failure> {
        let seen = self.find(number).await?;
        let world = self.app.runner.world.load_full();
        let now = self.app.clock.business();
        let sent = broadcasts::preview(&self.app.store, &self.staff, &seen, &world, now).await;
        sent.map_err(|error| self.declined(error))?;
        println!("已发到账号“{}”绑定的微信。没有收到的，先在公众号里发一句话。", self.staff.name);
        Ok(())
    }

    async fn delete(&self, number: i64) -> Result<(), Failure> {
        let seen = self.find(number).await?;
        let now = self.app.clock.business();
        let wished = broadcasts::want_back(&self.app.store, &self.staff, &seen, now).await;
        wished.map_err(|error| self.declined(error))?;
        println!(
            "正在请公众平台删除。删了没有：graduation-bot broadcast show {number} --as {}",
            self.staff.name
        );
        Ok(())
    }

    async fn sync(&self) -> Result<(), Failure> {
        if !broadcasts::may(&self.staff) {
            return Err(self.declined(BroadcastError::Role));
        }
        let synced = followers::sync(&self.app.store, &self.app.client, self.app.clock.business()).await;
        let synced =
            synced.map_err(|error| Failure::failed(format!("没有取完：{error}。请过一会儿再运行。")))?;
        println!(
            "公众平台有 {} 位关注者：新记下 {}，又关注的 {}，不再关注的 {}；黑名单 {} 人。",
            synced.listed, synced.new, synced.returned, synced.left, synced.blocked
        );
        Ok(())
    }

    async fn approve(&self, approve: &Approve) -> Result<(), Failure> {
        let seen = self.find(approve.on.number).await?;
        let seen = Row { version: approve.version, ..seen };
        self.stepped(&seen, Step::Approve, "").await
    }

    async fn take(&self, on: &On, step: Step, detail: &str) -> Result<(), Failure> {
        let seen = self.find(on.number).await?;
        self.stepped(&seen, step, detail).await
    }

    async fn stepped(&self, seen: &Row, step: Step, detail: &str) -> Result<(), Failure> {
        let now = self.app.clock.business();
        let taken = broadcasts::take(&self.app.store, &self.staff, seen, step, detail, now).await;
        let taken = taken.map_err(|error| self.declined(error))?;
        println!("公告 {}：{}。现在是“{}”。", seen.number, steps::step(step), steps::state(taken.state));
        Ok(())
    }

    async fn find(&self, number: i64) -> Result<Row, Failure> {
        let found = broadcasts::find(&self.app.store, &self.staff, number).await;
        found.map_err(|error| match error {
            BroadcastError::Unknown => Failure::mistake(format!(
                "没有编号 {number} 的公告。先看：graduation-bot broadcast list --as {}",
                self.staff.name
            )),
            error => self.declined(error),
        })
    }

    fn declined(&self, error: BroadcastError) -> Failure {
        match (steps::refused(&error, &self.staff), error) {
            (Some(words), _) => Failure::mistake(words),
            (None, error) => Failure::failed(format!("没有存下来：{error}。请再运行一次。")),
        }
    }
}
