//! What a camera link is to the device that asks.
//!
//! The secret in the link opens nothing by itself once it is claimed: the claiming device's cookie must come with it.
//! Both are stored as hashes only. A claimed link works for an hour from its last use (AMB-10); it is business time.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use crate::{
    store::{StoreError, TicketRow},
    time::Millis,
    web::Site,
};

/// The cookie's name. Its path is the link's, so that two links never mix.
const COOKIE: &str = "camera_device";
/// A claimed page works so long from its last use, in seconds.
const USE_SECONDS: i64 = 3_600;
/// The hour is moved on at most once a minute, not with every request.
const SLACK_SECONDS: i64 = 60;
/// The cookie outlives the page's hour and the death of the browser that has it: whoever allows the camera in the
/// phone's settings, or takes a picture with its camera app, may find WeChat started anew. The row decides all the same.
const COOKIE_SECONDS: i64 = 86_400;
/// So often the document's last characters may be tried.
pub(super) const MOST_TRIES: i64 = 3;
/// 128 bits in URL-safe base64 without padding.
const SECRET_LEN: usize = 22;

/// What a link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// Nobody has pressed 「开始」 yet.
    Unclaimed {
        /// The application it opens.
        case_id: String,
        /// How often somebody tried to prove that it is theirs.
        tries: i64,
    },
    /// Nobody has claimed it, and nobody can any more: it was tried too often.
    Spent,
    /// This device's.
    Own {
        /// The application it opens.
        case_id: String,
        /// Replaced by a newer one, or the portrait is submitted: nothing can be done by it any more.
        ended: bool,
    },
    /// Another device's.
    Used,
    /// This device's, and not used for an hour.
    Lapsed {
        /// The application it opened.
        case_id: String,
    },
    /// Not claimed within ten minutes.
    Expired,
    /// Unknown or ended; nobody is told which.
    Gone,
}

/// Finds out what a link is, and keeps this device's own one alive.
pub(super) async fn look(site: &Site, ticket: &str, headers: &HeaderMap) -> Result<Link, StoreError> {
    if !is_secret(ticket) {
        return Ok(Link::Gone);
    }
    let store = &site.runner.store;
    let Some(row) = store.ticket(ticket).await? else { return Ok(Link::Gone) };
    let device = cookie_of(headers, COOKIE).map(|device| store.device_hash(device));
    let now = site.runner.clock.business();
    let link = judge(&row, device.as_deref(), now);
    if matches!(link, Link::Own { ended: false, .. })
        && row.use_until.is_none_or(|until| until < now.plus_seconds(USE_SECONDS - SLACK_SECONDS))
    {
        store.keep_ticket(ticket, now.plus_seconds(USE_SECONDS)).await?;
    }
    Ok(link)
}

fn judge(row: &TicketRow, device: Option<&str>, now: Millis) -> Link {
    let case_id = row.case_id.clone();
    let Some(claimed_by) = &row.device_hash else {
        return match () {
            () if row.ended => Link::Gone,
            () if row.claim_until <= now => Link::Expired,
            () if row.tries >= MOST_TRIES => Link::Spent,
            () => Link::Unclaimed { case_id, tries: row.tries },
        };
    };
    let is_own = device.is_some_and(|device| bool::from(device.as_bytes().ct_eq(claimed_by.as_bytes())));
    match (is_own, row.ended) {
        (false, true) => Link::Gone,
        (false, false) => Link::Used,
        (true, true) => Link::Own { case_id, ended: true },
        (true, false) if row.use_until.is_none_or(|until| until <= now) => Link::Lapsed { case_id },
        (true, false) => Link::Own { case_id, ended: false },
    }
}

