//! The account's custom menus (protocol §11): two levels, lengths in bytes, and conditional ones for some followers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, number, text};
use super::{Answer, ok};
use crate::model::State;
use crate::model::menus::{DEFAULT, Rule};
use crate::options::Account;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/menu/create", Some(1_000), create),
    endpoint::get("/cgi-bin/menu/get", Some(10_000), get),
    endpoint::get("/cgi-bin/menu/delete", Some(1_000), delete),
    endpoint::get("/cgi-bin/get_current_selfmenu_info", None, current),
    // The numbers of these three are (K).
    endpoint::post("/cgi-bin/menu/addconditional", Some(2_000), add_conditional),
    endpoint::post("/cgi-bin/menu/delconditional", Some(2_000), remove_conditional),
    endpoint::post("/cgi-bin/menu/trymatch", Some(20_000), try_match),
];

/// Bytes of a name on the first and on the second level, of a key, of an address.
const NAME: usize = 16;
const SUB_NAME: usize = 60;
const KEY: usize = 128;
const URL: usize = 1024;
/// Hosts to which the addresses of a conditional menu may lead (K).
const HOSTS: usize = 3;

/// What a button of each type has to carry.
const TYPES: &[(&str, &[&str])] = &[
    ("click", &["key"]),
    ("view", &["url"]),
    ("miniprogram", &["url", "appid", "pagepath"]),
    ("scancode_push", &["key"]),
    ("scancode_waitmsg", &["key"]),
    ("pic_sysphoto", &["key"]),
    ("pic_photo_or_album", &["key"]),
    ("pic_weixin", &["key"]),
    ("location_select", &["key"]),
    ("media_id", &["media_id"]),
    ("view_limited", &["media_id"]),
    ("article_id", &["article_id"]),
    ("article_view_limited", &["article_id"]),
];

/// POST `/cgi-bin/menu/create`.
pub(crate) fn create(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let buttons = buttons(&request)?;
    let mut state = platform.state();
    check_material(&state, buttons)?;
    state.menus.default = Some(json!({ "button": buttons }));
    drop(state);
    platform.announce();
    Ok(ok())
}

/// The buttons of the first level, each with its children in order.
fn buttons(request: &Value) -> Result<&Vec<Value>, ApiError> {
    let buttons = request["button"].as_array().ok_or_else(|| ApiError::of(40016))?;
    if !(1..=3).contains(&buttons.len()) {
        return Err(ApiError::of(40016));
    }
    buttons.iter().try_for_each(|button| check(button, true))?;
    Ok(buttons)
}

/// A button that sends material needs material that is there.
fn check_material(state: &State, buttons: &[Value]) -> Result<(), ApiError> {
    buttons.iter().try_for_each(|button| {
        match (button["media_id"].as_str(), button["sub_button"].as_array()) {
            (_, Some(children)) if !children.is_empty() => check_material(state, children),
            (Some(id), _) if button["type"] == "media_id" && state.media.material(id).is_none() => {
                Err(ApiError::of(40007))
            }
            _ => Ok(()),
        }
    })
}

fn check(button: &Value, top: bool) -> Result<(), ApiError> {
    let name = text(button, "name").unwrap_or_default();
    if name.is_empty() || name.len() > if top { NAME } else { SUB_NAME } {
        return Err(ApiError::of(if top { 40018 } else { 40025 }));
    }
    let children = button["sub_button"].as_array().map_or(&[][..], Vec::as_slice);
    if children.is_empty() {
        return check_action(button, top);
    }
    if !top {
        return Err(ApiError::of(40022));
    }
    if children.len() > 5 {
        return Err(ApiError::of(40023));
    }
    children.iter().try_for_each(|child| check(child, false))
}

fn check_action(button: &Value, top: bool) -> Result<(), ApiError> {
    let kind = text(button, "type").unwrap_or_default();
    let needed = TYPES.iter().find(|(name, _)| *name == kind).map(|(_, needed)| *needed);
    let needed = needed.ok_or_else(|| ApiError::of(if top { 40017 } else { 40024 }))?;
    for field in needed {
        let value = text(button, field).unwrap_or_default();
        let (limit, code) = match *field {
            "key" => (KEY, if top { 40019 } else { 40026 }),
            "url" => (URL, if top { 40020 } else { 40027 }),
            _ => (URL, 40035),
        };
        if value.is_empty() || value.len() > limit {
            return Err(ApiError::of(code));
        }
        if *field == "url" && !(value.starts_with("http://") || value.starts_with("https://")) {
            return Err(ApiError::of(if top { 40055 } else { 40054 }));
        }
    }
    Ok(())
}

/// GET `/cgi-bin/menu/get`.
pub(crate) fn get(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let menu = state.menus.default.as_ref().ok_or_else(|| ApiError::of(46003))?;
    let mut answer = json!({ "menu": menu });
    let conditional = state.menus.listed();
    if !conditional.is_empty() {
        answer["menu"]["menuid"] = json!(DEFAULT);
        answer["conditionalmenu"] = json!(conditional);
    }
    Ok(Answer::Json(answer))
}

/// GET `/cgi-bin/menu/delete`: the conditional ones go too.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn delete(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    platform.state().menus.clear();
    platform.announce();
    Ok(ok())
}

