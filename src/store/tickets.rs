//! Links to the camera page. The secrets are in the link and in the device's cookie; here are only their hashes.

use super::{Store, StoreError, column, commit::Change, statement::Statement, time_column};
use crate::{store::Committed, time::Millis, turn::TicketChange};

/// What is known of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The application it opens.
    pub case_id: String,
    /// Hash of the claiming device's cookie; `None` until claimed. Compare with [`Store::device_hash`].
    pub device_hash: Option<String>,
    /// When it can no longer be claimed.
    pub claim_until: Millis,
    /// How often somebody tried to prove that it is theirs, by the document's last characters.
    pub tries: i64,
    /// When its page must be opened anew; `None` until claimed.
    pub use_until: Option<Millis>,
    /// Replaced by a newer one, or done.
    pub ended: bool,
}

impl Store {
    /// What is known of the secret in a link.
    pub async fn ticket(&self, secret: &str) -> Result<Option<TicketRow>, StoreError> {
        let statement = Statement::returning(
            "select case_id, device_hash, claim_until, tries, use_until, ended from tickets where hash = $1",
        )
        .text(self.ticket_hash(secret));
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(TicketRow {
            case_id: column(row, 0)?,
            device_hash: column(row, 1)?,
            claim_until: Millis(column(row, 2)?),
            tries: column(row, 3)?,
            use_until: time_column(row, 4)?,
            ended: column::<i64>(row, 5)? != 0,
        }))
    }

    /// Uses up the try after `seen` of them, before anything is compared: however many come at once, each try is
    /// somebody's alone. False when another was quicker, or the link is claimed or ended.
    pub async fn try_ticket(&self, secret: &str, seen: i64) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update tickets set tries = tries + 1 \
             where hash = $1 and tries = $2 and device_hash is null and ended = 0",
        )
        .text(self.ticket_hash(secret))
        .number(seen);
        Ok(self.write_alone(statement).await? == 1)
    }

    /// Gives the last of `used` tries back, when it failed by no fault of whoever tried. Another's try since keeps it.
    pub async fn untry_ticket(&self, secret: &str, used: i64) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update tickets set tries = tries - 1 \
             where hash = $1 and tries = $2 and device_hash is null and ended = 0",
        )
        .text(self.ticket_hash(secret))
        .number(used);
        self.write_alone(statement).await.map(drop)
    }

    /// A claimed link goes on being used: its page works until `use_until`, which never moves back.
    pub async fn keep_ticket(&self, secret: &str, use_until: Millis) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update tickets set use_until = $1 \
             where hash = $2 and device_hash is not null and ended = 0 and use_until < $3",
        )
        .number(use_until.0)
        .text(self.ticket_hash(secret))
        .number(use_until.0);
        self.write_alone(statement).await.map(drop)
    }

    /// Deletes links that nobody could use after `before`, claimed or not, at most `limit` of them; how many.
    pub async fn forget_tickets(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let statement = Statement::new(
            "delete from tickets where hash in (select hash from tickets \
             where claim_until < $1 and (use_until is null or use_until < $1) limit $2)",
        );
        self.write_alone(statement.number(before.0).number(i64::from(limit))).await
    }

    /// What is stored of a device's cookie.
    pub fn device_hash(&self, device: &str) -> String {
        self.inner.secrets.hash_secret("device", device)
    }

    fn ticket_hash(&self, secret: &str) -> String {
        self.inner.secrets.hash_secret("ticket", secret)
    }

    pub(super) fn ticket_changes(&self, change: &TicketChange, now: Millis) -> Vec<Change> {
        match change {
            TicketChange::Issue { secret, case_id, claim_until } => vec![
                Change::free(end_statement(case_id)),
                Change::guarded(
                    Statement::new(
                        "insert into tickets (hash, case_id, claim_until, tries, ended, created_at) \
                         values ($1, $2, $3, 0, 0, $4) on conflict do nothing",
                    )
                    .text(self.ticket_hash(secret))
                    .text(case_id.as_str())
                    .number(claim_until.0)
                    .number(now.0),
                    Committed::Lost,
                ),
            ],
            TicketChange::Claim { secret, device, use_until } => vec![Change::guarded(
                Statement::new(
                    "update tickets set device_hash = $1, use_until = $2 \
                     where hash = $3 and device_hash is null and ended = 0 and claim_until > $4",
                )
                .text(self.device_hash(device))
                .number(use_until.0)
                .text(self.ticket_hash(secret))
                .number(now.0),
                Committed::Lost,
            )],
            TicketChange::End { case_id } => vec![Change::free(end_statement(case_id))],
        }
    }
}

fn end_statement(case_id: &str) -> Statement {
    Statement::new("update tickets set ended = 1 where case_id = $1 and ended = 0").text(case_id)
}
