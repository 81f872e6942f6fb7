//! PURE. The hours in which nobody is written to of our own accord, announcements and reminders alike.

use jiff::civil::{DateTime, Time};

/// From one time of the day to another, over midnight when the second is the earlier; two equal ones are no hours at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// The first quiet minute.
    pub from: Time,
    /// The first minute that is no longer quiet.
    pub to: Time,
}

impl Default for Quiet {
    /// The night.
    fn default() -> Self {
        Self { from: Time::constant(22, 0, 0, 0), to: Time::constant(8, 0, 0, 0) }
    }
}

impl Quiet {
    /// From the setting's text, `22:00-08:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Self { from: read_time(from)?, to: read_time(to)? })
    }

    /// Whether it is quiet at a local time.
    pub fn is_quiet(&self, now: DateTime) -> bool {
        let time = now.time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }

    /// When the quiet hours end in which `now` lies; `now` itself when it lies in none.
    pub fn ends_after(&self, now: DateTime) -> DateTime {
        if !self.is_quiet(now) {
            return now;
        }
        let day = if now.time() < self.to { Ok(now.date()) } else { now.date().tomorrow() };
        day.map_or(now, |day| day.to_datetime(self.to))
    }
}

fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    Time::new(number(hour)?, number(minute).filter(|_| minute.len() == 2)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_minute;

    #[test]
    fn hours_are_quiet_up_to_their_end_over_midnight_or_not() {
        let rows = [
            ("22:00-08:00", "2026-06-15T21:59", None),
            ("22:00-08:00", "2026-06-15T22:00", Some("2026-06-16T08:00")),
            ("22:00-08:00", "2026-06-15T00:00", Some("2026-06-15T08:00")),
            ("22:00-08:00", "2026-06-15T07:59", Some("2026-06-15T08:00")),
            ("22:00-08:00", "2026-06-15T08:00", None),
            ("12:00-14:30", "2026-06-15T12:00", Some("2026-06-15T14:30")),
            ("12:00-14:30", "2026-06-15T14:30", None),
            ("00:00-00:00", "2026-06-15T00:00", None),
        ];
        for (hours, now, ends) in rows {
            let (quiet, now) = (Quiet::parse(hours).unwrap(), parse_minute(now).unwrap());
            assert_eq!(quiet.is_quiet(now), ends.is_some(), "{hours} {now}");
            let ends = ends.map_or(now, |ends| parse_minute(ends).unwrap());
            assert_eq!(quiet.ends_after(now), ends, "{hours} {now}");
        }
        assert_eq!(Quiet::parse("22:00-08:00"), Some(Quiet::default()));
    }

    #[test]
    fn what_is_no_pair_of_times_is_refused() {
        for wrong in ["", "22:00", "22-8", "22:00-24:00", "22:0-08:00", "晚上-早上"] {
            assert_eq!(Quiet::parse(wrong), None, "{wrong}");
        }
    }
}
