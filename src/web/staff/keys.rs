//! Keys of the JSON API: who has one, for what, until when; a new one, shown once.

use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
    words,
};
use crate::{
    office::{
        Act, Role, Who,
        keys::{self, DAYS_MAX, KeyError, NewKey, SCOPES, Scope},
        words::moment,
    },
    store::ApiKeyRow,
    time::Millis,
    turn::World,
    web::{Site, WebError},
};

const PATH: &str = "/staff/keys";

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(PATH, Act::ManageAccounts, page).post(PATH, Act::ManageAccounts, add).post(
        "/staff/keys/revoke",
        Act::ManageAccounts,
        revoke,
    )
}

#[derive(Serialize)]
pub(super) struct KeysPage {
    pub(super) keys: Vec<KeyLine>,
    /// A key that has just been made.
    pub(super) made: Option<Made>,
    /// What is in the form.
    pub(super) given: Given,
    pub(super) scopes: Vec<Choice>,
    pub(super) places: Vec<String>,
    pub(super) days_max: u16,
}

impl View for KeysPage {
    const TEMPLATE: &'static str = "staff/keys.html";
    const SECTION: Section = Section::Keys;
}

/// A key as the list shows it.
#[derive(Serialize)]
pub(super) struct KeyLine {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) uses: Vec<&'static str>,
    pub(super) id: String,
    pub(super) until: String,
    pub(super) used: Option<String>,
    /// `good`, `over` or `revoked`.
    pub(super) state: &'static str,
}

/// Shown once.
#[derive(Serialize)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) secret: String,
}

/// One box of the form.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    pub(super) is_chosen: bool,
}

/// The form.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    pub(super) name: String,
    /// `city`, `district`, `province` or `admin`.
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) place: String,
    #[serde(default, rename = "scope")]
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) days: String,
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    revoked: String,
}

async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(Done { revoked }): Query<Done>,
) -> Result<Response, WebError> {
    let notice = (!revoked.is_empty()).then(|| Notice::done("密钥已吊销，用它的系统马上就不能再调用。"));
    let given = Given { kind: "city".to_owned(), days: "180".to_owned(), ..Given::default() };
    shown(&site, &signed_in, given, None, notice).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    given: Given,
    made: Option<Made>,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let rows = site.runner.store.list_api_keys().await?;
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.business());
    let scopes = SCOPES.map(|(_, name, _, words)| {
        let is_chosen = given.scopes.iter().any(|chosen| chosen == name);
        Choice { name, words, is_chosen }
    });
    let view = KeysPage {
        keys: rows.into_iter().map(|key| line(key, &world, now)).collect(),
        made,
        given,
        scopes: scopes.into(),
        places: places(&world),
        days_max: DAYS_MAX,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn line(key: ApiKeyRow, world: &World, now: Millis) -> KeyLine {
    let text = if key.scope.is_empty() { key.role.clone() } else { format!("{}:{}", key.role, key.scope) };
    let state = match key.revoked_at {
        Some(_) => "revoked",
        None if keys::is_good(&key, now) => "good",
        None => "over",
    };
    KeyLine {
        role: Role::parse(&text).map_or(text, |role| words::role(&role)),
        uses: key.uses.split(' ').filter_map(Scope::parse).map(Scope::words).collect(),
        until: moment(key.revoked_at.unwrap_or(key.expires_at), &world.zone),
        used: key.used_at.map(|at| moment(at, &world.zone)),
        name: key.name,
        id: key.id,
        state,
    }
}

/// Cities and districts that a role may name.
fn places(world: &World) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for place in &world.schedule.places {
        if !places.contains(&place.city) {
            places.push(place.city.clone());
        }
        places.push(place.key());
    }
    places
}

async fn add(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let world = site.runner.world.load_full();
    let Some(role) = role(&given, &world) else {
        let words = "没有添加：市和区县的角色要写办理地点里有的市或区县。";
        return shown(&site, &signed_in, given, None, Some(Notice::refused(words))).await;
    };
    let scopes: Vec<Scope> = given.scopes.iter().filter_map(|name| Scope::parse(name)).collect();
    let days = given.days.trim().parse().unwrap_or(0);
    let new = NewKey { name: given.name.trim(), role: &role, scopes: &scopes, days };
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    match keys::add(store, &site.runner.ids, Who::Staff(&signed_in.staff), &new, now).await {
        Ok((secret, key)) => {
            let made = Made { name: key.name, secret };
            let empty = Given { kind: given.kind, days: given.days, ..Given::default() };
            shown(&site, &signed_in, empty, Some(made), None).await
        }
        Err(KeyError::Store(error)) => Err(error.into()),
        Err(error) => shown(&site, &signed_in, given, None, Some(Notice::refused(refusal(&error)))).await,
    }
}

/// The role of a form, if its place exists.
fn role(given: &Given, world: &World) -> Option<Role> {
    let role = match given.kind.as_str() {
        kind @ ("city" | "district") => Role::parse(&format!("{kind}:{}", given.place)),
        kind => Role::parse(kind),
    };
    role?.placed(&world.schedule).ok()
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

async fn revoke(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(Named { name }): Form<Named>,
) -> Result<Response, WebError> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    match keys::revoke(store, Who::Staff(&signed_in.staff), &name, now).await {
        Ok(()) => Ok(Redirect::to("/staff/keys?revoked=1").into_response()),
        Err(KeyError::Store(error)) => Err(error.into()),
        Err(error) => {
            let notice = Some(Notice::refused(refusal(&error)));
            shown(&site, &signed_in, Given::default(), None, notice).await
        }
    }
}

fn refusal(error: &KeyError) -> String {
    match error {
        KeyError::Role => "您的账号不能管理密钥。".to_owned(),
        KeyError::Name => "没有添加：名字是 1 到 32 个字，不含空格和冒号。".to_owned(),
        KeyError::Taken => "没有添加：这个名字已经用过了（吊销的也算），换一个，例如加上年份。".to_owned(),
        KeyError::NoScope => "没有添加：请至少选一个范围。".to_owned(),
        KeyError::Scope(scope) => {
            format!("没有添加：这个角色不能“{}”，去掉这个范围，或换一个角色。", scope.words())
        }
        KeyError::Days => format!("没有添加：有效期是 1 到 {DAYS_MAX} 天。"),
        KeyError::Unknown => "没有这把密钥，或者已经吊销了。".to_owned(),
        KeyError::Store(_) => "没有保存，请稍后再试。".to_owned(),
    }
}
