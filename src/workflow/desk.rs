//! PURE. The offices' desk: whether people answer chats by the platform's customer service, and when.

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, Time, Weekday},
};

use super::schedule::Hours;
use crate::time::{moment_text, weekday_text};

/// How far ahead the next opening is looked for, in days: longer than any row of holidays.
const AHEAD: i32 = 31;

/// When somebody sits there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Whether agents work with the platform's customer service: only then may a chat be handed over to them.
    pub hands_over: bool,
    hours: Hours,
    first: Weekday,
    last: Weekday,
    closed: Vec<Date>,
}

impl Default for Desk {
    /// The offices' hours (AMB-16) from Monday to Friday, and no agents: a chat handed over to nobody would be lost.
    fn default() -> Self {
        let hours = |from, to| Some((Time::constant(from, 15, 0, 0), to));
        let morning = hours(9, Time::constant(11, 30, 0, 0));
        let afternoon = Some((Time::constant(14, 30, 0, 0), Time::constant(17, 30, 0, 0)));
        Self {
            hands_over: false,
            hours: Hours { morning, afternoon },
            first: Weekday::Monday,
            last: Weekday::Friday,
            closed: Vec::new(),
        }
    }
}

impl Desk {
    /// From the settings' texts: `9:15-11:30,14:30-17:30`, `1-5` (1 is Monday), `2026-06-19,2026-09-25`. Otherwise which
    /// of the three cannot be read: `hours`, `days` or `closed_on`.
    pub fn read(hands_over: bool, hours: &str, days: &str, closed: &str) -> Result<Self, &'static str> {
        let hours = read_hours(hours).ok_or("hours")?;
        let (first, last) = read_days(days).ok_or("days")?;
        let dates = closed.split(',').map(str::trim).filter(|date| !date.is_empty());
        let closed = dates.map(|date| date.parse().ok()).collect::<Option<_>>().ok_or("closed_on")?;
        Ok(Self { hands_over, hours, first, last, closed })
    }

    /// Whether somebody is there.
    pub fn is_open(&self, now: DateTime) -> bool {
        let within =
            |half: Option<(Time, Time)>| half.is_some_and(|(from, to)| (from..to).contains(&now.time()));
        self.works_on(now.date()) && (within(self.hours.morning) || within(self.hours.afternoon))
    }

    /// The next time that somebody comes; `None` when that is far away.
    pub fn opens(&self, now: DateTime) -> Option<DateTime> {
        let starts = [self.hours.morning, self.hours.afternoon].into_iter().flatten().map(|(from, _)| from);
        let starts: Vec<Time> = starts.collect();
        (0..AHEAD).filter_map(|days| now.date().checked_add(days.days()).ok()).find_map(|date| {
            let on_day = starts.iter().map(|from| date.to_datetime(*from)).find(|opens| *opens > now);
            on_day.filter(|_| self.works_on(date))
        })
    }

    /// 「周一至周五 9:15–11:30，14:30–17:30」.
    pub fn hours_text(&self) -> String {
        let (first, last) = (weekday_text(self.first), weekday_text(self.last));
        let days = if first == last { first.to_owned() } else { format!("{first}至{last}") };
        format!("{days} {}", self.hours.text())
    }

    /// 「6月16日 9:15」.
    pub fn opens_text(&self, now: DateTime) -> Option<String> {
        self.opens(now).map(moment_text)
    }

    fn works_on(&self, date: Date) -> bool {
        let (first, last) = (self.first.to_monday_one_offset(), self.last.to_monday_one_offset());
        (first..=last).contains(&date.weekday().to_monday_one_offset()) && !self.closed.contains(&date)
    }
}

/// `9:15-11:30,14:30-17:30`, or one of the two.
fn read_hours(text: &str) -> Option<Hours> {
    let mut halves = Vec::new();
    for half in text.split(',').map(str::trim) {
        let (from, to) = half.split_once('-')?;
        let (from, to) = (read_time(from)?, read_time(to)?);
        let after = halves.last().is_none_or(|(_, before)| *before <= from);
        halves.push(Some((from, to)).filter(|_| from < to && after)?);
    }
    match halves.as_slice() {
        [one] => Some(Hours { morning: Some(*one), afternoon: None }),
        [morning, afternoon] => Some(Hours { morning: Some(*morning), afternoon: Some(*afternoon) }),
        _ => None,
    }
}

fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    Time::new(digits(hour)?, digits(minute).filter(|_| minute.len() == 2)?, 0, 0).ok()
}

/// `1-5`, or a single day.
fn read_days(text: &str) -> Option<(Weekday, Weekday)> {
    let day = |text: &str| Weekday::from_monday_one_offset(text.trim().parse().ok()?).ok();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (day(first)?, day(last)?);
    (first.to_monday_one_offset() <= last.to_monday_one_offset()).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        crate::time::parse_minute(text).unwrap()
    }

    #[test]
    fn somebody_is_there_in_the_hours_of_working_days() {
        let desk = Desk::read(true, "9:15-11:30,14:30-17:30", "1-5", "2026-06-19").unwrap();
        assert_eq!(desk, Desk { hands_over: true, closed: desk.closed.clone(), ..Desk::default() });
        let rows = [
            ("2026-06-15T09:14", false, Some("2026-06-15T09:15")),
            ("2026-06-15T09:15", true, Some("2026-06-15T14:30")),
            ("2026-06-15T11:29", true, Some("2026-06-15T14:30")),
            ("2026-06-15T11:30", false, Some("2026-06-15T14:30")),
            ("2026-06-15T17:30", false, Some("2026-06-16T09:15")),
            ("2026-06-18T18:00", false, Some("2026-06-22T09:15")),
            ("2026-06-19T10:00", false, Some("2026-06-22T09:15")),
            ("2026-06-21T10:00", false, Some("2026-06-22T09:15")),
        ];
        for (now, open, opens) in rows {
            let told = (desk.is_open(at(now)), desk.opens(at(now)));
            assert_eq!(told, (open, opens.map(at)), "{now}");
        }
        assert_eq!(desk.hours_text(), "周一至周五 9:15–11:30，14:30–17:30");
        assert_eq!(desk.opens_text(at("2026-06-21T10:00")).unwrap(), "6月22日 9:15");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let good = ["9:00-17:00", "1-7", ""];
        assert!(Desk::read(false, good[0], good[1], good[2]).is_ok());
        let rows = [
            ("17:00-9:00", "1-5", "", "hours"),
            ("9:00-12:00,11:00-17:00", "1-5", "", "hours"),
            ("9-17", "1-5", "", "hours"),
            ("9:00-24:30", "1-5", "", "hours"),
            ("", "1-5", "", "hours"),
            ("9:00-17:00", "5-1", "", "days"),
            ("9:00-17:00", "0-5", "", "days"),
            ("9:00-17:00", "1-5", "6月19日", "closed_on"),
        ];
        for (hours, days, closed, wrong) in rows {
            assert_eq!(Desk::read(false, hours, days, closed), Err(wrong), "{hours} {days} {closed}");
        }
    }
}
