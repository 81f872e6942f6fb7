//! One round of applications (批次), its window (domain.md §3), and which of several is the present one.
//!
//! All times are local minutes in the configured time zone, Asia/Shanghai by default; the caller turns business
//! time into a local time with [`crate::time::Millis::civil`]. The year of the batch is the only year that printed
//! dates may use (procedure.md AMB-15).

mod import;
mod rules;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::mistake::Mistake;
use crate::time::{date_text, minute};
pub use import::{columns, read, read_batch_rows, read_batches};
pub use rules::check_change;

/// A batch as `domain/upstream.md` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Year and month, `2026-06`.
    pub id: String,
    /// What people call it, 「2026年上半年」.
    pub name: String,
    /// The first minute of the online application.
    #[serde(with = "minute")]
    pub opens: DateTime,
    /// The minute from which on it is closed.
    #[serde(with = "minute")]
    pub closes: DateTime,
    /// The minute from which on portraits are no longer reviewed (procedure.md AMB-20).
    #[serde(with = "minute")]
    pub portrait_review_ends: DateTime,
    /// The last day on which this round's fresh graduates may add the certificate of their earlier education; `None`
    /// while no office has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_credential_due: Option<Date>,
    /// The first day on which certificates are handed out; `None` while no office has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_begins: Option<Date>,
    /// The last such day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_ends: Option<Date>,
    /// The year of the schedule's dates.
    pub year: i16,
    /// Working days within which reviews are promised; `None` when the office promised nothing, and then the bot
    /// must not either (voice.md rule 4).
    #[serde(default)]
    pub review_promise_working_days: Option<u8>,
    /// Name of the schedule file that belongs to it, for whoever keeps such files; empty where nobody does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub schedule: String,
}

/// Where a moment lies with respect to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Not yet open: binding, prediction and questions only (procedure.md P1).
    Before,
    /// 「申请」 is possible.
    Open,
    /// Closed for candidates, portraits are still reviewed (procedure.md AMB-20).
    ReviewOnly,
    /// Over.
    Closed,
}

impl Batch {
    /// The window at a local time. Both ends are exact to the minute: open at 9:30:00, closed at 16:00:00.
    pub fn window(&self, now: DateTime) -> Window {
        if now < self.opens {
            Window::Before
        } else if now < self.closes {
            Window::Open
        } else if now < self.portrait_review_ends {
            Window::ReviewOnly
        } else {
            Window::Closed
        }
    }

    /// 「10月20日至10月26日」: when certificates are handed out, with the year where it is another one. `None` while no office
    /// has said.
    pub fn collection_text(&self) -> Option<String> {
        let day = |date: Date| {
            let year = (date.year() != self.year).then(|| format!("{}年", date.year()));
            format!("{}{}", year.unwrap_or_default(), date_text(date))
        };
        let begins = day(self.collection_begins?);
        Some(match self.collection_ends {
            Some(ends) => format!("{begins}至{}", day(ends)),
            None => format!("{begins}起"),
        })
    }

    /// Everything wrong with it; empty when it can be used.
    pub fn check(&self) -> Vec<Mistake> {
        let id = self.id.split_once('-').and_then(|(year, month)| {
            let month: u8 = month.parse().ok().filter(|m| (1..=12).contains(m) && month.len() == 2)?;
            Some((year.parse::<i16>().ok().filter(|_| year.len() == 4)?, month))
        });
        let rules = [
            (id.is_some(), "id", "不是年份加月份", "请写成 2026-06 这样"),
            (id.is_none_or(|(year, _)| year == self.year), "year", "和 id 里的年份不一样", "请改成一样"),
            (!self.name.trim().is_empty(), "name", "没有填", "请写考生看得懂的名字，如 2026年上半年"),
            (self.opens.year() == self.year, "opens", "不在 year 那一年", "请改正写错的那一个"),
            (self.opens < self.closes, "closes", "不在 opens 之后", "请改晚"),
            (
                self.closes <= self.portrait_review_ends,
                "portrait_review_ends",
                "比 closes 早",
                "请改到申请结束或之后",
            ),
            (
                self.prior_credential_due.is_none_or(|due| due >= self.opens.date()),
                "prior_credential_due",
                "比 opens 早",
                "请写应届毕业生补填前置学历的最后一天",
            ),
            (
                self.collection_begins.is_none_or(|begins| begins > self.closes.date()),
                "collection_begins",
                "不在 closes 之后",
                "请写开始领毕业证书的那一天",
            ),
            (
                self.collection_ends
                    .is_none_or(|ends| self.collection_begins.is_some_and(|begins| begins <= ends)),
                "collection_ends",
                "没有 collection_begins，或比它早",
                "请写领毕业证书的最后一天",
            ),
        ];
        rules
            .into_iter()
            .filter(|(holds, ..)| !holds)
            .map(|(_, field, what, remedy)| Mistake::new(field, what, remedy))
            .collect()
    }
}

