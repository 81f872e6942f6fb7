//! `import`: tables from files, all rows or none.
//!
//! A file is read and checked whole; one mistake anywhere and nothing is stored, and every mistake is reported with its
//! row. Rows replace those of the same key, so that the same file twice changes nothing. However many they are, they are
//! stored in one transaction with the line of the audit, behind a progress bar.

mod population;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    Failure,
    settings::Settings,
    table::{self, Format},
};
use crate::{
    app::{self, Calendar},
    config::Config,
    store::{Import, Store, WorldRows},
    workflow::{
        batch::Batch,
        candidate::{self, Candidate},
        mistake::Mistake,
        plan, schedule,
    },
};

/// 导入考生、专业计划、批次、办理地点或人口库答案
#[derive(Args)]
#[command(after_help = "\
先查完整个文件，有一处错误就什么都不导入；同一个文件重复导入不会有变化。
  batches     批次，JSON
  schedule    办理地点，CSV 或 XLSX，属于当前批次（或 --batch 指定的批次），批次要先导入
  plans       专业计划，JSON
  candidates  考生，JSON（不用考籍系统接口时）
  population  人口库答案，CSV、JSON 或 XLSX，列：document_no、result（match、mismatch 或 unavailable）、reason")]
pub(super) struct Command {
    /// 导入什么
    #[arg(value_enum, value_name = "种类")]
    what: What,
    /// 从哪个文件
    #[arg(value_name = "文件")]
    file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Candidates,
    Plans,
    Schedule,
    Population,
    Batches,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::Plans => "plans",
            Self::Schedule => "schedule",
            Self::Population => "population",
            Self::Batches => "batches",
        }
    }

    /// What its rows are called, with the measure word.
    fn noun(self) -> &'static str {
        match self {
            Self::Candidates => "名考生",
            Self::Plans => "个专业计划",
            Self::Schedule => "个办理地点",
            Self::Population => "条人口库答案",
            Self::Batches => "个批次",
        }
    }

    fn formats(self) -> &'static [Format] {
        match self {
            Self::Candidates | Self::Plans | Self::Batches => &[Format::Json],
            Self::Schedule => &[Format::Csv, Format::Xlsx],
            Self::Population => &[Format::Csv, Format::Json, Format::Xlsx],
        }
    }
}

impl Command {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let format = self.format()?;
        let store = app::open_store(&config).await?;
        let importer = Importer { what: self.what, path: &self.file, format, config: &config, store: &store };
        let outcome = importer.run().await;
        store.close().await;
        outcome
    }

    fn format(&self) -> Result<Format, Failure> {
        let wanted = self.what.formats();
        Format::of(&self.file).filter(|format| wanted.contains(format)).ok_or_else(|| {
            let names: Vec<String> =
                wanted.iter().map(|format| format!(".{}", format!("{format:?}").to_lowercase())).collect();
            Failure::mistake(format!(
                "{}：{} 只能从 {} 文件导入。什么都没有导入。",
                self.file.display(),
                self.what.name(),
                names.join(" 或 ")
            ))
        })
    }
}

struct Importer<'a> {
    what: What,
    path: &'a Path,
    format: Format,
    config: &'a Config,
    store: &'a Store,
}

