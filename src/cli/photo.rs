//! `photo`: the check that the bot makes of a picture, on one file.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Failure, settings::Settings};
use crate::{
    app,
    inbound::PhotoSource,
    models::PhotoModels,
    office::defects,
    validation::photo::{
        self, Asked, Kind, Report, Verdict,
        card::{Side, Wanted},
    },
};

/// 照片检查
#[derive(Subcommand)]
pub(super) enum Photo {
    /// 像机器人收到照片时那样检查一个文件：哪里不合格、量到多少
    Check(Check),
}

/// 检查一个照片文件
#[derive(Args)]
pub(super) struct Check {
    /// 照片文件
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 当作哪一种照片
    #[arg(long, value_enum, value_name = "种类")]
    kind: Asks,
    /// 申请里的证件号码，用来核对证件上的号码
    #[arg(long, value_name = "号码")]
    number: Option<String>,
    /// 输出一个 JSON 对象
    #[arg(long)]
    json: bool,
    /// 把要保存的照片写到这个文件；毕业证照片是做好的 480×640
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
}

/// The kinds of `design.md` §4. A card's sides are named by what is commonly meant, not by the official 正面 and 反面.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Asks {
    /// 相机拍的毕业证照片
    Portrait,
    /// 已经做好的毕业证照片文件
    PortraitFile,
    /// 身份证人像面（有姓名、号码的一面）
    IdFront,
    /// 身份证国徽面
    IdBack,
    /// 手持身份证
    Handheld,
}

impl From<Asks> for Kind {
    fn from(asks: Asks) -> Self {
        match asks {
            Asks::Portrait => Self::Portrait,
            Asks::PortraitFile => Self::PortraitFile,
            Asks::IdFront => Self::Document(Wanted::Card(Side::Face)),
            Asks::IdBack => Self::Document(Wanted::Card(Side::Emblem)),
            Asks::Handheld => Self::Document(Wanted::Handheld),
        }
    }
}

impl Photo {
    pub(super) fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let Self::Check(check) = self;
        check.run(settings)
    }
}

impl Check {
    fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let wrong = config.photo.wrong();
        if !wrong.is_empty() {
            return Err(Failure::mistake(wrong.join("\n")));
        }
        let rules = config.photo.rules();
        let zone = app::zone(&config).map_err(Failure::mistake)?;
        let bytes = read(&self.file, rules.bounds.max_bytes)?;
        let models = PhotoModels::of(&config.models_dir);
        let asked = Asked {
            kind: self.kind.into(),
            // A file has no history: whether a portrait is a live one is asked of what comes by chat only.
            source: PhotoSource::CameraPage,
            number: self.number.clone(),
            name: None,
            today: app::clock(&config).business().date(&zone),
            for_people: false,
        };
        // A finished file says by itself that it has not the right size.
        let size = matches!(self.kind, Asks::Portrait).then_some("portrait_size");
        let names: Vec<&str> = ["readable", "portrait", "document"].into_iter().chain(size).collect();
        let (checks, _) = photo::named(&names);
        let started = Instant::now();
        let report = photo::check(&bytes, &asked, &checks, &rules, models.get());
        let ms = started.elapsed().as_millis() as u64;
        if let Some(out) = &self.out {
            write(out, &report)?;
        }
        if self.json {
            let (verdict, defects) = (report.verdict().name(), report.codes());
            println!(
                "{}",
                json!({ "verdict": verdict, "defects": defects, "measures": report.measures, "ms": ms })
            );
        } else {
            print!("{}", page(&report, ms));
        }
        Ok(())
    }
}

/// The file, unless it is far larger than any that is taken.
fn read(path: &Path, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    let failed = |error: &std::io::Error| Failure::mistake(format!("读不到照片 {}：{error}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| failed(&error))?.len();
    // The check itself says that it is too large.
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let most = length.min(max_bytes as u64 + 1);
    std::io::Read::read_to_end(&mut std::io::Read::take(file, most), &mut bytes)
        .map_err(|error| failed(&error))?;
    Ok(bytes)
}

fn write(path: &Path, report: &Report) -> Result<(), Failure> {
    let Some(picture) = &report.picture else {
        return Err(Failure::failed(format!("没有写 {}：这张照片做不出要保存的文件。", path.display())));
    };
    std::fs::write(path, &picture.jpeg)
        .map_err(|error| Failure::failed(format!("写不了 {}：{error}", path.display())))
}

fn page(report: &Report, ms: u64) -> String {
    let verdict = match report.verdict() {
        Verdict::Accept => "合格",
        Verdict::Review => "可以交给审核",
        Verdict::Reject => "要重拍",
    };
    let mut text = format!("{verdict}，{ms} 毫秒\n");
    for finding in &report.findings {
        let _ = writeln!(text, "  {}", defects::words(finding.code));
    }
    for (name, value) in report.measures.iter() {
        let _ = writeln!(text, "    {name} {value:.3}");
    }
    text
}
