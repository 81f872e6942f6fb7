//! Followers (protocol §10): what the platform knows of one, of many, and who they all are.

use futures_util::stream::{Stream, try_unfold};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Client, ClientError, answer};

/// People asked about in one call.
const BATCH: std::ops::RangeInclusive<usize> = 1..=100;
/// Characters of a remark, one less than the platform's bound.
const MAX_REMARK: usize = 29;

/// What the platform tells about a person; names and pictures have not been among it since 2021.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// Who.
    pub open_id: String,
    /// Whether the person follows the account; if not, nothing else is known.
    pub follows: bool,
    /// Wire seconds since when.
    pub subscribed_at: Option<i64>,
    /// The same person in all accounts of one owner.
    pub union_id: Option<String>,
    /// What the account has noted about them.
    pub remark: String,
    /// Their tags.
    pub tags: Vec<i64>,
    /// How they came, such as `ADD_SCENE_QR_CODE`.
    pub came_by: Option<String>,
    /// The scene of the code through which they came, if any.
    pub scene: Option<String>,
}

/// Some of many people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// How many there are altogether, where the platform says so.
    pub total: Option<i64>,
    /// Some of them.
    pub open_ids: Vec<String>,
    /// After whom the next page begins; `None` when there is none.
    pub next: Option<String>,
}

impl Client {
    /// What the platform knows of a person.
    pub async fn user_info(&self, open_id: &str) -> Result<UserInfo, ClientError> {
        let answer = self.get("/cgi-bin/user/info", &[("openid", open_id), ("lang", "zh_CN")]).await?;
        UserInfo::read(&answer, open_id)
    }

    /// What it knows of 1–100 people; those that it does not know are left out.
    pub async fn users_info(&self, open_ids: &[&str]) -> Result<Vec<UserInfo>, ClientError> {
        if !BATCH.contains(&open_ids.len()) {
            return Err(ClientError::Invalid("1 to 100 people are asked about at once"));
        }
        let list: Vec<Value> =
            open_ids.iter().map(|open_id| json!({ "openid": open_id, "lang": "zh_CN" })).collect();
        let answer = self.query("/cgi-bin/user/info/batchget", &json!({ "user_list": list })).await?;
        let found: Vec<Value> = answer::typed(&answer, "user_info_list")?;
        found.iter().map(|one| UserInfo::read(one, &answer::text(one, "openid")?)).collect()
    }

    /// A page of followers, at most 10 000, after the one named.
    pub async fn followers_after(&self, after: Option<&str>) -> Result<People, ClientError> {
        let query = after.map(|after| ("next_openid", after));
        let answer = self.get("/cgi-bin/user/get", query.as_slice()).await?;
        People::read(&answer, after)
    }

    /// All followers, page by page.
    pub fn followers(&self) -> impl Stream<Item = Result<Vec<String>, ClientError>> + Send + '_ {
        pages(move |after| async move { self.followers_after(after.as_deref()).await })
    }

    /// Notes something about a person, in fewer than 30 characters.
    pub async fn set_remark(&self, open_id: &str, remark: &str) -> Result<(), ClientError> {
        if remark.chars().count() > MAX_REMARK {
            return Err(ClientError::Invalid("a remark has fewer than 30 characters"));
        }
        let body = json!({ "openid": open_id, "remark": remark });
        self.post("/cgi-bin/user/info/updateremark", &body).await.map(|_| ())
    }
}

/// Pages until there is no next one.
pub(super) fn pages<'c, Page, Call>(
    page: Page,
) -> impl Stream<Item = Result<Vec<String>, ClientError>> + Send + 'c
where
    Page: Fn(Option<String>) -> Call + Send + Sync + 'c,
    Call: Future<Output = Result<People, ClientError>> + Send + 'c,
{
    try_unfold((Some(None), page), async |(at, page)| {
        let Some(after) = at else { return Ok(None) };
        let found = page(after).await?;
        if found.open_ids.is_empty() {
            return Ok(None);
        }
        Ok(Some((found.open_ids, (found.next.map(Some), page))))
    })
}

impl UserInfo {
    fn read(answer: &Value, open_id: &str) -> Result<Self, ClientError> {
        let given = |field: &str| {
            answer.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Ok(Self {
            open_id: open_id.to_owned(),
            follows: answer::number(answer, "subscribe")? == 1,
            subscribed_at: answer::number(answer, "subscribe_time").ok(),
            union_id: given("unionid"),
            remark: given("remark").unwrap_or_default(),
            tags: answer::typed(answer, "tagid_list").unwrap_or_default(),
            came_by: given("subscribe_scene"),
            scene: given("qr_scene_str"),
        })
    }
}

/// `data` is left out of an empty page.
#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    openid: Vec<String>,
}

impl People {
    /// The platform names a next one even on the last page; the page after it is then empty and names nobody. A page
    /// that names the one it was asked for would be asked for forever.
    pub(super) fn read(answer: &Value, after: Option<&str>) -> Result<Self, ClientError> {
        let open_ids = match answer.get("data") {
            Some(_) => answer::typed::<Option<Data>>(answer, "data")?.unwrap_or_default().openid,
            None if answer::number(answer, "count")? == 0 => Vec::new(),
            None => return Err(ClientError::Unreadable),
        };
        let next = answer.get("next_openid").and_then(Value::as_str).unwrap_or_default();
        let is_more = !open_ids.is_empty() && !next.is_empty() && Some(next) != after;
        let total = answer::number(answer, "total").ok();
        Ok(Self { total, open_ids, next: is_more.then(|| next.to_owned()) })
    }
}