/// The present batch at a local time: the latest that has opened; before any has, the first that will. So the next
/// batch may be imported whenever it is known, and becomes the present one when it opens.
pub fn present(batches: &[Batch], now: DateTime) -> Option<&Batch> {
    let opened =
        batches.iter().filter(|batch| batch.opens <= now).max_by_key(|batch| (batch.opens, &batch.id));
    opened.or_else(|| batches.iter().min_by_key(|batch| (batch.opens, &batch.id)))
}

/// The batch after one: the first that opens when it has closed.
pub fn next<'a>(batches: &'a [Batch], present: &Batch) -> Option<&'a Batch> {
    let later = batches.iter().filter(|batch| batch.opens >= present.closes && batch.id != present.id);
    later.min_by_key(|batch| (batch.opens, &batch.id))
}

/// When the present batch may be another: the next opening of any.
pub fn next_opening(batches: &[Batch], now: DateTime) -> Option<DateTime> {
    batches.iter().map(|batch| batch.opens).filter(|opens| *opens > now).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_minute, write_minute};

    const SAMPLE: &str = include_str!("../../examples/data/batch.json");

    fn batch() -> Batch {
        serde_json::from_str(SAMPLE).unwrap()
    }

    #[test]
    fn the_window_is_exact_to_the_minute() {
        let rows = [
            ("2026-06-01T00:00", Window::Before),
            ("2026-06-12T09:29", Window::Before),
            ("2026-06-12T09:30", Window::Open),
            ("2026-06-17T15:59", Window::Open),
            ("2026-06-17T16:00", Window::ReviewOnly),
            ("2026-06-18T17:29", Window::ReviewOnly),
            ("2026-06-18T17:30", Window::Closed),
            ("2027-06-15T12:00", Window::Closed),
        ];
        for (now, window) in rows {
            assert_eq!(batch().window(parse_minute(now).unwrap()), window, "{now}");
        }
        let last_second = parse_minute("2026-06-17T15:59").unwrap().with().second(59).build().unwrap();
        assert_eq!(batch().window(last_second), Window::Open);
    }

    fn between(id: &str, opens: &str, closes: &str) -> Batch {
        let minute = |text| parse_minute(text).unwrap();
        Batch { id: id.into(), opens: minute(opens), closes: minute(closes), ..batch() }
    }

    /// Batches, now; the present one, the one after it, the next opening.
    type Row<'a> = (&'a [Batch], &'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

    #[test]
    fn the_present_batch_is_the_latest_that_has_opened() {
        let summer = || between("2026-06", "2026-06-12T09:30", "2026-06-17T16:00");
        let winter = || between("2026-12", "2026-12-11T09:30", "2026-12-16T16:00");
        let after = || between("2027-06", "2027-06-11T09:30", "2027-06-16T16:00");
        let crossing = || between("2026-07", "2026-06-15T09:30", "2026-07-01T16:00");
        let many = [after(), summer(), winter()];
        let crossed = [summer(), crossing(), winter()];
        let rows: [Row<'_>; 11] = [
            (&[], "2026-06-12T09:30", None, None, None),
            (&[summer()], "2026-01-01T00:00", Some("2026-06"), None, Some("2026-06-12T09:30")),
            (&[summer()], "2027-01-01T00:00", Some("2026-06"), None, None),
            (&many, "2026-01-01T00:00", Some("2026-06"), Some("2026-12"), Some("2026-06-12T09:30")),
            (&many, "2026-06-12T09:30", Some("2026-06"), Some("2026-12"), Some("2026-12-11T09:30")),
            (&many, "2026-12-11T09:29", Some("2026-06"), Some("2026-12"), Some("2026-12-11T09:30")),
            (&many, "2026-12-11T09:30", Some("2026-12"), Some("2027-06"), Some("2027-06-11T09:30")),
            (&many, "2028-01-01T00:00", Some("2027-06"), None, None),
            (&crossed, "2026-06-14T00:00", Some("2026-06"), Some("2026-12"), Some("2026-06-15T09:30")),
            (&crossed, "2026-06-16T00:00", Some("2026-07"), Some("2026-12"), Some("2026-12-11T09:30")),
            (&crossed, "2026-07-02T00:00", Some("2026-07"), Some("2026-12"), Some("2026-12-11T09:30")),
        ];
        for (batches, at, is_present, is_next, opening) in rows {
            let now = parse_minute(at).unwrap();
            let found = present(batches, now);
            let after = found.and_then(|found| next(batches, found));
            let id = |batch: Option<&Batch>| batch.map(|batch| batch.id.clone());
            let told = (id(found), id(after), next_opening(batches, now).map(write_minute));
            let own = |text: Option<&str>| text.map(str::to_owned);
            assert_eq!(told, (own(is_present), own(is_next), own(opening)), "{at}");
        }
    }

    #[test]
    fn the_sample_is_good_and_comes_back_as_written() {
        assert_eq!(batch().check(), []);
        let written: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        assert_eq!(serde_json::to_value(batch()).unwrap(), written);
    }

    #[test]
    fn collection_is_told_as_far_as_an_office_has_said() {
        let date = jiff::civil::date;
        let rows = [
            (None, None, None),
            (Some(date(2026, 10, 20)), None, Some("10月20日起")),
            (Some(date(2026, 10, 20)), Some(date(2026, 10, 26)), Some("10月20日至10月26日")),
            (Some(date(2027, 4, 15)), None, Some("2027年4月15日起")),
        ];
        for (collection_begins, collection_ends, told) in rows {
            let batch = Batch { collection_begins, collection_ends, ..batch() };
            assert_eq!(batch.collection_text().as_deref(), told);
            assert_eq!(batch.check(), []);
        }
        let no_beginning = Batch { collection_ends: Some(date(2026, 10, 26)), ..batch() };
        assert_eq!(no_beginning.check()[0].field, "collection_ends");
    }

    #[test]
    fn every_mistake_is_named() {
        let bad = Batch {
            id: "2026-6".into(),
            name: " ".into(),
            opens: parse_minute("2025-06-12T09:30").unwrap(),
            closes: parse_minute("2025-06-12T09:30").unwrap(),
            portrait_review_ends: parse_minute("2025-06-11T09:30").unwrap(),
            prior_credential_due: Some(jiff::civil::date(2025, 6, 11)),
            collection_begins: Some(jiff::civil::date(2025, 6, 12)),
            collection_ends: Some(jiff::civil::date(2025, 6, 11)),
            ..batch()
        };
        let fields: Vec<_> = bad.check().into_iter().map(|mistake| mistake.field).collect();
        let all = [
            "id",
            "name",
            "opens",
            "closes",
            "portrait_review_ends",
            "prior_credential_due",
            "collection_begins",
            "collection_ends",
        ];
        assert_eq!(fields, all);
        let wrong_year = Batch { id: "2025-06".into(), ..batch() };
        assert_eq!(wrong_year.check()[0].to_string(), "year：和 id 里的年份不一样。请改成一样。");
    }

    #[test]
    fn a_file_of_batches_is_refused_with_every_mistake() {
        assert_eq!(read_batches(SAMPLE).unwrap(), [batch()]);
        let late = SAMPLE.replace("2026-06-12T09:30", "2026-06-12 9:30");
        let found = read_batches(&late).unwrap_err();
        assert_eq!(
            found[0].to_string(),
            "第 1 条 opens：不是日期加时间，或没有这一刻。请写成 2026-06-15T09:30 这样。"
        );
        let no_date = SAMPLE.replace("2026-07-03", "7月3日");
        let found = read_batches(&no_date).unwrap_err();
        assert!(found[0].to_string().starts_with("第 1 条 prior_credential_due：不是日期"), "{}", found[0]);
        let unknown = SAMPLE.replace("  \"prior_credential_due\": \"2026-07-03\",\n", "");
        assert_eq!(read_batches(&unknown).unwrap()[0].prior_credential_due, None);
        let twice = read_batches(&format!("[{SAMPLE},{SAMPLE}]")).unwrap_err();
        assert_eq!(twice[0].to_string(), "第 2 条 id：2026-06 在文件里出现了两次。两个只留一个。");
    }
}