impl Importer<'_> {
    async fn run(&self) -> Result<(), Failure> {
        let count = match self.what {
            What::Candidates => self.candidates().await?,
            What::Plans => self.plans().await?,
            What::Schedule => self.schedule().await?,
            What::Population => self.population().await?,
            What::Batches => self.batches().await?,
        };
        println!("已导入 {count} {}。", self.what.noun());
        Ok(())
    }

    async fn candidates(&self) -> Result<usize, Failure> {
        let zone = app::zone(self.config).map_err(Failure::Mistake)?;
        let today = app::clock(self.config).business().date(&zone);
        let text = table::read_text(self.path)?;
        let candidates = candidate::read_candidates(&text, today).map_err(|found| self.refuse(&found))?;
        self.keep(Import::Candidates(&candidates)).await?;
        self.warn_of_plans(&candidates).await?;
        Ok(candidates.len())
    }

    /// Candidates whose plan is not there cannot be predicted; the plans may well be imported next.
    async fn warn_of_plans(&self, candidates: &[Candidate]) -> Result<(), Failure> {
        let rows = self.store.world_rows().await?;
        let known: Vec<plan::Plan> =
            rows.plans.iter().filter_map(|(_, body)| serde_json::from_str(body).ok()).collect();
        let mut missing: Vec<plan::PlanKey> = candidates.iter().map(Candidate::plan_key).collect();
        missing.sort();
        missing.dedup();
        missing.retain(|key| !known.iter().any(|plan| plan.key() == *key));
        for key in &missing {
            eprintln!(
                "注意：还没有专业计划 {} {} 课程组 {}，这些考生暂时不能预测（import plans）。",
                key.code, key.building_school, key.course_group
            );
        }
        Ok(())
    }

    async fn plans(&self) -> Result<usize, Failure> {
        let text = table::read_text(self.path)?;
        let plans = plan::read_plans(&text).map_err(|found| self.refuse(&found))?;
        let rows: Vec<(String, String)> = plans.iter().map(|plan| (plan.id.clone(), json(plan))).collect();
        self.keep(Import::Plans(&rows)).await
    }

    async fn batches(&self) -> Result<usize, Failure> {
        let text = table::read_text(self.path)?;
        let batches = read_batches(&text).map_err(|found| self.refuse(&found))?;
        let rows: Vec<(String, String)> =
            batches.iter().map(|batch| (batch.id.clone(), json(batch))).collect();
        self.keep(Import::Batches(&rows)).await
    }

    async fn schedule(&self) -> Result<usize, Failure> {
        let rows = self.store.world_rows().await?;
        let calendar = Calendar::read(self.config, &rows)?;
        let Some(batch) = calendar.present(app::clock(self.config).business()) else {
            return Err(Failure::mistake(format!(
                "没有批次 {}，办理地点的日期需要批次的年份。先导入批次：graduation-bot import batches 文件.json。\
                 什么都没有导入。",
                self.config.batch
            )));
        };
        self.refuse_to_guess(&rows, &calendar, batch)?;
        let (csv, read) = match self.format {
            // Read as rows, so that mistakes are told by the workbook's own row numbers.
            Format::Xlsx => {
                let rows = table::read_xlsx(self.path).map_err(|found| self.refuse(&found))?;
                (table::write_csv(&rows), schedule::read_rows(rows, batch.year))
            }
            Format::Csv | Format::Json => {
                let csv = table::read_text(self.path)?;
                let read = schedule::read_csv(&csv, batch.year);
                (csv, read)
            }
        };
        let schedule = read.map_err(|found| self.refuse(&found))?;
        let places = schedule.places.len();
        let count = self.keep(Import::Schedule { batch: &batch.id, csv: &csv, places }).await?;
        eprintln!("批次：{}（{}）", batch.id, batch.name);
        Ok(count)
    }

    /// Places for the next batch must not replace those of the running one because nobody named the batch.
    fn refuse_to_guess(&self, rows: &WorldRows, calendar: &Calendar, batch: &Batch) -> Result<(), Failure> {
        let has_places = |batch: &Batch| rows.schedules.iter().any(|(id, _)| *id == batch.id);
        match calendar.next(batch) {
            Some(next) if self.config.batch.is_empty() && has_places(batch) && !has_places(next) => {
                Err(Failure::mistake(format!(
                    "批次 {} 已有办理地点，批次 {} 还没有：请用 --batch 编号 说明导入到哪一批。什么都没有导入。",
                    batch.id, next.id
                )))
            }
            _ => Ok(()),
        }
    }

    async fn population(&self) -> Result<usize, Failure> {
        let rows = match self.format {
            Format::Csv => table::read_csv(&table::read_text(self.path)?),
            Format::Xlsx => table::read_xlsx(self.path),
            Format::Json => population::read_json(&table::read_text(self.path)?),
        };
        let zone = app::zone(self.config).map_err(Failure::Mistake)?;
        let today = app::clock(self.config).business().date(&zone);
        let answers =
            rows.and_then(|rows| population::read_rows(rows, today)).map_err(|found| self.refuse(&found))?;
        self.keep(Import::Population(&answers)).await
    }

    /// Stores all rows or none; how many they are.
    async fn keep(&self, rows: Import<'_>) -> Result<usize, Failure> {
        let count = rows.count();
        let bar = ProgressBar::new(count as u64).with_style(
            ProgressStyle::with_template("导入 {bar:30} {pos}/{len}").expect("the template is well formed"),
        );
        let now = app::clock(self.config).business();
        let progress = |written: usize| bar.set_position(written as u64);
        let stored = self.store.import(rows, "operator", now, &progress).await;
        bar.finish_and_clear();
        stored.map_err(|error| {
            Failure::failed(format!("没有存下来：{error}。什么都没有导入，同一条命令可以直接重新运行。"))
        })?;
        Ok(count)
    }

    /// Every mistake with its file and row.
    fn refuse(&self, mistakes: &[Mistake]) -> Failure {
        let file = self.path.display();
        let lines: Vec<String> = mistakes.iter().map(|mistake| format!("{file}: {mistake}")).collect();
        Failure::mistake(format!(
            "{}\n共 {} 处错误，什么都没有导入。改好后重新运行同一条命令。",
            lines.join("\n"),
            mistakes.len()
        ))
    }
}

/// One batch, or a list of them.
fn read_batches(text: &str) -> Result<Vec<Batch>, Vec<Mistake>> {
    let file: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        vec![Mistake::new("", format!("the file is not valid JSON: {error}"), "correct it there")]
    })?;
    let items = match file {
        serde_json::Value::Array(items) => items,
        item => vec![item],
    };
    let mut batches: Vec<Batch> = Vec::new();
    let mut mistakes = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let found = match serde_json::from_value::<Batch>(item) {
            Ok(batch) if batches.iter().any(|other| other.id == batch.id) => {
                vec![Mistake::new(
                    "id",
                    format!("{} stands in the file twice", batch.id),
                    "keep one of the two",
                )]
            }
            Ok(batch) => {
                let found = batch.check();
                batches.push(batch);
                found
            }
            Err(error) => vec![Mistake::new("", error.to_string(), "see the field list of a batch")],
        };
        mistakes.extend(found.into_iter().map(|mistake| mistake.at_row(at + 1)));
    }
    if mistakes.is_empty() { Ok(batches) } else { Err(mistakes) }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the bot's own types have text keys only")
}
