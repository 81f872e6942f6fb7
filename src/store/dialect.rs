//! The only place that knows which database this is.
//!
//! SQLite and PostgreSQL get the same statements but for: how a connection is opened and prepared, how a writing
//! transaction begins, how rows to lease are locked, the word for a blob, and the parameters of multi-row statements
//! ([`Rows`]): PostgreSQL wants `$1`, `$2`, …; SQLite looks such names up one by one, which is quadratic, and counts
//! plain `?` for nothing.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    Any, AnyConnection, AssertSqlSafe, ConnectOptions, Executor, SqlSafeStr, SqlStr,
    any::{AnyArguments, AnyConnectOptions},
};

use super::StoreError;

/// How long SQLite waits for another process's transaction before it gives up.
const BUSY: Duration = Duration::from_secs(5);

/// Which database a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Reads the scheme.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        match url.split(':').next() {
            Some("sqlite") if url.contains(":memory:") || url.contains("mode=memory") => {
                Err(StoreError::Url(
                    "a SQLite database in memory cannot be shared by several connections".to_owned(),
                ))
            }
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::Url("it must begin with sqlite: or postgres://".to_owned())),
        }
    }

    /// Options of a connection; creates the folder of an SQLite file.
    pub(super) fn connect_options(self, url: &str) -> Result<AnyConnectOptions, StoreError> {
        let url = match self {
            Self::Sqlite => with_file(url)?,
            Self::Postgres => url.to_owned(),
        };
        let options: AnyConnectOptions = url.parse().map_err(|_| {
            StoreError::Url("it cannot be read as a URL; special characters need %-escapes".to_owned())
        })?;
        Ok(options.disable_statement_logging())
    }

    /// Settings that SQLite keeps by connection. A commit returns only when its bytes are on the disk.
    pub(super) async fn prepare(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if self == Self::Postgres {
            return Ok(());
        }
        let busy = format!("pragma busy_timeout = {}", BUSY.as_millis());
        connection.execute(AssertSqlSafe(busy)).await?;
        for pragma in ["pragma journal_mode = wal", "pragma synchronous = full"] {
            connection.execute(pragma).await?;
        }
        Ok(())
    }

    /// Whether a commit on this connection survives a power cut: SQLite must say 2, full.
    pub(super) async fn is_durable(self, connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
        match self {
            Self::Sqlite => {
                let level: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(connection).await?;
                Ok(level >= 2)
            }
            Self::Postgres => {
                let setting: String = sqlx::query_scalar("select current_setting('synchronous_commit')")
                    .fetch_one(connection)
                    .await?;
                Ok(setting != "off")
            }
        }
    }

    /// Begins a transaction that will write: SQLite must take the write lock at once, or it may not get it later.
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin",
        }
    }

    /// Begins a transaction that reads everything as it is at its first statement, whatever is written meanwhile.
    pub(super) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "begin",
            Self::Postgres => "begin isolation level repeatable read read only",
        }
    }

    /// Ends the inner select of a lease: PostgreSQL passes over rows that another process is leasing.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update skip locked",
        }
    }

    /// Ends the select of one row that is then written: PostgreSQL waits for whoever is writing it, and reads it anew.
    pub(super) fn lock_row(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update",
        }
    }

    /// Waits for whoever is writing a case, and keeps the next one waiting until the transaction ends; SQLite's has nobody
    /// beside it anyway.
    pub(super) fn still_cases(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("lock table cases in share mode"),
        }
    }

    /// Before a column whose index must not be taken: SQLite, which never counts its rows, takes any index of an equality
    /// and sorts what it finds. PostgreSQL knows better.
    pub(super) fn without_index(self) -> &'static str {
        match self {
            Self::Sqlite => "+",
            Self::Postgres => "",
        }
    }

    /// The `nth` parameter of a statement whose parameters are all said in this order.
    pub(super) fn parameter(self, nth: usize) -> String {
        match self {
            Self::Sqlite => "?".to_owned(),
            Self::Postgres => format!("${nth}"),
        }
    }

    /// The rows of a `values` list, whose parameters come after so many others.
    pub(super) fn tuples(self, before: usize, rows: usize, columns: usize) -> String {
        let rows: Vec<String> = (0..rows).map(|row| tuple(self, before + row * columns, columns)).collect();
        rows.join(", ")
    }

    /// Whether a statement may have to wait for a row that another transaction holds. SQLite's transactions wait for each
    /// other before they begin.
    pub(super) fn waits_for_rows(self) -> bool {
        self == Self::Postgres
    }

    /// The first two words of a text column, or the one it has.
    pub(super) fn two_words(self, column: &str) -> String {
        match self {
            Self::Sqlite => {
                let first = format!("instr({column}, ' ')");
                let second = format!("instr(substr({column}, {first} + 1) || ' ', ' ') - 1");
                format!("case {first} when 0 then {column} else substr({column}, 1, {first} + {second}) end")
            }
            // A regular expression takes five times as long, and thousands of rows may be cut for one figure.
            Self::Postgres => {
                format!("rtrim(split_part({column}, ' ', 1) || ' ' || split_part({column}, ' ', 2))")
            }
        }
    }

    /// A migration's text in this dialect.
    pub(super) fn schema(self, sql: &'static str) -> SqlStr {
        match self {
            Self::Sqlite => sql.into_sql_str(),
            Self::Postgres => AssertSqlSafe(sql.replace(" blob", " bytea")).into_sql_str(),
        }
    }

    /// Readers beside the writer: SQLite's are threads, PostgreSQL's are processes of the server.
    pub(super) fn readers(self) -> u32 {
        match self {
            Self::Sqlite => 4,
            Self::Postgres => 8,
        }
    }

    /// Whether the connection itself is gone, so that only a new one helps.
    pub(super) fn is_lost(self, error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::PoolClosed => true,
            // PostgreSQL class 57P: the server or an administrator ended the session; 08: connection exceptions.
            sqlx::Error::Database(database) if self == Self::Postgres => {
                database.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08"))
            }
            _ => false,
        }
    }
}

