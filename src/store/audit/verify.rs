//! Whether the log is as it was written: every chain is followed from its first line to its last.
//!
//! All of it is read in one snapshot, so that processes may write meanwhile, and in pages, so that memory does not grow
//! with the log. The first thing that is wrong ends it, in the order of chains and lines. What nobody can find from inside:
//! the whole database put back to an older state. For that [`AuditReport::heads`] are noted elsewhere and held against
//! the log later.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, any::AnyRow};

use super::chain::{Begun, Link, Said, UNTOLD, register_seal, seal, swept_seal};
use crate::{
    secrets::{Secrets, hex},
    store::{Store, StoreError, closed_or_failed, column, statement::Statement},
};

/// Lines or chains read at once.
const PAGE: i64 = 1_000;

/// What [`Store::verify_audit`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Nothing was changed.
    Sound(AuditReport),
    /// Something was; the first that was found.
    Broken(AuditFault),
}

/// A sound log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Chains that have begun.
    pub chains: i64,
    /// Lines that are there.
    pub lines: i64,
    /// Lines that were deleted when their time was over.
    pub swept: i64,
    /// The ends that no later chain vouches for yet: whoever has them elsewhere has the whole log.
    pub heads: Vec<AuditHead>,
}

/// How far a chain had come, to be noted outside of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// The chain.
    pub chain: i64,
    /// Its lines.
    pub length: i64,
    /// Hexadecimal digits of the last link, from the first on; may be shortened.
    pub link: String,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// In which chain; 0 when the fault belongs to none.
    pub chain: i64,
    /// At which line of it, where it is a line.
    pub seq: Option<i64>,
    /// The row that stands there, if one does.
    pub id: Option<String>,
    /// What it is.
    pub kind: FaultKind,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The count of chains is missing or was changed.
    Register,
    /// A whole chain is missing.
    ChainMissing,
    /// What is known of a chain (its beginning, length or end) was changed.
    ChainChanged,
    /// A line is missing.
    LineMissing,
    /// A line was changed, moved, or written by somebody else.
    LineChanged,
    /// A line stands after its chain's end, in no chain, or twice.
    LineAdded,
    /// A later chain, or a head that was noted, knows more or something else: the chain was cut or put back.
    Contradicted,
}

