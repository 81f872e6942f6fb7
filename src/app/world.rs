//! The world from what was imported: batch, schedule and plans with the scripts, built anew after an import and when the
//! next batch opens.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{AppError, Dialogs, zone};
use crate::{
    config::Config,
    store::WorldRows,
    time::{Millis, at_civil},
    turn::World,
    workflow::{
        batch::{self, Batch},
        plan::Plan,
        schedule::{self, Schedule},
    },
};

/// Every imported batch, and which of them is the present one: the configured one, else the rule of
/// [`batch::present`].
#[derive(Debug)]
pub struct Calendar {
    batches: Vec<Batch>,
    /// The configured id; empty for the rule.
    chosen: String,
    zone: TimeZone,
}

impl Calendar {
    /// Reads the imported batches.
    pub fn read(config: &Config, rows: &WorldRows) -> Result<Self, AppError> {
        let batches = rows.batches.iter().map(|(id, body)| read("batches", id, body));
        Ok(Self {
            batches: batches.collect::<Result<_, _>>()?,
            chosen: config.batch.clone(),
            zone: zone(config).map_err(AppError::Part)?,
        })
    }

    /// The present batch; `None` when none was imported, or not the configured one.
    pub fn present(&self, now: Millis) -> Option<&Batch> {
        match self.chosen.as_str() {
            "" => batch::present(&self.batches, now.civil(&self.zone)),
            id => self.batches.iter().find(|batch| batch.id == id),
        }
    }

    /// The batch after one.
    pub fn next(&self, present: &Batch) -> Option<&Batch> {
        batch::next(&self.batches, present)
    }

    /// How long the present batch stays the present one at least; `None` while nothing else is known.
    pub(super) fn lasts(&self, now: Millis) -> Option<Duration> {
        let opening = batch::next_opening(&self.batches, now.civil(&self.zone))?;
        Some(Duration::from_millis(at_civil(opening, &self.zone).since(now).max(0) as u64))
    }
}

/// The world of a time, or everything that must be imported first.
pub fn build_world(
    config: &Config,
    rows: &WorldRows,
    calendar: &Calendar,
    dialogs: &Dialogs,
    now: Millis,
) -> Result<World, AppError> {
    let missing = missing(calendar, rows, now);
    let Some(batch) = calendar.present(now).filter(|_| missing.is_empty()) else {
        return Err(AppError::Missing(missing));
    };
    let next = calendar.next(batch);
    if let Some(next) = next.filter(|next| !has_schedule(rows, next)) {
        tracing::warn!(batch = next.id, "the next batch has no places yet; import them before it opens");
    }
    let schedule = schedule_of(rows, batch)?.unwrap_or_default();
    let plans = rows.plans.iter().map(|(id, body)| read::<Plan>("plans", id, body));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let (scripts, zone) = (dialogs.scripts()?, calendar.zone.clone());
    let world = World::new(scripts, batch.clone(), schedule, plans, zone, &config.public_url);
    let desk = super::settings::desk(config).map_err(AppError::Part)?;
    let quiet = super::settings::quiet(config).map_err(AppError::Part)?;
    Ok(World { next: next.cloned(), desk, quiet, terms: config.retention.terms(), ..world })
}

/// What must still be imported before anybody can apply, each with its command. Empty when all is there.
pub fn missing(calendar: &Calendar, rows: &WorldRows, now: Millis) -> Vec<String> {
    let mut missing = Vec::new();
    match calendar.present(now) {
        None if calendar.chosen.is_empty() => {
            missing.push("批次：graduation-bot import batches 文件.json".to_owned());
            missing.push("办理地点：graduation-bot import schedule 文件.csv".to_owned());
        }
        None => {
            let known: Vec<&str> = rows.batches.iter().map(|(id, _)| id.as_str()).collect();
            let known = if known.is_empty() {
                "还没有任何批次".to_owned()
            } else {
                format!("已有：{}", known.join("、"))
            };
            missing.push(format!(
                "批次 {}（{known}）：graduation-bot import batches 文件.json，或改正 batch 配置项",
                calendar.chosen
            ));
        }
        Some(batch) if !has_schedule(rows, batch) => {
            missing.push(format!(
                "批次 {0} 的办理地点：graduation-bot import schedule 文件.csv --batch {0}",
                batch.id
            ));
        }
        Some(_) => {}
    }
    if rows.plans.is_empty() {
        missing.push("专业计划：graduation-bot import plans 文件.json".to_owned());
    }
    missing
}

