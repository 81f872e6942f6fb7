//! Finding a candidate, and freeing a binding.

use axum::{Json as Answer, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    caller::Caller,
    extract::Json,
    problem::{Kind, Problem},
    said::{PlaceSaid, StageName, Word, Words},
};
use crate::{
    office::{
        people,
        person::{self, PersonError},
        refused,
    },
    store::PersonQuery,
    web::Site,
};

/// 要找谁
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sought {
    /// 按什么找：`exam_no` 准考证号，`document_no` 证件号码，`name` 姓名
    by: By,
    /// 完整的号码或姓名；写一部分找不到
    value: Word,
}

/// What a candidate is found by.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    ExamNo,
    DocumentNo,
    Name,
}

/// 找到的考生
#[derive(Serialize, ToSchema)]
#[schema(as = People)]
pub(super) struct PeopleSaid {
    /// 一个考生的每份申请一条，个人信息遮盖
    people: Vec<PersonSaid>,
    /// 还有更多没有列出来，请用号码找
    more: bool,
}

/// 一个考生和一份申请
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
struct PersonSaid {
    /// 姓名，遮盖
    name: String,
    /// 准考证号，遮盖
    exam_no: String,
    /// 证件号码，遮盖
    document_no: String,
    /// 申请；没有申请就是 null
    case: Option<CaseFound>,
}

/// 是哪一份申请
#[derive(Serialize, ToSchema)]
struct CaseFound {
    /// 申请编号
    number: String,
    /// 批次
    batch: String,
    /// 办理地点；还没有选就是 null
    place: Option<PlaceSaid>,
    /// 走到哪一步
    stage: StageName,
}

/// 解除绑定
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unbind {
    /// 准考证号
    exam_no: Word,
    /// 为什么，记进审计：至少 4 个字，不写号码
    reason: Words,
}

/// 解除了
#[derive(Serialize, ToSchema)]
pub(super) struct Unbound {
    /// 已经解除；申请和照片还在，考生可以从另一个微信绑定
    unbound: bool,
}

/// 恢复绑定
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unlock {
    /// 准考证号
    exam_no: Word,
    /// 为什么，记进审计：至少 4 个字，不写号码
    reason: Words,
}

/// 恢复了
#[derive(Serialize, ToSchema)]
pub(super) struct Unlocked {
    /// 已经恢复，可以再绑定
    unlocked: bool,
}

impl By {
    fn query(self, value: &str) -> PersonQuery<'_> {
        match self {
            Self::ExamNo => PersonQuery::ExamNo(value),
            Self::DocumentNo => PersonQuery::Document(value),
            Self::Name => PersonQuery::Name(value),
        }
    }
}

/// 查找考生
///
/// 用完整的号码或姓名找。号码写在正文里，不写在地址里。找过会记进审计，不记号码。
#[utoipa::path(post, path = "/api/v1/people/search", tag = "考生", operation_id = "find_people", request_body = Sought,
    responses((status = 200, description = "找到的考生，可能一个也没有", body = PeopleSaid)))]
pub(super) async fn find(
    State(site): State<Site>,
    caller: Caller,
    Json(Sought { by, value: Word(value) }): Json<Sought>,
) -> Result<Answer<PeopleSaid>, Problem> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    let found = people::search(store, caller.account(), by.query(&value), now).await?;
    let people = found.lines.into_iter().map(|person| PersonSaid {
        name: person.name,
        exam_no: person.exam_no,
        document_no: person.document_no,
        case: person.case.map(|case| CaseFound {
            number: case.number,
            batch: case.batch,
            place: case.place.as_ref().map(PlaceSaid::from),
            stage: StageName(case.stage),
        }),
    });
    Ok(Answer(PeopleSaid { people: people.collect(), more: found.more }))
}

/// 解除绑定
///
/// 考生换了微信，或者被别人绑定时用。申请和照片还在。
#[utoipa::path(post, path = "/api/v1/people/unbind", tag = "考生", operation_id = "unbind", request_body = Unbind,
    responses((status = 200, description = "已经解除", body = Unbound)))]
pub(super) async fn unbind(
    State(site): State<Site>,
    caller: Caller,
    Json(Unbind { exam_no: Word(exam_no), reason: Words(reason) }): Json<Unbind>,
) -> Result<Answer<Unbound>, Problem> {
    person::unbind(&site.runner, caller.account(), &exam_no, &reason).await.map_err(refusal)?;
    Ok(Answer(Unbound { unbound: true }))
}

/// 恢复绑定
///
/// 准考证号试错太多次就不能再绑定；核对身份以后由考办恢复。
#[utoipa::path(post, path = "/api/v1/people/unlock", tag = "考生", operation_id = "unlock", request_body = Unlock,
    responses((status = 200, description = "已经恢复", body = Unlocked)))]
pub(super) async fn unlock(
    State(site): State<Site>,
    caller: Caller,
    Json(Unlock { exam_no: Word(exam_no), reason: Words(reason) }): Json<Unlock>,
) -> Result<Answer<Unlocked>, Problem> {
    let key = site.runner.store.exam_key(&exam_no);
    person::unlock(&site.runner, caller.account(), &key, &reason).await.map_err(refusal)?;
    Ok(Answer(Unlocked { unlocked: true }))
}

fn refusal(error: PersonError) -> Problem {
    match error {
        PersonError::Role => Problem::of(Kind::Forbidden),
        PersonError::Unbound | PersonError::Unlocked => Problem::new(Kind::NotFound, refused::person(&error)),
        PersonError::Busy => Problem::new(Kind::Conflict, refused::person(&error)),
        PersonError::Reason(_) => Problem::rule("/reason", refused::person(&error)),
        PersonError::Run(error) => error.into(),
        PersonError::Store(error) => error.into(),
    }
}
