//! Whose WeChat account is whose: a code drawn in the console, said once in the chat.
//!
//! The code is the only proof, so it is kept as a hash, lasts for minutes and is used up in the turn that says it. What
//! is linked gives the chat no right at all: it says where previews and reminders of an account go.

use crate::{
    store::{Store, StoreError, column, commit::Change, commit::Committed, statement::Statement},
    time::Millis,
    turn::{Audit, StaffLink, StaffLinkFound},
};

impl Store {
    /// Keeps a new code of an account instead of an earlier one, until then (wire time). False when the account is
    /// stopped or linked already, or the code is somebody else's.
    pub async fn draw_staff_link(&self, staff: &str, code: &str, until: Millis) -> Result<bool, StoreError> {
        let forget = Statement::new("delete from staff_links where staff = $1").text(staff);
        let keep = Statement::new(
            "insert into staff_links (code_key, staff, until) select $1, name, $2 from staff \
             where name = $3 and active = 1 and open_id is null on conflict do nothing",
        )
        .text(self.staff_link_key(code))
        .number(until.0)
        .text(staff);
        let done = self.write(vec![forget, keep]).await?;
        Ok(done.last().is_some_and(|done| done.affected == 1))
    }

    /// Whose code this is, said by a WeChat account at this moment (wire time). As quick for a code that nobody has.
    pub async fn staff_link(
        &self,
        code: &str,
        open_id: &str,
        wire: Millis,
    ) -> Result<StaffLinkFound, StoreError> {
        let statement = Statement::returning(
            "select s.name, (select count(*) from staff o where o.open_id = $1 and o.active = 1) \
             from staff_links l join staff s on s.name = l.staff \
             where l.code_key = $2 and l.until > $3 and s.active = 1 and s.open_id is null",
        )
        .text(open_id)
        .text(self.staff_link_key(code))
        .number(wire.0);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(StaffLinkFound::Unknown) };
        let serves_another = column::<i64>(row, 1)? > 0;
        Ok(if serves_another { StaffLinkFound::Taken } else { StaffLinkFound::Account(column(row, 0)?) })
    }

    /// An account's WeChat account is its own no more, with its line of the audit. False when there was none; then
    /// nothing is written.
    pub async fn unlink_staff(&self, staff: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let (line, line_id) = self.audit_of(audit, now, "staff where name = $7 and open_id is not null");
        let unlink = Statement::new(
            "update staff set open_id = null, linked_at = null \
             where name = $1 and exists (select 1 from audit where id = $2)",
        )
        .text(staff)
        .text(line_id);
        self.write_told(line.text(staff), unlink).await
    }

    /// Where an account is written to: its WeChat account, unless it has none or is stopped.
    pub async fn staff_open_id(&self, staff: &str) -> Result<Option<String>, StoreError> {
        let statement =
            Statement::returning("select open_id from staff where name = $1 and active = 1").text(staff);
        let rows = self.read(statement).await?;
        Ok(rows.first().map(|row| column(row, 0)).transpose()?.flatten())
    }

    /// The statements of a turn that links a WeChat account. The code is used up, whatever else has become of it; an
    /// account that was stopped gives its WeChat account away.
    pub(in crate::store) fn link_changes(&self, link: &StaffLink, open_id: &str, now: Millis) -> [Change; 3] {
        let use_up = Statement::new("delete from staff_links where code_key = $1 and staff = $2")
            .text(self.staff_link_key(&link.code))
            .text(link.staff.as_str());
        let leave = Statement::new(
            "update staff set open_id = null, linked_at = null where open_id = $1 and active = 0",
        )
        .text(open_id);
        let link = Statement::new(
            "update staff set open_id = $1, linked_at = $2 where name = $3 and active = 1 and open_id is null",
        )
        .text(open_id)
        .number(now.0)
        .text(link.staff.as_str());
        [
            Change::guarded(use_up, Committed::Lost),
            Change::free(leave),
            Change::guarded(link, Committed::Lost),
        ]
    }

    fn staff_link_key(&self, code: &str) -> String {
        self.inner.secrets.hash_secret("staff link", code)
    }
}
