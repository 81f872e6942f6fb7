//! EDGE. A picture's way from its bytes into a case: looked at, stored, named by a turn, taken away when nobody names it.
//!
//! One [`Photos`] serves a whole process, the chat's worker and the camera page alike, because what it bounds is the
//! process's memory: decoding takes 400 MB for a moment (`validation::photo::check`).
//!
//! A picture is stored before the commit that names it, so that a name always has a picture. A turn that does not take
//! it, or puts it in the place of another, leaves a job in the same commit ([`Job::ClearPhotos`]) that ends in
//! [`Photos::clear`]. Two pictures of a case may be the same, and one must not be taken away while the other is about to
//! be named: each case has its *lane*, held from storing to naming and while clearing. Another process has other lanes.
//! There, whoever names stores once more after the commit, and whoever takes away looks once more afterwards and
//! puts back: whichever comes second mends it.
//!
//! Deliberately elsewhere: what makes a picture good (`validation::photo`), what a verdict changes (`turn`).
//!
//! [`Job::ClearPhotos`]: crate::turn::Job::ClearPhotos

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::sync::{Mutex, MutexGuard, Semaphore};

use crate::{
    files::{Files, FilesError},
    inbound::{PhotoSource, StoredPhoto},
    runner::Ran,
    store::{Store, StoreError},
    validation::photo::{self, Bounds, Picture},
};

/// Pictures looked at in this process at once.
const LOOKS: usize = 2;
/// Pictures of different cases rarely meet in one lane.
const LANES: usize = 64;

/// The pictures of a process; clones are the same.
#[derive(Clone)]
pub struct Photos {
    inner: Arc<Inner>,
}

struct Inner {
    files: Arc<dyn Files>,
    bounds: Bounds,
    looks: Arc<Semaphore>,
    lanes: [Mutex<()>; LANES],
}

impl Photos {
    /// Pictures kept in `files`, within these bounds.
    pub fn new(files: Arc<dyn Files>, bounds: Bounds) -> Self {
        let lanes = std::array::from_fn(|_| Mutex::new(()));
        Self { inner: Arc::new(Inner { files, bounds, looks: Arc::new(Semaphore::new(LOOKS)), lanes }) }
    }

    /// Where they are.
    pub fn files(&self) -> &dyn Files {
        &*self.inner.files
    }

    /// What a picture may be.
    pub fn bounds(&self) -> &Bounds {
        &self.inner.bounds
    }

    /// Looks at a picture with the checks of these names; those that this program does not know are left out. Whatever
    /// the bytes bring with them (their place in a bound) stays until they are gone, even if nobody waits any more.
    pub async fn look(
        &self,
        bytes: impl AsRef<[u8]> + Send + 'static,
        source: PhotoSource,
        checks: &[impl AsRef<str>],
    ) -> Result<Picture, Vec<&'static str>> {
        let (checks, unknown) = photo::named(checks);
        for name in unknown {
            tracing::warn!(check = name, "a photo check that this program does not know is left out");
        }
        let inner = Arc::clone(&self.inner);
        let leave = Arc::clone(&inner.looks).acquire_owned().await.expect("nobody closes the semaphore");
        let looked = tokio::task::spawn_blocking(move || {
            let _leave = leave;
            photo::check(bytes.as_ref(), source, &checks, &inner.bounds)
        });
        looked.await.unwrap_or_else(|_| {
            tracing::error!("a picture made the decoder panic");
            Err(vec!["unreadable"])
        })
    }

    /// Stores a picture, then runs the turn that may name it.
    pub async fn keep<E: From<FilesError>>(
        &self,
        store: &Store,
        case_id: &str,
        picture: Picture,
        source: PhotoSource,
        tell: impl AsyncFnOnce(StoredPhoto) -> Result<Ran, E>,
    ) -> Result<Ran, E> {
        let Picture { jpeg, width, height } = picture;
        let name = store.secrets().photo_name(case_id, &jpeg);
        let _lane = self.lane(case_id).await;
        self.files().put(&name, &jpeg).await?;
        let ran = tell(StoredPhoto { name: name.clone(), width, height, source }).await?;
        if is_named_by(&ran, &name) {
            self.files().put(&name, &jpeg).await?;
        }
        Ok(ran)
    }

    /// Takes pictures away that their case does not name.
    pub async fn clear<E: From<FilesError> + From<StoreError>>(
        &self,
        store: &Store,
        case_id: &str,
        names: &[String],
    ) -> Result<(), E> {
        let _lane = self.lane(case_id).await;
        for name in names {
            if is_named(store, case_id, name).await? {
                continue;
            }
            let content = match self.files().get(name).await {
                Ok(None) => continue,
                Err(error) if error.is_transient() => return Err(error.into()),
                // One that cannot be opened is nobody's any more, and there is nothing to put back.
                found => found.unwrap_or_default(),
            };
            self.files().delete(name).await?;
            if let Some(content) = content
                && is_named(store, case_id, name).await?
            {
                self.files().put(name, &content).await?;
            }
        }
        Ok(())
    }

    async fn lane(&self, case_id: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        case_id.hash(&mut hasher);
        self.inner.lanes[hasher.finish() as usize % LANES].lock().await
    }
}

/// Whether the turn just stored names the picture.
fn is_named_by(ran: &Ran, name: &str) -> bool {
    match ran {
        Ran::Stored { turn, .. } => turn.case.as_ref().is_some_and(|change| change.case.names_photo(name)),
        Ran::Seen | Ran::Replayed | Ran::Nothing { .. } => false,
    }
}

async fn is_named(store: &Store, case_id: &str, name: &str) -> Result<bool, StoreError> {
    Ok(store.case_by_id(case_id).await?.is_some_and(|case| case.names_photo(name)))
}
