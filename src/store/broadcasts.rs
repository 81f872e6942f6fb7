//! Announcements as rows: written, approved, and how far each has come.
//!
//! Every step is one statement with its line of the audit: it is taken from where [`Step::from`] says, or not at all.
//! That whoever wrote a version does not approve it is a condition of that statement and no caller's affair. Gathering
//! people (`gather.rs`), their outbox rows (`singles.rs`) and mass sends (`sends.rs`) go page by page; each page is one
//! transaction with the mark of how far it went, guarded by the mark before: any number of workers share the work, and a
//! crash between two pages leaves nothing half done. Pausing takes what waits out of the queue (`queue.rs`).

pub(super) mod audience;
mod console;
mod followers;
mod gather;
mod lists;
mod progress;
mod queue;
mod sends;
mod singles;

use sqlx::{AssertSqlSafe, any::AnyRow};

pub use audience::{Asked, Sample};
#[cfg(test)]
pub(super) use console::missed;
pub use console::{Missed, MissedRow};
pub use gather::{Counted, Gathered};
pub use lists::{AudienceList, Filling, ListKind};
pub use progress::{Doubt, Tally};
pub use sends::{SendEnd, SendRow, SendState};
pub use singles::{PersonFacts, Single};

use super::{Store, StoreError, column, statement::Statement, time_column, write::Write};
use crate::{
    time::Millis,
    turn::Audit,
    workflow::broadcast::{Content, Pause, State, Step},
};

/// A call under way has ended long before.
const JUST_ENDED_MS: i64 = 10 * 60 * 1000;
const BODY: &str = "broadcasts/body";
const PICTURE: &str = "broadcast_pictures/bytes";

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// ULID.
    pub id: String,
    /// By which people name it.
    pub number: i64,
    /// What the offices call it.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Counted up by every edit.
    pub version: i64,
    /// What it says, to whom, how.
    pub content: Content,
    /// Who wrote it.
    pub author: String,
    /// Who changed it last, and when.
    pub edited_by: String,
    /// Business time, like all others here.
    pub edited_at: Millis,
    /// Who approved this version.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Millis>,
    /// When it starts by itself.
    pub starts_at: Option<Millis>,
    /// After this nothing of it is sent.
    pub lapses_at: Millis,
    /// Single messages a second.
    pub rate: i64,
    /// When it was written first.
    pub created_at: Millis,
    /// When it began to be sent.
    pub started_at: Option<Millis>,
    /// When it came to its end.
    pub ended_at: Option<Millis>,
    /// Why it is paused.
    pub pause: Option<Pause>,
    /// When it goes on by itself.
    pub resumes_at: Option<Millis>,
    /// How far it is.
    pub marks: Marks,
}

/// How far an announcement is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// The last openid that was gathered.
    pub gathered: String,
    /// When all were.
    pub gathered_at: Option<Millis>,
    /// How many there are, once all are gathered.
    pub counted: Option<Counted>,
    /// Up to whom single messages are in the outbox.
    pub sent_to: String,
    /// Up to whom lists of mass sends are made, and how many.
    pub listed_to: String,
    /// How many.
    pub lists: i64,
    /// All single messages are in the outbox.
    pub singles_out: bool,
    /// All lists are made.
    pub lists_out: bool,
    /// Whoever no single message could reach has been put into the lists.
    pub rerouted: bool,
    /// When the next page of singles may be written. Wire time.
    pub next_at: Millis,
}

/// What somebody writes, to be stored.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What the offices call it.
    pub title: String,
    /// What it says.
    pub content: Content,
    /// When it starts by itself.
    pub starts_at: Option<Millis>,
    /// After this nothing of it is sent.
    pub lapses_at: Millis,
    /// Single messages a second.
    pub rate: i64,
    /// A new picture, with its media type; `None` keeps the one that is there.
    pub picture: Option<(String, Vec<u8>)>,
}

const COLUMNS: &str = "id, number, title, state, version, body, author, edited_by, edited_at, approved_by, approved_at, \
    starts_at, lapses_at, rate, created_at, started_at, ended_at, pause, resumes_at, gathered, gathered_at, sent_to, \
    listed_to, lists, singles_out, lists_out, next_at, counted, rerouted";

impl Store {
    /// Stores a new draft; its id. One line of the audit.
    pub async fn create_broadcast(
        &self,
        draft: &Draft,
        staff: &str,
        now: Millis,
    ) -> Result<String, StoreError> {
        let id = self.next_id(now);
        let insert = Statement::new(
            "insert into broadcasts (id, number, title, state, version, body, author, edited_by, edited_at, starts_at, \
             lapses_at, urgent, rate, created_at) \
             select $1, coalesce(max(number), 0) + 1, $2, 'draft', 1, $3, $4, $4, $5, $6, $7, $8, $9, $5 from broadcasts",
        )
        .text(id.as_str())
        .text(draft.title.as_str())
        .blob(self.seal_json(BODY, &id, &draft.content))
        .text(staff)
        .number(now.0);
        let insert = number_or_null(insert, draft.starts_at)
            .number(draft.lapses_at.0)
            .number(i64::from(draft.content.urgent.is_some()))
            .number(draft.rate);
        let mut writes: Vec<Write> = vec![self.line(&audit(staff, "write_broadcast", &id, ""), now).into()];
        writes.push(insert.into());
        writes.extend(self.picture_statement(&id, draft).map(Write::from));
        self.write_all(writes).await?;
        Ok(id)
    }

