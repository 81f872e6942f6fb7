//! Two times: the wire's and the mock's own.
//!
//! *Wire time* is real: it dates signatures and `CreateTime`. The mock's *clock* starts at [`crate::Options::now`]
//! (or now), runs, and can be moved forward by a test; windows, expiries, quota days and the times on the page
//! follow it and nothing else does.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Real time in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that reads the system clock")]
pub(crate) fn wire_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the system clock is after 1970");
    since.as_millis() as i64
}

/// Real time in seconds since 1970, as `timestamp` and `CreateTime` carry it.
pub(crate) fn wire_seconds() -> i64 {
    wire_millis() / 1000
}

/// The movable clock: wire time plus an offset.
#[derive(Debug)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
    moved: AtomicBool,
}

impl Clock {
    /// A clock that shows `start` (seconds since 1970) now, or wire time without one.
    pub(crate) fn starting(start: Option<i64>) -> Self {
        let offset = start.map_or(0, |seconds| seconds * 1000 - wire_millis());
        Self { offset_ms: AtomicI64::new(offset), moved: AtomicBool::new(false) }
    }

    /// Seconds since 1970 on this clock.
    pub(crate) fn now(&self) -> i64 {
        (wire_millis() + self.offset_ms.load(Ordering::Relaxed)).div_euclid(1000)
    }

    /// Moves the clock forward by `seconds`.
    pub(crate) fn advance(&self, seconds: i64) {
        self.offset_ms.fetch_add(seconds * 1000, Ordering::Relaxed);
        self.moved.store(true, Ordering::Relaxed);
    }

    /// Has it ever been moved? Then a token can end without its holder having been able to know.
    pub(crate) fn has_moved(&self) -> bool {
        self.moved.load(Ordering::Relaxed)
    }
}
