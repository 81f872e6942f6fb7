//! Lines whose time is over go, from a chain's beginning, and leave a mark up to where: the log can be followed as before.
//!
//! A line is followed once more before it goes. Otherwise somebody could change a line to an old time and have it taken
//! away in good order; a chain that is not what it should be is left alone, for people to look at.

use sqlx::Connection;

use super::{
    chain::{Link, swept_seal},
    verify::{LINES, LineRow, link_column},
};
use crate::{
    store::{Store, StoreError, closed_or_failed, column, statement::Statement},
    time::Millis,
};

/// A chain whose first remaining line is old.
struct Due {
    chain: i64,
    swept: i64,
    link: Link,
}

impl Store {
    /// Deletes lines that are older than `before` (business time), at most `limit` of them; how many. Call it again as
    /// long as it deletes as many as it may. A chain's line stays while one before it in the chain is younger.
    pub async fn forget_audit(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let mut left = i64::from(limit);
        for due in self.due_chains(before).await? {
            if left == 0 {
                break;
            }
            left -= self.sweep_chain(&due, before, left).await?;
        }
        Ok((i64::from(limit) - left) as u64)
    }

    async fn due_chains(&self, before: Millis) -> Result<Vec<Due>, StoreError> {
        let statement = Statement::returning(
            "select c.chain, c.swept, c.swept_link, c.swept_seal from audit_chains c \
             join audit a on a.chain = c.chain and a.seq = c.swept + 1 where a.at < $1 order by c.chain",
        );
        let mut due = Vec::new();
        for row in self.read(statement.number(before.0)).await? {
            let (chain, swept, link) = (column(&row, 0)?, column(&row, 1)?, link_column(&row, 2)?);
            if swept_seal(self.secrets(), chain, swept, &link) == link_column(&row, 3)? {
                due.push(Due { chain, swept, link });
            } else {
                tracing::error!(chain, "a chain of the audit log was changed and is not swept");
            }
        }
        Ok(due)
    }

    /// How many lines went.
    async fn sweep_chain(&self, due: &Due, before: Millis, limit: i64) -> Result<i64, StoreError> {
        let (mut swept, mut link) = (due.swept, due.link);
        let page = Statement::returning(LINES).number(due.chain).number(swept).number(limit);
        for row in self.read(page).await? {
            let read = LineRow::read(&row)?;
            let next = read.said().link(self.secrets(), due.chain, swept + 1, &link);
            if read.seq != swept + 1 || read.link != next {
                tracing::error!(
                    chain = due.chain,
                    seq = swept + 1,
                    "a line of the audit log was changed and is not swept"
                );
                break;
            }
            if read.at >= before.0 {
                break;
            }
            (swept, link) = (read.seq, next);
        }
        if swept == due.swept { Ok(0) } else { self.mark_and_delete(due, swept, &link).await }
    }

    /// In a transaction of its own, which holds nothing but the chain's row while it may have to wait for it: the chain may
    /// be one that a process is writing.
    async fn mark_and_delete(&self, due: &Due, swept: i64, link: &Link) -> Result<i64, StoreError> {
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        let mut transaction = connection.begin_with(self.inner.dialect.begin()).await?;
        let marked = Statement::new(
            "update audit_chains set swept = $1, swept_link = $2, swept_seal = $3 \
             where chain = $4 and swept = $5 and length >= $1",
        )
        .number(swept)
        .blob(link.to_vec())
        .blob(swept_seal(self.secrets(), due.chain, swept, link).to_vec())
        .number(due.chain)
        .number(due.swept)
        .run(&mut transaction)
        .await?;
        if marked.affected == 0 {
            transaction.rollback().await?;
            return Ok(0);
        }
        let deleted = Statement::new("delete from audit where chain = $1 and seq <= $2")
            .number(due.chain)
            .number(swept)
            .run(&mut transaction)
            .await?;
        transaction.commit().await?;
        Ok(deleted.affected as i64)
    }
}
