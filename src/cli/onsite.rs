//! `onsite`: the check on site and the province's last word, without a browser. As with `review`, no password is asked.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::{
    Failure,
    review::{account, find},
    settings::Settings,
    words,
};
use crate::{
    app::{self, App},
    ids::Ids,
    inbound::{Conclusion, Onsite as Outcome},
    mask,
    office::{
        ReviewError, Role,
        onsite::{self, Appointment, AppointmentsError},
        refused,
    },
    store::StaffRow,
    time::date_with_weekday,
    workflow::case::Case,
};

/// 现场初审和毕业审核
#[derive(Subcommand)]
pub(super) enum Onsite {
    /// 列出一个办理地点某一天的考生（个人信息已遮盖）
    List(List),
    /// 记录现场初审：通过、还差材料、未到
    Record(Record),
    /// 省考办的毕业审核：通过、不通过
    Conclude(Conclude),
}

/// 列出某一天的考生：已提交、还没有通过初审的，和当天有记录的
#[derive(Args)]
pub(super) struct List {
    /// 由哪个账号查看
    #[arg(long = "as", value_name = "账号")]
    staff: String,
    /// 办理地点 [默认: 区级账号自己的区]
    #[arg(long, value_name = "区")]
    district: Option<String>,
    /// 哪一天，如 2026-06-15 [默认: 今天，或下一个办理日]
    #[arg(long, value_name = "日期", value_parser = date)]
    day: Option<Date>,
}

/// 记录现场初审的结果，考生会收到通知；省考办审核以前可以再记一次来更正
#[derive(Args)]
pub(super) struct Record {
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// 初审通过
    #[arg(long)]
    passed: bool,
    /// 还差的材料，4 到 500 个字，原样发给考生
    #[arg(long, value_name = "材料")]
    missing: Option<String>,
    /// 当天没有到（下班以后才能记）
    #[arg(long)]
    absent: bool,
}

/// 省考办的毕业审核，考生会收到通知；再记一次就是更正
#[derive(Args)]
pub(super) struct Conclude {
    #[command(flatten)]
    on: On,
    /// 不通过的意见，4 到 500 个字，原样发给考生；不写就是通过
    #[arg(long, value_name = "意见")]
    failed: Option<String>,
}

/// Which application, and who writes.
#[derive(Args)]
struct On {
    /// 申请编号（1234-5678 或 12345678）
    #[arg(value_name = "申请")]
    case: String,
    /// 由哪个账号记录
    #[arg(long = "as", value_name = "账号")]
    staff: String,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "日期要写成 2026-06-15 这样".to_owned())
}

impl Onsite {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let clock = app::clock(&config);
        let app = App::start(config, clock, Ids::random()).await?;
        let outcome = match self {
            Self::List(list) => list.run(&app).await,
            Self::Record(record) => record.run(&app).await,
            Self::Conclude(conclude) => conclude.run(&app).await,
        };
        app.store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let staff = account(&app.store, &self.staff).await?;
        let own = match Role::of(&staff) {
            Some(Role::District(scope)) => Some(scope.replace('/', "")),
            _ => None,
        };
        let Some(district) = self.district.clone().or(own) else {
            return Err(Failure::mistake("要看哪个办理地点：加上 --district 天河区。"));
        };
        let list = onsite::appointments(&app.runner, &staff, &district, self.day)
            .await
            .map_err(|error| no_list(&error, &district))?;
        println!("{}　{}　共 {} 人", list.place.key(), date_with_weekday(list.day), list.people.len());
        if list.people.is_empty() {
            return Ok(());
        }
        let header = ["申请", "考生", "准考证", "电话", "要带", "状态"];
        print!("{}", words::table(header, list.people.iter().map(|one| line(one, list.day))));
        Ok(())
    }
}

fn line(one: &Appointment, day: Date) -> Vec<String> {
    let name =
        one.candidate.as_deref().map_or_else(|| "没有绑定微信".to_owned(), |who| mask::name(&who.name));
    let bring = one.bring.map(|bring| {
        let prior = if bring.prior_credential { "、前置学历" } else { "" };
        format!("{}、登记表 {} 份{prior}", bring.document, bring.forms)
    });
    vec![
        words::number(&one.case.number),
        name,
        mask::exam_no(&one.case.exam_no),
        one.case.phone.as_deref().map(mask::phone).unwrap_or_default(),
        bring.unwrap_or_default(),
        state(&one.case, day),
    ]
}

/// What the last record says, and of which day if of another.
fn state(case: &Case, day: Date) -> String {
    let Some(record) = case.onsite.last() else { return words::stage(case.stage).to_owned() };
    let when =
        if record.day == day { String::new() } else { format!("（{}）", date_with_weekday(record.day)) };
    let said = match &record.outcome {
        Outcome::Passed => words::stage(case.stage).to_owned(),
        Outcome::Papers(missing) => format!("需补材料：{missing}"),
        Outcome::Absent => "未到".to_owned(),
    };
    said + &when
}

impl Record {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let (staff, case) = self.on.find(app).await?;
        let outcome = match (&self.how.missing, self.how.passed) {
            (Some(missing), _) => Outcome::Papers(missing.clone()),
            (None, true) => Outcome::Passed,
            (None, false) => Outcome::Absent,
        };
        let now = onsite::record(&app.runner, &staff, &case.id, case.version, outcome)
            .await
            .map_err(|error| declined(&error, &staff, &case))?;
        let zone = app.runner.world.load().zone.clone();
        let day = now.onsite.last().map_or_else(|| app.clock.business().date(&zone), |record| record.day);
        println!(
            "已记录：申请 {}　{}　{}。",
            words::number(&now.number),
            date_with_weekday(day),
            state(&now, day)
        );
        println!("考生会收到通知；省考办审核以前，再记一次就是更正。");
        Ok(())
    }
}

impl Conclude {
    async fn run(&self, app: &App) -> Result<(), Failure> {
        let (staff, case) = self.on.find(app).await?;
        let conclusion = self.failed.clone().map_or(Conclusion::Passed, Conclusion::Failed);
        let now = onsite::conclude(&app.runner, &staff, &case.id, case.version, conclusion)
            .await
            .map_err(|error| declined(&error, &staff, &case))?;
        println!(
            "已记录：申请 {}　{}。考生会收到通知。",
            words::number(&now.number),
            words::stage(now.stage)
        );
        Ok(())
    }
}

impl On {
    async fn find(&self, app: &App) -> Result<(StaffRow, std::sync::Arc<Case>), Failure> {
        Ok((account(&app.store, &self.staff).await?, find(&app.store, &self.case).await?))
    }
}

fn no_list(error: &AppointmentsError, district: &str) -> Failure {
    match error {
        AppointmentsError::Role => {
            Failure::mistake("这个账号不能看这里的名单：市、区县账号只能看自己地方的，省考办账号能看全部。")
        }
        AppointmentsError::Place => {
            Failure::mistake(format!("办理地点里没有“{district}”，或者不止一个：写成 广州市天河区 这样。"))
        }
        AppointmentsError::Day(days) => {
            let days: Vec<String> = days.iter().map(ToString::to_string).collect();
            Failure::mistake(format!("{district}不在这一天办理，办理日：{}。", days.join("、")))
        }
        AppointmentsError::Store(error) => Failure::failed(format!("读不出来：{error}。请再运行一次。")),
    }
}

fn declined(error: &ReviewError, staff: &StaffRow, case: &Case) -> Failure {
    Failure::of_act(error, refused::onsite(error, staff, case))
}
