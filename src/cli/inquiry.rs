//! `inquiry`: messages that people left for the offices.

use clap::{Args, Subcommand};

use super::{Failure, review, settings::Settings, words};
use crate::{
    app::{self, App},
    ids::Ids,
    inbound::{AnswerAct, Inbound, What},
    mask,
    office::Role,
    runner::{Errand, Ran},
    store::{InquiryFilter, InquiryState, InquirySummary, InquiryWords, StaffRow},
    time::Millis,
    turn::Audit,
    validation::message,
};

/// Longest answer, in characters: with the words around it, it fits one message of the platform's.
const ANSWER_MAX: usize = 500;

/// 考生的留言：查看、回复、结束
#[derive(Subcommand)]
pub(super) enum Inquiry {
    /// 列出还没有回复的留言，旧的在前
    List(List),
    /// 看一条留言，记进审计
    Show(On),
    /// 回复一条留言，原样推送给考生
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
        let (_, role) = account(app, &self.staff).await?;
        let limit = words::limit(self.limit)?;
        let filter = self.filter(role, limit);
        let found = app.store.list_inquiries(&filter).await?;
        if found.is_empty() {
            println!("{}", if self.all { "没有留言。" } else { "没有等着回复的留言。" });
            return Ok(());
        }
        let zone = &app.runner.world.load().zone;
        let moment = |at: Millis| words::moment(at, zone);
        let header = ["编号", "留言时间", "申请", "办理地点", "状态", "经手"];
        print!("{}", words::table(header, found.iter().map(|one| line(one, &moment))));
        let all = app.store.count_inquiries(&filter).await?;
        if all > found.len() as i64 {
            println!("只列了最早的 {} 条，一共 {all} 条。全部列出：加上 --limit {all}", found.len());
        }
        Ok(())
    }

    fn filter(&self, role: Role, limit: u32) -> InquiryFilter {
        let (city, district) = match role {
            Role::City(city) => (Some(city), None),
            Role::District(district) => (None, Some(district)),
            Role::Province | Role::Announcer | Role::Admin => (None, None),
        };
        InquiryFilter { all: self.all, city, district, limit }
    }
}

impl On {
    async fn show(&self, app: &App) -> Result<(), Failure> {
        let (staff, summary, said) = self.find(app).await?;
        let audit = Audit {
            actor: format!("staff:{}", staff.name),
            act: "read_message".to_owned(),
            subject: self.id.clone(),
            detail: String::new(),
        };
        app.store.append_audit(&audit, app.clock.business()).await?;
        let zone = &app.runner.world.load().zone;
        println!("留言时间：{}", words::moment(summary.created_at, zone));
        println!("考生：{}", said.name.as_deref().map_or_else(|| "没有绑定".to_owned(), mask::name));
        println!("准考证号：{}", said.exam_no.as_deref().map_or_else(|| "-".to_owned(), mask::exam_no));
        println!("申请：{}", summary.case_number.as_deref().map_or_else(|| "-".to_owned(), words::number));
        println!("办理地点：{}", words::place(summary.place.as_ref()));
        println!("状态：{}\n\n{}", state(summary.state), message::plain(&said.text));
        Ok(())
    }

    async fn close(&self, app: &App) -> Result<(), Failure> {
        let (staff, ..) = self.find(app).await?;
        if app.store.close_inquiry(&self.id, &staff.name, app.clock.business()).await? {
            println!("已结束这条留言，没有发消息给考生。");
            return Ok(());
        }
        Err(Failure::mistake("这条留言已经回复过或结束了，什么都没有改。"))
    }

    /// The inquiry, if the account may see it.
    async fn find(&self, app: &App) -> Result<(StaffRow, InquirySummary, InquiryWords), Failure> {
        let (staff, role) = account(app, &self.staff).await?;
        let found = app.store.inquiry(&self.id).await?.filter(|(summary, _)| may_see(&role, summary));
        let (summary, said) = found.ok_or_else(|| {
            Failure::mistake(format!(
                "{} 看得到的留言里没有编号“{}”。先看：graduation-bot inquiry list --as {0}",
                self.staff, self.id
            ))
        })?;
        Ok((staff, summary, said))
    }
}

impl Answer {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let text = self.text.trim();
        match text.chars().count() {
            0 => return Err(Failure::mistake("--text 是空的：请写回复考生的话。")),
            1..=ANSWER_MAX => {}
            length => {
                return Err(Failure::mistake(format!(
                    "回复有 {length} 个字，最多 {ANSWER_MAX} 个，请写短一点。"
                )));
            }
        }
        let (staff, summary, _) = self.on.find(app).await?;
        if summary.state != InquiryState::Open {
            return Err(Failure::mistake("这条留言已经回复过或结束了，什么都没有发。"));
        }
        let act = AnswerAct { staff: staff.name, inquiry: summary.id, text: text.to_owned() };
        let inbound = Inbound {
            open_id: summary.open_id,
            account: String::new(),
            key: String::new(),
            sent_at: app.clock.wire().as_seconds(),
            case_id: None,
            what: What::Answer(act),
        };
        let ran = app.runner.run(&inbound, Errand::default()).await;
        match ran.map_err(|error| Failure::failed(format!("没有存下来：{error}。请再运行一次。")))?
        {
            Ran::Stored { .. } => {
                println!("已回复，马上推送给考生。送到没有：graduation-bot outbox list --limit 10");
                Ok(())
            }
            _ => Err(Failure::failed("没有存下来，请再运行一次。")),
        }
    }
}

async fn account(app: &App, name: &str) -> Result<(StaffRow, Role), Failure> {
    let staff = review::account(&app.store, name).await?;
    match Role::of(&staff).filter(Role::reads_inquiries) {
        Some(role) => Ok((staff, role)),
        None => Err(Failure::mistake(format!(
            "{name} 的角色不能看留言：需要 city、district、province 或 admin。"
        ))),
    }
}

/// Who has chosen no place yet is everybody's. [`List::filter`] says the same to the store.
fn may_see(role: &Role, inquiry: &InquirySummary) -> bool {
    inquiry.place.is_none() || role.sees(inquiry.place.as_ref())
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

fn state(state: InquiryState) -> &'static str {
    match state {
        InquiryState::Open => "等着回复",
        InquiryState::Answered => "已回复",
        InquiryState::Closed => "已结束",
    }
}
