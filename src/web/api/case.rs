//! An application as the API says it.

use jiff::{civil::Date, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    photos::PhotoSaid,
    said::{LevelName, Moment, PartName, PlaceSaid, ReasonCode, StageName},
};
use crate::{
    inbound::{Conclusion, Onsite},
    mask,
    office::words,
    store::CaseSummary,
    time::Millis,
    validation::document_type::Track,
    workflow::{
        candidate::Candidate,
        case::{Case, Concluded, Decided, OnsiteRecord, Round},
    },
};

/// 名单里的一份申请
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseLine {
    /// 申请编号
    #[schema(example = "12345678")]
    pub(super) number: String,
    /// 申请的版本，每次变化加一
    pub(super) version: i64,
    /// 批次
    #[schema(example = "2026-06")]
    pub(super) batch: String,
    /// 走到哪一步
    pub(super) stage: StageName,
    /// 这一步在后台的叫法
    #[schema(example = "市考办审核照片")]
    pub(super) stage_words: &'static str,
    /// 第几轮提交；0 是还没有提交过
    #[schema(minimum = 0)]
    pub(super) round: u32,
    /// 办理地点；还没有选就是 null
    pub(super) place: Option<PlaceSaid>,
    /// 考生姓名，遮盖；没有人绑定就是 null
    #[schema(example = "林**")]
    pub(super) name: Option<String>,
    /// 什么时候到这一步
    pub(super) entered_at: Moment,
    /// 等审核等得比批次承诺的久
    pub(super) late: bool,
    /// 谁正在看；没有人就是 null
    pub(super) held_by: Option<String>,
}

impl CaseLine {
    /// `promised` is when the oldest case came that waits no longer than the batch promises.
    pub(super) fn new(case: CaseSummary, zone: &TimeZone, promised: Option<Millis>) -> Self {
        let late = promised.is_some_and(|promised| case.entered_at < promised);
        let place = case.city.zip(case.district).map(|(city, district)| PlaceSaid { city, district });
        Self {
            number: case.number,
            version: case.version,
            batch: case.batch,
            stage: StageName(case.stage),
            stage_words: words::stage(case.stage),
            round: case.round,
            place,
            name: case.name,
            entered_at: Moment::new(case.entered_at, zone),
            late: late && case.stage.reviewed_at().is_some(),
            held_by: case.held_by,
        }
    }
}

/// 一份申请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Case)]
pub(super) struct CaseSaid {
    /// 申请编号
    #[schema(example = "12345678")]
    number: String,
    /// 申请的版本，每次变化加一；收回审核、记录初审时要用
    version: i64,
    /// 批次
    #[schema(example = "2026-06")]
    batch: String,
    /// 走到哪一步
    stage: StageName,
    /// 这一步在后台的叫法
    stage_words: &'static str,
    /// 等哪一级审核；不在审核就是 null
    awaits: Option<LevelName>,
    /// 第几轮；审核时要用
    #[schema(minimum = 0)]
    round: u32,
    /// 办理地点；还没有选就是 null
    place: Option<PlaceSaid>,
    /// 证件路线：true 是身份证以外的证件，要审核证件照片
    needs_documents: bool,
    /// 考生，个人信息遮盖；没有人绑定、也没有考籍资料，或密钥没有 `cases:read` 就是 null
    candidate: Option<CandidateSaid>,
    /// 每一轮提交和审核，旧的在前；密钥没有 `cases:read` 就是空的
    rounds: Vec<RoundSaid>,
    /// 什么时候提交毕业申请；还没有就是 null
    submitted_at: Option<Moment>,
    /// 现场初审的记录，旧的在前
    onsite: Vec<OnsiteSaid>,
    /// 毕业审核，旧的在前，后面的更正前面的
    concluded: Vec<ConcludedSaid>,
}

/// 考生，个人信息遮盖
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Candidate)]
pub(super) struct CandidateSaid {
    /// 姓名
    #[schema(example = "林**")]
    name: String,
    /// 准考证号
    #[schema(example = "01********78")]
    exam_no: String,
    /// 证件类型
    #[schema(example = "居民身份证")]
    document_type: &'static str,
    /// 证件号码
    #[schema(example = "440***********0037")]
    document_no: String,
    /// 专业代码
    #[schema(example = "080901")]
    major: String,
    /// 联系电话；没有就是 null
    #[schema(example = "138****8000")]
    phone: Option<String>,
}

/// 一轮提交
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Round)]
pub(super) struct RoundSaid {
    /// 第几轮
    #[schema(minimum = 1)]
    number: u32,
    /// 提交了什么
    part: PartName,
    /// 什么时候提交
    submitted_at: Moment,
    /// 属于考生后来撤回的申请
    withdrawn: bool,
    /// 提交的照片，和自动检查的结果；照片删了就没有
    photos: Vec<PhotoSaid>,
    /// 各级的决定，市考办在前
    decisions: Vec<DecisionSaid>,
}

