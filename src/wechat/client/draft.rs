//! Drafts of articles, which mass sends show (protocol §9).

use serde_json::{Value, json};

use super::{Client, ClientError, answer};

/// Articles of a draft.
const ARTICLES: std::ops::RangeInclusive<usize> = 1..=8;

/// An article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The heading.
    pub title: String,
    /// Who wrote it; may be empty.
    pub author: String,
    /// What it is about; the platform takes the beginning of the text where there is none.
    pub digest: String,
    /// HTML; pictures by [`Client::upload_article_image`], others are dropped.
    pub content: String,
    /// Where 「阅读原文」 leads; may be empty.
    pub source_url: String,
    /// Its picture: a permanent media id.
    pub thumb_media_id: String,
}

impl Client {
    /// Stores 1–8 articles as a draft; its media id.
    pub async fn add_draft(&self, articles: &[Article]) -> Result<String, ClientError> {
        let is_whole = |article: &Article| {
            [&article.title, &article.content, &article.thumb_media_id]
                .iter()
                .all(|text| !text.trim().is_empty())
        };
        if !ARTICLES.contains(&articles.len()) || !articles.iter().all(is_whole) {
            return Err(ClientError::Invalid("a draft has 1 to 8 articles with title, content and picture"));
        }
        let articles: Vec<Value> = articles.iter().map(Article::body).collect();
        let answer = self.post("/cgi-bin/draft/add", &json!({ "articles": articles })).await?;
        answer::text(&answer, "media_id")
    }

    /// Takes a draft away.
    pub async fn delete_draft(&self, media_id: &str) -> Result<(), ClientError> {
        self.post("/cgi-bin/draft/delete", &json!({ "media_id": media_id })).await.map(|_| ())
    }
}

impl Article {
    fn body(&self) -> Value {
        json!({
            "title": self.title,
            "author": self.author,
            "digest": self.digest,
            "content": self.content,
            "content_source_url": self.source_url,
            "thumb_media_id": self.thumb_media_id,
        })
    }
}
