//! The chain that a process writes: each line's link is a MAC over the link before it and the line.
//!
//! Whoever writes keeps the chain's end in memory ([`Chain`]) and moves it when a transaction has committed, so that a
//! group that is rolled back, halved and tried again links anew from where it began. A chain is never taken up
//! again by anybody else, and its row is written on the condition that it is where memory has it. Where that fails, or
//! where a commit's outcome is not known (a lost connection), the chain is left as it is and another one begun,
//! which tells what was known of the one that was left. So no end is ever guessed, and what somebody changed from outside
//! cannot be covered by what is written after it.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use super::{AuditInsert, Line};
use crate::{
    secrets::{FieldMac, Secrets},
    store::{
        StoreError, column,
        dialect::{Dialect, Rows},
        statement::{Done, Statement},
    },
};

/// HMAC-SHA-256.
pub(super) type Link = [u8; 32];

/// Where a line stands.
pub(super) struct Place {
    pub(super) chain: i64,
    pub(super) seq: i64,
    pub(super) link: Link,
}

/// How far a chain has come.
#[derive(Clone)]
struct Tail {
    chain: i64,
    length: i64,
    head: Link,
}

/// The chain of whoever writes, between two transactions.
pub(in crate::store) struct Chain {
    secrets: Secrets,
    /// As last known for certain.
    known: Option<Tail>,
    is_left: bool,
}

impl Chain {
    /// Begins with the first line.
    pub(in crate::store) fn new(secrets: Secrets) -> Self {
        Self { secrets, known: None, is_left: true }
    }

    /// Where the next transaction's lines go on; begins a chain, in a transaction of its own, when there is none to go on
    /// with. `at` is the time of the first of those lines.
    pub(in crate::store) async fn links(
        &mut self,
        dialect: Dialect,
        connection: &mut AnyConnection,
        at: i64,
    ) -> Result<Links, StoreError> {
        let from = match &self.known {
            Some(tail) if !self.is_left => tail.clone(),
            left => {
                let mut transaction = connection.begin_with(dialect.begin()).await?;
                let tail = begin(&self.secrets, &mut transaction, left.as_ref(), at).await?;
                transaction.commit().await?;
                tail
            }
        };
        self.stand_at(from.clone());
        Ok(Links { secrets: self.secrets.clone(), from: from.clone(), tail: from })
    }

    /// No line is written on this chain any more, unless [`Chain::go_on`] says where it stands.
    pub(in crate::store) fn leave(&mut self) {
        self.is_left = true;
    }

    /// The lines are committed.
    pub(in crate::store) fn go_on(&mut self, links: Links) {
        self.stand_at(links.tail);
    }

    fn stand_at(&mut self, tail: Tail) {
        self.known = Some(tail);
        self.is_left = false;
    }
}

/// The chain inside one transaction.
pub(in crate::store) struct Links {
    secrets: Secrets,
    from: Tail,
    tail: Tail,
}

impl Links {
    /// Writes lines.
    pub(in crate::store) async fn append(
        &mut self,
        rows: &Rows,
        connection: &mut AnyConnection,
        lines: &[&AuditInsert],
    ) -> Result<(), StoreError> {
        let placed: Vec<_> = lines.iter().map(|line| (*line, self.next(line))).collect();
        let written = rows.write(connection, &placed, |(line, place), values| line.bind(place, values)).await;
        written.map(drop).map_err(|error| self.explain(error))
    }

    /// Writes a line that may be refused.
    pub(in crate::store) async fn append_line(
        &mut self,
        connection: &mut AnyConnection,
        line: &Line,
    ) -> Result<Done, StoreError> {
        let before = self.tail.clone();
        let place = self.next(&line.insert);
        let done = line.run(connection, &place).await.map_err(|error| self.explain(error))?;
        if done.affected == 0 {
            self.tail = before;
        }
        Ok(done)
    }

