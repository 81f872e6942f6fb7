//! Reading the schedule table from CSV, or from rows that another format gave.
//!
//! Columns by name, in any order; others are ignored. Those of a position may be missing, as a whole or in a row. `date_ranges` decides (`MM-DD` or `MM-DD..MM-DD`, several
//! separated by `;`); where `days` is present too, it must list the same days, which catches half-done edits.

use jiff::civil::{Date, Time};

use super::{Hours, Place, Position, Schedule, is_city_core};
use crate::workflow::{
    mistake::{Mistake, is_enough},
    record::{self, Column, Field, Shape, needed, optional},
    rows::{self, CsvRows},
};

/// How days are written.
const DAYS: &str = "请写成 06-16..06-17 或 06-15;06-18 这样";

/// The two columns of a place's position, in degrees of GCJ-02.
pub const COORDINATES: [&str; 2] = ["latitude", "longitude"];
/// The columns that may be missing.
const OPTIONAL: [&str; 3] = ["days", COORDINATES[0], COORDINATES[1]];

/// What the template says of the columns.
const FIELDS: &[Field] = &[
    needed("city", Shape::Text).about("城市", ["样例市", "样例市"]),
    needed("district", Shape::Text)
        .about("区、县；没有区的市写市考办的名字。广州市区不能写", ["样例一区", "样例二区"]),
    needed("address", Shape::Text).about("地址，原样给考生看", ["样例一区样例路1号", "样例二区样例路2号"]),
    needed("phones", Shape::Texts).about("电话，至少一个", ["020-00000001", "020-00000002;020-00000003"]),
    needed("date_ranges", Shape::Texts)
        .about("初审的日子，06-16 或 06-16..06-17；年份取自批次", ["06-15;06-18", "06-16..06-17"]),
    optional("days", Shape::Texts)
        .about("可以不写；写了就要和 date_ranges 是同样的日子", ["", "06-16;06-17"]),
    optional("am_start", Shape::Text).about("上午从几点，如 09:15；上午不办就不写", ["09:15", "09:15"]),
    optional("am_end", Shape::Text).about("上午到几点", ["11:30", "11:30"]),
    optional("pm_start", Shape::Text).about("下午从几点；下午不办就不写", ["14:30", ""]),
    optional("pm_end", Shape::Text).about("下午到几点", ["17:30", ""]),
    optional(COORDINATES[0], Shape::Number)
        .about("纬度（GCJ-02）；可以不写，写了考生发位置就按远近告诉他们", ["23.1291", ""]),
    optional(COORDINATES[1], Shape::Number).about("经度（GCJ-02）；和纬度一起写", ["113.2644", ""]),
];

/// The columns, as the header names them.
pub const COLUMNS: [&str; 12] = {
    let mut names = [""; 12];
    let mut at = 0;
    while at < names.len() {
        names[at] = FIELDS[at].path;
        at += 1;
    }
    names
};

/// The columns, in the order of the template.
pub fn columns() -> Vec<Column> {
    record::columns(FIELDS)
}

/// Reads the table from CSV text. `year` is the batch's. All mistakes, each with its row and column, or the schedule.
pub fn read_csv(text: &str, year: i16) -> Result<Schedule, Vec<Mistake>> {
    rows::read_from(CsvRows::new(text), |rows| read_rows(rows, year))
}

