//! What the API's problems are called, and what to do about each.

use super::problem::Kind;

/// What is said of a kind of problem.
#[derive(Debug)]
pub(super) struct ProblemWords {
    pub(super) kind: Kind,
    /// The end of its type.
    pub(super) name: &'static str,
    pub(super) status: u16,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
}

const fn words(
    kind: Kind,
    name: &'static str,
    status: u16,
    title: &'static str,
    about: &'static str,
) -> ProblemWords {
    ProblemWords { kind, name, status, title, about }
}

/// Every kind, by status.
pub(super) const PROBLEMS: &[ProblemWords] = &[
    words(Kind::Malformed, "malformed", 400, "请求读不懂", "正文不是 JSON，或者请求没有写完整。请改好再发。"),
    words(
        Kind::NoIdempotencyKey,
        "idempotency-key-missing",
        400,
        "没有 Idempotency-Key",
        "会改变数据的请求要带 Idempotency-Key：1 到 64 个字母、数字或 - _，每件事用一个新的，重发时用同一个。",
    ),
    words(
        Kind::Unauthorized,
        "unauthorized",
        401,
        "没有有效的密钥",
        "请带上 Authorization: Bearer 和密钥。密钥可能写错了、过期了，或者已经吊销；请向管理员要一把新的。",
    ),
    words(
        Kind::Forbidden,
        "forbidden",
        403,
        "密钥不能做这件事",
        "密钥的范围或角色不包括这件事。GET /api/v1/me 可以看到它能做什么；不够的话请管理员另发一把。",
    ),
    words(
        Kind::NotFound,
        "not-found",
        404,
        "没有找到",
        "地址不对，或者它不在这把密钥能看的地方。两种情况回答一样。",
    ),
    words(
        Kind::WrongMethod,
        "method-not-allowed",
        405,
        "方法不对",
        "这个地址不支持这种方法，可用的写在 Allow 里。",
    ),
    words(
        Kind::Conflict,
        "conflict",
        409,
        "和现在的状态不符",
        "数据已经和请求里说的不一样了。请先重新读一次，再决定还要不要做。什么都没有改。",
    ),
    words(
        Kind::Refused,
        "refused",
        409,
        "不符合规则",
        "请求写得对，但内容不符合考办的规则，errors 里逐条写着。请改好再发。什么都没有改。",
    ),
    words(
        Kind::UnderWay,
        "in-progress",
        409,
        "同一个请求正在处理",
        "带着同一个 Idempotency-Key 的请求还没有做完。请等几秒，用同一个 Idempotency-Key 再发一次。",
    ),
    words(Kind::TooLarge, "too-large", 413, "正文太大", "正文超过了这个地址的上限。什么都没有改。"),
    words(
        Kind::WrongMedia,
        "unsupported-media-type",
        415,
        "正文格式不对",
        "Content-Type 不是这个地址收的格式。一般是 application/json。",
    ),
    words(
        Kind::Invalid,
        "invalid",
        422,
        "内容不对",
        "请求读得懂，但有些内容不对，errors 里逐条写着。什么都没有改。",
    ),
    words(
        Kind::KeyReused,
        "idempotency-key-reused",
        422,
        "Idempotency-Key 用过了",
        "这个 Idempotency-Key 已经用在另一个请求上。每件事要用一个新的。什么都没有改。",
    ),
    words(Kind::TooMany, "too-many-requests", 429, "请求太频繁", "请按 Retry-After 的秒数等一等再发。"),
    words(
        Kind::Unavailable,
        "unavailable",
        503,
        "暂时办不了",
        "服务正忙。请按 Retry-After 的秒数等一等，用同一个 Idempotency-Key 再发一次。",
    ),
    words(
        Kind::Broken,
        "broken",
        500,
        "服务出错",
        "这里出了错，原因记在日志里。请联系运维；重发时用同一个 Idempotency-Key。",
    ),
];
