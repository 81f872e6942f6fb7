//! `jobs`: work behind the scenes that came to nothing; the console has pages for it.

use clap::{Args, Subcommand};

use super::{Failure, outbox, review, settings::Settings, words};
use crate::{
    app,
    config::Config,
    office::deliveries::{self, RetryError, words::job as said},
    store::{JobSummary, Store},
    time::Millis,
};

/// 查看放弃了的后台工作，再做一次
#[derive(Subcommand)]
pub(super) enum Jobs {
    /// 列出放弃了的工作，新的在前
    List(List),
    /// 把放弃了的一项再做一次，记进审计
    Again(Again),
}

/// 列出后台工作
#[derive(Args)]
pub(super) struct List {
    /// 连等着做的、正在做的也列出来
    #[arg(long)]
    all: bool,
    /// 最多列多少项
    #[arg(long, default_value_t = 100, value_name = "项数")]
    limit: u32,
}

/// 再做一次
#[derive(Args)]
pub(super) struct Again {
    /// 工作的编号（jobs list 第一列）
    #[arg(value_name = "编号")]
    id: String,
    /// 由哪个账号决定（province 或 admin）
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

impl Jobs {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let store = app::open_store(&config).await?;
        let outcome = match self {
            Self::List(list) => list.run(&config, &store).await,
            Self::Again(again) => again.run(&config, &store).await,
        };
        store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let jobs = store.list_jobs(self.all, None, words::limit(self.limit)?).await?;
        if jobs.is_empty() {
            println!("{}", if self.all { "没有后台工作。" } else { "没有放弃了的后台工作。" });
            return Ok(());
        }
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let moment = |at: Millis| words::moment(at, &zone);
        let header = ["编号", "写下", "申请", "工作", "状态", "次数", "下次", "原因"];
        print!("{}", words::table(header, jobs.iter().map(|job| line(job, &moment))));
        Ok(())
    }
}

impl Again {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let staff = review::account(store, &self.staff).await?;
        let now = app::clock(config).business();
        match deliveries::do_again(store, &staff, &self.id, now).await {
            Ok(()) => {
                println!("已排队再做一次。结果：graduation-bot jobs list --all");
                Ok(())
            }
            Err(RetryError::Store(error)) => Err(error.into()),
            Err(RetryError::Role) => Err(outbox::may_not_retry(&self.staff)),
            Err(RetryError::Unknown | RetryError::Needless(_) | RetryError::Unbound) => {
                Err(Failure::mistake(format!(
                    "没有编号为“{}”的、放弃了的工作，或这份申请已经另有一项在做。什么都没有改。先看：graduation-bot jobs list",
                    self.id
                )))
            }
        }
    }
}

fn line(job: &JobSummary, moment: &dyn Fn(Millis) -> String) -> Vec<String> {
    let state = match job.due_at {
        None => "已放弃",
        Some(_) if job.leased => "正在做",
        Some(_) => "等着做",
    };
    vec![
        job.id.clone(),
        moment(job.created_at),
        job.case_number.as_deref().map_or_else(|| "-".to_owned(), words::number),
        format!("{}（{}）", job.kind, said(&job.kind)),
        state.to_owned(),
        job.attempts.to_string(),
        job.due_at.map_or_else(|| "-".to_owned(), moment),
        job.reason.clone().unwrap_or_default(),
    ]
}
