//! Who did what: found by account, act, subject and day, told in the offices' words, and held against its chains.

use std::collections::BTreeMap;

use super::{Act, LookError, Role, Who, acts, retention, words};
use crate::{
    mask,
    store::{AuditFilter, AuditRow, AuditVerdict, RETENTION, Store, StoreError},
    time::Millis,
    turn::Audit,
    workflow::case::Stage,
};

/// Length of a case's number, which people write in two groups.
const NUMBER_DIGITS: usize = 8;
/// The subject of lines about the log itself.
const SELF: &str = "audit";

/// A line as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: String,
    /// What they did.
    pub act: String,
    /// To what, without naming anybody.
    pub subject: String,
    /// The case's number, where it is a case.
    pub case: Option<String>,
    /// What changed.
    pub detail: String,
}

/// The eight digits of a text that people may have written in two groups.
pub fn case_number(text: &str) -> Option<String> {
    let number = text.replace('-', "");
    let is_number = number.len() == NUMBER_DIGITS && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(number)
}

/// A page of lines, the last first. A subject may be a case's number.
pub async fn find(store: &Store, who: Who<'_>, mut filter: AuditFilter) -> Result<Vec<AuditRow>, LookError> {
    if !who.may(Act::SeeAudit) {
        return Err(LookError::Role);
    }
    if let Some(number) = filter.subject.as_deref().and_then(case_number)
        && let Some(case) = store.case_by_number(&number).await?
    {
        filter.subject = Some(case.id.clone());
    }
    Ok(store.find_audit(&filter).await?)
}

/// Lines in words.
pub async fn told(store: &Store, rows: &[AuditRow]) -> Result<Vec<Told>, StoreError> {
    let mut numbers: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let about = &row.audit;
        if !numbers.contains_key(about.subject.as_str()) {
            let case = store.case_by_id(&about.subject).await?;
            numbers.insert(&about.subject, case.map(|case| words::number(&case.number)));
        }
        let case = numbers[about.subject.as_str()].clone();
        lines.push(Told {
            at: row.at,
            actor: acts::actor(&about.actor).to_owned(),
            act: acts::act(&about.act).unwrap_or(&about.act).to_owned(),
            subject: case.clone().unwrap_or_else(|| subject(about)),
            case,
            detail: detail(row),
        });
    }
    Ok(lines)
}

/// What a line is about that is about no case.
fn subject(audit: &Audit) -> String {
    let is_person = audit.actor == "person" || audit.act == "unbind";
    match (audit.act.as_str(), audit.subject.as_str()) {
        ("unlock", _) => "准考证号（已遮盖）".to_owned(),
        _ if is_person => "考生的微信".to_owned(),
        (_, RETENTION) => "保留期限".to_owned(),
        (_, SELF) => "审计".to_owned(),
        ("import", kind) => {
            KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, words)| words).to_owned()
        }
        (_, subject) => subject.to_owned(),
    }
}

/// Kinds of imports.
const KINDS: [(&str, &str); 5] = [
    ("batches", "批次"),
    ("schedule", "办理地点"),
    ("plans", "专业计划"),
    ("candidates", "考生"),
    ("population", "人口库答案"),
];

/// What changed, in the offices' words where it is written in codes; anything else as it was written.
fn detail(row: &AuditRow) -> String {
    let (act, detail) = (row.audit.act.as_str(), row.audit.detail.as_str());
    if let Some(deleted) = retention::read_deleted(row.at, &row.audit) {
        let Some((batch, kind)) = deleted.what else { return format!("{} 个文件", deleted.pictures) };
        let what = words::kept(kind);
        return format!("{batch}：{} 份申请的{what} {} 张", deleted.cases, deleted.pictures);
    }
    match (act, detail.split_once(" → ")) {
        ("add_staff" | "change_role", _) => {
            Role::parse(detail).map_or_else(|| detail.to_owned(), |role| words::role(&role))
        }
        ("hold_deletion", _) => detail.replace(" until ", "，到 "),
        ("verify_audit", _) => match read_verified(row) {
            Some(Verified { is_sound: true, numbers: (_, lines), .. }) => format!("完整，{lines} 行"),
            Some(Verified { numbers: (chain, line), .. }) => {
                format!("与写下时不同：第 {chain} 条链第 {line} 行")
            }
            None => detail.to_owned(),
        },
        (_, Some((from, to))) => step(from, to),
        _ => mask::told(detail),
    }
}

