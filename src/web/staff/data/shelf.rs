//! Files that offices have brought: kept from the look at them until they are imported, given up or too old, and what has
//! become of each.
//!
//! Looking and importing go on when the browser leaves; it comes back to the file's page and sees how far they are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};

use super::{sealed::Sealed, words};
use crate::{
    office::{
        Who,
        imports::{self, Desk, ImportError, Preview, Upload},
    },
    store::StaffRow,
    time::Millis,
    web::Site,
    workflow::mistake::Mistake,
};

/// Files at most, of all accounts: an account has one.
const MOST: usize = 6;
/// How long a file waits for its import, in minutes.
pub(super) const MINUTES: i64 = 30;
/// Files that may be on their way in at once.
const UPLOADS: usize = 3;
/// How many files are read back at once: one is in memory, as for `office::imports`.
static TURN: Semaphore = Semaphore::const_new(1);

/// The files of all accounts; clones share them.
#[derive(Clone)]
pub struct Imports {
    files: Arc<Mutex<Vec<Arc<Kept>>>>,
    /// Room for files on their way in.
    pub(super) uploads: Arc<Semaphore>,
}

impl Default for Imports {
    fn default() -> Self {
        Self { files: Arc::default(), uploads: Arc::new(Semaphore::new(UPLOADS)) }
    }
}

/// One file and what has become of it.
pub(super) struct Kept {
    /// In addresses; nobody can guess it.
    pub(super) id: String,
    /// Whose it is.
    pub(super) staff: String,
    /// When it came. Business time.
    pub(super) at: Millis,
    /// As its owner calls it.
    pub(super) name: String,
    /// What it is said to be, without its bytes.
    pub(super) what: Upload,
    pub(super) file: Sealed,
    pub(super) stage: watch::Sender<Stage>,
}

/// How far a file is.
#[derive(Clone)]
pub(super) enum Stage {
    /// It is being read and compared.
    Looking,
    /// What it would change.
    Looked(Arc<Preview>),
    /// What is wrong with it, and of how many mistakes these are the first.
    Mistaken(Arc<[Mistake]>, usize),
    /// So many rows are written, of so many.
    Storing(usize, usize),
    /// What it has changed.
    Stored(Arc<Preview>),
    /// Why nothing came of it, and whether looking again may help.
    Refused(String, bool),
}

impl Stage {
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self, Self::Looking | Self::Storing(..))
    }
}

impl Imports {
    /// Keeps a file in the place of its owner's last one. False when there is no room.
    pub(super) fn keep(&self, kept: Arc<Kept>) -> bool {
        let now = kept.at;
        let mut all = self.files();
        all.retain(|old| old.is_under_way() || (old.staff != kept.staff && !old.is_over(now)));
        let has_room = all.len() < MOST;
        if has_room {
            all.push(kept);
        }
        has_room
    }

    /// An account's own file.
    pub(super) fn find(&self, id: &str, staff: &str, now: Millis) -> Option<Arc<Kept>> {
        let mut all = self.files();
        all.retain(|old| old.is_under_way() || !old.is_over(now));
        all.iter().find(|kept| kept.id == id && kept.staff == staff).cloned()
    }

    fn files(&self) -> MutexGuard<'_, Vec<Arc<Kept>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_under_way(&self) -> bool {
        self.stage.borrow().is_under_way()
    }

    fn is_over(&self, now: Millis) -> bool {
        self.at.plus_seconds(MINUTES * 60) <= now
    }

    /// Looks at the file, unless something is under way with it or it has been imported.
    pub(super) fn look(self: &Arc<Self>, site: &Site, staff: &StaffRow) {
        let is_begun = self.stage.send_if_modified(|stage| {
            let may = matches!(stage, Stage::Looked(_) | Stage::Refused(_, true));
            if may {
                *stage = Stage::Looking;
            }
            may
        });
        if is_begun {
            self.begin(site, staff, None);
        }
    }

    /// Imports the file as it was looked at. False when it is no longer, or not yet, what `seen` names.
    pub(super) fn store(self: &Arc<Self>, site: &Site, staff: &StaffRow, seen: &str) -> bool {
        let is_begun = self.stage.send_if_modified(|stage| {
            let may = matches!(stage, Stage::Looked(preview) if preview.seen == seen);
            if may {
                *stage = Stage::Storing(0, 0);
            }
            may
        });
        if is_begun {
            self.begin(site, staff, Some(seen.to_owned()));
        }
        is_begun
    }

    /// Looks, or imports what was `seen`, on a task of its own.
    pub(super) fn begin(self: &Arc<Self>, site: &Site, staff: &StaffRow, seen: Option<String>) {
        let (kept, site, staff) = (Arc::clone(self), site.clone(), staff.clone());
        tokio::spawn(async move {
            let running = Arc::clone(&kept);
            let running = tokio::spawn(async move { running.run(&site, &staff, seen.as_deref()).await });
            // Whatever happens, the file does not stay under way for ever.
            kept.stage.send_replace(running.await.unwrap_or_else(|error| failed(&error)));
        });
    }

    async fn run(self: &Arc<Self>, site: &Site, staff: &StaffRow, seen: Option<&str>) -> Stage {
        let _turn = TURN.acquire().await;
        let kept = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || kept.file.read()).await;
        let bytes = match read.expect("reading a file does not panic") {
            Ok(bytes) => bytes,
            Err(error) => return failed(&error),
        };
        let upload = Upload { bytes, ..self.what.clone() };
        let zone = site.runner.world.load().zone.clone();
        let now = site.runner.clock.business();
        let desk = Desk { store: &site.runner.store, who: Who::Staff(staff), now, zone: &zone };
        let outcome = match seen {
            None => imports::preview(desk, upload).await.map(|preview| Stage::Looked(Arc::new(preview))),
            Some(seen) => {
                let progress = |written, total| drop(self.stage.send_replace(Stage::Storing(written, total)));
                let stored = imports::apply(desk, upload, Some(seen), &progress).await;
                stored.map(|preview| Stage::Stored(Arc::new(preview)))
            }
        };
        outcome.unwrap_or_else(ended)
    }
}

fn ended(error: ImportError) -> Stage {
    match error {
        ImportError::Mistakes { shown, count } => Stage::Mistaken(shown.into(), count),
        ImportError::Store(error) => failed(&error),
        ImportError::Changed => Stage::Refused(words::refusal(&ImportError::Changed), true),
        error => Stage::Refused(words::refusal(&error), false),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Stage {
    tracing::error!(%error, "a file could not be read or imported");
    Stage::Refused("没有做完，什么都没有导入。请稍后再试一次。".to_owned(), true)
}
