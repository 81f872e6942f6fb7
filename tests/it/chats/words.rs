//! What the words of a script stand for: verdicts, times, what people do.

use graduation_bot::{
    inbound::{Level, Part},
    workflow::case::{Case, Stage},
};
use mock_platform::{Population, Registry, Say, UpstreamChange, Verdict, Via};

use crate::support::samples;

/// What a verdict names, or what was submitted.
pub(super) fn part(case: &Case, verdict: &str) -> Part {
    match verdict {
        "照片不通过" => Part::Portrait,
        "证件不通过" => Part::Documents,
        "都不通过" => Part::Both,
        _ if case.stage == Stage::PortraitAtCity => Part::Portrait,
        _ => Part::Documents,
    }
}

pub(super) fn level_name(level: Level) -> &'static str {
    match level {
        Level::City => "市考办",
        Level::Province => "省考办",
    }
}

pub(super) fn seconds(what: &str) -> i64 {
    let (count, unit) = what.split_once(' ').unwrap();
    let unit = match unit {
        "秒" => 1,
        "分钟" => 60,
        "小时" => 3_600,
        "天" => 86_400,
        other => panic!("no unit: {other}"),
    };
    count.parse::<i64>().unwrap() * unit
}

pub(super) fn population(what: &str) -> UpstreamChange {
    let verdict = match what {
        "一致" => Verdict::Match,
        "不一致" => Verdict::Mismatch,
        "不可用" => Verdict::Unavailable,
        other => panic!("no verdict: {other}"),
    };
    let numbers =
        samples::people().unwrap().into_iter().map(|person| (person.document_no, verdict)).collect();
    let population = Population { default: Some(verdict), numbers, ..Population::default() };
    UpstreamChange { population: Some(population), ..UpstreamChange::default() }
}

/// `不可用`, `恢复`; `取消成绩 准考证号 课程`, `恢复成绩 准考证号`, `改姓名 准考证号 姓名` change a record.
pub(super) fn registry(what: &str) -> UpstreamChange {
    let words: Vec<&str> = what.split(' ').collect();
    let candidates = match words[..] {
        ["取消成绩", exam_no, course] => vec![record(exam_no, course)],
        ["恢复成绩", exam_no] => vec![record(exam_no, "")],
        ["改姓名", exam_no, name] => {
            let mut record = record(exam_no, "");
            record["name"] = name.into();
            vec![record]
        }
        _ => vec![],
    };
    let registry = if what == "不可用" { Registry::Down } else { Registry::Up };
    UpstreamChange { registry: Some(registry), candidates, ..UpstreamChange::default() }
}

/// A sample record without its results in one course.
fn record(exam_no: &str, course: &str) -> serde_json::Value {
    let mut records = samples::candidates().unwrap().into_iter();
    let mut record = records.find(|record| record["exam_no"] == exam_no).unwrap();
    record["results"].as_array_mut().unwrap().retain(|result| result["course"] != course);
    record
}

/// What `[…]` means; anything else is a text.
pub(super) fn say(what: &str) -> Say {
    let Some(inner) = what.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return Say::text(what.replace("\\n", "\n"));
    };
    let (act, rest) = inner.split_once(' ').unwrap_or((inner, ""));
    match act {
        "照片" => Say::image(super::pictures::picture(rest), Via::Album),
        "拍照" => Say::image(super::pictures::picture(rest), Via::Camera),
        "语音" if rest.is_empty() => Say::Voice { recognition: None },
        "语音" => Say::voice(rest),
        "视频" => Say::Video {},
        "表情" => Say::Sticker {},
        "链接" => {
            Say::Link {
                title: "分享".into(), description: String::new(), url: "https://example.com".into()
            }
        }
        "位置" => super::script::location(rest),
        "菜单" => Say::click(rest),
        "扫码" => Say::scan(rest),
        // To whoever does not follow, the platform makes a scan their following.
        "关注" if !rest.is_empty() => Say::scan(rest),
        "取关" => Say::event("unsubscribe", ""),
        "关注" => Say::event("subscribe", ""),
        other => panic!("no act: {other}"),
    }
}
