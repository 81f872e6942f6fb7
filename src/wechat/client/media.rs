//! Pictures to and from the platform (protocol §8). They live there for three days.
//!
//! `media/get` reports errors as JSON with status 200 and gives a video as an address, so that the body is looked at;
//! reading stops at the largest size that the platform takes. Nothing here trusts a content type or a file name:
//! whoever decodes a picture sniffs it. A file is fetched once, unlike other reads: it is large, somebody waits for it who
//! has seconds only, and the job that wanted it comes again by itself (`worker`).

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::{Answer, Client, ClientError, answer};

/// Largest picture the platform takes and we fetch: 10 MB (protocol §8).
pub(super) const MAX_MEDIA: usize = 10 * 1024 * 1024;

/// What the platform files an upload under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// PNG, JPEG or GIF of at most 10 MB.
    Image,
    /// AMR or MP3 of at most 2 MB and 60 s.
    Voice,
    /// MP4 of at most 10 MB.
    Video,
    /// JPEG of at most 64 KB.
    Thumb,
}

/// A file to upload.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it is.
    pub kind: MediaKind,
    /// A name with the right extension, such as `photo.jpg`; the platform judges the format by it.
    pub file_name: String,
    /// Such as `image/jpeg`.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a media id stands for.
#[derive(Clone, PartialEq, Eq)]
pub enum Media {
    /// The file, at most 10 MB.
    File(Vec<u8>),
    /// A video's address, given instead of the file. It is not followed.
    Video {
        /// As the platform gives it.
        url: String,
    },
}

impl MediaKind {
    /// As the platform calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Thumb => "thumb",
        }
    }

    fn max_bytes(self) -> usize {
        match self {
            Self::Image | Self::Video => MAX_MEDIA,
            Self::Voice => 2 * 1024 * 1024,
            Self::Thumb => 64 * 1024,
        }
    }
}

impl Client {
    /// Uploads a file for three days; its media id, which may be used more than once.
    pub async fn upload_media(&self, upload: &Upload) -> Result<String, ClientError> {
        upload.check_size()?;
        let query = [("type", upload.kind.name())];
        let answer = self.upload("/cgi-bin/media/upload", &query, upload, |form| form).await?;
        answer::text(&answer, if upload.kind == MediaKind::Thumb { "thumb_media_id" } else { "media_id" })
    }

    /// Fetches a file by its media id, once.
    pub async fn get_media(&self, media_id: &str) -> Result<Media, ClientError> {
        let answer = self.ask(&self.downloads, Method::GET, "/cgi-bin/media/get", MAX_MEDIA, |request| {
            request.query(&[("media_id", media_id)]).timeout(self.media_timeout)
        });
        match answer.await? {
            Answer::Bytes(bytes) if bytes.is_empty() => Err(ClientError::Unreadable),
            Answer::Bytes(bytes) => Ok(Media::File(bytes)),
            Answer::Json(answer) => Ok(Media::Video { url: answer::text(&answer, "video_url")? }),
        }
    }

    /// POSTs a file as the part `media`, with what else the call wants in the form.
    pub(super) async fn upload(
        &self,
        path: &str,
        query: &[(&str, &str)],
        upload: &Upload,
        complete: impl Fn(Form) -> Form,
    ) -> Result<Value, ClientError> {
        upload.part()?;
        let answer = self.ask(&self.calls, Method::POST, path, super::MAX_JSON, |request| {
            let part = upload.part().expect("the same content type was accepted just before");
            let form = complete(Form::new().part("media", part));
            request.query(query).timeout(self.media_timeout).multipart(form)
        });
        answer.await?.json()
    }
}

impl Upload {
    pub(super) fn check_size(&self) -> Result<(), ClientError> {
        if self.bytes.is_empty() || self.bytes.len() > self.kind.max_bytes() {
            return Err(ClientError::Invalid("the file is empty or too large for its kind"));
        }
        Ok(())
    }

    fn part(&self) -> Result<Part, ClientError> {
        Part::bytes(self.bytes.clone())
            .file_name(self.file_name.clone())
            .mime_str(&self.content_type)
            .map_err(|_| ClientError::Invalid("the content type is malformed"))
    }
}
