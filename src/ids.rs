//! Ids and secrets: the only place that draws randomness, so that `step` never does.
//!
//! Production draws from the operating system; tests seed, so that a chat reads the same each time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{time::Millis, turn::Fresh};

/// A source of ids to share.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    seeded: Option<Arc<AtomicU64>>,
}

impl Ids {
    /// From the operating system's randomness.
    pub fn random() -> Self {
        Self::default()
    }

    /// Counting up from `seed`: for tests only, secrets are guessable.
    pub fn seeded(seed: u64) -> Self {
        Self { seeded: Some(Arc::new(AtomicU64::new(seed))) }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.seeded {
            Some(counter) => stretch(counter.fetch_add(1, Ordering::SeqCst), &mut bytes),
            None => draw(&mut bytes),
        }
        bytes
    }

    /// A URL-safe secret of 128 bits.
    pub fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    /// The randomness of one turn, drawn before it runs.
    pub fn fresh(&self, now: Millis) -> Fresh {
        Fresh { at: now, random: self.bytes() }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that draws randomness")]
fn draw(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives randomness, or nothing could be secret");
}

/// Different bytes for each count, the same in each run: SHA-256 of count and block.
fn stretch(count: u64, bytes: &mut [u8]) {
    for (block, chunk) in bytes.chunks_mut(32).enumerate() {
        let mut hash = Sha256::new();
        hash.update(count.to_be_bytes());
        hash.update((block as u64).to_be_bytes());
        chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
    }
}