/// POST `/cgi-bin/menu/addconditional`.
pub(crate) fn add_conditional(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    if request["button"].as_array().is_none_or(Vec::is_empty) {
        return Err(ApiError::of(65307));
    }
    let buttons = buttons(&request).map_err(|error| conditional_code(&request, error))?;
    if hosts(buttons).len() > HOSTS {
        return Err(ApiError::of(65316));
    }
    let rule = rule_of(&request["matchrule"])?;
    let mut state = platform.state();
    if state.strict.account != Account::Verified {
        return Err(ApiError::of(65306));
    }
    if state.menus.default.is_none() {
        return Err(ApiError::of(65303));
    }
    check_material(&state, buttons)?;
    if rule.tag_id.is_some_and(|tag| !state.tags.has(tag)) {
        return Err(ApiError::of(45159));
    }
    let id = state.menus.add(json!(buttons), rule);
    drop(state);
    platform.announce();
    Ok(Answer::Json(json!({ "menuid": id.to_string() })))
}

/// Where the buttons lead.
fn hosts(buttons: &[Value]) -> BTreeSet<String> {
    let host = |button: &Value| {
        let url = reqwest::Url::parse(button["url"].as_str()?).ok()?;
        url.host_str().map(str::to_owned)
    };
    let children = |button: &Value| hosts(button["sub_button"].as_array().map_or(&[][..], Vec::as_slice));
    buttons.iter().flat_map(|button| children(button).into_iter().chain(host(button))).collect()
}

/// Two mistakes have other numbers here: a button that does nothing, and an address that is none (K).
fn conditional_code(request: &Value, error: ApiError) -> ApiError {
    let does_nothing = |button: &Value| button["type"].is_null() && button["sub_button"].is_null();
    let buttons = request["button"].as_array().into_iter().flatten();
    let mut all =
        buttons.flat_map(|button| button["sub_button"].as_array().into_iter().flatten().chain([button]));
    match error.code {
        40017 | 40024 if all.any(does_nothing) => ApiError::of(65308),
        40054 | 40055 => ApiError::of(65317),
        _ => error,
    }
}

fn rule_of(rule: &Value) -> Result<Rule, ApiError> {
    // Both a number and its text are seen in the platform's examples; an empty text names nothing.
    let field = |name: &str| match &rule[name] {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        value => {
            let number = number(value).and_then(|number| u32::try_from(number).ok());
            number.map(Some).ok_or_else(|| ApiError::of(40035))
        }
    };
    let platform = match field("client_platform_type")? {
        None => None,
        Some(platform @ 1..=3) => Some(platform as u8),
        Some(_) => return Err(ApiError::of(40035)),
    };
    let rule = Rule { tag_id: field("tag_id")?, platform };
    if rule == Rule::default() { Err(ApiError::of(65304)) } else { Ok(rule) }
}

/// POST `/cgi-bin/menu/delconditional`.
pub(crate) fn remove_conditional(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    if !number(&request["menuid"]).is_some_and(|id| platform.state().menus.remove(id)) {
        return Err(ApiError::of(65301));
    }
    platform.announce();
    Ok(ok())
}

/// POST `/cgi-bin/menu/trymatch`: what a follower sees.
pub(crate) fn try_match(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let state = platform.state();
    let openid = text(&request, "user_id").filter(|openid| state.people.contains_key(*openid));
    let openid = openid.ok_or_else(|| ApiError::of(65302))?;
    state.menu_of(openid).map(Answer::Json).ok_or_else(|| ApiError::of(46003))
}

/// GET `/cgi-bin/get_current_selfmenu_info`: the same buttons in the form of the console.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn current(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let menu = platform.state().menus.default.clone();
    let Some(menu) = menu else { return Ok(Answer::Json(json!({ "is_menu_open": 0 }))) };
    let buttons: Vec<Value> = menu["button"].as_array().into_iter().flatten().map(listed).collect();
    Ok(Answer::Json(json!({ "is_menu_open": 1, "selfmenu_info": { "button": buttons } })))
}

/// This call wraps children in `{"list":[…]}`.
fn listed(button: &Value) -> Value {
    let mut button = button.clone();
    if let Some(children) = button.get("sub_button").and_then(Value::as_array).cloned() {
        button["sub_button"] = json!({ "list": children });
    }
    button
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(button: &Value) -> i64 {
        check(button, true).map_or_else(|error| error.code, |()| 0)
    }

    #[test]
    fn each_limit_has_its_code() {
        let click = |name: &str, key: &str| json!({ "type": "click", "name": name, "key": key });
        let under = |child: Value| json!({ "name": "上", "sub_button": [child] });
        for (button, expected) in [
            (click("毕业", "K"), 0),
            (click("毕业申请办", "K"), 0),
            (click("毕业申请办理", "K"), 40018),
            (click("", "K"), 40018),
            (click("毕业", &"k".repeat(129)), 40019),
            (json!({ "type": "view", "name": "看", "url": "" }), 40020),
            (json!({ "type": "view", "name": "看", "url": "b.test" }), 40055),
            (under(json!({ "type": "view", "name": "看", "url": "b.test" })), 40054),
            (json!({ "type": "view", "name": "看", "url": format!("http://{}", "a".repeat(1018)) }), 40020),
            (json!({ "type": "article_id", "name": "看", "article_id": "a" }), 0),
            (json!({ "type": "article_view_limited", "name": "看" }), 40035),
            (json!({ "type": "miniprogram", "name": "看", "url": "http://b.test", "appid": "wx" }), 40035),
            (json!({ "type": "dance", "name": "看" }), 40017),
            (under(click("毕业申请办理", "K")), 0),
            (under(click(&"长".repeat(21), "K")), 40025),
            (under(json!({ "type": "dance", "name": "看" })), 40024),
            (under(under(click("深", "K"))), 40022),
            (json!({ "name": "上", "sub_button": [1, 2, 3, 4, 5, 6] }), 40023),
        ] {
            assert_eq!(code(&button), expected, "{button}");
        }
    }
}
