//! `photo`: the check that the bot makes of a picture, on one file.

use std::{path::PathBuf, time::Instant};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Failure, settings::Settings};
use crate::{
    app::{self, Dialogs},
    dialog::{Scripts, State},
    inbound::{PhotoSlot, PhotoSource},
    validation::photo,
};

/// 照片检查
#[derive(Subcommand)]
pub(super) enum Photo {
    /// 像机器人收到照片时那样检查一个文件：能不能打开、够不够大
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
    kind: Kind,
    /// 输出一个 JSON 对象
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Portrait,
    IdFront,
    IdBack,
    Handheld,
}

impl From<Kind> for PhotoSlot {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Portrait => Self::Portrait,
            Kind::IdFront => Self::Front,
            Kind::IdBack => Self::Back,
            Kind::Handheld => Self::Handheld,
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
    /// What passes is for a person to look at: faces and cards are not judged here.
    fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let bounds = app::bounds(&config);
        let scripts = Dialogs::read(&config.dialogs_dir)?.scripts()?;
        let slot = PhotoSlot::from(self.kind);
        let taker = scripts.taker_of(slot.name(), None);
        let (checks, _) = photo::named(taker.map_or(&[][..], State::photo_checks));
        let bytes = std::fs::read(&self.file)
            .map_err(|error| Failure::mistake(format!("读不到照片 {}：{error}", self.file.display())))?;
        let started = Instant::now();
        // A file has no history: whether a portrait is a live one is asked of what comes by chat only.
        let checked = photo::check(&bytes, PhotoSource::CameraPage, &checks, &bounds);
        let ms = started.elapsed().as_millis() as u64;
        let (verdict, defects, measures) = match &checked {
            Ok(picture) => ("review", &[][..], json!({ "width": picture.width, "height": picture.height })),
            Err(codes) => ("reject", codes.as_slice(), json!({})),
        };
        if self.json {
            println!("{}", json!({ "verdict": verdict, "defects": defects, "measures": measures, "ms": ms }));
            return Ok(());
        }
        match &checked {
            Ok(picture) => println!("可以交给审核：{}×{}，{ms} 毫秒", picture.width, picture.height),
            Err(codes) => {
                println!("要重拍，{ms} 毫秒");
                for code in codes {
                    println!("{}", words(&scripts, taker, code));
                }
            }
        }
        Ok(())
    }
}

/// What the bot would say; the code where its words need somebody's affairs.
fn words(scripts: &Scripts, taker: Option<&State>, code: &str) -> String {
    let text = scripts.check_words(taker.unwrap_or(scripts.main()), code);
    scripts.try_render(text, &minijinja::Value::UNDEFINED).unwrap_or_else(|_| code.to_owned())
}