    /// Writes how far the chain has come. The transaction's last statement: whoever sweeps the chain waits for its row.
    pub(in crate::store) async fn close(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let (from, tail) = (&self.from, &self.tail);
        if tail.length == from.length {
            return Ok(());
        }
        let moved = Statement::new(
            "update audit_chains set length = $1, head = $2, seal = $3 \
             where chain = $4 and length = $5 and head = $6",
        )
        .number(tail.length)
        .blob(tail.head.to_vec())
        .blob(seal(&self.secrets, tail.chain, tail.length, &tail.head).to_vec())
        .number(tail.chain)
        .number(from.length)
        .blob(from.head.to_vec())
        .run(connection)
        .await?;
        if moved.affected == 1 { Ok(()) } else { Err(StoreError::Unlinked) }
    }

    fn next(&mut self, line: &AuditInsert) -> Place {
        let tail = &mut self.tail;
        tail.length += 1;
        let said = Said::of(line);
        tail.head = said.link(&self.secrets, tail.chain, tail.length, &tail.head);
        Place { chain: tail.chain, seq: tail.length, link: tail.head }
    }

    /// A line's place that is taken means that somebody else wrote into the chain; on a chain without lines it is the
    /// line's id that was there before.
    fn explain(&self, error: sqlx::Error) -> StoreError {
        let error = StoreError::from(error);
        if error.is_unique_violation() && self.from.length > 0 { StoreError::Unlinked } else { error }
    }
}

/// A line's columns, as its link vouches for them.
pub(super) struct Said<'l> {
    pub(super) id: &'l str,
    pub(super) at: i64,
    pub(super) actor: &'l str,
    pub(super) act: &'l str,
    pub(super) subject: &'l str,
    pub(super) detail: &'l str,
}

impl<'l> Said<'l> {
    fn of(line: &'l AuditInsert) -> Self {
        let AuditInsert { id, at, audit } = line;
        Self {
            id,
            at: *at,
            actor: &audit.actor,
            act: &audit.act,
            subject: &audit.subject,
            detail: &audit.detail,
        }
    }

    /// The line's link at a place, over the link before it.
    pub(super) fn link(&self, secrets: &Secrets, chain: i64, seq: i64, before: &Link) -> Link {
        secrets
            .vouch("line")
            .bytes(before)
            .number(chain)
            .number(seq)
            .bytes(self.id.as_bytes())
            .number(self.at)
            .bytes(self.actor.as_bytes())
            .bytes(self.act.as_bytes())
            .bytes(self.subject.as_bytes())
            .bytes(self.detail.as_bytes())
            .finish()
    }
}

/// What vouches for a chain's length.
pub(super) fn seal(secrets: &Secrets, chain: i64, length: i64, head: &[u8]) -> Link {
    secrets.vouch("chain").number(chain).number(length).bytes(head).finish()
}

/// What vouches for lines that were deleted in time: those up to `swept`, whose link the next line builds on.
pub(super) fn swept_seal(secrets: &Secrets, chain: i64, swept: i64, link: &[u8]) -> Link {
    secrets.vouch("swept").number(chain).number(swept).bytes(link).finish()
}

/// What vouches for the number of chains.
pub(super) fn register_seal(secrets: &Secrets, chains: i64) -> Link {
    secrets.vouch("register").number(chains).finish()
}

/// Link 0 of a chain: over its beginning and what it tells, in the order of chains.
pub(super) struct Begun(FieldMac);

impl Begun {
    pub(super) fn new(secrets: &Secrets, chain: i64, at: i64) -> Self {
        Self(secrets.vouch("begin").number(chain).number(at))
    }

    pub(super) fn tell(self, earlier: i64, length: i64, head: &[u8]) -> Self {
        Self(self.0.number(earlier).number(length).bytes(head))
    }

    pub(super) fn link(self) -> Link {
        self.0.finish()
    }
}

