//! EDGE. Everything that lasts, in SQLite or PostgreSQL, behind one cheap handle: [`Store`].
//!
//! One person's affairs (session, binding, case) are one aggregate guarded by the session's version: every change
//! is a [`Commit`], stored by compare-and-swap in one transaction, so whoever decided on an old copy loses and looks
//! again. All writing goes through one task (`writer.rs`) that joins what waits into one transaction; reading uses a
//! small pool. What is personal is sealed before it leaves the caller's task.
//!
//! Reading order: [`Commit`] and [`Store::commit`], `writer.rs`, then a table's file when you need it. What differs
//! between the databases is in `dialect.rs` and nowhere else. Photos are not here but in [`crate::files`].

mod api_answers;
mod api_keys;
mod attempts;
mod audit;
mod broadcasts;
mod cases;
mod commit;
mod compare;
mod decisions;
mod dialect;
mod error;
mod exports;
mod imports;
mod inbox;
mod inquiries;
mod jobs;
mod leases;
mod mass_reports;
mod onsite;
mod outbox;
mod people;
mod refused;
mod reminders;
mod retention;
mod schema;
mod sessions;
mod staff;
mod statement;
mod tables;
mod tickets;
mod tokens;
mod write;
mod writer;

mod places;
#[cfg(test)]
mod plans;
#[cfg(test)]
#[path = "../../tests/it/support/db.rs"]
#[expect(dead_code, clippy::duplicate_mod, reason = "the other tests use all of it, from where they are")]
mod test_db;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    AnyConnection, AnyPool, Connection,
    any::{AnyPoolOptions, AnyRow},
};
use tokio::sync::{Notify, Semaphore, futures::Notified};
use ulid::Ulid;

pub use api_answers::{ApiAnswer, ApiCall, Begun};
pub use api_keys::ApiKeyRow;
pub use audit::{AuditFault, AuditFilter, AuditHead, AuditReport, AuditRow, AuditVerdict, FaultKind};
pub use broadcasts::{
    Asked, AudienceList, Broadcast, Counted, Doubt, Draft, Filling, Gathered, ListKind, Marks, Missed,
    MissedRow, PersonFacts, Sample, SendEnd, SendRow, SendState, Single, Tally,
};
pub use cases::{
    Area, CaseCursor, CaseFilter, CaseLease, CaseSummary, Ended, Holder, Order, QueueAge, Rounds, Submitted,
};
pub use commit::{Commit, Committed};
pub use error::StoreError;
pub use exports::SealedCase;
pub use imports::{Import, ImportNote, Outcome, Sealed, SealedCandidate, SealedRows, WorldRows};
pub use inbox::{InboxRow, LateAnswer, Seen};
pub use inquiries::{InquiryFilter, InquiryState, InquirySummary, InquiryWords};
pub use jobs::{CHECK_PHOTO, JobRow, JobSummary};
pub use leases::{Lease, Leased, Unreadable};
pub use onsite::SealedSubmitted;
pub use outbox::{Channel, OutboxFilter, OutboxRow, OutboxState, OutboxSummary, ReachRow, Refusal, Sent};
pub use people::{FoundCase, FoundPerson, PersonQuery};
pub use places::PlaceCounts;
pub use reminders::{LateReviews, Remindable, ReminderCursor, Reminders};
pub use retention::{Handover, Hold, Kept, OpenDeletion, RETENTION, Taken};
pub use staff::{Attempt, SignIn, StaffRow, hash_password, is_password};
pub use tickets::TicketRow;
pub use tokens::TokenRow;

use crate::{
    secrets::{self, KEY_LEN, Keyring, Secrets},
    time::Millis,
};
use audit::chain::Chain;
use dialect::Dialect;
use outbox::OutboxInsert;
use sessions::Snapshots;
use statement::{Done, Statement};
use write::Write;
use writer::Writer;

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite:PATH` (created with its folder when missing) or `postgres://…`.
    pub url: String,
    /// The present `data_key`.
    pub data_key: [u8; KEY_LEN],
    /// Keys it replaced; they still open.
    pub previous_keys: Vec<[u8; KEY_LEN]>,
    /// Bytes that recent snapshots may take in memory, roughly.
    pub cache_bytes: u64,
}

impl StoreOptions {
    /// The usual options: 64 MiB for recent snapshots, about 40 000 people with a case.
    pub fn new(url: &str, data_key: [u8; KEY_LEN]) -> Self {
        Self { url: url.to_owned(), data_key, previous_keys: Vec::new(), cache_bytes: 64 << 20 }
    }
}

