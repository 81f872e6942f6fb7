//! The rows of an import: where those of a kind go, and what is written of each.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use crate::store::{dialect::Values, statement::Statement};

/// Where rows of a kind go.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub(super) head: &'static str,
    pub(super) tail: &'static str,
    /// Its row of `versions`. What all people share has one together: processes must learn that it changed.
    version: &'static str,
}

impl Table {
    /// False when the version is not the one seen.
    pub(super) async fn count_up(
        self,
        seen: Option<i64>,
        connection: &mut AnyConnection,
    ) -> Result<bool, sqlx::Error> {
        let statement = match seen {
            Some(seen) => {
                Statement::new("update versions set version = version + 1 where name = $1 and version = $2")
                    .text(self.version)
                    .number(seen)
            }
            None => {
                Statement::new("update versions set version = version + 1 where name = $1").text(self.version)
            }
        };
        Ok(statement.run(connection).await?.affected == 1)
    }
}

pub(super) const RECORDS: Table = Table {
    head: "insert into candidates (exam_key, record, name_key, number_key)",
    tail: "on conflict (exam_key) do update set record = excluded.record, name_key = excluded.name_key, \
           number_key = excluded.number_key",
    version: "candidates",
};
pub(super) const ANSWERS: Table = Table {
    head: "insert into population (number_key, answer)",
    tail: "on conflict (number_key) do update set answer = excluded.answer",
    version: "population",
};
pub(super) const PLANS: Table = Table {
    head: "insert into plans (id, body)",
    tail: "on conflict (id) do update set body = excluded.body",
    version: "world",
};
pub(super) const BATCHES: Table = Table {
    head: "insert into batches (id, body)",
    tail: "on conflict (id) do update set body = excluded.body",
    version: "world",
};
pub(super) const SCHEDULES: Table = Table {
    head: "insert into schedules (batch, body)",
    tail: "on conflict (batch) do update set body = excluded.body",
    version: "world",
};

/// A sealed row with its key.
pub struct Sealed {
    pub(super) key: String,
    pub(super) body: Vec<u8>,
}

/// A sealed record with what it is found by.
pub struct SealedCandidate {
    pub(super) sealed: Sealed,
    pub(super) name_key: String,
    pub(super) number_key: String,
}

/// A row, mostly of two columns, the first its key.
pub(super) trait Imported {
    const COLUMNS: usize = 2;
    fn key(&self) -> &str;
    fn bind(&self, values: &mut Values);
}

impl Imported for Sealed {
    fn key(&self) -> &str {
        &self.key
    }

    fn bind(&self, values: &mut Values) {
        values.text(&self.key);
        values.blob(&self.body);
    }
}

impl Imported for SealedCandidate {
    const COLUMNS: usize = 4;

    fn key(&self) -> &str {
        self.sealed.key()
    }

    fn bind(&self, values: &mut Values) {
        self.sealed.bind(values);
        values.text(&self.name_key);
        values.text(&self.number_key);
    }
}

impl Imported for (String, String) {
    fn key(&self) -> &str {
        &self.0
    }

    fn bind(&self, values: &mut Values) {
        values.text(&self.0);
        values.text(&self.1);
    }
}

/// Of rows with the same key the last, by key: PostgreSQL refuses to write a row twice in one statement, and two
/// imports at once must take their rows in the same order.
pub(super) fn last_of_each<T: Imported>(rows: &[T]) -> Vec<&T> {
    rows.iter().map(|row| (row.key(), row)).collect::<BTreeMap<_, _>>().into_values().collect()
}
