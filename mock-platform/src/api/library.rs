//! The account's templates for template messages, and the library that they come from (protocol §7).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, number, text};
use super::template::find;
use super::{Answer, fields, ok};
use crate::draw;
use crate::model::library::{self, Industry};
use crate::options::Template;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/template/api_set_industry", None, set_industry),
    endpoint::get("/cgi-bin/template/get_industry", None, industry),
    endpoint::post("/cgi-bin/template/api_add_template", None, add),
    endpoint::get("/cgi-bin/template/get_all_private_template", None, all),
    endpoint::post("/cgi-bin/template/del_private_template", None, remove),
];

/// Templates of an account, and the length of an id.
pub(crate) const MAX_TEMPLATES: usize = 25;
pub(crate) const ID_LENGTH: usize = 43;

/// POST `/cgi-bin/template/api_set_industry`.
pub(crate) fn set_industry(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let id = |name: &str| {
        let id = number(&request[name]).map(|id| id as usize);
        id.filter(|id| Industry::exists(*id)).ok_or_else(|| ApiError::of(40102))
    };
    let ids = [id("industry_id1")?, id("industry_id2")?];
    if platform.state().industry.change(ids, platform.now()) { Ok(ok()) } else { Err(ApiError::of(43100)) }
}

/// GET `/cgi-bin/template/get_industry`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn industry(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let classes = platform.state().industry.classes();
    let [primary, secondary] =
        classes.map(|(first, second)| json!({ "first_class": first, "second_class": second }));
    Ok(Answer::Json(json!({ "primary_industry": primary, "secondary_industry": secondary })))
}

/// POST `/cgi-bin/template/api_add_template`: a numbered template with the keywords wanted, in their order (40246, K),
/// or an industry's (`TM…`, `OPENTM…`) as it is.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let short = text(&request, "template_id_short").ok_or_else(|| ApiError::of(40036))?;
    let (title, content) = match (library::old(short), library::find(short)) {
        (Some(found), _) => found,
        (None, Some(entry)) => {
            let names = request["keyword_name_list"].as_array().filter(|names| !names.is_empty());
            let kids = names.into_iter().flatten().map(|name| entry.kid(name.as_str().unwrap_or_default()));
            let kids = kids.collect::<Option<Vec<_>>>().filter(|kids| !kids.is_empty());
            let content = kids.and_then(|kids| entry.content(&kids));
            (entry.title, content.ok_or_else(|| ApiError::of(40246))?)
        }
        (None, None) => return Err(ApiError::of(40037)),
    };
    let mut state = platform.state();
    if state.templates.len() >= MAX_TEMPLATES {
        return Err(ApiError::of(45026));
    }
    let template_id = draw::word(ID_LENGTH);
    state.templates.push(Template::new(template_id.clone(), title, content));
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "template_id": template_id })))
}

/// GET `/cgi-bin/template/get_all_private_template`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn all(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let (first, second) = state.industry.classes()[0];
    let one = |template: &Template| {
        json!({
            "template_id": template.template_id, "title": template.title, "primary_industry": first,
            "deputy_industry": second, "content": template.content,
            "example": fields::exemplify(&template.content),
        })
    };
    let list: Vec<Value> = state.templates.iter().map(one).collect();
    Ok(Answer::Json(json!({ "template_list": list })))
}

/// POST `/cgi-bin/template/del_private_template`.
pub(crate) fn remove(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = find(&state.templates, text(&request, "template_id"))?.template_id;
    state.templates.retain(|template| template.template_id != id);
    Ok(ok())
}
