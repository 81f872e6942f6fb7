//! What stands around every page: who is signed in, where one can go, and what has just been done.

use std::sync::LazyLock;

use axum::{
    http::StatusCode,
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
    web::{WebError, api::ReaderPage, pages::STAFF_TEMPLATES},
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
    People,
    Data,
    Retention,
    Accounts,
    Audit,
    Account,
}

/// Every entry: section, words, address, key after `g`, and what one must be allowed to.
const BAR: [(Section, &str, &str, &str, Act); 12] = [
    (Section::Overview, "总览", "/staff", "o", Act::SeeOverview),
    (Section::Review, "审核", "/staff/queue", "q", Act::SeeCases),
    (Section::Onsite, "现场", "/staff/onsite", "d", Act::RecordOnsite),
    (Section::Inquiries, "留言", "/staff/inquiries", "m", Act::AnswerInquiries),
    (Section::Deliveries, "投递", "/staff/deliveries", "f", Act::Retry),
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
        Ok(html) => (status, Html(html)).into_response(),
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
    words: &'static str,
}

impl View for Said {
    const TEMPLATE: &'static str = "staff/said.html";
}

/// The role may not.
pub(super) fn denied(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有权限", words: "您的账号不能打开这一页。需要的话，请联系管理员调整角色。"
    };
    answer(Some(signed_in), &view, None, DENIED)
}

/// There is no such page, or not for this account: the same words for both.
pub(super) fn missing(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有这一页", words: "地址不对，或者它不在您的账号能看的范围里。"
    };
    answer(Some(signed_in), &view, None, StatusCode::NOT_FOUND)
}

/// A form that no page of this sign-in sent.
pub(super) fn foreign(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有提交",
        words: "这个表单不是从当前页面提交的，可能是页面打开太久。请返回刷新页面，再做一次。",
    };
    answer(Some(signed_in), &view, None, StatusCode::FORBIDDEN)
}

/// A form that cannot be read.
pub(super) fn unreadable(signed_in: &SignedIn) -> Response {
    let view = Said {
        title: "没有提交", words: "表单没有填完整。请返回上一页，补全后再提交。"
    };
    answer(Some(signed_in), &view, None, StatusCode::UNPROCESSABLE_ENTITY)
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
