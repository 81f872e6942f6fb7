//! Where `tower-sessions` keeps who is signed in: in the database, so that every process knows, under a hash of the
//! cookie's value and sealed.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::{
    clock::Clock,
    store::{SignIn, Store, StoreError},
    time::Millis,
};

/// However busy: after a working day one signs in anew. The row lives this long after its last use; that the sign-in
/// itself is no older, the gate sees to.
pub(super) const LONGEST: Duration = Duration::from_hours(12);

/// The console's sign-ins.
#[derive(Clone)]
pub(super) struct SignIns {
    pub(super) store: Store,
    pub(super) clock: Clock,
}

impl fmt::Debug for SignIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIns")
    }
}

#[async_trait]
impl SessionStore for SignIns {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.store.open_sign_in(&record.id.to_string(), &sign_in(record)?).await.map_err(failed)? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session is saved after its answer is ready: whoever signed out meanwhile stays signed out.
    async fn save(&self, record: &Record) -> Result<()> {
        let saved = self.store.save_sign_in(&record.id.to_string(), &sign_in(record)?).await;
        saved.map(drop).map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.load_sign_in(&id.to_string(), self.clock.wire()).await;
        let Some(found) = found.map_err(failed)? else { return Ok(None) };
        let data = serde_json::from_str(&found.body).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(found.until.as_seconds())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.end_sign_in(&id.to_string()).await.map_err(failed)
    }
}

fn sign_in(record: &Record) -> Result<SignIn> {
    let body = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    Ok(SignIn { body, until: Millis(record.expiry_date.unix_timestamp().saturating_mul(1000)) })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn failed(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
