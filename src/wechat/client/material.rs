//! Files that stay (protocol §8): permanent material, and the pictures of articles.
//!
//! The account has room for 100 000 pictures and 1000 of each other kind; nothing of the bot's own goes here, which is
//! what `media` is for.

use reqwest::Method;
use reqwest::multipart::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::media::{MediaKind, Upload};
use super::{Answer, Client, ClientError, answer};

/// A picture of an article is smaller than 1 MB.
const MAX_ARTICLE_IMAGE: usize = 1024 * 1024;
/// Entries of a page of material.
const PAGE: std::ops::RangeInclusive<u32> = 1..=20;

/// What a film of the permanent kind is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilmText {
    /// Its title.
    pub title: String,
    /// What it is about.
    pub introduction: String,
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// By which it is named.
    pub media_id: String,
    /// A picture's address.
    pub url: Option<String>,
}

/// What a permanent media id stands for.
#[derive(Clone, PartialEq, Eq)]
pub enum Material {
    /// The file, at most 10 MB.
    File(Vec<u8>),
    /// A film's address, given instead of the file. It is not followed.
    Film {
        /// As the platform gives it.
        url: String,
        /// Its title.
        title: String,
    },
    /// Articles, in the platform's own form.
    Articles(Vec<Value>),
}

/// How much is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct MaterialCount {
    /// Sounds.
    #[serde(rename = "voice_count")]
    pub voices: i64,
    /// Films.
    #[serde(rename = "video_count")]
    pub videos: i64,
    /// Pictures.
    #[serde(rename = "image_count")]
    pub images: i64,
    /// Articles.
    #[serde(rename = "news_count")]
    pub news: i64,
}

/// Some of what is stored of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MaterialPage {
    /// How much there is altogether.
    #[serde(rename = "total_count")]
    pub total: i64,
    /// Some of it, the newest first.
    #[serde(rename = "item")]
    pub items: Vec<MaterialItem>,
}

/// One stored file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MaterialItem {
    /// By which it is named.
    pub media_id: String,
    /// Its file name.
    #[serde(default)]
    pub name: String,
    /// Wire seconds.
    #[serde(default)]
    pub update_time: i64,
    /// A picture's address.
    #[serde(default)]
    pub url: Option<String>,
}

impl Client {
    /// Uploads a picture for an article's text, PNG or JPEG below 1 MB; its address.
    pub async fn upload_article_image(&self, upload: &Upload) -> Result<String, ClientError> {
        if upload.kind != MediaKind::Image || !(1..MAX_ARTICLE_IMAGE).contains(&upload.bytes.len()) {
            return Err(ClientError::Invalid("an article's picture is a picture below 1 MB"));
        }
        let answer = self.upload("/cgi-bin/media/uploadimg", &[], upload, |form| form).await?;
        answer::text(&answer, "url")
    }

    /// Stores a file for good; a film with its texts.
    pub async fn add_material(&self, upload: &Upload, film: &FilmText) -> Result<Stored, ClientError> {
        upload.check_size()?;
        let description = json!({ "title": film.title, "introduction": film.introduction }).to_string();
        let complete = |form: Form| match upload.kind {
            MediaKind::Video => form.text("description", description.clone()),
            MediaKind::Image | MediaKind::Voice | MediaKind::Thumb => form,
        };
        let query = [("type", upload.kind.name())];
        let answer = self.upload("/cgi-bin/material/add_material", &query, upload, complete).await?;
        Ok(Stored {
            media_id: answer::text(&answer, "media_id")?,
            url: answer::text(&answer, "url").ok().filter(|url| !url.is_empty()),
        })
    }

    /// Fetches a file or articles by their permanent media id.
    pub async fn get_material(&self, media_id: &str) -> Result<Material, ClientError> {
        let body = json!({ "media_id": media_id }).to_string();
        let (path, limit) = ("/cgi-bin/material/get_material", super::media::MAX_MEDIA);
        let answer = self.ask(&self.downloads, Method::POST, path, limit, |request| {
            super::as_json(request, &body).timeout(self.media_timeout)
        });
        match answer.await? {
            Answer::Bytes(bytes) if bytes.is_empty() => Err(ClientError::Unreadable),
            Answer::Bytes(bytes) => Ok(Material::File(bytes)),
            Answer::Json(answer) if answer.get("news_item").is_some() => {
                answer::typed(&answer, "news_item").map(Material::Articles)
            }
            Answer::Json(answer) => Ok(Material::Film {
                url: answer::text(&answer, "down_url")?,
                title: answer::text(&answer, "title").unwrap_or_default(),
            }),
        }
    }

    /// Takes what is stored under a permanent media id away.
    pub async fn delete_material(&self, media_id: &str) -> Result<(), ClientError> {
        self.post("/cgi-bin/material/del_material", &json!({ "media_id": media_id })).await.map(|_| ())
    }

    /// How much is stored.
    pub async fn count_material(&self) -> Result<MaterialCount, ClientError> {
        answer::whole(&self.get("/cgi-bin/material/get_materialcount", &[]).await?)
    }

    /// 1–20 of the stored files of a kind; thumbnails are listed among the pictures.
    pub async fn list_material(
        &self,
        kind: MediaKind,
        offset: u32,
        count: u32,
    ) -> Result<MaterialPage, ClientError> {
        if kind == MediaKind::Thumb || !PAGE.contains(&count) {
            return Err(ClientError::Invalid("1 to 20 pictures, sounds or films are listed at once"));
        }
        let body = json!({ "type": kind.name(), "offset": offset, "count": count });
        answer::whole(&self.query("/cgi-bin/material/batchget_material", &body).await?)
    }
}
