//! `broadcast create` and `broadcast edit`: a draft from flags and files.

use std::{fs, path::PathBuf};

use clap::{Args, ValueEnum};

use super::{Desk, On};
use crate::{
    cli::Failure,
    office::broadcasts::{self, steps},
    store::{Broadcast, Draft},
    time::{Millis, at_civil, parse_minute},
    turn::World,
    workflow::broadcast::{
        Content, RATE,
        audience::{Audience, Condition, text},
        message::{Field, Message, TemplateCard},
        plan::Route,
    },
};

/// Without another wish an announcement is worth sending for two days.
const LAPSES_SECONDS: i64 = 48 * 3600;
/// Largest picture (protocol §8, the smaller of its two figures).
const PICTURE_BYTES: u64 = 2 * 1024 * 1024;

/// 写一条公告
#[derive(Args)]
pub(in crate::cli) struct Create {
    /// 由哪个账号
    #[arg(long = "as", value_name = "账号")]
    pub(super) staff: String,
    #[command(flatten)]
    what: What,
}

/// 改一条公告：没有写的保留不变
#[derive(Args)]
pub(in crate::cli) struct Edit {
    #[command(flatten)]
    pub(super) on: On,
    #[command(flatten)]
    what: What,
}

/// What a draft says.
#[derive(Args)]
struct What {
    /// 标题，只有考办看得到
    #[arg(long, value_name = "文字")]
    title: Option<String>,
    /// 文字公告
    #[arg(long, value_name = "文字")]
    text: Option<String>,
    /// 文字公告写在这个文件里
    #[arg(long, value_name = "文件", conflicts_with = "text")]
    text_file: Option<PathBuf>,
    /// 图片公告，或图文的封面：JPEG 或 PNG，不超过 2 MB
    #[arg(long, value_name = "文件")]
    picture: Option<PathBuf>,
    /// 模板消息：模板编号；各项用 --field 写
    #[arg(long, value_name = "编号")]
    template: Option<String>,
    /// 模板消息的一项，例如 thing1=改期
    #[arg(long, value_name = "名称=内容")]
    field: Vec<String>,
    /// 发给谁，例如 "批次:2026-06 且 城市:广州市 且 非 步骤:已申请" [默认: 所有人]
    #[arg(long, value_name = "条件")]
    to: Option<String>,
    /// 怎么发
    #[arg(long, value_enum, value_name = "方式")]
    route: Option<RouteName>,
    /// 每秒最多发多少条（单发）
    #[arg(long, value_name = "条数")]
    rate: Option<i64>,
    /// 定时开始，例如 2026-06-16T09:00
    #[arg(long, value_name = "时间")]
    start: Option<String>,
    /// 有效期：过了就不再发 [默认: 两天后]
    #[arg(long, value_name = "时间")]
    until: Option<String>,
    /// 紧急，夜里也发；写明原因
    #[arg(long, value_name = "原因")]
    urgent: Option<String>,
}

/// 方式
#[derive(Clone, Copy, ValueEnum)]
enum RouteName {
    /// 群发：每人每月最多收 4 次
    Mass,
    /// 单发：客服消息或模板消息
    Single,
    /// 有窗口的单发，其余群发
    Both,
}

impl Create {
    pub(super) async fn run(&self, desk: &Desk<'_>) -> Result<(), Failure> {
        let draft = self.what.draft(desk, None).await?;
        let now = desk.app.clock.business();
        let written = broadcasts::write(&desk.app.store, &desk.staff, &draft, now).await;
        told(&written.map_err(|error| desk.declined(error))?, "已写好");
        Ok(())
    }
}

impl Edit {
    pub(super) async fn run(&self, desk: &Desk<'_>) -> Result<(), Failure> {
        let seen = desk.find(self.on.number).await?;
        let draft = self.what.draft(desk, Some(&seen)).await?;
        let now = desk.app.clock.business();
        let edited = broadcasts::edit(&desk.app.store, &desk.staff, &seen, &draft, now).await;
        told(&edited.map_err(|error| desk.declined(error))?, "已改好");
        Ok(())
    }
}

fn told(row: &Broadcast, done: &str) {
    println!("公告 {}（第 {} 版）{done}，现在是“{}”。", row.number, row.version, steps::state(row.state));
    println!("看一遍：graduation-bot broadcast show {} --as {}", row.number, row.edited_by);
}

