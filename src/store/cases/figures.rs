//! The figures of the offices' overview. Each is one statement over one index, and as many rows as there are groups.

use sqlx::AssertSqlSafe;

use super::{Area, stage_column};
use crate::{
    store::{OutboxState, Store, StoreError, column, dialect::Dialect, statement::Statement},
    time::Millis,
    workflow::case::{Place, Stage},
};

const HOUR: i64 = 3_600_000;

/// The cases that wait for a review in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueAge {
    /// Where they wait.
    pub stage: Stage,
    /// Since when the oldest waits. Business time.
    pub oldest: Millis,
    /// How many have waited for less than each of the given times, and, last, for longer than all of them.
    pub counts: Vec<i64>,
}

/// The applications that a place has to expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Where.
    pub place: Place,
    /// How many 「申请」 have submitted.
    pub count: i64,
}

/// Deliveries that ended badly, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Given up or in doubt.
    pub state: OutboxState,
    /// Word and number, as [`crate::workflow::delivery::Reason`] writes them, without the platform's request id.
    pub reason: String,
    /// How many.
    pub count: i64,
}

impl Store {
    /// How many cases were handed in during each hour from `from` on and before `until`: hours since `from`, ascending,
    /// those without any left out. A case that was handed in twice counts when it was last.
    pub async fn count_handed_in(
        &self,
        area: &Area,
        batch: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        let rows = self.read(handed_in(area, batch, from, until)).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
    }

    /// How long the cases of each stage of review have waited: since after `since[0]`, after `since[1]`, … The times
    /// come newest first.
    pub async fn queue_ages(
        &self,
        area: &Area,
        batch: &str,
        since: &[Millis],
    ) -> Result<Vec<QueueAge>, StoreError> {
        let rows = self.read(ages(area, batch, since)).await?;
        let age = |row| {
            Ok(QueueAge {
                stage: stage_column(row, 0)?,
                oldest: Millis(column(row, 1)?),
                counts: parted((0..=since.len()).map(|nth| column(row, 2 + nth)).collect::<Result<_, _>>()?),
            })
        };
        rows.iter().map(age).collect()
    }

    /// How often the offices gave each reason for a rejection that stands: code and count, the most frequent first.
    pub async fn count_rejections(&self, area: &Area, batch: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let mut counts: Vec<(String, i64)> = Vec::new();
        for row in &self.read(rejections(area, batch)).await? {
            let (reasons, times): (String, i64) = (column(row, 0)?, column(row, 1)?);
            for code in reasons.split_whitespace() {
                match counts.iter_mut().find(|(known, _)| known == code) {
                    Some((_, count)) => *count += times,
                    None => counts.push((code.to_owned(), times)),
                }
            }
        }
        counts.sort_by(|(one, ones), (other, others)| others.cmp(ones).then(one.cmp(other)));
        Ok(counts)
    }

    /// How many applications each place has to expect; places without any are left out.
    pub async fn count_submitted(&self, area: &Area, batch: &str) -> Result<Vec<Submitted>, StoreError> {
        let rows = self.read(submitted(area, batch)).await?;
        let of = |row| {
            let place = Place { city: column(row, 0)?, district: column(row, 1)? };
            Ok(Submitted { place, count: column(row, 2)? })
        };
        rows.iter().map(of).collect()
    }

    /// Deliveries that ended badly since then, by reason, the most frequent first. Of an area those that speak of cases
    /// which were its own when that happened.
    pub async fn count_ended_badly(&self, area: &Area, since: Millis) -> Result<Vec<Ended>, StoreError> {
        let rows = self.read(ended_badly(self.inner.dialect, area, since)).await?;
        let ended = |row| {
            Ok(Ended {
                state: OutboxState::read(row, 0)?,
                reason: column::<Option<String>>(row, 1)?.unwrap_or_default(),
                count: column(row, 2)?,
            })
        };
        rows.iter().map(ended).collect()
    }
}

pub(in crate::store) fn handed_in(area: &Area, batch: &str, from: Millis, until: Millis) -> Statement {
    let text = format!(
        "select (cases.handed_in_at - $2) / {HOUR}, count(*) from cases \
         where cases.batch = $1 and cases.handed_in_at >= $2 and cases.handed_in_at < $3{} group by 1 order by 1",
        area.condition("cases", 3)
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).text(batch).number(from.0).number(until.0))
}

/// Of numbers that each have the ones before in them, what each adds.
fn parted(mut counts: Vec<i64>) -> Vec<i64> {
    for nth in (1..counts.len()).rev() {
        counts[nth] -= counts[nth - 1];
    }
    counts
}

/// How many came after each time, and how many there are: a comparison for each time and case, no more.
pub(in crate::store) fn ages(area: &Area, batch: &str, since: &[Millis]) -> Statement {
    let count = |nth| format!(", count(case when cases.entered_at > ${} then 1 end)", nth + 2);
    let counts: String = (0..since.len()).map(count).collect();
    let stages: Vec<String> = Stage::ALL
        .into_iter()
        .filter(|stage| stage.reviewed_at().is_some())
        .map(|stage| format!("'{}'", stage.name()))
        .collect();
    let text = format!(
        "select cases.stage, min(cases.entered_at){counts}, count(*) from cases \
         where cases.batch = $1 and cases.stage in ({}){} group by cases.stage order by cases.stage",
        stages.join(", "),
        area.condition("cases", 1 + since.len())
    );
    let statement = Statement::returning(AssertSqlSafe(text)).text(batch);
    area.bind(since.iter().fold(statement, |statement, at| statement.number(at.0)))
}

pub(in crate::store) fn rejections(area: &Area, batch: &str) -> Statement {
    let text = format!(
        "select d.reasons, count(*) from decisions d \
         where d.batch = $1 and d.verdict = 'rejected' and d.taken_back_at is null{} group by d.reasons",
        area.condition("d", 1)
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).text(batch))
}

pub(in crate::store) fn submitted(area: &Area, batch: &str) -> Statement {
    let text = format!(
        "select cases.city, cases.district, count(*) from cases \
         where cases.batch = $1 and cases.submitted_at is not null and cases.district is not null{} \
         group by cases.city, cases.district order by cases.city, cases.district",
        area.condition("cases", 1)
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).text(batch))
}

pub(in crate::store) fn ended_badly(dialect: Dialect, area: &Area, since: Millis) -> Statement {
    let text = format!(
        "select o.state, {}, count(*) from outbox o \
         where o.state in ('given_up', 'in_doubt') and o.ended_at >= $1{} group by 1, 2 order by 3 desc, 1, 2",
        dialect.two_words("o.reason"),
        area.condition("o", 1)
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).number(since.0))
}