/// The handle; clones share everything.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    pool: AnyPool,
    writer: Writer,
    secrets: Secrets,
    /// Recent snapshots by openid. Never trusted: a commit on an old one loses.
    snapshots: Snapshots,
    /// Tells this process's ids from those of others.
    process: u64,
    ids: AtomicU64,
    work: Notify,
    answered: Notify,
    /// Reading statements run so far.
    reads: AtomicU64,
    /// Places for whoever tries a password.
    tries: Semaphore,
}

/// A ULID's 80 random bits are half the process's, half a counter.
const LOW_40: u64 = (1 << 40) - 1;

impl Store {
    /// Connects, brings the schema up to date, and checks that the keys open what is there.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(&options.url)?;
        let connect = dialect.connect_options(&options.url)?;
        let mut connection = AnyConnection::connect_with(&connect).await?;
        dialect.prepare(&mut connection).await?;
        if !dialect.is_durable(&mut connection).await? {
            return Err(StoreError::NotDurable);
        }
        schema::migrate(dialect, &mut connection).await?;
        let keyring = Keyring::new(&options.data_key, &options.previous_keys);
        let secrets = unlock(keyring, dialect, &mut connection).await?;
        let pool = AnyPoolOptions::new()
            .max_connections(dialect.readers())
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(dialect == Dialect::Postgres)
            .after_connect(move |connection, _| Box::pin(dialect.prepare(connection)))
            .connect_lazy_with(connect.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                dialect,
                pool,
                writer: Writer::start(dialect, connect, connection, Chain::new(secrets.clone())),
                secrets,
                snapshots: sessions::cache(options.cache_bytes),
                process: secrets::draw_process_tag(),
                ids: AtomicU64::new(0),
                work: Notify::new(),
                answered: Notify::new(),
                reads: AtomicU64::new(0),
                tries: Semaphore::new(staff::TRIES),
            }),
        })
    }

    /// Stores what is queued, then lets go of the database. Later calls fail with [`StoreError::Closed`].
    pub async fn close(&self) {
        self.inner.writer.stop().await;
        self.inner.pool.close().await;
    }

    /// Whether the database answers: for the readiness probe.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read(Statement::returning("select 1")).await.map(drop)
    }

    /// How many statements this handle and its clones have read with: whoever must do the same work in two cases shows
    /// it by this.
    pub fn reads(&self) -> u64 {
        self.inner.reads.load(Ordering::Relaxed)
    }

    /// The installation's keys, for photo names and for hashing tickets and cookies.
    pub fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    /// Resolves when a commit of this process has added work (a job or an outbox row) since the last call resolved.
    /// Work added by other processes is found by polling.
    pub async fn work_added(&self) {
        self.inner.work.notified().await;
    }

    /// Resolves when a commit of this process after the call has answered a message that waited. Answers written by
    /// other processes are found by polling.
    pub fn answered(&self) -> Notified<'_> {
        self.inner.answered.notified()
    }

    /// The blind index under which a candidate is found: it names an exam number where nobody may read it.
    pub fn exam_key(&self, exam_no: &str) -> String {
        self.inner.secrets.blind_index("exam_no", exam_no)
    }

    /// An id that sorts by time and, within this process, by order of drawing.
    fn next_id(&self, now: Millis) -> String {
        let number = self.inner.ids.fetch_add(1, Ordering::Relaxed);
        let random = (u128::from(self.inner.process & LOW_40) << 40) | u128::from(number & LOW_40);
        Ulid::from_parts(u64::try_from(now.0).unwrap_or(0), random).to_string()
    }

    fn seal(&self, place: &'static str, row: &str, plain: &[u8]) -> Vec<u8> {
        self.inner.secrets.keyring().seal(place, row, plain)
    }

    fn seal_json<T: Serialize>(&self, place: &'static str, row: &str, value: &T) -> Vec<u8> {
        let json = serde_json::to_vec(value).expect("the bot's own types have text keys only");
        self.seal(place, row, &json)
    }

    fn open_text(&self, place: &'static str, row: &str, sealed: &[u8]) -> Result<String, StoreError> {
        let plain = self.unseal(place, row, sealed)?;
        String::from_utf8(plain).map_err(|error| StoreError::unreadable(place, &error.utf8_error()))
    }

    fn open_json<T: DeserializeOwned>(
        &self,
        place: &'static str,
        row: &str,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let plain = self.unseal(place, row, sealed)?;
        // serde_json's message may quote a value; only its place is told.
        serde_json::from_slice(&plain)
            .map_err(|error| StoreError::unreadable(place, &format!("JSON, column {}", error.column())))
    }

    fn unseal(&self, place: &'static str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.inner
            .secrets
            .keyring()
            .open(place, row, sealed)
            .map_err(|error| StoreError::Sealed(error, place))
    }

    /// Runs a reading statement on a pooled connection.
    async fn read(&self, statement: Statement) -> Result<Vec<AnyRow>, StoreError> {
        self.inner.reads.fetch_add(1, Ordering::Relaxed);
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        Ok(statement.run(&mut connection).await?.rows)
    }

    /// Runs statements in one transaction of the writer's.
    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Done>, StoreError> {
        self.write_all(statements.into_iter().map(Write::from).collect()).await
    }

    /// Runs statements and lines of the audit in one transaction of the writer's.
    async fn write_all(&self, writes: Vec<Write>) -> Result<Vec<Done>, StoreError> {
        self.inner.writer.run(writes).await
    }

    /// Runs one statement on a row that a turn of another process may hold; returns how many rows it wrote. It must not
    /// wait while it holds the rows of a group, or two processes may wait in a circle: it has a transaction of its own
    /// where rows are waited for.
    async fn write_alone(&self, statement: Statement) -> Result<u64, StoreError> {
        if !self.inner.dialect.waits_for_rows() {
            return self.write_one(statement).await;
        }
        let mut connection = self.inner.pool.acquire().await.map_err(closed_or_failed)?;
        Ok(statement.run(&mut connection).await?.affected)
    }

    /// Runs one statement through the writer, on a row that no turn writes; returns how many rows it wrote.
    async fn write_one(&self, statement: Statement) -> Result<u64, StoreError> {
        Ok(self.write(vec![statement]).await?.first().map_or(0, |done| done.affected))
    }
}

