//! Plain requests that a person's signatures have served: kept with the session, so that each counts once.
//!
//! In plaintext mode a signature covers a timestamp and a nonce, not the body (protocol §1). Whoever captures one could
//! send other words with it as long as its timestamp passes. So a session remembers what was signed until then, and
//! because the session is written by compare-and-swap, two processes cannot both take the same one.
//! Deliberately elsewhere: signatures and timestamps themselves (`wechat::callback`), messages under one key
//! (`store::inbox`).

use crate::time::MAX_SKEW;

/// At most so many are remembered, the newest, so that a session stays small. Whoever writes more in five minutes can
/// have the oldest used again, by somebody who could as well use anybody else's: the openid is not signed either.
const REMEMBERED: usize = 32;
/// Bytes of one as stored: four of the timestamp, and the two hashes.
const STORED: usize = 20;

/// One signed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Its timestamp, wire seconds. At most 32 bits, which last until 2106.
    pub timestamp: u32,
    /// Its nonce, hashed to a known length.
    pub nonce: [u8; 8],
    /// Its body, hashed with a key. 64 bits: whoever tries other words against them needs our answer each time.
    pub body: [u8; 8],
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
        self.0.retain(|known| now.saturating_sub(i64::from(known.timestamp)) <= MAX_SKEW);
        if self.0.len() >= REMEMBERED {
            self.0.drain(..=self.0.len() - REMEMBERED);
        }
        self.0.push(request);
    }

    /// As stored: twenty bytes each. No text, because they are the greater part of what each message writes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * STORED);
        for request in &self.0 {
            bytes.extend_from_slice(&request.timestamp.to_be_bytes());
            bytes.extend_from_slice(&request.nonce);
            bytes.extend_from_slice(&request.body);
        }
        bytes
    }

    /// Reads what [`SignedRequests::to_bytes`] wrote; `None` when it is cut off.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (requests, rest) = bytes.as_chunks::<STORED>();
        rest.is_empty().then(|| Self(requests.iter().map(read).collect()))
    }
}

fn read(bytes: &[u8; STORED]) -> Signed {
    let [a, b, c, d, hashes @ ..] = *bytes;
    let (mut nonce, mut body) = ([0; 8], [0; 8]);
    nonce.copy_from_slice(&hashes[..8]);
    body.copy_from_slice(&hashes[8..]);
    Signed { timestamp: u32::from_be_bytes([a, b, c, d]), nonce, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_781_227_800;

    fn signed(timestamp: i64, nonce: &str, body: &str) -> Signed {
        let hash =
            |text: &str| std::array::from_fn(|at| text.as_bytes().get(at).copied().unwrap_or_default());
        Signed { timestamp: timestamp as u32, nonce: hash(nonce), body: hash(body) }
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

    #[test]
    fn they_are_read_as_they_were_written() {
        let mut requests = SignedRequests::default();
        assert_eq!(SignedRequests::from_bytes(&requests.to_bytes()), Some(requests.clone()));
        requests.use_up(signed(NOW, "n", "a"), NOW);
        requests.use_up(signed(NOW + 1, "mmmmmmmm", "bbbbbbbb"), NOW + 1);
        let bytes = requests.to_bytes();
        assert_eq!(bytes.len(), 2 * STORED);
        assert_eq!(SignedRequests::from_bytes(&bytes), Some(requests));
        assert_eq!(SignedRequests::from_bytes(&bytes[1..]), None);
    }
}