/// Reads the table from rows, the header first; each row with its number in its file.
pub fn read_rows(mut rows: impl Iterator<Item = rows::Row>, year: i16) -> Result<Schedule, Vec<Mistake>> {
    let (_, header) = rows.next().unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut mistakes: Vec<Mistake> = COLUMNS
        .iter()
        .filter(|column| !OPTIONAL.contains(*column) && !header.iter().any(|name| name == *column))
        .map(|column| Mistake::new(*column, "没有这一列", "请在标题行补上").at_row(1))
        .collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut places: Vec<Place> = Vec::new();
    for (number, fields) in rows.filter(|(_, fields)| fields.iter().any(|field| !field.trim().is_empty())) {
        if is_enough(&mistakes) {
            break;
        }
        let mut row = Row { header: &header, fields: &fields, number, mistakes: &mut mistakes };
        let place = row.place(year);
        match place {
            Some(place) if places.iter().any(|other| other.key() == place.key()) => {
                row.report("district", format!("{} 前面已经有一行", place.key()), "每个地点只留一行");
            }
            Some(place) => places.push(place),
            None => {}
        }
    }
    if places.is_empty() && mistakes.is_empty() {
        mistakes.push(Mistake::new("", "表里没有办理地点", "标题行下面每个地点写一行"));
    }
    if mistakes.is_empty() { Ok(Schedule { places }) } else { Err(mistakes) }
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
        let position = self.position();
        if city.as_deref() == Some("广州市") && district.as_deref().is_some_and(is_city_core) {
            self.report("district", "广州市区不受理考生".into(), "请给每个区各写一行");
            return None;
        }
        Some(Place {
            city: city?,
            district: district?,
            days: days?,
            address: address?,
            phones: phones?,
            hours: hours?,
            position,
        })
    }

    fn field(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.fields.get(at)).map_or("", |field| field.trim())
    }

    fn text(&mut self, column: &str) -> Option<String> {
        let text = self.field(column).to_owned();
        if text.is_empty() {
            self.report(column, "没有填".into(), "请补上");
            return None;
        }
        Some(text)
    }

    fn phones(&mut self) -> Option<Vec<String>> {
        let phones = split(self.field("phones"));
        if phones.is_empty() {
            self.report("phones", "没有填".into(), "请至少写一个电话，几个用 ; 隔开");
            return None;
        }
        let wrong = phones.iter().find(|phone| !is_phone(phone)).cloned();
        if let Some(phone) = wrong {
            let what = format!("“{phone}”不是电话号码");
            self.report("phones", what, "请写成 020-88909771 这样，几个用 ; 隔开");
            return None;
        }
        Some(phones)
    }

    fn days(&mut self, year: i16) -> Option<Vec<Date>> {
        let ranges = split(self.field("date_ranges"));
        if ranges.is_empty() {
            self.report("date_ranges", "没有填".into(), DAYS);
            return None;
        }
        let mut days = Vec::new();
        for range in &ranges {
            let Some(range_days) = read_range(range, year) else {
                let what = format!("“{range}”不是 {year} 年里的一天或连续几天");
                self.report("date_ranges", what, DAYS);
                return None;
            };
            days.extend(range_days);
        }
        days.sort();
        days.dedup();
        let listed = split(self.field("days"));
        let agrees = listed.iter().map(|day| read_day(day, year)).eq(days.iter().copied().map(Some));
        if !listed.is_empty() && !agrees {
            self.report("days", "和 date_ranges 不是同样的日子".into(), "请改正写错的那一列");
            return None;
        }
        Some(days)
    }

    fn hours(&mut self) -> Option<Hours> {
        let morning = self.half_day("am_start", "am_end")?;
        let afternoon = self.half_day("pm_start", "pm_end")?;
        if morning.is_none() && afternoon.is_none() {
            self.report("am_start", "上午、下午都没有时间".into(), "请至少写其中一个半天");
            return None;
        }
        if let (Some((_, noon)), Some((again, _))) = (morning, afternoon)
            && again < noon
        {
            let what = format!("{} 比 am_end 早", self.field("pm_start"));
            self.report("pm_start", what, "下午要从上午结束之后开始");
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
            let what = format!("{} 不在 {start} 之后", self.field(end));
            self.report(end, what, "结束要在开始之后");
            return None;
        }
        Some(Some((from, to)))
    }

    /// Both coordinates or none; what is wrong with them is reported.
    fn position(&mut self) -> Option<Position> {
        if COORDINATES.iter().all(|column| self.field(column).is_empty()) {
            return None;
        }
        let ends = [90.0, 180.0];
        let degrees: Vec<Option<f64>> =
            COORDINATES.iter().zip(ends).map(|(column, end)| self.degrees(column, end)).collect();
        Position::new(degrees[0]?, degrees[1]?)
    }

    fn degrees(&mut self, column: &str, end: f64) -> Option<f64> {
        let text = self.field(column).to_owned();
        if text.is_empty() {
            self.report(column, "没有填".into(), "latitude 和 longitude 要么都填，要么都不填");
            return None;
        }
        let degrees: Option<f64> = text.parse().ok().filter(|degrees: &f64| degrees.abs() <= end);
        if degrees.is_none() {
            let what = format!("“{text}”不是 -{end} 到 {end} 之间的度数");
            self.report(column, what, "请写成 23.1291（纬度）、113.2644（经度）这样，不要写反");
        }
        degrees
    }

    fn time(&mut self, column: &str, text: &str) -> Option<Time> {
        let time = text.split_once(':').and_then(|(hour, minute)| {
            let short = minute.len() == 2 && (1..=2).contains(&hour.len());
            Time::new(number(hour)?, number(minute)?, 0, 0).ok().filter(|_| short)
        });
        if time.is_none() {
            self.report(column, format!("“{text}”不是时间"), "请写成 09:15 这样");
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
