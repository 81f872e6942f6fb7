//! Who is to be reminded, found page by page, and that they were.
//!
//! A page is read sealed, opened and worded by whoever asked for it, and written in one transaction: the pushes, and a row
//! of `reminded` for each person. Such a row that is there already, because another worker was faster, undoes the whole
//! page, which is then read again without it. So nobody gets two pushes of one occasion, however many workers do the same
//! and wherever one of them ends.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{
    OutboxInsert, Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
    write::Write,
};
use crate::{
    inbound::Level,
    time::Millis,
    turn::{Notice, Snapshot},
    workflow::{
        case::Stage,
        reminder::{Due, Kind, MISSING, Who},
    },
};

/// Where a page ended. The next one begins after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReminderCursor {
    entered: i64,
    key: String,
}

/// Somebody to be reminded, as stored.
pub struct Remindable {
    subject: String,
    open_id: String,
    cursor: ReminderCursor,
    row: AnyRow,
}

/// What is to be written of a page: everybody in it, and the pushes.
#[derive(Default)]
pub struct Reminders {
    reminded: Vec<RemindedInsert>,
    outbox: Vec<OutboxInsert>,
}

/// Cases that wait at an office for longer than they should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateReviews {
    /// The city whose office it is; `None` for the province's.
    pub city: Option<String>,
    /// How many.
    pub count: i64,
    /// Since when the oldest waits. Business time.
    pub oldest: Millis,
}

/// The columns that `read_snapshot` reads, then who it is.
const PERSON: &str = "s.version, s.followed, s.talked_at, s.acted_at, s.body, s.signed, \
    b.exam_key, b.record, c.id, c.version, c.body, s.open_id";

/// They follow, take messages as far as is known, and have not turned reminders off.
const REACHABLE: &str = "s.followed = 1 \
    and not exists (select 1 from reminders_off o where o.open_id = s.open_id) \
    and not exists (select 1 from refusals f where f.open_id = s.open_id \
    and f.at >= coalesce(s.talked_at, 0) and f.at >= coalesce(s.acted_at, 0))";

impl Store {
    /// The next people for whom a reminder is and who were not reminded of it, at most `limit`.
    pub async fn to_remind(
        &self,
        due: &Due,
        batch: &str,
        after: &ReminderCursor,
        limit: u32,
    ) -> Result<Vec<Remindable>, StoreError> {
        let Some(statement) = page(due, batch, after, limit) else { return Ok(Vec::new()) };
        let rows = self.read(statement).await?.into_iter().map(|row| {
            let (subject, entered): (String, i64) = (column(&row, 12)?, column(&row, 13)?);
            let cursor = ReminderCursor { entered, key: subject.clone() };
            Ok(Remindable { subject, open_id: column(&row, 11)?, cursor, row })
        });
        rows.collect()
    }

    /// Opens what is stored of somebody: a thread's work for many.
    pub fn unseal_remindable(&self, person: &Remindable) -> Result<Snapshot, StoreError> {
        Ok(self.read_snapshot(&person.open_id, &person.row)?.0)
    }

    /// Settles an occasion for somebody, with a push or, when none is wanted, without.
    pub fn settle_reminder(
        &self,
        page: &mut Reminders,
        due: &Due,
        person: &Remindable,
        push: Option<(Option<&str>, Notice)>,
        now: Millis,
    ) {
        page.reminded.push(RemindedInsert::new(due, &person.subject, now));
        if let Some((case_id, notice)) = push {
            page.outbox.push(self.outbox_insert(&person.open_id, case_id, &notice, now));
        }
    }

    /// The same for an office, each of whose accounts gets a push.
    pub fn settle_office(
        &self,
        page: &mut Reminders,
        due: &Due,
        office: &str,
        pushes: &[(String, Notice)],
        now: Millis,
    ) {
        page.reminded.push(RemindedInsert::new(due, office, now));
        let pushes = pushes.iter().map(|(open_id, notice)| self.outbox_insert(open_id, None, notice, now));
        page.outbox.extend(pushes);
    }

