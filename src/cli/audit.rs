//! `audit`: who did what, and whether what the log says is what was written.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::{Failure, settings::Settings, words};
use crate::{
    app,
    config::Config,
    office::audit,
    store::{AuditFault, AuditHead, AuditReport, AuditRow, AuditVerdict, FaultKind, Store},
};

/// Digits of a link that are shown: sixty-four bits, which nobody without the keys meets by chance.
const LINK_DIGITS: usize = 16;

/// 查看审计：谁做了什么；核对审计有没有被改动
#[derive(Subcommand)]
pub(super) enum Audit {
    /// 列出审计，新的在前
    List(List),
    /// 核对整个审计：改过、插入、调换、缺少的行都查得出来（查出来时退出码 1）
    Verify(Verify),
}

/// 列出审计
#[derive(Args)]
pub(super) struct List {
    /// 只列这一份申请（申请编号）的，或这个账号做的和对这个账号做的
    #[arg(long, value_name = "编号或名字")]
    subject: Option<String>,
    /// 最多列多少行
    #[arg(long, default_value_t = 100, value_name = "行数")]
    limit: u32,
}

/// 核对整个审计
#[derive(Args)]
pub(super) struct Verify {
    /// 以前核对时抄下的末端（链-行-摘要）：审计必须仍然经过这里；可以写多次
    #[arg(long, value_name = "末端")]
    seen: Vec<String>,
}

impl Audit {
    pub(super) async fn run(&self, settings: &Settings) -> Result<(), Failure> {
        let config = settings.load()?;
        let store = app::open_store(&config).await?;
        let outcome = match self {
            Self::List(list) => list.run(&config, &store).await,
            Self::Verify(verify) => verify.run(&store).await,
        };
        store.close().await;
        outcome
    }
}

impl List {
    async fn run(&self, config: &Config, store: &Store) -> Result<(), Failure> {
        let rows = self.rows(store, words::limit(self.limit)?).await?;
        if rows.is_empty() {
            println!("没有这样的审计。");
            return Ok(());
        }
        let zone = app::zone(config).map_err(Failure::Mistake)?;
        let told = audit::told(store, &rows).await?.into_iter();
        let lines = told
            .map(|line| vec![words::moment(line.at, &zone), line.actor, line.act, line.subject, line.detail])
            .collect::<Vec<_>>();
        print!("{}", words::table(["时间", "谁", "做了什么", "对象", "说明"], lines));
        Ok(())
    }

    async fn rows(&self, store: &Store, limit: u32) -> Result<Vec<AuditRow>, Failure> {
        let Some(subject) = &self.subject else { return Ok(store.list_audit(None, limit).await?) };
        if let Some(number) = audit::case_number(subject) {
            let Some(case) = store.case_by_number(&number).await? else {
                return Err(Failure::mistake(format!("没有编号为“{subject}”的申请。")));
            };
            return Ok(store.list_audit(Some(&case.id), limit).await?);
        }
        let mut rows = store.list_audit(Some(subject), limit).await?;
        rows.extend(store.list_audit_by(&format!("staff:{subject}"), limit).await?);
        rows.sort_by(|one, other| other.id.cmp(&one.id));
        rows.dedup_by(|one, other| one.id == other.id);
        rows.truncate(limit as usize);
        Ok(rows)
    }
}

impl Verify {
    async fn run(&self, store: &Store) -> Result<(), Failure> {
        let seen = self.seen.iter().map(|head| read_head(head)).collect::<Result<Vec<_>, _>>()?;
        match store.verify_audit(&seen).await? {
            AuditVerdict::Sound(report) => {
                print!("{}", sound(&report));
                Ok(())
            }
            AuditVerdict::Broken(fault) => Err(Failure::failed(format!(
                "审计与写下时不同：{}\n后面的没有再核对。请保留数据库原样，与备份比较。",
                broken(&fault)
            ))),
        }
    }
}

fn sound(report: &AuditReport) -> String {
    let AuditReport { chains, lines, swept, heads } = report;
    let mut text = format!("审计完整：{chains} 条链，{lines} 行");
    if *swept > 0 {
        let _ = write!(text, "，另有 {swept} 行到期已删");
    }
    text.push_str("。\n");
    if !heads.is_empty() {
        text.push_str("末端（抄到别处；以后用 --seen 核对，数据库被整个换成旧的也查得出来）：\n");
    }
    for head in heads {
        let _ = writeln!(text, "  {}-{}-{}", head.chain, head.length, &head.link[..LINK_DIGITS]);
    }
    text
}

fn broken(fault: &AuditFault) -> String {
    let place = match (fault.chain, fault.seq) {
        (0, _) => String::new(),
        (chain, Some(seq)) => format!("第 {chain} 条链第 {seq} 行"),
        (chain, None) => format!("第 {chain} 条链"),
    };
    let row = fault.id.as_ref().map(|id| format!("（编号 {id}）")).unwrap_or_default();
    let what = match fault.kind {
        FaultKind::Register => "链的总数被改过或不见了。",
        FaultKind::ChainMissing => "整条不见了。",
        FaultKind::ChainChanged => "的开头、行数或末端被改过。",
        FaultKind::LineMissing => "不见了。",
        FaultKind::LineChanged => "被改过、换过位置，或不是本系统写的。",
        FaultKind::LineAdded => "是多出来的。",
        FaultKind::Contradicted => "与别处记下的不同：被删短过，或换回过旧的。",
    };
    format!("{place}{row}{what}")
}

fn read_head(text: &str) -> Result<AuditHead, Failure> {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().unwrap_or_default();
    let (chain, length, link) = (next().parse(), next().parse(), next());
    let is_link = link.len() >= LINK_DIGITS && link.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (chain, length) {
        (Ok(chain), Ok(length)) if is_link => {
            Ok(AuditHead { chain, length, link: link.to_ascii_lowercase() })
        }
        _ => Err(Failure::mistake(format!(
            "“{text}”不是 audit verify 显示的末端，例如 3-120-9f86d081884c7d65。"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_they_are_shown() {
        let head = read_head("3-120-9F86d081884c7d65").unwrap();
        assert_eq!((head.chain, head.length, head.link.as_str()), (3, 120, "9f86d081884c7d65"));
        for bad in ["", "3", "3-120", "3-120-9f86", "x-120-9f86d081884c7d65", "3-120-gf86d081884c7d65"] {
            assert!(read_head(bad).is_err(), "{bad}");
        }
    }
}
