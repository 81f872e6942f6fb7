//! Tickets of the JS-SDK, and the signature that a page makes with one (protocol §12).

use crate::crypto;
use crate::draw;

/// Life of a ticket, and how long before its end another one is drawn (A: as with stable tokens).
const LIFE: i64 = 7200;
const RENEWED_BEFORE: i64 = 300;
/// Characters of a ticket (K).
const LENGTH: usize = 86;

/// The tickets that are valid, oldest first.
#[derive(Debug, Default)]
pub(crate) struct JsTickets(Vec<(String, i64)>);

impl JsTickets {
    /// The ticket and the seconds it still lives: the same one until near its end.
    pub(crate) fn current(&mut self, now: i64) -> (String, i64) {
        self.0.retain(|(_, until)| now < *until);
        match self.0.last() {
            Some((ticket, until)) if until - now > RENEWED_BEFORE => (ticket.clone(), until - now),
            _ => {
                let ticket = draw::word(LENGTH);
                self.0.push((ticket.clone(), now + LIFE));
                (ticket, LIFE)
            }
        }
    }

    /// Is the signature made with a ticket that is valid now?
    pub(crate) fn verify(&self, [url, noncestr, timestamp, signature]: [&str; 4], now: i64) -> bool {
        let valid = self.0.iter().filter(|(_, until)| now < *until);
        valid
            .map(|(ticket, _)| sign(ticket, url, noncestr, timestamp))
            .any(|ours| crypto::same(&ours, signature))
    }
}

/// The four values in the order of their names; the address without what follows `#`.
fn sign(ticket: &str, url: &str, noncestr: &str, timestamp: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    crypto::signature(&[&format!(
        "jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={url}"
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_platforms_document_does() {
        // The example of the JS-SDK guide.
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        let signature = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
        let (noncestr, timestamp) = ("Wm3WZYTPz0wzccnW", "1414587457");
        let url = "http://mp.weixin.qq.com?params=value";
        assert_eq!(sign(ticket, url, noncestr, timestamp), signature);
        let tickets = JsTickets(vec![(ticket.to_owned(), 100)]);
        for (url, now, expected) in [
            (url, 99, true),
            ("http://mp.weixin.qq.com?params=value#top", 99, true),
            ("http://mp.weixin.qq.com/?params=value", 99, false),
            (url, 100, false),
        ] {
            assert_eq!(tickets.verify([url, noncestr, timestamp, signature], now), expected, "{url} {now}");
        }
    }

    #[test]
    fn a_ticket_stays_until_near_its_end() {
        let mut tickets = JsTickets::default();
        let (first, life) = tickets.current(0);
        assert_eq!((life, tickets.current(6899)), (LIFE, (first.clone(), 301)));
        let (second, _) = tickets.current(6900);
        assert_ne!(first, second);
        assert_eq!(tickets.0.len(), 2, "the old one signs to its end");
        tickets.current(7200);
        assert_eq!(tickets.0.len(), 1);
    }
}
