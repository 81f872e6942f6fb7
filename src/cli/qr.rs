//! `qr`: pictures of codes that lead people to a place or to the camera.
//!
//! The codes are permanent: a poster hangs for years. One scene has one code, so that asking again gives the same.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{
    Failure, places, platform,
    refused::{explain, refused},
    settings::Settings,
    words,
};
use crate::{
    config::Config,
    store::Store,
    wechat::client::{Client, ClientError, Scene},
    workflow::{
        schedule::{self, Lookup, Schedule},
        signpost::Signpost,
    },
};

/// 生成二维码图片（永久有效）
#[derive(Subcommand)]
pub(super) enum Qr {
    /// 贴在办理地点的海报用：扫了看到这个区的日期、地址、电话
    Place(Place),
    /// 放在电脑页面上用：手机扫了，在聊天里拿到新的拍照链接
    Camera(Picture),
}

/// 办理地点的二维码
#[derive(Args)]
pub(super) struct Place {
    /// 办理地点，如 天河区；几个市有同名的区，连市一起写
    #[arg(value_name = "办理地点")]
    name: String,
    #[command(flatten)]
    picture: Picture,
}

/// 二维码图片
#[derive(Args)]
pub(super) struct Picture {
    /// 存到哪个文件（.jpg；已有的会被替换）
    #[arg(long, value_name = "文件")]
    out: PathBuf,
}

impl Qr {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let (Self::Place(Place { picture, .. }) | Self::Camera(picture)) = self;
        check_name(&picture.out)?;
        let (config, store, client) = platform::open(settings).await?;
        let outcome = self.make(&config, &store, &client, &picture.out).await;
        store.close().await;
        outcome
    }

    async fn make(&self, config: &Config, store: &Store, client: &Client, out: &Path) -> Result<(), Failure> {
        let (signpost, does) = match self {
            Self::Place(place) => {
                let name = full_name(&place.name, &places::schedule(config, store).await?)?;
                let does = format!(
                    "扫了：看到{name}的办理日期、地址、电话。\n\
                     没有关注的先关注；正在办的看完接着办，正在选地点的可以就选它。\n\
                     日期换了不用重做：显示的总是当前批次的。"
                );
                (Signpost::Place(name), does)
            }
            Self::Camera(_) => (
                Signpost::Camera,
                "扫了：该拍照的考生在聊天里收到新的拍照链接，原来的链接作废；\n\
                 还没到拍照的，告诉先办什么；没有绑定的，先绑定。"
                    .to_owned(),
            ),
        };
        let scene = signpost.scene().ok_or_else(|| {
            Failure::mistake("这个办理地点的名字放不进二维码：连市名最多 58 个字，不含换行。")
        })?;
        let code =
            client.create_permanent_qr(&Scene::Text(scene.clone())).await.map_err(|error| refused(&error))?;
        let picture = client.qr_picture(&code.ticket).await.map_err(|error| no_picture(&error, &code.url))?;
        std::fs::write(out, picture)
            .map_err(|error| Failure::mistake(format!("写不了 {}：{error}", out.display())))?;
        let rows = [("场景", scene), ("网址", code.url), ("图片", out.display().to_string())];
        print!("{}", words::columns(&rows.map(|(what, value)| vec![what.to_owned(), value])));
        println!("{does}");
        Ok(())
    }
}

/// Pictures come from another address than answers; and what the code says is known already.
fn no_picture(error: &ClientError, url: &str) -> Failure {
    let (what, _) = explain(error);
    Failure::failed(format!(
        "二维码建好了，图片没有取到。{what}\n核对 wechat.mp_base，再运行一次；\n\
         也可以用别的工具把这个网址画成二维码：{url}"
    ))
}

/// The platform's pictures are JPEGs, which a program that prints them should see by the name.
fn check_name(out: &Path) -> Result<(), Failure> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ["jpg", "jpeg"].contains(&ending.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(Failure::mistake(format!("图片是 JPG，请写 .jpg 结尾的文件名，不是“{}”。", out.display())))
}

/// 「广州市天河区」: with the city, so that a code stays clear when another city's places are imported.
fn full_name(name: &str, schedule: &Schedule) -> Result<String, Failure> {
    let full = |place: &schedule::Place| format!("{}{}", place.city, place.district);
    if schedule.places.is_empty() {
        return Err(Failure::mistake("还没有办理地点。先导入：graduation-bot import schedule 文件.csv"));
    }
    let all = || schedule.places.iter().map(|place| place.district.clone()).collect::<Vec<_>>();
    match schedule.find(name.trim()) {
        Lookup::Place(place) => Ok(full(place)),
        Lookup::CityCore => {
            Err(Failure::mistake(format!("“{name}”不受理考生，请写一个区：{}", all().join("、"))))
        }
        Lookup::Several(places) => {
            let names: Vec<String> = places.into_iter().map(full).collect();
            Err(Failure::mistake(format!("几个市都有“{name}”，请连市一起写：{}", names.join("、"))))
        }
        Lookup::Unknown => Err(Failure::mistake(format!(
            "当前批次的办理地点里没有“{name}”。{}",
            words::nearest(name, &all())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::schedule::read_csv;

    #[test]
    fn a_place_is_named_with_its_city() {
        let mut schedule =
            read_csv(include_str!("../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
        let twin = schedule::Place { city: "深圳市".into(), ..schedule.places[3].clone() };
        let named = |name: &str, schedule: &Schedule| {
            full_name(name, schedule).unwrap_or_else(|failure| failure.to_string())
        };
        for name in ["天河区", "天河", "广州市天河区", " 广州天河 "] {
            assert_eq!(named(name, &schedule), "广州市天河区", "{name}");
        }
        assert!(named("天何区", &schedule).contains("没有“天何区”。是不是“天河区”？"));
        assert!(named("广州市区", &schedule).contains("不受理考生，请写一个区：荔湾区、"));
        schedule.places.push(twin);
        assert!(named("天河", &schedule).ends_with("请连市一起写：广州市天河区、深圳市天河区"));
        assert_eq!(named("深圳市天河区", &schedule), "深圳市天河区");
        assert!(named("天河", &Schedule::default()).contains("import schedule"));
    }
}
