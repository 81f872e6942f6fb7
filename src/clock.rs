//! The two times of the product, and the only place that asks the system for either.
//!
//! *Wire time* is real: it dates signatures and tokens and ends leases. *Business time* is what people and rules see;
//! demo and tests move it ([`Clock::advance`]), in production it equals wire time. Pure code takes a [`Millis`] and never a clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::time::Millis;

/// One instant in both times, for what is due in one and ends in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What people and rules see.
    pub business: Millis,
    /// Real time.
    pub wire: Millis,
}

/// A clock to share: cheap to clone, the same offset everywhere.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// Business time equals wire time.
    pub fn real() -> Self {
        Self::default()
    }

    /// Business time starts at `start` and goes on at the speed of wire time: for the demo and for tests.
    pub fn starting_at(start: Millis) -> Self {
        let clock = Self::default();
        clock.offset.store(start.0 - clock.wire().0, Ordering::SeqCst);
        clock
    }

    /// Real time, for signatures, tokens and leases.
    pub fn wire(&self) -> Millis {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
        let now = SystemTime::now();
        Millis(now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
    }

    /// What people and rules see.
    pub fn business(&self) -> Millis {
        self.now().business
    }

    /// Both at once.
    pub fn now(&self) -> Now {
        let wire = self.wire();
        Now { business: Millis(wire.0 + self.offset.load(Ordering::SeqCst)), wire }
    }

    /// Moves business time; wire time stays.
    pub fn advance(&self, seconds: i64) {
        self.offset.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}
