//! The picture of a push: a code drawn here, or the person's own photo out of the sealed store; and its way to the
//! platform, on which nothing is shown to anybody yet.

use std::{collections::HashMap, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::{Worker, WorkerError, qr};
use crate::{
    turn::NoticeBody,
    wechat::client::{ClientError, FilmText, MediaKind, Upload},
};

/// The platform keeps an uploaded picture for three days (protocol §8).
const KEPT: Duration = Duration::from_hours(48);

/// Pictures of announcements that this process has handed to the platform, by announcement and use: nobody uploads the
/// same one for every person.
#[derive(Default)]
pub(super) struct Pictures(Mutex<HashMap<(String, MediaKind), (String, Instant)>>);

impl Worker {
    /// By what name a message shows an announcement's picture, for three days.
    pub(super) async fn broadcast_media(&self, id: &str) -> Result<Result<String, ClientError>, WorkerError> {
        self.handed_over(id, MediaKind::Image).await
    }

    /// By what name an article shows it, for good.
    pub(super) async fn broadcast_cover(&self, id: &str) -> Result<Result<String, ClientError>, WorkerError> {
        self.handed_over(id, MediaKind::Thumb).await
    }

    async fn handed_over(
        &self,
        id: &str,
        kind: MediaKind,
    ) -> Result<Result<String, ClientError>, WorkerError> {
        // One upload at a time: whoever comes second finds the first one's.
        let mut known = self.shared.pictures.0.lock().await;
        let key = (id.to_owned(), kind);
        if let Some((media_id, at)) = known.get(&key)
            && at.elapsed() < KEPT
        {
            return Ok(Ok(media_id.clone()));
        }
        let Some((media_type, bytes)) = self.store().broadcast_picture(id).await? else {
            return Ok(Err(ClientError::Invalid("there is no picture")));
        };
        let name = if media_type == "image/png" { "picture.png" } else { "picture.jpg" };
        let upload = Upload { kind: MediaKind::Image, ..file(name, &media_type, bytes) };
        let client = &self.shared.tools.client;
        let media_id = match kind {
            MediaKind::Thumb => {
                client.add_material(&upload, &FilmText::default()).await.map(|stored| stored.media_id)
            }
            _ => client.upload_media(&upload).await,
        };
        let Ok(media_id) = media_id else { return Ok(media_id) };
        known.retain(|_, (_, at)| at.elapsed() < KEPT);
        known.insert(key, (media_id.clone(), Instant::now()));
        Ok(Ok(media_id))
    }

    /// The file that a push brings. `None` for words; and for a photo that was taken away meanwhile, or a content too
    /// long for any code.
    pub(super) async fn picture(&self, body: &NoticeBody) -> Result<Option<Upload>, WorkerError> {
        Ok(match body {
            NoticeBody::Text { .. } | NoticeBody::Rest { .. } | NoticeBody::Announcement(_) => None,
            NoticeBody::QrCode { content } => qr::draw(content).map(|png| file("code.png", "image/png", png)),
            NoticeBody::Photo { name } => {
                let photo = self.shared.tools.photos.files().get(name).await?;
                photo.map(|jpeg| file("photo.jpg", "image/jpeg", jpeg))
            }
        })
    }

    /// Hands a picture to the platform; by what name a message brings it.
    pub(super) async fn upload(&self, picture: Option<Upload>) -> Result<Option<String>, ClientError> {
        let Some(picture) = picture else { return Ok(None) };
        self.shared.tools.client.upload_media(&picture).await.map(Some)
    }
}

fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> Upload {
    let (file_name, content_type) = (name.to_owned(), content_type.to_owned());
    Upload { kind: MediaKind::Image, file_name, content_type, bytes }
}