    /// Writes a page; how many pushes that are. `None`: somebody in it was reminded meanwhile, and nothing is written.
    pub async fn write_reminders(&self, mut page: Reminders) -> Result<Option<usize>, StoreError> {
        // Two workers that wait for each other's rows do so in one order.
        page.reminded.sort_by(|one, other| one.subject.cmp(&other.subject));
        let pushes = page.outbox.len();
        let writes = vec![Write::Reminded(page.reminded), Write::Outbox(page.outbox)];
        match self.write_all(writes).await {
            Ok(_) => {}
            Err(error) if error.is_unique_violation() => return Ok(None),
            Err(error) => return Err(error),
        }
        if pushes > 0 {
            self.inner.work.notify_one();
        }
        Ok(Some(pushes))
    }

    /// Who was reminded of an occasion: of those that are few.
    pub async fn reminded_of(&self, due: &Due) -> Result<BTreeSet<String>, StoreError> {
        let statement =
            Statement::returning("select subject from reminded where kind = $1 and occasion = $2")
                .text(due.kind.name())
                .text(due.occasion.as_str());
        self.read(statement).await?.iter().map(|row| column(row, 0)).collect()
    }

    /// The offices of a level with cases that have waited since then or longer.
    pub async fn late_reviews(
        &self,
        batch: &str,
        level: Level,
        since: Millis,
    ) -> Result<Vec<LateReviews>, StoreError> {
        let rows = self.read(late(batch, level, since)).await?;
        let of = |row| {
            Ok(LateReviews {
                city: Some(column::<String>(row, 0)?).filter(|city| !city.is_empty()),
                count: column(row, 1)?,
                oldest: Millis(column(row, 2)?),
            })
        };
        rows.iter().map(of).collect()
    }

    /// The WeChat accounts that people of an office have linked: of a city's, or of the province's.
    pub async fn office_accounts(&self, city: Option<&str>) -> Result<Vec<String>, StoreError> {
        let statement = Statement::returning(
            "select open_id from staff where open_id is not null and active = 1 and role = $1 and scope = $2 \
             order by name",
        )
        .text(if city.is_some() { "city" } else { "province" })
        .text(city.unwrap_or_default());
        self.read(statement).await?.iter().map(|row| column(row, 0)).collect()
    }

    /// Forgets reminders of before then, at most so many; how many.
    pub async fn forget_reminded(&self, before: Millis, limit: u32) -> Result<u64, StoreError> {
        let text = format!(
            "delete from reminded where (kind, occasion, subject) in \
             (select kind, occasion, subject from reminded where at < $1 limit {limit})"
        );
        self.write_one(Statement::new(AssertSqlSafe(text)).number(before.0)).await
    }
}

/// 「退订提醒」 and 「恢复提醒」.
pub(super) fn wish_statement(open_id: &str, wanted: bool, now: Millis) -> Statement {
    if wanted {
        return Statement::new("delete from reminders_off where open_id = $1").text(open_id);
    }
    Statement::new("insert into reminders_off (open_id, at) values ($1, $2) on conflict do nothing")
        .text(open_id)
        .number(now.0)
}

/// A page in the order of an index; none of what is no person's.
pub(super) fn page(due: &Due, batch: &str, after: &ReminderCursor, limit: u32) -> Option<Statement> {
    match &due.who {
        Who::Cases { .. } => Some(of_cases(due, batch, after, limit)),
        Who::Bound(before) => Some(of_bound(due, batch, *before, after, limit)),
        Who::Offices(..) => None,
    }
}

