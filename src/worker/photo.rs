//! A picture sent in the chat: fetched, checked, kept, and its verdict run through the step.
//!
//! The person's message may still be waiting for its answer, so pauses are short at first. What the platform no longer
//! has, or does not give within half a minute, is [`PhotoVerdict::Unavailable`]: the person is asked to send it again.
//! A `PicUrl` is never followed (design §7).
//!
//! The picture is stored before the commit that names it, so that a name always has a picture; a verdict that the step
//! dropped leaves one that nobody names, which is deleted again. Two jobs of a case may bring the same picture, and one
//! must not delete what the other is about to name: each case has its *lane*, held from storing to deleting.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use md5::{Digest as _, Md5};
use tokio::sync::MutexGuard;

use super::{LANES, Worker, WorkerError, back_off, jobs::Ended};
use crate::{
    inbound::{PhotoChecked, PhotoSlot, PhotoSource, PhotoVerdict, StoredPhoto, What},
    runner::{Errand, Ran, Waiting},
    secrets::hex,
    store::JobRow,
    turn::Job,
    validation::photo::{self, Picture},
    wechat::{
        client::{ClientError, Media},
        error::Advice,
    },
    workflow::case::Case,
};

/// So often a picture is asked for: with these pauses, for about half a minute.
const TRIES: i64 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// What asking for a picture brought.
enum Fetched {
    File(Vec<u8>),
    /// It is no picture, or too large: no need to look.
    Refused(&'static str),
    /// The platform no longer has it.
    Gone,
    /// Perhaps later.
    Later(ClientError),
}

/// What looking at a picture brought.
type Looked = Result<(Picture, PhotoSource), Vec<&'static str>>;

impl Worker {
    pub(super) async fn check_photo(&self, row: &JobRow) -> Result<Ended, WorkerError> {
        let Job::CheckPhoto { media_id, slot, camera_md5, case_id, .. } = &row.job else {
            return Ok(Ended::Nothing);
        };
        let looked = match self.fetch(media_id).await {
            Fetched::File(bytes) => {
                let source = self.source(row, &bytes, *slot, camera_md5).await?;
                self.look(bytes, *slot, source).await
            }
            Fetched::Refused(code) => Err(vec![code]),
            Fetched::Later(error) if row.attempts < TRIES => {
                let pause = back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE);
                return Ok(Ended::Later { pause, reason: error.to_string() });
            }
            Fetched::Gone | Fetched::Later(_) => {
                self.tell_verdict(row, PhotoVerdict::Unavailable).await?;
                return Ok(Ended::Committed);
            }
        };
        match looked {
            Ok((picture, source)) => self.keep(row, case_id, picture, source).await?,
            Err(codes) => {
                let codes = codes.into_iter().map(str::to_owned).collect();
                self.tell_verdict(row, PhotoVerdict::Refused(codes)).await?;
            }
        }
        Ok(Ended::Committed)
    }

    async fn fetch(&self, media_id: &str) -> Fetched {
        match self.shared.tools.client.get_media(media_id).await {
            Ok(Media::File(bytes)) => Fetched::File(bytes),
            Ok(Media::Video { .. }) => Fetched::Refused("unreadable"),
            Err(ClientError::TooLarge) => Fetched::Refused("too_large"),
            Err(error) if error.advice() == Advice::GiveUp => {
                tracing::info!(%error, "the platform does not have a picture any more");
                Fetched::Gone
            }
            Err(error) => {
                tracing::warn!(%error, "a picture could not be fetched");
                Fetched::Later(error)
            }
        }
    }

