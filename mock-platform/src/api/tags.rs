//! Tags, who has them, and the blacklist (protocol §10).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, number, text};
use super::user::{openids, own, page};
use super::{Answer, ok};
use crate::model::State;
use crate::model::tags::{RESERVED, Tag};
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/tags/create", Some(1_000), create),
    endpoint::get("/cgi-bin/tags/get", Some(1_000), list),
    endpoint::post("/cgi-bin/tags/update", Some(1_000), update),
    endpoint::post("/cgi-bin/tags/delete", None, delete),
    endpoint::post("/cgi-bin/tags/getidlist", None, ids_of),
    endpoint::post("/cgi-bin/tags/members/batchtagging", Some(100_000), tag_people),
    endpoint::post("/cgi-bin/tags/members/batchuntagging", Some(100_000), untag_people),
    endpoint::post("/cgi-bin/user/tag/get", None, people_of),
    endpoint::post("/cgi-bin/tags/members/getblacklist", None, blacklist),
    endpoint::post("/cgi-bin/tags/members/batchblacklist", None, ban),
    endpoint::post("/cgi-bin/tags/members/batchunblacklist", None, unban),
];

/// Tags of an account, of a person, and the bytes of a name.
const TAGS: usize = 100;
const TAGS_OF_ONE: usize = 20;
const NAME: usize = 30;
/// A tag of more people cannot be deleted.
const DELETABLE: usize = 100_000;
/// People of one call.
const TAGGED_AT_ONCE: usize = 50;
const BANNED_AT_ONCE: usize = 20;

/// POST `/cgi-bin/tags/create`.
pub(crate) fn create(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let name = name_of(&state, &request, None)?;
    if state.tags.list.iter().filter(|tag| tag.id > RESERVED).count() >= TAGS {
        return Err(ApiError::of(45056));
    }
    let id = state.tags.add(name);
    Ok(Answer::Json(json!({ "tag": { "id": id, "name": name } })))
}

/// A name that fits and that no other tag has.
fn name_of<'a>(state: &State, request: &'a Value, but: Option<u32>) -> Result<&'a str, ApiError> {
    let name = text(&request["tag"], "name");
    let name = name.ok_or_else(|| ApiError::with(40035, "invalid parameter: tag.name"))?;
    if name.len() > NAME {
        return Err(ApiError::of(45158));
    }
    if state.tags.list.iter().any(|tag| tag.name == name && Some(tag.id) != but) {
        return Err(ApiError::of(45157));
    }
    Ok(name)
}

/// GET `/cgi-bin/tags/get`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn list(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let one = |tag: &Tag| json!({ "id": tag.id, "name": tag.name, "count": count(&state, tag.id) });
    let tags: Vec<Value> = state.tags.list.iter().map(one).collect();
    Ok(Answer::Json(json!({ "tags": tags })))
}

fn count(state: &State, id: u32) -> usize {
    state.people.values().filter(|person| person.standing.tags.contains(&id)).count()
}

/// POST `/cgi-bin/tags/update`.
pub(crate) fn update(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = changeable(&state, &request["tag"]["id"])?;
    let name = name_of(&state, &request, Some(id))?;
    if let Some(tag) = state.tags.list.iter_mut().find(|tag| tag.id == id) {
        name.clone_into(&mut tag.name);
    }
    Ok(ok())
}

/// POST `/cgi-bin/tags/delete`: also from everybody who has it.
pub(crate) fn delete(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = changeable(&state, &request["tag"]["id"])?;
    if count(&state, id) > DELETABLE {
        return Err(ApiError::of(45057));
    }
    state.tags.list.retain(|tag| tag.id != id);
    for person in state.people.values_mut() {
        person.standing.tags.retain(|tag| *tag != id);
    }
    Ok(ok())
}

/// A tag that exists and is not the platform's own.
fn changeable(state: &State, id: &Value) -> Result<u32, ApiError> {
    match tag_id(id) {
        Some(id) if id <= RESERVED => Err(ApiError::of(45058)),
        _ => existing(state, id),
    }
}

/// The id of an existing tag, as a number or, as some clients send it, as a text.
pub(crate) fn existing(state: &State, id: &Value) -> Result<u32, ApiError> {
    tag_id(id).filter(|id| state.tags.has(*id)).ok_or_else(|| ApiError::of(45159))
}

fn tag_id(id: &Value) -> Option<u32> {
    number(id).and_then(|id| u32::try_from(id).ok())
}

/// POST `/cgi-bin/tags/getidlist`.
pub(crate) fn ids_of(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let state = platform.state();
    let openid = own(&state, text(&request, "openid").unwrap_or_default())?;
    Ok(Answer::Json(json!({ "tagid_list": state.people[openid].standing.tags })))
}

/// POST `/cgi-bin/tags/members/batchtagging`: all of them or none.
pub(crate) fn tag_people(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = existing(&state, &request["tagid"])?;
    let openids = openids(&state, &request, TAGGED_AT_ONCE)?;
    for openid in &openids {
        let person = &state.people[*openid];
        if !person.follows {
            return Err(ApiError::of(40003));
        }
        let tags = &person.standing.tags;
        if tags.len() >= TAGS_OF_ONE && !tags.contains(&id) {
            return Err(ApiError::of(45059));
        }
    }
    each(&mut state, &openids, |standing| {
        if !standing.tags.contains(&id) {
            standing.tags.push(id);
        }
    });
    Ok(ok())
}

/// POST `/cgi-bin/tags/members/batchuntagging`.
pub(crate) fn untag_people(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = existing(&state, &request["tagid"])?;
    let openids = openids(&state, &request, TAGGED_AT_ONCE)?;
    each(&mut state, &openids, |standing| standing.tags.retain(|tag| *tag != id));
    Ok(ok())
}

/// POST `/cgi-bin/user/tag/get`: who has a tag, in pages; without the total that `user/get` gives.
pub(crate) fn people_of(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let state = platform.state();
    let id = existing(&state, &request["tagid"])?;
    let after = text(&request, "next_openid").unwrap_or_default();
    let mut page = page(&state, after, |person| person.standing.tags.contains(&id))?;
    page.as_object_mut().expect("a page is an object").shift_remove("total");
    Ok(Answer::Json(page))
}

/// POST `/cgi-bin/tags/members/getblacklist`.
pub(crate) fn blacklist(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let after = text(&request, "begin_openid").unwrap_or_default();
    let page = page(&platform.state(), after, |person| person.standing.blacklisted)?;
    Ok(Answer::Json(page))
}

/// POST `/cgi-bin/tags/members/batchblacklist`.
pub(crate) fn ban(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    set_blacklisted(platform, call, true)
}

/// POST `/cgi-bin/tags/members/batchunblacklist`.
pub(crate) fn unban(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    set_blacklisted(platform, call, false)
}

fn set_blacklisted(platform: &Platform, call: &Call, to: bool) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let openids = openids(&state, &request, BANNED_AT_ONCE)?;
    each(&mut state, &openids, |standing| standing.blacklisted = to);
    Ok(ok())
}

fn each(state: &mut State, openids: &[&str], change: impl Fn(&mut crate::model::standing::Standing)) {
    for openid in openids {
        if let Some(person) = state.people.get_mut(*openid) {
            change(&mut person.standing);
        }
    }
}
