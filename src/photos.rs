//! EDGE. A picture's way from its bytes into a case: looked at, stored, named by a turn, taken away when nobody names it.
//!
//! One [`Photos`] serves a whole process, the chat's worker and the camera page alike, because what it bounds is the
//! process's memory: decoding takes up to 400 MB for a moment (`validation::photo::check`).
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

use image::RgbImage;
use jiff::civil::Date;

use crate::{
    files::{Files, FilesError},
    inbound::{PhotoSlot, PhotoSource, Precheck, StoredPhoto},
    models::PhotoModels,
    runner::Ran,
    store::{Store, StoreError},
    validation::{
        document_type::Track,
        photo::{
            self, Asked, Bounds, Kind, Picture, Report, Rules, Verdict,
            card::{Shown, Side, Wanted},
        },
    },
    workflow::candidate::Candidate,
};

/// Pictures looked at in this process at once.
const LOOKS: usize = 2;
/// Pictures made ready for staff at once, beside those: nobody waits for them longer than for a page.
const VIEWS: usize = 2;
/// Pictures of different cases, or people, rarely meet in one lane.
const LANES: usize = 64;

/// The pictures of a process; clones are the same.
#[derive(Clone)]
pub struct Photos {
    inner: Arc<Inner>,
}

struct Inner {
    files: Arc<dyn Files>,
    rules: Rules,
    models: PhotoModels,
    looks: Arc<Semaphore>,
    views: Arc<Semaphore>,
    people: [Mutex<()>; LANES],
    lanes: [Mutex<()>; LANES],
}

impl Photos {
    /// Pictures kept in `files`, judged by these rules with these models.
    pub fn new(files: Arc<dyn Files>, rules: Rules, models: PhotoModels) -> Self {
        let [people, lanes] = [(); 2].map(|()| std::array::from_fn(|_| Mutex::new(())));
        let [looks, views] = [LOOKS, VIEWS].map(|at_once| Arc::new(Semaphore::new(at_once)));
        Self { inner: Arc::new(Inner { files, rules, models, looks, views, people, lanes }) }
    }

    /// Where they are.
    pub fn files(&self) -> &dyn Files {
        &*self.inner.files
    }

    /// What a file may be.
    pub fn bounds(&self) -> &Bounds {
        &self.inner.rules.bounds
    }

    /// The person's place in front of [`Self::look`], to be held until the verdict is told: of somebody who sends fifty
    /// pictures one at a time is looked at, so that the others' need not wait for them.
    pub async fn place_of(&self, open_id: &str) -> MutexGuard<'_, ()> {
        self.inner.people[nth(open_id)].lock().await
    }

    /// Looks at a picture with the checks of these names. Where this program does not know one of them, or none looks at
    /// what the picture shows, people look. Two are looked at at once, the others wait in the order in which they came.
    /// Whatever the bytes bring with them (their
    /// place in a bound) stays until they are gone, even if nobody waits any more.
    pub async fn look(
        &self,
        bytes: impl AsRef<[u8]> + Send + 'static,
        asked: Asked,
        checks: &[impl AsRef<str>],
    ) -> Report {
        let (checks, unknown) = photo::named(checks);
        let is_looked_at = unknown.is_empty() && checks.iter().any(|check| check.looks());
        for name in unknown {
            tracing::warn!(check = name, "a photo check that this program does not know is left to people");
        }
        let inner = Arc::clone(&self.inner);
        let leave = Arc::clone(&inner.looks).acquire_owned().await.expect("nobody closes the semaphore");
        let looked = tokio::task::spawn_blocking(move || {
            let _leave = leave;
            photo::check(bytes.as_ref(), &asked, &checks, &inner.rules, inner.models.get())
        });
        let report = looked.await.unwrap_or_else(|_| {
            tracing::error!("a picture made the checks panic");
            Report::unreadable()
        });
        if is_looked_at { report } else { report.unlooked() }
    }

    /// A stored picture for looking at: at most so large, with what `mark` draws, as a new JPEG. `None` when there is none of
    /// this name or it is no picture. Two are made at once.
    pub async fn shown(
        &self,
        name: &str,
        side: u32,
        mark: impl FnOnce(&mut RgbImage) + Send + 'static,
    ) -> Result<Option<Vec<u8>>, FilesError> {
        let leave = Arc::clone(&self.inner.views).acquire_owned().await.expect("nobody closes the semaphore");
        let Some(bytes) = self.files().get(name).await? else { return Ok(None) };
        let bounds = self.inner.rules.bounds;
        let made = tokio::task::spawn_blocking(move || {
            let _leave = leave;
            photo::shown(&bytes, side, &bounds, mark)
        });
        Ok(made.await.unwrap_or_default())
    }

    /// Stores a good picture, then runs the turn that may name it.
    pub async fn keep<E: From<FilesError>>(
        &self,
        store: &Store,
        case_id: &str,
        good: Good,
        tell: impl AsyncFnOnce(StoredPhoto) -> Result<Ran, E>,
    ) -> Result<Ran, E> {
        let Good { picture: Picture { jpeg, width, height }, source, shows, precheck } = good;
        let name = store.secrets().photo_name(case_id, &jpeg);
        let _lane = self.lane(case_id).await;
        self.files().put(&name, &jpeg).await?;
        let photo = StoredPhoto { name: name.clone(), width, height, source, shows, precheck };
        let ran = tell(photo).await?;
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
        self.inner.lanes[nth(case_id)].lock().await
    }
}

