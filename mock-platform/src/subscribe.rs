//! A person decides about subscription notices: in the pop-up of a page or an article, or later in the settings.
//!
//! The account learns of it by an event (protocol §3): `subscribe_msg_popup_event` for what was answered in a pop-up,
//! `subscribe_msg_change_event` when something accepted before is taken back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::act;
use crate::platform::Platform;
use crate::say::{self, Said, SayError};
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
    let took_back = {
        let mut state = platform.state();
        let template = state.notices.iter().find(|template| template.template_id == template_id);
        let long_term = template.ok_or_else(|| SayError::NoTemplate(template_id.clone()))?.long_term;
        let person = state.people.get_mut(openid).ok_or_else(|| SayError::NoPerson(openid.to_owned()))?;
        let grants = &mut person.standing.grants;
        match status {
            Consent::Accept => {
                grants.accept(&template_id, long_term);
                false
            }
            Consent::Reject => grants.reject(&template_id),
        }
    };
    let word = if status == Consent::Accept { "accept" } else { "reject" };
    let list = list.text("SubscribeStatusString", word);
    let (event, outer, list) = if took_back {
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent", list)
    } else {
        ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", list.number("PopupScene", scene))
    };
    let fields = Writer::default().nest(outer, Writer::default().nest("List", list));
    say::perform(platform, openid, act::event_act(platform, event, word, &fields)).await
}
