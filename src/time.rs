//! Points in time and the civil dates that people read.
//!
//! The bot knows two times (design §2.6): *wire time* dates signatures, *business time* is what every rule and
//! person sees. Both are `Millis`; which one a value is, its owner says. Nothing here reads a clock: the present
//! is always a parameter. Rules about dates (is the window open, has the day passed) are elsewhere, in
//! `workflow::batch` and `workflow::schedule`; here are only the conversions and the spelling
//! 「6月15日（周一）」, 「6月12日 9:30」.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// How far the timestamp of a callback's signature may be from wire time, in seconds, either way: wide enough for two
/// clocks, and as long as a captured signature is worth anything.
pub const MAX_SKEW: i64 = 300;

/// Milliseconds since 1970-01-01T00:00:00Z; the form in which times are stored and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The point `seconds` later; stays at the end of time instead of overflowing.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// The point `seconds` earlier; stays at the beginning of time instead of overflowing.
    #[must_use]
    pub const fn minus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds.saturating_mul(1000)))
    }

    /// Milliseconds from `earlier` to this point, negative when `earlier` is in fact later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since 1970, rounded down: the platform's `CreateTime`.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The point that the platform's `CreateTime` names.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Date and time on the wall in `zone`. Total: a point outside jiff's range becomes the nearest inside.
    pub fn civil(self, zone: &TimeZone) -> DateTime {
        let nearest = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        zone.to_datetime(Timestamp::from_millisecond(self.0).unwrap_or(nearest))
    }

    /// The date on the wall in `zone`.
    pub fn date(self, zone: &TimeZone) -> Date {
        self.civil(zone).date()
    }
}

impl From<Timestamp> for Millis {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

/// The point at which a wall clock in `zone` shows `at`. A time that a clock change skips or repeats is taken
/// as jiff's "compatible" reading; China has had none since 1991.
pub fn at_civil(at: DateTime, zone: &TimeZone) -> Millis {
    let nearest = if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    zone.to_timestamp(at).unwrap_or(nearest).into()
}

/// Asia/Shanghai, the time zone of every date in the domain (domain.md §3) and the default of `timezone`.
pub fn shanghai() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| TimeZone::get("Asia/Shanghai").expect("the bundled time zone database has it"))
        .clone()
}

/// `2026-06-12T09:30`, minutes exactly, no zone: how batches and flags write a local time.
pub fn parse_minute(text: &str) -> Option<DateTime> {
    let shaped = text.len() == 16 && text.as_bytes().get(10) == Some(&b'T');
    shaped.then(|| text.parse().ok()).flatten()
}

/// The inverse of [`parse_minute`]; seconds are dropped.
pub fn write_minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// 「6月15日」.
pub fn date_text(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

/// 「6月15日（周一）」. Only for dates whose year is configured (procedure.md AMB-15).
pub fn date_with_weekday(date: Date) -> String {
    format!("{}（{}）", date_text(date), weekday_text(date.weekday()))
}

/// 「9:30」: no leading zero on the hour, as people write it.
pub fn time_text(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// 「6月12日 9:30」.
pub fn moment_text(at: DateTime) -> String {
    format!("{} {}", date_text(at.date()), time_text(at.time()))
}

/// 「周一」 … 「周日」.
pub const fn weekday_text(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// Serde form of a local time: `#[serde(with = "crate::time::minute")]` reads and writes `2026-06-12T09:30`.
pub mod minute {
    use jiff::civil::DateTime;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the minute.
    pub fn serialize<S: Serializer>(at: &DateTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::write_minute(*at))
    }

    /// Reads the minute, saying what was expected.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime, D::Error> {
        let text = String::deserialize(from)?;
        super::parse_minute(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a local time like 2026-06-12T09:30")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_carry_the_weekday_of_their_year() {
        let rows = [
            (date(2026, 6, 15), "6月15日（周一）"),
            (date(2026, 6, 18), "6月18日（周四）"),
            (date(2021, 6, 15), "6月15日（周二）"),
            (date(2026, 12, 6), "12月6日（周日）"),
        ];
        for (day, expected) in rows {
            assert_eq!(date_with_weekday(day), expected);
        }
    }

    #[test]
    fn minutes_are_read_strictly_and_written_back() {
        let rows = [
            ("2026-06-12T09:30", Some("6月12日 9:30")),
            ("2026-06-17T16:00", Some("6月17日 16:00")),
            ("2026-06-17T16:05", Some("6月17日 16:05")),
            ("2026-06-12 09:30", None),
            ("2026-06-12T09:30:00", None),
            ("2026-06-31T09:30", None),
            ("2026-06-12T24:30", None),
            ("2026-06-12", None),
            ("", None),
            ("六月十二日", None),
        ];
        for (text, expected) in rows {
            let parsed = parse_minute(text);
            assert_eq!(parsed.map(moment_text).as_deref(), expected, "{text}");
            if let Some(at) = parsed {
                assert_eq!(write_minute(at), text);
            }
        }
    }

    #[test]
    fn the_wall_clock_of_shanghai_is_eight_hours_ahead() {
        let at = at_civil(date(2026, 6, 12).at(9, 30, 0, 0), &shanghai());
        assert_eq!(at, Millis(1_781_227_800_000));
        assert_eq!(at.civil(&shanghai()), date(2026, 6, 12).at(9, 30, 0, 0));
        assert_eq!(at.minus_seconds(9 * 3600 + 1800 + 1).date(&shanghai()), date(2026, 6, 11));
        assert_eq!(at.as_seconds(), 1_781_227_800);
    }

    #[test]
    fn arithmetic_never_overflows() {
        assert_eq!(Millis(i64::MAX).plus_seconds(1), Millis(i64::MAX));
        assert_eq!(Millis(i64::MIN).minus_seconds(i64::MAX), Millis(i64::MIN));
        assert_eq!(Millis(5).since(Millis(2)), 3);
        let _ = Millis(i64::MAX).civil(&shanghai());
        let _ = Millis(i64::MIN).civil(&shanghai());
        let _ = at_civil(DateTime::MIN, &shanghai());
    }
}