fn of_cases(due: &Due, batch: &str, after: &ReminderCursor, limit: u32) -> Statement {
    let Who::Cases { stage, place, entered, silent, unless } = &due.who else {
        unreachable!("asked of cases only")
    };
    let mut terms = String::new();
    if place.is_some() {
        terms.push_str(" and c.city = $9 and c.district = $10");
    }
    if let Some(kind) = unless {
        terms += " and not exists (select 1 from reminded u where u.kind = '";
        terms += kind.name();
        terms += "' and u.subject = c.id and u.occasion = $6 and u.at >= c.entered_at)";
    }
    // The order of the tables is that of the page: SQLite would not find it by itself.
    let text = format!(
        "select {PERSON}, c.id, c.entered_at from cases c \
         cross join bindings b cross join sessions s \
         where c.batch = $1 and c.stage = $2 and (c.entered_at, c.id) > ($3, $4) and c.entered_at <= $5 \
         and not exists (select 1 from reminded r where r.kind = '{}' and r.occasion = $6 and r.subject = c.id)\
         {terms} and b.exam_key = c.exam_key and s.open_id = b.open_id \
         and coalesce(s.talked_at, 0) <= $7 and {REACHABLE} order by c.entered_at, c.id limit $8",
        due.kind.name()
    );
    let statement = Statement::returning(AssertSqlSafe(text))
        .text(batch)
        .text(stage.name())
        .number(after.entered)
        .text(after.key.as_str())
        .number(entered.0)
        .text(due.occasion.as_str())
        .number(silent.0)
        .number(i64::from(limit));
    place
        .iter()
        .fold(statement, |statement, place| statement.text(place.city.as_str()).text(place.district.as_str()))
}

/// Not who has all that an application can bring, or awaits it.
fn of_bound(due: &Due, batch: &str, before: Millis, after: &ReminderCursor, limit: u32) -> Statement {
    let missing: Vec<String> = MISSING.iter().map(|stage| format!("'{}'", stage.name())).collect();
    let done = [Stage::OnsitePassed, Stage::Graduated].map(|stage| format!("'{}'", stage.name()));
    let text = format!(
        "select {PERSON}, b.exam_key, b.bound_at from bindings b \
         join sessions s on s.open_id = b.open_id \
         left join cases c on c.exam_key = b.exam_key and c.batch = $1 \
         where b.exam_key > $2 and b.bound_at < $3 and coalesce(s.talked_at, 0) < $3 and {REACHABLE} \
         and (c.id is null or c.stage in ({})) \
         and not exists (select 1 from cases e where e.exam_key = b.exam_key and e.stage in ({})) \
         and not exists (select 1 from reminded r \
         where r.kind = '{}' and r.occasion = $4 and r.subject = b.exam_key) \
         order by b.exam_key limit $5",
        missing.join(", "),
        done.join(", "),
        due.kind.name()
    );
    Statement::returning(AssertSqlSafe(text))
        .text(batch)
        .text(after.key.as_str())
        .number(before.0)
        .text(due.occasion.as_str())
        .number(i64::from(limit))
}

pub(super) fn late(batch: &str, level: Level, since: Millis) -> Statement {
    let stages = Stage::ALL.into_iter().filter(|stage| stage.reviewed_at() == Some(level));
    let stages: Vec<String> = stages.map(|stage| format!("'{}'", stage.name())).collect();
    let (office, known) =
        if level == Level::City { ("c.city", " and c.city is not null") } else { ("''", "") };
    let text = format!(
        "select {office}, count(*), min(c.entered_at) from cases c \
         where c.batch = $1 and c.stage in ({}) and c.entered_at <= $2{known} group by 1 order by 1",
        stages.join(", ")
    );
    Statement::returning(AssertSqlSafe(text)).text(batch).number(since.0)
}

impl Remindable {
    /// Where a page ends whose last person this is.
    pub fn cursor(&self) -> &ReminderCursor {
        &self.cursor
    }

    /// The case, or who is meant besides.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// One row to write.
pub(super) struct RemindedInsert {
    kind: Kind,
    occasion: String,
    subject: String,
    at: i64,
}

impl RemindedInsert {
    fn new(due: &Due, subject: &str, now: Millis) -> Self {
        Self { kind: due.kind, occasion: due.occasion.clone(), subject: subject.to_owned(), at: now.0 }
    }

    /// A row that is there already is an error of the database: the page is another worker's.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::new(dialect, "insert into reminded (kind, occasion, subject, at)", 4, "")
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(self.kind.name());
        values.text(&self.occasion);
        values.text(&self.subject);
        values.number(self.at);
    }
}