/// The chains that have grown since somebody told of them. It ends a select of `audit_chains c`.
pub(super) const UNTOLD: &str = "where not exists (select 1 from audit_told t \
                                 where t.earlier = c.chain and t.length = c.length) order by c.chain";

/// Creates the register with the installation.
pub(in crate::store) async fn create_register(
    secrets: &Secrets,
    connection: &mut AnyConnection,
) -> Result<(), StoreError> {
    let register = Statement::new("insert into audit_register (name, chains, seal) values ('chains', 0, $1)");
    register.blob(register_seal(secrets, 0).to_vec()).run(connection).await?;
    Ok(())
}

/// Begins the next chain, telling of all that were not told of as they are now; of the one that was left, as it was
/// known.
async fn begin(
    secrets: &Secrets,
    connection: &mut AnyConnection,
    left: Option<&Tail>,
    at: i64,
) -> Result<Tail, StoreError> {
    let chain = count_up(secrets, connection).await?;
    let mut told: BTreeMap<i64, (i64, Vec<u8>)> = BTreeMap::new();
    let text = format!("select c.chain, c.length, c.head from audit_chains c {UNTOLD}");
    for row in Statement::returning(AssertSqlSafe(text)).run(connection).await?.rows {
        told.insert(column(&row, 0)?, (column(&row, 1)?, column(&row, 2)?));
    }
    told.extend(left.map(|left| (left.chain, (left.length, left.head.to_vec()))));
    let begun = told.iter().fold(Begun::new(secrets, chain, at), |begun, (earlier, (length, head))| {
        begun.tell(*earlier, *length, head)
    });
    let tail = Tail { chain, length: 0, head: begun.link() };
    insert(secrets, &tail, at).run(connection).await?;
    for (earlier, (length, head)) in told {
        Statement::new("insert into audit_told (chain, earlier, length, head) values ($1, $2, $3, $4)")
            .number(chain)
            .number(earlier)
            .number(length)
            .blob(head)
            .run(connection)
            .await?;
    }
    Ok(tail)
}

fn insert(secrets: &Secrets, tail: &Tail, at: i64) -> Statement {
    let Tail { chain, length, head } = tail;
    Statement::new(
        "insert into audit_chains \
         (chain, begun_at, begun, length, head, seal, swept, swept_link, swept_seal) \
         values ($1, $2, $3, $4, $3, $5, 0, $3, $6)",
    )
    .number(*chain)
    .number(at)
    .blob(head.to_vec())
    .number(*length)
    .blob(seal(secrets, *chain, *length, head).to_vec())
    .blob(swept_seal(secrets, *chain, 0, head).to_vec())
}

/// The next chain's number. A register that was tampered with is counted up, too, but never sealed again: what was done
/// to it stays to be found.
async fn count_up(secrets: &Secrets, connection: &mut AnyConnection) -> Result<i64, StoreError> {
    // Written before it is read, so that of two processes one waits.
    let counted =
        "update audit_register set chains = chains + 1 where name = 'chains' returning chains, seal";
    let register = Statement::returning(counted).run(connection).await?.rows;
    let last =
        Statement::returning("select coalesce(max(chain), 0) from audit_chains").run(connection).await?;
    let last: i64 = last.rows.first().map_or(Ok(0), |row| column(row, 0))?;
    let Some(row) = register.first() else {
        tracing::error!("the audit log's register is missing: look with `graduation-bot audit verify`");
        return Ok(last + 1);
    };
    let (chain, sealed): (i64, Vec<u8>) = (column(row, 0)?, column(row, 1)?);
    if last >= chain || sealed != register_seal(secrets, chain - 1) {
        tracing::error!("the audit log's register was changed: look with `graduation-bot audit verify`");
        return Ok(chain.max(last + 1));
    }
    Statement::new("update audit_register set seal = $1 where name = 'chains'")
        .blob(register_seal(secrets, chain).to_vec())
        .run(connection)
        .await?;
    Ok(chain)
}
