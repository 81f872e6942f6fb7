//! How often a call may be made in a day (protocol §13). The numbers stand in the endpoint table of `api.rs`.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Times that `clear_quota` may be called in a month (protocol §5).
const CLEARS_A_MONTH: u32 = 10;

/// Counters of one account; a day is a day in Shanghai.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    used: HashMap<String, (i64, u32)>,
    cleared: ((i16, i8), u32),
}

impl Quotas {
    /// Counts one call; false when the day's limit is used up.
    pub(crate) fn count(&mut self, path: &str, limit: u32, day: i64) -> bool {
        let used = self.used.entry(path.to_owned()).or_insert((day, 0));
        if used.0 != day {
            *used = (day, 0);
        }
        if used.1 >= limit {
            return false;
        }
        used.1 += 1;
        true
    }

    /// Calls made today.
    pub(crate) fn used(&self, path: &str, day: i64) -> u32 {
        self.used.get(path).filter(|used| used.0 == day).map_or(0, |used| used.1)
    }

    /// Sets all counters to nothing; false when the month's ten times are used up.
    pub(crate) fn clear(&mut self, now: i64) -> bool {
        let month = month(now);
        if self.cleared.0 != month {
            self.cleared = (month, 0);
        }
        if self.cleared.1 >= CLEARS_A_MONTH {
            return false;
        }
        self.cleared.1 += 1;
        self.used.clear();
        true
    }
}

/// Number of the day in Shanghai (UTC+8 all year).
pub(crate) fn day(now: i64) -> i64 {
    (now + 8 * 3600).div_euclid(86_400)
}

/// Year and month in Shanghai.
pub(crate) fn month(now: i64) -> (i16, i8) {
    let at = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
    let civil = at.to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
    (civil.year(), civil.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_shanghai_begins_at_sixteen_utc() {
        let mut quotas = Quotas::default();
        let sixteen = 86_400 * 20_000 + 16 * 3600;
        assert!(quotas.count("/a", 1, day(sixteen - 1)));
        assert!(!quotas.count("/a", 1, day(sixteen - 1)));
        assert!(quotas.count("/a", 1, day(sixteen)), "a new day");
        assert_eq!(quotas.used("/a", day(sixteen)), 1);
        assert_eq!(quotas.used("/b", day(sixteen)), 0);
    }

    #[test]
    fn ten_clears_a_month() {
        let mut quotas = Quotas::default();
        let june = 1_781_000_000; // 2026-06-09
        for _ in 0..10 {
            assert!(quotas.clear(june));
        }
        assert!(!quotas.clear(june));
        assert!(quotas.clear(june + 31 * 86_400));
    }
}
