//! Sessions and bindings: loading a person's affairs, and the cache of recent ones.
//!
//! A snapshot is read by one statement, so its parts belong together. The cache is per process and never trusted:
//! another process may have written since, and the compare-and-swap on `sessions.version` finds out.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};
use sqlx::any::AnyRow;

use super::{
    Store, StoreError, column,
    dialect::{Dialect, Rows, Values},
    statement::Statement,
    time_column,
};
use crate::{
    time::Millis,
    turn::{Found, Session, SignedRequests, Snapshot},
    workflow::{candidate::Candidate, case::Case},
};

const BODY: &str = "sessions/body";
const SIGNED: &str = "sessions/signed";
pub(super) const RECORD: &str = "bindings/record";
pub(super) const NAME: &str = "bindings/name";

/// Recent snapshots by openid.
pub(super) type Snapshots = Cache<String, Arc<Cached>, ByWeight>;

/// A snapshot with the batch it was loaded for.
pub(super) struct Cached {
    snapshot: Snapshot,
    batch: String,
    /// Bytes, roughly.
    weight: u64,
}

#[derive(Clone)]
pub(super) struct ByWeight;

impl Weighter<String, Arc<Cached>> for ByWeight {
    fn weight(&self, _open_id: &String, cached: &Arc<Cached>) -> u64 {
        cached.weight
    }
}

/// The cache of recent snapshots, bounded by their rough size.
pub(super) fn cache(bytes: u64) -> Snapshots {
    let people = usize::try_from(bytes / rough_weight(TYPICAL_RECORD)).unwrap_or(usize::MAX);
    Cache::with_weighter(people, bytes, ByWeight)
}

impl Store {
    /// One person's affairs, with their application in `batch`; a new session (version 0) for a person never seen.
    /// May be slightly old when another process serves the same person: a commit on it is then
    /// [`Lost`](super::Committed::Lost), and the next load is fresh.
    pub async fn load(&self, open_id: &str, batch: &str) -> Result<Snapshot, StoreError> {
        if let Some(cached) = self.inner.snapshots.get(open_id)
            && cached.batch == batch
        {
            return Ok(cached.snapshot.clone());
        }
        self.load_fresh(open_id, batch).await
    }

    /// The same, read from the database now.
    pub async fn load_fresh(&self, open_id: &str, batch: &str) -> Result<Snapshot, StoreError> {
        let statement = Statement::returning(LOAD).text(open_id).text(batch);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else {
            return Ok(snapshot(Session::new(open_id), None, None));
        };
        let (loaded, weight) = self.read_snapshot(open_id, row)?;
        let cached = Cached { snapshot: loaded.clone(), batch: batch.to_owned(), weight };
        self.inner.snapshots.insert(open_id.to_owned(), Arc::new(cached));
        Ok(loaded)
    }

    /// Who holds the binding of a candidate.
    pub async fn bound_to(&self, exam_no: &str) -> Result<Option<String>, StoreError> {
        let statement = Statement::returning("select open_id from bindings where exam_key = $1")
            .text(self.exam_key(exam_no));
        self.read(statement).await?.first().map(|row| column(row, 0)).transpose()
    }

