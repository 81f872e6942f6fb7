//! An audience as a statement: who is in it, and what of each person decides the way.
//!
//! One statement serves counting, showing a sample and gathering: whoever uses it adds a range of openids. It joins only
//! what its conditions speak of. Conditions are written so that what is not known counts as not so, also under `not`:
//! nothing compares with null. Whether the platform lets us write to a person follows the rules of
//! [`crate::store::outbox`]; which way follows from [`Class::of`], of which [`class_sql`] is made.

use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::{
    mask,
    store::{Store, StoreError, cases::stage_column, column, sessions::NAME, statement::Statement},
    time::Millis,
    workflow::{
        broadcast::{
            audience::{Audience, Condition, Step},
            plan::{Class, Facts, Group, MONTHLY, Route},
        },
        case::Stage,
        delivery::Windows,
    },
};

/// Parts into which the openids are cut for a sample.
const PARTS: usize = 8;

/// Somebody of an audience, as far as those who write announcements are shown people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The person.
    pub open_id: String,
    /// The bound candidate's name, masked.
    pub name: Option<String>,
    /// The place chosen.
    pub city: Option<String>,
    /// The place chosen.
    pub district: Option<String>,
    /// Where the application stands.
    pub stage: Option<Stage>,
}

/// When and by which rules an audience is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Business time.
    pub now: Millis,
    /// Until when and how often people can be written to.
    pub windows: &'a Windows,
    /// The month whose mass messages count, `2026-06`.
    pub month: &'a str,
}

/// The people of an audience: columns `open_id` and, each 1 or 0, `follows`, `blocked`, `in_window`, `month_left`. Its
/// text ends with a condition, so that ` and s.open_id > …` can follow it; its parameters begin with `$1`.
pub(super) fn people(audience: &Audience, now: Millis, windows: &Windows, month: &str) -> Statement {
    let mut terms = Terms::default();
    let who = terms.condition(&audience.who);
    let wants = Wants::of(&audience.who);
    let bindings = if wants.bindings { " left join bindings b on b.open_id = s.open_id" } else { "" };
    let cases = if wants.cases {
        let batch = terms.text(&audience.batch);
        format!(" left join cases c on c.exam_key = b.exam_key and c.batch = {batch}")
    } else {
        String::new()
    };
    let since = terms.number(now.0.saturating_sub(windows.talk.seconds.saturating_mul(1000)));
    let messages = terms.number(windows.talk.messages);
    let month = terms.text(month);
    let text = format!(
        "select s.open_id as open_id, \
         case when s.followed = 1 and coalesce(r.kind, '') <> 'not_following' then 1 else 0 end as follows, \
         case when r.kind = 'blocked' then 1 else 0 end as blocked, \
         case when s.talked_at is null or s.talked_at <= {since} then 0 \
         when (select cast(coalesce(sum(o.spent), 0) as bigint) from outbox o \
         where o.open_id = s.open_id and o.spent_at >= s.talked_at) < {messages} then 1 else 0 end as in_window, \
         case when coalesce(m.received, 0) < {MONTHLY} then 1 else 0 end as month_left \
         from sessions s{bindings}{cases} \
         left join refusals r on r.open_id = s.open_id \
         and r.at >= coalesce(s.talked_at, 0) and r.at >= coalesce(s.acted_at, 0) \
         left join mass_received m on m.open_id = s.open_id and m.month = {month} \
         where ({who})"
    );
    terms.values.into_iter().fold(Statement::returning(AssertSqlSafe(text)), |statement, value| match value {
        Value::Text(text) => statement.text(text),
        Value::Number(number) => statement.number(number),
    })
}

/// The route of a person `a` of [`people`], and why there is none.
pub(super) fn class_sql(route: Route) -> (String, String) {
    const CODE: &str = "case a.follows * 8 + a.blocked * 4 + a.in_window * 2 + a.month_left";
    let rows: Vec<(u8, Class)> = Facts::all().map(|(code, facts)| (code, Class::of(route, facts))).collect();
    let told = |word: &dyn Fn(Class) -> Option<&'static str>| {
        let whens =
            rows.iter().filter_map(|(code, class)| Some(format!(" when {code} then '{}'", word(*class)?)));
        format!("{CODE}{} else null end", whens.collect::<Vec<_>>().concat())
    };
    let reason = |class| if let Class::Out(why) = class { Some(why.name()) } else { None };
    (told(&|class| Some(class.name())), told(&reason))
}