impl Store {
    /// Follows the whole log. `seen` are heads that were noted earlier: the log must still lead through them.
    pub async fn verify_audit(&self, seen: &[AuditHead]) -> Result<AuditVerdict, StoreError> {
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        let mut snapshot = connection.begin_with(self.inner.dialect.begin_snapshot()).await?;
        let followed = Walk { secrets: self.secrets(), snapshot: &mut snapshot }.all(seen).await;
        snapshot.rollback().await?;
        match followed {
            Ok(report) => Ok(AuditVerdict::Sound(report)),
            Err(Stop::Fault(fault)) => Ok(AuditVerdict::Broken(fault)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// Why a walk ended early.
enum Stop {
    Fault(AuditFault),
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

struct Walk<'w> {
    secrets: &'w Secrets,
    snapshot: &'w mut AnyConnection,
}

impl Walk<'_> {
    async fn all(&mut self, seen: &[AuditHead]) -> Result<AuditReport, Stop> {
        let mut report = AuditReport { chains: self.register().await?, ..AuditReport::default() };
        let mut next = 1;
        loop {
            let page = self.read(CHAINS, &[next - 1, PAGE]).await?;
            for row in &page {
                let chain = ChainRow::read(row).map_err(|_| chain_fault(next, FaultKind::ChainChanged))?;
                if chain.number != next || next > report.chains {
                    return Err(chain_fault(next, FaultKind::ChainMissing));
                }
                report.lines += self.chain(&chain).await?;
                report.swept += chain.swept;
                next += 1;
            }
            if page.is_empty() {
                break;
            }
        }
        if next <= report.chains {
            return Err(chain_fault(next, FaultKind::ChainMissing));
        }
        self.strangers(&report).await?;
        self.contradictions().await?;
        for head in seen {
            self.leads_through(head).await?;
        }
        report.heads = self.heads().await?;
        Ok(report)
    }

    /// How many chains have begun.
    async fn register(&mut self) -> Result<i64, Stop> {
        let rows = self.read("select chains, seal from audit_register where name = 'chains'", &[]).await?;
        let read = |row: &AnyRow| Ok::<(i64, Vec<u8>), StoreError>((column(row, 0)?, column(row, 1)?));
        match rows.first().map(read) {
            Some(Ok((chains, sealed))) if sealed == register_seal(self.secrets, chains) => Ok(chains),
            _ => Err(chain_fault(0, FaultKind::Register)),
        }
    }

    /// How many lines the chain has.
    async fn chain(&mut self, chain: &ChainRow) -> Result<i64, Stop> {
        let changed = || chain_fault(chain.number, FaultKind::ChainChanged);
        if !chain.is_sealed(self.secrets) || self.begun(chain).await? != chain.begun {
            return Err(changed());
        }
        let (mut seq, mut link) = (chain.swept, chain.swept_link);
        loop {
            let page = self.read(LINES, &[chain.number, seq, PAGE]).await?;
            for row in &page {
                let read = LineRow::read(row).ok();
                let id = read.as_ref().map(|read| read.id.clone());
                let fault = |kind| line_fault(chain.number, seq + 1, id.clone(), kind);
                if seq == chain.length {
                    return Err(fault(FaultKind::LineAdded));
                }
                let Some(read) = &read else { return Err(fault(FaultKind::LineChanged)) };
                if read.seq > seq + 1 {
                    return Err(line_fault(chain.number, seq + 1, None, FaultKind::LineMissing));
                }
                link = read.said().link(self.secrets, chain.number, seq + 1, &link);
                if read.seq != seq + 1 || read.link != link {
                    return Err(fault(FaultKind::LineChanged));
                }
                seq += 1;
            }
            if page.is_empty() {
                break;
            }
        }
        if seq < chain.length {
            return Err(line_fault(chain.number, seq + 1, None, FaultKind::LineMissing));
        }
        if link == chain.head { Ok(chain.length - chain.swept) } else { Err(changed()) }
    }

    /// Link 0 as it should be.
    async fn begun(&mut self, chain: &ChainRow) -> Result<Link, Stop> {
        let mut begun = Begun::new(self.secrets, chain.number, chain.begun_at);
        let mut after = 0;
        loop {
            let page = self.read(TOLD, &[chain.number, after, PAGE]).await?;
            for row in &page {
                let read = || {
                    Ok::<(i64, i64, Vec<u8>), StoreError>((column(row, 0)?, column(row, 1)?, column(row, 2)?))
                };
                let (earlier, length, head) =
                    read().map_err(|_| chain_fault(chain.number, FaultKind::ChainChanged))?;
                begun = begun.tell(earlier, length, &head);
                after = earlier;
            }
            if page.is_empty() {
                return Ok(begun.link());
            }
        }
    }

    /// Lines that no chain leads to.
    async fn strangers(&mut self, report: &AuditReport) -> Result<(), Stop> {
        let counted = self.read("select count(*) from audit", &[]).await?;
        let counted: i64 = counted.first().map_or(Ok(0), |row| column(row, 0))?;
        if counted == report.lines {
            return Ok(());
        }
        for stray in [IN_NO_CHAIN, IN_SWEPT_PLACE, IN_ONE_PLACE] {
            if let Some(row) = self.read(stray, &[]).await?.first() {
                let (chain, seq) = (column(row, 0)?, column(row, 1)?);
                return Err(line_fault(chain, seq, column(row, 2)?, FaultKind::LineAdded));
            }
        }
        Err(chain_fault(0, FaultKind::LineAdded))
    }

    /// Chains that are not what a later one found. Links were followed by now: those in the table are true.
    async fn contradictions(&mut self) -> Result<(), Stop> {
        let found = self.read(CONTRADICTED, &[]).await?;
        let Some(row) = found.first() else { return Ok(()) };
        Err(line_fault(column(row, 0)?, column(row, 1)?, column(row, 2)?, FaultKind::Contradicted))
    }

    async fn leads_through(&mut self, seen: &AuditHead) -> Result<(), Stop> {
        let known = "select link from audit where chain = $1 and seq = $2 \
                     union all select swept_link from audit_chains where chain = $1 and swept = $2";
        let known = self.read(known, &[seen.chain, seen.length]).await?;
        let link: Option<Vec<u8>> = known.first().map(|row| column(row, 0)).transpose()?;
        if link.is_some_and(|link| hex(&link).starts_with(&seen.link)) {
            return Ok(());
        }
        let swept = self.read("select swept from audit_chains where chain = $1", &[seen.chain]).await?;
        let swept: i64 = swept.first().map_or(Ok(0), |row| column(row, 0))?;
        if seen.length < swept {
            return Ok(());
        }
        Err(line_fault(seen.chain, seen.length, None, FaultKind::Contradicted))
    }

    async fn heads(&mut self) -> Result<Vec<AuditHead>, StoreError> {
        let text = format!("select c.chain, c.length, c.head from audit_chains c {UNTOLD}");
        let rows = Statement::returning(AssertSqlSafe(text)).run(self.snapshot).await?.rows;
        let head = |row| {
            let link: Vec<u8> = column(row, 2)?;
            Ok(AuditHead { chain: column(row, 0)?, length: column(row, 1)?, link: hex(&link) })
        };
        rows.iter().map(head).collect()
    }

    async fn read(&mut self, text: &'static str, numbers: &[i64]) -> Result<Vec<AnyRow>, StoreError> {
        let statement =
            numbers.iter().fold(Statement::returning(text), |statement, number| statement.number(*number));
        Ok(statement.run(self.snapshot).await?.rows)
    }
}

const CHAINS: &str = "select chain, begun_at, begun, length, head, seal, swept, swept_link, swept_seal \
                      from audit_chains where chain > $1 order by chain limit $2";

pub(super) const LINES: &str = "select id, at, actor, act, subject, detail, seq, link from audit \
                     where chain = $1 and seq > $2 order by seq limit $3";

const TOLD: &str = "select earlier, length, head from audit_told \
                    where chain = $1 and earlier > $2 order by earlier limit $3";

const IN_NO_CHAIN: &str = "select a.chain, a.seq, a.id from audit a \
                           left join audit_chains c on c.chain = a.chain \
                           where c.chain is null order by a.chain, a.seq limit 1";

const IN_SWEPT_PLACE: &str = "select a.chain, a.seq, a.id from audit a \
                              join audit_chains c on c.chain = a.chain and a.seq <= c.swept \
                              order by a.chain, a.seq limit 1";

const IN_ONE_PLACE: &str = "select chain, seq, max(id) from audit group by chain, seq having count(*) > 1 \
                            order by chain, seq limit 1";

/// What was told of lines that were swept since cannot be held against anything any more, but for the last of them.
const CONTRADICTED: &str = "select t.earlier, t.length, a.id from audit_told t \
                            left join audit_chains c on c.chain = t.earlier \
                            left join audit a on a.chain = t.earlier and a.seq = t.length \
                            where c.chain is null or t.length > c.length \
                            or (t.length > c.swept and (a.link is null or a.link <> t.head)) \
                            or (t.length = c.swept and t.head <> c.swept_link) \
                            or (t.length = 0 and t.head <> c.begun) \
                            order by t.earlier, t.length limit 1";

fn chain_fault(chain: i64, kind: FaultKind) -> Stop {
    Stop::Fault(AuditFault { chain, seq: None, id: None, kind })
}

fn line_fault(chain: i64, seq: i64, id: Option<String>, kind: FaultKind) -> Stop {
    Stop::Fault(AuditFault { chain, seq: Some(seq), id, kind })
}

/// A row of `audit_chains`.
struct ChainRow {
    number: i64,
    begun_at: i64,
    begun: Link,
    length: i64,
    head: Link,
    seal: Link,
    swept: i64,
    swept_link: Link,
    swept_seal: Link,
}

impl ChainRow {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: column(row, 0)?,
            begun_at: column(row, 1)?,
            begun: link_column(row, 2)?,
            length: column(row, 3)?,
            head: link_column(row, 4)?,
            seal: link_column(row, 5)?,
            swept: column(row, 6)?,
            swept_link: link_column(row, 7)?,
            swept_seal: link_column(row, 8)?,
        })
    }