    /// How many people have ever written; followers of whom only the platform has told are none of them.
    pub async fn count_people(&self) -> Result<i64, StoreError> {
        let asked = "select count(*) from sessions where version > 0";
        let rows = self.read(Statement::returning(asked)).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// From a row whose first columns are those of [`LOAD`]; with its rough size.
    pub(super) fn read_snapshot(&self, open_id: &str, row: &AnyRow) -> Result<(Snapshot, u64), StoreError> {
        let body: Vec<u8> = column(row, 4)?;
        let session = Session {
            open_id: open_id.to_owned(),
            version: column(row, 0)?,
            followed: column::<i64>(row, 1)? != 0,
            talked_at: time_column(row, 2)?,
            acted_at: time_column(row, 3)?,
            signed: signed(row, 5)?,
            ..self.open_json(BODY, open_id, &body)?
        };
        let mut weight = body.len();
        let candidate = match column::<Option<String>>(row, 6)? {
            Some(exam_key) => {
                let record: Vec<u8> = column(row, 7)?;
                weight += record.len();
                Some(Arc::new(self.open_json::<Candidate>(RECORD, &exam_key, &record)?))
            }
            None => None,
        };
        let case = match column::<Option<String>>(row, 8)? {
            Some(id) => {
                let body: Vec<u8> = column(row, 10)?;
                weight += body.len();
                Some(Arc::new(self.open_case(&id, column(row, 9)?, &body)?))
            }
            None => None,
        };
        Ok((snapshot(session, candidate, case), rough_weight(weight)))
    }

    /// Seals a session as its next version.
    pub(super) fn session_row(&self, session: &Session) -> SessionRow {
        SessionRow {
            open_id: session.open_id.clone(),
            version: session.version + 1,
            followed: i64::from(session.followed),
            talked_at: session.talked_at.map(|at| at.0),
            acted_at: session.acted_at.map(|at| at.0),
            body: self.seal_json(BODY, &session.open_id, session),
            signed: session.signed.to_bytes(),
        }
    }

    /// Puts what was just stored in the cache.
    pub(super) fn remember(&self, snapshot: Snapshot, batch: String, body_len: usize) {
        let records = usize::from(snapshot.candidate.is_some()) + usize::from(snapshot.case.is_some());
        let weight = rough_weight(body_len + records * TYPICAL_RECORD);
        let open_id = snapshot.session.open_id.clone();
        self.inner.snapshots.insert(open_id, Arc::new(Cached { snapshot, batch, weight }));
    }

    /// Forgets a person's snapshot, so that the next load is fresh.
    pub(super) fn forget(&self, open_id: &str) {
        self.inner.snapshots.remove(open_id);
    }
}

/// Bytes of a sealed candidate or case, for the cache's bound only.
const TYPICAL_RECORD: usize = 2_048;

/// Decoded, with its maps and strings, an entry takes about twice its JSON, and a kilobyte for itself.
fn rough_weight(json: usize) -> u64 {
    json as u64 * 2 + 1_024
}

fn signed(row: &AnyRow, at: usize) -> Result<SignedRequests, StoreError> {
    let bytes: Vec<u8> = column(row, at)?;
    SignedRequests::from_bytes(&bytes).ok_or_else(|| StoreError::unreadable(SIGNED, &"cut off"))
}

fn snapshot(session: Session, candidate: Option<Arc<Candidate>>, case: Option<Arc<Case>>) -> Snapshot {
    Snapshot { session, candidate, case, found: Found::default() }
}

const LOAD: &str = "\
select s.version, s.followed, s.talked_at, s.acted_at, s.body, s.signed, b.exam_key, b.record, c.id, c.version, c.body
from sessions s
left join bindings b on b.open_id = s.open_id
left join cases c on c.exam_key = b.exam_key and c.batch = $2
where s.open_id = $1";

/// One row to write.
pub(super) struct SessionRow {
    pub(super) open_id: String,
    version: i64,
    followed: i64,
    talked_at: Option<i64>,
    acted_at: Option<i64>,
    pub(super) body: Vec<u8>,
    pub(super) signed: Vec<u8>,
}

impl SessionRow {
    /// Compare-and-swap: a row whose stored version is not the one before this is left alone and not counted.
    pub(super) fn rows(dialect: Dialect) -> Rows {
        Rows::fine(
            dialect,
            "insert into sessions (open_id, version, followed, talked_at, acted_at, body, signed)",
            7,
            "on conflict (open_id) do update set version = excluded.version, followed = excluded.followed, \
             talked_at = excluded.talked_at, acted_at = excluded.acted_at, body = excluded.body, \
             signed = excluded.signed \
             where sessions.version = excluded.version - 1",
        )
    }

    pub(super) fn bind(&self, values: &mut Values) {
        values.text(&self.open_id);
        values.number(self.version);
        values.number(self.followed);
        values.number_or_null(self.talked_at);
        values.number_or_null(self.acted_at);
        values.blob(&self.body);
        values.blob(&self.signed);
    }
}

/// A change of `bindings`, made by the turn of the person who holds or held it.
impl Store {
    /// Refused when somebody holds the candidate or the person holds another.
    pub(super) fn bind_statement(
        &self,
        open_id: &str,
        candidate: &Candidate,
        exam_no: &str,
        now: Millis,
    ) -> Statement {
        let exam_key = self.exam_key(exam_no);
        let record = self.seal_json(RECORD, &exam_key, candidate);
        let name = self.seal(NAME, &exam_key, candidate.name.as_bytes());
        Statement::new(
            "insert into bindings (exam_key, open_id, name_key, number_key, record, bound_at, name, document_type) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        )
        .text(exam_key)
        .text(open_id)
        .text(self.name_key(&candidate.name))
        .text(self.document_key(candidate.document_type, &candidate.document_no))
        .blob(record)
        .number(now.0)
        .blob(name)
        .text(candidate.document_type.rule_name())
    }

    /// Refused when the person does not hold it.
    pub(super) fn unbind_statement(&self, open_id: &str, exam_no: &str) -> Statement {
        Statement::new("delete from bindings where exam_key = $1 and open_id = $2")
            .text(self.exam_key(exam_no))
            .text(open_id)
    }

    /// Keeps a newer record. Refused when the person does not hold the candidate.
    pub(super) fn record_statement(&self, open_id: &str, candidate: &Candidate) -> Statement {
        let exam_key = self.exam_key(&candidate.exam_no);
        let record = self.seal_json(RECORD, &exam_key, candidate);
        let name = self.seal(NAME, &exam_key, candidate.name.as_bytes());
        Statement::new(
            "update bindings set record = $1, name = $2, name_key = $3, number_key = $4, document_type = $5 \
             where exam_key = $6 and open_id = $7",
        )
        .blob(record)
        .blob(name)
        .text(self.name_key(&candidate.name))
        .text(self.document_key(candidate.document_type, &candidate.document_no))
        .text(candidate.document_type.rule_name())
        .text(exam_key)
        .text(open_id)
    }
}
