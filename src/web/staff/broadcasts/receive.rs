//! The form of an announcement on its way in: its fields, and the picture, which is looked at and drawn anew.

use axum::{
    extract::{
        Multipart,
        multipart::{Field as Part, MultipartError},
    },
    http::StatusCode,
};

use super::typed::{TEXTS, Typed};
use crate::office::broadcasts::picture::{self, PictureError};

/// The longest field, in bytes: an article is at most 20,000 characters.
const LONGEST: usize = 96 << 10;
/// Most conditions that are ticked.
const MOST_TICKED: usize = 500;

/// A form as it came.
pub(super) struct Brought {
    pub(super) typed: Typed,
    /// The version that the form was filled from; 0 of a new one.
    pub(super) version: i64,
    /// The picture's name and bytes, if one was chosen, or why it was not taken.
    pub(super) picture: Result<Option<(String, Vec<u8>)>, String>,
}

/// Reads a form; where it breaks off, what came before is kept.
pub(super) async fn receive(form: &mut Multipart) -> Brought {
    let mut brought = Brought { typed: Typed::empty(), version: 0, picture: Ok(None) };
    loop {
        match form.next_field().await {
            Ok(Some(part)) => {
                let name = part.name().unwrap_or_default().to_owned();
                if name == "picture" {
                    brought.picture = picture(part).await;
                } else if let Err(words) = brought.take(&name, part).await {
                    brought.picture = Err(words);
                    return brought;
                }
            }
            Ok(None) => return brought,
            Err(error) => {
                brought.picture = Err(broken(&error));
                return brought;
            }
        }
    }
}

impl Brought {
    async fn take(&mut self, name: &str, part: Part<'_>) -> Result<(), String> {
        let value = text(part).await?;
        let typed = &mut self.typed;
        if let Some(name) = TEXTS.into_iter().find(|known| *known == name) {
            typed.texts.insert(name, value);
        } else if let Some(ticked) = typed.lists.get_mut(name) {
            if !value.is_empty() && ticked.len() < MOST_TICKED {
                ticked.push(value);
            }
        } else if name == "urgent" {
            typed.urgent = true;
        } else if name == "version" {
            self.version = value.parse().unwrap_or(0);
        }
        Ok(())
    }
}

/// A field's text, with lines as we end them and without what PostgreSQL keeps in no text.
async fn text(mut part: Part<'_>) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error))? {
        // What is longer is read to its end, and not kept.
        let room = LONGEST.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(&chunk[..room]);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.replace("\r\n", "\n").replace(['\r', '\0'], ""))
}

/// The picture as it is kept; what is too large is read to its end, so that the browser stays to hear why.
async fn picture(mut part: Part<'_>) -> Result<Option<(String, Vec<u8>)>, String> {
    let name = part.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(chunk) = part.chunk().await.map_err(|error| broken(&error))? {
        length += chunk.len();
        if length <= picture::MAX_BYTES {
            bytes.extend_from_slice(&chunk);
        }
    }
    if name.is_empty() && length == 0 {
        return Ok(None);
    }
    if length > picture::MAX_BYTES {
        return Err(refused(PictureError::TooLarge));
    }
    let redrawn = tokio::task::spawn_blocking(move || picture::redrawn(&bytes)).await;
    match redrawn {
        Ok(Ok(jpeg)) => Ok(Some((name, jpeg))),
        Ok(Err(error)) => Err(refused(error)),
        // A picture that brought the decoder to an end is as unreadable.
        Err(_) => Err(refused(PictureError::Unreadable)),
    }
}

fn refused(error: PictureError) -> String {
    match error {
        PictureError::TooLarge => {
            format!("图片超过 {} MB。请把图片缩小，或者截一部分，再选一次。", picture::MAX_BYTES >> 20)
        }
        PictureError::Unreadable => "这张图片打不开。请换一张 JPEG 或 PNG 图片，再选一次。".to_owned(),
    }
}

fn broken(error: &MultipartError) -> String {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        refused(PictureError::TooLarge)
    } else {
        "没有传完整，多半是网络断了。请再保存一次。".to_owned()
    }
}
