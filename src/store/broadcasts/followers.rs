//! Who follows the account by the platform's own list, brought in page by page.
//!
//! Somebody whom the bot has never heard of becomes a row as it would be before their first message: version 0, nothing
//! said. Their first message then is a first message, and whoever reads them anew finds what a new person has.

use std::collections::HashSet;

use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use super::lists::Filling;
use crate::{
    store::{Store, StoreError, column, dialect::padded, sessions::SessionRow, statement::Statement},
    time::Millis,
    turn::Session,
};

const SIZES: [usize; 3] = [8, 64, 256];
/// New rows of one statement.
const NEW: usize = 32;
/// Rows looked at in one transaction.
const PAGE: i64 = 10_000;

impl Store {
    /// Begins what is done once a business day over all processes. False when it was begun on that day already.
    pub async fn begin_daily(&self, name: &str, day: Date) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "insert into syncs (name, day) values ($1, $2) \
             on conflict (name) do update set day = excluded.day where syncs.day < excluded.day",
        );
        Ok(self.write_one(statement.text(name).text(day.to_string())).await? == 1)
    }

    /// Brings in a page of followers: whoever is unknown becomes known, whoever was thought to have left follows again.
    /// How many of each.
    pub async fn add_followers(&self, open_ids: &[String]) -> Result<(u64, u64), StoreError> {
        let mut known = HashSet::with_capacity(open_ids.len());
        let mut back = Vec::new();
        for chunk in open_ids.chunks(SIZES[SIZES.len() - 1]) {
            let asked = "select open_id, followed from sessions where open_id in ";
            for row in self.read(among(asked, chunk, Statement::returning)).await? {
                let open_id: String = column(&row, 0)?;
                if column::<i64>(&row, 1)? == 0 {
                    back.push(open_id.clone());
                }
                known.insert(open_id);
            }
        }
        let new: Vec<SessionRow> = open_ids
            .iter()
            .filter(|open_id| !known.contains(*open_id))
            .map(|open_id| self.session_row(&Session::new(open_id)))
            .collect();
        let mut added = 0;
        for rows in new.chunks(NEW * 8) {
            let statements = rows.chunks(NEW).map(Self::new_people).collect();
            added += self.write(statements).await?.iter().map(|done| done.affected).sum::<u64>();
        }
        let mut returned = 0;
        for chunk in back.chunks(SIZES[SIZES.len() - 1]) {
            let text =
                "update sessions set followed = 1, version = version + 1 where followed = 0 and open_id in ";
            returned += self.write_alone(among(text, chunk, Statement::new)).await?;
        }
        Ok((added, returned))
    }

    /// Marks whoever is not among the followers as not following, unless they have talked or acted since the list was
    /// begun; how many. Nobody is marked once somebody else has begun another list.
    pub async fn mark_left(&self, followers: &Filling, began: Millis) -> Result<u64, StoreError> {
        let (mut after, mut left) = (String::new(), 0);
        loop {
            let boundary = Statement::returning(
                "select max(open_id) from (select open_id from sessions where open_id > $1 order by open_id limit $2) as page",
            );
            let rows = self.read(boundary.text(after.as_str()).number(PAGE)).await?;
            let through = rows.first().map(|row| column::<Option<String>>(row, 0)).transpose()?.flatten();
            let Some(through) = through else { return Ok(left) };
            let statement = Statement::new(
                "update sessions set followed = 0, version = version + 1 \
                 where open_id > $1 and open_id <= $2 and followed = 1 \
                 and exists (select 1 from audience_lists k where k.filling = $4) \
                 and coalesce(talked_at, 0) < $3 and coalesce(acted_at, 0) < $3 and not exists \
                 (select 1 from audience_members m where m.list = $4 and m.member = sessions.open_id)",
            )
            .text(after.as_str())
            .text(through.as_str())
            .number(began.0)
            .text(followers.members.as_str());
            left += self.write_alone(statement).await?;
            after = through;
        }
    }

    /// Notes a page of the account's blacklist: nothing reaches these people, whatever they said before.
    pub async fn note_blacklist(&self, open_ids: &[String], at: Millis) -> Result<(), StoreError> {
        let statements = open_ids.chunks(SIZES[SIZES.len() - 1]).map(|chunk| {
            let (nth, padded) = padded(&SIZES, chunk);
            // Twice the same row in one upsert is an error.
            let rows: Vec<String> = (2..SIZES[nth] + 2).map(|n| format!("select cast(${n} as text) as who")).collect();
            let text = format!(
                "insert into refusals (open_id, kind, at) select who, 'blocked', cast($1 as bigint) from ({}) as people \
                 where 1 = 1 on conflict (open_id) do update set kind = excluded.kind, at = excluded.at",
                rows.join(" union ")
            );
            padded.fold(Statement::new(AssertSqlSafe(text)).number(at.0), |statement, open_id| {
                statement.text(open_id.as_str())
            })
        });
        self.write(statements.collect()).await.map(drop)
    }

    fn new_people(rows: &[SessionRow]) -> Statement {
        let tuples: Vec<String> = (0..rows.len())
            .map(|nth| format!("(${}, 0, 1, ${}, ${})", nth * 3 + 1, nth * 3 + 2, nth * 3 + 3))
            .collect();
        let text = format!(
            "insert into sessions (open_id, version, followed, body, signed) values {} on conflict do nothing",
            tuples.join(", ")
        );
        rows.iter().fold(Statement::new(AssertSqlSafe(text)), |statement, row| {
            statement.text(row.open_id.as_str()).blob(row.body.clone()).blob(row.signed.clone())
        })
    }
}

fn among(start: &str, open_ids: &[String], make: impl Fn(AssertSqlSafe<String>) -> Statement) -> Statement {
    let (nth, padded) = padded(&SIZES, open_ids);
    let names: Vec<String> = (1..=SIZES[nth]).map(|n| format!("${n}")).collect();
    let text = AssertSqlSafe(format!("{start}({})", names.join(", ")));
    padded.fold(make(text), |statement, open_id| statement.text(open_id.as_str()))
}
