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
    },
    store::PersonQuery,
    turn::Audit,
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

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::ExamNo => "exam_no",
            Self::DocumentNo => "document_no",
            Self::Name => "name",
        }
    }

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
    let store = &site.runner.store;
    let found = people::find(store, caller.role(), by.query(&value)).await?;
    let mut keys: Vec<&str> = found.lines.iter().map(|person| person.key.as_str()).collect();
    keys.dedup();
    let audit = Audit {
        actor: caller.actor(),
        act: "find_people".to_owned(),
        subject: if let [key] = keys[..] { key.to_owned() } else { "people".to_owned() },
        detail: format!("by {}: {} found", by.name(), keys.len()),
    };
    store.append_audit(&audit, site.runner.clock.business()).await?;
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
    let done = person::unbind(&site.runner, caller.account(), &exam_no, &reason).await;
    done.map_err(|error| match error {
        PersonError::Role => Problem::of(Kind::Forbidden),
        PersonError::Unbound => Problem::new(Kind::NotFound, "没有人绑定这个准考证号。"),
        PersonError::Busy => {
            Problem::new(Kind::Conflict, "考生正在操作，请等几秒换一个 Idempotency-Key 再试。")
        }
        PersonError::Run(error) => error.into(),
        PersonError::Store(error) => error.into(),
        _ => Problem::rule("/reason", "原因 4 到 200 个字，不要写号码"),
    })?;
    Ok(Answer(Unbound { unbound: true }))
}
