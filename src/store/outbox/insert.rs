//! Rows as turns write them.

use super::{BODY, OutboxState};
use crate::{
    store::{
        Store,
        dialect::{Dialect, Rows, Values},
    },
    time::Millis,
    turn::Notice,
};

impl Store {
    pub(in crate::store) fn outbox_insert(
        &self,
        open_id: &str,
        case_id: Option<&str>,
        notice: &Notice,
        now: Millis,
    ) -> OutboxInsert {
        OutboxInsert {
            id: notice.id.clone(),
            position: self.next_id(now),
            open_id: open_id.to_owned(),
            case_id: case_id.map(str::to_owned),
            event: notice.event.clone(),
            body: self.seal_json(BODY, &notice.id, &notice.body),
            important: i64::from(notice.important),
            created_at: now.0,
            due_at: notice.revocable.as_ref().map_or(now, |revocable| revocable.until).0,
            decision: notice.revocable.as_ref().map(|revocable| revocable.id.clone()),
            broadcast: None,
        }
    }
}

/// One row to write, due at once or when the decision that it tells of can no longer be taken back.
pub(in crate::store) struct OutboxInsert {
    id: String,
    position: String,
    open_id: String,
    case_id: Option<String>,
    event: String,
    body: Vec<u8>,
    important: i64,
    created_at: i64,
    due_at: i64,
    decision: Option<String>,
    broadcast: Option<String>,
}

impl OutboxInsert {
    /// The row of an announcement.
    pub(in crate::store) fn of_broadcast(self, broadcast: &str) -> Self {
        Self { broadcast: Some(broadcast.to_owned()), ..self }
    }

    /// A row whose id is there already is an error of the database.
    pub(in crate::store) fn rows(dialect: Dialect) -> Rows {
        Rows::new(
            dialect,
            "insert into outbox (id, position, open_id, case_id, event, body, important, created_at, due_at, \
             state, attempts, doubts, decision, broadcast)",
            14,
            "",
        )
    }

    pub(in crate::store) fn bind(&self, values: &mut Values) {
        values.text(&self.id);
        values.text(&self.position);
        values.text(&self.open_id);
        values.text_or_null(self.case_id.as_deref());
        values.text(&self.event);
        values.blob(&self.body);
        values.number(self.important);
        values.number(self.created_at);
        values.number(self.due_at);
        values.text(OutboxState::Due.name());
        values.number(0);
        values.number(0);
        values.text_or_null(self.decision.as_deref());
        values.text_or_null(self.broadcast.as_deref());
    }
}
