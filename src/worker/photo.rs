//! A picture sent in the chat: fetched, checked, kept, and its verdict run through the step.
//!
//! The person's message may still be waiting for its answer, so pauses are short at first. What the platform no longer
//! has, or does not give within half a minute, is [`PhotoVerdict::Unavailable`]: the person is asked to send it again.
//! A `PicUrl` is never followed (design §7).
//!
//! How a picture is looked at, stored and taken away again is `photos`'; which checks it must pass, the dialog said
//! when it arrived. Which of two jobs of a case comes first does not matter: a verdict that is late is dropped by the
//! step, and what is late before it was fetched is not even fetched. One picture of a person is looked at at a time.

use std::time::Duration;

use md5::{Digest as _, Md5};

use super::{Worker, WorkerError, back_off, jobs::Ended};
use crate::{
    inbound::{PhotoChecked, PhotoSlot, PhotoSource, PhotoVerdict, What},
    photos::{self, Good},
    runner::{Errand, Ran, Waiting},
    secrets::hex,
    store::JobRow,
    turn::{CheckPhoto, Session},
    wechat::{
        client::{ClientError, Media},
        error::Advice,
    },
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

impl Worker {
    pub(super) async fn check_photo(&self, row: &JobRow, job: &CheckPhoto) -> Result<Ended, WorkerError> {
        let _place = self.shared.tools.photos.place_of(&row.open_id).await;
        if self.is_stale(row, job).await? {
            // The step drops it; who waits for its answer waits no longer.
            self.tell(row, job, None, PhotoVerdict::Unavailable).await?;
            return Ok(Ended::Committed);
        }
        match self.fetch(&job.media_id).await {
            Fetched::File(bytes) => self.judge(row, job, bytes).await?,
            Fetched::Refused(code) => self.tell(row, job, None, refused(&[code])).await?,
            Fetched::Later(error) if row.attempts < TRIES => {
                let pause = back_off(row.attempts, FIRST_PAUSE, LONGEST_PAUSE);
                return Ok(Ended::Later { pause, reason: error.to_string() });
            }
            Fetched::Gone | Fetched::Later(_) => self.tell(row, job, None, PhotoVerdict::Unavailable).await?,
        };
        Ok(Ended::Committed)
    }

    /// Whether a newer picture for the slot, or the next round, has come meanwhile: nobody need look at this one.
    async fn is_stale(&self, row: &JobRow, job: &CheckPhoto) -> Result<bool, WorkerError> {
        let world = self.shared.tools.runner.world.load_full();
        let now = self.store().load_fresh(&row.open_id, &world.batch.id).await?;
        let newest = now.session.photo_sequence.get(&job.slot).copied().unwrap_or(0);
        Ok(newest > job.sequence || now.case.is_some_and(|case| case.round != job.round))
    }

    /// Pictures that nobody names any more are taken away.
    pub(super) async fn clear_photos(&self, case_id: &str, names: &[String]) -> Result<Ended, WorkerError> {
        self.shared.tools.photos.clear::<WorkerError>(self.store(), case_id, names).await?;
        Ok(Ended::Nothing)
    }

    async fn fetch(&self, media_id: &str) -> Fetched {
        match self.shared.tools.client.get_media(media_id).await {
            Ok(Media::File(bytes)) => Fetched::File(bytes),
            Ok(Media::Video { .. }) => Fetched::Refused("WRONG_FORMAT"),
            Err(ClientError::TooLarge) => Fetched::Refused("TOO_LARGE"),
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

    /// Good enough is kept and named; anything else is told.
    async fn judge(&self, row: &JobRow, job: &CheckPhoto, bytes: Vec<u8>) -> Result<Ran, WorkerError> {
        let world = self.shared.tools.runner.world.load_full();
        let now = self.store().load_fresh(&row.open_id, &world.batch.id).await?;
        let camera_md5 = self.announced(job, &now.session, &bytes);
        let source = if camera_md5.is_some() { PhotoSource::MenuCamera } else { PhotoSource::Chat };
        // Unbound meanwhile: there is nothing that a picture could be held against, and the turn drops what is told.
        let Some(candidate) = now.candidate else {
            return self.tell(row, job, camera_md5, PhotoVerdict::Unavailable).await;
        };
        let today = self.now().date(&world.zone);
        let asked = photos::asked(job.slot, &candidate, source, today, job.for_people);
        let photos = &self.shared.tools.photos;
        match Good::of(photos.look(bytes, asked, &job.checks).await, source) {
            Ok(good) => {
                let tell = async |photo| self.tell(row, job, camera_md5, PhotoVerdict::Accepted(photo)).await;
                photos.keep(self.store(), &job.case_id, good, tell).await
            }
            Err(codes) => self.tell(row, job, camera_md5, refused(&codes)).await,
        }
    }

    /// The MD5 by which the menu camera announced a picture. Announcement and picture are messages of their own and may
    /// arrive in either order, so one that is not among those known then is looked for among those known now.
    fn announced(&self, job: &CheckPhoto, session: &Session, bytes: &[u8]) -> Option<String> {
        let md5 = hex(&Md5::digest(bytes));
        let is_awaited =
            || job.slot == PhotoSlot::Portrait && session.camera_md5.awaited(self.now()).contains(&md5);
        (job.camera_md5.contains(&md5) || is_awaited()).then_some(md5)
    }

    pub(super) async fn tell(
        &self,
        row: &JobRow,
        job: &CheckPhoto,
        camera_md5: Option<String>,
        verdict: PhotoVerdict,
    ) -> Result<Ran, WorkerError> {
        let checked = PhotoChecked {
            inbox_key: job.inbox_key.clone(),
            slot: job.slot,
            round: job.round,
            sequence: job.sequence,
            camera_md5,
            verdict,
        };
        let errand = Errand {
            waiting: Some(Waiting { key: job.inbox_key.clone(), account: job.account.clone() }),
            finished_job: Some(row.lease.clone()),
            ..Errand::default()
        };
        let news = self.news(&row.open_id, &job.case_id, What::PhotoChecked(checked));
        Ok(self.shared.tools.runner.run(&news, errand).await?)
    }
}

fn refused(codes: &[&str]) -> PhotoVerdict {
    PhotoVerdict::Refused(codes.iter().map(|code| (*code).to_owned()).collect())
}
