//! The people of an announcement, written down once: page by page in the order of openids, each with its route.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::{Broadcast, audience};
use crate::{
    store::{Store, StoreError, column, statement::Statement, write::Write},
    time::Millis,
    workflow::{broadcast::plan::Route, delivery::Windows},
};

/// Sessions looked at in one transaction: a few milliseconds of it.
const PAGE: i64 = 2_000;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gathered {
    /// It is written; there may be more.
    Page,
    /// There is nobody left to look at.
    All,
    /// Another worker wrote it, or the announcement does not run any more.
    Overtaken,
}

/// How many people an announcement is for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// By single messages.
    pub single: i64,
    /// By mass sends.
    pub mass: i64,
    /// Left out, by why.
    pub left_out: BTreeMap<String, i64>,
}

impl Store {
    /// Writes the next page of an announcement's people. `month` is the present one, `2026-06`: so far mass messages are
    /// counted.
    pub async fn gather(
        &self,
        broadcast: &Broadcast,
        windows: &Windows,
        month: &str,
        now: Millis,
    ) -> Result<Gathered, StoreError> {
        let (id, before) = (broadcast.id.as_str(), broadcast.marks.gathered.as_str());
        let boundary = Statement::returning(
            "select max(open_id) from (select open_id from sessions where open_id > $1 order by open_id limit $2) as page",
        );
        let rows = self.read(boundary.text(before).number(PAGE)).await?;
        let last: Option<String> = rows.first().map(|row| column(row, 0)).transpose()?.flatten();
        let Some(last) = last else { return self.all_gathered(broadcast, now).await };
        let mark = Statement::new(
            "update broadcasts set gathered = $1 where id = $2 and gathered = $3 and state = 'running' \
             and gathered_at is null",
        )
        .text(last.as_str())
        .text(id)
        .text(before);
        let people = audience::people(&broadcast.content.audience, now, windows, month);
        let (route, reason) = audience::class_sql(broadcast.content.route);
        let n = people.count();
        let text = format!(
            "insert into broadcast_people (broadcast, open_id, route, reason) \
             select cast(${} as text), a.open_id, {route}, {reason} from ({} and s.open_id > ${} and s.open_id <= ${}) as a \
             where 1 = 1 on conflict do nothing",
            n + 1,
            people.said(),
            n + 2,
            n + 3
        );
        let insert = Statement::new(AssertSqlSafe(text)).with_values_of(&people);
        let insert = insert.text(id).text(before).text(last);
        let done = self.write_all(vec![mark.into(), Write::WhenWritten(insert)]).await?;
        let is_ours = done.first().is_some_and(|done| done.affected == 1);
        Ok(if is_ours { Gathered::Page } else { Gathered::Overtaken })
    }

    async fn all_gathered(&self, broadcast: &Broadcast, now: Millis) -> Result<Gathered, StoreError> {
        let mut counted = self.count_gathered(&broadcast.id).await?;
        let is_one = counted.mass == 1;
        if is_one {
            counted = Counted { single: counted.single + 1, mass: 0, ..counted };
        }
        // Lists come after the single messages, and may be longer by then.
        let waits = broadcast.content.route == Route::Both;
        let mark = Statement::new(
            "update broadcasts set gathered_at = $1, counted = $2, singles_out = $3, lists_out = $4 \
             where id = $5 and gathered = $6 and state = 'running' and gathered_at is null",
        )
        .number(now.0)
        .text(serde_json::to_string(&counted).expect("counts are plain JSON"))
        .number(i64::from(counted.single == 0))
        .number(i64::from(counted.mass == 0 && !waits))
        .text(broadcast.id.as_str())
        .text(broadcast.marks.gathered.as_str());
        let mut writes = vec![mark.into()];
        if is_one {
            // The platform takes no list of one.
            let single = Statement::new(
                "update broadcast_people set route = 'single' where broadcast = $1 and route = 'mass'",
            );
            writes.push(Write::WhenWritten(single.text(broadcast.id.as_str())));
        }
        let is_ours = self.write_all(writes).await?.first().is_some_and(|done| done.affected == 1);
        Ok(if is_ours { Gathered::All } else { Gathered::Overtaken })
    }

    /// Once its single messages have gone, puts those into the lists of an announcement whom none could reach: their rows
    /// wait for a window. False when another worker did, or it does not run any more.
    pub async fn reroute(&self, broadcast: &Broadcast) -> Result<bool, StoreError> {
        const WAITING: &str = "broadcast = $1 and state = 'held' and doubts = 0 \
                               and reason in ('window_closed', 'window_used_up')";
        let id = broadcast.id.as_str();
        let count = format!("select count(*) from outbox where {WAITING}");
        let rows = self.read(Statement::returning(AssertSqlSafe(count)).text(id)).await?;
        let waiting: i64 = rows.first().map_or(Ok(0), |row| column(row, 0))?;
        let mark = Statement::new(
            "update broadcasts set rerouted = 1 where id = $1 and rerouted = 0 and state = 'running'",
        );
        let mut writes = vec![mark.text(id).into()];
        let listed = broadcast.marks.counted.as_ref().map_or(0, |counted| counted.mass);
        if waiting > 0 && listed + waiting > 1 {
            let people = format!(
                "update broadcast_people set route = 'mass' where broadcast = $1 and route = 'single' \
                 and open_id in (select open_id from outbox where {WAITING})"
            );
            let rows = format!(
                "delete from outbox where {WAITING} and open_id in \
                 (select open_id from broadcast_people where broadcast = $1 and route = 'mass')"
            );
            for text in [people, rows] {
                writes.push(Write::WhenWritten(Statement::new(AssertSqlSafe(text)).text(id)));
            }
        }
        let is_ours = self.write_all(writes).await?.first().is_some_and(|done| done.affected == 1);
        if is_ours {
            self.recount(id).await?;
        }
        Ok(is_ours)
    }

    async fn recount(&self, id: &str) -> Result<(), StoreError> {
        let counted = self.count_gathered(id).await?;
        let statement = Statement::new("update broadcasts set counted = $1, lists_out = $2 where id = $3")
            .text(serde_json::to_string(&counted).expect("counts are plain JSON"))
            .number(i64::from(counted.mass == 0))
            .text(id);
        self.write_one(statement).await.map(drop)
    }

    async fn count_gathered(&self, id: &str) -> Result<Counted, StoreError> {
        let statement = Statement::returning(
            "select route, reason, count(*) from broadcast_people where broadcast = $1 group by route, reason",
        );
        let mut counted = Counted::default();
        for row in &self.read(statement.text(id)).await? {
            let (route, reason): (String, Option<String>) = (column(row, 0)?, column(row, 1)?);
            let people: i64 = column(row, 2)?;
            match route.as_str() {
                "single" => counted.single += people,
                "mass" => counted.mass += people,
                _ => *counted.left_out.entry(reason.unwrap_or_default()).or_default() += people,
            }
        }
        Ok(counted)
    }
}