impl Store {
    /// How many people of an audience have what in common. Tags count as they were fetched last.
    pub async fn count_audience(
        &self,
        audience: &Audience,
        asked: Asked<'_>,
    ) -> Result<Vec<Group>, StoreError> {
        let rows = self.read(count(audience, asked)).await?;
        rows.iter()
            .map(|row| {
                let is = |at| Ok::<_, StoreError>(column::<i64>(row, at)? == 1);
                let facts = Facts { follows: is(0)?, blocked: is(1)?, in_window: is(2)?, month_left: is(3)? };
                Ok(Group { facts, people: column::<i64>(row, 4)?.unsigned_abs() })
            })
            .collect()
    }

    /// A few people of an audience, from all over it.
    pub async fn sample_audience(
        &self,
        audience: &Audience,
        asked: Asked<'_>,
        limit: usize,
    ) -> Result<Vec<Sample>, StoreError> {
        let ends = Statement::returning("select min(open_id), max(open_id) from sessions");
        let rows = self.read(ends).await?;
        let Some((first, last)) = rows
            .first()
            .map(|row| {
                Ok::<_, StoreError>((column::<Option<String>>(row, 0)?, column::<Option<String>>(row, 1)?))
            })
            .transpose()?
            .and_then(|(first, last)| first.zip(last))
        else {
            return Ok(Vec::new());
        };
        let mut parts = Vec::new();
        for (after, through) in cut(&first, &last, PARTS) {
            let rows = self.read(page(audience, asked, &after, &through, limit)).await?;
            let samples = rows.iter().map(|row| self.sample(row)).collect::<Result<Vec<_>, _>>()?;
            parts.push(samples.into_iter());
        }
        let mut found = Vec::new();
        // One of each part in turn, until there are enough or there are no more.
        loop {
            let before = found.len();
            found.extend(parts.iter_mut().filter_map(Iterator::next));
            if found.len() >= limit || found.len() == before {
                found.truncate(limit);
                found.sort_by(|one: &Sample, other| one.open_id.cmp(&other.open_id));
                found.dedup_by(|one, other| one.open_id == other.open_id);
                return Ok(found);
            }
        }
    }

    fn sample(&self, row: &AnyRow) -> Result<Sample, StoreError> {
        let name = match (column::<Option<String>>(row, 1)?, column::<Option<Vec<u8>>>(row, 2)?) {
            (Some(key), Some(sealed)) => Some(mask::name(&self.open_text(NAME, &key, &sealed)?)),
            _ => None,
        };
        let has_case = column::<Option<String>>(row, 5)?.is_some();
        Ok(Sample {
            open_id: column(row, 0)?,
            name,
            city: column(row, 3)?,
            district: column(row, 4)?,
            stage: if has_case { Some(stage_column(row, 5)?) } else { None },
        })
    }
}

pub(in crate::store) fn count(audience: &Audience, asked: Asked<'_>) -> Statement {
    let people = people(audience, asked.now, asked.windows, asked.month);
    let facts = "follows, blocked, in_window, month_left";
    let cast = |name: &str| format!("cast(a.{name} as bigint)");
    let columns: Vec<String> = facts.split(", ").map(cast).collect();
    let text = format!(
        "select {}, count(*) from ({}) as a group by {facts} order by {facts}",
        columns.join(", "),
        people.said()
    );
    Statement::returning(AssertSqlSafe(text)).with_values_of(&people)
}

/// The first people of an audience after one openid, up to and with another, if there is one.
pub(in crate::store) fn page(
    audience: &Audience,
    asked: Asked<'_>,
    after: &str,
    through: &str,
    limit: usize,
) -> Statement {
    let people = people(audience, asked.now, asked.windows, asked.month);
    let n = people.count();
    let until = if through.is_empty() { String::new() } else { format!(" and s.open_id <= ${}", n + 4) };
    let text = format!(
        "select a.open_id, b.exam_key, b.name, c.city, c.district, c.stage from \
         ({} and s.open_id > ${}{until} order by s.open_id limit ${}) as a \
         left join bindings b on b.open_id = a.open_id \
         left join cases c on c.exam_key = b.exam_key and c.batch = ${} order by a.open_id",
        people.said(),
        n + 1,
        n + 2,
        n + 3
    );
    let statement = Statement::returning(AssertSqlSafe(text))
        .with_values_of(&people)
        .text(after)
        .number(i64::try_from(limit).unwrap_or(i64::MAX))
        .text(audience.batch.as_str());
    if through.is_empty() { statement } else { statement.text(through) }
}

