//! `retention`: what is deleted when, doing it now, and giving portraits away.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use super::{Failure, review::account, settings::Settings, words};
use crate::{
    app::{self, App},
    ids::Ids,
    office::{
        Who, acts,
        retention::{self as office, Manifest, Order, Plan, Portrait, RetentionError},
        words::{kept, moment},
    },
    retention::{step, sweep_files},
};

/// 保留期限：什么时候删什么，移交毕业证照片
#[derive(Subcommand)]
pub(super) enum Retention {
    /// 列出每个批次还保留着什么，哪天删除，最近删了什么
    Show,
    /// 现在就删除到期的（worker 平时自己会删）
    Sweep,
    /// 把毕业的人的毕业证照片导出到文件夹，每张是“准考证号.jpg”，另有清单 manifest.csv，交给制证部门
    HandOver(HandOver),
    /// 确认制证部门已收到：本系统里的这些照片随后删除，不能恢复
    Confirm(Confirm),
}

/// 导出毕业证照片
#[derive(Args)]
pub(super) struct HandOver {
    /// 批次，如 2026-06
    #[arg(value_name = "批次")]
    batch: String,
    /// 导出到哪个文件夹：要是新的或空的
    #[arg(long, value_name = "文件夹")]
    out: PathBuf,
    /// 由哪个账号导出（省考办）
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

/// 确认移交
#[derive(Args)]
pub(super) struct Confirm {
    /// 导出时显示的移交编号
    #[arg(value_name = "移交编号")]
    id: String,
    /// 由哪个账号确认（省考办）
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

impl Retention {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = match self {
            Self::Show => show(&app).await,
            Self::Sweep => sweep(&app).await,
            Self::HandOver(command) => command.run(&app).await,
            Self::Confirm(command) => command.run(&app).await,
        };
        app.store.close().await;
        outcome
    }
}

async fn show(app: &App) -> Result<(), Failure> {
    let (world, now) = (app.runner.world.load_full(), app.clock.business());
    let plan =
        office::plan(&app.store, Who::Operator, world.terms, &world.zone, now).await.map_err(refusal)?;
    let Plan { batches, holds, handovers, deleted } = plan;
    let mut rows = Vec::new();
    for plan in &batches {
        for line in &plan.lines {
            let on = if plan.is_held {
                "暂缓".to_owned()
            } else if line.at <= now {
                "已到期".to_owned()
            } else {
                line.at.date(&world.zone).to_string()
            };
            rows.push(vec![plan.batch.id.clone(), kept(line.kind).to_owned(), line.pictures.to_string(), on]);
        }
        for (what, pictures) in [
            ("暂缓的申请的照片", plan.held),
            ("待移交的毕业证照片", plan.to_hand_over),
            ("已导出、待确认的毕业证照片", plan.written_out),
        ] {
            if pictures > 0 {
                rows.push(vec![
                    plan.batch.id.clone(),
                    what.to_owned(),
                    pictures.to_string(),
                    "之后".to_owned(),
                ]);
            }
        }
    }
    print!("{}", words::table(["批次", "什么", "张数", "哪天删除"], rows));
    for hold in &holds {
        let what =
            hold.case.as_ref().map_or_else(|| "整个批次".to_owned(), |(_, number)| words::number(number));
        let until = hold.until.minus_seconds(1).date(&world.zone);
        println!("暂缓：{} {what}，到 {until}，{}：{}", hold.batch, acts::actor(&hold.staff), hold.reason);
    }
    for handover in handovers.iter().filter(|handover| handover.confirmed.is_none()) {
        println!("等待确认的移交：{}，{}，{} 张", handover.id, handover.batch, handover.portraits);
    }
    for gone in &deleted {
        let what = gone
            .what
            .as_ref()
            .map_or_else(|| "无主的照片文件".to_owned(), |(batch, kind)| format!("{batch} {}", kept(*kind)));
        println!("{}  删除了 {what} {} 张", moment(gone.at, &world.zone), gone.pictures);
    }
    Ok(())
}

async fn sweep(app: &App) -> Result<(), Failure> {
    let world = app.runner.world.load_full();
    while step(&app.store, world.terms, &world.zone, app.clock.business()).await? {}
    // Files go by jobs, which a worker does; those of this moment are not waited for elsewhere.
    app.worker.run_until_idle().await.map_err(|error| Failure::failed(error.to_string()))?;
    let strays = sweep_files(&app.store, app.photos.files(), app.clock.now()).await;
    let strays = strays.map_err(|error| Failure::failed(error.to_string()))?;
    if strays > 0 {
        println!("删除了 {strays} 个没有申请的照片文件。");
    }
    println!("到期的都删除了。");
    Ok(())
}

impl HandOver {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = account(&app.store, &self.staff).await?;
        prepare(&self.out).map_err(|error| unwritten(&self.out, &error))?;
        if fs::read_dir(&self.out).map_err(|error| unwritten(&self.out, &error))?.next().is_some() {
            return Err(Failure::mistake(format!("文件夹 {} 不是空的。请换一个新的。", self.out.display())));
        }
        let id = app.runner.ids.fresh(app.clock.wire()).id(0);
        let mut manifest = Manifest::default();
        let write = |portrait: &Portrait| {
            manifest.add(portrait);
            write_durably(&self.out, &portrait.file(), &portrait.jpeg)
        };
        let (files, now) = (app.photos.files(), app.clock.business());
        let (who, order) = (Who::Staff(&staff), Order { batch: &self.batch, id: &id, most: None });
        let written = office::hand_over(&app.store, files, who, order, now, write).await;
        let written = written.map_err(refusal)?;
        write_durably(&self.out, Manifest::FILE, manifest.text().as_bytes())
            .map_err(|error| unwritten(&self.out, &error))?;
        if written.portraits > 0 {
            println!("已导出 {} 张到 {}。移交编号：{id}", written.portraits, self.out.display());
            println!("制证部门收到以后，请确认：graduation-bot retention confirm {id} --as {}", self.staff);
            println!("确认以前这里的照片不删。文件夹里是个人信息，交出以后请删除它。");
        } else {
            println!("批次 {} 没有可以移交的毕业证照片。", self.batch);
        }
        without_portrait(&written.missing)
    }
}

/// Somebody has to look for them.
fn without_portrait(missing: &[String]) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = missing.iter().map(|number| words::number(number)).collect();
    Err(Failure::failed(format!(
        "{} 份已毕业的申请没有毕业证照片，没有导出：{}。请核对照片存放处，或请考生补交。",
        missing.len(),
        numbers.join("、")
    )))
}

impl Confirm {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = account(&app.store, &self.staff).await?;
        office::confirm(&app.store, Who::Staff(&staff), &self.id, app.clock.business())
            .await
            .map_err(refusal)?;
        println!("已确认，本系统里的这些照片由 worker 删除。");
        Ok(())
    }
}

fn prepare(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// On the disk before it counts as written out.
fn write_durably(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(folder.join(name))?;
    file.write_all(content)?;
    file.sync_all()
}

fn unwritten(folder: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("写不到 {}：{error}", folder.display()))
}

fn refusal(error: RetentionError) -> Failure {
    match error {
        RetentionError::Role => Failure::mistake("只有省考办的账号可以移交毕业证照片。"),
        RetentionError::Over => Failure::mistake("没有这个移交编号，或已经确认过了。"),
        RetentionError::Store(error) => error.into(),
        error => Failure::failed(error.to_string()),
    }
}