    /// Where a picture came from. Announcement and picture are messages of their own and may arrive in either order,
    /// so one that is not among those known then is looked for among those known now.
    async fn source(
        &self,
        row: &JobRow,
        bytes: &[u8],
        slot: PhotoSlot,
        announced: &[String],
    ) -> Result<PhotoSource, WorkerError> {
        let md5 = hex(&Md5::digest(bytes));
        if is_among(&md5, announced) {
            return Ok(PhotoSource::MenuCamera);
        }
        if slot != PhotoSlot::Portrait {
            return Ok(PhotoSource::Chat);
        }
        let world = self.shared.tools.runner.world.load_full();
        let session = self.store().load_fresh(&row.open_id, &world.batch.id).await?.session;
        let is_live = is_among(&md5, &session.camera_md5);
        Ok(if is_live { PhotoSource::MenuCamera } else { PhotoSource::Chat })
    }

    /// Whether it is good enough.
    async fn look(&self, bytes: Vec<u8>, slot: PhotoSlot, source: PhotoSource) -> Looked {
        let bounds = self.shared.tools.photo;
        let _permit = self.shared.decodes.acquire().await;
        let checked = tokio::task::spawn_blocking(move || photo::check(&bytes, slot, source, &bounds)).await;
        let picture = checked.unwrap_or_else(|_| {
            tracing::error!("a picture made the decoder panic");
            Err(vec!["unreadable"])
        })?;
        Ok((picture, source))
    }

    /// Stores a picture and names it, or takes it away again when the step did not want it.
    async fn keep(
        &self,
        row: &JobRow,
        case_id: &str,
        picture: Picture,
        source: PhotoSource,
    ) -> Result<(), WorkerError> {
        let name = self.store().secrets().photo_name(case_id, &picture.jpeg);
        let Picture { jpeg, width, height } = picture;
        let _lane = self.lane(case_id).await;
        self.shared.tools.files.put(&name, &jpeg).await?;
        let photo = StoredPhoto { name: name.clone(), width, height, source };
        let ran = self.tell_verdict(row, PhotoVerdict::Accepted(photo)).await?;
        if !is_named_by(ran.as_ref(), &name) && !self.is_named(case_id, &name).await? {
            self.shared.tools.files.delete(&name).await?;
        }
        Ok(())
    }

    pub(super) async fn tell_verdict(
        &self,
        row: &JobRow,
        verdict: PhotoVerdict,
    ) -> Result<Option<Ran>, WorkerError> {
        let Job::CheckPhoto { inbox_key, account, case_id, slot, round, sequence, .. } = &row.job else {
            return Ok(None);
        };
        let checked = PhotoChecked {
            inbox_key: inbox_key.clone(),
            slot: *slot,
            round: *round,
            sequence: *sequence,
            verdict,
        };
        let errand = Errand {
            waiting: Some(Waiting { key: inbox_key.clone(), account: account.clone() }),
            finished_job: Some(row.lease.clone()),
            ..Errand::default()
        };
        let news = self.news(&row.open_id, case_id, What::PhotoChecked(checked));
        Ok(Some(self.shared.tools.runner.run(&news, errand).await?))
    }

    async fn is_named(&self, case_id: &str, name: &str) -> Result<bool, WorkerError> {
        let case = self.store().case_by_id(case_id).await?;
        Ok(case.is_some_and(|case| names(&case, name)))
    }

    async fn lane(&self, case_id: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        case_id.hash(&mut hasher);
        self.shared.lanes[hasher.finish() as usize % LANES].lock().await
    }
}

/// Whether the turn just stored names the picture: saves asking the store in the usual case.
fn is_named_by(ran: Option<&Ran>, name: &str) -> bool {
    match ran {
        Some(Ran::Stored { turn, .. }) => turn.case.as_ref().is_some_and(|change| names(&change.case, name)),
        _ => false,
    }
}

/// Whether a case names a picture, now or in an earlier round.
fn names(case: &Case, name: &str) -> bool {
    let earlier = case.rounds.iter().flat_map(|round| round.photos.values());
    case.documents.values().chain(&case.portrait).chain(earlier).any(|photo| photo.name == name)
}

/// The menu camera announces the MD5 of each picture it takes (protocol §3).
fn is_among(md5: &str, announced: &[String]) -> bool {
    announced.iter().any(|known| known.eq_ignore_ascii_case(md5))
}
