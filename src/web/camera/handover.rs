//! The code that hands the camera over to a phone: shown where a claimed link stands on a computer without a camera.
//!
//! It is the account's own code with the camera's scene, as `qr camera` makes it: scanned in WeChat, the chat gives its
//! person a new link, and the claimed one ends. A picture's request asks the platform for it, so that no page waits for that.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::OnceCell;

use super::{own, view};
use crate::{
    web::{Site, WebError},
    wechat::client::Scene,
    workflow::signpost::Signpost,
};

/// The code's content, asked for once; clones share it.
#[derive(Clone, Default)]
pub struct Handover {
    content: Arc<OnceCell<String>>,
}

impl Handover {
    async fn content(&self, site: &Site) -> Option<&str> {
        let scene = Scene::Text(Signpost::Camera.scene()?);
        let made = self.content.get_or_try_init(async || {
            site.login.client.create_permanent_qr(&scene).await.map(|code| code.url)
        });
        match made.await {
            Ok(content) => Some(content),
            Err(error) => {
                tracing::warn!(%error, "the code that hands over the camera could not be made");
                None
            }
        }
    }
}

/// The code as a picture; its place in the page has words for when there is none.
pub(super) async fn code(
    State(site): State<Site>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Err(answer) = own(&site, &ticket, &headers).await? {
        return Ok(answer);
    }
    Ok(match site.handover.content(&site).await {
        Some(content) => ([(header::CONTENT_TYPE, "image/svg+xml")], view::drawn(content)).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    })
}
