//! What stands around every page: who is signed in, where one can go, and what has just been done.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    Extension,
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

use super::{
    gate::{DENIED, SignedIn},
    words,
};
use crate::{
    office::Act,
    web::{WebError, api::ReaderPage, error::Reference, pages::STAFF_TEMPLATES},
};

/// A page of the console: its template and what is filled in.
pub(super) trait View: Serialize {
    /// `staff/queue.html`.
    const TEMPLATE: &'static str;
    /// Where it stands in the bar.
    const SECTION: Section = Section::None;
}

/// Entries of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    None,
    Keys,
    Overview,
    Review,
    Onsite,
    Inquiries,
    Deliveries,
    Broadcasts,
    People,
    Data,
    Retention,
    Accounts,
    Audit,
    Account,
}

/// Every entry: section, words, address, key after `g`, and what one must be allowed to.
const BAR: [(Section, &str, &str, &str, Act); 13] = [
    (Section::Overview, "总览", "/staff", "o", Act::SeeOverview),
    (Section::Review, "审核", "/staff/queue", "q", Act::SeeCases),
    (Section::Onsite, "现场", "/staff/onsite", "d", Act::RecordOnsite),
    (Section::Inquiries, "留言", "/staff/inquiries", "m", Act::AnswerInquiries),
    (Section::Deliveries, "通知", "/staff/deliveries", "f", Act::Retry),
    (Section::Broadcasts, "公告", "/staff/broadcasts", "b", Act::Announce),
    (Section::People, "考生", "/staff/people", "p", Act::FindPeople),
    (Section::Data, "批次与导入", "/staff/data", "i", Act::Import),
    (Section::Retention, "保留期限", "/staff/retention", "r", Act::SeeRetention),
    (Section::Accounts, "账号", "/staff/accounts", "u", Act::ManageAccounts),
    (Section::Keys, "接口密钥", "/staff/keys", "k", Act::ManageAccounts),
    (Section::Audit, "审计", "/staff/audit", "l", Act::SeeAudit),
    (Section::Account, "我的账号", "/staff/account", "a", Act::OwnAccount),
];

/// Around a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Frame {
    /// Nobody before the sign-in.
    staff: Option<Staff>,
    /// What this account may go to.
    bar: Vec<Entry>,
    /// Every form carries it.
    token: String,
    /// What has just been done, or was refused.
    notice: Option<Notice>,
}

#[derive(Debug, Clone, Serialize)]
struct Staff {
    name: String,
    role: String,
}

#[derive(Debug, Clone, Serialize)]
struct Entry {
    words: &'static str,
    path: &'static str,
    key: &'static str,
    is_here: bool,
}

/// Said above a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Notice {
    words: String,
    /// Nothing was done.
    is_refusal: bool,
}

impl Notice {
    /// Something was done.
    pub(super) fn done(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_refusal: false }
    }

    /// Something was not done: why, and what to do.
    pub(super) fn refused(words: impl Into<String>) -> Self {
        Self { words: words.into(), is_refusal: true }
    }
}

#[derive(Serialize)]
struct Framed<'v, V> {
    frame: Frame,
    #[serde(flatten)]
    view: &'v V,
}

/// Marks an answer as a page of the console.
#[derive(Clone)]
struct OwnPage;

/// Work allowed to one rendering: a list of a hundred lines needs a tenth of it.
const FUEL: u64 = 1_000_000;

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut set = Environment::new();
    set.set_undefined_behavior(UndefinedBehavior::Strict);
    set.set_fuel(Some(FUEL));
    for (name, text) in STAFF_TEMPLATES {
        set.add_template(name, text).expect("a test parses every template");
    }
    set
});