/// Ranges of openids that together hold all of them, about equally many each where openids are drawn at random between
/// the first and the last. The first begins and the last ends nowhere.
fn cut(first: &str, last: &str, parts: usize) -> Vec<(String, String)> {
    let same = first.bytes().zip(last.bytes()).take_while(|(one, other)| one == other).count();
    let byte = |text: &str| text.as_bytes().get(same).copied().map_or(0, usize::from);
    let (low, high) = (byte(first), byte(last));
    let mut bounds: Vec<String> = (1..parts)
        .map(|nth| low + (high + 1).saturating_sub(low) * nth / parts)
        .filter(|at| *at > low)
        .filter_map(|at| Some(format!("{}{}", first.get(..same)?, char::from(u8::try_from(at).ok()?))))
        .collect();
    bounds.dedup();
    let starts = std::iter::once(String::new()).chain(bounds.iter().cloned());
    starts.zip(bounds.iter().cloned().chain([String::new()])).collect()
}

/// Which tables conditions speak of.
#[derive(Default)]
struct Wants {
    bindings: bool,
    cases: bool,
}

impl Wants {
    fn of(condition: &Condition) -> Self {
        let mut wants = Self::default();
        for leaf in condition.leaves() {
            match leaf {
                Condition::Everyone | Condition::Tag(_) => {}
                Condition::Bound | Condition::DocumentType(_) | Condition::List(_) => wants.bindings = true,
                _ => wants = Self { bindings: true, cases: true },
            }
        }
        wants
    }
}

enum Value {
    Text(String),
    Number(i64),
}

#[derive(Default)]
struct Terms {
    values: Vec<Value>,
}

impl Terms {
    fn text(&mut self, value: &str) -> String {
        self.values.push(Value::Text(value.to_owned()));
        format!("${}", self.values.len())
    }

    fn number(&mut self, value: i64) -> String {
        self.values.push(Value::Number(value));
        format!("${}", self.values.len())
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Everyone => "1 = 1".to_owned(),
            Condition::Bound => "b.exam_key is not null".to_owned(),
            Condition::HasCase => "c.id is not null".to_owned(),
            Condition::City(city) => self.known("c.city", city),
            Condition::District { city, district } => {
                format!("{} and {}", self.known("c.city", city), self.known("c.district", district))
            }
            Condition::DocumentType(document) => self.known("b.document_type", document.rule_name()),
            Condition::Step(Step::NotBegun) => "b.exam_key is not null and c.id is null".to_owned(),
            Condition::Step(step) => {
                let stages: Vec<String> = step.stages().map(|stage| format!("'{}'", stage.name())).collect();
                format!("c.stage is not null and c.stage in ({})", stages.join(", "))
            }
            Condition::Tag(tag) => self.listed(&Condition::tag_list(*tag), "s.open_id"),
            Condition::List(id) => self.listed(id, "b.exam_key"),
            Condition::All(parts) => self.joined(parts, " and ", "1 = 1"),
            Condition::Any(parts) => self.joined(parts, " or ", "1 = 0"),
            Condition::Not(inner) => format!("not ({})", self.condition(inner)),
        }
    }

    fn known(&mut self, column: &str, value: &str) -> String {
        format!("{column} is not null and {column} = {}", self.text(value))
    }

    fn listed(&mut self, list: &str, member: &str) -> String {
        let list = self.text(list);
        format!(
            "exists (select 1 from audience_lists k join audience_members l on l.list = k.members \
             where k.id = {list} and l.member = {member})"
        )
    }

    fn joined(&mut self, parts: &[Condition], word: &str, none: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| format!("({})", self.condition(part))).collect();
        if parts.is_empty() { none.to_owned() } else { parts.join(word) }
    }
}

#[cfg(test)]
mod tests;
