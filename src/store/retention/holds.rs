//! What is kept longer than usual, and why.

use sqlx::any::AnyRow;

use crate::{
    store::{Store, StoreError, column, statement::Statement, time_column},
    time::Millis,
    turn::Audit,
};

const REASON: &str = "retention_holds/reason";

/// 暂缓删除.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// ULID.
    pub id: String,
    /// The batch.
    pub batch: String,
    /// The case and its number; `None` for the whole batch.
    pub case: Option<(String, String)>,
    /// Why; in the clear only here.
    pub reason: String,
    /// Until when. Business time.
    pub until: Millis,
    /// Who.
    pub staff: String,
    /// When it was laid.
    pub created_at: Millis,
    /// When somebody ended it before its time.
    pub ended_at: Option<Millis>,
}

impl Store {
    /// Lays a hold, with its line of the audit.
    pub async fn hold_pictures(&self, hold: &Hold, audit: &Audit, now: Millis) -> Result<(), StoreError> {
        let insert = Statement::new(
            "insert into retention_holds (id, batch, case_id, reason, until, staff, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .text(hold.id.as_str())
        .text(hold.batch.as_str())
        .text_or_null(hold.case.as_ref().map(|(id, _)| id.as_str()))
        .blob(self.seal_json(REASON, &hold.id, &hold.reason))
        .number(hold.until.0)
        .text(hold.staff.as_str())
        .number(hold.created_at.0);
        self.write_all(vec![insert.into(), self.line(audit, now).into()]).await.map(drop)
    }

    /// Ends a hold before its time; false when it had ended.
    pub async fn end_hold(&self, id: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let open = "retention_holds where id = $7 and ended_at is null and until > $8";
        let (line, told) = self.audit_of(audit, now, open);
        let end = Statement::new(
            "update retention_holds set ended_at = $1 where id = $2 and ended_at is null \
             and exists (select 1 from audit where id = $3)",
        );
        let line = line.text(id).number(now.0);
        self.write_told(line, end.number(now.0).text(id).text(told)).await
    }

    /// Holds that are in force, the last one first.
    pub async fn holds(&self, now: Millis) -> Result<Vec<Hold>, StoreError> {
        let statement = Statement::returning(
            "select h.id, h.batch, h.case_id, c.number, h.reason, h.until, h.staff, h.created_at, h.ended_at \
             from retention_holds h left join cases c on c.id = h.case_id \
             where h.until > $1 and h.ended_at is null order by h.id desc",
        );
        self.read(statement.number(now.0)).await?.iter().map(|row| self.hold(row)).collect()
    }

    fn hold(&self, row: &AnyRow) -> Result<Hold, StoreError> {
        let id: String = column(row, 0)?;
        let case: (Option<String>, Option<String>) = (column(row, 2)?, column(row, 3)?);
        Ok(Hold {
            batch: column(row, 1)?,
            case: case.0.zip(case.1),
            reason: self.open_json(REASON, &id, &column::<Vec<u8>>(row, 4)?)?,
            until: Millis(column(row, 5)?),
            staff: column(row, 6)?,
            created_at: Millis(column(row, 7)?),
            ended_at: time_column(row, 8)?,
            id,
        })
    }
}
