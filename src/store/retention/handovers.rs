//! Portraits on their way to whoever makes the certificates.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::{
    store::{Store, StoreError, column, statement::Statement, time_column},
    time::Millis,
    turn::Audit,
    workflow::case::Stage,
};

/// Portraits written out at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// ULID.
    pub id: String,
    /// The batch.
    pub batch: String,
    /// Who wrote them out.
    pub staff: String,
    /// When. Business time.
    pub created_at: Millis,
    /// Portraits of it that are still here.
    pub portraits: i64,
    /// Who confirmed that they arrived, and when.
    pub confirmed: Option<(String, Millis)>,
}

impl Store {
    /// Cases of a batch that graduated and whose portrait nobody has written out yet, after one id, by id.
    pub async fn portraits_to_hand_over(
        &self,
        batch: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "select c.id from cases c where c.batch = $1 and c.id > $2 and c.stage = '{}' and c.kept_portraits > 0 \
             and c.kept_rejected + c.kept_documents + c.kept_portraits > 0 and c.handover is null \
             order by c.id limit $3",
            Stage::Graduated.name()
        );
        let statement = Statement::returning(AssertSqlSafe(text)).text(batch).text(after);
        let rows = self.read(statement.number(i64::from(limit))).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Cases whose portrait a hand-over wrote out and that is still here, after one id, by id.
    pub async fn portraits_of_handover(
        &self,
        Handover { id, batch, .. }: &Handover,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let statement = Statement::returning(
            "select c.id from cases c where c.batch = $1 and c.id > $2 and c.handover = $3 and c.kept_portraits > 0 \
             and c.kept_rejected + c.kept_documents + c.kept_portraits > 0 order by c.id limit $4",
        );
        let statement = statement.text(batch.as_str()).text(after).text(id.as_str());
        let statement = statement.number(i64::from(limit));
        self.read(statement).await?.iter().map(|row| column(row, 0)).collect()
    }

    /// Numbers of the cases of a batch that graduated, that nobody has handed over, and that have no portrait.
    pub async fn graduated_without_portrait(&self, batch: &str) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "select number from cases where batch = $1 and stage = '{}' and kept_portraits = 0 and handover is null \
             order by id",
            Stage::Graduated.name()
        );
        let rows = self.read(Statement::returning(AssertSqlSafe(text)).text(batch)).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Begins a hand-over, before anything is written out.
    pub async fn begin_handover(
        &self,
        id: &str,
        batch: &str,
        audit: &Audit,
        now: Millis,
    ) -> Result<(), StoreError> {
        let insert =
            Statement::new("insert into handovers (id, batch, staff, created_at) values ($1, $2, $3, $4)")
                .text(id)
                .text(batch)
                .text(audit.actor.as_str())
                .number(now.0);
        self.write_all(vec![insert.into(), self.line(audit, now).into()]).await.map(drop)
    }

    /// The portrait of this version of a case is written out; false when the case has changed since it was read.
    pub async fn hand_over(&self, handover: &str, case_id: &str, version: i64) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update cases set handover = $1 where id = $2 and version = $3 and handover is null",
        )
        .text(handover)
        .text(case_id)
        .number(version);
        Ok(self.write_alone(statement).await? == 1)
    }

    /// The portraits arrived: those here may go. False when that was confirmed before, or there is no such hand-over.
    pub async fn confirm_handover(&self, id: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let (line, told) = self.audit_of(audit, now, "handovers where id = $7 and confirmed_at is null");
        let confirm = Statement::new(
            "update handovers set confirmed_by = $1, confirmed_at = $2 where id = $3 and confirmed_at is null \
             and exists (select 1 from audit where id = $4)",
        )
        .text(audit.actor.as_str())
        .number(now.0)
        .text(id)
        .text(told);
        self.write_told(line.text(id), confirm).await
    }

    /// The last hand-overs, newest first.
    pub async fn handovers(&self, limit: u32) -> Result<Vec<Handover>, StoreError> {
        let statement = Statement::returning(
            "select id, batch, staff, created_at, confirmed_by, confirmed_at from handovers order by id desc limit $1",
        );
        let rows = self.read(statement.number(i64::from(limit))).await?;
        let count = Statement::returning(
            "select handover, count(*) from cases where kept_rejected + kept_documents + kept_portraits > 0 \
             and kept_portraits > 0 and handover is not null group by handover",
        );
        let left = self.read(count).await?;
        let left = left.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?)));
        let left = left.collect::<Result<HashMap<String, i64>, StoreError>>()?;
        rows.iter().map(|row| handover(row, &left)).collect()
    }
}

fn handover(row: &AnyRow, left: &HashMap<String, i64>) -> Result<Handover, StoreError> {
    let (id, by): (String, Option<String>) = (column(row, 0)?, column(row, 4)?);
    Ok(Handover {
        portraits: left.get(&id).copied().unwrap_or(0),
        id,
        batch: column(row, 1)?,
        staff: column(row, 2)?,
        created_at: Millis(column(row, 3)?),
        confirmed: by.zip(time_column(row, 5)?),
    })
}
