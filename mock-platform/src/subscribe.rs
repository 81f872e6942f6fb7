//! A person decides about subscription notices: in the pop-up of a page or an article, or later in the settings.
//!
//! The account learns of it by an event (protocol §3): `subscribe_msg_popup_event` for what was answered in a pop-up,
//! `subscribe_msg_change_event` when something accepted before is taken back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::act;
use crate::model::State;
use crate::platform::Platform;
use crate::say::{self, Said, Say, SayError};
use crate::xml::Writer;

/// What a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consent {
    /// One notice more, or all of a long-term template's.
    Accept,
    /// None. When something was accepted and is still open, this takes it back.
    Reject,
}

/// A decision about one template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The template.
    pub template_id: String,
    /// What the person decides.
    pub status: Consent,
    /// `PopupScene`: where the pop-up was, 0 to 2.
    #[serde(default)]
    pub scene: u8,
}

impl Subscription {
    /// The person accepts, in a page.
    pub fn accept(template_id: impl Into<String>) -> Self {
        Self { template_id: template_id.into(), status: Consent::Accept, scene: 0 }
    }

    /// The person rejects, in a page or, what was accepted before, in the settings.
    pub fn reject(template_id: impl Into<String>) -> Self {
        Self { template_id: template_id.into(), status: Consent::Reject, scene: 0 }
    }
}

/// What an event that a test or the page sends as it is says about templates: each one named, and whether it was
/// accepted. `List` is an object or an array of them.
pub(crate) fn named(say: &Say) -> Vec<(String, bool)> {
    let Say::Event { extra, .. } = say else { return Vec::new() };
    let lists = ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"].map(|outer| extra.get(outer));
    let lists = lists.into_iter().flatten().map(|event| &event["List"]);
    let items = lists.flat_map(|list| list.as_array().map_or(std::slice::from_ref(list), Vec::as_slice));
    let one = |item: &Value| {
        let accepted = item["SubscribeStatusString"].as_str()? == "accept";
        Some((item["TemplateId"].as_str()?.to_owned(), accepted))
    };
    items.filter_map(one).collect()
}

/// The person accepts or rejects; does that take back something accepted before? `None` without such a template.
pub(crate) fn note(state: &mut State, openid: &str, template_id: &str, accepted: bool) -> Option<bool> {
    let template = state.notices.iter().find(|template| template.template_id == template_id);
    let long_term = template?.long_term;
    let grants = &mut state.people.get_mut(openid)?.standing.grants;
    if !accepted {
        return Some(grants.reject(template_id));
    }
    grants.accept(template_id, long_term);
    Some(false)
}

/// Decides, and returns when the event has been delivered. Nobody has to follow for it.
pub(crate) async fn decide(
    platform: &Arc<Platform>,
    openid: &str,
    subscription: Subscription,
) -> Result<Said, SayError> {
    let Subscription { template_id, status, scene } = subscription;
    if scene > 2 {
        return Err(SayError::NoScene(scene));
    }
    let list = Writer::default().text("TemplateId", &template_id);
    if !platform.state().people.contains_key(openid) {
        return Err(SayError::NoPerson(openid.to_owned()));
    }
    let accepted = status == Consent::Accept;
    let took_back = note(&mut platform.state(), openid, &template_id, accepted);
    let took_back = took_back.ok_or(SayError::NoTemplate(template_id))?;
    let word = if accepted { "accept" } else { "reject" };
    let list = list.text("SubscribeStatusString", word);
    let (event, outer, list) = if took_back {
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent", list)
    } else {
        ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", list.number("PopupScene", scene))
    };
    let fields = Writer::default().nest(outer, Writer::default().nest("List", list));
    say::perform(platform, openid, act::event_act(platform, event, word, &fields)).await
}
