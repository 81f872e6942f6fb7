//! `inquiry`: messages that people left for the offices.

use clap::{Args, Subcommand};

use super::{Failure, review, settings::Settings, words};
use crate::{
    app::{self, App},
    ids::Ids,
    mask,
    office::{
        inquiries::{self, InquiryError, Page},
        refused,
        words::inquiry as state,
    },
    store::{InquiryFilter, InquirySummary},
    time::Millis,
    validation::message,
};

/// 考生的留言：查看、回复、结束
#[derive(Subcommand)]
pub(super) enum Inquiry {
    /// 列出还没有回复的留言，旧的在前
    List(List),
    /// 看一条留言，记进审计
    Show(On),
    /// 回复一条留言，原样发送给考生
    Answer(Answer),
    /// 结束一条留言，不回复（例如已经打过电话）
    Close(On),
}

/// 列出留言
#[derive(Args)]
pub(super) struct List {
    /// 由哪个账号查看：市、区的账号只看得到自己地方的，和还没选地点的
    #[arg(long = "as", value_name = "账号")]
    staff: String,
    /// 连回复过的、结束了的也列出来
    #[arg(long)]
    all: bool,
    /// 最多列多少条
    #[arg(long, default_value_t = 100, value_name = "条数")]
    limit: u32,
}

/// 一条留言
#[derive(Args)]
pub(super) struct On {
    /// 留言的编号（inquiry list 第一列）
    #[arg(value_name = "编号")]
    id: String,
    /// 由哪个账号
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

/// 回复留言
#[derive(Args)]
pub(super) struct Answer {
    #[command(flatten)]
    on: On,
    /// 回复的话，原样发给考生
    #[arg(long, value_name = "文字")]
    text: String,
}

impl Inquiry {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = match self {
            Self::List(list) => list.run(&app).await,
            Self::Show(on) => on.show(&app).await,
            Self::Answer(answer) => answer.run(&app).await,
            Self::Close(on) => on.close(&app).await,
        };
        app.store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = review::account(&app.store, &self.staff).await?;
        let limit = words::limit(self.limit)?;
        let filter = InquiryFilter { all: self.all, limit, ..InquiryFilter::default() };
        let found = inquiries::list(&app.store, &staff, filter).await;
        let Page { rows, all, .. } = found.map_err(|error| declined(error, &self.staff, ""))?;
        if rows.is_empty() {
            println!("{}", if self.all { "没有留言。" } else { "没有等着回复的留言。" });
            return Ok(());
        }
        let zone = &app.runner.world.load().zone;
        let moment = |at: Millis| words::moment(at, zone);
        let header = ["编号", "留言时间", "申请", "办理地点", "状态", "经手"];
        print!("{}", words::table(header, rows.iter().map(|one| line(one, &moment))));
        if all > rows.len() as i64 {
            println!("只列了最早的 {} 条，一共 {all} 条。全部列出：加上 --limit {all}", rows.len());
        }
        Ok(())
    }
}

impl On {
    async fn show(&self, app: &App) -> Result<(), Failure> {
        let staff = review::account(&app.store, &self.staff).await?;
        let read = inquiries::read(&app.store, &staff, &self.id, app.clock.business()).await;
        let (summary, said) = read.map_err(|error| self.declined(error))?;
        let zone = &app.runner.world.load().zone;
        println!("留言时间：{}", words::moment(summary.created_at, zone));
        println!("考生：{}", said.name.as_deref().map_or_else(|| "没有绑定".to_owned(), mask::name));
        println!("准考证号：{}", said.exam_no.as_deref().map_or_else(|| "-".to_owned(), mask::exam_no));
        println!("申请：{}", summary.case_number.as_deref().map_or_else(|| "-".to_owned(), words::number));
        println!("办理地点：{}", words::place(summary.place.as_ref()));
        println!("状态：{}\n\n{}", state(summary.state), message::plain(&said.text));
        if let (Some(answer), Some(by)) = (&said.answer, &summary.ended_by) {
            let at = summary.ended_at.map(|at| words::moment(at, zone)).unwrap_or_default();
            println!("\n{by} {at} 的回复：\n\n{}", message::plain(answer));
        }
        Ok(())
    }

    async fn close(&self, app: &App) -> Result<(), Failure> {
        let staff = review::account(&app.store, &self.staff).await?;
        let closed = inquiries::close(&app.store, &staff, &self.id, app.clock.business()).await;
        closed.map_err(|error| self.declined(error))?;
        println!("已结束这条留言，没有发消息给考生。");
        Ok(())
    }

    fn declined(&self, error: InquiryError) -> Failure {
        declined(error, &self.staff, &self.id)
    }
}

impl Answer {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = review::account(&app.store, &self.on.staff).await?;
        let answered = inquiries::answer(&app.runner, &staff, &self.on.id, &self.text).await;
        answered.map_err(|error| self.on.declined(error))?;
        println!("已回复，马上通知考生。送到没有：graduation-bot outbox list --limit 10");
        Ok(())
    }
}

/// Why an account was not shown an inquiry, or could not end it.
fn declined(error: InquiryError, staff: &str, id: &str) -> Failure {
    if let Some(words) = refused::inquiry(&error) {
        return Failure::mistake(words);
    }
    Failure::mistake(match error {
        InquiryError::Role => {
            format!("{staff} 的角色不能看留言：需要 city、district、province 或 admin。")
        }
        InquiryError::Unknown | InquiryError::Empty | InquiryError::TooLong(_) | InquiryError::Ended => {
            format!("{staff} 看得到的留言里没有编号“{id}”。先看：graduation-bot inquiry list --as {staff}")
        }
        InquiryError::Store(error) => return error.into(),
        InquiryError::Run(error) => {
            return Failure::failed(format!("没有存下来：{error}。请再运行一次。"));
        }
    })
}

fn line(inquiry: &InquirySummary, moment: &dyn Fn(Millis) -> String) -> Vec<String> {
    let ended = inquiry.ended_by.clone().zip(inquiry.ended_at);
    vec![
        inquiry.id.clone(),
        moment(inquiry.created_at),
        inquiry.case_number.as_deref().map_or_else(|| "-".to_owned(), words::number),
        words::place(inquiry.place.as_ref()),
        state(inquiry.state).to_owned(),
        ended.map_or_else(|| "-".to_owned(), |(by, at)| format!("{by}（{}）", moment(at))),
    ]
}
