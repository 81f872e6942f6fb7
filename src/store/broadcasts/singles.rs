//! Single messages: from the gathered people into the outbox, page by page.

use std::sync::Arc;

use super::Broadcast;
use crate::{
    store::{Store, StoreError, column, statement::Statement, write::Write},
    time::Millis,
    turn::Notice,
    workflow::{candidate::Candidate, case::Case},
};

/// Somebody who gets a single message.
#[derive(Debug, Clone)]
pub struct Single {
    /// Who.
    pub open_id: String,
    /// Whose candidate they hold, when that was asked for.
    pub facts: PersonFacts,
}

/// What an announcement may say of a person.
#[derive(Debug, Clone, Default)]
pub struct PersonFacts {
    /// The candidate.
    pub candidate: Option<Candidate>,
    /// Their application of the announcement's batch.
    pub case: Option<Arc<Case>>,
}

impl Store {
    /// The next people of an announcement who get single messages, at most `limit`; with what it may say of each when
    /// `with_facts`.
    pub async fn next_singles(
        &self,
        broadcast: &Broadcast,
        limit: i64,
        with_facts: bool,
    ) -> Result<Vec<Single>, StoreError> {
        let (id, after) = (broadcast.id.as_str(), broadcast.marks.sent_to.as_str());
        if !with_facts {
            let statement = Statement::returning(
                "select open_id from broadcast_people where broadcast = $1 and open_id > $2 and route = 'single' \
                 order by open_id limit $3",
            );
            let rows = self.read(statement.text(id).text(after).number(limit)).await?;
            let single = |row| Ok(Single { open_id: column(row, 0)?, facts: PersonFacts::default() });
            return rows.iter().map(single).collect();
        }
        let statement = Statement::returning(
            "select p.open_id, b.exam_key, b.record, c.id, c.version, c.body from broadcast_people p \
             left join bindings b on b.open_id = p.open_id \
             left join cases c on c.exam_key = b.exam_key and c.batch = $4 \
             where p.broadcast = $1 and p.open_id > $2 and p.route = 'single' order by p.open_id limit $3",
        );
        let statement =
            statement.text(id).text(after).number(limit).text(broadcast.content.audience.batch.as_str());
        let rows = self.read(statement).await?;
        rows.iter()
            .map(|row| {
                let open_id: String = column(row, 0)?;
                let candidate = match column::<Option<String>>(row, 1)? {
                    Some(exam_key) => self.open_record(&exam_key, column(row, 2)?, None)?,
                    None => None,
                };
                let case_id: Option<String> = column(row, 3)?;
                let case = match case_id {
                    Some(case_id) => {
                        let (version, body): (i64, Vec<u8>) = (column(row, 4)?, column(row, 5)?);
                        Some(Arc::new(self.open_case(&case_id, version, &body)?))
                    }
                    None => None,
                };
                Ok(Single { open_id, facts: PersonFacts { candidate, case } })
            })
            .collect()
    }

    /// Puts a page of single messages into the outbox: who, of whose application it speaks, and what. `next_at` is when the
    /// next page may come, in wire time. False when another worker wrote the page, or the announcement does not run any
    /// more; then nothing is written.
    pub async fn put_singles(
        &self,
        broadcast: &Broadcast,
        page: &[(String, Option<String>, Notice)],
        next_at: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let Some((last, _, _)) = page.last() else { return self.singles_out(broadcast).await };
        let mark = Statement::new(
            "update broadcasts set sent_to = $1, next_at = $2 where id = $3 and sent_to = $4 and state = 'running'",
        )
        .text(last.as_str())
        .number(next_at.0)
        .text(broadcast.id.as_str())
        .text(broadcast.marks.sent_to.as_str());
        let rows = page.iter().map(|(open_id, case_id, notice)| {
            self.outbox_insert(open_id, case_id.as_deref(), notice, now).of_broadcast(&broadcast.id)
        });
        let writes = vec![mark.into(), Write::Outbox(rows.collect())];
        let is_ours = self.write_all(writes).await?.first().is_some_and(|done| done.affected == 1);
        if is_ours {
            self.inner.work.notify_one();
        }
        Ok(is_ours)
    }

    async fn singles_out(&self, broadcast: &Broadcast) -> Result<bool, StoreError> {
        let mark = Statement::new(
            "update broadcasts set singles_out = 1 where id = $1 and sent_to = $2 and state = 'running'",
        );
        let mark = mark.text(broadcast.id.as_str()).text(broadcast.marks.sent_to.as_str());
        Ok(self.write_one(mark).await? == 1)
    }

    /// Puts a preview into the outbox, to whoever asked for it, with its line of the audit.
    pub async fn put_preview(
        &self,
        broadcast: &Broadcast,
        open_id: &str,
        notice: &Notice,
        staff: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        // The line decides nothing, but comes first as everywhere; the picture of a line that was written is written.
        let told = super::audit(staff, "preview_broadcast", &broadcast.id, "");
        let touched = Statement::new("update broadcasts set version = version where id = $1");
        let row = self.outbox_insert(open_id, None, notice, now);
        let writes = vec![
            self.line(&told, now).into(),
            touched.text(broadcast.id.as_str()).into(),
            Write::Outbox(vec![row]),
        ];
        self.write_all(writes).await?;
        self.inner.work.notify_one();
        Ok(())
    }

    /// An id for a row of the outbox.
    pub fn notice_id(&self, now: Millis) -> String {
        self.next_id(now)
    }
}
