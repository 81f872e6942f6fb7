//! The figures of the present batch.

use axum::{Json, extract::State};
use jiff::{civil::Date, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    caller::Caller,
    problem::Problem,
    said::{Moment, PlaceSaid, StageName},
};
use crate::{
    office::overview::{Load, Overview},
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
    /// 等审核的，按步骤
    waiting: Vec<WaitingSaid>,
    /// 走到各个阶段的有多少份
    phases: Vec<PhaseSaid>,
    /// 现在还有效的不通过，按原因，多的在前
    rejections: Vec<Counted>,
    /// 各办理地点要接待的人
    places: Vec<LoadSaid>,
    /// 一个星期以来没有送到的推送，按原因
    undelivered: Vec<Counted>,
}

/// 在一个步骤等审核的
#[derive(Serialize, ToSchema)]
#[schema(as = Waiting)]
struct WaitingSaid {
    /// 步骤
    stage: StageName,
    /// 等得最久的从什么时候等起
    oldest: Moment,
    /// 等了不到一天、一到两天、两到三天、三天以上的各有多少
    counts: Vec<i64>,
}

/// 一个阶段
#[derive(Serialize, ToSchema)]
#[schema(as = Phase)]
struct PhaseSaid {
    /// 阶段
    #[schema(example = "review")]
    name: &'static str,
    /// 多少份
    count: i64,
}

/// 一种原因
#[derive(Serialize, ToSchema)]
struct Counted {
    /// 代码
    #[schema(example = "P05")]
    reason: String,
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
    Ok(Json(OverviewSaid::new(&figures, world.batch.id.clone(), &world.zone)))
}

impl OverviewSaid {
    fn new(figures: &Overview, batch: String, zone: &TimeZone) -> Self {
        let counted = |reason: &String, count: i64| Counted { reason: reason.clone(), count };
        let waiting = figures.waiting.iter().map(|waiting| WaitingSaid {
            stage: StageName(waiting.stage),
            oldest: Moment::new(waiting.oldest, zone),
            counts: waiting.counts.clone(),
        });
        let phases =
            figures.funnel.iter().map(|(phase, count)| PhaseSaid { name: phase.name(), count: *count });
        Self {
            at: Moment::new(figures.at, zone),
            batch,
            handed_in_today: figures.handed_in.to_vec(),
            waiting: waiting.collect(),
            phases: phases.collect(),
            rejections: figures.rejections.iter().map(|(reason, count)| counted(reason, *count)).collect(),
            places: figures.load.iter().map(LoadSaid::new).collect(),
            undelivered: figures
                .ended_badly
                .iter()
                .map(|ended| counted(&ended.reason, ended.count))
                .collect(),
        }
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