/// Whether trying again may help: the connection was lost, the pool was busy, or two transactions crossed.
pub(super) fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::PoolTimedOut => true,
        // SQLite: 5 busy, 6 locked, with extended codes. PostgreSQL: 40 rollback, 53 resources, 57P, 08.
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            let sqlite =
                code.parse::<i64>().is_ok_and(|number| code.len() < 5 && matches!(number & 0xff, 5 | 6));
            sqlite || ["40", "53", "57P", "08"].iter().any(|class| code.len() == 5 && code.starts_with(class))
        }),
        _ => false,
    }
}

/// The URL with leave to create the file, and the folder created.
fn with_file(url: &str) -> Result<String, StoreError> {
    let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
    let path = place.trim_start_matches("sqlite:").trim_start_matches("//");
    if path.is_empty() {
        return Err(StoreError::Url("it names no file".to_owned()));
    }
    if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Url(format!("its folder cannot be created: {error}")))?;
    }
    if parameters.contains("mode=") {
        return Ok(url.to_owned());
    }
    let join = if parameters.is_empty() { "" } else { "&" };
    Ok(format!("{place}?{parameters}{join}mode=rwc"))
}

/// Sizes of the multi-row statements: any number of rows is a few of them, and each text is prepared once.
const SIZES: [usize; 5] = [64, 16, 4, 2, 1];

/// For the tables that many turns write, because they change a case.
const COMMON_SIZES: [usize; 10] = [32, 16, 12, 8, 6, 5, 4, 3, 2, 1];

/// For the tables that every turn writes: usual groups are one statement a table, because each costs two switches of
/// thread. All texts together stay well under the hundred statements that the driver keeps prepared.
const FINE_SIZES: [usize; 20] = [64, 48, 32, 24, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/// For statements that come in a few sizes: which of them (ascending) holds all items, and the items up to that size, the
/// last one repeated. More than the largest holds is the caller's to cut.
pub(super) fn padded<'i, T>(sizes: &[usize], items: &'i [T]) -> (usize, impl Iterator<Item = &'i T>) {
    let nth = sizes.iter().position(|size| *size >= items.len()).unwrap_or(sizes.len() - 1);
    (nth, items.iter().chain(items.last().into_iter().cycle()).take(sizes[nth]))
}

/// One `insert … values (…), (…) …` in several sizes, the largest first.
pub(super) struct Rows {
    texts: Vec<(usize, Arc<str>)>,
    columns: usize,
}

impl Rows {
    /// `head` names table and columns, `tail` what happens on conflict.
    pub(super) fn new(dialect: Dialect, head: &str, columns: usize, tail: &str) -> Self {
        Self::of_sizes(&SIZES, dialect, head, columns, tail)
    }

