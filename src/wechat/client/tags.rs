//! Tags that the account gives its followers, and its blacklist (protocol §10).

use futures_util::stream::Stream;
use serde::Deserialize;
use serde_json::json;

use super::users::{People, pages};
use super::{Client, ClientError, answer};

/// Bytes of a tag's name.
const MAX_NAME: usize = 30;
/// 0, 1 and 2 are the platform's own.
const FIRST_OWN: i64 = 3;
/// People tagged in one call.
const TAGGED: std::ops::RangeInclusive<usize> = 1..=50;
/// People blacklisted in one call.
const BLOCKED: std::ops::RangeInclusive<usize> = 1..=20;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tag {
    /// By which it is named elsewhere.
    pub id: i64,
    /// What the account calls it.
    pub name: String,
    /// People who have it; 0 for a new one.
    #[serde(default)]
    pub count: i64,
}

impl Client {
    /// Makes a tag.
    pub async fn create_tag(&self, name: &str) -> Result<Tag, ClientError> {
        check_name(name)?;
        let answer = self.post("/cgi-bin/tags/create", &json!({ "tag": { "name": name } })).await?;
        answer::typed(&answer, "tag")
    }

    /// All tags, at most 100.
    pub async fn tags(&self) -> Result<Vec<Tag>, ClientError> {
        answer::typed(&self.get("/cgi-bin/tags/get", &[]).await?, "tags")
    }

    /// Gives a tag another name.
    pub async fn rename_tag(&self, tag: i64, name: &str) -> Result<(), ClientError> {
        check_name(name)?;
        check_own(tag)?;
        let body = json!({ "tag": { "id": tag, "name": name } });
        self.post("/cgi-bin/tags/update", &body).await.map(|_| ())
    }

    /// Takes a tag away from everybody. Refused while more than 100 000 people have it.
    pub async fn delete_tag(&self, tag: i64) -> Result<(), ClientError> {
        check_own(tag)?;
        self.post("/cgi-bin/tags/delete", &json!({ "tag": { "id": tag } })).await.map(|_| ())
    }

    /// A page of those who have a tag, after the one named.
    pub async fn tagged_after(&self, tag: i64, after: Option<&str>) -> Result<People, ClientError> {
        let body = json!({ "tagid": tag, "next_openid": after.unwrap_or_default() });
        People::read(&self.query("/cgi-bin/user/tag/get", &body).await?, after)
    }

    /// All who have a tag, page by page.
    pub fn tagged(&self, tag: i64) -> impl Stream<Item = Result<Vec<String>, ClientError>> + Send + '_ {
        pages(move |after| async move { self.tagged_after(tag, after.as_deref()).await })
    }

    /// Gives a tag to 1–50 people.
    pub async fn tag_people(&self, tag: i64, open_ids: &[&str]) -> Result<(), ClientError> {
        self.set_tag("/cgi-bin/tags/members/batchtagging", tag, open_ids).await
    }

    /// Takes it away from 1–50 people.
    pub async fn untag_people(&self, tag: i64, open_ids: &[&str]) -> Result<(), ClientError> {
        self.set_tag("/cgi-bin/tags/members/batchuntagging", tag, open_ids).await
    }

    async fn set_tag(&self, path: &str, tag: i64, open_ids: &[&str]) -> Result<(), ClientError> {
        if !TAGGED.contains(&open_ids.len()) {
            return Err(ClientError::Invalid("1 to 50 people are tagged at once"));
        }
        self.post(path, &json!({ "openid_list": open_ids, "tagid": tag })).await.map(|_| ())
    }

    /// The tags of a person.
    pub async fn tags_of(&self, open_id: &str) -> Result<Vec<i64>, ClientError> {
        let answer = self.query("/cgi-bin/tags/getidlist", &json!({ "openid": open_id })).await?;
        answer::typed(&answer, "tagid_list")
    }

    /// A page of the blacklist, after the one named.
    pub async fn blocked_after(&self, after: Option<&str>) -> Result<People, ClientError> {
        let body = json!({ "begin_openid": after.unwrap_or_default() });
        People::read(&self.query("/cgi-bin/tags/members/getblacklist", &body).await?, after)
    }

    /// The whole blacklist, page by page.
    pub fn blocked(&self) -> impl Stream<Item = Result<Vec<String>, ClientError>> + Send + '_ {
        pages(move |after| async move { self.blocked_after(after.as_deref()).await })
    }

    /// Blacklists 1–20 people: their messages no longer come, ours no longer reach them.
    pub async fn block(&self, open_ids: &[&str]) -> Result<(), ClientError> {
        self.set_blocked("/cgi-bin/tags/members/batchblacklist", open_ids).await
    }

    /// Takes 1–20 people off the blacklist.
    pub async fn unblock(&self, open_ids: &[&str]) -> Result<(), ClientError> {
        self.set_blocked("/cgi-bin/tags/members/batchunblacklist", open_ids).await
    }

    async fn set_blocked(&self, path: &str, open_ids: &[&str]) -> Result<(), ClientError> {
        if !BLOCKED.contains(&open_ids.len()) {
            return Err(ClientError::Invalid("1 to 20 people are blacklisted at once"));
        }
        self.post(path, &json!({ "openid_list": open_ids })).await.map(|_| ())
    }
}

fn check_name(name: &str) -> Result<(), ClientError> {
    if name.trim().is_empty() || name.len() > MAX_NAME {
        return Err(ClientError::Invalid("a tag's name has 1 to 30 bytes"));
    }
    Ok(())
}

fn check_own(tag: i64) -> Result<(), ClientError> {
    if tag < FIRST_OWN {
        return Err(ClientError::Invalid("the tags 0, 1 and 2 are the platform's own"));
    }
    Ok(())
}