/// 一级的决定
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub(super) struct DecisionSaid {
    /// 哪一级
    level: LevelName,
    /// 谁
    staff: String,
    /// 什么时候
    at: Moment,
    /// 通过
    approved: bool,
    /// 不通过的部分；通过就是 null
    part: Option<PartName>,
    /// 不通过的原因
    reasons: Vec<ReasonCode>,
    /// 考生看到的意见；通过就是 null
    opinion: Option<String>,
    /// 还没有通知考生时，用申请的这个版本可以收回
    version: i64,
    /// 到这时候为止可以收回
    revocable_until: Moment,
}

/// 一次现场初审的记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnsiteRecord)]
pub(super) struct OnsiteSaid {
    /// 哪一天的
    #[schema(format = Date, value_type = String, example = "2026-06-15")]
    day: Date,
    /// passed 通过，papers 需补材料，absent 未到
    #[schema(example = "passed")]
    outcome: &'static str,
    /// 还差什么；不是需补材料就是 null
    missing: Option<String>,
    /// 谁记的
    staff: String,
    /// 什么时候记的
    at: Moment,
}

/// 毕业审核
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conclusion)]
pub(super) struct ConcludedSaid {
    /// 通过
    passed: bool,
    /// 考生看到的意见；通过就是 null
    opinion: Option<String>,
    /// 谁
    staff: String,
    /// 什么时候
    at: Moment,
}

impl CaseSaid {
    pub(super) fn new(case: &Case, candidate: Option<&Candidate>, zone: &TimeZone) -> Self {
        Self {
            number: case.number.clone(),
            version: case.version,
            batch: case.batch.clone(),
            stage: StageName(case.stage),
            stage_words: words::stage(case.stage),
            awaits: case.stage.reviewed_at().map(LevelName),
            round: case.round,
            place: case.place.as_ref().map(PlaceSaid::from),
            needs_documents: case.track == Track::NonId,
            candidate: candidate.map(|candidate| CandidateSaid::new(case, candidate)),
            rounds: case.rounds.iter().map(|round| RoundSaid::new(round, zone)).collect(),
            submitted_at: case.submitted_at.map(|at| Moment::new(at, zone)),
            onsite: case.onsite.iter().map(|record| OnsiteSaid::new(record, zone)).collect(),
            concluded: case.concluded.iter().map(|concluded| ConcludedSaid::new(concluded, zone)).collect(),
        }
    }

    /// For whoever may do something to a case and not read it: where it stands now.
    pub(super) fn without_history(self) -> Self {
        Self { candidate: None, rounds: Vec::new(), concluded: Vec::new(), ..self }
    }
}

impl CandidateSaid {
    pub(super) fn new(case: &Case, candidate: &Candidate) -> Self {
        let phone = case.phone.as_ref().or(candidate.phone.as_ref());
        Self {
            name: mask::name(&candidate.name),
            exam_no: mask::exam_no(&candidate.exam_no),
            document_type: candidate.document_type.label(),
            document_no: mask::document_in_notice(candidate.document_type, &candidate.document_no),
            major: candidate.major.code.clone(),
            phone: phone.map(|phone| mask::phone(phone)),
        }
    }
}

impl RoundSaid {
    fn new(round: &Round, zone: &TimeZone) -> Self {
        Self {
            number: round.number,
            part: PartName(round.part),
            submitted_at: Moment::new(round.submitted_at, zone),
            withdrawn: round.withdrawn,
            photos: round.photos.iter().map(|(slot, photo)| PhotoSaid::new(*slot, photo)).collect(),
            decisions: round.decisions.iter().map(|decided| DecisionSaid::new(decided, zone)).collect(),
        }
    }
}

impl DecisionSaid {
    fn new(decided: &Decided, zone: &TimeZone) -> Self {
        let rejected = decided.rejected.as_ref();
        let reasons = rejected.map(|rejected| rejected.reasons.iter().copied().map(ReasonCode).collect());
        Self {
            level: LevelName(decided.level),
            staff: decided.staff.clone(),
            at: Moment::new(decided.at, zone),
            approved: rejected.is_none(),
            part: rejected.map(|rejected| PartName(rejected.part)),
            reasons: reasons.unwrap_or_default(),
            opinion: rejected.map(|rejected| rejected.opinion.clone()),
            version: decided.revocable.case,
            revocable_until: Moment::new(decided.revocable.until, zone),
        }
    }
}

impl OnsiteSaid {
    fn new(record: &OnsiteRecord, zone: &TimeZone) -> Self {
        let missing = match &record.outcome {
            Onsite::Papers(missing) => Some(missing.clone()),
            Onsite::Passed | Onsite::Absent => None,
        };
        let (outcome, at) = (record.outcome.name(), Moment::new(record.at, zone));
        Self { day: record.day, outcome, missing, staff: record.staff.clone(), at }
    }
}

impl ConcludedSaid {
    fn new(concluded: &Concluded, zone: &TimeZone) -> Self {
        let opinion = match &concluded.conclusion {
            Conclusion::Passed => None,
            Conclusion::Failed(opinion) => Some(opinion.clone()),
        };
        let at = Moment::new(concluded.at, zone);
        Self { passed: opinion.is_none(), opinion, staff: concluded.staff.clone(), at }
    }
}
