//! Held rows become due in the commit of the word that opens the window again: nobody has to look for them.

use std::sync::Arc;

use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor as _, any::AnyArguments};

use crate::{
    store::dialect::{Dialect, padded},
    time::Millis,
};

/// People of one statement; fewer repeat the last one.
const SIZES: [usize; 5] = [1, 4, 8, 16, 64];

/// The statement in its sizes.
pub(in crate::store) struct Released(Vec<Arc<str>>);

impl Released {
    pub(in crate::store) fn new(dialect: Dialect) -> Self {
        let text = |people: usize| -> Arc<str> {
            let names: Vec<String> = (2..=people + 1).map(|nth| dialect.parameter(nth)).collect();
            let due_at = dialect.parameter(1);
            // The words that are just being stored are there already: `held_at` tells whether they came after.
            format!(
                "update outbox set state = 'due', due_at = {due_at}, held_at = null, waited = 1 \
                 where held_at is not null and open_id in ({}) and exists (select 1 from sessions s \
                 where s.open_id = outbox.open_id \
                 and (s.talked_at > outbox.held_at or s.acted_at > outbox.held_at))",
                names.join(", ")
            )
            .into()
        };
        Self(SIZES.map(text).to_vec())
    }

    /// Makes due what is held for people who have just written or acted.
    pub(in crate::store) async fn write(
        &self,
        connection: &mut AnyConnection,
        people: &[(&str, Millis)],
    ) -> Result<(), sqlx::Error> {
        for chunk in people.chunks(SIZES[SIZES.len() - 1]) {
            let (nth, padded) = padded(&SIZES, chunk);
            let mut values = AnyArguments::default();
            let now = chunk.iter().map(|(_, at)| at.0).max().unwrap_or_default();
            sqlx::Arguments::add(&mut values, now).expect("Any encodes numbers without failing");
            for (open_id, _) in padded {
                sqlx::Arguments::add(&mut values, *open_id).expect("Any encodes texts without failing");
            }
            connection
                .execute(sqlx::query_with::<Any, _>(AssertSqlSafe(Arc::clone(&self.0[nth])), values))
                .await?;
        }
        Ok(())
    }
}
