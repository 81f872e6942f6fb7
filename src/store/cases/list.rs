//! The offices' queue.
//!
//! A list of several stages is the merge of as many lists of one stage, each of which an index has in its order and
//! gives out no further than the page is long: however many cases wait, a page reads as many rows as it shows, times the
//! stages. The rows themselves, names and leases are fetched for the page alone.

use std::{fmt, str::FromStr};

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{Area, stage_column};
use crate::{
    mask,
    store::{Store, StoreError, column, sessions::NAME, statement::Statement},
    time::Millis,
    workflow::case::Stage,
};

/// Lines of a page when nothing else is said.
const PAGE: u32 = 50;

/// Which cases an office wants to see. `None` is no condition.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// `2026-06`.
    pub batch: String,
    /// City of the chosen place.
    pub city: Option<String>,
    /// District of the chosen place.
    pub district: Option<String>,
    /// Any of these; empty is no condition.
    pub stages: Vec<Stage>,
    /// Those that have stood there since then or later.
    pub entered_from: Option<Millis>,
    /// Those that came there before.
    pub entered_before: Option<Millis>,
    /// How often they were handed in.
    pub rounds: Option<Rounds>,
    /// Who is looking at them.
    pub holder: Option<Holder>,
    /// Which come first.
    pub order: Order,
    /// Where the last page ended.
    pub after: Option<CaseCursor>,
    /// At most so many; 0 means 50.
    pub limit: u32,
}

/// How often a case was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// Once.
    First,
    /// More than once: an office has seen it before.
    Repeated,
}

/// Who is looking at a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// Nobody, or the account of this name.
    NobodyBut(String),
    /// The account of this name.
    Staff(String),
}

/// Which cases come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Those that have waited longest.
    #[default]
    OldestFirst,
    /// Those that came last.
    NewestFirst,
}

/// A place in the list: what stands there may have gone, the list goes on behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCursor {
    /// Of the last line.
    pub entered_at: Millis,
    /// Of the last line.
    pub id: String,
}

/// A line of an office's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// ULID.
    pub id: String,
    /// Eight digits.
    pub number: String,
    /// Of the case, not the session.
    pub version: i64,
    /// Who holds the candidate, or held it last.
    pub open_id: String,
    /// The batch.
    pub batch: String,
    /// City of the chosen place, once chosen.
    pub city: Option<String>,
    /// District of the chosen place, once chosen.
    pub district: Option<String>,
    /// Where it stands, and with that what a review is of ([`Stage::reviewed_part`]).
    pub stage: Stage,
    /// The round in review or last reviewed.
    pub round: u32,
    /// When it reached this stage and round. Business time.
    pub entered_at: Millis,
    /// The candidate's name, masked; `None` while nobody is bound to the candidate.
    pub name: Option<String>,
    /// Who is looking at it.
    pub held_by: Option<String>,
}

impl CaseSummary {
    /// The list's place behind this line.
    pub fn cursor(&self) -> CaseCursor {
        CaseCursor { entered_at: self.entered_at, id: self.id.clone() }
    }
}

impl fmt::Display for CaseCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.entered_at.0, self.id)
    }
}

impl FromStr for CaseCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (at, id) = text.split_once('-').ok_or(NoCursor)?;
        let entered_at = Millis(at.parse().map_err(|_| NoCursor)?);
        if id.is_empty() { Err(NoCursor) } else { Ok(Self { entered_at, id: id.to_owned() }) }
    }
}

/// The text is no [`CaseCursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a list")]
pub struct NoCursor;

impl Store {
    /// One page of an area's cases. Leases are told as of `wire`.
    pub async fn list_cases(
        &self,
        area: &Area,
        filter: &CaseFilter,
        wire: Millis,
    ) -> Result<Vec<CaseSummary>, StoreError> {
        let rows = self.read(filter.statement(area, wire)).await?;
        rows.iter().map(|row| self.summary(row)).collect()
    }

    /// How many cases of a batch stand in each of these stages, or in each where none is named, in the order of the
    /// procedure; stages without any are left out.
    pub async fn count_cases(
        &self,
        area: &Area,
        batch: &str,
        stages: &[Stage],
    ) -> Result<Vec<(Stage, i64)>, StoreError> {
        let mut counted: Vec<(Stage, i64)> = Vec::new();
        for row in &self.read(counts(area, batch, stages)).await? {
            counted.push((stage_column(row, 0)?, column(row, 1)?));
        }
        counted.retain(|(_, count)| *count > 0);
        counted.sort_by_key(|(stage, _)| *stage);
        Ok(counted)
    }

    fn summary(&self, row: &AnyRow) -> Result<CaseSummary, StoreError> {
        Ok(CaseSummary {
            id: column(row, 0)?,
            number: column(row, 1)?,
            version: column(row, 2)?,
            open_id: column(row, 3)?,
            batch: column(row, 4)?,
            city: column(row, 5)?,
            district: column(row, 6)?,
            stage: stage_column(row, 7)?,
            round: column::<i64>(row, 8)? as u32,
            entered_at: Millis(column(row, 9)?),
            held_by: column(row, 10)?,
            name: self.masked_name(row)?,
        })
    }