/// The lane of a name.
fn nth(name: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() as usize % LANES
}

/// What a picture for this slot must be. A card is taken whichever of its three photos it is: the turn puts it where it belongs
/// (AMB-29). Documents that are no 身份证 have no common form: they must be legible, and the data page shows a face.
pub fn asked(
    slot: PhotoSlot,
    candidate: &Candidate,
    source: PhotoSource,
    today: Date,
    for_people: bool,
) -> Asked {
    let is_card = candidate.document_type.track() == Track::Id;
    let kind = match slot {
        PhotoSlot::Portrait => Kind::Portrait,
        PhotoSlot::Front if is_card => Kind::Document(Wanted::OneOfThree(Shown::Flat(Side::Emblem))),
        PhotoSlot::Back if is_card => Kind::Document(Wanted::OneOfThree(Shown::Flat(Side::Face))),
        PhotoSlot::Handheld if is_card => Kind::Document(Wanted::OneOfThree(Shown::Held)),
        PhotoSlot::Front => Kind::Document(Wanted::Page { face: true }),
        PhotoSlot::Back => Kind::Document(Wanted::Page { face: false }),
        PhotoSlot::Handheld => Kind::Document(Wanted::HeldPage),
    };
    let number = is_card.then(|| candidate.document_no.clone());
    Asked { kind, source, number, name: Some(candidate.name.clone()), today, for_people }
}

/// A picture that is good enough to keep, with what is known of it.
pub struct Good {
    picture: Picture,
    source: PhotoSource,
    shows: Option<PhotoSlot>,
    precheck: Precheck,
}

impl Good {
    /// Out of a report; `Err` are the codes of one that is rejected.
    pub fn of(report: Report, source: PhotoSource) -> Result<Self, Vec<&'static str>> {
        let codes = report.codes();
        let is_good = report.verdict() != Verdict::Reject;
        let Some(picture) = report.picture.filter(|_| is_good) else { return Err(codes) };
        let shows = report.shown.map(|shown| match shown {
            Shown::Flat(Side::Emblem) => PhotoSlot::Front,
            Shown::Flat(Side::Face) => PhotoSlot::Back,
            Shown::Held => PhotoSlot::Handheld,
        });
        let precheck = Precheck {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            measures: report.measures.to_string(),
        };
        Ok(Self { picture, source, shows, precheck })
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
