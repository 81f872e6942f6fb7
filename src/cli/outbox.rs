//! `outbox`: what is to be pushed and how it went; the console has pages for it.
//!
//! A list shows of a push only its kind, its application and its fate. What one says is shown by itself, to those who
//! may have it sent again, without long numbers and secrets, and who looked is in the audit.

use clap::{Args, Subcommand};

use super::{Failure, review, settings::Settings, words};
use crate::{
    app,
    config::Config,
    office::{
        deliveries::{
            self, RetryError, reasons,
            words::{self as delivery, state as said},
        },
        refused,
    },
    store::{OutboxFilter, OutboxState, OutboxSummary, Store},
    time::Millis,
};

/// 查看通知有没有送到，没送到的再发一次
#[derive(Subcommand)]
pub(super) enum Outbox {
    /// 列出通知，新的在前；内容不显示
    List(List),
    /// 显示一条通知写了什么（长号码已遮盖），记进审计
    Show(On),
    /// 把放弃了的、等考生的或不知道送没送到的一条再发一次，记进审计
    Again(On),
}

/// 列出通知
#[derive(Args)]
pub(super) struct List {
    #[arg(
        long,
        value_name = "状态",
        help = "只列这种状态的：due、leased、held、delivered、given_up 或 in_doubt"
    )]
    state: Option<String>,
    /// 最多列多少条
    #[arg(long, default_value_t = 100, value_name = "条数")]
    limit: u32,
}

/// Which push, and who answers for it.
#[derive(Args)]
pub(super) struct On {
    /// 通知的编号（outbox list 第一列）
    #[arg(value_name = "编号")]
    id: String,
    /// 由哪个账号决定（province 或 admin）
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

impl Outbox {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let store = app::open_store(&config).await?;
        let outcome = match self {
            Self::List(list) => list.run(&config, &store).await,
            Self::Show(on) => on.show(&config, &store).await,
            Self::Again(on) => on.again(&config, &store).await,
        };
        store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let state = self.state.as_deref().map(state).transpose()?;
        let limit = words::limit(self.limit)?;
        let rows = store.list_outbox(&OutboxFilter { state, limit, ..OutboxFilter::default() }).await?;
        if rows.is_empty() {
            println!("没有{}通知。", state.map_or_else(String::new, |state| format!("{}的", said(state))));
            return Ok(());
        }
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let moment = |at: Millis| words::moment(at, &zone);
        let header = ["编号", "写下", "申请", "通知", "状态", "次数", "下次", "原因"];
        print!("{}", words::table(header, rows.iter().map(|row| line(row, &moment))));
        println!("{}", all(&store.count_outbox().await?));
        Ok(())
    }
}

impl On {
    async fn show(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let staff = review::account(store, &self.staff).await?;
        let now = app::clock(config).business();
        let notice = deliveries::look(store, &staff, &self.id, now).await;
        let notice = notice.map_err(|error| self.declined(error))?;
        println!("{}", delivery::content(&notice.body));
        Ok(())
    }

    async fn again(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let staff = review::account(store, &self.staff).await?;
        let now = app::clock(config).business();
        let again = deliveries::send_again(store, &staff, &self.id, now).await;
        again.map_err(|error| self.declined(error))?;
        println!("已排队再发一次。结果：graduation-bot outbox list --limit 10");
        Ok(())
    }

    fn declined(&self, error: RetryError) -> Failure {
        if let Some(words) = refused::retry(&error) {
            return Failure::mistake(words);
        }
        Failure::mistake(match error {
            RetryError::Role => return may_not_retry(&self.staff),
            RetryError::Unknown | RetryError::Needless(_) | RetryError::Unbound => {
                format!("没有编号为“{}”的通知。先看：graduation-bot outbox list", self.id)
            }
            RetryError::Store(error) => return error.into(),
        })
    }
}

/// Whose role may not have things tried again.
pub(super) fn may_not_retry(name: &str) -> Failure {
    Failure::mistake(format!("{name} 的角色不能重发或重做：需要 province 或 admin。"))
}

fn line(row: &OutboxSummary, moment: &dyn Fn(Millis) -> String) -> Vec<String> {
    let doubts = if row.doubts > 0 { "，可能收到过" } else { "" };
    vec![
        row.id.clone(),
        moment(row.created_at),
        row.case_number.as_deref().map_or_else(|| "-".to_owned(), words::number),
        row.event.clone(),
        format!("{}（{}{doubts}）", row.state.name(), said(row.state)),
        row.attempts.to_string(),
        row.due_at.map_or_else(|| "-".to_owned(), moment),
        row.reason.as_deref().map(|why| reasons::said(why, row.state, row.doubts)).unwrap_or_default(),
    ]
}

fn state(name: &str) -> Result<OutboxState, Failure> {
    OutboxState::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| {
        let known = OutboxState::ALL.map(|state| state.name().to_owned());
        Failure::mistake(format!("没有状态“{name}”。{}", words::nearest(name, &known)))
    })
}

/// How many there are, listed or not.
fn all(counts: &[(OutboxState, i64)]) -> String {
    let each: Vec<String> = counts.iter().map(|(state, count)| format!("{} {count}", said(*state))).collect();
    let sum: i64 = counts.iter().map(|(_, count)| count).sum();
    format!("共 {sum} 条：{}", each.join("，"))
}
