//! `export`: lists for the offices' own desks, and the workbooks that imports are filled into.
//!
//! A file appears whole or not at all, readable by its owner only: it is written beside its place and moved there.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::NamedTempFile;

use super::{Failure, review::account, settings::Settings};
use crate::{
    app::{self, Calendar},
    config::Config,
    office::{
        Who,
        export::{self, ExportError, ExportFilter},
        imports::{Desk, Kind},
        templates,
    },
    store::Store,
};

/// 导出名册，或导入用的模板
#[derive(Subcommand)]
pub(super) enum Export {
    /// 一个批次的申请名册（.xlsx）：考生、地点、状态、各轮审核。有完整的证件号码，每次导出都记入审计
    Cases(Cases),
    /// 导入用的空白模板（.xlsx）：填写说明和样例在里面
    Template(Template),
}

/// 申请名册；批次用 --batch 指定 [默认: 当前批次]
#[derive(Args)]
pub(super) struct Cases {
    #[command(flatten)]
    file: File,
    /// 只要这个市的，如 广州市
    #[arg(long, value_name = "市")]
    city: Option<String>,
    /// 只要这个办理地点的，如 天河区
    #[arg(long, value_name = "办理地点")]
    district: Option<String>,
    /// 以哪个账号导出：只有它看得到的 [默认: 全部]
    #[arg(long = "as", value_name = "账号")]
    staff: Option<String>,
}

/// 模板
#[derive(Args)]
pub(super) struct Template {
    /// 哪一种
    #[arg(value_enum, value_name = "种类")]
    kind: KindName,
    #[command(flatten)]
    file: File,
}

/// Where to.
#[derive(Args)]
struct File {
    /// 存到哪个文件（.xlsx）
    #[arg(long, value_name = "文件")]
    out: PathBuf,
    /// 已有这个文件就换掉
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    Batches,
    Schedule,
    Plans,
    Candidates,
    Population,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Batches => Self::Batches,
            KindName::Schedule => Self::Schedule,
            KindName::Plans => Self::Plans,
            KindName::Candidates => Self::Candidates,
            KindName::Population => Self::Population,
        }
    }
}

impl Export {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        match self {
            Self::Template(template) => template.run(),
            Self::Cases(cases) => {
                let part = cases.file.begin()?;
                let config = settings.load()?;
                let store = app::open_store(&config).await?;
                let outcome = cases.run(&config, &store, part).await;
                store.close().await;
                outcome
            }
        }
    }
}

impl Template {
    fn run(&self) -> Result<(), Failure> {
        let part = self.file.begin()?;
        let failed = |reason: &dyn std::fmt::Display| self.file.failed(reason);
        let book = templates::xlsx(self.kind.into()).map_err(|error| failed(&error))?;
        std::fs::write(part.path(), book).map_err(|error| failed(&error))?;
        self.file.finish(part)?;
        println!("模板：{}", self.file.out.display());
        Ok(())
    }
}

impl Cases {
    async fn run(&self, config: &Config, store: &Store, part: NamedTempFile) -> Result<(), Failure> {
        let staff = match &self.staff {
            Some(name) => Some(account(store, name).await?),
            None => None,
        };
        let who = staff.as_ref().map_or(Who::Operator, Who::Staff);
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let desk = Desk { store, who, now: app::clock(config).business(), zone: &zone };
        let filter = ExportFilter {
            batch: batch(config, store).await?,
            city: self.city.clone(),
            district: self.district.clone(),
            stages: Vec::new(),
        };
        let bar = ProgressBar::no_length()
            .with_style(ProgressStyle::with_template("导出 {pos}").expect("the template is well formed"));
        let out = part.reopen().map_err(|error| self.file.failed(&error))?;
        let exported =
            export::cases(desk, &filter, out, self.file.folder(), &|count| bar.set_position(count)).await;
        bar.finish_and_clear();
        let count = exported.map_err(|error| self.refused(error))?;
        self.file.finish(part)?;
        println!("已导出批次 {} 的 {count} 份申请：{}", filter.batch, self.file.out.display());
        eprintln!("文件里有考生的个人信息，用完请删除。");
        Ok(())
    }

    fn refused(&self, error: ExportError) -> Failure {
        match error {
            ExportError::Role => Failure::mistake(
                "这个账号不能导出这些申请：市考办账号只能导出自己市的，区县、announcer 和 admin 账号不能导出。",
            ),
            ExportError::Store(error) => error.into(),
            ExportError::Write(error) => self.file.failed(&error),
        }
    }
}

/// The batch that was named, if it is known, else the present one.
async fn batch(config: &Config, store: &Store) -> Result<String, Failure> {
    let rows = store.world_rows().await?;
    let calendar = Calendar::read(config, &rows)?;
    let present = calendar.present(app::clock(config).business());
    present.map(|batch| batch.id.clone()).ok_or_else(|| {
        let known: Vec<&str> = rows.batches.iter().map(|(id, _)| id.as_str()).collect();
        Failure::mistake(format!("没有批次 {}。已有：{}。", config.batch, known.join("、")))
    })
}

impl File {
    /// A file beside the wanted one, with mode 0600.
    fn begin(&self) -> Result<NamedTempFile, Failure> {
        let out = self.out.display();
        if !self.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx")) {
            return Err(Failure::mistake(format!("{out}：文件名要以 .xlsx 结尾。")));
        }
        if self.out.exists() && !self.force {
            return Err(self.taken());
        }
        NamedTempFile::new_in(self.folder()).map_err(|error| {
            Failure::mistake(format!("不能在 {} 里写文件：{error}", self.folder().display()))
        })
    }

    fn finish(&self, part: NamedTempFile) -> Result<(), Failure> {
        let moved = if self.force { part.persist(&self.out) } else { part.persist_noclobber(&self.out) };
        match moved {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(self.taken()),
            Err(error) => Err(self.failed(&error.error)),
        }
    }

    fn folder(&self) -> &Path {
        self.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn taken(&self) -> Failure {
        Failure::mistake(format!("{} 已经存在：换个名字，或加 --force 换掉它。", self.out.display()))
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> Failure {
        Failure::failed(format!("没有写成 {}：{reason}", self.out.display()))
    }
}
