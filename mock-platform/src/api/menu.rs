//! The account's custom menu (protocol §11): two levels, lengths in bytes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/menu/create", Some(1_000), create),
    endpoint::get("/cgi-bin/menu/get", Some(10_000), get),
    endpoint::get("/cgi-bin/menu/delete", Some(1_000), delete),
    endpoint::get("/cgi-bin/get_current_selfmenu_info", None, current),
];

/// Bytes of a name on the first and on the second level, of a key, of an address.
const NAME: usize = 16;
const SUB_NAME: usize = 60;
const KEY: usize = 128;
const URL: usize = 1024;

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
    let buttons = request["button"].as_array().map_or(&[][..], Vec::as_slice);
    if !(1..=3).contains(&buttons.len()) {
        return Err(ApiError::of(40016));
    }
    for button in buttons {
        check(button, true)?;
    }
    platform.state().menu = Some(json!({ "button": buttons }));
    platform.announce();
    Ok(ok())
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
    }
    Ok(())
}

/// GET `/cgi-bin/menu/get`.
pub(crate) fn get(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let menu = platform.state().menu.clone().ok_or_else(|| ApiError::of(46003))?;
    Ok(Answer::Json(json!({ "menu": menu })))
}

/// GET `/cgi-bin/menu/delete`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn delete(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    platform.state().menu = None;
    platform.announce();
    Ok(ok())
}

/// GET `/cgi-bin/get_current_selfmenu_info`: the same buttons in the form of the console.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn current(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let menu = platform.state().menu.clone();
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
