//! Plain requests that a person's signatures have served: kept with the session, so that each counts once.
//!
//! In plaintext mode a signature covers a timestamp and a nonce, not the body (protocol §1). Whoever captures one could
//! send other words with it as long as its timestamp passes. So a session remembers what was signed until then, and
//! because the session is written by compare-and-swap, two processes cannot both take the same one.
//! Deliberately elsewhere: signatures and timestamps themselves (`wechat::callback`), messages under one key
//! (`store::inbox`).

use serde::{Deserialize, Serialize};

use crate::time::MAX_SKEW;

/// At most so many are remembered, the newest: nobody writes more in ten minutes, and a session stays small.
const REMEMBERED: usize = 32;

/// One signed request. A session holds many and is written with each message, hence the short names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Its timestamp, wire seconds.
    #[serde(rename = "t")]
    pub timestamp: i64,
    /// Its nonce, hashed to a known length.
    #[serde(rename = "n")]
    pub nonce: String,
    /// Its body, hashed with a key.
    #[serde(rename = "b")]
    pub body: String,
}

/// What a signature was used for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Nothing.
    First,
    /// The same body: a retry.
    Same,
    /// Another body: somebody put other words into a captured request.
    Another,
}

/// The signed requests of one person whose timestamps still pass, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignedRequests(Vec<Signed>);

impl SignedRequests {
    /// All of them, oldest first.
    pub fn as_slice(&self) -> &[Signed] {
        &self.0
    }

    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the signature was used for before.
    pub fn used(&self, request: &Signed) -> Use {
        let same = |known: &&Signed| known.timestamp == request.timestamp && known.nonce == request.nonce;
        match self.0.iter().find(same) {
            None => Use::First,
            Some(known) if known.body == request.body => Use::Same,
            Some(_) => Use::Another,
        }
    }

    /// Uses the signature up, and forgets those whose timestamps no longer pass at `now` (wire seconds).
    pub fn use_up(&mut self, request: Signed, now: i64) {
        self.0.retain(|known| now.saturating_sub(known.timestamp) <= MAX_SKEW);
        if self.0.len() >= REMEMBERED {
            self.0.drain(..=self.0.len() - REMEMBERED);
        }
        self.0.push(request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_781_227_800;

    fn signed(timestamp: i64, nonce: &str, body: &str) -> Signed {
        Signed { timestamp, nonce: nonce.to_owned(), body: body.to_owned() }
    }

    #[test]
    fn a_signature_serves_one_body() {
        let mut requests = SignedRequests::default();
        assert_eq!(requests.used(&signed(NOW, "n", "a")), Use::First);
        requests.use_up(signed(NOW, "n", "a"), NOW);
        let rows = [(NOW, "n", "a", Use::Same), (NOW, "n", "b", Use::Another), (NOW, "m", "b", Use::First)];
        for (timestamp, nonce, body, used) in rows {
            assert_eq!(requests.used(&signed(timestamp, nonce, body)), used, "{nonce} {body}");
        }
        assert_eq!(requests.used(&signed(NOW + 1, "n", "b")), Use::First);
    }

    #[test]
    fn it_is_forgotten_when_its_timestamp_no_longer_passes_and_not_before() {
        let mut requests = SignedRequests::default();
        requests.use_up(signed(NOW, "n", "a"), NOW);
        requests.use_up(signed(NOW + MAX_SKEW, "m", "a"), NOW + MAX_SKEW);
        assert_eq!(requests.used(&signed(NOW, "n", "b")), Use::Another);
        requests.use_up(signed(NOW + MAX_SKEW + 1, "o", "a"), NOW + MAX_SKEW + 1);
        assert_eq!(requests.used(&signed(NOW, "n", "b")), Use::First);
    }

    #[test]
    fn the_newest_are_kept() {
        let mut requests = SignedRequests::default();
        for n in 0..REMEMBERED + 5 {
            requests.use_up(signed(NOW, &n.to_string(), "a"), NOW);
        }
        assert_eq!(requests.0.len(), REMEMBERED);
        assert_eq!(requests.used(&signed(NOW, "4", "b")), Use::First);
        assert_eq!(requests.used(&signed(NOW, "5", "b")), Use::Another);
    }
}
