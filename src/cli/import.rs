//! `import`: tables from files, all rows or none.
//!
//! A file is read and checked whole; one mistake anywhere and nothing is stored, and every mistake is reported with its
//! row. Rows replace those of the same key, so that the same file twice changes nothing. `--preview` says what would
//! change. Reading, comparing and storing are [`office::imports`](crate::office::imports)'s.

mod told;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, settings::Settings};
use crate::{
    app::{self, Calendar},
    config::Config,
    office::{
        Who,
        imports::{self, Desk, Format, ImportError, Kind, Upload},
        words,
    },
    store::{Store, WorldRows},
    workflow::{batch::Batch, record::Column},
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
    /// 只看会改动什么，不导入
    #[arg(long)]
    preview: bool,
    /// schedule：文件里没有的地点去掉（已有考生选的不能去掉）[默认: 保留]
    #[arg(long)]
    remove_missing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Candidates,
    Plans,
    Schedule,
    Population,
    Batches,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Candidates => Self::Candidates,
            What::Plans => Self::Plans,
            What::Schedule => Self::Schedule,
            What::Population => Self::Population,
            What::Batches => Self::Batches,
        }
    }
}

impl Command {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let upload = self.upload()?;
        let store = app::open_store(&config).await?;
        let outcome = self.import(&config, &store, upload).await;
        store.close().await;
        outcome
    }

    fn upload(&self) -> Result<Upload, Failure> {
        let file = self.file.display();
        let kind = Kind::from(self.what);
        if self.remove_missing && kind != Kind::Schedule {
            return Err(Failure::mistake("--remove-missing 只用于 schedule。什么都没有导入。"));
        }
        let format = Format::of(&self.file.to_string_lossy()).ok_or_else(|| {
            Failure::mistake(format!("{file}：只能从 .csv、.json、.xlsx 文件导入。什么都没有导入。"))
        })?;
        let bytes = std::fs::read(&self.file)
            .map_err(|error| Failure::mistake(format!("读不到文件 {file}：{error}")))?;
        Ok(Upload { kind, format, bytes, batch: String::new(), remove_missing: self.remove_missing })
    }

    async fn import(&self, config: &Config, store: &Store, mut upload: Upload) -> Result<(), Failure> {
        let kind = upload.kind;
        let batch = if kind == Kind::Schedule { Some(batch_of_places(config, store).await?) } else { None };
        if let Some(batch) = &batch {
            upload.batch.clone_from(&batch.id);
        }
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let desk = Desk { store, who: Who::Operator, now: app::clock(config).business(), zone: &zone };
        let refused = |error| told::refusal(&self.file.display(), &error);
        if self.preview {
            let preview = imports::preview(desk, upload).await.map_err(refused)?;
            print!("{}", told::page(kind, &preview));
        } else {
            let stored = store_behind_bar(desk, upload).await.map_err(refused)?;
            println!("已导入 {} {}。", stored.counts.rows, words::rows(kind));
            eprintln!("{}", told::counts(&stored.counts));
            eprint!("{}", told::notes(&stored));
        }
        if let Some(batch) = batch {
            eprintln!("批次：{}（{}）", batch.id, batch.name);
        }
        Ok(())
    }
}

async fn store_behind_bar(desk: Desk<'_>, upload: Upload) -> Result<imports::Preview, ImportError> {
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("导入 {bar:30} {pos}/{len}").expect("the template is well formed"),
    );
    let progress = |written: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(written as u64);
    };
    let stored = imports::apply(desk, upload, None, &progress).await;
    bar.finish_and_clear();
    stored
}

/// The batch that a schedule is imported for.
async fn batch_of_places(config: &Config, store: &Store) -> Result<Batch, Failure> {
    let rows = store.world_rows().await?;
    let calendar = Calendar::read(config, &rows)?;
    let Some(batch) = calendar.present(app::clock(config).business()) else {
        return Err(Failure::mistake(format!(
            "没有批次 {}，办理地点的日期需要批次的年份。先导入批次：graduation-bot import batches 文件.json。\
             什么都没有导入。",
            config.batch
        )));
    };
    refuse_to_guess(config, &rows, &calendar, batch)?;
    Ok(batch.clone())
}

/// Places for the next batch must not replace those of the running one because nobody named the batch.
fn refuse_to_guess(
    config: &Config,
    rows: &WorldRows,
    calendar: &Calendar,
    batch: &Batch,
) -> Result<(), Failure> {
    let has_places = |batch: &Batch| rows.schedules.iter().any(|(id, _)| *id == batch.id);
    match calendar.next(batch) {
        Some(next) if config.batch.is_empty() && has_places(batch) && !has_places(next) => {
            Err(Failure::mistake(format!(
                "批次 {} 已有办理地点，批次 {} 还没有：请用 --batch 编号 说明导入到哪一批。什么都没有导入。",
                batch.id, next.id
            )))
        }
        _ => Ok(()),
    }
}

/// The columns are those that the readers know, so that help and program agree.
fn help() -> String {
    let lines = |kind: Kind| {
        let columns: Vec<String> = kind.columns().into_iter().map(|column: Column| column.name).collect();
        let lines: Vec<String> = columns.chunks(6).map(|some| format!("    {}", some.join(","))).collect();
        lines.join(",\n")
    };
    format!(
        "先查完整个文件，有一处要改就什么都不导入；同一个文件重复导入不会有变化。文件里没有的保留不变。
先看会改动什么：--preview。空白模板和每一列的说明：graduation-bot export template 种类 --out 文件.xlsx
五种都可以是 CSV（UTF-8 或 GB18030）、XLSX（第一张表）或 JSON，三种写法内容相同。
样子见 examples/data/ 里的 .csv 和 .json。列名就是 JSON 的字段名：results.course 是 results 里每一项的 course。

  batches     批次；不能重叠，已经开始的只能延后结束。
              prior_credential_due 是应届毕业生补填前置学历的最后一天，没有定就不写。列：
{}
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
        lines(Kind::Batches),
        lines(Kind::Schedule),
        lines(Kind::Plans),
        lines(Kind::Candidates),
        lines(Kind::Population),
    )
}
