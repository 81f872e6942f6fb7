//! Passwords tried in vain, by name: whether anybody has the name or not.
//!
//! A try is counted before its password is compared, so that however many come at once, each is somebody's alone. After
//! some in a row a pause must pass before the next, twice as long each time; a success forgets them.

use tokio::sync::SemaphorePermit;

use crate::{
    store::{Store, StoreError, column, statement::Statement},
    time::Millis,
};

/// So many in a row cost nothing: people mistype.
const FREE: i64 = 5;
/// The pause after one more, milliseconds. Doubled for each further one.
const FIRST_PAUSE: i64 = 30_000;
/// The longest pause: who has forgotten a password loses no morning, who guesses gets some hundred tries a day.
const LONGEST_PAUSE: i64 = 15 * 60_000;
/// Nobody remembers yesterday's.
const FORGOTTEN_AFTER: i64 = 12 * 3_600_000;

/// Passwords tried at once in a process, those that wait for a core included: the last one waits for seconds, and
/// whoever comes then is asked to come again.
pub(in crate::store) const TRIES: usize = 64;

/// Whether another password may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It may: this one is counted.
    Counted,
    /// Not before this moment. Wire time.
    NotBefore(Millis),
}

impl Store {
    /// A place to try a password in, unless all are taken.
    pub fn place_to_sign_in(&self) -> Option<SemaphorePermit<'_>> {
        self.inner.tries.try_acquire().ok()
    }

    /// Counts a try to sign in under a name.
    pub async fn begin_sign_in(&self, name: &str, wire: Millis) -> Result<Attempt, StoreError> {
        let key = self.staff_key(name);
        // The pause is worked out where the row is: 30 s, 1, 2, 4, 8 minutes, then always the longest.
        let count = Statement::returning(
            "insert into sign_in_attempts (name_key, failures, at, until) values ($1, 1, $2, $2) \
             on conflict (name_key) do update set \
             failures = case when sign_in_attempts.at < $3 then 1 else sign_in_attempts.failures + 1 end, \
             at = excluded.at, \
             until = case when sign_in_attempts.at < $3 or sign_in_attempts.failures + 1 < $4 then excluded.at \
             when sign_in_attempts.failures + 1 < $4 + 5 \
             then excluded.at + $5 * (1 << cast(sign_in_attempts.failures + 1 - $4 as integer)) \
             else excluded.at + $6 end \
             where sign_in_attempts.until <= $2 returning failures",
        )
        .text(key.as_str())
        .number(wire.0)
        .number(wire.0 - FORGOTTEN_AFTER)
        .number(FREE)
        .number(FIRST_PAUSE)
        .number(LONGEST_PAUSE);
        let done = self.write(vec![count]).await?;
        if done.first().is_some_and(|done| !done.rows.is_empty()) {
            return Ok(Attempt::Counted);
        }
        let until = Statement::returning("select until from sign_in_attempts where name_key = $1").text(key);
        match self.read(until).await?.first() {
            Some(row) => Ok(Attempt::NotBefore(Millis(column(row, 0)?))),
            // A success in between has forgotten it.
            None => Ok(Attempt::Counted),
        }
    }

    /// The password was right: the tries before it are forgotten.
    pub async fn forgive_sign_in(&self, name: &str) -> Result<(), StoreError> {
        let statement =
            Statement::new("delete from sign_in_attempts where name_key = $1").text(self.staff_key(name));
        self.write_one(statement).await.map(drop)
    }

    /// Forgets the tries of half a day ago, and all but those of the last `most` names: whoever tries made-up names
    /// fills no disk. How many names.
    pub async fn forget_sign_in_attempts(&self, wire: Millis, most: u32) -> Result<u64, StoreError> {
        let statement = Statement::new(
            "delete from sign_in_attempts where at < $1 \
             or at < (select at from sign_in_attempts order by at desc limit 1 offset $2)",
        )
        .number(wire.0 - FORGOTTEN_AFTER)
        .number(i64::from(most.saturating_sub(1)));
        self.write_one(statement).await
    }

    fn staff_key(&self, name: &str) -> String {
        self.inner.secrets.blind_index("staff name", name)
    }
}