    /// The same for a table that many turns write.
    pub(super) fn common(dialect: Dialect, head: &str, columns: usize, tail: &str) -> Self {
        Self::of_sizes(&COMMON_SIZES, dialect, head, columns, tail)
    }

    /// The same for a table that every turn writes.
    pub(super) fn fine(dialect: Dialect, head: &str, columns: usize, tail: &str) -> Self {
        Self::of_sizes(&FINE_SIZES, dialect, head, columns, tail)
    }

    fn of_sizes(sizes: &[usize], dialect: Dialect, head: &str, columns: usize, tail: &str) -> Self {
        let text =
            |rows: usize| Arc::from(format!("{head} values {} {tail}", dialect.tuples(0, rows, columns)));
        Self { texts: sizes.iter().map(|rows| (*rows, text(*rows))).collect(), columns }
    }

    /// Runs it over all rows; returns how many were written. `bind` adds one row's values in column order.
    pub(super) async fn write<T>(
        &self,
        connection: &mut AnyConnection,
        rows: &[T],
        bind: impl Fn(&T, &mut Values),
    ) -> Result<u64, sqlx::Error> {
        let mut rest = rows;
        let mut written = 0;
        for (size, text) in &self.texts {
            while rest.len() >= *size {
                let (chunk, after) = rest.split_at(*size);
                let mut values = Values::with_room(size * self.columns);
                for row in chunk {
                    bind(row, &mut values);
                }
                let statement = AssertSqlSafe(Arc::clone(text));
                let done = connection.execute(sqlx::query_with::<Any, _>(statement, values.0)).await?;
                written += done.rows_affected();
                rest = after;
            }
        }
        Ok(written)
    }
}

fn tuple(dialect: Dialect, before: usize, columns: usize) -> String {
    let names: Vec<String> = (1..=columns).map(|column| dialect.parameter(before + column)).collect();
    format!("({})", names.join(", "))
}

/// Values of a statement, in order.
pub(super) struct Values(AnyArguments);

impl Values {
    fn with_room(count: usize) -> Self {
        let mut arguments = AnyArguments::default();
        sqlx::Arguments::reserve(&mut arguments, count, 0);
        Self(arguments)
    }

    pub(super) fn text(&mut self, value: &str) {
        self.add(value);
    }

    pub(super) fn text_or_null(&mut self, value: Option<&str>) {
        self.add(value.map(str::to_owned));
    }

    pub(super) fn number(&mut self, value: i64) {
        self.add(value);
    }

    pub(super) fn number_or_null(&mut self, value: Option<i64>) {
        self.add(value);
    }

    pub(super) fn blob(&mut self, value: &[u8]) {
        self.add(value);
    }

    pub(super) fn blob_or_null(&mut self, value: Option<&[u8]>) {
        self.add(value.map(<[u8]>::to_vec));
    }

    fn add<'t, T: sqlx::Encode<'t, Any> + sqlx::Type<Any>>(&mut self, value: T) {
        sqlx::Arguments::add(&mut self.0, value)
            .expect("Any encodes text, numbers and blobs without failing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_tell_the_database_or_what_is_wrong() {
        assert_eq!(Dialect::of("sqlite:data/bot.db").unwrap(), Dialect::Sqlite);
        assert_eq!(Dialect::of("postgres://u@h/db").unwrap(), Dialect::Postgres);
        for bad in ["mysql://u@h/db", "data/bot.db", "", "sqlite::memory:"] {
            assert!(matches!(Dialect::of(bad), Err(StoreError::Url(_))), "{bad}");
        }
    }

    #[test]
    fn each_dialect_gets_its_parameters() {
        assert_eq!(tuple(Dialect::Postgres, 3, 3), "($4, $5, $6)");
        assert_eq!(tuple(Dialect::Sqlite, 3, 3), "(?, ?, ?)");
    }

    #[test]
    fn fewer_items_repeat_the_last() {
        for (items, expected) in [(&[7][..], (0, vec![7])), (&[7, 8], (1, vec![7, 8, 8, 8]))] {
            let (nth, padded) = padded(&[1, 4], items);
            assert_eq!((nth, padded.copied().collect::<Vec<_>>()), expected);
        }
    }

    #[test]
    fn only_the_word_blob_is_translated() {
        let sql = Dialect::Postgres.schema("create table t (body   blob not null, answer blob)");
        assert_eq!(sql.as_str(), "create table t (body   bytea not null, answer bytea)");
    }
}
