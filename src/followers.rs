//! EDGE. Who follows the account and whom its tags are on, brought from the platform into the store.
//!
//! The bot hears of people when they write, follow or leave; whoever followed before there was a bot, or left while it was
//! away, is known to the platform alone. [`sync`] goes through the platform's list once a night, page by page, so that
//! memory is bounded by a page. [`refresh_tags`] fetches the people of a tag when somebody counts or gathers an audience
//! that names it. Who is in an audience is the store's to say.

use std::{ops::Range, pin::pin};

use futures_util::TryStreamExt as _;
use jiff::tz::TimeZone;

use crate::{
    store::{AudienceList, Filling, ListKind, Store, StoreError},
    time::Millis,
    wechat::client::{Client, ClientError},
    workflow::broadcast::audience::Condition,
};

/// The hours in which a night's synchronisation may begin: nobody writes then. A process that starts by day leaves it to
/// the next night.
const HOURS: Range<i8> = 3..6;
/// People of a tag that were fetched so lately are not fetched again.
const FRESH_SECONDS: i64 = 10 * 60;
/// Of a hundred followers that the platform counts so many must have been listed before anybody is taken to have left.
const LISTED_PERCENT: i64 = 99;
/// What the bot itself is called where something is noted as somebody's.
const SYSTEM: &str = "system";
const FOLLOWERS: &str = "followers";

/// What a synchronisation found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Synced {
    /// Followers that the platform lists.
    pub listed: u64,
    /// Of these, people the bot had never heard of.
    pub new: u64,
    /// People who were thought to have left and have not.
    pub returned: u64,
    /// People who were thought to follow and do not.
    pub left: u64,
    /// People on the account's blacklist.
    pub blocked: u64,
}

/// Why the platform's lists were not brought in whole.
#[derive(Debug, thiserror::Error)]
pub enum FollowersError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The platform failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// There is no such tag.
    #[error("there is no tag {0}")]
    NoTag(i64),
    /// The list ended before it was whole. Nobody was taken to have left.
    #[error("the platform listed {listed} of {total} followers")]
    Short {
        /// So many came.
        listed: u64,
        /// So many there are.
        total: i64,
    },
}

impl FollowersError {
    /// Whether the same may go through in a moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Client(error) => error.is_transient(),
            Self::NoTag(_) => false,
            Self::Short { .. } => true,
        }
    }
}

/// Synchronises once a night, over all processes. `None` when it is not the hour, or was done.
pub async fn sync_nightly(
    store: &Store,
    client: &Client,
    zone: &TimeZone,
    now: Millis,
) -> Result<Option<Synced>, FollowersError> {
    let civil = now.civil(zone);
    if !HOURS.contains(&civil.hour()) || !store.begin_daily(FOLLOWERS, civil.date()).await? {
        return Ok(None);
    }
    sync(store, client, now).await.map(Some)
}

/// Brings in all followers and the blacklist. Of two at the same time the one that began later marks who has left.
pub async fn sync(store: &Store, client: &Client, now: Millis) -> Result<Synced, FollowersError> {
    let list = list_of(FOLLOWERS.to_owned(), ListKind::Followers, FOLLOWERS, SYSTEM, now);
    let filling = store.begin_list(&list).await?;
    let synced = bring_in(store, client, &filling, now).await;
    store.abandon_list(&filling).await?;
    let mut synced = synced?;
    let mut blocked = pin!(client.blocked());
    while let Some(page) = blocked.try_next().await? {
        store.note_blacklist(&page, now).await?;
        synced.blocked += page.len() as u64;
    }
    Ok(synced)
}

async fn bring_in(
    store: &Store,
    client: &Client,
    filling: &Filling,
    now: Millis,
) -> Result<Synced, FollowersError> {
    let (mut synced, mut after, mut total) = (Synced::default(), None, 0);
    loop {
        let page = client.followers_after(after.as_deref()).await?;
        total = page.total.unwrap_or(total);
        store.fill_list(filling, &page.open_ids).await?;
        let (new, returned) = store.add_followers(&page.open_ids).await?;
        synced.listed += page.open_ids.len() as u64;
        synced.new += new;
        synced.returned += returned;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let listed = i64::try_from(synced.listed).unwrap_or(i64::MAX);
    if listed == 0 || listed.saturating_mul(100) < total.saturating_mul(LISTED_PERCENT) {
        return Err(FollowersError::Short { listed: synced.listed, total });
    }
    synced.left = store.mark_left(filling, now).await?;
    Ok(synced)
}

/// Fetches the people of the tags that a condition names, unless that was done just now.
pub async fn refresh_tags(
    store: &Store,
    client: &Client,
    who: &Condition,
    by: &str,
    now: Millis,
) -> Result<(), FollowersError> {
    let mut names: Option<Vec<(i64, String)>> = None;
    for tag in who.tags() {
        let id = Condition::tag_list(tag);
        let fetched = store.audience_list(&id).await?.map(|list| list.made_at);
        if fetched.is_some_and(|at| now < at.plus_seconds(FRESH_SECONDS)) {
            continue;
        }
        if names.is_none() {
            names = Some(client.tags().await?.into_iter().map(|tag| (tag.id, tag.name)).collect());
        }
        let name = names.iter().flatten().find(|(known, _)| *known == tag).map(|(_, name)| name.as_str());
        let list = list_of(id, ListKind::Tag, name.ok_or(FollowersError::NoTag(tag))?, by, now);
        let filling = store.begin_list(&list).await?;
        let mut pages = pin!(client.tagged(tag));
        while let Some(page) = pages.try_next().await? {
            store.fill_list(&filling, &page).await?;
        }
        store.finish_list(&filling, &list, None).await?;
    }
    Ok(())
}

fn list_of(id: String, kind: ListKind, name: &str, by: &str, now: Millis) -> AudienceList {
    AudienceList { id, kind, name: name.to_owned(), count: 0, made_by: by.to_owned(), made_at: now }
}