    /// Stores another version, which nobody has approved. False when it is another version by now, or cannot be changed any
    /// more; then nothing is written.
    pub async fn edit_broadcast(
        &self,
        id: &str,
        version: i64,
        draft: &Draft,
        staff: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (line, line_id) = self.step_line(&audit(staff, Step::Edit.act(), id, ""), Step::Edit, now, "");
        let line = line.text(id).number(version);
        let update = Statement::new(
            "update broadcasts set state = 'draft', version = version + 1, title = $1, body = $2, edited_by = $3, \
             edited_at = $4, lapses_at = $5, urgent = $6, rate = $7, approved_by = null, approved_at = null, starts_at = $8 \
             where id = $9 and exists (select 1 from audit where id = $10)",
        )
        .text(draft.title.as_str())
        .blob(self.seal_json(BODY, id, &draft.content))
        .text(staff)
        .number(now.0)
        .number(draft.lapses_at.0)
        .number(i64::from(draft.content.urgent.is_some()))
        .number(draft.rate);
        let update = number_or_null(update, draft.starts_at).text(id).text(line_id.as_str());
        let mut writes: Vec<Write> = vec![line.into(), update.into()];
        writes.extend(self.picture_statement(id, draft).map(|statement| {
            // The picture of an edit that was refused is nobody's.
            Write::WhenWritten(statement)
        }));
        let done = self.write_all(writes).await?;
        Ok(done.get(1).is_some_and(|done| done.affected == 1))
    }

    /// Takes a step of `version`, with its line of the audit; `detail` is the line's. False when it cannot be taken (any
    /// more); then nothing is written. Approving asks for an account that is active, may announce, and neither wrote this
    /// version nor changed it last; what pausing and going on mean for what waits, see [`Store::pause_broadcast`].
    pub async fn step_broadcast(
        &self,
        id: &str,
        version: i64,
        step: Step,
        actor: &str,
        detail: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let staff = actor.strip_prefix("staff:").unwrap_or(actor);
        let condition = match step {
            Step::Approve => {
                " and edited_by <> $9 and exists (select 1 from staff s where s.name = $9 and s.active = 1 \
                 and s.role in ('announcer', 'admin'))"
            }
            _ => "",
        };
        let told = Audit {
            actor: actor.to_owned(),
            act: step.act().to_owned(),
            subject: id.to_owned(),
            detail: detail.to_owned(),
        };
        let (line, line_id) = self.step_line(&told, step, now, condition);
        let line = line.text(id).number(version);
        let line = if step == Step::Approve { line.text(staff) } else { line };
        let more = match step {
            Step::Approve => ", approved_by = $4, approved_at = cast($5 as bigint)",
            Step::Return => ", approved_by = null, approved_at = null",
            Step::Start => ", started_at = cast($5 as bigint)",
            Step::Cancel | Step::End => ", ended_at = cast($5 as bigint), pause = null, resumes_at = null",
            _ => "",
        };
        // All values are always there: PostgreSQL must know the type of each.
        let text = format!(
            "update broadcasts set state = $1{more} where id = $2 and exists (select 1 from audit where id = $3) \
             and cast($4 as text) is not null and cast($5 as bigint) is not null"
        );
        let update = Statement::new(AssertSqlSafe(text))
            .text(step.to().name())
            .text(id)
            .text(line_id)
            .text(staff)
            .number(now.0);
        let mut writes: Vec<Write> = vec![line.into(), update.into()];
        if step == Step::Cancel || step == Step::End {
            let reason = if step == Step::Cancel { "cancelled" } else { "lapsed" };
            writes.extend(queue::ended(id, reason, now).into_iter().map(Write::WhenWritten));
        }
        let done = self.write_all(writes).await?;
        Ok(done.get(1).is_some_and(|done| done.affected == 1))
    }

    /// One announcement, by its id.
    pub async fn broadcast(&self, id: &str) -> Result<Option<Broadcast>, StoreError> {
        let text = format!("select {COLUMNS} from broadcasts where id = $1");
        let rows = self.read(Statement::returning(AssertSqlSafe(text)).text(id)).await?;
        rows.first().map(|row| self.read_broadcast(row)).transpose()
    }

    /// One announcement, by the number that people name it by.
    pub async fn broadcast_numbered(&self, number: i64) -> Result<Option<Broadcast>, StoreError> {
        let text = format!("select {COLUMNS} from broadcasts where number = $1");
        let rows = self.read(Statement::returning(AssertSqlSafe(text)).number(number)).await?;
        rows.first().map(|row| self.read_broadcast(row)).transpose()
    }

