//! What people asked to have deleted: written and ended with the turns that say so.

use sqlx::any::AnyRow;

use crate::{
    store::{Store, StoreError, cases::stage_column, column, statement::Statement, time_column},
    time::Millis,
    turn::{DeletionChange, DeletionFound},
    workflow::retention::{Pictures, Stand},
};

/// A request that is open, and how its case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDeletion {
    /// ULID.
    pub id: String,
    /// Who asked.
    pub open_id: String,
    /// When.
    pub asked_at: Millis,
    /// The case.
    pub case_id: String,
    /// Its eight digits.
    pub number: String,
    /// Its batch.
    pub batch: String,
    /// How it stands.
    pub stand: Stand,
    /// What is kept of it.
    pub kept: Pictures,
}

impl Store {
    /// What there is to know before an application's pictures are deleted for the asking.
    pub async fn deletion_of(&self, number: &str, now: Millis) -> Result<DeletionFound, StoreError> {
        let statement = Statement::returning(
            "select (select count(*) from retention_holds h where h.batch = c.batch \
             and (h.case_id is null or h.case_id = c.id) and h.until > $1 and h.ended_at is null), \
             d.id, d.created_at, c.kept_rejected, c.kept_documents, c.kept_portraits from cases c left join deletions d on d.case_id = c.id and d.ended_at is null \
             where c.number = $2",
        );
        let rows = self.read(statement.number(now.0).text(number)).await?;
        let Some(row) = rows.first() else { return Ok(DeletionFound::default()) };
        let asked = column::<Option<String>>(row, 1)?.zip(time_column(row, 2)?);
        Ok(DeletionFound { is_held: column::<i64>(row, 0)? > 0, kept: pictures(row, 3)?, asked })
    }

    /// Requests that are open, the oldest first.
    pub async fn open_deletions(&self) -> Result<Vec<OpenDeletion>, StoreError> {
        let statement = Statement::returning(
            "select d.id, d.open_id, d.created_at, c.id, c.number, c.batch, c.stage, c.kept_rejected, \
             c.kept_documents, c.kept_portraits, c.missed_at from deletions d join cases c on c.id = d.case_id \
             where d.ended_at is null order by d.id",
        );
        let rows = self.read(statement).await?;
        let read = rows.iter().map(|row| {
            Ok(OpenDeletion {
                id: column(row, 0)?,
                open_id: column(row, 1)?,
                asked_at: Millis(column(row, 2)?),
                case_id: column(row, 3)?,
                number: column(row, 4)?,
                batch: column(row, 5)?,
                stand: Stand {
                    stage: stage_column(row, 6)?,
                    is_missed: column::<Option<i64>>(row, 10)?.is_some(),
                },
                kept: pictures(row, 7)?,
            })
        });
        read.collect()
    }
}

fn pictures(row: &AnyRow, at: usize) -> Result<Pictures, StoreError> {
    let (rejected, documents, portraits) = (column(row, at)?, column(row, at + 1)?, column(row, at + 2)?);
    Ok(Pictures { rejected, documents, portraits })
}

/// One row, unless the case has a request that is open, or the request has ended.
pub(in crate::store) fn deletion_statement(change: &DeletionChange, open_id: &str, now: Millis) -> Statement {
    match change {
        DeletionChange::Asked { id, number } => Statement::new(
            "insert into deletions (id, case_id, open_id, created_at) \
             select $1, c.id, $2, $3 from cases c where c.number = $4 on conflict do nothing",
        )
        .text(id.as_str())
        .text(open_id)
        .number(now.0)
        .text(number.as_str()),
        DeletionChange::Ended { id, by } => Statement::new(
            "update deletions set ended_at = $1, ended_by = $2 where id = $3 and ended_at is null",
        )
        .number(now.0)
        .text(by.as_str())
        .text(id.as_str()),
    }
}
