//! Who did what: found by account, act, subject and day, told in the offices' words, and held against its chains.

mod detail;

use std::collections::BTreeMap;

use super::{Act, LookError, Who, acts, imports::Kind, words};
use crate::{
    store::{AuditFilter, AuditRow, AuditVerdict, RETENTION, Store, StoreError},
    time::Millis,
    turn::Audit,
};

/// Length of a case's number, which people write in two groups.
const NUMBER_DIGITS: usize = 8;
/// The subject of lines about the log itself.
const SELF: &str = "audit";
/// The act of following the log.
const VERIFY: &str = "verify_audit";

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

/// A page of lines.
pub struct Page {
    /// The last one first.
    pub rows: Vec<AuditRow>,
    /// What the next page comes before; `None` on the last.
    pub next: Option<String>,
}

/// A page of `filter.limit` lines. A subject may be a case's number.
pub async fn find(store: &Store, who: Who<'_>, mut filter: AuditFilter) -> Result<Page, LookError> {
    if !who.may(Act::SeeAudit) {
        return Err(LookError::Role);
    }
    if let Some(number) = filter.subject.as_deref().and_then(case_number)
        && let Some(case) = store.case_by_number(&number).await?
    {
        filter.subject = Some(case.id.clone());
    }
    let limit = filter.limit;
    // One more tells whether there is another page.
    filter.limit = limit.saturating_add(1);
    let mut rows = store.find_audit(&filter).await?;
    let is_last = rows.len() <= limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| !is_last).map(|last| last.id.clone());
    Ok(Page { rows, next })
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
            detail: detail::words(row),
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
        ("import", kind) => Kind::parse(kind).map_or(kind, |known| words::import(known)).to_owned(),
        ("export", "cases") => "申请".to_owned(),
        ("find_people", "people") => "考生".to_owned(),
        (_, subject) => subject.to_owned(),
    }
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
    let audit = Audit { actor: who.actor(), act: VERIFY.to_owned(), subject: SELF.to_owned(), detail };
    Ok(store.append_audit(&audit, now).await?)
}

/// What came of the last time.
pub async fn last_verified(store: &Store) -> Result<Option<Verified>, StoreError> {
    // An account may have the same name, and its lines the same subject.
    let (subject, act) = (Some(SELF.to_owned()), Some(VERIFY.to_owned()));
    let rows = store.find_audit(&AuditFilter { subject, act, limit: 1, ..AuditFilter::default() }).await?;
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

    /// Act, subject and detail of a line; whom and what it is told of.
    const TOLD: &[(&str, &str, &str, (&str, &str))] = &[
        ("apply", "c1", "ready → verifying", ("c1", "可以申请 → 人口库核验中")),
        (
            "review",
            "c1",
            "portrait_at_city → portrait_rejected (portrait)",
            ("c1", "市考办审核照片 → 照片审核不通过（毕业证照片）"),
        ),
        (
            "review",
            "c1",
            "documents_at_city → documents_rejected (documents D01 D03)",
            ("c1", "市考办审核证件 → 证件审核不通过（证件照片 D01 D03）"),
        ),
        (
            "record_onsite",
            "c1",
            "submitted → onsite_passed (passed 2026-06-15)",
            ("c1", "已提交，待现场初审 → 初审通过，待省审（初审通过 2026-06-15）"),
        ),
        ("open_application", "c1", "ready", ("c1", "可以申请")),
        ("import", "schedule", "3 rows", ("办理地点", "3 rows")),
        (
            "import",
            "schedule",
            "3 rows of 2026-06: 2 added, 1 changed, 0 removed",
            ("办理地点", "2026-06：共 3 行，新增 2，修改 1，删除 0"),
        ),
        (
            "import",
            "plans",
            "3 rows: 3 added, 0 changed, 0 removed",
            ("专业计划", "共 3 行，新增 3，修改 0，删除 0"),
        ),
        ("view_case", "c1", "round 2", ("c1", "第 2 轮")),
        ("view_photo", "c1", "round 2 front", ("c1", "第 2 轮 证件正面")),
        ("find_people", "people", "by document_no: 2 found", ("考生", "按证件号码找，找到 2 人")),
        (
            "export",
            "cases",
            "12 of 2026-06 广州市/*, documents_at_city approved",
            ("申请", "2026-06 广州市：12 份，市考办审核证件、全部通过，待申请"),
        ),
        ("export", "cases", "12 of 2026-06 */*, all stages", ("申请", "2026-06 全部地点：12 份，所有状态")),
        ("export", "cases", "12 rows", ("申请", "12 rows")),
        (
            "add_key",
            "key:考籍系统",
            "city:广州市: cases:read people, 180 days",
            ("key:考籍系统", "市考办 广州市，看申请，个人信息遮盖；查找考生，180 天"),
        ),
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
    ];

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
        for (act, about, said, (whom, what)) in TOLD.iter().copied() {
            let row = row(act, about, said);
            assert_eq!(
                (subject(&row.audit), detail::words(&row)),
                (whom.to_owned(), what.to_owned()),
                "{said}"
            );
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