    /// Announcements, newest first, those before a number.
    pub async fn list_broadcasts(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Broadcast>, StoreError> {
        let text =
            format!("select {COLUMNS} from broadcasts where number < $1 order by number desc limit $2");
        let statement = Statement::returning(AssertSqlSafe(text))
            .number(before.unwrap_or(i64::MAX))
            .number(i64::from(limit));
        self.read(statement).await?.iter().map(|row| self.read_broadcast(row)).collect()
    }

    /// Those that a worker has something to do with, the oldest first: started or to be started; paused ones, which may
    /// go on or lapse; and those that have just ended, of which a call under way may put something back into the queue.
    pub async fn open_broadcasts(&self, now: Millis) -> Result<Vec<Broadcast>, StoreError> {
        let text = format!(
            "select {COLUMNS} from broadcasts where state in ('running', 'paused') \
             or state = 'approved' and (starts_at <= $1 or lapses_at <= $1) \
             or state in ('ended', 'cancelled') and ended_at > $2 order by number"
        );
        let statement = Statement::returning(AssertSqlSafe(text)).number(now.0).number(now.0 - JUST_ENDED_MS);
        self.read(statement).await?.iter().map(|row| self.read_broadcast(row)).collect()
    }

    /// The picture of an announcement: media type and bytes.
    pub async fn broadcast_picture(&self, id: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let statement =
            Statement::returning("select media_type, bytes from broadcast_pictures where broadcast = $1");
        let rows = self.read(statement.text(id)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sealed: Vec<u8> = column(row, 1)?;
        Ok(Some((column(row, 0)?, self.unseal(PICTURE, id, &sealed)?)))
    }

    fn picture_statement(&self, id: &str, draft: &Draft) -> Option<Statement> {
        let (media_type, bytes) = draft.picture.as_ref()?;
        let statement = Statement::new(
            "insert into broadcast_pictures (broadcast, media_type, bytes) values ($1, $2, $3) \
             on conflict (broadcast) do update set media_type = excluded.media_type, bytes = excluded.bytes",
        );
        Some(statement.text(id).text(media_type.as_str()).blob(self.seal(PICTURE, id, bytes)))
    }

    /// The line of a step, which is only there when the step can be taken. Parameters $7 and $8 are id and version; a
    /// condition's begin with $9.
    fn step_line(
        &self,
        told: &Audit,
        step: Step,
        now: Millis,
        condition: &str,
    ) -> (super::audit::Line, String) {
        let states: Vec<String> = step.from().iter().map(|state| format!("'{}'", state.name())).collect();
        let lock = self.inner.dialect.lock_row();
        let of = format!(
            "broadcasts where id = $7 and version = $8 and state in ({}){condition}{lock}",
            states.join(", ")
        );
        self.audit_of(told, now, &of)
    }

    fn read_broadcast(&self, row: &AnyRow) -> Result<Broadcast, StoreError> {
        let id: String = column(row, 0)?;
        let state: String = column(row, 3)?;
        let body: Vec<u8> = column(row, 5)?;
        let pause: Option<String> = column(row, 17)?;
        Ok(Broadcast {
            number: column(row, 1)?,
            title: column(row, 2)?,
            state: State::of(&state)
                .ok_or_else(|| StoreError::unreadable("broadcasts/state", &"no such state"))?,
            version: column(row, 4)?,
            content: self.open_json(BODY, &id, &body)?,
            author: column(row, 6)?,
            edited_by: column(row, 7)?,
            edited_at: Millis(column(row, 8)?),
            approved_by: column(row, 9)?,
            approved_at: time_column(row, 10)?,
            starts_at: time_column(row, 11)?,
            lapses_at: Millis(column(row, 12)?),
            rate: column(row, 13)?,
            created_at: Millis(column(row, 14)?),
            started_at: time_column(row, 15)?,
            ended_at: time_column(row, 16)?,
            pause: pause.as_deref().and_then(Pause::of),
            resumes_at: time_column(row, 18)?,
            marks: Marks {
                gathered: column(row, 19)?,
                gathered_at: time_column(row, 20)?,
                sent_to: column(row, 21)?,
                listed_to: column(row, 22)?,
                lists: column(row, 23)?,
                singles_out: column::<i64>(row, 24)? != 0,
                lists_out: column::<i64>(row, 25)? != 0,
                next_at: Millis(column(row, 26)?),
                counted: column::<Option<String>>(row, 27)?
                    .map(|json| serde_json::from_str(&json))
                    .transpose()
                    .map_err(|_| StoreError::unreadable("broadcasts/counted", &"it is no JSON of ours"))?,
                rerouted: column::<i64>(row, 28)? != 0,
            },
            id,
        })
    }
}

fn number_or_null(statement: Statement, value: Option<Millis>) -> Statement {
    statement.number_or_null(value.map(|value| value.0))
}

fn audit(staff: &str, act: &str, id: &str, detail: &str) -> Audit {
    Audit {
        actor: format!("staff:{staff}"),
        act: act.to_owned(),
        subject: id.to_owned(),
        detail: detail.to_owned(),
    }
}
