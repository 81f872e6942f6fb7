//! Who is looking at a case. A lease keeps two reviewers from doing the same work; it decides nothing: a decision is
//! refused by the case's version, whoever holds what.

use crate::{
    store::{Store, StoreError, column, statement::Statement},
    time::Millis,
};

/// Who has a case open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseLease {
    /// Whoever asked.
    Mine {
        /// Until then, wire time, unless it is renewed.
        until: Millis,
    },
    /// Another account.
    Other {
        /// Its name.
        staff: String,
        /// Until then, wire time, unless it is renewed.
        until: Millis,
    },
}

impl Store {
    /// Gives the case to an account until `until` if nobody else has it at `wire`. Of two who ask at once one gets it:
    /// it is one statement.
    pub async fn take_case(
        &self,
        case_id: &str,
        staff: &str,
        wire: Millis,
        until: Millis,
    ) -> Result<CaseLease, StoreError> {
        let take = Statement::new(
            "insert into case_leases (case_id, staff, until) values ($1, $2, $3) \
             on conflict (case_id) do update set staff = excluded.staff, until = excluded.until \
             where case_leases.staff = excluded.staff or case_leases.until <= $4",
        )
        .text(case_id)
        .text(staff)
        .number(until.0)
        .number(wire.0);
        loop {
            if self.write_alone(take.clone()).await? == 1 {
                return Ok(CaseLease::Mine { until });
            }
            if let Some((staff, until)) = self.case_holder(case_id, wire).await? {
                return Ok(CaseLease::Other { staff, until });
            }
            // Its holder has let go of it in between.
        }
    }

    /// Who has a case open at `wire`, and until when.
    pub async fn case_holder(
        &self,
        case_id: &str,
        wire: Millis,
    ) -> Result<Option<(String, Millis)>, StoreError> {
        let statement =
            Statement::returning("select staff, until from case_leases where case_id = $1 and until > $2")
                .text(case_id)
                .number(wire.0);
        let rows = self.read(statement).await?;
        rows.first().map(|row| Ok((column(row, 0)?, Millis(column(row, 1)?)))).transpose()
    }

    /// Ends an account's lease. False when it had none.
    pub async fn release_case(&self, case_id: &str, staff: &str) -> Result<bool, StoreError> {
        let statement = Statement::new("delete from case_leases where case_id = $1 and staff = $2")
            .text(case_id)
            .text(staff);
        Ok(self.write_alone(statement).await? == 1)
    }

    /// Ends an account's lease that was to last until then; one that was renewed since goes on.
    pub async fn release_case_known(
        &self,
        case_id: &str,
        staff: &str,
        until: Millis,
    ) -> Result<(), StoreError> {
        let statement =
            Statement::new("delete from case_leases where case_id = $1 and staff = $2 and until <= $3")
                .text(case_id)
                .text(staff)
                .number(until.0);
        self.write_alone(statement).await?;
        Ok(())
    }

    /// Deletes leases that have ended at `wire`, at most so many; they mean nothing any more.
    pub async fn forget_case_leases(&self, wire: Millis, limit: u32) -> Result<u64, StoreError> {
        let statement = Statement::new(
            "delete from case_leases where case_id in \
             (select case_id from case_leases where until <= $1 order by until limit $2) and until <= $1",
        )
        .number(wire.0)
        .number(i64::from(limit));
        self.write_alone(statement).await
    }
}