fn has_schedule(rows: &WorldRows, batch: &Batch) -> bool {
    rows.schedules.iter().any(|(id, _)| *id == batch.id)
}

/// The places of a batch, when they were imported.
pub fn schedule_of(rows: &WorldRows, batch: &Batch) -> Result<Option<Schedule>, AppError> {
    let Some((id, csv)) = rows.schedules.iter().find(|(id, _)| *id == batch.id) else { return Ok(None) };
    let schedule = schedule::read_csv(csv, batch.year).map_err(|mistakes| {
        let reason = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        AppError::Unreadable { table: "schedules", id: id.clone(), reason }
    })?;
    Ok(Some(schedule))
}

/// A row that was checked when it was imported, perhaps by an older program.
fn read<T: for<'de> serde::Deserialize<'de>>(
    table: &'static str,
    id: &str,
    body: &str,
) -> Result<T, AppError> {
    serde_json::from_str(body).map_err(|error| AppError::Unreadable {
        table,
        id: id.to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(batches: &[&str], schedules: &[&str], plans: &[&str]) -> WorldRows {
        let body = include_str!("../../examples/data/batch.json");
        let named = |ids: &[&str], body: fn(&str, &str) -> String, base: &str| {
            ids.iter().map(|id| ((*id).to_owned(), body(base, id))).collect()
        };
        WorldRows {
            version: 1,
            batches: named(batches, |base, id| base.replace("\"2026-06\"", &format!("\"{id}\"")), body),
            schedules: named(schedules, |_, _| String::new(), ""),
            plans: named(plans, |_, _| String::new(), ""),
        }
    }

    fn at(text: &str) -> Millis {
        at_civil(crate::time::parse_minute(text).unwrap(), &crate::time::shanghai())
    }

    fn calendar(batch: &str, rows: &WorldRows) -> Calendar {
        Calendar::read(&Config { batch: batch.into(), ..Config::default() }, rows).unwrap()
    }

    #[test]
    fn the_configured_batch_is_the_present_one_else_time_decides() {
        let mut rows = rows(&["2026-06", "2026-12"], &[], &[]);
        rows.batches[1].1 = rows.batches[1].1.replace("2026-06-", "2026-12-");
        let present =
            |batch: &str, now| calendar(batch, &rows).present(at(now)).map(|batch| batch.id.clone());
        assert_eq!(present("", "2026-12-12T09:29").as_deref(), Some("2026-06"));
        assert_eq!(present("", "2026-12-12T09:30").as_deref(), Some("2026-12"));
        assert_eq!(present("2026-12", "2026-06-15T09:30").as_deref(), Some("2026-12"));
        assert_eq!(present("2027-06", "2026-06-15T09:30"), None);
        let lasts = |now| calendar("", &rows).lasts(at(now));
        assert_eq!(lasts("2026-12-12T09:29"), Some(Duration::from_mins(1)));
        assert_eq!(lasts("2026-12-12T09:30"), None);
    }

    #[test]
    fn all_that_is_missing_is_told_at_once_with_its_command() {
        let told = |batch: &str, rows: &WorldRows| {
            missing(&calendar(batch, rows), rows, at("2026-06-15T09:30")).join("\n")
        };
        let nothing = told("", &rows(&[], &[], &[]));
        for command in ["import batches", "import schedule", "import plans"] {
            assert!(nothing.contains(command), "{nothing}");
        }
        assert!(told("2027-06", &rows(&["2026-06"], &["2026-06"], &["p"])).contains("已有：2026-06"));
        assert!(told("", &rows(&["2026-06"], &[], &["p"])).contains("--batch 2026-06"));
        assert_eq!(told("", &rows(&["2026-06"], &["2026-06"], &["p"])), "");
    }
}
