//! `import`: tables from files, all rows or none.
//!
//! A file is read and checked whole; one mistake anywhere and nothing is stored, and every mistake is reported with its
//! row. Rows replace those of the same key, so that the same file twice changes nothing. However many they are, they
//! are stored in one transaction with the line of the audit, behind a progress bar.

mod population;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use serde::Serialize;

use super::{
    Failure,
    settings::Settings,
    table::{self, Dates, Format},
};
use crate::{
    app::{self, Calendar},
    config::Config,
    store::{Import, Store, WorldRows},
    workflow::{
        batch::{self, Batch},
        candidate::{self, Candidate},
        mistake::{Mistake, Spot},
        plan,
        rows::{self, Rows},
        schedule,
    },
};

/// 导入考生、专业计划、批次、办理地点或人口库答案
#[derive(Args)]
#[command(after_help = help())]
pub(super) struct Command {
    /// 导入什么
    #[arg(value_enum, value_name = "种类")]
    what: What,
    /// 从哪个文件：.csv、.json 或 .xlsx
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
            Self::Batches => &[Format::Json],
            Self::Candidates | Self::Plans | Self::Schedule | Self::Population => {
                &[Format::Csv, Format::Json, Format::Xlsx]
            }
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
            let names: Vec<&str> = wanted.iter().map(|format| format.ending()).collect();
            Failure::mistake(format!(
                "{}：{}只能从 {} 文件导入。什么都没有导入。",
                self.file.display(),
                self.what.noun().trim_start_matches(['名', '个', '条']),
                names.join("、")
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

    fn text(&self) -> Result<String, Failure> {
        table::read_text(self.path)
    }

    /// The rows of a CSV file or a workbook.
    fn rows(&self, dates: Dates) -> Result<Rows, Failure> {
        let read = match self.format {
            Format::Xlsx => table::read_xlsx(self.path, dates),
            Format::Csv | Format::Json => rows::read_csv(&self.text()?),
        };
        read.map_err(|found| self.refuse(&found))
    }

    /// The same, or a JSON list of objects with these fields.
    fn rows_or_list(&self, dates: Dates, columns: &[&str]) -> Result<Rows, Failure> {
        if self.format != Format::Json {
            return self.rows(dates);
        }
        table::read_json(&self.text()?, columns).map_err(|found| self.refuse(&found))
    }

    fn today(&self) -> Result<Date, Failure> {
        let zone = app::zone(self.config).map_err(Failure::Mistake)?;
        Ok(app::clock(self.config).business().date(&zone))
    }

    async fn candidates(&self) -> Result<usize, Failure> {
        let today = self.today()?;
        let read = match self.format {
            Format::Json => candidate::read_candidates(&self.text()?, today),
            Format::Csv | Format::Xlsx => candidate::read_candidate_rows(self.rows(Dates::Whole)?, today),
        };
        let candidates = read.map_err(|found| self.refuse(&found))?;
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
        let read = match self.format {
            Format::Json => plan::read_plans(&self.text()?),
            Format::Csv | Format::Xlsx => plan::read_plan_rows(self.rows(Dates::Whole)?),
        };
        let plans = read.map_err(|found| self.refuse(&found))?;
        let rows: Vec<(String, String)> = plans.iter().map(|plan| (plan.id.clone(), json(plan))).collect();
        self.keep(Import::Plans(&rows)).await
    }

    async fn batches(&self) -> Result<usize, Failure> {
        let batches = batch::read_batches(&self.text()?).map_err(|found| self.refuse(&found))?;
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
        let rows = self.rows_or_list(Dates::Day, &schedule::COLUMNS)?;
        let csv = table::write_csv(&rows);
        let schedule = schedule::read_rows(rows, batch.year).map_err(|found| self.refuse(&found))?;
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
        let rows = self.rows_or_list(Dates::Whole, &population::COLUMNS)?;
        let answers = population::read_rows(rows, self.today()?).map_err(|found| self.refuse(&found))?;
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

    /// Every mistake with its file and place. What was read from a JSON list has objects for rows.
    fn refuse(&self, mistakes: &[Mistake]) -> Failure {
        let file = self.path.display();
        let told = |mistake: &Mistake| match mistake.spot {
            Spot::Row(number) if self.format == Format::Json => mistake.clone().at(Spot::Item(number)),
            _ => mistake.clone(),
        };
        let lines: Vec<String> =
            mistakes.iter().map(|mistake| format!("{file}：{}", told(mistake))).collect();
        Failure::mistake(format!(
            "{}\n共 {} 处要改，什么都没有导入。改好后重新运行同一条命令。",
            lines.join("\n"),
            mistakes.len()
        ))
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the bot's own types have text keys only")
}

/// The columns are those that the readers know, so that help and program agree.
fn help() -> String {
    let lines = |columns: &mut dyn Iterator<Item = String>| {
        let columns: Vec<String> = columns.collect();
        let lines: Vec<String> = columns.chunks(6).map(|some| format!("    {}", some.join(","))).collect();
        lines.join(",\n")
    };
    format!(
        "先查完整个文件，有一处要改就什么都不导入；同一个文件重复导入不会有变化。
batches 是 JSON 文件，其他四种都可以是 CSV（UTF-8）、XLSX（第一张表）或 JSON，三种写法内容相同。
样子见 examples/data/ 里的 .csv 和 .json。列名就是 JSON 的字段名：results.course 是 results 里每一项的 course。

  batches     批次；prior_credential_due 是应届毕业生补填前置学历的最后一天，没有定就不写
  schedule    办理地点，每行一个，属于当前批次（或 --batch 指定的批次），批次要先导入。
              latitude、longitude（GCJ-02 坐标）可以不写；写了，考生发位置就按远近告诉他们。列：
{}
  plans       专业计划，每行一门课；计划自己的列写在第一行，以下各行只写 id。
              rules.one_of 写 101;102+103+104，意思是“101，或者 102 至 104 全部”。列：
{}
  candidates  考生（不用考籍系统接口时）。一名考生占一行或几行：姓名、专业等写在第一行，
              成绩、顶替、免考、已发证书从第一行起每行写一项，每行都要写 exam_no。列：
{}
  population  人口库答案，每行一个号码；result 写 match、mismatch 或 unavailable。列：
{}

准考证号、证件号码、课程代码那几列请先设成“文本”，不然表格软件会去掉开头的 0、改掉末尾几位。",
        lines(&mut schedule::COLUMNS.iter().map(|&column| column.to_owned())),
        lines(&mut plan::columns()),
        lines(&mut candidate::columns()),
        lines(&mut population::COLUMNS.iter().map(|&column| column.to_owned())),
    )
}
