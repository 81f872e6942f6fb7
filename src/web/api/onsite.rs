//! The check on site, and the province's last word.

use axum::{
    Json as Answer,
    extract::{Path, State},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    case::{CandidateSaid, CaseSaid},
    decide::{find, shown},
    extract::{Json, Query},
    problem::{Kind, Problem},
    said::{PlaceSaid, StageName, Word, Words, whole},
};
use crate::{
    inbound::{Conclusion, Onsite},
    office::{
        Act, ReviewError,
        onsite::{self, Appointment, AppointmentsError},
        refused,
    },
    web::Site,
    workflow::case::{self, Case},
};

/// Which list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 办理地点，写成 天河区 或 广州市天河区
    #[param(inline, example = "天河区")]
    district: Word,
    /// 哪一天；不写就是今天，或下一个办理日
    #[param(format = Date, value_type = String, required = false)]
    day: Option<Date>,
}

/// 一个办理地点一天的名单
#[derive(Serialize, ToSchema)]
#[schema(as = Appointments)]
pub(super) struct AppointmentsSaid {
    /// 哪里
    place: PlaceSaid,
    /// 哪一天
    #[schema(format = Date, value_type = String)]
    day: Date,
    /// 考生，按准考证号
    people: Vec<AppointmentSaid>,
}

/// 名单上的一个人
#[derive(Serialize, ToSchema)]
#[schema(as = Appointment)]
struct AppointmentSaid {
    /// 申请编号
    number: String,
    /// 申请的版本，记录时要用
    version: i64,
    /// 走到哪一步
    stage: StageName,
    /// 考生，个人信息遮盖；没有人绑定就是 null
    candidate: Option<CandidateSaid>,
    /// 要带什么；没有人绑定就是 null
    bring: Option<BringSaid>,
}

/// 要带什么
#[derive(Serialize, ToSchema)]
#[schema(as = Bring)]
struct BringSaid {
    /// 证件，原件和复印件
    document: &'static str,
    /// 毕业生登记表几份
    forms: u8,
    /// 要带前置学历证书，原件和复印件
    prior_credential: bool,
}

/// 看现场名单
///
/// 一个办理地点某一天要来的考生，和那一天有记录的。看过会记进审计。
#[utoipa::path(get, path = "/api/v1/appointments", tag = "现场", operation_id = "appointments", params(Asked),
    responses((status = 200, description = "名单", body = AppointmentsSaid)))]
pub(super) async fn appointments(
    State(site): State<Site>,
    caller: Caller,
    Query(Asked { district: Word(district), day }): Query<Asked>,
) -> Result<Answer<AppointmentsSaid>, Problem> {
    let list = onsite::appointments(&site.runner, caller.account(), &district, day).await;
    let list = list.map_err(|error| match error {
        // A place of another office's and one that is none are answered alike.
        AppointmentsError::Role | AppointmentsError::Place => Problem::of(Kind::NotFound),
        AppointmentsError::Day(days) => {
            let days: Vec<String> = days.iter().map(ToString::to_string).collect();
            Problem::new(Kind::NotFound, format!("这里不在这一天办理，办理日：{}。", days.join("、")))
        }
        AppointmentsError::Store(error) => error.into(),
    })?;
    let place = case::Place { city: list.place.city, district: list.place.district };
    let people = list.people.iter().map(AppointmentSaid::new).collect();
    Ok(Answer(AppointmentsSaid { place: PlaceSaid::from(&place), day: list.day, people }))
}

impl AppointmentSaid {
    fn new(one: &Appointment) -> Self {
        let candidate = one.candidate.as_deref().map(|candidate| CandidateSaid::new(&one.case, candidate));
        let bring = one.bring.map(|bring| BringSaid {
            document: bring.document,
            forms: bring.forms,
            prior_credential: bring.prior_credential,
        });
        let stage = StageName(one.case.stage);
        Self { number: one.case.number.clone(), version: one.case.version, stage, candidate, bring }
    }
}

/// 现场初审的记录
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// 看的是申请的哪个版本；已经不是，就不记
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    version: i64,
    /// passed 通过，papers 需补材料，absent 未到
    outcome: Outcome,
    /// 需补材料时还差什么，4 到 500 个字，原样发给考生
    missing: Option<Words>,
}

/// How it went.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Passed,
    Papers,
    Absent,
}

/// 毕业审核
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Conclude {
    /// 看的是申请的哪个版本；已经不是，就不做
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    version: i64,
    /// 通过
    passed: bool,
    /// 不通过时的意见，4 到 500 个字，原样发给考生
    opinion: Option<Words>,
}

/// 记录现场初审
///
/// 考生会收到通知。省考办审核以前，再记一次就是更正。
#[utoipa::path(post, path = "/api/v1/cases/{number}/onsite", tag = "现场", operation_id = "record_onsite",
    params(("number" = String, Path, description = "申请编号", example = "12345678")), request_body = Record,
    responses((status = 200, description = "记录以后的申请", body = CaseSaid)))]
pub(super) async fn record(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Json(asked): Json<Record>,
) -> Result<Answer<CaseSaid>, Problem> {
    let case = find(&site, &caller, &number, Act::RecordOnsite).await?;
    let outcome = match (asked.outcome, asked.missing) {
        (Outcome::Passed, None) => Onsite::Passed,
        (Outcome::Absent, None) => Onsite::Absent,
        (Outcome::Papers, Some(Words(missing))) => Onsite::Papers(missing),
        (Outcome::Papers, None) => return Err(Problem::rule("/missing", "需补材料时要写还差什么")),
        (Outcome::Passed | Outcome::Absent, Some(_)) => {
            return Err(Problem::rule("/missing", "只有需补材料时才写"));
        }
    };
    let done = onsite::record(&site.runner, caller.account(), &case.id, asked.version, outcome).await;
    let now = done.map_err(|error| refusal(&caller, &case, error, "/missing"))?;
    shown(&site, &caller, &now).await
}

/// 毕业审核
///
/// 现场初审通过以后，省考办的最后决定。考生会收到通知；再做一次就是更正。
#[utoipa::path(post, path = "/api/v1/cases/{number}/conclusion", tag = "现场", operation_id = "conclude",
    params(("number" = String, Path, description = "申请编号", example = "12345678")), request_body = Conclude,
    responses((status = 200, description = "审核以后的申请", body = CaseSaid)))]
pub(super) async fn conclude(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Json(asked): Json<Conclude>,
) -> Result<Answer<CaseSaid>, Problem> {
    let case = find(&site, &caller, &number, Act::Conclude).await?;
    let conclusion = match (asked.passed, asked.opinion) {
        (true, None) => Conclusion::Passed,
        (false, Some(Words(opinion))) => Conclusion::Failed(opinion),
        (false, None) => return Err(Problem::rule("/opinion", "不通过时要写意见")),
        (true, Some(_)) => return Err(Problem::rule("/opinion", "通过时不写意见")),
    };
    let done = onsite::conclude(&site.runner, caller.account(), &case.id, asked.version, conclusion).await;
    let now = done.map_err(|error| refusal(&caller, &case, error, "/opinion"))?;
    shown(&site, &caller, &now).await
}

/// `text` is where the words for the candidate stand.
fn refusal(caller: &Caller, case: &Case, error: ReviewError, text: &str) -> Problem {
    let words = refused::onsite(&error, caller.account(), case);
    match (&error, words) {
        (ReviewError::Refused("opinion_missing" | "opinion_too_long"), Some(words)) => {
            Problem::rule(text, words)
        }
        (_, words) => Problem::of_review(error, words),
    }
}
