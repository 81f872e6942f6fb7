//! Who opens a link: inside WeChat the platform says so (OAuth `snsapi_base`), elsewhere the end of the document number.
//!
//! Both ways are open to whoever asks for them, since a browser can call itself anything: each proves enough.
//! The state of an authorisation is kept by the browser alone, in a cookie: what comes back without it was begun
//! elsewhere, and is asked for anew.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq;

use super::link;
use crate::{
    http::Base,
    ids::Ids,
    secrets::hex,
    wechat::client::{AuthorizationError, Client, ClientError, Scope},
};

/// The cookie of an authorisation under way.
const COOKIE: &str = "camera_state";
/// Somebody who takes longer starts again; the platform's code lives for five minutes.
const STATE_SECONDS: u32 = 600;

/// The platform as the page needs it; clones are the same.
#[derive(Clone)]
pub struct Login {
    /// Exchanges codes.
    pub client: Arc<Client>,
    /// Where people authorise (`wechat.open_base`).
    pub open: Base,
}

/// What the platform says of whoever came back with a code.
pub(super) enum Seen {
    /// This person of the account's.
    Person(String),
    /// A snapshot of the page: the person is made up.
    Snapshot,
    /// The code is used, too old or wrong: a new one may go.
    Over,
}

impl Login {
    /// Where the person is sent, and the cookie that they have to come back with.
    pub(super) fn leave(
        &self,
        ids: &Ids,
        public_url: &str,
        ticket: &str,
        is_https: bool,
    ) -> Result<(String, String), ClientError> {
        let state = hex(&ids.bytes::<16>());
        let back = format!("{}/camera/{ticket}/back", public_url.trim_end_matches('/'));
        let address = self.client.authorize_url(&self.open, &back, Scope::Base, &state)?;
        Ok((address, cookie(ticket, &state, STATE_SECONDS, is_https)))
    }

    /// Exchanges the code that somebody came back with.
    pub(super) async fn see(&self, code: &str) -> Result<Seen, ClientError> {
        match self.client.authorize(code).await {
            Ok(seen) if seen.is_snapshot => Ok(Seen::Snapshot),
            Ok(seen) => Ok(Seen::Person(seen.open_id)),
            Err(AuthorizationError::Over(_)) => Ok(Seen::Over),
            Err(AuthorizationError::Failed(error)) => Err(error),
        }
    }

    /// Whether the platform is played on this machine: any browser may then go the way of WeChat's, to be looked at.
    pub(super) fn is_played(&self) -> bool {
        self.open.is_this_machine()
    }

    /// Scheme, host and port of where people authorise: a form may lead there.
    pub(super) fn origin(&self) -> String {
        crate::web::guard::origin_of(&self.open.at("/")).to_owned()
    }
}

/// Whether the browser is WeChat's own. The one of `WeCom` calls itself WeChat's, too, but knows nobody of this account.
pub(super) fn is_wechat(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    agent.contains("MicroMessenger") && !agent.contains("wxwork")
}

/// Whether this browser began what comes back with `state`.
pub(super) fn began_here(headers: &HeaderMap, state: &str) -> bool {
    let own = link::cookie_of(headers, COOKIE).filter(|own| !own.is_empty());
    own.is_some_and(|own| bool::from(own.as_bytes().ct_eq(state.as_bytes())))
}

/// Takes the state away: it was good for one return.
pub(super) fn forget(ticket: &str, is_https: bool) -> HeaderValue {
    HeaderValue::from_str(&cookie(ticket, "", 0, is_https)).expect("a link's secret fits in a header")
}

/// Sent along when the platform leads back, which is another site: `Lax`.
fn cookie(ticket: &str, state: &str, seconds: u32, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={state}; Path=/camera/{ticket}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wechats_own_browser_goes_by_the_platform() {
        let rows = [
            ("Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.50(0x1800322d) NetType/WIFI", true),
            ("Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0.20 WindowsWechat", true),
            ("Mozilla/5.0 (iPhone) wxwork/4.1.0 MicroMessenger/7.0.1", false),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", false),
            ("", false),
        ];
        for (agent, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_bytes(agent.as_bytes()).unwrap());
            assert_eq!(is_wechat(&headers), expected, "{agent}");
        }
        assert!(!is_wechat(&HeaderMap::new()));
    }

    #[test]
    fn a_state_comes_back_with_its_own_cookie_only() {
        let rows = [("camera_state=ab12", "ab12", true), ("camera_state=ab12", "ab13", false)];
        for (line, state, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, line.parse().unwrap());
            assert_eq!(began_here(&headers, state), expected, "{state}");
        }
        assert!(!began_here(&HeaderMap::new(), ""), "no state is nobody's");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "camera_state=".parse().unwrap());
        assert!(!began_here(&headers, ""), "one that was taken away, neither");
    }
}