/// Whether a text has the form of a link's secret. Anything else is never looked up and never written into a header.
pub(super) fn is_secret(text: &str) -> bool {
    text.len() == SECRET_LEN
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The header that keeps the device's secret: sent with this link only, never to scripts, never with a form of another
/// site. `Lax` and not `Strict`, because whoever comes back from the platform comes from another site.
pub(super) fn cookie(ticket: &str, device: &str, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!(
        "{COOKIE}={device}; Path=/camera/{ticket}; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    )
}

/// One of the request's cookies.
pub(super) fn cookie_of<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_000_000);
    const LATER: Millis = Millis(1_000_001);

    #[test]
    fn a_link_is_judged_by_device_end_and_time() {
        let own = |ended| Link::Own { case_id: "c".to_owned(), ended };
        let unclaimed = Link::Unclaimed { case_id: "c".to_owned(), tries: 0 };
        let lapsed = Link::Lapsed { case_id: "c".to_owned() };
        let rows = [
            // claimed by, ended, claim until, use until, asking device
            (None, false, LATER, None, None, unclaimed.clone()),
            (None, false, LATER, None, Some("d"), unclaimed),
            (None, false, NOW, None, None, Link::Expired),
            (None, true, LATER, None, None, Link::Gone),
            (None, true, NOW, None, None, Link::Gone),
            (Some("d"), false, NOW, Some(LATER), Some("d"), own(false)),
            (Some("d"), false, NOW, Some(NOW), Some("d"), lapsed.clone()),
            (Some("d"), false, NOW, None, Some("d"), lapsed),
            (Some("d"), true, NOW, Some(NOW), Some("d"), own(true)),
            (Some("d"), false, NOW, Some(LATER), Some("e"), Link::Used),
            (Some("d"), false, NOW, Some(LATER), None, Link::Used),
            (Some("d"), false, NOW, Some(NOW), Some(""), Link::Used),
            (Some("d"), true, NOW, Some(LATER), Some("e"), Link::Gone),
        ];
        for (claimed_by, ended, claim_until, use_until, device, expected) in rows {
            let device_hash = claimed_by.map(str::to_owned);
            let case_id = "c".to_owned();
            let row = TicketRow { case_id, device_hash, claim_until, tries: 0, use_until, ended };
            assert_eq!(judge(&row, device, NOW), expected, "{row:?} asked by {device:?}");
        }
    }

    #[test]
    fn a_link_that_was_tried_three_times_is_spent_unless_it_was_claimed() {
        let row = |tries, device: Option<&str>| TicketRow {
            case_id: "c".to_owned(),
            device_hash: device.map(str::to_owned),
            claim_until: LATER,
            tries,
            use_until: Some(LATER),
            ended: false,
        };
        assert_eq!(judge(&row(2, None), None, NOW), Link::Unclaimed { case_id: "c".to_owned(), tries: 2 });
        assert_eq!(judge(&row(3, None), None, NOW), Link::Spent);
        let own = Link::Own { case_id: "c".to_owned(), ended: false };
        assert_eq!(judge(&row(3, Some("d")), Some("d"), NOW), own);
        assert_eq!(judge(&TicketRow { ended: true, ..row(3, None) }, None, NOW), Link::Gone);
        assert_eq!(judge(&TicketRow { claim_until: NOW, ..row(3, None) }, None, NOW), Link::Expired);
    }

    #[test]
    fn only_the_form_of_a_secret_is_looked_up() {
        let rows = [
            ("AAECAwQFBgcICQoLDA0ODw", true),
            ("AAECAwQFBgcICQoLDA0O-_", true),
            ("AAECAwQFBgcICQoLDA0OD", false),
            ("AAECAwQFBgcICQoLDA0ODw=", false),
            ("AAECAwQFBgcICQoLDA0O\r\n", false),
            ("AAECAwQFBgcICQoLDA0O 1", false),
            ("照照照照照照照A", false),
            ("", false),
        ];
        for (text, expected) in rows {
            assert_eq!(is_secret(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let rows = [
            ("camera_device=abc", Some("abc")),
            ("a=b; camera_device=abc; c=d", Some("abc")),
            ("xcamera_device=abc", None),
            ("camera_device", None),
            ("", None),
        ];
        for (line, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, line.parse().unwrap());
            assert_eq!(cookie_of(&headers, COOKIE), expected, "{line}");
        }
        assert_eq!(cookie_of(&HeaderMap::new(), COOKIE), None);
    }

    #[test]
    fn the_cookie_is_secure_over_https_only() {
        let plain = "camera_device=d; Path=/camera/t; Max-Age=86400; HttpOnly; SameSite=Lax";
        assert_eq!(cookie("t", "d", false), plain);
        assert_eq!(cookie("t", "d", true), format!("{plain}; Secure"));
    }
}
