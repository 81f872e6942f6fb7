//! One announcement in words: what it says, and how far it is.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::Desk;
use crate::{
    cli::{Failure, words},
    office::{
        broadcasts::{self, Progress, steps},
        deliveries::reasons,
    },
    store::Broadcast,
    workflow::broadcast::{
        audience::text::{self, Known},
        message::{Message, TemplateCard},
    },
};

impl Desk<'_> {
    pub(super) async fn show(&self, number: i64) -> Result<(), Failure> {
        let row = self.find(number).await?;
        let zone = &self.app.runner.world.load().zone;
        let moment = |at| words::moment(at, zone);
        println!("公告 {number}：{}（第 {} 版，{}）", row.title, row.version, steps::state(row.state));
        println!("写的人：{}，最后由 {} 改于 {}", row.author, row.edited_by, moment(row.edited_at));
        if let (Some(by), Some(at)) = (&row.approved_by, row.approved_at) {
            println!("批准的人：{by}，{}", moment(at));
        }
        println!("发给谁：{}", text::write(&row.content.audience, &Known::default()));
        println!("怎么发：{}，每秒 {} 条", steps::route(row.content.route), row.rate);
        println!("开始：{}", row.starts_at.map_or_else(|| "由人开始".to_owned(), moment));
        println!("有效期到：{}", moment(row.lapses_at));
        if let Some(why) = &row.content.urgent {
            println!("紧急，夜里也发：{why}");
        }
        println!("\n{}", content(&row));
        let progress = broadcasts::progress(&self.app.store, &row).await?;
        if row.started_at.is_some() {
            print!("\n{}", self::progress(&row, &progress, zone));
        }
        Ok(())
    }
}

fn content(row: &Broadcast) -> String {
    let said = match &row.content.message {
        Message::Text { text } => text.clone(),
        Message::Picture { .. } => "［图片］".to_owned(),
        Message::Article { title, digest, source_url, .. } => {
            format!("［图文］{title}\n{digest}\n{source_url}")
        }
        Message::Template(card) => template(card),
    };
    match &row.content.card {
        Some(card) => format!("{said}\n\n没有窗口时改发：{}", template(card)),
        None => said,
    }
}

fn template(card: &TemplateCard) -> String {
    let lines = card.fields.iter().map(|field| format!("\n{}：{}", field.key, field.value));
    format!("［模板消息］{}{}", card.title, lines.collect::<String>())
}

/// What a bar has room for.
pub(super) fn in_short(progress: &Progress) -> String {
    let failed: i64 = progress.failed.iter().map(|(_, count)| count).sum();
    let mut text = String::new();
    for (words, count) in
        [("没送到", failed), ("等考生", progress.held), ("存疑", progress.doubts.len() as i64)]
    {
        if count > 0 {
            let _ = write!(text, "{words} {count}  ");
        }
    }
    text
}

/// How far it is, line by line.
pub(super) fn progress(row: &Broadcast, progress: &Progress, zone: &TimeZone) -> String {
    let mut lines = Vec::new();
    if let Some(why) = steps::pause(row, zone) {
        lines.push(format!("暂停：{why}"));
    }
    match &progress.people {
        None => lines.push("正在清点发给谁".to_owned()),
        Some(people) => {
            lines.push(format!("发给 {} 人：单发 {}，群发 {}", progress.total(), people.single, people.mass));
            for (why, count) in &people.left_out {
                lines.push(format!("  没有发给 {count} 人：{}", left_out(why)));
            }
        }
    }
    for (way, count) in &progress.delivered {
        lines.push(format!("  已送达 {count}（{}）", self::way(way)));
    }
    if progress.mass_taken > 0 {
        lines.push(format!("  群发已提交 {} 人", progress.mass_taken));
    }
    for (words, count) in [
        ("还没轮到", progress.to_come),
        ("正在发", progress.queued),
        ("随公告暂停", progress.paused),
        ("等考生下次发消息", progress.held),
        ("群发没有发出", progress.mass_failed),
    ] {
        if count > 0 {
            lines.push(format!("  {words} {count}"));
        }
    }
    for (why, count) in &progress.failed {
        lines.push(format!("  没送到 {count}：{}", reasons::why(why)));
    }
    for doubt in &progress.doubts {
        let end = doubt.open_id.chars().rev().take(4).collect::<Vec<_>>();
        let end: String = end.into_iter().rev().collect();
        lines.push(format!("  存疑：微信尾号 {end}，可能收到两遍（通知 {}）", doubt.id));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// By which way.
fn way(name: &str) -> &str {
    match name {
        "custom" => "客服消息",
        "template" => "模板消息",
        "subscription" => "订阅通知",
        other => other,
    }
}

/// Why somebody is left out.
fn left_out(why: &str) -> &str {
    match why {
        "not_following" => "没有关注公众号",
        "blocked" => "拒收消息",
        "month_full" => "这个月已经收满 4 次群发",
        other => other,
    }
}