fn closed_or_failed(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolClosed => StoreError::Closed,
        error => error.into(),
    }
}

const ROOT: &str = "roots/sealed";

/// The installation's keys. Whoever opens the database first draws them, and creates the audit's register with them.
async fn unlock(
    keyring: Keyring,
    dialect: Dialect,
    connection: &mut AnyConnection,
) -> Result<Secrets, StoreError> {
    let mut transaction = connection.begin_with(dialect.begin()).await?;
    let is_new = draw_naming_root(&keyring, &mut transaction).await?;
    let root = naming_root(&keyring, &mut transaction).await?;
    let secrets = Secrets::new(keyring, &root);
    if is_new {
        audit::chain::create_register(&secrets, &mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(secrets)
}

/// Whether there was none.
async fn draw_naming_root(keyring: &Keyring, connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let drawn = keyring.seal(ROOT, "names", &secrets::draw_root());
    let insert = Statement::new("insert into roots (name, sealed) values ($1, $2) on conflict do nothing");
    Ok(insert.text("names").blob(drawn).run(connection).await?.affected == 1)
}

/// The naming root. A new `data_key` seals it again.
async fn naming_root(keyring: &Keyring, connection: &mut AnyConnection) -> Result<[u8; KEY_LEN], StoreError> {
    let rows = Statement::returning("select sealed from roots where name = $1")
        .text("names")
        .run(connection)
        .await?
        .rows;
    let sealed: Vec<u8> =
        column(rows.first().ok_or(StoreError::unreadable(ROOT, &"the row is missing"))?, 0)?;
    let root = keyring.open(ROOT, "names", &sealed).map_err(|error| StoreError::Sealed(error, ROOT))?;
    if !keyring.is_current(&sealed) {
        Statement::new("update roots set sealed = $1 where name = $2 and sealed = $3")
            .blob(keyring.seal(ROOT, "names", &root))
            .text("names")
            .blob(sealed)
            .run(connection)
            .await?;
    }
    root.try_into().map_err(|_| StoreError::unreadable(ROOT, &"its length is wrong"))
}

/// Reads one column of a row by position.
fn column<'r, T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>>(
    row: &'r AnyRow,
    at: usize,
) -> Result<T, StoreError> {
    Ok(sqlx::Row::try_get(row, at)?)
}

/// Reads a nullable time.
fn time_column(row: &AnyRow, at: usize) -> Result<Option<Millis>, StoreError> {
    Ok(column::<Option<i64>>(row, at)?.map(Millis))
}