/// A page for whoever is signed in.
pub(super) fn show<V: View>(signed_in: &SignedIn, view: &V, notice: Option<Notice>) -> Response {
    let status = match &notice {
        Some(notice) if notice.is_refusal => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    answer(Some(signed_in), view, notice, status)
}

/// A page for anybody.
pub(super) fn show_nobody<V: View>(view: &V, notice: Option<Notice>, status: StatusCode) -> Response {
    answer(None, view, notice, status)
}

fn answer<V: View>(
    signed_in: Option<&SignedIn>,
    view: &V,
    notice: Option<Notice>,
    status: StatusCode,
) -> Response {
    match render(frame(signed_in, V::SECTION, notice), view) {
        Ok(html) => (status, Extension(OwnPage), Html(html)).into_response(),
        Err(error) => WebError::Page(error).into_response(),
    }
}

fn frame(signed_in: Option<&SignedIn>, section: Section, notice: Option<Notice>) -> Frame {
    let Some(signed_in) = signed_in else {
        return Frame { staff: None, bar: Vec::new(), token: String::new(), notice };
    };
    let may = |act| signed_in.role.may(act) && (!signed_in.staff.must_change || act == Act::OwnAccount);
    let bar = BAR.into_iter().filter(|(.., act)| may(*act)).map(|(own, words, path, key, _)| Entry {
        words,
        path,
        key,
        is_here: own == section,
    });
    Frame {
        staff: Some(Staff { name: signed_in.staff.name.clone(), role: words::role(&signed_in.role) }),
        bar: bar.collect(),
        token: signed_in.token.clone(),
        notice,
    }
}

/// The API's description, which needs no sign-in and is the same for all.
pub(in crate::web) fn reader(page: &ReaderPage) -> Result<String, WebError> {
    render(frame(None, Section::None, None), page).map_err(WebError::Page)
}

impl View for ReaderPage {
    const TEMPLATE: &'static str = "staff/reader.html";
}

/// A page's HTML.
pub(super) fn render<V: View>(frame: Frame, view: &V) -> Result<String, minijinja::Error> {
    TEMPLATES.get_template(V::TEMPLATE)?.render(Serde(Framed { frame, view }))
}

/// Words where a page would be.
#[derive(Serialize)]
struct Said {
    title: &'static str,
    words: Cow<'static, str>,
}

impl View for Said {
    const TEMPLATE: &'static str = "staff/said.html";
}

/// The role may not.
pub(super) fn denied(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有权限",
        words: "您的账号不能打开这一页。需要的话，请联系管理员调整角色。".into(),
    };
    answer(Some(signed_in), &view, None, DENIED)
}

/// There is no such page, or not for this account: the same words for both.
pub(super) fn missing(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有这一页", words: "地址不对，或者它不在您的账号能看的范围里。".into()
    };
    answer(Some(signed_in), &view, None, StatusCode::NOT_FOUND)
}

/// A form that no page of this sign-in sent.
pub(super) fn foreign(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有提交",
        words: "这个表单不是从当前页面提交的，可能是页面打开太久。请返回刷新页面，再做一次。".into(),
    };
    answer(Some(signed_in), &view, None, StatusCode::FORBIDDEN)
}

/// A form that cannot be read.
pub(super) fn unreadable(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有提交", words: "表单没有填完整。请返回上一页，补全后再提交。".into()
    };
    answer(Some(signed_in), &view, None, StatusCode::UNPROCESSABLE_ENTITY)
}

/// An address that leads nowhere, whoever asks.
pub(super) fn nowhere() -> Response {
    answer(None, &Said::of(StatusCode::NOT_FOUND, None), None, StatusCode::NOT_FOUND)
}

/// An answer as the console gives it: a refusal that came from below (a query that cannot be read, a form that is too
/// long, an error) keeps its status and headers and is said in a page of the console.
pub(super) fn dressed(response: Response) -> Response {
    let (status, told) = (response.status(), response.extensions());
    if status.as_u16() < 400 || told.get::<OwnPage>().is_some() {
        return response;
    }
    let view = Said::of(status, told.get::<Reference>());
    let mut page = answer(told.get::<SignedIn>(), &view, None, status);
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

impl Said {
    /// What a status means for whoever sees it, and what to do.
    fn of(status: StatusCode, reference: Option<&Reference>) -> Self {
        let (title, words) = match status {
            StatusCode::FORBIDDEN => {
                ("没有提交", "这个表单不是从后台页面提交的。请打开后台，在页面上再做一次。")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("没有提交", "写的内容太长。请返回上一页，改短以后再提交。"),
            StatusCode::SERVICE_UNAVAILABLE => (
                "请稍等一会儿",
                "系统现在忙不过来。请一分钟后再试；刚才提交了东西的，先看看有没有办成，再决定要不要重做。",
            ),
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("没有提交", "表单没有填完整。请返回上一页，补全后再提交。")
            }
            status if status.is_server_error() => {
                ("这一页打不开", "系统出了问题，已经记在日志里。请把参考号告诉管理员。")
            }
            StatusCode::NOT_FOUND => ("没有这一页", "地址不对，或者它不在您的账号能看的范围里。"),
            _ => ("打不开", "地址写得不完整或不对。请回到首页，从栏目里重新打开。"),
        };
        let reference = reference.map(|Reference(code)| format!("参考号 {code}"));
        let words = reference.map_or_else(|| words.into(), |code| format!("{words}{code}").into());
        Self { title, words }
    }
}

#[cfg(test)]
impl Frame {
    /// With everything that a frame can have.
    pub(super) fn sample() -> Self {
        let staff = Staff { name: "<样例>".to_owned(), role: "市考办 广州市".to_owned() };
        let bar = BAR.into_iter().map(|(_, words, path, key, _)| Entry { words, path, key, is_here: false });
        Self {
            staff: Some(staff),
            bar: bar.collect(),
            token: "AAECAwQFBgcICQoLDA0ODw".to_owned(),
            notice: Some(Notice::refused("名字不对。")),
        }
    }
}