    fn masked_name(&self, row: &AnyRow) -> Result<Option<String>, StoreError> {
        let Some(sealed) = column::<Option<Vec<u8>>>(row, 12)? else { return Ok(None) };
        let name = self.open_text(NAME, &column::<String>(row, 11)?, &sealed)?;
        Ok(Some(mask::name(&name)))
    }
}

/// How many stand where: each stage counted by itself, which PostgreSQL does in half the time of grouping.
pub(in crate::store) fn counts(area: &Area, batch: &str, stages: &[Stage]) -> Statement {
    let stages = if stages.is_empty() { &Stage::ALL } else { stages };
    let stages: Vec<String> = stages.iter().map(|stage| format!("('{}')", stage.name())).collect();
    let text = format!(
        "select v.column1, (select count(*) from cases \
         where cases.batch = $1 and cases.stage = v.column1{}) from (values {}) as v",
        area.condition("cases", 1),
        stages.join(", ")
    );
    area.bind(Statement::returning(AssertSqlSafe(text)).text(batch))
}

impl CaseFilter {
    /// The part of an area that is asked for.
    pub fn narrowed(&self, area: &Area) -> Area {
        let in_city = self.city.iter().fold(area.clone(), |area, city| area.in_city(city));
        self.district.iter().fold(in_city, |area, district| area.in_district(district))
    }

    /// The page as a statement.
    pub(in crate::store) fn statement(&self, area: &Area, wire: Millis) -> Statement {
        let (direction, limit) = (self.order.word(), if self.limit == 0 { PAGE } else { self.limit });
        let order = format!("entered_at {direction}, id {direction}");
        let area = self.narrowed(area);
        let mut terms =
            Terms { text: String::new(), values: vec![Value::Number(wire.0), Value::Text(&self.batch)] };
        terms.text.push_str(&area.condition("cases", terms.values.len()));
        terms.values.extend(area.values().map(Value::Text));
        self.add_terms(&mut terms);
        // Each once, however often it is asked for: a list of a stage gives out each of its cases.
        let is_asked = |stage: &Stage| self.stages.is_empty() || self.stages.contains(stage);
        let stages: Vec<Stage> = Stage::ALL.into_iter().filter(is_asked).collect();
        let first = terms.values.len() + 1;
        let lists = (first..first + stages.len()).map(|stage| {
            format!(
                "select * from (select entered_at, id from cases where batch = $2 and stage = ${stage}{} \
                 order by {order} limit {limit}) as s{stage}",
                terms.text
            )
        });
        let lists = lists.collect::<Vec<_>>().join(" union all ");
        let text = format!(
            "select c.id, c.number, c.version, c.open_id, c.batch, c.city, c.district, c.stage, c.round, c.entered_at, \
             l.staff, b.exam_key, b.name \
             from (select entered_at, id from ({lists}) as merged order by {order} limit {limit}) as page \
             join cases c on c.id = page.id \
             left join bindings b on b.exam_key = c.exam_key \
             left join case_leases l on l.case_id = c.id and l.until > $1 \
             order by c.entered_at {direction}, c.id {direction}"
        );
        let statement =
            terms.values.into_iter().fold(Statement::returning(AssertSqlSafe(text)), |statement, value| {
                match value {
                    Value::Text(text) => statement.text(text),
                    Value::Number(number) => statement.number(number),
                }
            });
        stages.iter().fold(statement, |statement, stage| statement.text(stage.name()))
    }

    fn add_terms<'f>(&'f self, terms: &mut Terms<'f>) {
        if let Some(from) = self.entered_from {
            terms.add("entered_at >= ?", Value::Number(from.0));
        }
        if let Some(before) = self.entered_before {
            terms.add("entered_at < ?", Value::Number(before.0));
        }
        match self.rounds {
            Some(Rounds::First) => terms.text.push_str(" and round = 1"),
            Some(Rounds::Repeated) => terms.text.push_str(" and round > 1"),
            None => {}
        }
        let held = "select 1 from case_leases l where l.case_id = cases.id and l.until > $1";
        match &self.holder {
            Some(Holder::Nobody) => terms.text.extend([" and not exists (", held, ")"]),
            Some(Holder::NobodyBut(name)) => {
                terms.add(&format!("not exists ({held} and l.staff <> ?)"), Value::Text(name));
            }
            Some(Holder::Staff(name)) => {
                terms.add(&format!("exists ({held} and l.staff = ?)"), Value::Text(name));
            }
            None => {}
        }
        if let Some(CaseCursor { entered_at, id }) = &self.after {
            let beyond = if self.order == Order::OldestFirst { '>' } else { '<' };
            terms.values.push(Value::Number(entered_at.0));
            terms.add(&format!("(entered_at, id) {beyond} (${}, ?)", terms.values.len()), Value::Text(id));
        }
    }
}

impl Order {
    pub(in crate::store) fn word(self) -> &'static str {
        match self {
            Self::OldestFirst => "asc",
            Self::NewestFirst => "desc",
        }
    }
}

/// What all lists have in common, and its values.
struct Terms<'f> {
    text: String,
    values: Vec<Value<'f>>,
}

enum Value<'f> {
    Text(&'f str),
    Number(i64),
}

impl<'f> Terms<'f> {
    /// `?` stands for the value.
    fn add(&mut self, term: &str, value: Value<'f>) {
        self.values.push(value);
        self.text.push_str(" and ");
        self.text.push_str(&term.replace('?', &format!("${}", self.values.len())));
    }
}
