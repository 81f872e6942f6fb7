//! What of an announcement waits in the outbox: taken out of the queue while it is paused, ended with it, put back.

use sqlx::AssertSqlSafe;

use crate::{
    store::{Store, StoreError, audit::Line, statement::Statement, write::Write},
    time::Millis,
    turn::Audit,
    workflow::broadcast::{Pause, Step},
};

/// Speaks of a candidate that the person still holds, or of nobody.
const OWN: &str = "(case_id is null or exists (select 1 from cases c join bindings b on b.exam_key = c.exam_key \
                   where c.id = outbox.case_id and b.open_id = outbox.open_id))";

impl Store {
    /// Pauses an announcement: it is neither gathered nor sent any more, and what waits of it in the outbox is taken out of
    /// the queue; what is being sent ends as it ends. `resumes_at` is when it goes on by itself. False when it does not run.
    pub async fn pause_broadcast(
        &self,
        id: &str,
        pause: Pause,
        resumes_at: Option<Millis>,
        actor: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (line, line_id) = self.moved(id, Step::Pause, actor, &pause.column(), now, "");
        let update = Statement::new(
            "update broadcasts set state = 'paused', pause = $1, resumes_at = $2 \
             where id = $3 and exists (select 1 from audit where id = $4)",
        )
        .text(pause.column())
        .number_or_null(resumes_at.map(|at| at.0))
        .text(id)
        .text(line_id);
        let writes = vec![line.text(id).into(), update.into(), Write::WhenWritten(set_aside(id))];
        let done = self.write_all(writes).await?;
        Ok(done.get(1).is_some_and(|done| done.affected == 1))
    }

    /// Goes on with a paused announcement: what was taken out of the queue is due again. By itself (`actor` `system`) only
    /// when its time has come. False when it is not paused.
    pub async fn resume_broadcast(&self, id: &str, actor: &str, now: Millis) -> Result<bool, StoreError> {
        let condition = if actor == "system" { " and resumes_at <= $8" } else { " and $8 is not null" };
        let (line, line_id) = self.moved(id, Step::Resume, actor, "", now, condition);
        let update = Statement::new(
            "update broadcasts set state = 'running', pause = null, resumes_at = null \
             where id = $1 and exists (select 1 from audit where id = $2)",
        )
        .text(id)
        .text(line_id);
        let gone = Statement::new(AssertSqlSafe(format!(
            "update outbox set state = 'given_up', ended_at = $1, reason = 'unbound' \
             where broadcast = $2 and state = 'paused' and not {OWN}"
        )));
        let again = Statement::new(
            "update outbox set state = 'due', due_at = $1 where broadcast = $2 and state = 'paused'",
        );
        let writes = vec![
            line.text(id).number(now.0).into(),
            update.into(),
            Write::WhenWritten(gone.number(now.0).text(id)),
            Write::WhenWritten(again.number(now.0).text(id)),
        ];
        let done = self.write_all(writes).await?;
        let resumed = done.get(1).is_some_and(|done| done.affected == 1);
        if resumed {
            self.inner.work.notify_one();
        }
        Ok(resumed)
    }

    /// Takes what a call under way has put back into the queue since its announcement was paused out of it again; how many.
    pub async fn set_aside_again(&self, id: &str) -> Result<u64, StoreError> {
        self.write_one(set_aside(id)).await
    }

    /// Gives up what a call under way has put back into the queue since its announcement ended; how many.
    pub async fn end_again(&self, id: &str, reason: &str, now: Millis) -> Result<u64, StoreError> {
        let [rows, _] = ended(id, reason, now);
        self.write_one(rows).await
    }

    /// How many rows of an announcement are in the queue or being sent, and how many wait for their person.
    pub async fn outstanding(&self, id: &str) -> Result<(i64, i64), StoreError> {
        let statement = Statement::returning(
            "select state, count(*) from outbox where broadcast = $1 and state in ('due', 'leased', 'held') group by state",
        );
        let rows = self.read(statement.text(id)).await?;
        let mut found = (0, 0);
        for row in &rows {
            let (state, count): (String, i64) =
                (crate::store::column(row, 0)?, crate::store::column(row, 1)?);
            if state == "held" { found.1 += count } else { found.0 += count }
        }
        Ok(found)
    }

    fn moved(
        &self,
        id: &str,
        step: Step,
        actor: &str,
        detail: &str,
        now: Millis,
        condition: &str,
    ) -> (Line, String) {
        let told = Audit {
            actor: actor.to_owned(),
            act: step.act().to_owned(),
            subject: id.to_owned(),
            detail: detail.to_owned(),
        };
        let states: Vec<String> = step.from().iter().map(|state| format!("'{}'", state.name())).collect();
        let lock = self.inner.dialect.lock_row();
        let of = format!("broadcasts where id = $7 and state in ({}){condition}{lock}", states.join(", "));
        self.audit_of(&told, now, &of)
    }
}

fn set_aside(id: &str) -> Statement {
    Statement::new(
        "update outbox set state = 'paused', due_at = null, held_at = null, lease = null \
         where broadcast = $1 and state in ('due', 'held') and leased_until is null",
    )
    .text(id)
}

/// Nothing more of it is sent: what waits is given up, lists that were not called for neither are.
pub(super) fn ended(id: &str, reason: &str, now: Millis) -> [Statement; 2] {
    let rows = Statement::new(
        "update outbox set state = 'given_up', due_at = null, held_at = null, ended_at = $1, reason = $2 \
         where broadcast = $3 and state in ('due', 'held', 'paused') and leased_until is null",
    );
    let lists = Statement::new(
        "update broadcast_sends set state = 'cancelled', due_at = null, reason = $1 where broadcast = $2 and state = 'due'",
    );
    [rows.number(now.0).text(reason).text(id), lists.text(reason).text(id)]
}
