//! Accounts of others: added, given another role, stopped, and let in again when a password or a phone is lost.

use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
    words::role as role_words,
};
use crate::{
    office::{
        Act, Role, Who,
        accounts::{self, AccountError, Change, FIRST_PASSWORD, NAME_MAX, NewAccount, first_password},
        refused, words,
    },
    store::StaffRow,
    web::{Site, WebError},
};

const PATH: &str = "/staff/accounts";
/// Where the sign-in keeps a first password until it was shown, once.
const FIRST: &str = "first";

#[derive(Serialize)]
pub(super) struct AccountsPage {
    pub(super) accounts: Vec<AccountView>,
    /// The account that is being changed.
    pub(super) open: Option<OpenView>,
    pub(super) first: Option<FirstView>,
    pub(super) roles: Vec<RoleGroup>,
    pub(super) given: Add,
    pub(super) name_max: usize,
}

#[derive(Serialize)]
pub(super) struct AccountView {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) active: bool,
    pub(super) must_change: bool,
    pub(super) has_codes: bool,
    pub(super) last: Option<String>,
    /// To change it; `None` for one's own.
    pub(super) link: Option<String>,
}

#[derive(Serialize)]
pub(super) struct OpenView {
    pub(super) name: String,
    pub(super) active: bool,
    pub(super) has_codes: bool,
    /// As a form has it.
    pub(super) role: String,
    pub(super) role_words: String,
}

/// A password that somebody else chose.
#[derive(Serialize, Deserialize)]
pub(super) struct FirstView {
    pub(super) name: String,
    pub(super) password: String,
}

#[derive(Serialize)]
pub(super) struct RoleGroup {
    pub(super) label: &'static str,
    /// As a form has it, and in words.
    pub(super) roles: Vec<(String, String)>,
}

impl View for AccountsPage {
    const TEMPLATE: &'static str = "staff/accounts.html";
    const SECTION: Section = Section::Accounts;
}

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(PATH, Act::ManageAccounts, page).post(PATH, Act::ManageAccounts, add).post(
        "/staff/accounts/change",
        Act::ManageAccounts,
        change,
    )
}

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    of: String,
    #[serde(default)]
    done: String,
}

async fn page(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let notice = match asked.done.as_str() {
        "add" => Some("账号已添加。"),
        "role" => Some("角色已更改，这个账号要重新登录。"),
        "stop" => Some("账号已停用，登录已退出。"),
        "resume" => Some("账号已恢复。"),
        "reset" => Some("密码已重设，动态码已关闭，登录已退出。"),
        "codes" => Some("动态码已关闭，登录已退出。"),
        _ => None,
    };
    let first = session.remove::<FirstView>(FIRST).await?;
    shown(&site, &signed_in, &asked.of, Add::default(), first, notice.map(Notice::done)).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    of: &str,
    given: Add,
    first: Option<FirstView>,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (store, world) = (&site.runner.store, site.runner.world.load_full());
    let (staff, last) = (store.list_staff().await?, store.last_sign_ins().await?);
    let own = &signed_in.staff.name;
    let open = staff.iter().find(|staff| staff.name == of && staff.name != *own).map(|staff| OpenView {
        name: staff.name.clone(),
        active: staff.active,
        has_codes: staff.totp.is_some(),
        role: staff.role_text(),
        role_words: told(staff),
    });
    let accounts = staff.iter().map(|staff| AccountView {
        name: staff.name.clone(),
        role: told(staff),
        active: staff.active,
        must_change: staff.must_change,
        has_codes: staff.totp.is_some(),
        last: last.get(&staff.name).map(|at| words::moment(*at, &world.zone)),
        link: (staff.name != *own).then(|| link(&staff.name, "")),
    });
    let view = AccountsPage {
        accounts: accounts.collect(),
        open,
        first,
        roles: choices(site),
        given,
        name_max: NAME_MAX,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn told(staff: &StaffRow) -> String {
    Role::of(staff).map_or_else(|| staff.role_text(), |role| role_words(&role))
}

/// Every role, with the present batch's places.
fn choices(site: &Site) -> Vec<RoleGroup> {
    let world = site.runner.world.load();
    let group = |label, roles: Vec<Role>| {
        let text = |role: &Role| {
            let (kind, scope) = role.columns();
            if scope.is_empty() { kind.to_owned() } else { format!("{kind}:{scope}") }
        };
        RoleGroup { label, roles: roles.iter().map(|role| (text(role), role_words(role))).collect() }
    };
    let cities = world.schedule.cities().into_iter().map(|city| Role::City(city.to_owned()));
    let districts = world.schedule.places.iter().map(|place| Role::District(place.key()));
    vec![
        group("全省", vec![Role::Province, Role::Announcer, Role::Admin]),
        group("市考办", cities.collect()),
        group("区县", districts.collect()),
    ]
}

fn role(site: &Site, text: &str) -> Result<Role, AccountError> {
    let role = Role::parse(text).ok_or(AccountError::NoRole)?;
    role.placed(&site.runner.world.load().schedule).map_err(|_| AccountError::NoRole)
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Add {
    pub(super) name: String,
    pub(super) role: String,
}

async fn add(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Form(given): Form<Add>,
) -> Result<Response, WebError> {
    let password = first_password(site.runner.ids.bytes::<FIRST_PASSWORD>());
    let (store, now) = (&site.runner.store, site.runner.clock.now());
    let added = match role(&site, &given.role) {
        Ok(role) => {
            let (name, password) = (given.name.as_str(), password.as_str());
            let new = NewAccount { name, role: &role, password, must_change: true };
            accounts::add(store, Who::Staff(&signed_in.staff), new, now).await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => {
            session.insert(FIRST, FirstView { name: given.name, password }).await?;
            Ok(Redirect::to(&format!("{PATH}?done=add")).into_response())
        }
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let notice = Notice::refused(refused::account(&error, now.wire));
            shown(&site, &signed_in, "", given, None, Some(notice)).await
        }
    }
}

#[derive(Deserialize)]
struct Changed {
    name: String,
    what: String,
    #[serde(default)]
    role: String,
}

async fn change(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Form(given): Form<Changed>,
) -> Result<Response, WebError> {
    let (store, now) = (&site.runner.store, site.runner.clock.now());
    let mut first = None;
    let what = match given.what.as_str() {
        "role" => role(&site, &given.role).map(Change::Role),
        "stop" => Ok(Change::Stop),
        "resume" => Ok(Change::Resume),
        "codes" => Ok(Change::Codes),
        "reset" => {
            let password = first_password(site.runner.ids.bytes::<FIRST_PASSWORD>());
            first = Some(FirstView { name: given.name.clone(), password: password.clone() });
            Ok(Change::Reset { password })
        }
        _ => return Ok(frame::unreadable(&signed_in)),
    };
    let changed = match what {
        Ok(what) => accounts::manage(store, Who::Staff(&signed_in.staff), &given.name, what, now).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => {
            if let Some(first) = first {
                session.insert(FIRST, first).await?;
            }
            Ok(Redirect::to(&link(&given.name, &given.what)).into_response())
        }
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let notice = Notice::refused(refused::account(&error, now.wire));
            shown(&site, &signed_in, &given.name, Add::default(), None, Some(notice)).await
        }
    }
}

/// The page with an account opened, after something was done to it.
fn link(name: &str, done: &str) -> String {
    let asked = [("of", name), ("done", done)];
    let asked = asked.into_iter().filter(|(_, value)| !value.is_empty());
    let asked = serde_html_form::to_string(asked.collect::<Vec<_>>()).unwrap_or_default();
    format!("{PATH}?{asked}")
}
