//! Where and when to go: the published table of 毕业初审 places (domain.md §4).
//!
//! Only imported places exist; a new district is a new row. The table has no year: dates get the batch's
//! (procedure.md AMB-15). Order is the table's, and so are the phones'. 「广州市区」 is a place of the province's
//! system that must not be chosen, because Guangzhou's districts do the work (AMB-13); other cities' own offices may
//! be rows like any other. Reading the table is in `table`.

mod table;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::time::{date_with_weekday, time_text};
pub use table::{read_csv, read_rows};

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
        self.places.iter().find(|place| place.city == city && place.district == district)
    }

    /// The place that a whole text names: with or without 区, with or without the city before it.
    pub fn find(&self, text: &str) -> Lookup<'_> {
        let text = squeeze(text);
        let mut found: Vec<&Place> = self.places.iter().filter(|place| place.is_named(&text)).collect();
        match found.len() {
            0 if is_city_core(&text) => Lookup::CityCore,
            0 => Lookup::Unknown,
            1 => Lookup::Place(found.remove(0)),
            _ => Lookup::Several(found),
        }
    }

    /// The places whose district is mentioned somewhere in a sentence: 「天河区在哪里办」.
    pub fn mentioned_in(&self, sentence: &str) -> Vec<&Place> {
        let sentence = squeeze(sentence);
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

    /// The first day that is not over.
    pub fn next_day(&self, now: DateTime) -> Option<Date> {
        self.days.iter().copied().find(|date| !self.is_over(*date, now))
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

/// Whether a text means Guangzhou as a whole, the entry that cannot be chosen (procedure.md AMB-13).
pub fn is_city_core(text: &str) -> bool {
    let text = squeeze(text);
    let name = text.strip_prefix("广东省").unwrap_or(&text);
    matches!(
        name,
        "广州市区" | "广州市市区" | "广州市辖区" | "广州城区" | "市区" | "市辖区" | "广州市" | "广州"
    )
}

/// Without white space, quotation marks and the closing 「吧」, with Simplified 「区」「广」 where a keyboard gave the
/// Traditional ones.
fn squeeze(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '「' | '」' | '“' | '”' | '"' | '。' | '吧'));
    kept.map(|c| match c {
        '區' => '区',
        '廣' => '广',
        _ => c,
    })
    .collect()
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