    fn is_sealed(&self, secrets: &Secrets) -> bool {
        self.seal == seal(secrets, self.number, self.length, &self.head)
            && self.swept_seal == swept_seal(secrets, self.number, self.swept, &self.swept_link)
            && self.swept <= self.length
    }
}

/// A row of `audit`.
pub(super) struct LineRow {
    pub(super) id: String,
    pub(super) at: i64,
    actor: String,
    act: String,
    subject: String,
    detail: String,
    pub(super) seq: i64,
    pub(super) link: Link,
}

impl LineRow {
    /// Reads the columns of [`LINES`].
    pub(super) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: column(row, 0)?,
            at: column(row, 1)?,
            actor: column(row, 2)?,
            act: column(row, 3)?,
            subject: column(row, 4)?,
            detail: column(row, 5)?,
            seq: column(row, 6)?,
            link: link_column(row, 7)?,
        })
    }

    pub(super) fn said(&self) -> Said<'_> {
        Said {
            id: &self.id,
            at: self.at,
            actor: &self.actor,
            act: &self.act,
            subject: &self.subject,
            detail: &self.detail,
        }
    }
}

pub(super) fn link_column(row: &AnyRow, at: usize) -> Result<Link, StoreError> {
    let bytes: Vec<u8> = column(row, at)?;
    bytes.try_into().map_err(|_| StoreError::unreadable("audit/link", &"its length is wrong"))
}
