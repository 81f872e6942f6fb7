//! One statement with its values, as data: it can be sent to the writer, and run again when a group is taken apart.

use sqlx::{
    Any, AnyConnection, Executor, SqlSafeStr, SqlStr,
    any::{AnyArguments, AnyRow},
};

/// A statement in the common tongue of both databases, parameters `$1`, `$2`, ….
#[derive(Clone)]
pub(super) struct Statement {
    text: SqlStr,
    values: Vec<Value>,
    returns: bool,
}

#[derive(Clone)]
enum Value {
    Text(String),
    Number(i64),
    Blob(Vec<u8>),
    NoText,
    NoNumber,
    NoBlob,
}

/// What a statement did.
#[derive(Default)]
pub(super) struct Done {
    /// Rows written, for statements that return none.
    pub(super) affected: u64,
    /// Rows returned.
    pub(super) rows: Vec<AnyRow>,
}

impl Statement {
    /// A statement that writes.
    pub(super) fn new(text: impl SqlSafeStr) -> Self {
        Self { text: text.into_sql_str(), values: Vec::new(), returns: false }
    }

    /// A statement whose rows are wanted.
    pub(super) fn returning(text: impl SqlSafeStr) -> Self {
        Self { returns: true, ..Self::new(text) }
    }

    /// The same with `explain` before it, in the words of the database.
    #[cfg(test)]
    pub(super) fn explained(self, explain: &str) -> Self {
        let text = sqlx::AssertSqlSafe(format!("{explain}{}", self.text.as_str()));
        Self { text: text.into_sql_str(), ..self }
    }

    pub(super) fn text(self, value: impl Into<String>) -> Self {
        self.with(Value::Text(value.into()))
    }

    pub(super) fn text_or_null(self, value: Option<&str>) -> Self {
        self.with(value.map_or(Value::NoText, |text| Value::Text(text.to_owned())))
    }

    pub(super) fn number(self, value: i64) -> Self {
        self.with(Value::Number(value))
    }

    pub(super) fn number_or_null(self, value: Option<i64>) -> Self {
        self.with(value.map_or(Value::NoNumber, Value::Number))
    }

    pub(super) fn blob(self, value: Vec<u8>) -> Self {
        self.with(Value::Blob(value))
    }

    /// The other's values after its own.
    pub(super) fn with_values_of(mut self, other: &Self) -> Self {
        self.values.extend_from_slice(&other.values);
        self
    }

    /// Its text.
    pub(super) fn said(&self) -> &str {
        self.text.as_str()
    }

    /// How many values it has.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    pub(super) fn blob_or_null(self, value: Option<Vec<u8>>) -> Self {
        self.with(value.map_or(Value::NoBlob, Value::Blob))
    }

    fn with(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }

    /// Runs it.
    pub(super) async fn run(&self, connection: &mut AnyConnection) -> Result<Done, sqlx::Error> {
        let query = sqlx::query_with::<Any, _>(self.text.clone(), self.arguments());
        if self.returns {
            return Ok(Done { affected: 0, rows: connection.fetch_all(query).await? });
        }
        Ok(Done { affected: connection.execute(query).await?.rows_affected(), rows: Vec::new() })
    }

    fn arguments(&self) -> AnyArguments {
        let mut arguments = AnyArguments::default();
        for value in &self.values {
            let added = match value.clone() {
                Value::Text(text) => sqlx::Arguments::add(&mut arguments, text),
                Value::Number(number) => sqlx::Arguments::add(&mut arguments, number),
                Value::Blob(bytes) => sqlx::Arguments::add(&mut arguments, bytes),
                Value::NoText => sqlx::Arguments::add(&mut arguments, None::<String>),
                Value::NoNumber => sqlx::Arguments::add(&mut arguments, None::<i64>),
                Value::NoBlob => sqlx::Arguments::add(&mut arguments, None::<Vec<u8>>),
            };
            added.expect("Any encodes text, numbers and blobs without failing");
        }
        arguments
    }
}
