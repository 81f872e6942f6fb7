//! Reading the schedule table from CSV, or from rows that another format gave.
//!
//! Columns by name, in any order; others are ignored. `date_ranges` decides (`MM-DD` or `MM-DD..MM-DD`, several
//! separated by `;`); where `days` is present too, it must list the same days, which catches half-done edits.

use jiff::civil::{Date, Time};

use super::{Hours, Place, Schedule, is_city_core};
use crate::workflow::mistake::Mistake;

const COLUMNS: [&str; 9] =
    ["city", "district", "address", "phones", "date_ranges", "am_start", "am_end", "pm_start", "pm_end"];

/// Reads the table from CSV text. `year` is the batch's. All mistakes, each with its row and column, or the schedule.
pub fn read_csv(text: &str, year: i16) -> Result<Schedule, Vec<Mistake>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| line_of(text, position));
                rows.push((line, record.iter().map(str::to_owned).collect()));
            }
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as usize);
                let remedy = "give every row as many fields as the header, with \" around a comma";
                return Err(vec![Mistake::new("", format!("is no CSV row: {error}"), remedy).at_row(line)]);
            }
        }
    }
    read_rows(rows, year)
}

/// Reads the table from rows, the header first; each row with its number in its file.
pub fn read_rows(
    rows: impl IntoIterator<Item = (usize, Vec<String>)>,
    year: i16,
) -> Result<Schedule, Vec<Mistake>> {
    let mut rows = rows.into_iter();
    let (_, header) = rows.next().unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut mistakes: Vec<Mistake> = COLUMNS
        .iter()
        .filter(|column| !header.iter().any(|name| name == *column))
        .map(|column| Mistake::new(*column, "the column is missing", "add it to the header").at_row(1))
        .collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut places: Vec<Place> = Vec::new();
    for (number, fields) in rows.filter(|(_, fields)| fields.iter().any(|field| !field.trim().is_empty())) {
        let mut row = Row { header: &header, fields: &fields, number, mistakes: &mut mistakes };
        let place = row.place(year);
        match place {
            Some(place) if places.iter().any(|other| other.key() == place.key()) => {
                row.report(
                    "district",
                    format!("{} has a row already", place.key()),
                    "keep one row for each place",
                );
            }
            Some(place) => places.push(place),
            None => {}
        }
    }
    if places.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new("", "the table has no places", "add a row for each place"));
    }
    if mistakes.is_empty() { Ok(Schedule { places }) } else { Err(mistakes) }
}

/// The line on which a record stands: its position is before the empty lines that the reader skips.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let from = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let skipped = from.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
    position.line() as usize + skipped
}

struct Row<'a> {
    header: &'a [String],
    fields: &'a [String],
    number: usize,
    mistakes: &'a mut Vec<Mistake>,
}

