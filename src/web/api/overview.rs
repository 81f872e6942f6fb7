//! The figures of the present batch.

use axum::{Json, extract::State};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    caller::Caller,
    problem::Problem,
    said::{Moment, PlaceSaid, StageName},
};
use crate::{
    inbound::Reason,
    office::{
        deliveries::reasons,
        overview::{Load, Overview},
        words,
    },
    store::Ended,
    turn::World,
    web::Site,
};

/// 进度数字
#[derive(Serialize, ToSchema)]
#[schema(as = Overview)]
pub(super) struct OverviewSaid {
    /// 什么时候的数字，最多几秒以前
    at: Moment,
    /// 批次
    batch: String,
    /// 今天每个小时提交了多少份，从 0 点起 24 个数
    handed_in_today: Vec<i64>,
    /// 批次承诺几个工作日内审核完；没有承诺就是 null
    #[schema(minimum = 0)]
    promise_working_days: Option<u8>,
    /// 等审核的，按步骤
    waiting: Vec<WaitingSaid>,
    /// 走到各个阶段的有多少份
    phases: Vec<PhaseSaid>,
    /// 现在还有效的不通过，按原因，多的在前
    rejections: Vec<Counted>,
    /// 各办理地点要接待的人
    places: Vec<LoadSaid>,
    /// 一个星期以来没有送到的通知，按原因
    undelivered: Vec<EndedSaid>,
}

/// 在一个步骤等审核的
#[derive(Serialize, ToSchema)]
#[schema(as = Waiting)]
struct WaitingSaid {
    /// 步骤
    stage: StageName,
    /// 步骤在后台的叫法
    #[schema(example = "市考办审核照片")]
    stage_words: &'static str,
    /// 等得最久的从什么时候等起
    oldest: Moment,
    /// 等了不到一天、一到两天、两到三天、三天以上的各有多少
    counts: Vec<i64>,
    /// 等得比承诺的久的有多少；没有承诺就是 null
    late: Option<i64>,
}

/// 一个阶段
#[derive(Serialize, ToSchema)]
#[schema(as = Phase)]
struct PhaseSaid {
    /// 阶段
    #[schema(example = "review")]
    name: &'static str,
    /// 阶段在后台的叫法
    words: &'static str,
    /// 多少份
    count: i64,
}

/// 不通过的一种原因
#[derive(Serialize, ToSchema)]
struct Counted {
    /// 代码
    #[schema(example = "P05")]
    reason: String,
    /// 考生看到的说法
    words: &'static str,
    /// 多少
    count: i64,
}

/// 没有送到的一种原因
#[derive(Serialize, ToSchema)]
#[schema(as = Ended)]
struct EndedSaid {
    /// `given_up` 已放弃，`in_doubt` 不知道送到没有
    #[schema(example = "given_up")]
    state: &'static str,
    /// 代码
    #[schema(example = "errcode 43101")]
    reason: String,
    /// 后台的说法
    words: String,
    /// 多少
    count: i64,
}

/// 一个办理地点
#[derive(Serialize, ToSchema)]
#[schema(as = Load)]
struct LoadSaid {
    /// 哪里
    place: PlaceSaid,
    /// 现场初审的日子
    #[schema(format = Date, value_type = Vec<String>)]
    days: Vec<Date>,
    /// 已经提交毕业申请的人数
    submitted: i64,
    /// 平均每天多少人
    each_day: i64,
}

/// 看进度数字
///
/// 当前批次里密钥能看的地方的数字，和后台“总览”一样。
#[utoipa::path(get, path = "/api/v1/overview", tag = "总览", operation_id = "overview",
    responses((status = 200, description = "数字", body = OverviewSaid)))]
pub(super) async fn overview(
    State(site): State<Site>,
    caller: Caller,
) -> Result<Json<OverviewSaid>, Problem> {
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.now());
    let figures = site.overviews.of(&site.runner.store, caller.role(), &world, now).await?;
    Ok(Json(OverviewSaid::new(&figures, &world)))
}

impl OverviewSaid {
    fn new(figures: &Overview, world: &World) -> Self {
        let zone = &world.zone;
        let waiting = figures.waiting.iter().map(|waiting| WaitingSaid {
            stage: StageName(waiting.stage),
            stage_words: words::stage(waiting.stage),
            oldest: Moment::new(waiting.oldest, zone),
            counts: waiting.counts.clone(),
            late: waiting.late,
        });
        let phases = figures.funnel.iter().map(|(phase, count)| PhaseSaid {
            name: phase.name(),
            words: words::phase(*phase),
            count: *count,
        });
        Self {
            at: Moment::new(figures.at, zone),
            batch: world.batch.id.clone(),
            handed_in_today: figures.handed_in.to_vec(),
            promise_working_days: world.batch.review_promise_working_days,
            waiting: waiting.collect(),
            phases: phases.collect(),
            rejections: figures.rejections.iter().map(Counted::new).collect(),
            places: figures.load.iter().map(LoadSaid::new).collect(),
            undelivered: figures.ended_badly.iter().map(EndedSaid::new).collect(),
        }
    }
}

impl Counted {
    fn new((code, count): &(String, i64)) -> Self {
        // A newer program may know more.
        let words = Reason::parse(code).map_or("其他原因", Reason::wording);
        Self { reason: code.clone(), words, count: *count }
    }
}

impl EndedSaid {
    fn new(ended: &Ended) -> Self {
        let Ended { state, reason, count } = ended;
        Self { state: state.name(), reason: reason.clone(), words: reasons::why(reason), count: *count }
    }
}

impl LoadSaid {
    fn new(load: &Load) -> Self {
        Self {
            place: PlaceSaid::from(&load.place),
            days: load.days.clone(),
            submitted: load.submitted,
            each_day: load.each_day(),
        }
    }
}