impl What {
    /// The draft, from what is written here and, for the rest, from what is there.
    async fn draft(&self, desk: &Desk<'_>, present: Option<&Broadcast>) -> Result<Draft, Failure> {
        let world = desk.app.runner.world.load_full();
        let now = desk.app.clock.business();
        let time = |text: &Option<String>, flag: &str| {
            let read = |text: &String| {
                let civil = parse_minute(text).ok_or_else(|| {
                    Failure::mistake(format!("{flag} {text}：时间要写成 2026-06-16T09:00。"))
                })?;
                Ok::<_, Failure>(at_civil(civil, &world.zone))
            };
            text.as_ref().map(read).transpose()
        };
        let message = match (self.message()?, present) {
            (Some(message), _) => message,
            (None, Some(present)) => present.content.message.clone(),
            (None, None) => {
                return Err(Failure::mistake(
                    "公告说什么：写 --text、--text-file、--picture 或 --template。",
                ));
            }
        };
        let content = Content {
            audience: self.audience(desk, &world, present).await?,
            message,
            card: present.and_then(|present| present.content.card.clone()),
            route: match self.route {
                Some(RouteName::Mass) => Route::Mass,
                Some(RouteName::Single) => Route::Single,
                Some(RouteName::Both) => Route::Both,
                None => present.map_or(Route::Single, |present| present.content.route),
            },
            urgent: self
                .urgent
                .clone()
                .or_else(|| present.and_then(|present| present.content.urgent.clone())),
        };
        let kept = |of: fn(&Broadcast) -> Option<Millis>| present.and_then(of);
        Ok(Draft {
            title: self
                .title
                .clone()
                .or_else(|| present.map(|present| present.title.clone()))
                .unwrap_or_default(),
            content,
            starts_at: time(&self.start, "--start")?.or(kept(|row| row.starts_at)),
            lapses_at: time(&self.until, "--until")?
                .or(kept(|row| Some(row.lapses_at)))
                .unwrap_or(now.plus_seconds(LAPSES_SECONDS)),
            rate: self.rate.or(present.map(|present| present.rate)).unwrap_or(i64::from(RATE)),
            picture: self.picture.as_ref().map(read_picture).transpose()?,
        })
    }

    async fn audience(
        &self,
        desk: &Desk<'_>,
        world: &World,
        present: Option<&Broadcast>,
    ) -> Result<Audience, Failure> {
        let Some(text) = &self.to else {
            let everyone = || Audience { batch: world.batch.id.clone(), who: Condition::Everyone };
            return Ok(present.map_or_else(everyone, |present| present.content.audience.clone()));
        };
        let known = broadcasts::known(&desk.app.store, world, Vec::new()).await?;
        text::read(text, &known).map_err(|wrong| {
            let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            Failure::mistake(format!("--to 看不懂：\n{}", lines.join("\n")))
        })
    }

    fn message(&self) -> Result<Option<Message>, Failure> {
        if let Some(template_id) = &self.template {
            let fields = self.field.iter().map(|field| match field.split_once('=') {
                Some((key, value)) => {
                    Ok(Field { key: key.trim().to_owned(), value: value.trim().to_owned() })
                }
                None => {
                    Err(Failure::mistake(format!("--field {field}：要写成 名称=内容，例如 thing1=改期。")))
                }
            });
            let card = TemplateCard {
                template_id: template_id.clone(),
                title: String::new(),
                fields: fields.collect::<Result<_, _>>()?,
                url: None,
            };
            return Ok(Some(Message::Template(card)));
        }
        if let Some(file) = &self.text_file {
            let text = fs::read_to_string(file)
                .map_err(|error| Failure::mistake(format!("读不了 {}：{error}", file.display())))?;
            return Ok(Some(Message::Text { text }));
        }
        if let Some(text) = &self.text {
            return Ok(Some(Message::Text { text: text.clone() }));
        }
        Ok(self.picture.as_ref().map(|_| Message::Picture { file: String::new() }))
    }
}

fn read_picture(file: &PathBuf) -> Result<(String, Vec<u8>), Failure> {
    let failed = |error: std::io::Error| Failure::mistake(format!("读不了 {}：{error}", file.display()));
    let size = fs::metadata(file).map_err(failed)?.len();
    if size > PICTURE_BYTES {
        return Err(Failure::mistake(format!("{} 有 {size} 字节，图片最大 2 MB。", file.display())));
    }
    let bytes = fs::read(file).map_err(failed)?;
    let media_type = match image::guess_format(&bytes) {
        Ok(image::ImageFormat::Png) => "image/png",
        Ok(image::ImageFormat::Jpeg) => "image/jpeg",
        _ => return Err(Failure::mistake(format!("{} 不是 JPEG 或 PNG 图片。", file.display()))),
    };
    Ok((media_type.to_owned(), bytes))
}
