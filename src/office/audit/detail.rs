//! What a line of the audit says besides who, what and whom: written in codes, so that it is the same for ever, and told
//! in the offices' words. What is written otherwise, perhaps by another program, is told as it was written.

use super::{VERIFY, Verified, read_verified};
use crate::{
    inbound::{Onsite, Part, PhotoSlot},
    mask,
    office::{Role, keys::Scope, retention, words},
    store::AuditRow,
    workflow::case::Stage,
};

/// It, in words.
pub(super) fn words(row: &AuditRow) -> String {
    known(row).unwrap_or_else(|| mask::told(&row.audit.detail))
}

/// In words, if it is written as this program writes it.
fn known(row: &AuditRow) -> Option<String> {
    let detail = row.audit.detail.as_str();
    if let Some(deleted) = retention::read_deleted(row.at, &row.audit) {
        return Some(match deleted.what {
            None => format!("{} 个文件", deleted.pictures),
            Some((batch, kind)) => {
                let (what, cases, pictures) = (words::kept(kind), deleted.cases, deleted.pictures);
                format!("{batch}：{cases} 份申请的{what} {pictures} 张")
            }
        });
    }
    match row.audit.act.as_str() {
        "add_staff" | "change_role" => Some(words::role(&Role::parse(detail)?)),
        "add_key" => key(detail),
        "hold_deletion" => Some(detail.replace(" until ", "，到 ")),
        VERIFY => Some(match read_verified(row)? {
            Verified { is_sound: true, numbers: (_, lines), .. } => format!("完整，{lines} 行"),
            Verified { numbers: (chain, line), .. } => format!("与写下时不同：第 {chain} 条链第 {line} 行"),
        }),
        "view_case" | "view_whole" | "view_phone" | "view_photo" => round(detail),
        "find_people" => found(detail),
        "import" => imported(detail),
        "export" => exported(detail),
        "send_again" | "do_again" => Some(String::new()),
        "open_application" => stage(detail).map(str::to_owned),
        _ => {
            let (from, to) = detail.split_once(" → ")?;
            Some(step(from, to))
        }
    }
}

fn stage(name: &str) -> Option<&'static str> {
    Stage::ALL.into_iter().find(|stage| stage.name() == name).map(words::stage)
}

/// A step between two stages, and what an office said with it.
fn step(from: &str, to: &str) -> String {
    let (to, about) = to.split_once(" (").unwrap_or((to, ""));
    let said = |name| stage(name).unwrap_or(name).to_owned();
    let step = format!("{} → {}", said(from), said(to));
    let about = about.trim_end_matches(')');
    if about.is_empty() { step } else { format!("{step}（{}）", about_of(about)) }
}

/// `portrait P03 P05` of what was turned down, `passed 2026-06-15` of how it went on site.
fn about_of(about: &str) -> String {
    let (first, rest) = about.split_once(' ').unwrap_or((about, ""));
    let parts = [Part::Portrait, Part::Documents, Part::Both];
    let part = parts.into_iter().find(|part| part.name() == first).map(words::part);
    let outcomes =
        [(Onsite::Passed, "初审通过"), (Onsite::Papers(String::new()), "需补材料"), (Onsite::Absent, "未到")];
    let outcome = outcomes.into_iter().find(|(outcome, _)| outcome.name() == first).map(|(_, words)| words);
    format!("{} {rest}", part.or(outcome).unwrap_or(first)).trim_end().to_owned()
}

/// `round 2`, `round 2 front`.
fn round(detail: &str) -> Option<String> {
    let rest = detail.strip_prefix("round ")?;
    let (round, slot) = rest.split_once(' ').unwrap_or((rest, ""));
    let slots = [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld, PhotoSlot::Portrait];
    let slot = slots.into_iter().find(|known| known.name() == slot).map_or("", words::slot);
    Some(format!("第 {round} 轮 {slot}").trim_end().to_owned())
}

/// `by document_no: 2 found`.
fn found(detail: &str) -> Option<String> {
    let (by, count) = detail.strip_prefix("by ")?.strip_suffix(" found")?.split_once(": ")?;
    let by = match by {
        "exam_no" => "准考证号",
        "document_no" => "证件号码",
        "name" => "姓名",
        _ => return None,
    };
    Some(format!("按{by}找，找到 {count} 人"))
}

/// `3 rows of 2026-06: 2 added, 1 changed, 0 removed`.
fn imported(detail: &str) -> Option<String> {
    let (rows, counts) = detail.split_once(": ")?;
    let (rows, of) = match rows.split_once(" rows of ") {
        Some((rows, batch)) => (rows, format!("{batch}：")),
        None => (rows.strip_suffix(" rows")?, String::new()),
    };
    let (added, counts) = counts.split_once(" added, ")?;
    let (changed, removed) = counts.strip_suffix(" removed")?.split_once(" changed, ")?;
    Some(format!("{of}共 {rows} 行，新增 {added}，修改 {changed}，删除 {removed}"))
}

/// `12 of 2026-06 广州市/*, documents_at_city approved`.
fn exported(detail: &str) -> Option<String> {
    let (count, rest) = detail.split_once(" of ")?;
    let (place, stages) = rest.split_once(", ")?;
    let (batch, place) = place.split_once(' ')?;
    let place = match place.split_once('/')? {
        ("*", "*") => "全部地点".to_owned(),
        (city, "*") => city.to_owned(),
        ("*", district) => district.to_owned(),
        (city, district) => format!("{city}{district}"),
    };
    let stages = match stages {
        "all stages" => "所有状态".to_owned(),
        stages => stages.split(' ').map(|name| stage(name).unwrap_or(name)).collect::<Vec<_>>().join("、"),
    };
    Some(format!("{batch} {place}：{count} 份，{stages}"))
}

/// `city:广州市: cases:read people, 180 days`.
fn key(detail: &str) -> Option<String> {
    let (role, rest) = detail.split_once(": ")?;
    let (scopes, days) = rest.strip_suffix(" days")?.split_once(", ")?;
    let scopes = scopes.split(' ').map(|name| Scope::parse(name).map_or(name, |scope| scope.words()));
    let scopes = scopes.collect::<Vec<_>>().join("；");
    Some(format!("{}，{scopes}，{days} 天", words::role(&Role::parse(role)?)))
}
