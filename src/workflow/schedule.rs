//! Where and when to go: the published table of 毕业初审 places (domain.md §4).
//!
//! Only imported places exist; a new district is a new row. The table has no year: dates get the batch's
//! (procedure.md AMB-15). Order is the table's, and so are the phones'. 「广州市区」 is a place of the province's
//! system that must not be chosen, because Guangzhou's districts do the work (AMB-13); other cities' own offices may
//! be rows like any other. Reading the table is in `table`.

mod position;
mod row;
mod table;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::time::{date_with_weekday, time_text};
pub use position::Position;
pub use row::write_csv;
pub use table::{COLUMNS, COORDINATES, columns, read_csv, read_rows};

/// When people are reminded of the next day: after breakfast, and early enough to ask the office something.
pub const REMINDED_AT: Time = Time::constant(9, 0, 0, 0);

/// All places of a batch, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// At least one.
    pub places: Vec<Place>,
}

/// One 毕业办理地点.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 「广州市」.
    pub city: String,
    /// 「天河区」.
    pub district: String,
    /// The days of the on-site check, ascending.
    pub days: Vec<Date>,
    /// The whole address text: some "offices" are schools, and hints stand in brackets (domain.md §11 no. 7).
    pub address: String,
    /// All telephones, in order (AMB-28).
    pub phones: Vec<String>,
    /// The same hours on every day (AMB-16).
    pub hours: Hours,
    /// Where it lies, if the office said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Office hours; at least one half-day has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// From, to.
    pub morning: Option<(Time, Time)>,
    /// From, to.
    pub afternoon: Option<(Time, Time)>,
}

/// What a text that should name a place names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// One place.
    Place(&'a Place),
    /// Guangzhou as a whole, which cannot be chosen: answer with the reason and its districts.
    CityCore,
    /// A name that several cities have, in the table's order.
    Several(Vec<&'a Place>),
    /// Nothing we know.
    Unknown,
}

impl Schedule {
    /// The cities, in order.
    pub fn cities(&self) -> Vec<&str> {
        let mut cities: Vec<&str> = Vec::new();
        for place in &self.places {
            if !cities.contains(&place.city.as_str()) {
                cities.push(&place.city);
            }
        }
        cities
    }

    /// The places of a city, in order.
    pub fn in_city<'a>(&'a self, city: &'a str) -> impl Iterator<Item = &'a Place> {
        self.places.iter().filter(move |place| place.city == city)
    }

    /// The place with exactly these names.
    pub fn place(&self, city: &str, district: &str) -> Option<&Place> {
        self.places.get(self.position(city, district)?)
    }

    /// The same by its index.
    pub fn position(&self, city: &str, district: &str) -> Option<usize> {
        self.places.iter().position(|place| place.city == city && place.district == district)
    }

    /// The place that a name names: with or without 区, with or without the city before it. The name comes in its common
    /// spelling, without signs and politeness (`dialog::names_in`).
    pub fn find(&self, name: &str) -> Lookup<'_> {
        let mut found: Vec<&Place> = self.places.iter().filter(|place| place.is_named(name)).collect();
        match found.len() {
            0 if means_city_core(name) && self.mentioned_in(name).is_empty() => Lookup::CityCore,
            0 => Lookup::Unknown,
            1 => Lookup::Place(found.remove(0)),
            _ => Lookup::Several(found),
        }
    }

    /// The places whose position is known, by their index, the nearest first, each with the way there in metres.
    pub fn nearest(&self, from: Position) -> Vec<(usize, u32)> {
        let known = self.places.iter().enumerate();
        let mut ways: Vec<(usize, u32)> =
            known.filter_map(|(at, place)| Some((at, place.position?.metres_to(from)))).collect();
        ways.sort_by_key(|(_, metres)| *metres);
        ways
    }

    /// The places whose district is mentioned somewhere in a sentence: 「天河区在哪里办」.
    pub fn mentioned_in(&self, sentence: &str) -> Vec<&Place> {
        self.places.iter().filter(|place| sentence.contains(stem(&place.district))).collect()
    }
}

impl Place {
    /// 「广州市/天河区」: how stored cases refer to a place.
    pub fn key(&self) -> String {
        format!("{}/{}", self.city, self.district)
    }

    /// 「6月15日（周一）、6月18日（周四）」; a day whose office hours are over at `now` is marked （已过）.
    pub fn days_text(&self, now: DateTime) -> String {
        let day = |date: &Date| {
            let mark = if self.is_over(*date, now) { "（已过）" } else { "" };
            format!("{}{mark}", date_with_weekday(*date))
        };
        self.days.iter().map(day).collect::<Vec<_>>().join("、")
    }

    /// Whether the office hours of that day are over.
    pub fn is_over(&self, date: Date, now: DateTime) -> bool {
        now >= date.to_datetime(self.hours.end())
    }

