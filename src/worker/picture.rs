//! The picture of a push: a code drawn here, or the person's own photo out of the sealed store; and its way to the
//! platform, on which nothing is shown to anybody yet.

use super::{Worker, WorkerError, qr};
use crate::{
    turn::NoticeBody,
    wechat::client::{ClientError, MediaKind, Upload},
};

impl Worker {
    /// The file that a push brings. `None` for words; and for a photo that was taken away meanwhile, or a content too
    /// long for any code.
    pub(super) async fn picture(&self, body: &NoticeBody) -> Result<Option<Upload>, WorkerError> {
        Ok(match body {
            NoticeBody::Text { .. } | NoticeBody::Rest { .. } => None,
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
