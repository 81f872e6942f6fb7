//! What a page of ours needs to use the phone through WeChat: `wx.config` (protocol §12).
//!
//! The ticket is cached in this process like the token, and asked for five minutes before it ends; unlike tokens, two of
//! them do not disturb each other, so that processes need not share one.

use tokio::sync::Mutex;

use super::{Client, ClientError, answer};
use crate::ids::Ids;
use crate::wechat::signature::jsapi_signature;

/// How long before its end another ticket is asked for.
const EARLY_MS: i64 = 5 * 60 * 1000;
/// What claims to live longer than a day is not a ticket's answer; documented are 7200 s.
const LIFE: std::ops::RangeInclusive<i64> = 1..=24 * 3600;

/// This process's ticket.
#[derive(Default)]
pub(super) struct Ticket {
    held: Mutex<Option<Held>>,
}

struct Held {
    value: String,
    ask_at: i64,
}

/// What a page hands to `wx.config`, beside the names of what it wants to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageConfig {
    /// `appId`.
    pub app_id: String,
    /// `timestamp`, in seconds.
    pub timestamp: i64,
    /// `nonceStr`.
    pub nonce: String,
    /// `signature`.
    pub signature: String,
}

impl Client {
    /// Signs a page by its address, as the browser gives it.
    pub async fn sign_page(&self, url: &str) -> Result<PageConfig, ClientError> {
        let ticket = self.page_ticket().await?;
        let (nonce, timestamp) = (Ids::random().secret(), (self.clock)() / 1000);
        let signature = jsapi_signature(&ticket, &nonce, timestamp, url);
        Ok(PageConfig { app_id: self.app_id.clone(), timestamp, nonce, signature })
    }

    /// Whoever waits while another asks finds its answer.
    async fn page_ticket(&self) -> Result<String, ClientError> {
        let mut held = self.ticket.held.lock().await;
        let now = (self.clock)();
        if let Some(held) = held.as_ref().filter(|held| now < held.ask_at) {
            return Ok(held.value.clone());
        }
        let answer = self.get("/cgi-bin/ticket/getticket", &[("type", "jsapi")]).await?;
        let value = answer::text(&answer, "ticket")?;
        let seconds = answer::number(&answer, "expires_in")?;
        if value.is_empty() || !LIFE.contains(&seconds) {
            return Err(ClientError::Unreadable);
        }
        *held = Some(Held { value: value.clone(), ask_at: now + seconds * 1000 - EARLY_MS });
        Ok(value)
    }
}