    /// The last of its days that has come, today among them.
    pub fn begun_day(&self, now: DateTime) -> Option<Date> {
        self.days.iter().copied().rev().find(|day| *day <= now.date())
    }

    /// The last of its days whose office hours are over.
    pub fn past_day(&self, now: DateTime) -> Option<Date> {
        self.days.iter().copied().rev().find(|day| self.is_over(*day, now))
    }

    /// 「6月18日（周四）」: the days whose office hours are not over; empty when all are.
    pub fn days_left_text(&self, now: DateTime) -> String {
        let left = self.days.iter().filter(|day| !self.is_over(**day, now));
        left.map(|day| date_with_weekday(*day)).collect::<Vec<_>>().join("、")
    }

    /// The first day that is not over.
    pub fn next_day(&self, now: DateTime) -> Option<Date> {
        self.days.iter().copied().find(|date| !self.is_over(*date, now))
    }

    /// When to remind of the on-site days: nine in the morning of the first day before one of them that is still to come.
    pub fn reminder(&self, now: DateTime) -> Option<DateTime> {
        self.days.iter().filter_map(|date| eve(*date)).find(|at| *at > now)
    }

    /// 「020-84810283、020-84813582」.
    pub fn phones_text(&self) -> String {
        self.phones.join("、")
    }

    fn is_named(&self, text: &str) -> bool {
        let rest = [self.city.as_str(), stem(&self.city)].iter().find_map(|city| text.strip_prefix(*city));
        [Some(text), rest]
            .into_iter()
            .flatten()
            .any(|name| name == self.district || name == stem(&self.district))
    }
}

impl Hours {
    /// 「9:15–11:30，14:30–17:30」.
    pub fn text(&self) -> String {
        let half = |(from, to): (Time, Time)| format!("{}–{}", time_text(from), time_text(to));
        [self.morning, self.afternoon].into_iter().flatten().map(half).collect::<Vec<_>>().join("，")
    }

    /// When the last half-day ends.
    fn end(&self) -> Time {
        self.afternoon.or(self.morning).map_or(Time::MAX, |(_, to)| to)
    }
}

/// When people are reminded of a day: the day before, in the morning.
pub fn eve(day: Date) -> Option<DateTime> {
    Some(day.yesterday().ok()?.to_datetime(REMINDED_AT))
}

/// Whether a name is that of Guangzhou as a whole, the entry that cannot be chosen (procedure.md AMB-13).
pub fn is_city_core(name: &str) -> bool {
    after_city_core(name).is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether a text means it: by its name, with where one is before and whatever follows after. The bare 「广州」 begins
/// many names (「广州大学」), so that only questions about the place may follow it.
fn means_city_core(text: &str) -> bool {
    let text = LIVING_IN.iter().find_map(|words| text.strip_prefix(words)).unwrap_or(text);
    after_city_core(text).is_some_and(|(is_core, rest)| {
        let follows = || rest.is_empty() || AFTER_CITY.iter().any(|words| rest.starts_with(words));
        if is_core { rest.chars().count() <= LONGEST_REST } else { follows() }
    })
}

/// Words for the middle of a city.
const CORES: [&str; 6] = ["市市区", "市辖区", "市中心", "市区", "城区", "中心区"];
/// How people say where they are.
const LIVING_IN: [&str; 6] = ["我住在", "我人在", "我在", "我住", "我是", "住在"];
/// What people ask about a city as a place to go to.
const AFTER_CITY: [&str; 17] = [
    "的",
    "里",
    "内",
    "这",
    "那",
    "在哪",
    "哪",
    "去哪",
    "怎么",
    "办",
    "可以",
    "能",
    "行",
    "电话",
    "地址",
    "考办",
    "招考办",
];
/// How much may follow the name, in characters.
const LONGEST_REST: usize = 10;

/// What follows Guangzhou's name or that of its middle, and whether the middle was named: another city's is none of
/// ours.
fn after_city_core(name: &str) -> Option<(bool, &str)> {
    let name = ["广东省", "广东"].iter().find_map(|province| name.strip_prefix(province)).unwrap_or(name);
    let city = name.strip_prefix("广州");
    let within = city.unwrap_or(name);
    let core = [within, within.strip_prefix('市').unwrap_or(within)]
        .into_iter()
        .find_map(|text| CORES.iter().find_map(|core| text.strip_prefix(core)));
    match (core, city) {
        (Some(rest), _) => Some((true, rest)),
        (None, Some(rest)) => Some((false, rest.strip_prefix('市').unwrap_or(rest))),
        (None, None) => None,
    }
}

/// 「天河」 of 「天河区」, 「广州」 of 「广州市」; a name of two characters stays whole.
fn stem(name: &str) -> &str {
    match name.strip_suffix(['区', '县', '市']) {
        Some(stem) if stem.chars().count() > 1 => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests;