impl Row<'_> {
    /// Reads every field before giving up, so that all mistakes of the row are reported.
    fn place(&mut self, year: i16) -> Option<Place> {
        let city = self.text("city");
        let district = self.text("district");
        let address = self.text("address");
        let days = self.days(year);
        let phones = self.phones();
        let hours = self.hours();
        if city.as_deref() == Some("广州市") && district.as_deref().is_some_and(is_city_core) {
            let remedy = "give a row for each district instead";
            self.report("district", "Guangzhou's city office receives no candidates".into(), remedy);
            return None;
        }
        Some(Place {
            city: city?,
            district: district?,
            days: days?,
            address: address?,
            phones: phones?,
            hours: hours?,
        })
    }

    fn field(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.fields.get(at)).map_or("", |field| field.trim())
    }

    fn text(&mut self, column: &str) -> Option<String> {
        let text = self.field(column).to_owned();
        if text.is_empty() {
            self.report(column, "is empty".into(), "fill it in");
            return None;
        }
        Some(text)
    }

    fn phones(&mut self) -> Option<Vec<String>> {
        let phones = split(self.field("phones"));
        if phones.is_empty() {
            self.report("phones", "is empty".into(), "give at least one, several separated by `;`");
            return None;
        }
        let wrong = phones.iter().find(|phone| !is_phone(phone)).cloned();
        if let Some(phone) = wrong {
            let what = format!("`{phone}` is no telephone number");
            self.report("phones", what, "write it like 020-88909771, several separated by `;`");
            return None;
        }
        Some(phones)
    }

    fn days(&mut self, year: i16) -> Option<Vec<Date>> {
        let ranges = split(self.field("date_ranges"));
        if ranges.is_empty() {
            self.report("date_ranges", "is empty".into(), "write it like 06-16..06-17 or 06-15;06-18");
            return None;
        }
        let mut days = Vec::new();
        for range in &ranges {
            let Some(range_days) = read_range(range, year) else {
                let what = format!("`{range}` is no day or range of days in {year}");
                self.report("date_ranges", what, "write it like 06-16..06-17 or 06-15;06-18");
                return None;
            };
            days.extend(range_days);
        }
        days.sort();
        days.dedup();
        let listed = split(self.field("days"));
        let agrees = listed.iter().map(|day| read_day(day, year)).eq(days.iter().copied().map(Some));
        if !listed.is_empty() && !agrees {
            self.report("days", "are not those of `date_ranges`".into(), "correct the one that is wrong");
            return None;
        }
        Some(days)
    }

    fn hours(&mut self) -> Option<Hours> {
        let morning = self.half_day("am_start", "am_end")?;
        let afternoon = self.half_day("pm_start", "pm_end")?;
        if morning.is_none() && afternoon.is_none() {
            self.report(
                "am_start",
                "no office hours at all".into(),
                "fill in the morning's, the afternoon's or both",
            );
            return None;
        }
        if let (Some((_, noon)), Some((again, _))) = (morning, afternoon)
            && again < noon
        {
            self.report(
                "pm_start",
                format!("{again} is before `am_end`"),
                "put the afternoon after the morning",
            );
            return None;
        }
        Some(Hours { morning, afternoon })
    }

    /// `Some(None)` when the office is closed for that half-day.
    #[expect(clippy::option_option, reason = "outer: was it readable; inner: is the office open")]
    fn half_day(&mut self, start: &str, end: &str) -> Option<Option<(Time, Time)>> {
        if self.field(start).is_empty() && self.field(end).is_empty() {
            return Some(None);
        }
        let mut ends = [start, end].map(|column| (column, self.field(column).to_owned())).into_iter();
        let times: Vec<Option<Time>> = ends.by_ref().map(|(column, text)| self.time(column, &text)).collect();
        let (Some(from), Some(to)) = (times[0], times[1]) else { return None };
        if from >= to {
            self.report(
                end,
                format!("{} is not after `{start}`", self.field(end)),
                "put the end after the start",
            );
            return None;
        }
        Some(Some((from, to)))
    }

    fn time(&mut self, column: &str, text: &str) -> Option<Time> {
        let time = text.split_once(':').and_then(|(hour, minute)| {
            let short = minute.len() == 2 && (1..=2).contains(&hour.len());
            Time::new(number(hour)?, number(minute)?, 0, 0).ok().filter(|_| short)
        });
        if time.is_none() {
            self.report(column, format!("`{text}` is no time"), "write it like 09:15");
        }
        time
    }

    fn report(&mut self, column: &str, what: String, remedy: &str) {
        self.mistakes.push(Mistake::new(column, what, remedy).at_row(self.number));
    }
}

/// Parts separated by `;` of either width, without blanks.
fn split(text: &str) -> Vec<String> {
    text.split([';', '；']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// `06-16` or `06-16..06-17`, ends included.
fn read_range(text: &str, year: i16) -> Option<Vec<Date>> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (read_day(first.trim(), year)?, read_day(last.trim(), year)?);
    let days: Vec<Date> = first.series(jiff::ToSpan::days(1)).take_while(|day| *day <= last).collect();
    (!days.is_empty()).then_some(days)
}

fn read_day(text: &str, year: i16) -> Option<Date> {
    let (month, day) = text.split_once('-')?;
    Date::new(year, number(month)?, number(day)?).ok()
}

/// One or two ASCII digits.
fn number(text: &str) -> Option<i8> {
    text.parse().ok().filter(|_| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()))
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (7..=13).contains(&digits) && text.bytes().all(|b| b.is_ascii_digit() || b"-+() ".contains(&b))
}
