//! How often a call may be made in a day and in a minute (protocol §5, §9, §13).
//!
//! A verified account's numbers of a day stand in the endpoint tables of `api/`; [`LOWER`] has those of accounts that
//! have less, [`PER_MINUTE`] the few paths that count by the minute. Both counters start anew with their day or
//! minute on the mock's clock.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::options::Account;

/// Calls of a minute, counted over the paths of a row together.
const PER_MINUTE: &[(&[&str], u32)] = &[
    (&["/cgi-bin/stable_token"], 10_000),
    (&["/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"], 60),
];

/// Daily numbers of a test account; an unverified one gets the same (A).
const LOWER: &[(&str, u32)] = &[
    ("/cgi-bin/token", 200),
    ("/cgi-bin/menu/create", 100),
    ("/cgi-bin/menu/get", 1_000),
    ("/cgi-bin/menu/delete", 100),
    ("/cgi-bin/tags/create", 100),
    ("/cgi-bin/tags/get", 100),
    ("/cgi-bin/tags/update", 100),
    ("/cgi-bin/tags/members/batchtagging", 1_000),
    ("/cgi-bin/tags/members/batchuntagging", 1_000),
    ("/cgi-bin/media/upload", 500),
    ("/cgi-bin/media/get", 1_000),
    ("/cgi-bin/message/custom/send", 50_000),
    ("/cgi-bin/qrcode/create", 10_000),
    ("/cgi-bin/user/get", 100),
    ("/cgi-bin/user/info", 500_000),
];

/// Times that `clear_quota` may be called in a month (protocol §5).
const CLEARS_A_MONTH: u32 = 10;

/// Counters of one account; a day is a day in Shanghai.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    used: HashMap<String, (i64, u32)>,
    minutes: HashMap<&'static str, (i64, u32)>,
    cleared: ((i16, i8), u32),
}

impl Quotas {
    /// Counts one call; false when the day's limit is used up.
    pub(crate) fn count(&mut self, path: &str, limit: u32, day: i64) -> bool {
        if !self.used.contains_key(path) {
            self.used.insert(path.to_owned(), (day, 0));
        }
        let used = self.used.get_mut(path).expect("just inserted");
        if used.0 != day {
            *used = (day, 0);
        }
        if used.1 >= limit {
            return false;
        }
        used.1 += 1;
        true
    }

    /// Counts one call of a path that counts by the minute; false when this minute's limit is used up.
    pub(crate) fn count_minute(&mut self, path: &str, now: i64) -> bool {
        let Some((paths, limit)) = PER_MINUTE.iter().find(|(paths, _)| paths.contains(&path)) else {
            return true;
        };
        let minute = now.div_euclid(60);
        let used = self.minutes.entry(paths[0]).or_insert((minute, 0));
        if used.0 != minute {
            *used = (minute, 0);
        }
        used.1 += 1;
        used.1 <= *limit
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

/// Calls of a path that the account may make in a day, where a verified one may make `verified`.
pub(crate) fn daily(path: &str, verified: u32, account: Account) -> u32 {
    let lower = LOWER.iter().find(|(lower, _)| *lower == path).map(|(_, limit)| *limit);
    lower.filter(|_| account != Account::Verified).unwrap_or(verified)
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
    fn a_minute_counts_over_the_paths_of_its_row() {
        let mut quotas = Quotas::default();
        for n in 0..30 {
            assert!(quotas.count_minute("/cgi-bin/message/mass/send", 120 + n));
            assert!(quotas.count_minute("/cgi-bin/message/mass/sendall", 120 + n));
        }
        assert!(!quotas.count_minute("/cgi-bin/message/mass/send", 179));
        assert!(quotas.count_minute("/cgi-bin/stable_token", 179), "a row of its own");
        assert!(quotas.count_minute("/cgi-bin/menu/get", 179), "not counted by the minute");
        assert!(quotas.count_minute("/cgi-bin/message/mass/send", 180), "a new minute");
    }

    #[test]
    fn other_accounts_have_less() {
        for (path, account, expected) in [
            ("/cgi-bin/token", Account::Verified, 2_000),
            ("/cgi-bin/token", Account::Test, 200),
            ("/cgi-bin/token", Account::Unverified, 200),
            ("/cgi-bin/message/template/send", Account::Test, 2_000),
        ] {
            assert_eq!(daily(path, 2_000, account), expected, "{path} {account:?}");
        }
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
