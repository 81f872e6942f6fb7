//! The world from what was imported: batch, schedule and plans with the scripts, built anew after an import.

use jiff::tz::TimeZone;

use super::{AppError, Dialogs};
use crate::{
    config::Config,
    store::{Store, WorldRows},
    turn::World,
    workflow::{
        batch::Batch,
        plan::Plan,
        schedule::{self, Schedule},
    },
};

/// The present world and the version of the tables it was made of.
pub async fn load_world(
    config: &Config,
    zone: &TimeZone,
    store: &Store,
    dialogs: &Dialogs,
) -> Result<(i64, World), AppError> {
    let rows = store.world_rows().await?;
    let missing = missing(config, &rows)?;
    if !missing.is_empty() {
        return Err(AppError::Missing(missing));
    }
    let Some(batch) = batch(config, &rows)? else { return Err(AppError::Missing(missing)) };
    let schedule = schedule_of(&rows, &batch)?.unwrap_or_default();
    let plans = rows.plans.iter().map(|(id, body)| read::<Plan>("plans", id, body));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let world = World::new(dialogs.scripts()?, batch, schedule, plans, zone.clone(), &config.public_url);
    Ok((rows.version, world))
}

/// What must still be imported before anybody can apply, each with its command. Empty when all is there.
pub fn missing(config: &Config, rows: &WorldRows) -> Result<Vec<String>, AppError> {
    let mut missing = Vec::new();
    match batch(config, rows)? {
        None if config.batch.is_empty() => {
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
                config.batch
            ));
        }
        Some(batch) if !rows.schedules.iter().any(|(id, _)| *id == batch.id) => {
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
    Ok(missing)
}

/// The configured batch, or the latest one: ids are year and month.
pub fn batch(config: &Config, rows: &WorldRows) -> Result<Option<Batch>, AppError> {
    let chosen = match config.batch.as_str() {
        "" => rows.batches.iter().max_by(|a, b| a.0.cmp(&b.0)),
        id => rows.batches.iter().find(|(known, _)| known == id),
    };
    chosen.map(|(id, body)| read("batches", id, body)).transpose()
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

    #[test]
    fn the_latest_batch_is_the_present_one_unless_another_is_named() {
        let rows = rows(&["2025-12", "2026-06"], &[], &[]);
        assert_eq!(batch(&Config::default(), &rows).unwrap().unwrap().id, "2026-06");
        let named = Config { batch: "2025-12".into(), ..Config::default() };
        assert_eq!(batch(&named, &rows).unwrap().unwrap().id, "2025-12");
    }

    #[test]
    fn all_that_is_missing_is_told_at_once_with_its_command() {
        let told = |batch: &str, rows: &WorldRows| {
            missing(&Config { batch: batch.into(), ..Config::default() }, rows).unwrap().join("\n")
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
