//! What is known of reaching people: all that a plan of their messages reads, for many people at once.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use crate::{
    inbound::Agreement,
    store::{Store, StoreError, column, dialect::padded, statement::Statement, time_column},
    time::Millis,
};

/// What the platform says of a person whom we wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// They refuse the account's messages, or the account has put them on its blacklist.
    Blocked,
    /// They do not follow.
    NotFollowing,
}

impl Refusal {
    fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::NotFollowing => "not_following",
        }
    }
}

/// A person, as far as reaching them depends on it. Somebody of whom nothing is stored follows and has said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachRow {
    /// They have not unsubscribed.
    pub follows: bool,
    /// When they last sent a message, and how many customer messages went since.
    pub talked: Option<(Millis, i64)>,
    /// When they last followed, scanned or tapped, and how many customer messages went since.
    pub acted: Option<(Millis, i64)>,
    /// What the platform has said since their last word or act.
    pub refusal: Option<Refusal>,
    /// 订阅通知 that may be sent, by template id.
    pub granted: HashMap<String, i64>,
}

impl Default for ReachRow {
    fn default() -> Self {
        Self { follows: true, talked: None, acted: None, refusal: None, granted: HashMap::new() }
    }
}

/// People asked for in one statement. Fewer repeat the last one, so that few texts are prepared.
const SIZES: [usize; 4] = [1, 8, 32, 128];

impl Store {
    /// What is known of each person; who is not known is left out.
    pub async fn reach_of(&self, people: &[&str]) -> Result<HashMap<String, ReachRow>, StoreError> {
        let mut found = HashMap::with_capacity(people.len());
        for chunk in people.chunks(SIZES[SIZES.len() - 1]) {
            for row in self.read(asking(REACH, chunk)).await? {
                let sent_since = |at: usize| -> Result<_, StoreError> {
                    Ok(time_column(&row, at)?.zip(column::<Option<i64>>(&row, at + 1)?))
                };
                let reach = ReachRow {
                    follows: column::<i64>(&row, 1)? != 0,
                    talked: sent_since(2)?,
                    acted: sent_since(4)?,
                    refusal: refusal(column::<Option<String>>(&row, 6)?.as_deref()),
                    granted: HashMap::new(),
                };
                found.insert(column(&row, 0)?, reach);
            }
            for row in self.read(asking(GRANTS, chunk)).await? {
                let person: &mut ReachRow = found.entry(column(&row, 0)?).or_default();
                person.granted.insert(column(&row, 1)?, column(&row, 2)?);
            }
        }
        Ok(found)
    }

    /// Notes what the platform has said of a person. It holds until they write or act.
    pub async fn note_refusal(&self, open_id: &str, refusal: Refusal, at: Millis) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into refusals (open_id, kind, at) values ($1, $2, $3) \
             on conflict (open_id) do update set kind = excluded.kind, at = excluded.at",
        )
        .text(open_id)
        .text(refusal.name())
        .number(at.0);
        self.write_one(statement).await.map(drop)
    }

    /// Takes one 订阅通知 from those that a person has agreed to, or all of them.
    pub async fn use_grant(&self, open_id: &str, template_id: &str, all: bool) -> Result<(), StoreError> {
        let left = if all { "0" } else { "remaining - 1" };
        let statement = Statement::new(AssertSqlSafe(format!(
            "update grants set remaining = {left} where open_id = $1 and template_id = $2 and remaining > 0"
        )))
        .text(open_id)
        .text(template_id);
        self.write_one(statement).await.map(drop)
    }
}

/// One more 订阅通知 that a person agrees to, or none any more.
pub(in crate::store) fn agreement_statement(open_id: &str, agreement: &Agreement) -> Statement {
    let remaining = if agreement.agreed { "grants.remaining + 1" } else { "0" };
    let text = format!(
        "insert into grants (open_id, template_id, remaining) values ($1, $2, $3) \
         on conflict (open_id, template_id) do update set remaining = {remaining}"
    );
    Statement::new(AssertSqlSafe(text))
        .text(open_id)
        .text(agreement.template_id.as_str())
        .number(i64::from(agreement.agreed))
}

/// A refusal as old as the last word or act is not yet over: the word may have come before it.
const REACH: &str = "select s.open_id, s.followed, \
    s.talked_at, (select cast(coalesce(sum(o.spent), 0) as bigint) from outbox o \
    where o.open_id = s.open_id and o.spent_at >= s.talked_at), \
    s.acted_at, (select cast(coalesce(sum(o.spent), 0) as bigint) from outbox o \
    where o.open_id = s.open_id and o.spent_at >= s.acted_at), \
    (select r.kind from refusals r where r.open_id = s.open_id \
    and r.at >= coalesce(s.talked_at, 0) and r.at >= coalesce(s.acted_at, 0)) \
    from sessions s where s.open_id in ";

const GRANTS: &str = "select open_id, template_id, remaining from grants where remaining > 0 and open_id in ";

fn asking(question: &str, people: &[&str]) -> Statement {
    let (nth, padded) = padded(&SIZES, people);
    let names: Vec<String> = (1..=SIZES[nth]).map(|n| format!("${n}")).collect();
    let text = format!("{question}({})", names.join(", "));
    padded.copied().fold(Statement::returning(AssertSqlSafe(text)), Statement::text)
}

fn refusal(kind: Option<&str>) -> Option<Refusal> {
    [Refusal::Blocked, Refusal::NotFollowing].into_iter().find(|known| Some(known.name()) == kind)
}
