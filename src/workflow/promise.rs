//! PURE. How long a review may take, as the batch promises it.

use jiff::{
    ToSpan as _,
    civil::{DateTime, Weekday},
    tz::TimeZone,
};

use super::batch::Batch;
use crate::time::{Millis, at_civil};

/// Since when, or later, a case has come to an office that is still within what the batch promises; `None` where it
/// promises nothing.
pub fn kept_since(batch: &Batch, now: Millis, zone: &TimeZone) -> Option<Millis> {
    Some(working_days_before(now, batch.review_promise_working_days?, zone))
}

/// The instant so many working days before; what lies on a weekend takes no time. Public holidays are not known here.
pub fn working_days_before(now: Millis, days: u8, zone: &TimeZone) -> Millis {
    let is_off = |at: DateTime| matches!(at.date().weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut at = now.civil(zone);
    if is_off(at) {
        // From the weekend's beginning on.
        let gone = i64::from(at.date().weekday() == Weekday::Sunday);
        at = at.date().saturating_sub(gone.days()).at(0, 0, 0, 0);
    }
    let mut left = days;
    while left > 0 {
        at = at.saturating_sub(1.day());
        left -= u8::from(!is_off(at));
    }
    at_civil(at, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekend_takes_no_time_of_a_promise() {
        let zone = crate::time::shanghai();
        let at = |text: &str| at_civil(crate::time::parse_minute(text).unwrap(), &zone);
        // 15 June 2026 is a Monday.
        let rows = [
            ("2026-06-17T10:00", 1, "2026-06-16T10:00"),
            ("2026-06-15T10:00", 1, "2026-06-12T10:00"),
            ("2026-06-15T10:00", 2, "2026-06-11T10:00"),
            ("2026-06-14T16:00", 1, "2026-06-12T00:00"),
            ("2026-06-13T09:00", 2, "2026-06-11T00:00"),
            ("2026-06-17T10:00", 0, "2026-06-17T10:00"),
        ];
        for (now, days, expected) in rows {
            assert_eq!(working_days_before(at(now), days, &zone), at(expected), "{days} before {now}");
        }
    }
}