/// A step between two stages.
fn step(from: &str, to: &str) -> String {
    let said = |name: &str| {
        let stage = Stage::ALL.into_iter().find(|stage| stage.name() == name);
        stage.map_or_else(|| name.to_owned(), |stage| words::stage(stage).to_owned())
    };
    let (to, rest) = to.split_once(' ').unwrap_or((to, ""));
    format!("{} → {} {rest}", said(from), said(to)).trim_end().to_owned()
}

/// How the log was found when it was followed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// When.
    pub at: Millis,
    /// Who asked.
    pub by: String,
    /// Nothing was changed.
    pub is_sound: bool,
    /// Lines that were followed, if sound; else the chain and the line where it is not.
    pub numbers: (i64, i64),
}

/// Follows the whole log and writes down what came of it. It takes as long as the log is long.
pub async fn verify(store: &Store, who: Who<'_>, now: Millis) -> Result<(), LookError> {
    if !who.may(Act::SeeAudit) {
        return Err(LookError::Role);
    }
    let detail = match store.verify_audit(&[]).await? {
        AuditVerdict::Sound(report) => format!("sound {} {}", report.chains, report.lines),
        AuditVerdict::Broken(fault) => {
            tracing::error!(chain = fault.chain, seq = fault.seq, kind = ?fault.kind, "the audit log was changed");
            format!("broken {} {}", fault.chain, fault.seq.unwrap_or(0))
        }
    };
    let audit =
        Audit { actor: who.actor(), act: "verify_audit".to_owned(), subject: SELF.to_owned(), detail };
    Ok(store.append_audit(&audit, now).await?)
}

/// What came of the last time.
pub async fn last_verified(store: &Store) -> Result<Option<Verified>, StoreError> {
    let rows = store.list_audit(Some(SELF), 1).await?;
    Ok(rows.first().and_then(read_verified))
}

fn read_verified(row: &AuditRow) -> Option<Verified> {
    let words: Vec<&str> = row.audit.detail.split(' ').collect();
    let [verdict, first, second] = words.as_slice() else { return None };
    let by = acts::actor(&row.audit.actor).to_owned();
    let numbers = (first.parse().ok()?, second.parse().ok()?);
    Some(Verified { at: row.at, by, is_sound: *verdict == "sound", numbers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_in_the_offices_words() {
        let row = |act: &str, subject: &str, detail: &str| AuditRow {
            id: String::new(),
            at: Millis(0),
            audit: Audit {
                actor: "system".into(),
                act: act.into(),
                subject: subject.into(),
                detail: detail.into(),
            },
        };
        for (act, about, said, (whom, what)) in [
            ("apply", "c1", "ready → verifying", ("c1", "可以申请 → 人口库核验中")),
            (
                "review",
                "c1",
                "portrait_at_city → portrait_rejected (portrait)",
                ("c1", "市级审核照片 → 照片审核不通过 (portrait)"),
            ),
            ("import", "schedule", "3 rows", ("办理地点", "3 rows")),
            ("add_staff", "王老师", "city:广州市", ("王老师", "市考办 广州市")),
            (
                "delete_pictures",
                RETENTION,
                "2026-06 documents cases=3 pictures=9",
                ("保留期限", "2026-06：3 份申请的证件照片 9 张"),
            ),
            ("delete_stray_files", RETENTION, "files=2", ("保留期限", "2 个文件")),
            ("hold_deletion", RETENTION, "2026-06 until 2026-09-01", ("保留期限", "2026-06，到 2026-09-01")),
            ("verify_audit", SELF, "sound 1 22", ("审计", "完整，22 行")),
            ("verify_audit", SELF, "broken 2 7", ("审计", "与写下时不同：第 2 条链第 7 行")),
        ] {
            let row = row(act, about, said);
            assert_eq!((subject(&row.audit), detail(&row)), (whom.to_owned(), what.to_owned()), "{said}");
        }
    }

    #[test]
    fn a_number_may_be_written_in_two_groups() {
        for (text, expected) in [
            ("12345678", Some("12345678")),
            ("1234-5678", Some("12345678")),
            ("1234567", None),
            ("王老师", None),
        ] {
            assert_eq!(case_number(text).as_deref(), expected, "{text}");
        }
    }
}
